"""What a person sees of the own paper, and what the room holds of a person."""

import uuid
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, bindparam, delete, select
from sqlalchemy.orm import Session

from backend import clock
from backend.clock import iso
from campaigns.contest import schemas as s
from campaigns.contest.models import ContestAnswer, ContestAttempt
from campaigns.contest.pool import Question, in_language, pool
from campaigns.kind import Desk
from campaigns.models import Activity


def state(desk: Desk) -> str:
    """The state of the person's newest paper."""
    newest = desk.session.scalars(
        select(ContestAttempt.state)
        .where(
            ContestAttempt.activity_id == desk.activity.id, ContestAttempt.subject == desk.participant.subject
        )
        .order_by(ContestAttempt.number.desc())
        .limit(1)
    ).first()
    return newest or "none"


def mine(desk: Desk) -> dict[str, Any]:
    """The person's newest paper in this contest and how many more the rules allow."""
    attempts = list(
        desk.session.scalars(
            select(ContestAttempt)
            .where(
                ContestAttempt.activity_id == desk.activity.id,
                ContestAttempt.subject == desk.participant.subject,
            )
            .order_by(ContestAttempt.number)
        )
    )
    left = max(0, desk.settings.attempts_per_person - len(attempts))
    newest = _attempt(desk, attempts[-1]) if attempts else None
    return _plain(s.MineOut(attempt=newest, attempts_left=left))


def paper(
    desk: Desk, attempt: ContestAttempt, just_written: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The paper as an action answers with it; the answers need not be read again when they were just written."""
    return _plain(s.PaperOut(attempt=_attempt(desk, attempt, just_written)))


def _plain(shape: msgspec.Struct) -> dict[str, Any]:
    return msgspec.to_builtins(shape)  # type: ignore[no-any-return]


def _attempt(desk: Desk, row: ContestAttempt, just_written: Mapping[str, str] | None = None) -> s.AttemptOut:
    questions = pool(desk.session, desk.activity.id)
    if just_written is None:
        answers, rank = answers_of(desk.session, row.id), _rank(desk, row)
    else:  # a paper handed in a moment ago is not folded yet: it has no rank to read
        answers, rank = dict(just_written), None
    return s.AttemptOut(
        id=row.id,
        number=row.number,
        state=row.state,  # type: ignore[arg-type]
        started_at=iso(row.started_at),
        due_at=iso(row.due_at),
        grace_s=desk.settings.grace_s,
        server_ms=clock.milliseconds(desk.now),
        questions=_questions(row, questions, desk.language) if row.state == "running" else [],
        answers=answers,
        result=_result(desk, row, iso(row.submitted_at), rank, _review(desk, row, answers, questions))
        if row.submitted_at
        else None,
    )


def _questions(row: ContestAttempt, questions: dict[str, Question], language: str) -> list[s.QuestionOut]:
    return [
        s.QuestionOut(
            id=uuid.UUID(question),
            number=number,
            text=in_language(questions[question].text, language),
            options=[
                s.OptionOut(code, in_language(questions[question].options[code], language))
                for code in options
            ],
        )
        for number, (question, options) in enumerate(row.drawn, start=1)
    ]


def answers_of(session: Session, attempt: uuid.UUID) -> dict[str, str]:
    """Question -> chosen option, as the server holds them."""
    rows = session.execute(_ANSWERS, {"attempt": attempt})
    return {str(question): choice for question, choice in rows}


_ANSWER = ContestAnswer.__table__.c
_ANSWERS = select(_ANSWER.question_id, _ANSWER.choice).where(_ANSWER.attempt_id == bindparam("attempt"))


def _shows_result(desk: Desk) -> bool:
    return desk.activity.state == "settled" or desk.settings.show_result == "at_submit"


def _rank(desk: Desk, row: ContestAttempt) -> s.RankOut | None:
    if row.state != "submitted" or not _shows_result(desk):
        return None
    found = desk.rank("contest.papers")
    return s.RankOut(*found) if found else None


def _result(
    desk: Desk,
    row: ContestAttempt,
    submitted_at: str,
    rank: s.RankOut | None,
    review: list[s.ReviewOut] | None,
) -> s.ResultOut:
    """What the rules allow to be shown at this moment: the score at hand-in or once settled."""
    shown = _shows_result(desk)
    return s.ResultOut(
        counted=row.state == "submitted",
        reason="late" if row.state == "late" else None,
        right=row.right if shown else None,
        of=len(row.drawn),
        elapsed_ms=row.elapsed_ms or 0,
        submitted_at=submitted_at,
        passed=(row.right or 0) >= desk.settings.pass_right if shown else None,
        rank=rank,
        review=review,
    )


def _review(
    desk: Desk, row: ContestAttempt, answers: dict[str, str], questions: dict[str, Question]
) -> list[s.ReviewOut] | None:
    """The right answers and why, once the results are settled and if the rules allow it."""
    if desk.activity.state != "settled" or desk.settings.show_answers != "after_close":
        return None

    def words(question: Question, code: str | None) -> str | None:
        return in_language(question.options[code], desk.language) if code else None

    return [
        s.ReviewOut(
            text=in_language(questions[q].text, desk.language),
            your=words(questions[q], answers.get(q)),
            key=in_language(questions[q].options[questions[q].key], desk.language),
            explanation=in_language(questions[q].explanation, desk.language),
        )
        for q, _ in row.drawn
    ]


def held(session: Session, subject: uuid.UUID) -> list[dict[str, Any]]:
    """The person's papers with their answers, for the own download; the score only where the rules show it by now."""
    rows = session.execute(
        select(ContestAttempt, Activity)
        .join(Activity, Activity.id == ContestAttempt.activity_id)
        .where(ContestAttempt.subject == subject)
        .order_by(ContestAttempt.started_at)
    )
    return [_held(session, attempt, activity) for attempt, activity in rows]


def _held(session: Session, row: ContestAttempt, activity: Activity) -> dict[str, Any]:
    shown = activity.state == "settled" or activity.settings["show_result"] == "at_submit"
    return {
        "started_at": iso(row.started_at),
        "submitted_at": iso(row.submitted_at) if row.submitted_at else None,
        "state": row.state,
        "right": row.right if shown else None,
        "answers": answers_of(session, row.id),
    }


def erase(session: Session, subject: uuid.UUID) -> None:
    """The papers go; what was counted of them stays as facts under a key that leads nowhere."""
    _delete(session, ContestAttempt.subject == subject)


def forget(session: Session, activity: uuid.UUID) -> None:
    """Every paper of the contest goes; the facts stay."""
    _delete(session, ContestAttempt.activity_id == activity)


def _delete(session: Session, which: ColumnElement[bool]) -> None:
    attempts = select(ContestAttempt.id).where(which)
    session.execute(delete(ContestAnswer).where(ContestAnswer.attempt_id.in_(attempts)))
    session.execute(delete(ContestAttempt).where(which))
