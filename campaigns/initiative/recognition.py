"""Recognition: a signed decision for a scope, nothing less. The same thing is not recognised twice there, and a decision can be taken back."""

import uuid
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import NotFound
from backend.participation.lease import hold
from backend.safeguards.audit import Actor, note
from campaigns.initiative import authors, intake, ledger, rules, similar
from campaigns.initiative.errors import (
    AlreadyRecognised,
    DocumentMissing,
    LookAlikeRecognised,
    NotNow,
    WordsMissing,
)
from campaigns.initiative.measures import RECOGNISED
from campaigns.initiative.models import Initiative, Recognition
from campaigns.initiative.offices import Handler, Paper
from campaigns.initiative.schemas import InitiativeSettings
from campaigns.models import Activity

LEAST_WORDS = 10


def recognise(
    session: Session,
    activity: Activity,
    settings: InitiativeSettings,
    row: Initiative,
    scope: str,
    paper: Paper,
    by: Handler,
    *,
    differs: str = "",
) -> Recognition:
    """By a decision of the competent. `differs`: how it differs from a look-alike recognised before; kept as a private note.

    Raises DocumentMissing, AlreadyRecognised, LookAlikeRecognised, NotNow.
    """
    if not (paper.number.strip() and paper.signer.strip()):
        raise DocumentMissing
    if rules.next_state("recognise", row.state, row.track) is None:
        raise NotNow
    # Two clerks, two look-alikes, one moment: one after the other.
    hold(session, f"recognition:{scope}")
    if settings.same_scope_once:
        _check_once(session, row, scope, differs, by)
    made = Recognition(
        initiative_id=row.id, scope=scope, unit_id=by.unit, document_number=paper.number.strip()[:60],
        document_date=paper.day, signer=paper.signer.strip()[:120], at=clock.now(), person_id=by.person,
    )  # fmt: skip
    session.add(made)
    intake.move(session, row, "recognise", by, on=paper.day)
    intake.publish(row, clock.now() + timedelta(days=settings.publish_after_days))
    ledger.count(session, activity, row, RECOGNISED, 1)
    return made


def _check_once(session: Session, row: Initiative, scope: str, differs: str, by: Handler) -> None:
    for standing in of(session, row.id):
        if standing.scope == scope and standing.revoked_at is None:
            raise AlreadyRecognised(document=standing.document_number)
    alike = similar.alike(session, row, scope=scope)
    if alike and len(differs.strip()) < LEAST_WORDS:
        raise LookAlikeRecognised(code=alike[0].code or "", title=alike[0].title)
    if alike:
        intake.write_note(session, row, f"{alike[0].code}: {differs.strip()}", by)


def of(session: Session, initiative: uuid.UUID) -> list[Recognition]:
    """Decisions about it, those taken back too, oldest first."""
    session.flush()
    query = select(Recognition).where(Recognition.initiative_id == initiative)
    return list(session.scalars(query.order_by(Recognition.document_date, Recognition.at, Recognition.id)))


def revoke(session: Session, activity: Activity, recognition: uuid.UUID, why: str, by: Handler) -> None:
    """Taken back, with the reason. When none is left it is recognised no more and leaves the gallery. Raises WordsMissing, NotFound."""
    if len(why.strip()) < LEAST_WORDS:
        raise WordsMissing
    decision = session.get(Recognition, recognition, with_for_update=True)
    if decision is None or decision.revoked_at is not None:
        raise NotFound
    decision.revoked_at, decision.revoked_why = clock.now(), why.strip()[:300]
    row = intake.held(session, decision.initiative_id)
    if any(one.revoked_at is None for one in of(session, row.id)):
        note(session, Actor("staff", by.person), "initiative.revoke", intake.INITIATIVE, row.id, unit=by.unit)
        return
    row.public_from = None
    intake.move(session, row, "revoke", by, why)
    ledger.count(session, activity, row, RECOGNISED, 0)


def refuse(session: Session, row: Initiative, why: str, by: Handler) -> None:
    """The competent did not recognise it, with the reason. Raises WordsMissing, NotNow."""
    if len(why.strip()) < LEAST_WORDS:
        raise WordsMissing
    intake.move(session, row, "refuse", by, why)


def shares(session: Session, initiative: uuid.UUID) -> list[tuple[str, int]]:
    """Name and share of each author who stands, as a certificate would say it."""
    standing = authors.standing(session, initiative)
    counting = authors.shares(standing)
    return [(one.name, counting[one.id]) for one in standing]
