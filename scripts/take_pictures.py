"""Takes the pictures of docs/pictures from a demo node of its own, the way the browser tests see it.

.venv/bin/python -m scripts.take_pictures
"""

import shutil
import sys
import tempfile
from pathlib import Path

import yaml
from playwright.sync_api import Browser, FloatRect, Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, DESK, PHONE
from tests.browser.demo_node import ROOT, DemoNode, running
from tests.browser.steps import (
    QUESTIONS,
    Newcomer,
    answer,
    begin_paper,
    expect_net,
    expect_question,
    expect_receipt,
    find_signal,
    keep_app_on_phone,
    lose_signal,
    open_activity,
    open_app,
    open_facts,
    open_scorecard,
    options,
    sign_in_as_new,
    sign_in_to_console,
    tid,
)

PICTURES = ROOT / "docs" / "pictures"
POOL = yaml.safe_load(
    (ROOT / "campaigns/packs/tim-hieu-chuyen-doi-so/questions.yaml").read_text(encoding="utf-8")
)
SETTLED_MS, READING_MS = 600, 1_500


def main() -> int:
    place = shutil.which("chromium")
    if place is None:
        print("No chromium on PATH: run scripts/ensure_test_services.py", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, running(Path(data)) as node, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=list(CHROMIUM))
        of_the_phone(browser, node)
        of_the_console(browser, node)
        browser.close()
    return 0


def of_the_phone(browser: Browser, node: DemoNode) -> None:
    page = browser.new_context(**PHONE, base_url=node.url, device_scale_factor=1.5).new_page()
    for _ in range(3):  # the app's own letters come with a later visit, as they do on a slow phone
        open_app(page)
        keep_app_on_phone(page)
        page.wait_for_timeout(SETTLED_MS)
    sign_in_as_new(page, Newcomer("Lương Thị Tám (hư cấu)"))
    take(page, "phone-home")
    begin_paper(page)
    answer_well(page, 1, 6)
    answer(page, right_option(page, 7))
    take(page, "phone-question")
    lose_signal(page)
    answer_well(page, 7, 9)
    answer(page, right_option(page, 10))
    expect(tid(page, "offline-note")).to_be_visible()
    take(page, "phone-offline")
    answer_well(page, 10, QUESTIONS)
    find_signal(page)
    expect_net(page, "here")
    tid(page, "submit-paper").click()
    tid(page, "confirm-submit").click()
    expect_receipt(page)
    expect(page.get_by_text("Xếp thứ")).to_be_visible()
    take(page, "phone-result")


def answer_well(page: Page, first: int, last: int) -> None:
    """Answer as somebody who reads: nearly all right, and not in a split second."""
    for number in range(first, last + 1):
        expect_question(page, number)
        answer(page, right_option(page, number))
        page.wait_for_timeout(READING_MS)
        if number < QUESTIONS:
            tid(page, "next-question").click()


def right_option(page: Page, number: int) -> int:
    """Where the right answer stands on the screen; every ninth time the one after it."""
    asked = tid(page, "question-text").inner_text().strip()
    (row,) = [row for row in POOL if row["text"]["vi"].strip() == asked]
    (right,) = [option["vi"].strip() for option in row["options"] if option["code"] == row["key"]]
    shown = [text.split("\n")[-1].strip() for text in options(page).all_inner_texts()]
    return (shown.index(right) + (number % 9 == 0)) % len(shown)


def of_the_console(browser: Browser, node: DemoNode) -> None:
    page = browser.new_context(**DESK, base_url=node.url).new_page()
    page.goto("/")
    take(page, "front-door", height=742)
    sign_in_to_console(page, "an")
    open_activity(page)
    take(page, "console-activity")
    open_scorecard(page, "DEMO-TK")
    take(page, "console-scorecard")
    open_scorecard(page, "DEMO-TK-T01")
    open_facts(page)
    take(page, "console-facts")


def take(page: Page, name: str, height: int | None = None) -> None:
    """What stands in the window, once the letters are there and nothing moves any more; `height` cuts the foot off."""
    window = page.viewport_size
    assert window  # noqa: S101 - every page here has one
    page.evaluate("() => document.fonts.ready")
    page.wait_for_timeout(SETTLED_MS)
    cut: FloatRect = {"x": 0, "y": 0, "width": window["width"], "height": height or window["height"]}
    page.screenshot(path=PICTURES / f"{name}.png", animations="disabled", caret="hide", clip=cut)
    print(f"{name}.png: {(PICTURES / f'{name}.png').stat().st_size // 1024} KB")


if __name__ == "__main__":
    sys.exit(main())
