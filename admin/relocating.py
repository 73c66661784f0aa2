"""A unit that goes under another parent, and one that is called something else: each is read through before it is written."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import shown
from admin.acts import TypedAct, sentence
from admin.blueprint import UNIT_ROLES, actor, blueprint, page
from admin.dry_run import digest, dry_run
from admin.forms import refusal_of
from admin.reorganising import done, unit_here
from admin.units import commune_in_reach
from backend import clock, http
from backend.errors import DomainError
from backend.http import guarded, staff_with
from backend.safeguards.audit import note
from backend.units import relocating
from backend.units.errors import PlanOutdated, UnitUnknown
from backend.units.queries import NamedUnit, named_many
from backend.units.trees import LinesUp
from backend.units.vocabulary import LEVEL_WORDS_OF_HAMLETS


@dataclass(frozen=True)
class Move(TypedAct):
    parent: str = ""

    def parent_id(self) -> uuid.UUID:
        """Raises UnitUnknown."""
        try:
            return uuid.UUID(self.parent)
        except ValueError:
            raise UnitUnknown from None


@dataclass(frozen=True)
class Rename(TypedAct):
    name: str = ""
    level_word: str = ""


Typed = Move | Rename


# --- move ------------------------------------------------------------------------------------------------------------


@blueprint.get("/units/<uuid:unit_id>/move")
@guarded(staff_with(*UNIT_ROLES))
def moving_form(unit_id: uuid.UUID) -> Response:
    return _move_form(unit_here(unit_id), Move.blank())


def _move_form(unit: NamedUnit, typed: Move, error: DomainError | None = None) -> Response:
    session, commune = http.session(), commune_in_reach()
    place = relocating.own_place(session, unit.id, clock.today())
    here = LinesUp(session).ever_below([commune.id])
    may = set(relocating.parents_for(session, unit.kind, here)) - {unit.id}
    names = named_many(session, may | ({place.parent_id} if place else set()), clock.today())
    parents = sorted((names[one] for one in may if one in names and not (place and one == place.parent_id)), key=lambda one: one.full_name)  # fmt: skip
    return page(
        "units_move.html",
        error.status if error else 200,
        unit=unit,
        typed=typed,
        parents=[(one.id, one.heading) for one in parents],
        now_under=names.get(place.parent_id) if place else None,
        sentence=sentence(error),
    )


@blueprint.post("/units/<uuid:unit_id>/move/preview")
@guarded(staff_with(*UNIT_ROLES))
def preview_move(unit_id: uuid.UUID) -> ResponseReturnValue:
    """Where it stands and where it would stand, with what was counted; nothing is written."""
    unit, typed = unit_here(unit_id), Move.sent()

    def parts() -> list[uuid.UUID]:
        place = relocating.own_place(http.session(), unit.id, typed.day())
        return [unit.id, *([place.parent_id] if place else []), typed.parent_id()]

    return _preview(unit, typed, _move_form, _move, parts, "admin.move_now", gettext("Chuyển nơi trực thuộc"))


@blueprint.post("/units/<uuid:unit_id>/move")
@guarded(staff_with(*UNIT_ROLES))
def move_now(unit_id: uuid.UUID) -> ResponseReturnValue:
    """Yes to the preview; refused when it is no longer what was shown."""
    return _confirmed(
        unit_here(unit_id), Move.sent(), _move_form, _move, "units.move", gettext("Đã chuyển nơi trực thuộc.")
    )


def _move(unit: NamedUnit, typed: Any) -> None:
    relocating.move(http.session(), unit.id, typed.parent_id(), **typed.act())


# --- rename ----------------------------------------------------------------------------------------------------------


@blueprint.get("/units/<uuid:unit_id>/rename")
@guarded(staff_with(*UNIT_ROLES))
def renaming_form(unit_id: uuid.UUID) -> Response:
    unit = unit_here(unit_id)
    return _rename_form(unit, Rename.blank(name=unit.name, level_word=unit.level_word))


def _rename_form(unit: NamedUnit, typed: Rename, error: DomainError | None = None) -> Response:
    return page(
        "units_rename.html", error.status if error else 200, unit=unit, typed=typed,
        level_words=LEVEL_WORDS_OF_HAMLETS if unit.kind == "hamlet" else (), sentence=sentence(error),
    )  # fmt: skip


@blueprint.post("/units/<uuid:unit_id>/rename/preview")
@guarded(staff_with(*UNIT_ROLES))
def preview_rename(unit_id: uuid.UUID) -> ResponseReturnValue:
    """What it is called and what it would be called; nothing is written."""
    unit = unit_here(unit_id)
    return _preview(
        unit, Rename.sent(), _rename_form, _rename, lambda: [unit.id], "admin.rename_now", gettext("Đổi tên")
    )


@blueprint.post("/units/<uuid:unit_id>/rename")
@guarded(staff_with(*UNIT_ROLES))
def rename_now(unit_id: uuid.UUID) -> ResponseReturnValue:
    """Yes to the preview; refused when it is no longer what was shown."""
    return _confirmed(
        unit_here(unit_id), Rename.sent(), _rename_form, _rename, "units.rename", gettext("Đã đổi tên.")
    )


def _rename(unit: NamedUnit, typed: Any) -> None:
    relocating.rename(http.session(), unit.id, typed.name[:150], typed.level_word.lower()[:40], **typed.act())


# --- both ------------------------------------------------------------------------------------------------------------

Form = Callable[[NamedUnit, Any, DomainError | None], Response]
Deed = Callable[[NamedUnit, Any], None]


def _preview(
    unit: NamedUnit, typed: Typed, form: Form, deed: Deed, parts: Callable[[], Sequence[uuid.UUID]], yes: str, title: str
) -> Response:  # fmt: skip
    try:
        typed.act()
        units = list(dict.fromkeys(parts()))

        def run() -> Sequence[uuid.UUID]:
            deed(unit, typed)
            return units

        found = dry_run(commune_in_reach().id, units, run)
    except DomainError as refused:
        return form(unit, typed, refused)
    return page(
        "units_foreseen.html",
        unit=unit,
        typed=typed,
        title=title,
        says=[(found.before[0].name, found.before[0].above), (found.after[0].name, found.after[0].above)],
        sent=list(asdict(typed).items()),
        digest=digest([unit.id], typed),
        found=found,
        yes=yes,
        back=request.path.removesuffix("/preview"),
    )


def _confirmed(
    unit: NamedUnit, typed: Typed, form: Form, deed: Deed, entry: str, told: str
) -> ResponseReturnValue:
    def run() -> None:
        if digest([unit.id], typed) != request.form.get("digest"):
            raise PlanOutdated
        deed(unit, typed)
        after = named_many(http.session(), [unit.id], clock.today())[unit.id]
        reason = f"{unit.code}: {shown.capital(unit.full_name)} → {after.full_name} ({typed.document})"
        note(http.session(), actor(), entry, "unit", unit.id, unit=commune_in_reach().id, reason=reason[:500])

    if error := refusal_of(run):
        return form(unit, typed, error)
    return done(unit.id, told)
