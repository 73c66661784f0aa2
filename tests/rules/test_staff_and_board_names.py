"""Names on boards, names and passwords of staff: what may be typed and what may not."""

import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.people import rules
from backend.people.errors import BoardNameInvalid, PasswordWeak, StaffNameInvalid, UsernameInvalid


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Bác Sáu", "Bác Sáu"),
        ("  Chị   Hoa  ", "Chị Hoa"),
        (unicodedata.normalize("NFD", "Đỗ Thị Bưởi"), "Đỗ Thị Bưởi"),
        ("Y Moan", "Y Moan"),
        ("Đội 7, xóm Kê", "Đội 7, xóm Kê"),
        ("Ly", "Ly"),
        ("Út 1975", "Út 1975"),
        ("Hoa\u00a0Mai", "Hoa Mai"),
        ("Bà Tư 🌸", "Bà Tư 🌸"),
        ("a" * 40, "a" * 40),
        ("ៗកម្ពុជា", "ៗកម្ពុជា"),
    ],
)
def test_a_name_is_shown_as_people_write_it(typed: str, shown: str) -> None:
    assert rules.board_name(typed) == shown


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "A", "a" * 41, "12", "1975", "٣٤٥", "１２３４", "...", "❤❤❤", "Hoa\nMai", "Hoa\tMai", "Hoa\x00Mai",
        "Hoa\u200bMai", "\u202eiaM aoH", "ㅤㅤ", "Hoa 0912345678", "Hoa 09 12 34 56 78", "Hoa 0912.345.678",
        "Hoa +84-912-345-678", "Hoa ０９１２３４５６７８", "012345678901 Hoa", "hoa@xa.vn", "www.hoa", "hoa.com",
        "https://hoa", "a\u0316\u0317\u0318\u0319b", "Hoa\u2028Mai", "\ud800ab",
    ],
)  # fmt: skip
def test_what_is_no_name_or_tells_a_number_is_refused(typed: str) -> None:
    with pytest.raises(BoardNameInvalid):
        rules.board_name(typed)


@given(st.text(max_size=60))
def test_whatever_is_typed_the_name_is_clean_or_refused(typed: str) -> None:
    with suppress(BoardNameInvalid):
        name = rules.board_name(typed)
        assert 2 <= len(name) <= 40
        assert name == name.strip() == unicodedata.normalize("NFC", name) == rules.board_name(name)
        assert not any(unicodedata.category(character).startswith("C") for character in name)


@pytest.mark.parametrize(
    ("born", "may"), [(2007, True), (2008, False), (2009, False), (2011, False), (None, False)]
)
def test_nobody_under_18_and_nobody_of_unknown_age_is_named(born: int | None, may: bool) -> None:
    assert rules.may_be_named(born, 2026) is may


@pytest.mark.parametrize("typed", ["an", "1an", "an an", "nguyễnan", "an_", "a" * 61, "", "an@xa"])
def test_a_username_is_plain(typed: str) -> None:
    with pytest.raises(UsernameInvalid):
        rules.username(typed)


def test_a_username_is_kept_in_small_letters() -> None:
    assert rules.username(" Nguyen.Van-An7 ") == "nguyen.van-an7"


@pytest.mark.parametrize("typed", ["", "  ", "a" * 81, "An\x07"])
def test_a_staff_name_is_a_name(typed: str) -> None:
    with pytest.raises(StaffNameInvalid):
        rules.staff_name(typed)


@pytest.mark.parametrize(
    "new", ["ngan", "mat-khau-cu", "aaaaaaaaaaaa", "xx-hoa-xx-2026", "Hoa-mat-khau", "a" * 201]
)
def test_a_password_that_is_short_old_or_the_own_name_is_refused(new: str) -> None:
    with pytest.raises(PasswordWeak):
        rules.check_password(new, "hoa", "mat-khau-cu")


def test_a_long_password_passes() -> None:
    rules.check_password("trâu đen gặm cỏ", "hoa", "k7fm-9xqd-3hpt")
