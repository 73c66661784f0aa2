"""A unit that ends: whole into one other, divided among neighbours by weight, or with nothing left to hand on."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.acts import TypedAct, clean, sentence
from admin.blueprint import UNIT_ROLES, actor, blueprint, page
from admin.dry_run import digest, dry_run
from admin.forms import refusal_of
from admin.reorganising import done, unit_here
from admin.units import commune_in_reach
from backend import clock, http
from backend.errors import DomainError
from backend.http import guarded, staff_with
from backend.safeguards.audit import note
from backend.tallies import abolishing
from backend.units import crosswalk
from backend.units.errors import PlanOutdated, UnitUnknown
from backend.units.overview import newest_events, units_of
from backend.units.queries import NamedUnit
from campaigns import handing_over

MOST_PARTS = 5
Rows = list[dict[str, str]]
Parts = list[tuple[uuid.UUID, int]]


def _rows() -> Rows:
    """One for each unit that takes something; what was left out altogether is none."""
    names = ("into", "weight")
    rows = [{name: clean(request.form.get(f"{name}-{at}", "")) for name in names} for at in range(MOST_PARTS)]
    return [row for row in rows if row["into"] or row["weight"]]


def _parts(rows: Rows) -> Parts:
    """Raises UnitUnknown, WeightInvalid."""
    here = {
        one.unit.id
        for some in units_of(http.session(), commune_in_reach().id, clock.today()).values()
        for one in some
    }
    try:
        found = [(uuid.UUID(row["into"]), row["weight"]) for row in rows]
    except ValueError:
        raise UnitUnknown from None
    if any(unit not in here for unit, _ in found):
        raise UnitUnknown
    return [(unit, crosswalk.weight(weight)) for unit, weight in found]


@blueprint.get("/units/<uuid:unit_id>/abolish")
@guarded(staff_with(*UNIT_ROLES))
def abolishing_form(unit_id: uuid.UUID) -> Response:
    return _form(unit_here(unit_id), TypedAct.blank(), [])


def _form(unit: NamedUnit, typed: TypedAct, rows: Rows, error: DomainError | None = None) -> Response:
    found = units_of(http.session(), commune_in_reach().id, clock.today())
    others = [one.unit for one in found.get(unit.kind, []) if one.unit.id != unit.id]
    return page(
        "units_abolish.html",
        error.status if error else 200,
        unit=unit,
        typed=typed,
        others=[(one.id, one.heading) for one in others],
        rows=[*rows, *([{"into": "", "weight": ""}] * (max(2, len(rows) + 1) - len(rows)))][:MOST_PARTS],
        sentence=sentence(error),
    )


@blueprint.post("/units/<uuid:unit_id>/abolish/preview")
@guarded(staff_with(*UNIT_ROLES))
def preview_abolish(unit_id: uuid.UUID) -> ResponseReturnValue:
    """The unit and those that take it over, before and after; nothing is written."""
    unit, typed, rows = unit_here(unit_id), TypedAct.sent(), _rows()
    try:
        into = _parts(rows)

        def run() -> Sequence[uuid.UUID]:
            _abolish(unit, typed, into)
            return [target for target, _ in into]

        found = dry_run(commune_in_reach().id, [unit.id, *(target for target, _ in into)], run)
    except DomainError as refused:
        return _form(unit, typed, rows, refused)
    names = {look.id: look.name for look in found.before}
    sent = {f"{name}-{at}": row[name] for at, row in enumerate(rows) for name in row}
    return page(
        "units_foreseen.html",
        unit=unit,
        typed=typed,
        title=gettext("Giải thể"),
        says=[
            (unit.heading, ""),
            *((f"{names[target]} {crosswalk.percent(weight)} %", "") for target, weight in into),
        ],
        sent=list((asdict(typed) | sent).items()),
        digest=digest([unit.id, *(target for target, _ in into)], typed, rows),
        found=found,
        yes="admin.abolish_now",
        back=request.path.removesuffix("/preview"),
    )


def _abolish(unit: NamedUnit, typed: TypedAct, into: Parts) -> None:
    session = http.session()
    abolishing.abolish(session, unit.id, into, **typed.act())
    handing_over.hand_over(session, newest_events(session, [unit.id], 1)[0])


@blueprint.post("/units/<uuid:unit_id>/abolish")
@guarded(staff_with(*UNIT_ROLES))
def abolish_now(unit_id: uuid.UUID) -> ResponseReturnValue:
    """Yes to the preview; refused when it is no longer what was shown."""
    unit, typed, rows = unit_here(unit_id), TypedAct.sent(), _rows()

    def run() -> None:
        into = _parts(rows)
        if digest([unit.id, *(target for target, _ in into)], typed, rows) != request.form.get("digest"):
            raise PlanOutdated
        _abolish(unit, typed, into)
        reason = f"{unit.code} → {' + '.join(str(weight) for _, weight in into) or '0'} ({typed.document})"
        note(
            http.session(), actor(), "units.abolish", "unit", unit.id, unit=commune_in_reach().id, reason=reason[:500]
        )  # fmt: skip

    if error := refusal_of(run):
        return _form(unit, typed, rows, error)
    return done(unit.id, gettext("Đã giải thể. Lịch sử của đơn vị vẫn xem được."))
