"""A list of units sent in: shown, written once, and only while it is what was shown; on both databases."""

import io
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from backend import clock, figures
from backend.people.regrouping import merge_units
from backend.tallies.models import Tally
from backend.tallies.undoing import undo
from backend.units import errors, handout, importing
from backend.units.importing import Preview
from backend.units.models import Headcount, JoinCode, Unit, UnitEvent, UnitName
from backend.units.overview import history, units_of
from backend.units.queries import children, named
from backend.units.reorganise import NewUnit
from campaigns.registry import measure_book
from tests.rules.test_unit_lists import text_file
from tests.support.world import World
from tests.units.test_splitting import state


def preview(world: World, *rows: str) -> Preview:
    with world.database.transaction() as session:
        return importing.preview(session, world.commune, text_file(*rows), "ds.csv")


def agree(world: World, found: Preview, digest: str = "") -> int:
    with world.database.transaction() as session:
        done = importing.apply(session, world.commune, found.upload, digest or found.plan.digest)
        return len(done.changes)


def bring_in(world: World, *rows: str) -> Preview:
    found = preview(world, *rows)
    agree(world, found)
    return found


def count(world: World, table: type) -> int:
    with world.database.transaction(writes=False) as session:
        return session.scalars(select(func.count()).select_from(table)).one()


ALL_KINDS = [
    "05752-T03,xóm,,Na Ri,,,01/08/2025,143,,30/06/2026,UBND xã,",
    "05752-DB1,đảng bộ,,Đảng bộ cơ quan,,,,,,,,",
    "05752-CB1,chi bộ,,Đồng Tiến,05752-DB1,,,12,đảng viên,30/06/2026,VP Đảng ủy,",
    "05752-CQ1,cơ quan,,Trung tâm phục vụ hành chính công,,,,,,,,",
    "05752-S1,trường,,THCS Tân Khánh,,,,,,,,",
    "05752-L9,lớp,,9A,05752-S1,,,,,,,TK9A",
    "05752-D1,chi đoàn,,Trường THCS,05752-S1,,,,,,,",
    "05752-H1,hội,Hội,Phụ nữ xã,,,,,,,,",
    "05752-B1,ban,,Ban Chỉ đạo chuyển đổi số,,,,,,,,",
    "05752-B2,tổ,,Tổ giúp việc,05752-B1,,,,,,,",
    "05752-B3,hội đồng,,Hội đồng thi đua - khen thưởng,,,,,,,,",
]


def test_every_kind_of_unit_comes_in(world: World) -> None:
    found = bring_in(world, *ALL_KINDS)
    assert found.troubles == ()
    with world.database.transaction(writes=False) as session:
        here = units_of(session, world.commune, clock.today())
        assert {kind: len(rows) for kind, rows in here.items()} == {
            "hamlet": 3, "party_organisation": 1, "party_cell": 1, "agency": 1, "school": 1, "school_class": 2,
            "youth_branch": 1, "association": 1, "body": 3,
        }  # fmt: skip
        assert session.get_one(JoinCode, "TK9A").unit_id == here["school_class"][1].unit.id
        cell = here["party_cell"][0]
        assert (cell.unit.full_name, cell.above, cell.heads and cell.heads.people) == (
            "chi bộ Đồng Tiến", ("Đảng bộ cơ quan",), 12,
        )  # fmt: skip


def test_the_same_list_again_changes_nothing(world: World) -> None:
    bring_in(world, *ALL_KINDS)
    again = preview(world, *ALL_KINDS)
    assert (again.plan.changes, len(again.plan.unchanged), again.troubles) == ((), 11, ())


