"""Photos, each under the SHA-256 of the bytes its phone sent: resumable, written once, kept only as drawn anew here.
A PDF goes the same way and is kept as it came, once it was looked through (papers.py).

Nobody waits for a photo: the record that names it counts long before. A photo that never gets whole is forgotten.
"""

import hashlib
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import insert_into
from backend.errors import N_, DomainError, NotFound
from backend.media import papers
from backend.media.models import Photo
from backend.media.redrawn import Unfit, redrawn

LARGEST = 6 * 1024 * 1024
CHUNK = 256 * 1024
LOOKED_UP = 400
"""So many digests are asked about in one statement."""
TAKEN_OVER = timedelta(hours=1)
"""Two phones may hold the same picture; the second waits this long for the first to get on with it."""


@dataclass(frozen=True)
class Keeping:
    """How long a photo stays that serves nobody: one that no record names, and one that never got whole."""

    unnamed: timedelta = timedelta(days=30)
    unfinished: timedelta = timedelta(days=14)


PLAINLY = Keeping()


class PhotoTooLarge(DomainError):
    status = 409
    code = "photo_too_large"
    sentence = N_("Ảnh hoặc tệp lớn quá 6 MB. Xin chụp lại hoặc lưu lại với cỡ nhỏ hơn.")


class OffsetDiffers(DomainError):
    status = 409
    code = "offset_differs"
    sentence = N_("Phần ảnh này không nối tiếp phần đã nhận. Ứng dụng sẽ tự gửi tiếp từ chỗ còn thiếu.")


class PhotoDiffers(DomainError):
    """What arrived is not what the name says. It starts anew."""

    status = 409
    code = "photo_differs"
    sentence = N_("Ảnh nhận được không khớp với ảnh đã ghi. Ứng dụng sẽ tự gửi lại từ đầu.")
    keeps_writes = True


class PhotoElsewhere(DomainError):
    status = 409
    code = "photo_elsewhere"
    sentence = N_("Một máy khác đang gửi chính ảnh này. Ứng dụng sẽ tự thử lại sau.")


@dataclass(frozen=True)
class Arrived:
    """How much of a photo is here. `complete`: all of it, and looked at; `refused`: then it was no usable picture."""

    arrived: int
    size: int
    complete: bool
    refused: str | None


def is_begun(session: Session, digest: str) -> bool:
    return session.get(Photo, digest) is not None


def look(session: Session, subject: uuid.UUID, digest: str) -> Arrived:
    """Raises NotFound where nothing of it is here, or where somebody else sent it."""
    row = session.get(Photo, digest)
    if row is None or row.subject != subject:
        raise NotFound
    return _arrived(row)


def add(session: Session, subject: uuid.UUID, digest: str, offset: int, size: int, chunk: bytes) -> Arrived:
    """Append one chunk. A photo that is here already stays as it is: nothing is ever replaced.

    Raises PhotoTooLarge, PhotoElsewhere, OffsetDiffers with what has arrived, PhotoDiffers (kept: it starts anew).
    """
    if size > LARGEST:
        raise PhotoTooLarge
    row = _held(session, subject, digest, size)
    if row.complete_at is not None:
        return _arrived(row)
    _check_whose(row, subject)
    if size != row.size or offset + len(chunk) > size:
        _start_anew(row, size)
    if offset != row.arrived:
        raise OffsetDiffers(arrived=row.arrived)
    row.raw, row.arrived = (row.raw or b"") + chunk, offset + len(chunk)
    if row.arrived == size and hashlib.sha256(row.raw).hexdigest() != digest:
        _start_anew(row, size)
    return _arrived(row)


def _held(session: Session, subject: uuid.UUID, digest: str, size: int) -> Photo:
    """The photo's row, made if need be and held, so that two chunks of it come one after another."""
    fresh = {"digest": digest, "subject": subject, "size": size, "arrived": 0, "begun_at": clock.now()}
    session.execute(insert_into(session, Photo).values(**fresh).on_conflict_do_nothing())
    return session.scalars(select(Photo).where(Photo.digest == digest).with_for_update()).one()


def _check_whose(row: Photo, subject: uuid.UUID) -> None:
    if row.subject == subject:
        return
    if row.begun_at > clock.now() - TAKEN_OVER:
        raise PhotoElsewhere
    row.subject, row.begun_at, row.raw, row.arrived = subject, clock.now(), None, 0


