"""The console: who sees what, what is hidden, and what only the organiser may do."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.demo_node import DemoNode
from tests.browser.steps import (
    CONTEST,
    Newcomer,
    enter_console,
    expect_no_sideways_scroll,
    open_activity,
    open_facts,
    open_scorecard,
    sign_in_as_new,
    sign_in_to_console,
    tid,
    walk_the_console,
)

pytestmark = pytest.mark.browser

COMMUNE, DONG_TIEN, CAU_CONG, XUAN_MINH = "DEMO-TK", "DEMO-TK-T01", "DEMO-TK-T02", "DEMO-TK-T07"
HIDDEN = "Ẩn để không lộ cá nhân"


def test_a_wrong_password_is_answered_in_words_and_the_name_stays(desk: Page, allowed: list[str]) -> None:
    allowed.append("the server responded with a status of 4")
    enter_console(desk, "an", "khong-phai-mat-khau")
    expect(tid(desk, "problem")).to_have_text(re.compile(r"^\S+ .+\.$"))
    expect(tid(desk, "username")).to_have_value("an")
    expect(tid(desk, "password")).to_be_focused()
    tid(desk, "password").fill("lan-toa-2026")
    tid(desk, "sign-in").click()
    expect(desk).to_have_url(re.compile(r"/admin/$"))


def test_a_page_asked_for_before_the_sign_in_is_the_page_shown_after_it(desk: Page) -> None:
    desk.goto("/admin/audit")
    tid(desk, "username").fill("dung")
    tid(desk, "password").fill("lan-toa-2026")
    tid(desk, "sign-in").click()
    expect(desk).to_have_url(re.compile(r"/admin/audit$"))


@pytest.mark.parametrize(
    ("who", "may_close"), [("an", True), ("binh", False), ("kiem", False), ("dung", False)]
)
def test_only_the_organiser_sees_the_button_that_closes(desk: Page, who: str, may_close: bool) -> None:
    sign_in_to_console(desk, who)
    open_activity(desk)
    expect(tid(desk, "close-activity")).to_have_count(1 if may_close else 0)
    expect(tid(desk, "open-activity")).to_have_count(0)
    expect(desk.locator("main form[method=post]")).to_have_count(1 if may_close else 0)


def test_the_head_of_a_hamlet_opens_that_hamlet_only(desk: Page, allowed: list[str]) -> None:
    sign_in_to_console(desk, "an")
    open_scorecard(desk, CAU_CONG)
    elsewhere = desk.url
    tid(desk, "sign-out").click()

    sign_in_to_console(desk, "binh")
    expect(desk.locator("[data-testid^=scorecard-]")).to_have_count(1)
    open_scorecard(desk, DONG_TIEN)
    expect(tid(desk, "unit-name")).to_have_text("Xóm Đồng Tiến")
    open_activity(desk)
    expect(tid(desk, f"hamlet-rate-{DONG_TIEN}").get_by_role("link")).to_have_count(1)
    expect(tid(desk, f"hamlet-rate-{CAU_CONG}").get_by_role("link")).to_have_count(0)
    assert not [path for path in walk_the_console(desk) if "audit" in path]

    allowed.append("status of 403")
    desk.goto(elsewhere)
    expect(tid(desk, "problem")).to_be_visible()
    expect(tid(desk, "unit-name")).to_have_count(0)


def test_the_inspector_reads_every_scorecard_and_every_read_is_on_the_trail(desk: Page) -> None:
    sign_in_to_console(desk, "kiem")
    open_scorecard(desk, COMMUNE)
    expect(tid(desk, f"below-{CAU_CONG}")).to_be_visible()
    open_facts(desk)
    expect(tid(desk, "facts-sum")).to_contain_text("khớp với phiếu điểm")
    tid(desk, "sign-out").click()

    sign_in_to_console(desk, "dung")
    desk.get_by_role("link", name="Nhật ký").click()
    tid(desk, "audit-reads").click()
    rows = tid(desk, "audit-row").filter(has_text="Lê Minh Kiểm")
    expect(rows.and_(desk.locator("[data-deed='facts.read']")).first).to_contain_text("xã Tân Khánh")
    expect(rows.and_(desk.locator("[data-deed='scorecard.read']")).first).to_be_visible()


def test_a_small_hamlet_is_hidden_together_with_another_one(desk: Page) -> None:
    sign_in_to_console(desk, "an")
    open_activity(desk)
    rates = desk.locator("[data-testid^=hamlet-rate-]")
    expect(rates).to_have_count(8)
    expect(tid(desk, f"hamlet-rate-{XUAN_MINH}")).to_contain_text(HIDDEN)
    expect(rates.filter(has_text=HIDDEN)).to_have_count(2)

    open_scorecard(desk, XUAN_MINH)
    expect(tid(desk, f"scorecard-value-{CONTEST}")).to_have_text(HIDDEN)
    expect(tid(desk, f"drill-{CONTEST}")).to_have_count(0)
    open_scorecard(desk, COMMUNE)
    expect(desk.locator("[data-testid^=below-] td:nth-of-type(1)").filter(has_text=HIDDEN)).to_have_count(2)
    expect(tid(desk, f"below-{XUAN_MINH}")).not_to_contain_text("3/96")


def test_the_console_speaks_english_and_vietnamese_again(desk: Page) -> None:
    sign_in_to_console(desk, "an")
    open_scorecard(desk, DONG_TIEN)
    place = desk.url
    desk.get_by_role("link", name="English").click()
    expect(desk.locator("html")).to_have_attribute("lang", "en")
    expect(desk.get_by_role("navigation")).to_contain_text("Scorecard")
    assert desk.url == place
    desk.get_by_role("link", name="Tiếng Việt").click()
    expect(desk.locator("html")).to_have_attribute("lang", "vi")
    expect(desk.get_by_role("navigation")).to_contain_text("Phiếu điểm")


def test_no_page_scrolls_sideways_on_a_narrow_screen(desk: Page) -> None:
    desk.set_viewport_size({"width": 360, "height": 740})
    for path in ("/", "/admin/sign-in"):
        desk.goto(path)
        expect_no_sideways_scroll(desk)
    sign_in_to_console(desk, "an")
    for _ in walk_the_console(desk):
        expect_no_sideways_scroll(desk)


def test_closing_asks_first_and_then_nobody_can_start(opened: Callable[..., Any], own_node: DemoNode) -> None:
    with opened("desk", **DESK, base_url=own_node.url) as office:
        desk = office.new_page()
        sign_in_to_console(desk, "an")
        open_activity(desk)
        expect(tid(desk, "confirm-close")).to_be_hidden()
        tid(desk, "close-activity").click()
        expect(desk.get_by_text("Việc này không hoàn lại được.")).to_be_visible()
        expect(tid(desk, "state")).to_have_text("Đang mở")
        tid(desk, "confirm-close").click()
        expect(tid(desk, "done")).to_have_text("Đã đóng. Không ai bắt đầu bài mới được nữa.")
        expect(tid(desk, "close-activity")).to_have_count(0)
    with opened("phone", **PHONE, base_url=own_node.url) as street:
        phone = street.new_page()
        sign_in_as_new(phone, Newcomer("Giàng Thị Muộn"))
        tid(phone, "activity-card").click()
        expect(phone.get_by_text("Cuộc thi đã kết thúc.")).to_be_visible()
        expect(tid(phone, "start-contest")).to_have_count(0)
