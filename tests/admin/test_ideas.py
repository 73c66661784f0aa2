"""Initiatives at the console: received and answered, recognised once, spread, kept from whom they do not concern."""

import hashlib
import html
import io
import uuid
from datetime import timedelta

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select, update

from backend import clock
from backend.people.models import Person
from campaigns.initiative.models import Initiative
from tests.admin.desk import Desk, trail
from tests.admin.idea_desk import hidden, is_problem, revision, seated, state
from tests.structure.test_budgets import spent
from tests.support.initiatives import Year, hand_in, small, text
from tests.support.world import World

TODAY = clock.today().strftime("%d/%m/%Y")
PAPER = {"scope": "grassroots", "number": "58/QĐ-UBND", "day": TODAY, "signer": "Chủ tịch Lan"}


@pytest.fixture
def year(world: World) -> Year:
    return seated(world)


def answer(year: Year, desk: Desk, initiative: str, deed: str, words: str = ""):  # type: ignore[no-untyped-def]
    form = {"do": deed, "words": words, "revision": revision(year, initiative)}
    return desk("secretary").post(f"/admin/ideas/{initiative}/answer", data=form)


def recognise(year: Year, desk: Desk, initiative: str, **more: str):  # type: ignore[no-untyped-def]
    form = PAPER | {"revision": str(revision(year, initiative))} | more
    return desk("secretary").post(f"/admin/ideas/{initiative}/recognition", data=form)


def noted(year: Year, desk: Desk) -> str:
    """A small idea, thanked for and in the gallery."""
    made = hand_in(year.binh, small())
    assert answer(year, desk, made, "note").status_code == 303
    shown = {"do": "show", "revision": revision(year, made)}
    assert desk("secretary").post(f"/admin/ideas/{made}/publication", data=shown).status_code == 303
    return made


# --- who comes in -----------------------------------------------------------------------------------------------------


def test_the_menu_is_for_those_who_have_to_do_with_initiatives(year: Year, desk: Desk) -> None:
    for who in ("secretary", "Chánh", "agency_head", "an"):
        assert 'data-testid="menu-ideas"' in desk(who).get("/admin/").text, who
    for who in ("office", "inspector", "dpo", "operator", "leader", "releaser"):
        assert 'data-testid="menu-ideas"' not in desk(who).get("/admin/").text, who


def test_who_organises_sees_numbers_and_the_gallery_and_no_list(year: Year, desk: Desk) -> None:
    made = hand_in(year.binh, text())
    page = desk("an").get("/admin/ideas").text
    assert 'data-testid="count-received"' in page
    assert text()["title"] not in page
    assert desk("an").get(f"/admin/ideas/{made}").status_code == 403


def test_a_head_sees_the_own_units_and_neither_notes_nor_answers(year: Year, desk: Desk) -> None:
    made = hand_in(year.binh, text(unit=str(year.agency)))
    form = {"words": "Chỉ người tiếp nhận đọc", "revision": revision(year, made)}
    assert desk("secretary").post(f"/admin/ideas/{made}/notes", data=form).status_code == 303
    assert "Chỉ người tiếp nhận đọc" in desk("secretary").get(f"/admin/ideas/{made}").text
    page = desk("agency_head").get(f"/admin/ideas/{made}")
    assert page.status_code == 200
    assert "Chỉ người tiếp nhận đọc" not in page.text
    assert "/answer" not in page.text
    assert desk("agency_head").post(f"/admin/ideas/{made}/answer", data={"do": "valid"}).status_code == 403
    assert text()["title"] not in desk("school_head").get("/admin/ideas").text
    assert desk("school_head").get(f"/admin/ideas/{made}").status_code == 404


def test_a_draft_is_its_authors_alone(year: Year, desk: Desk) -> None:
    body = text()
    year.binh.do("initiative.write", body)
    assert body["title"] not in desk("secretary").get("/admin/ideas").text
    assert desk("secretary").get(f"/admin/ideas/{body['initiative']}").status_code == 404


def test_every_opening_is_on_the_trail(year: Year, desk: Desk) -> None:
    made = hand_in(year.binh, text())
    desk("secretary").get(f"/admin/ideas/{made}")
    (entry,) = trail(year.world, "initiative.read")
    assert (entry.actor, entry.noun_id, entry.is_read) == (year.secretary.person, made, True)


# --- intake -----------------------------------------------------------------------------------------------------------


