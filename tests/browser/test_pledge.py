"""A Party member's year on the phone: two deeds written without signal, the cell's answers, evidence, looking back."""

import io
import re
import uuid
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db.engine import Database
from backend.people.models import Person, StaffLogin, SubjectLink
from backend.units.models import Unit
from campaigns.models import Activity
from campaigns.pledge import cell
from campaigns.pledge.models import Pledge
from campaigns.pledge.readers import Reader, open_pledge, present_cell
from tests.browser.conftest import DESK, PHONE
from tests.browser.demo_node import ROOT, DemoNode
from tests.browser.steps import (
    Newcomer,
    expect_no_sideways_scroll,
    expect_tally,
    find_signal,
    keep_app_on_phone,
    lose_signal,
    reopen_tab,
    sign_in_as_new,
    sign_in_to_console,
    tid,
)
from tests.browser.test_accessible import ANY, Look
from tests.media.test_papers import small
from tests.support import pdf_text

pytestmark = pytest.mark.browser

CELL_CODE = "CBDT26"
SECRETARY = "hanh"
PICTURE = ROOT / "mobile_api" / "pwa" / "public" / "icon-192.png"
OWN_DEED = "Hướng dẫn bà con trong xóm nộp hồ sơ trên mạng (hư cấu)"
ASKED_FOR = "Đồng chí ghi rõ giúp mấy hộ, xong khi nào."


# --- the member ---------------------------------------------------------------------------------------------------


def open_pledge_card(phone: Page) -> None:
    phone.locator("[data-testid=activity-card][data-kind=pledge]").first.click()
    expect(phone.locator("main h1")).to_be_visible()


def join_the_cell(phone: Page, name: str) -> None:
    """A newcomer with the cell's code, who then reads and agrees."""
    sign_in_as_new(phone, Newcomer(name, born="1979"))
    keep_app_on_phone(phone)
    use_the_code(phone)
    open_pledge_card(phone)
    tid(phone, "enter-pledge").click()
    expect(tid(phone, "consent-check")).not_to_be_checked()
    tid(phone, "consent-check").check()
    tid(phone, "consent-agree").click()
    expect(tid(phone, "standing")).to_have_attribute("data-state", "none")


def use_the_code(phone: Page) -> None:
    """Nobody but members sees that there is such a thing: the code comes first."""
    expect(phone.locator("[data-testid=activity-card][data-kind=pledge]")).to_have_count(0)
    tid(phone, "open-me").click()
    tid(phone, "open-join").click()
    tid(phone, "class-input").fill(CELL_CODE)
    tid(phone, "class-join").click()
    expect(tid(phone, "class-input")).to_have_count(0)
    tid(phone, "open-home").click()


def choose_a_suggestion(phone: Page) -> str:
    """Found without marks, its number changed; answers what the deed says now."""
    tid(phone, "open-menu").click()
    tid(phone, "menu-search").fill("huong dan 5 ho trong xom")
    suggestion = phone.locator("[data-testid=suggestion][data-code=huong-dan-nop-ho-so]")
    expect(suggestion).to_be_visible()
    suggestion.click()
    expect(tid(phone, "what")).to_have_value(re.compile("5 hộ"))
    tid(phone, "amount-more").click()
    tid(phone, "amount-more").click()
    expect(tid(phone, "what")).to_have_value(re.compile("7 hộ"))
    expect(tid(phone, "measure")).to_have_value(re.compile("7 hộ"))
    expect(tid(phone, "due")).to_have_value(re.compile(r"-12-31$"))
    said = tid(phone, "what").input_value()
    tid(phone, "save-item").click()
    expect(tid(phone, "deed").filter(has_text="7 hộ")).to_be_visible()
    return said


def write_half_a_deed(phone: Page) -> None:
    """A call comes in between: what was typed stands there again."""
    tid(phone, "add-own").click()
    tid(phone, "theme-innovation").click()
    tid(phone, "what").fill(OWN_DEED)
    phone.go_back()
    tid(phone, "add-own").click()
    expect(tid(phone, "resumed")).to_be_visible()
    expect(tid(phone, "what")).to_have_value(OWN_DEED)
    tid(phone, "save-item").click()
    expect(tid(phone, "deed").filter(has_text=OWN_DEED)).to_contain_text("Chưa có thời hạn")


def complete_it(phone: Page) -> None:
    tid(phone, "hand-in").click()
    expect(tid(phone, "lacks")).to_contain_text("chưa ghi kết quả cần đạt")
    tid(phone, "lacks").get_by_role("link").first.click()
    tid(phone, "measure").fill("Có 3 hộ tự nộp được")
    tid(phone, "due").fill(f"{date.today().year + 1}-01-31")
    tid(phone, "save-item").click()
    expect(tid(phone, "lacks")).to_have_count(0)


