"""Who is expected to register and how far that has come, as numbers: agencies with their initiatives; cells with the
initiatives and pledges of their members, for those on the Party's line.

Nobody is listed. Cells in which fewer than five are expected are not shown as numbers, with as many neighbours as it takes
that they cannot be found by subtracting.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flask import Response

from admin import idea_words, pledge_words
from admin.blueprint import DUTY_ROLES, IDEA_KEEPERS, PLEDGE_ROLES, blueprint, page
from admin.idea_words import Year
from admin.pledge_words import CELL
from backend import clock, http
from backend.http import guarded, staff_with
from backend.people.staff import reach
from backend.units.queries import NamedUnit, named_many
from backend.units.trees import subtree
from backend.units.words import sort_key
from campaigns.initiative import duty, overview
from campaigns.initiative.duty import Duty
from campaigns.models import Activity
from campaigns.pledge import cell_view, rules

ON_THE_STATES_LINE = (*IDEA_KEEPERS, "campaign_admin")
MOST_LISTED = 300
Counts = Mapping[uuid.UUID, Duty]


@dataclass(frozen=True)
class Row:
    """A unit with its numbers; None where showing them could point at somebody, or where nothing was asked.

    Of a cell's ideas the page shows no number expected: beside that of the pledges it would tell how many are exempt.
    """

    unit: NamedUnit
    ideas: Duty | None
    pledges: Duty | None = None


@dataclass(frozen=True)
class Cells:
    """The cells in reach. `total_*`: of all of them; None as above. `*_year`: the years that are counted."""

    rows: list[Row] = field(default_factory=list)
    total_ideas: Duty | None = None
    total_pledges: Duty | None = None
    ideas_year: Activity | None = None
    pledges_year: Activity | None = None


@blueprint.get("/duty")
@guarded(staff_with(*DUTY_ROLES))
def duty_page() -> Response:
    """Expected, registered and recognised, for each unit in reach. Raises NotFound for a year out of reach."""
    year = idea_words.asked_year() if http.staff().holds(*ON_THE_STATES_LINE) else None
    rows = _units(year) if year else []
    return page(
        "duty.html",
        year=year,
        years=idea_words.years_seen() if year else [],
        rows=rows[:MOST_LISTED],
        left_off=max(0, len(rows) - MOST_LISTED),
        cells=_cells() if http.staff().holds(*PLEDGE_ROLES) else None,
        few=rules.FEW,
    )


# --- agencies, schools, associations ---------------------------------------------------------------------------------


def _units(year: Year) -> list[Row]:
    """Those above others first, then by name: units in reach of which something is expected, and those it is expected of, in
    whatever line they stand."""
    session = http.session()
    mine = {one.id for one in idea_words.reachable_units(year, *ON_THE_STATES_LINE)}
    mine |= duty.expected_in(session, mine)
    found = duty.of_units(session, year.activity, mine)
    units = named_many(session, [unit for unit, one in found.items() if one.expected], clock.today())
    return sorted((Row(one, found[one.id]) for one in units.values()), key=_order)


def _order(row: Row) -> tuple[bool, str, str]:
    return row.ideas is None or row.ideas.expected < 2, sort_key(row.unit.name), row.unit.code


# --- cells -----------------------------------------------------------------------------------------------------------


def _cells() -> Cells:
    session, units = http.session(), _cells_in_reach()
    ideas_year, pledges_year = _year_of_ideas({one.id for one in units}), _year_of_pledges()
    ideas = duty.of_members(session, ideas_year, [one.id for one in units]) if ideas_year else {}
    pledges = _pledged(pledges_year, units) if pledges_year else {}
    # Together, so that what one column hides is not told by the other.
    hidden = _too_small(ideas) | _too_small(pledges)
    return Cells(
        [Row(one, _shown(one, ideas, hidden), _shown(one, pledges, hidden)) for one in units],
        _total(ideas.values()),
        _total(pledges.values()),
        ideas_year,
        pledges_year,
    )


def _cells_in_reach() -> list[NamedUnit]:
    mine = reach(http.session(), http.staff(), *PLEDGE_ROLES)
    found = [one for one in named_many(http.session(), mine, clock.today()).values() if one.kind == CELL]
    return sorted(found, key=lambda one: (sort_key(one.name), one.code))


def _year_of_ideas(cells: set[uuid.UUID]) -> Activity | None:
    """The newest in which one of these cells takes part."""
    day = clock.today()
    for activity, campaign in overview.years(http.session()):
        if cells & subtree(http.session(), campaign.owner_unit_id, day, "party"):
            return activity
    return None


def _year_of_pledges() -> Activity | None:
    found = pledge_words.years_seen()
    return found[0][0] if found else None


def _pledged(activity: Activity, units: Iterable[NamedUnit]) -> dict[uuid.UUID, Duty]:
    found = cell_view.coverage(http.session(), activity, [one.id for one in units])
    return {cell: Duty(one.expected, one.registered, one.confirmed) for cell, one in found.items()}


def _too_small(found: Counts) -> set[uuid.UUID]:
    return rules.too_small({cell: one.expected for cell, one in found.items()})


def _shown(unit: NamedUnit, found: Counts, hidden: set[uuid.UUID]) -> Duty | None:
    return None if unit.id in hidden else found.get(unit.id)


def _total(each: Iterable[Duty]) -> Duty | None:
    total = Duty()
    for one in each:
        total = Duty(
            total.expected + one.expected,
            total.registered + one.registered,
            total.recognised + one.recognised,
        )
    return None if total.is_small else total
