"""The register at the console: who keeps it, who answers for tasks, and a list with a preview."""

import io
import re
from typing import Any

import pytest
from openpyxl import Workbook

from backend.people import staff
from backend.plans import queries
from backend.units import change
from tests.admin.desk import Desk, trail
from tests.support.world import SINCE, World

PAPER = {"issuer": "Đảng ủy xã", "title": "Kế hoạch hành động", "number": "08-KH/ĐU", "dated": "10/08/2025"}
TASK = {"what": "Tập huấn kỹ năng số", "lead": "xóm Đồng Tiến", "due": "01/07/2025", "code": "III.2"}


@pytest.fixture
def document(world: World, desk: Desk) -> str:
    answer = desk("office").post("/admin/plans", data=PAPER)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def task_page(client: Any, document: str) -> str:
    return re.findall(r'href="(/admin/plans/tasks/[^"]+)"', client.get(document).text)[0]


def test_the_office_keeps_the_register_and_everybody_concerned_reads_it(
    world: World, desk: Desk, document: str
) -> None:
    assert desk("inspector").get(document).status_code == 403, "only under a file, on the file's own page"
    for who in ("office", "an", "head"):
        answer = desk(who).get(document)
        assert (answer.status_code, PAPER["title"] in answer.text) == (200, True)
        assert ('data-testid="add-task"' in answer.text) is (who == "office")
    assert desk("an").post("/admin/plans", data=PAPER).status_code == 403
    assert desk("far").get(document).status_code == 404
    assert [entry.deed for entry in trail(world, "plan.add_document")] == ["plan.add_document"]


def test_what_is_refused_is_said_and_nothing_typed_is_lost(world: World, desk: Desk, document: str) -> None:
    again = desk("office").post("/admin/plans", data=PAPER)
    assert again.status_code == 409
    assert "đã có trong sổ" in again.text
    assert f'value="{PAPER["number"]}"' in again.text
    wrong = desk("office").post("/admin/plans", data=PAPER | {"dated": "32/13/2025"})
    assert (wrong.status_code, "ngày/tháng/năm" in wrong.text) == (400, True)
    lost = desk("office").post(f"{document}/tasks", data=TASK | {"lead": "xóm không có"})
    assert (lost.status_code, TASK["what"] in lost.text) == (400, True)


def test_the_head_of_who_leads_answers_and_others_do_not(world: World, desk: Desk, document: str) -> None:
    office, head = desk("office"), desk("head")
    assert office.post(f"{document}/tasks", data=TASK).status_code == 303
    one = task_page(office, document)
    assert "quá hạn" in head.get("/admin/plans").text
    late = office.get("/admin/plans/late").text
    assert "Nhiệm vụ quá hạn đến ngày" in late
    assert "Tập huấn kỹ năng số (hạn 01/07/2025, quá" in late
    said = {"state": "done", "words": "Đã tập huấn 40 người", "on": "", "seen": "1"}
    assert desk("inspector").post(f"{one}/state", data=said).status_code == 403
    assert head.post(f"{one}/state", data=said | {"words": ""}).status_code == 400
    assert head.post(f"{one}/state", data=said).status_code == 303
    assert head.post(f"{one}/state", data=said).status_code == 409, "made from an older stand"
    assert "Đã tập huấn 40 người" in office.get(one).text
    assert "Không có nhiệm vụ nào quá hạn" in office.get("/admin/plans/late").text


def test_a_task_is_tied_to_a_campaign_and_an_indicator_there_are(
    world: World, desk: Desk, document: str
) -> None:
    office = desk("office")
    office.post(f"{document}/tasks", data=TASK)
    one = task_page(office, document)
    assert (
        office.post(f"{one}/links", data={"kind": "campaign", "ref": str(world.campaign)}).status_code == 303
    )
    assert (
        office.post(f"{one}/links", data={"kind": "indicator", "ref": "contest_participation"}).status_code
        == 303
    )
    for wrong in (
        {"kind": "campaign", "ref": "abc"},
        {"kind": "other", "ref": "x"},
        {"kind": "indicator", "ref": ""},
    ):
        assert office.post(f"{one}/links", data=wrong).status_code == 400
    assert office.get(one).text.count('data-testid="link"') == 2
    beside = office.get(f"/admin/campaigns/{world.campaign}").text
    assert (TASK["what"] in beside, 'data-testid="task-here"' in beside) == (True, True)
    assert 'data-testid="task-here"' not in desk("editor").get(f"/admin/campaigns/{world.campaign}").text
    with world.database.transaction(writes=False) as session:
        (line,) = queries.linked(session, world.commune, "indicator", "contest_participation")
        assert line.task.what == TASK["what"]
        assert queries.linked(session, world.far_commune, "indicator", "contest_participation") == []


def test_the_offices_of_the_commune_and_of_its_party_write_and_one_above_reads(
    world: World, desk: Desk, document: str
) -> None:
    with world.database.transaction() as session:
        party = change.found(
            session, code="DB-TK", kind="party_org", name="xã Tân Khánh", level_word="đảng bộ", since=SINCE,
            parents={"party": world.commune},
        )  # fmt: skip
        for who, unit in (("of-party", party), ("above", world.province)):
            world.staff[who] = staff.hire(
                session, name=who, username=who, password="lan-toa-2026", grants=[("party_office", unit)]
            )
    assert desk("of-party").post(f"{document}/tasks", data=TASK).status_code == 303
    above = desk("above")
    assert (above.get(document).status_code, TASK["what"] in above.get(document).text) == (200, True)
    assert above.post(f"{document}/tasks", data=TASK | {"code": "III.3"}).status_code == 404


def sheet() -> bytes:
    book = Workbook()
    for row in (
        ["Số", "Nội dung", "Đơn vị chủ trì", "Thời hạn"],
        ["1", "Việc một", "Đồng Tiến", "thường xuyên"],
        ["2", "Việc hai", "Xóm Lạ", "quý I"],
    ):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_list_is_shown_before_it_is_written(world: World, desk: Desk, document: str) -> None:
    office = desk("office")
    found = office.post(f"{document}/import", data={"file": (io.BytesIO(sheet()), "viec.xlsx")})
    assert found.status_code == 200
    assert "không có đơn vị nào mang tên hoặc mã “Xóm Lạ”" in found.text
    assert "Việc một" not in office.get(document).text
    yes = dict(re.findall(r'name="(digest|lines)" value="([^"]+)"', found.text))
    import html

    yes = {name: html.unescape(value) for name, value in yes.items()}
    assert office.post(f"{document}/import/yes", data=yes).status_code == 303
    assert "Việc một" in office.get(document).text
    assert office.post(f"{document}/import/yes", data=yes).status_code == 409, "written already"
    assert office.post(f"{document}/import/yes", data={"digest": "x", "lines": "rubbish"}).status_code == 400
    assert office.post(f"{document}/import", data={}).status_code in (400, 409)
    huge = office.post(f"{document}/import", data={"file": (io.BytesIO(b"PK" + b"x" * 6_000_000), "to.xlsx")})
    assert huge.status_code == 413
    assert office.get(f"{document}/import/file.xlsx").status_code == 200
