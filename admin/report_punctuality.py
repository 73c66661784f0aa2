"""How complete and how timely reports are: units by periods, with the rates at both ends."""

from collections.abc import Iterable
from datetime import date

from flask import Response, request

from admin import report_words
from admin.blueprint import REPORT_ROLES, blueprint, page
from admin.report_words import desk
from backend import clock, http
from backend.http import guarded, staff_with
from backend.reports import queries
from backend.reports.hands import Desk
from backend.reports.obligations import PLAIN
from backend.reports.punctuality import Sheet, sheet
from backend.reports.queries import Owed
from backend.units.queries import NamedUnit
from backend.units.words import sort_key

YEARS = 3


@blueprint.get("/reports/punctuality")
@guarded(staff_with(*REPORT_ROLES))
def report_punctuality() -> Response:
    """What was due to the member's units, and what their own units owed: nobody sees more than was theirs to receive."""
    here, year = desk(), _year()
    rows = queries.owed_for(http.session(), here.units, here.watched, year)
    received = [one for one in rows if _is_received(here, one)]
    sent = [one for one in rows if (one.unit.id, one.duty.line) in here.posts]
    intervals = [one for one in PLAIN if any(row.duty.interval == one for row in (*received, *sent))]
    interval = _interval(intervals)
    return page(
        "report_punctuality.html",
        year=year,
        years=[clock.today().year - back for back in range(YEARS)],
        intervals=intervals,
        interval=interval,
        sheets=[
            (name, made)
            for name, rows in (("received", received), ("sent", sent))
            if (made := _sheet(rows, interval)).units
        ],
        words=report_words,
    )


def _is_received(here: Desk, one: Owed) -> bool:
    return (one.receiver.id, one.duty.line) in here.watching and one.unit != one.receiver


def _sheet(rows: Iterable[Owed], interval: str) -> Sheet[NamedUnit]:
    ordered = sorted(rows, key=lambda one: (sort_key(one.unit.name), one.unit.code))
    told = [(one.unit, one.period, one.kept) for one in ordered if one.duty.interval == interval]
    return sheet(told, clock.today())


def _year() -> int:
    """The year asked for; of any other word the running one."""
    text, now = request.args.get("year", ""), clock.today().year
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else now
    return year if date.min.year < year <= now else now


def _interval(known: list[str]) -> str:
    asked = request.args.get("interval", "")
    return asked if asked in known else known[0] if known else ""
