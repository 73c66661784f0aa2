"""Scorecards by month: the figures of one period, those of the months before, and what stays hidden."""

import re
from datetime import UTC, datetime

import pytest

from backend.db.base import new_id
from tests.admin.desk import Desk, running_file, take_part, trail
from tests.support.contest import settle, write_paper
from tests.support.world import World

SEPTEMBER, OCTOBER, NOVEMBER = (datetime(2026, month, 14, 3, tzinfo=UTC) for month in (9, 10, 11))


def papers(world: World, people: int, at: datetime, unit: object = None) -> None:
    with world.database.transaction() as session:
        for _ in range(people):
            write_paper(session, world, new_id(), 4, at=at, unit=unit or world.hamlet)  # type: ignore[arg-type]
    world.fold()


def card(world: World, desk: Desk, unit: object, period: str = "all", who: str = "an") -> str:
    answer = desk(who).get(f"/admin/units/{unit}/scorecard?period={period}")
    assert answer.status_code == 200
    return answer.text


def told(text: str, indicator: str = "contest_participation") -> list[tuple[str, str]]:
    """The trend's table: (month, what is said of it), the oldest first."""
    table = text.split(f'id="trend-1-{indicator}-table"')[1].split("</table>")[0]
    return re.findall(r'<th scope="row">(.*?)</th><td class="number">(.*?)</td>', table)


def test_months_stand_side_by_side_oldest_first_with_a_table_for_who_does_not_see(
    world: World, desk: Desk
) -> None:
    for at, people in ((SEPTEMBER, 12), (OCTOBER, 9), (NOVEMBER, 20)):
        papers(world, people, at)
    text = card(world, desk, world.commune)
    assert told(text) == [
        ("Tháng 9/2026, đợt 1", "17,1 %"), ("Tháng 10/2026, đợt 1", "12,9 %"), ("Tháng 11/2026, đợt 1", "28,6 %"),
    ]  # fmt: skip
    assert told(text, "contest_papers")[0] == ("Tháng 9/2026, đợt 1", "12 lượt")


def test_a_month_shows_its_own_figures_and_only_the_months_before(world: World, desk: Desk) -> None:
    for at, people in ((SEPTEMBER, 12), (OCTOBER, 9), (NOVEMBER, 20)):
        papers(world, people, at)
    text = card(world, desk, world.commune, "202610")
    assert re.search(r"Tử số\s*<b>9</b> / mẫu số\s*<b>70</b>", text)
    assert [month for month, _ in told(text)] == ["Tháng 9/2026, đợt 1", "Tháng 10/2026, đợt 1"]
    assert 'data-testid="month-before"' in text
    assert "period=202609" in text
    assert "period=202611" in text
    assert "Kỳ này chưa có số liệu." in card(world, desk, world.commune, "202604")


def test_a_hidden_month_stays_hidden_and_nothing_is_put_in_its_place(world: World, desk: Desk) -> None:
    for at, people in ((SEPTEMBER, 12), (OCTOBER, 2), (NOVEMBER, 20)):
        papers(world, people, at)
    text = card(world, desk, world.commune)
    values = dict(told(text))
    assert values["Tháng 10/2026, đợt 1"] == "Ẩn để không lộ cá nhân"
    assert 'class="unsaid"' in text
    assert "2,9 %" not in text
    assert "202610" in text, "the month is there, its figure is not"
    assert "2,9 %" not in card(world, desk, world.commune, "202610")


def test_the_trend_says_what_the_card_of_that_month_says(world: World, desk: Desk) -> None:
    for at, people in ((SEPTEMBER, 12), (OCTOBER, 9)):
        papers(world, people, at)
        papers(world, people - 2, at, world.other_hamlet)
    for unit in (world.commune, world.hamlet, world.other_hamlet):
        values = dict(told(card(world, desk, unit)))
        for month, code in (("Tháng 9/2026, đợt 1", "202609"), ("Tháng 10/2026, đợt 1", "202610")):
            text = card(world, desk, unit, code)
            shown = text.split('data-testid="scorecard-value-contest_participation">')[1].split("</p>")[0]
            assert values[month] in shown


def test_one_month_alone_has_no_trend(world: World, desk: Desk) -> None:
    take_part(world, 9)
    text = card(world, desk, world.commune)
    assert 'data-testid="trends"' not in text
    assert 'data-testid="summary"' in text


def test_the_rounds_of_a_campaign_are_summed_up_in_one_line(world: World, desk: Desk) -> None:
    papers(world, 12, OCTOBER)
    settle(world)
    text = card(world, desk, world.commune)
    line = re.sub(r"<[^>]+>|\s+", " ", text.split('data-testid="summary">')[1].split("</p>")[0])
    assert "Đợt 1 (đã chốt kết quả):" in line
    assert "12/70" in line


@pytest.mark.parametrize("period", ["all", "202610", "2026Q4", "2026", "2026S2", "nonsense", "%00"])
def test_every_period_has_its_page(world: World, desk: Desk, period: str) -> None:
    papers(world, 12, OCTOBER)
    assert "unit-name" in card(world, desk, world.commune, period)


def test_the_inspectors_look_is_on_the_trail_and_others_units_stay_shut(world: World, desk: Desk) -> None:
    papers(world, 12, OCTOBER)
    assert desk("inspector").get(f"/admin/units/{world.commune}/scorecard").status_code == 403, (
        "without a file"
    )
    running_file(world, world.commune)
    card(world, desk, world.commune, who="inspector")
    assert len(trail(world, "scorecard.read")) == 1
    assert desk("head").get(f"/admin/units/{world.commune}/scorecard").status_code == 403
    assert desk("head").get(f"/admin/units/{world.hamlet}/scorecard").status_code == 200
    assert desk("far").get(f"/admin/units/{world.commune}/scorecard").status_code == 403
