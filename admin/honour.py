"""A unit's honour wall: opening it for everybody with a few words, and closing it."""

import uuid
from dataclasses import dataclass

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.blueprint import HONOUR_KEEPERS, actor, blueprint, page
from admin.forms import typed
from backend import clock, http
from backend.errors import NotFound
from backend.http import guarded, staff_with
from backend.units.queries import NamedUnit, named_many
from campaigns.award import wall
from campaigns.award.wall_models import WALL_WORDS, HonourWall


@dataclass(frozen=True)
class Line:
    """A unit of the member with its wall as it was last set."""

    unit: NamedUnit
    wall: HonourWall | None

    @property
    def is_open(self) -> bool:
        return bool(self.wall and self.wall.is_open)


@blueprint.get("/honour")
@guarded(staff_with(*HONOUR_KEEPERS))
def honour() -> Response:
    """The member's own units and whether each shows a wall. Nobody here sees who did not agree."""
    units = _own_units()
    held = wall.standing(http.session(), units)
    return page(
        "honour.html",
        lines=[Line(unit, held.get(unit.id)) for unit in sorted(units.values(), key=lambda one: one.code)],
        most=WALL_WORDS,
    )


def _own_units() -> dict[uuid.UUID, NamedUnit]:
    granted = {unit for role in HONOUR_KEEPERS for unit in http.staff().roles.get(role, ())}
    return named_many(http.session(), granted, clock.today())


@blueprint.post("/honour/<uuid:unit_id>")
@guarded(staff_with(*HONOUR_KEEPERS))
def set_honour(unit_id: uuid.UUID) -> ResponseReturnValue:
    """Open with these words, or close. Raises NotFound for a unit that is not the member's own."""
    if unit_id not in _own_units():
        raise NotFound
    if typed("is_open", 3) == "1":
        wall.open_wall(http.session(), unit_id, typed("words", WALL_WORDS), actor())
        flash(gettext("Bảng vinh danh đang mở. Tên cá nhân chỉ hiện khi người ấy đã đồng ý."))
    else:
        wall.close_wall(http.session(), unit_id, actor())
        flash(gettext("Đã đóng bảng vinh danh. Trang, ảnh và bản tin không còn xem được."))
    return redirect(url_for("admin.honour"), 303)
