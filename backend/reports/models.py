import uuid
from datetime import date, datetime
from itertools import combinations
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id
from backend.db.lasting import never_changed
from backend.reports.rules import KEPT_AT, PARTS, STATES, SUBJECTS
from backend.units.offices import LINES

WORDS = 20_000
"""The longest narrative field of a report, in letters."""
REASON = 1000


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


class Duty(Base):
    """A unit owes a kind of report (`obligation`, of obligations.yaml) to another, from one day on until `valid_to`, which is
    the first day on which it no longer does; given again later, or to another unit, it is a duty of its own.

    `due_day`: of the month that lies `due_months` after the period's end; None: no day was set. `is_preset`: nobody has
    confirmed that day. Later days are rows of `DueChange`; these columns hold until the first of them. `fills_longer`: a
    longer report of the receiver waits for every one of these that lies within its period. `due_days`: so many days after
    the period's last one instead of a day of a month.
    """

    __tablename__ = "report_duty"
    __table_args__ = (
        UniqueConstraint(
            "unit_id",
            "obligation",
            "line",
            "interval",
            "calendar",
            "receiver_id",
            "valid_from",
            name="uq_report_duty_given_once",
        ),
        CheckConstraint(_one_of("line", LINES), name="line_known"),
        CheckConstraint("due_day BETWEEN 1 AND 31", name="due_day_in_month"),
        CheckConstraint("due_days BETWEEN 0 AND 366", name="due_days_plausible"),
        CheckConstraint("due_months BETWEEN 0 AND 12", name="due_months_plausible"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    receiver_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    obligation: Mapped[str] = mapped_column(String(60))
    line: Mapped[str] = mapped_column(String(10))
    calendar: Mapped[str] = mapped_column(String(40))
    interval: Mapped[str] = mapped_column(String(20))
    due_day: Mapped[int | None]
    due_months: Mapped[int] = mapped_column(default=1)
    due_days: Mapped[int | None]
    is_preset: Mapped[bool] = mapped_column(default=True)
    fills_longer: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class DueChange(Base):
    """From `holds_from` on a duty is due on another day. Periods that were over by then keep the day of their time; of one
    day the highest `number` stands."""

    __tablename__ = "report_due_change"
    __table_args__ = (
        UniqueConstraint("duty_id", "number"),
        CheckConstraint("due_day BETWEEN 1 AND 31", name="due_day_in_month"),
        CheckConstraint("due_days BETWEEN 0 AND 366", name="due_days_plausible"),
        CheckConstraint("due_months BETWEEN 0 AND 12", name="due_months_plausible"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    duty_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report_duty.id"))
    number: Mapped[int]
    holds_from: Mapped[date]
    due_day: Mapped[int | None]
    due_months: Mapped[int]
    due_days: Mapped[int | None]
    person_id: Mapped[uuid.UUID | None]
    at: Mapped[datetime]


class Report(Base):
    """One report of one unit for one period. `figures`: what was read when it was composed, `figures_by`: who had them read
    anew since; `paper`: words of the sheet that differ from what its layout says, by `paper_by`."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("duty_id", "period"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    duty_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report_duty.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    calendar: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(20))
    figures: Mapped[dict[str, Any]]
    paper: Mapped[dict[str, Any]]
    paper_by: Mapped[uuid.UUID | None]
    figures_by: Mapped[uuid.UUID | None]
    composed_at: Mapped[datetime]
    made_at: Mapped[datetime]


class ReportText(Base):
    """One version of one narrative field; the newest stands, none is ever changed. `carried`: what was taken over from
    reports below, each with its unit and author."""

    __tablename__ = "report_text"
    __table_args__ = (UniqueConstraint("report_id", "field", "version"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"))
    field: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    words: Mapped[str] = mapped_column(String(WORDS))
    carried: Mapped[list[Any]]
    person_id: Mapped[uuid.UUID]
    at: Mapped[datetime]


class Submission(Base):
    """The way of a report or a scorecard from hand to hand, on one line. The people are those of the present round.

    `card_revision`: of a scorecard the published revision that was handed on last; the paper that is signed carries it.
    """

    __tablename__ = "report_submission"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "line"),
        CheckConstraint(_one_of("subject_kind", SUBJECTS), name="subject_known"),
        CheckConstraint(_one_of("line", LINES), name="line_known"),
        CheckConstraint(_one_of("state", STATES), name="state_known"),
        *(
            CheckConstraint(f"{one}_id <> {other}_id", name=f"{one}_is_not_{other}")
            for one, other in combinations(PARTS, 2)
        ),
        UniqueConstraint("unit_id", "line", "number_year", "number"),
        Index(None, "receiver_id", "period"),
        Index(None, "unit_id", "period"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    subject_kind: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[uuid.UUID]
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    receiver_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"))
    line: Mapped[str] = mapped_column(String(10))
    calendar: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(20))
    card_revision: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(12))
    round: Mapped[int]
    drafter_id: Mapped[uuid.UUID | None]
    reviewer_id: Mapped[uuid.UUID | None]
    signer_id: Mapped[uuid.UUID | None]
    clerk_id: Mapped[uuid.UUID | None]
    receiving_id: Mapped[uuid.UUID | None]
    number: Mapped[str | None] = mapped_column(String(40))
    number_on: Mapped[date | None]
    number_year: Mapped[int | None]
    first_sent_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    revision: Mapped[int]


class Step(Base):
    """Who did what with a submission, when, and in which words. Never changed."""

    __tablename__ = "report_step"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report_submission.id"), index=True)
    round: Mapped[int]
    deed: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[uuid.UUID]
    at: Mapped[datetime]
    words: Mapped[str | None] = mapped_column(String(REASON))


class SheetEntry(Base):
    """A person says that one field of the national system's sheet was entered there: which value, who, when."""

    __tablename__ = "report_sheet_entry"
    __table_args__ = (UniqueConstraint("report_id", "field", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"))
    field: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    value: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[uuid.UUID]
    at: Mapped[datetime]


class Kept(Base):
    """A report as it was signed, and as it was issued with its number: bytes that never change.

    `kind`: `paper` is everything that stands on the sheet, as canonical JSON; docx, pdf, xlsx are the files made of it.
    """

    __tablename__ = "report_kept"
    __table_args__ = (
        UniqueConstraint("submission_id", "round", "deed", "kind"),
        CheckConstraint(_one_of("deed", KEPT_AT), name="deed_known"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report_submission.id"))
    round: Mapped[int]
    deed: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(10))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class PaperWords(Base):
    """Words of every paper of a line from a moment on, in place of those of its layout: what was set last holds. `part`: which
    of them; what was signed before keeps its own."""

    __tablename__ = "report_paper_words"
    __table_args__ = (CheckConstraint(_one_of("line", LINES), name="line_known"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    line: Mapped[str] = mapped_column(String(10))
    part: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(120))
    set_by: Mapped[uuid.UUID | None]
    set_at: Mapped[datetime]


never_changed(DueChange, ReportText, Step, SheetEntry, Kept, PaperWords)
