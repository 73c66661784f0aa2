"""Thank-yous: an organiser says thanks at once. No decision stands behind one, and no emblem stands on it.

Only whoever is thanked can read it; nobody can list who was not thanked. The same thing is thanked for once.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session, aliased

from backend import clock
from backend.certificates import designs
from backend.clock import iso
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.errors import N_, DomainError, NotFound
from backend.media.fitting import DoesNotFit
from backend.media.layout import lay_out
from backend.media.letters import GlyphMissing
from backend.participation import changes
from backend.participation.models import Fact, Operation
from backend.people.models import SubjectLink
from backend.safeguards.audit import Actor, note
from campaigns.award.models import Thanks
from campaigns.models import Activity

WORDS = 300
LETTER = "cam-on"
"""The design of a thank-you on paper."""
EXAMPLE = {
    "issuer": "Ủy ban nhân dân xã", "heading": "Thư cảm ơn", "name": "Nguyễn Thị Bình", "title": "Tìm hiểu chuyển đổi số",
    "number": "0000-0000-0000-0000", "date": "2000-12-28",
}  # fmt: skip
AT_ONCE = 200
"""Rows in one statement."""


class ThanksWithoutWords(DomainError):
    status = 422
    code = "thanks_without_words"
    sentence = N_("Xin ghi lời cảm ơn, từ 5 đến 300 chữ cái.")


class NobodyToThank(DomainError):
    status = 409
    code = "nobody_to_thank"
    sentence = N_(
        "Chưa có ai để cảm ơn: chưa có kết quả nào được tính ở hoạt động này, hoặc mã biên nhận chưa đúng."
    )


class ThanksNotPrintable(DomainError):
    status = 422
    code = "thanks_not_printable"
    sentence = N_("Lời cảm ơn có ký hiệu không in được, hoặc dài hơn một trang thư. Xin bỏ ký hiệu ấy, hoặc viết ngắn lại.")  # fmt: skip


@dataclass(frozen=True)
class Given:
    """A thank-you as the thanked person reads it; `by` is the unit that thanks."""

    id: uuid.UUID
    unit_id: uuid.UUID
    activity_id: uuid.UUID | None
    words: str
    at: datetime


def for_taking_part(session: Session, activity: Activity, unit: uuid.UUID, words: str, by: Actor) -> None:
    """Thank everybody who has taken part in the activity so far. Whoever was thanked for it already keeps that one.

    `unit` is the one that thanks. Raises ThanksWithoutWords, ThanksNotPrintable, NobodyToThank.
    """
    told, subjects = checked(words), _took_part(session, activity.id)
    _give(session, subjects, f"activity:{activity.id}", told, unit, activity.id, by)
    note(session, by, "thanks.give_all", "activity", activity.id, unit=unit)


def for_a_deed(
    session: Session, activity: Activity, receipt: str, unit: uuid.UUID, words: str, by: Actor
) -> None:
    """Thank the one person whose deed in this activity has that receipt: the organiser need not know who it is.

    Raises ThanksWithoutWords, ThanksNotPrintable, NobodyToThank.
    """
    told, deed = checked(words), _deed(session, activity.id, receipt)
    _give(
        session,
        [deed.subject] if deed else [],
        f"deed:{deed.id}" if deed else "",
        told,
        unit,
        activity.id,
        by,
    )
    note(session, by, "thanks.give", "activity", activity.id, unit=unit)


def checked(words: str) -> str:
    """Raises ThanksWithoutWords, ThanksNotPrintable: whoever is thanked may want it on paper."""
    told = " ".join(words.split())
    if not 5 <= len(told) <= WORDS:
        raise ThanksWithoutWords
    try:
        lay_out(designs.find_shipped(LETTER).design, EXAMPLE | {"deed": told})
    except (GlyphMissing, DoesNotFit):
        raise ThanksNotPrintable from None
    return told


def _took_part(session: Session, activity: uuid.UUID) -> list[uuid.UUID]:
    """Persons who are still here and have something that counts; what was taken back does not."""
    undone = aliased(Fact)
    stands = ~exists().where(
        undone.reverses_operation == Fact.operation_id, undone.reverses_line == Fact.line
    )
    query = (
        select(Fact.subject)
        .join(SubjectLink, SubjectLink.subject == Fact.subject)
        .where(Fact.activity_id == activity, Fact.is_reversal.is_(False), stands)
        .distinct()
    )
    return [subject for subject in session.scalars(query) if subject]


def _deed(session: Session, activity: uuid.UUID, receipt: str) -> Operation | None:
    query = (
        select(Operation)
        .join(SubjectLink, SubjectLink.subject == Operation.subject)
        .where(Operation.receipt == receipt.strip().upper(), Operation.activity_id == activity)
        .where(Operation.outcome.in_(("counted", "noted")))
    )
    return session.scalars(query).first()


def _give(
    session: Session,
    subjects: list[uuid.UUID],
    source: str,
    words: str,
    unit: uuid.UUID,
    activity: uuid.UUID,
    by: Actor,
) -> None:
    if not subjects:
        raise NobodyToThank
    plain = {"unit_id": unit, "activity_id": activity, "words": words, "source_key": source}
    plain |= {"by": by.id, "at": clock.now()}
    there = set(session.scalars(select(Thanks.subject).where(Thanks.source_key == source)))
    # In one order for everybody: two officers at once would wait for each other's rows in a ring.
    new = sorted(subject for subject in subjects if subject not in there)
    for start in range(0, len(new), AT_ONCE):
        rows = [{"id": new_id(), "subject": one, **plain} for one in new[start : start + AT_ONCE]]
        # Two officers at once: the constraint lets each person be thanked by one of them.
        session.execute(insert_into(session, Thanks).values(rows).on_conflict_do_nothing())
    for one in new:
        changes.tell(session, "activity", activity, "changed", one)


def of(session: Session, subject: uuid.UUID) -> list[Given]:
    """What this person was thanked for, the newest first."""
    query = select(Thanks).where(Thanks.subject == subject).order_by(Thanks.at.desc(), Thanks.id)
    return [Given(row.id, row.unit_id, row.activity_id, row.words, row.at) for row in session.scalars(query)]


def own(session: Session, subject: uuid.UUID, thanks_id: uuid.UUID) -> Thanks:
    """Raises NotFound for one that is not theirs."""
    found = session.get(Thanks, thanks_id)
    if found is None or found.subject != subject:
        raise NotFound
    return found


def thanked(session: Session, activities: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the activities whose participants were thanked as a whole."""
    keys = {f"activity:{one}": one for one in activities}
    found = session.scalars(select(Thanks.source_key).where(Thanks.source_key.in_(keys)).distinct())
    return {keys[key] for key in found}


def held(session: Session, subject: uuid.UUID) -> list[dict[str, str]]:
    """For the person's own download."""
    return [{"words": one.words, "at": iso(one.at)} for one in of(session, subject)]


def erase(session: Session, subject: uuid.UUID) -> None:
    session.execute(delete(Thanks).where(Thanks.subject == subject))
