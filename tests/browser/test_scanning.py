"""Codes on cards and walls, held before a real camera of the browser: printed by the console, read by the phone."""

import io
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import DESK, PHONE, Launch
from tests.browser.demo_node import DemoNode
from tests.browser.steps import find_signal, lose_signal, sign_in_to_console, tid
from tests.browser.test_team_day import MAI, begin_the_day, expect_waiting, rows

pytestmark = pytest.mark.browser

WIDTH, HEIGHT, FRAMES = 640, 480, 5
TABLE = 150
"""The grey of the table a card lies on."""


def held_before(picture: bytes, film: Path) -> None:
    """The film a camera sees that looks at this picture (YUV4MPEG2, grey)."""
    card = Image.open(io.BytesIO(picture)).convert("L")
    card.thumbnail((WIDTH - 80, HEIGHT - 80))
    seen = Image.new("L", (WIDTH, HEIGHT), TABLE)
    seen.paste(card, ((WIDTH - card.width) // 2, (HEIGHT - card.height) // 2))
    frame = b"FRAME\n" + seen.tobytes() + bytes([128]) * (WIDTH * HEIGHT // 2)
    film.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * FRAMES)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return tmp_path / "camera.y4m"


@pytest.fixture
def browser(launched: Launch, film: Path) -> Iterator[Browser]:
    """A browser whose camera shows the film; nobody is asked whether it may."""
    held_before(_blank(), film)
    opened = launched(
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    yield opened
    opened.close()


def _blank() -> bytes:
    out = io.BytesIO()
    Image.new("L", (100, 100), 255).save(out, "PNG")
    return out.getvalue()


def hamlet_of_the_team(node: DemoNode) -> str:
    with closing(sqlite3.connect(f"file:{node.data / 'lantoa.sqlite3'}?mode=ro", uri=True)) as file:
        (hamlet,) = file.execute(
            "SELECT team_area.unit_id FROM team_area JOIN unit_name ON unit_name.unit_id = team_area.team_id"
            " WHERE unit_name.name LIKE ?",
            (f"%{MAI['team']}%",),
        ).fetchone()
    return str(uuid.UUID(hamlet))


def printed(desk: Page, node: DemoNode) -> tuple[Locator, Locator]:
    """The first household's card and the code for the hamlet house, as they come out of the printer."""
    sign_in_to_console(desk, "an")
    desk.goto(f"/admin/units/{hamlet_of_the_team(node)}/cards")
    return tid(desk, "household-card").first, tid(desk, "house-code")


def test_printed_codes_are_read_without_signal(
    opened: Callable[..., Any], node: DemoNode, film: Path
) -> None:
    """With the app's own reader: it came with the app, for a browser that has none."""
    with opened("desk", **DESK) as office, opened("phone", **PHONE) as street:
        card, wall = printed(office.new_page(), node)
        phone = street.new_page()
        phone.add_init_script("delete window.BarcodeDetector")
        begin_the_day(phone)
        lose_signal(phone)
        the_card_opens_its_household(phone, card, film)
        phone.goto(f"{node.url}/app/#/home")
        phone.locator("[data-testid=activity-card][data-kind=visit]").first.click()
        the_wall_checks_in(phone, wall, film)
        find_signal(phone)
        expect(tid(phone, "saved-state")).to_have_attribute("data-state", "noted")
        newest = rows(node, "SELECT how, proved FROM visit_check_in ORDER BY happened_at DESC LIMIT 1")
        assert newest == [("qr", 1)]


def the_card_opens_its_household(phone: Page, card: Locator, film: Path) -> None:
    held_before(card.screenshot(), film)
    tid(phone, "log-visit").click()
    tid(phone, "scan-card").click()
    expect(phone.locator(".house-line")).to_contain_text(card.locator("b").inner_text())


def the_wall_checks_in(phone: Page, wall: Locator, film: Path) -> None:
    held_before(wall.screenshot(), film)
    tid(phone, "open-check-in").click()
    tid(phone, "scan-wall").click()
    expect_waiting(phone)
