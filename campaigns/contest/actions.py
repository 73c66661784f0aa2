"""What a person can do in a contest: start a paper, answer questions, hand the paper in."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import insert_into
from backend.participation.deeds import Answer, Deed, counted, noted, refused
from campaigns.contest import rules
from campaigns.contest.models import ContestAttempt
from campaigns.contest.paper import on_paper, pool_of, right_of
from campaigns.contest.pool import Question, drawables
from campaigns.contest.queries import paper
from campaigns.contest.schemas import AnswerIn, StartIn, SubmitIn
from campaigns.kind import Desk


def start(desk: Desk, deed: Deed) -> Answer:
    """Draw a paper and start its clock. A paper already running is given again, so starting twice is harmless."""
    latest = _latest(desk.session, desk.activity.id, deed.subject)
    # Begun before the closing, it has its own time: whose phone died now goes on on another.
    if latest and latest.state == "running" and not _is_over(latest, desk, deed):
        return noted(paper(desk, _held_by(latest, deed), deed.device))
    if not _is_open_for(desk, deed):
        return refused("not_open_yet" if desk.activity.state == "scheduled" else "closed")
    number = latest.number + 1 if latest else 1
    most = desk.settings.attempts_per_person
    if most is not None and number > most:
        return refused("no_attempts_left")
    return noted(paper(desk, _begin(desk, deed, number), deed.device))


def goes_on(desk: Desk) -> bool:
    """Whether the person has a paper whose time is not over: taking it up again begins nothing."""
    latest = _latest(desk.session, desk.activity.id, desk.participant.subject)
    over = timedelta(seconds=desk.settings.grace_s)
    return latest is not None and latest.state == "running" and desk.now <= latest.due_at + over


def _held_by(attempt: ContestAttempt, deed: Deed) -> ContestAttempt:
    """On another phone only when asked for: what the first one answers from now on would otherwise vanish unseen."""
    body: StartIn = deed.body
    if body.take_over and attempt.held_by != deed.device:
        attempt.held_by, attempt.held_since = deed.device, deed.received_at
        attempt.revision += 1
    return attempt


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
    row = {
        "id": attempt,
        "activity_id": desk.activity.id,
        "subject": deed.subject,
        "number": number,
        "state": "running",
        "drawn": rules.draw(attempt, drawables(desk.session, desk.activity), desk.settings),
        "answers": {},
        "held_by": deed.device,
        "held_since": deed.received_at,
        "started_by": deed.id,
        "started_at": deed.received_at,
        "due_at": rules.due_at(deed.received_at, desk.settings),
        "revision": 1,
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
    """The newest paper, held: two phones that start at once go one after another from the second paper on."""
    return session.scalars(
        select(ContestAttempt)
        .where(ContestAttempt.activity_id == activity, ContestAttempt.subject == subject)
        .order_by(ContestAttempt.number.desc())
        .limit(1)
        .with_for_update()
    ).first()


def _is_over(attempt: ContestAttempt, desk: Desk, deed: Deed) -> bool:
    return rules.arrival(attempt.due_at, desk.settings.grace_s, deed.received_at) == "late"


def answer_all(desk: Desk, deeds: Sequence[Deed]) -> list[Answer]:
    """Answers that come together, as they do after an hour without signal: each paper is read and written once."""
    papers = _own(desk, {deed.body.attempt for deed in deeds})
    return [_take_down(desk, deed, papers.get(deed.body.attempt)) for deed in deeds]


def answer(desk: Desk, deed: Deed) -> Answer:
    """Keep a few answers on the server, so that the paper can go on on another phone."""
    return answer_all(desk, [deed])[0]


def _take_down(desk: Desk, deed: Deed, attempt: ContestAttempt | None) -> Answer:
    if attempt is None:
        return refused("attempt_unknown")
    body: AnswerIn = deed.body
    choices, wrong = on_paper(_pool(desk, attempt), attempt.drawn, body.answers)
    if reason := _why_not(desk, deed, attempt) or wrong:
        return refused(reason)
    _write_down(attempt, deed, choices)
    return noted()


def _why_not(desk: Desk, deed: Deed, attempt: ContestAttempt) -> str | None:
    """Why answers cannot be kept, or None."""
    if attempt.state == "removed":
        return "removed"
    if attempt.submitted_at is not None:
        return "already_submitted"
    if _is_over(attempt, desk, deed):
        return "too_late"
    return "taken_over" if _is_elsewhere(attempt, deed) else None


def _is_elsewhere(attempt: ContestAttempt, deed: Deed) -> bool:
    """Another phone of the person took the paper over before this was done; what was done before still counts."""
    return attempt.held_by != deed.device and deed.happened_at > attempt.held_since


def _pool(desk: Desk, attempt: ContestAttempt) -> dict[int, Question]:
    return pool_of(desk.session, desk.campaign.id, attempt.drawn)


def _write_down(attempt: ContestAttempt, deed: Deed, choices: Mapping[str, str]) -> None:
    when = clock.milliseconds(deed.happened_at)
    attempt.answers = rules.merged(attempt.answers, choices, deed.device.hex, deed.seq, when)
    attempt.revision += 1


def submit(desk: Desk, deed: Deed) -> Answer:
    """Take the paper in and mark it. On time or within the grace it counts; later it is kept and shown as late.

    The first paper handed in stands: a second one is refused and told the first one's result.
    """
    body: SubmitIn = deed.body
    attempt = _own(desk, {body.attempt}).get(body.attempt)
    if attempt is None:
        return refused("attempt_unknown")
    if attempt.submitted_at is not None or attempt.state == "removed":
        reason = "removed" if attempt.state == "removed" else "already_submitted"
        return refused(reason, paper(desk, attempt, deed.device))
    choices, wrong = on_paper(_pool(desk, attempt), attempt.drawn, body.answers)
    if wrong or _is_elsewhere(attempt, deed):
        return refused(wrong or "taken_over")
    if desk.settings.prediction and body.prediction is None and deed.received_at < attempt.due_at:
        return refused("prediction_missing")
    _write_down(attempt, deed, choices)
    return _hand_in(desk, deed, attempt)


def _hand_in(desk: Desk, deed: Deed, attempt: ContestAttempt) -> Answer:
    """Mark what the server holds now: the paper handed in, and what another phone of the person had answered before."""
    attempt.right = right_of(_pool(desk, attempt), attempt.drawn, attempt.answers)
    attempt.guess = deed.body.prediction if desk.settings.prediction else None
    attempt.elapsed_ms = rules.elapsed_ms(attempt.started_at, attempt.due_at, deed.received_at)
    attempt.submitted_at, attempt.submitted_by = deed.received_at, deed.id
    # Settled results do not move, however long a paper waited for its turn; what this node had acknowledged before it was
    # restored from a backup is kept all the same.
    too_late = desk.activity.state == "settled" and not deed.vouched
    if too_late or _is_over(attempt, desk, deed):
        attempt.state = "late"
        return refused("late", paper(desk, attempt, deed.device))
    attempt.state = "submitted"
    lines = rules.facts(
        attempt.id,
        desk.activity.id,
        attempt.right,
        len(attempt.drawn),
        attempt.elapsed_ms,
        attempt.guess,
        desk.settings,
        _generation(desk, attempt),
    )
    return counted(
        *lines, result=paper(desk, attempt, deed.device), happened_at=handed_in_at(attempt.started_at, deed)
    )


def handed_in_at(started_at: Any, deed: Deed) -> Any:
    """Whatever the phone's clock says, a paper is handed in after it was started and before it arrived."""
    return max(started_at, min(deed.happened_at, deed.received_at))


