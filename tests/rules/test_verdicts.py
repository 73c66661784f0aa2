"""What a verifier may say of a paper, the slip in its code, and keys and signatures as other programs write them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.certificates import slip
from backend.certificates.rules import BAD, Found, Word, verdict
from backend.safeguards.keys import believed
from backend.safeguards.multibase import base58, from_multikey, multikey, unbase58
from backend.safeguards.signing import NodeKey

AT = datetime(2026, 11, 22, 3, tzinfo=UTC)
DAY = timedelta(days=1)
GOOD = {
    "key": "ours", "is_intact": True, "signed_at": AT - DAY, "valid_from": AT - DAY, "is_set": False, "list_until": AT + DAY,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({}, "valid"),
        ({"key": "unknown", "is_intact": False}, "unknown_issuer"),
        ({"key": "none", "is_intact": False}, "not_theirs"),
        ({"is_intact": False}, "altered"),
        ({"is_intact": False, "key": "withdrawn"}, "altered"),
        ({"key": "withdrawn"}, "key_withdrawn"),
        ({"key": "withdrawn", "is_set": True}, "key_withdrawn"),
        ({"key_until": AT - 2 * DAY}, "key_expired"),
        ({"key_until": AT - DAY}, "key_expired"),
        ({"key_until": AT - DAY + timedelta(seconds=1)}, "valid"),
        ({"is_set": True}, "revoked"),
        ({"is_set": True, "list_until": AT - 99 * DAY}, "revoked"),
        ({"is_set": True, "valid_until": AT - DAY}, "revoked"),
        ({"valid_until": AT}, "expired"),
        ({"valid_until": AT + DAY}, "valid"),
        ({"valid_from": AT + DAY}, "expired"),
        ({"is_set": None, "list_until": None}, "stale"),
        ({"list_until": AT - timedelta(seconds=1)}, "stale"),
        ({"list_until": AT}, "valid"),
    ],
)
def test_one_word_for_what_was_seen(change: dict[str, object], word: Word) -> None:
    assert verdict(Found(**(GOOD | change)), AT) == word  # type: ignore[arg-type]


def test_nothing_is_good_by_default() -> None:
    assert verdict(Found("ours"), AT) == "altered"
    assert "valid" not in BAD


def key(**ends: datetime) -> NodeKey:
    return NodeKey(id="k", public="", multibase="", made_at=AT, from_at=AT, **ends)


def test_a_key_is_believed_until_it_was_replaced_or_lost() -> None:
    assert believed(key(), AT)
    assert not believed(None, AT)
    assert believed(key(until_at=AT + DAY), AT)
    assert not believed(key(until_at=AT), AT)
    assert not believed(key(until_at=AT + DAY, withdrawn_from=AT - DAY), AT)
    assert believed(key(until_at=AT + DAY, withdrawn_from=AT + DAY), AT)


# --- the slip ---

SAID = st.fixed_dictionaries(
    {
        "number": st.just("7K3M-9QXA-22TD-HF0X"),
        "name": st.text(
            st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=60
        ),
        "title": st.text(st.characters(codec="utf-8"), max_size=300),
        "issuer": st.text(st.characters(codec="utf-8"), max_size=200),
        "date": st.just("2026-11-22"),
    }
)


@given(SAID, st.integers(1, 999), st.integers(0, 131_071))
def test_a_slip_comes_back_as_it_was(said: dict[str, str], number: int, position: int) -> None:
    told = slip.text(said, number, position, "k-7K3M9QXA")
    read = slip.read(slip.unpacked(slip.packed(told)))
    assert (read.number, read.list_number, read.position, read.key_name) == (
        said["number"],
        number,
        position,
        "k-7K3M9QXA",
    )
    assert len(read.title) <= 120
    assert len(read.issuer) <= 80


def test_the_longest_slip_still_fits_a_code_that_can_be_printed() -> None:
    said = {
        "number": "7K3M-9QXA-22TD-HF0X",
        "name": "Hoàng Thị Nguyệt Ánh Công Tằng Tôn Nữ Diễm Hương Quỳnh Trang",
        "title": "Đã có thành tích xuất sắc trong phong trào thi đua “Xóm điển hình về chuyển đổi số” giai đoạn 2025–2030 của xã",
        "issuer": "Ủy ban Mặt trận Tổ quốc Việt Nam xã Tân Khánh, tỉnh Thái Nguyên",
        "date": "2026-11-22",
    }
    packed = slip.packed(slip.text(said, 12, 131_071, "k-7K3M9QXA"))
    address = f"https://lantoa.thainguyen.gov.vn/xac-minh/{said['number']}?s={'x' * 86}#{packed}"
    assert len(address.encode()) <= 504, "a QR code of version 17 at level M; 0.49 mm a module at 42 mm"


@pytest.mark.parametrize("wrong", ["", "AAAA", "ký", "====", "x" * 3000])
def test_what_is_no_slip_is_told(wrong: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
        slip.read(slip.unpacked(wrong))


def test_a_slip_that_unpacks_to_a_book_is_not_read() -> None:
    with pytest.raises(ValueError, match="no slip"):
        slip.unpacked(slip.packed("x" * 100_000))


# --- for other programs ---


@given(st.binary(max_size=80))
def test_base_58_comes_back_whole(raw: bytes) -> None:
    assert unbase58(base58(raw)) == raw


def test_a_key_of_another_kind_is_refused() -> None:
    public = bytes(range(32))
    assert multikey(public).startswith("z6Mk")
    assert from_multikey(multikey(public)) == public
    for wrong in (
        "",
        "x",
        "z0",
        "z",
        base58(b"\xed\x01" + public[:31]),
        base58(b"\x12\x00" + public),
        "z" + "1" * 999,
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - each in its own words
            from_multikey(wrong)