def test_what_waits_stands_first_and_on_the_first_page(year: Year, desk: Desk) -> None:
    judged = hand_in(year.chau, text(title="Đã trả lời rồi"))
    answer(year, desk, judged, "invalid", "Không thuộc phạm vi.")
    hand_in(year.binh, text(title="Còn chờ xem"))
    page = desk("secretary").get("/admin/ideas").text
    assert page.index("Còn chờ xem") < page.index("Đã trả lời rồi")
    assert 'data-testid="waiting-ideas"' in desk("secretary").get("/admin/").text


def test_returning_takes_words_and_what_was_typed_stays(year: Year, desk: Desk) -> None:
    made = hand_in(year.binh, text())
    is_problem(answer(year, desk, made, "return", "x"), "ghi rõ lý do")
    refused = desk("secretary").post(
        f"/admin/ideas/{made}/answer", data={"do": "return", "words": "Xin ghi số lượt trước đây.", "revision": 1}
    )  # fmt: skip
    is_problem(refused, "đã có thay đổi")
    assert "Xin ghi số lượt trước đây." in refused.text
    assert answer(year, desk, made, "return", "Xin ghi số lượt trước đây.").status_code == 303
    assert year.one(year.binh, made)["stages"][-1]["words"] == "Xin ghi số lượt trước đây."


def test_a_file_is_valid_once_everybody_agreed_on_paper_or_phone(year: Year, desk: Desk) -> None:
    author = str(uuid.uuid4())
    made = hand_in(year.binh, text(share=60, others=[{"id": author, "name": "Cụ Tư", "share": 40}]))
    is_problem(answer(year, desk, made, "valid"), "chưa tự đồng ý")
    form = {"author": author, "revision": revision(year, made)}
    assert desk("secretary").post(f"/admin/ideas/{made}/authors", data=form).status_code == 303
    assert answer(year, desk, made, "valid").status_code == 303
    assert year.facts()["initiative.valid"] == 1


def test_look_alikes_stand_beside_for_the_secretary_alone(year: Year, desk: Desk) -> None:
    hand_in(year.chau, text())
    made = hand_in(year.binh, text(title="Phieu hoi ba cau truoc khi xuong xa", unit=str(year.agency)))
    assert 'data-testid="alike"' in desk("secretary").get(f"/admin/ideas/{made}").text
    assert 'data-testid="alike"' not in desk("agency_head").get(f"/admin/ideas/{made}").text


# --- recognition and what follows -------------------------------------------------------------------------------------


def test_a_decision_recognises_once_and_can_be_taken_back(year: Year, desk: Desk) -> None:
    made = year.recommended(hand_in(year.binh, text()))
    is_problem(recognise(year, desk, made, signer=""), "người ký")
    ahead = (clock.today() + timedelta(days=3)).strftime("%d/%m/%Y")
    is_problem(recognise(year, desk, made, day=ahead), "còn ở phía trước")
    assert recognise(year, desk, made).status_code == 303
    assert state(year, made) == "recognised"
    is_problem(recognise(year, desk, made), "đã được công nhận ở phạm vi này")
    page = desk("secretary").get(f"/admin/ideas/{made}").text
    where = page.split(f"/admin/ideas/{made}/recognition/")[1].split("/")[0]
    there = f"/admin/ideas/{made}/recognition/{where}/revoke"
    form = {"revision": revision(year, made), "why": "Sao chép của người khác."}
    assert desk("secretary").post(there, data=form).status_code == 303
    assert state(year, made) == "not_recognised"


def test_a_look_alike_is_recognised_with_words_about_how_it_differs(year: Year, desk: Desk) -> None:
    first = year.recommended(hand_in(year.binh, text()))
    assert recognise(year, desk, first).status_code == 303
    other = year.recommended(hand_in(year.chau, text()))
    is_problem(recognise(year, desk, other), "Đã có sáng kiến rất giống")
    assert recognise(year, desk, other, differs="Làm cho trường học, phiếu khác hẳn.").status_code == 303


def test_a_unit_takes_it_up_step_by_step(year: Year, desk: Desk) -> None:
    made = noted(year, desk)

    def step(stage: str, words: str = "", who: str = "school_head", unit: uuid.UUID = year.school):  # type: ignore[no-untyped-def]
        form = {"unit": str(unit), "stage": stage, "day": TODAY, "words": words}
        return desk(who).post(f"/admin/ideas/{made}/adoption", data=form)

    is_problem(step("replicated"), "lần lượt")
    assert step("pilot").status_code == 303
    assert step("evaluated", "Bớt được nửa buổi mỗi tuần.").status_code == 303
    assert step("replicated").status_code == 303
    assert year.facts()["initiative.replicated"] == 1
    assert step("pilot", unit=year.agency).status_code == 404
    assert step("stand").status_code == 303


