import uuid

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base


class Standing(Base):
    """One subject's best result. `first` and `second` order it: lower is better, a high-is-better field is negated."""

    __tablename__ = "standing"
    __table_args__ = (Index(None, "measure", "activity_id", "first", "second"),)

    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    subject: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    first: Mapped[int] = mapped_column(BigInteger)
    second: Mapped[int] = mapped_column(BigInteger)
    operation_id: Mapped[uuid.UUID]


class StandingLevel(Base):
    """How many subjects stand on exactly that level."""

    __tablename__ = "standing_level"

    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    first: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    second: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    people: Mapped[int]
