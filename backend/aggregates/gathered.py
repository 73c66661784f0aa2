"""What is gathered for a packet before small numbers are hidden, and the packet's body once they are. Pure.

Two sources fill it: this node's own ledger (`gather`), or what others told (`gather_told`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec

from backend import clock
from backend.aggregates.dataset import Dataset, value_of
from backend.aggregates.hiding import Laid, Protected, Sent
from backend.aggregates.packet import (
    HELD,
    NOBODY,
    NOT_APPLICABLE,
    SHOWN,
    SMALL,
    Approval,
    Cell,
    Completeness,
    Declared,
    Element,
    Figures,
    Points,
    Scope,
    State,
    ToldTemplate,
    ToldUnitBody,
)
from backend.calendars import Period
from backend.cards.canonical import decimal_text
from backend.cards.shapes import Formula
from backend.errors import N_
from backend.safeguards.impersonal import told_of

EMPTY = frozenset({NOBODY, NOT_APPLICABLE})
IN_THE_BOOKS = N_("Lý do ghi tại đơn vị báo cáo.")
"""Stands for a reason that holds a number by which a person could be found."""
LONGEST_REASON = 500


@dataclass(frozen=True)
class Gathered:
    """Everything of a packet but what is hidden in it. `units`: as told, in the order of `laid.units`.

    `apart`: of sums, what was counted in the first unit and in no part; told where nothing is hidden. `hidden_on_card`: criteria whose figure
    the unit's own card keeps back. `points`: None where there is no card.
    """

    dataset: Dataset
    period: Period
    units: tuple[ToldUnitBody, ...]
    laid: Laid
    apart: Mapping[str, int | None]
    lineup: str
    revision: int
    reason: str
    known_at: datetime
    state: State
    hidden_on_card: frozenset[str] = frozenset()
    points: Points | None = None
    declared: tuple[Declared, ...] = ()
    approval: tuple[Approval, ...] = ()


def body_of(found: Gathered, protected: Protected) -> Figures:
    """The packet's body: the whole scope, each figure as it was decided."""
    template = found.dataset.template
    cells = tuple(_cells(found, protected))
    return Figures(
        dataset=found.dataset.name,
        line=found.dataset.line,
        template=ToldTemplate(template.code, template.version, template.sha256),
        rules=template.rules,
        calendar=found.period.calendar,
        period=found.period.code,
        revision=found.revision,
        reason=fit_to_leave(found.reason),
        known_at=clock.iso(found.known_at),
        state=found.state,
        lineup=found.lineup,
        scope=Scope(found.units, tuple(_elements(found, protected))),
        cells=cells,
        completeness=_completeness(cells, len(found.units)),
        points=_points(found, protected),
        declared=_declared(found, protected),
        approval=found.approval,
    )


def fit_to_leave(reason: str) -> str:
    """Typed by people of the unit, so it is looked at before it goes anywhere."""
    words = reason.strip()[:LONGEST_REASON]
    return IN_THE_BOOKS if told_of(words) else words


def _elements(found: Gathered, protected: Protected) -> Iterable[Element]:
    for one in found.dataset.elements:
        is_open = all(protected.cells[unit][one.code].flag in (SHOWN, NOBODY) for unit in found.laid.units)
        yield msgspec.structs.replace(one, apart=found.apart.get(one.code) if is_open else None)


def _cells(found: Gathered, protected: Protected) -> Iterable[Cell]:
    for number, unit in enumerate(found.laid.units):
        row = protected.cells[unit]
        for place, (one, formula) in enumerate(found.dataset.measured):
            yield _cell(number, place, formula, row[one.code])


def _cell(unit: int, element: int, formula: Formula, sent: Sent) -> Cell:
    if sent.flag not in (SHOWN, HELD):
        return Cell(unit, element, None, sent.denominator, None, sent.flag)
    value = value_of(formula, sent.numerator, sent.denominator)
    return Cell(unit, element, sent.numerator, sent.denominator, _text(value), sent.flag)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(value)


def _completeness(cells: Iterable[Cell], units: int) -> Completeness:
    """Out of the flags alone, which everybody sees, so that it tells nothing more; of a scope without parts, of itself."""
    told = {cell.unit for cell in cells if cell.flag not in EMPTY}
    return Completeness(1, len(told)) if units == 1 else Completeness(units - 1, len(told - {0}))


def _declared(found: Gathered, protected: Protected) -> tuple[Declared, ...]:
    """What a unit said of itself is near what it counted: it stays back with it."""
    own = protected.cells[found.laid.top]
    kept = {code for code, sent in own.items() if sent.flag not in (SHOWN, *EMPTY)}
    return tuple(one for one in found.declared if one.code not in kept)


def _points(found: Gathered, protected: Protected) -> Points | None:
    """Points are worked out of figures: they go only where the card itself keeps back whatever the packet does."""
    own = protected.cells[found.laid.top]
    for code, sent in own.items():
        is_hidden_alike = sent.flag == SMALL and code in found.hidden_on_card
        if sent.flag not in (SHOWN, *EMPTY) and not is_hidden_alike:
            return None
    return found.points
