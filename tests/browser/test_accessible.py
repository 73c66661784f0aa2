"""Every screen as axe-core sees it, and a paper answered without touching the glass."""

import functools
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo_node import ROOT
from tests.browser.steps import (
    Newcomer,
    agree_to_take_part,
    answer_to,
    begin_paper,
    expect_no_sideways_scroll,
    expect_question,
    expect_receipt,
    find_hamlet,
    hand_in,
    introduce,
    lose_signal,
    open_activity,
    open_app,
    open_contest,
    open_facts,
    open_scorecard,
    prove_number,
    sign_in_as_new,
    sign_in_to_console,
    tid,
)

pytestmark = pytest.mark.browser

AXE = ROOT / "mobile_api" / "pwa" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
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
    """`look(page, 'home')` examines what is on the screen; `look.fine()` fails with all that was found."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.screens: list[str] = []

    def __call__(self, page: Page, screen: str) -> None:
        page.evaluate("() => document.fonts.ready")
        page.evaluate(axe())
        self.faults += [f"{screen}: {line}" for line in page.evaluate(FIND, list(GRAVE))]
        self.screens.append(screen)
        expect_no_sideways_scroll(page)

    def fine(self) -> None:
        assert not self.faults, "\n".join(self.faults)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_screen_of_the_phone_shuts_anybody_out(phone: Page, looked_at: Look, language: str) -> None:
    look = looked_at
    who = Newcomer("Ma Thị Nở")
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
    open_contest(phone)
    look(phone, "intro")
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
    look(phone, "question")
    tid(phone, "overview").click()
    look(phone, "overview")
    phone.keyboard.press("Escape")
    lose_signal_in_the_paper(phone)
    look(phone, "question without signal")
    phone.context.set_offline(False)
    expect(tid(phone, "offline-note")).to_have_count(0)
    hand_in(phone)
    expect_receipt(phone)
    look(phone, "result")
    for tab in ("open-receipts", "open-me", "open-home"):
        tid(phone, tab).click()
        expect(tid(phone, tab)).to_have_attribute("aria-current", "page")
        look(phone, tab)
    phone.goto("/app/#/erase")
    expect(tid(phone, "erase-pin")).to_be_visible()
    look(phone, "erase")
    look.fine()


def lose_signal_in_the_paper(phone: Page) -> None:
    lose_signal(phone)
    expect(tid(phone, "offline-note")).to_be_visible()


def test_large_type_still_fits_the_screen(phone: Page, looked_at: Look) -> None:
    sign_in_as_new(phone, Newcomer("Sùng Thị Lớn"))
    tid(phone, "open-me").click()
    tid(phone, "large-type").check()
    looked_at(phone, "me in large type")
    tid(phone, "open-home").click()
    looked_at(phone, "home in large type")
    begin_paper(phone)
    looked_at(phone, "question in large type")
    answer_to(phone, 2)
    hand_in(phone)
    looked_at(phone, "result in large type")
    looked_at.fine()


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
    open_scorecard(desk, "DEMO-TK")
    look(desk, "scorecard of the commune")
    open_scorecard(desk, "DEMO-TK-T01")
    look(desk, "scorecard of a hamlet")
    open_facts(desk)
    look(desk, "facts")
    desk.goto("/admin/audit")
    look(desk, "audit")
    look.fine()


def test_a_question_is_answered_by_keyboard_alone(phone: Page) -> None:
    sign_in_as_new(phone, Newcomer("Vàng Thị Phím"))
    begin_paper(phone)
    walk_to(phone, lambda: focused(phone).startswith("option-"))
    chosen = focused(phone)
    phone.keyboard.press("Space")
    expect(tid(phone, chosen)).to_have_attribute("aria-pressed", "true")
    walk_to(phone, lambda: focused(phone) == "next-question")
    phone.keyboard.press("Enter")
    expect_question(phone, 2)

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
