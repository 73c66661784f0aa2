"""Measures: what can be counted. Kinds declare them; the book holds all of them for whoever reads figures."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Additivity = Literal["sum", "distinct", "last", "ratio"]


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
    """

    code: str
    title: str
    additivity: Additivity
    result: tuple[str, ...] = ()
    ranking: Ranking | None = None
    sealed: bool = False
    tells_result: bool = False


class MeasureBook:
    """Every measure of every kind, by code."""

    def __init__(self, measures: Iterable[Measure]) -> None:
        listed = list(measures)
        self._by_code: Mapping[str, Measure] = {measure.code: measure for measure in listed}
        if len(self._by_code) != len(listed):
            raise ValueError("two measures share one code")

    def __getitem__(self, code: str) -> Measure:
        return self._by_code[code]

    def __iter__(self) -> Iterator[Measure]:
        return iter(self._by_code.values())
