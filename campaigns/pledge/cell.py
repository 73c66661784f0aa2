"""What the cell and the committee do with pledges: return, confirm, check, propose, decide, share, exempt.

Everything is decided by people in a meeting and typed in here; the node keeps who typed it, never minutes or votes.
"""

import hashlib
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import insert_into
from backend.errors import NotFound
from backend.participation import changes
from backend.participation.lease import shut_gate
from backend.safeguards.audit import Actor, note
from campaigns.models import Activity
from campaigns.pledge import ledger, queries, rules
from campaigns.pledge.errors import (
    ChangedSince,
    ClassUnknown,
    DocumentMissing,
    NotOpened,
    PledgeDecided,
    TooEarly,
    WordsMissing,
)
from campaigns.pledge.measures import ASSESSED, CONFIRMED, MIDYEAR
from campaigns.pledge.models import (
    WORDS,
    Pledge,
    PledgeClass,
    PledgeExemption,
    PledgeReading,
    PledgeReview,
    PledgeSharing,
    PledgeVersion,
)
from campaigns.pledge.rating import rating_of
from campaigns.pledge.readers import Reader, present_cell, shared_with

PLEDGE = "pledge"


@dataclass(frozen=True)
class Paper:
    """The document a decision rests on."""

    number: str
    day: date


