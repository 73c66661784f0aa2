"""Communes that become one, decided here and lived through on every node below: typed, read once more, given out."""

import hashlib
from dataclasses import dataclass

import msgspec
from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.acts import TypedAct, new_unit
from admin.blueprint import DOCUMENT_KEEPERS, actor, blueprint, page
from admin.documents import office_here
from admin.forms import refusal_of
from backend import clock, http
from backend.db.base import new_id
from backend.errors import N_, DomainError
from backend.federation.documents import giving
from backend.federation.peers import queries as peers
from backend.http import guarded, staff_with
from backend.units import deciding
from backend.units.deciding import Act
from backend.units.errors import DetailsMissing, PlanOutdated
from backend.units.event_in import UnitsIn
from backend.units.models import Unit
from backend.units.queries import NamedUnit, named_many
from backend.units.trees import subtree
from campaigns.units_from_above import UNITS, live_through


class SpeakerMissing(DomainError):
    status = 400
    code = "merge_speaker_missing"
    sentence = N_("Xin chọn máy chủ nào, trong các xã, phường nhập lại, báo số liệu của đơn vị mới.")


@dataclass(frozen=True)
class Typed(TypedAct):
    code: str = ""
    level_word: str = ""
    name: str = ""
    served_by: str = ""


@blueprint.get("/documents/merge")
@guarded(staff_with(*DOCUMENT_KEEPERS))
def document_merge() -> Response:
    """Which communes, and what they will be together. Raises NotThisOffice."""
    office_here()
    return _form(Typed.blank(level_word="xã"))


def _form(typed: Typed, error: DomainError | None = None) -> Response:
    return page(
        "document_merge.html",
        error.status if error else 200,
        communes=_communes(http.session()),
        connected={one.unit_code for one in peers.children(http.session())},
        chosen=set(request.form.getlist("unit")),
        typed=typed,
        sentence=http.sentence_of(error) if error else "",
    )


def _communes(session: Session) -> list[NamedUnit]:
    """Those below this node's unit today, by name."""
    below = subtree(session, office_here(), clock.today(), "territory")
    kinds = select(Unit.id).where(Unit.id.in_(below), Unit.kind == "commune")
    found = named_many(session, list(session.scalars(kinds)), clock.today()).values()
    return sorted(found, key=lambda one: one.full_name)


@blueprint.post("/documents/merge/preview")
@guarded(staff_with(*DOCUMENT_KEEPERS))
def document_merge_preview() -> ResponseReturnValue:
    """What the event says; nothing is written."""
    office_here()
    typed, told = Typed.sent(), list[UnitsIn]()
    if error := refusal_of(lambda: told.append(_told(typed))):
        return _form(typed, error)
    names = {one.code: one for one in _communes(http.session())}
    return page(
        "document_merge_preview.html",
        typed=typed,
        told=told[0],
        names=names,
        digest=digest_of(told[0]),
        is_ahead=told[0].holds_from > clock.today(),
    )


def _told(typed: Typed) -> UnitsIn:
    """Raises DetailsMissing, SpeakerMissing, and what the event does not allow."""
    codes = request.form.getlist("unit")
    here = {one.code for one in _communes(http.session())}
    if typed.served_by not in codes:
        raise SpeakerMissing
    if not set(codes) <= here:
        raise DetailsMissing
    act = Act(**typed.act(DetailsMissing))
    new = new_unit(typed.code, typed.level_word, typed.name)
    return deciding.merging(http.session(), codes, new, act, typed.served_by, new_id())


def digest_of(told: UnitsIn) -> str:
    """Stands for exactly this, whatever id it gets."""
    said = {name: value for name, value in msgspec.to_builtins(told).items() if name != "id"}
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()


@blueprint.post("/documents/merge")
@guarded(staff_with(*DOCUMENT_KEEPERS))
def document_merge_now() -> ResponseReturnValue:
    """Yes to the preview; refused when it is no longer what was shown."""
    office_here()
    typed, made = Typed.sent(), list[str]()
    if error := refusal_of(lambda: made.append(_decide(typed))):
        return _form(typed, error)
    flash(gettext("Đã ký và gửi việc sắp xếp. Mọi máy chủ cấp dưới ghi đúng như ở đây và báo lại."))
    return redirect(url_for("admin.document_given", digest=made[0]), 303)


def _decide(typed: Typed) -> str:
    """Raises PlanOutdated, and what the event does not allow."""
    title = gettext("Sáp nhập thành %(name)s", name=f"{typed.level_word} {typed.name}")
    return give_out(_told(typed), request.form.get("digest", ""), title)


def give_out(told: UnitsIn, shown: str, title: str) -> str:
    """Lived through here if its day has come (else on its day), and given out on the State's line. Its digest.

    `shown`: what the yes was said to. Raises PlanOutdated.
    """
    session = http.session()
    if digest_of(told) != shown:
        raise PlanOutdated
    if told.holds_from <= clock.today():
        live_through(session, told)
    own = session.get_one(Unit, office_here()).code
    return giving.give(
        session, http.services().signer, UNITS, str(told.id), told, units=[own], line="state", by=actor(), title=title
    ).digest  # fmt: skip
