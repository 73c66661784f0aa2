"""Awards: from evidence to recognition, decided by people.

Rules over measures, rankings and reviews only suggest names, each with the facts behind it. A unit proposes, the council
considers, the competent person signs, the clerk numbers, the register is written: four different people, nobody whose own
name is on the list, and each line (State, Party, Front, Youth) has a chain of its own, as data. One achievement is honoured
once; the database refuses the second. What was given can be appealed against, and is taken back only by a decision.
"""

import msgspec
from sqlalchemy.orm import Session

from backend.errors import N_, DomainError
from campaigns.award import actions, forgetting, mine, prizes, reasons, schemas
from campaigns.award.measures import MEASURES
from campaigns.award.pack import unpack, wrong
from campaigns.award.seed import seed
from campaigns.award.words import in_short, ranking_in_words, rules_in_words
from campaigns.kind import Action, EntryRule, Kind
from campaigns.models import Activity


class RulesUnusable(DomainError):
    code = "award_rules_unusable"
    sentence = N_("Quy tắc gợi ý khen thưởng chưa dùng được. Xin sửa lại trong gói rồi nạp lại.")


def check_opening(_session: Session, activity: Activity) -> None:
    """Raises RulesUnusable."""
    if wrong(msgspec.convert(activity.settings, schemas.AwardSettings)):
        raise RulesUnusable


def freeze(session: Session, activity: Activity) -> dict[str, object]:
    """Prizes become rows with the opening: from then on they are given, paid and published one by one."""
    prizes.from_settings(session, activity, msgspec.convert(activity.settings, schemas.AwardSettings))
    return {}


KIND = Kind(
    name="award",
    title=N_("Khen thưởng"),
    settings=schemas.AwardSettings,
    actions=(Action("appeal", schemas.AppealIn, actions.appeal, schemas.AppealedOut, again=actions.again),),
    measures=MEASURES,
    entry=EntryRule(consent="contest_entry"),
    state=mine.state,
    mine=mine.mine,
    mine_shape=schemas.MineOut,
    unpack=unpack,
    rules_in_words=rules_in_words,
    ranking_in_words=ranking_in_words,
    in_short=in_short,
    check_opening=check_opening,
    freeze=freeze,
    erase=forgetting.erase,
    forget=forgetting.forget,
    held=mine.held,
    seed=seed,
    publishes=False,
    comes_after=True,
    reasons=reasons.DEEDS,
)