def test_another_number_for_a_day_that_has_one_is_refused_with_both_and_what_to_do(world: World) -> None:
    bring_in(world, "05752-T03,xóm,,Na Ri,,,,412,,30/06/2026,UBND xã,")
    found = preview(world, "05752-T03,xóm,,Na Ri,,,,4120,,30/06/2026,Đính chính,")
    [told] = found.troubles
    assert found.plan.changes == ()
    sentence = told.sentence % told.values
    for word in (
        "Na Ri",
        "30/06/2026",
        "412 người",
        "tệp ghi 4120",
        "ngày rà soát lại",
        "văn bản đính chính",
    ):
        assert word in sentence
    again = bring_in(world, "05752-T03,xóm,,Na Ri,,,,4120,,01/07/2026,Đính chính,")
    assert [change.what for change in again.plan.changes] == ["counted"]


def test_an_import_takes_away_nothing_it_does_not_mention(world: World) -> None:
    before = count(world, Unit), count(world, Headcount)
    bring_in(world, "05752-T03,xóm,,Na Ri,,,,,,,,")
    assert (count(world, Unit), count(world, Headcount)) == (before[0] + 1, before[1])
    with world.database.transaction(writes=False) as session:
        assert len(children(session, world.commune, "hamlet", clock.today())) == 3


def test_nothing_is_written_before_the_yes(world: World) -> None:
    before = count(world, Unit)
    preview(world, *ALL_KINDS)
    assert count(world, Unit) == before


def test_a_new_name_leaves_the_old_one_its_days(world: World) -> None:
    bring_in(world, "05752-T01,thôn,,Đồng Tiến Mới,,,,,,,,")
    with world.database.transaction(writes=False) as session:
        told = history(session, world.hamlet)
        assert [(name.level_word, name.name, name.valid_to) for name in told.names] == [
            ("thôn", "Đồng Tiến Mới", None), ("xóm", "Đồng Tiến", clock.today()),
        ]  # fmt: skip
        assert [one.event.kind for one in told.happened] == ["rename"]


def test_a_name_put_right_on_the_same_day_is_one_name(world: World) -> None:
    bring_in(world, "05752-T03,xóm,,Na Rì,,,,,,,,")
    bring_in(world, "05752-T03,xóm,,Na Ri,,,,,,,,")
    with world.database.transaction(writes=False) as session:
        unit = session.scalars(select(Unit.id).where(Unit.code == "05752-T03")).one()
        assert [name.name for name in session.scalars(select(UnitName).where(UnitName.unit_id == unit))] == [
            "Na Ri"
        ]


def test_who_says_yes_to_a_list_twice_writes_it_once(world: World) -> None:
    found = preview(world, *ALL_KINDS)
    agree(world, found)
    with pytest.raises(errors.UploadGone):
        agree(world, found)


@pytest.mark.parametrize("second", ["05752-T03,xóm,,Khác,,,,,,,,", "05752-T01,xóm,,Tên Khác,,,,,,,,"])
def test_of_two_lists_at_once_the_later_yes_is_refused(world: World, second: str) -> None:
    first = preview(world, "05752-T03,xóm,,Na Ri,,,,,,,,", "05752-T01,xóm,,Tên Mới,,,,,,,,")
    other = preview(world, second)
    agree(world, first)
    with pytest.raises(errors.PlanOutdated):
        agree(world, other)
    with world.database.transaction(writes=False) as session:
        assert named(session, world.hamlet, clock.today()).name == "Tên Mới"


def test_a_list_that_was_not_shown_is_not_written(world: World) -> None:
    found = preview(world, *ALL_KINDS)
    with pytest.raises(errors.PlanOutdated):
        agree(world, found, "0" * 64)
    assert count(world, UnitEvent) == 0


def test_a_list_of_yesterday_is_gone(world: World) -> None:
    with clock.stopped_at(clock.now() - importing.LIFE * 1.1):
        found = preview(world, *ALL_KINDS)
    with pytest.raises(errors.UploadGone):
        agree(world, found)
    preview(world, *ALL_KINDS)
    with pytest.raises(errors.UploadGone):
        agree(world, found)


def test_a_list_of_another_commune_is_not_this_ones(world: World) -> None:
    found = preview(world, *ALL_KINDS)
    with world.database.transaction() as session, pytest.raises(errors.UploadGone):
        importing.apply(session, world.far_commune, found.upload, found.plan.digest)


