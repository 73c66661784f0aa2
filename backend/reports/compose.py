"""Writing a report: begun with its figures, its fields filled by people, and what those below wrote taken over by name."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period
from backend.own_calendars.reading import period_of
from backend.people.staff import names_of
from backend.reports import review
from backend.reports.errors import ReportUnknown, TextChanged, TextTooLong
from backend.reports.figures import Source, gathered
from backend.reports.models import WORDS, Duty, Report, ReportText, Step, Submission
from backend.reports.obligations import shipped
from backend.reports.rules import NEEDS_WORDS, WITH_ABOVE
from backend.reports.submissions import held_to_edit, open_submission
from backend.reports.words import fields_of
from backend.safeguards.audit import Actor, note
from backend.units.queries import named_to_the_last

PAPER_FIELDS = {
    "above": 200, "issuer": 200, "place": 80, "abstract": 400, "capacity": 200, "signer_title": 200,
    "signer_name": 120, "recipients": 2000,
}  # fmt: skip
"""What of the paper is a setting of this one report; left empty, the layout says it."""


@dataclass(frozen=True)
class Below:
    """What a report from below says in one field, and who wrote it."""

    text: uuid.UUID
    unit: str
    author: str
    field: str
    words: str
    at: datetime


def open_report(session: Session, duty: Duty, period: Period, sources: Iterable[Source], by: Actor) -> Report:
    """The report of that period, begun with the figures of today; the same again if somebody has begun it."""
    session.execute(select(Duty.id).where(Duty.id == duty.id).with_for_update())  # two beginners, one report
    found = session.scalars(
        select(Report).where(Report.duty_id == duty.id, Report.period == period.code)
    ).first()
    if found is not None:
        return found
    made = Report(
        duty_id=duty.id, unit_id=duty.unit_id, calendar=period.calendar, period=period.code,
        figures=_figures(session, duty, sources, period), paper={}, composed_at=clock.now(), made_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()  # the submission names it
    open_submission(
        session, subject_kind="report", subject_id=made.id, unit=duty.unit_id, line=duty.line,
        receiver=duty.receiver_id, period=period,
    )  # fmt: skip
    note(session, by, "report.open", "report", made.id, unit=duty.unit_id, reason=period.code)
    return made


def form_of(session: Session, duty: uuid.UUID) -> str:
    """report, interim or final review, or a sheet."""
    return shipped()[session.get_one(Duty, duty).obligation].form


def _figures(session: Session, duty: Duty, sources: Iterable[Source], period: Period) -> dict[str, Any]:
    told = list(sources)
    found = gathered(session, duty.unit_id, told, period)
    if form_of(session, duty.id) in review.FORMS:
        found["review"] = review.gathered(session, duty.unit_id, told, period)
    return found


def refresh_figures(session: Session, report: Report, sources: Iterable[Source], by: Actor) -> None:
    """Read them anew. Raises NotEditable."""
    held_to_edit(session, report)
    duty = session.get_one(Duty, report.duty_id)
    report.figures = _figures(session, duty, sources, period_of(report))
    report.composed_at, report.figures_by = clock.now(), by.id
    note(session, by, "report.figures", "report", report.id, unit=report.unit_id)


def save_paper(session: Session, report: Report, told: dict[str, str], by: Actor) -> None:
    """Words of the paper that differ from the layout's. Raises NotEditable."""
    held_to_edit(session, report)
    report.paper = {
        name: told[name].strip()[:most] for name, most in PAPER_FIELDS.items() if told.get(name, "").strip()
    }
    report.paper_by = by.id
    note(session, by, "report.paper", "report", report.id, unit=report.unit_id)


# --- the fields ------------------------------------------------------------------------------------------------------


def texts(session: Session, reports: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, str], ReportText]:
    """(report, field) -> the version that stands."""
    newest = (
        select(ReportText.report_id, ReportText.field, func.max(ReportText.version).label("version"))
        .where(ReportText.report_id.in_(list(reports)))
        .group_by(ReportText.report_id, ReportText.field)
        .subquery()
    )
    rows = session.scalars(
        select(ReportText).join(
            newest,
            (ReportText.report_id == newest.c.report_id)
            & (ReportText.field == newest.c.field)
            & (ReportText.version == newest.c.version),
        )
    )
    return {(row.report_id, row.field): row for row in rows}


