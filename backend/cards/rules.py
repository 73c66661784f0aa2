"""Points out of figures. Pure: counts in, points and marks out; what is not known stays unknown and is said so.

Null is not zero: a figure without data, without a denominator or divided by zero has no value, no points, and a mark.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Literal

from backend.cards.shapes import FIRST_RULES, Class, Criterion, Formula, Gate, Template
from backend.scorecards.indicators import Term, ratio, rounded
from backend.tallies.disclosure import Cell, K, may_show, may_stand_beside
from backend.targets.rules import upwards

RULES = "cards/2"
"""The version of the arithmetic below; a template names the one it was written for, and it stands in every revision."""
KNOWN_RULES = (FIRST_RULES, RULES)
WHOLE = Decimal(1)
ALMOST = Decimal("0.99")
"""What a figure earns that is just what a target asks to be surpassed."""
CLOSED_MARKS = frozenset({"hidden", "hidden_moved"})
OPEN_MARKS = frozenset(
    {
        "no_data",
        "no_headcount",
        "zero_denominator",
        "no_target",
        "not_scored",
        "hidden_unscored",
        "hidden_moved",
        "target_qualitative",
        "target_no_horizon",
        "target_whole_year",
        "target_running_total",
        "target_of_the_whole",
        "target_other_unit",
    }
)
"""While one of these stands a criterion has no points, and the card no class."""


@dataclass(frozen=True)
class Count:
    """What a measure adds up to: different people (or households), the sum of quantities, records."""

    people: int = 0
    quantity: int = 0
    facts: int = 0


@dataclass(frozen=True)
class Mark:
    """Something a reader must know about a figure; `values` fill its sentence."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Base:
    """What is counted for one unit. `counted`: measures that were ever counted there. `heads`: by population, and
    `heads_from`: on which day and by whom they were counted."""

    counts: Mapping[str, Count]
    counted: frozenset[str]
    heads: Mapping[str, int]
    heads_from: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def take(self, term: Term) -> int:
        return int(getattr(self.counts.get(term.measure, Count()), term.take))


@dataclass(frozen=True)
class Figure:
    """A value with the two sides it was divided out of."""

    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: Decimal | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def is_hidden(self) -> bool:
        return any(mark.code in CLOSED_MARKS for mark in self.marks)


def figure(formula: Formula, base: Base, confidence_below: int) -> Figure:
    """The figure as it may be shown: about a few people it is hidden, numerator and all."""
    if formula.numerator.measure not in base.counted:
        return Figure(marks=(Mark("no_data"),))
    above, below = base.take(formula.numerator), _below(formula, base)
    if formula.about_people and not _may_show(formula, above, below):
        kept = Decimal(below) if formula.population and below is not None else None
        return Figure(denominator=kept, marks=(Mark("hidden"),))
    if not formula.is_ratio:
        return Figure(Decimal(above), None, Decimal(above))
    if not below:
        mark = "no_headcount" if below is None else "zero_denominator"
        return Figure(Decimal(above), None if below is None else Decimal(0), None, (Mark(mark),))
    value = ratio(Decimal(above), Decimal(below), formula.factor, formula.decimals)
    return Figure(
        Decimal(above), Decimal(below), value, tuple(_ratio_marks(formula, above, below, confidence_below))
    )


def _below(formula: Formula, base: Base) -> int | None:
    if formula.denominator:
        return base.take(formula.denominator)
    return base.heads.get(formula.population) if formula.population else None


def _may_show(formula: Formula, above: int, below: int | None) -> bool:
    """A zero out of a zero tells on nobody: it says that nothing was asked of anybody."""
    return (formula.denominator is not None and not below and not above) or may_show(above, below)


def _ratio_marks(formula: Formula, above: int, below: int, confidence_below: int) -> Iterable[Mark]:
    if formula.factor == 100 and above > below:
        yield Mark("above_all")
    if 0 < below < confidence_below and above <= below:
        low, high = likely_range(above, below)
        unit = Decimal(formula.factor)
        yield Mark("small_base", {"low": _text(low * unit), "high": _text(high * unit), "below": str(below)})


