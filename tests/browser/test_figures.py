"""From facts to scorecards to the report that is sent, and back under an inspection: what each office sees and does."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESK
from tests.browser.steps import expect_no_sideways_scroll, sign_in_to_console, tid
from tests.reports.test_exports import inflated, words_of

pytestmark = pytest.mark.browser

OFFICE, ABOVE, PROVINCE, OF_QUANG_NGAI = "phuong", "duyen", "thainguyen", "quangngai"
DRAFTER, REVIEWER, SIGNER, CLERK = "soan", "tham", "chutich", "vanthuxa"
INSPECTOR, COMMITTEE, FRONT, HEAD = "kiem", "thuan", "man", "binh"
COMMUNE, DONG_TIEN = "05917", "05917-T01"
TOLD = "Đã hướng dẫn người dân ở 18 xóm, tổ dân phố nộp hồ sơ trực tuyến."
FOUND = "Sổ của xóm và số ghi nhận trên hệ thống chênh nhau hai người."
CRITICISM = "Người cao tuổi ở xóm khó tự dự thi trên điện thoại."
CONCLUDED = "Số liệu của xóm đúng với sổ ghi."

AtDesk = Callable[[str], Any]


@pytest.fixture
def at_desk(opened: Callable[..., Any]) -> AtDesk:
    """Somebody's own desk, signed in; used as a context manager."""

    @contextmanager
    def desk(who: str) -> Iterator[Page]:
        with opened(who, **DESK) as context:
            page = context.new_page()
            sign_in_to_console(page, who)
            yield page

    return desk


def number_in(words: str) -> int:
    found = re.search(r"[\d.]+", words)
    assert found, words
    return int(found[0].replace(".", ""))


def said(page: Page, term: str) -> str:
    """What stands beside a term of a list."""
    return (
        page.locator("dt", has_text=re.compile(f"^{term}$"))
        .locator("xpath=following-sibling::dd[1]")
        .inner_text()
    )


# --- a card and what it is made of ------------------------------------------------------------------------------------


def test_a_point_of_the_card_opens_down_to_the_rows(at_desk: AtDesk) -> None:
    with at_desk(OFFICE) as desk:
        desk.goto("/admin/cards")
        tid(desk, f"open-{COMMUNE}").click()
        expect(tid(desk, "total")).to_be_visible()
        one = tid(desk, "criterion-du-thi")
        one.locator("summary").click()
        top, bottom = (
            number_in(one.locator("dt", has_text=term).locator("xpath=following-sibling::dd[1]").inner_text())
            for term in ("Tử số", "Mẫu số")
        )
        assert 0 < top <= bottom
        share = (Decimal(top) * 100 / bottom).quantize(Decimal("0.1"), ROUND_HALF_UP)
        said = str(share).removesuffix(".0").replace(".", ",")
        expect(tid(desk, "value-du-thi")).to_have_text(f"{said} %")
        expect(one.locator(".raise")).to_be_visible()
        one.get_by_test_id("rows-du-thi").click()
        expect(tid(desk, "fraction").first.get_by_test_id("above")).to_have_text(f"{top:,}".replace(",", "."))
        expect(tid(desk, "days-row").first).to_be_visible()
        desk.go_back()
        gated = tid(desk, "criterion-buoi-huong-dan")
        gated.locator("summary").click()
        gated.get_by_test_id("rows-buoi-huong-dan").click()
        expect(tid(desk, "rows-sum").first).to_be_visible()
        expect(tid(desk, "fraction")).to_have_count(2)


def test_the_sheet_of_hamlets_names_no_last_one_and_the_province_sees_points(at_desk: AtDesk) -> None:
    with at_desk(OFFICE) as desk:
        desk.goto("/admin/cards")
        tid(desk, f"compare-{COMMUNE}").click()
        expect(desk.locator(f"[data-testid=row-{DONG_TIEN}]").first).to_be_visible()
        told = desk.locator("main").inner_text()
        assert "dẫn đầu" in told
        assert "đứng cuối" not in told.replace("không nêu ai đứng cuối", "")
        desk.set_viewport_size({"width": 360, "height": 740})
        expect_no_sideways_scroll(desk)
    with at_desk(PROVINCE) as desk:
        desk.goto("/admin/cards")
        expect(tid(desk, f"line-{COMMUNE}")).to_contain_text("/100")


