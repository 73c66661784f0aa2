"""The shape of a card's template: groups, criteria, weights, curves, gates and classes as data. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from backend.calendars import Period, interval_of
from backend.cards import canonical
from backend.scorecards.indicators import Term

Series = Literal["measured", "declared"]
CURVES = ("linear", "steps")
GATES = ("unique_people", "completion", "spot_check")
INTERPOLATIONS = ("none", "linear")
FIRST_RULES = "cards/1"


@dataclass(frozen=True)
class Formula:
    """A figure: numerator over denominator times factor. `denominator`: a term, a population's headcount, or nothing."""

    numerator: Term
    denominator: Term | None
    population: str | None
    factor: int
    decimals: int
    about_people: bool

    def measures(self) -> set[str]:
        return {term.measure for term in (self.numerator, self.denominator) if term}

    @property
    def is_ratio(self) -> bool:
        return self.denominator is not None or self.population is not None


@dataclass(frozen=True)
class Gate:
    """A figure must not be volume for its own sake: below `at_least` only the share `keeps` of the points stands.

    unique_people: different people (or households) per 100 records. completion: of those who began, how many got
    through, in 100. spot_check: of the records looked at, how many held, in 100. `keeps_unseen`: what stands where there
    was nothing to look at, so that nobody gains by never being checked.
    """

    kind: str
    at_least: Decimal
    keeps: Decimal
    above: Term | None
    below: Term | None
    keeps_unseen: Decimal = Decimal(1)

    def measures(self) -> set[str]:
        return {term.measure for term in (self.above, self.below) if term}


@dataclass(frozen=True)
class Criterion:
    """`most`: its points. `target`: the number written here, or `target_indicator`: whose target governs the unit."""

    code: str
    title: Mapping[str, str]
    most: Decimal
    series: Series
    formula: Formula | None
    live_indicator: str | None
    noun: str
    target: Decimal | None
    target_indicator: str | None
    declared_indicator: str | None
    direction: Literal["up", "down"]
    curve: Mapping[str, Any]
    must_have_evidence: bool
    gates: tuple[Gate, ...]
    explain: Mapping[str, str]
    is_strict: bool = False
    """The target itself is not yet enough: more than it, or less, is asked for."""

    def measures(self) -> set[str]:
        own = self.formula.measures() if self.formula else set()
        return own.union(*(gate.measures() for gate in self.gates))


@dataclass(frozen=True)
class Group:
    code: str
    title: Mapping[str, str]
    weight: Decimal
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Class:
    """A class of rating from so many points in a hundred on."""

    code: str
    title: Mapping[str, str]
    since: Decimal


@dataclass(frozen=True)
class Template:
    """`body`: the canonical bytes it was read from. `is_preset`: nobody has confirmed its thresholds. `document`: what
    confirmed them. `rules`: the arithmetic it was written for."""

    code: str
    version: int
    title: Mapping[str, str]
    kind: Literal["scored", "comparison"]
    calendar: str
    interval: str
    unit_kind: str
    is_trial: bool
    is_preset: bool
    interpolation: str
    decimals: int
    confidence_below: int
    days: Mapping[str, int]
    classes: tuple[Class, ...]
    comparison: Mapping[str, Any]
    groups: tuple[Group, ...]
    body: bytes
    rules: str = FIRST_RULES
    document: Mapping[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        return canonical.fingerprint(self.body)

    @property
    def criteria(self) -> Iterator[Criterion]:
        return (criterion for group in self.groups for criterion in group.criteria)

    @property
    def measures(self) -> set[str]:
        return set[str]().union(*(criterion.measures() for criterion in self.criteria))

    @property
    def populations(self) -> set[str]:
        return {c.formula.population for c in self.criteria if c.formula and c.formula.population}

    def __getitem__(self, code: str) -> Criterion:
        return next(criterion for criterion in self.criteria if criterion.code == code)


def is_of(template: Template, period: Period) -> bool:
    """Whether the template is for periods like that one: its calendar, and as long."""
    return template.calendar == period.calendar and template.interval == interval_of(period)


def read(body: bytes) -> Template:
    """What was stored, as it was."""
    data = canonical.read(body)
    return Template(
        code=data["template"],
        version=int(data["version"]),
        title=data["title"],
        kind=data["kind"],
        calendar=data["calendar"],
        interval=data["interval"],
        unit_kind=data["unit_kind"],
        is_trial=bool(data.get("trial", False)),
        is_preset=bool(data.get("preset", True)),
        interpolation=data.get("interpolation", "none"),
        decimals=int(data.get("decimals", 2)),
        confidence_below=int(data.get("confidence_below", 100)),
        days={"appeal": 5, "answer": 5} | data.get("days", {}),
        classes=tuple(
            Class(row["code"], row["title"], Decimal(str(row["from"]))) for row in data.get("classes", [])
        ),
        comparison=data.get("comparison", {}),
        groups=tuple(
            Group(
                row["code"], row["title"], Decimal(str(row.get("weight", 0))),
                tuple(_criterion(one) for one in row["criteria"]),
            )
            for row in data["groups"]
        ),
        body=body,
        rules=data.get("rules", FIRST_RULES),
        document=data.get("document", {}),
    )  # fmt: skip


def _criterion(row: dict[str, Any]) -> Criterion:
    target = row.get("target")
    return Criterion(
        code=row["code"],
        title=row["title"],
        most=Decimal(str(row.get("most", 0))),
        series=row.get("series", "measured"),
        formula=_formula(row["formula"]) if row.get("formula") else None,
        live_indicator=row.get("indicator"),
        noun=row.get("noun", ""),
        target=None if target is None else Decimal(str(target)),
        target_indicator=row.get("target_indicator"),
        declared_indicator=row.get("declared_indicator"),
        direction=row.get("direction", "up"),
        curve=row.get("curve", {"kind": "linear", "cap": 1}),
        must_have_evidence=bool(row.get("evidence", False)),
        gates=tuple(_gate(one) for one in row.get("gates", [])),
        explain=row.get("explain", {}),
    )


def _formula(row: dict[str, Any]) -> Formula:
    return Formula(
        numerator=Term(**row["numerator"]),
        denominator=_term(row.get("denominator")),
        population=row.get("population"),
        factor=int(row["factor"]),
        decimals=int(row["decimals"]),
        about_people=bool(row["about_people"]),
    )


def _term(row: dict[str, Any] | None) -> Term | None:
    return Term(**row) if row else None


def _gate(row: dict[str, Any]) -> Gate:
    return Gate(
        row["kind"], Decimal(str(row["at_least"])), Decimal(str(row.get("keeps", "0.5"))),
        _term(row.get("above")), _term(row.get("below")), Decimal(str(row.get("unseen", 1))),
    )  # fmt: skip
