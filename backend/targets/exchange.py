"""Between our series and DHIS2's values: what of a unit may go out, and what came in as rows of an import."""

import re
import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.calendars import Interval, Period, choices
from backend.errors import N_
from backend.own_calendars.reading import period_of
from backend.targets import dhis2
from backend.targets.importing import PLAIN, Entry
from backend.targets.models import PlanIndicator, SeriesValue
from backend.targets.queries import Counted, Said, set_of, targets_of
from backend.targets.series import measured_by_period, rows_standing
from backend.units.listing import Trouble
from backend.units.models import Unit

REFUSED = {
    "twice": N_("cùng một giá trị có hai lần trong tệp"),
    "other_series": N_("giá trị là số đo được hoặc số đơn vị báo cáo; ở đây chỉ nhập số chính thức"),
    "no_number": N_("giá trị không phải là một con số"),
    "combo": N_("giá trị chia theo nhóm (category option combo); hệ thống này chỉ nhận giá trị chung"),
    "deleted": N_("giá trị đã bị xóa ở hệ thống nguồn; xin xem lại trước khi nhập"),
}
LENGTHS: tuple[tuple[Interval, int], ...] = (("month", 12), ("quarter", 4), ("half", 2), ("year", 2))
"""How many periods of each length are looked back on."""
THREE_PLACES = re.compile(r"-?\d+\.\d{3}")


def said_rows(session: Session, unit: uuid.UUID, kind: str) -> list[dhis2.Row]:
    """What stands in one series of a unit, in every period."""
    code = unit_code(session, unit)
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
    return [_row(row, known[row.indicator_id], code) for row in rows]


def unit_code(session: Session, unit: uuid.UUID) -> str:
    return session.scalars(select(Unit.code).where(Unit.id == unit)).one()


def measured_rows(
    session: Session, unit: uuid.UUID, counted: Sequence[Counted], today: date
) -> list[dhis2.Row]:
    """What the node counted of the indicators that govern the unit, in the last periods that are over.

    A period that runs would be another number tomorrow. What is hidden is told as hidden and has no number.
    """
    of, code = set_of(session, unit, today), unit_code(session, unit)
    lines = targets_of(session, of.id) if of else []
    periods = [one for length, count in LENGTHS for one in choices(PLAIN, length, today, count + 1)[1:]]
    found = []
    for one in (line.indicator for line in lines if line.indicator.measured_by):
        told = measured_by_period(session, one, unit, periods, counted)
        found += [_measured(one.code, code, period, told[period]) for period in periods if period in told]
    return found


def _measured(indicator: str, unit: str, period: Period, said: Said) -> dhis2.Row:
    return dhis2.Row(
        indicator, unit, period, said.value, said.numerator, said.denominator, said.source, said.at, "measured",
        "hidden" if said.is_hidden else "",
    )  # fmt: skip


def _row(row: SeriesValue, code: str, unit_code: str) -> dhis2.Row:
    period = period_of(row)
    return dhis2.Row(
        code, unit_code, period, row.value, row.numerator, row.denominator, row.source, row.said_at, row.kind
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
