"""Switching a unit's open data on and off, and reading how it stands."""

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import among
from backend.errors import N_, DomainError
from backend.open_data.models import LICENCE, OpenDataChoice
from backend.safeguards.audit import Actor, note
from backend.units.models import Unit

KINDS = ("province", "commune", "agency")
"""Units large enough to stand alone: beside the commune's figures those of single hamlets would tell about a few people.
What Party bodies count of their members is nobody else's business."""


class TooSmallToPublish(DomainError):
    status = 422
    code = "too_small_to_publish"
    sentence = N_(
        "Đơn vị này không công khai số liệu riêng: đặt cạnh số của cấp trên sẽ lộ một nhóm ít người."
    )


def choose(session: Session, unit: uuid.UUID, is_on: bool, by: Actor) -> OpenDataChoice:
    """From now on the unit publishes, or does not. The same choice again changes nothing. Raises TooSmallToPublish."""
    held = (
        select(Unit.kind).where(Unit.id == unit).with_for_update()
    )  # of two who choose at once the second one counts
    if session.scalars(held).one() not in KINDS:
        raise TooSmallToPublish
    before = standing(session, [unit]).get(unit)
    if before is not None and before.is_on == is_on:
        return before
    made = OpenDataChoice(unit_id=unit, is_on=is_on, licence=LICENCE, chosen_by=by.id, chosen_at=clock.now())
    session.add(made)
    note(session, by, "open_data.on" if is_on else "open_data.off", "unit", unit, unit=unit, reason=LICENCE)
    return made


def standing(session: Session, units: Iterable[uuid.UUID] | None = None) -> dict[uuid.UUID, OpenDataChoice]:
    """Unit -> its last choice; of every unit that ever chose where none are named."""
    query = select(OpenDataChoice).order_by(OpenDataChoice.chosen_at, OpenDataChoice.id)
    if units is not None:
        query = query.where(among(OpenDataChoice.unit_id, units))
    return {row.unit_id: row for row in session.scalars(query)}


def publishing(session: Session) -> dict[uuid.UUID, OpenDataChoice]:
    """Units that publish today, with the choice that holds."""
    return {unit: row for unit, row in standing(session).items() if row.is_on}
