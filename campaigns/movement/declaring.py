"""What a unit declares with a paper and says of itself, at the console."""

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from backend import clock
from backend.safeguards.audit import Actor, note
from campaigns.models import Activity
from campaigns.movement import criteria, enrolment
from campaigns.movement.criteria import Say
from campaigns.movement.errors import CriterionUnknown, PaperMissing, WrongState
from campaigns.movement.models import WORDS, Enrolment
from campaigns.movement.schemas import Criterion, MovementSettings

PAPER = 200


def declare(
    session: Session, activity: Activity, settings: MovementSettings, row: Enrolment, told: Sequence[Say], actor: Actor
) -> None:  # fmt: skip
    """A figure needs the paper it is taken from; a yes or no needs none. Raises Over, WrongState, CriterionUnknown,
    PaperMissing."""
    enrolment.check_runs(session, activity)
    if row.state == "withdrawn":
        raise WrongState
    known = {one.code: one for one in settings.of("firm" if row.firm_id else "unit")}
    for one in told:
        asked = known.get(one.criterion)
        if asked is None:
            raise CriterionUnknown
        _check(asked, one)
    for one in told:
        source = "declared" if known[one.criterion].source != "self" else "self"
        said = Say(one.criterion, one.value, one.met, one.words.strip()[:WORDS], one.paper.strip()[:PAPER])
        criteria.say(session, row.id, source, said, actor.id, clock.now())
    row.revision += 1
    note(session, actor, "movement.declare", "movement_enrolment", row.id, unit=_unit(row))


def _unit(row: Enrolment) -> uuid.UUID | None:
    return row.unit_id


def _check(asked: Criterion, told: Say) -> None:
    if asked.source != "self" and told.value is not None and not told.paper.strip():
        raise PaperMissing(title=asked.vi)
