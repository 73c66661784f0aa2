"""Keeps the figures of a report: each is the unit's own, of that period, and the workbook never makes another of it."""

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from backend import calendars, clock
from backend.calendars import Period, parse
from backend.cards import actions
from backend.reports import figures, other_figures, table
from backend.reports.figures import Source
from backend.reports.words import HIDDEN, NOT_OF_PERIOD
from backend.safeguards.audit import OPERATOR
from backend.scorecards import queries as scorecards
from backend.scorecards.indicators import template
from backend.targets import declare, queries
from backend.targets.models import PlanIndicator, SeriesValue
from backend.targets.queries import Line
from backend.units import change as units
from tests.reports.test_exports import told
from tests.support.card_papers import month, published_card
from tests.support.reports import office
from tests.support.world import SINCE, World
from tests.targets.conftest import Plans, plans

__all__ = ["plans"]

YEAR = parse("thang", "2026")


def said(period: str, value: str | None, kind: str = "declared", calendar: str = "thang") -> SeriesValue:
    number = None if value is None else Decimal(value)
    return SeriesValue(
        calendar=calendar, period=period, kind=kind, value=number, source="Báo cáo 12",
        absent=None if number is not None else "zero_denominator",
    )  # fmt: skip


def indicator(**more: Any) -> Line:
    row = {
        "code": "TK-D1", "name_vi": "Chỉ tiêu", "unit": "%", "factor": 100, "decimals": 1, "additivity": "ratio",
    } | more  # fmt: skip
    return Line(PlanIndicator(**row), ())


def row_of(line: Line, told_by: other_figures.Told) -> dict[str, Any]:
    return other_figures._said(line, told_by, 2026, "")


def of(value: str | None, numerator: str | None = None, denominator: str | None = None) -> other_figures.Told:
    sides = [None if side is None else Decimal(side) for side in (value, numerator, denominator)]
    absent = None if value is not None else "zero_denominator"
    return other_figures.Told(sides[0], sides[1], sides[2], absent, "declared", "Năm 2026; Báo cáo 12")


def workbook(rows: list[dict[str, Any]]) -> tuple[Any, Any]:
    """As formulas, and as the numbers that are kept beside them."""
    content = table.as_table(told("party"), {"rows": rows})
    live, known = (openpyxl.load_workbook(io.BytesIO(content), data_only=only) for only in (False, True))
    return live["Số liệu"], known["Số liệu"]


@pytest.mark.parametrize(
    ("line", "figure", "formula", "value"),
    [
        (indicator(), of("96"), None, 96),
        (indicator(unit="tỷ đồng", factor=1, decimals=4), of("0.6412"), None, Decimal("0.6412")),
        (indicator(), of("60.0", "3", "5"), "=IF(E7=\"\",\"\",ROUND(D7*100/E7,1))", 60),
        (indicator(unit="% GRDP"), of("2.0", "1", "50"), "=IF(E7=\"\",\"\",ROUND(D7*100/E7,1))", 2),
        (indicator(unit="per 10k", factor=10000, decimals=2), of("12.50", "5", "4000"),
         "=IF(E7=\"\",\"\",ROUND(D7*10000/E7,2))", Decimal("12.5")),
        (indicator(), of("103.7", "1245", "1200.5"), "=IF(E7=\"\",\"\",ROUND(D7*100/E7,1))", Decimal("103.7")),
        (indicator(), of("61", "3", "5"), None, 61),
    ],
)  # fmt: skip
def test_the_workbook_says_what_the_report_says(
    line: Line, figure: other_figures.Told, formula: str | None, value: Decimal | int
) -> None:
    live, known = workbook([row_of(line, figure)])
    assert known["F7"].value == pytest.approx(float(value))
    if formula is None:
        assert live["F7"].data_type == "n"
    else:
        assert live["F7"].value == formula
        assert live["D7"].value is not None
        assert live["E7"].value is not None


def test_what_is_not_known_is_a_sentence_in_the_workbook_never_an_empty_sum() -> None:
    live, known = workbook([row_of(indicator(), of(None, "0", "0"))])
    assert live["F7"].value == known["F7"].value == "Chưa có mẫu số"
    assert live["D7"].value is None


def test_of_months_that_add_up_a_report_says_the_sum_of_anything_else_the_latest() -> None:
    months = [said(code, value) for code, value in (("202602", "5"), ("202606", "9"), ("202601", "3"))]
    half = parse("thang", "2026S1")
    assert other_figures.of_period(months, half, "sum").value == 17
    assert other_figures.of_period(months, half, "last").value == 9
    quarter = [*months, said("2026Q1", "11")]
    assert other_figures.of_period(quarter, half, "sum").value == 20, "a quarter holds its months"
    assert other_figures.of_period([*months, said("2026S1", "40")], half, "sum").value == 40


def test_the_latest_is_the_one_that_ends_last_not_the_one_whose_code_is_greatest() -> None:
    rows = [
        said("2026S1", "1"),
        said("2026Q2", "2"),
        said("202611", "3"),
        said("2026W40", "4", calendar="tuan"),
    ]
    assert other_figures.of_period(rows, YEAR, "last").value == 3
    assert other_figures.of_period(rows[::-1], YEAR, "last").value == 3


