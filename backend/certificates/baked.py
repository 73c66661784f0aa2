"""A credential inside a PNG, as Open Badges 3.0 bakes it: one iTXt chunk named `openbadgecredential`, before the picture.

Chunks are written and read here byte by byte, so that reading a file somebody sends unpacks no picture.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
KEYWORD: Final = b"openbadgecredential"
LONGEST_FILE = 20 * 1024 * 1024
LONGEST_TEXT = 64 * 1024
"""Unpacked. A credential of ours takes three KiB; what unpacks to more is no credential."""
MOST_CHUNKS = 10_000


class NotBaked(ValueError):
    """No PNG, a broken one, or one whose text cannot be told: none is there, or two are."""


def bake(png: bytes, credential: str) -> bytes:
    """The same picture with the credential in it. Raises NotBaked where there is one already, or no PNG."""
    at = 0
    for start, kind, body in _chunks(png):
        if kind == b"iTXt" and body.startswith(KEYWORD + b"\0"):
            raise NotBaked("there is a credential already")
        if kind == b"IDAT" and not at:
            at = start
    if not at:
        raise NotBaked("a picture without pixels")
    return png[:at] + _chunk(b"iTXt", KEYWORD + b"\0\0\0\0\0" + credential.encode()) + png[at:]


def credential_in(png: bytes) -> str | None:
    """What was baked into it; None for a picture with nothing in it. Raises NotBaked."""
    return text_in(png, KEYWORD)


def text_in(png: bytes, keyword: bytes) -> str | None:
    """The text of the one iTXt chunk with this keyword. Raises NotBaked, also for two of them."""
    found = [
        _text(body) for _, kind, body in _chunks(png) if kind == b"iTXt" and body.startswith(keyword + b"\0")
    ]
    if len(found) > 1:
        raise NotBaked("two texts where one belongs")
    return found[0] if found else None


def is_png(raw: bytes) -> bool:
    return raw.startswith(SIGNATURE)


def _chunks(png: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Where each chunk starts, its kind and its body, until the end of the picture; every checksum is right."""
    if not is_png(png) or len(png) > LONGEST_FILE:
        raise NotBaked("no PNG")
    at = len(SIGNATURE)
    for _ in range(MOST_CHUNKS):
        if at + 12 > len(png):
            raise NotBaked("cut short")
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        body, end = png[at + 8 : at + 8 + length], at + 12 + length
        if end > len(png) or struct.unpack(">I", png[end - 4 : end])[0] != zlib.crc32(kind + body):
            raise NotBaked("a broken piece")
        yield at, kind, body
        if kind == b"IEND":
            return
        at = end
    raise NotBaked("too many pieces")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _text(body: bytes) -> str:
    """After the keyword: is it packed, how, which language, the keyword translated; then the text (PNG, iTXt)."""
    rest = body.partition(b"\0")[2]
    is_packed, method = rest[:1], rest[1:2]
    parts = rest[2:].split(b"\0", 2)
    if is_packed not in (b"\0", b"\1") or len(parts) != 3:
        raise NotBaked("a text of another form")
    raw = _unpacked(parts[2], method) if is_packed == b"\1" else parts[2]
    if len(raw) > LONGEST_TEXT:
        raise NotBaked("too long a text")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise NotBaked("a text in no known letters") from None


def _unpacked(raw: bytes, method: bytes) -> bytes:
    out = zlib.decompressobj()
    try:
        told = out.decompress(raw, LONGEST_TEXT + 1)
    except zlib.error:
        raise NotBaked("a text that does not unpack") from None
    if method != b"\0" or (not out.eof and len(told) <= LONGEST_TEXT):
        raise NotBaked("a text that does not unpack")
    return told
