"""A unit that is called otherwise, goes under another parent or is abolished, decided here and lived through on every node below."""

from dataclasses import dataclass

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from admin.acts import TypedAct
from admin.blueprint import DOCUMENT_KEEPERS, blueprint, page
from admin.document_merge import digest_of, give_out
from admin.documents import office_here
from admin.forms import refusal_of
from backend import clock, http
from backend.db.base import new_id
from backend.errors import N_, DomainError, NotFound
from backend.http import guarded, staff_with
from backend.units import deciding
from backend.units.deciding import Act
from backend.units.errors import DetailsMissing
from backend.units.event_in import UnitsIn
from backend.units.models import Unit
from backend.units.queries import NamedUnit, named_many
from backend.units.trees import subtree

TITLES: dict[str, str] = {
    "rename": N_("Đổi tên đơn vị"),
    "move": N_("Chuyển nơi trực thuộc"),
    "abolish": N_("Giải thể đơn vị"),
}
HINTS = {
    "rename": N_("Tên mới dùng từ ngày có hiệu lực; giấy tờ, số liệu trước ngày ấy vẫn mang tên cũ."),
    "move": N_(
        "Đơn vị cùng mọi xóm, người và cán bộ của nó đi theo; số liệu trước ngày ấy vẫn tính cho nơi cũ."
    ),
    "abolish": N_(
        "Địa bàn, xóm, người và cán bộ sang trọn một đơn vị nhận. Chia cho nhiều nơi thì từng xã tách xóm trước."
    ),
}
SORTS = ("commune", "province")


class UnitMissing(DomainError):
    status = 400
    code = "reorganise_unit_missing"
    sentence = N_("Xin chọn đơn vị trong danh sách và, khi chuyển hoặc giải thể, nơi nhận.")


class NameMissing(DomainError):
    status = 400
    code = "reorganise_name_missing"
    sentence = N_("Xin ghi tên mới và loại đơn vị (xã, phường, đặc khu).")


@dataclass(frozen=True)
class Typed(TypedAct):
    unit: str = ""
    level_word: str = ""
    name: str = ""
    target: str = ""


def _known(what: str) -> str:
    if what not in TITLES:
        raise NotFound
    return what


@blueprint.get("/documents/reorganise/<what>")
@guarded(staff_with(*DOCUMENT_KEEPERS))
def document_reorganise(what: str) -> Response:
    """Which unit, and what becomes of it. Raises NotThisOffice, NotFound."""
    office_here()
    return _form(_known(what), Typed.blank())


def _form(what: str, typed: Typed, error: DomainError | None = None) -> Response:
    units = _units_here()
    return page(
        "document_reorganise.html",
        error.status if error else 200,
        what=what,
        title=gettext(TITLES[what]),
        hint=gettext(HINTS[what]),
        units=units,
        targets=_targets(what, units),
        typed=typed,
        sentence=http.sentence_of(error) if error else "",
    )


def _units_here() -> list[NamedUnit]:
    """Communes and provinces below this node's unit today, by name."""
    below = subtree(http.session(), own := office_here(), clock.today(), "territory")
    kinds = select(Unit.id).where(Unit.id.in_(below), Unit.kind.in_(SORTS), Unit.id != own)
    found = named_many(http.session(), list(http.session().scalars(kinds)), clock.today()).values()
    return sorted(found, key=lambda one: one.full_name)


def _targets(what: str, units: list[NamedUnit]) -> list[NamedUnit]:
    """Where it may go: under a province, or into another unit."""
    wanted = "province" if what == "move" else "commune"
    return [one for one in units if one.kind == wanted]


@blueprint.post("/documents/reorganise/<what>/preview")
@guarded(staff_with(*DOCUMENT_KEEPERS))
def document_reorganise_preview(what: str) -> ResponseReturnValue:
    """What the event says; nothing is written."""
    office_here()
    typed, told = Typed.sent(), list[UnitsIn]()
    if error := refusal_of(lambda: told.append(_told(_known(what), typed))):
        return _form(what, typed, error)
    names = {one.code: one for one in _units_here()}
    return page(
        "document_reorganise_preview.html",
        what=what,
        title=gettext(TITLES[what]),
        sentence=_in_words(what, typed, names),
        typed=typed,
        told=told[0],
        digest=digest_of(told[0]),
        is_ahead=told[0].holds_from > clock.today(),
    )


def _in_words(what: str, typed: Typed, names: dict[str, NamedUnit]) -> str:
    unit, target = names[typed.unit].full_name, names.get(typed.target)
    into = target.full_name if target else ""
    if what == "rename":
        return gettext(
            "%(unit)s được gọi là %(level)s %(name)s",
            unit=unit,
            level=typed.level_word.lower(),
            name=typed.name,
        )
    if what == "move":
        return gettext("%(unit)s chuyển về trực thuộc %(into)s", unit=unit, into=into)
    return gettext("%(unit)s giải thể, toàn bộ nhập vào %(into)s", unit=unit, into=into)


def _told(what: str, typed: Typed) -> UnitsIn:
    """Raises UnitMissing, NameMissing, DetailsMissing, and what the event does not allow."""
    units = _units_here()
    here, targets = {one.code for one in units}, {one.code for one in _targets(what, units)}
    if typed.unit not in here or (what != "rename" and typed.target not in targets):
        raise UnitMissing
    session, act = http.session(), Act(**typed.act(DetailsMissing))
    if what == "move":
        return deciding.moving(session, typed.unit, typed.target, act, event=new_id())
    if what == "abolish":
        return deciding.abolishing(session, typed.unit, typed.target, act, new_id())
    if not typed.name or not typed.level_word:
        raise NameMissing
    word = typed.level_word.lower()[:40]
    return deciding.renaming(session, typed.unit, typed.name[:150], word, act, new_id())


@blueprint.post("/documents/reorganise/<what>")
@guarded(staff_with(*DOCUMENT_KEEPERS))
def document_reorganise_now(what: str) -> ResponseReturnValue:
    """Yes to the preview; refused when it is no longer what was shown."""
    office_here()
    typed, made = Typed.sent(), list[str]()
    if error := refusal_of(lambda: made.append(_decide(_known(what), typed))):
        return _form(what, typed, error)
    flash(gettext("Đã ký và gửi việc sắp xếp. Mọi máy chủ cấp dưới ghi đúng như ở đây và báo lại."))
    return redirect(url_for("admin.document_given", digest=made[0]), 303)


def _decide(what: str, typed: Typed) -> str:
    told = _told(what, typed)
    words = _in_words(what, typed, {one.code: one for one in _units_here()})
    return give_out(told, request.form.get("digest", ""), words[:1].upper() + words[1:])
