"""The rules of a level, without a database: sums with their ends, what moved, and the units of today."""

from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from backend.calendars import parse
from backend.levels.changes import changes, ledger
from backend.levels.merging import Part, as_now, made_of
from backend.levels.shapes import Element, Figure, Sheet, Step, Told, ToldUnit
from backend.levels.totals import total

VISITS = Element("luot", {"vi": "Lượt"}, "lượt", "sum", False, 5)
PEOPLE = Element("nguoi", {"vi": "Người"}, "người", "distinct", True, 5)
RATE = Element("du-thi", {"vi": "Dự thi"}, "người", "distinct", True, 5, 100, 1, "residents_from_7")
TWICE = Element("nguoi", {"vi": "Người"}, "người", "at_most", True, 5)
HIDDEN, NOBODY = Figure(flag="S"), Figure(flag="N")


def shown(above: int, below: int | None = None) -> Figure:
    value = Decimal(above) if below is None else Decimal(above * 100) / below
    return Figure(Decimal(above), None if below is None else Decimal(below), value)


# --- sums -------------------------------------------------------------------------------------------------------------


def test_what_everybody_told_adds_up_exactly() -> None:
    found = total(VISITS, {"A": shown(40), "B": shown(60)})
    assert (found.above.least, found.above.most, found.above.why) == (100, 100, ())
    assert found.above.is_exact


def test_a_figure_that_was_kept_back_makes_a_sum_at_least_and_at_most() -> None:
    found = total(RATE, {"A": shown(40, 100), "B": Figure(None, Decimal(50), None, "S")})
    assert (found.above.least, found.above.most) == (40, 90)
    assert dict(found.above.why) == {"hidden": 1}
    assert found.rate is not None
    assert (found.rate.least, found.rate.most) == (Decimal("26.7"), Decimal("60.0"))


def test_who_told_nothing_leaves_a_sum_without_an_end() -> None:
    found = total(VISITS, {"A": shown(40), "B": None})
    assert (found.above.least, found.above.most) == (40, None)
    assert dict(found.above.why)["missing"] == 1
    assert (found.units, found.told) == (2, 1)


def test_people_who_may_stand_in_two_units_are_at_least_the_largest_part() -> None:
    found = total(TWICE, {"A": shown(40), "B": shown(60)})
    assert (found.above.least, found.above.most) == (60, 100)
    assert "may_repeat" in dict(found.above.why)


def test_a_rate_over_nobody_is_none_and_not_zero() -> None:
    found = total(RATE, {"A": None, "B": NOBODY})
    assert found.rate is None
    assert found.told == 0


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900), st.booleans()), min_size=1, max_size=8))
def test_the_true_sum_lies_between_the_ends(rows: list[tuple[int, int, bool]]) -> None:
    """(did, did not, kept back): whatever is kept back, the ends hold what it is."""
    figures = {
        str(at): Figure(None, Decimal(did + rest), None, "S") if kept else shown(did, did + rest or 1)
        for at, (did, rest, kept) in enumerate(rows)
    }
    found = total(RATE, figures)
    true = sum(did for did, _, _ in rows)
    assert found.above.least <= true
    assert found.above.most is not None
    assert true <= found.above.most


# --- what moved -------------------------------------------------------------------------------------------------------


def sheet(cells: dict[str, dict[str, Figure]], revision: int = 1) -> Sheet:
    at = datetime(2026, 12, revision)
    told = Told(
        "A", "figures/x", "state", parse("thang", "202611"), revision, revision, str(revision), "open", "", at, at, UUID(int=1)
    )  # fmt: skip
    units = (ToldUnit("A", "An", "xã", "commune"), ToldUnit("A-T01", "Kê", "xóm", "hamlet", "A"))
    return Sheet(told, units, (VISITS, PEOPLE), cells)


def test_the_ledger_says_what_moved_and_never_by_how_much_where_one_side_was_kept_back() -> None:
    first = sheet(
        {"A": {"luot": shown(40), "nguoi": shown(30)}, "A-T01": {"luot": shown(8), "nguoi": HIDDEN}}
    )
    second = sheet(
        {"A": {"luot": shown(45), "nguoi": HIDDEN}, "A-T01": {"luot": NOBODY, "nguoi": shown(7)}}, 2
    )
    found = changes(first, second)
    assert [(one.unit.code, one.element.code, one.kind, one.by) for one in found] == [
        ("A", "luot", "moved", 5),
        ("A", "nguoi", "hidden", None),
        ("A-T01", "luot", "gone", None),
        ("A-T01", "nguoi", "shown", None),
    ]


