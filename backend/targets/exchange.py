"""Between our series and DHIS2's values: what of a unit goes out, and what came in as rows of an import."""

import re
import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import calendars
from backend.errors import N_
from backend.targets import dhis2
from backend.targets.importing import Entry
from backend.targets.models import PlanIndicator, SeriesValue
from backend.targets.series import rows_standing
from backend.units.listing import Trouble
from backend.units.models import Unit

REFUSED = {
    "twice": N_("cùng một giá trị có hai lần trong tệp"),
    "no_number": N_("giá trị không phải là một con số"),
    "combo": N_("giá trị chia theo nhóm (category option combo); hệ thống này chỉ nhận giá trị chung"),
    "deleted": N_("giá trị đã bị xóa ở hệ thống nguồn; xin xem lại trước khi nhập"),
}
THREE_PLACES = re.compile(r"-?\d+\.\d{3}")


def going_out(session: Session, unit: uuid.UUID, kind: str) -> dhis2.Out:
    """What stands in one series of a unit, in every period."""
    code = session.scalars(select(Unit.code).where(Unit.id == unit)).one()
    query = (
        select(SeriesValue.indicator_id)
        .where(SeriesValue.unit_id == unit, SeriesValue.kind == kind)
        .distinct()
    )
    known = {
        one.id: one.code for one in session.scalars(select(PlanIndicator).where(PlanIndicator.id.in_(query)))
    }
    rows = [row for row in rows_standing(session, known, [unit]) if row.kind == kind]
    rows.sort(key=lambda row: (known[row.indicator_id], row.calendar, row.period))
    return dhis2.out(_row(row, known[row.indicator_id], code) for row in rows)


def _row(row: SeriesValue, code: str, unit_code: str) -> dhis2.Row:
    period = calendars.parse(row.calendar, row.period)
    return dhis2.Row(
        code, unit_code, period, row.value, row.numerator, row.denominator, row.source, row.said_at
    )


def coming_in(values: Iterable[dhis2.In]) -> tuple[list[Entry], list[Trouble]]:
    """As rows of an import; their line is the place of the value in the file."""
    entries, troubles = [], []
    for one in values:
        if one.refused:
            troubles.append(Trouble(one.line, REFUSED[one.refused], {}))
            continue
        value, above, below = (_written(text) for text in (one.value, one.numerator, one.denominator))
        calendar = dhis2.calendar_of(one.period)
        entries.append(
            Entry(one.line, one.code, one.unit_code, calendar, one.period, value, above, below, one.comment)
        )
    return entries, troubles


def _written(text: str) -> str:
    """DHIS2 writes a point before decimals and nothing between thousands, so 1.234 is less than two here."""
    return f"{text}0" if THREE_PLACES.fullmatch(text) else text
