"""A phone that sees no signal: what waits on it leaves in a file that another phone carries, and counts once."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.steps import (
    Newcomer,
    answer_to,
    begin_paper,
    expect_no_sideways_scroll,
    expect_receipt,
    expect_tally,
    find_signal,
    hand_in,
    keep_app_on_phone,
    lose_signal,
    running_card,
    sign_in_as_new,
    tid,
)

pytestmark = pytest.mark.browser


def test_a_sealed_file_is_carried_by_another_phone_and_counts_once(
    phone: Page, opened: Callable[..., Any], tmp_path: Path
) -> None:
    sign_in_as_new(phone, Newcomer("Tạ Thị Duyên"))
    begin_paper(phone)
    keep_app_on_phone(phone)
    lose_signal(phone)
    answer_to(phone, 3)
    hand_in(phone)
    file = sealed_on(phone, tmp_path)

    with opened("carrier", **PHONE) as context:
        carrier = context.new_page()
        sign_in_as_new(carrier, Newcomer("Hà Văn Sơn"))
        keep_app_on_phone(carrier)
        open_insurance(carrier)
        lose_signal(carrier)
        tid(carrier, "relay-file").set_input_files(file)
        expect(tid(carrier, "relay")).to_have_attribute("data-state", "waiting")
        expect_no_sideways_scroll(carrier)
        find_signal(carrier)
        expect(tid(carrier, "relay")).to_have_attribute("data-state", "sent", timeout=30_000)
        expect_tally(carrier, counted=0, waiting=0)

    expect_tally(phone, counted=0)  # nothing is green by a file alone
    find_signal(phone)
    tid(phone, "open-home").click()
    running_card(phone).click()
    expect_receipt(phone)
    expect_tally(phone, counted=1, waiting=0, refused=0)


def sealed_on(phone: Page, place: Path) -> Path:
    """The file the phone makes of what waits. Nobody who carries it can read it."""
    open_insurance(phone)
    with phone.expect_download() as given:
        tid(phone, "export-outbox").click()
    expect(tid(phone, "export-note")).to_contain_text("chỉ được tính khi máy chủ báo đã nhận")
    assert given.value.suggested_filename.endswith(".ltx")
    file = place / given.value.suggested_filename
    given.value.save_as(file)
    assert set(json.loads(file.read_text())) == {"v", "session", "iv", "sealed"}
    assert "contest" not in file.read_text()
    return file


def test_a_file_of_something_else_is_refused_in_words(phone: Page, tmp_path: Path) -> None:
    sign_in_as_new(phone, Newcomer("Nông Thị Vân"))
    open_insurance(phone)
    file = tmp_path / "danh-sach.ltx"
    file.write_text('{"v": 1, "session": "x"}')
    tid(phone, "relay-file").set_input_files(file)
    expect(tid(phone, "relay-note")).to_contain_text("không phải tệp cất từ ứng dụng")
    expect(tid(phone, "relay")).to_have_count(0)


def open_insurance(page: Page) -> None:
    if tid(page, "open-receipts").count() == 0:
        page.evaluate("location.hash = '/receipts'")  # the paper's screens have no tabs
    else:
        tid(page, "open-receipts").click()
    tid(page, "open-insurance").click()
    expect(tid(page, "relay-file")).to_be_attached()
