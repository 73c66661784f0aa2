"""What goes wrong on real phones: lost answers, tired clocks, full storage, a session that is gone."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.steps import (
    Newcomer,
    answer,
    answer_to,
    begin_paper,
    expect_answered,
    expect_no_sideways_scroll,
    expect_receipt,
    find_hamlet,
    find_signal,
    hand_in,
    in_the_phone,
    keep_app_on_phone,
    lose_signal,
    open_app,
    prove_number,
    running_card,
    sign_in_as_new,
    tid,
)

pytestmark = pytest.mark.browser

FULL = """() => {
  window.realPut = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
}"""
ROOM_AGAIN = "() => { IDBObjectStore.prototype.put = window.realPut; }"


def losing_the_answer(seen: list[str], method: str) -> Callable[[Route], None]:
    """The node does what it was asked the first time, and nobody on the phone hears of it."""

    def handle(route: Route) -> None:
        if route.request.method != method:
            return route.continue_()
        seen.append(route.request.post_data or "")
        if len(seen) > 1:
            return route.continue_()
        route.fetch()
        return route.abort("internetdisconnected")

    return handle


def fill_in(page: Page, who: Newcomer) -> None:
    tid(page, "name-input").fill(who.name)
    tid(page, "birth-year-input").fill(who.born)
    tid(page, "pin-input").fill(who.pin)
    tid(page, "pin-again-input").fill(who.pin)
    find_hamlet(page).click()


def test_a_new_person_whose_answer_got_lost_is_made_once(phone: Page) -> None:
    who = Newcomer("Lự Văn Đôi")
    sent: list[str] = []
    phone.route("**/sign-in/persons", losing_the_answer(sent, "POST"))
    open_app(phone)
    tid(phone, "begin").click()
    prove_number(phone, who.phone)
    fill_in(phone, who)
    tid(phone, "create-person").dblclick()
    expect(phone.get_by_role("alert")).to_contain_text("Chưa kết nối được")
    assert len(sent) == 1
    tid(phone, "create-person").click()
    expect(running_card(phone)).to_be_visible()
    first, second = (json.loads(body) for body in sent)
    assert first["person_id"] == second["person_id"]

    tid(phone, "open-me").click()
    tid(phone, "lock").click()
    phone.get_by_text("Người khác đăng nhập").click()
    prove_number(phone, who.phone)
    expect(tid(phone, "new-person")).to_be_visible()
    expect(tid(phone, "person-card")).to_have_count(1)


def test_a_number_proved_too_long_ago_is_proved_again_and_nothing_is_typed_twice(
    phone: Page, allowed: list[str]
) -> None:
    allowed.append("the server responded with a status of 409")
    who = Newcomer("Lò Thị Muộn")
    open_app(phone)
    tid(phone, "begin").click()
    prove_number(phone, who.phone)
    fill_in(phone, who)
    expired = json.dumps({"status": 409, "code": "ticket_expired", "detail": "…"})
    phone.route("**/sign-in/persons", lambda route: route.fulfill(status=409, body=expired))
    tid(phone, "create-person").click()
    expect(tid(phone, "signin-expired")).to_contain_text("những gì đã điền vẫn còn")
    expect(tid(phone, "phone-input")).to_have_value(who.phone)
    phone.unroute("**/sign-in/persons")

    prove_number(phone, who.phone)
    expect(tid(phone, "name-input")).to_have_value(who.name)
    expect(tid(phone, "birth-year-input")).to_have_value(who.born)
    expect(tid(phone, "pin-again-input")).to_have_value(who.pin)
    tid(phone, "create-person").click()
    expect(running_card(phone)).to_be_visible()


def test_from_every_step_of_the_sign_in_one_can_change_the_number(phone: Page) -> None:
    mother = Newcomer("Quàng Thị Đổi")
    sign_in_as_new(phone, mother)
    tid(phone, "open-me").click()
    tid(phone, "lock").click()
    phone.get_by_text("Người khác đăng nhập").click()
    prove_number(phone, mother.phone)
    tid(phone, "other-phone").click()
    expect(tid(phone, "phone-input")).to_have_value(mother.phone)
    prove_number(phone, mother.phone)
    tid(phone, "new-person").click()
    tid(phone, "other-phone").click()
    expect(tid(phone, "phone-input")).to_have_value(mother.phone)


def test_an_erase_whose_answer_got_lost_ends_with_nothing_on_the_phone(
    phone: Page, allowed: list[str]
) -> None:
    allowed.append("the server responded with a status of 401")
    who = Newcomer("Cà Thị Xoá")
    sign_in_as_new(phone, who)
    sent: list[str] = []
    phone.route("**/api/v1/me", losing_the_answer(sent, "DELETE"))
    phone.goto("/app/#/erase")
    tid(phone, "erase-pin").fill(who.pin)
    tid(phone, "erase-confirm").click()
    expect(phone.get_by_role("alert").first).to_contain_text("Cần có sóng")
    tid(phone, "erase-pin").fill(who.pin)
    tid(phone, "erase-confirm").click()
    expect(tid(phone, "erased")).to_be_visible()
    assert in_the_phone(phone)["persons"] == []


def test_somebody_can_be_removed_from_a_phone_without_signal(phone: Page) -> None:
    sign_in_as_new(phone, Newcomer("Hà Văn Gỡ"))
    begin_paper(phone)
    lose_signal(phone)
    answer_to(phone, 2)
    phone.goto("/app/#/persons")
    tid(phone, "remove-person").click()
    expect(tid(phone, "remove-unsent")).to_contain_text("Còn 1 việc chưa gửi")
    expect_no_sideways_scroll(phone)
    tid(phone, "remove-confirm").click()
    expect(tid(phone, "begin")).to_be_visible()
    found = in_the_phone(phone)
    assert (found["persons"], found["outbox"]) == ([], [])
    assert all(row["key"].startswith("public:") for row in found["known"])


def test_a_phone_that_cannot_save_says_so_and_keeps_the_choice(phone: Page) -> None:
    sign_in_as_new(phone, Newcomer("Vi Thị Đầy"))
    begin_paper(phone)
    phone.evaluate(FULL)
    answer(phone, 1)
    expect(tid(phone, "cannot-save")).to_contain_text("Máy không lưu được.")
    expect(tid(phone, "cannot-save")).to_be_in_viewport()
    expect(phone.get_by_text("Đã lưu trên máy")).to_have_count(0)
    phone.evaluate(ROOM_AGAIN)
    answer(phone, 2)
    expect(tid(phone, "cannot-save")).to_have_count(0)
    expect(phone.get_by_text("Đã lưu trên máy")).to_be_visible()
    phone.reload()
    expect_answered(phone, 1)


def test_after_a_reload_without_signal_the_clock_of_the_phone_asks_before_it_hands_in(phone: Page) -> None:
    sign_in_as_new(phone, Newcomer("Đèo Văn Giờ"))
    begin_paper(phone)
    answer_to(phone, 2)
    keep_app_on_phone(phone)
    lose_signal(phone)
    phone = later(phone, minutes=25)
    running_card(phone).click()
    tid(phone, "resume-contest").click()
    expect(phone.get_by_role("dialog")).to_contain_text("Hết giờ theo đồng hồ của máy")
    expect_no_sideways_scroll(phone)
    tid(phone, "over-go-on").click()
    expect(tid(phone, "time-left")).to_have_text("Chờ giờ của máy chủ")
    answer(phone)
    assert not [row for row in in_the_phone(phone)["outbox"] if row["action"] == "contest.submit"]

    find_signal(phone)  # the node knows that there is time
    expect(tid(phone, "time-left")).to_contain_text("Còn 1")
    expect_answered(phone, 3)
    hand_in(phone)
    expect_receipt(phone)


def later(phone: Page, minutes: int) -> Page:
    """The app closed and opened again on a phone whose clock says so much more."""
    context = phone.context
    phone.close()
    context.clock.install(time=datetime.now().astimezone() + timedelta(minutes=minutes))
    fresh = context.new_page()
    fresh.goto("/app/")
    return fresh
