"""Units are reorganised here: five kinds of events, what there was so far, and what may still be taken back."""

import uuid
from dataclasses import dataclass

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import shown
from admin.blueprint import UNIT_ROLES, actor, blueprint, page
from admin.forms import refusal_of
from admin.resting import resting_on
from admin.units import EVENTS, KINDS, commune_in_reach
from backend import clock, http
from backend.errors import N_, NotFound
from backend.http import guarded, staff_with
from backend.safeguards.audit import note
from backend.tallies import undoing
from backend.units import crosswalk
from backend.units.models import WHOLE, UnitCrosswalk, UnitEvent
from backend.units.overview import history, last_names, newest_events, steps_of, units_of
from backend.units.queries import NamedUnit, named
from backend.units.refusals import ABOVE
from backend.units.trees import LinesUp
from campaigns import handing_over

MOST = 30
ABOUT_ONE = {
    "split": "admin.splitting_form",
    "move": "admin.moving_form",
    "rename": "admin.renaming_form",
    "abolish": "admin.abolishing_form",
}
"""Kind of event -> the form that begins with one unit."""
WHAT = {
    "merge": N_("Hai hay nhiều đơn vị thành một; người, hộ và số liệu theo sang."),
    "split": N_("Một phần tách ra lập đơn vị mới, theo tỷ lệ trong văn bản."),
    "move": N_("Đổi nơi trực thuộc; mọi người và số liệu đi cùng."),
    "rename": N_("Đổi tên hoặc cấp gọi, ví dụ thôn thành tổ dân phố."),
    "abolish": N_("Thôi hoạt động; giao cho một hay nhiều đơn vị nhận, hoặc không còn gì để giao."),
}


@dataclass(frozen=True)
class Told:
    """An event in words. `resting`: why it is not taken back; `open`: a division whose people are still being placed."""

    event: UnitEvent
    unit: uuid.UUID
    words: str
    resting: list[str]
    is_division: bool


def unit_here(unit_id: uuid.UUID) -> NamedUnit:
    """One of the commune's. Raises NotFound, UnitUnknown for what ended."""
    if unit_id not in LinesUp(http.session()).ever_below([commune_in_reach().id]):
        raise NotFound
    return named(http.session(), unit_id, clock.today())


@blueprint.get("/units/reorganise")
@guarded(staff_with(*UNIT_ROLES))
def reorganising() -> ResponseReturnValue:
    """The five kinds and every event so far; with a kind and a unit it leads to the form."""
    commune, kind = commune_in_reach(), request.args.get("kind", "")
    if kind in ABOUT_ONE and (chosen := _chosen()):
        return redirect(url_for(ABOUT_ONE[kind], unit_id=unit_here(chosen).id))
    found = units_of(http.session(), commune.id, clock.today())
    return page(
        "units_reorganise.html",
        commune=commune,
        kinds=EVENTS,
        what=WHAT,
        about_one=ABOUT_ONE,
        units=[(KINDS[of], found[of]) for of in KINDS if of in found and of in ABOVE],
        events=events_of(commune.id),
    )


def _chosen() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args.get("unit", ""))
    except ValueError:
        return None


def events_of(commune: uuid.UUID) -> list[Told]:
    """The newest first."""
    session = http.session()
    return [told(event) for event in newest_events(session, LinesUp(session).ever_below([commune]), MOST)]


def told(event: UnitEvent) -> Told:
    steps = steps_of(http.session(), event.id)
    names = last_names(http.session(), {unit for step in steps for unit in (step.from_id, step.to_id)})
    names = {unit: shown.capital(name) for unit, name in names.items()}
    return Told(
        event, steps[0].to_id, _words(event, steps, names), resting_on(event) if event.made else [],
        any(step.weight != WHOLE for step in steps),
    )  # fmt: skip


def _words(event: UnitEvent, steps: list[UnitCrosswalk], names: dict[uuid.UUID, str]) -> str:
    sources = " + ".join(dict.fromkeys(names[step.from_id] for step in steps))
    if event.kind in ("move", "rename") or steps[0].from_id == steps[-1].to_id:
        return sources
    into = " + ".join(
        names[step.to_id] + ("" if step.weight == WHOLE else f" {crosswalk.percent(step.weight)} %")
        for step in {step.to_id: step for step in steps}.values()
    )
    return f"{sources} → {into}"


# --- taken back, placed --------------------------------------------------------------------------------------------------


def _event_of(unit_id: uuid.UUID, event_id: uuid.UUID) -> UnitEvent:
    """Raises NotFound."""
    session = http.session()
    event = next((one.event for one in history(session, unit_id).happened if one.event.id == event_id), None)
    if event is None or unit_id not in LinesUp(session).ever_below([commune_in_reach().id]):
        raise NotFound
    return event


@blueprint.post("/units/<uuid:unit_id>/events/<uuid:event_id>/undo")
@guarded(staff_with(*UNIT_ROLES))
def undo_reorganisation(unit_id: uuid.UUID, event_id: uuid.UUID) -> ResponseReturnValue:
    """Until figures that hold it are published or signed, or something rests on it."""
    commune, session = commune_in_reach(), http.session()
    event = _event_of(unit_id, event_id)
    reason, resting = f"{event.kind} {event.document}"[:500], resting_on(event)

    def undo() -> None:
        handing_over.hand_back(session, event)
        undoing.undo(session, event_id, resting)
        note(session, actor(), "units.undo", "unit", unit_id, unit=commune.id, reason=reason)

    if error := refusal_of(undo):
        flash(http.sentence_of(error))
        return redirect(url_for("admin.unit_history", unit_id=unit_id), 303)
    flash(gettext("Đã hoàn lại việc sắp xếp. Số liệu được cộng lại trong giây lát."))
    return redirect(url_for("admin.reorganising"), 303)


@blueprint.post("/units/<uuid:unit_id>/events/<uuid:event_id>/placed")
@guarded(staff_with(*UNIT_ROLES))
def everybody_placed(unit_id: uuid.UUID, event_id: uuid.UUID) -> ResponseReturnValue:
    """Everybody of a divided unit is recorded where they belong now; said again, it is taken back."""
    event = _event_of(unit_id, event_id)
    if not told(event).is_division:
        raise NotFound
    event.placed_at = None if event.placed_at else clock.now()
    note(
        http.session(), actor(), "units.placed" if event.placed_at else "units.unplaced", "unit", unit_id,
        unit=commune_in_reach().id, reason=event.document,
    )  # fmt: skip
    flash(
        gettext("Từ nay ai còn ghi ở đơn vị cũ được tính là người của đơn vị cũ.")
        if event.placed_at
        else gettext("Đã mở lại việc xếp người và hộ.")
    )
    return redirect(url_for("admin.unit_history", unit_id=unit_id), 303)


def done(unit: uuid.UUID, sentence: str) -> Response:
    """To the history of the unit, with a sentence."""
    flash(sentence)
    return redirect(url_for("admin.unit_history", unit_id=unit), 303)  # type: ignore[return-value]
