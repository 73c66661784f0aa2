"""The contest on the phone: five forms of questions, the prediction, one paper in one place, boards, display."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.demo_node import DemoNode
from tests.browser.steps import (
    Newcomer,
    answer,
    answer_to,
    begin_paper,
    expect_answered,
    expect_no_sideways_scroll,
    expect_question,
    expect_receipt,
    find_signal,
    form_of,
    hand_in,
    in_the_phone,
    lose_signal,
    open_app,
    open_contest,
    predict,
    prove_number,
    questions_on,
    running_card,
    sign_in_as_new,
    skip_to,
    tid,
)

pytestmark = pytest.mark.browser

Opened = Callable[..., Any]
PEOPLE_TRIED = 8


# --- the forms ----------------------------------------------------------------------------------------------------


def test_every_form_of_question_is_answered_and_comes_back_as_it_was_left(phone: Page) -> None:
    sign_in_as_new(phone, Newcomer("Giàng Thị Đủ"))
    begin_paper(phone)
    of, seen = questions_on(phone), {}
    for number in range(1, of + 1):
        expect_question(phone, number)
        answer(phone, 1)
        seen[number] = shown(phone)
        tid(phone, "next-question").click()
    expect_answered(phone, of)
    phone.reload()
    expect(tid(phone, "prediction-input")).to_be_visible()  # only that is still open
    for number in range(of, 0, -1):
        tid(phone, "prev-question").click()
        expect_question(phone, number)
        assert shown(phone) == seen[number]


def shown(phone: Page) -> tuple[str, list[str]]:
    """The form on the screen, and its answer as a person sees it."""
    form = form_of(phone)
    if form == "ordering":
        return form, phone.locator(".ordering li").all_inner_texts()
    if form == "matching":
        return form, phone.locator("[data-testid^=match-]").all_inner_texts()
    return form, phone.locator("[data-testid^=option-][aria-pressed=true]").all_inner_texts()


@pytest.fixture
def question_of(opened: Opened) -> Iterator[Callable[[str], Page]]:
    """A question of that form on the screen of a new phone. Papers are drawn by lot, so it may take a few people."""
    with ExitStack() as phones:

        def find(form: str) -> Page:
            for _ in range(PEOPLE_TRIED):
                page: Page = phones.enter_context(opened("phone", **PHONE)).new_page()
                sign_in_as_new(page, Newcomer(f"Người Thử {form}"))
                begin_paper(page)
                if skip_to(page, form):
                    return page
            raise AssertionError(f"{PEOPLE_TRIED} papers without a question of the form {form}")

        yield find


def test_things_are_put_in_order_by_keyboard_and_said_aloud(question_of: Callable[[str], Page]) -> None:
    phone = question_of("ordering")
    lines = phone.locator(".ordering li")
    second = lines.nth(1).locator("span").first.inner_text()
    lines.nth(1).locator("[data-testid^=up-]").focus()
    phone.keyboard.press("Enter")
    expect(lines.nth(0)).to_contain_text(second)
    expect(phone.get_by_text(f"{second}: vị trí 1 trên {lines.count()}")).to_have_count(1)
    assert phone.evaluate("() => document.activeElement.dataset.testid").startswith(
        "up-"
    )  # the same line's button
    phone.keyboard.press("Enter")  # it is at the top: nothing moves, nothing breaks
    expect(lines.nth(0)).to_contain_text(second)
    expect(tid(phone, "order-kept")).to_be_visible()


def test_pairs_are_made_by_keyboard_and_one_mate_belongs_to_one_line(
    question_of: Callable[[str], Page],
) -> None:
    phone = question_of("matching")
    lines = phone.locator("[data-testid^=match-]")
    for at in (0, 1):
        lines.nth(at).focus()
        phone.keyboard.press("Enter")
        expect(phone.get_by_role("dialog").locator(":focus")).to_have_count(1)  # the focus has come into it
        phone.locator("[data-testid^=pick-]").first.press("Enter")
        expect(phone.get_by_role("dialog")).to_have_count(0)
        expect(lines.nth(at)).to_be_focused()
    expect(lines.nth(0)).to_have_text("Chọn ý ghép")  # its mate went to the second line
    expect(phone.get_by_text(f"Đã ghép 1 trên {lines.count()}", exact=True)).to_be_visible()


def test_of_several_answers_the_last_one_stays(question_of: Callable[[str], Page]) -> None:
    phone = question_of("several")
    first, second = (
        phone.locator("[data-testid^=option-]").nth(0),
        phone.locator("[data-testid^=option-]").nth(1),
    )
    first.click()
    second.click()
    expect(phone.get_by_text("Đã chọn 2", exact=True)).to_be_visible()
    first.click()
    expect(first).to_have_attribute("aria-pressed", "false")
    second.click()
    expect(second).to_have_attribute("aria-pressed", "true")
    expect(phone.get_by_text("Cần giữ lại ít nhất một.")).to_be_visible()


# --- batches and the prediction ---------------------------------------------------------------------------------------


def test_answers_travel_a_few_at_a_time_and_none_waits_for_the_hand_in(phone: Page) -> None:
    sign_in_as_new(phone, Newcomer("Bàn Thị Gom"))
    begin_paper(phone)
    answer_to(phone, 6)
    hand_in(phone)
    expect_receipt(phone)
    outbox = in_the_phone(phone)["outbox"]
    batches = [row for row in outbox if row["action"] == "contest.answer"]
    assert 1 <= len(batches) <= 4, "six quick answers are two to three deeds, with the odd one on a slow day"
    assert [row["outcome"] for row in batches] == ["noted"] * len(batches)
    assert sum(row["action"] == "contest.submit" for row in outbox) == 1


def test_a_paper_is_not_handed_in_without_its_prediction(phone: Page) -> None:
    sign_in_as_new(phone, Newcomer("Đặng Thị Đoán"))
    begin_paper(phone)
    answer(phone, 0)
    tid(phone, "overview").click()
    phone.get_by_role("dialog").get_by_test_id("submit-paper").click()
    expect(tid(phone, "prediction")).to_be_visible()
    tid(phone, "submit-paper").click()
    expect(phone.get_by_role("alert")).to_contain_text("Xin ghi số dự đoán")
    tid(phone, "prediction-input").fill("nhiều lắm")
    tid(phone, "submit-paper").click()
    expect(tid(phone, "confirm-submit")).to_have_count(0)
    predict(phone, 1250)
    expect(phone.get_by_text("Đã ghi: 1.250 người")).to_be_visible()
    phone.reload()  # it is written down like an answer
    tid(phone, "overview").click()
    expect(tid(phone, "overview-prediction")).to_have_text("Dự đoán: 1.250 người")
    phone.get_by_role("dialog").get_by_test_id("submit-paper").click()
    expect(phone.get_by_role("dialog")).to_contain_text("Dự đoán: 1.250 người")
    tid(phone, "confirm-submit").click()
    expect_receipt(phone)
    expect(phone.locator("main")).to_contain_text("Số đã dự đoán: 1.250 người")


# --- one paper in one place -----------------------------------------------------------------------------------------------


def test_a_second_tab_says_so_and_can_go_on(phone: Page) -> None:
    sign_in_as_new(phone, Newcomer("Phàn Thị Thẻ"))
    begin_paper(phone)
    answer_to(phone, 2)
    second = phone.context.new_page()
    second.goto(phone.url)
    expect(tid(second, "other-tab-paper")).to_be_visible()
    expect_no_sideways_scroll(second)
    tid(second, "take-tab").click()
    expect_answered(second, 2)
    answer(second, 0)
    expect(tid(phone, "other-tab-paper")).to_be_visible()
    tid(phone, "take-tab").click()
    expect_answered(phone, 3)
    expect(tid(second, "other-tab-paper")).to_be_visible()


def test_a_paper_moves_to_another_phone_and_back_and_nothing_typed_is_lost(
    opened: Opened, phone: Page
) -> None:
    who = Newcomer("Tẩn Thị Chuyển")
    sign_in_as_new(phone, who)
    begin_paper(phone)
    answer_to(phone, 3)
    phone.wait_for_timeout(2_500)  # they are with the node

    with opened("second phone", **PHONE) as context:
        other = context.new_page()
        sign_in_again(other, who)
        running_card(other).click()
        tid(other, "resume-contest").click()
        expect(tid(other, "other-phone-paper")).to_contain_text("Làm tiếp ở máy này?")
        expect_no_sideways_scroll(other)
        lose_signal(phone)
        tid(other, "take-over").click()
        expect_answered(other, 3)
        answer(other, 1)  # the fourth question

        answer(phone, 2)  # the fourth here too, without signal and after the other phone took over
        tid(phone, "next-question").click()
        answer(phone, 1)  # and a fifth, which only this phone knows
        find_signal(phone)
        expect(tid(phone, "other-phone-paper")).to_be_visible()
        tid(phone, "take-over").click()
        expect_answered(phone, 5)
        expect_goes_elsewhere(other)

        hand_in(phone)
        expect_receipt(phone)
        other.goto("/app/")
        running_card(other).click()
        expect(tid(other, "submit-status")).to_contain_text("Đã ghi nhận bài thi")


def expect_goes_elsewhere(other: Page) -> None:
    """The phone that lost the paper learns it with the next answer it sends."""
    tid(other, "next-question").click()
    answer(other, 0)
    expect(tid(other, "other-phone-paper")).to_be_visible()


def sign_in_again(page: Page, who: Newcomer) -> None:
    """On a phone of her own that she has not used yet."""
    open_app(page)
    tid(page, "begin").click()
    prove_number(page, who.phone)
    tid(page, "person-card").filter(has_text=who.name).click()
    tid(page, "pin-input").fill(who.pin)
    tid(page, "enter").click()
    expect(running_card(page)).to_be_visible()


# --- before and after the paper ------------------------------------------------------------------------------------------


def test_rules_and_boards_are_there_for_reading_before_anything_is_settled(phone: Page) -> None:
    sign_in_as_new(phone, Newcomer("Vừ Thị Xem"))
    open_contest(phone)
    tid(phone, "open-rules").click()
    expect(tid(phone, "rules").get_by_role("listitem").first).to_be_visible()
    phone.go_back()
    tid(phone, "open-boards").click()
    expect(tid(phone, "boards-early")).to_contain_text("chưa chốt kết quả")
    expect(tid(phone, "my-place")).to_have_count(0)
    expect(tid(phone, "board-top")).to_have_count(0)
    tid(phone, "how").locator("summary").click()
    expect(tid(phone, "how").get_by_role("listitem").first).to_be_visible()


def test_a_name_goes_on_the_boards_only_when_asked_and_off_with_one_press(phone: Page) -> None:
    sign_in_as_new(phone, Newcomer("Hạng Thị Tên"))
    tid(phone, "open-me").click()
    tid(phone, "open-board-name").click()
    expect(tid(phone, "consent-check")).not_to_be_checked()
    tid(phone, "board-name-show").click()
    expect(phone.get_by_role("alert")).to_have_count(2)
    tid(phone, "board-name-input").fill("Bà Tên (hư cấu)")
    tid(phone, "consent-check").check()
    tid(phone, "board-name-show").click()
    expect(tid(phone, "board-name")).to_have_text("Bà Tên (hư cấu)")
    tid(phone, "board-name-hide").click()
    expect(tid(phone, "consent-check")).not_to_be_checked()


def test_nobody_under_eighteen_is_offered_a_name_on_the_boards(phone: Page) -> None:
    sign_in_as_new(phone, Newcomer("Mùa A Trẻ", born="2009"))
    phone.goto("/app/#/board-name")
    expect(tid(phone, "board-name-minor")).to_be_visible()
    expect(tid(phone, "board-name-input")).to_have_count(0)


# --- display and the line --------------------------------------------------------------------------------------------------


def test_type_colours_and_language_stay_as_they_were_chosen(phone: Page) -> None:
    sign_in_as_new(phone, Newcomer("Cứ Thị Nhìn"))
    tid(phone, "open-me").click()
    tid(phone, "size-largest").click()
    tid(phone, "contrast").check()
    tid(phone, "lang-en").click()
    expect(phone.get_by_role("heading", name="Me", exact=True)).to_be_visible()
    phone.reload()
    expect(tid(phone, "size-largest")).to_have_attribute("aria-pressed", "true")
    expect(tid(phone, "contrast")).to_be_checked()
    expect(phone.locator("html")).to_have_attribute("lang", "en")
    expect(phone.locator("html.largest.contrast")).to_have_count(1)


def test_a_phone_without_a_vietnamese_voice_says_what_to_do(phone: Page) -> None:
    sign_in_as_new(phone, Newcomer("Giàng A Câm"))
    begin_paper(phone)
    assert (
        phone.evaluate("() => speechSynthesis.getVoices().filter(v => v.lang.startsWith('vi')).length") == 0
    )
    tid(phone, "listen").click()
    expect(tid(phone, "no-voice")).to_contain_text("chưa có giọng đọc tiếng Việt")


def test_a_voice_reads_the_question_and_its_options(phone: Page) -> None:
    phone.add_init_script(VOICE)
    sign_in_as_new(phone, Newcomer("Giàng Thị Nghe"))
    begin_paper(phone)
    tid(phone, "listen").click()
    phone.wait_for_function("() => window.said.length > 2")
    said = phone.evaluate("() => window.said")
    assert said[0] == tid(phone, "question-text").inner_text()
    assert any(line.startswith("A. ") for line in said) or form_of(phone) == "ordering"


VOICE = """
window.said = [];
const voice = {lang: "vi-VN", name: "Giọng thử", localService: true, default: true, voiceURI: "x"};
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
Object.defineProperty(window, "speechSynthesis", {value: {
  getVoices: () => [voice], cancel() {}, addEventListener() {},
  speak(one) { window.said.push(one.text); },
}});
"""

SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""400 kbit/s and 400 ms."""


def test_a_first_visit_on_a_slow_line_is_usable_within_five_seconds(browser: Browser, node: DemoNode) -> None:
    context = browser.new_context(base_url=node.url, **PHONE)
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    page.goto("/app/", wait_until="commit")
    tid(page, "begin").click()
    expect(tid(page, "phone-input")).to_be_editable()
    taken = page.evaluate("() => performance.now()")
    context.close()
    assert taken < 5_000, f"{taken / 1000:.1f} s until the first field could be filled in"
