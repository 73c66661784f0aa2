import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id

STATES = (
    "draft",
    "submitted",
    "returned",
    "in_force",
    "midyear_checked",
    "self_assessed",
    "cell_assessed",
    "closed",
)
THEMES = ("digital_transformation", "science", "technology", "innovation", "other")
WHAT, MEASURE, WORDS = 300, 200, 1000


class Suggestion(Base):
    """An entry of the menu a member may choose from; `told` as the pack has it."""

    __tablename__ = "pledge_suggestion"

    campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    position: Mapped[int]
    told: Mapped[dict[str, Any]]


class Pledge(Base):
    """What a Party member promises for a year; one a year, whichever phones it was begun on.

    `subject`: the member's random key. `number`: the newest version handed in, `in_force`: the one the cell confirmed.
    `cell_id`: where official membership was held when it was first handed in; the present cell is asked of the memberships.
    """

    __tablename__ = "pledge"
    __table_args__ = (
        UniqueConstraint("activity_id", "subject"),
        CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'in_force', 'midyear_checked', 'self_assessed', "
            "'cell_assessed', 'closed')",
            name="state_known",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    subject: Mapped[uuid.UUID] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(20), default="draft")
    number: Mapped[int] = mapped_column(default=0)
    in_force: Mapped[int | None]
    late: Mapped[bool] = mapped_column(default=False)
    cell_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"))
    made_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]


class PledgeItem(Base):
    """One deed promised, as the member's working copy has it. `id` is the phone's. `gone`: taken out again.

    `written_at`: when it was typed, by the corrected clock; of two phones the newer words hold.
    """

    __tablename__ = "pledge_item"
    __table_args__ = (
        CheckConstraint(
            "theme IN ('digital_transformation', 'science', 'technology', 'innovation', 'other')",
            name="theme_known",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    pledge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pledge.id"), index=True)
    theme: Mapped[str] = mapped_column(String(30))
    what: Mapped[str] = mapped_column(String(WHAT))
    measure: Mapped[str] = mapped_column(String(MEASURE), default="")
    due: Mapped[date | None]
    menu: Mapped[str | None] = mapped_column(String(60))
    written_at: Mapped[datetime]
    operation_id: Mapped[uuid.UUID]
    gone: Mapped[bool] = mapped_column(default=False)


class PledgeVersion(Base):
    """The items as they were handed in, and what the cell said to them. Never changed but for that answer."""

    __tablename__ = "pledge_version"
    __table_args__ = (
        CheckConstraint("state IN ('submitted', 'superseded', 'returned', 'confirmed')", name="state_known"),
    )

    pledge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pledge.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    items: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(String(12), default="submitted")
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None]
    cell_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"))
    words: Mapped[str | None] = mapped_column(String(WORDS))


class PledgeEvidence(Base):
    """What shows that an item is under way or done: words, photos, files, or a fact of the product by its receipt."""

    __tablename__ = "pledge_evidence"
    __table_args__ = (CheckConstraint("progress IN ('doing', 'done')", name="progress_known"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    pledge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pledge.id"), index=True)
    item_id: Mapped[uuid.UUID]
    progress: Mapped[str] = mapped_column(String(10))
    words: Mapped[str | None] = mapped_column(String(WORDS))
    receipt: Mapped[str | None] = mapped_column(String(20))
    written_at: Mapped[datetime]
    operation_id: Mapped[uuid.UUID]
    gone: Mapped[bool] = mapped_column(default=False)


class PledgeFile(Base):
    """A photo or file of evidence by the SHA-256 of its bytes, which may come later."""

    __tablename__ = "pledge_file"

    evidence_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pledge_evidence.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)


class PledgeReview(Base):
    """How the member sees the own year, and what the cell noted beside it. `when`: midyear | year_end."""

    __tablename__ = "pledge_review"
    __table_args__ = (CheckConstraint("moment IN ('midyear', 'year_end')", name="moment_known"),)

    pledge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pledge.id"), primary_key=True)
    moment: Mapped[str] = mapped_column(String(10), primary_key=True)
    outcomes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    words: Mapped[str | None] = mapped_column(String(WORDS))
    own_class: Mapped[str | None] = mapped_column(String(30))
    written_at: Mapped[datetime | None]
    cell_words: Mapped[str | None] = mapped_column(String(WORDS))
    checked_on: Mapped[date | None]
    checked_by: Mapped[uuid.UUID | None]


class PledgeClass(Base):
    """A class the cell proposes (`by` cell) or the competent committee decided (`by` committee). Typed in, never computed.

    `rating`: the rule set it was taken from. A later decision is a row of its own; the newest of each holds.
    """

    __tablename__ = "pledge_class"
    __table_args__ = (CheckConstraint("by IN ('cell', 'committee')", name="by_known"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    pledge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pledge.id"), index=True)
    by: Mapped[str] = mapped_column(String(10))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    rating: Mapped[str] = mapped_column(String(40))
    chosen: Mapped[str] = mapped_column(String(30))
    document_number: Mapped[str | None] = mapped_column(String(60))
    document_date: Mapped[date | None]
    words: Mapped[str | None] = mapped_column(String(WORDS))
    at: Mapped[datetime]
    person_id: Mapped[uuid.UUID | None]


class PledgeExemption(Base):
    """A member of whom no pledge is expected this year: exempt from Party activity, ill, deceased ... Decided by the cell."""

    __tablename__ = "pledge_exemption"
    __table_args__ = (
        UniqueConstraint("activity_id", "subject"),
        CheckConstraint("reason IN ('exempt', 'ill', 'deceased', 'away', 'other')", name="reason_known"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    subject: Mapped[uuid.UUID]
    cell_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    reason: Mapped[str] = mapped_column(String(12))
    words: Mapped[str | None] = mapped_column(String(200))
    since: Mapped[date]
    at: Mapped[datetime]
    person_id: Mapped[uuid.UUID | None]


class PledgeSharing(Base):
    """What a cell decided others may read of its members' pledges in force. `audience`: cell (its own members) | committee."""

    __tablename__ = "pledge_sharing"
    __table_args__ = (CheckConstraint("audience IN ('cell', 'committee')", name="audience_known"),)

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    cell_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    audience: Mapped[str] = mapped_column(String(12), primary_key=True)
    decided_on: Mapped[date]
    at: Mapped[datetime]
    person_id: Mapped[uuid.UUID | None]


class PledgeReading(Base):
    """Somebody else than the member opened it: shown to the member.

    `part`: body | evidence | export (the sheet for the meeting) | due (a deed on the list of what falls due) | class |
    list (its name stood among those a cell shares with its members). `reader`: who, staff or a member of the same cell.
    """

    __tablename__ = "pledge_reading"
    __table_args__ = (Index(None, "pledge_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    pledge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pledge.id"))
    version: Mapped[int | None]
    reader: Mapped[uuid.UUID]
    role: Mapped[str] = mapped_column(String(30))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    part: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
