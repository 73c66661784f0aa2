"""A unit that ends: whole into one other, divided among several, or with nothing left to hand on."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_
from backend.participation.models import Fact
from backend.people import regrouping
from backend.people.regrouping import CannotAbolish
from backend.teams.models import HouseholdPlace, TeamArea
from backend.units import crosswalk
from backend.units.lineage import with_history
from backend.units.models import WHOLE


class StillInUse(CannotAbolish):
    code = "still_in_use"
    sentence = N_(
        "Đơn vị còn hộ, còn là địa bàn của tổ công nghệ số, hoặc còn số liệu từ ngày hiệu lực trở đi. Xin chuyển hộ và địa bàn "
        "trước, chọn ngày muộn hơn, hoặc giao cả cho một đơn vị nhận 100 %%."
    )


def abolish(
    session: Session,
    unit: uuid.UUID,
    into: Sequence[tuple[uuid.UUID, int]] = (),
    *,
    on: date,
    document: str,
    decided_on: date | None = None,
    issuer: str = "",
) -> None:
    """`into`: who takes how much of it. One that takes all gets everybody and everything below it too.

    Raises StillInUse and what `regrouping.abolish` and `regrouping.merge_units` raise.
    """
    act = {"on": on, "document": document, "decided_on": decided_on, "issuer": issuer}
    if len(into) == 1:
        if into[0][1] != WHOLE:
            raise crosswalk.WeightsWrong(sum=crosswalk.percent(into[0][1]))
        regrouping.merge_units(session, [unit], into[0][0], kind="abolish", **act)  # type: ignore[arg-type]
        return
    regrouping.check_abolish(session, unit, into, on)
    if is_in_use(session, unit, on):
        raise StillInUse
    regrouping.abolish(session, unit, into, **act)  # type: ignore[arg-type]


def is_in_use(session: Session, unit: uuid.UUID, on: date) -> bool:
    """Somebody is at home there, looks after it, or did something there on that day or later."""
    units, start = with_history(session, [unit]), datetime.combine(on, time(), clock.VIETNAM)
    queries = [
        select(table.id).where(table.unit_id.in_(units), or_(table.valid_to.is_(None), table.valid_to > on))
        for table in (HouseholdPlace, TeamArea)
    ]
    facts = select(Fact.line).where(Fact.unit_id.in_(units), Fact.happened_at >= start)
    return any(session.scalars(query.limit(1)).first() is not None for query in [*queries, facts])