def test_two_revisions_that_say_the_same_moved_nothing_and_the_newest_stands_first() -> None:
    cells = {"A": {"luot": shown(40), "nguoi": HIDDEN}, "A-T01": {"luot": shown(8), "nguoi": HIDDEN}}
    found = ledger([sheet(cells), sheet(cells, 2)])
    assert [(entry.sheet.told.revision, entry.moved) for entry in found] == [(2, ()), (1, ())]


# --- units of today ---------------------------------------------------------------------------------------------------

LAST, DAY = date(2026, 11, 30), date(2026, 12, 15)


def step(source: str, target: str, weight: int = 1000, on: date = DAY) -> Step:
    return Step(source, target, weight, "people", on, "NQ 12")


def test_two_that_became_one_have_their_sum_there_and_nothing_is_lost() -> None:
    told = {"A": {"luot": shown(40)}, "B": {"luot": shown(60)}, "C": {"luot": shown(5)}}
    parts = made_of(["A", "B", "C"], [step("A", "D"), step("B", "D")], LAST)
    found = {one.code: one for one in as_now(told, [VISITS], parts)}
    assert set(found) == {"C", "D"}
    assert found["D"].totals[0].above.least == 100  # where DHIS2 shows 40 or 60
    assert found["D"].is_made
    assert not found["D"].is_estimated
    assert not found["C"].is_made


def test_one_that_kept_a_figure_back_keeps_it_back_in_the_merged_one_too() -> None:
    told = {"A": {"du-thi": shown(40, 100)}, "B": {"du-thi": Figure(None, Decimal(50), None, "S")}}
    [found] = as_now(told, [RATE], made_of(["A", "B"], [step("A", "D"), step("B", "D")], LAST))
    assert (found.totals[0].above.least, found.totals[0].above.most) == (40, 90)


def test_what_was_divided_is_shared_by_weight_to_the_last_one_and_said_to_be_estimated() -> None:
    told = {"A": {"luot": shown(101)}}
    parts = made_of(["A"], [step("A", "B", 375), step("A", "C", 625)], LAST)
    found = {one.code: one for one in as_now(told, [VISITS], parts)}
    shares = [found[code].totals[0].above for code in ("B", "C")]
    assert [one.least for one in shares] == [38, 63]
    assert all(one.is_estimated for one in shares)
    assert all(one.is_estimated for one in found.values())


def test_people_are_not_divided_by_a_weight() -> None:
    told = {"A": {"du-thi": shown(40, 100)}}
    parts = made_of(["A"], [step("A", "B", 400), step("A", "C", 600)], LAST)
    for one in as_now(told, [RATE], parts):
        assert one.totals[0].told == 0


def test_what_held_before_the_period_was_over_is_in_its_units_already() -> None:
    assert made_of(["A", "D"], [step("A", "D", 400, on=LAST)], LAST) == {
        "A": [Part("A", 1000)],
        "D": [Part("D", 1000)],
    }


def test_what_does_not_go_anywhere_stays_where_it_was() -> None:
    parts = made_of(["A"], [step("A", "B", 400)], LAST)
    assert {code: [part.weight for part in made] for code, made in parts.items()} == {"A": [600], "B": [400]}
    found = {one.code: one for one in as_now({"A": {"luot": shown(101)}}, [VISITS], parts)}
    assert found["A"].totals[0].above.least + found["B"].totals[0].above.least == 101


def test_a_chain_of_events_is_followed_to_today() -> None:
    later = date(2027, 3, 1)
    parts = made_of(["A", "B"], [step("A", "C"), step("B", "C"), step("C", "D", on=later)], LAST)
    assert [part.code for part in parts["D"]] == ["A", "B"]
    assert set(parts) == {"D"}


@given(st.lists(st.integers(1, 999), min_size=1, max_size=4, unique=True), st.integers(0, 5000))
def test_shares_of_a_division_add_up_whatever_the_weights(cuts: list[int], visits: int) -> None:
    edges = [0, *sorted(cuts), 1000]
    weights = [end - start for start, end in pairwise(edges)]
    steps = [step("A", f"N{at}", weight) for at, weight in enumerate(weights)]
    found = as_now({"A": {"luot": shown(visits)}}, [VISITS], made_of(["A"], steps, LAST))
    assert sum(one.totals[0].above.least for one in found) == visits
