"""One design: frame, emblem, texts, fields and signature as a form, with a picture that follows what is typed."""

import base64
import json
import uuid
import zlib
from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from admin.batches import TIERS
from admin.blueprint import BATCH_ROLES, actor, blueprint, page
from admin.designs import drawn, mine, own_units, unit_for
from admin.forms import refusal_of, typed
from backend import clock, http
from backend.certificates import designs
from backend.certificates.batch_models import ROLES, DesignPicture
from backend.certificates.designs import Known
from backend.errors import N_, DomainError, Malformed
from backend.http import guarded, staff_with
from backend.media.design import DesignInvalid, design_of
from backend.media.fitting import DoesNotFit
from backend.media.letters import GlyphMissing
from backend.units.offices import LINE_WORDS

FIELDS = {
    "name": N_("họ tên hoặc tên tập thể"),
    "number": N_("số giấy, để xác minh"),
    "issuer": N_("cơ quan, tổ chức cấp"),
    "heading": N_("tên giấy"),
    "deed": N_("thành tích"),
    "title": N_("tên hoạt động, danh hiệu"),
    "result": N_("kết quả, mức thưởng"),
    "decision": N_("số và ngày quyết định"),
    "register": N_("số vào sổ"),
    "place": N_("nơi cấp"),
    "long_date": N_("ngày cấp viết đầy đủ"),
    "year": N_("năm"),
    "signer_title": N_("chức danh người ký"),
    "signer": N_("họ tên người ký"),
}
BLOCKS = {
    "brand": N_("Tên phần mềm trên dải màu"),
    "country": N_("Quốc hiệu, hoặc tên tổ chức"),
    "motto": N_("Tiêu ngữ"),
    "issuer": N_("Cơ quan, tổ chức cấp"),
    "gives": N_("Lời tặng"),
    "thanks": N_("Lời cảm ơn"),
    "heading": N_("Tên giấy"),
    "name": N_("Họ tên"),
    "deed": N_("Thành tích"),
    "title": N_("Hoạt động, danh hiệu"),
    "result": N_("Kết quả"),
    "decision": N_("Quyết định"),
    "register": N_("Vào sổ"),
    "number": N_("Số giấy"),
    "note": N_("Lời nhắc dưới chân giấy"),
    "day": N_("Nơi, ngày cấp"),
    "signer_title": N_("Chức danh người ký"),
    "signer": N_("Người ký"),
}
"""What the form calls the lines of shipped designs; others go by their code."""
PLACES = ("emblem", "signature")
SIDES = ("left", "top", "width", "height")
FRAMES = {
    "classic": N_("khung đôi có góc"),
    "line": N_("một đường viền"),
    "band": N_("dải màu bên trái"),
    "picture": N_("ảnh khung của cơ quan"),
    "none": N_("không có khung"),
}
MOST_PACKED = 64 * 1024


@blueprint.get("/designs/<uuid:design_id>")
@guarded(staff_with(*BATCH_ROLES))
def design(design_id: uuid.UUID) -> Response:
    """The form, filled in with the version it begins from."""
    found = mine(design_id)
    return _page(found, found.body)


def _page(
    found: Known, body: Mapping[str, Any], error: DomainError | None = None, preview: str = ""
) -> Response:
    units = own_units(found)
    unit = _unit(found, list(units))
    roles = ROLES if found.tier == "formal" else ("frame",)
    pictures = (
        select(DesignPicture)
        .where(DesignPicture.unit_id == unit, DesignPicture.role.in_(roles))
        .order_by(DesignPicture.made_at.desc())
    )
    return page(
        "design.html",
        error.status if error else 200,
        found=found,
        body=body,
        units=units,
        unit=unit,
        pictures=list(http.session().scalars(pictures)) if unit else [],
        newest=_newest(found, unit),
        typed={name: typed(name, 200) for name in ("title", "holds_from", "confirmed_by")},
        today=clock.today(),
        fields=FIELDS,
        blocks=BLOCKS,
        frames=FRAMES,
        tiers=TIERS,
        lines=LINE_WORDS,
        preview=preview,
        sentence=http.sentence_of(error) if error else "",
    )


def _unit(found: Known, units: list[uuid.UUID]) -> uuid.UUID | None:
    """Whose version it will be: the one asked for, whose it is, or the only one of the member."""
    asked = request.values.get("unit", default=None, type=uuid.UUID)
    return next((one for one in (asked, found.unit, *units) if one in units), None)


def _newest(found: Known, unit: uuid.UUID | None) -> int:
    """The unit's newest version of this design, 0 where it has none."""
    own = designs.versions(http.session(), {unit}) if unit else []
    return max((one.version for one in own if one.unit == unit and one.code == found.code), default=0)


