"""The console: who sees what, what is hidden, and what only the organiser may do."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
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

COMMUNE, DONG_TIEN, CAU_CONG, XUAN_MINH = "05917", "05917-T01", "05917-T02", "05917-T07"
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


def test_the_inspector_reads_under_a_file_and_every_read_is_on_the_trail(desk: Page) -> None:
    sign_in_to_console(desk, "kiem")
    desk.goto("/admin/inspections")
    desk.get_by_role("link", name="Giám sát số liệu chuyển đổi số").click()
    here = desk.locator("h3", has_text="Tân Khánh").locator("xpath=following-sibling::ul[1]")
    here.get_by_test_id("open-scorecards").click()
    desk.get_by_role("link", name="Số liệu hiện nay của đơn vị").click()
    expect(tid(desk, f"below-{CAU_CONG}").first).to_be_visible()
    open_facts(desk)
    expect(tid(desk, "facts-sum")).to_contain_text("khớp với số liệu của đơn vị")
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
    expect(rates).to_have_count(18)
    expect(tid(desk, f"hamlet-rate-{XUAN_MINH}")).to_contain_text(HIDDEN)
    assert rates.filter(has_text=HIDDEN).count() >= 2

    open_scorecard(desk, XUAN_MINH)
    expect(tid(desk, f"scorecard-value-{CONTEST}").first).to_have_text(HIDDEN)
    open_scorecard(desk, COMMUNE)
    below = tid(
        desk, f"below-{XUAN_MINH}"
    )  # a row in each part: the rounds of the contest, and the teams' visits
    expect(below.filter(has_text=HIDDEN).first).to_be_visible()
    for row in below.filter(has_text="%").all():
        expect(row).to_contain_text(HIDDEN)


def test_figures_come_in_by_themselves_and_a_lost_connection_is_said(desk: Page, allowed: list[str]) -> None:
    allowed.append("ERR_INTERNET_DISCONNECTED")
    sign_in_to_console(desk, "an")
    open_activity(desk)
    desk.locator("#days-summary").click()
    asked_at = desk.get_by_text(re.compile(r"^Số liệu lúc ")).inner_text()
    expect(desk.get_by_text(asked_at)).to_have_count(0, timeout=15_000)
    expect(desk.locator("#days-table")).to_have_attribute("open", "")
    desk.context.set_offline(True)
    expect(tid(desk, "live")).to_contain_text("Mất kết nối từ", timeout=15_000)
    desk.context.set_offline(False)
    expect(tid(desk, "live")).to_contain_text("Đã nối lại", timeout=15_000)
    expect(tid(desk, "live")).to_have_text("", timeout=15_000)
    desk.context.clear_cookies()
    expect(tid(desk, "live")).to_contain_text("Phiên đăng nhập đã hết", timeout=15_000)


def test_the_question_team_reads_keys_and_the_organiser_does_not(desk: Page) -> None:
    sign_in_to_console(desk, "linh")
    open_bank(desk)
    expect(tid(desk, "frozen")).to_be_visible()
    tid(desk, "question-link").first.click()
    expect(tid(desk, "key")).to_be_visible()
    expect(desk.locator(".paper")).to_have_count(2)
    there = desk.url
    tid(desk, "sign-out").click()

    sign_in_to_console(desk, "an")
    desk.goto(there)
    expect(desk.locator(".paper")).to_have_count(2)
    expect(tid(desk, "key")).to_have_count(0)
    expect(tid(desk, "keys-kept")).to_be_visible()
    open_bank(desk)
    tid(desk, "sample").click()
    assert tid(desk, "sample-question").count() >= 10
    expect(tid(desk, "key")).to_have_count(0)


def open_bank(page: Page) -> None:
    """The bank of the round that is on."""
    open_activity(page)
    tid(page, "bank").click()
    expect(tid(page, "bank-total")).to_be_visible()


def test_a_question_is_edited_by_keyboard_alone(desk: Page) -> None:
    sign_in_to_console(desk, "linh")
    desk.goto("/admin/bank")
    draft = tid(desk, "bank-card").filter(has_text="mùa hai")
    draft.get_by_test_id("bank-link").click()
    tid(desk, "filter-form").select_option("single")
    tid(desk, "filter").press("Enter")
    tid(desk, "question-link").first.press("Enter")
    tid(desk, "edit-question").press("Enter")
    tid(desk, "text-vi").fill("Câu này đã được sửa bằng bàn phím?")
    desk.get_by_label("Phương án b đúng").press("Space")
    tid(desk, "save-question").press("Enter")
    expect(tid(desk, "done")).to_be_visible()
    expect(desk.locator(".paper").first).to_contain_text("sửa bằng bàn phím")
    expect(tid(desk, "revision")).to_have_count(2)


def test_results_published_in_the_demo_open_from_the_console(desk: Page) -> None:
    sign_in_to_console(desk, "an")
    settled = tid(desk, "activity").filter(has_text="Đã chốt kết quả").first
    settled.get_by_test_id("activity-link").click()
    tid(desk, "boards").click()
    assert tid(desk, "board-unit").count() > 0
    desk.go_back()
    tid(desk, "results").click()
    tid(desk, "public-page").click()
    expect(desk).to_have_url(re.compile(r"/ket-qua/"))
    expect(desk.get_by_test_id("digest")).to_be_visible()


def test_the_console_speaks_english_and_vietnamese_again(desk: Page) -> None:
    sign_in_to_console(desk, "an")
    open_scorecard(desk, DONG_TIEN)
    place = desk.url
    desk.get_by_role("link", name="English").click()
    expect(desk.locator("html")).to_have_attribute("lang", "en")
    expect(desk.get_by_role("navigation").first).to_contain_text("Campaigns")
    assert desk.url == place
    desk.get_by_role("link", name="Tiếng Việt").click()
    expect(desk.locator("html")).to_have_attribute("lang", "vi")
    expect(desk.get_by_role("navigation").first).to_contain_text("Cuộc vận động")


def test_no_page_scrolls_sideways_on_a_narrow_screen(desk: Page) -> None:
    desk.set_viewport_size({"width": 360, "height": 740})
    for path in ("/", "/admin/sign-in"):
        desk.goto(path)
        expect_no_sideways_scroll(desk)
    sign_in_to_console(desk, "an")
    for _ in walk_the_console(desk):
        expect_no_sideways_scroll(desk)


def test_from_the_closing_to_the_published_result(opened: Callable[..., Any], own_node: DemoNode) -> None:
    with (
        opened("desk", **DESK, base_url=own_node.url) as office,
        opened("phone", **PHONE, base_url=own_node.url) as street,
    ):
        desk, phone = office.new_page(), street.new_page()
        sign_in_as_new(phone, Newcomer("Giàng Thị Muộn"))
        sign_in_to_console(desk, "an")
        open_activity(desk)
        address = desk.url
        close_it(desk)
        take_one_out(desk)
        desk.goto(address)
        settle_it(desk, own_node)
        tid(desk, "publish").click()
        expect(tid(desk, "done")).to_contain_text("bản số 1")
        tid(desk, "public-page").click()
        expect(desk.get_by_test_id("figures")).to_be_visible()
        expect(desk.get_by_test_id("removed")).to_be_visible()
        phone.reload()
        phone.locator("[data-testid=activity-card]").first.click()
        expect(phone.locator("main h1")).to_be_visible()
        expect(tid(phone, "start-contest")).to_have_count(0)


def close_it(desk: Page) -> None:
    expect(tid(desk, "confirm-close")).to_be_hidden()
    tid(desk, "close-activity").click()
    expect(desk.get_by_text("Việc này không hoàn lại được.")).to_be_visible()
    expect(tid(desk, "state")).to_have_text("Đang mở")
    tid(desk, "confirm-close").click()
    expect(tid(desk, "done")).to_have_text("Đã đóng. Không ai bắt đầu bài mới được nữa.")
    expect(tid(desk, "close-activity")).to_have_count(0)


def settle_it(desk: Page, node: DemoNode) -> None:
    """Not while somebody may still hand in; then with everything named that becomes fixed."""
    tid(desk, "settle-activity").click()
    expect(tid(desk, "not-yet")).to_contain_text("Chốt được sau")
    expect(tid(desk, "confirm-settle")).to_have_count(0)
    end_every_paper(node)
    desk.reload()
    expect(desk.get_by_text("những điều sau không đổi được nữa")).to_be_visible()
    tid(desk, "confirm-settle").click()
    expect(tid(desk, "statement")).to_be_visible()


def take_one_out(desk: Page) -> None:
    """A doubtful paper is looked at and not recognised; no name stands before one is asked for."""
    tid(desk, "removals").click()
    tid(desk, "open-paper").first.click()
    expect(tid(desk, "contestant")).to_have_count(0)
    tid(desk, "why").fill("Phản ánh số 12 của xóm")
    tid(desk, "show-person").click()
    expect(tid(desk, "contestant")).to_be_visible()
    tid(desk, "reason").select_option("by_another")
    tid(desk, "remove").click()
    tid(desk, "confirm-remove").click()
    expect(tid(desk, "gone")).to_be_visible()
    desk.locator(".back a").click()
    expect(tid(desk, "taken-out").first).to_be_visible()


def end_every_paper(node: DemoNode) -> None:
    """As if the time of those still at work were over."""
    with closing(sqlite3.connect(node.data / "lantoa.sqlite3", timeout=30)) as file, file:
        file.execute("UPDATE contest_attempt SET due_at = datetime('now', '-1 day') WHERE state = 'running'")
