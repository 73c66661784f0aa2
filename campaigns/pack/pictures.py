"""Pictures of a pack: looked at, made small, and written anew, so that nothing but the picture itself remains."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from pathlib import PurePosixPath

from PIL import Image, ImageOps

from backend.errors import N_

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 8_000_000
MOST_PIXELS = 50_000_000
SIDE = 1200
MEDIA_TYPE = "image/webp"

TOO_BIG = N_("Tệp ảnh quá lớn: tối đa %(most)s MB. Xin thu nhỏ ảnh.")
NOT_RASTER = N_("Tệp “%(name)s” không dùng được: ảnh phải là JPEG, PNG hoặc WebP (không nhận SVG, GIF, PDF).")
NO_PICTURE = N_("Tệp “%(name)s” không phải là ảnh, hoặc ảnh bị hỏng. Xin xuất lại ảnh JPEG, PNG hoặc WebP.")
TOO_MANY_PIXELS = N_("Ảnh “%(name)s” có quá nhiều điểm ảnh. Xin thu nhỏ xuống dưới 50 triệu điểm.")


class NoPicture(Exception):
    """`sentence` says why; it takes `name` and `most`."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Picture:
    """A picture re-encoded to WebP, at most 1200 pixels a side, without anything the camera wrote into it."""

    name: str
    body: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def take_in(name: str, raw: bytes) -> Picture:
    """Raises NoPicture."""
    if len(raw) > MOST_BYTES:
        raise NoPicture(TOO_BIG)
    if PurePosixPath(name).suffix.lower() in (".svg", ".gif", ".pdf"):
        raise NoPicture(NOT_RASTER)
    try:
        return _re_encoded(name, raw)
    except NoPicture:
        raise
    except Image.DecompressionBombError:
        raise NoPicture(TOO_MANY_PIXELS) from None
    except Exception as error:  # a broken file may break its reader in any way
        raise NoPicture(NO_PICTURE) from error


def _re_encoded(name: str, raw: bytes) -> Picture:
    # Only the size decides here, before any pixel is unpacked; Pillow's own warning would go to the log.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        image = Image.open(io.BytesIO(raw), formats=FORMATS)
    if image.width * image.height > MOST_PIXELS:
        raise NoPicture(TOO_MANY_PIXELS)
    image.draft("RGB", (SIDE, SIDE))
    upright = ImageOps.exif_transpose(image)
    plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    plain.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = io.BytesIO()
    plain.save(out, "WEBP", quality=80, method=2)
    return Picture(name, out.getvalue(), plain.width, plain.height)
