"""Recognition for people: a certificate anybody can check, before and after it was taken back; a wall of those who agreed;
and the way from a suggestion to the register, through five people's hands."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from backend.demo.data import DATA
from tests.browser.steps import expect_no_sideways_scroll, open_activity, open_app, sign_in_to_console, tid
from tests.browser.test_results import HOA, enter_as

pytestmark = pytest.mark.browser

WALL = "/vinh-danh/05917"
CONSOLATION = "Khuyến khích"
QUANG = next(row for row in DATA["guests"] if "cell" in row)
THANKS = "Cảm ơn bà con đã thi đợt này (hư cấu)."
FORMAL = "Khen thưởng theo quyết định"
DAY = "23/11/2025"
"""A day of a year in which the demo has no decisions."""


def come_in(phone: Page, who: dict[str, Any] = HOA) -> None:
    open_app(phone)
    tid(phone, "begin").click()
    enter_as(phone, who)


def open_recognition(phone: Page) -> None:
    phone.goto("/app/#/me")
    tid(phone, "open-recognition").click()
    expect(tid(phone, "award").first).to_be_visible()


def leave(desk: Page) -> None:
    """The next person sits down at the same desk."""
    desk.context.clear_cookies()


# --- a certificate ---


def test_a_stranger_sees_the_truth_before_and_after_a_certificate_is_taken_back(
    phone: Page, desk: Page
) -> None:
    come_in(phone)
    open_recognition(phone)
    paper = tid(phone, "paper").first
    number = paper.get_attribute("data-number") or ""
    with phone.expect_download() as saving:
        paper.get_by_test_id("paper-save").click()
    assert saving.value.path().read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    link = paper.get_by_test_id("paper-verify").get_attribute("href")
    assert link

    desk.goto(link)
    expect(tid(desk, "verdict-valid")).to_be_visible()
    expect(tid(desk, "verdict-valid")).to_contain_text(HOA["name"])
    expect(desk.locator("meta[name=robots]")).to_have_attribute("content", "noindex, nofollow")

    take_back(desk, number)
    leave(desk)
    desk.goto(link)
    expect(tid(desk, "verdict-revoked")).to_be_visible()
    expect(tid(desk, "verdict-revoked")).to_contain_text("Khai sai thành tích")
    desk.goto(f"/xac-minh/{number}")
    expect(tid(desk, "verdict-revoked")).to_be_visible()
    expect(tid(desk, "verdict-valid")).to_have_count(0)

    phone.reload()
    revoked = phone.locator(f"[data-testid=paper][data-number='{number}']")
    expect(revoked).to_contain_text("Đã bị thu hồi")
    expect(revoked.get_by_test_id("paper-save")).to_have_count(0)


def take_back(desk: Page, certificate: str) -> None:
    """The officer enters the decision that takes the award with this certificate back."""
    sign_in_to_console(desk, "thidua")
    desk.goto("/admin/awards")
    tid(desk, "to-register").click()
    book = tid(desk, "book").locator("option").filter(has_text=FORMAL).first.get_attribute("value")
    tid(desk, "book").select_option(book)
    desk.get_by_role("button", name="Xem").click()
    line = tid(desk, "entry").filter(has_text=certificate)
    line.get_by_test_id("open-revoke").click()
    fill(
        line,
        {
            "number": "201/QĐ-UBND (minh hoạ)",
            "day": DAY,
            "signer": "Ma Văn Chính",
            "title": "Chủ tịch",
            "why": "Khai sai thành tích, theo kết luận kiểm tra",
        },
    )
    line.get_by_test_id("revoke").click()
    expect(line.get_by_test_id("revoked")).to_be_visible()


def fill(part: Locator, told: dict[str, str]) -> None:
    """Fields whose ids begin so, whatever number of the line stands behind."""
    for begins, words in told.items():
        part.locator(f"[id^='{begins}-'], [id='{begins}']").locator("visible=true").first.fill(words)


# --- a thank-you ---


def test_a_thank_you_is_taken_home_as_a_letter(phone: Page, desk: Page) -> None:
    come_in(phone)
    open_recognition(phone)
    given = tid(phone, "thank-you").filter(has=phone.locator("[data-testid=letter-begin]"))
    place = tid(phone, "thank-you").all_inner_texts().index(given.first.inner_text())
    one = tid(phone, "thank-you").nth(place)
    one.get_by_test_id("letter-begin").click()
    expect(one.get_by_test_id("letter-name")).to_have_value(re.compile(HOA["name"]))
    one.get_by_test_id("letter-ask").click()
    with phone.expect_download() as saving:
        one.get_by_test_id("paper-save").click()
    assert saving.value.path().read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    expect_no_sideways_scroll(phone)
    desk.goto(one.get_by_test_id("paper-verify").get_attribute("href") or "")
    expect(tid(desk, "verdict-valid")).to_contain_text("Thư cảm ơn")


# --- the wall ---


def test_a_name_is_on_the_wall_only_while_the_person_agrees(phone: Page, desk: Page) -> None:
    come_in(phone)
    open_recognition(phone)
    open_one_that_may_stand(phone)
    if tid(phone, "wall-hide").count():
        tid(phone, "wall-hide").click()
    expect(tid(phone, "wall-off")).to_be_visible()
    achievement = phone.locator("main h1").inner_text()
    mine = tid(desk, "honoured").filter(has_text=HOA["name"]).filter(has_text=achievement)

    desk.goto(WALL)
    expect(desk.locator("main h1")).to_have_text("Bảng vinh danh")
    expect(mine).to_have_count(0)

    tid(phone, "wall-ask").click()
    tid(phone, "wall-show").click()  # not read yet: it says what is missing
    expect(phone.locator("[role=alert]")).to_be_visible()
    expect(tid(phone, "consent-check")).not_to_be_checked()
    tid(phone, "consent-check").check()
    tid(phone, "wall-show").click()
    expect(tid(phone, "wall-on")).to_be_visible()
    expect_no_sideways_scroll(phone)

    desk.reload()
    expect(mine).to_have_count(1)
    assert desk.request.get(f"{WALL}.atom").text().count(HOA["name"]) >= 1
    assert desk.request.get(f"{WALL}/story.png").headers["content-type"] == "image/png"

    withdraw(phone, "bảng vinh danh")
    desk.reload()
    expect(tid(desk, "honoured").first).to_be_visible()
    expect(tid(desk, "honoured").filter(has_text=HOA["name"])).to_have_count(0)
    assert HOA["name"] not in desk.request.get(f"{WALL}.atom").text()
    assert HOA["name"] not in desk.request.get(f"{WALL}.json").text()


def open_one_that_may_stand(phone: Page) -> None:
    """The first award that was not taken back."""
    tid(phone, "award").filter(has_not_text="thu hồi").first.click()
    expect(tid(phone, "wall").locator("[data-testid=wall-on], [data-testid=wall-off]")).to_be_visible()


def withdraw(phone: Page, title: str) -> None:
    phone.goto("/app/#/me")
    row = phone.locator("li").filter(has_text=title).filter(has=phone.get_by_test_id("withdraw"))
    row.get_by_test_id("withdraw").click()
    tid(phone, "withdraw-confirm").click()
    expect(row).to_have_count(0)


# --- from a suggestion to the register ---


def test_from_a_suggestion_to_the_register_goes_through_five_hands(desk: Page) -> None:
    sign_in_to_console(desk, "thidua")
    desk.goto("/admin/awards")
    tid(desk, "award-activity").filter(has_text="Tìm hiểu").get_by_role("link").first.click()
    tid(desk, "rule").filter(has_text=CONSOLATION).get_by_role("link").click()
    expect(tid(desk, "candidate").first).to_be_visible()
    tid(desk, "candidate").first.locator("summary").click()
    expect(tid(desk, "candidate").first).to_contain_text("Thứ hạng")
    tid(desk, "take-up").click()
    expect(tid(desk, "nominee").first).to_be_visible()
    case = desk.url.split("#")[0]
    expect(tid(desk, "do-propose")).to_have_count(0)  # whoever keeps the book does not propose

    told: dict[str, tuple[str, dict[str, str]]] = {
        "vanhoa": ("propose", {}),
        "hoidong": ("council", {"day": DAY, "present": "7", "agreed": "7", "minutes": "Nhất trí (hư cấu)."}),
        "chutich": ("sign", {"signer": "Ma Văn Chính (hư cấu)", "signer_title": "Chủ tịch"}),
        "vanthuxa": ("number", {"number": "202/QĐ-UBND (minh hoạ)", "day": DAY}),
        "thidua": ("register", {}),
    }
    for who, (deed, words) in told.items():
        leave(desk)
        sign_in_to_console(desk, who)
        desk.goto(case)
        for name, typed in words.items():
            tid(desk, name).fill(typed)
        tid(desk, f"do-{deed}").click()
        expect(tid(desk, f"do-{deed}")).to_have_count(0)
    expect(tid(desk, "state")).to_contain_text(re.compile("vào sổ", re.IGNORECASE))
    expect(tid(desk, "nominee").first).to_contain_text("vào sổ số")
    tid(desk, "print").click()
    expect(tid(desk, "batch")).to_be_visible()


def test_thanks_reach_the_phone_at_once(phone: Page, desk: Page) -> None:
    """Of whoever took part in the round that runs; given at the console in one step."""
    sign_in_to_console(desk, "an")
    open_activity(desk)
    tid(desk, "thanks").click()
    tid(desk, "words").fill(THANKS)
    tid(desk, "give").click()
    expect(desk.get_by_text("Đã gửi lời cảm ơn")).to_be_visible()
    come_in(phone, QUANG)
    phone.goto("/app/#/recognition")
    expect(tid(phone, "thank-you").filter(has_text=THANKS)).to_have_count(1)
    expect(phone.locator("main")).to_contain_text("không phải hình thức khen thưởng")
