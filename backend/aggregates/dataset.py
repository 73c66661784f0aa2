"""What of a scorecard goes up on which line. Pure.

A dataset is a template; a line takes those of its measured criteria that are its own. Whatever the Party counts makes a
criterion the Party's, whichever side of the figure it stands on, and what stands in a gate counts too: points tell of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from backend.aggregates.packet import Element, Line, dataset_of
from backend.cards.shapes import Criterion, Formula, Template
from backend.participation.measures import MeasureBook
from backend.scorecards.indicators import ratio
from backend.tallies.disclosure import K

K_SENSITIVE = 10
NARROWEST_FIRST: tuple[Line, ...] = ("party", "front", "youth", "state")
WITHOUT_PARTS: frozenset[Line] = frozenset({"party"})
"""A Party cell is a dozen people, and a hamlet is none: figures of this line are of the whole unit alone."""


@dataclass(frozen=True)
class Dataset:
    """One line of a template. `criteria`: those whose points and words go there; `measured`: those with a figure."""

    template: Template
    line: Line
    criteria: tuple[Criterion, ...]
    sensitive: frozenset[str]
    is_whole: bool
    repeating: frozenset[str] = frozenset()
    """Those who are counted here may be counted on another node as well"""

    @property
    def name(self) -> str:
        return dataset_of(self.template.code)

    @cached_property
    def measured(self) -> tuple[tuple[Criterion, Formula], ...]:
        return tuple((one, one.formula) for one in self.criteria if _is_measured(one) and one.formula)

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """In the template's order, without what only a period tells."""
        return tuple(self._element(one, formula) for one, formula in self.measured)

    def _element(self, one: Criterion, formula: Formula) -> Element:
        return Element(
            code=one.code,
            noun=one.noun,
            additivity=self._additivity(one, formula),
            about_people=formula.about_people,
            k=K_SENSITIVE if one.code in self.sensitive else K,
        )

    def _additivity(self, one: Criterion, formula: Formula) -> Literal["sum", "distinct", "at_most"]:
        """How it adds up over nodes. Different people of a period are people of many campaigns, whose rules say of each alone
        that a person takes part on one node."""
        if formula.numerator.take != "people":
            return "sum"
        return "at_most" if one.code in self.repeating else "distinct"


def of_line(template: Template, line: Line, book: MeasureBook) -> Dataset:
    """What of the template goes up on that line; nothing measured where `elements` is empty."""
    found = tuple(one for one in template.criteria if line_of(one, template, book) == line)
    sensitive = frozenset(one.code for one in found if _is_sensitive(one, book))
    repeating = frozenset(one.code for one in found if _may_repeat(one, book))
    return Dataset(template, line, found, sensitive, len(found) == len(list(template.criteria)), repeating)


def line_of(criterion: Criterion, template: Template, book: MeasureBook) -> Line:
    """What is declared goes where everything measured goes; where that is on several lines, on the State's."""
    if criterion.measures():
        return _narrowest(criterion.measures(), book)
    found = {_narrowest(one.measures(), book) for one in template.criteria if one.measures()}
    return found.pop() if len(found) == 1 else "state"


def _narrowest(measures: Iterable[str], book: MeasureBook) -> Line:
    """A measure no kind declares any more is kept off no line: there is nothing left that counts it."""
    found = {measure.line for code in measures if (measure := book.get(code))}
    return next((line for line in NARROWEST_FIRST if line in found), "state")


def _is_measured(criterion: Criterion) -> bool:
    return criterion.series == "measured" and criterion.formula is not None


def _is_sensitive(criterion: Criterion, book: MeasureBook) -> bool:
    return any(measure.is_sensitive for code in criterion.measures() if (measure := book.get(code)))


def _may_repeat(criterion: Criterion, book: MeasureBook) -> bool:
    if not criterion.formula:
        return False
    measure = book.get(criterion.formula.numerator.measure)
    return measure is None or not measure.of_one_node


def value_of(formula: Formula, numerator: int | None, denominator: int | None) -> Decimal | None:
    """The figure as a card rounds it; None where there is nothing to divide by."""
    if numerator is None or (formula.is_ratio and not denominator):
        return None
    if not formula.is_ratio:
        return Decimal(numerator)
    return ratio(Decimal(numerator), Decimal(denominator or 0), formula.factor, formula.decimals)
