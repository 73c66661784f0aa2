"""Published initiatives for everybody: to read, to learn from, to take up. Names only of authors who agreed to it."""

import uuid

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backend import http
from backend.errors import N_, NotFound
from backend.http import anybody, guarded
from backend.public.page import page
from campaigns.initiative import gallery

blueprint = Blueprint("ideas", __name__, template_folder="templates")

MOST_PAGES = 1000
SCOPES = {"grassroots": N_("cấp cơ sở"), "province": N_("cấp tỉnh"), "national": N_("toàn quốc")}
STAGES = {"pilot": N_("đang làm thử"), "evaluated": N_("đã đánh giá"), "replicated": N_("đã nhân rộng")}


@blueprint.get("/sang-kien")
@guarded(anybody)
def every() -> ResponseReturnValue:
    """A page of them, the newest first; or those near the words asked for."""
    words, number = request.args.get("tim", "").replace("\x00", "").strip()[:200], _number()
    if words:
        return page(
            "ideas", found=gallery.look_for(http.session(), words), asked=words, rows=[], number=1, more=False
        )
    rows, more = gallery.cards(http.session(), page=number)
    return page("ideas", rows=rows, more=more, number=number, asked="", found=[], names=_names, scopes=SCOPES)


def _number() -> int:
    text = request.args.get("trang", "")
    return max(1, min(int(text), MOST_PAGES)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1


def _names(authors: list[str]) -> str:
    """'Nguyễn Văn A và 2 tác giả khác', '3 tác giả': those who did not agree to be named are a number."""
    named = [name for name in authors if name != gallery.AN_AUTHOR]
    others = len(authors) - len(named)
    if not named:
        return gettext("%(count)s tác giả", count=others) if others > 1 else gettext(gallery.AN_AUTHOR)
    told = ", ".join(named)
    return gettext("%(named)s và %(count)s tác giả khác", named=told, count=others) if others else told


@blueprint.get("/sang-kien/<uuid:initiative_id>")
@guarded(anybody)
def one(initiative_id: uuid.UUID) -> ResponseReturnValue:
    """One of them; what is not published is not there."""
    try:
        found = gallery.one(http.session(), initiative_id)
    except NotFound:
        return page("ideas", rows=[], more=False, number=1, asked="", found=[], missing=True), 404
    return page("idea", found=found, card=found.card, names=_names, scopes=SCOPES, stages=STAGES)
