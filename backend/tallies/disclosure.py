"""Small numbers are hidden in both directions, so that no figure shows who took part or who stayed out. Pure.

Hidden: 1-4 people, none at all, and all but 0-4. Subtracting what is shown, between units or between periods, must
not bring them back: a hidden unit takes its fixed partner along, and a longer period goes before the shorter ones in
it. Law 91/2025/QH15 art. 7 forbids re-identification; k = 5 is this product's choice.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Generic, TypeVar

K = 5
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Cell:
    """Those who did and those who did not; None where nobody knows how many could have."""

    did: int
    did_not: int | None = None

    @classmethod
    def out_of(cls, did: int, of: int | None) -> "Cell":
        return cls(did, None if of is None else of - did)

    def __add__(self, other: "Cell") -> "Cell":
        """What is not known adds nothing."""
        known = [side for side in (self.did_not, other.did_not) if side is not None]
        return Cell(self.did + other.did, sum(known) if known else None)

    def __sub__(self, other: "Cell") -> "Cell":
        if self.did_not is None or other.did_not is None:
            return Cell(self.did - other.did)
        return Cell(self.did - other.did, self.did_not - other.did_not)

    @property
    def is_nobody(self) -> bool:
        return not self.did and not self.did_not


NOBODY = Cell(0)


@dataclass(frozen=True)
class Table(Generic[Key]):
    """The cells of one total in one period. `rest`: what the total holds that stands in no cell."""

    cells: Mapping[Key, Cell]
    rest: Cell = NOBODY


def may_show(people: int, of: int | None, k: int = K) -> bool:
    """Whether a count of people may be shown next to the size of its group.

    More people than the headcount (an old headcount) is shown once the surplus itself is not about a few.
    """
    return _is_many(Cell.out_of(people, of), k)


def _is_many(cell: Cell, k: int) -> bool:
    return cell.did >= k and (cell.did_not is None or abs(cell.did_not) >= k)


def _tells_nobody_apart(cell: Cell, k: int) -> bool:
    """For a difference: nothing changed, or many did on both sides."""
    sides = [abs(side) for side in (cell.did, cell.did_not) if side is not None]
    return cell.is_nobody or min(sides) >= k


def may_stand_beside(whole: Cell, parts: Iterable[Cell], k: int = K) -> bool:
    """Whether a whole may be shown beside its parts: what it has beyond them is nobody, or many."""
    return _tells_nobody_apart(whole - _sum(parts), k)


def partners(order: Sequence[Key]) -> list[tuple[Key, ...]]:
    """Neighbours in a fixed order hide together, whatever is counted; an odd last one joins the pair before it."""
    groups = [tuple(order[start : start + 2]) for start in range(0, len(order), 2)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    return groups


def hidden_cells(
    table: Table[Key], order: Sequence[Key], along: Collection[Key] = (), k: int = K
) -> set[Key]:
    """Which cells of a total that is shown stay hidden, those hidden already (`along`) among them.

    Each small cell with its partners, then further partners in order until all the hidden together are many.
    """
    hidden: set[Key] = set()
    groups = partners(order)
    for group in groups:
        if any(key in along or not _is_many(table.cells[key], k) for key in group):
            hidden.update(group)
    for group in groups:
        if not _hides_many(table, hidden, k):
            hidden.update(group)
    return hidden


def _hides_many(table: Table[Key], hidden: AbstractSet[Key], k: int) -> bool:
    """Whether subtraction yields many. The rest protects nobody: somebody may know that there is none."""
    if not hidden:
        return _tells_nobody_apart(table.rest, k)
    together = _sum(table.cells[key] for key in hidden)
    return _is_many(together, k) and _is_many(together + table.rest, k)


def _sum(cells: Iterable[Cell]) -> Cell:
    found = list(cells)
    return sum(found[1:], found[0]) if found else NOBODY


def may_split(whole: Table[Key], parts: Iterable[Table[Key]], hidden: AbstractSet[Key], k: int = K) -> bool:
    """Whether the same cells may be shown in the next shorter periods too: all of those periods or none.

    With the hidden cells chosen for the longer one, each part and what the longer period has beyond it must hold.
    """
    return all(_holds(part, hidden, k) and _gap_holds(whole, part, hidden, k) for part in parts)


def _holds(part: Table[Key], hidden: AbstractSet[Key], k: int) -> bool:
    shown = (cell for key, cell in part.cells.items() if key not in hidden)
    return all(_is_many(cell, k) for cell in shown) and _hides_many(part, hidden, k)


def _gap_holds(whole: Table[Key], part: Table[Key], hidden: AbstractSet[Key], k: int) -> bool:
    gaps = [before - after for before, after in zip(_seen(whole, hidden), _seen(part, hidden), strict=True)]
    return all(_tells_nobody_apart(gap, k) for gap in gaps)


def _seen(table: Table[Key], hidden: AbstractSet[Key]) -> list[Cell]:
    """What a reader has or can subtract: the cells shown, the hidden ones together, and those with the rest."""
    together = _sum(table.cells[key] for key in sorted(hidden, key=str))
    return [
        *(table.cells[key] for key in sorted(table.cells.keys() - hidden, key=str)),
        together,
        together + table.rest,
    ]
