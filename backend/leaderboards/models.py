import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base


class Board(Base):
    """How the people of one activity are ranked: its frozen rule, not a figure. A rebuild keeps it.

    `chain`: [field, 'high' | 'low' | 'near'] each; 'near' ranks by the distance to `target`, known once fixed.
    `counts`: which of a person's results counts. `people`: how many are placed. Nobody has a place before `fixed_at`.
    """

    __tablename__ = "board"
    __table_args__ = (CheckConstraint("counts IN ('first', 'best', 'last')", name="counts_known"),)

    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    chain: Mapped[list[Any]]
    counts: Mapped[str] = mapped_column(String(5), default="best")
    target: Mapped[int | None] = mapped_column(BigInteger)
    people: Mapped[int | None]
    fixed_at: Mapped[datetime | None]


class Standing(Base):
    """The result of one subject that counts. The four keys order it, lower is better; then the operation decides.

    `place` is given to everybody at once when the board is fixed, so that reading it costs the same with a million.
    """

    __tablename__ = "standing"
    __table_args__ = (Index(None, "measure", "activity_id", "place"),)

    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    subject: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    first: Mapped[int] = mapped_column(BigInteger)
    second: Mapped[int] = mapped_column(BigInteger)
    third: Mapped[int] = mapped_column(BigInteger)
    fourth: Mapped[int] = mapped_column(BigInteger)
    perfect: Mapped[bool]
    operation_id: Mapped[uuid.UUID]
    place: Mapped[int | None]
