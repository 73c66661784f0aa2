"""Prizes of an activity: how many, of what money, what was given and handed over; and whether anybody may read that."""

import re
import uuid
from decimal import Decimal

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import award_words
from admin.award_list import activity_seen, may_keep
from admin.blueprint import AWARD_KEEPERS, blueprint, page
from admin.forms import refusal_of, typed
from backend import http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with
from backend.units.words import fold
from campaigns.award import naming, prizes
from campaigns.award.errors import PrizeWrong

FIELDS = ("code", "name", "amount", "most", "per", "source", "published")


@blueprint.get("/awards/<uuid:award_id>/prizes")
@guarded(staff_with(*AWARD_KEEPERS))
def award_prizes(award_id: uuid.UUID) -> Response:
    """Raises NotFound."""
    return _page(award_id)


def _page(award_id: uuid.UUID, error: DomainError | None = None) -> Response:
    by = award_words.hand()
    activity, campaign = activity_seen(award_id, by)
    if not may_keep(by, campaign):
        raise NotFound
    rows = prizes.budget(http.session(), activity.id)
    return page(
        "award_prizes.html",
        error.status if error else 200,
        activity=activity,
        campaign=campaign,
        rows=rows,
        budget=sum((one.budget for _, one in rows), Decimal(0)),
        promised=sum((one.promised for _, one in rows), Decimal(0)),
        paid=sum((one.paid for _, one in rows), Decimal(0)),
        owed=sum((one.owed for _, one in rows), Decimal(0)),
        words=award_words,
        typed={name: typed(name) for name in FIELDS},
        sentence=http.sentence_of(error) if error else "",
    )


@blueprint.post("/awards/<uuid:award_id>/prizes")
@guarded(staff_with(*AWARD_KEEPERS))
def award_prize_put(award_id: uuid.UUID) -> ResponseReturnValue:
    """A prize added or changed. Raises NotFound."""
    by = award_words.hand()
    activity, campaign = activity_seen(award_id, by)
    if not may_keep(by, campaign):
        raise NotFound
    if error := refusal_of(lambda: prizes.put(http.session(), activity, _told(), by)):
        return _page(award_id, error)
    flash(gettext("Đã ghi cơ cấu giải."))
    return redirect(url_for("admin.award_prizes", award_id=award_id), 303)


def _told() -> prizes.PrizeTold:
    """Raises PrizeWrong."""
    name, per = typed("name", 200), typed("per", 6) or "person"
    code = typed("code", 40)
    is_new = not code
    code = code or naming.fitted(re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-"), 40)
    if not code or per not in ("person", "unit"):
        raise PrizeWrong
    amount, most = digits("amount", 11), digits("most", 5)
    return prizes.PrizeTold(
        code, name, Decimal(amount), most, per, typed("source", 200), typed("published", 3) == "yes", is_new
    )


def digits(name: str, most: int) -> int:
    """'500.000' -> 500000. Raises PrizeWrong."""
    text = re.sub(r"[.\s,]", "", typed(name, 20))
    if not (text.isascii() and text.isdecimal()) or len(text) > most:
        raise PrizeWrong
    return int(text)
