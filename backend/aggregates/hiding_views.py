"""Tables as a reader has them: by what is counted, with the numbers that were told. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from backend.aggregates.hiding_shapes import HIDDEN, NOBODY, Counted, Laid, Protected


@dataclass(frozen=True)
class View:
    """A table by what is counted in it. `sent` None: about to be told."""

    laid: Laid
    sent: Protected | None = None

    @cached_property
    def counts(self) -> dict[str, Counted]:
        """What is counted -> the element that shows it as its numerator, else the one that divides by it."""
        found = {e.out_of: e for e in self.laid.elements if e.out_of}
        return found | {e.counts: e for e in self.laid.elements}

    @cached_property
    def values(self) -> dict[str, dict[str, int]]:
        """What is counted -> unit -> how many; without those nobody counted or told us."""
        found: dict[str, dict[str, int]] = {count: {} for count in self.counts}
        for unit in self.laid.units:
            for e in self.laid.elements:
                sides = self.laid.cells[unit][e.code]
                if sides.numerator is not None:
                    found[e.counts][unit] = sides.numerator
                if e.out_of and sides.denominator is not None:
                    found[e.out_of].setdefault(unit, sides.denominator)
        return found

    def heads(self, count: str, unit: str) -> int | None:
        """The group the count is out of, where everybody knows how many it are: for a part of a margin, its whole's."""
        sizes = {
            e.code: self.laid.cells[unit][e.code].denominator for e in self.laid.elements if not e.out_of
        }
        own = (sizes.get(e.code) for e in self.laid.elements if e.counts == count)
        wholes = (sizes.get(e.whole or "") for e in self.laid.elements if e.counts == count)
        return next((size for size in (*own, *wholes) if size is not None), None)

    @cached_property
    def numbers(self) -> dict[str, dict[str, int]]:
        """What was told as a number: the zeros of a time when nothing happened are none."""
        elements = self.laid.elements
        quiet = {
            (e.counts, u)
            for u, cells in (self.sent.cells if self.sent else {}).items()
            for e in elements
            if cells[e.code].flag == NOBODY
        }
        return {
            count: {u: n for u, n in of.items() if (count, u) not in quiet}
            for count, of in self.shown.items()
        }

    @cached_property
    def shown(self) -> dict[str, dict[str, int]]:
        """What is counted -> unit -> the number that was told."""
        found: dict[str, dict[str, int]] = {count: {} for count in self.counts}
        for unit, cells in (self.sent.cells if self.sent else {}).items():
            for e in self.laid.elements:
                cell = cells[e.code]
                if cell.flag in HIDDEN:
                    continue
                if cell.flag == NOBODY and self.laid.cells[unit][e.code].numerator is not None:
                    found[e.counts][unit] = 0
                    if e.out_of:
                        found[e.out_of][unit] = 0
                if cell.numerator is not None:
                    found[e.counts][unit] = cell.numerator
                    if e.out_of and cell.denominator is not None:
                        found[e.out_of][unit] = cell.denominator
        return found

    @property
    def is_bare(self) -> bool:
        """Of the whole alone, without its parts."""
        return len(self.laid.units) == 1

    @property
    def days(self) -> tuple[str, object, object]:
        return self.laid.calendar, self.laid.first, self.laid.last

    def lies_in(self, other: "View") -> bool:
        mine, whole = self.laid, other.laid
        within = whole.first <= mine.first and mine.last <= whole.last
        return mine.calendar == whole.calendar and within and self.days != other.days

    def touches(self, other: "View") -> bool:
        return self.laid.first <= other.laid.last and other.laid.first <= self.laid.last


def together(views: Sequence[View]) -> list[View]:
    """The last view with those that share days with it, or with one of those: no others tell anything of it."""
    found, left = [views[-1]], list(views[:-1])
    while near := [view for view in left if any(view.touches(one) for one in found)]:
        found += near
        left = [view for view in left if view not in near]
    return [view for view in views if view in found]


def margins(laid: Laid) -> Mapping[tuple[str, str], list[str]]:
    """(what a whole counts, margin) -> what its parts count"""
    by_code = {e.code: e for e in laid.elements}
    found: dict[tuple[str, str], list[str]] = {}
    for e in laid.elements:
        if e.whole and e.whole in by_code:
            found.setdefault((by_code[e.whole].counts, e.margin or ""), []).append(e.counts)
    return found
