"""Official figures from a file, or from another system's values, with a preview in words before anything is written."""

import uuid
from collections.abc import Sequence

from flask import Response, flash, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import target_words
from admin.blueprint import TARGET_KEEPERS, actor, blueprint, page
from admin.forms import typed
from admin.household_list import FileMissing
from admin.target_reach import own_units
from admin.units import HANDOUTS, trouble_words
from backend import clock, http
from backend.errors import DomainError, NotFound
from backend.http import STAFF_TOKEN, guarded, staff_with
from backend.people.staff import reach
from backend.safeguards.audit import note
from backend.targets import dhis2, exchange, importing, queries
from backend.targets.errors import EvidenceMissing
from backend.units.errors import PlanOutdated
from backend.units.listing import Trouble
from backend.units.queries import named_many
from backend.units.sheets import SheetRefused

MOST_SENT = 6 * 1024 * 1024
"""The file, or its rows as they travel with the yes."""
MOST_LISTED = 300
SOURCE = 300


@blueprint.before_app_request
def let_figures_in() -> None:
    """Some thousand rows are larger than any other form. Only a browser that signed in may send so much."""
    if request.endpoint in ("admin.upload_figures", "admin.apply_figures") and STAFF_TOKEN in cookie:
        request.max_content_length = request.max_form_memory_size = MOST_SENT


@blueprint.get("/targets/import")
@guarded(staff_with(*TARGET_KEEPERS))
def figure_import() -> Response:
    return _form_page()


def _form_page(error: DomainError | None = None, source: str = "") -> Response:
    return page(
        "target_import.html",
        error.status if error else 200,
        most_rows=importing.MOST_ROWS,
        sentence=http.sentence_of(error) if error else "",
        source=source,
    )


@blueprint.get("/targets/import/file.<word>")
@guarded(staff_with(*TARGET_KEEPERS))
def figure_import_file(word: str) -> Response:
    """The heading and a row for each indicator that governs the member's unit, to fill in: an empty row says nothing."""
    if word not in HANDOUTS:
        raise NotFound
    make, mimetype = HANDOUTS[word]
    answer = Response(
        make([[names[0] for names in importing.COLUMNS.values()], *_rows_to_fill()]), mimetype=mimetype
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="so-lieu-chinh-thuc.{word}"'
    return answer


def _rows_to_fill() -> list[list[str]]:
    session, today = http.session(), clock.today()
    last_year = str(today.year - 1)
    rows = []
    for unit in own_units():
        if of := queries.set_of(session, unit.id, today):
            lines = queries.targets_of(session, of.id)
            rows += [
                [line.indicator.code, unit.code, importing.PLAIN, last_year, "", "", "", ""] for line in lines
            ]
    return rows


@blueprint.post("/targets/import")
@guarded(staff_with(*TARGET_KEEPERS))
def upload_figures() -> ResponseReturnValue:
    """What the file would change, in words; nothing is written yet."""
    file, source = request.files.get("file"), typed("source", SOURCE)
    if file is None or not file.filename:
        return _form_page(FileMissing(), source)
    if not source:
        return _form_page(EvidenceMissing())
    try:
        entries, troubles = _read(file.stream.read(), file.filename)
    except SheetRefused as refused:
        return _form_page(refused, source)
    found = importing.plan(http.session(), _units(), entries, source, troubles)
    return page(
        "target_import_preview.html",
        found=found,
        source=source,
        file_name=file.filename[:200],
        lines=importing.as_text(found.entries),
        listed=found.changes[:MOST_LISTED],
        units=named_many(http.session(), {one.unit for one in found.changes[:MOST_LISTED]}, clock.today()),
        troubles=_told(found.troubles),
        words=target_words,
    )


def _read(data: bytes, file_name: str) -> tuple[list[importing.Entry], list[Trouble]]:
    """A table, or another system's dataValueSets told apart by what they begin with. Raises SheetRefused."""
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"{", b"[", b"dataelement", b'"dataelement"')):
        return exchange.coming_in(dhis2.read(data))
    return importing.read(data, file_name)


def _units() -> set[uuid.UUID]:
    return reach(http.session(), http.staff(), *TARGET_KEEPERS)


def _told(troubles: Sequence[Trouble]) -> list[tuple[int, str]]:
    return [(trouble.line, trouble_words(trouble)) for trouble in troubles]


@blueprint.post("/targets/import/yes")
@guarded(staff_with(*TARGET_KEEPERS))
def apply_figures() -> ResponseReturnValue:
    """Yes to the preview. What changed meanwhile, or was written already, is refused and said."""
    entries = importing.from_text(request.form.get("lines", "").replace("\x00", ""))
    source, digest = typed("source", SOURCE), request.form.get("digest", "")
    try:
        with http.session().begin_nested():
            done = importing.apply(http.session(), _units(), entries, source, digest, http.staff().person)
    except PlanOutdated as refused:
        return _form_page(refused, source)
    units = {one.unit for one in done.changes}
    for unit in sorted(units, key=str):
        count = sum(one.unit == unit for one in done.changes)
        note(http.session(), actor(), "targets.import", "unit", unit, unit=unit, reason=f"official {count}")
    flash(gettext("Đã ghi %(count)s số liệu chính thức. Số cũ vẫn được giữ lại.", count=len(done.changes)))
    return redirect(url_for("admin.targets"), 303)
