"""Answers and whole papers in two statements on PostgreSQL: the hot path of the opening minute.

The room says what it reads of a paper, decides with the same rules as `actions`, and says what it writes. Whatever is
not the plain case (another phone, a late paper, a second attempt, a wrong answer) is left to `actions`.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from backend import clock
from backend.participation.deeds import Answer, Deed, counted, noted
from campaigns.contest import rules
from campaigns.contest.actions import handed_in_at
from campaigns.contest.paper import Pool, View, as_shown, on_paper, right_of
from campaigns.contest.pool import kept
from campaigns.contest.schemas import PaperOut
from campaigns.kind import Express, Look, Stroke

COLUMNS = "t.id, t.number, t.drawn::text, t.answers::text, t.held_since, t.started_at, t.due_at, t.revision"
JOIN = """JOIN contest_attempt t ON t.id = %(thing)s AND t.activity_id = %(activity)s AND t.subject = l.subject
 AND t.state = 'running' AND t.held_by = %(device)s"""
STILL = "WHERE t.id = %(thing)s AND t.revision = %(revision)s AND t.state = 'running'"
CHANGE = "UPDATE contest_attempt t SET answers = %(answers)s::json, revision = t.revision + 1"
CLOSE = """, state = 'submitted', "right" = %(right)s, guess = %(guess)s, elapsed_ms = %(elapsed_ms)s,
 submitted_at = %(received_at)s, submitted_by = op.id"""
KEEP = " ".join((CHANGE, "FROM op", STILL, "RETURNING t.id"))
HAND_IN = " ".join((CHANGE + CLOSE, "FROM op", STILL, "RETURNING t.id"))

_DRAWN = msgspec.json.Decoder(list[list[Any]])
_ANSWERS = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True)
class Paper:
    """A running paper as it was read; what comes after hand-in is filled in by `_closed`."""

    id: uuid.UUID
    number: int
    drawn: list[list[Any]]
    answers: dict[str, Any]
    held_by: uuid.UUID
    held_since: datetime
    started_at: datetime
    due_at: datetime
    revision: int
    state: str = "running"
    guess: int | None = None
    right: int | None = None
    elapsed_ms: int | None = None
    submitted_at: datetime | None = None
    removed_at: None = None
    removal_reason: None = None
    removal_note: None = None


def thing(body: Any) -> uuid.UUID:
    return body.attempt  # type: ignore[no-any-return]


def _paper(row: tuple[Any, ...], deed: Deed) -> Paper:
    id_, number, drawn, answers, *times = row
    return Paper(id_, number, _DRAWN.decode(drawn), _ANSWERS.decode(answers), deed.device, *times)


def _in_time(look: Look, deed: Deed, paper: Paper) -> bool:
    return rules.arrival(paper.due_at, look.settings.grace_s, deed.received_at) != "late"


def _taken_down(look: Look, deed: Deed, paper: Paper, pool: Pool) -> dict[str, Any] | None:
    choices, wrong = on_paper(pool, paper.drawn, deed.body.answers)
    if wrong:
        return None
    when = clock.milliseconds(deed.happened_at)
    return rules.merged(paper.answers, choices, deed.device.hex, deed.seq, when)


def answer(look: Look, deed: Deed, row: tuple[Any, ...]) -> Stroke | None:
    """Keep a few answers."""
    paper = _paper(row, deed)
    pool = kept(look.campaign, [number for number, *_ in paper.drawn])
    if pool is None or not _in_time(look, deed, paper):
        return None
    answers = _taken_down(look, deed, paper, pool)
    return _stroke(noted(), paper, answers) if answers else None


def submit(look: Look, deed: Deed, row: tuple[Any, ...]) -> Stroke | None:
    """Mark a first paper that is handed in on time, guess and all."""
    paper, body = _paper(row, deed), deed.body
    pool = kept(look.campaign, [number for number, *_ in paper.drawn])
    if pool is None or paper.number != 1 or not _in_time(look, deed, paper):
        return None
    if look.settings.prediction and body.prediction is None:
        return None
    answers = _taken_down(look, deed, paper, pool)
    return _hand_in(look, deed, paper, answers, pool) if answers is not None else None


def _hand_in(look: Look, deed: Deed, paper: Paper, answers: dict[str, Any], pool: Pool) -> Stroke:
    closed = _closed(look, deed, paper, answers, pool)
    right, elapsed = closed.right or 0, closed.elapsed_ms or 0
    lines = rules.facts(
        paper.id, look.activity, right, len(paper.drawn), elapsed, closed.guess, look.settings
    )
    view = View(look.settings, look.language(), look.now, settled=False, pool=pool)
    shown = msgspec.to_builtins(PaperOut(as_shown(view, closed, deed.device, counts=True, placed=None)))
    happened_at = handed_in_at(paper.started_at, deed)
    done = counted(*lines, result=shown, happened_at=happened_at)
    return _stroke(done, paper, answers, right=right, guess=closed.guess, elapsed_ms=elapsed)


def _closed(look: Look, deed: Deed, paper: Paper, answers: dict[str, Any], pool: Pool) -> Paper:
    return replace(
        paper,
        state="submitted",
        answers=answers,
        right=right_of(pool, paper.drawn, answers),
        guess=deed.body.prediction if look.settings.prediction else None,
        elapsed_ms=rules.elapsed_ms(paper.started_at, paper.due_at, deed.received_at),
        submitted_at=deed.received_at,
    )


def _stroke(answer: Answer, paper: Paper, answers: dict[str, Any], **more: Any) -> Stroke:
    written = msgspec.json.encode(answers).decode()
    return Stroke(answer, {"answers": written, "revision": paper.revision, **more})


ANSWER = Express(thing, COLUMNS, JOIN, KEEP, answer)
SUBMIT = Express(thing, COLUMNS, JOIN, HAND_IN, submit)
