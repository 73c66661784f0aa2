"""A stranger checks somebody's certificate: by its code and by its file, without signal, and after it was taken back."""

import io
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from backend.certificates.revoke import revoke
from backend.db.engine import Database
from backend.safeguards.audit import OPERATOR
from tests.browser.conftest import DESK, PHONE, Launch
from tests.browser.demo_node import DemoNode
from tests.browser.steps import (
    expect_no_sideways_scroll,
    keep_app_on_phone,
    open_app,
    tid,
)
from tests.browser.test_scanning import _blank, held_before

pytestmark = pytest.mark.browser


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


def number_of(node: DemoNode, after: int) -> tuple[str, str]:
    """The number and the printed name of a good certificate of the demo."""
    with closing(sqlite3.connect(f"file:{node.data / 'lantoa.sqlite3'}?mode=ro", uri=True)) as file:
        query = (
            "SELECT number, json_extract(statement, '$.name') FROM certificate WHERE revoked_at IS NULL"
            " AND credential IS NOT NULL AND activity_id IS NOT NULL ORDER BY number LIMIT 1 OFFSET ?"
        )
        number, name = file.execute(query, (after,)).fetchone()
    return str(number), str(name)


def taken_back(node: DemoNode, number: str) -> None:
    database = Database(f"sqlite:///{node.data / 'lantoa.sqlite3'}")
    with database.transaction() as session:
        revoke(session, number, "Cấp nhầm người", OPERATOR)
    database.close()


def code_on(picture: bytes) -> bytes:
    """What somebody sees who holds the camera close to the printed code."""
    paper = Image.open(io.BytesIO(picture)).convert("L")
    (found,) = zxingcpp.read_barcodes(paper)
    at = found.position
    corners = (at.top_left, at.top_right, at.bottom_left, at.bottom_right)
    left, right = min(one.x for one in corners), max(one.x for one in corners)
    top, bottom = min(one.y for one in corners), max(one.y for one in corners)
    out = io.BytesIO()
    close = paper.crop((left - 24, top - 24, right + 24, bottom + 24))
    close.resize((close.width * 2, close.height * 2)).save(out, "PNG")
    return out.getvalue()


def file_says(phone: Page, picture: bytes, word: str) -> None:
    tid(phone, "verify-file").set_input_files(
        {"name": "giay.png", "mimeType": "image/png", "buffer": picture}
    )
    expect(tid(phone, f"verdict-{word}")).to_be_visible()


def code_says(phone: Page, film: Path, picture: bytes, word: str) -> None:
    held_before(code_on(picture), film)
    tid(phone, "verify-scan").click()
    expect(tid(phone, f"verdict-{word}")).to_be_visible(timeout=30_000)


def test_a_stranger_checks_without_signal_and_reads_the_truth_after_a_revocation(
    opened: Callable[..., Any], node: DemoNode, film: Path
) -> None:
    number, name = number_of(node, 0)
    with opened("desk", **DESK) as office, opened("phone", **PHONE) as street:
        picture = office.request.get(f"/xac-minh/{number}.png").body()
        phone = street.new_page()
        open_app(phone)
        keep_app_on_phone(phone)
        tid(phone, "open-verify").click()
        expect(tid(phone, "verify-known")).to_contain_text("tải về lúc")
        street.set_offline(True)

        code_says(phone, film, picture, "valid")
        expect(tid(phone, "verify-paper")).to_contain_text(name)
        expect(tid(phone, "verdict-valid")).to_contain_text(
            re.compile(r"Đến \d\d:\d\d, [\d/]+ giấy chưa bị thu hồi")
        )
        expect_no_sideways_scroll(phone)
        tid(phone, "verify-again").click()
        file_says(phone, picture, "valid")
        tid(phone, "verify-again").click()
        tid(phone, "verify-number").fill(number)
        tid(phone, "verify-ask").click()
        expect(phone.locator("main")).to_contain_text("Đang mất sóng")

        page = office.new_page()
        page.goto(f"/xac-minh/{number}")
        expect(tid(page, "verdict-valid")).to_contain_text(name)
        taken_back(node, number)
        page.reload()
        expect(tid(page, "verdict-revoked")).to_contain_text("Cấp nhầm người")

        file_says(phone, picture, "valid")  # as of the hour it names: this phone has heard nothing since
        tid(phone, "verify-again").click()
        street.set_offline(False)
        file_says(phone, picture, "revoked")
        tid(phone, "verify-again").click()
        street.set_offline(True)
        code_says(phone, film, picture, "revoked")


def test_a_changed_file_and_a_photo_of_a_paper_are_told_apart(
    opened: Callable[..., Any], node: DemoNode
) -> None:
    number, name = number_of(node, 1)
    with opened("phone", **PHONE) as street:
        picture = street.request.get(f"/xac-minh/{number}.png").body()
        told = street.request.get(f"/xac-minh/{number}.vc.json").body()
        phone = street.new_page()
        phone.goto("/app/#/verify")
        expect(tid(phone, "verify-known")).to_contain_text("tải về lúc")
        forged = told.replace(name.encode(), "Người Khác".encode())
        assert forged != told
        tid(phone, "verify-file").set_input_files(
            {"name": "giay.json", "mimeType": "application/json", "buffer": forged}
        )
        expect(tid(phone, "verdict-altered")).to_be_visible()
        expect(phone.locator("main")).not_to_contain_text("Người Khác")
        tid(phone, "verify-again").click()
        photo = io.BytesIO()
        Image.open(io.BytesIO(picture)).convert("RGB").save(photo, "PNG")
        file_says(phone, photo.getvalue(), "unreadable")
        expect(tid(phone, "verdict-unreadable")).to_contain_text("xin quét mã")
