import uuid

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base


class Tally(Base):
    """One measure of one activity in one unit (itself and all below) and one period.

    `quantity` is the sum; `people` counts different subjects, kept only for distinct measures.
    """

    __tablename__ = "tally"

    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    quantity: Mapped[int] = mapped_column(BigInteger)
    facts: Mapped[int] = mapped_column(BigInteger)
    people: Mapped[int] = mapped_column(BigInteger, default=0)


class TallySubject(Base):
    """Who stands behind a distinct count, so that one person in two months or two facts is one."""

    __tablename__ = "tally_subject"
    __table_args__ = (Index(None, "activity_id", "unit_id", "period"),)

    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    subject: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    facts: Mapped[int]
