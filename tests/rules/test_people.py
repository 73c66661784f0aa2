"""Phone numbers as people write them, and ages of which only the year of birth is known."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.people.errors import PhoneInvalid
from backend.people.rules import age_group, normal_phone, old_enough


@pytest.mark.parametrize(
    "written",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "0912-345-678",
        "(0912) 345 678",
        "+84912345678",
        "84 912 345 678",
    ],
)
def test_a_number_is_the_same_however_it_is_written(written: str) -> None:
    assert normal_phone(written) == "+84912345678"


@pytest.mark.parametrize(
    "written",
    [
        "", "0", "091234567", "09123456789", "0212345678", "0612345678", "+1 912 345 678", "+840912345678",
        "0912345678x", "0912 345 678 / 0987 654 321", "٠٩١٢٣٤٥٦٧٨", "0912345678\n0912345679",
    ],
)  # fmt: skip
def test_what_is_no_mobile_number_is_refused(written: str) -> None:
    with pytest.raises(PhoneInvalid):
        normal_phone(written)


@given(st.text(max_size=30))
def test_whatever_is_typed_the_answer_is_a_number_or_a_refusal(written: str) -> None:
    with suppress(PhoneInvalid):
        assert len(normal_phone(written)) == 12


@given(st.from_regex(r"0[35789][0-9]{8}", fullmatch=True))
def test_a_normal_number_is_left_as_it_is(number: str) -> None:
    assert normal_phone(normal_phone(number)) == normal_phone(number) == f"+84{number[1:]}"


@pytest.mark.parametrize(
    ("birth_year", "group"),
    [
        (2019, "minor"),
        (2011, "minor"),
        (2010, "minor"),
        (2009, "youth"),
        (2008, "youth"),
        (2007, "adult"),
        (1950, "adult"),
    ],
)
def test_who_turns_16_this_year_is_still_treated_as_a_child_and_who_turns_18_with_care(
    birth_year: int, group: str
) -> None:
    assert age_group(birth_year, 2026) == group


def test_staff_of_whom_no_birth_year_is_asked_are_adults() -> None:
    assert age_group(None, 2026) == "adult"
    assert old_enough(None, 2026, 18)


def test_the_age_floor_is_counted_by_year_of_birth() -> None:
    assert old_enough(2019, 2026, 7)
    assert not old_enough(2020, 2026, 7)
