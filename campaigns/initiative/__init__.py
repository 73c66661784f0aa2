"""Initiatives: whoever has found a better way sends it in, and it is judged fairly.

Small ideas take a few lines and are thanked for; full files go to a council. Judges score by themselves by a rubric that
is fixed with the first score; nobody scores an own idea, one of the family or of the own unit, whether that was declared
or found. The result can be reckoned again from the sheets. Registered is not recognised: that is a signed decision, once
per scope. What is recognised is published for others to take up, with names only of authors who agreed to it.
"""

import msgspec
from sqlalchemy.orm import Session

from backend.errors import N_
from campaigns.initiative import actions, discussion, forgetting, queries, reasons, schemas
from campaigns.initiative.errors import RubricUnusable
from campaigns.initiative.measures import MEASURES
from campaigns.initiative.pack import unpack
from campaigns.initiative.rules import why_no_rubric
from campaigns.initiative.seed import seed
from campaigns.initiative.words import in_short, ranking_in_words, rules_in_words
from campaigns.kind import Action, EntryRule, Kind
from campaigns.models import Activity


def check_opening(_session: Session, activity: Activity) -> None:
    """Raises RubricUnusable: nobody could judge by it."""
    settings = msgspec.convert(activity.settings, schemas.InitiativeSettings)
    if why_no_rubric(settings.rubric, settings.recommend_from):
        raise RubricUnusable


KIND = Kind(
    name="initiative",
    title=N_("Sáng kiến"),
    settings=schemas.InitiativeSettings,
    actions=(
        Action("write", schemas.WriteIn, actions.write, schemas.StandOut, begins=True, again=actions.again),
        Action("register", schemas.RegisterIn, actions.register, schemas.StandOut, again=actions.again),
        Action("withdraw", schemas.WithdrawIn, actions.withdraw, schemas.StandOut, again=actions.again),
        Action("author", schemas.SelfIn, actions.speak, schemas.DoneOut, begins=True, goes_on=queries.is_author,
               again=actions.speak_again),
        Action("endorse", schemas.EndorseIn, discussion.endorse, schemas.DoneOut, begins=True,
               again=discussion.endorse_again),
        Action("comment", schemas.CommentIn, discussion.comment, schemas.DoneOut, begins=True,
               again=discussion.comment_again),
        Action("report", schemas.ReportIn, discussion.report, schemas.DoneOut, again=discussion.comment_again),
    ),
    measures=MEASURES,
    entry=EntryRule(consent="initiative_record"),
    state=queries.state,
    mine=queries.mine,
    mine_shape=schemas.MineOut,
    unpack=unpack,
    rules_in_words=rules_in_words,
    ranking_in_words=ranking_in_words,
    in_short=in_short,
    check_opening=check_opening,
    erase=forgetting.erase,
    forget=forgetting.forget,
    held=queries.held,
    names_photos=queries.named_files,
    seed=seed,
    publishes=False,
    reasons=reasons.DEEDS,
)  # fmt: skip