# --- the report that is due --------------------------------------------------------------------------------------------


def test_the_six_month_report_goes_from_hand_to_hand_until_it_is_received(at_desk: AtDesk) -> None:
    with at_desk(ABOVE) as desk:
        assert "6 tháng" in late_text(desk)
    with at_desk(DRAFTER) as desk:
        way = written_again(desk)
        assert TOLD in words_of(taken(desk, "docx"))
        step(desk, way, "draft")
    for who, deed in ((REVIEWER, "review"), (SIGNER, "sign"), (CLERK, "number"), (CLERK, "send")):
        with at_desk(who) as desk:
            step(desk, way, deed)
    with at_desk(ABOVE) as desk:
        step(desk, way, "receive")
        for name in ("Soạn thảo", "Thẩm định", "Ký", "Văn thư", "Cấp trên tiếp nhận"):
            assert said(desk, name) not in ("", "–"), name
        assert "6 tháng" not in late_text(desk)
        expect(desk.locator("main")).to_contain_text("Báo cáo")


def late_text(desk: Page) -> str:
    """The list as somebody copies it out of the box; empty where nothing is late."""
    desk.goto("/admin/reports")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Báo cáo")
    box = tid(desk, "late-text")
    return box.input_value() if box.count() else ""


def written_again(desk: Page) -> str:
    """The report that came back: a field written, figures read anew; answers the address of its way."""
    desk.goto("/admin/reports")
    tid(desk, "mine").get_by_role("link", name=re.compile("6 tháng")).click()
    way = desk.url
    desk.locator(".back a").click()
    desk.get_by_role("textbox", name="Kết quả thực hiện").fill(TOLD)
    tid(desk, "save").click()
    expect(tid(desk, "done")).to_be_visible()
    expect(desk.get_by_role("textbox", name="Kết quả thực hiện")).to_have_value(TOLD)
    tid(desk, "refresh").click()
    expect(tid(desk, "done")).to_be_visible()
    expect(tid(desk, "figure").first).to_be_visible()
    return way


def test_the_files_of_a_report_hold_the_figures_of_the_page(at_desk: AtDesk) -> None:
    with at_desk(DRAFTER) as desk:
        desk.goto("/admin/reports")
        tid(desk, "near").get_by_role("link", name=re.compile("tháng")).first.click()
        rows = [row.locator("td.number").all_inner_texts() for row in tid(desk, "figure").all()]
        counted = [row for row in rows if row[0][:1].isdigit()]
        assert counted, "a report without a figure proves nothing"
        text = words_of(taken(desk, "docx"))
        assert not [row[0] for row in counted if row[0] not in text]
        cells = cells_of(taken(desk, "xlsx"))
        assert {number_in(row[1]) for row in counted if row[1][:1].isdigit()} <= cells
        paper = taken(desk, "pdf")
        assert paper.startswith(b"%PDF-")
        assert b"/FontFile" in paper + inflated(paper)


def cells_of(book: bytes) -> set[int]:
    """The whole numbers somewhere in the workbook."""
    sheets = openpyxl.load_workbook(io.BytesIO(book))
    cells = (cell.value for sheet in sheets for line in sheet.iter_rows() for cell in line)
    return {value for value in cells if isinstance(value, int)}


def taken(desk: Page, kind: str) -> bytes:
    with desk.expect_download() as coming:
        tid(desk, f"file-{kind}").click()
    return Path(coming.value.path()).read_bytes()


def step(desk: Page, way: str, deed: str) -> None:
    """One step of the way, with what it asks for."""
    desk.goto(way)
    expect(tid(desk, f"do-{deed}")).to_be_visible()
    before = tid(desk, "step").count()
    if deed == "number":
        desk.get_by_role("textbox", name="Số", exact=True).fill("57")
    if deed == "sign" and tid(desk, "missing").count():
        desk.get_by_role("textbox", name=re.compile("Vì sao")).fill(
            "Hai cơ quan đã gửi bằng giấy, văn phòng đã tổng hợp."
        )
    tid(desk, f"do-{deed}").click()
    expect(tid(desk, "step")).to_have_count(before + 1)


