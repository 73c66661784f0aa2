"""One pledge, opened by the secretary of the member's present cell or by the committee. Every opening is told to the member.

A form carries the version and the stand it was made from; what has changed since is shown anew with what was typed.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import pledge_words
from admin.blueprint import CELL_SECRETARIES, PLEDGE_READERS, blueprint, page
from admin.forms import refusal_of, typed
from admin.pledge_words import Year, cells_seen, committee, everything_typed, past_day, secretary, year_with
from backend import clock, http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.units.queries import NamedUnit, named
from campaigns.pledge import cell, cell_view, rules
from campaigns.pledge.models import Pledge
from campaigns.pledge.rating import rating_of
from campaigns.pledge.readers import Opened, Reader, open_pledge, present_cell
from campaigns.pledge.schemas import EvidenceOut, ItemOut, VersionOut

FIELDS = ("words", "day", "class", "number", "document")


@dataclass(frozen=True)
class Office:
    """In which office the member reads this pledge, and in which year."""

    year: Year
    reader: Reader
    cell: uuid.UUID

    @property
    def is_secretary(self) -> bool:
        return self.reader.kind == "secretary"


@dataclass(frozen=True)
class Line:
    """A deed of the version on the page with what shows it."""

    change: rules.Change
    evidence: list[EvidenceOut]


def office(pledge_id: uuid.UUID) -> Office:
    """As the secretary of the present cell where that is so, else as the committee above it. Raises NotFound."""
    pledge = http.session().get(Pledge, pledge_id)
    unit = present_cell(http.session(), pledge.subject) if pledge else None
    if pledge is None or unit is None:
        raise NotFound
    year = year_with(pledge.activity_id)
    if unit in _ids(cells_seen(year, *CELL_SECRETARIES)) and http.staff().holds(*CELL_SECRETARIES):
        return Office(year, secretary(unit), unit)
    if unit not in year.cells:
        raise NotFound
    return Office(year, committee(unit), unit)


def _ids(units: list[NamedUnit]) -> set[uuid.UUID]:
    return {one.id for one in units}


# --- reading -------------------------------------------------------------------------------------------------------------


@blueprint.get("/pledges/<uuid:pledge_id>")
@writes_on_read
@guarded(staff_with(*PLEDGE_READERS))
def pledge(pledge_id: uuid.UUID) -> Response:
    """The pledge as this office may see it. Raises NotFound."""
    return pledge_page(pledge_id)


def pledge_page(pledge_id: uuid.UUID, error: DomainError | None = None, at: str = "") -> Response:
    here = office(pledge_id)
    one = open_pledge(http.session(), pledge_id, here.reader, {here.cell})
    told, rating = one.told, rating_of(here.year.activity)
    base = _base(told.versions, told.number, told.in_force)
    lines = _lines(one, base)
    return page(
        "pledge.html",
        error.status if error else 200,
        year=here.year,
        cell=named(http.session(), here.cell, clock.today()),
        one=one,
        name=cell_view.name_of(http.session(), one.subject),
        secretary=here.is_secretary,
        waits=told.state != "closed" and _waits(told.versions, told.number),
        base=base,
        lines=lines,
        old=_of_older_deeds(one, lines),
        old_names=_names_of_deeds(told.versions),
        rating=rating,
        class_names=rating.names(http.language()),
        classes={row.by: row for row in told.classes},
        reviews={row.moment: row for row in told.reviews},
        stamp=cell.stamp(http.session(), one.pledge),
        queue=_queue(here) if here.is_secretary else None,
        words=pledge_words,
        typed=everything_typed(*FIELDS),
        sentence=http.sentence_of(error) if error else "",
        at=at,
    )


def _waits(versions: list[VersionOut], number: int) -> bool:
    return any(one.number == number and one.state == "submitted" for one in versions)


def _base(versions: list[VersionOut], number: int, in_force: int | None) -> VersionOut | None:
    """What the newest version is compared with: the one in force, or else the one before, which was sent back."""
    wanted = in_force if in_force and in_force != number else number - 1
    if in_force == number:
        return None
    return next((one for one in versions if one.number == wanted), None)


def _lines(one: Opened, base: VersionOut | None) -> list[Line]:
    plain = [_plain(item) for item in one.told.items]
    found = rules.changes(base.items, plain) if base else [rules.Change(row, "same") for row in plain]
    return [Line(change, _evidence_of(one, change.item["id"])) for change in found]


def _plain(item: ItemOut) -> dict[str, Any]:
    """As versions keep it."""
    names = ("theme", "what", "measure", "due", "menu")
    return {"id": str(item.id)} | {name: getattr(item, name) for name in names}


def _evidence_of(one: Opened, item: str) -> list[EvidenceOut]:
    return [row for row in one.told.evidence if str(row.item) == item]


def _of_older_deeds(one: Opened, lines: list[Line]) -> list[EvidenceOut]:
    """Evidence of deeds that an earlier version had and neither the newest nor the one it is compared with has."""
    here = {line.change.item["id"] for line in lines}
    return [row for row in one.told.evidence if str(row.item) not in here]


def _names_of_deeds(versions: list[VersionOut]) -> dict[str, str]:
    return {row["id"]: row["what"] for one in reversed(versions) for row in one.items}


@dataclass(frozen=True)
class Queue:
    """What else waits in the cell: the next one this person has not opened, and how many of them are read."""

    unread: uuid.UUID | None
    waiting: int
    read: int


def _queue(here: Office) -> Queue:
    lines = [one for one in cell_view.lines(http.session(), here.year.activity, here.cell) if one.waits]
    read = cell_view.opened_by(http.session(), http.staff().person, lines)
    unread = next((one.pledge for one in lines if one.pledge not in read), None)
    return Queue(unread, len(lines), len(read))


# --- what the secretary does -----------------------------------------------------------------------------------------


def _deed(
    pledge_id: uuid.UUID, at: str, do: Callable[[Pledge, Office], object], done: str
) -> ResponseReturnValue:
    """Do it with the pledge in hand and say so; or show the newest stand with why not and what was typed."""
    here = office(pledge_id)
    if not here.is_secretary:
        raise NotFound

    def deed() -> None:
        held, _ = cell.at_hand(http.session(), pledge_id, "secretary", {here.cell})
        do(held, here)

    if error := refusal_of(deed):
        return pledge_page(pledge_id, error, at)
    flash(done)
    return redirect(_onwards(pledge_id, here), 303)


def _onwards(pledge_id: uuid.UUID, here: Office) -> str:
    """Back to the pledge, or on to the next one where the secretary is reading them one after another."""
    if typed("queue", 3) == "yes":
        return url_for("admin.pledge_many", unit_id=here.cell, activity_id=here.year.activity.id)
    return url_for("admin.pledge", pledge_id=pledge_id)


def _version() -> int:
    """The version the form was made from; 0, which is none, where it is no number."""
    text = typed("version", 6)
    return int(text) if text.isascii() and text.isdecimal() else 0


@blueprint.post("/pledges/<uuid:pledge_id>/return")
@guarded(staff_with(*CELL_SECRETARIES))
def pledge_return(pledge_id: uuid.UUID) -> ResponseReturnValue:
    """To be completed, with what is missing. Raises NotFound."""
    return _deed(
        pledge_id,
        "answer",
        lambda one, here: cell.send_back(http.session(), one, _version(), typed("words"), here.reader),
        gettext("Đã gửi lại để bổ sung. Đảng viên thấy lời góp ý trong ứng dụng."),
    )


@blueprint.post("/pledges/<uuid:pledge_id>/confirm")
@guarded(staff_with(*CELL_SECRETARIES))
def pledge_confirm(pledge_id: uuid.UUID) -> ResponseReturnValue:
    """The cell has confirmed this version. Raises NotFound."""

    def confirm(one: Pledge, here: Office) -> None:
        cell.confirm(http.session(), here.year.activity, one, _version(), typed("words"), here.reader)

    return _deed(pledge_id, "answer", confirm, gettext("Đã ghi: chi bộ xác nhận bản đăng ký này."))


@blueprint.post("/pledges/<uuid:pledge_id>/check")
@guarded(staff_with(*CELL_SECRETARIES))
def pledge_check(pledge_id: uuid.UUID) -> ResponseReturnValue:
    """The cell looked at it, at mid-year or at the end. Raises NotFound."""
    moment = pledge_words.chosen("moment", pledge_words.MOMENTS)

    def check(one: Pledge, here: Office) -> None:
        cell.check_unchanged(http.session(), one, typed("stamp", 20))
        on = past_day("day")
        cell.check(http.session(), here.year.activity, one, moment, typed("words"), on, here.reader)

    return _deed(pledge_id, moment, check, gettext("Đã ghi nhận xét của chi bộ."))


@blueprint.post("/pledges/<uuid:pledge_id>/class")
@guarded(staff_with(*CELL_SECRETARIES))
def pledge_propose(pledge_id: uuid.UUID) -> ResponseReturnValue:
    """The class the cell proposes, as the meeting decided. Raises NotFound."""

    def propose(one: Pledge, here: Office) -> None:
        cell.check_unchanged(http.session(), one, typed("stamp", 20))
        cell.propose(http.session(), here.year.activity, one, typed("class", 30), typed("words"), here.reader)

    return _deed(pledge_id, "class", propose, gettext("Đã ghi mức chi bộ đề nghị."))
