"""What others told this node, and what this node told others.

Units of others are named by their official code: a hamlet of another node need not be known here. The bytes of every packet
stay with the packets; here is what they say, so that it can be read side by side.
"""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id
from backend.db.lasting import never_changed

LINES = "line IN ('state', 'party', 'front', 'youth')"
STATES = "state IN ('open', 'self_scored', 'official', 'locked')"


class ToldSheet(Base):
    """What stands now of a unit, dataset, line, calendar and period. `id` is made of those five (`packet.sheet_id`).

    `number`: how many revisions of it were ever told, each packet one. `first`, `last`: the period's days.
    """

    __tablename__ = "told_sheet"
    __table_args__ = (
        UniqueConstraint("unit_code", "dataset", "line", "calendar", "period"),
        Index(None, "dataset", "calendar", "period"),
        CheckConstraint(LINES, name="line_known"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(String(40))
    dataset: Mapped[str] = mapped_column(String(60))
    line: Mapped[str] = mapped_column(String(6))
    calendar: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(20))
    first: Mapped[date]
    last: Mapped[date]
    revision_id: Mapped[uuid.UUID]
    number: Mapped[int]


class ToldRevision(Base):
    """One packet of figures that was taken in. Never changed: together they are the ledger of restatements.

    `peer_id`: who told it. `epoch`, `digest`: which packet, whose bytes are kept there. `said`: what it says beside its cells
    (template, rules, elements, completeness, points, declared, approval), and two SHA-256: `figures` of its scope and cells,
    `whole` of everything an acceptance is about.
    """

    __tablename__ = "told_revision"
    __table_args__ = (
        UniqueConstraint("digest"),
        Index(None, "sheet_id", "number"),
        CheckConstraint(STATES, name="state_known"),
        CheckConstraint("revision >= 1", name="numbered_from_one"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    sheet_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("told_sheet.id"))
    number: Mapped[int]
    peer_id: Mapped[uuid.UUID]
    epoch: Mapped[str] = mapped_column(String(36))
    digest: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(500))
    template_sha: Mapped[str] = mapped_column(String(64))
    known_at: Mapped[datetime]
    received_at: Mapped[datetime]
    said: Mapped[dict[str, Any]]


class ToldCell(Base):
    """A figure that stands now. Numerator and denominator are counts; `value` as the sender rounded it; `flag`: see `packet`.

    `sheet_id`: of a `ToldSheet`, without a foreign key. The statement that writes a sheet writes its cells, no sheet is ever
    deleted, and PostgreSQL would ask for each of a packet's hundreds of cells whether its sheet is there.
    """

    __tablename__ = "told_cell"

    sheet_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    element: Mapped[str] = mapped_column(String(40), primary_key=True)
    numerator: Mapped[int | None] = mapped_column(BigInteger)
    denominator: Mapped[int | None] = mapped_column(BigInteger)
    value: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    flag: Mapped[str] = mapped_column(String(1))


class ToldUnit(Base):
    """A unit as the one that speaks for it called it last. `within`: the code of the unit whose packets told of it.

    `as_of`: the last day of the newest period that told it.
    """

    __tablename__ = "told_unit"

    within: Mapped[str] = mapped_column(String(40), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    level_word: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(30))
    parent_code: Mapped[str | None] = mapped_column(String(40))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    as_of: Mapped[date]


class AggregateSent(Base):
    """What this node told a parent, and what it decided while doing so. Never changed: later packets are checked against it.

    `source`: the card it is of, or the sheet this node made of what others told. `made_of`: SHA-256 of the revision, or of
    the packets below; `turn`: how often that source was told to that parent. `body`: the packet's body as JSON; `notes`: why
    figures are hidden or held, for the people of this node. `packet_digest`: which packet, by which its receipt is found.
    `laid`: the true counts with what was told of them, which never leave this node; None where only the state moved.
    """

    __tablename__ = "aggregate_sent"
    __table_args__ = (
        UniqueConstraint("peer_id", "source", "turn"),
        Index(None, "unit_code", "dataset", "calendar", "period"),
        CheckConstraint(LINES, name="line_known"),
        CheckConstraint(STATES, name="state_known"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    peer_id: Mapped[uuid.UUID]
    source: Mapped[uuid.UUID]
    made_of: Mapped[str] = mapped_column(String(64))
    turn: Mapped[int]
    unit_code: Mapped[str] = mapped_column(String(40))
    dataset: Mapped[str] = mapped_column(String(60))
    line: Mapped[str] = mapped_column(String(6))
    calendar: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(20))
    first: Mapped[date]
    last: Mapped[date]
    revision: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    packet_digest: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    notes: Mapped[list[Any]]
    laid: Mapped[dict[str, Any] | None]
    made_at: Mapped[datetime]


never_changed(ToldRevision, AggregateSent)
