"""A frame is verified before it is parsed, has one spelling, and says nothing twice."""

import json
import unicodedata
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from backend.federation import frames
from backend.federation.frames import FrameRefused, PacketHeader
from backend.safeguards.signing import Signer, canonical, packed, unpacked

AN = Signer(packed(b"a" * 32))
BINH = Signer(packed(b"b" * 32))
HEADER = PacketHeader(
    sender="0190a0a0-0000-7000-8000-00000000000a", to="0190a0a0-0000-7000-8000-00000000000b", line="state", epoch="0190a0a0-0000-7000-8000-0000000000e1", made_at="2026-11-20T03:00:00.000Z", schema="figures/1",
    software="lantoa 0.1.0", stream="figures/xa-2026", number=1, prev="", follows=None,
)  # fmt: skip
BODY: dict[str, Any] = {"units": ["05917"], "name": "Tân Khánh", "cells": [[0, 0, 12, 40, ""]]}


class Little(msgspec.Struct, forbid_unknown_fields=True):
    units: list[str]
    name: str
    cells: list[list[int | str]]


def key_of(key_id: str) -> bytes | None:
    return {AN.key_id: AN.public, BINH.key_id: BINH.public}.get(key_id)


def refused(raw: bytes) -> str:
    with pytest.raises(FrameRefused) as caught:
        frames.open_frame(raw, key_of)
    return caught.value.code


def signed(payload: bytes, signer: Signer = AN) -> bytes:
    return frames.seal_payload(signer, payload)


def test_what_was_sealed_is_read_again() -> None:
    sealed = frames.seal(AN, HEADER, BODY)
    opened = frames.open_frame(sealed.raw, key_of)
    assert opened == sealed
    assert opened.header == HEADER
    assert opened.key_id == AN.key_id
    assert frames.read_body(opened, Little) == Little(**BODY)


def test_the_digest_names_what_is_said_and_not_who_signed() -> None:
    assert frames.seal(AN, HEADER, BODY).digest == frames.seal(BINH, HEADER, BODY).digest


def test_every_altered_byte_is_refused() -> None:
    raw = frames.seal(AN, HEADER, BODY).raw
    for at in range(len(raw)):
        for bit in (1, 32, 128):
            with pytest.raises(FrameRefused):
                frames.open_frame(raw[:at] + bytes([raw[at] ^ bit]) + raw[at + 1 :], key_of)


def test_a_cut_or_lengthened_frame_is_refused() -> None:
    raw = frames.seal(AN, HEADER, BODY).raw
    for length in range(len(raw)):
        with pytest.raises(FrameRefused):
            frames.open_frame(raw[:length], key_of)
    assert refused(raw + b" ") == "bad-signature"


def test_a_strangers_key_and_another_ones_signature_are_refused() -> None:
    payload = frames.payload_of(HEADER, BODY)
    assert refused(signed(payload, Signer.throw_away())) == "unknown-key"
    words = signed(payload).split(b"\n", 1)[0].split(b" ")
    forged = b" ".join([words[0], BINH.key_id.encode(), words[2]]) + b"\n" + payload
    assert refused(forged) == "bad-signature"


def test_a_signature_has_one_spelling() -> None:
    """Base64 leaves four bits over in the last letter: the same bytes written otherwise."""
    payload = frames.payload_of(HEADER, BODY)
    signature = AN.sign(frames.SIGNED_AS + payload)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    others = [signature[:-1] + letter for letter in letters if letter != signature[-1]]
    twins = [one for one in others if unpacked(one) == unpacked(signature)]
    assert twins
    for twin in twins:
        assert refused(frames.joined(AN.key_id, twin, payload)) == "bad-signature"


@pytest.mark.parametrize(
    ("altered", "code"),
    [
        (lambda p: p.replace(b'"number":1', b'"number": 1'), "not-canonical"),
        (lambda p: p.replace(b'"number":1', b'"number":1,"number":1'), "not-canonical"),
        (lambda p: p.replace(b'"number":1', b'"number":1,"extra":2'), "malformed"),
        (lambda p: p.replace("Tân".encode(), b"T\\u00e2n"), "not-canonical"),
        (lambda p: unicodedata.normalize("NFD", p.decode()).encode(), "not-canonical"),
        (lambda p: p.replace(b'"type":"packet"', b'"type":"parcel"'), "malformed"),
        (lambda p: p.replace(b'"number":1', b'"number":"1"'), "malformed"),
        (lambda p: p[:-1], "malformed"),
        (lambda p: p + b"{}", "malformed"),
        (lambda p: b"\xff" + p, "malformed"),
        (lambda p: p.replace(b"05917", b"\xff\xfe"), "malformed"),
        (lambda p: b"", "malformed"),
        (lambda p: b"[" * 1_000_000, "too-deep"),
        (lambda p: b'{"a":' * 100_000, "too-deep"),
        (lambda p: p.replace(b'"cells":', b'"cells":' + b'["]]",' * 50_000), "too-deep"),
    ],
)
def test_another_spelling_is_refused_though_its_owner_signed_it(altered: Any, code: str) -> None:
    assert refused(signed(altered(frames.payload_of(HEADER, BODY)))) == code


def test_deep_nesting_is_refused_before_it_is_decoded() -> None:
    deep: Any = []
    for _ in range(frames.MOST_DEPTH):
        deep = [deep]
    assert refused(frames.seal(AN, HEADER, {"deep": []}).raw.replace(b"[]", b"x")) == "bad-signature"
    assert refused(signed(frames.payload_of(HEADER, deep))) == "too-deep"


def test_a_gigabyte_is_refused_unread() -> None:
    class Huge(bytes):
        def __len__(self) -> int:
            return 1 << 30

    assert refused(Huge(b"LANTOA1 ")) == "too-large"
    assert refused(b"x" * (frames.MOST_BYTES + 1)) == "too-large"


@pytest.mark.parametrize("raw", [b"", b"\n", b"LANTOA1 \n", b"LANTOA2 a b\n{}", b"LANTOA1 a b c\n{}", b"LANTOA1 a b",
                                 "LANTOA1 á b\n{}".encode(), b"LANTOA1 a " + b"b" * 500 + b"\n{}"])  # fmt: skip
def test_what_is_no_frame_is_refused(raw: bytes) -> None:
    assert refused(raw) == "not-a-frame"


letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(
    lambda t: unicodedata.normalize("NFC", t)
)
whole = st.integers(-(2**53) + 1, 2**53 - 1)
json_values = st.recursive(
    st.none() | st.booleans() | whole | letters,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.from_regex(r"[a-z_]{1,6}", fullmatch=True), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(json_values)
def test_three_writers_of_the_canonical_form_agree(body: Any) -> None:
    """Ours for frames, the house's for statements, and another project's RFC 8785."""
    said = {"header": json.loads(msgspec.json.encode(HEADER)), "body": body}
    made = frames.payload_of(HEADER, body)
    assert made == canonical(said)
    assert made == rfc8785.dumps(said)
    assert frames.open_frame(signed(made), key_of).digest == frames.digest_of(made)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(payload: bytes) -> None:
    """Signed or not, what is no frame is refused in words and never by accident."""
    for raw in (payload, b"LANTOA1 a b\n" + payload, signed(payload)):
        with pytest.raises(FrameRefused):
            frames.open_frame(raw, key_of)
