"""The pledge as a sheet of paper: to be printed, signed and kept by a cell that keeps paper."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from backend.clock import local_day
from backend.media import documents, pdf
from backend.media.documents import PartyHeading
from backend.people import queries as people
from backend.units.models import Unit, UnitLink
from backend.units.queries import named_many
from backend.units.trees import holds_on
from campaigns.kind import Desk
from campaigns.pledge.calendar import year_of
from campaigns.pledge.ledger import PARTY
from campaigns.pledge.models import Pledge
from campaigns.pledge.queries import pledge_out
from campaigns.pledge.schemas import ItemOut, PledgeOut

THEMES = {
    "digital_transformation": "Chuyển đổi số",
    "science": "Khoa học",
    "technology": "Công nghệ",
    "innovation": "Đổi mới sáng tạo",
    "other": "Việc khác",
}
HEADS = ("TT", "Lĩnh vực", "Việc đăng ký", "Kết quả cần đạt", "Thời hạn")
WIDTHS = (11, 29, 60, 39, 26)


@dataclass(frozen=True)
class Sheet:
    """Whose pledge, of which year and cell. `sample`: the people are invented."""

    name: str
    year: int
    cell: str
    above: str | None = None
    sample: bool = False


TITLE = "Bản đăng ký nêu gương"
CELL_SAYS = "Ý kiến của chi bộ:"
SIGNERS = ("T/M CHI BỘ", "BÍ THƯ"), ("NGƯỜI ĐĂNG KÝ", "")


def form(sheet: Sheet, pledge: PledgeOut) -> bytes:
    """The member's own form as a Word file."""
    paper = documents.party_paper(_heading(sheet), TITLE, f"Năm {sheet.year}", sample=sheet.sample)
    for line in _whose(sheet):
        documents.words(paper, line)
    documents.words(paper, how_it_stands(pledge), 13, italic=True)
    made = documents.table(paper, HEADS, WIDTHS)
    for cells in _rows(pledge):
        documents.row(made, cells, centred=(0, 4))
    documents.words(paper, CELL_SAYS, bold=True, before=12)
    if said := _cell_said(pledge):
        documents.words(paper, said)
    documents.room(paper, 3)
    documents.signatures(paper, *SIGNERS, ("", sheet.name))
    return documents.as_file(paper)


def pdf_form(sheet: Sheet, pledge: PledgeOut) -> bytes:
    """The same as a PDF."""
    told = pdf.party_sheet(_heading(sheet), TITLE, f"Năm {sheet.year}", sample=sheet.sample)
    told |= {
        "lines": _whose(sheet),
        "stands": how_it_stands(pledge),
        "heads": HEADS,
        "rows": _rows(pledge),
        "cell": CELL_SAYS,
        "said": _cell_said(pledge),
        "signatures": pdf.signatures(*SIGNERS, ("", sheet.name)),
    }
    return pdf.pdf("pledge_form", told)


def _heading(sheet: Sheet) -> PartyHeading:
    return PartyHeading(sheet.cell or "Chi bộ ……………", sheet.above, year=sheet.year)


def _whose(sheet: Sheet) -> list[str]:
    return [f"Họ và tên: {sheet.name}", f"Đang sinh hoạt tại: {sheet.cell or '……………………'}"]


def _rows(pledge: PledgeOut) -> list[tuple[str, ...]]:
    return [_cells(number, item) for number, item in enumerate(pledge.items, start=1)]


def _cells(number: int, item: ItemOut) -> tuple[str, str, str, str, str]:
    due = _day(item.due) if item.due else ""
    return str(number), THEMES.get(item.theme, item.theme), item.what, item.measure, due


def how_it_stands(pledge: PledgeOut) -> str:
    """Which writing this is: the one handed in, or the one that is still being worked on."""
    if pledge.unsent or not pledge.versions:
        return "Bản đang soạn trên ứng dụng, chưa gửi chi bộ."
    newest = pledge.versions[0]
    said = f"Bản số {newest.number}, gửi chi bộ ngày {_day(newest.submitted_at)}"
    if newest.state == "confirmed" and newest.decided_at:
        return f"{said}; chi bộ xác nhận ngày {_day(newest.decided_at)}."
    return f"{said}."


def _cell_said(pledge: PledgeOut) -> str | None:
    newest = pledge.versions[0] if pledge.versions and not pledge.unsent else None
    return newest.words if newest else None


def _day(moment: str) -> str:
    """'2026-03-31' and '2026-03-31T02:00:00Z' as people here write days."""
    at = datetime.fromisoformat(moment)
    return (local_day(at) if at.tzinfo else at.date()).strftime("%d/%m/%Y")


def own(desk: Desk, as_file: Callable[[Sheet, PledgeOut], bytes], *, sample: bool) -> bytes | None:
    """The form of whoever asks, as `form` or as `pdf_form`; None where nothing was written yet."""
    query = select(Pledge).where(
        Pledge.activity_id == desk.activity.id, Pledge.subject == desk.participant.subject
    )
    pledge = desk.session.scalars(query).first()
    if pledge is None:
        return None
    day = local_day(desk.now)
    cell = people.unit_of(desk.session, desk.participant.person, PARTY, day)
    above = _organisation_above(desk, cell, day) if cell else None
    named = named_many(desk.session, [unit for unit in (cell, above) if unit], day)
    sheet = Sheet(
        name=people.person(desk.session, desk.participant.person).name,
        year=year_of(desk.activity),
        cell=named[cell].heading if cell in named else "",
        above=named[above].heading if above in named else None,
        sample=sample,
    )
    return as_file(sheet, pledge_out(desk.session, pledge))


def _organisation_above(desk: Desk, cell: uuid.UUID, day: date) -> uuid.UUID | None:
    """The Party organisation the cell stands under, in the Party's own line."""
    query = (
        select(Unit.id)
        .join(UnitLink, UnitLink.parent_id == Unit.id)
        .where(UnitLink.unit_id == cell, UnitLink.tree == "party", holds_on(UnitLink, day))
        .where(Unit.kind == "party_organisation")
    )
    return desk.session.scalars(query).first()
