"""Measures: what can be counted. Kinds declare them; the book holds all of them for whoever reads figures."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Additivity = Literal["sum", "distinct", "last", "ratio"]
Line = Literal["state", "party", "front", "youth"]


@dataclass(frozen=True)
class Ranking:
    """How results of a measure are ordered where an activity's own board does not say otherwise.

    Fields of the result with their direction; `near`: to a target known later; `handed_in`: when it reached the node.
    `perfect`: two fields that are equal in a result with nothing wrong.
    """

    order: tuple[tuple[str, Literal["high", "low", "near"]], ...]
    perfect: tuple[str, str] | None = None


@dataclass(frozen=True)
class Measure:
    """`distinct` counts subjects and cannot be summed over units or periods; `sum` adds quantities.

    `result` names the fields of the fact's result. `sealed`: hidden from every reader until the activity is settled.
    `tells_result`: hidden in a person's own receipts until then, because its mere presence says how the person did.
    `line`: whose level above is told of it: what the Party counts never goes up the State's line. `is_sensitive`: about what
    people may think less of each other for; told to nobody of fewer than ten. `of_one_node`: whoever is counted belongs to one
    node by what it is (a household to where it lives), so that different ones of several nodes add up. People do not: in a
    month somebody may take part in two communes' campaigns, and the sum over communes is only the most there can be.
    """

    code: str
    title: str
    additivity: Additivity
    result: tuple[str, ...] = ()
    ranking: Ranking | None = None
    sealed: bool = False
    tells_result: bool = False
    line: Line = "state"
    is_sensitive: bool = False
    of_one_node: bool = False


class MeasureBook:
    """Every measure of every kind, by code."""

    def __init__(self, measures: Iterable[Measure]) -> None:
        listed = list(measures)
        self._by_code: Mapping[str, Measure] = {measure.code: measure for measure in listed}
        if len(self._by_code) != len(listed):
            raise ValueError("two measures share one code")

    def __getitem__(self, code: str) -> Measure:
        return self._by_code[code]

    def get(self, code: str) -> Measure | None:
        return self._by_code.get(code)

    def __iter__(self) -> Iterator[Measure]:
        return iter(self._by_code.values())
