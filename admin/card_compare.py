"""Hamlets side by side for a month, within groups of like size. No points, no class, no last place."""

import uuid

from flask import Response, request

from admin import card_words
from admin.blueprint import CARD_READERS, CARD_ROLES, blueprint, page
from admin.card_words import SIDE_BY_SIDE, month_asked, months
from backend import clock, http
from backend.cards import comparing
from backend.http import guarded, staff_with
from backend.people.staff import require_reach
from backend.scorecards.standing import band_words
from backend.units.queries import named


@blueprint.get("/units/<uuid:unit_id>/hamlets-side-by-side")
@guarded(staff_with(*CARD_ROLES))
def card_compare(unit_id: uuid.UUID) -> Response:
    """Raises UnitUnknown, NotAllowed, PeriodUnknown."""
    session = http.session()
    unit = named(session, unit_id, clock.today())
    require_reach(session, http.staff(), unit_id, *CARD_READERS)
    period = month_asked(request.args.get("period", ""))
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
