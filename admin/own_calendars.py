"""Calendars of the unit's own: a month that begins on another day, or a list of periods such as the rounds of a contest."""

import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import calendar_words
from admin.blueprint import TARGET_KEEPERS, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.steps import uuid_in
from admin.team_words import DayInvalid, typed_day
from backend import clock, http
from backend.calendars import CALENDARS, Calendar, Period, choices
from backend.errors import DomainError, NotAllowed, NotFound
from backend.http import guarded, staff_with
from backend.own_calendars import making, reading
from backend.own_calendars.models import OwnCalendar
from backend.units.queries import NamedUnit, named_many

ROWS = 6
"""So many periods are typed at a time."""
CELLS = ("code", "name", "first", "last")


@dataclass(frozen=True)
class Line:
    """A calendar as the page shows it. `sample`: of one by rule the running period and those before it."""

    row: OwnCalendar
    calendar: Calendar
    unit: NamedUnit
    sample: tuple[Period, ...]


@blueprint.get("/calendars")
@guarded(staff_with(*TARGET_KEEPERS))
def own_calendars() -> Response:
    """Those every node has, those of the member's units, and the form for another one."""
    return _page()


def _page(error: DomainError | None = None, at: str = "") -> Response:
    session, units = http.session(), _own_units()
    return page(
        "own_calendars.html",
        error.status if error else 200,
        units=units,
        shipped=CALENDARS.values(),
        lines=[
            Line(row, one, units[row.unit_id], _sample(one)) for row, one in reading.of_units(session, units)
        ],
        rows=[
            {"number": str(number)} | {name: typed(f"{name}-{number}", 80) for name in CELLS}
            for number in range(1, ROWS + 1)
        ],
        words=calendar_words.title,
        typed={
            name: typed(name, 120) for name in ("title", "kind", "day", "months_back", "unit", "has_gaps")
        },
        at=at,
        sentence=http.sentence_of(error) if error else "",
    )


def _own_units() -> dict[uuid.UUID, NamedUnit]:
    granted = {unit for role in TARGET_KEEPERS for unit in http.staff().roles.get(role, ())}
    return named_many(http.session(), granted, clock.today())


def _sample(one: Calendar) -> tuple[Period, ...]:
    return one.listed if one.kind == "listed" else tuple(choices(one, "month", clock.today(), 3))


@blueprint.post("/calendars")
@guarded(staff_with(*TARGET_KEEPERS))
def make_own_calendar() -> ResponseReturnValue:
    """A calendar for the unit and everything below it. Raises NotFound, NotAllowed."""
    unit = uuid_in(typed("unit", 40))
    if unit not in _own_units():
        raise NotAllowed
    error = refusal_of(lambda: making.make(http.session(), unit, _asked(), actor()))
    if error:
        return _page(error, "new")
    flash(gettext("Đã lập lịch. Từ nay chọn được lịch này khi giao báo cáo và khi ghi số liệu."))
    return redirect(url_for("admin.own_calendars"), 303)


@blueprint.post("/calendars/<uuid:calendar_id>/periods")
@guarded(staff_with(*TARGET_KEEPERS))
def add_calendar_periods(calendar_id: uuid.UUID) -> ResponseReturnValue:
    """Further periods behind the last one. Raises NotFound, NotAllowed."""
    row = http.session().get(OwnCalendar, calendar_id)
    if row is None:
        raise NotFound
    if row.unit_id not in _own_units():
        raise NotAllowed
    error = refusal_of(lambda: making.add_periods(http.session(), calendar_id, _rows(), actor()))
    if error:
        return _page(error, str(calendar_id))
    flash(gettext("Đã thêm kỳ vào lịch."))
    return redirect(url_for("admin.own_calendars"), 303)


def _asked() -> making.Asked:
    is_list = typed("kind", 10) == "listed"
    return making.Asked(
        typed("title", 120),
        "listed" if is_list else "months",
        1 if is_list else _whole("day"),
        0 if is_list else _whole("months_back"),
        tuple(_rows()) if is_list else (),
        is_list and typed("has_gaps", 3) == "1",
    )


def _whole(name: str) -> int:
    """-1 for what is no number: the rule says which numbers there are."""
    text = typed(name, 3)
    return int(text) if text.isascii() and text.isdigit() else -1


def _rows() -> list[Mapping[str, str]]:
    """The rows somebody filled in; a day is handed on as ISO writes it where it is one."""
    found: list[Mapping[str, str]] = []
    for number in range(1, ROWS + 1):
        told = {name: typed(f"{name}-{number}", 80) for name in CELLS}
        if any(told.values()):
            found.append(told | {"first": _iso(told["first"]), "last": _iso(told["last"])})
    return found


def _iso(text: str) -> str:
    with suppress(DayInvalid):
        return typed_day(text).isoformat()
    return text
