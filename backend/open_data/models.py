import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id

LICENCE = "CC-BY-4.0"
"""Under which whoever switches it on gives the figures away; the form says so."""


class OpenDataChoice(Base):
    """A unit chose to publish its figures, or to stop. Rows are only added: the last one of a unit holds."""

    __tablename__ = "open_data_choice"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    is_on: Mapped[bool]
    licence: Mapped[str] = mapped_column(String(40))
    chosen_by: Mapped[uuid.UUID | None]
    chosen_at: Mapped[datetime]
