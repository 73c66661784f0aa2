"""An idea's way on the phone: written without signal, returned, completed; a co-author's yes; the gallery without names."""

import re
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.engine import Database
from backend.db.node import own_unit
from backend.people.models import StaffLogin
from backend.safeguards.audit import OPERATOR
from campaigns import campaigns, drafting, lifecycle
from campaigns.initiative import challenges, discussion, intake
from campaigns.initiative.models import Initiative, Report
from campaigns.initiative.offices import Handler
from campaigns.initiative.schemas import InitiativeSettings
from campaigns.models import Activity
from campaigns.pack import read_pack
from campaigns.pack.store import SHIPPED
from tests.browser.conftest import DESK, PHONE
from tests.browser.demo_node import DemoNode
from tests.browser.steps import (
    Newcomer,
    expect_draft_saved,
    expect_tally,
    find_signal,
    keep_app_on_phone,
    lose_signal,
    reopen_tab,
    sign_in_as_new,
    tid,
)
from tests.browser.test_accessible import ANY, Look

pytestmark = pytest.mark.browser

CARD = "[data-testid=activity-card][data-kind=initiative][data-state=open]"
TITLE = "Treo lịch tiếp dân bằng chữ to ở cổng (hư cấu)"
FILE = "Phiếu hỏi ba câu trước khi xuống xã (hư cấu)"
ASKED_FOR = "Xin ghi rõ ai thay lịch mỗi tuần."
SETTINGS = InitiativeSettings(publish_after_days=0)


class Office:
    """Whoever receives initiatives, at work straight through the room; opens a year of them where the demo has none."""

    def __init__(self, node: DemoNode) -> None:
        self.database = Database(f"sqlite:///{node.data / 'lantoa.sqlite3'}")
        with self.database.transaction() as session:
            self.activity = self._running(session) or self._opened(session)

    def _running(self, session: Session) -> uuid.UUID | None:
        query = select(Activity.id).where(Activity.kind == "initiative", Activity.state == "open")
        return session.scalars(query).first()

    def _opened(self, session: Session) -> uuid.UUID:
        pack = read_pack(SHIPPED / "sang-kien-so")
        paper = drafting.Document("15/KH-UBND (hư cấu)", clock.today(), "Kế hoạch (hư cấu)")
        dates = drafting.dates_of(pack, clock.today() + timedelta(days=1))
        draft = drafting.prepare(session, pack, own_unit(session), dates, OPERATOR, document=paper)
        campaigns.release(session, draft.id, OPERATOR)
        activity = session.scalars(select(Activity).where(Activity.campaign_id == draft.id)).one()
        lifecycle.open_activity(session, activity, OPERATOR)
        return activity.id

    def _handler(self, session: Session) -> Handler:
        person = session.scalars(select(StaffLogin.person_id).order_by(StaffLogin.username)).first()
        assert person is not None
        return Handler(person, own_unit(session))

    def does(self, title: str, deed: Callable[[Session, Activity, Initiative, Handler], Any]) -> None:
        with self.database.transaction() as session:
            found = session.scalars(select(Initiative.id).where(Initiative.title == title)).one()
            row = intake.held(session, found)
            deed(session, session.get_one(Activity, row.activity_id), row, self._handler(session))

    def returns(self, title: str, words: str = ASKED_FOR) -> None:
        self.does(title, lambda s, _a, r, by: intake.send_back(s, r, words, by))

    def notes(self, title: str) -> None:
        self.does(title, lambda s, _a, r, by: intake.note_small(s, SETTINGS, r, "Cảm ơn, sẽ làm ngay.", by))

    def finds_valid(self, title: str) -> None:
        self.does(title, lambda s, a, r, by: intake.find_valid(s, a, r, "", by))

    def orders(self) -> None:
        today = clock.today()
        with self.database.transaction() as session:
            challenges.order(
                session, self.activity, title="Bớt một lần xuống xã (hư cấu)", problem="Xóm xa đi lại vất vả.",
                ordered_by="Chủ tịch UBND xã", opens_on=today, closes_on=today + timedelta(days=30), by=self._handler(session),
            )  # fmt: skip

    def takes_down_what_was_reported(self) -> None:
        with self.database.transaction() as session:
            (comment,) = session.scalars(select(Report.comment_id)).all()
            discussion.hide(session, comment, "Lời lẽ xúc phạm", self._handler(session).person)