def _generation(desk: Desk, attempt: ContestAttempt) -> int:
    """Whoever had papers removed is counted as an entrant anew."""
    if attempt.number == 1:
        return 1
    removed = select(func.count()).where(
        ContestAttempt.activity_id == attempt.activity_id,
        ContestAttempt.subject == attempt.subject,
        ContestAttempt.state == "removed",
        ContestAttempt.submitted_by.is_not(None),
    )
    return 1 + (desk.session.scalar(removed) or 0)


def _own(desk: Desk, attempts: set[uuid.UUID]) -> dict[uuid.UUID, ContestAttempt]:
    """Those of the attempts that are this person's, in this contest, held until the end of the transaction."""
    mine: Select[ContestAttempt] = select(ContestAttempt).where(
        ContestAttempt.id.in_(attempts),
        ContestAttempt.subject == desk.participant.subject,
        ContestAttempt.activity_id == desk.activity.id,
    )
    rows = desk.session.scalars(mine.order_by(ContestAttempt.id).with_for_update())
    return {row.id: row for row in rows}


def recall_start(desk: Desk, operation: uuid.UUID) -> dict[str, Any] | None:
    return _recall(desk, ContestAttempt.started_by == operation)


def recall_submit(desk: Desk, operation: uuid.UUID) -> dict[str, Any] | None:
    return _recall(desk, ContestAttempt.submitted_by == operation)


def _recall(desk: Desk, where: Any) -> dict[str, Any] | None:
    attempt = desk.session.scalars(select(ContestAttempt).where(where)).first()
    return paper(desk, attempt, desk.participant.device) if attempt else None