@blueprint.post("/designs/<uuid:design_id>/preview")
@guarded(staff_with(*BATCH_ROLES))
def preview_design(design_id: uuid.UUID) -> ResponseReturnValue:
    """The form again, with a picture of what it says; for browsers that run no script. Writes nothing."""
    found = mine(design_id)
    body = _body(found)
    try:
        design_of(body, found.tier)
    except DesignInvalid as invalid:
        return _page(found, body, invalid)
    return _page(found, body, preview=_packed(body))


@blueprint.post("/designs/<uuid:design_id>/draw")
@guarded(staff_with(*BATCH_ROLES))
def draw_design(design_id: uuid.UUID) -> Response:
    """What the form says, as a picture. Writes nothing."""
    found = mine(design_id)
    return _drawn(found, _body(found), unit_for(found))


@blueprint.get("/designs/<uuid:design_id>/preview.png")
@guarded(staff_with(*BATCH_ROLES))
def design_preview(design_id: uuid.UUID) -> Response:
    """The same from an address, for the page without scripts. Raises Malformed for one this page did not write."""
    found = mine(design_id)
    return _drawn(found, _unpacked(request.args.get("body", "")), unit_for(found))


def _drawn(found: Known, body: Any, unit: uuid.UUID) -> Response:
    """Raises DesignInvalid, DesignUnknown for a picture that is not the unit's."""
    made = design_of(body, found.tier)
    try:
        return drawn(found, made, _pictures(found, body, unit))
    except DoesNotFit as no_fit:
        raise DesignInvalid(what=gettext("chữ không vừa khung “%(field)s”", field=no_fit.field)) from None
    except GlyphMissing as missing:
        raise DesignInvalid(
            what=gettext("có ký hiệu không in được (%(sign)s)", sign=missing.told())
        ) from None


def _pictures(found: Known, body: Any, unit: uuid.UUID) -> dict[str, bytes]:
    trial = Known(found.id, found.code, 0, found.title, found.holds_from, found.line, found.tier, body, unit)
    return designs.pictures(http.session(), trial)


@blueprint.post("/designs/<uuid:design_id>")
@guarded(staff_with(*BATCH_ROLES))
def save_design(design_id: uuid.UUID) -> ResponseReturnValue:
    """The unit's next version. What was typed stays in the form where it is refused."""
    found, body = mine(design_id), _body(mine(design_id))
    unit, made = unit_for(found), list[uuid.UUID]()

    def save() -> None:
        _drawn(found, body, unit)
        made.append(
            designs.save(
                http.session(), unit, found, body, typed("title", 200) or found.title, _holds_from(), actor(),
                typed("confirmed_by", 200) or None, request.form.get("replaces", 0, type=int),
            ).id
        )  # fmt: skip

    if refused := refusal_of(save):
        return _page(found, body, refused)
    flash(gettext("Đã lưu mẫu mới. Giấy đã in theo mẫu trước không đổi."))
    return redirect(url_for("admin.design", design_id=made[0]), 303)


def _holds_from() -> date:
    """Raises Malformed."""
    try:
        return date.fromisoformat(typed("holds_from", 10))
    except ValueError:
        raise Malformed from None


# --- what the form says -------------------------------------------------------------------------------------------------


def _body(found: Known) -> dict[str, Any]:
    """The version it began from, with what was typed in its place. What cannot be read is left for `design_of` to say."""
    body = deepcopy(found.body)
    body["family"] = typed("family", 10) or body.get("family", "serif")
    frame = body.setdefault("frame", {})
    for name in ("style", "colour", "accent", "paper"):
        frame[name] = typed(f"frame.{name}", 20) or frame.get(name, "")
    frame["digest"] = typed("frame.digest", 64)
    for place in PLACES:
        _put_picture(body, place)
    for area in body["areas"]:
        for block in area["blocks"]:
            _put_block(block)
    return body


def _put_picture(body: dict[str, Any], place: str) -> None:
    if not body.get(place):
        return
    for side in SIDES:
        body[place][side] = _number(f"{place}.{side}", body[place][side])
    body[place]["digest"] = typed(f"{place}.digest", 64)


def _put_block(block: dict[str, Any]) -> None:
    code = block["code"]
    block["say"] = typed(f"say.{code}", 300) or block["say"]
    block["size"] = _number(f"size.{code}", block.get("size", 5.6))
    block["shown"] = request.form.get(f"shown.{code}") == "1"


def _number(name: str, otherwise: float) -> Any:
    """A number however its point is written; the text itself where it is none, to be refused with its place."""
    text = typed(name, 12).replace(",", ".")
    try:
        return float(text) if text else otherwise
    except ValueError:
        return text


def _packed(body: Mapping[str, Any]) -> str:
    raw = zlib.compress(json.dumps(body, ensure_ascii=False).encode(), 9)
    return base64.urlsafe_b64encode(raw).decode()


def _unpacked(text: str) -> Any:
    try:
        raw = base64.urlsafe_b64decode(text.encode())
        return json.loads(zlib.decompressobj().decompress(raw, MOST_PACKED))
    except (ValueError, zlib.error, RecursionError):
        raise Malformed from None
