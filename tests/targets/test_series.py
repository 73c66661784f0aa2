"""Three series side by side: said again, never written over; imported with a preview; judged each by itself."""

import io
import uuid
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from backend import calendars, clock
from backend.targets import declare, dhis2, exchange, importing, queries, series
from backend.targets.errors import EvidenceMissing, NotBegun, SaidMeanwhile, TooManyFigures, WrongSheet
from backend.targets.models import SeriesValue
from backend.targets.queries import Counted
from backend.targets.standing import Asked, judge, part_of, warnings
from backend.units.errors import PlanOutdated
from backend.units.queries import named
from backend.units.sheets import NoWorkbook
from tests.targets.conftest import Plans

YEAR = calendars.parse("thang", str(clock.today().year))
LAST = calendars.parse("thang", str(clock.today().year - 1))
BOOK_HEADING = [names[0] for names in importing.COLUMNS.values()]


def say(
    plans: Plans, code: str, *typed: str, unit: uuid.UUID | None = None, seen: int | None = None
) -> SeriesValue:
    numbers = [*typed, "", "", ""]
    with plans.world.database.transaction() as session:
        one = queries.indicator(session, code)
        return declare.declare(
            session,
            one,
            unit or plans.world.commune,
            LAST,
            (numbers[0], numbers[1], numbers[2]),
            "Báo cáo 12",
            None,
            seen=seen,
        )


def test_a_figure_said_again_stands_and_the_earlier_one_stays(plans: Plans) -> None:
    for number in ("50", "60"):
        say(plans, "TK-H1", number)
    with plans.world.database.transaction(writes=False) as session:
        found = queries.series(session, "TK-H1", plans.world.commune, LAST)
        rows = series.history(session, queries.indicator(session, "TK-H1"), plans.world.commune)
    assert found.declared is not None
    assert (found.declared.value, found.declared.number, found.official, found.measured) == (
        60,
        2,
        None,
        None,
    )
    assert [(row.number, row.value) for row in rows] == [(2, 60), (1, 50)]


def test_who_did_not_see_the_newest_figure_does_not_speak_over_it(plans: Plans) -> None:
    say(plans, "TK-H1", "50", seen=0)
    with pytest.raises(SaidMeanwhile):
        say(plans, "TK-H1", "60", seen=0)
    say(plans, "TK-H1", "60", seen=1)


