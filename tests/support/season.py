"""What must come of visits, worked out from what the phones hold and what staff decided, without a look at the node.

Pure: plain values in, plain values out. It shares nothing with the code that counts.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from backend.clock import from_milliseconds, local_day
from tests.support.handset import Kept

Cell = tuple[str, uuid.UUID, date]
"""(measure, hamlet that stands today, day)"""


@dataclass(frozen=True)
class Decided:
    """What staff did that a backup forgets: household -> the one it was found to be, hamlet -> what it became."""

    same_as: Mapping[str, str] = field(default_factory=dict)
    became: Mapping[uuid.UUID, uuid.UUID] = field(default_factory=dict)

    def household(self, key: str) -> str:
        while key in self.same_as:
            key = self.same_as[key]
        return key

    def hamlet(self, key: uuid.UUID) -> uuid.UUID:
        while key in self.became:
            key = self.became[key]
        return key

    def merged(self, gone: str, stays: str) -> "Decided":
        return replace(self, same_as={**self.same_as, gone: self.household(stays)})

    def regrouped(self, hamlets: Iterable[uuid.UUID], into: uuid.UUID) -> "Decided":
        return replace(self, became={**self.became, **dict.fromkeys(hamlets, into)})


@dataclass(frozen=True)
class Standing:
    """A visit as its newest record tells it, at the time of its first."""

    deed: Kept
    first: Kept

    @property
    def was_met(self) -> bool:
        return bool(self.deed.visit and self.deed.visit["met"] == "adult")

    @property
    def household(self) -> str:
        return str(self.deed.visit and self.deed.visit["household"])


def standing(kept: Iterable[Kept]) -> list[Standing]:
    """Of the records of each visit the newest that nothing corrects."""
    by_id = {one.id: one for one in kept if one.visit}
    corrected = {one.visit.get("corrects") for one in by_id.values() if one.visit}
    newest: dict[str, Kept] = {}
    for one in by_id.values():
        if one.id not in corrected:
            root = _root(one, by_id).id
            newest[root] = max(newest.get(root, one), one, key=lambda kept: (kept.at, uuid.UUID(kept.id)))
    return [Standing(one, by_id[root]) for root, one in newest.items()]


def _root(one: Kept, by_id: Mapping[str, Kept]) -> Kept:
    while one.visit and one.visit.get("corrects"):
        one = by_id[one.visit["corrects"]]
    return one


def must_count(kept: Iterable[Kept], decided: Decided, hamlets: Mapping[str, uuid.UUID]) -> Counter[Cell]:
    """Everything the ledger should add up to; `hamlets`: household -> where it is."""
    found: Counter[Cell] = Counter()
    first_met: dict[str, Standing] = {}
    for visit in standing(kept):
        if not visit.was_met:
            continue
        for measure in _measures(visit.deed):
            found[_cell(measure, visit, decided, hamlets)] += 1
        key = decided.household(visit.household)
        first_met[key] = min(first_met.get(key, visit), visit, key=lambda met: met.first.at)
    for visit in first_met.values():
        found[_cell("visit.households", visit, decided, hamlets)] += 1
    return found


def _measures(deed: Kept) -> list[str]:
    told = deed.visit or {}
    stages = [f"visit.{row['service']}.{row['outcome']}" for row in told["services"]]
    return ["visit.visits", *(["visit.follow_ups_kept"] if told.get("follow_up_of") else []), *stages]


def _cell(measure: str, visit: Standing, decided: Decided, hamlets: Mapping[str, uuid.UUID]) -> Cell:
    day = local_day(from_milliseconds(visit.first.at))
    return measure, decided.hamlet(hamlets[visit.household]), day