def expect_state(phone: Page, state: str) -> None:
    """The phone asks by itself within a minute; here it is nudged until the node's change has come down."""
    wanted = phone.locator(f"[data-testid=standing][data-state={state}]")
    for _ in range(40):
        if wanted.count():
            break
        phone.evaluate("() => dispatchEvent(new Event('online'))")
        phone.wait_for_timeout(750)
    expect(wanted).to_be_visible()


def show_how_far(phone: Page) -> None:
    """Words and a photo; a picture the browser cannot open is refused in words, and nothing typed is lost."""
    tid(phone, "deed").filter(has_text=OWN_DEED).click()
    tid(phone, "add-evidence").click()
    tid(phone, "progress-done").click()
    tid(phone, "evidence-words").fill("Đã hướng dẫn đủ 3 hộ, ngày 20 tháng này.")
    broken = file_named("IMG_0001.HEIC", "image/heic", b"\0\0\0\x18ftypheic")
    tid(phone, "photo").set_input_files(files=[broken])
    expect(tid(phone, "photo-failed")).to_contain_text("không mở được ảnh HEIC")
    with TemporaryDirectory() as place:
        tid(phone, "photo").set_input_files(large_photo(Path(place, "IMG_0002.png"), 41))
        expect(tid(phone, "photo-failed")).to_contain_text("IMG_0002.png lớn quá")
        tid(phone, "photo").set_input_files(large_photo(Path(place, "IMG_0003.png"), 39))
        expect(tid(phone, "drop-photo")).to_have_count(1, timeout=60_000)
    refuse_what_is_no_pdf(phone)
    tid(phone, "paper").set_input_files(files=[pdf_named("bien-ban.pdf", small())])
    expect(tid(phone, "drop-photo")).to_have_count(2)
    tid(phone, "save-evidence").click()
    expect(tid(phone, "evidence")).to_have_attribute("data-progress", "done")
    expect(tid(phone, "picture")).to_have_count(2)


def large_photo(place: Path, megabytes: int) -> Path:
    """A picture with a long tail, as cameras with moving pictures write them; on the disk, where the browser reads it."""
    place.write_bytes(PICTURE.read_bytes().ljust(megabytes * 1024 * 1024, b"\0"))
    return place


def file_named(name: str, media_type: str, raw: bytes) -> FilePayload:
    return {"name": name, "mimeType": media_type, "buffer": raw}


def pdf_named(name: str, raw: bytes) -> FilePayload:
    return file_named(name, "application/pdf", raw)


def refuse_what_is_no_pdf(phone: Page) -> None:
    """By its first bytes and not by its name; locked; too large. What was typed stays."""
    locked = small().replace(b"<</Root 1 0 R>>", b"<</Root 1 0 R/Encrypt 5 0 R>>")
    for raw, words in (
        (PICTURE.read_bytes(), "không phải tệp PDF"),
        (locked, "có mật khẩu"),
        (small() + b" " * (6 * 1024 * 1024), "tối đa 6 MB"),
    ):
        tid(phone, "paper").set_input_files(files=[pdf_named("bien-ban.pdf", raw)])
        expect(tid(phone, "photo-failed")).to_contain_text(words)
        expect(tid(phone, "drop-photo")).to_have_count(1)
    expect(tid(phone, "evidence-words")).not_to_have_value("")


def look_back_at_midyear(phone: Page) -> None:
    tid(phone, "open-midyear").click()
    tid(phone, "outcome-partly").first.click()
    tid(phone, "review-words").fill("Mạng ở xóm trên còn yếu.")
    tid(phone, "save-review").click()
    expect(tid(phone, "standing")).to_be_visible()


def look_back_at_the_year(phone: Page) -> None:
    tid(phone, "open-year-end").click()
    tid(phone, "save-review").click()
    expect(phone.get_by_text("Xin chọn kết quả của việc này.").first).to_be_visible()
    for at in range(tid(phone, "outcome").count()):
        tid(phone, "outcome").nth(at).get_by_test_id("outcome-done").click()
    expect(tid(phone, "class-good")).to_contain_text("chưa xác nhận")
    expect(tid(phone, "decided-by-people")).to_contain_text("không chấm điểm")
    tid(phone, "class-good").click()
    tid(phone, "save-review").click()
    tid(phone, "confirm-review").click()
    expect(tid(phone, "standing")).to_have_attribute("data-state", "self_assessed")


# --- the cell, which answers in its meeting -----------------------------------------------------------------------