def test_a_report_on_call_is_begun_with_its_figures(at_desk: AtDesk) -> None:
    with at_desk(DRAFTER) as desk:
        desk.goto("/admin/reports")
        tid(desk, "on-call").get_by_role("button", name="Bắt đầu soạn").first.click()
        expect(tid(desk, "state")).to_have_text("Đang soạn")
        expect(tid(desk, "way")).to_be_visible()
        expect(tid(desk, "files").get_by_role("link")).to_have_count(3)


# --- targets and tasks -------------------------------------------------------------------------------------------------


def test_a_contradiction_of_the_plan_is_flagged_and_goes_out_as_it_came(at_desk: AtDesk) -> None:
    with at_desk(OF_QUANG_NGAI) as desk:
        desk.goto("/admin/targets")
        tid(desk, "open-set").first.click()
        falls = tid(desk, "indicator-QN-E12")
        expect(falls.get_by_test_id("oddity").first).to_contain_text("2025")
        expect(falls).to_contain_text("80")
        address = tid(desk, "csv").get_attribute("href")
        content = desk.context.request.get(desk.url.split("/admin")[0] + str(address)).body()
    shipped = (resources.files("backend.targets") / "data" / "quang-ngai.csv").read_bytes()
    assert content.removeprefix(b"\xef\xbb\xbf") == shipped.removeprefix(b"\xef\xbb\xbf")


def tasks_file(*rows: list[str]) -> bytes:
    """A list with the lines that name the annex above its heading, as offices send it."""
    book, out = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in (
        ["PHỤ LỤC"],
        ["Nhiệm vụ thực hiện Nghị quyết 57"],
        [],
        ["Số", "Nội dung", "Đơn vị chủ trì", "Thời hạn"],
        *rows,
    ):
        sheet.append(row)
    book.save(out)
    return out.getvalue()


