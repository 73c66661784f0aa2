"""The final list of many communes on a phone: asked for by who wants to, read by everybody, and taken back."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from backend.db.engine import Database
from campaigns.common_models import CommonRound
from campaigns.common_shapes import ContestFinal, RankedRow
from campaigns.contest import common_wire
from tests.browser.demo_node import DemoNode
from tests.browser.steps import Newcomer, expect_no_sideways_scroll, sign_in_as_new, tid
from tests.support.common import Place, enrol_above

pytestmark = pytest.mark.browser


def open_own_page(phone: Page) -> None:
    phone.goto("/app/#/me")
    expect(tid(phone, "final")).to_be_visible()


def a_list_arrives(node: DemoNode) -> None:
    """As the level above gives it out: a row of this commune, and one of another."""
    database = Database(f"sqlite:///{node.data / 'lantoa.sqlite3'}")
    with database.transaction() as session:
        round_ = session.scalars(select(CommonRound).order_by(CommonRound.round)).first()
        assert round_ is not None
        rows = [RankedRow(1, "05941", 4, 10, 10, 181, 2), RankedRow(2, round_.unit_code, 3, 10, 10, 205, 2)]
        said = ContestFinal(round_.contest, round_.round, round_.rules, 1, 1, rows)
        enrol_above(session, state="suspended")
        session.add(Place(1).document(f"contest-final/{common_wire.part_of(said)}"))
        common_wire.apply_final(session, Place(1).given("contest-final", said))
    database.close()


def test_who_wants_to_agrees_after_reading_and_takes_it_back(phone: Page) -> None:
    sign_in_as_new(phone, Newcomer("Trần Thị Sen (hư cấu)"))
    open_own_page(phone)
    expect(tid(phone, "final-ask")).to_have_text("Đọc lời xin phép")
    tid(phone, "final-ask").click()
    expect(tid(phone, "final")).to_contain_text("một dòng kết quả")
    expect(tid(phone, "final-check")).not_to_be_checked()
    tid(phone, "final-agree").click()
    expect(tid(phone, "final").get_by_role("alert")).to_be_visible()
    tid(phone, "final-check").check()
    tid(phone, "final-agree").click()
    expect(tid(phone, "final-agreed")).to_be_visible()
    expect_no_sideways_scroll(phone)
    tid(phone, "withdraw").last.click()
    tid(phone, "withdraw-confirm").click()
    expect(tid(phone, "final-ask")).to_be_visible()


def test_the_list_is_found_from_the_phone_and_names_nobody(phone: Page, node: DemoNode) -> None:
    sign_in_as_new(phone, Newcomer("Lý Văn Mạnh (hư cấu)"))
    open_own_page(phone)
    tid(phone, "final-lists").click()
    expect(tid(phone, "nothing-published")).to_be_visible()
    a_list_arrives(node)
    phone.goto("/")
    tid(phone, "door-common").click()
    tid(phone, "lists").get_by_role("link").first.click()
    rows = tid(phone, "rows").locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Dòng số 4")
    expect(rows.first).to_contain_text("Điềm Thụy")
    expect(rows.last).to_contain_text("Dòng số 3")
    expect_no_sideways_scroll(phone)
