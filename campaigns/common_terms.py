"""What a contest of many communes fixes from above: its dates, its rounds, its rules, and what is told between nodes.

A pack with a `common` section is launched in each commune by its own organiser, but nothing of it may be chosen there:
one day, one paper, one rule for everybody, or the results of two communes could not stand beside each other. `digest_of`
puts all of it into one number that travels with every count and every row: what was won under other rules is not added.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal, Protocol

import msgspec
from msgspec import Meta, Struct

from backend import clock
from backend.safeguards.signing import canonical, digest
from campaigns.common_shapes import LONGEST, SLUG

OPENS, CLOSES = time(7), time(21)
"""A round opens in the morning and closes at a quiet hour of the evening, Vietnam time: as every pack's."""
Line = Literal["state", "party", "front", "youth"]


class OrganiserIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Who stands above, as people call it: an office, never a person."""

    vi: Annotated[str, Meta(max_length=120)]
    en: Annotated[str, Meta(max_length=120)] | None = None


class CommonIn(Struct, frozen=True, forbid_unknown_fields=True):
    """`common` in pack.yaml. `organiser`: who stands above; `begins`: day 0 of the rounds, the same everywhere.

    `wait_hours`: how long after its closing a round waits for the count of all communes before the commune may settle
    with its own. `finalists`: of each commune so many of the first may enter the final list, 0 for none; `entry_days`:
    for so long after the settling somebody may still agree to stand on it. `line`: the parent that receives it.
    """

    organiser: OrganiserIn
    begins: date
    wait_hours: Annotated[int, Meta(ge=1, le=720)] = 72
    finalists: Annotated[int, Meta(ge=0, le=50)] = 0
    entry_days: Annotated[int, Meta(ge=1, le=60)] = 7
    line: Line = "state"


class RoundLike(Protocol):
    """What is read of a pack's round."""

    @property
    def opens_day(self) -> int: ...
    @property
    def closes_day(self) -> int: ...
    @property
    def activities(self) -> Sequence[Any]: ...


@dataclass(frozen=True)
class Told:
    """One round as it is fixed for everybody. `settings`: plain values of the kind's own type."""

    code: str
    kind: str
    opens_at: datetime
    closes_at: datetime
    settings: dict[str, Any]
    rules: dict[str, str]


def dates_of(common: CommonIn, rounds: Sequence[RoundLike]) -> list[tuple[datetime, datetime]]:
    """When each round opens and closes, whatever day a commune would have liked."""
    return [(_at(common, one.opens_day, OPENS), _at(common, one.closes_day, CLOSES)) for one in rounds]


def _at(common: CommonIn, day: int, hour: time) -> datetime:
    return datetime.combine(common.begins + timedelta(days=day), hour, clock.VIETNAM)


def told(common: CommonIn, rounds: Sequence[RoundLike]) -> list[Told]:
    """Every activity of the pack with the dates it has everywhere."""
    when = dates_of(common, rounds)
    return [
        Told(one.code, one.kind, *dates, dict(one.settings), dict(one.rules))
        for round_, dates in zip(rounds, when, strict=True)
        for one in round_.activities
    ]


def digest_of(contest: str, common: CommonIn, rounds: Sequence[RoundLike]) -> str:
    """SHA-256 of what is fixed from above, 64 hex digits. Titles and questions are not in it: a corrected comma in a
    title is no other contest, and the questions may still be sealed when the rules are known."""
    said = {
        "contest": contest,
        "common": msgspec.to_builtins(common),
        "rounds": [
            {
                "code": one.code,
                "kind": one.kind,
                "opens_at": clock.iso(one.opens_at),
                "closes_at": clock.iso(one.closes_at),
                "settings": one.settings,
                "rules": one.rules,
            }
            for one in told(common, rounds)
        ],
    }
    return digest(canonical(said))


def may_be_named(code: str) -> bool:
    """Whether a contest or a round may bear this code between nodes: short, and no long run of digits in it."""
    return len(code) <= LONGEST and re.match(SLUG, code) is not None


def wait_until(closes_at: datetime, common: CommonIn) -> datetime:
    """Until then a closed round waits for the count of all communes."""
    return closes_at + timedelta(hours=common.wait_hours)
