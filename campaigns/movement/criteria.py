"""What is said of an entrant by each criterion: measured, declared and self stand apart and are never added."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from backend.db.statements import among
from campaigns.movement import rules
from campaigns.movement.models import NOW, Mark, MarkFile, Promise
from campaigns.movement.schemas import Criterion, decimal_of

Promises = dict[str, Promise]
Marks = dict[tuple[str, str], Mark]
"""(criterion, source) -> mark"""


@dataclass(frozen=True)
class Say:
    """What somebody says by one criterion."""

    criterion: str
    value: Decimal | None = None
    met: bool | None = None
    words: str = ""
    paper: str = ""
    before: Decimal | None = None
    why_missing: str | None = None


def promises_of(session: Session, enrolments: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, Promises]:
    """Enrolment -> criterion -> what holds, of each the version named."""
    found: dict[uuid.UUID, Promises] = {one: {} for one in enrolments}
    for row in session.scalars(select(Promise).where(among(Promise.enrolment_id, enrolments))):
        if row.version == enrolments[row.enrolment_id]:
            found[row.enrolment_id][row.criterion] = row
    return found


def marks_of(session: Session, enrolments: Iterable[uuid.UUID], review: int = NOW) -> dict[uuid.UUID, Marks]:
    """Enrolment -> marks as they stand, or as a published review keeps them."""
    wanted = list(enrolments)
    found: dict[uuid.UUID, Marks] = {one: {} for one in wanted}
    rows = select(Mark).where(among(Mark.enrolment_id, wanted), Mark.review == review)
    for row in session.scalars(rows):
        found[row.enrolment_id][row.criterion, row.source] = row
    return found


def say(
    session: Session, enrolment: uuid.UUID, source: str, told: Say, by: uuid.UUID | None, at: datetime
) -> Mark:
    """Write down how it stands; of two sayings the later holds."""
    query = select(Mark).where(
        Mark.enrolment_id == enrolment, Mark.criterion == told.criterion, Mark.review == NOW, Mark.source == source
    )  # fmt: skip
    row = session.scalars(query.with_for_update()).first()
    if row is None:
        row = Mark(enrolment_id=enrolment, criterion=told.criterion, review=NOW, source=source, at=at)
        session.add(row)
    elif at < row.at:
        return row
    row.value, row.met, row.words, row.paper = told.value, told.met, told.words, told.paper
    row.before, row.why_missing, row.by, row.at = told.before, told.why_missing, by, at
    session.flush()  # its files need its id
    return row


def name_photos(session: Session, mark: uuid.UUID, digests: Sequence[str]) -> None:
    """These photos show it, and no others."""
    session.execute(delete(MarkFile).where(MarkFile.mark_id == mark))
    rows = [{"mark_id": mark, "digest": digest} for digest in dict.fromkeys(digests)]
    if rows:
        session.execute(insert(MarkFile), rows)


def photos_of(session: Session, marks: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Mark -> digests of what shows it."""
    rows = session.execute(select(MarkFile.mark_id, MarkFile.digest).where(among(MarkFile.mark_id, marks)))
    found: dict[uuid.UUID, list[str]] = {}
    for mark, digest in sorted(rows.all()):
        found.setdefault(mark, []).append(digest)
    return found


def standing(criteria: Sequence[Criterion], promised: Promises, marks: Marks) -> rules.Standing:
    """What is met against what the entrant set itself. A criterion's own source decides."""
    said: dict[tuple[str, str], rules.Said] = {
        (one.code, one.source): rules.Said(met_by(one, promised.get(one.code), mark))
        for one in criteria
        if (mark := marks.get((one.code, one.source))) is not None
    }
    return rules.standing([rules.Asked(one.code, one.source) for one in criteria], said)


def met_by(criterion: Criterion, promised: Promise | None, mark: Mark) -> bool | None:
    """Yes or no as it was said; a figure, as it is shown, against what was promised."""
    if criterion.source == "self":
        return mark.met
    own = promised.target if promised else None
    return rules.is_met(shown(mark), own, decimal_of(criterion.target))


def shown(mark: Mark) -> Decimal | None:
    """What was counted is told in whole numbers: two of them a day apart are not to tell what one person did."""
    return rules.rounded(mark.value) if mark.source == "measured" else mark.value


def freeze(session: Session, enrolments: Iterable[uuid.UUID], review: int) -> None:
    """A copy of every mark under the number of a review, which keeps it."""
    for marks in marks_of(session, enrolments).values():
        session.add_all(
            Mark(
                enrolment_id=row.enrolment_id, criterion=row.criterion, review=review, source=row.source,
                value=row.value, before=row.before, met=row.met, why_missing=row.why_missing, words=row.words,
                paper=row.paper, by=row.by, at=row.at,
            )
            for row in marks.values()
        )  # fmt: skip
    session.flush()
