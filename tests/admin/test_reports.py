"""Keeps the console's pages of reports: who may press what, nothing typed is lost, and bad input gets a clear answer."""

import html
import io
import re
import uuid

import docx
import openpyxl
import pytest
from werkzeug.test import TestResponse

from backend import clock
from backend.calendars import Period, at, last_full
from backend.reports.due import Rule
from backend.units import change as units
from tests.admin.desk import Desk, trail
from tests.structure.test_budgets import spent
from tests.support.reports import BELOW, Office, office
from tests.support.world import SINCE, World

NASTY = '<script>alert(1)</script> & "=1+1"'


@pytest.fixture
def here(world: World) -> Office:
    return office(world)


OF_LINE = {"party": "xa-dang-uy-tinh-uy", "state": "xa-ubnd-ubnd-tinh"}


def page_of(here: Office, submission: uuid.UUID) -> str:
    return f"/admin/reports/{here.report(submission)}"


def step(here: Office, desk: Desk, who: str, submission: uuid.UUID, deed: str, **more: str) -> TestResponse:
    form = {"seen": str(here.row(submission).revision)} | more
    return desk(who).post(f"/admin/approvals/{submission}/{deed}", data=form)


def test_a_report_is_begun_written_handed_on_and_received_by_five_people(here: Office, desk: Desk) -> None:
    duty = here.duty()
    begun = desk("drafter").post("/admin/reports", data={"duty": str(duty), "period": here.half.code})
    assert begun.status_code == 303
    page = desk("drafter").get(begun.location)
    assert page.status_code == 200
    assert "Chưa có số liệu" in page.text
    saved = desk("drafter").post(
        f"{begun.location}/text", data={"results": NASTY, "seen-results": "0", "tasks": "", "seen-tasks": "0"}
    )
    assert saved.status_code == 303
    text = desk("drafter").get(begun.location).text
    assert html.escape(NASTY) in text.replace("&#34;", "&quot;")
    assert "<script>alert" not in text
    submission = here.open(duty)
    for who, deed in (("drafter", "draft"), ("reviewer", "review"), ("signer", "sign")):
        assert step(here, desk, who, submission, deed).status_code == 303, deed
    day = f"{clock.today():%d/%m/%Y}"
    assert step(here, desk, "clerk", submission, "number", number="7", day=day).status_code == 303
    assert desk("province").get(page_of(here, submission)).status_code == 404, (
        "above reads what has been sent"
    )
    assert step(here, desk, "clerk", submission, "send").status_code == 303
    assert desk("province").get(page_of(here, submission)).status_code == 200
    assert step(here, desk, "above", submission, "receive").status_code == 303
    assert here.row(submission).state == "received"
    way = desk("signer").get(f"/admin/approvals/{submission}").text
    for name in ("drafter", "reviewer", "signer", "clerk", "above"):
        assert f"<dd>{name}</dd>" in way


def test_who_has_another_role_may_not_and_who_played_another_part_is_told_why(
    here: Office, desk: Desk
) -> None:
    submission = here.open(here.duty())
    assert step(here, desk, "reviewer", submission, "draft").status_code == 403
    here.take(submission, "draft", "reviewer")  # as somebody who holds two roles
    refused = step(here, desk, "reviewer", submission, "review")
    assert refused.status_code == 409
    assert "khác nhau" in refused.text
    assert 'data-testid="barred-review"' in desk("reviewer").get(f"/admin/approvals/{submission}").text
    assert here.row(submission).state == "drafted"


def test_what_was_typed_beside_somebody_elses_words_stays_on_the_page(here: Office, desk: Desk) -> None:
    submission = here.open(here.duty())
    here.write(submission, "results", "Của người khác")
    refused = desk("drafter").post(
        f"{page_of(here, submission)}/text",
        data={"results": "Của tôi", "seen-results": "0", "tasks": "Việc mới", "seen-tasks": "0"},
    )
    assert refused.status_code == 409
    for kept in ("Của tôi", "Của người khác", "Việc mới"):
        assert kept in refused.text
    again = desk("drafter").post(
        f"{page_of(here, submission)}/text", data={"results": "Của tôi", "seen-results": "1"}
    )
    assert again.status_code == 303


def test_words_from_below_are_taken_over_with_what_was_just_typed(here: Office, desk: Desk) -> None:
    child = here.open(here.below())
    here.write(child, "results", "Phòng đã làm", "agency_drafter")
    here.walk(child, "send", BELOW)
    submission = here.open(here.duty())
    page = page_of(here, submission)
    ticked = re.findall(r'name="below-results" value="([^"]+)"', desk("drafter").get(page).text)
    assert len(ticked) == 1
    desk("drafter").post(
        f"{page}/text",
        data={
            "results": "Xã viết",
            "seen-results": "0",
            "below-results": [*ticked, "khong-phai-ma"],
            "carry": "results",
        },
    )
    text = desk("drafter").get(page).text
    assert "Xã viết\n- Phòng Kinh tế: Phòng đã làm" in text
    assert "Phòng Kinh tế – agency drafter" in text