# --- on the phone -------------------------------------------------------------------------------------------------


def open_room(phone: Page) -> None:
    phone.locator(CARD).first.click()
    expect(phone.locator("main h1")).to_be_visible()


def enter_room(phone: Page, name: str) -> None:
    """A newcomer reads and agrees."""
    sign_in_as_new(phone, Newcomer(name, born="1979"))
    keep_app_on_phone(phone)
    open_room(phone)
    agree(phone)


def agree(phone: Page) -> None:
    tid(phone, "enter-ideas").click()
    expect(tid(phone, "consent-check")).not_to_be_checked()
    tid(phone, "consent-check").check()
    tid(phone, "consent-agree").click()
    expect(tid(phone, "begin-formal")).to_be_visible()


def write_small(phone: Page, title: str = TITLE) -> None:
    tid(phone, "begin-small").click()
    tid(phone, "small-title").fill(title)
    tid(phone, "step-next").click()
    tid(phone, "small-problem").fill("Bà con đến không biết hôm nay ai trực.")
    tid(phone, "step-next").click()
    tid(phone, "small-solution").fill("In lịch chữ to, treo ở cổng và chỗ để xe.")
    expect_draft_saved(phone)


def send_small(phone: Page, title: str = TITLE) -> None:
    write_small(phone, title)
    tid(phone, "send-small").click()
    expect(tid(phone, "standing")).to_be_visible()


def write_file(phone: Page, co_author: str) -> None:
    tid(phone, "begin-formal").click()
    tid(phone, "title").fill(FILE)
    tid(phone, "problem").fill("Người xóm xa xuống đến nơi mới biết thiếu giấy tờ.")
    tid(phone, "solution").fill("Mười tờ hỏi nhanh cho mười thủ tục hay gặp.")
    tid(phone, "applied-where").fill("Nhà văn hoá xóm")
    tid(phone, "applied-from").fill((date.today() - timedelta(days=60)).isoformat())
    tid(phone, "add-figure").click()
    tid(phone, "figure-what").fill("Lượt phải quay về một tháng (trước 46)")
    tid(phone, "figure-amount").fill("nhiều")
    tid(phone, "figure-unit").fill("lượt")
    tid(phone, "add-author").click()
    tid(phone, "co-author-name").fill(co_author)
    tid(phone, "share-own").fill("70")
    expect(tid(phone, "share-sum")).to_contain_text("120%")
    tid(phone, "send-formal").click()
    expect(tid(phone, "lacks")).to_contain_text("đúng 100%")
    expect(phone.get_by_text("Xin ghi một số, ví dụ 13 hoặc 2,5.")).to_be_visible()
    expect(tid(phone, "figure-amount")).to_be_focused()
    tid(phone, "co-author-share").fill("30")
    tid(phone, "figure-amount").fill("13")
    expect(tid(phone, "share-sum")).not_to_contain_text("Cần đúng")


def expect_state(phone: Page, state: str) -> None:
    """The phone asks by itself within a minute; here it is nudged until the node's change has come down."""
    wanted = phone.locator(f"[data-testid=standing][data-state={state}]")
    for _ in range(40):
        if wanted.count():
            break
        phone.evaluate("() => dispatchEvent(new Event('online'))")
        phone.wait_for_timeout(750)
    expect(wanted).to_be_visible()


# --- the tests ----------------------------------------------------------------------------------------------------


