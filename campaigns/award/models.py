"""The tables of awards: prizes, cases with their nominees and steps, decisions, registers, appeals, thanks."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id

LINES = ("state", "party", "front", "youth")
TIERS = ("organiser", "formal")
RECIPIENTS = ("person", "unit", "firm")
STATES = ("drafted", "proposed", "considered", "signed", "numbered", "registered", "dropped")
NAME, ACHIEVEMENT, WORDS = 120, 300, 1000
_LINE = "line IN ('state', 'party', 'front', 'youth')"
_TIER = "tier IN ('organiser', 'formal')"
_RECIPIENT = "recipient_kind IN ('person', 'unit', 'firm')"
_APART = " AND ".join(
    f"({one} IS NULL OR {other} IS NULL OR {one} <> {other})"
    for one, other in (
        ("proposer_id", "council_id"),
        ("proposer_id", "signer_id"),
        ("proposer_id", "clerk_id"),
        ("council_id", "signer_id"),
        ("council_id", "clerk_id"),
        ("signer_id", "clerk_id"),
    )
)
STANDING = "revoked_at IS NULL AND void_why IS NULL"
"""An entry that still honours somebody."""


class Prize(Base):
    """A prize there is for an activity: how much each, how many at most, and where the money comes from."""

    __tablename__ = "award_prize"
    __table_args__ = (
        UniqueConstraint("activity_id", "code"),
        CheckConstraint("per IN ('person', 'unit')", name="per_known"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("most >= 1", name="most_positive"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    code: Mapped[str] = mapped_column(String(40))
    place: Mapped[int]
    words: Mapped[str] = mapped_column(String(200))
    amount: Mapped[Decimal] = mapped_column(Numeric(14, 0))
    per: Mapped[str] = mapped_column(String(6), default="person")
    most: Mapped[int]
    source: Mapped[str] = mapped_column(String(200), default="")
    published: Mapped[bool] = mapped_column(default=False)


class Case(Base):
    """One list of nominees on its way to one decision. `unit_id` proposes, `deciding_unit_id` decides.

    `chain`: the steps as they were when the case began. `achievement_key` says what was achieved: nobody is honoured twice
    for one. The four hands of a round are four people. `revision` grows with every change. `signed`: signer, title and
    day as they stand on the paper. `forgotten_at`: when the time its facts may be kept was over.
    """

    __tablename__ = "award_case"
    __table_args__ = (
        CheckConstraint(_LINE, name="line_known"),
        CheckConstraint(_TIER, name="tier_known"),
        CheckConstraint(
            "state IN ('drafted', 'proposed', 'considered', 'signed', 'numbered', 'registered', 'dropped')",
            name="state_known",
        ),
        CheckConstraint(_APART, name="four_people"),
        Index(None, "activity_id", "state"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    line: Mapped[str] = mapped_column(String(6))
    tier: Mapped[str] = mapped_column(String(10))
    form: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    deciding_unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    achievement_key: Mapped[str] = mapped_column(String(120))
    achievement: Mapped[str] = mapped_column(String(ACHIEVEMENT))
    state: Mapped[str] = mapped_column(String(12), default="drafted")
    round: Mapped[int] = mapped_column(default=1)
    revision: Mapped[int] = mapped_column(default=1)
    chain: Mapped[dict[str, Any]]
    proposer_id: Mapped[uuid.UUID | None]
    council_id: Mapped[uuid.UUID | None]
    signer_id: Mapped[uuid.UUID | None]
    clerk_id: Mapped[uuid.UUID | None]
    minutes: Mapped[dict[str, Any] | None]
    signed: Mapped[dict[str, Any] | None]
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None]
    forgotten_at: Mapped[datetime | None]


class Nominee(Base):
    """A name on a case. `recipient_key`: kind and id, so that nobody stands on it twice. `facts`: what was shown behind
    the name when it was put there: [{label, value}]. `by_rule`: the rule that suggested it; None where a person did.
    """

    __tablename__ = "award_nominee"
    __table_args__ = (
        UniqueConstraint("case_id", "recipient_key"),
        CheckConstraint(_RECIPIENT, name="recipient_known"),
        CheckConstraint("state IN ('proposed', 'kept', 'struck')", name="state_known"),
        CheckConstraint("state <> 'struck' OR struck_why IS NOT NULL", name="struck_for_a_reason"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("award_case.id"), index=True)
    recipient_kind: Mapped[str] = mapped_column(String(6))
    recipient_key: Mapped[str] = mapped_column(String(60))
    subject: Mapped[uuid.UUID | None] = mapped_column(index=True)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"))
    firm_id: Mapped[uuid.UUID | None]
    printed_name: Mapped[str] = mapped_column(String(NAME))
    achievement: Mapped[str] = mapped_column(String(ACHIEVEMENT))
    prize_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("award_prize.id"))
    prize_scope: Mapped[str | None] = mapped_column(String(100))
    facts: Mapped[list[Any]]
    by_rule: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(8), default="proposed")
    struck_why: Mapped[str | None] = mapped_column(String(300))


class Step(Base):
    """What was done with a case, when and by whom."""

    __tablename__ = "award_step"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("award_case.id"), index=True)
    round: Mapped[int]
    deed: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[uuid.UUID | None]
    at: Mapped[datetime]
    words: Mapped[str] = mapped_column(String(WORDS), default="")


class Decision(Base):
    """A signed decision as the clerk numbered it. `withdraws_id`: the decision this one takes awards of back, the first
    where there are several; each entry names the decision that withdrew it.
    """

    __tablename__ = "award_decision"
    __table_args__ = (
        UniqueConstraint("case_id"),
        UniqueConstraint("unit_id", "line", "number", "number_year"),
        CheckConstraint(_LINE, name="line_known"),
        CheckConstraint("case_id IS NOT NULL OR withdraws_id IS NOT NULL", name="about_something"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("award_case.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    line: Mapped[str] = mapped_column(String(6))
    number: Mapped[str] = mapped_column(String(60))
    number_year: Mapped[int]
    day: Mapped[date]
    signer: Mapped[str] = mapped_column(String(NAME))
    signer_title: Mapped[str] = mapped_column(String(NAME))
    withdraws_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("award_decision.id"))


class Book(Base):
    """A register of one office, line, tier and year. `last`: the number given out last; none is given twice."""

    __tablename__ = "award_book"
    __table_args__ = (
        UniqueConstraint("unit_id", "line", "tier", "year"),
        CheckConstraint(_LINE, name="line_known"),
        CheckConstraint(_TIER, name="tier_known"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    line: Mapped[str] = mapped_column(String(6))
    tier: Mapped[str] = mapped_column(String(10))
    year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)


class Entry(Base):
    """A line of the register: somebody is honoured. `guard`: within which awards one achievement counts once ('' is all).

    The database refuses a second standing entry for one recipient, achievement and guard, and a second standing prize in
    one `prize_scope`. `void_why`: the number was taken in error; it stays in the book. A revoked one stays too.
    """

    __tablename__ = "award_entry"
    __table_args__ = (
        UniqueConstraint("book_id", "number"),
        UniqueConstraint("nominee_id"),
        CheckConstraint(_RECIPIENT, name="recipient_known"),
        CheckConstraint("revoked_at IS NULL OR revoked_why IS NOT NULL", name="revoked_for_a_reason"),
        Index(None, "achievement_key"),
        Index(
            "uq_award_entry_once",
            "recipient_key",
            "achievement_key",
            "guard",
            unique=True,
            sqlite_where=text(STANDING),
            postgresql_where=text(STANDING),
        ),
        Index(
            "uq_award_entry_prize",
            "recipient_key",
            "prize_scope",
            unique=True,
            sqlite_where=text(f"prize_scope IS NOT NULL AND {STANDING}"),
            postgresql_where=text(f"prize_scope IS NOT NULL AND {STANDING}"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    book_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("award_book.id"))
    number: Mapped[int]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("award_case.id"), index=True)
    decision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("award_decision.id"), index=True)
    nominee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("award_nominee.id"))
    recipient_kind: Mapped[str] = mapped_column(String(6))
    recipient_key: Mapped[str] = mapped_column(String(60))
    subject: Mapped[uuid.UUID | None] = mapped_column(index=True)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    firm_id: Mapped[uuid.UUID | None]
    name: Mapped[str] = mapped_column(String(NAME))
    achievement_key: Mapped[str] = mapped_column(String(120))
    achievement: Mapped[str] = mapped_column(String(ACHIEVEMENT))
    form: Mapped[str] = mapped_column(String(40))
    guard: Mapped[str] = mapped_column(String(10), default="")
    prize_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("award_prize.id"), index=True)
    prize_scope: Mapped[str | None] = mapped_column(String(100))
    entered_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by_decision: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("award_decision.id"))
    revoked_why: Mapped[str | None] = mapped_column(String(300))
    void_why: Mapped[str | None] = mapped_column(String(300))


class Handover(Base):
    """A prize that changed hands: when, how much, to whom. `recovered`: what came back of it since the award was revoked."""

    __tablename__ = "award_handover"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("recovered >= 0 AND recovered <= amount", name="recovered_within"),
        CheckConstraint("recovered = 0 OR recovered_on IS NOT NULL", name="recovered_on_a_day"),
    )

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("award_entry.id"), primary_key=True)
    on_day: Mapped[date]
    by: Mapped[uuid.UUID | None]
    to_whom: Mapped[str] = mapped_column(String(NAME))
    amount: Mapped[Decimal] = mapped_column(Numeric(14, 0))
    words: Mapped[str] = mapped_column(String(300), default="")
    recovered: Mapped[Decimal] = mapped_column(Numeric(14, 0), default=Decimal(0))
    recovered_on: Mapped[date | None]
    recovered_by: Mapped[uuid.UUID | None]


class Appeal(Base):
    """What a person asks to have looked at again: an own award, a case they proposed, or, without either, who is on the
    list at all. Once each. `subject` is a citizen's key, `proposer_id` the member of staff who proposed. `id` is the phone's.
    """

    __tablename__ = "award_appeal"
    __table_args__ = (
        UniqueConstraint("subject", "entry_id"),
        UniqueConstraint("proposer_id", "case_id"),
        Index(
            "uq_award_appeal_list",
            "subject",
            "activity_id",
            unique=True,
            sqlite_where=text("entry_id IS NULL AND case_id IS NULL"),
            postgresql_where=text("entry_id IS NULL AND case_id IS NULL"),
        ),
        CheckConstraint("state IN ('open', 'upheld', 'refused')", name="state_known"),
        CheckConstraint("state = 'open' OR answer IS NOT NULL", name="answered_in_words"),
        CheckConstraint("subject IS NULL OR proposer_id IS NULL", name="of_one"),
        Index(None, "activity_id", "state"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    entry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("award_entry.id"))
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("award_case.id"))
    subject: Mapped[uuid.UUID | None]
    proposer_id: Mapped[uuid.UUID | None]
    words: Mapped[str] = mapped_column(String(WORDS))
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8), default="open")
    answer: Mapped[str | None] = mapped_column(String(WORDS))
    answered_by: Mapped[uuid.UUID | None]
    answered_at: Mapped[datetime | None]


class Thanks(Base):
    """A thank-you: no document, no number, no prize. `source_key`: for what, so that nobody is thanked twice for one thing."""

    __tablename__ = "award_thanks"
    __table_args__ = (UniqueConstraint("subject", "source_key"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    activity_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("activity.id"))
    subject: Mapped[uuid.UUID] = mapped_column(index=True)
    words: Mapped[str] = mapped_column(String(ACHIEVEMENT))
    by: Mapped[uuid.UUID | None]
    at: Mapped[datetime]
    source_key: Mapped[str] = mapped_column(String(120))
