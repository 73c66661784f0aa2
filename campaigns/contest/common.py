"""The rules of a contest over many communes. Pure: counting what may be told, summing, ranking rows without names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaigns.common_shapes import ContestCounts, ContestTotal, FinalRow, RankedRow
from campaigns.contest.schemas import ContestSettings, Key

LEAST = 5
"""Of fewer people than this nothing is told upward (architecture.md section 4)."""
FARTHEST = 10**12
"""As on a commune's own board: who made no guess stands behind everybody who did."""


@dataclass(frozen=True)
class Counts:
    """How a round went here: different people, papers that count, people with everything right."""

    people: int
    papers: int
    all_correct: int


def tellable(counts: Counts, gives_nothing_away: bool = True) -> dict[str, int | str | None]:
    """What of it may leave the node.

    Under five people nothing about them is told, nor where the figures told of the same days keep hidden what could be read
    here; the rules say beforehand that such communes are not in the sum. Otherwise the number of all correct is told
    exactly, even where it is small itself: everybody who guessed was promised the exact sum, and the level above shows
    nothing but that sum.
    """
    if counts.people < LEAST or not gives_nothing_away:
        return {"people": None, "papers": None, "all_correct": None, "flag": "S"}
    return {
        "people": counts.people,
        "papers": counts.papers,
        "all_correct": counts.all_correct,
        "flag": "",
    }


def holds_together(told: ContestCounts) -> bool:
    """Whether the numbers can be true of one another: more right than people, or a hidden one told, cannot."""
    given = (told.people, told.papers, told.all_correct)
    if told.flag == "S":
        return given == (None, None, None)
    if None in given:
        return False
    people, papers, right = (number or 0 for number in given)
    return LEAST <= people <= papers and right <= people


@dataclass(frozen=True)
class Summed:
    """The sum over communes. `missing`: expected, but nothing came."""

    all_correct: int
    people: int
    told: int
    expected: int
    small: int
    missing: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        return not self.missing


def summed(counts: Mapping[str, tuple[int | None, int | None]], expected: Sequence[str]) -> Summed:
    """unit -> (people, all correct), None where too few -> the sum. A unit nobody expected is not added: it may have
    been merged into another, which tells for it."""
    here = {unit: counts[unit] for unit in sorted(set(expected)) if unit in counts}
    return Summed(
        all_correct=sum(right or 0 for _, right in here.values()),
        people=sum(people or 0 for people, _ in here.values()),
        told=len(here),
        expected=len(set(expected)),
        small=sum(people is None for people, _ in here.values()),
        missing=tuple(sorted(set(expected) - here.keys())),
    )


def total_of(contest: str, round_: str, rules: str, number: int, sum_: Summed) -> ContestTotal:
    """The sum as it is given out. Where one commune alone had few people, the people of all are not told either: with
    the others known they would be told."""
    return ContestTotal(
        contest=contest,
        round=round_,
        rules=rules,
        number=number,
        all_correct=sum_.all_correct,
        people=sum_.people if sum_.people >= LEAST else None,
        told=sum_.told,
        expected=sum_.expected,
        small=sum_.small,
        missing=list(sum_.missing),
    )


# --- the final list ---------------------------------------------------------------------------------------------------


def chain(settings: ContestSettings) -> tuple[Key, ...]:
    """What rows of different communes are compared by: the frozen chain without the moment of handing in, which would
    tell more than the rules need, and without the guess where each commune compared it with its own number."""
    kept: list[Key] = [name for name in dict.fromkeys(settings.ranking) if name in ("right", "elapsed")]
    if settings.prediction and settings.predict_over == "common" and "prediction" in settings.ranking:
        kept.insert(_at(settings.ranking, kept), "prediction")
    return tuple(kept)


def _at(ranking: Sequence[Key], kept: Sequence[Key]) -> int:
    before = ranking[: ranking.index("prediction")]
    return sum(name in before for name in kept)


def level(row: FinalRow, keys: Sequence[Key]) -> tuple[int, ...]:
    """Where a row stands, key by key; lower is better."""
    values = {
        "right": -row.right,
        "prediction": FARTHEST if row.gap is None else row.gap,
        "elapsed": row.seconds,
    }
    return tuple(values[name] for name in keys)


def ranked(rows: Mapping[str, Sequence[FinalRow]], settings: ContestSettings) -> list[RankedRow]:
    """unit -> its rows -> one list, best first. Equal rows share a place and the next place keeps the gap: between
    communes no moment of handing in can part them."""
    keys = chain(settings)
    every = [(level(row, keys), unit, row) for unit, own in rows.items() for row in own]
    every.sort(key=lambda each: (each[0], each[1], each[2].number))
    found: list[RankedRow] = []
    for at, (standing, unit, row) in enumerate(every, start=1):
        equal = at > 1 and every[at - 2][0] == standing
        place = found[-1].place if equal else at
        found.append(RankedRow(place, unit, row.number, row.right, row.of, row.seconds, row.gap))
    return found
