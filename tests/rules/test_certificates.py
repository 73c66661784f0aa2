"""Numbers that survive being read out and typed, names that may be printed, and signatures that stand for nothing else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.certificates.rules import (
    SIGNS,
    checked,
    grouped,
    initials,
    is_initials,
    is_slip,
    new_number,
    number_in,
    printable,
)
from backend.safeguards import signing
from backend.safeguards.signing import Signer

numbers = st.text(SIGNS, min_size=15, max_size=15).map(lambda signs: grouped(checked(signs)))


def test_a_number_is_four_groups_of_four_and_never_the_same_twice() -> None:
    made = {new_number() for _ in range(500)}
    assert len(made) == 500
    assert all(number_in(number) == number and len(number) == 19 for number in made)


@given(numbers)
def test_a_number_is_understood_in_small_letters_with_spaces_and_misread_signs(number: str) -> None:
    assert number_in(f" {number.lower().replace('-', ' ')} ") == number
    assert number_in(number.replace("-", "")) == number
    assert number_in(number.replace("0", "o").replace("1", "I")) == number
    assert number_in(number.replace("1", "l")) == number


@given(numbers, st.integers(0, 15), st.sampled_from(SIGNS))
def test_every_slip_of_one_sign_is_noticed(number: str, at: int, other: str) -> None:
    signs = number.replace("-", "")
    slip = signs[:at] + other + signs[at + 1 :]
    assert (number_in(slip) is not None) == (slip == signs)


@given(numbers, st.integers(0, 14))
def test_two_neighbours_swapped_are_noticed_but_for_the_one_pair_luhn_cannot_tell(
    number: str, at: int
) -> None:
    signs = number.replace("-", "")
    one, two = signs[at], signs[at + 1]
    swapped = signs[:at] + two + one + signs[at + 2 :]
    if one != two and {one, two} != {SIGNS[0], SIGNS[-1]}:
        assert number_in(swapped) is None


@pytest.mark.parametrize("typed", ["", "abc", "7K3M", "7K3M-9QXA-22TD-HF0", "U" * 16, "ký-hiệu", "0" * 400])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert number_in(typed) is None


@pytest.mark.parametrize(
    ("asked", "printed"),
    [
        ("Nguyễn Thị Bình", "Nguyễn Thị Bình"),
        ("  Đỗ   Thị\tHường ", "Đỗ Thị Hường"),
        (unicodedata.normalize("NFD", "Lò Văn Ơ"), "Lò Văn Ơ"),
        ("Y Blŏ Niê Kdăm", "Y Blŏ Niê Kdăm"),
        ("H'Hen Niê", "H'Hen Niê"),
        ("Bình (hư cấu)", "Bình (hư cấu)"),
        ("A" * 60, "A" * 60),
        ("A" * 61, None),
        ("", None),
        ("...", None),
        ("0912345678", None),
        ("Иван", None),
        ("An\u202egnuD", None),
        ("An@x.vn", None),
    ],
)
def test_only_a_name_is_printed(asked: str, printed: str | None) -> None:
    assert printable(asked) == printed


def test_of_a_child_the_initials_are_left() -> None:
    assert initials("Nguyễn Văn An") == "N. V. A."
    assert initials(unicodedata.normalize("NFD", "Đặng Ơn")) == "Đ. Ơ."
    assert initials("H'Hen  niê (hư cấu)") == "H. N."


# --- signing ---


def test_the_same_seed_is_the_same_key_and_its_fingerprint_can_be_read_out() -> None:
    one, again, other = (
        Signer(signing.packed(b"s" * 32)),
        Signer(signing.packed(b"s" * 32)),
        Signer.throw_away(),
    )
    assert one.key_id == again.key_id != other.key_id
    assert [len(group) for group in one.key_id.split("-")] == [4] * 6


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=9) | st.integers() | st.none(), max_size=5))
def test_a_statement_is_signed_whatever_the_order_of_its_keys(said: dict[str, object]) -> None:
    try:
        message = signing.canonical(said)
    except UnicodeEncodeError:  # half a surrogate pair is no text
        return
    assert signing.canonical(dict(reversed(said.items()))) == message
    signer = Signer(signing.packed(b"s" * 32))
    assert signing.verify(signer.public, message, signer.sign(message))
    assert not signing.verify(signer.public, message + b" ", signer.sign(message))


def test_a_signature_that_is_mangled_or_of_another_key_is_false_not_an_error() -> None:
    signer, other = Signer(signing.packed(b"s" * 32)), Signer(signing.packed(b"t" * 32))
    good = signer.sign(b"x")
    for wrong in ("", "ký", good[:-4], good + "AAAA", other.sign(b"x"), "=" * 88):
        assert not signing.verify(signer.public, b"x", wrong)


def test_composed_and_decomposed_letters_are_one_statement() -> None:
    name = "Đỗ Thị Hường"
    parts = unicodedata.normalize("NFD", name)
    assert signing.canonical({"name": parts}) == signing.canonical({"name": name})


@pytest.mark.parametrize("seed", ["", "AAAA", "không", signing.packed(b"s" * 31)])
def test_a_seed_of_another_length_is_refused(seed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the library's own words
        Signer(seed)


@pytest.mark.parametrize(
    ("old", "new", "is_one"),
    [
        ("Nguyễn Thị Bỉnh", "Nguyễn Thị Bình", True),
        ("NGUYỄN THỊ BÌNH", "Nguyễn Thị Bình", True),
        ("Nguyen Thi Dung", "Nguyễn Thị Đung", True),
        ("Nguyễn Thi Hoaa", "Nguyễn Thị Hoa", True),
        ("Lê Văn 😀 An", "Lê Văn An", True),
        ("Hoàng Thị Nguyệt Ánh Công Tằng Tôn Nữ", "Hoàng Thị Nguyệt Ánh", True),
        ("Nguyễn Thị Hoa", "Nguyễn Thị Hằng", False),
        ("Nguyễn Thị Hoa", "Trần Văn Tám", False),
        ("Nguyễn Văn An", "Nguyễn Văn Ba", False),
        ("Xóm 2", "Xóm 3", False),
        ("Xom 2", "Xóm 2", True),
        ("Nguyễn Văn An", "An Văn Nguyễn", False),
        ("Nguyễn Văn An", "", False),
        ("Nguyễn Văn An", "😀", False),
    ],
)
def test_a_slip_is_put_right_and_no_other_name_is_one(old: str, new: str, is_one: bool) -> None:
    assert is_slip(old, new) is is_one


@pytest.mark.parametrize(
    ("name", "are"),
    [("N. V. A.", True), ("N. V. A. (lớp 7A)", True), ("Nguyễn V. A.", False), ("", False), ("An", False)],
)
def test_initials_are_told_from_names(name: str, are: bool) -> None:
    assert is_initials(name) is are
