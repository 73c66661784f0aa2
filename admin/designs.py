"""Designs of certificates: what ships, what the member's units made of it, and the pictures an office brought in."""

import uuid
from collections.abc import Mapping

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import undefer

from admin import award_words
from admin.batches import TIERS, makers
from admin.blueprint import BATCH_ROLES, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.household_list import FileMissing
from backend import clock, http
from backend.certificates import designs as known_designs
from backend.certificates.batch_models import ROLES, DesignPicture
from backend.certificates.designs import Known
from backend.certificates.drawing import words_of
from backend.certificates.errors import DesignUnknown
from backend.errors import DomainError, Malformed, NotAllowed
from backend.http import guarded, staff_with
from backend.media import paint_png
from backend.media.design import Design
from backend.media.layout import lay_out
from backend.units.offices import LINE_WORDS
from backend.units.queries import NamedUnit, named_many
from campaigns.award.hands import Hand

PREVIEW_SCALE = 4.0
LONGEST = "Hoàng Thị Nguyệt Ánh Công Tằng Tôn Nữ Diễm Hương Quỳnh Trang"
SHOWN = {
    "number": "0000-0000-0000-0000", "name": LONGEST, "deed": "đã có thành tích xuất sắc trong phong trào “Công dân số”",
    "title": "Cuộc thi trực tuyến “Tìm hiểu chuyển đổi số”. Đợt 1", "result": "Giải Nhất", "date": "2026-01-02",
    "heading": "Giấy khen", "place": "Tân Khánh",
    "signer": "Nguyễn Văn Mẫu", "decision": "Quyết định số 00 ngày 02/01/2026", "register": "Vào sổ khen thưởng số 00",
}  # fmt: skip
"""A preview shows the longest name anybody may have: what fits it fits all."""
GIVERS = {
    "state": "Ủy ban nhân dân xã Tân Khánh",
    "party": "Ban Chấp hành Đảng bộ xã Tân Khánh",
    "front": "Ủy ban Mặt trận Tổ quốc Việt Nam xã Tân Khánh",
    "youth": "Ban Chấp hành Đoàn xã Tân Khánh",
}
SIGNERS = {
    "state": "TM. Ủy ban nhân dân, Chủ tịch",
    "party": "T/M Ban Thường vụ, Bí thư",
    "front": "TM. Ban Thường trực, Chủ tịch",
    "youth": "TM. Ban Chấp hành, Bí thư",
}
ORGANISER = "Ban Tổ chức – xã Tân Khánh, tỉnh Thái Nguyên"
HEADINGS = {"organiser": "Giấy chứng nhận", "thanks": "Thư cảm ơn", "formal": "Giấy khen"}


@blueprint.get("/designs")
@guarded(staff_with(*BATCH_ROLES))
def designs() -> Response:
    """Every version of the member's units, and what ships."""
    return designs_page()


def designs_page(error: DomainError | None = None) -> Response:
    """The list, with what was refused above it."""
    by = award_words.hand()
    units = named_many(http.session(), by.units(BATCH_ROLES), clock.today())
    return page(
        "designs.html",
        error.status if error else 200,
        found=[one for one in known_designs.versions(http.session(), set(units)) if may_use(by, one)],
        units=units,
        tiers=TIERS,
        lines=LINE_WORDS,
        sentence=http.sentence_of(error) if error else "",
    )


def units_of(by: Hand, one: Known) -> set[uuid.UUID]:
    """For whom the member makes papers of this kind: a commendation is the office's of its line, the organiser has the own
    papers and thanks, each for the units where the role was given."""
    return by.units(makers(one.tier, one.line), one.line if one.tier == "formal" else "state")


def own_units(one: Known) -> dict[uuid.UUID, NamedUnit]:
    """The same units with their names."""
    return named_many(http.session(), units_of(award_words.hand(), one), clock.today())


def may_use(by: Hand, one: Known) -> bool:
    units = units_of(by, one)
    return one.unit in units if one.unit else bool(units)


def mine(design_id: uuid.UUID) -> Known:
    """A version the member may see. Raises DesignUnknown, also for another unit's."""
    found = known_designs.find(http.session(), design_id)
    if not may_use(award_words.hand(), found):
        raise DesignUnknown
    return found


