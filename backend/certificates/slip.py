"""What the printed code carries besides its address: enough to read and check the paper where there is no network.

'1|number|name|title|issuer|day|list|position|key', packed by DEFLATE with a dictionary both sides know. It stands behind
the `#` of the address, so no server ever gets it; `s` before it is the signature of exactly this text.
"""

import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from backend.safeguards.signing import packed as base64url
from backend.safeguards.signing import unpacked as unbase64url

FORM: Final = "1"
LONGEST_TITLE = 120
LONGEST_ISSUER = 80
LONGEST_TEXT = 2_000
DICTIONARY: Final = (
    "Giấy chứng nhận Giấy khen Danh hiệu Tập thể lao động tiên tiến xuất sắc nêu gương sáng kiến Công dân số "
    "đổi mới sáng tạo Doanh nghiệp tiên phong chuyển đổi số Xóm điển hình về chuyển đổi số Bình dân học vụ số "
    "Tổ công nghệ số cộng đồng Đạt yêu cầu Hoàn thành tất cả bài học Giải Nhất Nhì Ba Khuyến khích Cuộc thi "
    "“Tìm hiểu chuyển đổi số” – Đợt Nguyễn Thị Trần Văn Lê Phạm Hoàng Đoàn Thanh niên Mặt trận Tổ quốc Việt Nam "
    "Đảng ủy Ban Thường vụ Ủy ban nhân dân Ban Tổ chức – xã phường tỉnh Thái Nguyên|2026-|2027-|k-1|"
).encode()
"""Never changed: papers printed with it are read with it. Another one is another form."""


@dataclass(frozen=True)
class Slip:
    number: str
    name: str
    title: str
    issuer: str
    day: str
    list_number: int
    position: int
    key_name: str


def text(statement: Mapping[str, Any], list_number: int, position: int, key_name: str) -> str:
    """What is signed. Long titles and issuers are cut, which an ellipsis shows."""
    parts = (
        FORM,
        statement["number"],
        _part(statement["name"]),
        _part(statement["title"], LONGEST_TITLE),
        _part(statement["issuer"], LONGEST_ISSUER),
        statement["date"],
        str(list_number),
        str(position),
        key_name,
    )
    return "|".join(parts)


def _part(told: str, longest: int = 200) -> str:
    tidy = " ".join(unicodedata.normalize("NFC", told).split()).replace("|", "/")
    return tidy if len(tidy) <= longest else tidy[: longest - 1].rstrip() + "…"


def packed(told: str) -> str:
    """In base64url, for the address."""
    press = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, DICTIONARY)
    return base64url(press.compress(told.encode()) + press.flush())


def unpacked(fragment: str) -> str:
    """The text somebody's code carried. Raises ValueError for what is none."""
    out = zlib.decompressobj(-15, DICTIONARY)
    try:
        told = out.decompress(unbase64url(fragment), LONGEST_TEXT)
    except zlib.error:
        raise ValueError("no slip") from None
    if not out.eof:
        raise ValueError("no slip")
    return told.decode()


def read(told: str) -> Slip:
    """Its parts. Raises ValueError for another form."""
    parts = told.split("|")
    if len(parts) != 9 or parts[0] != FORM:
        raise ValueError("a slip of another form")
    number, name, title, issuer, day, list_number, at, key_name = parts[1:]
    return Slip(number, name, title, issuer, day, int(list_number), int(at), key_name)
