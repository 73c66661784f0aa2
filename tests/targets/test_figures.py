"""What was typed is read as a Vietnamese reader means it, or refused with a sentence; nothing becomes zero."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.targets import errors
from backend.targets.figures import Figure, Shape, figure, number

RATE, COUNT = Shape("ratio", 100, 1), Shape("sum", 1, 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("80", "80"), ("14,6", "14.6"), ("14.6", "14.6"), ("80 %", "80"), ("1.234,5", "1234.5"), ("1.234.567", "1234567"),
     ("1 234 567", "1234567"), ("0,123", "0.123"), ("0.75", "0.75"), ("12,50", "12.50"), ("-3", "-3")],
)  # fmt: skip
def test_numbers_as_people_here_write_them(text: str, expected: str) -> None:
    assert str(number(text)) == expected


@pytest.mark.parametrize(
    "text", ["khoảng 80", "80-90", "≥80", "1e5", "NaN", "Infinity", "=1+1", "12.34.5", "--3", "٣"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(errors.NoNumber):
        number(text)


@pytest.mark.parametrize("text", ["1.234", "1,234", "12.500"])
def test_what_could_mean_two_things_is_refused(text: str) -> None:
    with pytest.raises(errors.Ambiguous):
        number(text)


@pytest.mark.parametrize(
    ("shape", "typed", "error"),
    [
        (COUNT, ("", "", ""), errors.NothingSaid),
        (RATE, ("", "", ""), errors.NothingSaid),
        (COUNT, ("5", "5", "9"), errors.NoFraction),
        (RATE, ("", "5", ""), errors.DenominatorMissing),
        (RATE, ("", "", "9"), errors.NumeratorMissing),
        (RATE, ("", "5", "0"), errors.DivisionByZero),
        (RATE, ("0", "0", "0"), errors.DivisionByZero),
        (RATE, ("50", "1", "3"), errors.DoesNotAgree),
        (RATE, ("", "-1", "3"), errors.BelowZero),
    ],
)
def test_figures_that_contradict_themselves(
    shape: Shape, typed: tuple[str, str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        figure(shape, *typed)


def test_nothing_of_nothing_is_a_mark_and_no_zero() -> None:
    assert figure(RATE, "", "0", "0") == Figure(None, Decimal(0), Decimal(0), "zero_denominator")
    assert figure(RATE, "", "0", "9").value == 0


def test_a_rate_typed_beside_its_sides_must_agree_to_its_own_places() -> None:
    assert figure(RATE, "33", "1", "3").value == Decimal("33.3")
    assert figure(RATE, "33,33", "1", "3").value == Decimal("33.3")
    assert figure(RATE, "150", "3", "2").value == Decimal("150.0")


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_rate_lies_within_half_of_its_last_place(above: int, below: int) -> None:
    found = figure(RATE, "", str(above), str(below))
    assert found.value is not None
    assert abs(found.value - Decimal(above) * 100 / below) <= Decimal("0.05")