def test_another_head_sees_what_is_published_without_authors(year: Year, desk: Desk) -> None:
    made = noted(year, desk)
    page = desk("school_head").get(f"/admin/ideas/{made}")
    assert page.status_code == 200
    assert 'data-testid="author"' not in page.text


def test_a_head_orders_ideas_and_ends_it(year: Year, desk: Desk) -> None:
    form = {"title": "Bớt giấy tờ họp", "problem": "Mỗi cuộc họp in ba trăm tờ.", "ordered_by": "Giám đốc Trung tâm", "opens_on": TODAY, "closes_on": "x"}  # fmt: skip
    refused = desk("agency_head").post("/admin/ideas/challenges", data=form)
    is_problem(refused, "ngày/tháng/năm", 400)
    assert "Mỗi cuộc họp in ba trăm tờ." in refused.text
    assert (
        desk("agency_head").post("/admin/ideas/challenges", data=form | {"closes_on": TODAY}).status_code
        == 303
    )
    assert [one["title"] for one in year.mine(year.binh)["challenges"]] == ["Bớt giấy tờ họp"]
    page = desk("secretary").get("/admin/ideas/challenges").text
    there = html.unescape(page.split('action="/admin/ideas/challenges/')[1].split('"')[0])
    later = {"last": (clock.today() + timedelta(days=5)).strftime("%d/%m/%Y")}
    assert desk("school_head").post(f"/admin/ideas/challenges/{there}", data=later).status_code == 404
    assert desk("agency_head").post(f"/admin/ideas/challenges/{there}", data=later).status_code == 303


def test_a_word_somebody_pointed_at_is_taken_down_with_a_reason(year: Year, desk: Desk) -> None:
    made, word = noted(year, desk), str(uuid.uuid4())
    year.chau.do("initiative.comment", {"comment": word, "initiative": made, "words": "Lời khó nghe."})
    year.an.do("initiative.report", {"comment": word})
    page = desk("secretary").get("/admin/ideas/discussion")
    assert "Lời khó nghe." in page.text
    assert "Châu" not in page.text
    is_problem(
        desk("secretary").post("/admin/ideas/discussion", data={"comment": word, "why": ""}), "ghi rõ lý do"
    )
    hide = {"comment": word, "why": "Xúc phạm người khác"}
    assert desk("secretary").post("/admin/ideas/discussion", data=hide).status_code == 303
    assert "Lời khó nghe." not in year.world.client().get(f"/sang-kien/{made}").text


def test_a_word_looked_at_and_left_standing_waits_no_more_until_somebody_else_points_at_it(
    year: Year, desk: Desk
) -> None:
    made, word = noted(year, desk), str(uuid.uuid4())
    year.chau.do("initiative.comment", {"comment": word, "initiative": made, "words": "Lời hơi thẳng."})
    year.an.do("initiative.report", {"comment": word})
    client = desk("secretary")

    def waits() -> bool:
        return "Lời hơi thẳng." in client.get("/admin/ideas/discussion").text

    def settle(**form: str) -> int:
        return client.post("/admin/ideas/discussion", data={"comment": word} | form).status_code

    assert waits()
    assert settle(do="leave") == 303
    assert not waits()
    (entry,) = trail(year.world, "initiative.leave_comment")
    assert (entry.actor, entry.noun_id) == (year.secretary.person, word)
    assert "Lời hơi thẳng." in year.world.client().get(f"/sang-kien/{made}").text
    year.an.do("initiative.report", {"comment": word})
    assert not waits()
    year.binh.do("initiative.report", {"comment": word})
    assert waits()
    assert settle(why="Xúc phạm người khác") == 303
    assert settle(do="leave") == 404  # taken down meanwhile
    assert settle(do="show") == 303
    assert not waits()


# --- the public page --------------------------------------------------------------------------------------------------


