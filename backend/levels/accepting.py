"""The second of two steps. The unit approves its card and sends the figures; the level above accepts them, or returns them
with words. What was accepted is sealed: a later revision of the period is kept beside it and answered anew.
"""

import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.aggregates import receiving, standing
from backend.aggregates.packet import sheet_id
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.federation.packets import outbox
from backend.federation.peers.models import REVOKED, Peer
from backend.levels import reading
from backend.levels.answers import STREAM, Acceptance
from backend.levels.errors import (
    AlreadyAnswered,
    NamesSomebody,
    NotApproved,
    NothingTold,
    NotTheNewest,
    ReasonMissing,
)
from backend.levels.models import LevelAcceptance
from backend.levels.reading import About
from backend.levels.shapes import ACCEPTED, RETURNED, Told
from backend.safeguards.audit import Actor, note
from backend.safeguards.impersonal import told_of
from backend.safeguards.reasons import is_reason


def answers(session: Session, about: About, units: Collection[str]) -> dict[str, list[LevelAcceptance]]:
    """Unit code -> what was answered to its revisions of the period, the oldest first. One statement."""
    found: dict[str, list[LevelAcceptance]] = {}
    query = (
        select(LevelAcceptance)
        .where(LevelAcceptance.dataset == about.dataset, LevelAcceptance.line == about.line)
        .where(LevelAcceptance.calendar == about.period.calendar, LevelAcceptance.period == about.period.code)
        .where(LevelAcceptance.unit_code.in_(sorted(units)))
        .order_by(LevelAcceptance.at, LevelAcceptance.id)
    )
    for row in session.scalars(query):
        found.setdefault(row.unit_code, []).append(row)
    return found


def is_sealed(session: Session, unit_code: str, dataset: str, line: str, calendar: str, period: str) -> bool:
    """Whether a revision of the period was accepted: whatever comes now comes late, and is kept beside it."""
    query = (
        select(LevelAcceptance.id)
        .where(LevelAcceptance.unit_code == unit_code, LevelAcceptance.dataset == dataset)
        .where(LevelAcceptance.line == line, LevelAcceptance.calendar == calendar)
        .where(LevelAcceptance.period == period, LevelAcceptance.outcome == ACCEPTED)
    )
    return session.scalar(query.limit(1)) is not None


def accept(
    session: Session, about: About, unit: str, digest: str, by: Actor, unit_id: uuid.UUID | None = None
) -> None:
    """Seal what was told. Raises NothingTold, NotTheNewest, NotApproved, AlreadyAnswered."""
    told = _newest(session, about, unit, digest)
    if not told.approval:
        raise NotApproved
    _answer(session, told, ACCEPTED, "", by)
    if not told.is_standing:
        receiving.take_up(session, told.digest)
    note(session, by, "levels.accept", "figures", told.digest, unit=unit_id, reason=told.period.code)


def give_back(
    session: Session,
    about: About,
    unit: str,
    digest: str,
    words: str,
    by: Actor,
    unit_id: uuid.UUID | None = None,
) -> None:
    """Ask for a better one. Raises NothingTold, NotTheNewest, ReasonMissing, NamesSomebody, AlreadyAnswered."""
    told = _newest(session, about, unit, digest)
    if not is_reason(words):
        raise ReasonMissing
    if told_of(words):
        raise NamesSomebody
    _answer(session, told, RETURNED, words, by)
    note(session, by, "levels.return", "figures", told.digest, unit=unit_id, reason=words[:200])


def _newest(session: Session, about: About, unit: str, digest: str) -> Told:
    """The last revision that came: where one was accepted before, it does not stand yet. Whatever comes at this moment waits
    until it is answered."""
    of = (unit, about.dataset, about.line, about.period.calendar, about.period.code)
    standing.hold(session, sheet_id(*of))
    stands = reading.sheets(session, about, [unit]).get(unit)
    if stands is None:
        raise NothingTold
    found = reading.waiting(session, about, [unit]).get(unit, stands.told)
    if found.digest != digest:
        raise NotTheNewest
    return found


def _answer(session: Session, told: Told, outcome: str, words: str, by: Actor) -> None:
    """Of two who answer at once the second is told so: the database decides. The answer goes down in the same transaction."""
    now = clock.now()
    row = {
        "id": new_id(), "unit_code": told.unit_code, "dataset": told.dataset, "line": told.line,
        "calendar": told.period.calendar, "period": told.period.code, "revision": told.revision, "digest": told.digest,
        "outcome": outcome, "words": words, "by": by.id, "at": now,
    }  # fmt: skip
    made = insert_into(session, LevelAcceptance).values(row).on_conflict_do_nothing(index_elements=["digest"])
    if session.execute(made.returning(LevelAcceptance.id)).first() is None:
        raise AlreadyAnswered
    _tell(session, told, outcome, words, clock.iso(now))


def _tell(session: Session, told: Told, outcome: str, words: str, at: str) -> None:
    """A suspended peer is told when it may ask again: nothing is handed over before."""
    peer = session.get(Peer, told.peer_id)
    if peer is None or peer.state == REVOKED:
        return
    of = (told.unit_code, told.dataset, told.line, told.period.calendar, told.period.code)
    body = Acceptance(*of, told.revision, told.digest, outcome, words, at)  # type: ignore[arg-type]
    part = told.dataset.partition("/")[2] or told.dataset
    subject = f"{part}/{told.period.calendar}/{told.period.code}/{told.number}"
    outbox.put(session, peer, STREAM, part, body, subject)
