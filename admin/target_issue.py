"""A new set of targets from a file, seen before it is written. It may take the place of an older one of the same unit."""

import base64
import uuid
import zlib
from datetime import date

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import target_words
from admin.blueprint import TARGET_KEEPERS, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.household_list import FileMissing
from admin.units import trouble_words
from backend import clock, http
from backend.errors import DomainError, Malformed, NotAllowed
from backend.http import guarded, staff_with
from backend.people.staff import reach
from backend.safeguards.audit import note
from backend.targets import anomalies, csv_file, issuing, queries
from backend.targets.csv_file import Cell
from backend.targets.issuing import Heading
from backend.targets.models import BETWEEN
from backend.units.queries import NamedUnit, named_many
from backend.units.sheets import SheetRefused

FIELDS = (
    "unit",
    "title",
    "issued_by",
    "document_number",
    "document_date",
    "valid_from",
    "between",
    "supersedes",
)
MOST_PACKED = 2 * 1024 * 1024


def _own() -> list[NamedUnit]:
    """Units whose Party Office the member is: whose plans they may write down."""
    granted = http.staff().roles.get(TARGET_KEEPERS[0], frozenset())
    return sorted(named_many(http.session(), granted, clock.today()).values(), key=lambda unit: unit.code)


@blueprint.get("/targets/new")
@guarded(staff_with(*TARGET_KEEPERS))
def new_target_set() -> Response:
    return _form_page()


def _form_page(sent: dict[str, str] | None = None, error: DomainError | None = None) -> Response:
    own = _own()
    return page(
        "target_new.html",
        error.status if error else 200,
        own=own,
        older=queries.sets_of_issuers(http.session(), [unit.id for unit in own]),
        sent=sent or {},
        sentence=http.sentence_of(error) if error else "",
        words=target_words,
        betweens=BETWEEN,
    )


@blueprint.post("/targets/new")
@guarded(staff_with(*TARGET_KEEPERS))
def preview_target_set() -> ResponseReturnValue:
    """The set as it would stand, with what is odd in it and the rows that cannot be used."""
    sent = {name: typed(name, 300) for name in FIELDS}
    file = request.files.get("file")
    if file is None or not file.filename:
        return _form_page(sent, FileMissing())
    data = file.stream.read()
    try:
        cells, troubles = csv_file.read(data, file.filename)
        _heading(sent)
    except (SheetRefused, Malformed) as refused:
        return _form_page(sent, refused)
    odd = anomalies.find(cells, issuing.relations())
    return page(
        "target_new_preview.html",
        sent=sent,
        cells=cells,
        codes=len({cell.code for cell in cells}),
        odd=[(one.code, one.year, target_words.anomaly(one)) for one in odd],
        troubles=[
            (t.line, trouble_words(t))
            for t in (*troubles, *issuing.known_otherwise(http.session(), cells, {}))
        ],
        packed=_packed(cells),
        fields=FIELDS,
        words=target_words,
    )


@blueprint.post("/targets/new/yes")
@guarded(staff_with(*TARGET_KEEPERS))
def issue_target_set() -> ResponseReturnValue:
    """Yes to the preview. A code that the catalogue has for something else stops it."""
    sent, cells = {name: typed(name, 300) for name in FIELDS}, _unpacked(request.form.get("cells", ""))
    heading, unit = _heading(sent), _unit(sent)
    if issuing.known_otherwise(http.session(), cells, {}):
        return _form_page(sent, Malformed())
    made = []

    def deed() -> None:
        made.append(issuing.issue(http.session(), unit, heading, cells, http.staff().person))

    if refused := refusal_of(deed):
        return _form_page(sent, refused)
    note(
        http.session(), actor(), "targets.issue", "target_set", made[0].id, unit=unit, reason=f"{len(cells)}"
    )
    flash(gettext("Đã ghi bộ chỉ tiêu, %(count)s giá trị.", count=len(cells)))
    return redirect(url_for("admin.target_set", set_id=made[0].id), 303)


def _packed(cells: list[Cell]) -> str:
    return base64.b85encode(zlib.compress(csv_file.write(cells, complete=True), 9)).decode()


def _unpacked(text: str) -> list[Cell]:
    """Raises Malformed for what this page did not write."""
    try:
        data = zlib.decompressobj().decompress(base64.b85decode(text.replace("\x00", "")), MOST_PACKED)
        cells, troubles = csv_file.read(data, "chi-tieu.csv")
    except (ValueError, zlib.error, SheetRefused):
        raise Malformed from None
    if troubles:
        raise Malformed
    return cells


def _unit(sent: dict[str, str]) -> uuid.UUID:
    """Raises NotAllowed for a unit of somebody else's."""
    try:
        unit = uuid.UUID(sent["unit"])
    except ValueError:
        raise NotAllowed from None
    if unit not in reach(http.session(), http.staff(), *TARGET_KEEPERS):
        raise NotAllowed
    return unit


def _heading(sent: dict[str, str]) -> Heading:
    """Raises Malformed for a day or an older set that is none."""
    try:
        return Heading(
            title=sent["title"],
            issued_by=sent["issued_by"],
            valid_from=_day(sent["valid_from"]),
            document_number=sent["document_number"][:60] or None,
            document_date=_day(sent["document_date"]),
            between=sent["between"] or "none",
            supersedes=uuid.UUID(sent["supersedes"]) if sent["supersedes"] else None,
        )
    except ValueError:
        raise Malformed from None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
