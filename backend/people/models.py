import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id


class Phone(Base):
    """A phone number somebody proved to hold. Several persons of a family may share it, each with a PIN."""

    __tablename__ = "phone"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(20), unique=True)


_NAMED = text("board_name IS NOT NULL")


class Person(Base):
    """`board_name`: what boards may call this person, chosen with the agreement of that name; None: nowhere by name."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("birth_year BETWEEN 1900 AND 2100", name="birth_year_plausible"),
        # Few of many agree to be named: a board finds them without walking past everybody.
        Index("ix_person_on_boards", "id", sqlite_where=_NAMED, postgresql_where=_NAMED),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    birth_year: Mapped[int | None]
    phone_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("phone.id"), index=True)
    pin_hash: Mapped[str | None] = mapped_column(String(200))
    wrong_pins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    joined_at: Mapped[datetime]
    board_name: Mapped[str | None] = mapped_column(String(40))


class SubjectLink(Base):
    """The only row that says which person a random subject key stands for."""

    __tablename__ = "subject_link"

    subject: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), unique=True)


class SignInCode(Base):
    """A code that is on its way to a phone. Number and code are keyed hashes; the row lives a day at most."""

    __tablename__ = "sign_in_code"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    phone_hash: Mapped[str] = mapped_column(String(64), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    wrong_tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class SignInSession(Base):
    """A signed-in device (citizens) or browser (staff). Only a hash of the token is kept."""

    __tablename__ = "sign_in_session"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    device_id: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Membership(Base):
    """Where a person belongs, in which way and from when: lives_in, works_at, studies_at, party_cell, youth_branch, body.

    Membership is not residence: a campaign says which kind counts, so nobody counts twice.
    """

    __tablename__ = "membership"
    __table_args__ = (
        Index(None, "unit_id", "kind"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_start"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class StaffLogin(Base):
    """`one_time_until`: the password was made by the operator, opens nothing but the choice of an own one, and ends then.

    `version` grows with every change an operator makes to this member, so that two of them never overwrite each other.
    """

    __tablename__ = "staff_login"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    one_time_until: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class RoleGrant(Base):
    """A role on a unit and all below it, from one day to another; `valid_to` is the first day it no longer holds."""

    __tablename__ = "role_grant"
    __table_args__ = (
        UniqueConstraint("person_id", "role", "unit_id", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_start"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(30))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Consent(Base):
    """One agreement to one purpose in one version of its text; withdrawn as easily as given, never pre-ticked.

    A guardian's agreement for a child names the guardian and the campaign it is for (Law 91/2025/QH15 art. 9, 24).
    """

    __tablename__ = "consent"
    __table_args__ = (Index(None, "person_id", "purpose"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    given_at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(String(20))
    given_by: Mapped[str] = mapped_column(String(20))
    guardian_name: Mapped[str | None] = mapped_column(String(80))
    guardian_relation: Mapped[str | None] = mapped_column(String(20))
    campaign_id: Mapped[uuid.UUID | None]
    withdrawn_at: Mapped[datetime | None]


class LostDevice(Base):
    """A phone that was lost or stolen: nothing it sends is taken any more, and what it holds is wiped when it calls."""

    __tablename__ = "lost_device"

    device_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    reported_at: Mapped[datetime]
    wiped_at: Mapped[datetime | None]
