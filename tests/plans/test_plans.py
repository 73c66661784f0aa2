"""The register, and tasks from a file: what is refused is told row by row, what is not mentioned stays."""

import io
import uuid
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from backend import clock
from backend.plans import errors, importing, queries, register
from backend.plans.importing import Plan
from backend.plans.models import PlanDocument, PlanTask
from backend.plans.register import Task
from backend.plans.rules import Due, Paper
from backend.safeguards.audit import OPERATOR
from backend.units.errors import PlanOutdated
from backend.units.listing import MissingColumns
from backend.units.sheets import SheetRefused
from backend.units.trees import LinesUp
from tests.support.world import World

HEADING = ["Số", "Nội dung", "Đơn vị chủ trì", "Phối hợp", "Thời hạn", "Sản phẩm"]
GOOD = ["1.1", "Tập huấn kỹ năng số", "Đồng Tiến", "05752-T02", "30/06/2026", "Danh sách"]


def paper(
    number: str = "08-KH/ĐU", day: date | None = date(2025, 8, 10), title: str = "Kế hoạch hành động"
) -> Paper:
    return Paper("Đảng ủy xã", title, number, day)


def added(world: World, *papers: Paper) -> list[uuid.UUID]:
    with world.database.transaction() as session:
        return [register.add_document(session, world.commune, one, OPERATOR) for one in papers]


