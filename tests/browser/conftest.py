"""A real node, a real Chromium, a phone and a desk. What a page complains about fails the test that opened it."""

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.demo_node import APP, ROOT, DemoNode, running

CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "locale": "vi-VN",
    "timezone_id": "Asia/Ho_Chi_Minh",
    "has_touch": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "locale": "vi-VN"}
WITHOUT_SIGNAL = ("net::ERR_INTERNET_DISCONNECTED",)
"""What Chromium itself writes for each request that finds no network: the very thing some tests are about."""

outcome = pytest.StashKey[bool]()

PATIENCE_MS = 20_000
"""Until something is on the screen: a busy machine is slow, and what never comes fails all the same."""
expect.set_options(timeout=PATIENCE_MS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[outcome] = item.stash.get(outcome, False) or report.failed
    return report


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoNode]:
    """The node the tests of one file share: what one file's people did is nobody else's morning."""
    _require_the_app()
    with running(tmp_path_factory.mktemp("node")) as up:
        yield up


@pytest.fixture(autouse=True)
def _what_the_node_said(request: pytest.FixtureRequest) -> Iterator[None]:
    """Stands beside what failed: a node that died is a defect of the node, and its last words name it."""
    node: DemoNode | None = request.getfixturevalue("node") if "node" in request.fixturenames else None
    yield
    if node is not None and request.node.stash.get(outcome, False):
        print(f"the node said:\n{node.said()}")


@pytest.fixture
def an_hour_later(node: DemoNode) -> None:
    """What was tried before is forgotten: many tests sign in as one and the same person of the demo, and a number gets
    eight codes an hour."""
    with closing(sqlite3.connect(node.data / "lantoa.sqlite3", timeout=10)) as file, file:
        file.execute("DELETE FROM rate_window")


@pytest.fixture
def own_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoNode]:
    """A node of one's own, for a test that closes the contest."""
    _require_the_app()
    with running(tmp_path_factory.mktemp("own-node")) as up:
        yield up


def _require_the_app() -> None:
    if not APP.exists():
        pytest.fail(f"{APP.relative_to(ROOT)} is not built: run `make pwa` first", pytrace=False)


Launch = Callable[..., Browser]


@pytest.fixture(scope="package")
def launched() -> Iterator[Launch]:
    """Starts a Chromium with more arguments than the usual ones. There is one driver for all of them."""
    place = shutil.which("chromium")
    if place is None:
        pytest.fail("No chromium on PATH: run scripts/ensure_test_services.py", pytrace=False)
    with sync_playwright() as playwright:
        yield lambda *more: playwright.chromium.launch(executable_path=place, args=[*CHROMIUM, *more])


@pytest.fixture(scope="package")
def browser(launched: Launch) -> Iterator[Browser]:
    opened = launched()
    yield opened
    opened.close()


# --- the phone and the desk -------------------------------------------------------------------------------------


@pytest.fixture
def allowed() -> list[str]:
    """Complaints of the browser this test provokes on purpose; it adds them before it does."""
    return list(WITHOUT_SIGNAL)


@pytest.fixture
def opened(
    browser: Browser,
    node: DemoNode,
    allowed: list[str],
    request: pytest.FixtureRequest,
    tmp_path: Path,
    an_hour_later: None,
) -> Callable[..., Any]:
    """Opens a watched browser profile; used as a context manager."""

    @contextmanager
    def profile(kind: str, **options: Any) -> Iterator[BrowserContext]:
        context = browser.new_context(**({"base_url": node.url} | options))
        context.set_default_timeout(3 * PATIENCE_MS)
        complaints: list[str] = []
        context.on(
            "console",
            lambda said: complaints.append(f"console: {said.text}") if said.type == "error" else None,
        )
        context.on("weberror", lambda thrown: complaints.append(f"uncaught: {thrown.error}"))
        try:
            yield context
        finally:
            _keep_pictures(context, kind, request.node, tmp_path)
            context.close()
        unexpected = [line for line in complaints if not any(part in line for part in allowed)]
        assert not unexpected, f"the {kind}'s pages complained: {unexpected}"

    return profile


@pytest.fixture
def phone(opened: Callable[..., Any]) -> Iterator[Page]:
    """A page on a phone nobody has used yet."""
    with opened("phone", **PHONE) as context:
        yield context.new_page()


@pytest.fixture
def desk(opened: Callable[..., Any]) -> Iterator[Page]:
    """A page on an office computer."""
    with opened("desk", **DESK) as context:
        yield context.new_page()


def _keep_pictures(context: BrowserContext, kind: str, item: pytest.Item, tmp_path: Path) -> None:
    """Every page as it stands at the end: after a failure, or always where LANTOA_SHOTS names a folder."""
    asked = os.environ.get("LANTOA_SHOTS")
    if not asked and not item.stash.get(outcome, False):
        return
    folder = Path(asked) if asked else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(context.pages, start=1):
        place = folder / f"{re.sub(r'[^a-z0-9]+', '-', item.name.lower())}-{kind}-{number}.png"
        page.screenshot(path=place, full_page=True)
        print(f"picture: {place}")