class Office:
    """The secretary and the committee at work on one member's pledge, straight through the room."""

    def __init__(self, node: DemoNode, member: str) -> None:
        self.database = Database(f"sqlite:///{node.data / 'lantoa.sqlite3'}")
        self.member = member

    def does(self, deed: Callable[[Session, Activity, Pledge, Reader], Any]) -> None:
        with self.database.transaction() as session:
            pledge = self._pledge(session)
            activity = session.get_one(Activity, pledge.activity_id)
            here = present_cell(session, pledge.subject)
            assert here is not None
            deed(session, activity, pledge, Reader(self._staff(session, SECRETARY), "secretary", here))

    def _staff(self, session: Session, username: str) -> uuid.UUID:
        return session.scalars(select(StaffLogin.person_id).where(StaffLogin.username == username)).one()

    def _pledge(self, session: Session) -> Pledge:
        for pledge in session.scalars(select(Pledge).order_by(Pledge.made_at.desc())):
            if self._name(session, pledge.subject) == self.member:
                return cell.held(session, pledge.id)
        raise AssertionError(f"{self.member} has no pledge on the node")

    def pledge_id(self) -> uuid.UUID:
        with self.database.transaction(writes=False) as session:
            return self._pledge(session).id

    def _name(self, session: Session, subject: uuid.UUID) -> str | None:
        query = select(Person.name).join(SubjectLink, SubjectLink.person_id == Person.id)
        return session.scalar(query.where(SubjectLink.subject == subject))

    def returns(self) -> None:
        self.does(lambda s, _a, p, by: (self._opens(s, p, by), cell.send_back(s, p, p.number, ASKED_FOR, by)))

    def confirms(self) -> None:
        self.does(
            lambda s, a, p, by: (self._opens(s, p, by), cell.confirm(s, a, p, p.number, "Nhất trí.", by))
        )

    def _opens(self, session: Session, pledge: Pledge, by: Reader) -> None:
        open_pledge(session, pledge.id, by, {by.unit})
        session.flush()

    def shares(self) -> None:
        self.does(lambda s, a, _p, by: cell.share(s, a, ["cell"], date.today(), by))

    def decides(self) -> None:
        paper = cell.Paper("31-QĐ/ĐU (hư cấu)", date.today())
        self.does(lambda s, a, p, by: cell.propose(s, a, p, "good", "Làm tốt, giúp được bà con.", by))
        self.does(lambda s, a, p, _by: cell.decide(s, a, p, "good", "", paper, self._committee(s)))

    def _committee(self, session: Session) -> Reader:
        above = session.scalars(select(Unit.id).where(Unit.kind == "party_organisation")).first()
        assert above is not None
        return Reader(self._staff(session, "thuan"), "committee", above)


# --- the tests ----------------------------------------------------------------------------------------------------


def test_a_members_year_from_words_without_signal_to_the_decided_class(
    opened: Callable[..., Any], own_node: DemoNode
) -> None:
    name = "Vũ Văn Nêu"
    with opened("phone", **PHONE, base_url=own_node.url) as street:
        phone = street.new_page()
        join_the_cell(phone, name)
        tid(phone, "open-menu").click()
        expect(tid(phone, "suggestion").first).to_be_visible()
        phone.go_back()
        lose_signal(phone)
        first = choose_a_suggestion(phone)
        write_half_a_deed(phone)
        expect_tally(phone, waiting=2, refused=0)

        phone = reopen_tab(phone)
        open_pledge_card(phone)
        expect(tid(phone, "deed")).to_have_count(2)
        expect(tid(phone, "deed").filter(has_text=first[:40])).to_be_visible()
        expect(tid(phone, "deed-waits")).to_have_count(2)
        complete_it(phone)
        find_signal(phone)
        expect_tally(phone, waiting=0, refused=0)
        expect(tid(phone, "deed-waits")).to_have_count(0)
        expect(tid(phone, "readers")).to_contain_text("Chưa có ai khác mở xem")
        tid(phone, "hand-in").click()
        expect_state(phone, "submitted")

        office = Office(own_node, name)
        office.returns()
        expect_state(phone, "returned")
        expect(tid(phone, "cell-words")).to_have_text(ASKED_FOR)
        complete_and_hand_in_again(phone)
        office.confirms()
        expect_state(phone, "in_force")

        show_how_far(phone)
        expect_tally(phone, waiting=0, refused=0)
        sent = phone.locator("[data-testid=picture][data-state=complete]")
        expect(sent).to_have_count(2, timeout=70_000)
        with opened("desk", **DESK, base_url=own_node.url) as desk:
            save_the_paper_at_the_desk(desk.new_page(), office.pledge_id())
        phone.go_back()
        save_the_form(phone)
        look_back_at_midyear(phone)
        look_back_at_the_year(phone)
        expect_tally(phone, waiting=0, refused=0)
        office.decides()
        expect_state(phone, "closed")
        expect(tid(phone, "class-committee")).to_contain_text("Hoàn thành tốt nhiệm vụ")
        expect(tid(phone, "class-committee")).to_contain_text("31-QĐ/ĐU")
        expect(tid(phone, "readers")).to_contain_text("bí thư chi bộ")
        # two answers, and at the desk the page and its PDF; the sheet too where a deed falls due
        expect(tid(phone, "reader").nth(3)).to_be_visible()
        expect(tid(phone, "readers")).to_contain_text("Xem minh chứng")
        tid(phone, "open-versions").click()
        expect(tid(phone, "version")).to_have_count(2)
        expect(tid(phone, "version").last).to_contain_text(ASKED_FOR)


