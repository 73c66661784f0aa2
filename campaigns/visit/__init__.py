"""Visits of community digital teams: from house to house, without a signal for days, and nothing lost.

A household is a code and a name the team remembers it by. What was helped with is written down with how far it went, and
only with the word of the adult met. Work is never refused because a household was moved, merged or given to another
team meanwhile: it is taken into custody and counted where it belonged on that day. A mistake is put right by a new
record that names the old one; whichever order records arrive in, the ledger ends the same.

Households count once, visits each time; a head count is a declared figure. Members are not ranked, and what a household
wishes to keep from being visited again never leaves its own team.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.errors import N_
from campaigns.kind import Action, EntryRule, Kind, Winner
from campaigns.models import Activity
from campaigns.visit import actions, express, pictures, queries, reasons, schemas
from campaigns.visit.measures import MEASURES
from campaigns.visit.pack import unpack
from campaigns.visit.seed import seed
from campaigns.visit.words import in_short, ranking_in_words, rules_in_words


def settle(session: Session, activity: Activity, _winners: Sequence[Winner], _now: datetime) -> None:
    """Nothing is won; what was only for the teams' own use goes."""
    queries.forget_private(session, activity)


KIND = Kind(
    name="visit",
    title=N_("Tổ công nghệ số đến từng nhà"),
    settings=schemas.VisitSettings,
    actions=(
        Action(
            name="household",
            body=schemas.HouseholdIn,
            do=actions.household,
            result=schemas.HouseholdOut,
            again=actions.household_again,
        ),
        Action(
            name="log",
            body=schemas.LogIn,
            do=actions.log,
            do_all=actions.log_all,
            result=schemas.VisitOut,
            recall_all=queries.recall_logs,
            together=express.LOG,
        ),
        Action(
            name="session",
            body=schemas.SessionIn,
            do=actions.session,
            result=schemas.SessionOut,
            recall=queries.recall_session,
        ),
        Action(
            name="check_in",
            body=schemas.CheckInIn,
            do=actions.check_in,
            result=schemas.CheckInOut,
            recall=queries.recall_check_in,
        ),
        Action(
            name="day",
            body=schemas.DayIn,
            do=actions.day,
            result=schemas.DayOut,
            again=actions.day_again,
        ),
    ),
    measures=MEASURES,
    entry=EntryRule(consent=actions.CONSENT, minors=False),
    state=queries.state,
    mine=queries.mine,
    mine_shape=schemas.MineOut,
    unpack=unpack,
    rules_in_words=rules_in_words,
    ranking_in_words=ranking_in_words,
    in_short=in_short,
    settle=settle,
    erase=queries.erase,
    forget=queries.forget,
    held=queries.held,
    seed=seed,
    publishes=False,
    audience="team",
    names_photos=pictures.named_photos,
    reasons=reasons.DEEDS,
)
