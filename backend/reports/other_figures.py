"""Figures of a report that others keep: the unit's scorecard of that very period, and what was declared or taken over."""

import uuid
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy.orm import Session

from backend.calendars import Period, parse, title
from backend.cards.queries import CardView, CriterionView, cards_of, view_of
from backend.targets.models import PlanIndicator, SeriesValue
from backend.targets.queries import Line, in_force, targets_of
from backend.targets.series import rows_standing
from backend.targets.words import COMPARATORS
from backend.units.trees import subtree

Row = dict[str, Any]
HIDDEN, NOTHING, NO_DENOMINATOR = "Ẩn để không lộ cá nhân", "Chưa có số liệu", "Chưa có mẫu số"


def of_cards(session: Session, unit: uuid.UUID, period: Period) -> list[Row]:
    """Every criterion of the unit's cards of that period, as published where they are."""
    rows: list[Row] = []
    for card in cards_of(session, [unit]):
        if (card.calendar, card.period) == (period.calendar, period.code):
            view = view_of(session, card)
            rows += [_criterion(view, one) for one in view.criteria]
    return rows


def _criterion(view: CardView, one: CriterionView) -> Row:
    published = f"bản công bố số {view.revision}" if view.revision else "chưa công bố"
    absent = HIDDEN if one.is_hidden else NOTHING if one.value is None else None
    return _row(
        one.code, one.title["vi"], f"{view.template_title['vi']}, {published}", one.series, one.numerator,
        one.denominator, one.value, "%" if one.is_percent else one.noun, absent,
    )  # fmt: skip


def of_plan(session: Session, unit: uuid.UUID, period: Period) -> list[Row]:
    """What the unit declared and what was taken over for its own plan, the newest of each in the period. The two stay two."""
    units = subtree(session, unit, period.last, "party") | {unit}
    lines = {
        line.indicator.id: line
        for one in in_force(session, units, period.last)
        for line in targets_of(session, one.id)
    }
    newest: dict[tuple[uuid.UUID, str], SeriesValue] = {}
    for said in rows_standing(session, lines, units):
        its = parse(said.calendar, said.period)
        if period.first <= its.first and its.last <= period.last:
            newest[said.indicator_id, said.kind] = said
    return [_said(lines[indicator], said) for (indicator, _), said in sorted(newest.items(), key=_place)]


def _place(one: tuple[tuple[uuid.UUID, str], SeriesValue]) -> tuple[str, str]:
    return str(one[0][0]), one[0][1]


def _said(line: Line, said: SeriesValue) -> Row:
    of, goal = line.indicator, _goal(line, int(said.period[:4]))
    absent = None if said.value is not None else NO_DENOMINATOR if said.absent else NOTHING
    where = title(parse(said.calendar, said.period))
    return _row(
        of.code, f"{of.name_vi}{goal}", f"{where}; {said.source}", said.kind, said.numerator, said.denominator,
        said.value, of.unit, absent, _decimals(of),
    )  # fmt: skip


def _goal(line: Line, year: int) -> str:
    """', mục tiêu 2030: từ 80 trở lên'; nothing where the plan sets none from that year on."""
    ahead = [one for one in line.targets if one.horizon_year >= year]
    if not ahead:
        return ""
    one = min(ahead, key=lambda target: target.horizon_year)
    values: Mapping[str, Any] = {"value": one.value, "value_max": one.value_max}
    return f" (mục tiêu {one.horizon_year}: {COMPARATORS[one.comparator] % values})"


def _decimals(of: PlanIndicator) -> int:
    return of.decimals or 0


def _row(
    code: str, name: str, of: str, series: str, numerator: Decimal | None, denominator: Decimal | None,
    value: Decimal | None, word: str, absent: str | None, decimals: int = 1,
) -> Row:  # fmt: skip
    hidden = absent is not None
    return {
        "code": code, "title": name, "of": of, "series": series, "numerator": None if hidden else _whole(numerator),
        "denominator": None if hidden else _whole(denominator), "factor": 100 if word == "%" else 1,
        "value": None if hidden or value is None else _told(value, word), "decimals": decimals, "word": word,
        "absent": absent, "rules": None,
    }  # fmt: skip


def _told(value: Decimal, word: str) -> str:
    """Rates with one place after the comma, half up; whatever else as it is."""
    if word == "%":
        return f"{value.quantize(Decimal('0.1'), ROUND_HALF_UP)}"
    return f"{value:f}".rstrip("0").rstrip(".") if value != value.to_integral_value() else str(int(value))


def _whole(side: Decimal | None) -> int | None:
    """Sides are counted; one with a fraction is told in its result alone."""
    return int(side) if side is not None and side == side.to_integral_value() else None
