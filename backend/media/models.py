import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base


class Photo(Base):
    """A photo under the SHA-256 of the bytes the phone sent; it is written once and never replaced.

    `arrived`: how many of its `size` bytes are here; at `complete_at` all of them were, and fitted the name. What is
    kept is `clean`: the picture drawn anew, so that no maker's note, place or thumbnail inside it lives on.
    `subject`: the random key of whoever sent it.
    """

    __tablename__ = "photo"
    __table_args__ = (CheckConstraint("arrived >= 0 AND arrived <= size", name="arrived_within_size"),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    subject: Mapped[uuid.UUID] = mapped_column(index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    arrived: Mapped[int] = mapped_column(BigInteger, default=0)
    begun_at: Mapped[datetime]
    complete_at: Mapped[datetime | None]
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    clean: Mapped[bytes | None] = mapped_column(LargeBinary)
    bad_reason: Mapped[str | None] = mapped_column(String(40))
