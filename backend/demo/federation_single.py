"""What four nodes published, held against one node that counted the same facts by itself.

The one node has no peer and hides nothing: its figures are the true counts behind the cards. What was told as a figure must
be that figure; what was told as hidden is left apart, and so is a figure that stands from before a small change.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from backend.aggregates import gather, queries
from backend.aggregates.dataset import of_line
from backend.aggregates.packet import SHOWN, Line
from backend.calendars import Period
from backend.cards import revisions, store
from backend.cards.models import Card
from backend.demo.federation import card_of
from campaigns.registry import measure_book

Sides = tuple[int | None, int | None]
Key = tuple[str, str]
"""(unit code, criterion)"""


@dataclass(frozen=True)
class Compared:
    """How many figures agree, how many were told as hidden, and a line for each that does not agree."""

    agreed: int
    apart: int
    wrong: tuple[str, ...]


def counted(session: Session, card: Card, line: Line = "state") -> dict[Key, Sides]:
    """Every figure of a published card and its hamlets, nothing hidden."""
    revision = revisions.last(session, card.id)
    if revision is None:
        return {}
    dataset = of_line(store.template_with(session, revision.template_sha), line, measure_book())
    laid = gather.own(session, card, revision, dataset).laid
    return {
        (unit, element): (sides.numerator, sides.denominator)
        for unit, row in laid.cells.items()
        for element, sides in row.items()
    }


def told(session: Session, card: Card, unit: str, line: Line = "state") -> Iterator[queries.Cell]:
    """The figures of that card that stand at whoever was told."""
    period = card.period
    yield from queries.cells(session, f"figures/{card.template}", card.calendar, period, [unit], line)


def compare(true: dict[Key, Sides], cells: Iterable[queries.Cell], about: str = "") -> Compared:
    """A figure that is missing is wrong too: a packet is its whole scope."""
    agreed, apart, wrong, missing = 0, 0, [], set(true)
    for cell in cells:
        key = (cell.unit_code, cell.element)
        missing.discard(key)
        if cell.flag not in (SHOWN,):
            apart += 1
            if cell.is_hidden and cell.numerator is not None:
                wrong.append(f"{about} {key}: hidden, yet told as {cell.numerator}")
        elif (cell.numerator, cell.denominator) == true.get(key):
            agreed += 1
        else:
            wrong.append(f"{about} {key}: told {cell.numerator}/{cell.denominator}, counted {true.get(key)}")
    wrong += [f"{about} {key}: not told, counted {true[key]}" for key in sorted(missing)]
    return Compared(agreed, apart, tuple(wrong))


def add(all_of_them: Iterable[Compared]) -> Compared:
    found = list(all_of_them)
    return Compared(
        sum(one.agreed for one in found),
        sum(one.apart for one in found),
        tuple(line for one in found for line in one.wrong),
    )


def compare_month(single: Session, above: Session, commune: str, month: Period) -> Compared:
    """One commune's month at the province and on the node that counted everything."""
    card = card_of(single, commune, month)
    return compare(counted(single, card), told(above, card, commune), f"{commune} {month.code}")


__all__ = ["Compared", "add", "compare", "compare_month", "counted", "told"]
