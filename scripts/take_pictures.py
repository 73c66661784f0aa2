"""Takes the pictures of docs/pictures from a demo node of its own, the way the browser tests see it.

.venv/bin/python -m scripts.take_pictures
"""

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import yaml
from playwright.sync_api import Browser, FloatRect, Page, expect, sync_playwright
from sqlalchemy import select

from backend.db.engine import Database
from backend.demo.data import DATA
from backend.media import pdf
from backend.reports import files
from backend.reports.models import Submission
from backend.units.models import Unit
from tests.browser.conftest import CHROMIUM, DESK, PHONE
from tests.browser.demo_node import ROOT, DemoNode, running
from tests.browser.steps import (
    Newcomer,
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
    predict,
    questions_on,
    sign_in_as_new,
    sign_in_to_console,
    tid,
)
from tests.browser.test_initiative import enter_room, write_small
from tests.browser.test_results import HOA, enter_as, settled_card
from tests.browser.test_team_day import begin_the_day, help_with, house

PICTURES = ROOT / "docs" / "pictures"
PACK = ROOT / "campaigns/packs/tim-hieu-chuyen-doi-so/questions"
POOL = [row for file in PACK.glob("*.yaml") for row in yaml.safe_load(file.read_text(encoding="utf-8"))]
QUANG = next(row for row in DATA["guests"] if "cell" in row)
SETTLED_MS, READING_MS = 600, 1_500
COMMUNE, PAPER_PPI = "05917", 80


def main() -> int:
    place = shutil.which("chromium")
    if place is None:
        print("No chromium on PATH: run scripts/ensure_test_services.py", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, running(Path(data)) as node, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=list(CHROMIUM))
        for take_some in chosen(sys.argv[1:]):
            take_some(browser, node)
        browser.close()
    return 0


def chosen(names: list[str]) -> list[Callable[[Browser, DemoNode], None]]:
    """All of them, or those named on the command line: 'recognition', 'figures'."""
    known = {
        "phone": of_the_phone,
        "team": of_a_team,
        "pledge": of_a_pledge,
        "ideas": of_ideas,
        "recognition": of_recognition,
        "console": of_the_console,
        "figures": of_the_figures,
        "paper": of_a_paper,
    }
    return [known[name] for name in names] if names else list(known.values())


def of_the_phone(browser: Browser, node: DemoNode) -> None:
    page = browser.new_context(**PHONE, base_url=node.url, device_scale_factor=1.5).new_page()
    for _ in range(3):  # the app's own letters come with a later visit, as they do on a slow phone
        open_app(page)
        keep_app_on_phone(page)
        page.wait_for_timeout(SETTLED_MS)
    sign_in_as_new(page, Newcomer("Lương Thị Tám (hư cấu)"))
    take(page, "phone-home")
    begin_paper(page)
    last = questions_on(page)
    answer_well(page, 1, 6)
    choose_well(page)
    take(page, "phone-question")
    lose_signal(page)
    answer_well(page, 7, 9)
    choose_well(page)
    expect(tid(page, "offline-note")).to_be_visible()
    take(page, "phone-offline")
    answer_well(page, 10, last)
    predict(page, 6)
    take(page, "phone-prediction")
    find_signal(page)
    expect_net(page, "here")
    tid(page, "submit-paper").click()
    tid(page, "confirm-submit").click()
    expect_receipt(page)
    expect(tid(page, "result-right")).to_be_visible()
    take(page, "phone-result")
    after_the_results(browser, node)


def after_the_results(browser: Browser, node: DemoNode) -> None:
    page = browser.new_context(**PHONE, base_url=node.url, device_scale_factor=1.5).new_page()
    open_app(page)
    tid(page, "begin").click()
    enter_as(page, HOA)
    settled_card(page).click()
    tid(page, "open-boards").click()
    expect(tid(page, "my-place")).to_be_visible()
    take(page, "phone-boards")
    page.go_back()
    tid(page, "certificate-card").click()
    picture = tid(page, "certificate-open").locator("img")
    page.wait_for_function("img => img.complete && img.naturalWidth > 0", arg=picture.element_handle())
    take(page, "phone-certificate")


