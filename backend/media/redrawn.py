"""A photo drawn anew: only its pixels go on, no maker's note, no place, no comment, no picture within the picture."""

import io

from PIL import Image, ImageOps

LONGEST_SIDE = 1600
MOST_PIXELS = 60_000_000
"""The largest camera of a common phone takes 50 million; a file that claims more is there to fill the memory."""
FORMATS = ("JPEG", "PNG", "WEBP")
QUALITY = 82
PAPER = (255, 255, 255)


class Unfit(Exception):
    """These bytes are nothing that can be kept. `reason`: not_a_picture | too_many_pixels | too_many_bytes | pdf_broken | pdf_encrypted |
    pdf_active"""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def redrawn(raw: bytes) -> bytes:
    """A JPEG, upright, at most LONGEST_SIDE pixels long. Raises Unfit."""
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Unfit("too_many_pixels")
            return _jpeg(opened)
    except Unfit:
        raise
    except Exception as error:  # a broken file makes a reader of pictures raise almost anything
        raise Unfit("not_a_picture") from error


def _jpeg(opened: Image.Image) -> bytes:
    opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))  # lets a JPEG be read at a fraction of its size
    upright = ImageOps.exif_transpose(opened).convert("RGBA")
    # On a fresh sheet: an image that was opened carries its comment and profile along into the next file.
    sheet = Image.new("RGB", upright.size, PAPER)
    sheet.paste(upright, mask=upright.getchannel("A"))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def as_png(raw: bytes, most_pixels: int, most_bytes: int) -> bytes:
    """The same for an office's signature or emblem: a PNG that keeps what can be seen through. Raises Unfit."""
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
            if opened.width * opened.height > most_pixels:
                raise Unfit("too_many_pixels")
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except Unfit:
        raise
    except Exception as error:  # as above
        raise Unfit("not_a_picture") from error
    sheet = Image.new("RGBA", upright.size)
    sheet.paste(upright)
    out = io.BytesIO()
    sheet.save(out, "PNG", optimize=True)
    if out.tell() > most_bytes:
        raise Unfit("too_many_bytes")
    return out.getvalue()
