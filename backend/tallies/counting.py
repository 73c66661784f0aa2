"""Counting facts: the one pure rule that the fold, the rebuild and the check all use."""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from backend.clock import local_day
from backend.participation.measures import MeasureBook
from backend.participation.models import Fact
from backend.participation.periods import holding

Cell = tuple[str, uuid.UUID, uuid.UUID, str]
"""(measure, activity, unit, period)"""


@dataclass
class Counts:
    """What a set of facts adds up to, per cell; reversals count backwards."""

    sums: dict[Cell, list[int]] = field(default_factory=dict)
    """Cell -> [quantity, facts]: one look for both, because a fact is looked up twenty times."""
    subjects: Counter[tuple[Cell, uuid.UUID]] = field(default_factory=Counter)

    def cells(self) -> set[Cell]:
        return set(self.sums)

    def people(self) -> Counter[Cell]:
        return Counter(cell for (cell, _), standing in self.subjects.items() if standing > 0)


class Above(Protocol):
    """Answers the units a fact counts in: its own and all above it on the day it happened."""

    def __call__(self, unit: uuid.UUID, day: date) -> list[uuid.UUID]: ...


def count(facts: Iterable[Fact], book: MeasureBook, above: Above) -> Counts:
    """Add facts up over every unit above theirs and every period that holds their month."""
    counts = Counts()
    for (measure, activity, unit, day, month), (quantity, signs, subjects) in _together(facts, book).items():
        for above_it in above(unit, day):
            for period in holding(month):
                cell = (measure, activity, above_it, period)
                sums = counts.sums.setdefault(cell, [0, 0])
                sums[0] += quantity
                sums[1] += signs
                for subject, sign in subjects.items():
                    counts.subjects[cell, subject] += sign
    return counts


Together = tuple[str, uuid.UUID, uuid.UUID, date, str]
"""(measure, activity, unit, day, month): facts that count in the same cells"""


def _together(
    facts: Iterable[Fact], book: MeasureBook
) -> dict[Together, tuple[int, int, Counter[uuid.UUID]]]:
    """(quantity, facts, people where they count), each once instead of twenty times."""
    found: dict[Together, tuple[int, int, Counter[uuid.UUID]]] = {}
    for fact in facts:
        sign = -1 if fact.is_reversal else 1
        place = (fact.measure, fact.activity_id, fact.unit_id, local_day(fact.happened_at), fact.period)
        quantity, signs, subjects = found.get(place) or (0, 0, Counter())
        if fact.subject and book[fact.measure].additivity == "distinct":
            subjects[fact.subject] += sign
        found[place] = (quantity + fact.quantity, signs + sign, subjects)
    return found
