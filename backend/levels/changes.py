"""What moved between two revisions of a unit's figures: the restatement ledger of a level. Pure.

Where a figure is kept back on one side the ledger says that it appeared or was hidden, never by how much it moved: the
difference of two figures is a figure about the people between them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from backend.levels.shapes import NOTHING, Element, Figure, Sheet, ToldUnit

MOVED, SHOWN_NOW, HIDDEN_NOW, COUNTED_NOW, GONE = "moved", "shown", "hidden", "counted", "gone"


@dataclass(frozen=True)
class Moved:
    """One figure of one unit. `kind`: moved, shown (was kept back), hidden (was shown), counted (was not), gone."""

    unit: ToldUnit
    element: Element
    kind: str
    before: Figure
    after: Figure

    @property
    def by(self) -> Decimal | None:
        """How far the value went, where both were told."""
        if self.kind != MOVED or self.before.value is None or self.after.value is None:
            return None
        return self.after.value - self.before.value


def changes(before: Sheet, after: Sheet) -> list[Moved]:
    """Unit by unit as the later one lists them, the sender first; units that left the scope at the end."""
    units = [*after.units, *(one for one in before.units if one.code not in {u.code for u in after.units})]
    elements = [
        *after.elements,
        *(one for one in before.elements if one.code not in {e.code for e in after.elements}),
    ]
    return [moved for unit in units for one in elements if (moved := _moved(unit, one, before, after))]


def _moved(unit: ToldUnit, element: Element, before: Sheet, after: Sheet) -> Moved | None:
    was = before.cells.get(unit.code, {}).get(element.code, NOTHING)
    now = after.cells.get(unit.code, {}).get(element.code, NOTHING)
    kind = _kind(was, now)
    return Moved(unit, element, kind, was, now) if kind else None


def _kind(was: Figure, now: Figure) -> str:
    if was.is_hidden or now.is_hidden:
        return "" if was.is_hidden and now.is_hidden else SHOWN_NOW if was.is_hidden else HIDDEN_NOW
    if was.is_known and now.is_known:
        same = (was.numerator, was.denominator, was.value) == (now.numerator, now.denominator, now.value)
        return "" if same else MOVED
    if was.is_known or now.is_known:
        return COUNTED_NOW if now.is_known else GONE
    return ""


@dataclass(frozen=True)
class Entry:
    """A revision in the ledger with what it changed, the first with nothing."""

    sheet: Sheet
    moved: tuple[Moved, ...]


def ledger(sheets: Sequence[Sheet]) -> list[Entry]:
    """The newest first. `sheets`: all revisions of one unit and period, the oldest first."""
    return [
        Entry(sheet, tuple(changes(sheets[number - 1], sheet)) if number else ())
        for number, sheet in reversed(list(enumerate(sheets)))
    ]
