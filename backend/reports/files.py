"""What is signed as a file: Word, PDF or workbook of a report or a scorecard, put together from its rows."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.media import pdf
from backend.own_calendars.reading import period_of
from backend.people.staff import names_of
from backend.reports import card_flow, card_paper, card_table, kept, layouts, national, settings, table, word
from backend.reports.compose import authors, texts
from backend.reports.errors import ExportUnknown, ReportUnknown
from backend.reports.models import Duty, Kept, Report, Submission
from backend.reports.obligations import shipped
from backend.reports.paper import DRAFT, SAMPLE, Facts, committee, paper
from backend.reports.words import fields_of
from backend.units.models import Unit, UnitLink
from backend.units.queries import NamedUnit, named_at_last
from backend.units.trees import holds_on

RECEIVING_BODIES = {("party", "province"): "{committee} {name}", ("state", "province"): "Ủy ban nhân dân {unit}",
                    ("party", "commune"): "Ban Chỉ đạo {unit}", ("state", "commune"): "Ban Chỉ đạo {unit}"}  # fmt: skip
Sheet = tuple[dict[str, Any], dict[str, Any]]
"""Everything that stands on the paper, and its figures."""


@dataclass(frozen=True)
class Made:
    """A file to hand out."""

    content: bytes
    type: str
    name: str


def made(session: Session, row: Submission, kind: str, *, sample: bool) -> Made:
    """Of what is signed always the same bytes; before that it says that it is a draft. Raises ExportUnknown."""
    (told, figures), signed = _told(session, row)
    return _written(session, row, kind, (_marked(told, signed, sample), figures), signed)


def made_in(session: Session, row: Submission, round_: int, kind: str, *, sample: bool) -> Made:
    """The same of a round before this one, which was signed and given back or opened again. Raises ReportUnknown, ExportUnknown."""
    paper = next((one for one in kept.earlier_papers(session, row) if one.round == round_), None)
    if paper is None:
        raise ReportUnknown
    told, figures = kept.read(paper)
    made = _written(session, row, kind, (_marked(told, paper, sample), figures), paper)
    return replace(made, name=made.name.replace(f"{row.period}.", f"{row.period}-luot-{round_}."))


def _written(session: Session, row: Submission, kind: str, sheet: Sheet, signed: Kept | None) -> Made:
    told, figures = sheet
    tables = card_table.as_table if row.subject_kind == "card" else table.as_table
    writers: dict[str, tuple[Callable[[], bytes], str]] = {
        "docx": (lambda: word.as_word(told), word.TYPE),
        "pdf": (lambda: pdf.pdf("report", told), pdf.TYPE),
        "xlsx": (lambda: tables(told, figures), table.TYPE),
    }
    if kind not in writers:
        raise ExportUnknown
    write, mime = writers[kind]
    content = kept.file_of(session, signed, kind, write) if signed else write()
    name = "phieu-diem" if row.subject_kind == "card" else "bao-cao"
    return Made(content, mime, f"{name}-{row.period}.{kind}")


def sheet_of_paper(session: Session, row: Submission, *, sample: bool) -> dict[str, Any]:
    """What stands on the sheet, for the screen."""
    (told, _), signed = _told(session, row)
    return _marked(told, signed, sample)


def fingerprint(session: Session, row: Submission) -> str | None:
    """Of the paper that was signed; None while nobody has."""
    found = kept.paper_of(session, row)
    return found.sha256 if found else None


def keep(session: Session, row: Submission, deed: str) -> None:
    """Put the paper away as it is now that it is signed, or has its number."""
    kept.keep_paper(session, row, deed, *_as_it_is(session, row))


def _marked(told: dict[str, Any], signed: Kept | None, sample: bool) -> dict[str, Any]:
    return told | {"sample": SAMPLE if sample else "", "draft": "" if signed else DRAFT}


def _told(session: Session, row: Submission) -> tuple[Sheet, Kept | None]:
    """The sheet and its figures; with the kept paper they were read from, once it is signed."""
    signed = kept.paper_of(session, row)
    if signed is not None:
        return kept.read(signed), signed
    return _as_it_is(session, row), None


def _as_it_is(session: Session, row: Submission) -> Sheet:
    layout = settings.applied(session, layouts.in_force(row.line, row.number_on or clock.today()))
    if row.subject_kind == "card":
        view = card_flow.carried(session, row)
        facts = _facts(
            session, row, form="card", subject=card_paper.subject(view), blocks=card_paper.blocks(view)
        )  # fmt: skip
        return paper(layout, facts, {}), card_paper.figures(view)
    report = session.get_one(Report, row.subject_id)
    told = shipped()[session.get_one(Duty, report.duty_id).obligation]
    facts = _facts(
        session, row, form=told.form, subject=told.subject, figures=report.figures, texts=_texts(session, report, told.form),
        review=report.figures.get("review", {}),
        sheet=_sheet(session, report, told.sheet) if told.sheet else (),
    )  # fmt: skip
    return paper(layout, facts, report.paper), report.figures


def _facts(session: Session, row: Submission, **more: Any) -> Facts:
    today = clock.today()
    unit = named_at_last(session, row.unit_id, today)
    receiver = named_at_last(session, row.receiver_id or row.unit_id, today)
    body = RECEIVING_BODIES.get((row.line, receiver.kind), "{heading}")
    above, is_place = _above(session, unit), unit.kind in ("commune", "province")
    return Facts(
        period=period_of(row),
        kind_of_unit=unit.kind,
        unit=unit.full_name,
        name=unit.name if is_place else above.name if above else unit.name,
        above=above.name if above else "",
        above_unit=above.full_name if above else "",
        level=unit.level_word,
        level_above=above.level_word if above else "",
        receiver=body.format(
            name=receiver.name, unit=receiver.full_name, heading=receiver.heading, committee=committee(receiver.level_word)
        ),
        number=row.number,
        number_on=row.number_on,
        signer=names_of(session, {row.signer_id}).get(row.signer_id, "") if row.signer_id else "",
        **more,
    )  # fmt: skip


def _above(session: Session, unit: NamedUnit) -> NamedUnit | None:
    """In the territory; a cell stands below its organisation, which stands below the place."""
    today = clock.today()
    ended = session.scalars(select(Unit.valid_to).where(Unit.id == unit.id)).first()
    day = min(today, ended - timedelta(days=1)) if ended else today
    links = session.execute(
        select(UnitLink.tree, UnitLink.parent_id).where(UnitLink.unit_id == unit.id, holds_on(UnitLink, day))
    )
    parents = {link.tree: link.parent_id for link in links}
    found = parents.get("territory") or parents.get("party")
    return named_at_last(session, found, today) if found else None


def _texts(session: Session, report: Report, form: str) -> list[tuple[str, str, list[str]]]:
    written = texts(session, [report.id])
    by = authors(session, written.values())
    found = []
    for field, heading in fields_of(form).items():
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
