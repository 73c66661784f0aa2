"""Units that become one, in two steps: choose and say how it will be called, read what will happen, say yes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.acts import TypedAct, new_unit
from admin.blueprint import UNIT_ROLES, actor, blueprint, page
from admin.dry_run import dry_run
from admin.forms import refusal_of
from admin.units import KINDS, POPULATIONS, commune_in_reach
from backend import clock, http
from backend.errors import DomainError
from backend.http import guarded, staff_with
from backend.people.regrouping import merge_units
from backend.safeguards.audit import note
from backend.units.errors import DetailsMissing, PlanOutdated, UnitUnknown
from backend.units.overview import newest_events, units_of
from backend.units.reorganise import Foreseen, NewUnit, foresee
from campaigns import handing_over


@dataclass(frozen=True)
class Typed(TypedAct):
    code: str = ""
    level_word: str = ""
    name: str = ""

    def unit(self) -> NewUnit:
        """Raises DetailsMissing."""
        return new_unit(self.code, self.level_word, self.name)


@blueprint.get("/units/merge")
@guarded(staff_with(*UNIT_ROLES))
def merging() -> Response:
    """Which units, and what they will be together."""
    return _form(Typed.blank(level_word="xóm"))


def _form(typed: Typed, sentence: str = "", status: int = 200) -> Response:
    commune = commune_in_reach()
    found = units_of(http.session(), commune.id, clock.today())
    kind = request.values.get("kind", "hamlet")
    kind = kind if kind in KINDS else "hamlet"
    return page(
        "units_merge.html",
        status,
        commune=commune,
        kinds=KINDS,
        kind=kind,
        units=found.get(kind, []),
        chosen=set(request.form.getlist("unit")),
        typed=typed,
        sentence=sentence,
        populations=POPULATIONS,
    )


@blueprint.post("/units/merge/preview")
@guarded(staff_with(*UNIT_ROLES))
def preview_merge() -> ResponseReturnValue:
    """What would happen; nothing is written."""
    typed, commune = Typed.sent(), commune_in_reach()
    try:
        new, found = typed.unit(), _foreseen(typed)
        ids = [unit.id for unit in found.units]
        effects = dry_run(commune.id, ids, lambda: [_merge(ids, new, typed)])
    except DomainError as refused:
        return _form(typed, http.sentence_of(refused), refused.status)
    return page(
        "units_merge_preview.html",
        typed=typed,
        new=new,
        found=found,
        effects=effects,
        kind=found.units[0].kind,
        populations=POPULATIONS,
    )


def _foreseen(typed: Typed) -> Foreseen:
    """Raises DetailsMissing, UnitUnknown for what is not the commune's, and what a merge raises."""
    commune = commune_in_reach()
    here = {
        one.unit.id for some in units_of(http.session(), commune.id, clock.today()).values() for one in some
    }
    chosen = _chosen()
    if not chosen <= here:
        raise UnitUnknown
    typed.act(DetailsMissing)
    return foresee(http.session(), chosen, typed.day())


def _merge(units: Sequence[uuid.UUID], new: NewUnit, typed: Typed) -> uuid.UUID:
    """With the campaigns of those that end."""
    session = http.session()
    target = merge_units(session, units, new, **typed.act(DetailsMissing))
    handing_over.hand_over(session, newest_events(session, [target], 1)[0])
    return target


def _chosen() -> set[uuid.UUID]:
    """Raises UnitUnknown."""
    try:
        return {uuid.UUID(text) for text in request.form.getlist("unit")}
    except ValueError:
        raise UnitUnknown from None


@blueprint.post("/units/merge")
@guarded(staff_with(*UNIT_ROLES))
def merge_now() -> ResponseReturnValue:
    """Yes to the preview; refused when it is no longer what was shown."""
    typed, commune = Typed.sent(), commune_in_reach()
    made: list[uuid.UUID] = []

    def merge() -> None:
        new, found = typed.unit(), _foreseen(typed)
        if found.digest != request.form.get("digest"):
            raise PlanOutdated
        made.append(_merge([unit.id for unit in found.units], new, typed))
        reason = _reason(found, new)
        note(http.session(), actor(), "units.merge", "unit", made[0], unit=commune.id, reason=reason)

    if error := refusal_of(merge):
        return _form(typed, http.sentence_of(error), error.status)
    flash(gettext("Đã nhập làm một. Số liệu của đơn vị mới được cộng lại trong giây lát."))
    return redirect(url_for("admin.unit_history", unit_id=made[0]))


def _reason(found: Foreseen, new: NewUnit) -> str:
    return f"{' + '.join(unit.code for unit in found.units)} → {new.code}"[:500]