def writers(session: Session, reports: Iterable[uuid.UUID]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Report -> everybody who wrote at it: a full stop put under somebody's words does not make them one's own.

    Who wrote in this round; in earlier ones, whoever wrote in a field since it was last empty; who changed its sheet, and who
    had its figures read anew.
    """
    wanted = list(reports)
    found: dict[uuid.UUID, set[uuid.UUID]] = {report: set() for report in wanted}
    for report, behind in _behind_the_words(session, wanted):
        found[report] |= behind
    others = select(Report.id, Report.paper_by, Report.figures_by).where(Report.id.in_(wanted))
    for report, *people in session.execute(others):
        found[report] |= {person for person in people if person is not None}
    return {report: frozenset(people) for report, people in found.items() if people}


def _behind_the_words(session: Session, reports: list[uuid.UUID]) -> list[tuple[uuid.UUID, set[uuid.UUID]]]:
    began = _rounds_began(session, reports)
    is_empty = (func.length(func.trim(ReportText.words)) == 0).label("is_empty")
    rows = session.execute(
        select(ReportText.report_id, ReportText.field, ReportText.person_id, ReportText.at, is_empty)
        .where(ReportText.report_id.in_(reports))
        .order_by(ReportText.report_id, ReportText.field, ReportText.version)
    )
    stand: dict[tuple[uuid.UUID, str], set[uuid.UUID]] = {}
    now: list[tuple[uuid.UUID, set[uuid.UUID]]] = []
    for report, field, person, at, empty in rows:
        behind = stand.setdefault((report, field), set())
        if empty:
            behind.clear()
        else:
            behind.add(person)
        if report not in began or at >= began[report]:
            now.append((report, {person}))
    return [*now, *((report, behind) for (report, _), behind in stand.items())]


def _rounds_began(session: Session, reports: list[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """Report -> when it was given back or opened again last."""
    query = (
        select(Submission.subject_id, func.max(Step.at))
        .join(Step, Step.submission_id == Submission.id)
        .where(
            Submission.subject_kind == "report", Submission.subject_id.in_(reports), Step.deed.in_(NEEDS_WORDS)
        )
        .group_by(Submission.subject_id)
    )  # fmt: skip
    return dict(session.execute(query).all())


def versions(session: Session, report: uuid.UUID, field: str) -> list[ReportText]:
    """Newest first."""
    query = select(ReportText).where(ReportText.report_id == report, ReportText.field == field)
    return list(session.scalars(query.order_by(ReportText.version.desc())))


def save_text(
    session: Session, report: Report, field: str, words: str, *, seen: int, by: Actor,
    carried: Sequence[dict[str, str]] = (),
) -> ReportText:  # fmt: skip
    """A new version of a field; `seen`: the version the writer began from.

    Raises ReportUnknown, NotEditable, TextChanged, TextTooLong.
    """
    if by.id is None or field not in fields_of(form_of(session, report.duty_id)):
        raise ReportUnknown
    held_to_edit(session, report)
    stands = texts(session, [report.id]).get((report.id, field))
    number = stands.version if stands else 0
    if number != seen:
        raise TextChanged
    if len(words) > WORDS:
        raise TextTooLong(most=WORDS)
    if stands and stands.words == words and not carried:
        return stands
    kept = [*(stands.carried if stands else ()), *carried]
    made = ReportText(
        report_id=report.id, field=field, version=number + 1, words=words, carried=kept, person_id=by.id, at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()  # two at once: the second meets the unique version
    note(
        session, by, "report.write", "report", report.id, unit=report.unit_id, reason=f"{field} {number + 1}"
    )
    return made


def authors(session: Session, rows: Iterable[ReportText]) -> dict[uuid.UUID, list[str]]:
    """Text -> whose words were taken over into it: 'Phòng Kinh tế – Nông Văn Bách'. Who has left is no longer named."""
    kept = {row.id: [(uuid.UUID(one["text"]), str(one["unit"])) for one in row.carried] for row in rows}
    sources = {source for parts in kept.values() for source, _ in parts}
    query = select(ReportText.id, ReportText.person_id).where(ReportText.id.in_(list(sources)))
    writers = {row[0]: row[1] for row in session.execute(query)}
    names = names_of(session, set(writers.values()))

    def said(source: uuid.UUID, unit: str) -> str:
        name = names.get(writers[source]) if source in writers else None
        return f"{unit} – {name}" if name else unit

    return {text: list(dict.fromkeys(said(*one) for one in parts)) for text, parts in kept.items()}


def below(session: Session, report: Report) -> list[Below]:
    """What the units that report to this one wrote for the same period, once it has been sent."""
    duty = session.get_one(Duty, report.duty_id)
    rows = session.scalars(
        select(Report)
        .join(Duty, Duty.id == Report.duty_id)
        .join(Submission, (Submission.subject_id == Report.id) & (Submission.subject_kind == "report"))
        .where(
            Duty.receiver_id == report.unit_id, Duty.unit_id != report.unit_id, Duty.interval == duty.interval,
            Report.calendar == report.calendar, Report.period == report.period, Submission.state.in_(WITH_ABOVE),
        )
    ).all()  # fmt: skip
    found = texts(session, [row.id for row in rows])
    units = named_to_the_last(session, {row.unit_id for row in rows}, clock.today())
    people = names_of(session, {text.person_id for text in found.values()})
    of_report = {row.id: row.unit_id for row in rows}
    said = [
        Below(
            text.id, units[of_report[text.report_id]].heading, people.get(text.person_id, ""), text.field,
            text.words, text.at,
        )
        for text in found.values()
        if text.words.strip() and of_report[text.report_id] in units
    ]  # fmt: skip
    return sorted(said, key=lambda one: (one.field, one.unit))


def carry_over(
    session: Session, report: Report, field: str, chosen: Iterable[uuid.UUID], *, seen: int, by: Actor
) -> ReportText:
    """Put what those below wrote under what already stands, each with its unit; nothing that was typed goes."""
    wanted = set(chosen)
    stands = texts(session, [report.id]).get((report.id, field))
    taken = {row["text"] for row in stands.carried} if stands else set()
    parts = [
        one for one in below(session, report)
        if one.field == field and one.text in wanted and str(one.text) not in taken
    ]  # fmt: skip
    if not parts and stands:
        return stands
    lines = [stands.words] if stands and stands.words.strip() else []
    lines += [f"- {one.unit}: {one.words}" for one in parts]
    told = [{"text": str(one.text), "unit": one.unit} for one in parts]
    return save_text(session, report, field, "\n".join(lines), seen=seen, by=by, carried=told)
