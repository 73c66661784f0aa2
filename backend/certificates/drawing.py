"""Drawing one certificate from what was signed: the same page as PNG (the credential baked into it) and as PDF.

Nothing here needs a database, so it runs beside the worker in processes of its own, and for one reader on its own.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

from backend.certificates import baked
from backend.certificates.models import Certificate
from backend.media import ink, paint_png
from backend.media.design import Design
from backend.media.layout import lay_out
from backend.media.paint_pdf import About, Press
from backend.media.sheet import Page
from backend.safeguards.signing import canonical


@dataclass(frozen=True)
class Look:
    """A design with the pictures it names (SHA-256 -> PNG)."""

    design: Design
    pictures: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Face:
    """What stands on a certificate: the statement as it was signed, and what goes into the file beside it.

    `verify_url`: what the printed code carries. `credential`: '' for papers from before there were any. `sample`: people
    are invented, and the paper says so.
    """

    statement: Mapping[str, Any]
    signature: str
    key_id: str
    verify_url: str
    credential: str = ""
    sample: bool = False


def face_of(row: Certificate, verify_url: str, sample: bool) -> Face:
    return Face(row.statement, row.signature, row.key_id, verify_url, row.credential or "", sample)


def page_of(look: Look, face: Face) -> Page:
    """Raises DoesNotFit, GlyphMissing."""
    return lay_out(look.design, words_of(face.statement, face.verify_url, face.sample))


def words_of(statement: Mapping[str, Any], verify_url: str, sample: bool) -> dict[str, str]:
    """Fields for the design. Papers of the first form say nothing of what they are: they are all of one kind."""
    told = {"heading": "Giấy chứng nhận"} | {name: str(value) for name, value in statement.items()}
    return told | {"verify_url": verify_url, "sample": ink.SAMPLE if sample else ""}


def png(look: Look, face: Face, page: Page | None = None) -> bytes:
    marks = {
        "Title": _title(face),
        "lantoa-statement": canonical(face.statement).decode(),
        "lantoa-signature": face.signature,
        "lantoa-key": face.key_id,
    }
    drawn = paint_png.png(page or page_of(look, face), look.pictures, marks)
    return baked.bake(drawn, face.credential) if face.credential else drawn


def pdf(look: Look, face: Face, page: Page | None = None, press: Press | None = None) -> bytes:
    about = About(
        title=_title(face),
        author=str(face.statement["issuer"]),
        moment=datetime.combine(datetime.fromisoformat(face.statement["date"]), time(), UTC),
        about=canonical(face.statement).decode(),
        keywords=(face.key_id, face.signature),
    )
    drawn = page or page_of(look, face)
    if press is not None:
        return press.pdf(drawn, look.pictures, about)
    with _one_at_a_time:
        return _shared().pdf(drawn, look.pictures, about)


def _title(face: Face) -> str:
    return f"{face.statement.get('heading', 'Giấy chứng nhận')} {face.statement['number']}"


_one_at_a_time = threading.Lock()
_press: list[Press] = []


def _shared() -> Press:
    """The press of this process, made when it is first needed."""
    if not _press:
        _press.append(Press())
    return _press[0]
