"""The units right below a level for one period: who told, how complete, how timely, what their cards say, what was answered.

Completeness is told over expected, expected being every unit right below on the period's last day, with a node or without.
Timeliness is by the day on which the first revision arrived; who told in time and put it right later was in time.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from backend import clock
from backend.levels import accepting, reading
from backend.levels.models import LevelAcceptance
from backend.levels.reading import About
from backend.levels.shapes import ACCEPTED, Figure, Sheet, Told
from backend.reports.due import Expected, Punctuality, due_day, punctuality
from backend.reports.obligations import preset
from backend.units.queries import NamedUnit, children, named_to_the_last
from backend.units.words import sort_key

BELOW = {"country": "province", "province": "commune"}
"""What a level has right below it: the same pages serve both."""
TOLD, WAITS, LATE, NO_NODE, NEWER = "told", "waits", "late", "no_node", "newer"


@dataclass(frozen=True)
class Line:
    """A unit below. `sheet`: what stands; `later`: a revision told after that was accepted, kept beside it. `agreed`: the very
    revision that was accepted; what stands says the same, its card may be further on its way.

    `state`: accepted, newer (told anew since it was accepted), told (waits for an answer), returned, late (due and nothing
    there), waits (not yet due), no_node (nothing there and nobody is enrolled to tell it).
    """

    unit: NamedUnit
    sheet: Sheet | None
    later: Told | None
    answer: LevelAcceptance | None
    sealed: LevelAcceptance | None
    agreed: Told | None
    kept: Expected
    state: str

    @property
    def cells(self) -> Mapping[str, Figure]:
        """The unit's own figures, without those of what lies in it."""
        return self.sheet.cells.get(self.unit.code, {}) if self.sheet else {}

    @property
    def asked(self) -> Told | None:
        """The last revision that came: the one an answer would be about."""
        return self.later or (self.sheet.told if self.sheet else None)


@dataclass(frozen=True)
class Overview:
    """`due`: by when the period's figures are asked for, a preset nobody has confirmed. Lines in the order of names."""

    about: About
    lines: tuple[Line, ...]
    due: date | None
    rates: Punctuality
    counts: Mapping[str, int]

    @property
    def told(self) -> list[Line]:
        return [line for line in self.lines if line.sheet]

    @property
    def accepted(self) -> list[Line]:
        return [line for line in self.lines if line.sealed]


def units_below(session: Session, level: uuid.UUID, kind: str, day: date) -> list[NamedUnit]:
    """In the order of names; none for a unit that is no level."""
    below = BELOW.get(kind)
    return children(session, level, below, day) if below else []


def overview(session: Session, level: NamedUnit, about: About) -> Overview:
    """A dozen statements, however many units there are."""
    units = units_below(session, level.id, level.kind, about.period.last)
    codes = [unit.code for unit in units]
    sheets = reading.sheets(session, about, codes)
    answers = accepting.answers(session, about, codes)
    first = reading.first_received(session, about, codes)
    later, agreed = reading.waiting(session, about, codes), _agreed(session, about, sheets, answers)
    nodes, due = reading.speaking(session, codes, about), due_day(about.period, preset())
    lines = [
        _line(unit, sheets.get(unit.code), later.get(unit.code), answers.get(unit.code, []), agreed, first.get(unit.code), due, unit.code in nodes)
        for unit in units
    ]  # fmt: skip
    return Overview(
        about,
        tuple(lines),
        due,
        punctuality(line.kept for line in lines),
        Counter(line.state for line in lines),
    )


def _agreed(
    session: Session, about: About, sheets: Mapping[str, Sheet], answers: Mapping[str, list[LevelAcceptance]]
) -> dict[str, Told]:
    """Digest of a revision that was accepted -> that revision. A statement more where another one stands by now."""
    found = {one.told.digest: one.told for one in sheets.values()}
    sealed = {one.digest for rows in answers.values() if (one := _sealed(rows))}
    return found | reading.with_digests(session, about, sealed - set(found))


def _sealed(answers: list[LevelAcceptance]) -> LevelAcceptance | None:
    """The last one that was accepted."""
    return next((one for one in reversed(answers) if one.outcome == ACCEPTED), None)


def _line(
    unit: NamedUnit, sheet: Sheet | None, later: Told | None, answers: list[LevelAcceptance], agreed: Mapping[str, Told],
    first: datetime | None, due: date | None, has_node: bool,
) -> Line:  # fmt: skip
    asked = later or (sheet.told if sheet else None)
    answer = next((one for one in answers if asked and one.digest == asked.digest), None)
    sealed = _sealed(answers)
    kept = Expected(due, clock.local_day(first) if first else None, sheet is not None)
    state = _state(asked, later, answer, sealed, kept, has_node)
    return Line(
        unit, sheet, later, answer, sealed, agreed.get(sealed.digest) if sealed else None, kept, state
    )


def _state(
    asked: Told | None, later: Told | None, answer: LevelAcceptance | None, sealed: LevelAcceptance | None, kept: Expected,
    has_node: bool,
) -> str:  # fmt: skip
    """Once sealed, other figures are kept beside what stands: what stands then says the same in another state of the card."""
    if asked is None:
        if not has_node:
            return NO_NODE
        return LATE if kept.is_late(clock.today()) else WAITS
    if answer is not None:
        return answer.outcome
    return TOLD if sealed is None else NEWER if later else ACCEPTED


def levels_among(session: Session, units: Iterable[uuid.UUID]) -> list[NamedUnit]:
    """Those that have units of their own kind below them: provinces and the country, the highest first."""
    found = named_to_the_last(session, units, clock.today()).values()
    order = list(BELOW)
    return sorted(
        (unit for unit in found if unit.kind in BELOW),
        key=lambda unit: (order.index(unit.kind), sort_key(unit.name)),
    )
