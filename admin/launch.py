"""Launching a campaign: the first step, choosing a pack or bringing one. The other steps are in steps and round_rules."""

from datetime import date, timedelta

from flask import Response, flash, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import campaign_words
from admin.blueprint import actor, blueprint, page
from admin.campaigns import PREPARERS, packs_at_hand
from admin.steps import day_in, uuid_in
from backend import clock, http
from backend.http import STAFF_TOKEN, guarded, reads_first, staff_with
from backend.people.staff import require_reach
from backend.safeguards.audit import note
from backend.units.queries import named_many
from campaigns import campaigns as life
from campaigns.pack import PackInvalid
from campaigns.pack import store as packs

MOST_UPLOADED = packs.MOST_ZIPPED


@blueprint.before_app_request
def let_a_pack_in() -> None:
    """A pack is larger than any other request. Only a browser that signed in may send so much."""
    if request.endpoint == "admin.bring_pack" and STAFF_TOKEN in cookie:
        request.max_content_length = MOST_UPLOADED


# --- step 1: the pack -----------------------------------------------------------------------------------------------------


@blueprint.get("/campaigns/new")
@guarded(staff_with(*PREPARERS))
def choose_pack() -> Response:
    return _choose()


def _choose(invalid: PackInvalid | None = None, sentence: str = "", status: int = 200) -> Response:
    session, member = http.session(), http.staff()
    granted = {unit for role in PREPARERS for unit in member.roles.get(role, ())}
    owners = sorted(named_many(session, granted, clock.today()).values(), key=lambda unit: unit.code)
    begins = _next_monday()
    return page(
        "launch_pack.html",
        status,
        packs=packs_at_hand(),
        chosen=request.values.get("pack", ""),
        owners=owners,
        begins=begins,
        invalid=invalid,
        sentence=sentence,
        words=campaign_words,
    )


def _next_monday() -> date:
    today = clock.today()
    return today + timedelta(days=7 - today.weekday())


@blueprint.post("/campaigns/packs")
@guarded(staff_with(*PREPARERS))
@reads_first
def bring_pack() -> ResponseReturnValue:
    """A pack as a zip. What is wrong with it is listed by file and line. Nobody waits while it is read."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _choose(sentence=gettext("Xin chọn tệp zip của gói rồi bấm tải lên."), status=409)
    http.release()
    try:
        pack = packs.take_in(http.services().settings.data, file.stream)
    except PackInvalid as invalid:
        return _choose(invalid, status=409)
    note(http.session(), actor(), "pack.bring", "pack", pack.digest, reason=f"{pack.code} v{pack.version}")
    flash(gettext("Gói đã được kiểm tra và dùng được."))
    return redirect(url_for("admin.choose_pack", pack=pack.folder.name))


@blueprint.post("/campaigns")
@guarded(staff_with(*PREPARERS))
@reads_first
def prepare_campaign() -> ResponseReturnValue:
    """The draft, with the dates and bodies that are right most of the time."""
    folder = packs.named(http.services().settings.data, request.form.get("pack", ""))
    if folder is None:
        return _choose(sentence=gettext("Xin chọn một gói nội dung trong danh sách."), status=409)
    owner = uuid_in(request.form.get("owner", ""))
    require_reach(http.session(), http.staff(), owner, *PREPARERS)
    pack = packs.read_once(folder)
    dates = life.dates_of(pack, day_in("begins") or _next_monday())
    http.release()  # from here on it writes
    made = life.prepare(http.session(), pack, owner, dates, actor())
    return redirect(url_for("admin.launch_who", campaign_id=made.id))
