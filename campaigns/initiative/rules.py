"""Rules of initiatives that need no database: what may follow on what, whose shares, what the sheets come to, who conflicts."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from backend.units.words import fold
from campaigns.initiative.schemas import Criterion

MAY_WRITE = ("draft", "received", "returned")
"""Nobody has judged it yet: the authors may still better it."""
MAY_WITHDRAW = (*MAY_WRITE, "valid", "invalid", "judging", "recommended", "not_recommended", "noted")
"""Before it is decided. A signed decision stays."""
SHOWN = ("recognised", "noted")
"""States the gallery shows, once the time of publication has come."""

MOVES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "return": (("received",), "returned"),
    "valid": (("received",), "valid"),
    "invalid": (("received",), "invalid"),
    "note": (("received",), "noted"),
    "assign": (("valid", "judging"), "judging"),
    "recommend": (("judging",), "recommended"),
    "not_recommend": (("judging",), "not_recommended"),
    "recognise": (("recommended", "recognised"), "recognised"),
    "refuse": (("recommended", "not_recommended"), "not_recognised"),
    "revoke": (("recognised",), "not_recognised"),
}
"""What the console does -> (from these states, to that one)."""


def next_state(deed: str, state: str, track: str) -> str | None:
    """The state after a deed; None: it does not follow. Small ideas are noted, only full files are judged."""
    before, after = MOVES[deed]
    if state not in before or (deed == "note") != (track == "small" and deed not in ("return", "invalid")):
        return None
    return after


def newer(written_at: datetime, operation: uuid.UUID, than: tuple[datetime, uuid.UUID]) -> bool:
    """Of two phones' words about one thing the later hold, whichever reached the node first."""
    return (written_at, operation.bytes) > (than[0], than[1].bytes)


# --- handing in ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    """An initiative, as the rules look at it. `shares`: as they were written, the first author's too."""

    track: str
    problem: str
    solution: str
    applied_where: str
    applied_from: date | None
    effect: str
    effects: int
    shares: Sequence[int]


def why_not_hand_in(text: Text, *, small_track: bool, most_authors: int) -> str | None:
    """Why it cannot be handed in; None: it can. A small idea takes a problem and a way, a full file more."""
    if text.track == "small" and not small_track:
        return "no_small_track"
    if not text.problem.strip():
        return "no_problem"
    if not text.solution.strip():
        return "no_solution"
    if len(text.shares) > most_authors:
        return "too_many_authors"
    if sum(text.shares) != 100:
        return "shares_not_100"
    return _why_not_whole(text) if text.track == "formal" else None


def _why_not_whole(text: Text) -> str | None:
    if not text.applied_where.strip() or text.applied_from is None:
        return "not_applied"
    if not text.effect.strip() and not text.effects:
        return "no_effect"
    return None