def likely_range(above: int, below: int) -> tuple[Decimal, Decimal]:
    """Between which shares the figure would lie nineteen times out of twenty (Wilson), for a small denominator."""
    n, z = Decimal(below), Decimal("1.96")
    share = Decimal(above) / n
    middle = share + z * z / (2 * n)
    spread = z * ((share * (1 - share) + z * z / (4 * n)) / n).sqrt()
    whole = 1 + z * z / n
    low, high = rounded((middle - spread) / whole, 6), rounded((middle + spread) / whole, 6)
    return max(low, Decimal(0)), min(high, Decimal(1))


def _text(number: Decimal) -> str:
    return str(rounded(number, 1))


def may_stand_over(formula: Formula, was: Base, now: Base) -> bool:
    """Whether a figure over today's units may be read beside the one over those of the period: a few must not come out."""
    return not formula.about_people or may_stand_beside(_sides(formula, now), [_sides(formula, was)])


def _sides(formula: Formula, base: Base) -> Cell:
    """Heads are the same in both, so they hide nobody; only a counted denominator moves with its units."""
    did = base.take(formula.numerator)
    return Cell(did, base.take(formula.denominator) - did) if formula.denominator else Cell(did)


# --- from a figure to points ------------------------------------------------------------------------------------


def held_against(criterion: Criterion, target: Mapping[str, Any]) -> Criterion:
    """The criterion as its target asks: where a plan asks for no more than so much, less is better."""
    if "comparator" not in target:
        return criterion
    comparator, is_higher = target["comparator"], target.get("direction", "higher") == "higher"
    direction: Literal["up", "down"] = "up" if upwards(comparator, is_higher) else "down"
    return replace(criterion, direction=direction, is_strict=comparator in ("gt", "lt"))


def share(criterion: Criterion, value: Decimal, target: Decimal) -> Decimal:
    """Which part of its points a value earns; above the target no more than the curve's cap."""
    reached = _reached(criterion, value, target)
    if criterion.is_strict and value == target:
        reached = min(reached, ALMOST)
    if criterion.curve["kind"] == "steps":
        earned = Decimal(0)
        for since, part in criterion.curve["steps"]:
            if reached * 100 >= Decimal(str(since)):
                earned = Decimal(str(part))
        return earned
    return min(max(reached, Decimal(0)), Decimal(str(criterion.curve.get("cap", 1))))


def _reached(criterion: Criterion, value: Decimal, target: Decimal) -> Decimal:
    """1 is the target; where less is better, from `zero_at` down to the target."""
    if criterion.direction == "up":
        return value / target if target else WHOLE
    worst = Decimal(str(criterion.curve.get("zero_at", 2 * target)))
    if worst == target:
        return WHOLE if value <= target else Decimal(0)
    return (worst - value) / (worst - target)


@dataclass(frozen=True)
class Held:
    """What a gate found. `reached` None: nothing to look at, which is said, and costs what the template says."""

    gate: Gate
    reached: Decimal | None

    @property
    def keeps(self) -> Decimal:
        if self.reached is None:
            return self.gate.keeps_unseen if self.gate.kind == "spot_check" else WHOLE
        return self.gate.keeps if self.is_low else WHOLE

    @property
    def is_low(self) -> bool:
        return self.reached is not None and self.reached < self.gate.at_least


def gates(criterion: Criterion, base: Base, spot: tuple[int, int] | None) -> list[Held]:
    """`spot`: records looked at and how many of them held."""
    return [Held(gate, _gate_value(gate, base, spot)) for gate in criterion.gates]


def _gate_value(gate: Gate, base: Base, spot: tuple[int, int] | None) -> Decimal | None:
    if gate.kind == "spot_check":
        looked, held = spot or (0, 0)
    elif gate.above and gate.below:
        looked, held = base.take(gate.below), base.take(gate.above)
    else:
        return None
    return rounded(Decimal(held) * 100 / looked, 1) if looked else None


def points(
    criterion: Criterion, found: Figure, target: Decimal | None, held: Sequence[Held], decimals: int
) -> tuple[Decimal | None, list[Mark]]:
    """The points the node works out, and what must be said about them. None: not known, which is not zero."""
    marks = [
        Mark("gate_low" if one.is_low else _unseen(one), _gate_words(one)) for one in held if _is_told(one)
    ]
    if found.value is None:
        return None, marks if found.numerator is not None else []
    if target is None:
        return None, [*marks, Mark("no_target")]
    kept = min((one.keeps for one in held), default=WHOLE)
    return rounded(criterion.most * share(criterion, found.value, target) * kept, decimals), marks


