"""Units that become one, in two steps: choose and say how it will be called, read what will happen, say yes."""

import uuid
from dataclasses import asdict, dataclass
from datetime import date, datetime

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.blueprint import UNIT_ROLES, actor, blueprint, page
from admin.units import KINDS, POPULATIONS, commune_in_reach
from backend import clock, http
from backend.errors import DomainError
from backend.http import guarded, staff_with
from backend.people.regrouping import merge_units
from backend.safeguards.audit import note
from backend.units.errors import DetailsMissing, PlanOutdated, UnitUnknown
from backend.units.listing import CODE
from backend.units.overview import units_of
from backend.units.reorganise import Foreseen, NewUnit, foresee


@dataclass(frozen=True)
class Typed:
    """The form as it was filled in, so that nothing typed is lost when something is refused."""

    code: str = ""
    level_word: str = ""
    name: str = ""
    on: str = ""
    document: str = ""
    decided_on: str = ""

    @classmethod
    def sent(cls) -> "Typed":
        return cls(
            **{
                name: " ".join(request.form.get(name, "").replace("\x00", "").split())[:200]
                for name in asdict(cls())
            }
        )

    def unit(self) -> NewUnit:
        """Raises DetailsMissing."""
        if not (CODE.fullmatch(self.code.upper()) and self.name and self.document):
            raise DetailsMissing
        return NewUnit(self.code.upper(), self.name[:150], self.level_word.lower()[:40])

    def day(self) -> date:
        """Raises DetailsMissing."""
        found = _day(self.on)
        if found is None:
            raise DetailsMissing
        return found

    def decided(self) -> date | None:
        """Raises DetailsMissing."""
        return _day(self.decided_on)


def _day(typed: str) -> date | None:
    try:
        return datetime.strptime(typed, "%d/%m/%Y").date() if typed else None
    except ValueError:
        raise DetailsMissing from None


@blueprint.get("/units/merge")
@guarded(staff_with(*UNIT_ROLES))
def merging() -> Response:
    """Which units, and what they will be together."""
    return _form(Typed(level_word="xóm", on=f"{clock.today():%d/%m/%Y}"))


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
    typed = Typed.sent()
    commune_in_reach()
    try:
        new, found = typed.unit(), _foreseen(typed)
    except DomainError as refused:
        return _form(typed, http.sentence_of(refused), refused.status)
    return page(
        "units_merge_preview.html",
        typed=typed,
        new=new,
        found=found,
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
    typed.decided()
    return foresee(http.session(), chosen, typed.day())


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
    try:
        new, found = typed.unit(), _foreseen(typed)
        if found.digest != request.form.get("digest"):
            raise PlanOutdated
        target = merge_units(
            http.session(),
            [unit.id for unit in found.units],
            new,
            on=typed.day(),
            document=typed.document,
            decided_on=typed.decided(),
        )
    except DomainError as refused:
        return _form(typed, http.sentence_of(refused), refused.status)
    note(http.session(), actor(), "units.merge", "unit", target, unit=commune.id, reason=_reason(found, new))
    flash(gettext("Đã nhập làm một. Số liệu của đơn vị mới được cộng lại trong giây lát."))
    return redirect(url_for("admin.unit_history", unit_id=target))


def _reason(found: Foreseen, new: NewUnit) -> str:
    return f"{' + '.join(unit.code for unit in found.units)} → {new.code}"[:500]
