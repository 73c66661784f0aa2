"""Exemplary models for everybody: what, results, how to do the same, and who came to see it."""

import uuid

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend import http
from backend.errors import NotFound
from backend.http import anybody, guarded
from backend.public.page import page
from campaigns.movement import exemplary as known

blueprint = Blueprint("exemplary", __name__, template_folder="templates")

MOST_PAGES = 1000


def _number() -> int:
    text = request.args.get("trang", "")
    return max(1, min(int(text), MOST_PAGES)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1


@blueprint.get("/mo-hinh")
@guarded(anybody)
def every() -> ResponseReturnValue:
    """A page of them, the newest first."""
    rows, more = known.cards(http.session(), page=_number())
    return page("exemplary", rows=rows, more=more, number=_number())


@blueprint.get("/mo-hinh/<uuid:model_id>")
@guarded(anybody)
def one(model_id: uuid.UUID) -> ResponseReturnValue:
    """One of them; what is not published is not there."""
    try:
        card, visits = known.one(http.session(), model_id)
    except NotFound:
        return page("exemplary", rows=[], more=False, number=1, missing=True), 404
    movement = known.movement_of(http.session(), card.row)
    return page("exemplary_one", card=card, visits=visits, movement=movement)
