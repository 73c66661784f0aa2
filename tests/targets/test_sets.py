"""Which set governs whom, and that a plan goes out as it came in."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backend import clock
from backend.targets import csv_file, issuing, queries, series
from backend.targets.catalogue import measuring
from backend.targets.csv_file import Cell
from backend.targets.errors import IndicatorUnknown, SetNotReady, SetSuperseded
from backend.targets.issuing import DATA, Heading
from backend.targets.series import Counted
from backend.targets.standing import Asked, judge
from backend.units import change as units
from tests.support.world import SINCE
from tests.targets.conftest import Plans, issue_at

DAY = date(2026, 11, 22)


def test_a_set_governs_its_issuer_and_all_below_and_nobody_else(plans: Plans) -> None:
    world = plans.world
    with world.database.transaction(writes=False) as session:
        found = {
            unit: (one.id if (one := queries.set_of(session, unit, DAY)) else None)
            for unit in (
                plans.quang_ngai,
                plans.commune_there,
                world.commune,
                world.hamlet,
                world.far_commune,
                world.province,
            )
        }
    assert found == {
        plans.quang_ngai: plans.province_set,
        plans.commune_there: plans.province_set,
        world.commune: plans.own_set,
        world.hamlet: plans.own_set,
        world.far_commune: None,
        world.province: None,
    }


def test_tan_khanh_is_never_governed_by_quang_ngai_not_even_without_a_set_of_its_own(plans: Plans) -> None:
    """Before its own plan holds there is none at all."""
    with plans.world.database.transaction(writes=False) as session:
        assert queries.set_of(session, plans.world.commune, date(2025, 8, 9)) is None
        governing = queries.set_of(session, plans.quang_ngai, date(2025, 8, 9))
        assert governing is not None
        assert governing.id == plans.province_set
        codes = {line.indicator.code for line in queries.targets_of(session, plans.own_set)}
    assert codes
    assert all(code.startswith("TK-") for code in codes)


def test_the_193_values_go_out_of_the_database_to_the_byte(plans: Plans) -> None:
    with plans.world.database.transaction(writes=False) as session:
        lines = queries.targets_of(session, plans.province_set)
        cells = queries.cells(session, plans.province_set)
    assert (len(lines), len(cells)) == (48, 193)
    assert csv_file.write(cells) == (DATA / "quang-ngai.csv").read_bytes()


def test_a_newer_set_ends_the_older_one_on_its_day_and_only_one_may(plans: Plans) -> None:
    world = plans.world
    cells = issuing.shipped_cells("tan-khanh")[:1]
    heading = Heading("Kế hoạch sửa đổi", "Đảng ủy", date(2027, 1, 1), supersedes=plans.own_set)
    with world.database.transaction() as session:
        newer = issuing.issue(session, world.commune, heading, cells).id
        with pytest.raises(SetSuperseded):
            issuing.issue(session, world.commune, heading, cells)
    with world.database.transaction(writes=False) as session:
        days = (date(2026, 12, 31), date(2027, 1, 1))
        assert [found.id for day in days if (found := queries.set_of(session, world.commune, day))] == [
            plans.own_set,
            newer,
        ]
        held = [[one.id for one in queries.in_force(session, [world.commune], day)] for day in days]
    assert held == [[plans.own_set], [newer]], "the older one no longer holds at all"


def test_the_lines_part_at_the_commune(plans: Plans) -> None:
    """What the commune is to reach says nothing to the Party organisation beside it, nor to its cells."""
    world = plans.world
    with world.database.transaction() as session:
        party = units.found(session, code="05752-DB", kind="party_organisation", name="xã", level_word="đảng bộ", since=SINCE, parents={"party": world.commune})  # fmt: skip
        cell = units.found(session, code="05752-CB", kind="party_cell", name="Một", level_word="chi bộ", since=SINCE, parents={"party": party})  # fmt: skip
        assert queries.set_of(session, cell, DAY) is None
        own = issuing.issue_shipped(session, "tan-khanh-dang", party).id
        found = [queries.set_of(session, unit, DAY) for unit in (party, cell, world.commune)]
    assert [one.id for one in found if one] == [own, own, plans.own_set]


def test_a_set_takes_the_place_only_of_an_older_one_of_its_own_issuer(plans: Plans) -> None:
    heading = Heading("Kế hoạch", "Đảng ủy", date(2027, 1, 1), supersedes=plans.province_set)
    cells = issuing.shipped_cells("tan-khanh")
    early = replace(heading, supersedes=plans.own_set, valid_from=date(2024, 1, 1))
    with plans.world.database.transaction() as session:
        with pytest.raises(SetSuperseded):
            issuing.issue(session, plans.world.commune, heading, cells)
        with pytest.raises(SetSuperseded):
            issuing.issue(session, plans.world.commune, early, cells)
        with pytest.raises(SetNotReady):
            issuing.issue(session, plans.world.commune, replace(heading, title=""), cells)


def test_a_target_is_found_by_its_code(plans: Plans) -> None:
    with plans.world.database.transaction(writes=False) as session:
        of = queries.target_set(session, plans.province_set)
        line = queries.targets_for(session, of, "QN-E1")
        assert line is not None
        assert (line.targets[0].horizon_year, str(line.targets[0].value)) == (2025, "0.60")
        assert queries.targets_for(session, of, "TK-H1") is None
        with pytest.raises(IndicatorUnknown):
            queries.targets_for(session, of, "QN-X")


def test_a_set_governs_its_own_line_up_to_the_next_set_and_nobody_else(plans: Plans) -> None:
    with plans.world.database.transaction() as session:
        of, today = queries.target_set(session, plans.province_set), clock.today()
        assert queries.governs(session, of, plans.commune_there, today)
        assert not queries.governs(session, of, plans.world.commune, today)
        assert queries.nearer(session, of, today) == set()
        issue_at(session, plans.commune_there, "tan-khanh")
        assert not queries.governs(session, of, plans.commune_there, today)
        assert queries.nearer(session, of, today) == {plans.commune_there}


def test_numbers_keep_the_places_they_were_written_with(plans: Plans) -> None:
    with plans.world.database.transaction(writes=False) as session:
        of = queries.target_set(session, plans.province_set)
        line = queries.targets_for(session, of, "QN-R1")
        assert line is not None
        found = [one for one in line.targets if one.horizon_year in (2025, 2035)]
    assert [str(one.value) for one in found if one] == ["1.0", "2"]
    assert Decimal("1.0") == Decimal("1.00")


def test_a_code_keeps_its_meaning_across_sets(plans: Plans) -> None:
    cells = [replace(cell, name_vi="Một tên khác") for cell in issuing.shipped_cells("tan-khanh")[:1]]
    with plans.world.database.transaction(writes=False) as session:
        assert [t.values["code"] for t in issuing.known_otherwise(session, cells, {})] == ["TK-H1"]
        assert issuing.known_otherwise(session, issuing.shipped_cells("tan-khanh"), {}) == []


def test_the_same_plan_may_be_issued_by_two_units(plans: Plans) -> None:
    with plans.world.database.transaction() as session:
        issue_at(session, plans.world.far_commune, "tan-khanh")


def test_an_activity_is_read_once_however_many_lines_a_plan_has(
    plans: Plans, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    real = series.figures_by_period

    def counting(session: Any, indicators: list[Any], *more: Any) -> Any:
        calls.append(len(indicators))
        return real(session, indicators, *more)

    monkeypatch.setattr(series, "figures_by_period", counting)
    with plans.world.database.transaction(writes=False) as session:
        lines = queries.targets_of(session, plans.province_set) + queries.targets_of(session, plans.own_set)
        measured = [line for line in lines if measuring(line.indicator)]
        counted = (Counted(plans.world.activity, plans.world.commune),)
        judge(session, lines * 2, Asked(plans.world.commune, DAY, "none", counted))
    assert len(calls) == (1 if measured else 0)
    assert measured


def test_an_indicator_nobody_knew_is_worked_out_as_the_offices_file_says(plans: Plans) -> None:
    cell = Cell(
        "X-9", "Hồ sơ trễ hạn", "late files", "%", "manual", 2026, "le", Decimal(5), None, "level", False, "không quá 5%",
        "hồ sơ đã giải quyết", "hồ sơ trễ hạn", 1000, 2, "ratio", "lower",
    )  # fmt: skip
    with plans.world.database.transaction() as session:
        made = issuing.issue(session, plans.world.far_commune, Heading("A", "B", date(2026, 1, 1)), [cell])
        one = queries.indicator(session, "X-9")
        assert (one.numerator, one.denominator) == ("hồ sơ trễ hạn", "hồ sơ đã giải quyết")
        assert (one.factor, one.decimals, one.additivity, one.direction) == (1000, 2, "ratio", "lower")
        assert queries.cells(session, made.id) == [cell]
