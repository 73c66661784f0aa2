"""A deed the node cannot read: kept apart, repaired by the leader on the console, and counted on the phone that wrote it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.demo_node import DemoNode
from tests.browser.steps import expect_tally, find_signal, lose_signal, sign_in_to_console, tid
from tests.browser.test_accessible import ANY, Look
from tests.browser.test_team_day import begin_the_day, help_with, house, save_visit

pytestmark = pytest.mark.browser

LEADER = "tai"
TOO_LONG = """
  const real = JSON.stringify;
  JSON.stringify = (value, ...more) =>
    real(value?.action === "visit.log" ? {...value, body: {...value.body, note: "chiều ".repeat(200)}} : value, ...more);
"""
"""An app that lets a note grow longer than the node takes: the bytes it freezes cannot be read there."""


def test_quarantined_visit_is_repaired_by_the_leader(
    opened: Callable[..., Any], own_node: DemoNode, allowed: list[str]
) -> None:
    allowed.append("status of 409")
    with (
        opened("phone", **PHONE, base_url=own_node.url) as street,
        opened("desk", **DESK, base_url=own_node.url) as office,
    ):
        phone, desk = street.new_page(), office.new_page()
        phone.add_init_script(TOO_LONG)
        begin_the_day(phone)
        lose_signal(phone)
        tid(phone, "log-visit").click()
        house(phone, 0).click()
        help_with(phone, "vneid")
        save_visit(phone)
        find_signal(phone)
        expect(tid(phone, "saved-state")).to_have_attribute("data-state", "aside")
        expect(tid(phone, "stuck")).to_contain_text("giữ riêng")
        expect_tally(phone, counted=0, waiting=0, refused=1)

        repair(desk)
        phone.evaluate("() => dispatchEvent(new Event('online'))")
        expect(tid(phone, "saved-state")).to_have_attribute("data-state", "counted", timeout=90_000)
        expect(tid(phone, "stuck")).to_have_count(0)
        expect_tally(phone, counted=1, waiting=0, refused=0)


def repair(desk: Page) -> None:
    look = Look()
    look.impacts = ANY
    sign_in_to_console(desk, LEADER)
    desk.locator("a[href$='/supervision/aside']").first.click()
    expect(tid(desk, "aside")).to_have_count(1)
    look(desk, "asides")
    tid(desk, "aside").get_by_role("link").click()
    expect(tid(desk, "wrong")).to_contain_text("Ghi chú dài 1200 chữ")
    look(desk, "aside")
    tid(desk, "why-repair").fill("Đã hỏi lại, ghi chú rút gọn.")
    tid(desk, "repair").click()
    expect(tid(desk, "problem")).to_contain_text("rút còn 500")
    expect(tid(desk, "why-repair")).to_have_value("Đã hỏi lại, ghi chú rút gọn.")
    tid(desk, "note").fill("Hẹn buổi chiều.")
    tid(desk, "repair").click()
    expect(tid(desk, "no-aside")).to_be_visible()
    look.fine()
