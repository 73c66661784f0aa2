"""Figures of a level whose parts are nodes of their own: made of what it accepted of theirs, by the same code one level up.

The scope is the level's unit and the units right below it; what lies deeper stays where it is. What a part keeps hidden stays
hidden, and then the whole is not known either. A part whose figures were not accepted is missing, whatever it told.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy.orm import Session

from backend import clock
from backend.aggregates.dataset import Dataset
from backend.aggregates.gather import boundaries, counted_of, told_units
from backend.aggregates.gathered import Gathered
from backend.aggregates.hiding import Laid, Sides
from backend.aggregates.packet import COMPLEMENT, NOBODY, NOT_APPLICABLE, State, sheet_id
from backend.aggregates.released import Figures, Released, Releases
from backend.aggregates.told_before import Last
from backend.cards import store
from backend.cards.shapes import Template
from backend.units.queries import NamedUnit, children, named_at_last

PARTS = {"country": "province", "province": "commune"}
AGAIN = "Số liệu được tổng hợp lại sau khi đơn vị cấp dưới báo lại"
MISSING = Sides(None, None, NOT_APPLICABLE)


@dataclass(frozen=True)
class Rolled:
    """What a level approved of one dataset, line and period, and the units it is of."""

    source: uuid.UUID
    released: Released
    template: Template
    top: NamedUnit
    parts: Sequence[NamedUnit]

    def gathering(self, dataset: Dataset, last: Last | None) -> Callable[[Session], Gathered]:
        """`last`: what was told before; what moved since is the next revision."""
        return lambda session: gathered(session, self, dataset, last)


def ready(session: Session, unit: uuid.UUID, releases: Releases) -> list[Rolled]:
    """What may be told now: all that the level approved."""
    top = named_at_last(session, unit, clock.today())
    if top.kind not in PARTS:
        return []
    return [_rolled(session, top, one) for one in releases(session, unit)]


def _rolled(session: Session, top: NamedUnit, one: Released) -> Rolled:
    return Rolled(
        source=sheet_id(top.code, one.dataset, one.line, one.period.calendar, one.period.code),
        released=one,
        template=store.template_with(session, one.template_sha),
        top=top,
        parts=children(session, top.id, PARTS[top.kind], one.period.last),
    )


def gathered(session: Session, rolled: Rolled, dataset: Dataset, last: Last | None) -> Gathered:
    """The figures of the parts as they were accepted, and what they come to."""
    one = rolled.released
    is_first = last is None
    return Gathered(
        dataset=dataset,
        period=one.period,
        units=told_units(session, [rolled.top, *rolled.parts], one.period.last),
        laid=_laid(session, rolled, dataset, one.figures()),
        apart=dict.fromkeys((one.code for one in dataset.elements if one.additivity == "sum"), 0),
        lineup=one.made_of,
        revision=1 if last is None else last.revision + (last.made_of != one.made_of),
        reason="" if is_first else one.reason or AGAIN,
        known_at=one.known_at,
        state=cast(State, one.state),
        approval=one.approval,
    )


def _laid(session: Session, rolled: Rolled, dataset: Dataset, told: Figures) -> Laid:
    elements, period = [element.code for element, _ in dataset.measured], rolled.released.period
    rows: dict[str, Mapping[str, Sides]] = {
        part.code: {code: told.get(part.code, {}).get(code, MISSING) for code in elements}
        for part in rolled.parts
    }
    parts_of, gone = boundaries(session, [unit.id for unit in (rolled.top, *rolled.parts)])
    whole = {code: _whole([rows[part.code][code] for part in rolled.parts]) for code in elements}
    return Laid(
        calendar=period.calendar,
        period=period.code,
        first=period.first,
        last=period.last,
        units=(rolled.top.code, *(part.code for part in rolled.parts)),
        elements=counted_of(dataset),
        cells={**rows, rolled.top.code: whole},
        parts_of=parts_of,
        gone=gone,
    )


def _whole(parts: Sequence[Sides]) -> Sides:
    """The sum, where every part is known; hidden with those that are hidden, and not to be said while one is missing."""
    flags = {part.flag for part in parts}
    if flags <= {NOBODY}:
        return Sides(None, None, NOBODY)
    if NOT_APPLICABLE in flags:
        return MISSING
    counted = [part for part in parts if part.flag != NOBODY]
    heads = [part.denominator for part in counted]
    below = None if None in heads else sum(head for head in heads if head is not None)
    if any(part.numerator is None for part in counted):
        return Sides(None, below, COMPLEMENT)
    return Sides(sum(part.numerator or 0 for part in counted), below)
