"""Saying thanks: to everybody who took part in an activity, or to whoever shows a receipt. No decision, no emblem.

The page says neither how many nor who: a thank-you is read by the one it is for.
"""

import uuid
from collections.abc import Callable

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.blueprint import THANKERS, actor, blueprint, page
from admin.figures import Pair, own_activity
from admin.forms import refusal_of, typed
from admin.shown import words
from backend import clock, http
from backend.errors import DomainError
from backend.http import guarded, staff_with
from backend.units.queries import named
from campaigns.award import thanks

EVERYBODY, ONE = "everybody", "one"


@blueprint.get("/activities/<uuid:activity_id>/thanks")
@guarded(staff_with(*THANKERS))
def thanks_page(activity_id: uuid.UUID) -> Response:
    """Raises ActivityUnknown, NotAllowed."""
    return _page(own_activity(activity_id, *THANKERS))


def _page(pair: Pair, error: DomainError | None = None) -> Response:
    activity, campaign = pair
    usual = gettext("Cảm ơn Ông/Bà đã tham gia “%(title)s”.", title=words(activity.title))
    return page(
        "thanks.html",
        error.status if error else 200,
        activity=activity,
        owner=named(http.session(), campaign.owner_unit_id, clock.today()),
        done=activity.id in thanks.thanked(http.session(), [activity.id]),
        most=thanks.WORDS,
        who=typed("who", 10) or EVERYBODY,
        receipt=typed("receipt", 40),
        told=typed("words") if error else usual,
        sentence=http.sentence_of(error) if error else "",
    )


@blueprint.post("/activities/<uuid:activity_id>/thanks")
@guarded(staff_with(*THANKERS))
def give_thanks(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Thank them now; what is missing is said, and everything typed stays. Raises ActivityUnknown, NotAllowed."""
    pair = own_activity(activity_id, *THANKERS)
    if error := refusal_of(_deed(pair)):
        return _page(pair, error)
    flash(gettext("Đã gửi lời cảm ơn. Người được cảm ơn đọc trong ứng dụng, ở mục Ghi nhận."))
    return redirect(url_for("admin.thanks_page", activity_id=activity_id), 303)


def _deed(pair: Pair) -> Callable[[], None]:
    (activity, campaign), session = pair, http.session()
    unit, told = campaign.owner_unit_id, typed("words")
    if typed("who", 10) == ONE:
        return lambda: thanks.for_a_deed(session, activity, typed("receipt", 40), unit, told, actor())
    return lambda: thanks.for_taking_part(session, activity, unit, told, actor())