def save_the_paper_at_the_desk(desk: Page, pledge: uuid.UUID) -> None:
    """The secretary's browser saves it and shows nothing of it; the agenda sheet comes as a PDF too."""
    look = Look()
    sign_in_to_console(desk, SECRETARY)
    desk.goto(f"/admin/pledges/{pledge}")
    look(desk, "desk-pledge")
    with desk.expect_download() as coming:
        tid(desk, "paper").click()
    assert coming.value.path().read_bytes() == small()
    desk.goto("/admin/pledges")
    desk.goto(f"{desk.url.split('?')[0]}/agenda")
    look(desk, "desk-agenda")
    with desk.expect_download() as coming:
        tid(desk, "pdf").click()
    assert "PHIẾU HỌP CHI BỘ" in pdf_text.words(coming.value.path().read_bytes())
    look.fine()


def complete_and_hand_in_again(phone: Page) -> None:
    tid(phone, "deed").filter(has_text=OWN_DEED).click()
    tid(phone, "change-item").click()
    tid(phone, "measure").fill("Có 3 hộ ở xóm Kê tự nộp được")
    tid(phone, "save-item").click()
    expect(tid(phone, "unsent")).to_be_visible()
    tid(phone, "hand-in").click()
    expect_state(phone, "submitted")


def save_the_form(phone: Page) -> None:
    with phone.expect_download() as coming:
        tid(phone, "save-word").click()
    place = coming.value.path()
    with zipfile.ZipFile(io.BytesIO(place.read_bytes())) as packed:
        assert OWN_DEED in packed.read("word/document.xml").decode()
    with phone.expect_download() as coming:
        tid(phone, "save-pdf").click()
    assert coming.value.suggested_filename == "ban-dang-ky-neu-guong.pdf"
    words = " ".join(pdf_text.words(coming.value.path().read_bytes()).split())
    assert OWN_DEED in words


def test_deeds_the_cell_shares_are_read_by_its_members_and_the_reading_is_told(
    opened: Callable[..., Any], own_node: DemoNode
) -> None:
    look = Look()
    look.impacts = ANY
    with (
        opened("read", **PHONE, base_url=own_node.url) as his_street,
        opened("reader", **PHONE, base_url=own_node.url) as her_street,
    ):
        his, hers = his_street.new_page(), her_street.new_page()
        join_the_cell(his, "Vũ Văn Đọc")
        choose_a_suggestion(his)
        tid(his, "hand-in").click()
        expect_state(his, "submitted")
        office = Office(own_node, "Vũ Văn Đọc")
        office.confirms()
        join_the_cell(hers, "Ksor H'Bia Xem")
        choose_a_suggestion(hers)
        expect(tid(hers, "open-fellows")).to_have_count(0)
        office.shares()
        hers.reload()
        tid(hers, "open-fellows").click()
        expect(tid(hers, "fellow").filter(has_text="Vũ Văn Đọc")).to_be_visible()
        look(hers, "pledge-fellows")
        tid(hers, "fellow").filter(has_text="Vũ Văn Đọc").click()
        expect(tid(hers, "fellow-deed")).to_contain_text("7 hộ")
        look(hers, "pledge-fellow")
        lose_signal(hers)
        hers.go_back()
        expect(tid(hers, "fellows-failed")).to_contain_text("cần có sóng")
        look(hers, "pledge-fellows-no-signal")
        his.reload()
        expect(tid(his, "readers")).to_contain_text("Ksor H'Bia Xem")
        expect(tid(his, "readers")).to_contain_text("đảng viên cùng chi bộ")
    look.fine()


