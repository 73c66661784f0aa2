"""Two communes become one, seen from the province's desk: decided on screen, signed once, lived through by every node, and the
figures of the months before as they were and as they are now."""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from backend.federation.documents import fetching
from backend.streams import DOCUMENTS
from tests.browser.conftest import DESK, PHONE
from tests.browser.steps import enter_console, expect_no_sideways_scroll, tid
from tests.support.levels import Levels, Node, province_and_communes
from tests.support.levels_life import Life
from tests.support.levels_ports import served
from tests.support.world import PASSWORD

pytestmark = pytest.mark.browser

TAN_THANH, DIEM_THUY, NEW = "05923", "05941", "05999"
SESSIONS = "Người được hướng dẫn tại buổi chung"
At = Callable[..., Any]


@pytest.fixture(scope="module")
def levels() -> Iterator[Levels]:
    """A month told of by all, figures and receipts on both sides."""
    with (
        tempfile.TemporaryDirectory() as folder,
        province_and_communes(Path(folder), lines=("state",)) as found,
    ):
        life = Life(found)
        life.begin()
        life.tell()
        found.courier()
        yield found


@pytest.fixture
def at(browser: Browser, levels: Levels) -> Iterator[At]:
    """Somebody's desk at one of the nodes, signed in; what a page complains about fails the test."""
    with ExitStack() as serving:
        urls = {
            code: f"http://localhost:{serving.enter_context(served(node))}"
            for code, node in levels.nodes.items()
        }

        @contextmanager
        def desk(node: Node, who: str, **screen: Any) -> Iterator[Page]:
            context = browser.new_context(**{"base_url": urls[node.code]} | (screen or DESK))
            complaints = _listen(context)
            try:
                page = context.new_page()
                enter_console(page, who, PASSWORD)
                expect(page).to_have_url(re.compile(r"/admin/$"))
                yield page
            finally:
                context.close()
            assert not complaints, complaints

        yield desk


def _listen(context: BrowserContext) -> list[str]:
    heard: list[str] = []
    context.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
    context.on("weberror", lambda thrown: heard.append(str(thrown.error)))
    return heard


def fetch(node: Node) -> None:
    """What the commune's worker does by itself."""
    with node.here(), node.levels.client_of(node) as client:
        fetching.turn(node.database, node.signer, DOCUMENTS, client, node.settings.data)


def test_two_communes_become_one_on_screen(levels: Levels, at: At) -> None:
    with at(levels.province, "office") as page:
        expect_no_difference_yet(page)
        before = figures_of(page, "was")
        decide(page, levels)
        for node in levels.communes:
            fetch(node)
        levels.pass_time(minutes=2)
        levels.courier()
        acknowledged_by_all(page, levels)
        both_views(page, before)
    with at(levels.province, "province", **PHONE) as page:
        page.goto("/admin/levels/views")
        expect(tid(page, f"now-{NEW}")).to_be_visible()
        expect_no_sideways_scroll(page)
    for node in levels.communes:
        with at(node, "office") as page:
            page.goto("/admin/documents")
            expect(page.locator("main")).to_contain_text("Sắp xếp đơn vị")


def expect_no_difference_yet(page: Page) -> None:
    page.goto("/admin/levels/views")
    expect(tid(page, "same")).to_be_visible()


def decide(page: Page, levels: Levels) -> None:
    """The resolution is typed, looked over and signed."""
    page.goto("/admin/documents/merge")
    for code in (TAN_THANH, DIEM_THUY):
        tid(page, f"merge-{code}").check()
    tid(page, "served-by").select_option(TAN_THANH)
    told = {
        "level": "xã", "name": "Tân Điềm", "code": NEW, "on": f"{levels.now:%d/%m/%Y}",
        "document": "Nghị quyết 15/NQ-HĐND (minh hoạ)",
    }  # fmt: skip
    for field, words in told.items():
        tid(page, f"merge-{field}").fill(words)
    tid(page, "merge-preview").click()
    expect(tid(page, "step")).to_have_count(2)
    expect_no_sideways_scroll(page)
    tid(page, "merge-now").click()
    expect(page.locator("main")).to_contain_text("Đã ký và gửi")


def acknowledged_by_all(page: Page, levels: Levels) -> None:
    """The page of the document says of each node below that it stands there."""
    page.reload()
    for node in levels.communes:
        answer = page.locator("[data-testid^=answer-]").filter(has_text=node.name)
        expect(answer).to_contain_text("Đang áp dụng")


def both_views(page: Page, before: dict[str, str]) -> None:
    """As it was: the old communes with the figures they told. As it is now: one commune, of two."""
    page.goto("/admin/levels/views")
    expect(tid(page, "step")).to_contain_text("Tân Điềm")
    for code in (TAN_THANH, DIEM_THUY):
        expect(tid(page, f"was-{code}")).to_be_visible()
        assert figures_of(page, "was")[code] == before[code], "what was told is never changed"
    made = tid(page, f"now-{NEW}")
    expect(made).to_be_visible()
    expect(made).to_contain_text("Tân Thành")
    expect(made).to_contain_text("Điềm Thụy")
    expect(page.locator(f"[data-testid=now-{TAN_THANH}]")).to_have_count(0)
    parts = [number_of(page, f"was-{code}", SESSIONS) for code in (TAN_THANH, DIEM_THUY)]
    assert number_of(page, f"now-{NEW}", SESSIONS) == sum(parts), "whole into whole is added up"
    expect_no_sideways_scroll(page)


def figures_of(page: Page, view: str) -> dict[str, str]:
    """Commune -> everything its card of the page says."""
    cards = page.locator(f"[data-testid^={view}-]").all()
    return {
        str(one.get_attribute("data-testid")).removeprefix(f"{view}-"): one.text_content() or ""
        for one in cards
    }


def number_of(page: Page, card: str, term: str) -> int:
    said = (
        tid(page, card).locator("dt", has_text=term).locator("xpath=following-sibling::dd[1]").text_content()
        or ""
    )
    found = re.search(r"[\d.]+", said)
    assert found, said
    return int(found[0].replace(".", ""))
