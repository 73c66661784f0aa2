"""PDF files that people send as evidence: taken as they are, once looked through, and handed out only to be saved.

What is looked for are the names by which a PDF does something when it is opened, or carries another file; in plain parts
and in packed ones. A sieve, not a proof: therefore nobody's browser ever opens one in our name.
"""

import re
import zlib
from collections.abc import Iterator

from backend.media.redrawn import Unfit

SIGNATURE = b"%PDF-"
TAIL = 2048
LARGEST_PART = 16 * 1024 * 1024
"""An object stream is lists and names; one that unpacks to more is there to fill the memory."""
BEGINS = 64
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
ENCRYPTED = re.compile(rb"/Encrypt\b")
ACTS = re.compile(
    rb"/(JavaScript|Launch|Rendition|RichMedia|EmbeddedFiles?|SubmitForm|ImportData|GoToE|XFA|Movie)\b"
)
PAGE = re.compile(rb"/Type\s*/Page\b")
STREAM = re.compile(rb"(?<!end)stream\r?\n")
LISTED = re.compile(rb"\s*\d+\s+\d+")
"""How an object stream begins once unpacked: numbers of objects and where they start."""
OF_OBJECTS = re.compile(rb"/ObjStm\b|/First\s+\d+(?!\s+\d+\s+R)")
PACKED_PLAINLY = re.compile(rb"/Filter\s*(\[\s*)?/FlateDecode\s*(\]|/|>)")
PACKED_OTHERWISE = re.compile(rb"/(DecodeParms|DP|ASCII\w+|LZW\w*|RunLength\w*|Crypt)\b")


def is_paper(raw: bytes) -> bool:
    """By its signature; what a file is called says nothing."""
    return raw.startswith(SIGNATURE)


def looked_through(raw: bytes) -> bytes:
    """The same bytes. Raises Unfit: pdf_broken | pdf_encrypted | pdf_active."""
    end = raw[-TAIL:]
    if not is_paper(raw) or b"%%EOF" not in end or b"startxref" not in end:
        raise Unfit("pdf_broken")
    parts = [_unescaped(raw), *map(_unescaped, _packed(raw))]
    if any(map(ENCRYPTED.search, parts)):
        raise Unfit("pdf_encrypted")
    if any(map(ACTS.search, parts)):
        raise Unfit("pdf_active")
    if not any(map(PAGE.search, parts)):
        raise Unfit("pdf_broken")
    return raw


def _unescaped(part: bytes) -> bytes:
    """'/Java#53cript' is '/JavaScript' to whoever opens it."""
    return ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part)


def _packed(raw: bytes) -> Iterator[bytes]:
    """What is in every object stream. Raises Unfit for one that is packed so that it cannot be looked into."""
    for found in STREAM.finditer(raw):
        about = _unescaped(raw[max(0, raw.rfind(b"obj", 0, found.start())) : found.start()])
        is_named = OF_OBJECTS.search(about) is not None
        if is_named and not (PACKED_PLAINLY.search(about) and not PACKED_OTHERWISE.search(about)):
            raise Unfit("pdf_broken")
        if is_named or _is_list(raw, found.end()):
            yield _unpacked(raw, found.end())


def _is_list(raw: bytes, start: int) -> bool:
    try:
        return (
            LISTED.match(zlib.decompressobj().decompress(raw[start : start + 4 * BEGINS], BEGINS)) is not None
        )
    except zlib.error:
        return False


def _unpacked(raw: bytes, start: int) -> bytes:
    press = zlib.decompressobj()
    try:
        part = press.decompress(memoryview(raw)[start:], LARGEST_PART)
    except zlib.error as error:
        raise Unfit("pdf_broken") from error
    if press.unconsumed_tail and not press.eof:
        raise Unfit("pdf_broken")
    return part