@pytest.mark.parametrize("kind", ["docx", "pdf", "xlsx"])
def test_files_are_handed_out_and_their_taking_is_on_the_trail(here: Office, desk: Desk, kind: str) -> None:
    submission = here.open(here.duty())
    here.write(submission, "results", NASTY)
    answer = desk("drafter").get(f"{page_of(here, submission)}/file/{kind}")
    assert answer.status_code == 200
    assert f".{kind}" in answer.headers["Content-Disposition"]
    if kind == "docx":
        said = "\n".join(place.text for place in docx.Document(io.BytesIO(answer.data)).paragraphs)
        assert NASTY in said
    if kind == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        values = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
        assert any(NASTY in str(cell.value) for cell in values)
        assert not any(cell.data_type == "f" for cell in values)
    assert [entry.reason for entry in trail(here.world, "report.export")] == [kind]
    assert desk("drafter").get(f"{page_of(here, submission)}/file/exe").status_code == 404


def test_the_late_list_is_for_who_receives_and_names_no_person(here: Office, desk: Desk) -> None:
    here.duty(here.agency, here.world.commune, obligation="xa-cac-don-vi", line="state", interval="half",
              rule=Rule(1, 0))  # fmt: skip
    text = desk("office").get("/admin/reports").text
    found = re.search(r'data-testid="late-text">(.*?)</textarea>', text, re.DOTALL)
    assert found
    assert "1. Phòng Kinh tế" in found[1]
    assert "agency_" not in found[1]
    assert 'data-testid="late-text"' not in desk("province").get("/admin/reports").text
    assert "reports-due" in desk("agency_drafter").get("/admin/").text


def test_the_office_settles_the_day_and_nonsense_is_refused_with_what_was_typed(
    here: Office, desk: Desk
) -> None:
    own, duty = here.duty(), here.below()
    assert desk("office").post(f"/admin/reports/duties/{own}/due", data={"day": "25"}).status_code == 403
    assert "hạn chưa xác nhận" in desk("office").get("/admin/reports").text
    refused = desk("office").post(f"/admin/reports/duties/{duty}/due", data={"day": "45", "months": "1"})
    assert refused.status_code == 409
    assert 'value="45"' in refused.text
    assert desk("office").post(f"/admin/reports/duties/{duty}/due", data={"day": "25"}).status_code == 303
    text = desk("office").get("/admin/reports").text
    assert "ngày 25 của tháng sau" in text
    assert text.count("hạn chưa xác nhận") == 1, "its own is not the sender's to settle"


def test_a_sheet_is_ticked_field_by_field_with_who_and_when(here: Office, desk: Desk) -> None:
    submission = here.open(here.duty(obligation="xa-he-thong-57"))
    page = f"{page_of(here, submission)}/sheet"
    assert desk("drafter").post(page, data={"field": "tasks_given", "value": "24"}).status_code == 303
    text = desk("reviewer").get(page).text
    assert "24<br>" in text
    assert "drafter," in text
    assert desk("drafter").post(page, data={"field": "khong-co", "value": "1"}).status_code == 404
    plain = here.open(here.duty())
    assert desk("drafter").get(f"{page_of(here, plain)}/sheet").status_code == 404


def test_bad_input_gets_a_clear_answer(here: Office, desk: Desk) -> None:
    duty = here.duty()
    begin = desk("drafter")
    for period, status in (("2026W12", 422), ("202613", 422), ("2026", 409), ("2199S1", 409), ("", 422)):
        answer = begin.post("/admin/reports", data={"duty": str(duty), "period": period})
        assert answer.status_code == status, (period, answer.text[:300])
    assert begin.post("/admin/reports", data={"duty": "x", "period": "2026S1"}).status_code == 404
    submission = here.open(duty)
    assert step(here, desk, "drafter", submission, "eat").status_code == 404
    assert desk("drafter").post(f"/admin/approvals/{submission}/draft", data={"seen": "x"}).status_code == 409
    here.walk(submission, "sign")
    refused = step(here, desk, "clerk", submission, "number", number="9", day="32/13/2026")
    assert refused.status_code == 409
    assert 'value="9"' in refused.text
    assert 'value="32/13/2026"' in refused.text


def test_the_page_costs_the_same_for_many_reports(here: Office, desk: Desk) -> None:
    client = desk("office")
    here.below()
    few = spent(here.world.database, lambda: client.get("/admin/reports"))
    for line, interval in (
        ("party", "month"),
        ("state", "month"),
        ("party", "quarter"),
        ("state", "quarter"),
    ):
        here.walk(
            here.open(here.duty(line=line, interval=interval, obligation=OF_LINE[line]), _last(interval)),
            "draft",
        )
    many = spent(here.world.database, lambda: client.get("/admin/reports"))
    assert len(many) <= len(few)


def _last(interval: str) -> Period:
    return last_full("thang", "month" if interval == "month" else "quarter", clock.today())