def test_codes_of_units_that_ended_are_not_given_again(world: World) -> None:
    with world.database.transaction() as session:
        merge_units(
            session, [world.hamlet, world.other_hamlet], NewUnit("05752-T09", "Mới", "xóm"),
            on=clock.today(), document="NQ",
        )  # fmt: skip
    found = preview(world, "05752-T01,xóm,,Lại Đồng Tiến,,,,,,,,", "05755-T01,xóm,,Của xã khác,,,,,,,,")
    assert [trouble.line for trouble in found.troubles] == [2, 3]
    assert found.plan.changes == ()


def test_a_class_that_moves_takes_the_figures_of_its_days_along(world: World) -> None:
    """Live and rebuilt agree after a move dated before papers that were counted already."""
    bring_in(
        world,
        "S1,trường,,Một,,,01/07/2025,,,,,",
        "S2,trường,,Hai,,,01/07/2025,,,,,",
        "05752-L1,lớp,,7A,S1,,01/08/2025,,,,,",
    )
    _write_papers(world, world.school_class, 3)
    world.fold()
    bring_in(world, "05752-L1,lớp,,7A,S2,,01/09/2026,,,,,")
    assert figures.differences(world.database, measure_book()) == []
    world.fold()
    with world.database.transaction(writes=False) as session:
        codes = dict(session.execute(select(Unit.code, Unit.id)).all())  # type: ignore[arg-type]
        rows = {
            code: session.get(Tally, ("contest.entrants", world.activity, codes[code], "all"))
            for code in ("S1", "S2", "05752")
        }
    assert {code: row.people if row else None for code, row in rows.items()} == {
        "S1": None,
        "S2": 3,
        "05752": 3,
    }


def _write_papers(world: World, unit: uuid.UUID, papers: int) -> None:
    from tests.participation.test_fold import hand_in

    with world.database.transaction() as session:
        for _ in range(papers):
            hand_in(session, world, uuid.uuid4(), unit=unit)


@pytest.mark.parametrize(("make", "name"), [(handout.as_csv, "ds.csv"), (handout.as_workbook, "ds.xlsx")])
def test_the_list_handed_out_comes_back_unchanged(
    world: World, make: Callable[[Any], bytes], name: str
) -> None:
    bring_in(world, *ALL_KINDS)
    with world.database.transaction() as session:
        rows = handout.rows(session, world.commune)
        assert len(rows) == 1 + 11 + 3
        found = importing.preview(session, world.commune, make(rows), name)
    assert (found.plan.changes, found.troubles, len(found.plan.unchanged)) == ((), (), 14)


def test_the_workbook_handed_out_is_one(world: World) -> None:
    with world.database.transaction(writes=False) as session:
        data = handout.as_workbook(handout.rows(session, world.commune))
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert [cell.value for cell in sheet[1]][:4] == ["mã", "loại", "cấp gọi", "tên"]
    assert sheet["A2"].value == "05752-T01"
    assert date(2025, 7, 1).strftime("%d/%m/%Y") == sheet["G2"].value


def test_a_new_name_and_a_new_place_out_of_a_list_are_taken_back_like_any_other(world: World) -> None:
    """Also one put right on the very day it was given, where the row of before is gone."""
    bring_in(world, *ALL_KINDS)
    bring_in(world, "05752-DB2,đảng bộ,,Đảng bộ chính quyền,,,,,,,,")
    before = state(world)
    bring_in(world, "05752-CB1,chi bộ,,Đồng Tiến mới,05752-DB2,,,,,,,")
    bring_in(world, "05752-DB2,đảng bộ,,Đảng bộ Ủy ban,,,,,,,,")
    with world.database.transaction() as session:
        made = session.scalars(
            select(UnitEvent).order_by(UnitEvent.made_at.desc(), UnitEvent.id.desc())
        ).all()
        assert sorted(event.kind for event in made) == ["move", "rename", "rename"]
        for event in made:
            undo(session, event.id)
    assert state(world) == before
