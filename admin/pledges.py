"""A year of pledges at a glance: the own cells for a secretary; numbers for the committee and the Party Building Board.

Cells in which fewer than five are expected are not shown as numbers, with as many neighbours as it takes that they cannot
be found by subtracting from the sum.
"""

from dataclasses import dataclass

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from admin.blueprint import CELL_SECRETARIES, PARTY_COMMITTEES, PLEDGE_ROLES, blueprint, page
from admin.pledge_words import Year, asked_year, cells_seen, years_seen
from backend import http
from backend.http import guarded, staff_with
from backend.units.queries import NamedUnit
from campaigns.pledge import cell_view, rules
from campaigns.pledge.calendar import dates
from campaigns.pledge.cell_view import Coverage

COUNTS = ("party_committee", "party_building_board")


@dataclass(frozen=True)
class CellRow:
    """A cell with its numbers; None where showing them could point at somebody."""

    unit: NamedUnit
    numbers: Coverage | None


@blueprint.get("/pledges")
@guarded(staff_with(*PLEDGE_ROLES))
def pledges() -> ResponseReturnValue:
    """The own cells, and the numbers of the cells below. Who looks after one cell and nothing else goes right there."""
    year = asked_year()
    if year is None:
        return page("pledges_none.html")
    own = cells_seen(year, *CELL_SECRETARIES)
    counted = cells_seen(year, *COUNTS) if http.staff().holds(*COUNTS) else []
    if len(own) == 1 and not counted:
        return redirect(url_for("admin.pledge_cell", unit_id=own[0].id, activity_id=year.activity.id))
    rows, total = _counts(year, counted)
    return page(
        "pledges.html",
        year=year,
        years=years_seen(),
        dates=dates(year.activity, year.settings),
        own=own,
        rows=rows,
        total=total,
        few=rules.FEW,
        decides=http.staff().holds(*PARTY_COMMITTEES),
    )


def _counts(year: Year, cells: list[NamedUnit]) -> tuple[list[CellRow], Coverage | None]:
    found = cell_view.coverage(http.session(), year.activity, [one.id for one in cells])
    hidden = rules.too_small({cell: one.expected for cell, one in found.items()})
    rows = [CellRow(one, None if one.id in hidden else found[one.id]) for one in cells]
    total = _total(list(found.values()))
    return rows, None if total.is_small else total


def _total(cells: list[Coverage]) -> Coverage:
    names = ("expected", "registered", "confirmed", "midyear", "assessed")
    return Coverage(**{name: sum(getattr(one, name) for one in cells) for name in names})


def pledges_waiting() -> list[tuple[NamedUnit, int]]:
    """The own cells in which versions wait for an answer, each with how many."""
    year = asked_year()
    cells = cells_seen(year, *CELL_SECRETARIES) if year else []
    found = cell_view.waiting_in(http.session(), year.activity, [one.id for one in cells]) if year else {}
    return [(one, found[one.id]) for one in cells if found.get(one.id)]
