"""A report as a file: Word, PDF or workbook, put together from its rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import parse
from backend.media import pdf
from backend.people.staff import names_of
from backend.reports import kept, layouts, national, table, word
from backend.reports.compose import authors, texts
from backend.reports.errors import ExportUnknown
from backend.reports.models import Duty, Kept, Report, Submission
from backend.reports.obligations import shipped
from backend.reports.paper import SAMPLE, Facts, paper
from backend.reports.words import FIELDS
from backend.units.queries import named

RECEIVING_BODIES = {("party", "province"): "Tỉnh ủy {name}", ("state", "province"): "Ủy ban nhân dân {unit}",
                    ("party", "commune"): "Ban Chỉ đạo {unit}", ("state", "commune"): "Ban Chỉ đạo {unit}"}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A file to hand out."""

    content: bytes
    type: str
    name: str


def made(session: Session, report: Report, kind: str, *, sample: bool) -> Made:
    """Of what is signed always the same bytes. Raises ExportUnknown."""
    told, figures, signed = _told(session, report)
    told = told | {"sample": SAMPLE if sample else ""}
    writers: dict[str, tuple[Callable[[], bytes], str]] = {
        "docx": (lambda: word.as_word(told), word.TYPE),
        "pdf": (lambda: pdf.pdf("report", told), pdf.TYPE),
        "xlsx": (lambda: table.as_table(told, figures), table.TYPE),
    }
    if kind not in writers:
        raise ExportUnknown
    write, mime = writers[kind]
    content = kept.file_of(session, signed, kind, write) if signed else write()
    return Made(content, mime, f"bao-cao-{report.period}.{kind}")


def sheet_of_paper(session: Session, report: Report, *, sample: bool) -> dict[str, Any]:
    """What stands on the sheet, for the screen."""
    return _told(session, report)[0] | {"sample": SAMPLE if sample else ""}


def keep(session: Session, row: Submission, deed: str) -> None:
    """Put the paper away as it is now that it is signed, or has its number."""
    report = session.get_one(Report, row.subject_id)
    kept.keep_paper(session, row, deed, _as_it_is(session, report, row), report.figures)


def _told(session: Session, report: Report) -> tuple[dict[str, Any], dict[str, Any], Kept | None]:
    """The sheet and its figures; with the kept paper they were read from, once it is signed."""
    row = session.scalars(
        select(Submission).where(Submission.subject_kind == "report", Submission.subject_id == report.id)
    ).one()
    signed = kept.paper_of(session, row)
    if signed is not None:
        return *kept.read(signed), signed
    return _as_it_is(session, report, row), report.figures, None


def _as_it_is(session: Session, report: Report, row: Submission) -> dict[str, Any]:
    duty = session.get_one(Duty, report.duty_id)
    day = row.number_on or clock.today()
    return paper(layouts.in_force(duty.line, day), _facts(session, report, duty, row), report.paper)


def _facts(session: Session, report: Report, duty: Duty, row: Submission) -> Facts:
    told, today = shipped()[duty.obligation], clock.today()
    unit, receiver = named(session, report.unit_id, today), named(session, duty.receiver_id, today)
    body = RECEIVING_BODIES.get((duty.line, receiver.kind), "{heading}")
    signer = names_of(session, {row.signer_id}).get(row.signer_id, "") if row.signer_id else ""
    return Facts(
        form=told.form,
        subject=told.subject,
        period=parse(report.calendar, report.period),
        kind_of_unit=unit.kind if unit.kind in ("commune", "province") else "other",
        unit=unit.full_name,
        name=unit.name if unit.kind in ("commune", "province") else unit.parent_name or unit.name,
        above=unit.parent_name or "",
        receiver=body.format(name=receiver.name, unit=receiver.full_name, heading=receiver.heading),
        number=row.number,
        number_on=row.number_on,
        signer=signer,
        figures=report.figures,
        texts=_texts(session, report),
        sheet=_sheet(session, report, told.sheet) if told.sheet else (),
    )


def _texts(session: Session, report: Report) -> list[tuple[str, str, list[str]]]:
    written = texts(session, [report.id])
    by = authors(session, written.values())
    found = []
    for field, heading in FIELDS.items():
        row = written.get((report.id, field))
        found.append((heading, row.words, by[row.id]) if row else (heading, "", []))
    return found


def _sheet(session: Session, report: Report, code: str) -> list[tuple[str, str, str, str]]:
    return [
        (
            str(number),
            line.title,
            line.entered or line.value,
            f"{line.by}, {clock.local_day(line.at):%d/%m/%Y}" if line.at else "chưa nhập",
        )
        for number, line in enumerate(national.lines(session, report, code), start=1)
    ]
