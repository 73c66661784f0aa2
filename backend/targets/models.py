import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Dialect, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from backend.db.base import Base, new_id

SCOPES = ("measurable", "manual")
ADDITIVITIES = ("sum", "distinct", "last", "ratio")
DIRECTIONS = ("higher", "lower")
COMPARATORS = ("ge", "gt", "eq", "le", "lt", "range", "qualitative")
BASES = ("level", "total", "per_year")
BETWEEN = ("none", "linear")
KINDS = ("declared", "official")


def _one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


class Exact(TypeDecorator[Decimal]):
    """A decimal as it was written: 0.60 stays 0.60, on both databases; neither a float nor a rounding ever touches it."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else f"{value:f}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class PlanIndicator(Base):
    """Something a plan sets targets for. `numerator`, `denominator`: in words; no denominator where the plan names none.

    `scope`: what the node could count one day, or what is only ever entered by hand. `measured_by`: the indicator of our
    own scorecards that counts the same thing; where there is none, nothing is measured.
    """

    __tablename__ = "plan_indicator"
    __table_args__ = (
        _one_of("scope", SCOPES),
        _one_of("additivity", ADDITIVITIES),
        _one_of("direction", DIRECTIONS),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_vi: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300))
    unit: Mapped[str] = mapped_column(String(60))
    scope: Mapped[str] = mapped_column(String(12))
    numerator: Mapped[str] = mapped_column(String(300), default="")
    denominator: Mapped[str | None] = mapped_column(String(300))
    factor: Mapped[int] = mapped_column(default=1)
    decimals: Mapped[int] = mapped_column(default=0)
    additivity: Mapped[str] = mapped_column(String(10))
    direction: Mapped[str] = mapped_column(String(10), default="higher")
    measured_by: Mapped[str | None] = mapped_column(String(60))


class TargetSet(Base):
    """The targets of one document. It governs its issuer's unit and all below it on the unit's own line, from a day on.

    `issued_by`: the body that signed, in words. `between_horizons`: what is assumed between two horizons, chosen and said, never
    silent. A set that supersedes another ends it on the day it begins. `withdrawn_at`: it came from above and was taken back.
    """

    __tablename__ = "target_set"
    __table_args__ = (_one_of("between_horizons", BETWEEN), Index(None, "issuer_unit_id", "valid_from"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    issuer_unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    issued_by: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(300))
    document_number: Mapped[str | None] = mapped_column(String(60))
    document_date: Mapped[date | None]
    valid_from: Mapped[date]
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("target_set.id"), unique=True)
    between_horizons: Mapped[str] = mapped_column(String(10), default="none")
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Target(Base):
    """One cell of a plan, as it stands there. `place`: its row in the file, so that it goes out as it came in.

    `source_anomaly`: whoever read the document marked the cell; what our own rules find is worked out, not stored.
    `denominator`: where this cell names another one than its indicator.
    """

    __tablename__ = "target"
    __table_args__ = (
        UniqueConstraint("set_id", "place"),
        _one_of("comparator", COMPARATORS),
        _one_of("basis", BASES),
        CheckConstraint("(comparator = 'qualitative') = (value IS NULL)", name="value_unless_qualitative"),
        CheckConstraint("(comparator = 'range') = (value_max IS NOT NULL)", name="two_ends_of_a_range"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    set_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("target_set.id"))
    indicator_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan_indicator.id"), index=True)
    place: Mapped[int]
    horizon_year: Mapped[int]
    comparator: Mapped[str] = mapped_column(String(12))
    value: Mapped[Decimal | None] = mapped_column(Exact)
    value_max: Mapped[Decimal | None] = mapped_column(Exact)
    basis: Mapped[str] = mapped_column(String(10))
    denominator: Mapped[str | None] = mapped_column(String(300))
    source_anomaly: Mapped[bool]
    as_written: Mapped[str] = mapped_column(String(300))


class SeriesValue(Base):
    """What was said of an indicator of a unit in a period, by the unit itself or taken over from elsewhere.

    Rows are only added: of one place the highest `number` stands, the others show what was said before, by whom and when.
    No `value`: `absent` says why (a division by zero is none, never 0). `source`: the evidence, or where it was taken from.
    """

    __tablename__ = "series_value"
    __table_args__ = (
        UniqueConstraint("indicator_id", "unit_id", "calendar", "period", "kind", "number"),
        Index(None, "unit_id", "kind"),
        _one_of("kind", KINDS),
        CheckConstraint("number >= 1", name="numbered_from_one"),
        CheckConstraint("(value IS NULL) = (absent IS NOT NULL)", name="value_or_why_not"),
        CheckConstraint("numerator IS NOT NULL OR denominator IS NULL", name="no_half_of_a_fraction"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    indicator_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan_indicator.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    calendar: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]
    value: Mapped[Decimal | None] = mapped_column(Exact)
    numerator: Mapped[Decimal | None] = mapped_column(Exact)
    denominator: Mapped[Decimal | None] = mapped_column(Exact)
    absent: Mapped[str | None] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(1000))
    said_by: Mapped[uuid.UUID | None]
    said_at: Mapped[datetime]


class SeriesReason(Base):
    """Why what was counted differs from what was declared, in the words of the unit. Rows are only added."""

    __tablename__ = "series_reason"
    __table_args__ = (Index(None, "indicator_id", "unit_id", "calendar", "period"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    indicator_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan_indicator.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    calendar: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(1000))
    said_by: Mapped[uuid.UUID | None]
    said_at: Mapped[datetime]
