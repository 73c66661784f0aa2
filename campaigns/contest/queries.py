"""What a person sees of the own papers, and what the room holds of a person."""

import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from backend.clock import iso
from campaigns.contest import common_final, rules
from campaigns.contest import schemas as s
from campaigns.contest.models import ContestAttempt
from campaigns.contest.paper import View, as_shown, pool_of, shows_result
from campaigns.contest.pool import answer_in_words, in_language, keys_are_spent, questions
from campaigns.kind import Desk, Placed
from campaigns.models import Activity


def state(desk: Desk) -> str:
    """The state of the person's newest paper."""
    newest = desk.session.scalars(
        select(ContestAttempt.state).where(*_mine(desk)).order_by(ContestAttempt.number.desc()).limit(1)
    ).first()
    return newest or "none"


def _mine(desk: Desk) -> tuple[ColumnElement[bool], ...]:
    return (
        ContestAttempt.activity_id == desk.activity.id,
        ContestAttempt.subject == desk.participant.subject,
    )


def papers_of(desk: Desk) -> list[ContestAttempt]:
    """The person's papers in this contest, oldest first."""
    query = select(ContestAttempt).where(*_mine(desk)).order_by(ContestAttempt.number)
    return list(desk.session.scalars(query))


def mine(desk: Desk) -> dict[str, Any]:
    """The person's newest paper in this contest, the ones before in short, and how many more the rules allow."""
    papers, most = papers_of(desk), desk.settings.attempts_per_person
    placed = _placed(desk)
    counts = _the_one_that_counts(desk, papers, placed)
    newest = _shown(desk, papers[-1], desk.participant.device, counts, placed) if papers else None
    return _plain(
        s.MineOut(
            attempt=newest,
            attempts_left=None if most is None else max(0, most - len(papers)),
            attempts=[_in_short(desk, row, counts) for row in papers],
            settled=desk.activity.state == "settled",
        )
    )


def paper(desk: Desk, attempt: ContestAttempt, device: uuid.UUID | None) -> dict[str, Any]:
    """The paper as an action answers with it."""
    placed = _placed(desk) if attempt.submitted_at else None
    one_only = desk.settings.attempts_per_person == 1
    papers = [attempt] if one_only or not attempt.submitted_at else papers_of(desk)
    counts = _the_one_that_counts(desk, papers, placed)
    return _plain(s.PaperOut(attempt=_shown(desk, attempt, device, counts, placed)))


def _placed(desk: Desk) -> Placed | None:
    """Nobody has a place before the results are settled, so nobody asks before."""
    return desk.placed(rules.PAPERS) if desk.activity.state == "settled" else None


def _shown(
    desk: Desk,
    row: ContestAttempt,
    device: uuid.UUID | None,
    counts: uuid.UUID | None,
    placed: Placed | None,
) -> s.AttemptOut:
    return as_shown(view_of(desk, row), row, device, row.id == counts, placed)


def view_of(desk: Desk, row: ContestAttempt) -> View:
    settled = desk.activity.state == "settled"
    return View(
        settings=desk.settings,
        language=desk.language,
        now=desk.now,
        settled=settled,
        pool=pool_of(desk.session, desk.campaign.id, row.drawn),
        keys_spent=settled and keys_are_spent(desk.session, desk.activity),
    )


def _plain(shape: msgspec.Struct) -> dict[str, Any]:
    return msgspec.to_builtins(shape)  # type: ignore[no-any-return]


def _the_one_that_counts(
    desk: Desk, papers: Sequence[ContestAttempt], placed: Placed | None
) -> uuid.UUID | None:
    """The board's own word once it is fixed; until then the same rule over the person's papers."""
    if placed:
        return next((row.id for row in papers if row.submitted_by == placed.operation), None)
    handed_in = sorted((row for row in papers if row.state == "submitted"), key=lambda row: row.number)
    return rules.recognised(
        [(row.id, row.right or 0, row.elapsed_ms or 0) for row in handed_in], desk.settings.counting_attempt
    )


def _in_short(desk: Desk, row: ContestAttempt, counts: uuid.UUID | None) -> s.EarlierOut:
    shown = shows_result(desk.settings, desk.activity.state == "settled")
    return s.EarlierOut(
        number=row.number,
        state=row.state,
        right=row.right if shown else None,
        submitted_at=iso(row.submitted_at) if row.submitted_at else None,
        recognised=shown and row.id == counts,
    )


def held(session: Session, subject: uuid.UUID) -> list[dict[str, Any]]:
    """The person's papers with their answers, for the own download; the score only where the rules show it by now."""
    rows = session.execute(
        select(ContestAttempt, Activity)
        .join(Activity, Activity.id == ContestAttempt.activity_id)
        .where(ContestAttempt.subject == subject)
        .order_by(ContestAttempt.started_at)
    )
    papers = [_held(session, attempt, activity) for attempt, activity in rows]
    return papers + common_final.held(session, subject)


def _held(session: Session, row: ContestAttempt, activity: Activity) -> dict[str, Any]:
    settings = activity.settings_in_force
    shown = activity.state == "settled" or settings["show_result"] == "at_submit"
    pool = questions(session, activity.campaign_id, [number for number, *_ in row.drawn])
    answers = rules.choices(row.answers)
    return {
        "started_at": iso(row.started_at),
        "submitted_at": iso(row.submitted_at) if row.submitted_at else None,
        "state": row.state,
        "removal": row.removal_reason,
        "right": row.right if shown else None,
        "prediction": row.guess,
        "answers": {
            in_language(pool[number].text, "vi"): answer_in_words(pool[number], answers[str(place)], "vi")
            for place, (number, *_) in enumerate(row.drawn, start=1)
            if str(place) in answers
        },
    }


def erase(session: Session, subject: uuid.UUID) -> None:
    """The papers go; what was counted of them stays as facts under a key that leads nowhere."""
    session.execute(delete(ContestAttempt).where(ContestAttempt.subject == subject))
    common_final.erase(session, subject)


def forget(session: Session, activity: uuid.UUID) -> None:
    """Every paper of the contest goes; the facts stay."""
    session.execute(delete(ContestAttempt).where(ContestAttempt.activity_id == activity))
    common_final.forget(session, activity)
