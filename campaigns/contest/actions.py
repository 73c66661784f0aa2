"""What a person can do in a contest: start a paper, answer a question, hand the paper in."""

import uuid
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from backend.db.statements import dialect_insert, insert_into, on_postgres
from backend.participation.deeds import Answer, Deed, counted, noted, refused
from campaigns.contest import rules
from campaigns.contest.models import ContestAnswer, ContestAttempt
from campaigns.contest.pool import pool
from campaigns.contest.queries import answers_of, paper
from campaigns.contest.schemas import SubmitIn
from campaigns.kind import Desk


def start(desk: Desk, deed: Deed) -> Answer:
    """Draw a paper and start its clock. A paper already running is given again, so starting twice is harmless."""
    if not _is_open_for(desk, deed):
        return refused("not_open_yet" if desk.activity.state == "scheduled" else "closed")
    latest = _latest(desk.session, desk.activity.id, deed.subject)
    if latest and latest.state == "running" and not _is_over(latest, desk, deed):
        return noted(paper(desk, latest))
    number = latest.number + 1 if latest else 1
    if number > desk.settings.attempts_per_person:
        return refused("no_attempts_left")
    begun = _begin(desk, deed, number)
    return noted(paper(desk, begun, {} if begun.started_by == deed.id else None))


def _is_open_for(desk: Desk, deed: Deed) -> bool:
    """A deed this node acknowledged before it was restored is judged by the moment it first came."""
    in_time = deed.received_at < desk.activity.closes_at
    if deed.vouched:
        return in_time and desk.activity.opens_at <= deed.received_at
    return in_time and desk.activity.state == "open"


def _begin(desk: Desk, deed: Deed, number: int) -> ContestAttempt:
    """The attempt with that number. Two starts racing: the constraint lets one in, and both get the same paper."""
    # Made from the deed, so that the same start offered again after a restore draws the same paper.
    attempt = uuid.uuid5(desk.activity.id, str(deed.id))
    questions = [(q.id, list(q.options)) for q in pool(desk.session, desk.activity.id).values()]
    row = {
        "id": attempt,
        "activity_id": desk.activity.id,
        "subject": deed.subject,
        "number": number,
        "drawn": rules.draw(attempt, questions, desk.settings),
        "started_by": deed.id,
        "started_at": deed.received_at,
        "due_at": rules.due_at(deed.received_at, desk.settings),
    }
    desk.session.execute(
        insert_into(desk.session, ContestAttempt)
        .values(row)
        .on_conflict_do_nothing(index_elements=["activity_id", "subject", "number"])
    )
    return desk.session.scalars(
        select(ContestAttempt).where(
            ContestAttempt.activity_id == desk.activity.id,
            ContestAttempt.subject == deed.subject,
            ContestAttempt.number == number,
        )
    ).one()


def _latest(session: Session, activity: uuid.UUID, subject: uuid.UUID) -> ContestAttempt | None:
    return session.scalars(
        select(ContestAttempt)
        .where(ContestAttempt.activity_id == activity, ContestAttempt.subject == subject)
        .order_by(ContestAttempt.number.desc())
        .limit(1)
    ).first()


def _is_over(attempt: ContestAttempt, desk: Desk, deed: Deed) -> bool:
    return rules.arrival(attempt.due_at, desk.settings.grace_s, deed.received_at) == "late"


def answer(desk: Desk, deed: Deed) -> Answer:
    """Keep one answer on the server, so that the paper can go on on another phone."""
    return answer_all(desk, [deed])[0]


def answer_all(desk: Desk, deeds: Sequence[Deed]) -> list[Answer]:
    """Answers that come together, as they do after an hour without signal: papers read once, answers written at once."""
    papers = {row.id: row for row in desk.session.scalars(_own(desk, {deed.body.attempt for deed in deeds}))}
    reasons = [_why_not(desk, deed, papers.get(deed.body.attempt)) for deed in deeds]
    latest = {
        (deed.body.attempt, deed.body.question): deed
        for deed, reason in sorted(zip(deeds, reasons, strict=True), key=lambda pair: pair[0].seq)
        if reason is None
    }
    _keep(desk.session, [_row(deed, *place, deed.body.choice) for place, deed in latest.items()])
    return [refused(reason) if reason else noted() for reason in reasons]


def _why_not(desk: Desk, deed: Deed, attempt: ContestAttempt | None) -> str | None:
    """Why one answer cannot be kept, or None."""
    if attempt is None:
        return "attempt_unknown"
    if attempt.submitted_at is not None:
        return "already_submitted"
    if _is_over(attempt, desk, deed):
        return "too_late"
    return _not_on_paper(attempt, {str(deed.body.question): deed.body.choice})