def workbook(*rows: list[Any], merge: str = "", extra: str = "", heading: list[str] = HEADING) -> bytes:
    book = Workbook()
    sheet = book.active
    for row in (heading, *rows):
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    if extra:
        other = book.create_sheet(extra, 0)
        other.append(["Trang bìa"])
        other.append(["không có gì"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def shown(world: World, document: uuid.UUID, data: bytes, name: str = "nhiem-vu.xlsx") -> Plan:
    with world.database.transaction(writes=False) as session:
        units = LinesUp(session).ever_below([world.commune])
        return importing.preview(session, session.get_one(PlanDocument, document), units, data, name)


def written(world: World, document: uuid.UUID, plan: Plan) -> Plan:
    with world.database.transaction() as session:
        units = LinesUp(session).ever_below([world.commune])
        held = session.get_one(PlanDocument, document)
        return importing.apply(
            session, held, units, importing.from_text(importing.as_text(plan.entries)), plan.digest, OPERATOR
        )


def whats(world: World, document: uuid.UUID) -> dict[str, str]:
    with world.database.transaction(writes=False) as session:
        return {line.task.code: line.task.what for line in queries.tasks(session, document)}


# --- documents -----------------------------------------------------------------------------------------------------------


def test_a_document_is_in_the_register_once_and_the_same_number_of_another_day_is_another(
    world: World,
) -> None:
    added(world, paper(), paper(day=date(2025, 9, 1)), paper(day=None), paper(number="", day=None))
    with pytest.raises(errors.DocumentHere):
        added(world, paper(number="08 - kh/đu"))
    with world.database.transaction(writes=False) as session:
        assert len(queries.documents(session, world.commune)) == 4
        assert len(queries.documents(session, world.commune, "ke hoach 08-KH")) == 3


def test_a_document_of_tomorrow_or_without_an_issuer_is_refused(world: World) -> None:
    with pytest.raises(errors.DayAhead):
        added(world, paper(day=clock.today() + timedelta(days=1)))
    with pytest.raises(errors.DocumentIncomplete):
        added(world, Paper("", "Kế hoạch"))


def test_documents_hang_together_but_never_in_a_circle(world: World) -> None:
    above, below = added(world, paper("57-NQ/TW", date(2024, 12, 22), "Nghị quyết"), paper())
    with world.database.transaction() as session:
        register.relate(session, world.commune, below, "implements", above, OPERATOR)
        with pytest.raises(errors.RelationCircular):
            register.relate(session, world.commune, above, "implements", below, OPERATOR)
        with pytest.raises(errors.RelationWrong):
            register.relate(session, world.commune, above, "supersedes", above, OPERATOR)
        assert [(kind, ours) for kind, ours, _ in queries.relations(session, above)] == [
            ("implements", False)
        ]


# --- tasks ---------------------------------------------------------------------------------------------------------------


def test_late_tasks_are_listed_until_somebody_says_they_are_done(world: World) -> None:
    (document,) = added(world, paper())
    with world.database.transaction() as session:
        held = session.get_one(PlanDocument, document)
        late = Due(on=clock.today() - timedelta(days=3))
        one = register.add_task(
            session, held, Task("Việc trễ", "Đồng Tiến", late, "1", world.hamlet), OPERATOR
        )
        register.add_task(
            session, held, Task("Việc thường xuyên", "Đồng Tiến", Due(words="thường xuyên"), "2"), OPERATOR
        )
        (line,) = queries.late(session, world.commune, clock.today())
        assert (line.task.what, line.days, line.lead) == ("Việc trễ", 3, "Xóm Đồng Tiến")
        with pytest.raises(errors.WhyMissing):
            register.stands(session, one, "done", "", clock.today(), OPERATOR, seen=1)
        register.stands(session, one, "done", "Đã tập huấn", clock.today(), OPERATOR, seen=1)
        with pytest.raises(errors.TaskChanged):
            register.stands(session, one, "doing", "Làm lại", clock.today(), OPERATOR, seen=1)
        assert queries.late(session, world.commune, clock.today()) == []
        assert [row.state for row in queries.states(session, one)] == ["done", "open"]
        assert queries.task(session, one, [world.commune]).is_late  # finished, but after its day


def test_a_list_adds_changes_and_never_takes_away(world: World) -> None:
    (document,) = added(world, paper())
    first = shown(world, document, workbook(GOOD, ["1.2", "Việc hai", "Cầu Cong", "", "thường xuyên", ""]))
    assert ([c.kind for c in first.changes], first.troubles) == (["added", "added"], ())
    written(world, document, first)
    with pytest.raises(PlanOutdated):
        written(world, document, first)
    again = shown(
        world,
        document,
        workbook(
            [*GOOD[:1], "Tập huấn kỹ năng số cho cả xóm", *GOOD[2:]],
            ["1.3", "Việc ba", "05752-T01", "", "quý IV", ""],
        ),
    )
    assert (len(again.of("changed")), len(again.of("added")), again.unmentioned) == (1, 1, 1)
    written(world, document, again)
    assert whats(world, document) == {
        "1.1": "Tập huấn kỹ năng số cho cả xóm",
        "1.2": "Việc hai",
        "1.3": "Việc ba",
    }
    same = shown(world, document, workbook([*GOOD[:1], "Tập huấn kỹ năng số cho cả xóm", *GOOD[2:]]))
    assert (same.changes, same.unchanged, same.unmentioned) == ((), 1, 2)


def test_the_same_list_settles_and_a_shorter_cell_takes_away(world: World) -> None:
    (document,) = added(world, paper())

    def again(along: str) -> int:
        found = shown(world, document, workbook([*GOOD[:3], along, *GOOD[4:]]))
        if found.changes:
            written(world, document, found)
        return len(found.changes)

    assert [again(one) for one in ("Đồng Tiến; Cầu Cong", "", "Cầu Cong", "Cầu Cong")] == [1, 0, 1, 0]
    with world.database.transaction(writes=False) as session:
        assert queries.tasks(session, document)[0].along == ("Xóm Cầu Cong",)


def test_lines_that_name_the_annex_may_stand_above_the_heading(world: World) -> None:
    (document,) = added(world, paper())
    book = load_workbook(io.BytesIO(workbook(GOOD)))
    assert book.active is not None
    book.active.insert_rows(1, 3)
    for line, text in enumerate(("PHỤ LỤC I", "Danh mục nhiệm vụ", "(Kèm theo Kế hoạch số 08)"), start=1):
        book.active.cell(line, 1, text)
    out = io.BytesIO()
    book.save(out)
    found = shown(world, document, out.getvalue())
    assert [(one.kind, one.line) for one in found.changes] == [("added", 5)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["2", "=A1&B1", "Đồng Tiến", "", "30/06/2026", ""], "công thức"),
        (["2", "Việc", "Xóm Không Có", "", "30/06/2026", ""], "không có đơn vị"),
        (["2", "Việc", "Đồng Tiến", "Cầu Cong; Lạ", "30/06/2026", ""], "không có đơn vị"),
        (["2", "Việc", "Đồng Tiến", "", "31/02/2026", ""], "không phải một ngày"),
        (["2", "Việc", "Đồng Tiến", "", "", ""], "thiếu thời hạn"),
        (["2", "", "Đồng Tiến", "", "quý I", ""], "thiếu nội dung"),
        (["2", "Việc", "", "", "quý I", ""], "thiếu đơn vị chủ trì"),
        (["1.1", "Việc trùng số", "Đồng Tiến", "", "quý I", ""], "trùng nhiệm vụ với dòng 2"),
        (["2", "x" * 2001, "Đồng Tiến", "", "quý I", ""], "quá mức"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_its_line_and_the_others_go_on(
    world: World, row: list[Any], said: str
) -> None:
    (document,) = added(world, paper())
    found = shown(world, document, workbook(GOOD, row))
    (trouble,) = found.troubles
    assert trouble.line == 3
    assert said in trouble.sentence % trouble.values if trouble.values else said in trouble.sentence
    assert len(found.changes) == 1


def test_joined_cells_are_told_row_by_row(world: World) -> None:
    (document,) = added(world, paper())
    found = shown(
        world,
        document,
        workbook(
            GOOD,
            ["2", "Hai", "Đồng Tiến", "", "quý I", ""],
            ["3", "Ba", None, "", "quý I", ""],
            merge="C3:C4",
        ),
    )
    assert [(t.line, "gộp" in t.sentence) for t in found.troubles] == [(3, True), (4, True)]
    assert [c.task.what for c in found.changes] == [GOOD[1]]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/worksheets/sheet1.xml", b" " * 40_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (bomb(), importing.TooMany),
        (b"PK" + b"x" * 3_000_000, importing.TooMany),
        (workbook(GOOD, extra="Bìa"), MissingColumns),
        (workbook(GOOD, heading=["A", "B", "C", "D", "E", "F"]), MissingColumns),
        (workbook(), importing.NoTasks),
        (b"PKrubbish", SheetRefused),
        (b"\xd0\xcf\x11\xe0old", SheetRefused),
    ],
)
def test_what_is_no_list_of_tasks_is_refused_whole(
    world: World, data: bytes, refusal: type[Exception]
) -> None:
    (document,) = added(world, paper())
    with pytest.raises(refusal):
        shown(world, document, data)
    assert whats(world, document) == {}


def test_how_a_task_stands_is_not_the_lists_to_say(world: World) -> None:
    (document,) = added(world, paper())
    written(world, document, shown(world, document, workbook(GOOD)))
    with world.database.transaction() as session:
        (line,) = queries.tasks(session, document)
        register.stands(session, line.task.id, "doing", "", clock.today(), OPERATOR, seen=1)
    written(world, document, shown(world, document, workbook([*GOOD[:1], "Lời mới", *GOOD[2:]])))
    with world.database.transaction(writes=False) as session:
        (line,) = queries.tasks(session, document)
        assert (line.task.state, line.task.what, line.along) == ("doing", "Lời mới", ("Xóm Cầu Cong",))
        assert session.get_one(PlanTask, line.task.id).revision == 3