def test_an_idea_from_words_without_signal_to_thanks_and_the_gallery_without_a_name(
    opened: Callable[..., Any], own_node: DemoNode
) -> None:
    office = Office(own_node)
    with opened("phone", **PHONE, base_url=own_node.url) as street:
        phone = street.new_page()
        enter_room(phone, "Vũ Thị Sáng")
        lose_signal(phone)
        write_small(phone)

        phone = reopen_tab(phone)
        open_room(phone)
        tid(phone, "begin-small").click()
        expect(tid(phone, "resumed")).to_be_visible()
        expect(tid(phone, "small-solution")).to_have_value("In lịch chữ to, treo ở cổng và chỗ để xe.")
        tid(phone, "send-small").click()
        expect(tid(phone, "standing")).to_have_attribute("data-state", "sending")
        expect_tally(phone, waiting=2, refused=0)
        find_signal(phone)
        expect_tally(phone, waiting=0, counted=1, refused=0)
        expect_state(phone, "received")

        office.returns(TITLE)
        expect_state(phone, "returned")
        expect(tid(phone, "returned-words")).to_have_text(ASKED_FOR)
        complete(phone)
        expect_state(phone, "received")
        office.notes(TITLE)
        expect_state(phone, "noted")
        expect(tid(phone, "stage")).to_have_count(4)
    read_in_the_gallery(opened, own_node, office)


def complete(phone: Page) -> None:
    tid(phone, "change-idea").click()
    tid(phone, "step-next").click()
    tid(phone, "step-next").click()
    tid(phone, "small-solution").fill("In lịch chữ to, treo ở cổng. Văn phòng thay mỗi sáng thứ hai.")
    tid(phone, "send-small").click()
    expect_tally(phone, waiting=0, refused=0)


def read_in_the_gallery(opened: Callable[..., Any], node: DemoNode, office: Office) -> None:
    """Found without marks, nobody named; stood behind, a word said and reported."""
    with opened("reader", **PHONE, base_url=node.url) as street:
        phone = street.new_page()
        enter_room(phone, "Lò Văn Học")
        tid(phone, "open-gallery").click()
        tid(phone, "gallery-search").fill("lich tiep dan chu to")
        expect(tid(phone, "gallery-card").first).to_contain_text(TITLE)
        expect(tid(phone, "gallery-card").first).to_contain_text("Một tác giả")
        tid(phone, "gallery-card").first.click()
        expect(tid(phone, "by-whom")).to_contain_text("Một tác giả")
        expect(phone.locator("main")).not_to_contain_text("Vũ Thị Sáng")
        lose_signal(phone)
        tid(phone, "endorse").click()
        expect(tid(phone, "endorsements")).to_have_attribute("data-count", "1")
        tid(phone, "say-words").fill("Xóm tôi cũng cần.")
        tid(phone, "say").click()
        expect(tid(phone, "comment")).to_have_count(1)
        expect_tally(phone, waiting=2)
        find_signal(phone)
        expect_tally(phone, waiting=0, refused=0)
        expect(tid(phone, "endorsements")).to_have_attribute("data-count", "1")
        report_it(opened, node)
        office.takes_down_what_was_reported()
        phone.reload()
        expect(tid(phone, "hidden-why")).to_contain_text("Lời lẽ xúc phạm")


def report_it(opened: Callable[..., Any], node: DemoNode) -> None:
    with opened("neighbour", **PHONE, base_url=node.url) as street:
        phone = street.new_page()
        enter_room(phone, "Hoàng Thị Nghe")
        tid(phone, "open-gallery").click()
        tid(phone, "gallery-card").filter(has_text=TITLE).click()
        tid(phone, "report").click()
        tid(phone, "confirm-report").click()
        expect(tid(phone, "comment")).to_contain_text("đã báo")
        expect_tally(phone, waiting=0, refused=0)


