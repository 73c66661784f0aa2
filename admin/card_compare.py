"""Hamlets side by side for a month, within groups of like size. No points, no class, no last place."""

import uuid

from flask import Response, request
from flask_babel import gettext

from admin import card_words, inspection_reach
from admin.blueprint import CARD_READERS, CARD_ROLES, blueprint, page
from admin.card_words import SIDE_BY_SIDE, month_asked, months
from backend import clock, http
from backend.cards import comparing
from backend.http import guarded, staff_with, writes_on_read
from backend.people.staff import reach
from backend.scorecards.standing import band_words
from backend.units.queries import named


@blueprint.get("/units/<uuid:unit_id>/hamlets-side-by-side")
@writes_on_read
@guarded(staff_with(*CARD_ROLES))
def card_compare(unit_id: uuid.UUID) -> Response:
    """Raises UnitUnknown, PeriodUnknown; NotOpen where neither reach nor a running inspection file opens it."""
    session = http.session()
    unit = named(session, unit_id, clock.today())
    period = month_asked(request.args.get("period", ""))
    if unit_id not in reach(session, http.staff(), *CARD_READERS):
        days = (period.first, period.last)
        inspection_reach.read(unit_id, "scorecards", gettext("So sánh các xóm, tổ dân phố"), days)
    view = "now" if request.args.get("view") == "now" else "was"
    return page(
        "card_compare.html",
        unit=unit,
        period=period,
        months=months(),
        view=view,
        side=comparing.side_by_side(
            session, unit_id, SIDE_BY_SIDE, period, "now" if view == "now" else "was"
        ),
        band_words=band_words,
        words=card_words,
    )
