"""Tasks of a document from a file, with a preview in words before anything is written."""

import uuid

from flask import Response, flash, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.blueprint import PLAN_KEEPERS, actor, blueprint, page
from admin.household_list import FileMissing
from admin.plans import Desk, document_at, keeper, units_named
from admin.units import HANDOUTS
from backend import http
from backend.errors import DomainError, NotFound
from backend.http import STAFF_TOKEN, guarded, staff_with
from backend.plans import importing
from backend.units.errors import PlanOutdated
from backend.units.sheets import SheetRefused

EXAMPLE = (
    "1.1", "Tập huấn kỹ năng số cho bà con các xóm (ví dụ)", "Phòng Văn hóa – Xã hội", "", "30/06/2026",
    "Mỗi xóm một buổi, danh sách người dự", "",
)  # fmt: skip
MOST_LISTED = 200
MOST_SENT = 4 * 1024 * 1024
"""The file, or its rows as they travel with the yes."""


@blueprint.before_app_request
def let_tasks_in() -> None:
    """A list with drawings around it is larger than any other form. Only a browser that signed in may send so much."""
    if request.endpoint in ("admin.upload_plan", "admin.apply_plan") and STAFF_TOKEN in cookie:
        request.max_content_length = request.max_form_memory_size = MOST_SENT


@blueprint.get("/plans/<uuid:document_id>/import")
@guarded(staff_with(*PLAN_KEEPERS))
def plan_import(document_id: uuid.UUID) -> Response:
    return _form(keeper(), document_id)


def _form(here: Desk, document_id: uuid.UUID, error: DomainError | None = None) -> Response:
    return page(
        "plan_import.html",
        error.status if error else 200,
        desk=here,
        document=document_at(here, document_id),
        most_rows=importing.MOST_ROWS,
        sentence=http.sentence_of(error) if error else "",
    )


@blueprint.get("/plans/<uuid:document_id>/import/file.<word>")
@guarded(staff_with(*PLAN_KEEPERS))
def plan_import_file(document_id: uuid.UUID, word: str) -> Response:
    """The heading with one example, to fill in and send back. Raises NotFound."""
    document_at(keeper(), document_id)
    if word not in HANDOUTS:
        raise NotFound
    make, mimetype = HANDOUTS[word]
    heading = [names[0].capitalize() for names in importing.COLUMNS.values()]
    answer = Response(make([heading, list(EXAMPLE)]), mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="nhiem-vu.{word}"'
    return answer


@blueprint.post("/plans/<uuid:document_id>/import")
@guarded(staff_with(*PLAN_KEEPERS))
def upload_plan(document_id: uuid.UUID) -> ResponseReturnValue:
    """What the file would change; nothing is written yet."""
    here, file = keeper(), request.files.get("file")
    document = document_at(here, document_id)
    if file is None or not file.filename:
        return _form(here, document_id, FileMissing())
    try:
        found = importing.preview(http.session(), document, _units(here), file.stream.read(), file.filename)
    except SheetRefused as refused:
        return _form(here, document_id, refused)
    return page(
        "plan_import_preview.html",
        desk=here,
        document=document,
        found=found,
        file_name=file.filename[:200],
        lines=importing.as_text(found.entries),
        most=MOST_LISTED,
        troubles=[
            (t.line, gettext(t.sentence) % t.values if t.values else gettext(t.sentence))
            for t in found.troubles
        ],
    )


def _units(here: Desk) -> set[uuid.UUID]:
    return {one.id for one in units_named(here)}


@blueprint.post("/plans/<uuid:document_id>/import/yes")
@guarded(staff_with(*PLAN_KEEPERS))
def apply_plan(document_id: uuid.UUID) -> ResponseReturnValue:
    """Yes to the preview. What changed meanwhile, or was written already, is refused and said."""
    here = keeper()
    document = document_at(here, document_id)
    entries = importing.from_text(request.form.get("lines", "").replace("\x00", ""))
    try:
        done = importing.apply(
            http.session(), document, _units(here), entries, request.form.get("digest", ""), actor()
        )
    except PlanOutdated as refused:
        return _form(here, document_id, refused)
    flash(
        gettext(
            "Đã ghi %(count)s nhiệm vụ. Nhiệm vụ không có trong tệp vẫn giữ nguyên.", count=len(done.changes)
        )
    )
    return redirect(url_for("admin.plan", document_id=document_id), 303)