def test_two_first_figures_at_once_are_never_both_first(
    plans: Plans, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(plans, "TK-H1", "50")
    monkeypatch.setattr(declare, "newest", lambda *_: 0)  # both looked before either had written
    with pytest.raises(SaidMeanwhile):
        say(plans, "TK-H1", "60")


def test_decimals_are_exact_on_both_databases(plans: Plans) -> None:
    with plans.world.database.transaction() as session:
        one = queries.indicator(session, "QN-E1")
        declare.declare(session, one, plans.quang_ngai, LAST, ("0,6400", "", ""), "x", None)
    with plans.world.database.transaction(writes=False) as session:
        told = queries.series(session, "QN-E1", plans.quang_ngai, LAST).declared
    assert told is not None
    assert str(told.value) == "0.6400"


def test_no_evidence_no_figure_and_nothing_of_the_future(plans: Plans) -> None:
    with plans.world.database.transaction() as session:
        one = queries.indicator(session, "TK-H1")
        with pytest.raises(EvidenceMissing):
            declare.declare(session, one, plans.world.commune, LAST, ("5", "", ""), "  ", None)
        later = calendars.parse("thang", "2035")
        with pytest.raises(NotBegun):
            declare.declare(session, one, plans.world.commune, later, ("5", "", ""), "x", None)


def test_a_division_by_zero_is_kept_as_a_mark_and_judged_by_nobody(plans: Plans) -> None:
    say(plans, "TK-H1", "", "0", "0")
    with plans.world.database.transaction(writes=False) as session:
        of = queries.target_set(session, plans.own_set)
        line = queries.targets_for(session, of, "TK-H1")
        assert line is not None
        told = judge(session, [line], Asked(plans.world.commune, clock.today(), "none"))[line.indicator.id]
    assert [(one.said.value, one.said.absent, one.progress.state, one.progress.why) for one in told] == [
        (None, "zero_denominator", "cannot_say", "zero_denominator")
    ]


@pytest.mark.parametrize(("covered", "why"), [("4", "behind_any_start"), ("17", "share_so_far")])
def test_a_plan_of_one_horizon_warns_early_by_the_day_it_began(plans: Plans, covered: str, why: str) -> None:
    """100 % in 2030, on the way since 2020."""
    say(plans, "TK-H1", "", covered, "18")
    asked = Asked(plans.world.commune, clock.today(), "none", since=date(2020, 1, 1))
    with plans.world.database.transaction(writes=False) as session:
        line = queries.targets_for(session, queries.target_set(session, plans.own_set), "TK-H1")
        assert line is not None
        (told,) = judge(session, [line], asked)[line.indicator.id]
    assert told.progress.why == why
    assert bool(warnings([told])) == (why == "behind_any_start")


def test_each_series_is_judged_by_itself(plans: Plans) -> None:
    with plans.world.database.transaction() as session:
        one = queries.indicator(session, "TK-N1")
        declare.declare(session, one, plans.world.commune, YEAR, ("", "102", "100"), "x", None)
        figure = declare.figure(declare.shape(one), "", "10", "100")
        declare.add(session, one, plans.world.commune, YEAR, "official", figure, "Kho bạc", None)
    on = date(clock.today().year, 12, 1)
    with plans.world.database.transaction(writes=False) as session:
        lines = queries.targets_of(session, plans.own_set)
        told = judge(session, lines, Asked(plans.world.commune, on, "none"))
    found = {one.kind: (one.progress.state, one.progress.share) for rows in told.values() for one in rows}
    assert found == {"declared": ("attained", Decimal("102.0")), "official": ("likely_miss", Decimal("10.0"))}


def test_a_year_is_summed_of_what_adds_up_and_expected_only_up_to_what_is_told(plans: Plans) -> None:
    year = clock.today().year
    with plans.world.database.transaction() as session:
        one = queries.indicator(session, "QN-D9")
        for month, number in (("01", "4"), ("02", "3")):
            declare.add(session, one, plans.quang_ngai, calendars.parse("thang", f"{year}{month}"), "official", declare.figure(declare.shape(one), number), "Sổ", None)  # fmt: skip
    with plans.world.database.transaction(writes=False) as session:
        line = next(
            line for line in queries.targets_of(session, plans.province_set) if line.indicator.code == "QN-D9"
        )
        (told,) = judge(session, [line], Asked(plans.quang_ngai, date(year, 11, 22), "none"))[
            line.indicator.id
        ]
    assert told.value == 7
    assert told.progress.state == "on_track", "7 of 40 after two months, whatever the day one looks"


def test_a_count_asked_of_the_whole_is_not_asked_of_a_part_and_hamlets_are_not_rated(plans: Plans) -> None:
    world, year = plans.world, date(clock.today().year, 12, 1)
    with world.database.transaction() as session:
        for unit, code, number in (
            (plans.commune_there, "QN-D9", "1"),
            (plans.commune_there, "QN-E7", "1"),
            (world.hamlet, "TK-N1", "1"),
        ):
            one = queries.indicator(session, code)
            declare.declare(session, one, unit, YEAR, (number, "", ""), "x", None)
    found = {}
    with world.database.transaction(writes=False) as session:
        for unit, of, part in (
            (plans.commune_there, plans.province_set, "below"),
            (world.hamlet, plans.own_set, "hamlet"),
        ):
            whole = queries.target_set(session, of)
            assert part_of(whole, named(session, unit, clock.today())) == part
            assert part_of(whole, named(session, whole.issuer_unit_id, clock.today())) == "issuer"
            lines = queries.targets_of(session, of)
            told = judge(session, lines, Asked(unit, year, "none", part=part))  # type: ignore[arg-type]
            codes = {line.indicator.id: line.indicator.code for line in lines}
            found |= {codes[one]: rows[0].progress for one, rows in told.items() if rows}
    assert {code: (one.state, one.why) for code, one in found.items()} == {
        "QN-D9": ("cannot_say", "of_the_whole"),
        "QN-E7": ("likely_miss", "last_horizon_missed"),
        "TK-N1": ("cannot_say", "not_rated"),
    }


def test_what_was_counted_stands_beside_and_is_read_only_where_it_may_be(plans: Plans) -> None:
    """The contest's papers stand in for an indicator of a plan: measured comes from our own scorecards."""
    world = plans.world
    for name in ("Lan", "Mai", "Tú", "Vũ", "Yến"):
        world.phone(name).take_part()
    world.fold()
    with world.database.transaction() as session:
        queries.indicator(session, "TK-N1").measured_by = "contest_papers"
    say(plans, "TK-N1", "9")
    source = Counted(world.activity, world.commune, "Đợt 1")
    sealed = Counted(world.activity, world.commune, "Đợt 1", frozenset({"contest_participation"}))
    with world.database.transaction(writes=False) as session:
        found = queries.series(session, "TK-N1", world.commune, YEAR, [source])
        assert queries.series(session, "TK-N1", world.commune, YEAR, [sealed]).measured is None
        assert queries.series(session, "TK-N1", world.commune, YEAR).measured is None
        other = calendars.at("hanh-chinh", clock.today(), "year")
        assert queries.series(session, "TK-N1", world.commune, other, [source]).measured is None
    assert found.measured is not None
    assert (found.measured.value, found.measured.source) == (5, "Đợt 1")
    assert found.declared is None, "said of another year"
    with world.database.transaction(writes=False) as session:
        lines = queries.targets_of(session, plans.own_set)
        told = judge(session, lines, Asked(world.commune, clock.today(), "none", [source]))
        kinds = [(one.kind, one.said.value) for rows in told.values() for one in rows]
    assert kinds == [("measured", 5), ("declared", 9)]


def test_a_group_too_small_to_be_shown_stays_hidden_here_too(plans: Plans) -> None:
    world = plans.world
    for name in ("Lan", "Mai"):
        world.phone(name).take_part()
    world.fold()
    with world.database.transaction() as session:
        queries.indicator(session, "TK-N1").measured_by = "contest_participation"
    source = Counted(world.activity, world.commune, "Đợt 1")
    with world.database.transaction(writes=False) as session:
        found = queries.series(session, "TK-N1", world.hamlet, YEAR, [source]).measured
        lines = queries.targets_of(session, plans.own_set)
        told = judge(session, lines, Asked(world.hamlet, clock.today(), "none", [source]))
    assert found is not None
    assert (found.is_hidden, found.value, found.numerator) == (True, None, None)
    assert [one.progress.why for rows in told.values() for one in rows] == ["no_figure"]


# --- import ---------------------------------------------------------------------------------------------------------


def book(
    *rows: list[object], merged: str = "", title: str = "Số liệu", heading: list[str] | None = None
) -> bytes:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = title
    sheet.append(heading or BOOK_HEADING)
    for row in rows:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def planned(plans: Plans, data: bytes, name: str = "a.xlsx") -> importing.Plan:
    entries, troubles = importing.read(data, name)
    with plans.world.database.transaction(writes=False) as session:
        return importing.plan(session, {plans.world.commune}, entries, "Niên giám", troubles)


def told(found: importing.Plan) -> list[tuple[int, str]]:
    return [(one.line, one.sentence % one.values) for one in found.troubles]


GOOD = ["TK-H1", "05752", "thang", str(LAST.code), None, 11, 18, "bảng 3"]


def test_a_file_is_shown_written_kept_and_written_once(plans: Plans) -> None:
    found = planned(plans, book(GOOD, ["TK-N1", "05752", "thang", LAST.code, None, None, None, None]))
    assert (len(found.changes), found.blank, found.troubles) == (1, 1, ())
    entries = importing.from_text(importing.as_text(found.entries))
    assert entries == found.entries
    with plans.world.database.transaction() as session:
        importing.apply(session, {plans.world.commune}, entries, "Niên giám", found.digest, None)
        with pytest.raises(PlanOutdated):
            importing.apply(session, {plans.world.commune}, entries, "Niên giám", found.digest, None)
    again = planned(plans, book(GOOD))
    assert (again.changes, again.unchanged) == ((), 1)
    with plans.world.database.transaction(writes=False) as session:
        (row,) = session.scalars(select(SeriesValue))
    assert (row.kind, str(row.value), row.source, row.numerator, row.denominator) == (
        "official",
        "61.1",
        "Niên giám; bảng 3",
        11,
        18,
    )


def test_a_correction_replaces_and_keeps(plans: Plans) -> None:
    for numerator in (11, 12):
        found = planned(plans, book([*GOOD[:5], numerator, 18, ""]))
        with plans.world.database.transaction() as session:
            importing.apply(session, {plans.world.commune}, found.entries, "Niên giám", found.digest, None)
    with plans.world.database.transaction(writes=False) as session:
        rows = session.scalars(select(SeriesValue).order_by(SeriesValue.number)).all()
    assert [(row.number, row.numerator) for row in rows] == [(1, 11), (2, 12)]


def test_every_bad_row_is_told_and_none_becomes_zero(plans: Plans) -> None:
    rows: list[list[object]] = [
        ["TK-X", *GOOD[1:]],
        ["TK-H1", "99999", *GOOD[2:]],
        ["TK-H1", "05755", *GOOD[2:]],
        [*GOOD[:2], "nam-hoc", *GOOD[3:]],
        [*GOOD[:2], "sao hỏa", *GOOD[3:]],
        [*GOOD[:3], "2035", *GOOD[4:]],
        [*GOOD[:4], None, 11, None, ""],
        [*GOOD[:4], None, None, 18, ""],
        [*GOOD[:4], None, 11, 0, ""],
        [*GOOD[:4], "khoảng 60", None, None, ""],
        [*GOOD[:4], "=11/18*100", None, None, ""],
        [*GOOD[:4], 75, 11, 18, ""],
        ["TK-S1", *GOOD[1:]],
        GOOD,
        GOOD,
    ]
    found = planned(plans, book(*rows))
    words = told(found)
    assert [line for line, _ in words] == [*range(2, 15), 16]
    for at, part in enumerate(
        ("không có chỉ tiêu", "không có đơn vị", "không có đơn vị", "không có trong lịch", "không có lịch", "chưa bắt đầu",
         "thiếu mẫu số", "thiếu tử số", "Mẫu số bằng 0", "không phải là một con số", "công thức", "khác với con số", "con số đếm",
         "trùng")
    ):  # fmt: skip
        assert part in words[at][1], words[at]
    assert [one.line for one in found.changes] == [15]


def test_rows_in_merged_cells_are_not_guessed_at(plans: Plans) -> None:
    found = planned(plans, book(GOOD, ["TK-N1", *GOOD[1:]], ["TK-N1", *GOOD[1:]], merged="A3:A4"))
    assert [(line, "ô gộp" in words) for line, words in told(found)] == [(3, True), (4, True)]
    assert len(found.changes) == 1


def test_the_wrong_sheet_is_named(plans: Plans) -> None:
    with pytest.raises(WrongSheet) as refused:
        planned(plans, book(["a"], title="Bìa", heading=["Tỉnh", "Năm"]))
    assert refused.value.values["sheet"] == "Bìa"


def test_200_megabytes_a_bomb_and_no_workbook_are_refused(plans: Plans) -> None:
    with pytest.raises(TooManyFigures):
        importing.read(b"\0" * (200 * 1024 * 1024), "a.xlsx")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "x")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (300 * 1024 * 1024))
    assert len(file.getvalue()) < 1024 * 1024
    with pytest.raises(TooManyFigures):
        importing.read(file.getvalue(), "a.xlsx")
    with pytest.raises(NoWorkbook):
        importing.read(b"PK\x03\x04", "a.xlsx")


def test_another_systems_values_come_in_as_they_went_out(plans: Plans) -> None:
    found = planned(plans, book(GOOD))
    with plans.world.database.transaction() as session:
        importing.apply(session, {plans.world.commune}, found.entries, "Niên giám", found.digest, None)
        out = dhis2.out(exchange.said_rows(session, plans.world.commune, "official"))
        entries, troubles = exchange.coming_in(dhis2.read(dhis2.to_json(out.values)))
        again = importing.plan(session, {plans.world.commune}, entries, "Hệ thống khác", troubles)
    assert (troubles, again.changes, again.unchanged) == ([], (), 1)
    assert [value.org_unit for value in out.values] == ["05752"] * 3
