"""Files of evidence: a PDF that was looked through or a picture drawn anew, handed in for a criterion while its card is open.

They lie in the database with the card, so that a backup of one is a backup of both.
"""

import hashlib
import uuid
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, undefer

from backend import clock
from backend.cards import steps
from backend.cards.errors import CardUnknown, EvidenceTooMany, EvidenceUnfit
from backend.cards.models import CardEvidence
from backend.media import papers, pdf
from backend.media.redrawn import Unfit, redrawn
from backend.safeguards.audit import Actor

MOST_BYTES = 5 * 1024 * 1024
MOST_FILES = 5
OPEN = ("open", "self_scored", "official")
PICTURE = "image/jpeg"


def hand_in(
    session: Session, card_id: uuid.UUID, code: str, name: str, raw: bytes, by: Actor
) -> CardEvidence:
    """Raises CardUnknown, WrongState, CriterionUnknown, EvidenceTooMany, EvidenceUnfit."""
    card = steps.held(session, card_id, *OPEN)
    criterion = steps.criterion_of(steps.template_of(session, card), code)
    if len(_filed(session, card.id, criterion.code)) >= MOST_FILES:
        raise EvidenceTooMany(most=MOST_FILES)
    content, mime = _fit(raw)
    made = CardEvidence(
        card_id=card.id, criterion=criterion.code, name=_plain(name), mime=mime, size=len(content), content=content,
        sha256=hashlib.sha256(content).hexdigest(), by=by.id, at=clock.now(),
    )  # fmt: skip
    session.add(made)
    steps.take(session, card, "filed", by, f"{criterion.code}: {made.name}")
    return made


def _fit(raw: bytes) -> tuple[bytes, str]:
    if not raw or len(raw) > MOST_BYTES:
        raise EvidenceUnfit("too_large" if raw else "empty")
    try:
        return (papers.looked_through(raw), pdf.TYPE) if papers.is_paper(raw) else (redrawn(raw), PICTURE)
    except Unfit as unfit:
        raise EvidenceUnfit(unfit.reason) from unfit


def _plain(name: str) -> str:
    """The last part of a path, without what no screen shows."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isprintable()).strip()[:120] or "minh-chung"


def take_out(session: Session, evidence: uuid.UUID, by: Actor) -> CardEvidence:
    """What it held is gone; that it was there is not. Raises CardUnknown, WrongState."""
    found = session.get(CardEvidence, evidence)
    if found is None:
        raise CardUnknown
    card = steps.held(session, found.card_id, *OPEN)
    session.refresh(found)
    if found.removed_at is None:
        found.content, found.removed_by, found.removed_at = None, by.id, clock.now()
        steps.take(session, card, "unfiled", by, f"{found.criterion}: {found.name}")
    return found


def by_criterion(session: Session, card: uuid.UUID) -> dict[str, list[CardEvidence]]:
    """What is there now, in the order it came; without its bytes."""
    found: dict[str, list[CardEvidence]] = {}
    for row in _filed(session, card):
        found.setdefault(row.criterion, []).append(row)
    return found


def _filed(session: Session, card: uuid.UUID, code: str | None = None) -> list[CardEvidence]:
    query = select(CardEvidence).where(CardEvidence.card_id == card, CardEvidence.removed_at.is_(None))
    if code is not None:
        query = query.where(CardEvidence.criterion == code)
    return list(session.scalars(query.order_by(CardEvidence.at, CardEvidence.id)))


def opened(session: Session, evidence: uuid.UUID) -> CardEvidence:
    """With its bytes. Raises CardUnknown for one there is not, or no longer."""
    query = select(CardEvidence).where(CardEvidence.id == evidence).options(undefer(CardEvidence.content))
    found = session.scalars(query).first()
    if found is None or found.content is None:
        raise CardUnknown
    return found


def filed_by(session: Session, card: uuid.UUID, known_at: datetime) -> set[str]:
    """Criteria with a file at that moment."""
    query = select(CardEvidence.criterion).where(
        CardEvidence.card_id == card,
        CardEvidence.at <= known_at,
        or_(CardEvidence.removed_at.is_(None), CardEvidence.removed_at > known_at),
    )
    return set(session.scalars(query))
