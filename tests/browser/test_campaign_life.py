"""One campaign from its launch to the published result (J7), with a desk for each office and a phone on the street."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from backend import clock
from tests.browser.conftest import DESK, PHONE
from tests.browser.demo_node import DemoNode
from tests.browser.steps import (
    Newcomer,
    agree_to_take_part,
    answer_all,
    expect_receipt,
    hand_in,
    sign_in_as_new,
    sign_in_to_console,
    tid,
)

pytestmark = pytest.mark.browser

TITLE = "Tết này nhà em số hoá"
PREDICTED = 1


def test_from_the_launch_to_the_published_result(opened: Callable[..., Any], own_node: DemoNode) -> None:
    with (
        opened("prepares", **DESK, base_url=own_node.url) as organising,
        opened("releases", **DESK, base_url=own_node.url) as releasing,
        opened("phone", **PHONE, base_url=own_node.url) as street,
    ):
        desk, chair, phone = organising.new_page(), releasing.new_page(), street.new_page()
        sign_in_to_console(desk, "an")
        sign_in_to_console(chair, "chau")
        address = prepare_in_five_steps(desk)
        release_it(chair, address)
        open_the_first_round(desk, address)

        sign_in_as_new(phone, Newcomer("Lường Thị Én"))
        take_part(phone)

        its_figures_arrive(desk)
        close_and_settle(desk)
        publish(desk)

        the_result_is_on_the_phone(phone)


def prepare_in_five_steps(desk: Page) -> str:
    """What was typed is a draft from the first step on; the address of the campaign."""
    desk.goto("/admin/campaigns")
    tid(desk, "launch").click()
    desk.locator("[data-testid=pack][value=tim-hieu-chuyen-doi-so]").check()
    tid(desk, "begins").fill((clock.today() + timedelta(days=1)).isoformat())
    tid(desk, "prepare").click()

    tid(desk, "field-title_vi").fill(TITLE)
    tid(desk, "field-document_number").fill("31/KH-UBND")
    tid(desk, "field-document_date").fill(clock.today().isoformat())
    tid(desk, "save").click()
    expect(tid(desk, "field-opens_1")).to_have_value(re.compile("T07:00$"))
    tid(desk, "save").click()

    rules = tid(desk, "round-rules").first
    tid(rules, "open-settings").click()
    rules.locator("[data-testid$='.settle']").select_option("by_hand")
    expect(tid(rules, "rules")).to_contain_text("câu")
    tid(desk, "save").click()
    expect(tid(desk, "ready")).to_be_visible()
    expect(tid(desk, "release")).to_have_count(0)  # who prepares does not release
    return desk.url.partition("#")[0]


def release_it(chair: Page, address: str) -> None:
    """Found in the list like everything that waits for this office; the rules are there to be read first."""
    chair.goto("/admin/campaigns")
    tid(chair, "campaign-link").filter(has_text=TITLE).click()
    expect(chair).to_have_url(re.compile(address.rpartition("/")[2]))
    expect(tid(chair, "campaign-state")).to_have_text("Bản nháp")
    tid(chair, "release").click()
    tid(chair, "confirm-release").click()
    expect(tid(chair, "campaign-state")).to_have_text("Đã phát hành, chờ mở")


def open_the_first_round(desk: Page, address: str) -> None:
    desk.goto(address)
    expect(tid(desk, "timeline")).to_contain_text("Châu")
    tid(desk, "round").first.locator("h3 a").click()
    tid(desk, "open-activity").click()
    expect(tid(desk, "state")).to_have_text("Đang mở")
    expect(tid(desk, "people-total")).to_contain_text("Chưa có số liệu")
    expect(tid(desk, "open-activity")).to_have_count(0)


def take_part(phone: Page) -> None:
    card = phone.locator("[data-testid=activity-card][data-state=open]").filter(has_text="Đợt 1")
    expect(card).to_contain_text(TITLE)
    card.click()
    agree_to_take_part(phone)
    tid(phone, "start-contest").click()
    answer_all(phone)
    hand_in(phone, PREDICTED)
    expect_receipt(phone)


def its_figures_arrive(desk: Page) -> None:
    """The page at the desk was open all the while; nobody loads it anew. A figure of one person is not shown."""
    expect(tid(desk, "people-total")).to_contain_text("Ẩn để không lộ cá nhân", timeout=40_000)


def close_and_settle(desk: Page) -> None:
    tid(desk, "close-activity").click()
    tid(desk, "confirm-close").click()
    tid(desk, "settle-activity").click()
    expect(tid(desk, "still-running")).to_have_text("0")
    tid(desk, "confirm-settle").click()
    expect(tid(desk, "statement")).to_be_visible()


def publish(desk: Page) -> None:
    tid(desk, "publish").click()
    expect(tid(desk, "published")).to_be_visible()
    tid(desk, "public-page").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Đợt 1")
    expect(desk.locator("main")).to_contain_text(TITLE)


def the_result_is_on_the_phone(phone: Page) -> None:
    phone.goto("/app/")
    card = phone.locator("[data-testid=activity-card][data-state=settled]").filter(has_text=TITLE)
    card.click()
    expect(tid(phone, "result-right")).to_be_visible()
    expect(tid(phone, "result-rank")).to_have_count(0)  # one person alone is no board
    expect(tid(phone, "review")).to_contain_text("Nguồn:")
    phone.goto("/app/")
    phone.locator("article, li", has_text=TITLE).get_by_test_id("card-published").first.click()
    expect(phone).to_have_url(re.compile("/ket-qua/"))
    expect(phone.locator("main")).to_contain_text(TITLE)
