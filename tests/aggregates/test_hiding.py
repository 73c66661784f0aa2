"""Small numbers before a table is told to the level above: what is hidden, what stays, and that it is decided the same way."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from backend.aggregates.hiding import Counted, Laid, Protected, Sides, Told, kept, protect, told_again
from backend.aggregates.hiding_worlds import Worlds

DAYS = {
    "01": (date(2026, 1, 1), date(2026, 1, 31)),
    "02": (date(2026, 2, 1), date(2026, 2, 28)),
    "03": (date(2026, 3, 1), date(2026, 3, 31)),
    "Q1": (date(2026, 1, 1), date(2026, 3, 31)),
}
PEOPLE = Counted("du-thi", "entrants people", True, "distinct")
VISITS = Counted("luot", "visits quantity", True)
EVENTS = Counted("buoi", "sessions facts", False)
ALONE = Counted("tu-lam", "alone", True, out_of="explained")
Numbers = Mapping[str, "int | tuple[int, int]"]


def table(period: str, element: Counted = VISITS, own: int = 0, **parts: int | tuple[int, int]) -> Laid:
    """The commune is its hamlets and `own`."""
    sides = {u: Sides(*n) if isinstance(n, tuple) else Sides(n) for u, n in parts.items()}
    below = [s.denominator for s in sides.values() if s.denominator is not None]
    top = Sides(sum(s.numerator or 0 for s in sides.values()) + own, sum(below) + own if below else None)
    first, last = DAYS[period]
    cells = {unit: {element.code: one} for unit, one in {"xa": top, **sides}.items()}
    return Laid("thang", period, first, last, ("xa", *parts), (element,), cells)


def flags(sent: Protected) -> dict[str, str]:
    return {unit: cell.flag for unit, cells in sent.cells.items() for cell in cells.values()}


def hidden(sent: Protected) -> set[str]:
    return {unit for unit, flag in flags(sent).items() if flag in ("S", "C")}


def numbers(sent: Protected) -> dict[str, int | None]:
    return {unit: cell.numerator for unit, cells in sent.cells.items() for cell in cells.values()}


def tell(*tables: Laid) -> list[Told]:
    told: list[Told] = []
    for one in tables:
        told.append(Told(one, protect(one, told)))
    return told


# --- one table ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("few", [0, 1, 4])
def test_a_few_or_nobody_is_hidden_with_the_neighbour(few: int) -> None:
    sent = protect(table("01", a=20, b=30, c=few, d=9))
    assert flags(sent) == {"xa": "", "a": "", "b": "", "c": "S", "d": "C"}
    assert numbers(sent) == {"xa": 59 + few, "a": 20, "b": 30, "c": None, "d": None}


def test_all_but_a_few_is_hidden_and_the_headcount_stays() -> None:
    sent = protect(table("01", PEOPLE, a=(38, 40), b=(20, 60), c=(20, 60), d=(20, 60)))
    assert hidden(sent) == {"a", "b"}
    assert sent.cells["a"]["du-thi"].denominator == 40


def test_of_those_asked_the_few_who_did_not_are_hidden_with_the_number_asked() -> None:
    sent = protect(table("01", ALONE, a=(20, 22), b=(20, 60), c=(20, 60), d=(20, 60)))
    assert hidden(sent) == {"a", "b"}
    assert sent.cells["a"]["tu-lam"].denominator is None


def test_counts_of_events_stay() -> None:
    assert flags(protect(table("01", EVENTS, a=0, b=1, c=3))) == dict.fromkeys(("xa", "a", "b", "c"), "")


def test_what_is_sensitive_needs_ten() -> None:
    sensitive = replace(VISITS, k=10)
    assert hidden(protect(table("01", sensitive, a=9, b=30, c=30, d=30))) == {"a", "b"}
    assert hidden(protect(table("01", sensitive, a=10, b=30, c=30, d=30))) == set()


def test_the_hidden_together_are_many() -> None:
    assert hidden(protect(table("01", a=1, b=2, c=9, d=9, e=9, f=9))) == {"a", "b", "c", "d"}


def test_a_whole_of_a_few_is_hidden_with_everything() -> None:
    assert hidden(protect(table("01", a=1, b=2, c=0))) == {"xa", "a", "b", "c"}


def test_a_time_when_nothing_happened_at_all_is_told_as_such() -> None:
    assert set(flags(protect(table("01", a=0, b=0))).values()) == {"N"}


def test_a_few_in_no_hamlet_are_hidden_too() -> None:
    assert hidden(protect(table("01", own=2, a=20, b=20)))
    assert not hidden(protect(table("01", own=7, a=20, b=20)))


def test_two_elements_that_count_the_same_hide_the_same() -> None:
    one = table("01", VISITS, a=20, b=30, c=3, d=9)
    again = replace(VISITS, code="luot-nua", k=5)
    cells = {unit: {**of, "luot-nua": of["luot"]} for unit, of in one.cells.items()}
    sent = protect(replace(one, elements=(VISITS, again), cells=cells))
    assert all(of["luot"] == of["luot-nua"] for of in sent.cells.values())


def test_what_was_hidden_from_us_stays_hidden_and_nobodys_stays_nobodys() -> None:
    one = table("01", a=20, b=30, c=30, d=30)
    cells = {
        **one.cells,
        "a": {"luot": Sides(None, None, "S")},
        "b": {"luot": Sides(None, None, "N")},
        "xa": {"luot": Sides(None, None, "S")},
    }
    sent = protect(replace(one, cells=cells))
    assert flags(sent)["a"] == "S"
    assert flags(sent)["b"] == "N"
    assert flags(sent)["c"] == ""


def test_it_is_decided_the_same_way_every_time_and_after_being_stored() -> None:
    told = tell(table("01", a=3, b=30, c=9, d=9), table("02", a=9, b=30, c=2, d=9))
    again = [told_again(kept(one)) for one in told]
    assert again == told
    third = table("Q1", a=20, b=90, c=20, d=30)
    assert protect(third, told) == protect(third, again)


# --- periods ----------------------------------------------------------------------------------------------------------

JANUARY, FEBRUARY, MARCH = (
    table("01", a=3, b=30, c=9, d=9),
    table("02", a=10, b=30, c=9, d=9),
    table("03", a=10, b=30, c=9, d=9),
)
QUARTER = table("Q1", a=23, b=90, c=27, d=27)


def test_a_quarter_hides_what_one_hidden_month_would_come_out_by() -> None:
    sent = tell(JANUARY, FEBRUARY, MARCH, QUARTER)[-1].sent
    assert hidden(sent) == {"a", "b"}


def test_a_quarter_is_told_where_its_hidden_months_stay_apart() -> None:
    months = [
        table("01", a=3, b=30, c=9, d=9),
        table("02", a=2, b=30, c=9, d=9),
        table("03", a=4, b=30, c=9, d=9),
    ]
    sent = tell(*months, table("Q1", a=9, b=90, c=27, d=27))[-1].sent
    assert numbers(sent) == {"xa": 153, "a": 9, "b": 90, "c": 27, "d": 27}


def test_what_the_months_told_already_is_not_hidden_again() -> None:
    months = [table(month, a=19, b=30) for month in ("01", "02", "03")]
    sent = tell(*months, table("Q1", a=57, b=90))[-1].sent
    assert not hidden(sent)


def test_different_people_of_a_quarter_lie_between_the_largest_month_and_all_months() -> None:
    """The months of a and b are hidden once; different people give no month by subtraction as long as some came again."""
    months = [
        table("01", PEOPLE, a=(3, 40), b=(20, 80)),
        table("02", PEOPLE, a=(9, 40), b=(20, 80)),
        table("03", PEOPLE, a=(9, 40), b=(20, 80)),
    ]
    apart = table("Q1", PEOPLE, a=(21, 40), b=(60, 80))
    again = table("Q1", PEOPLE, a=(10, 40), b=(30, 80))
    assert hidden(tell(*months, apart)[-1].sent)
    assert not hidden(tell(*months, again)[-1].sent)


# --- revisions -----------------------------------------------------------------------------------------------------------


def test_a_few_who_come_late_wait_and_no_flag_says_where() -> None:
    first, later = table("01", a=20, b=30, c=40), table("01", a=20, b=32, c=40)
    sent = tell(first, later)[-1].sent
    assert set(flags(sent).values()) == {"H"}
    assert numbers(sent) == {"xa": 90, "a": 20, "b": 30, "c": 40}


def test_they_are_told_once_they_are_many() -> None:
    sent = tell(table("01", a=20, b=30), table("01", a=20, b=32), table("01", a=20, b=36))[-1].sent
    assert numbers(sent) == {"xa": 56, "a": 20, "b": 36}
    assert set(flags(sent).values()) == {""}


def test_the_whole_is_told_anew_where_those_who_wait_are_many_together() -> None:
    first = table("01", a=20, b=30, c=40, d=50)
    sent = tell(first, table("01", a=23, b=33, c=60, d=50))[-1].sent
    assert numbers(sent) == {"xa": 166, "a": 20, "b": 30, "c": 60, "d": 50}


def test_a_hidden_place_stays_hidden_in_the_next_revision() -> None:
    sent = tell(table("01", a=3, b=30, c=40, d=50), table("01", a=9, b=30, c=40, d=50))[-1].sent
    assert hidden(sent) == {"a", "b"}


def test_a_quarter_waits_with_its_months() -> None:
    """Two visits of January came when January had been told: the quarter would tell them."""
    months = [table(month, a=20, b=30) for month in ("01", "02", "03")]
    sent = tell(*months, table("Q1", a=62, b=90))[-1].sent
    assert numbers(sent) == {"xa": 150, "a": 60, "b": 90}


# --- boundaries ------------------------------------------------------------------------------------------------------------


def test_a_merged_hamlet_stays_hidden_where_it_would_give_its_part_away() -> None:
    before = table("01", a=3, b=30, c=40, d=50)
    after = replace(table("01", bc=70, a=3, d=50), parts_of={"bc": ("b", "c")})
    assert "bc" in hidden(tell(before, after)[-1].sent)


def test_one_that_took_in_all_the_hidden_ones_is_shown() -> None:
    before = table("01", a=3, b=30, c=40, d=50)
    after = replace(table("01", ab=33, c=40, d=50), parts_of={"ab": ("a", "b")})
    sent = tell(before, after)[-1].sent
    assert numbers(sent) == {"xa": 123, "ab": 33, "c": 40, "d": 50} or hidden(sent) == {"ab"}


def test_one_that_took_in_another_and_kept_its_code_does_not_give_it_away() -> None:
    """c took in a hidden one: the c of before, subtracted from the c of now, is that one."""
    before = table("01", a=3, b=30, c=40, d=50)
    after = replace(table("01", c=43, b=30, d=50), parts_of={"c": ("a",)})
    sent = tell(before, after)[-1].sent
    assert numbers(sent)["c"] in (None, 40)


# --- worlds ------------------------------------------------------------------------------------------------------------------


def test_two_unknowns_of_one_sum_may_change_places() -> None:
    worlds = Worlds()
    a, b = worlds.unknown(2), worlds.unknown(7)
    worlds.equate([((a, b), 1)])
    worlds.settle()
    assert worlds.can_move((a,), 7)
    assert not worlds.can_move((a,), 8)
    assert worlds.value == [2, 7]


def test_an_unknown_left_alone_is_known() -> None:
    worlds = Worlds()
    a, b, c = worlds.unknown(2), worlds.unknown(7), worlds.unknown(1)
    worlds.equate([((a, b), 1)])
    worlds.equate([((b,), 1)])
    worlds.settle()
    assert worlds.is_known((a,))
    assert not worlds.is_known((c,))
    assert not worlds.can_move((a,), 1)