def settled(shares: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, int]:
    """Shares of those who stand, added up to a hundred: what others left falls to them by their shares.

    The largest remainders get what rounding leaves, the smaller id first, so that every node reckons the same.
    """
    if not shares:
        return {}
    total = sum(shares.values())
    exact = {key: (100 * share, total) if total else (100, len(shares)) for key, share in shares.items()}
    found = {key: top // bottom for key, (top, bottom) in exact.items()}
    rest = sorted(exact, key=lambda key: (-(exact[key][0] % exact[key][1]), key.bytes))
    for key in rest[: 100 - sum(found.values())]:
        found[key] += 1
    return found


# --- the rubric ---------------------------------------------------------------------------------------------------


def why_no_rubric(rubric: Sequence[Criterion], recommend_from: Decimal | int) -> str | None:
    """Why nobody can judge by it: 'twice' | 'pass_over_max' | 'out_of_reach'."""
    if len({one.code for one in rubric}) != len(rubric):
        return "twice"
    if any(one.pass_ > one.max for one in rubric):
        return "pass_over_max"
    if recommend_from > sum(one.max * one.weight for one in rubric):
        return "out_of_reach"
    return None


@dataclass(frozen=True)
class Sheet:
    """One judge's points, handed in."""

    id: uuid.UUID
    points: Mapping[str, Decimal]


@dataclass(frozen=True)
class Result:
    """What the sheets come to. `means`, `spreads` by criterion; `spread`: between the highest and the lowest total."""

    total: Decimal
    spread: Decimal
    means: Mapping[str, Decimal]
    spreads: Mapping[str, Decimal]
    failed: tuple[str, ...]
    recommended: bool
    sheets: tuple[uuid.UUID, ...]

    def told(self) -> dict[str, Any]:
        """Plain, as it is stored: numbers as words, so that they come back as they were."""
        return {
            "total": str(self.total),
            "spread": str(self.spread),
            "means": {code: str(value) for code, value in self.means.items()},
            "spreads": {code: str(value) for code, value in self.spreads.items()},
            "failed": list(self.failed),
            "recommended": self.recommended,
            "sheets": [str(sheet) for sheet in self.sheets],
        }


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def weighted(points: Mapping[str, Decimal], rubric: Sequence[Criterion]) -> Decimal:
    return sum((points[one.code] * one.weight for one in rubric), Decimal(0))


def result(sheets: Iterable[Sheet], rubric: Sequence[Criterion], recommend_from: Decimal) -> Result:
    """The same sheets give the same result, in whatever order they come. At least one sheet.

    Recommended: every criterion reaches its pass mark on the mean, and the mean of the weighted totals the mark of all.
    Compared before rounding.
    """
    ordered = sorted(sheets, key=lambda sheet: sheet.id.bytes)
    totals = [weighted(sheet.points, rubric) for sheet in ordered]
    columns = {one.code: [sheet.points[one.code] for sheet in ordered] for one in rubric}
    means = {code: sum(column, Decimal(0)) / len(ordered) for code, column in columns.items()}
    failed = tuple(one.code for one in rubric if means[one.code] < one.pass_)
    total = sum(totals, Decimal(0)) / len(ordered)
    return Result(
        total=_rounded(total),
        spread=_rounded(max(totals) - min(totals)),
        means={code: _rounded(mean) for code, mean in means.items()},
        spreads={code: _rounded(max(column) - min(column)) for code, column in columns.items()},
        failed=failed,
        recommended=not failed and total >= recommend_from,
        sheets=tuple(sheet.id for sheet in ordered),
    )


# --- conflicts of interest ----------------------------------------------------------------------------------------

Conflict = Literal["author", "family", "same_unit", "namesake"]


@dataclass(frozen=True)
class Judge:
    """`subject`: the random key, where the judge has one. `units`: where the judge works or studies on that day;
    `places`: every unit the judge belongs to in whatever way."""

    subject: uuid.UUID | None
    name: str
    units: frozenset[uuid.UUID] = frozenset()
    places: frozenset[uuid.UUID] = frozenset()
    family: frozenset[uuid.UUID] = frozenset()
    namesake_cleared: bool = False


@dataclass(frozen=True)
class AuthorFacts:
    """`unit`: the one named in the initiative for this author; `units`: where the author works or studies on that day."""

    subject: uuid.UUID | None
    name: str
    unit: uuid.UUID | None = None
    units: frozenset[uuid.UUID] = frozenset()


def conflict(judge: Judge, authors: Collection[AuthorFacts], unit: uuid.UUID | None) -> Conflict | None:
    """Why this judge must not score; the gravest first. Authors who stepped out are still authors here.

    A judge signs in at the console and may hold another account on the phone, so an author of the same name counts as a
    conflict until somebody has looked (`namesake_cleared`).
    """
    known = {author.subject for author in authors if author.subject}
    if judge.subject in known:
        return "author"
    if judge.family & known:
        return "family"
    theirs = {author.unit for author in authors if author.unit} | ({unit} if unit else set())
    if judge.places & theirs or any(judge.units & author.units for author in authors):
        return "same_unit"
    if not judge.namesake_cleared and fold(judge.name) in {fold(author.name) for author in authors}:
        return "namesake"
    return None


# --- who reads ----------------------------------------------------------------------------------------------------

Part = Literal["content", "place", "authors", "stages", "notes", "sheets"]
ReaderKind = Literal["author", "secretary", "judge", "everybody"]


def may_read(
    reader: ReaderKind, state: str, *, published: bool = False, blind: bool = True, met: bool = False
) -> frozenset[Part]:
    """What of an initiative somebody may open. Published are only those shown whose time has come.

    `place`: whatever tells in which unit it was thought of. A judge who judges blind learns it when the meeting has begun
    (`met`) and scores are fixed; the authors' names not even then, for so they were promised.
    """
    if reader == "author":
        return frozenset({"content", "place", "authors", "stages"})
    if reader == "secretary" and state != "draft":
        return frozenset({"content", "place", "authors", "stages", "notes", "sheets"})
    if reader == "judge" and state in ("judging", "recommended", "not_recommended"):
        return _of_a_judge(blind, met)
    return frozenset({"content", "place"}) if published and state in SHOWN else frozenset()


def _of_a_judge(blind: bool, met: bool) -> frozenset[Part]:
    if not blind:
        return frozenset({"content", "place", "authors"})
    return frozenset({"content", "place"}) if met else frozenset({"content"})