def test_everybody_reads_what_is_published_and_a_name_only_with_consent(year: Year, desk: Desk) -> None:
    waiting = hand_in(year.chau, text())
    made = noted(year, desk)
    anybody = year.world.client()
    page = anybody.get(f"/sang-kien/{made}").text
    assert small()["title"] in page
    assert "Một tác giả" in page
    assert "Bình" not in page
    assert anybody.get(f"/sang-kien/{waiting}").status_code == 404
    assert text()["title"] not in anybody.get("/sang-kien").text
    assert small()["title"] in anybody.get("/sang-kien", query_string={"tim": "treo lich chu to"}).text
    year.binh.agree("publish_name")
    assert "Bình" in anybody.get(f"/sang-kien/{made}").text


def test_a_name_not_agreed_to_is_covered_in_the_words_too(year: Year, desk: Desk) -> None:
    rename = update(Person).where(Person.id == uuid.UUID(year.binh.me["id"])).values(name="Phạm Thị Bình")
    year.with_session(lambda s: s.execute(rename))
    made = hand_in(year.binh, small(title="Lịch của Phạm Thị Bình", solution="Phạm Thị Bình treo lịch."))
    assert answer(year, desk, made, "note").status_code == 303
    shown = {"do": "show", "revision": revision(year, made)}
    assert desk("secretary").post(f"/admin/ideas/{made}/publication", data=shown).status_code == 303

    def seen() -> str:
        anybody = year.world.client()
        return anybody.get("/sang-kien").text + anybody.get(f"/sang-kien/{made}").text

    assert "Phạm Thị Bình" not in seen()
    assert "[…] treo lịch." in seen()
    year.binh.agree("publish_name")
    assert "Phạm Thị Bình treo lịch." in seen()


def test_what_is_held_back_leaves_the_gallery(year: Year, desk: Desk) -> None:
    made = noted(year, desk)
    form = {"revision": revision(year, made), "words": "Đang nộp đơn bảo hộ."}
    assert desk("secretary").post(f"/admin/ideas/{made}/publication", data=form).status_code == 303
    assert year.world.client().get(f"/sang-kien/{made}").status_code == 404


# --- a list from a file -----------------------------------------------------------------------------------------------


def book(rows: int) -> io.BytesIO:
    made, out = Workbook(), io.BytesIO()
    sheet = made.worksheets[0]
    sheet.append(["Tên sáng kiến", "Việc đang vướng", "Cách làm", "Tác giả", "Đơn vị"])
    for n in range(rows):
        own = " ".join(hashlib.sha256(f"{n}/{k}".encode()).hexdigest() for k in range(6))
        sheet.append(
            [f"Việc số {n}", f"Vướng {own}", f"Làm {own[::-1]}", "Nguyễn A (60); Trần B (40)", "05752-A1"]
        )
    made.save(out)
    out.seek(0)
    return out


def upload(desk: Desk, file: io.BytesIO):  # type: ignore[no-untyped-def]
    return desk("secretary").post("/admin/ideas/import", data={"file": (file, "ds.xlsx")})


def count(year: Year) -> int:
    return year.with_session(lambda s: s.scalar(select(func.count()).select_from(Initiative)) or 0)


def test_three_thousand_are_shown_first_and_written_once(year: Year, desk: Desk) -> None:
    page = upload(desk, book(3000))
    assert page.status_code == 200, page.text[:300]
    assert count(year) == 0
    form = {name: html.unescape(hidden(page.text, name)) for name in ("digest", "lines")}
    yes = desk("secretary").post("/admin/ideas/import/yes", data=form, content_type="multipart/form-data")
    assert yes.status_code == 303, yes.text[:300]
    assert count(year) == 3000
    again = desk("secretary").post("/admin/ideas/import/yes", data=form, content_type="multipart/form-data")
    assert again.status_code == 409
    assert count(year) == 3000


def test_what_cannot_be_read_is_said(year: Year, desk: Desk) -> None:
    is_problem(desk("secretary").post("/admin/ideas/import", data={}), "chọn một tệp", 400)
    assert upload(desk, io.BytesIO(b"PK nothing")).status_code == 400
    broken = {"digest": "x", "lines": "khong phai"}
    assert desk("secretary").post("/admin/ideas/import/yes", data=broken).status_code < 500
    assert desk("agency_head").get("/admin/ideas/import").status_code == 403


# --- what a page costs ------------------------------------------------------------------------------------------------


def test_the_list_costs_the_same_however_many_there_are(year: Year, desk: Desk) -> None:
    client = desk("secretary")

    def cost() -> int:
        return len(spent(year.world.database, lambda: client.get("/admin/ideas")))

    hand_in(year.binh, text())
    few = cost()
    for n in range(4):
        hand_in(year.chau, small(title=f"Ý thứ {n}"))
    assert cost() == few