def answer_well(page: Page, first: int, last: int) -> None:
    """Answer as somebody who reads: all right, and not in a split second; and go on."""
    for number in range(first, last + 1):
        expect_question(page, number)
        choose_well(page)
        page.wait_for_timeout(READING_MS)
        tid(page, "next-question").click()


def choose_well(page: Page) -> None:
    """Give the right answer to the question on the screen, whatever its form."""
    asked = tid(page, "question-text").inner_text().strip()
    (row,) = [row for row in POOL if row["text"]["vi"].strip() == asked]
    key = row["key"]
    if row["form"] == "ordering":
        put_in_order(page, key)
    elif row["form"] == "matching":
        for left, right in key.items():
            tid(page, f"match-{left}").click()
            tid(page, f"pick-{right}").click()
    else:
        for code in key if isinstance(key, list) else [key]:
            if tid(page, f"option-{code}").get_attribute("aria-pressed") == "false":
                tid(page, f"option-{code}").click()


def put_in_order(page: Page, codes: list[str]) -> None:
    for place, code in enumerate(codes):
        while [line.get_attribute("data-testid") for line in page.locator(".ordering li").all()][
            place
        ] != f"order-{code}":
            tid(page, f"up-{code}").click()
            page.wait_for_timeout(100)
    if tid(page, "order-keep").count():
        tid(page, "order-keep").click()


def of_a_team(browser: Browser, node: DemoNode) -> None:
    """A member's day: the team's home, and a visit being written down."""
    page = browser.new_context(**PHONE, base_url=node.url, device_scale_factor=1.5).new_page()
    for _ in range(3):
        open_app(page)
    begin_the_day(page)
    take(page, "phone-team")
    tid(page, "log-visit").click()
    house(page, 0).click()
    help_with(page, "vneid", taps=2)
    tid(page, "service-scam_advice").click()
    take(page, "phone-visit")


def of_a_pledge(browser: Browser, node: DemoNode) -> None:
    """A Party member's pledge on the phone, and the cell's page on the console."""
    page = browser.new_context(**PHONE, base_url=node.url, device_scale_factor=1.5).new_page()
    open_app(page)
    tid(page, "begin").click()
    enter_as(page, QUANG)
    page.locator("[data-testid=activity-card][data-kind=pledge]").first.click()
    expect(tid(page, "standing")).to_be_visible()
    take(page, "phone-pledge")
    desk = browser.new_context(**DESK, base_url=node.url).new_page()
    sign_in_to_console(desk, "lanh")
    desk.goto("/admin/pledges")
    take(desk, "console-pledges")


def of_ideas(browser: Browser, node: DemoNode) -> None:
    """A small idea being written, a judge's desk, and the gallery everybody sees."""
    page = browser.new_context(**PHONE, base_url=node.url, device_scale_factor=1.5).new_page()
    enter_room(page, "Vũ Thị Sáng")
    write_small(page)
    take(page, "phone-idea")
    desk = browser.new_context(**DESK, base_url=node.url).new_page()
    desk.goto("/sang-kien")
    take(desk, "ideas-gallery", height=742)
    sign_in_to_console(desk, "thu")
    desk.goto("/admin/ideas")
    take(desk, "console-ideas", height=742)


