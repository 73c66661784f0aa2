"""Recognition by a signed decision, taking it back, and units that take an idea up."""

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import idea_words
from admin.blueprint import IDEA_KEEPERS, IDEA_SECRETARIES, UNIT_HEADS, blueprint
from admin.forms import refusal_of, typed
from admin.idea_one import Office, deed, idea_page, office
from backend import http
from backend.errors import NotFound
from backend.http import guarded, staff_with
from campaigns.initiative import adoption, discussion, intake, recognition
from campaigns.initiative.models import SCOPES, Initiative
from campaigns.initiative.offices import Handler


@blueprint.post("/ideas/<uuid:initiative_id>/recognition")
@guarded(staff_with(*IDEA_SECRETARIES))
def idea_recognise(initiative_id: uuid.UUID) -> ResponseReturnValue:
    """By a decision of the competent; or what they refused, with the reason. Raises NotFound."""
    if typed("do", 10) == "refuse":
        return deed(
            initiative_id,
            "recognition",
            lambda row, here: recognition.refuse(http.session(), row, typed("words"), here.handler),
            gettext("Đã ghi: không công nhận. Tác giả thấy lý do trong ứng dụng."),
        )
    if typed("scope", 12) not in SCOPES:
        raise NotFound
    return deed(initiative_id, "recognition", _recognise, gettext("Đã ghi quyết định công nhận."))


def _recognise(row: Initiative, here: Office) -> None:
    recognition.recognise(
        http.session(), here.year.activity, here.year.settings, row, typed("scope", 12), idea_words.paper(), here.handler,
        differs=typed("differs"),
    )  # fmt: skip


@blueprint.post("/ideas/<uuid:initiative_id>/recognition/<uuid:recognition_id>/revoke")
@guarded(staff_with(*IDEA_SECRETARIES))
def idea_revoke(initiative_id: uuid.UUID, recognition_id: uuid.UUID) -> ResponseReturnValue:
    """Take a decision back, with the reason. Raises NotFound."""

    def revoke(row: Initiative, here: Office) -> None:
        if recognition_id not in {one.id for one in recognition.of(http.session(), row.id)}:
            raise NotFound
        recognition.revoke(http.session(), here.year.activity, recognition_id, typed("why"), here.handler)

    return deed(initiative_id, "decisions", revoke, gettext("Đã ghi: thu hồi quyết định công nhận."))


# --- units that take it up -------------------------------------------------------------------------------------------


@blueprint.post("/ideas/<uuid:initiative_id>/adoption")
@guarded(staff_with(*IDEA_KEEPERS))
def idea_adoption(initiative_id: uuid.UUID) -> ResponseReturnValue:
    """The next step of a unit in reach, that it goes on no more, or that it stands behind the idea. Raises NotFound."""
    here = office(initiative_id)
    unit, chosen = idea_words.typed_id("unit"), typed("stage", 12)
    if unit not in {one.id for one in idea_words.reachable_units(here.year, *IDEA_KEEPERS)}:
        raise NotFound
    if chosen not in (*adoption.STAGES, "stop", "stand"):
        raise NotFound
    if error := refusal_of(lambda: _adopt(initiative_id, here, unit, chosen)):
        return idea_page(initiative_id, error, "adoption")
    flash(gettext("Đã ghi."))
    return redirect(url_for("admin.idea", initiative_id=initiative_id, _anchor="adoption"), 303)


def _adopt(initiative_id: uuid.UUID, here: Office, unit: uuid.UUID, chosen: str) -> None:
    session = http.session()
    row = intake.held(session, initiative_id)
    by = Handler(http.staff().person, unit)
    if chosen == "stand":
        if not http.staff().holds(*UNIT_HEADS):
            raise NotFound
        discussion.endorse_as_unit(session, row, unit, True, by.person)
    elif chosen == "stop":
        adoption.let_go(session, here.year.activity, row, unit, by)
    else:
        since = idea_words.past_day("day")
        adoption.take_up(session, here.year.activity, row, unit, chosen, since, typed("words"), by)
