"""What the room keeps of a person, and forgetting it: household businesses are people, firms and cooperatives are not."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.clock import iso
from backend.db.statements import among
from backend.media import photos
from campaigns.movement.models import Enrolment, Exemplary, Firm, Mark, MarkFile, Promise


def held(session: Session, subject: uuid.UUID) -> list[dict[str, Any]]:
    """What this person entered, with what was promised and said."""
    rows = list(session.scalars(select(Firm).where(Firm.enrolled_by == subject).order_by(Firm.id)))
    return [_told(session, row) for row in rows]


def _told(session: Session, row: Firm) -> dict[str, Any]:
    entered = list(session.scalars(select(Enrolment).where(Enrolment.firm_id == row.id)))
    ids = [one.id for one in entered]
    promised = session.scalars(select(Promise).where(among(Promise.enrolment_id, ids)))
    said = session.scalars(select(Mark).where(among(Mark.enrolment_id, ids)))
    return {
        "sort": row.sort,
        "name": row.name,
        "made_at": iso(row.made_at),
        "enrolments": [
            {"activity": str(one.activity_id), "state": one.state, "at": iso(one.at)} for one in entered
        ],
        "promises": [
            {
                "criterion": one.criterion, "version": one.version,
                "target": None if one.target is None else float(one.target), "words": one.words,
            }
            for one in promised
        ],
        "marks": [
            {
                "criterion": one.criterion, "met": one.met, "words": one.words, "at": iso(one.at),
                "value": None if one.value is None else float(one.value),
            }
            for one in said
        ],
    }  # fmt: skip


def erase(session: Session, subject: uuid.UUID) -> None:
    """A household business goes with its owner, and what no officer ever saw the papers of. A verified firm or
    cooperative stays as the organisation it is, no longer tied to the person."""
    mine = select(Firm.id).where(Firm.enrolled_by == subject)
    stays = (Firm.sort != "household_business") & Firm.verified_by.is_not(None)
    delete_firms(session, list(session.scalars(mine.where(~stays))))
    session.execute(update(Firm).where(Firm.enrolled_by == subject).values(enrolled_by=None))


def forget(session: Session, activity: uuid.UUID) -> None:
    """The time agreed to is over: household businesses and what firms said of themselves; published figures stay."""
    entered = select(Enrolment.firm_id).where(
        Enrolment.activity_id == activity, Enrolment.firm_id.is_not(None)
    )
    known = list(session.scalars(select(Firm.id).where(Firm.id.in_(entered))))
    elsewhere = set(
        session.scalars(
            select(Enrolment.firm_id).where(
                Enrolment.activity_id != activity, among(Enrolment.firm_id, known)
            )
        )
    )
    delete_firms(session, [one for one in known if one not in elsewhere])
    _delete_entered(session, activity, [one for one in known if one in elsewhere])


def delete_firms(session: Session, firms: Sequence[uuid.UUID]) -> None:
    """With all that was promised, said and shown of them."""
    _delete_entered(session, None, firms)
    session.execute(delete(Firm).where(among(Firm.id, firms)).execution_options(synchronize_session=False))


def _delete_entered(session: Session, activity: uuid.UUID | None, firms: Sequence[uuid.UUID]) -> None:
    entered = select(Enrolment.id).where(among(Enrolment.firm_id, firms))
    if activity is not None:
        entered = entered.where(Enrolment.activity_id == activity)
    ids = list(session.scalars(entered))
    marks = list(session.scalars(select(Mark.id).where(among(Mark.enrolment_id, ids))))
    digests = list(session.scalars(select(MarkFile.digest).where(among(MarkFile.mark_id, marks))))
    photos.forget(session, digests)
    quietly = {"synchronize_session": False}
    session.execute(delete(MarkFile).where(among(MarkFile.mark_id, marks)).execution_options(**quietly))
    session.execute(delete(Mark).where(among(Mark.id, marks)).execution_options(**quietly))
    session.execute(delete(Promise).where(among(Promise.enrolment_id, ids)).execution_options(**quietly))
    session.execute(
        update(Exemplary).where(among(Exemplary.enrolment_id, ids)).values(enrolment_id=None).execution_options(**quietly)
    )  # fmt: skip
    session.execute(delete(Enrolment).where(among(Enrolment.id, ids)).execution_options(**quietly))
    session.expire_all()


def names_photos(session: Session, digests: Collection[str]) -> set[str]:
    """Those of these pictures that show a mark."""
    if not digests:
        return set()
    return set(session.scalars(select(MarkFile.digest).where(MarkFile.digest.in_(list(digests)))))
