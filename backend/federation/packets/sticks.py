"""Many frames in one file (`*.lantoa`) and one small frame in a few pictures: what the wire carries, carried by hand.

<length>\\n<frame><length>\\n<frame>...
"""

import base64
import binascii
import hashlib
import zlib
from collections.abc import Iterable, Iterator

from backend.errors import N_, DomainError
from backend.federation import frames
from backend.federation.frames import FrameRefused

MOST_FRAMES = 5000
MOST_BYTES = 64 << 20
LENGTH_DIGITS = 8
PART = 900
"""Characters of data a picture: version 20 or so in alphanumeric mode, which any phone reads from a printed page."""
MOST_PARTS = 40


class StickUnreadable(DomainError):
    """`code`: stick-too-large, too-many-frames, stick-cut (or anything else that is no list of frames)."""

    status = 400
    sentence = N_(
        "Tệp không đọc được: có thể đã chép thiếu hoặc bị sửa. Xin chép lại tệp từ nơi gửi rồi nhập lại."
    )

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code


class PictureMissing(DomainError):
    status = 409
    code = "qr_incomplete"
    sentence = N_(
        "Chưa đủ các mã QR: còn thiếu mã số %(missing)s trên %(total)s. Xin quét tiếp các mã còn thiếu."
    )


class PictureUnreadable(DomainError):
    status = 400
    code = "qr_unreadable"
    sentence = N_("Mã QR này không phải của một bản gửi, hoặc thuộc bản khác. Xin quét lại từ mã số 1.")


def write(raws: Iterable[bytes]) -> bytes:
    """A file of these frames."""
    return b"".join(b"%d\n%b" % (len(raw), raw) for raw in raws)


def read(content: bytes) -> list[bytes]:
    """The frames of a file, none of them believed yet. Raises StickUnreadable."""
    if len(content) > MOST_BYTES:
        raise StickUnreadable("stick-too-large")
    found: list[bytes] = []
    for raw in _each(content):
        found.append(raw)
        if len(found) > MOST_FRAMES:
            raise StickUnreadable("too-many-frames")
    return found


def _each(content: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(content):
        end = content.find(b"\n", at, at + LENGTH_DIGITS + 1)
        digits = content[at:end] if end > 0 else b""
        if not digits.isdigit() or digits.startswith(b"0"):
            raise StickUnreadable("stick-cut")
        start, length = end + 1, int(digits)
        if length > frames.MOST_BYTES or start + length > len(content):
            raise StickUnreadable("stick-cut")
        yield content[start : start + length]
        at = start + length


def pictures(raw: bytes) -> list[str]:
    """What the QR codes of one frame say: 'LT1:<which>:<of how many>:<checksum of all>:<base32 of the packed bytes>'.

    Raises StickUnreadable where that would be more pictures than anybody scans.
    """
    text = base64.b32encode(zlib.compress(raw, 9)).decode().rstrip("=")
    pieces = [text[at : at + PART] for at in range(0, len(text), PART)]
    if len(pieces) > MOST_PARTS:
        raise StickUnreadable("stick-too-large")
    mark = _checksum(raw)
    return [f"LT1:{n}:{len(pieces)}:{mark}:{piece}" for n, piece in enumerate(pieces, start=1)]


def _checksum(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:8].upper()


def from_pictures(texts: Iterable[str]) -> bytes:
    """The frame of its pictures, scanned in any order and as often as one likes.

    Raises PictureMissing, PictureUnreadable; FrameRefused for what opens to more than a frame may have.
    """
    parts = [_part(text) for text in texts]
    kinds = {(total, mark) for _, total, mark, _ in parts}
    if len(kinds) != 1:
        raise PictureUnreadable
    total, mark = kinds.pop()
    pieces = {number: piece for number, _, _, piece in parts}
    missing = [number for number in range(1, total + 1) if number not in pieces]
    if missing:
        raise PictureMissing(missing=", ".join(map(str, missing)), total=total)
    raw = _unpacked("".join(pieces[number] for number in range(1, total + 1)))
    if _checksum(raw) != mark:
        raise PictureUnreadable
    return raw


def _part(text: str) -> tuple[int, int, str, str]:
    words = text.strip().split(":")
    if len(words) != 5 or words[0] != "LT1" or not (words[1].isdecimal() and words[2].isdecimal()):
        raise PictureUnreadable
    number, total = int(words[1]), int(words[2])
    if not 1 <= number <= total <= MOST_PARTS:
        raise PictureUnreadable
    return number, total, words[3], words[4]


def _unpacked(text: str) -> bytes:
    opener = zlib.decompressobj()
    try:
        raw = opener.decompress(base64.b32decode(text + "=" * (-len(text) % 8)), frames.MOST_BYTES)
    except (zlib.error, binascii.Error, ValueError):
        raise PictureUnreadable from None
    if not opener.eof:
        raise FrameRefused("too-large")
    return raw
