"""When people of the demo take part and how well they do: evenings, the last evening, several tries. Pure."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from backend.clock import VIETNAM
from backend.demo.data import DATA, Size
from backend.demo.residents import Resident, of_hamlet
from campaigns.contest.seed import Hand

HOURS = {
    7: 3,
    8: 2,
    9: 2,
    10: 2,
    11: 3,
    12: 6,
    13: 3,
    14: 2,
    15: 2,
    16: 3,
    17: 4,
    18: 6,
    19: 14,
    20: 15,
    21: 9,
    22: 3,
}
"""Local hour -> how many come in it: noon, and above all the evening."""
FIRST_DAY, LAST_DAY = 2.2, 2.6
"""How many more people come than on another day."""
AT_LEAST, LAST_HOUR, AT_WORK = 6, 12, 4
"""Papers of the running round that came within the last hour: so many in any size, more in the full one. So many of
them are being worked on now."""
QUESTIONS = 20
RUSH = timedelta(minutes=150)


@dataclass(frozen=True)
class Round:
    """A round as the demo plays it, from one moment to another; `until` is now where it still runs.

    `level`: how much easier (+) or harder (-) an answer is right than usual.
    """

    number: int
    opens: datetime
    closes: datetime
    until: datetime
    tries: int
    level: float

    @property
    def is_over(self) -> bool:
        return self.until >= self.closes


@dataclass(frozen=True)
class Taking:
    """One paper: who, when it is begun, and how. `struck`: (reason, words) for which it will not be recognised."""

    who: Resident
    at: datetime
    hand: Hand
    struck: tuple[str, str] | None = None


BY_MACHINE = ("by_machine", "Hai mươi câu trong chưa đầy một phút.")
BY_ANOTHER = ("by_another", "Người dự thi xác nhận đã nhờ người nhà làm thay.")
TWICE = ("twice", "Đã dự thi bằng tên khác trong đợt này.")
STRUCK = {1: [BY_MACHINE] * 3 + [BY_ANOTHER] * 2, 2: [BY_ANOTHER] * 6 + [BY_MACHINE] * 2 + [TWICE], 3: []}


def takings(people: Sequence[Resident], round_: Round, size: Size, chance: random.Random) -> list[Taking]:
    """Every paper of a round in the order it is begun. Whoever takes part has the round noted."""
    entrants = [one for row in DATA["hamlets"] for one in _entrants(people, row, round_.number, size, chance)]
    for one in entrants:
        one.rounds.add(round_.number)
    found = [taking for one in entrants for taking in _of_one(one, round_, chance)]
    if not round_.is_over:
        found = _made_lively(found, round_, size, chance)
    found = _made_doubtful(found, round_, size, chance)
    return sorted([*found, *_left_lying(people, round_, size, chance)], key=lambda taking: taking.at)


def _entrants(
    people: Sequence[Resident], row: dict[str, object], number: int, size: Size, chance: random.Random
) -> list[Resident]:
    """Who of the hamlet takes part: the people to sign in as by what is written of them, then the keenest."""
    wanted = size.of(row["entrants"][number - 1])  # type: ignore[index]
    own = [one for one in of_hamlet(people, str(row["name"])) if not one.organises]
    set_down = [one for one in own if one.guest and number in one.guest["rounds"]]
    others = sorted(
        (one for one in own if not one.guest), key=lambda one: one.keen + 0.7 * chance.random(), reverse=True
    )
    return [*set_down, *others[: max(0, wanted - len(set_down))]]


def _of_one(one: Resident, round_: Round, chance: random.Random) -> Iterator[Taking]:
    """Up to as many papers as the rules allow, each a while after the one before, and a little better."""
    tries = min(round_.tries, chance.choice([1, 1, 1, 1, 1, 2, 2, 2, 3, 3]))
    at, guess = _moment(round_, chance), _told(one, "guess", round_) or _guess(chance)
    for turn in range(tries):
        hand = Hand(_right(one, round_, turn, chance), _seconds(chance), guess, saves=chance.random() < 0.1)
        if at + timedelta(seconds=hand.seconds + 5) >= min(round_.until, round_.closes):
            return
        yield Taking(one, at, hand)
        at += timedelta(seconds=hand.seconds) + chance.choice(
            [timedelta(minutes=chance.randint(2, 40)), timedelta(days=1, minutes=chance.randint(-90, 90))]
        )


def _right(one: Resident, round_: Round, turn: int, chance: random.Random) -> int:
    if told := _told(one, "right", round_):
        return told
    knows = min(0.985, one.knows + round_.level + 0.05 * turn)
    return sum(chance.random() < knows for _ in range(QUESTIONS))


def _told(one: Resident, what: str, round_: Round) -> int | None:
    """What demo.yaml says of somebody to sign in as, a number a round."""
    numbers = (one.guest or {}).get(what, [])
    return numbers[round_.number - 1] if round_.number <= len(numbers) else None


def _seconds(chance: random.Random) -> int:
    return min(1150, max(150, round(chance.lognormvariate(6.2, 0.42))))


def _guess(chance: random.Random) -> int:
    """How many will have everything right: people like round numbers, and differ widely."""
    number = chance.lognormvariate(4.2, 0.75)
    step = chance.choice([1, 1, 5, 10, 10, 50])
    return max(1, round(number / step) * step) + chance.choice([0, 0, 0, 0, 1, 7, 8])


def _moment(round_: Round, chance: random.Random) -> datetime:
    """Some day of the round, more on the first and the last; on the last evening many come at the last hour."""
    days = (round_.closes.astimezone(VIETNAM).date() - round_.opens.astimezone(VIETNAM).date()).days
    weights = [FIRST_DAY, *[1.0] * (days - 1), LAST_DAY]
    while True:
        day = chance.choices(range(days + 1), weights)[0]
        if day == days and chance.random() < 0.6:
            at = round_.closes - RUSH * chance.betavariate(1.3, 2.2) - timedelta(minutes=6)
        else:
            at = _on_day(round_.opens + timedelta(days=day), chance)
        if round_.opens <= at < min(round_.until, round_.closes) - timedelta(minutes=22):
            return at


def _on_day(day: datetime, chance: random.Random) -> datetime:
    hour = chance.choices(list(HOURS), list(HOURS.values()))[0]
    at = time(hour, chance.randint(0, 59), chance.randint(0, 59))
    return datetime.combine(day.astimezone(VIETNAM).date(), at, VIETNAM)


# --- what is out of the ordinary -----------------------------------------------------------------------------------


def _made_lively(found: list[Taking], round_: Round, size: Size, chance: random.Random) -> list[Taking]:
    """Some of the running round come within the last hour, and some are at work at this moment."""
    moved = set(chance.sample(range(len(found)), min(AT_LEAST + size.of(LAST_HOUR), len(found) // 3)))
    fresh = iter(range(len(moved)))
    return [
        _just_now(taking, next(fresh), round_.until, chance)
        if at in moved and not taking.who.guest
        else taking
        for at, taking in enumerate(found)
    ]


def _just_now(taking: Taking, which: int, now: datetime, chance: random.Random) -> Taking:
    if which < AT_WORK:
        hand = replace(taking.hand, seconds=chance.randint(120, 600), saves=True, hands_in=False)
        return replace(taking, at=now - timedelta(seconds=hand.seconds + 20), hand=hand)
    hand = replace(taking.hand, seconds=min(taking.hand.seconds, 700))
    ago = timedelta(minutes=chance.uniform(1, 46))
    return replace(taking, at=now - ago - timedelta(seconds=hand.seconds), hand=hand)


def _made_doubtful(found: list[Taking], round_: Round, size: Size, chance: random.Random) -> list[Taking]:
    """Papers that will be struck out, and a few in great haste that somebody should look at and may well keep."""
    usual = [at for at, taking in enumerate(found) if not taking.who.guest and taking.hand.hands_in]
    struck = STRUCK[round_.number][:: 1 if size.share == 1 else 3]
    hasty = max(1, size.of(4))
    chosen = chance.sample(usual, min(len(usual), len(struck) + hasty))
    for at, why in zip(chosen, [*struck, *[None] * hasty], strict=False):
        taking = replace(found[at], struck=why)
        if why in (None, BY_MACHINE):
            hand = Hand(chance.randint(15, 20), chance.randint(31, 57), taking.hand.guess)
            taking = replace(taking, hand=hand)
        found[at] = taking
    return found


def _left_lying(
    people: Sequence[Resident], round_: Round, size: Size, chance: random.Random
) -> Iterator[Taking]:
    """Begun and never handed in: no paper, no entrant."""
    year = round_.opens.year
    staying = [one for one in people if not (one.rounds or one.guest or one.organises or one.is_minor(year))]
    for one in chance.sample(staying, min(len(staying), max(1, size.of(11)))):
        hand = Hand(10, 300, 0, saves=True, hands_in=False)
        yield Taking(one, _moment(round_, chance), hand)
