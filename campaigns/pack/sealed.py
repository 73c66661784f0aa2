"""Questions that nobody may read before their hour: encrypted with a key that is given out when they open.

AES-256-GCM over the canonical JSON of the sealed files. A ciphertext of GCM can be opened with two keys to two texts by who
makes it on purpose; so the pack names the SHA-256 of its key, and of what the whole pack is when it is open.
"""

import base64
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Annotated

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Meta, Struct

from backend.errors import N_, DomainError
from backend.federation.shapes import Hash, require_moment

KEY_BYTES, NONCE_BYTES = 32, 12
MARK = "sealed.yaml"
"""The file that stands in the place of the questions: how many there are of which sort, nothing of what they say."""
SEALED = ("questions/", "questions.yaml", "readings")
NOTES = (".md", ".txt")


class SealBroken(DomainError):
    status = 422
    code = "seal_broken"
    sentence = N_(
        "Chìa khóa không mở được bộ câu hỏi này, hoặc bộ câu hỏi mở ra không đúng bản đã niêm phong. Xin báo cấp trên."
    )


class SortIn(Struct, frozen=True, forbid_unknown_fields=True):
    """How many questions of one sort are in the bank, so that a round's rules can be checked against it."""

    topic: Annotated[str, Meta(max_length=60)]
    difficulty: Annotated[int, Meta(ge=1, le=3)]
    form: Annotated[str, Meta(max_length=12)]
    count: Annotated[int, Meta(ge=1, le=5000)]


class Sealed(Struct, frozen=True, forbid_unknown_fields=True):
    """`key_sha256` commits to the key, `opens_as` to the whole pack with its questions (digest of the folder)."""

    nonce: Annotated[bytes, Meta(min_length=NONCE_BYTES, max_length=NONCE_BYTES)]
    text: bytes
    key_sha256: Hash
    opens_as: Hash
    opens_at: Annotated[datetime, Meta(tz=True)]
    sorts: Annotated[tuple[SortIn, ...], Meta(max_length=2000)]

    def __post_init__(self) -> None:
        require_moment(self.opens_at)


Files = Mapping[str, bytes]
"""Path within the pack -> bytes."""


def new_key() -> bytes:
    return AESGCM.generate_key(bit_length=8 * KEY_BYTES)


def is_sealed(name: str) -> bool:
    """Whether a file of a pack is put under seal: questions, the record of their second reading, and notes, which may
    speak of them."""
    return name.startswith(SEALED) or name.endswith(NOTES)


def seal(
    files: Files, key: bytes, about: str, opens_as: str, opens_at: datetime, sorts: Iterable[SortIn]
) -> Sealed:
    """`about`: the series; the same ciphertext under another pack's name does not open."""
    nonce = os.urandom(NONCE_BYTES)
    plain = json.dumps(
        {name: base64.b64encode(body).decode() for name, body in files.items()}, sort_keys=True
    )
    text = AESGCM(key).encrypt(nonce, plain.encode(), about.encode())
    return Sealed(nonce, text, hashlib.sha256(key).hexdigest(), opens_as, opens_at, tuple(sorts))


def open_with(told: Sealed, key: bytes, about: str) -> dict[str, bytes]:
    """The sealed files. Raises SealBroken for another key, another pack, or an altered byte."""
    if hashlib.sha256(key).hexdigest() != told.key_sha256:
        raise SealBroken
    try:
        plain = AESGCM(key).decrypt(told.nonce, told.text, about.encode())
        found = msgspec.json.decode(plain, type=dict[str, bytes])
    except (InvalidTag, ValueError, msgspec.MsgspecError):
        raise SealBroken from None
    return {safe(name): body for name, body in found.items()}


def safe(name: str) -> str:
    """A path within the pack and nowhere else. Raises SealBroken."""
    parts = PurePosixPath(name).parts
    if (
        not parts
        or name.startswith("/")
        or "\\" in name
        or ":" in name
        or any(p in ("..", ".") or p.startswith(".") for p in parts)
    ):
        raise SealBroken
    return "/".join(parts)


def write(folder: Path, files: Files) -> None:
    for name, body in files.items():
        place = folder / safe(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)


def mark(sorts: Iterable[SortIn], opens_at: datetime) -> bytes:
    """What stands in the place of the questions."""
    lines = [f'opens_at: "{opens_at.isoformat()}"', "sorts:"]
    lines += [
        f'  - {{topic: "{one.topic}", difficulty: {one.difficulty}, form: "{one.form}", count: {one.count}}}'
        for one in sorts
    ]
    return ("\n".join(lines) + "\n").encode()


class MarkIn(Struct, frozen=True, forbid_unknown_fields=True):
    """`sealed.yaml` as it is read."""

    opens_at: str
    sorts: list[SortIn]