def test_the_office_gives_a_duty_that_some_plan_names_to_a_unit_of_its_own(here: Office, desk: Desk) -> None:
    form = {
        "way": "xa-cac-don-vi|state", "interval": "month", "unit": str(here.agency), "receiver": str(here.world.commune),
    }  # fmt: skip
    assert desk("office").post("/admin/reports/duties", data=form).status_code == 303
    assert "hạn chưa xác nhận" in desk("office").get("/admin/reports").text
    again = desk("office").post("/admin/reports/duties", data=form)
    assert again.status_code == 409
    assert "đã có" in again.text
    for wrong in (
        {"interval": "term"},
        {"way": "khong-co|state"},
        {"way": "x"},
        {"way": ""},
        {"interval": ""},
    ):
        assert desk("office").post("/admin/reports/duties", data=form | wrong).status_code == 409
    strange = {"unit": str(here.world.far_commune)}, {"receiver": str(here.world.far_commune)}
    for other in strange:
        assert desk("office").post("/admin/reports/duties", data=form | other).status_code == 403


def test_a_review_nobody_scheduled_is_begun_when_it_is_asked_for(here: Office, desk: Desk) -> None:
    duty = here.duty(obligation="xa-so-ket", interval="mid_term")
    text = desk("drafter").get("/admin/reports").text
    assert 'data-testid="on-call"' in text
    half = at("nhiem-ky", clock.today(), "half_term")
    assert "Nửa đầu nhiệm kỳ 2025-2030 (01/07/2025 - 31/12/2027)" in text
    begun = desk("drafter").post("/admin/reports", data={"duty": str(duty), "period": half.code})
    assert begun.status_code == 303
    assert "Sơ kết" in desk("drafter").get(begun.location).text
    assert here.report(here.open(duty, half)) is not None
    said = docx.Document(io.BytesIO(desk("drafter").get(f"{begun.location}/file/docx").data))
    assert "BÁO CÁO SƠ KẾT" in [place.text for place in said.paragraphs]
    assert begun.location in desk("drafter").get("/admin/reports").text


# --- completeness and timeliness -------------------------------------------------------------------------------------


def kept(page: str, code: str) -> list[str]:
    """The words of one unit's row, without their marks."""
    found = re.search(rf'data-testid="kept-{code}">(.*?)</tr>', page, re.DOTALL)
    return re.sub(r"<[^>]+>", " ", found[1]).split() if found else []


def test_units_by_periods_say_what_was_due_what_came_and_what_was_in_time(here: Office, desk: Desk) -> None:
    year = here.half.last.year
    below = here.duty(
        here.agency, here.world.commune, obligation="xa-cac-don-vi", line="state", rule=Rule(1, 0)
    )
    address = f"/admin/reports/punctuality?year={year}&interval=half"
    page = desk("office").get(address).text
    assert "0/1" in kept(page, "05752-CQ1")
    here.walk(here.open(below), "send", BELOW)
    row = kept(desk("office").get(address).text, "05752-CQ1")
    assert "1/1" in row
    assert " ".join(row).startswith("Phòng Kinh tế 100,0 % 0,0 %"), "sent, but after its day"
    assert 'data-testid="sheet-sent"' in desk("agency_drafter").get(address).text


def test_nobody_sees_more_than_was_due_to_them(here: Office, desk: Desk) -> None:
    here.duty(here.agency, here.world.commune, obligation="xa-cac-don-vi", line="state", rule=Rule(1, 0))
    address = f"/admin/reports/punctuality?year={here.half.last.year}&interval=half"
    for who in ("above", "province"):
        assert "Phòng Kinh tế" not in desk(who).get(address).text, who
    assert "Phòng Kinh tế" in desk("office").get(address).text


def test_the_office_of_one_line_sees_nothing_of_the_other(here: Office, desk: Desk) -> None:
    here.duty(here.agency, here.world.commune, obligation="xa-cac-don-vi", line="party", rule=Rule(1, 0))
    address = f"/admin/reports/punctuality?year={here.half.last.year}&interval=half"
    assert "Phòng Kinh tế" in desk("office").get(address).text, "one office for both lines"
    with here.world.database.transaction() as session:
        units.found(
            session, code="05752-DB", kind="party_organisation", name="Đảng bộ xã Tân Khánh", level_word="",
            since=SINCE, parents={"party": here.world.commune},
        )  # fmt: skip
    assert "Phòng Kinh tế" not in desk("office").get(address).text


@pytest.mark.parametrize(
    "query", ["year=x", "year=99999", "year=0000", "interval=x", "year=2199", "year=2020&interval=week"]
)
def test_a_year_or_interval_nobody_knows_is_read_as_the_usual_one(
    here: Office, desk: Desk, query: str
) -> None:
    assert desk("office").get(f"/admin/reports/punctuality?{query}").status_code == 200


def test_the_sheet_costs_the_same_for_many_reports(here: Office, desk: Desk) -> None:
    client, address = desk("office"), f"/admin/reports/punctuality?year={here.half.last.year}"
    here.below()
    few = spent(here.world.database, lambda: client.get(address))
    for interval in ("month", "quarter", "year"):
        here.duty(
            here.agency,
            here.world.commune,
            obligation="xa-cac-don-vi",
            line="state",
            interval=interval,
            since=SINCE,
        )
    assert len(spent(here.world.database, lambda: client.get(address))) <= len(few)
