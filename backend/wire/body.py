"""The body of a message between nodes: never more of it than agreed, however it is packed."""

import zlib
from typing import Any

from backend.federation.messages import MessageRefused

MOST_BYTES = 8 << 20
"""As it travels and unpacked: the size of the largest frame."""


def declared(environ: dict[str, Any]) -> int:
    """How many bytes are said to follow; nothing is read yet. Raises MessageRefused: length-required, bad-length,
    body-too-large."""
    if environ.get("HTTP_TRANSFER_ENCODING"):
        raise MessageRefused("length-required", 411)
    text = environ.get("CONTENT_LENGTH") or "0"
    if not (text.isascii() and text.isdigit()):
        raise MessageRefused("bad-length", 400)
    if len(text) > 12 or int(text) > MOST_BYTES:
        raise MessageRefused("body-too-large", 413, most=MOST_BYTES)
    return int(text)


def read(environ: dict[str, Any], length: int) -> bytes:
    """Exactly so many bytes. Raises MessageRefused: cut-short."""
    body: bytes = environ["wsgi.input"].read(length) if length else b""
    if len(body) != length:
        raise MessageRefused("cut-short", 400)
    return body


def unpacked(body: bytes, encoding: str) -> bytes:
    """The body without its gzip; a bomb is left where it crosses the limit. Raises MessageRefused: bad-encoding,
    body-too-large."""
    if not encoding or encoding == "identity":
        return body
    if encoding != "gzip":
        raise MessageRefused("bad-encoding", 415)
    opened = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        plain = opened.decompress(body, MOST_BYTES + 1)
    except zlib.error:
        raise MessageRefused("bad-encoding", 400) from None
    if len(plain) > MOST_BYTES:
        raise MessageRefused("body-too-large", 413, most=MOST_BYTES)
    if not opened.eof or opened.unused_data:
        raise MessageRefused("bad-encoding", 400)
    return plain