def send(desk: Page, content: bytes) -> None:
    tid(desk, "plan-file").set_input_files(
        {"name": "viec.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    )
    tid(desk, "plan-upload").click()


def test_a_broken_list_is_refused_a_good_one_is_shown_written_and_then_changes_nothing(
    at_desk: AtDesk, allowed: list[str]
) -> None:
    allowed.append("status of 4")
    with at_desk(OFFICE) as desk:
        desk.goto("/admin/plans")
        tid(desk, "document").filter(has_text="nhiệm vụ").get_by_role("link").first.click()
        expect(tid(desk, "task").first).to_be_visible()
        document = desk.url
        desk.goto(f"{document}/import")
        send(desk, b"PK\x03\x04 not a workbook")
        expect(tid(desk, "problem")).to_be_visible()
        good = tasks_file(
            ["9.1", "Mở lớp kỹ năng số buổi tối", DONG_TIEN, "thường xuyên"],
            ["9.2", "Việc của ai đó", "Xóm Không Có", "quý I"],
        )
        send(desk, good)
        expect(tid(desk, "added-count")).to_have_text("1")
        expect(tid(desk, "trouble")).to_contain_text("Xóm Không Có")
        tid(desk, "plan-apply").click()
        expect(tid(desk, "task").filter(has_text="Mở lớp kỹ năng số buổi tối")).to_have_count(1)
        desk.goto(f"{document}/import")
        send(desk, good)
        expect(tid(desk, "nothing")).to_be_visible()
        desk.goto("/admin/plans/late")
        expect(tid(desk, "paste")).to_have_value(re.compile("^Nhiệm vụ quá hạn đến ngày"))


# --- an inspection -----------------------------------------------------------------------------------------------------


def day(days: int) -> str:
    return (date.today() + timedelta(days=days)).strftime("%d/%m/%Y")


def planned(desk: Page) -> str:
    """Written into the programme by the inspector; answers where the file stands."""
    desk.goto("/admin/inspections")
    tid(desk, "plan-new").click()
    tid(desk, "title").fill("Kiểm tra số liệu xóm Đồng Tiến")
    tid(desk, "reason").fill("Theo chương trình quý")
    for name, days in (("planned_for", 0), ("first", -300), ("last", 1)):
        tid(desk, name).fill(day(days))
    for word in ("Phiếu điểm", "Các bản ghi làm nên con số (không có tên người)"):
        desk.get_by_role("checkbox", name=word, exact=True).check()
    desk.get_by_role("checkbox", name=re.compile("Lê Minh Kiểm")).check()
    desk.get_by_text("Đơn vị được kiểm tra").click()
    desk.get_by_role("checkbox", name=re.compile(DONG_TIEN)).check()
    tid(desk, "add").click()
    expect(tid(desk, "stand")).to_be_visible()
    expect(tid(desk, "decide")).to_have_count(0)
    return desk.url.split("#")[0]


def decided(desk: Page, file: str) -> None:
    desk.goto(file)
    tid(desk, "number").fill("77-HS/UBKT")
    tid(desk, "basis").fill("Quyết định số 7-QĐ/UBKT")
    tid(desk, "ends_on").fill(day(6))
    desk.locator("button[data-testid=decide]").click()
    expect(tid(desk, "done")).to_be_visible()


def written(desk: Page, subject: str, words: str, kind: str | None = None) -> None:
    """A finding on what the list offers."""
    tid(desk, "new-finding").click()
    listed = desk.get_by_label("Đơn vị, số liệu")
    listed.select_option(label=options_with(listed, subject))
    if kind:
        desk.get_by_label("Loại", exact=True).select_option(label=kind)
    desk.get_by_role("textbox", name="Nội dung").fill(words)
    tid(desk, "find").click()
    expect(tid(desk, "finding").filter(has_text=words)).to_have_count(1)


def options_with(listed: Locator, words: str) -> str:
    found = [told for told in listed.locator("option").all_inner_texts() if words in told]
    assert found, words
    return found[0]


def test_two_people_open_an_inspection_and_what_it_finds_stands_at_the_figure(
    at_desk: AtDesk, allowed: list[str]
) -> None:
    allowed.append("status of 403")
    with at_desk(INSPECTOR) as desk:
        file = planned(desk)
        with at_desk(COMMITTEE) as other:
            decided(other, file)
        desk.goto(file)
        tid(desk, "open-scorecards").click()
        desk.get_by_role("link", name="Số liệu hiện nay của đơn vị").click()
        expect(tid(desk, "unit-name")).to_have_text("Xóm Đồng Tiến")
        desk.goto(file)
        expect(tid(desk, "reading").first).to_be_visible()
        written(desk, "Tỷ lệ người dự thi", FOUND, "Kiến nghị")
        with at_desk(FRONT) as front:
            front.goto(file)
            expect(front.locator("main")).not_to_contain_text(FOUND)
            written(front, "Tỷ lệ người dự thi", CRITICISM)
    with at_desk(HEAD) as head:
        head.goto("/admin/inspections")
        expect(tid(head, "reading").filter(has_text="77-HS/UBKT").first).to_contain_text("Lê Minh Kiểm")
        head.goto("/admin/")
        tid(head, f"scorecard-{DONG_TIEN}").click()
        for words in (FOUND, CRITICISM):
            expect(tid(head, "found-here").filter(has_text=words)).to_have_count(1)
    with at_desk(INSPECTOR) as desk:
        desk.goto(file)
        tid(desk, "conclude-open").click()
        tid(desk, "conclusion").fill(CONCLUDED)
        tid(desk, "conclusion_number").fill("12-KL/UBKT")
        desk.locator("button[data-testid=conclude]").click()
        expect(tid(desk, "concluded")).to_have_text(CONCLUDED)
        desk.goto("/ket-luan-kiem-tra")
        expect(desk.get_by_text(CONCLUDED)).to_have_count(0)
        desk.goto(file)
        tid(desk, "publish").click()
        expect(tid(desk, "done")).to_be_visible()
        desk.goto("/ket-luan-kiem-tra")
        expect(desk.get_by_text(CONCLUDED)).to_be_visible()
