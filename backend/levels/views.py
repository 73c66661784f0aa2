"""Both views over a reorganisation: the units as they were in the period, and as they are now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.levels import reading
from backend.levels.merging import Now, Part, as_now, made_of
from backend.levels.overview import BELOW, Overview
from backend.levels.shapes import Element, Figure, Step
from backend.levels.totals import Total, total
from backend.units.models import Unit
from backend.units.queries import NamedUnit, named_to_the_last
from backend.units.words import sort_key


@dataclass(frozen=True)
class Made:
    """A unit of today with what it is made of, by name. `totals`: in the order of the elements."""

    unit: NamedUnit
    now: Now
    of: tuple[NamedUnit, ...]


@dataclass(frozen=True)
class Both:
    """`elements`: what is counted, of every template version that was used. `steps`: what parts the two views; `names`: of
    the units in them. `made`: in the order of names, like the units of then."""

    elements: tuple[Element, ...]
    made: tuple[Made, ...]
    steps: tuple[Step, ...]
    names: Mapping[str, NamedUnit]
    sums: tuple[Total, ...]

    @property
    def differ(self) -> bool:
        return bool(self.steps)

    @property
    def moved(self) -> frozenset[str]:
        """Units of then that are in another one now."""
        return frozenset(part.code for one in self.made if one.now.is_made for part in one.now.parts)


def elements_of(found: Overview) -> tuple[Element, ...]:
    """Of all sheets together, the newest version's words, in its order."""
    sheets = sorted(
        (line.sheet for line in found.lines if line.sheet), key=lambda sheet: -sheet.told.template_version
    )
    return tuple({element.code: element for sheet in reversed(sheets) for element in sheet.elements}.values())


def tops_of(found: Overview) -> dict[str, Mapping[str, Figure]]:
    """Unit code -> its own figures, of the units that told."""
    return {line.unit.code: line.cells for line in found.lines if line.sheet}


def sums_of(found: Overview, *, only_accepted: bool = False) -> tuple[Total, ...]:
    """Over every unit right below: who has told nothing is in the sum as what is missing."""
    told = tops_of(found)
    kept = {line.unit.code for line in found.lines if line.sealed or not only_accepted}
    return tuple(
        total(
            element,
            {
                line.unit.code: told[line.unit.code].get(element.code)
                if line.unit.code in told and line.unit.code in kept
                else None
                for line in found.lines
            },
            any(line.unit.kind in BELOW for line in found.lines),
        )
        for element in elements_of(found)
    )


def both(session: Session, level: NamedUnit, found: Overview) -> Both:
    """Three statements more than the overview."""
    then, since = [line.unit.code for line in found.lines], found.about.period.last
    every = reading.steps(session, BELOW.get(level.kind, ""))
    parts = made_of(then, [step for step in every if step.holds_from <= clock.today()], since)
    elements, tops = elements_of(found), tops_of(found)
    names = _names(session, [*parts, *then])
    made = [
        Made(names[now.code], now, tuple(names[part.code] for part in now.parts))
        for now in as_now(tops, elements, parts)
    ]
    made.sort(key=lambda one: sort_key(one.unit.name))
    return Both(elements, tuple(made), _within(every, parts), names, sums_of(found))


def _within(steps: Sequence[Step], parts: Mapping[str, Sequence[Part]]) -> tuple[Step, ...]:
    """Those that carried something of this level's units along."""
    used = {part.step for made in parts.values() for part in made}
    return tuple(step for step in steps if step in used)


def _names(session: Session, codes: Sequence[str]) -> dict[str, NamedUnit]:
    ids = session.scalars(select(Unit.id).where(Unit.code.in_(sorted(set(codes)))))
    return {unit.code: unit for unit in named_to_the_last(session, list(ids), clock.today()).values()}
