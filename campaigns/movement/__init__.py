"""Emulation movements (phong trào thi đua): launched by numbered documents, units and firms enrol, reviews are published.

One or several authorities launch it. Units set themselves what they want to reach; an officer confirms; the first review
freezes it. What the ledger measures, what is declared with a paper and what an entrant says of itself stand side by side
and are never added. A review compares only units like each other and each with its own past, names those in front, counts
the others, and is signed for good. Firms, household businesses and cooperatives enrol and look at themselves on the phone.
"""

from sqlalchemy.orm import Session

from backend.errors import N_
from campaigns.kind import Action, EntryRule, Kind
from campaigns.models import Activity
from campaigns.movement import actions, enrolment, forgetting, queries, reasons, reviews, schemas
from campaigns.movement.launching import check_opening
from campaigns.movement.measures import MEASURES
from campaigns.movement.pack import unpack
from campaigns.movement.seed import seed
from campaigns.movement.words import in_short, ranking_in_words, rules_in_words


def may_settle(session: Session, activity: Activity, _now: object) -> bool:
    """It is over once its final review stands."""
    return enrolment.has_review(session, activity.id, "final")


KIND = Kind(
    name="movement",
    title=N_("Phong trào thi đua"),
    settings=schemas.MovementSettings,
    actions=(
        Action("enrol", schemas.EnrolIn, actions.enrol, schemas.StandOut, begins=True, again=actions.again),
        Action("promise", schemas.PromisesIn, actions.promise, schemas.StandOut, again=actions.again),
        Action("assess", schemas.AssessIn, actions.assess, schemas.StandOut, again=actions.again),
        Action("withdraw", schemas.WithdrawIn, actions.withdraw, schemas.StandOut, again=actions.again),
    ),
    measures=MEASURES,
    entry=EntryRule(consent="movement_record", minors=False),
    state=queries.state,
    mine=queries.mine,
    mine_shape=schemas.MineOut,
    unpack=unpack,
    rules_in_words=rules_in_words,
    ranking_in_words=ranking_in_words,
    in_short=in_short,
    erase=forgetting.erase,
    forget=forgetting.forget,
    held=forgetting.held,
    seed=seed,
    check_opening=check_opening,
    may_settle=may_settle,
    leaders=reviews.leaders,
    publishes=False,
    names_photos=forgetting.names_photos,
    reasons=reasons.DEEDS,
)