def _start_anew(row: Photo, size: int) -> None:
    row.raw, row.arrived, row.size = None, 0, size
    raise PhotoDiffers(arrived=0)


def _arrived(row: Photo) -> Arrived:
    return Arrived(row.arrived, row.size, row.complete_at is not None, row.bad_reason)


def whole(session: Session, digest: str) -> bytes | None:
    """All bytes of a photo that has arrived and was not looked at yet."""
    row = session.get(Photo, digest)
    return row.raw if row and row.complete_at is None and row.arrived == row.size else None


def drawn(raw: bytes) -> tuple[bytes | None, str | None]:
    """The picture drawn anew (a PDF looked through), or why it is none. Takes its time and needs no database."""
    try:
        return papers.looked_through(raw) if papers.is_paper(raw) else redrawn(raw), None
    except Unfit as unfit:
        return None, unfit.reason


def finish(session: Session, digest: str, clean: bytes | None, reason: str | None) -> Arrived:
    """Keep the clean picture and drop what the phone sent. Doing it twice is harmless."""
    row = session.scalars(select(Photo).where(Photo.digest == digest).with_for_update()).one()
    if row.complete_at is None:
        row.clean, row.bad_reason, row.raw, row.complete_at = clean, reason, None, clock.now()
    return _arrived(row)


# --- for whoever shows or forgets them -------------------------------------------------------------------------------


def picture(session: Session, digest: str) -> bytes | None:
    """The clean JPEG; None while it is on its way, and for a PDF."""
    kept = _kept(session, digest)
    return None if kept is None or papers.is_paper(kept) else kept


def paper(session: Session, digest: str) -> bytes | None:
    """The PDF under this name; None while it is on its way, and for a picture."""
    kept = _kept(session, digest)
    return kept if kept is not None and papers.is_paper(kept) else None


def _kept(session: Session, digest: str) -> bytes | None:
    return session.scalars(select(Photo.clean).where(Photo.digest == digest)).first()


def papers_among(session: Session, digests: Collection[str]) -> set[str]:
    """Those of the digests that are PDFs."""
    begins = func.substr(Photo.clean, 1, len(papers.SIGNATURE))
    query = select(Photo.digest).where(Photo.digest.in_(digests), begins == papers.SIGNATURE)
    return set(session.scalars(query)) if digests else set()


def states(session: Session, digests: Collection[str]) -> dict[str, str]:
    """Digest -> waiting | complete | refused. What is not here is waited for."""
    columns = select(Photo.digest, Photo.complete_at, Photo.bad_reason).where(Photo.digest.in_(digests))
    here = {
        digest: ("refused" if reason else "complete") if done else "waiting"
        for digest, done, reason in session.execute(columns)
    }
    return {digest: here.get(digest, "waiting") for digest in digests}


def held(session: Session, subject: uuid.UUID) -> list[tuple[str, int]]:
    """Digest and size of every photo this person sent."""
    query = select(Photo.digest, Photo.size).where(Photo.subject == subject).order_by(Photo.begun_at)
    return [(digest, size) for digest, size in session.execute(query)]


def forget(session: Session, digests: Collection[str]) -> None:
    session.execute(delete(Photo).where(Photo.digest.in_(digests)))


def erase(session: Session, subject: uuid.UUID) -> None:
    """Whoever leaves takes the own photos along."""
    session.execute(delete(Photo).where(Photo.subject == subject))


def forget_unfinished(session: Session, keeping: Keeping) -> None:
    """Half a photo does not lie about for ever. Its phone, should it come back, begins again."""
    since = clock.now() - keeping.unfinished
    session.execute(delete(Photo).where(Photo.complete_at.is_(None), Photo.begun_at < since))


Named = Callable[[Collection[str]], Collection[str]]
"""Of these digests those that something on this node names."""


def forget_unnamed(session: Session, keeping: Keeping, named: Named) -> int:
    """What no record came to name serves nobody: its visit was put right, refused, or is over. Answers how many went."""
    since = clock.now() - keeping.unnamed
    whole = session.scalars(
        select(Photo.digest).where(Photo.complete_at < since).order_by(Photo.digest)
    ).all()
    gone = 0
    for start in range(0, len(whole), LOOKED_UP):
        some = set(whole[start : start + LOOKED_UP])
        lost = some - set(named(some))
        forget(session, lost)
        gone += len(lost)
    return gone
