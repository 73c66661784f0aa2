"""A list of initiatives on paper from a file, with a preview in words before anything is written."""

import uuid

from flask import Response, flash, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.blueprint import IDEA_SECRETARIES, blueprint, page
from admin.household_list import FileMissing
from admin.idea_words import Year, reachable_units, secretary, unit_names, year_asked
from admin.units import HANDOUTS
from backend import http
from backend.errors import DomainError, NotFound
from backend.http import STAFF_TOKEN, guarded, staff_with
from backend.units.errors import PlanOutdated
from backend.units.sheets import SheetRefused
from campaigns.initiative import importing

MOST_SENT = 12 * 1024 * 1024
"""The file, or its rows as they travel with the yes."""
MOST_LISTED = 200
"""Lines shown of what would be added; the number of all of them stands above."""
EXAMPLE = (
    "Phiếu hỏi ba câu trước khi xuống xã (ví dụ)", "Người dân xuống tới nơi mới biết thiếu giấy tờ.",
    "Mười tờ hỏi nhanh, trả lời xong ra ngay danh sách giấy tờ cần mang.", "Trung tâm phục vụ hành chính công", "01/02/2026",
    "Bớt lượt phải quay về.", "Nguyễn Văn A (60); Trần Thị B (40)", "", "", "", "", "", "",
)  # fmt: skip


@blueprint.before_app_request
def let_a_list_in() -> None:
    """Thousands of rows are larger than any other form. Only a browser that signed in may send so much."""
    if request.endpoint in ("admin.upload_ideas", "admin.apply_ideas") and STAFF_TOKEN in cookie:
        request.max_content_length = request.max_form_memory_size = MOST_SENT


def _year() -> Year:
    """Raises NotFound for whoever is not the secretary of the year's own unit."""
    year = year_asked()
    if not year.handles_all:
        raise NotFound
    return year


@blueprint.get("/ideas/import")
@guarded(staff_with(*IDEA_SECRETARIES))
def idea_import() -> Response:
    return _form_page()


def _form_page(error: DomainError | None = None) -> Response:
    return page(
        "idea_import.html",
        error.status if error else 200,
        year=_year(),
        most_rows=importing.MOST_ROWS,
        sentence=http.sentence_of(error) if error else "",
    )


@blueprint.get("/ideas/import/file.<word>")
@guarded(staff_with(*IDEA_SECRETARIES))
def idea_import_file(word: str) -> Response:
    """The heading with one example, to fill in and send back: xlsx or csv. Raises NotFound."""
    _year()
    if word not in HANDOUTS:
        raise NotFound
    make, mimetype = HANDOUTS[word]
    heading = [names[0] for names in importing.COLUMNS.values()]
    answer = Response(make([heading, list(EXAMPLE)]), mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="danh-sach-sang-kien.{word}"'
    return answer


@blueprint.post("/ideas/import")
@guarded(staff_with(*IDEA_SECRETARIES))
def upload_ideas() -> ResponseReturnValue:
    """What the file would add, in words; nothing is written yet. Raises NotFound."""
    year, file = _year(), request.files.get("file")
    if file is None or not file.filename:
        return _form_page(FileMissing())
    try:
        found = importing.preview(
            http.session(), year.activity, _units(year), file.stream.read(), file.filename
        )
    except SheetRefused as refused:
        return _form_page(refused)
    return page(
        "idea_import_preview.html",
        year=year,
        found=found,
        file_name=file.filename[:200],
        lines=importing.as_text(found.entries),
        listed=found.added[:MOST_LISTED],
        units=unit_names({one.unit for one in found.added[:MOST_LISTED]}),
        troubles=[(t.line, gettext(t.sentence) % t.values if t.values else gettext(t.sentence)) for t in found.troubles],
    )  # fmt: skip


def _units(year: Year) -> set[uuid.UUID]:
    return {one.id for one in reachable_units(year, *IDEA_SECRETARIES)}


@blueprint.post("/ideas/import/yes")
@guarded(staff_with(*IDEA_SECRETARIES))
def apply_ideas() -> ResponseReturnValue:
    """Yes to the preview. What changed meanwhile, or was written already, is refused and said. Raises NotFound."""
    year = _year()
    entries = importing.from_text(request.form.get("lines", "").replace("\x00", ""))
    digest = request.form.get("digest", "")
    try:
        done = importing.apply(http.session(), year.activity, _units(year), entries, digest, secretary(year))
    except PlanOutdated as refused:
        return _form_page(refused)
    flash(gettext("Đã ghi %(count)s sáng kiến từ danh sách.", count=len(done.added)))
    return redirect(url_for("admin.ideas", activity_id=year.activity.id), 303)
