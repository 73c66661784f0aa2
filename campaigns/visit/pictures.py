"""The photos of visits: which ones records name, and letting them go with what named them."""

import uuid
from collections.abc import Collection

import msgspec
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from backend.media.models import Photo
from backend.participation import waiting
from backend.participation.models import Operation
from campaigns.visit.models import Visit, VisitPhoto
from campaigns.visit.schemas import LogIn

LOG = "visit.log"
_BODY = msgspec.json.Decoder(LogIn)


def named_photos(session: Session, digests: Collection[str]) -> set[str]:
    """Those of the digests that a visit names, or one that still waits to be taken in."""
    linked = select(VisitPhoto.digest).where(VisitPhoto.digest.in_(digests)).distinct()
    return set(session.scalars(linked)) | (_waited_for(session) & set(digests))


def _waited_for(session: Session) -> set[str]:
    query = select(Operation).where(
        Operation.outcome == waiting.WAITING, Operation.action == LOG, Operation.body.is_not(None)
    )
    found: set[str] = set()
    for operation in session.scalars(query):
        found |= set(waiting.body_of(operation, _BODY.decode).photos)
    return found


def photos_of(session: Session, visits: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Visit -> the digests it names."""
    found: dict[uuid.UUID, list[str]] = {}
    query = select(VisitPhoto).where(VisitPhoto.visit_id.in_(visits)).order_by(VisitPhoto.digest)
    for row in session.scalars(query):
        found.setdefault(row.visit_id, []).append(row.digest)
    return found


def drop(session: Session, which: ColumnElement[bool]) -> None:
    """Photos of these visits go, but for those that another visit names too."""
    visits = select(Visit.id).where(which)
    elsewhere = select(VisitPhoto.digest).where(VisitPhoto.visit_id.not_in(visits))
    named = select(VisitPhoto.digest).where(VisitPhoto.visit_id.in_(visits))
    gone = delete(Photo).where(Photo.digest.in_(named), Photo.digest.not_in(elsewhere))
    session.execute(gone.execution_options(synchronize_session=False))
    unlink(session, which)


def unlink(session: Session, which: ColumnElement[bool]) -> None:
    """These visits name no photo any more."""
    visits = select(Visit.id).where(which)
    links = delete(VisitPhoto).where(VisitPhoto.visit_id.in_(visits))
    session.execute(links.execution_options(synchronize_session=False))
