"""What the node counted and what was published go out to DHIS2 as well, each under its kind; a small group never does."""

from datetime import date

import pytest

from backend import clock
from backend.calendars import after, at
from backend.cards.published import rows_out
from backend.targets import dhis2, exchange
from backend.targets.catalogue import indicator
from backend.targets.series import Counted
from tests.cards.book import many, opened, published, write
from tests.support.world import World
from tests.targets.conftest import issue_at


def measured(world: World, people: int, today: date) -> dhis2.Out:
    """So many people of the hamlet took part; the plan's TK-H1 is counted by it."""
    for number in range(people):
        world.phone(f"Người {number}").take_part()
    world.fold()
    with world.database.transaction() as session:
        issue_at(session, world.commune, "tan-khanh")
        indicator(session, "TK-H1").measured_by = "contest_participation"
        session.flush()
        counted = [Counted(world.activity, world.commune, "Đợt 1")]
        return dhis2.out(exchange.measured_rows(session, world.commune, counted, today))


def next_month() -> date:
    return after(at("thang", clock.today(), "month")).first


def test_what_was_counted_goes_out_as_measured_once_its_period_is_over(world: World) -> None:
    found = measured(world, 6, next_month())
    month = at("thang", clock.today(), "month").code
    told = {one.data_element: one for one in found.values if one.period == month}
    assert {code: one.value for code, one in told.items()} == {
        "TK-H1": "8.6",
        "TK-H1_NUM": "6",
        "TK-H1_DEN": "70",
    }
    assert {one.category_option_combo for one in found.values} == {"LANTOA_MEASURED"}
    assert {one.org_unit for one in found.values} == {"05752"}


def test_a_period_that_runs_does_not_go_out(world: World) -> None:
    assert measured(world, 6, clock.today()).values == ()


def test_a_small_group_is_told_as_hidden_and_its_number_is_nowhere(world: World) -> None:
    found = measured(world, 3, next_month())
    assert found.values == ()
    assert {one.why for one in found.left_out} == {"hidden"}
    assert {one.series for one in found.left_out} == {"measured"}


@pytest.mark.parametrize(("people", "is_out"), [(12, True), (3, False)])
def test_a_published_card_goes_out_and_what_it_hides_does_not(
    world: World, people: int, is_out: bool
) -> None:
    with world.database.transaction() as session:
        write(session, many(world.hamlet, people))
        card = opened(session, world)
        assert rows_out(session, world.commune) == [], "nothing is published yet"
        published(session, card)
        found = dhis2.out(rows_out(session, world.commune))
    told = {one.data_element: one.value for one in found.values}
    assert ("xa-thang.du-thi" in told) is is_out
    assert (told.get("xa-thang.du-thi_NUM") == "12") is is_out
    why = {one.code: one.why for one in found.left_out}
    assert why.get("xa-thang.du-thi") == (None if is_out else "hidden")
    assert why["xa-thang.ho-da-den"] == "no_value"
    assert {one.category_option_combo for one in found.values} <= {"LANTOA_MEASURED"}
