"""Without signal: nothing done is lost, nothing is done behind the person's back, and every refusal is a sentence."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    Newcomer,
    agree_to_take_part,
    answer,
    answer_to,
    ask_for_code,
    begin_paper,
    expect_answered,
    expect_no_sideways_scroll,
    expect_question,
    expect_receipt,
    expect_tally,
    find_signal,
    hand_in,
    in_the_phone,
    introduce,
    keep_app_on_phone,
    lose_signal,
    open_app,
    open_contest,
    prove_number,
    reopen_tab,
    running_card,
    sign_in_as_new,
    skip_to,
    tid,
)

pytestmark = pytest.mark.browser


def test_a_paper_handed_in_without_signal_waits_and_is_counted_when_the_signal_is_back(phone: Page) -> None:
    sign_in_as_new(phone, Newcomer("Ngô Thị Sương"))
    begin_paper(phone)
    answer_to(phone, 3)
    lose_signal(phone)
    answer(phone)
    hand_in(phone)
    expect(tid(phone, "submit-status")).to_contain_text("Đã lưu trên máy, sẽ gửi khi có sóng")
    expect(tid(phone, "receipt")).to_have_count(0)
    expect_tally(phone, counted=0)

    phone = reopen_tab(phone)
    running_card(phone).click()
    expect(tid(phone, "submit-status")).to_contain_text("Đã lưu trên máy")
    find_signal(phone)
    expect_receipt(phone)
    expect(tid(phone, "result-right")).to_be_visible()
    expect_tally(phone, counted=1, waiting=0, refused=0)


def test_a_contest_cannot_be_started_without_signal_and_nothing_is_queued(phone: Page) -> None:
    sign_in_as_new(phone, Newcomer("Mạc Văn Lâm"))
    open_contest(phone)
    agree_to_take_part(phone)
    lose_signal(phone)
    tid(phone, "start-contest").click()
    expect(tid(phone, "offline-note")).to_contain_text("chưa có lượt nào bị tính")
    expect(tid(phone, "start-contest")).to_be_in_viewport()
    assert in_the_phone(phone)["outbox"] == []

    find_signal(phone)
    tid(phone, "start-contest").click()
    expect_question(phone, 1)


def test_the_app_opens_without_signal_after_its_first_visit(phone: Page) -> None:
    open_app(phone)
    keep_app_on_phone(phone)
    phone.context.set_offline(True)
    phone = reopen_tab(phone)
    expect(tid(phone, "begin")).to_be_visible()
    tid(phone, "begin").click()
    tid(phone, "phone-input").fill("0987 999 111")
    tid(phone, "send-code").click()
    expect(phone.get_by_role("alert")).to_contain_text("Chưa kết nối được")
    expect(tid(phone, "phone-input")).to_have_value("0987 999 111")


def test_a_paper_whose_time_runs_out_without_signal_is_closed_and_kept(phone: Page) -> None:
    phone.clock.install()
    sign_in_as_new(phone, Newcomer("Bế Thị Nhàn"))
    begin_paper(phone)
    answer_to(phone, 2)
    lose_signal(phone)
    minutes, seconds = map(int, tid(phone, "time-left").inner_text().split()[-1].split(":"))
    phone.clock.fast_forward((minutes * 60 + seconds - 40) * 1000)
    expect(phone.get_by_text("Còn 1 phút.")).to_have_count(1)
    phone.clock.fast_forward("01:00")
    give_the_prediction_within_the_grace(phone)
    expect(phone.get_by_text("Hết giờ làm bài, bài đã được đóng lại và tự nộp.")).to_be_visible()
    expect(tid(phone, "submit-status")).to_contain_text("Đã lưu trên máy, sẽ gửi khi có sóng")
    (submission,) = [row for row in in_the_phone(phone)["outbox"] if row["action"] == "contest.submit"]
    assert submission["state"] in ("frozen", "sent")


def give_the_prediction_within_the_grace(phone: Page) -> None:
    expect(phone.get_by_role("dialog")).to_contain_text("Hết giờ làm bài. Còn thiếu số dự đoán")
    expect_no_sideways_scroll(phone)
    tid(phone, "prediction-input").fill("12")
    tid(phone, "late-guess-submit").click()


def test_a_wrong_code_is_answered_in_words_and_the_number_stays(phone: Page, allowed: list[str]) -> None:
    allowed.append("the server responded with a status of 4")
    open_app(phone)
    tid(phone, "begin").click()
    code = ask_for_code(phone, "0987999222")
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    tid(phone, "code-input").fill(wrong)
    tid(phone, "verify-code").click()
    expect(phone.get_by_role("alert")).to_have_text("Mã chưa đúng. Còn 4 lần nhập.")
    expect(tid(phone, "code-input")).to_have_value(wrong)
    expect(phone.locator("main")).to_contain_text("0987999222")

    phone.reload()
    expect(phone.locator("main")).to_contain_text("0987999222")
    tid(phone, "code-input").fill(code)
    tid(phone, "verify-code").click()
    expect(tid(phone, "name-input")).to_be_visible()


def test_a_hamlet_nobody_knows_is_answered_with_what_to_do(phone: Page) -> None:
    open_app(phone)
    tid(phone, "begin").click()
    prove_number(phone, "0987999333")
    tid(phone, "unit-search").fill("xóm trên mây")
    expect(phone.get_by_text("Không tìm thấy nơi nào có tên như vậy. Xin gõ ít chữ hơn.")).to_be_visible()
    expect(tid(phone, "unit-option")).to_have_count(0)
    tid(phone, "unit-search").fill("cau cong")
    expect(tid(phone, "unit-option")).to_contain_text("Cầu Cong")
    expect_no_sideways_scroll(phone)


def test_two_people_on_one_phone_each_see_only_their_own_paper(phone: Page) -> None:
    mother = Newcomer("Triệu Thị Mùi")
    son = Newcomer("Triệu Văn Páo", phone=mother.phone, born="1990", pin="1357")
    sign_in_as_new(phone, mother)
    begin_paper(phone)
    answer_to(phone, 4)
    hand_in(phone)
    expect_receipt(phone)
    expect_tally(phone, counted=1)
    leave_the_phone(phone)

    phone.get_by_text("Người khác đăng nhập").click()
    prove_number(phone, son.phone)
    expect(tid(phone, "person-card")).to_contain_text(mother.name)
    tid(phone, "new-person").click()
    introduce(phone, son)
    expect(running_card(phone)).to_contain_text("Chưa dự thi")
    expect_tally(phone, counted=0, waiting=0)
    tid(phone, "open-receipts").click()
    expect(phone.locator("main")).to_contain_text("Chưa có việc nào")
    tid(phone, "open-home").click()
    begin_paper(phone)
    answer_to(phone, 2)
    expect_answered(phone, 2)
    phone.goto("/app/")
    expect(running_card(phone)).to_contain_text("Đang làm bài")
    leave_the_phone(phone)

    unlock(phone, mother)
    expect(running_card(phone)).to_contain_text("Đã nộp bài")
    expect_tally(phone, counted=1)
    leave_the_phone(phone)

    unlock(phone, son)
    running_card(phone).click()
    tid(phone, "resume-contest").click()
    expect_question(phone, 3)
    expect_answered(phone, 2)
    assert {row["person"] for row in in_the_phone(phone)["outbox"]} == {
        row["id"] for row in in_the_phone(phone)["persons"]
    }


def leave_the_phone(phone: Page) -> None:
    tid(phone, "open-me").click()
    tid(phone, "lock").click()
    expect(tid(phone, "person-card").first).to_be_visible()


def unlock(phone: Page, who: Newcomer) -> None:
    tid(phone, "person-card").filter(has_text=who.name).click()
    tid(phone, "pin-input").fill(who.pin)
    phone.get_by_role("button", name="Mở khóa").click()
    expect(running_card(phone)).to_be_visible()


def test_answers_given_twice_keep_the_last_one(phone: Page) -> None:
    sign_in_as_new(phone, Newcomer("Chu Văn Tích"))
    begin_paper(phone)
    assert skip_to(phone, "single")
    answer(phone, 0)
    answer(phone, 2)
    lose_signal(phone)
    answer(phone, 1)
    phone.reload()
    expect_answered(phone, 1)
    while tid(phone, "prev-question").is_enabled():
        tid(phone, "prev-question").click()
    assert skip_to(phone, "single")
    expect(phone.locator("[data-testid^=option-][aria-pressed=true]")).to_have_count(1)
    expect(phone.locator("[data-testid^=option-]").nth(1)).to_have_attribute("aria-pressed", "true")
