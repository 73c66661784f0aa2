"""Rules of awards that need no database: who is suggested, one prize a person, which deed leads where, what is spent. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml

CHAINS = Path(__file__).parent / "chains"
HANDS = ("proposer", "council", "signer", "clerk")
"""Four parts of one round; no person plays two. Whoever enters the book may be one of them."""
BACK, DROP = "give_back", "drop"
BEFORE_DECISION = ("proposed", "considered")
SHORTEST_REASON = 10
"""Letters; as everywhere where a reason is asked for."""
Key = TypeVar("Key")


# --- the chain ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Link:
    """One step: who may do it (`roles`, given on the proposing or the deciding unit), as which hand, and what it needs."""

    deed: str
    before: str
    after: str
    part: str
    roles: tuple[str, ...]
    where: str
    needs: str
    words: str


@dataclass(frozen=True)
class Chain:
    """A line's way to an award. `guard`: within which awards one achievement counts once; '' is all of them."""

    line: str
    tier: str
    holds_from: date
    is_confirmed: bool
    source: str
    guard: str
    revokes: tuple[str, ...]
    links: tuple[Link, ...]


def read_chain(told: Mapping[str, Any]) -> Chain:
    """From a file, or as a case keeps it."""
    since = told["holds_from"]
    return Chain(
        told["line"], told["tier"], since if isinstance(since, date) else date.fromisoformat(since),
        bool(told["is_confirmed"]), told["source"], told["guard"], tuple(told["revokes"]),
        tuple(
            Link(one["deed"], one["from"], one["to"], one["part"], tuple(one["roles"]), one["where"],
                 one.get("needs", ""), one["words"])
            for one in told["steps"]
        ),
    )  # fmt: skip


def as_kept(chain: Chain) -> dict[str, Any]:
    """As a case freezes it, so that a new file changes no case that runs."""
    return {
        "line": chain.line, "tier": chain.tier, "holds_from": chain.holds_from.isoformat(),
        "is_confirmed": chain.is_confirmed, "source": chain.source, "guard": chain.guard,
        "revokes": list(chain.revokes),
        "steps": [
            {"deed": one.deed, "from": one.before, "to": one.after, "part": one.part, "roles": list(one.roles),
             "where": one.where, "needs": one.needs, "words": one.words}
            for one in chain.links
        ],
    }  # fmt: skip


@cache
def shipped() -> tuple[Chain, ...]:
    files = sorted(CHAINS.glob("*.yaml"))
    return tuple(read_chain(yaml.safe_load(file.read_text(encoding="utf-8"))) for file in files)


def chain_for(line: str, tier: str, day: date) -> Chain | None:
    """The newest in force on that day for the line, or for any line; None where there is none."""
    fitting = [
        one for one in shipped() if one.tier == tier and one.line in (line, "any") and one.holds_from <= day
    ]
    return max(fitting, key=lambda one: one.holds_from, default=None)


def link(chain: Chain, state: str, deed: str) -> Link | None:
    """The step a deed is in that state. Giving back is the part of whoever it lies with; dropping is the proposer's."""
    if deed == BACK:
        onward = next((one for one in chain.links if one.before == state), None)
        if onward is None or state in ("drafted", "numbered") or onward.part == "registrar":
            return None
        return Link(BACK, state, "drafted", onward.part, onward.roles, onward.where, "words", "")
    if deed == DROP:
        first = chain.links[0]
        return (
            Link(DROP, state, "dropped", first.part, first.roles, first.where, "words", "")
            if state == first.before
            else None
        )
    return next((one for one in chain.links if (one.before, one.deed) == (state, deed)), None)


def leads_to(chain: Chain, state: str, deed: str) -> str | None:
    """The state after the deed; None where it is not open."""
    found = link(chain, state, deed)
    return found.after if found else None


def open_deeds(chain: Chain, state: str) -> list[str]:
    """What can be done in that state, the way onward first."""
    onward = [one.deed for one in chain.links if one.before == state]
    return onward + [deed for deed in (BACK, DROP) if link(chain, state, deed)]


@dataclass(frozen=True)
class Held(Generic[Key]):
    """A case as the rules see it: hand -> who played it in this round."""

    state: str = "drafted"
    hands: Mapping[str, Key] = field(default_factory=dict)


def is_somebody_else(part: str, held: Held[Key], person: Key) -> bool:
    """Whether this person has played no other of the four hands."""
    if part not in HANDS:
        return True
    return all(who != person for hand, who in held.hands.items() if hand != part)


def is_reason(words: str) -> bool:
    return sum(letter.isalpha() for letter in words) >= SHORTEST_REASON


# --- who is suggested -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Placed(Generic[Key]):
    """One result of a ranking; `place` 1 is the best."""

    key: Key
    place: int


@dataclass(frozen=True)
class PrizeRow:
    """`left`: how many are still to be given."""

    code: str
    left: int


@dataclass(frozen=True)
class Given(Generic[Key]):
    key: Key
    place: int
    prize: str


def top_with_one_prize(
    board: Sequence[Placed[Key]], prizes: Sequence[PrizeRow], without: Collection[Key] = ()
) -> list[Given[Key]]:
    """Prizes, the best first, to the best placed first; somebody who stands there twice gets the best of them only.

    `without`: those who have a prize already. The board has no ties: the moment of handing in decides (D5).
    """
    left = [code for prize in prizes for code in [prize.code] * max(prize.left, 0)]
    taken, given = set(without), []
    for one in sorted(board, key=lambda row: row.place):
        if not left:
            break
        if one.key not in taken:
            taken.add(one.key)
            given.append(Given(one.key, one.place, left.pop(0)))
    return given


@dataclass(frozen=True)
class Figure:
    """A unit's figure; `value` None where it may not be said."""

    value: Decimal | None


def reaches(figure: Figure, at_least: int) -> bool | None:
    """None where it cannot be said: that is neither a suggestion nor a refusal."""
    return None if figure.value is None else figure.value >= at_least


# --- money ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spent:
    """Of one prize: how many were given and handed over of how many there are, and the money. `paid`: what was handed
    over of what still stands; `owed`: what is still to come back of what was revoked.
    """

    code: str
    most: int
    given: int
    handed_over: int
    amount: Decimal
    paid: Decimal = Decimal(0)
    owed: Decimal = Decimal(0)

    @property
    def left(self) -> int:
        return self.most - self.given

    @property
    def promised(self) -> Decimal:
        """What was handed over as it was, the others as they are now."""
        return self.paid + self.amount * (self.given - self.handed_over)

    @property
    def budget(self) -> Decimal:
        return self.amount * self.most


def spent(
    prizes: Mapping[str, tuple[int, Decimal]],
    given: Mapping[str, int],
    paid: Mapping[str, tuple[int, Decimal]],
    owed: Mapping[str, Decimal] | None = None,
) -> list[Spent]:
    """`prizes`: code -> (most, amount); `paid`: code -> (how many, the money that changed hands, whatever the amount is
    now). Entries that were revoked or void are in neither count.
    """
    return [
        Spent(
            code,
            most,
            given.get(code, 0),
            *_handed(amount, paid.get(code)),
            (owed or {}).get(code, Decimal(0)),
        )
        for code, (most, amount) in prizes.items()
    ]


def _handed(amount: Decimal, told: tuple[int, Decimal] | None) -> tuple[int, Decimal, Decimal]:
    many, money = told or (0, Decimal(0))
    return many, amount, money
