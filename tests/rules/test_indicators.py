"""The figure people read: rounded half up, unknown where nobody counted heads."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.scorecards.indicators import Indicator, Term, template, value

RATE = Indicator("rate", {}, {}, Term("m", "people"), "headcount", factor=100, decimals=1, about_people=True)
COUNT = replace(RATE, code="count", denominator="none", factor=1, decimals=0)


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        (1, 2000, "0.1"),  # 0.05
        (1, 2001, "0.0"),
        (1, 3, "33.3"),
        (2, 3, "66.7"),
        (1, 16, "6.3"),  # 6.25: half up, where binary fractions and half-even would say 6.2
        (3, 16, "18.8"),  # 18.75
        (0, 40, "0.0"),
        (40, 40, "100.0"),
        (45, 40, "112.5"),
    ],
)
def test_a_rate_is_rounded_half_up_to_its_decimals(numerator: int, denominator: int, shown: str) -> None:
    assert str(value(RATE, numerator, denominator)) == shown


def test_no_decimals_means_a_whole_number() -> None:
    assert str(value(replace(RATE, decimals=0), 1, 8)) == "13"


@pytest.mark.parametrize("denominator", [None, 0])
def test_without_a_headcount_there_is_no_rate_rather_than_zero(denominator: int | None) -> None:
    assert value(RATE, 6, denominator) is None


def test_a_count_needs_no_denominator() -> None:
    assert value(COUNT, 6, None) == Decimal(6)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_rounding_moves_a_rate_by_half_its_last_digit_at_most(numerator: int, denominator: int) -> None:
    shown = value(RATE, numerator, denominator)
    assert shown is not None
    assert abs(shown - Decimal(numerator) * 100 / denominator) <= Decimal("0.05")


def test_the_template_names_each_indicator_once_and_in_both_languages() -> None:
    codes = [indicator.code for indicator in template().indicators]
    assert len(codes) == len(set(codes))
    for indicator in template().indicators:
        assert set(indicator.title) == set(indicator.explain) == {"vi", "en"}
        assert template()[indicator.code] is indicator
