"""What a Party member fetches besides the own pledge: the menu of the campaign, and the form as a Word file."""

import io
import uuid
from typing import Any

import docx
import pytest
from docx.document import Document

from backend import clock
from campaigns.models import Campaign
from campaigns.pledge.models import Suggestion
from tests.support import pdf_text
from tests.support.pledges import Cells, item, register, year_of_pledges
from tests.support.world import World


@pytest.fixture
def cells(world: World) -> Cells:
    return year_of_pledges(world)


def suggestion(code: str, **more: Any) -> dict[str, Any]:
    plain = {
        "code": code, "theme": "innovation", "what": {"vi": "Dán tem chè", "en": "Label the tea"},
        "measure": {"vi": "8 lô", "en": "8 lots"}, "due": "q3", "evidence": {"vi": "Ảnh tem", "en": "A photo"},
        "for": ["farmer"], "ages": [], "amount": 8, "unit": {"vi": "lô", "en": "lots"}, "fact": None,
    }  # fmt: skip
    return plain | more


def plant_menu(cells: Cells, *told: dict[str, Any]) -> None:
    with cells.world.database.transaction() as session:
        campaign = session.get_one(Campaign, cells.world.campaign)
        session.add_all(
            Suggestion(campaign_id=campaign.id, code=one["code"], position=place, told=one)
            for place, one in enumerate(told)
        )


def menu_of(cells: Cells, **headers: str) -> Any:
    binh = cells.binh
    return binh.client.get(f"/api/v1/pledges/{cells.activity}/menu", headers=binh.headers | headers)


def form_of(cells: Cells) -> Document:
    answer = cells.binh.get(f"/pledges/{cells.activity}/form.docx")
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["Content-Disposition"]
    return docx.Document(io.BytesIO(answer.get_data()))


def pdf_form_of(cells: Cells) -> str:
    answer = cells.binh.get(f"/pledges/{cells.activity}/form.pdf")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert "attachment" in answer.headers["Content-Disposition"]
    return " ".join(pdf_text.words(answer.get_data()).split())


def everything_on(paper: Document) -> str:
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in paper.paragraphs), *cells])


# --- the menu -----------------------------------------------------------------------------------------------------


def test_the_menu_speaks_the_readers_language_in_the_order_of_the_pack(cells: Cells) -> None:
    plant_menu(cells, suggestion("sau", due="q4"), suggestion("truoc"))
    told = menu_of(cells).json["suggestions"]
    assert [one["code"] for one in told] == ["sau", "truoc"]
    assert (told[0]["what"], told[0]["whom"], told[0]["unit"]) == ("Dán tem chè", ["farmer"], "lô")
    english = menu_of(cells, **{"Accept-Language": "en"}).json["suggestions"]
    assert (english[0]["what"], english[0]["measure"]) == ("Label the tea", "8 lots")


def test_a_phone_that_has_the_menu_is_told_so(cells: Cells) -> None:
    plant_menu(cells, suggestion("mot"))
    mark = menu_of(cells).headers["ETag"]
    again = menu_of(cells, **{"If-None-Match": mark})
    assert (again.status_code, again.get_data()) == (304, b"")
    plant_menu(cells, suggestion("hai"))
    assert menu_of(cells, **{"If-None-Match": mark}).status_code == 200


def test_the_menu_is_of_a_year_of_pledges_and_for_the_signed_in(cells: Cells, world: World) -> None:
    assert cells.binh.get(f"/pledges/{uuid.uuid4()}/menu").json["code"] == "activity_unknown"
    assert world.client().get(f"/api/v1/pledges/{cells.activity}/menu").status_code == 401


def test_another_activity_has_neither_menu_nor_form(world: World) -> None:
    contest = world.activity
    cells = year_of_pledges(world)
    for what in ("menu", "form.docx", "form.pdf"):
        assert cells.binh.get(f"/pledges/{contest}/{what}").json["code"] == "activity_unknown"


# --- the form -----------------------------------------------------------------------------------------------------


def test_the_form_carries_the_partys_heading_and_a_blank_number(cells: Cells) -> None:
    register(cells.binh)
    said = everything_on(form_of(cells))
    for part in ("ĐẢNG CỘNG SẢN VIỆT NAM", "ĐẢNG BỘ XÃ TÂN KHÁNH", "CHI BỘ ĐỒNG TIẾN", "T/M CHI BỘ", "Bình"):
        assert part in said, part
    assert "hư cấu" in said  # the node of the tests is a demo
    numbers = [line for line in said.splitlines() if line.startswith("Số")]
    assert numbers == ["Số"]


def test_the_form_lists_each_deed_with_theme_measure_and_due(cells: Cells) -> None:
    due = clock.today().isoformat()
    register(
        cells.binh, item(what="Việc một", measure="5 hộ", due=due), item(theme="innovation", what="Việc hai")
    )
    (table,) = [one for one in form_of(cells).tables if len(one.columns) == 5]
    lines = {row.cells[2].text: [cell.text for cell in row.cells] for row in table.rows[1:]}
    assert lines["Việc một"][1:] == ["Chuyển đổi số", "Việc một", "5 hộ", clock.today().strftime("%d/%m/%Y")]
    assert lines["Việc hai"][1] == "Đổi mới sáng tạo"


def test_the_form_says_whether_it_is_what_the_cell_has(cells: Cells) -> None:
    cells.binh.do("pledge.items", {"items": [item()]})
    assert "chưa gửi chi bộ" in everything_on(form_of(cells))
    cells.binh.do("pledge.submit", {})
    assert "Bản số 1, gửi chi bộ ngày" in everything_on(form_of(cells))
    cells.binh.do("pledge.items", {"items": [item(what="Thêm sau khi gửi")]})
    assert "chưa gửi chi bộ" in everything_on(form_of(cells))


@pytest.mark.parametrize(
    "typed",
    ["<w:t>& \"nháy\" 'đơn' </w:document>", "Dán\x0b từ\x0c chỗ\x1f khác\ufffe", "Mặt cười 😀 và 5 < 6"],
)
def test_whatever_was_typed_stands_on_the_form_as_words(cells: Cells, typed: str) -> None:
    cells.binh.do("pledge.items", {"items": [item(what=typed)]})
    kept = "".join(sign for sign in typed if sign in "\t\n" or (sign >= " " and sign != "\ufffe"))
    assert kept in everything_on(form_of(cells))


def test_who_has_written_nothing_has_no_form_and_nobody_gets_anothers(cells: Cells) -> None:
    register(cells.an, item(what="Việc của An"))
    for ending in ("docx", "pdf"):
        answer = cells.binh.get(f"/pledges/{cells.activity}/form.{ending}")
        assert (answer.status_code, answer.json["code"]) == (404, "pledge_unwritten")
    register(cells.binh)
    assert "Việc của An" not in everything_on(form_of(cells))
    assert "Việc của An" not in pdf_form_of(cells)


def test_the_pdf_says_what_the_word_file_says(cells: Cells) -> None:
    register(cells.binh, item(what="Việc một #eval(1+1)", measure="5 hộ"))
    said = pdf_form_of(cells)
    paper = everything_on(form_of(cells))
    for line in (
        "ĐẢNG CỘNG SẢN VIỆT NAM",
        "Việc một #eval(1+1)",
        "5 hộ",
        "Họ và tên: Bình",
        "T/M CHI BỘ",
        "hư cấu",
    ):
        assert line in paper
        assert line in said, said
