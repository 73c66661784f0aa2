"""After the results are settled: the own place, the boards, the certificate anybody can check; and a family on one phone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from backend.demo.data import DATA
from tests.browser.steps import (
    answer_all,
    expect_no_sideways_scroll,
    expect_receipt,
    hand_in,
    open_app,
    prove_number,
    running_card,
    tid,
)

pytestmark = pytest.mark.browser

PIN = DATA["family"]["pin"]
HOA = next(row for row in DATA["guests"] if "board_name" in row)
"""Took part in both finished rounds, agreed to be named on boards, earned a certificate."""
FAMILY = [row for row in DATA["guests"] if row["phone"] == DATA["family"]["phone"]]
CHILD = max(FAMILY, key=lambda row: row["born"])


def enter_as(phone: Page, row: dict[str, object]) -> None:
    """Sign in as somebody the demo knows, from the app's first screen or from the list of who uses this phone."""
    prove_number(phone, str(row["phone"]))
    tid(phone, "person-card").filter(has_text=str(row["name"])).click()
    tid(phone, "pin-input").fill(PIN)
    tid(phone, "enter").click()
    expect(running_card(phone)).to_be_visible()


def settled_card(phone: Page) -> Locator:
    """The newest round whose results are out."""
    return phone.locator("[data-testid=activity-card][data-state=settled]").first


def test_after_the_results_one_sees_place_boards_explanations_and_gets_a_certificate(phone: Page) -> None:
    open_app(phone)
    tid(phone, "begin").click()
    enter_as(phone, HOA)
    settled_card(phone).click()
    expect(tid(phone, "result-rank")).to_have_text(re.compile(r"^Xếp thứ [\d.]+ trong [\d.]+ người$"))
    place = tid(phone, "result-rank").inner_text()
    expect(phone.locator("main")).to_contain_text("người trả lời đúng tất cả các câu hỏi")
    expect(tid(phone, "review")).to_contain_text("Nguồn:")
    expect(tid(phone, "rank-later")).to_have_count(0)

    tid(phone, "open-boards").click()
    expect(tid(phone, "my-place")).to_have_text(place)
    expect(tid(phone, "neighbours").locator(".me")).to_have_count(1)
    expect(tid(phone, "my-unit")).to_contain_text(HOA["hamlet"])
    expect(tid(phone, "open-board-name")).to_contain_text(HOA["board_name"])
    expect_no_sideways_scroll(phone)
    phone.go_back()

    tid(phone, "certificate-card").click()
    the_certificate_is_there_and_can_be_checked(phone)


def the_certificate_is_there_and_can_be_checked(phone: Page) -> None:
    ask = tid(phone, "certificate-ask")
    expect(ask.or_(tid(phone, "certificate-open"))).to_be_visible()
    if ask.count():
        expect(tid(phone, "certificate-name")).to_have_value(re.compile(HOA["name"]))
        ask.click()
    picture = tid(phone, "certificate-open").locator("img")
    expect(picture).to_be_visible()
    phone.wait_for_function("img => img.complete && img.naturalWidth > 500", arg=picture.element_handle())
    assert tid(phone, "certificate-save").get_attribute("download")
    expect_no_sideways_scroll(phone)
    tid(phone, "certificate-verify").click()
    expect(phone).to_have_url(re.compile("/xac-minh/"))
    expect(phone.locator("main")).to_contain_text(HOA["name"])


def test_a_finished_round_has_its_published_results_on_home(phone: Page) -> None:
    open_app(phone)
    tid(phone, "begin").click()
    enter_as(phone, HOA)
    tid(phone, "card-published").first.click()
    expect(phone).to_have_url(re.compile("/ket-qua/"))
    expect(phone.get_by_role("heading", level=1)).to_be_visible()


def test_three_of_a_family_one_of_them_a_child_use_one_phone(phone: Page) -> None:
    open_app(phone)
    tid(phone, "begin").click()
    for number, row in enumerate(FAMILY):
        if number:
            phone.get_by_text("Người khác đăng nhập").click()
        enter_as(phone, row)
        leave_the_phone(phone)
    expect(tid(phone, "person-card")).to_have_count(len(FAMILY))

    tid(phone, "person-card").filter(has_text=CHILD["name"]).click()
    tid(phone, "pin-input").fill(PIN)
    phone.get_by_role("button", name="Mở khóa").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Chào em")
    the_child_takes_part_as_the_law_asks(phone)
    answer_all(phone)
    hand_in(phone)
    expect_receipt(phone)

    tid(phone, "open-me").click()
    expect(tid(phone, "open-board-name")).to_have_count(0)  # no name of a child on boards
    expect(tid(phone, "membership")).to_have_count(1)


def the_child_takes_part_as_the_law_asks(phone: Page) -> None:
    """A class code, the guardian's agreement with a code, and the child's own yes."""
    running_card(phone).click()
    tid(phone, "start-contest").click()
    tid(phone, "class-input").fill(DATA["school"]["classes"][0]["join_code"])
    tid(phone, "class-join").click()
    tid(phone, "guardian-name").fill(FAMILY[0]["name"])
    tid(phone, "relation-mother").check()
    tid(phone, "guardian-send").click()
    tid(phone, "code-input").fill(tid(phone, "demo-code").inner_text().strip())
    tid(phone, "consent-check").check()
    tid(phone, "consent-agree").click()
    expect(phone.locator("main")).to_contain_text("Em có muốn tham gia")
    expect(tid(phone, "consent-check")).not_to_be_checked()
    tid(phone, "consent-check").check()
    tid(phone, "consent-agree").click()
    expect(tid(phone, "consent-agree")).to_have_count(0)
    tid(phone, "start-contest").click()
    expect(tid(phone, "question-text")).to_be_visible()


def leave_the_phone(phone: Page) -> None:
    tid(phone, "open-me").click()
    tid(phone, "lock").click()
    expect(tid(phone, "person-card").first).to_be_visible()
