"""The row that says how far a report has come: begun, found again, and held while somebody works on it."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.calendars import Period
from backend.reports.errors import NotEditable, ReportUnknown
from backend.reports.models import Report, Submission
from backend.reports.rules import EDITABLE


def open_submission(
    session: Session, *, subject_kind: str, subject_id: uuid.UUID, unit: uuid.UUID, line: str,
    receiver: uuid.UUID | None, period: Period,
) -> Submission:  # fmt: skip
    """The beginning of the way; the same again if it has begun."""
    found = of_subject(session, subject_kind, subject_id, line)
    if found is not None:
        return found
    made = Submission(
        subject_kind=subject_kind, subject_id=subject_id, unit_id=unit, receiver_id=receiver, line=line,
        calendar=period.calendar, period=period.code, state="open", round=1, revision=1,
    )  # fmt: skip
    session.add(made)
    session.flush()  # steps refer to it
    return made


def of_subject(session: Session, kind: str, subject: uuid.UUID, line: str) -> Submission | None:
    return session.scalars(
        select(Submission).where(
            Submission.subject_kind == kind, Submission.subject_id == subject, Submission.line == line
        )
    ).first()


def held(session: Session, submission: uuid.UUID) -> Submission:
    """The row as it is now, and nobody else's until this is done: what was read before the lock is forgotten.

    Raises ReportUnknown.
    """
    query = select(Submission).where(Submission.id == submission).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise ReportUnknown
    return row


def held_to_edit(session: Session, report: Report) -> Submission:
    """Raises NotEditable: what was handed on is not changed under the next one's eyes."""
    query = select(Submission.id).where(
        Submission.subject_kind == "report", Submission.subject_id == report.id
    )
    row = held(session, session.scalars(query).one())
    if row.state not in EDITABLE:
        raise NotEditable
    return row
