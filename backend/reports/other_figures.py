"""Figures of a report that others keep: the unit's scorecard of that very period, and what was declared or taken over."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period, title
from backend.cards.queries import CardView, CriterionView, cards_of, view_of
from backend.cards.revisions import last
from backend.own_calendars.reading import period_of
from backend.reports.paper import decimal_words
from backend.reports.words import HIDDEN, NO_DENOMINATOR, NOTHING
from backend.targets.models import SeriesValue, Target
from backend.targets.queries import Line, in_force, targets_of
from backend.targets.rules import Goal, apart
from backend.targets.series import rows_standing
from backend.targets.words import COMPARATORS
from backend.units.models import UnitLink
from backend.units.queries import NamedUnit, named_many
from backend.units.trees import holds_on

QUALITATIVE = "định tính"

Row = dict[str, Any]


def of_cards(session: Session, unit: uuid.UUID, period: Period) -> list[Row]:
    """Every criterion of the unit's cards of that period, as published last; of a card nobody has published none.
    `indicator`: which figure of the ledger it is."""
    rows: list[Row] = []
    for card in cards_of(session, [unit]):
        is_of = (card.calendar, card.period) == (period.calendar, period.code)
        if is_of and last(session, card.id) is not None:
            view = view_of(session, card)
            rows += [_criterion(view, one) | {"indicator": one.live_indicator} for one in view.criteria]
    return rows


def _criterion(view: CardView, one: CriterionView) -> Row:
    published = f"bản công bố số {view.revision}"
    absent = HIDDEN if one.is_hidden else NOTHING if one.value is None else None
    word, factor = ("%", 100) if one.is_percent else (one.noun, 1)
    return _row(
        one.code, one.title["vi"], f"{view.template_title['vi']}, {published}", one.series, one.numerator,
        one.denominator, one.value, word, absent, factor, _places(one.value),
    )  # fmt: skip


# --- what was said for the plan --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What one series of one unit says of a period, put together where months add up to it."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    absent: str | None
    kind: str
    where: str


def of_plan(session: Session, unit: uuid.UUID, period: Period) -> list[Row]:
    """What the unit declared and what was taken over for its own plan. The two stay two.

    Beside the unit itself only its Party organisation speaks, by its name: never a cell for the whole.
    """
    places = speakers(session, unit, period)
    lines = {
        line.indicator.id: line
        for one in in_force(session, places, period.last)
        for line in targets_of(session, one.id)
    }
    found: dict[tuple[str, str, str], list[SeriesValue]] = {}
    units: dict[tuple[str, str, str], uuid.UUID] = {}
    for said in rows_standing(session, lines, places):
        key = lines[said.indicator_id].indicator.code, places[said.unit_id].code, said.kind
        found.setdefault(key, []).append(said)
        units[key] = said.unit_id
    rows = []
    for key, series in sorted(found.items()):
        line = lines[series[0].indicator_id]
        told = of_period(series, period, line.indicator.additivity)
        if told:
            speaker = "" if units[key] == unit else places[units[key]].heading
            rows.append(_said(line, told, period.last.year, speaker))
    return rows


def speakers(session: Session, unit: uuid.UUID, period: Period) -> dict[uuid.UUID, NamedUnit]:
    """The unit itself, and its Party organisation: whose plans and figures go into its reports."""
    today = clock.today()
    below = select(UnitLink.unit_id).where(
        UnitLink.parent_id == unit, UnitLink.tree == "party", holds_on(UnitLink, min(period.last, today))
    )
    found = named_many(session, {unit, *session.scalars(below)}, today)
    return {one.id: one for one in found.values() if one.id == unit or one.kind == "party_organisation"}


def of_period(rows: Sequence[SeriesValue], period: Period, additivity: str) -> Told | None:
    """The period's own figure; else of what adds up the sum of the longest periods in it that do not overlap, of anything
    else the latest by its days."""
    inside = [(period_of(row), row) for row in rows]
    inside = [(its, row) for its, row in inside if period.first <= its.first and its.last <= period.last]
    own = [row for its, row in inside if (its.calendar, its.code) == (period.calendar, period.code)]
    if own or not inside:
        return _told(own[0]) if own else None
    if additivity != "sum":
        return _told(max(inside, key=lambda one: (one[0].last, one[0].last - one[0].first, one[0].code))[1])
    return _added(apart(sorted(inside, key=lambda one: one[0].code), lambda one: one[0]))


def _added(parts: Sequence[tuple[Period, SeriesValue]]) -> Told:
    known = [(its, row) for its, row in parts if row.value is not None]
    if len(known) < 2:
        return _told((known or parts)[-1][1])
    total = sum((row.value for _, row in known if row.value is not None), Decimal(0))
    names = ", ".join(title(its) for its, _ in known)
    return Told(total, None, None, None, known[0][1].kind, f"cộng {len(known)} kỳ: {names}")


def _told(row: SeriesValue) -> Told:
    where = f"{title(period_of(row))}; {row.source}"
    return Told(row.value, row.numerator, row.denominator, row.absent, row.kind, where)


def _said(line: Line, told: Told, year: int, speaker: str) -> Row:
    of, goal = line.indicator, ahead(line, year)
    aimed = f" (mục tiêu {aim(goal)})" if goal else ""
    absent = None if told.value is not None else NO_DENOMINATOR if told.absent else NOTHING
    where = f"{speaker}; {told.where}" if speaker else told.where
    return _row(
        of.code, f"{of.name_vi}{aimed}", where, told.kind, told.numerator, told.denominator, told.value, of.unit,
        absent, of.factor, of.decimals,
    )  # fmt: skip


def ahead(line: Line, year: int) -> Target | None:
    """The target of that year, else of the next horizon after it; none where the plan sets none from then on."""
    later = [one for one in line.targets if one.horizon_year >= year]
    return min(later, key=lambda one: one.horizon_year, default=None)


def aim(goal: Goal | Target, unit: str = "") -> str:
    """'2030: từ 80 trở lên %'; a target in words is said to be one."""
    year = goal.year if isinstance(goal, Goal) else goal.horizon_year
    if goal.value is None:
        return f"{year}: {QUALITATIVE}"
    values = {"value": plain(goal.value), "value_max": plain(goal.value_max or goal.value)}
    return f"{year}: {COMPARATORS[goal.comparator] % values} {unit}".strip()


def plain(value: Decimal) -> str:
    """'1.306,5'; without needless zeros."""
    return decimal_words(format(value.normalize(), "f"))


def _row(
    code: str, name: str, of: str, series: str, numerator: Decimal | None, denominator: Decimal | None,
    value: Decimal | None, word: str, absent: str | None, factor: int, decimals: int,
) -> Row:  # fmt: skip
    hidden = absent is not None
    return {
        "code": code, "title": name, "of": of, "series": series, "numerator": None if hidden else _number(numerator),
        "denominator": None if hidden else _number(denominator), "factor": factor,
        "value": None if hidden or value is None else _valued(value, decimals), "decimals": decimals, "word": word,
        "absent": absent, "rules": None,
    }  # fmt: skip


def _number(side: Decimal | None) -> int | str | None:
    """What is whole as a whole number; else as it was written."""
    if side is None:
        return None
    return int(side) if side == side.to_integral_value() else f"{side:f}"


def _valued(value: Decimal, decimals: int) -> str:
    """With the places of its indicator at least: 60 % of one place is 60.0."""
    return f"{value.quantize(Decimal(1).scaleb(-decimals)) if _places(value) < decimals else value:f}"


def _places(value: Decimal | None) -> int:
    exponent = value.as_tuple().exponent if value is not None else 0
    return max(0, -exponent) if isinstance(exponent, int) else 0
