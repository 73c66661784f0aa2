import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from backend.db.base import Base, new_id
from backend.units.words import fold

HOUSEHOLD_KINDS = ("household", "household_business", "firm", "cooperative")
NICKNAME = 60
LONGEST_FOLDED = 120
"""Some letters are two once they are folded."""


class Team(Base):
    """A community digital team (Tổ công nghệ số cộng đồng). The unit of the same id has its name, place and dates.

    Its members are memberships of the kind 'team' in that unit. `decision_*`: the document that set it up,
    `dissolved_*`: the one that ended it.
    """

    __tablename__ = "team"

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    decision_number: Mapped[str] = mapped_column(String(60))
    decision_date: Mapped[date]
    decided_by: Mapped[str] = mapped_column(String(200))
    leader_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    dissolved_number: Mapped[str | None] = mapped_column(String(60))
    dissolved_date: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class TeamArea(Base):
    """A hamlet a team looks after, from one day to another."""

    __tablename__ = "team_area"
    __table_args__ = (
        UniqueConstraint("team_id", "unit_id", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_start"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.unit_id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class PlanLine(Base):
    """One line of a team's week: on that day, there, that."""

    __tablename__ = "team_plan_line"
    __table_args__ = (Index(None, "team_id", "day"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.unit_id"))
    day: Mapped[date]
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    task: Mapped[str] = mapped_column(String(200))


def _folded(context: Any) -> str:
    nickname: str = context.get_current_parameters()["nickname"]
    return fold(nickname)[:LONGEST_FOLDED]


class Household(Base):
    """A household, household business, firm or co-operative, as a code and a nickname the team understands.

    Nothing else is known of it: no names, no numbers, no lists of troubles. `subject` is its random key in the ledger.
    `merged_into`: it turned out to be the same as another one, or joined it, at `merged_at`. `folded`: the nickname as one types it in a
    hurry, which is how it is searched for and how two of a kind are found.
    """

    __tablename__ = "household"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    nickname: Mapped[str] = mapped_column(String(NICKNAME))
    folded: Mapped[str] = mapped_column(String(LONGEST_FOLDED), default=_folded)
    subject: Mapped[uuid.UUID] = mapped_column(unique=True, default=new_id)
    card: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime]
    merged_into: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("household.id"), index=True)
    merged_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    @validates("nickname")
    def _fold(self, _column: str, nickname: str) -> str:
        self.folded = fold(nickname)[:LONGEST_FOLDED]
        return nickname


class HouseholdPlace(Base):
    """The hamlet a household is in, from one day to another. What it did before it moved stays where it was."""

    __tablename__ = "household_place"
    __table_args__ = (
        UniqueConstraint("household_id", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_start"),
        Index(None, "unit_id", "household_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    household_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("household.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Assignment(Base):
    """The team responsible for a household, from one moment to another; one at a time."""

    __tablename__ = "household_assignment"
    __table_args__ = (
        UniqueConstraint("household_id", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_start"),
        Index(None, "team_id", "household_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    household_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("household.id"))
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.unit_id"))
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