def test_a_co_author_agrees_on_a_second_phone_after_reading(
    opened: Callable[..., Any], own_node: DemoNode
) -> None:
    office = Office(own_node)
    with opened("phone", **PHONE, base_url=own_node.url) as street:
        phone = street.new_page()
        enter_room(phone, "Vũ Văn Chung")
        write_file(phone, "Chị Mai")
        tid(phone, "send-formal").click()
        expect_tally(phone, waiting=0, refused=0)
        expect_state(phone, "received")
        tid(phone, "invite").click()
        expect(tid(phone, "qr")).to_be_visible()
        code = tid(phone, "invitation-code").inner_text()
        with opened("second", **PHONE, base_url=own_node.url) as other:
            second = other.new_page()
            enter_room(second, "Đinh Thị Mai")
            tid(second, "open-invited").click()
            tid(second, "invitation-input").fill("không phải mã")
            tid(second, "invitation-look").click()
            expect(second.get_by_text("Mã chưa đúng")).to_be_visible()
            tid(second, "invitation-input").fill(code)
            tid(second, "invitation-look").click()
            expect(tid(second, "invitation")).to_contain_text(FILE)
            expect(tid(second, "invitation")).to_contain_text("30%")
            tid(second, "say-yes").click()
            expect_tally(second, waiting=0, refused=0)
            expect(tid(second, "invitation-mine")).to_be_visible()
        phone.go_back()
        office.finds_valid(FILE)
        expect_state(phone, "valid")
        expect(tid(phone, "author").last).to_have_attribute("data-agreed", "true")
        expect(tid(phone, "author").last).to_contain_text("Đinh Thị Mai")
        expect(tid(phone, "change-idea")).to_have_count(0)
        tid(phone, "withdraw").click()
        tid(phone, "withdraw-words").fill("Làm thử thêm")
        tid(phone, "confirm-withdraw").click()
        expect_state(phone, "withdrawn")
        expect_tally(phone, waiting=0, refused=0)


def test_those_alike_are_shown_while_typing_and_nobody_waits_for_them(
    opened: Callable[..., Any], own_node: DemoNode
) -> None:
    office = Office(own_node)
    with opened("phone", **PHONE, base_url=own_node.url) as street:
        phone = street.new_page()
        enter_room(phone, "Vũ Văn Giống")
        send_small(phone)
        expect_tally(phone, waiting=0, refused=0)
        office.notes(TITLE)
        phone.goto("/app/")
        open_room(phone)
        write_small(phone, "Treo lịch tiếp dân chữ to ở cổng")
        expect(tid(phone, "alike")).to_contain_text(TITLE)
        phone.go_back()
        lose_signal(phone)
        tid(phone, "begin-small").click()
        expect(tid(phone, "small-solution")).to_be_visible()
        expect(tid(phone, "alike")).to_have_count(0)
        tid(phone, "keep-small").click()
        expect(tid(phone, "standing")).to_have_attribute("data-state", "draft")


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_every_screen_of_the_ideas_can_be_read_and_used_by_everybody(
    opened: Callable[..., Any], own_node: DemoNode, screen: dict[str, Any]
) -> None:
    look = Look()
    look.impacts = ANY
    office = Office(own_node)
    office.orders()
    with opened("phone", **screen, base_url=own_node.url) as street:
        phone = street.new_page()
        sign_in_as_new(phone, Newcomer("Vũ Văn Xem", born="1979"))
        open_room(phone)
        expect(tid(phone, "enter-ideas")).to_be_visible()
        look(phone, "idea-enter")
        agree(phone)
        look(phone, "idea-home-empty")
        write_small(phone)
        look(phone, "idea-small")
        tid(phone, "send-small").click()
        expect_state(phone, "received")
        expect_tally(phone, waiting=0)
        look(phone, "idea-received")
        office.returns(TITLE)
        expect_state(phone, "returned")
        look(phone, "idea-returned")
        phone.go_back()
        tid(phone, "challenge").locator("summary").click()
        look(phone, "idea-home")
        write_file(phone, "Chị Mai")
        look(phone, "idea-formal")
        tid(phone, "save-formal").click()
        expect_state(phone, "draft")
        look(phone, "idea-draft")
        tid(phone, "invite").click()
        expect(tid(phone, "qr")).to_be_visible()
        look(phone, "idea-invite")
        phone.goto(re.sub("#.*", f"#/activity/{office.activity}/invited", phone.url))
        expect(tid(phone, "invitation-input")).to_be_visible()
        look(phone, "idea-invited")
        look_at_the_gallery(phone, office, look)
    look.fine()


def look_at_the_gallery(phone: Page, office: Office, look: Look) -> None:
    office.does(TITLE, lambda s, _a, r, _by: setattr(r, "state", "received"))
    office.notes(TITLE)
    phone.goto(re.sub("#.*", f"#/activity/{office.activity}/gallery", phone.url))
    expect(tid(phone, "gallery-card").first).to_be_visible()
    look(phone, "idea-gallery")
    tid(phone, "gallery-card").filter(has_text=TITLE).click()
    expect(tid(phone, "by-whom")).to_be_visible()
    look(phone, "idea-published")
