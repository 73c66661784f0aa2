import uuid
from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id


class AuditEntry(Base):
    """Who did or read what, when and why. Never changed; holds ids and words we chose, never names.

    `actor` is a staff member's person id, or a citizen's random subject key, which means nothing once the person left.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    actor: Mapped[uuid.UUID | None]
    actor_kind: Mapped[str] = mapped_column(String(20))
    deed: Mapped[str] = mapped_column(String(60))
    is_read: Mapped[bool]
    noun: Mapped[str] = mapped_column(String(40))
    noun_id: Mapped[str | None] = mapped_column(String(80))
    unit_id: Mapped[uuid.UUID | None]
    reason: Mapped[str | None] = mapped_column(String(500))


class RateWindow(Base):
    """How often something was tried in one window of time. `key` is a keyed hash: no phone number stands here."""

    __tablename__ = "rate_window"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    window: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    tries: Mapped[int] = mapped_column(Integer)