def test_what_the_node_does_not_take_stays_in_sight_with_its_words(phone: Page, node: DemoNode) -> None:
    """A receipt that is nobody's own is refused: the reason stands there, and so do the words."""
    join_the_cell(phone, "Vũ Thị Giữ")
    choose_a_suggestion(phone)
    expect_tally(phone, waiting=0)
    tid(phone, "deed").first.click()
    tid(phone, "add-evidence").click()
    tid(phone, "evidence-words").fill("Lời này không được mất")
    tid(phone, "receipt-part").locator("summary").click()
    tid(phone, "type-receipt").fill("abcd-efgh")
    tid(phone, "save-evidence").click()
    phone.go_back()
    expect(tid(phone, "pledge-refused")).to_contain_text("Không tìm thấy mã biên nhận này")
    expect(tid(phone, "pledge-refused")).to_contain_text("Lời này không được mất")
    tid(phone, "put-away").click()
    expect(tid(phone, "pledge-refused")).to_have_count(0)


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_every_screen_of_the_pledge_can_be_read_and_used_by_everybody(
    opened: Callable[..., Any], node: DemoNode, screen: dict[str, Any]
) -> None:
    look = Look()
    look.impacts = ANY
    name = f"Vũ Văn Xem {screen['viewport']['width']}"
    with opened("phone", **screen) as street:
        phone = street.new_page()
        sign_in_as_new(phone, Newcomer(name, born="1979"))
        use_the_code(phone)
        look(phone, "pledge-card")
        open_pledge_card(phone)
        expect(tid(phone, "enter-pledge")).to_be_visible()
        look(phone, "pledge-enter")
        tid(phone, "enter-pledge").click()
        expect(tid(phone, "consent-check")).to_be_visible()
        look(phone, "pledge-consent")
        tid(phone, "consent-check").check()
        tid(phone, "consent-agree").click()
        expect(tid(phone, "standing")).to_be_visible()
        look(phone, "pledge-empty")
        look_at_writing(phone, look)
        expect_tally(phone, waiting=0)
        office = Office(node, name)
        office.returns()
        expect_state(phone, "returned")
        look(phone, "pledge-returned")
        complete_and_hand_in_again(phone)
        office.confirms()
        expect_state(phone, "in_force")
        look_at_the_year(phone, look)
        look_back_at_the_year(phone)
        expect_tally(phone, waiting=0)
        office.decides()
        expect_state(phone, "closed")
        look(phone, "pledge-closed")
        tid(phone, "open-versions").click()
        expect(tid(phone, "version").first).to_be_visible()
        look(phone, "pledge-versions")
        phone.evaluate("() => document.documentElement.classList.add('largest')")
        phone.go_back()
        expect(tid(phone, "standing")).to_be_visible()
        look(phone, "pledge-closed-largest")
    look.fine()


def look_at_writing(phone: Page, look: Look) -> None:
    tid(phone, "open-menu").click()
    expect(tid(phone, "suggestion").first).to_be_visible()
    tid(phone, "menu-whom").select_option("farmer")
    look(phone, "pledge-menu")
    tid(phone, "menu-whom").select_option("")
    phone.go_back()
    choose_a_suggestion(phone)
    tid(phone, "open-menu").click()
    tid(phone, "menu-search").fill("huong dan 3 nguoi cao tuoi")
    tid(phone, "suggestion").first.click()
    expect(tid(phone, "amount")).to_be_visible()
    look(phone, "pledge-item")
    phone.go_back()
    phone.go_back()
    write_half_a_deed(phone)
    tid(phone, "hand-in").click()
    look(phone, "pledge-lacks")
    complete_it(phone)
    expect(tid(phone, "standing")).to_be_visible()
    look(phone, "pledge-draft")
    expect_no_sideways_scroll(phone)
    tid(phone, "hand-in").click()
    expect_state(phone, "submitted")
    look(phone, "pledge-submitted")


def look_at_the_year(phone: Page, look: Look) -> None:
    tid(phone, "deed").filter(has_text=OWN_DEED).click()
    tid(phone, "add-evidence").click()
    expect(tid(phone, "evidence-words")).to_be_visible()
    look(phone, "pledge-evidence-form")
    phone.go_back()
    phone.go_back()
    show_how_far(phone)
    look(phone, "pledge-deed")
    phone.go_back()
    expect(tid(phone, "standing")).to_be_visible()
    look(phone, "pledge-in-force")
    tid(phone, "open-midyear").click()
    expect(tid(phone, "review-words")).to_be_visible()
    look(phone, "pledge-midyear")
    phone.go_back()
    tid(phone, "open-year-end").click()
    expect(tid(phone, "class-good")).to_be_visible()
    look(phone, "pledge-year-end")
    phone.go_back()
