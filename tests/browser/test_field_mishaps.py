"""What befalls a team's phone on the road: a Wi-Fi that answers in the node's place, and a browser that clears its storage."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo_node import DemoNode
from tests.browser.steps import expect_net, expect_no_sideways_scroll, expect_tally, open_app, reopen_tab, tid
from tests.browser.test_results import enter_as
from tests.browser.test_team_day import MAI, begin_the_day, help_with, house, open_team, rows, save_visit

pytestmark = pytest.mark.browser

PORTAL = "<!doctype html><title>Wi-Fi</title><p>Xin đăng nhập để dùng Wi-Fi miễn phí.</p>"
MINE = """SELECT operation.device_id, operation.device_seq, operation.id FROM operation
 JOIN visit ON visit.id = operation.id WHERE visit.stands"""


def visit_at(phone: Page, number: int) -> str:
    """What the household is called."""
    tid(phone, "log-visit").click()
    house(phone, number).click()
    expect(tid(phone, "consent")).to_be_visible()
    nickname = phone.locator("main h1").inner_text()
    help_with(phone, "vneid")
    save_visit(phone)
    return nickname


def try_now(phone: Page) -> None:
    """The phone would by itself within a minute."""
    phone.evaluate("() => dispatchEvent(new Event('online'))")


def test_a_wifi_that_answers_in_the_nodes_place_takes_nothing_and_is_named(
    phone: Page, node: DemoNode
) -> None:
    begin_the_day(phone)
    before = rows(node, MINE)
    phone.context.route("**/api/**", lambda route: route.fulfill(content_type="text/html", body=PORTAL))
    visit_at(phone, 0)
    expect_net(phone, "away")
    expect(tid(phone, "net-portal")).to_contain_text("đăng nhập Wi-Fi")
    expect(tid(phone, "saved-state")).to_have_attribute("data-state", "waiting")
    expect_tally(phone, counted=0, waiting=1, refused=0)
    expect_no_sideways_scroll(phone)
    phone = reopen_tab(phone)
    open_team(phone)
    expect_tally(phone, counted=0, waiting=1, refused=0)
    assert rows(node, MINE) == before

    phone.context.unroute("**/api/**")
    try_now(phone)
    expect_tally(phone, counted=1, waiting=0, refused=0)
    expect(tid(phone, "net-portal")).to_have_count(0)
    assert len(rows(node, MINE)) == len(before) + 1


def test_a_phone_whose_storage_was_cleared_goes_on_and_nothing_counts_twice(
    phone: Page, node: DemoNode
) -> None:
    begin_the_day(phone)
    before = {row[2] for row in rows(node, MINE)}
    visited = visit_at(phone, 3)
    expect_tally(phone, counted=1, waiting=0)
    today = tid(phone, "today-visits").inner_text()

    everything_is_cleared(phone)
    expect(tid(phone, "begin")).to_be_visible()
    tid(phone, "begin").click()
    enter_as(phone, MAI)
    open_team(phone)
    expect(tid(phone, "today-visits")).to_have_text(today)
    the_list_says_visited_today(phone, visited)
    visit_at(phone, 0)
    expect_tally(phone, waiting=0, refused=0)
    told = [row for row in rows(node, MINE) if row[2] not in before]
    assert len(told) == 2
    for device in {row[0] for row in told}:
        numbers = rows(node, "SELECT device_seq FROM operation WHERE device_id = ? ORDER BY 1", device)
        assert [number for (number,) in numbers] == list(range(1, len(numbers) + 1)), "a hole nobody can fill"
    assert rows(node, "SELECT count(*) FROM quarantined") == [(0,)]


def the_list_says_visited_today(phone: Page, nickname: str) -> None:
    """What the node has comes back with the list, so that nobody goes there twice."""
    tid(phone, "log-visit").click()
    tid(phone, "house-search").fill(nickname)
    expect(tid(phone, "house").first).to_contain_text("đã thăm hôm nay")
    phone.go_back()


def everything_is_cleared(phone: Page) -> None:
    """As browsers do with what was not visited for a week, or when the phone is full."""
    origin = phone.evaluate("() => location.origin")
    phone.goto("about:blank")
    chromium = phone.context.new_cdp_session(phone)
    chromium.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    open_app(phone)