def submit(desk: Desk, deed: Deed) -> Answer:
    """Take the paper in and mark it. On time or within the grace it counts; later it is kept and shown as late.

    The first paper handed in stands: a second one is refused and told the first one's result.
    """
    body: SubmitIn = deed.body
    attempt = desk.session.scalars(_own(desk, {body.attempt}).with_for_update()).first()
    if attempt is None:
        return refused("attempt_unknown")
    if attempt.submitted_at is not None:
        return refused("already_submitted", paper(desk, attempt))
    wrong = _not_on_paper(attempt, {str(question): choice for question, choice in body.answers.items()})
    if wrong:
        return refused(wrong)
    _keep(
        desk.session, [_row(deed, attempt.id, question, choice) for question, choice in body.answers.items()]
    )
    return _hand_in(desk, deed, attempt, answers_of(desk.session, attempt.id))


def _hand_in(desk: Desk, deed: Deed, attempt: ContestAttempt, answers: Mapping[str, str]) -> Answer:
    """Mark what the server holds now: the paper handed in, and what another phone of the person had answered before."""
    questions = pool(desk.session, desk.activity.id)
    keys = {question: questions[question].key for question, _ in attempt.drawn}
    attempt.right = rules.mark(answers, keys)
    attempt.elapsed_ms = rules.elapsed_ms(attempt.started_at, attempt.due_at, deed.received_at)
    attempt.submitted_at, attempt.submitted_by = deed.received_at, deed.id
    if _is_over(attempt, desk, deed):
        attempt.state = "late"
        return refused("late", paper(desk, attempt, answers))
    attempt.state = "submitted"
    lines = rules.facts(
        attempt.id, desk.activity.id, attempt.right, len(keys), attempt.elapsed_ms, desk.settings
    )
    # Whatever the phone's clock says, a paper is handed in after it was started and before it arrived.
    happened_at = max(attempt.started_at, min(deed.happened_at, deed.received_at))
    return counted(*lines, result=paper(desk, attempt, answers), happened_at=happened_at)


def _own(desk: Desk, attempts: set[uuid.UUID]) -> Select[ContestAttempt]:
    """Those of the attempts that are this person's, in this contest."""
    return select(ContestAttempt).where(
        ContestAttempt.id.in_(attempts),
        ContestAttempt.subject == desk.participant.subject,
        ContestAttempt.activity_id == desk.activity.id,
    )


def _not_on_paper(attempt: ContestAttempt, answers: Mapping[str, str]) -> str | None:
    """Why these answers do not fit the paper that was drawn, or None."""
    drawn = dict(attempt.drawn)
    for question, choice in answers.items():
        if question not in drawn:
            return "question_not_drawn"
        if choice not in drawn[question]:
            return "choice_unknown"
    return None


def _row(deed: Deed, attempt: uuid.UUID, question: uuid.UUID, choice: str) -> dict[str, Any]:
    return {
        "attempt_id": attempt,
        "question_id": question,
        "choice": choice,
        "device_id": deed.device,
        "device_seq": deed.seq,
        "happened_at": deed.happened_at,
    }


def _keep(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write answers; an older deed never replaces a newer one."""
    if rows:
        session.execute(_keeping(on_postgres(session)), list(rows))


@cache
def _keeping(postgres: bool) -> Any:
    statement, held = dialect_insert(postgres, ContestAnswer), ContestAnswer.__table__.c
    new = statement.excluded
    same_device = held.device_id == new.device_id
    later = or_(
        and_(same_device, held.device_seq < new.device_seq),
        and_(~same_device, held.happened_at <= new.happened_at),
    )
    return statement.on_conflict_do_update(
        index_elements=["attempt_id", "question_id"],
        set_={name: new[name] for name in ("choice", "device_id", "device_seq", "happened_at")},
        where=later,
    )


def recall_start(desk: Desk, operation: uuid.UUID) -> dict[str, Any] | None:
    return _recall(desk, ContestAttempt.started_by == operation)


def recall_submit(desk: Desk, operation: uuid.UUID) -> dict[str, Any] | None:
    return _recall(desk, ContestAttempt.submitted_by == operation)


def _recall(desk: Desk, where: Any) -> dict[str, Any] | None:
    attempt = desk.session.scalars(select(ContestAttempt).where(where)).first()
    return paper(desk, attempt) if attempt else None
