"""Switching a unit's open data on and off: what everybody may then read and take home was all published before."""

import uuid
from dataclasses import dataclass

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.blueprint import CARD_KEEPERS, actor, blueprint, page
from admin.forms import typed
from backend import clock, http
from backend.errors import NotAllowed
from backend.http import guarded, staff_with
from backend.open_data import choices
from backend.open_data.models import LICENCE, OpenDataChoice
from backend.people.staff import names_of
from backend.units.queries import NamedUnit, named, named_many


@dataclass(frozen=True)
class Line:
    """A unit of the member with the choice that holds."""

    unit: NamedUnit
    choice: OpenDataChoice | None

    @property
    def is_on(self) -> bool:
        return bool(self.choice and self.choice.is_on)


@blueprint.get("/open-data")
@guarded(staff_with(*CARD_KEEPERS))
def open_data() -> Response:
    """The member's own units and whether each publishes."""
    session, units = http.session(), _own_units()
    held = choices.standing(session, units)
    people = {row.chosen_by for row in held.values() if row.chosen_by}
    return page(
        "open_data.html",
        lines=[Line(unit, held.get(unit.id)) for unit in sorted(units.values(), key=lambda one: one.code)],
        names=names_of(session, people),
        licence=LICENCE,
    )


def _own_units() -> dict[uuid.UUID, NamedUnit]:
    """Whoever keeps the unit's figures decides for it; for those below it they decide themselves."""
    granted = {unit for role in CARD_KEEPERS for unit in http.staff().roles.get(role, ())}
    found = named_many(http.session(), granted, clock.today())
    return {unit: one for unit, one in found.items() if one.kind in choices.KINDS}


@blueprint.post("/open-data/<uuid:unit_id>")
@guarded(staff_with(*CARD_KEEPERS))
def choose_open_data(unit_id: uuid.UUID) -> ResponseReturnValue:
    """On or off, from now. Raises UnitUnknown, NotAllowed."""
    named(http.session(), unit_id, clock.today())
    if unit_id not in _own_units():
        raise NotAllowed
    is_on = typed("is_on", 3) == "1"
    choices.choose(http.session(), unit_id, is_on, actor())
    flash(
        gettext("Đã bật: số liệu đã công bố của đơn vị nay ai cũng xem và tải về được.")
        if is_on
        else gettext("Đã ngừng công khai. Người đã tải về trước đó vẫn giữ bản của họ.")
    )
    return redirect(url_for("admin.open_data"), 303)