def held(session: Session, pledge: uuid.UUID) -> Pledge:
    """The pledge, alone until the transaction ends. Raises NotFound."""
    row = session.get(Pledge, pledge, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def at_hand(
    session: Session, pledge_id: uuid.UUID, kind: rules.ReaderKind, cells: Collection[uuid.UUID]
) -> tuple[Pledge, uuid.UUID]:
    """The pledge, alone until the transaction ends, and the member's present cell, for who is about to do something
    with it. Raises NotFound for what this office may not see.
    """
    pledge = held(session, pledge_id)
    cell = present_cell(session, pledge.subject)
    if cell is None or cell not in cells:
        raise NotFound
    if not rules.may_read(kind, pledge.state, shared_with=shared_with(session, pledge, cell)):
        raise NotFound
    return pledge, cell


def stamp(session: Session, pledge: Pledge) -> str:
    """How it stands, in short: a form that was made from another stand is not obeyed."""
    stand = (
        pledge.number, pledge.in_force, pledge.state,
        queries.reviews_of(session, pledge.id), queries.classes_of(session, pledge.id),
    )  # fmt: skip
    return hashlib.sha256(msgspec.json.encode(stand)).hexdigest()[:16]


def check_unchanged(session: Session, pledge: Pledge, seen: str) -> None:
    """Raises ChangedSince when it no longer stands as the form had it."""
    if stamp(session, pledge) != seen:
        raise ChangedSince


def _tell(session: Session, pledge: Pledge, by: Reader, deed: str, why: str | None = None) -> None:
    pledge.changed_at = clock.now()
    note(session, Actor("staff", by.person), f"pledge.{deed}", PLEDGE, pledge.id, unit=by.unit, reason=why)
    changes.tell(session, "activity", pledge.activity_id, "changed", subject=pledge.subject)


# --- return, confirm ----------------------------------------------------------------------------------------------


def send_back(session: Session, pledge: Pledge, number: int, words: str, by: Reader) -> None:
    """To be completed, with what is missing. Raises WordsMissing, ChangedSince, PledgeDecided."""
    if len(words.strip()) < 3:
        raise WordsMissing
    version = _waiting(session, pledge, number)
    _answer(version, "returned", words, by)
    if pledge.state == "submitted":
        pledge.state = "returned"
    _tell(session, pledge, by, "return")


def confirm(
    session: Session, activity: Activity, pledge: Pledge, number: int, words: str, by: Reader
) -> None:
    """The cell has read and confirmed this version: it is in force. Raises ChangedSince, NotOpened, PledgeDecided.

    Whoever confirms has opened this very version before; several at once is quick, unread is not possible.
    """
    version = _waiting(session, pledge, number)
    if not _has_opened(session, pledge, number, by.person):
        raise NotOpened
    _answer(version, "confirmed", words, by)
    pledge.in_force = number
    if pledge.state == "submitted":
        pledge.state = "in_force"
    session.flush()
    ledger.count(session, activity, pledge, CONFIRMED, by.unit)
    ledger.recount_digital(session, activity, pledge, by.unit, rules.digital_items(version.items))
    _tell(session, pledge, by, "confirm")


def _waiting(session: Session, pledge: Pledge, number: int) -> PledgeVersion:
    if pledge.state == "closed":
        raise PledgeDecided
    version = session.get(PledgeVersion, (pledge.id, number))
    if version is None or version.state != "submitted" or number != pledge.number:
        raise ChangedSince
    return version


def _answer(version: PledgeVersion, state: str, words: str, by: Reader) -> None:
    version.state, version.words = state, words.strip()[:WORDS] or None
    version.decided_at, version.decided_by, version.cell_id = clock.now(), by.person, by.unit


def _has_opened(session: Session, pledge: Pledge, number: int, person: uuid.UUID) -> bool:
    query = select(PledgeReading.id).where(
        PledgeReading.pledge_id == pledge.id, PledgeReading.reader == person, PledgeReading.version == number,
        PledgeReading.part == "body", PledgeReading.role == "cell_secretary",
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None


# --- through the year ---------------------------------------------------------------------------------------------


def check(
    session: Session, activity: Activity, pledge: Pledge, moment: str, words: str, on: date, by: Reader
) -> None:
    """The cell looked at it at mid-year or at the end: the meeting's day and what is to be said. Raises TooEarly."""
    if pledge.state not in rules.IN_FORCE or pledge.state == "closed":
        raise TooEarly
    row = session.get(PledgeReview, (pledge.id, moment))
    if row is None:
        row = PledgeReview(pledge_id=pledge.id, moment=moment, outcomes={})
        session.add(row)
    row.cell_words, row.checked_on, row.checked_by = words.strip()[:WORDS] or None, on, by.person
    if moment == "midyear" and pledge.state == "in_force":
        pledge.state = "midyear_checked"
    session.flush()
    if moment == "midyear":
        ledger.count(session, activity, pledge, MIDYEAR, by.unit)
    _tell(session, pledge, by, f"check_{moment}")


def propose(
    session: Session, activity: Activity, pledge: Pledge, chosen: str, words: str, by: Reader
) -> None:
    """The cell proposes a class. Raises TooEarly before the member's own review, ClassUnknown, PledgeDecided."""
    if pledge.state == "closed":
        raise PledgeDecided
    if pledge.state not in ("self_assessed", "cell_assessed"):
        raise TooEarly
    _write_class(session, activity, pledge, "cell", chosen, words, None, by)
    pledge.state = "cell_assessed"
    _tell(session, pledge, by, "propose_class")


def decide(
    session: Session, activity: Activity, pledge: Pledge, chosen: str, words: str, paper: Paper, by: Reader
) -> None:
    """The competent committee's decision, by a document. A later decision corrects an earlier one, which stays readable.

    Raises TooEarly before the cell's proposal, ClassUnknown, DocumentMissing.
    """
    if pledge.state not in ("cell_assessed", "closed"):
        raise TooEarly
    if not paper.number.strip():
        raise DocumentMissing
    cell = _cell_of(session, pledge)
    if cell is None:
        raise TooEarly
    _write_class(session, activity, pledge, "committee", chosen, words, paper, by)
    pledge.state = "closed"
    session.flush()
    ledger.count(session, activity, pledge, ASSESSED, cell)
    _tell(session, pledge, by, "decide_class")


def _cell_of(session: Session, pledge: Pledge) -> uuid.UUID | None:
    """The cell that proposed the class: there membership was held. None where none did: the member died before."""
    query = select(PledgeClass.unit_id).where(PledgeClass.pledge_id == pledge.id, PledgeClass.by == "cell")
    return session.scalars(query.order_by(PledgeClass.at.desc(), PledgeClass.id.desc()).limit(1)).first()


def _write_class(
    session: Session,
    activity: Activity,
    pledge: Pledge,
    by: str,
    chosen: str,
    words: str,
    paper: Paper | None,
    reader: Reader,
) -> None:
    rating = rating_of(activity)
    if chosen not in rating.names("vi"):
        raise ClassUnknown
    session.add(
        PledgeClass(
            pledge_id=pledge.id, by=by, unit_id=reader.unit, rating=rating.code, chosen=chosen,
            document_number=paper.number.strip()[:60] if paper else None, document_date=paper.day if paper else None,
            words=words.strip()[:WORDS] or None, at=clock.now(), person_id=reader.person,
        )
    )  # fmt: skip


# --- who is expected, who may read --------------------------------------------------------------------------------

REASONS = ("exempt", "ill", "deceased", "away", "other")


def exempt(
    session: Session, activity: Activity, subject: uuid.UUID, reason: str, words: str, since: date, by: Reader
) -> None:
    """No pledge is expected of this member this year. A deceased member's pledge is closed without a class."""
    if reason not in REASONS:
        raise NotFound
    shut_gate(session, subject)
    row = {
        "activity_id": activity.id, "subject": subject, "cell_id": by.unit, "reason": reason,
        "words": words.strip()[:200] or None, "since": since, "at": clock.now(), "person_id": by.person,
    }  # fmt: skip
    session.execute(
        insert_into(session, PledgeExemption)
        .values(**row)
        .on_conflict_do_update(index_elements=["activity_id", "subject"], set_=row)
    )
    if reason == "deceased":
        _close_quietly(session, activity, subject)
    note(session, Actor("staff", by.person), "pledge.exempt", PLEDGE, None, unit=by.unit, reason=reason)


def _close_quietly(session: Session, activity: Activity, subject: uuid.UUID) -> None:
    query = select(Pledge).where(Pledge.activity_id == activity.id, Pledge.subject == subject)
    pledge = session.scalars(query.with_for_update()).first()
    if pledge is not None:
        pledge.state, pledge.changed_at = "closed", clock.now()


def expect_again(session: Session, activity: Activity, subject: uuid.UUID, by: Reader) -> None:
    """The exemption was a mistake or is over."""
    session.execute(
        delete(PledgeExemption).where(
            PledgeExemption.activity_id == activity.id, PledgeExemption.subject == subject
        )
    )
    note(session, Actor("staff", by.person), "pledge.expect", PLEDGE, None, unit=by.unit)


AUDIENCES = ("cell", "committee")


def share(
    session: Session, activity: Activity, audiences: Sequence[str], decided_on: date, by: Reader
) -> None:
    """What the cell decided, whole: audiences not named may no longer read."""
    session.execute(
        delete(PledgeSharing).where(
            PledgeSharing.activity_id == activity.id, PledgeSharing.cell_id == by.unit
        )
    )
    for audience in AUDIENCES:
        if audience in audiences:
            session.add(
                PledgeSharing(
                    activity_id=activity.id, cell_id=by.unit, audience=audience, decided_on=decided_on,
                    at=clock.now(), person_id=by.person,
                )
            )  # fmt: skip
    words = ", ".join(sorted(audiences)) or "nobody"
    note(session, Actor("staff", by.person), "pledge.share", PLEDGE, None, unit=by.unit, reason=words)
