"""Rules about persons that need no database: phone numbers, ages, names on boards, names and passwords of staff."""

import re
import unicodedata
from typing import Literal

from backend.people.errors import (
    BoardNameInvalid,
    PasswordWeak,
    PhoneInvalid,
    StaffNameInvalid,
    UsernameInvalid,
)
from backend.units.words import fold

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


BOARD_NAME_LENGTH = range(2, 41)
LONG_NUMBER = re.compile(r"\d(?:[\s.\-()/_,+]*\d){8,}")
"""Nine digits or more, however they are set apart: a phone number, an identity number."""
SPACES = re.compile(r"[^\S\t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")
BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"
"""Letters by the book that show nothing."""
ADDRESS = re.compile(r"@|://|www\.|\w\.(?:com|net|org|vn|info)\b", re.IGNORECASE)


def board_name(text: str) -> str:
    """The name as a board shows it: NFC, trimmed, single spaces. Raises BoardNameInvalid."""
    name = SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip(" ")
    plain = unicodedata.normalize("NFKC", name)  # full-width or circled digits are digits
    if len(name) not in BOARD_NAME_LENGTH or not all(map(_is_shown, name)):
        raise BoardNameInvalid
    if not any(map(str.isalpha, fold(plain))) or LONG_NUMBER.search(plain) or ADDRESS.search(plain):
        raise BoardNameInvalid
    if re.search(
        r"[\u0300-\u036f]{3}", unicodedata.normalize("NFC", name)
    ):  # marks piled up over other lines
        raise BoardNameInvalid
    return name


def _is_shown(character: str) -> bool:
    """No control or invisible character, no line break, nothing that turns the writing of its neighbours around."""
    if character == " ":
        return True
    return character not in BLANK_LETTERS and unicodedata.category(character)[0] not in "CZ"


def may_be_named(birth_year: int | None, year: int) -> bool:
    """Minors never stand anywhere by name, and 16 and 17 are treated alike; nor does somebody of unknown age."""
    return birth_year is not None and age_group(birth_year, year) == "adult"


# --- staff -----------------------------------------------------------------------------------------------------

LEAST_PASSWORD = 10
MOST_PASSWORD = 200


def staff_name(text: str) -> str:
    """Raises StaffNameInvalid."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(name) <= 80 or not all(map(_is_shown, name)):
        raise StaffNameInvalid
    return name


def username(text: str) -> str:
    """Raises UsernameInvalid."""
    name = text.strip().lower()
    if not re.fullmatch(r"[a-z][a-z0-9.\-]{2,59}", name):
        raise UsernameInvalid
    return name


def check_password(new: str, own_name: str, old: str) -> None:
    """Raises PasswordWeak. Length counts for more than odd characters, which people only write down."""
    fits = LEAST_PASSWORD <= len(new) <= MOST_PASSWORD and "\0" not in new
    if not fits or new == old or (own_name and own_name in new.lower()) or len(set(new)) < 4:
        raise PasswordWeak(least=LEAST_PASSWORD)
