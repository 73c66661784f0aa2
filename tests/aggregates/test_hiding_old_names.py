"""After communes became one, what was told under the old names is still known: months on both sides, and the month that stands in
more than one card."""

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from backend.aggregates.hiding import Counted, Laid, Sides, Told, protect
from tests.aggregates.adversary import Adversary, Finding
from tests.aggregates.populations import _packet

VISITS = Counted("luot", "visits", True, "sum")
OLD, OTHER, NEW = "05752", "05755", "05999"
MADE_OF = {NEW: (OLD, OTHER)}
MERGED_ON = date(2026, 11, 1)
OCTOBER, NOVEMBER, DECEMBER = (
    (date(2026, 10, 1), date(2026, 10, 31)), (date(2026, 11, 1), date(2026, 11, 30)), (date(2026, 12, 1), date(2026, 12, 31)),
)  # fmt: skip
QUARTER = (OCTOBER[0], DECEMBER[1])
Table = tuple[str, tuple[date, date], Mapping[str, int]]


def laid(top: str, days: tuple[date, date], counts: Mapping[str, int], gone: date = MERGED_ON) -> Laid:
    """`counts`: hamlet -> visits; without hamlets the whole alone ('')."""
    whole = {top: {"luot": Sides(sum(counts.values()))}}
    parts = {unit: {"luot": Sides(number)} for unit, number in counts.items() if unit}
    return Laid(
        "thang", f"{days[0]}", *days, (top, *parts), (VISITS,), {**whole, **parts},
        MADE_OF, dict.fromkeys((OLD, OTHER), gone),
    )  # fmt: skip


def told(tables: Sequence[Table], gone: date = MERGED_ON) -> list[Told]:
    found: list[Told] = []
    for top, days, counts in tables:
        one = laid(top, days, counts, gone)
        found.append(Told(one, protect(one, found)))
    return found


def found_out(tables: Sequence[Told]) -> list[Finding]:
    return Adversary([_packet(one) for one in tables], MADE_OF).findings()


def number(one: Told, unit: str) -> int | None:
    return one.sent.cells[unit]["luot"].numerator


def test_a_month_hidden_under_the_new_name_does_not_come_out_of_the_quarter() -> None:
    """October of both communes shown, November hidden, December shown: the quarter would give November away."""
    tables: list[Table] = [
        (OLD, OCTOBER, {"": 30}), (OTHER, OCTOBER, {"": 20}), (NEW, NOVEMBER, {"": 3}), (NEW, DECEMBER, {"": 40}),
        (NEW, QUARTER, {"": 93}),
    ]  # fmt: skip
    *months, quarter = told(tables)
    assert [number(one, one.laid.top) for one in months] == [30, 20, None, 40]
    assert number(quarter, NEW) is None
    assert found_out([*months, quarter]) == []
    alone = protect(laid(NEW, QUARTER, {"": 93}), [one for one in months if one.laid.top == NEW])
    careless = Told(quarter.laid, alone)
    assert [one.high for one in found_out([*months, careless]) if one.unit == NEW] == [3], (
        "November, to the digit"
    )


def test_nor_where_the_other_commune_told_from_a_node_of_its_own() -> None:
    """What this node never told of, whoever reads both nodes may know."""
    tables: list[Table] = [
        (OLD, OCTOBER, {"": 30}), (NEW, NOVEMBER, {"": 3}), (NEW, DECEMBER, {"": 40}), (NEW, QUARTER, {"": 73}),
    ]  # fmt: skip
    *_, november, _, quarter = told(tables)
    assert number(november, NEW) is None
    assert number(quarter, NEW) is None


def test_a_month_that_stands_in_two_cards_is_held_like_a_restatement() -> None:
    """In the middle of November the communes became one: the card of the new one has three visits more than both old ones."""
    in_the_middle = date(2026, 11, 15)
    tables: list[Table] = [
        (OLD, NOVEMBER, {"": 30}), (OTHER, NOVEMBER, {"": 20}), (NEW, NOVEMBER, {"": 53}),
    ]  # fmt: skip
    first, second, both = told(tables, in_the_middle)
    assert [number(first, OLD), number(second, OTHER)] == [30, 20]
    assert (number(both, NEW), both.sent.cells[NEW]["luot"].flag) == (50, "H")


def test_what_was_hidden_under_the_old_name_stays_hidden_in_the_card_of_the_new_one() -> None:
    in_the_middle = date(2026, 11, 15)
    tables: list[Table] = [
        (OLD, NOVEMBER, {"h1": 3, "h2": 20, "h3": 30, "h4": 40}), (OTHER, NOVEMBER, {"g1": 20, "g2": 30}),
        (NEW, NOVEMBER, {"h1": 9, "h2": 26, "h3": 36, "h4": 46, "g1": 26, "g2": 36}),
    ]  # fmt: skip
    old, other, new = told(tables, in_the_middle)
    assert number(old, "h1") is number(new, "h1") is None
    assert number(new, "g1") == 26
    assert found_out([old, other, new]) == []


def test_the_old_card_told_after_the_new_one_gives_nothing_away_either() -> None:
    """The new commune's November is hidden; the old ones tell theirs late, and both together would be it."""
    in_the_middle = date(2026, 11, 15)
    tables: list[Table] = [(NEW, NOVEMBER, {"": 7}), (OLD, NOVEMBER, {"": 3}), (OTHER, NOVEMBER, {"": 4})]
    new, old, other = told(tables, in_the_middle)
    assert number(new, NEW) == 7
    assert number(old, OLD) is number(other, OTHER) is None
    careless = protect(laid(OTHER, NOVEMBER, {"": 6}, in_the_middle))
    heard = told([(NEW, NOVEMBER, {"": 9}), (OLD, NOVEMBER, {"": 3})], in_the_middle)
    after = protect(laid(OTHER, NOVEMBER, {"": 6}, in_the_middle), heard)
    assert careless.cells[OTHER]["luot"].numerator == 6
    assert after.cells[OTHER]["luot"].numerator is None, "9 less 6 would be the three of the other"


@pytest.mark.parametrize("gone", [date(2026, 11, 1), date(2026, 11, 15)])
def test_a_commune_that_keeps_its_code_and_takes_another_in_has_its_ground_from_then_on(gone: date) -> None:
    """October's ground are both; November's card holds the other one already."""
    made_of = {OLD: (OTHER,)}

    def one(top: str, days: tuple[date, date], much: int) -> Laid:
        cells = {top: {"luot": Sides(much)}}
        return Laid("thang", f"{days[0]}", *days, (top,), (VISITS,), cells, made_of, {OTHER: gone})

    tables = [one(OLD, OCTOBER, 30), one(OTHER, OCTOBER, 20), one(OLD, NOVEMBER, 3), one(OLD, DECEMBER, 40)]
    known: list[Told] = []
    for table in tables:
        known.append(Told(table, protect(table, known)))
    assert [number(each, each.laid.top) for each in known] == [30, 20, None, 40]
    assert protect(one(OLD, QUARTER, 93), known).cells[OLD]["luot"].numerator is None
