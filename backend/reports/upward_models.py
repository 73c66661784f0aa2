"""What reports and proposals leave behind when they go from node to node: what was sent, what was filed, what was answered."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id
from backend.db.lasting import never_changed

WORDS, TITLE, LONG = 1000, 200, 4000
OUTCOMES = ("taken", "returned", "locked")
SORTS = ("difficulty", "proposal", "question")
LINES = ("state", "party", "front", "youth")
DEEDS = ("raised", "escalated", "answered")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


class ReportSent(Base):
    """A round of a report that went to another node. `packet`: digest of the packet that carried it."""

    __tablename__ = "report_sent_up"
    __table_args__ = (
        UniqueConstraint("submission_id", "round", name="uq_report_sent_up_round"),
        UniqueConstraint("packet", name="uq_report_sent_up_packet"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report_submission.id"))
    round: Mapped[int]
    peer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer.id"))
    packet: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class ReportFiled(Base):
    """A round of a report that came from another node. `steps`: deed and moment of each, as the sender signed them; who did
    them stays with the sender. `paper`: SHA-256 of the sheet; `title`: what the sender calls it."""

    __tablename__ = "report_filed"
    __table_args__ = (
        UniqueConstraint("submission_id", "round", name="uq_report_filed_round"),
        Index(None, "packet"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report_submission.id"))
    round: Mapped[int]
    peer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer.id"))
    packet: Mapped[str] = mapped_column(String(64))
    paper: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(400))
    steps: Mapped[list[Any]]
    received_at: Mapped[datetime]


class ReportAnswer(Base):
    """What the node above answered to a round that was sent: taken in, returned with words, or locked."""

    __tablename__ = "report_answer"
    __table_args__ = (
        UniqueConstraint("submission_id", "round", "outcome", name="uq_report_answer_outcome"),
        CheckConstraint(_one_of("outcome", OUTCOMES), name="outcome_known"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report_submission.id"))
    round: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(String(WORDS))
    decided_at: Mapped[datetime]
    received_at: Mapped[datetime]


class Proposal(Base):
    """A difficulty, a proposal or a question of a unit's office. `ref`: its name on every node it passes, as
    '05752/2026/k7m2qx4a', its letters drawn by lot. `holder_code`: the unit that has to answer by `due`; `from_peer_id`: who told it to this node, None where
    it was written here; `to_peer_id`: to whom it went on."""

    __tablename__ = "proposal"
    __table_args__ = (
        UniqueConstraint("ref", name="uq_proposal_ref"),
        CheckConstraint(_one_of("sort", SORTS), name="sort_known"),
        CheckConstraint(_one_of("line", LINES), name="line_known"),
        CheckConstraint("state IN ('open', 'answered')", name="state_known"),
        Index(None, "state", "due"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    ref: Mapped[str] = mapped_column(String(60))
    unit_code: Mapped[str] = mapped_column(String(40), index=True)
    holder_code: Mapped[str] = mapped_column(String(40), index=True)
    line: Mapped[str] = mapped_column(String(10))
    sort: Mapped[str] = mapped_column(String(12))
    topic: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(TITLE))
    words: Mapped[str] = mapped_column(String(LONG))
    due: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="open")
    from_peer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("peer.id"))
    to_peer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("peer.id"))
    raised_at: Mapped[datetime]


class ProposalMove(Base):
    """One thing that happened to a proposal, wherever it happened. `unit_code`: whose office; `person_id`: only for what was
    done on this node; `due`: the new term, where it was handed on."""

    __tablename__ = "proposal_move"
    __table_args__ = (
        UniqueConstraint("proposal_id", "deed", "unit_code", name="uq_proposal_move_once"),
        CheckConstraint(_one_of("deed", DEEDS), name="deed_known"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id"))
    deed: Mapped[str] = mapped_column(String(10))
    unit_code: Mapped[str] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(String(LONG))
    due: Mapped[date | None]
    person_id: Mapped[uuid.UUID | None]
    at: Mapped[datetime]


never_changed(ReportSent, ReportFiled, ReportAnswer, ProposalMove)
