import uuid

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base


class ScorecardLine(Base):
    """One indicator of one unit in one period, prepared by the worker; derived, so it can be rebuilt.

    `denominator` is null where nobody counted heads: null is not zero. `rules` says which version counted.
    """

    __tablename__ = "scorecard_line"
    __table_args__ = (Index(None, "unit_id", "period"),)

    unit_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    indicator: Mapped[str] = mapped_column(String(60), primary_key=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    numerator: Mapped[int] = mapped_column(BigInteger)
    denominator: Mapped[int | None] = mapped_column(BigInteger)
    rules: Mapped[str] = mapped_column(String(40))
