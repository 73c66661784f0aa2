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

    quantity: Counter[Cell] = field(default_factory=Counter)
    facts: Counter[Cell] = field(default_factory=Counter)
    subjects: Counter[tuple[Cell, uuid.UUID]] = field(default_factory=Counter)

    def cells(self) -> set[Cell]:
        return set(self.facts)

    def people(self) -> Counter[Cell]:
        return Counter(cell for (cell, _), standing in self.subjects.items() if standing > 0)


class Above(Protocol):
    """Answers the units a fact counts in: its own and all above it on the day it happened."""

    def __call__(self, unit: uuid.UUID, day: date) -> list[uuid.UUID]: ...


def count(facts: Iterable[Fact], book: MeasureBook, above: Above) -> Counts:
    """Add facts up over every unit above theirs and every period that holds their month."""
    counts = Counts()
    for fact in facts:
        sign = -1 if fact.is_reversal else 1
        distinct = book[fact.measure].additivity == "distinct"
        for unit in above(fact.unit_id, local_day(fact.happened_at)):
            for period in holding(fact.period):
                cell = (fact.measure, fact.activity_id, unit, period)
                counts.quantity[cell] += fact.quantity
                counts.facts[cell] += sign
                if distinct and fact.subject:
                    counts.subjects[cell, fact.subject] += sign
    return counts
