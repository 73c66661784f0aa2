"""Every screen as axe-core sees it, and a paper answered without touching the glass."""

import functools
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo_node import ROOT
from tests.browser.steps import (
    Newcomer,
    agree_to_take_part,
    answer,
    begin_paper,
    expect_no_sideways_scroll,
    expect_receipt,
    find_hamlet,
    form_of,
    hand_in,
    introduce,
    lose_signal,
    open_activity,
    open_app,
    open_contest,
    open_facts,
    open_scorecard,
    predict,
    prove_number,
    sign_in_as_new,
    sign_in_to_console,
    skip_to,
    tid,
)
from tests.browser.test_results import HOA, enter_as, settled_card

pytestmark = pytest.mark.browser

AXE = ROOT / "mobile_api" / "pwa" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
ANY = ("minor", "moderate", *GRAVE)
FIND = """async (grave) => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.filter((one) => grave.includes(one.impact))
    .map((one) => `${one.id} (${one.impact}): ${one.nodes.map((node) => node.html).join(" | ")}`);
}"""


@functools.cache
def axe() -> str:
    if not AXE.exists():
        pytest.fail(f"{AXE.relative_to(ROOT)} is missing: run `make pwa` first", pytrace=False)
    return AXE.read_text(encoding="utf-8")


@pytest.fixture
def looked_at() -> "Look":
    """Collects what axe finds on each screen, so that one walk reports all its screens at once."""
    return Look()


class Look:
    """`look(page, 'home')` examines what is on the screen; `look.fine()` fails with all that was found.

    Where LANTOA_SHOTS names a folder, each screen looked at leaves its picture there.
    """

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.screens: list[str] = []
        self.impacts: tuple[str, ...] = GRAVE

    def __call__(self, page: Page, screen: str) -> None:
        page.evaluate("() => document.fonts.ready")
        page.evaluate(axe())
        self.faults += [f"{screen}: {line}" for line in page.evaluate(FIND, list(self.impacts))]
        self.screens.append(screen)
        expect_no_sideways_scroll(page)
        if folder := os.environ.get("LANTOA_SHOTS"):
            self.keep(page, Path(folder), screen)

    def keep(self, page: Page, folder: Path, screen: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        wide = page.evaluate("() => innerWidth")
        name = f"{len(self.screens):02d}-{re.sub('[^a-z0-9]+', '-', screen.lower())}-{wide}.png"
        page.screenshot(path=folder / name, full_page=not page.get_by_role("dialog").count())

    def fine(self) -> None:
        assert not self.faults, "\n".join(self.faults)


@pytest.mark.parametrize(("language", "width"), [("vi", 360), ("en", 360), ("vi", 1280)])
def test_no_screen_of_the_phone_shuts_anybody_out(
    phone: Page, looked_at: Look, language: str, width: int
) -> None:
    look, who = looked_at, Newcomer("Ma Thị Nở")
    look.impacts = ANY
    phone.set_viewport_size({"width": width, "height": 740 if width == 360 else 800})
    coming_in(phone, look, who, language)
    before_the_paper(phone, look)
    every_form_of_question(phone, look)
    the_sheets_of_the_paper(phone, look)
    lose_signal_in_the_paper(phone)
    look(phone, "question without signal")
    phone.context.set_offline(False)
    expect(tid(phone, "offline-note")).to_have_count(0)
    hand_in(phone)
    expect_receipt(phone)
    look(phone, "result")
    what_is_mine(phone, look)
    look.fine()


def coming_in(phone: Page, look: Look, who: Newcomer, language: str) -> None:
    open_app(phone)
    if language == "en":
        phone.get_by_role("button", name="English").click()
        expect(phone.locator("html")).to_have_attribute("lang", "en")
    expect(tid(phone, "begin")).to_be_visible()
    look(phone, "welcome")
    tid(phone, "begin").click()
    look(phone, "phone number")
    prove_number(phone, who.phone)
    find_hamlet(phone)
    look(phone, "new person")
    introduce(phone, who)
    look(phone, "home")


def before_the_paper(phone: Page, look: Look) -> None:
    open_contest(phone)
    look(phone, "intro")
    tid(phone, "open-rules").click()
    expect(tid(phone, "rules")).to_be_visible()
    look(phone, "rules")
    phone.go_back()
    tid(phone, "open-boards").click()
    expect(tid(phone, "boards-early")).to_be_visible()
    tid(phone, "how").locator("summary").click()
    look(phone, "boards before settlement")
    phone.go_back()
    tid(phone, "start-contest").click()
    expect(tid(phone, "consent-check")).to_be_visible()
    look(phone, "consent")
    tid(phone, "consent-agree").click()
    look(phone, "consent not ticked")
    tid(phone, "open-home").click()
    open_contest(phone)
    agree_to_take_part(phone)
    tid(phone, "start-contest").click()
    expect(tid(phone, "question-text")).to_be_visible()


def every_form_of_question(phone: Page, look: Look) -> None:
    seen: set[str] = set()
    while tid(phone, "question-text").count():
        form = form_of(phone)
        if form not in seen:
            look(phone, f"question {form}")
            answer(phone, 1)
            look(phone, f"question {form} answered")
        if form == "matching" and form not in seen:
            phone.locator("[data-testid^=match-]").first.click()
            look(phone, "choosing a mate")
            phone.keyboard.press("Escape")
        seen.add(form)
        tid(phone, "next-question").click()
        expect(phone.locator(".question h2")).to_be_focused()
    assert len(seen) >= 3, f"only {seen} were on the paper"


def the_sheets_of_the_paper(phone: Page, look: Look) -> None:
    look(phone, "prediction")
    tid(phone, "submit-paper").click()
    look(phone, "prediction missing")
    predict(phone, 1250)
    tid(phone, "submit-paper").click()
    expect(tid(phone, "confirm-submit")).to_be_visible()
    look(phone, "asking before handing in")
    phone.keyboard.press("Escape")
    tid(phone, "overview").click()
    look(phone, "overview")
    phone.keyboard.press("Escape")
    tid(phone, "open-display").click()
    look(phone, "display while in the paper")
    phone.keyboard.press("Escape")
    second = phone.context.new_page()
    second.set_viewport_size(phone.viewport_size or {"width": 360, "height": 740})
    second.goto(phone.url)
    expect(tid(second, "other-tab-paper")).to_be_visible()
    look(second, "the paper is in another tab")
    second.close()


def what_is_mine(phone: Page, look: Look) -> None:
    for tab in ("open-receipts", "open-me", "open-home"):
        tid(phone, tab).click()
        expect(tid(phone, tab)).to_have_attribute("aria-current", "page")
        look(phone, tab)
    for path, there in (("board-name", "board-name-show"), ("join", "class-join"), ("erase", "erase-pin")):
        phone.goto(f"/app/#/{path}")
        expect(tid(phone, there)).to_be_visible()
        look(phone, path)


@pytest.mark.parametrize("width", [360, 1280])
def test_no_screen_after_the_results_shuts_anybody_out(phone: Page, looked_at: Look, width: int) -> None:
    look = looked_at
    look.impacts = ANY
    phone.set_viewport_size({"width": width, "height": 740 if width == 360 else 800})
    open_app(phone)
    tid(phone, "begin").click()
    enter_as(phone, HOA)
    look(phone, "home of somebody with results")
    settled_card(phone).click()
    expect(tid(phone, "result-rank")).to_be_visible()
    look(phone, "result after settlement")
    tid(phone, "open-boards").click()
    expect(tid(phone, "my-place")).to_be_visible()
    look(phone, "boards after settlement")
    tid(phone, "open-board-name").click()
    expect(tid(phone, "board-name")).to_be_visible()
    look(phone, "name on the boards")
    phone.go_back()
    expect(tid(phone, "my-place")).to_be_visible()
    phone.go_back()
    tid(phone, "certificate-card").click()
    expect(tid(phone, "certificate-ask").or_(tid(phone, "certificate-open"))).to_be_visible()
    look(phone, "certificate")
    look.fine()


def test_in_the_largest_type_and_strong_colours_nothing_is_cut_off(phone: Page, looked_at: Look) -> None:
    look = looked_at
    look.impacts = ANY
    sign_in_as_new(phone, Newcomer("Sùng Thị Lớn"))
    tid(phone, "open-me").click()
    tid(phone, "size-largest").click()
    tid(phone, "contrast").check()
    look(phone, "me in the largest type")
    tid(phone, "open-home").click()
    look(phone, "home in the largest type")
    open_contest(phone)
    look(phone, "intro in the largest type")
    agree_to_take_part(phone)
    tid(phone, "start-contest").click()
    expect(tid(phone, "question-text")).to_be_visible()
    every_form_of_question(phone, look)
    look(phone, "prediction in the largest type")
    hand_in(phone)
    look(phone, "result in the largest type")
    tid(phone, "open-boards").click()
    expect(tid(phone, "boards-early")).to_be_visible()
    look(phone, "boards in the largest type")
    look.fine()


def lose_signal_in_the_paper(phone: Page) -> None:
    lose_signal(phone)
    expect(tid(phone, "offline-note")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 360])
