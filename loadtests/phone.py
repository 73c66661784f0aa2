"""The phone's first load on a slow line, and what Lighthouse and axe say of the app's and the console's pages."""

import contextlib
import shutil
import statistics
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from loadtests import lighthouse
from loadtests.machine import ROOT, described, environment, free_port, node
from loadtests.report import spread, table, write
from tests.browser.conftest import CHROMIUM, DESK, PHONE
from tests.browser.steps import (
    Newcomer,
    begin_paper,
    keep_app_on_phone,
    open_activity,
    open_app,
    sign_in_as_new,
    sign_in_to_console,
    tid,
)

MOST_KB, USABLE_S, LEAST_SCORE = 60, 5.0, 95
BYTES_A_SECOND, LATENCY_MS, SLOWER = 400_000 / 8, 400, 4
AXE = ROOT / "mobile_api" / "pwa" / "node_modules" / "axe-core" / "axe.min.js"
FIND = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .map((one) => `${one.id} (${one.impact}): ${one.nodes.length}`)"""


@dataclass(frozen=True)
class Look:
    """What is said of one page."""

    name: str
    scores: lighthouse.Scores
    axe: list[str]

    @property
    def is_fine(self) -> bool:
        return not self.axe and min(self.scores.accessibility, self.scores.best_practices) >= LEAST_SCORE


@dataclass(frozen=True)
class Load:
    """One first visit. `script_b`: bytes of JavaScript that came over the line for the page."""

    usable_s: float
    script_b: int


def run(chosen: Namespace, place: Path) -> bool:
    """Measure and write the section; answers whether every page opened. Goals missed are written down."""
    lighthouse.install()
    with _demo(place) as url, sync_playwright() as playwright:
        browser = _launch(playwright)
        loads = [_first_load(browser, url) for _ in range(chosen.rounds)]
        browser.close()
        looks = [*_of_the_phone(playwright, url, place), *_of_the_console(playwright, url, place)]
    _tell(loads, looks)
    return True


@contextlib.contextmanager
def _demo(place: Path) -> Iterator[str]:
    """A small demo node on SQLite."""
    database_url = f"sqlite:///{place / 'lantoa.sqlite3'}"
    print("planting a small demo ...", flush=True)
    subprocess.run(
        [sys.executable, "-m", "backend.cli", "demo", "--small"], env=environment(database_url, place), cwd=ROOT,
        stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    with node(database_url, place) as server:
        yield server.url


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        raise SystemExit("No chromium on PATH: run scripts/ensure_test_services.py")
    return found


def _launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=_chromium(), args=list(CHROMIUM))


# --- the first load ---------------------------------------------------------------------------------------------


def _first_load(browser: Browser, url: str) -> Load:
    """A phone that has never been here, on a slow line and with a slow processor."""
    context = browser.new_context(**PHONE, base_url=url)
    page = context.new_page()
    scripts: list[int] = []
    page.on("requestfinished", lambda request: scripts.append(_script_bytes(request)))
    _slow_down(context, page)
    began = time.monotonic()
    page.goto("/app/", wait_until="commit")
    tid(page, "begin").click()  # waits until it is there and stands still
    expect(tid(page, "phone-input")).to_be_visible()
    usable = time.monotonic() - began
    page.wait_for_load_state("networkidle")
    context.close()
    return Load(usable, sum(scripts))


def _script_bytes(request: Any) -> int:
    if request.resource_type != "script":
        return 0
    sizes = request.sizes()
    return int(sizes["responseBodySize"])


def _slow_down(context: BrowserContext, page: Page) -> None:
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": LATENCY_MS, "downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND,
    })  # fmt: skip
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


# --- the pages --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _profile(
    playwright: Playwright, url: str, place: Path, options: dict[str, Any]
) -> Iterator[tuple[Page, Callable[[str], Look]]]:
    """A page of a browser profile, and the way to look at what stands on it."""
    port = free_port()
    context = playwright.chromium.launch_persistent_context(
        str(place), executable_path=_chromium(), base_url=url, args=[*CHROMIUM, f"--remote-debugging-port={port}"], **options
    )  # fmt: skip
    page = context.pages[0]

    def look(name: str) -> Look:
        print(f"looking at {name} ...", flush=True)
        page.evaluate("() => document.fonts.ready")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found, address = page.evaluate(FIND), page.url
        page.goto("about:blank")  # Lighthouse opens a tab of its own; a paper is open in one tab only
        scores = lighthouse.score(address, port, mobile=options is PHONE)
        page.goto(address)
        return Look(name, scores, found)

    try:
        yield page, look
    finally:
        context.close()


def _of_the_phone(playwright: Playwright, url: str, place: Path) -> Iterator[Look]:
    with _profile(playwright, url, place / "new-phone", PHONE) as (page, look):
        open_app(page)
        expect(tid(page, "begin")).to_be_visible()
        yield look("phone: first page")
    with _profile(playwright, url, place / "phone", PHONE) as (page, look):
        sign_in_as_new(page, Newcomer("Lương Thị Đo (hư cấu)"))
        keep_app_on_phone(page)
        yield look("phone: home")
        begin_paper(page)
        yield look("phone: paper")


def _of_the_console(playwright: Playwright, url: str, place: Path) -> Iterator[Look]:
    with _profile(playwright, url, place / "desk", DESK) as (page, look):
        sign_in_to_console(page, "an")
        yield look("console: home")
        open_activity(page)
        yield look("console: activity")


# --- in words ---------------------------------------------------------------------------------------------------


def _tell(loads: list[Load], looks: list[Look]) -> None:
    script = statistics.median(load.script_b for load in loads) / 1024
    usable = statistics.median(load.usable_s for load in loads)
    rows = [
        [look.name, str(look.scores.accessibility), str(look.scores.best_practices), "; ".join(look.axe) or "nothing",
         ", ".join(look.scores.faults) or "-"]
        for look in looks
    ]  # fmt: skip
    write("Phone and console", "\n\n".join([
        f"{described()}. Chromium through Playwright, a phone of 360 x 740; first visit, {len(loads)} times with an empty profile, on "
        f"400 kbit/s and {LATENCY_MS} ms, the processor slowed {SLOWER} times (CDP). Usable: the first page's button is there and has "
        "led to the next screen. A small demo on SQLite.",
        f"- JavaScript on first load, compressed: **{script:.1f} KiB** (goal at most {MOST_KB}: {_met(script <= MOST_KB)}); "
        "what other screens need, the service worker fetches afterwards.\n"
        f"- Usable after **{usable:.1f} s** {spread([load.usable_s for load in loads], 1)} (goal at most {USABLE_S:g}: "
        f"{_met(usable <= USABLE_S)}).\n"
        f"- Lighthouse at least {LEAST_SCORE} and axe silent on every page looked at: {_met(all(look.is_fine for look in looks))}.",
        table(["page", "accessibility", "best practices", "axe found", "audits that took points"], rows),
    ]))  # fmt: skip


def _met(goal: bool) -> str:
    return "reached" if goal else "**not reached**"
