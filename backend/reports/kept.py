"""What was signed stays: the sheet as bytes with their fingerprint, and every file that was handed out of it."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend import clock
from backend.reports.models import Kept, Submission

PAPER = "paper"
SIGNED = ("signed", "numbered", "sent", "received", "locked")
"""States in which a signature stands under the paper."""


def keep_paper(
    session: Session, row: Submission, deed: str, told: dict[str, Any], figures: dict[str, Any]
) -> Kept:
    """Everything that stands on the sheet, as it is at this step."""
    text = json.dumps(
        {"told": told, "figures": figures}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return _add(session, row, deed, PAPER, text.encode())


def paper_of(session: Session, row: Submission) -> Kept | None:
    """The paper of this round as it was issued, or signed; None while it is being written."""
    if row.state not in SIGNED:
        return None
    query = select(Kept).where(Kept.submission_id == row.id, Kept.round == row.round, Kept.kind == PAPER)
    return session.scalars(query.order_by(case((Kept.deed == "number", 0), else_=1))).first()


def earlier_papers(session: Session, row: Submission) -> list[Kept]:
    """The papers of the rounds before this one, the newest first: each as it was issued, or as it was signed."""
    query = select(Kept).where(Kept.submission_id == row.id, Kept.round < row.round, Kept.kind == PAPER)
    found: dict[int, Kept] = {}
    for one in session.scalars(query.order_by(Kept.round.desc(), case((Kept.deed == "number", 0), else_=1))):
        found.setdefault(one.round, one)
    return list(found.values())


def read(paper: Kept) -> tuple[dict[str, Any], dict[str, Any]]:
    """What stands on the sheet, and its figures."""
    found = json.loads(paper.content)
    return found["told"], found["figures"]


def file_of(session: Session, paper: Kept, kind: str, write: Callable[[], bytes]) -> bytes:
    """The file made of a kept paper: made once, and the same bytes ever after."""
    row = session.get_one(Submission, paper.submission_id)
    if (found := _file(session, paper, kind)) is not None:
        return found
    try:
        with session.begin_nested():
            return _add(session, row, paper.deed, kind, write(), paper.round).content
    except IntegrityError:  # somebody took the same file in the same moment: theirs is the one that is kept
        found = _file(session, paper, kind)
        assert found is not None  # noqa: S101 - the database has just said so
        return found


def _file(session: Session, paper: Kept, kind: str) -> bytes | None:
    return session.scalars(
        select(Kept.content).where(
            Kept.submission_id == paper.submission_id, Kept.round == paper.round, Kept.deed == paper.deed,
            Kept.kind == kind,
        )
    ).first()  # fmt: skip


def _add(
    session: Session, row: Submission, deed: str, kind: str, content: bytes, round_: int | None = None
) -> Kept:
    made = Kept(
        submission_id=row.id, round=round_ or row.round, deed=deed, kind=kind, content=content,
        sha256=hashlib.sha256(content).hexdigest(), at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()  # two at once: the second meets the unique place
    return made
