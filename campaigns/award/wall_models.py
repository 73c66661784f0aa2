"""What is kept of honour walls. Awards themselves are entries of the register."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base

WALL_WORDS = 500


class HonourChoice(Base):
    """Whether a person wants one own award on the wall. Counts only together with a standing agreement to be named."""

    __tablename__ = "honour_choice"

    subject: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    entry_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("award_entry.id", ondelete="CASCADE"), primary_key=True
    )
    is_shown: Mapped[bool]
    at: Mapped[datetime]


class HonourWall(Base):
    """Whether a unit shows its honour wall to everybody, and its opening words."""

    __tablename__ = "honour_wall"

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    is_open: Mapped[bool]
    words: Mapped[str] = mapped_column(String(WALL_WORDS))
    by: Mapped[uuid.UUID | None]
    at: Mapped[datetime]
