"""Rules about persons that need no database: phone numbers and ages."""

import re
from typing import Literal

from backend.people.errors import PhoneInvalid

AgeGroup = Literal["adult", "youth", "minor"]


def normal_phone(text: str) -> str:
    """'0912 345 678' or '+84912345678' -> '+84912345678'. Raises PhoneInvalid."""
    digits = re.sub(r"[\s.\-()]", "", text)
    found = re.fullmatch(r"(?:\+?84|0)([35789][0-9]{8})", digits)
    if not found:
        raise PhoneInvalid
    return f"+84{found[1]}"


def age_group(birth_year: int | None, year: int) -> AgeGroup:
    """Only the year of birth is asked, so somebody turning 16 this year still counts as under 16: the stricter side.

    Under 16 is a child (Law on Children 2016); 16 and 17 are treated with care, their standing is not settled.
    """
    if birth_year is None:
        return "adult"
    years = year - birth_year
    if years <= 16:
        return "minor"
    return "youth" if years <= 18 else "adult"


def old_enough(birth_year: int | None, year: int, floor: int) -> bool:
    return birth_year is None or year - birth_year >= floor
