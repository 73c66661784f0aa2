"""The card of a unit for a period, and everything that is said about it. What is published or said is never overwritten."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id
from backend.db.lasting import never_changed

STATES = ("open", "self_scored", "official", "locked")
LONGEST_WORDS = 2000


class CardTemplate(Base):
    """A template as it was first used, byte for byte. A version is never given another content."""

    __tablename__ = "card_template"
    __table_args__ = (UniqueConstraint("code", "version"),)

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    first_used_at: Mapped[datetime]


class CardTemplateIssue(Base):
    """A template that a unit's office brought in: it holds for the unit and all below it, for periods that begin from a day on.

    Where several units on a line issued the same template the highest does, so that all who are compared are judged alike.
    `withdrawn_at`: it came from above and was taken back.
    """

    __tablename__ = "card_template_issue"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    issuer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    template_sha: Mapped[str] = mapped_column(ForeignKey("card_template.sha256"))
    valid_from: Mapped[date]
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class CardFreeze(Base):
    """Which version of a template counts in a period, for everybody: the first card that is opened decides."""

    __tablename__ = "card_freeze"

    template: Mapped[str] = mapped_column(String(40), primary_key=True)
    calendar: Mapped[str] = mapped_column(String(40), primary_key=True)
    period: Mapped[str] = mapped_column(String(20), primary_key=True)
    template_sha: Mapped[str] = mapped_column(ForeignKey("card_template.sha256"))


class Card(Base):
    """The unit's card. `answers_title`, `answers_name`: who answers for it, typed by the unit; no score is theirs.

    `frozen`: targets as they stood when it was opened. Its denominators are headcounts frozen in its name.
    `appeal_waived`: the unit said that it contests nothing, so nobody waits until `appeal_until`.
    """

    __tablename__ = "card"
    __table_args__ = (
        UniqueConstraint("unit_id", "template", "calendar", "period"),
        CheckConstraint("state IN ('open', 'self_scored', 'official', 'locked')", name="known_state"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    template: Mapped[str] = mapped_column(String(40))
    calendar: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(20))
    template_sha: Mapped[str] = mapped_column(ForeignKey("card_template.sha256"))
    state: Mapped[str] = mapped_column(String(12), default="open")
    answers_title: Mapped[str] = mapped_column(String(120), default="")
    answers_name: Mapped[str] = mapped_column(String(120), default="")
    frozen: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    appeal_until: Mapped[date | None]
    appeal_waived: Mapped[bool] = mapped_column(default=False)


class CardLineup(Base):
    """Which units count in a card and on which days, as it stood when a revision was published; shared by fingerprint."""

    __tablename__ = "card_lineup"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class CardRevision(Base):
    """A published card: bytes that never change. `head`: what is in them that no ledger tells.

    Facts count that were received up to `as_known_at`. Each revision bears the fingerprint of the one before.
    """

    __tablename__ = "card_revision"
    __table_args__ = (
        UniqueConstraint("card_id", "number"),
        CheckConstraint("number >= 1", name="numbered_from_one"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    card_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("card.id"))
    number: Mapped[int]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    template_sha: Mapped[str] = mapped_column(ForeignKey("card_template.sha256"))
    lineup_sha: Mapped[str] = mapped_column(ForeignKey("card_lineup.sha256"))
    head: Mapped[dict[str, Any]]
    as_known_at: Mapped[datetime]
    published_at: Mapped[datetime]
    published_by: Mapped[uuid.UUID | None]
    reason: Mapped[str] = mapped_column(String(500))


class CardScore(Base):
    """Points somebody gave a criterion; the last one of a side counts. `points`: in hundredths; null takes them back.

    `side`: self | official | reason (no points: why less was measured than was declared before).
    """

    __tablename__ = "card_score"
    __table_args__ = (CheckConstraint("points >= 0", name="points_not_negative"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    card_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("card.id"), index=True)
    criterion: Mapped[str] = mapped_column(String(40))
    side: Mapped[str] = mapped_column(String(10))
    points: Mapped[int | None] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(String(LONGEST_WORDS))
    by: Mapped[uuid.UUID | None]
    at: Mapped[datetime]

    @property
    def amount(self) -> Decimal | None:
        return None if self.points is None else Decimal(self.points) / 100


class CardEvidence(Base):
    """A file handed in for a criterion: a PDF as it was sent, or a picture drawn anew. Taken out again it leaves its line, with
    what it was and when, and no `content`."""

    __tablename__ = "card_evidence"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    card_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("card.id"), index=True)
    criterion: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    mime: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    by: Mapped[uuid.UUID | None]
    at: Mapped[datetime]
    removed_by: Mapped[uuid.UUID | None]
    removed_at: Mapped[datetime | None]


class CardCheck(Base):
    """A spot check of the records behind a criterion: how many were looked at, how many held."""

    __tablename__ = "card_check"
    __table_args__ = (CheckConstraint("looked > 0 AND held BETWEEN 0 AND looked", name="held_among_looked"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    card_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("card.id"), index=True)
    criterion: Mapped[str] = mapped_column(String(40))
    looked: Mapped[int]
    held: Mapped[int]
    words: Mapped[str] = mapped_column(String(LONGEST_WORDS))
    by: Mapped[uuid.UUID | None]
    at: Mapped[datetime]


class CardAppeal(Base):
    """The unit contests a criterion; the level above answers by `answer_due`. `outcome`: changed | kept."""

    __tablename__ = "card_appeal"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    card_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("card.id"), index=True)
    criterion: Mapped[str] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(String(LONGEST_WORDS))
    by: Mapped[uuid.UUID | None]
    at: Mapped[datetime]
    answer_due: Mapped[date]
    outcome: Mapped[str | None] = mapped_column(String(10))
    answer: Mapped[str | None] = mapped_column(String(LONGEST_WORDS))
    answered_by: Mapped[uuid.UUID | None]
    answered_at: Mapped[datetime | None]


class CardStep(Base):
    """What happened to a card, in order: opened, named, self_scored, scored, locked, reopened, published ..."""

    __tablename__ = "card_step"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    card_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("card.id"), index=True)
    step: Mapped[str] = mapped_column(String(20))
    by: Mapped[uuid.UUID | None]
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500), default="")


never_changed(CardTemplate, CardLineup, CardRevision, CardScore, CardCheck)