def of_recognition(browser: Browser, node: DemoNode) -> None:
    """What one person was recognised with, the wall of those who agreed, and the register."""
    page = browser.new_context(**PHONE, base_url=node.url, device_scale_factor=1.5).new_page()
    open_app(page)
    tid(page, "begin").click()
    enter_as(page, HOA)
    page.goto("/app/#/recognition")
    expect(tid(page, "award").first).to_be_visible()
    take(page, "phone-recognition")
    desk = browser.new_context(**DESK, base_url=node.url).new_page()
    desk.goto("/vinh-danh/05917")
    take(desk, "honour-wall", height=742)
    for shape in ("poster", "story"):
        picture = desk.request.get(f"/vinh-danh/05917/{shape}.png").body()
        (PICTURES / f"honour-{shape}.png").write_bytes(picture)
    sign_in_to_console(desk, "thidua")
    desk.goto("/admin/awards/register")
    take(desk, "console-register", height=742)
    desk.locator("main a[href*='/xac-minh/']").first.click()
    take(desk, "paper-checked", height=742)
    (PICTURES / "paper-award.png").write_bytes(desk.request.get(desk.url.split("?")[0] + ".png").body())
    desk.goto("/admin/movements")
    take(desk, "console-movement", height=742)


def of_the_console(browser: Browser, node: DemoNode) -> None:
    page = browser.new_context(**DESK, base_url=node.url).new_page()
    page.goto("/")
    take(page, "front-door", height=742)
    sign_in_to_console(page, "an")
    open_activity(page)
    take(page, "console-activity")
    open_scorecard(page, "05917")
    take(page, "console-scorecard")
    open_scorecard(page, "05917-T01")
    open_facts(page)
    take(page, "console-facts")
    the_launch(page)
    page.goto("/admin/supervision")
    take(page, "console-supervision")


def of_the_figures(browser: Browser, node: DemoNode) -> None:
    """A month's scorecard, a province's targets, a report and the hands it goes through, and an inspection."""

    def desk_of(who: str) -> Page:
        page = browser.new_context(**DESK, base_url=node.url).new_page()
        sign_in_to_console(page, who)
        return page

    page = desk_of("phuong")
    page.goto("/admin/cards")
    tid(page, "open-05917").click()
    expect(tid(page, "total")).to_be_visible()
    take(page, "console-card")
    page.goto("/admin/plans")
    take(page, "console-plans")
    page = desk_of("quangngai")
    page.goto("/admin/targets")
    tid(page, "open-set").first.click()
    expect(tid(page, "odd-count")).to_be_visible()
    take(page, "console-targets")
    page = desk_of("soan")
    page.goto("/admin/reports")
    tid(page, "near").get_by_role("link").first.click()
    expect(tid(page, "figure").first).to_be_visible()
    take(page, "console-report")
    tid(page, "way").click()
    expect(tid(page, "steps")).to_be_visible()
    take(page, "console-approval")
    page = desk_of("kiem")
    page.goto("/admin/inspections")
    page.get_by_role("link", name="Giám sát số liệu chuyển đổi số").click()
    page.locator("#findings").evaluate("one => one.scrollIntoView()")
    take(page, "console-inspection")


def of_a_paper(_browser: Browser, node: DemoNode) -> None:
    """The first page of the commune's six-month report as it was signed, set by what sets its PDF."""
    database = Database(f"sqlite:///{node.data / 'lantoa.sqlite3'}")
    with database.transaction(writes=False) as session:
        half = select(Submission).join(Unit, Unit.id == Submission.unit_id).where(Unit.code == COMMUNE)
        half = half.where(
            Submission.subject_kind == "report",
            Submission.period.endswith("S1"),
            Submission.number.is_not(None),
        )
        row = session.scalars(half.order_by(Submission.period.desc())).first()
        assert row  # noqa: S101 - the demo plants it
        told = files.sheet_of_paper(session, row, sample=True)
    database.close()
    place = PICTURES / "paper-report.png"
    place.write_bytes(pdf.pictures("report", told, PAPER_PPI)[0])
    print(f"{place.name}: {place.stat().st_size // 1024} KB")


def the_launch(page: Page) -> None:
    """The draft's rules, a step before it is handed over."""
    page.goto("/admin/campaigns")
    page.get_by_role("link", name="Tìm hiểu chuyển đổi số, mùa hai").first.click()
    page.goto(page.url.rstrip("/") + "/rules")
    take(page, "console-launch")


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
