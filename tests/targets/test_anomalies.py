"""The contradictions the product finds in the shipped plan are those a careful reader found, and it corrects none."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

import pytest

from backend.targets import anomalies, issuing
from backend.targets.anomalies import Anomaly, Relations
from backend.targets.csv_file import Cell

NUMBERED = {
    # 1, 3, 4: less is asked later
    "lower_later": {("QN-E12", 2030), ("QN-C1", 2045), ("QN-C3", 2030)},
    # 2: people, then adults, then people again
    "denominator_switch": {("QN-E13", 2035)},
    # 3: at least 50 and at least 70 for one year
    "two_values": {("QN-C1", 2040)},
    # 4: more is accepted than is under way
    "part_over_whole": {("QN-C3", 2025)},
    # 5: totals become numbers a year
    "basis_change": {
        (f"QN-{code}", 2030) for code in ("D9", "C3", "C5", "C7", "C9", "C10", "D5", "D6", "D7")
    },
    # 6: ranges as targets
    "range": {("QN-R7", 2040), ("QN-D2", 2040), ("QN-D2", 2045), ("QN-C11", 2040), ("QN-D10", 2040)},
    # 7: indicators that disappear
    "ends_early": {
        ("QN-R4", 2025), ("QN-R3", 2035), ("QN-R5", 2035), ("QN-E2", 2030), ("QN-E3", 2030), ("QN-E4", 2030),
        ("QN-E5", 2030), ("QN-I1", 2030),
    },
    # 8: jumps
    "jump": {("QN-E15", 2035), ("QN-D8", 2040)},
    # 8, 9: below what the whole country is asked for
    "below_floor": {("QN-E15", 2030), ("QN-R1", 2025)},
    # 9: nearly the same money over two denominators
    "two_denominators": {("QN-R1", 2025)},
}  # fmt: skip
FOUND_BESIDES = {("QN-I2", 2030), ("QN-C1b", 2040), ("QN-C11", 2040), ("QN-D10", 2040)}
"""The reader named no more than eight indicators that end early; the same rule holds of these four."""
MARKED_ONLY = {("QN-D1", 2045)}
"""The reader marked a target that does not grow; no rule of ours calls that odd."""


def found() -> dict[str, set[tuple[str, int]]]:
    told: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for one in anomalies.find(issuing.shipped_cells("quang-ngai"), issuing.relations()):
        told[one.kind].add((one.code, one.year))
    return dict(told)


def test_what_is_odd_in_the_193_values_is_what_the_reader_found() -> None:
    expected = dict(NUMBERED) | {"marked": MARKED_ONLY}
    expected["ends_early"] = NUMBERED["ends_early"] | FOUND_BESIDES
    assert found() == expected


def test_every_cell_the_reader_marked_is_explained_or_shown_as_marked() -> None:
    marked = {(c.code, c.horizon_year) for c in issuing.shipped_cells("quang-ngai") if c.source_anomaly}
    told = set().union(*found().values())
    assert marked - told == set()
    assert len(marked) == 8


def test_nothing_is_odd_in_the_plan_of_the_commune() -> None:
    for code in ("tan-khanh", "tan-khanh-dang"):
        assert anomalies.find(issuing.shipped_cells(code), issuing.relations()) == []


CELL = Cell("A-1", "Tên", "Name", "%", "manual", 2025, "ge", Decimal(10), None, "level", False, "≥10")


def kinds(*cells: Cell, relations: Relations | None = None) -> list[tuple[str, int]]:
    return [(one.kind, one.year) for one in anomalies.find(cells, relations)]


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (replace(CELL, horizon_year=2030, value=Decimal(10), as_written="≥10"), []),
        (replace(CELL, horizon_year=2030, value=Decimal("9.9"), as_written="≥9,9"), [("lower_later", 2030)]),
        (replace(CELL, horizon_year=2030, value=Decimal(30), as_written="≥30"), [("jump", 2030)]),
        (replace(CELL, horizon_year=2030, value=Decimal(29), as_written="≥29"), []),
        (
            replace(CELL, horizon_year=2030, value=Decimal(20), as_written="≥20 và ≥25"),
            [("two_values", 2030)],
        ),
        (replace(CELL, horizon_year=2030, value=Decimal(20), as_written="≥20 (of 70)"), []),
        (replace(CELL, horizon_year=2030, basis="per_year"), [("basis_change", 2030)]),
    ],
)
def test_each_rule_at_its_edge(later: Cell, expected: list[tuple[str, int]]) -> None:
    assert kinds(CELL, later) == expected


def test_a_second_row_for_the_same_year_is_two_values() -> None:
    assert kinds(CELL, replace(CELL, value=Decimal(12), as_written="≥12")) == [("two_values", 2025)]


def test_a_small_rate_that_trebles_does_not_jump() -> None:
    one = replace(CELL, value=Decimal(5), as_written="≥5")
    assert kinds(one, replace(one, horizon_year=2030, value=Decimal(24), as_written="≥24")) == []
    assert kinds(one, replace(one, horizon_year=2030, value=Decimal(25), as_written="≥25")) == [
        ("jump", 2030)
    ]


def test_counts_do_not_jump() -> None:
    one = replace(CELL, unit="count", value=Decimal(1), as_written="≥1")
    assert kinds(one, replace(one, horizon_year=2030, value=Decimal(90), as_written="≥90")) == []


def test_a_qualitative_target_is_odd_in_nothing() -> None:
    one = replace(CELL, comparator="qualitative", value=None, as_written="ở mức cao", horizon_year=2045)
    assert kinds(CELL, replace(one, code="A-2")) == []
    assert kinds(one, replace(one, horizon_year=2030)) == []


def test_a_sentence_tells_both_numbers() -> None:
    told = next(
        one
        for one in anomalies.find(issuing.shipped_cells("quang-ngai"))
        if isinstance(one, Anomaly) and (one.code, one.year, one.kind) == ("QN-C1", 2045, "lower_later")
    )
    assert told.values == {"before": 2040, "old": Decimal(70), "new": Decimal(60)}
