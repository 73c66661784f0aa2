"""What a reorganisation would change, found by doing it and taking it back before anybody else sees it.

Nothing is written: the deed runs inside a savepoint that is always rolled back, so that what is shown is what would happen.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy import func, select

from admin import shown
from admin.blueprint import SCORECARD_READERS
from backend import clock, http
from backend.calendars import Period
from backend.cards import laying
from backend.cards.rules import Count
from backend.participation.measures import Measure
from backend.participation.models import Fact
from backend.people.models import Membership, RoleGrant
from backend.people.staff import reach
from backend.tallies.disclosure import K
from backend.teams.models import HouseholdPlace, TeamArea
from backend.units.lineage import with_history
from backend.units.overview import history
from backend.units.queries import named_many, newest_heads
from backend.units.trees import holds_on
from backend.units.undoing import rows_of
from campaigns import queries as campaigns
from campaigns.models import Campaign
from campaigns.registry import measure_book

EVER = date(2000, 1, 1)
KINDS = ("sum", "distinct")


@dataclass(frozen=True)
class Look:
    """One unit at one moment. `members`, `households`, `teams`, `roles`: how many; `figures` by measure."""

    id: uuid.UUID
    name: str
    above: str
    people: int | None
    members: int
    households: int
    teams: int
    roles: int
    figures: Mapping[str, "Number"] = field(default_factory=dict)


@dataclass(frozen=True)
class Number:
    """None: not to be shown, for the reason in `why`: few | unplaced."""

    value: int | None
    why: str = ""
    is_shared: bool = False


@dataclass(frozen=True)
class Line:
    title: str
    before: list[Number]
    after: list[Number]


@dataclass(frozen=True)
class Effects:
    before: list[Look]
    after: list[Look]
    lines: list[Line]
    touched: list[str]
    owned: list[str]


def dry_run(
    commune: uuid.UUID, units: Sequence[uuid.UUID], deed: Callable[[], Sequence[uuid.UUID]]
) -> Effects:
    """`deed` does it and answers which units there are then. Raises what it raises."""
    session = http.session()
    may_read = set(units) & reach(session, http.staff(), *SCORECARD_READERS) == set(units)
    touched, owned = _touched(units), _owned(units)
    before = _look(commune, units, may_read)
    with session.begin_nested() as nested:
        there = deed()
        session.flush()
        after = _look(commune, there, may_read)
        nested.rollback()
    session.expire_all()
    return Effects(before, after, _lines(before, after), touched, owned)


def digest(units: Iterable[uuid.UUID], *told: object) -> str:
    """Stands for what was typed and for the units as they are, so that a yes to it is not taken for a yes to anything else."""
    rows = rows_of(http.session(), set(units))
    said = json.dumps([rows, [asdict(one) if hasattr(one, "__dataclass_fields__") else one for one in told]], default=str, sort_keys=True)  # type: ignore[call-overload]  # fmt: skip
    return hashlib.sha256(said.encode()).hexdigest()


def _look(commune: uuid.UUID, units: Sequence[uuid.UUID], may_read: bool) -> list[Look]:
    session, today = http.session(), clock.today()
    names, people = named_many(session, units, today), _people(units)
    figures = _figures(commune, [unit for unit in units if unit in names]) if may_read else {}
    found = []
    for unit in (unit for unit in units if unit in names):
        own = with_history(session, [unit])
        places = [name for place, name in history(session, unit).places if place.valid_to is None]
        found.append(
            Look(
                unit, names[unit].heading, ", ".join(shown.capital(name) for name in places), people.get(unit),
                _count(Membership, Membership.person_id, {unit}), _count(HouseholdPlace, HouseholdPlace.household_id, own),
                _count(TeamArea, TeamArea.team_id, own), _count(RoleGrant, RoleGrant.person_id, {unit}),
                figures.get(unit, {}),
            )
        )  # fmt: skip
    return found


def _people(units: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """By the headcount that was counted last, of whatever population."""
    newest = newest_heads(http.session(), units).values()
    return {row.unit_id: row.people for row in sorted(newest, key=lambda row: row.on_date)}


def _count(table: Any, what: Any, units: set[uuid.UUID]) -> int:
    query = select(func.count(what.distinct())).where(
        table.unit_id.in_(units), holds_on(table, clock.today())
    )
    return http.session().scalars(query).one()


# --- figures --------------------------------------------------------------------------------------------------------


def _figures(commune: uuid.UUID, units: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, Number]]:
    """Everything counted so far, over the units as they stand now."""
    book = {one.code: one for one in measure_book() if one.additivity in KINDS and not one.sealed}
    now = clock.now()
    all_time = Period("thang", "", EVER, clock.today())
    over = laying.lay(http.session(), commune, units, all_time, clock.today(), sorted(book), now)
    return {
        unit: {
            code: _number(
                book[code], count, code in over.shared.get(unit, ()), code in over.unplaced.get(unit, ())
            )
            for code, count in over.counts.get(unit, {}).items()
        }
        for unit in units
    }


def _number(measure: Measure, count: Count, is_shared: bool, is_unplaced: bool) -> Number:
    """What stands behind a few people is kept back, and what nobody can count yet."""
    if measure.additivity == "distinct" and is_unplaced:
        return Number(None, "unplaced")
    if 0 < count.people < K:
        return Number(None, "few")
    if measure.additivity == "distinct":
        return Number(count.people)
    return Number(count.quantity, is_shared=is_shared)


def _lines(before: Sequence[Look], after: Sequence[Look]) -> list[Line]:
    codes = [
        one.code for one in measure_book() if any(one.code in look.figures for look in (*before, *after))
    ]
    lines = [_line(code, before, after) for code in codes]
    return [line for line in lines if any(one.value for one in (*line.before, *line.after))]


def _line(code: str, before: Sequence[Look], after: Sequence[Look]) -> Line:
    """Where one number of a line is about a few people, nothing stands on the other side from which it could be worked out."""
    old, new = ([look.figures.get(code, Number(0)) for look in looks] for looks in (before, after))
    if any(one.why == "few" for one in (*old, *new)):
        new = [Number(None, "few") for _ in new]
    return Line(gettext(measure_book()[code].title), old, new)


def _touched(units: Iterable[uuid.UUID]) -> list[str]:
    """The activities in which something was counted in these units."""
    session = http.session()
    own = with_history(session, units)
    counting = set(session.scalars(select(Fact.activity_id).where(Fact.unit_id.in_(own)).distinct()))
    return [shown.words(one.title) for one, _ in campaigns.activities(session) if one.id in counting]


def _owned(units: Iterable[uuid.UUID]) -> list[str]:
    rows = http.session().scalars(select(Campaign).where(Campaign.owner_unit_id.in_(list(units))))
    return [shown.words(one.title) for one in rows]
