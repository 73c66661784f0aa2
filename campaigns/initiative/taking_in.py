"""Initiatives that came on paper, one or some thousand: written in a few statements, counted like those handed in."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.participation import record
from backend.safeguards.audit import Actor, note
from campaigns.initiative import ledger, similar
from campaigns.initiative.actions import code_of, next_number
from campaigns.initiative.measures import RECOGNISED, REGISTERED
from campaigns.initiative.models import (
    REMARK,
    Author,
    Gram,
    Initiative,
    PrivateNote,
    Recognition,
    Stage,
)
from campaigns.initiative.offices import Handler
from campaigns.models import Activity

AT_ONCE = 500


@dataclass(frozen=True)
class Decision:
    """The decision that recognised it."""

    scope: str
    document: str
    day: date
    signer: str


@dataclass(frozen=True)
class OnPaper:
    """A full file on paper. `authors`: name and share; their agreement is on the paper. `note`: for those who handle it."""

    id: uuid.UUID
    line: int
    title: str
    problem: str
    solution: str
    applied_where: str
    applied_from: date | None
    effect: str
    authors: tuple[tuple[str, int], ...]
    unit: uuid.UUID
    decision: Decision | None = None
    note: str = ""

    @property
    def state(self) -> str:
        return "recognised" if self.decision else "received"


def take_in(session: Session, activity: Activity, papers: Sequence[OnPaper], by: Handler) -> None:
    """All of them, in the order of the list."""
    first = next_number(session, activity.id)
    for start in range(0, len(papers), AT_ONCE):
        some = papers[start : start + AT_ONCE]
        _write(session, activity, some, first + start, by)
    note(
        session,
        Actor("staff", by.person),
        "initiative.take_in",
        "activity",
        activity.id,
        unit=by.unit,
        reason=str(len(papers)),
    )


def _write(session: Session, activity: Activity, papers: Sequence[OnPaper], first: int, by: Handler) -> None:
    grams = {
        paper.id: similar.grams_of(" ".join((paper.title, paper.problem, paper.solution))) for paper in papers
    }
    rows = [
        _initiative(activity, paper, code_of(number)) | {"grams": len(grams[paper.id])}
        for number, paper in enumerate(papers, start=first)
    ]
    session.execute(insert(Initiative), rows)
    for table, lines in (
        (Author, _authors(papers)),
        (Stage, _stages(papers, by)),
        (Recognition, _recognitions(papers, by)),
        (PrivateNote, _notes(papers, by)),
        (Gram, ({"gram": gram, "initiative_id": one} for one, found in grams.items() for gram in found)),
    ):
        if listed := list(lines):
            session.execute(insert(table), listed)
    record.write_facts(session, list(_facts(activity, papers)))


def _initiative(activity: Activity, paper: OnPaper, code: str) -> dict[str, Any]:
    now = clock.now()
    return {
        "id": paper.id, "activity_id": activity.id, "code": code, "by": None, "unit_id": paper.unit, "track": "formal",
        "state": paper.state, "title": paper.title, "problem": paper.problem, "solution": paper.solution,
        "applied_where": paper.applied_where, "applied_from": paper.applied_from, "effect": paper.effect, "effects": [],
        "made_at": now, "written_at": now, "operation_id": paper.id, "registered_at": now, "public_from": None,
        "revision": 1,
    }  # fmt: skip


def _authors(papers: Iterable[OnPaper]) -> Iterator[dict[str, Any]]:
    for paper in papers:
        for number, (name, share) in enumerate(paper.authors, start=1):
            yield {
                "id": new_id(), "initiative_id": paper.id, "number": number, "name": name, "share": share,
                "unit_id": paper.unit, "agreed_at": clock.now(),
            }  # fmt: skip


def _stages(papers: Iterable[OnPaper], by: Handler) -> Iterator[dict[str, Any]]:
    for paper in papers:
        on = paper.decision.day if paper.decision else clock.today()
        yield {
            "id": new_id(), "initiative_id": paper.id, "state": paper.state, "at": clock.now(), "on_day": on,
            "person_id": by.person,
        }  # fmt: skip


def _recognitions(papers: Iterable[OnPaper], by: Handler) -> Iterator[dict[str, Any]]:
    for paper in papers:
        if paper.decision:
            yield {
                "id": new_id(), "initiative_id": paper.id, "scope": paper.decision.scope, "unit_id": by.unit,
                "document_number": paper.decision.document, "document_date": paper.decision.day,
                "signer": paper.decision.signer, "at": clock.now(), "person_id": by.person,
            }  # fmt: skip


def _notes(papers: Iterable[OnPaper], by: Handler) -> Iterator[dict[str, Any]]:
    for paper in papers:
        if paper.note:
            yield {
                "id": new_id(), "initiative_id": paper.id, "person_id": by.person, "at": clock.now(),
                "words": paper.note[:REMARK],
            }  # fmt: skip


def _facts(activity: Activity, papers: Iterable[OnPaper]) -> Iterator[dict[str, Any]]:
    for paper in papers:
        for measure in (REGISTERED, RECOGNISED) if paper.decision else (REGISTERED,):
            by = uuid.uuid5(paper.id, f"{measure}:on paper")
            yield ledger.fact_row(activity, measure, paper.id, str(paper.id), paper.unit, by)
