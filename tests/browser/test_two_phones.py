"""One member, two phones: what was written down on one is put right, and what it promised is kept, with the other."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from backend import clock
from tests.browser.conftest import PHONE
from tests.browser.demo_node import DemoNode
from tests.browser.steps import (
    expect_no_sideways_scroll,
    expect_tally,
    find_signal,
    keep_app_on_phone,
    lose_signal,
    open_app,
    tid,
)
from tests.browser.test_results import enter_as
from tests.browser.test_team_day import MAI, begin_the_day, help_with, house, open_team, rows, save_visit

pytestmark = pytest.mark.browser

NOTE = "Cổng sau, gọi to (hư cấu)"


def test_what_the_other_phone_wrote_is_put_right_and_kept_without_signal(
    opened: Callable[..., Any], own_node: DemoNode
) -> None:
    with (
        opened("first", **PHONE, base_url=own_node.url) as one,
        opened("second", **PHONE, base_url=own_node.url) as other,
    ):
        name = write_down(one.new_page())
        phone = other.new_page()
        open_app(phone)
        tid(phone, "begin").click()
        enter_as(phone, MAI)
        keep_app_on_phone(phone)
        open_team(phone)
        tid(phone, "open-days").click()
        expect(deed(phone, name)).to_have_attribute("data-here", "false")
        phone.go_back()
        tid(phone, "log-visit").click()
        expect(on_the_list(phone, name)).to_contain_text("Hẹn quay lại ngày")
        phone.go_back()

        lose_signal(phone)
        put_right(phone, name)
        keep_the_promise(phone, name)
        find_signal(phone)
        expect_tally(phone, waiting=0, refused=0)
        the_node_has_it(own_node)


def write_down(phone: Page) -> str:
    """A visit with everything, and a promise to come again the same day. Answers how the household is called."""
    begin_the_day(phone)
    tid(phone, "log-visit").click()
    house(phone, 3).click()
    name = phone.locator("main h1").inner_text()
    help_with(phone, "vneid", taps=2)
    tid(phone, "service-signature").click()
    tid(phone, "stage-not_possible").click()
    tid(phone, "why-no_device").click()
    tid(phone, "extra").locator("summary").click()
    tid(phone, "follow-day").fill(clock.today().isoformat())
    tid(phone, "note").fill(NOTE)
    save_visit(phone)
    expect_tally(phone, counted=1, waiting=0)
    return name


def deed(phone: Page, name: str) -> Locator:
    return tid(phone, "own-deed").filter(has_text=name).first


def on_the_list(phone: Page, name: str) -> Locator:
    return tid(phone, "house").filter(has_text=name)


def put_right(phone: Page, name: str) -> None:
    tid(phone, "open-days").click()
    deed(phone, name).get_by_test_id("fix").click()
    expect(phone.locator("main h1")).to_have_text(name)
    tid(phone, "extra").locator("summary").click()
    expect(tid(phone, "note")).to_have_value(NOTE)
    expect(tid(phone, "consent")).not_to_be_checked()
    expect(tid(phone, "service-signature")).to_contain_text("Chưa làm được")
    help_with(phone, "vneid")  # one stage further
    save_visit(phone)
    tid(phone, "open-days").click()
    before = phone.locator("[data-testid=own-deed][data-here=false]").filter(has_text=name).first
    expect(before).to_have_attribute("data-stands", "false")
    expect_no_sideways_scroll(phone)
    phone.go_back()


def keep_the_promise(phone: Page, name: str) -> None:
    tid(phone, "log-visit").click()
    on_the_list(phone, name).click()
    expect(phone.locator("main h1")).to_have_text(name)
    expect(phone.locator(".house-line")).to_contain_text("Hẹn quay lại ngày")
    expect(tid(phone, "keeps")).to_be_visible()
    help_with(phone, "cashless")
    save_visit(phone)


def the_node_has_it(node: DemoNode) -> None:
    written = rows(node, "SELECT id, note, stands, corrects, follow_up_of FROM visit ORDER BY happened_at")[
        -3:
    ]
    (first, second, third) = written
    assert [(one[1], one[2]) for one in written] == [(NOTE, 0), (NOTE, 1), (None, 1)]
    assert second[3] == first[0]
    assert third[4] == second[0]
    kept = "SELECT sum(quantity) FROM fact WHERE measure = 'visit.follow_ups_kept' AND scope = ?"
    assert rows(node, kept, str(uuid.UUID(first[0]))) == [(1,)]
    why = "SELECT reason FROM visit_service WHERE visit_id = ? AND service = 'signature'"
    assert rows(node, why, second[0]) == [("no_device",)]
