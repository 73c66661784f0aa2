"""Vietnamese names: found without tone marks, sorted as a Vietnamese sorts them."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.units.words import fold, sort_key

IN_ORDER = [
    "2", "10", "10A", "An Bình", "An Lạc", "Ao Sen", "Ăng Ten", "Ấp Mới", "Ba Đình", "Bà Triệu", "Bãi Bông", "Cầu Cong",
    "Cầu Cồng", "Dộc Lầy", "Dung", "Đầm Ninh", "Đồng Ao", "Đồng Hòa", "Đồng Tiến", "Đồng Tiến 2", "Đồng Tiến 11",
    "Kê", "Lá", "Lạ", "La Đao", "Na Bì", "Na Ri", "Ngoài", "Núi Ngọc", "Oánh", "Ô Tô", "Ơn", "Tân Lập", "Thanh", "Thành",
    "Thảnh", "Thãnh", "Thánh", "Thạnh", "Trại", "Um", "Ưng", "Xuân", "Ý Yên",
]  # fmt: skip
MARKED = "àảãáạăằâấđèêếìíòôốơờùưứỳỵÀĐỆỚ"
names = st.text(st.sampled_from("abcdeghiklmnopqrstuvxy 0123456789" + MARKED), min_size=1, max_size=20)


@pytest.mark.parametrize("chance", [1, 2, 3])
def test_hamlets_are_sorted_as_a_vietnamese_would(chance: int) -> None:
    mixed = random.Random(chance).sample(IN_ORDER, len(IN_ORDER))
    assert sorted(mixed, key=sort_key) == IN_ORDER


def test_the_alphabet_is_in_its_own_order() -> None:
    alphabet = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
    assert "".join(sorted("yxvưutsrqpơôonmlkihgêeđdcbâăa", key=sort_key)) == alphabet


def test_tones_decide_only_between_the_same_letters() -> None:
    assert sorted(["má", "mạ", "ma", "mã", "mả", "mà", "mab"], key=sort_key) == [
        "ma", "mà", "mả", "mã", "má", "mạ", "mab",
    ]  # fmt: skip


@given(names)
def test_the_same_name_composed_or_decomposed_in_capitals_or_not_sorts_and_folds_alike(name: str) -> None:
    apart = unicodedata.normalize("NFD", name)
    assert sort_key(name) == sort_key(apart) == sort_key(name.upper())
    assert fold(name) == fold(apart) == fold(name.upper())


@given(names)
def test_a_sort_key_is_digits_alone_so_that_every_database_collation_agrees_on_it(name: str) -> None:
    assert sort_key(name).isascii()
    assert sort_key(name).isdigit()


@given(st.text(max_size=200))
def test_any_name_that_fits_its_column_has_a_key_that_fits_too(name: str) -> None:
    assert len(sort_key(name)) <= 600


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Đồng Tiến", "dong tien"),
        ("  Xóm   ĐẦM  Ninh ", "xom dam ninh"),
        ("Ương Ưởng", "uong uong"),
        ("Tổ 7", "to 7"),
    ],
)
def test_a_folded_name_has_no_marks(name: str, folded: str) -> None:
    assert fold(name) == folded


@given(names)
def test_folding_a_folded_name_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)
    assert fold(name).isascii()