def unit_for(one: Known) -> uuid.UUID:
    """For whom a version is made: the unit chosen in the form, where the member holds the role that it takes.

    Raises NotAllowed, Malformed.
    """
    try:
        unit = uuid.UUID(request.values.get("unit", ""))
    except ValueError:
        raise Malformed from None
    if unit not in units_of(award_words.hand(), one):
        raise NotAllowed
    return unit


@blueprint.get("/designs/<uuid:design_id>.png")
@guarded(staff_with(*BATCH_ROLES))
def design_picture(design_id: uuid.UUID) -> Response:
    """How a version looks, with the longest name."""
    found = mine(design_id)
    return drawn(found, found.design, known_designs.pictures(http.session(), found))


def drawn(
    of: Known, design: Design, pictures: dict[str, bytes], words: Mapping[str, str] | None = None
) -> Response:
    """A preview, small and quick: with the longest name, or with the `words` of a paper that is to be printed.

    Raises DoesNotFit, GlyphMissing.
    """
    giver = GIVERS[of.line] if of.tier == "formal" else ORGANISER
    signs = SIGNERS[of.line] if of.tier == "formal" else ""
    told = words or SHOWN | {"heading": HEADINGS[of.tier], "issuer": giver, "signer_title": signs}
    words = words_of(told, "https://lantoa.example/xac-minh/0000-0000-0000-0000?s=" + "0" * 300, sample=False)
    made = paint_png.png(lay_out(design, words | {"sample": "MẪU XEM TRƯỚC"}), pictures, {}, PREVIEW_SCALE)
    return Response(made, mimetype="image/png")


@blueprint.post("/designs/<uuid:design_id>/retire")
@guarded(staff_with(*BATCH_ROLES))
def retire_design(design_id: uuid.UUID) -> ResponseReturnValue:
    """Raises DesignUnknown for what ships: that is simply not chosen."""
    found = mine(design_id)
    if found.unit is None:
        raise DesignUnknown
    known_designs.retire(http.session(), found.id, actor())
    flash(gettext("Mẫu này không dùng cho giấy mới nữa. Giấy đã in không đổi."))
    return redirect(url_for("admin.designs"), 303)


# --- pictures of an office ----------------------------------------------------------------------------------------------


@blueprint.post("/designs/<uuid:design_id>/pictures")
@guarded(staff_with(*BATCH_ROLES))
def add_design_picture(design_id: uuid.UUID) -> ResponseReturnValue:
    """A signature, an emblem, a frame. Raises Malformed for another kind."""
    found, file, role = mine(design_id), request.files.get("file"), typed("role", 10)
    unit = unit_for(found)
    if role not in ROLES or (role != "frame" and found.tier != "formal"):
        raise Malformed
    if file is None or not file.filename:
        return designs_page(FileMissing())
    raw = file.stream.read()
    if refused := refusal_of(lambda: known_designs.add_picture(http.session(), unit, role, raw, actor())):
        return designs_page(refused)
    flash(gettext("Đã nhận ảnh. Xin chọn ảnh trong mẫu rồi lưu."))
    return redirect(url_for("admin.design", design_id=found.id, unit=unit), 303)


@blueprint.get("/designs/pictures/<uuid:unit_id>/<string:digest>.png")
@guarded(staff_with(*BATCH_ROLES))
def office_picture(unit_id: uuid.UUID, digest: str) -> Response:
    """A frame for whoever makes papers of the unit; signature and emblem for the office that gives commendations.

    Raises DesignUnknown, also for another unit's picture.
    """
    by = award_words.hand()
    is_office = any(unit_id in by.units(makers("formal", line), line) for line in LINE_WORDS)
    roles = ROLES if is_office else ("frame",)
    query = select(DesignPicture).where(
        DesignPicture.unit_id == unit_id, DesignPicture.digest == digest[:64], DesignPicture.role.in_(roles)
    )
    row = None
    if unit_id in by.units(BATCH_ROLES):
        row = http.session().scalars(query.options(undefer(DesignPicture.body))).first()
    if row is None:
        raise DesignUnknown
    return Response(row.body, mimetype="image/png")
