"""The cards of a month: the commune's own, or those of all communes a province sees, in name order."""

import uuid
from dataclasses import dataclass

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import card_words
from admin.blueprint import CARD_KEEPERS, CARD_READERS, CARD_ROLES, actor, blueprint, page
from admin.card_words import SIDE_BY_SIDE, TEMPLATE, month_asked, months
from admin.forms import typed
from backend import clock, http
from backend.calendars import Period
from backend.cards import actions, store, templates
from backend.cards.shapes import Template
from backend.cards.standings import Standing, standings
from backend.http import guarded, staff_with
from backend.people.staff import reach, require_reach
from backend.units.errors import UnitUnknown
from backend.units.queries import NamedUnit, named_many
from backend.units.words import sort_key


@dataclass(frozen=True)
class Line:
    """A commune with its card of the month; `class_title` in words."""

    unit: NamedUnit
    standing: Standing | None
    class_title: str | None
    may_open: bool


@blueprint.get("/cards")
@guarded(staff_with(*CARD_ROLES))
def cards() -> Response:
    """Raises PeriodUnknown for a period of another calendar."""
    period = month_asked(request.args.get("period", ""))
    lines = _lines(period)
    return page(
        "cards.html",
        period=period,
        months=months(),
        lines=[line for line in lines if line.standing or line.may_open],
        without=sum(1 for line in lines if not line.standing),
        several=len(lines) > 1,
        shape=templates.newest(TEMPLATE),
        words=card_words,
        sheet=SIDE_BY_SIDE,
    )


def _lines(period: Period) -> list[Line]:
    session, today = http.session(), clock.today()
    mine = reach(session, http.staff(), *CARD_READERS)
    own = {unit for role in CARD_KEEPERS for unit in http.staff().roles.get(role, ())}
    units = [unit for unit in named_many(session, mine, today).values() if unit.kind == "commune"]
    found = standings(session, [unit.id for unit in units], TEMPLATE, period)
    template = store.template_in_force(session, TEMPLATE, period)
    return [
        Line(unit, found.get(unit.id), _class(template, found.get(unit.id)), unit.id in own)
        for unit in sorted(units, key=lambda unit: sort_key(unit.name))
    ]


def _class(template: Template, standing: Standing | None) -> str | None:
    code = standing.class_code if standing else None
    return next((one.title["vi"] for one in template.classes if one.code == code), None)


@blueprint.post("/cards")
@guarded(staff_with(*CARD_KEEPERS))
def open_card() -> ResponseReturnValue:
    """Raises UnitUnknown, NotAllowed, PeriodUnknown, PeriodAhead, NotForThisUnit."""
    try:
        unit = uuid.UUID(typed("unit"))
    except ValueError:
        raise UnitUnknown from None
    require_reach(http.session(), http.staff(), unit, *CARD_KEEPERS)
    card = actions.open_card(http.session(), unit, TEMPLATE, month_asked(typed("period", 20)), actor())
    flash(gettext("Đã mở phiếu. Chỉ tiêu, mẫu phiếu và số dân của kỳ này được giữ nguyên từ bây giờ."))
    return redirect(url_for("admin.card", card_id=card.id), 303)