def test_what_is_of_another_period_is_not_of_this_one() -> None:
    assert other_figures.of_period([said("202607", "5")], parse("thang", "2026S1"), "sum") is None


def test_a_cell_does_not_speak_for_the_commune_and_its_organisation_is_named(plans: Plans) -> None:
    world, year = plans.world, calendars.parse("thang", str(clock.today().year - 1))
    with world.database.transaction() as session:
        organisation = units.found(
            session, code="05752-DU", kind="party_organisation", name="Đảng bộ xã Tân Khánh", level_word="", since=SINCE,
            parents={"party": world.commune},
        )  # fmt: skip
        cell = units.found(
            session, code="05752-CB1", kind="party_cell", name="Chi bộ Đồng Tiến", level_word="", since=SINCE,
            parents={"party": organisation},
        )  # fmt: skip
        beside = units.found(
            session, code="05752-CB2", kind="party_cell", name="Chi bộ Cơ quan", level_word="", since=SINCE,
            parents={"party": world.commune},
        )  # fmt: skip
        one = queries.indicator(session, "TK-H1")
        for unit, value in ((organisation, "96"), (cell, "60"), (beside, "70"), (world.commune, "50")):
            typed = declare.declare(session, one, unit, year, (value, "", ""), "Báo cáo 12", None)
            assert typed.value == Decimal(value)
        rows = other_figures.of_plan(session, world.commune, year)
    told_rows = [(row["value"], "Đảng bộ" in row["of"]) for row in rows if row["code"] == "TK-H1"]
    assert [(Decimal(value), is_named) for value, is_named in told_rows] == [(50, False), (96, True)]


# --- what was counted ------------------------------------------------------------------------------------------------


def counted(
    world: World, period: Period, monkeypatch: pytest.MonkeyPatch, *, hidden: bool
) -> list[dict[str, Any]]:
    """The rows of a contest of which 15 people since the beginning are known."""
    own = next(one for one in template().indicators if one.code == "contest_participation")

    def told_by(*args: Any, **_: Any) -> dict[str, Any]:
        units, codes = args[4], args[5]
        whole = scorecards.Figure(own, 15, 40)
        part = scorecards.Figure(own, is_hidden=True) if hidden else scorecards.Figure(own)
        return {
            code: {unit: {own.code: whole if code == "all" else part} for unit in units} for code in codes
        }

    monkeypatch.setattr(figures, "figures_by_period", told_by)
    source = Source(world.activity, world.commune, world.commune, "Đợt 1", date(2020, 1, 1), (own,))
    with world.database.transaction() as session:
        return list(figures.gathered(session, world.commune, [source], period)["rows"])


def ended() -> Period:
    return calendars.last_full("thang", "half", clock.today())


def test_a_sum_since_the_beginning_never_stands_in_a_report_of_a_period_that_is_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    [row] = counted(world, ended(), monkeypatch, hidden=True)
    assert (row["numerator"], row["value"], row["absent"]) == (None, None, HIDDEN)
    today = clock.today()
    running = Period("thang", str(today.year), date(today.year, 1, 1), date(today.year, 12, 31))
    [row] = counted(world, running, monkeypatch, hidden=True)
    assert row["numerator"] == 15
    assert "lũy kế từ khi mở" in row["of"]


def test_of_a_calendar_nobody_counts_by_the_report_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = clock.today() - timedelta(days=40)
    period = calendars.holding("hanh-chinh", past)[0]
    [row] = counted(world, period, monkeypatch, hidden=False)
    assert (row["numerator"], row["absent"]) == (None, NOT_OF_PERIOD)


# --- what was published ----------------------------------------------------------------------------------------------


def rows_of_month(world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """Code -> row of a monthly report, where the ledger counts a figure the card holds, and one it does not."""
    own = [one for one in template().indicators if one.code in ("contest_participation", "pledge_registered")]

    def told_by(*args: Any, **_: Any) -> dict[str, Any]:
        figure = {one.code: scorecards.Figure(one, 15, 40) for one in own}
        return {code: dict.fromkeys(args[4], figure) for code in args[5]}

    monkeypatch.setattr(figures, "figures_by_period", told_by)
    source = Source(world.activity, world.commune, world.commune, "Đợt 1", date(2020, 1, 1), tuple(own))
    with world.database.transaction() as session:
        return {
            row["code"]: row for row in figures.gathered(session, world.commune, [source], month())["rows"]
        }


def test_a_card_nobody_has_published_takes_no_figure_away_and_brings_none(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows_of_month(world, monkeypatch)
    with world.database.transaction() as session:
        actions.open_card(session, world.commune, "xa-thang", month(), OPERATOR)
    assert rows_of_month(world, monkeypatch) == before
    assert set(before) == {"contest_participation", "pledge_registered"}


def test_a_published_card_stands_for_its_own_figures_beside_those_it_does_not_hold(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    published_card(office(world))
    rows = rows_of_month(world, monkeypatch)
    assert "contest_participation" not in rows
    assert "bản công bố số 1" in rows["du-thi"]["of"]
    assert rows["du-thi"]["indicator"] == "contest_participation"
    assert rows["pledge_registered"]["numerator"] == 15
