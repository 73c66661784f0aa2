"""Reading counts. Sealed measures answer nothing before their activity is settled, whoever asks."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.db.statements import among
from backend.errors import N_, DomainError
from backend.participation.measures import MeasureBook
from backend.tallies.models import Tally


class Sealed(DomainError):
    status = 409
    code = "sealed"
    sentence = N_("Số liệu này được giữ kín cho đến khi chốt kết quả.")


@dataclass(frozen=True)
class Count:
    """A figure as folded. A count that is not there is not zero: the reader gets None instead of this."""

    quantity: int
    facts: int
    people: int


def read(
    session: Session,
    book: MeasureBook,
    measure: str,
    activity: uuid.UUID,
    units: Iterable[uuid.UUID] | Select[uuid.UUID],
    period: str = "all",
    *,
    settled: bool = False,
) -> dict[uuid.UUID, Count]:
    """The measure per unit; `units` may be a query for them, for a country has too many to name.

    Nothing is added up: the fold keeps the sums of every unit and period. Raises Sealed for a sealed measure of an activity
    that is not settled.
    """
    if book[measure].sealed and not settled:
        raise Sealed
    wanted = Tally.unit_id.in_(units) if isinstance(units, Select) else among(Tally.unit_id, units)
    rows = session.execute(
        select(Tally.unit_id, Tally.quantity, Tally.facts, Tally.people).where(
            Tally.measure == measure, Tally.activity_id == activity, Tally.period == period, wanted
        )
    )
    return {unit: Count(quantity, facts, people) for unit, quantity, facts, people in rows}


def periods_of(session: Session, activity: uuid.UUID) -> list[str]:
    """Periods in which the activity has any count, 'all' included."""
    return sorted(session.scalars(select(Tally.period).where(Tally.activity_id == activity).distinct()))