def stand_in(formula: Formula, base: Base) -> Decimal | None:
    """For points, the least that a hidden figure may be: the same for everybody who is hidden on that side.

    Few took part: as nobody. Few did not: as if all K - 1 of them had not. So nobody is better off by having fewer, and
    the points tell no number. None in a group so small that either side would tell too much: there only people can judge.
    """
    above, below = base.take(formula.numerator), _below(formula, base)
    if below is not None and below < 2 * K:
        return None
    if above < K or below is None:
        return Decimal(0)
    return rounded(Decimal(below - K + 1) * formula.factor / below, formula.decimals)


def hidden_points(
    criterion: Criterion, base: Base, target: Decimal | None, held: Sequence[Held], decimals: int
) -> tuple[Decimal | None, list[Mark]]:
    """The points of a figure that is hidden. What a gate found is not told: it divides the same few people."""
    least = stand_in(criterion.formula, base) if criterion.formula else None
    costing = [one for one in held if one.keeps < WHOLE]
    marks = [
        Mark("gate_low_hidden" if one.is_low else _unseen(one), _without_reached(one)) for one in costing
    ]
    if least is None:
        return None, [Mark("hidden_unscored")]
    return points(criterion, Figure(value=least), target, costing, decimals)[0], [
        *marks,
        *([Mark("no_target")] if target is None else []),
    ]


def _is_told(one: Held) -> bool:
    return one.is_low or (one.reached is None and one.gate.kind == "spot_check")


def _unseen(one: Held) -> str:
    return "gate_unseen" if one.gate.keeps_unseen == 1 else "gate_unseen_costs"


def _gate_words(one: Held) -> dict[str, str]:
    keeps = one.keeps if one.reached is None and one.gate.keeps_unseen < 1 else one.gate.keeps
    told = {"kind": one.gate.kind, "at_least": str(one.gate.at_least), "keeps": str(keeps * 100)}
    return told if one.reached is None else told | {"reached": str(one.reached)}


def _without_reached(one: Held) -> dict[str, str]:
    return {name: value for name, value in _gate_words(one).items() if name != "reached"}


# --- what would raise this --------------------------------------------------------------------------------------


def lacking(criterion: Criterion, found: Figure, target: Decimal | None) -> Decimal | None:
    """How many more in the numerator would reach the target; where less is better, how many fewer (negative).

    None where nobody can say; 0 where it is reached.
    """
    formula = criterion.formula
    if formula is None or target is None or found.numerator is None:
        return None
    if formula.is_ratio and not found.denominator:
        return None
    needed = target * found.denominator / formula.factor if found.denominator else target
    if criterion.direction == "down":
        most = _beyond(needed.to_integral_value(ROUND_FLOOR), needed, -1 if criterion.is_strict else 0)
        return min(most - found.numerator, Decimal(0))
    least = _beyond(needed.to_integral_value(ROUND_CEILING), needed, 1 if criterion.is_strict else 0)
    return max(least - found.numerator, Decimal(0))


def _beyond(whole: Decimal, needed: Decimal, step: int) -> Decimal:
    """Where the target itself is not enough, the next whole number after it."""
    return whole + step if whole == needed else whole


# --- the whole card ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Total:
    """`out_of`: the points of all criteria. `is_complete`: none of them is still without points."""

    points: Decimal
    out_of: Decimal
    is_complete: bool

    @property
    def percent(self) -> Decimal | None:
        return rounded(self.points * 100 / self.out_of, 2) if self.out_of else None


def total(rows: Iterable[tuple[Decimal, Decimal | None]]) -> Total:
    """Of (most, points): every criterion is in the sum, hidden or not; what is missing keeps the card open."""
    sums = Total(Decimal(0), Decimal(0), True)
    for most, got in rows:
        sums = replace(
            sums,
            points=sums.points + (got or Decimal(0)),
            out_of=sums.out_of + most,
            is_complete=sums.is_complete and got is not None,
        )
    return sums


def class_of(template: Template, sums: Total) -> Class | None:
    """None while anything is missing: half a card has no class. None in a trial: it stands outside the rating."""
    if not sums.is_complete or sums.percent is None:
        return None
    if template.is_trial and template.rules != FIRST_RULES:
        return None
    reached = sums.percent
    return next((one for one in template.classes if reached >= one.since), None)


def as_data(marks: Iterable[Mark]) -> list[dict[str, Any]]:
    return [{"code": mark.code, "values": dict(mark.values)} for mark in marks]