def test_no_page_of_the_console_shuts_anybody_out(desk: Page, looked_at: Look, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 800})
    look = looked_at
    desk.goto("/")
    look(desk, "front door")
    desk.goto("/admin/sign-in")
    look(desk, "sign-in")
    sign_in_to_console(desk, "an")
    look(desk, "home")
    open_activity(desk)
    look(desk, "activity")
    tid(desk, "close-activity").click()
    look(desk, "asking before closing")
    open_scorecard(desk, "05917")
    look(desk, "scorecard of the commune")
    open_scorecard(desk, "05917-T01")
    look(desk, "scorecard of a hamlet")
    open_facts(desk)
    look(desk, "facts")
    desk.goto("/admin/audit")
    look(desk, "audit")
    look.fine()


def test_a_question_is_answered_by_keyboard_alone(phone: Page) -> None:
    sign_in_as_new(phone, Newcomer("Vàng Thị Phím"))
    begin_paper(phone)
    assert skip_to(phone, "single", "true_false")
    heading = phone.locator(".question h2").inner_text()
    walk_to(phone, lambda: focused(phone).startswith("option-"))
    chosen = focused(phone)
    phone.keyboard.press("Space")
    expect(tid(phone, chosen)).to_have_attribute("aria-pressed", "true")
    walk_to(phone, lambda: focused(phone) == "next-question")
    phone.keyboard.press("Enter")
    expect(phone.locator(".question h2")).not_to_have_text(heading)
    expect(phone.locator(".question h2")).to_be_focused()

    walk_to(phone, lambda: focused(phone) == "overview")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("dialog")).to_be_visible()
    phone.keyboard.press("Escape")
    expect(phone.get_by_role("dialog")).to_have_count(0)


def focused(page: Page) -> str:
    return str(page.evaluate("() => document.activeElement?.dataset.testid ?? ''"))


def walk_to(page: Page, arrived: Callable[[], bool]) -> None:
    """Press Tab as somebody without a mouse does; what is reached must be seen to be reached."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if arrived():
            ring = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
            assert ring != "none", f"nobody sees where the focus is: {focused(page)}"
            return
    raise AssertionError("twenty times Tab did not lead there")
