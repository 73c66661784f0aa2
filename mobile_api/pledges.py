"""What a Party member fetches besides the own pledge: suggestions to choose from, and the form to print."""

import hashlib
import uuid
from typing import Any

from flask import Response, request
from marshmallow import Schema, fields

from backend import http
from backend.errors import N_, DomainError
from backend.http import guarded, signed_in
from backend.media.documents import TYPE
from campaigns.kind import Desk
from campaigns.pledge import paper
from campaigns.pledge.queries import menu
from campaigns.queries import ActivityUnknown
from campaigns.queries import public_activity as find_activity
from mobile_api import schemas as s
from mobile_api.activities import as_json, desk
from mobile_api.blueprint import PhoneBlueprint
from mobile_api.shown import words

blueprint = PhoneBlueprint("pledges", __name__, description="Pledges of Party members")

KIND = "pledge"


class NothingWritten(DomainError):
    status = 404
    code = "pledge_unwritten"
    sentence = N_("Đồng chí chưa ghi việc nào nên chưa có bản đăng ký để tải về.")


class SuggestionSchema(Schema):
    code = s.words()
    theme = s.words()
    what = s.words()
    measure = s.words()
    due = s.words(metadata={"description": "A quarter ('q1') or a month ('03') of the year."})
    evidence = s.words()
    amount = fields.Integer(required=True, allow_none=True)
    unit = fields.String(required=True, allow_none=True)
    fact = fields.String(required=True, allow_none=True)
    ages = fields.List(fields.String(), required=True)
    whom = fields.List(fields.String(), required=True)


class MenuSchema(Schema):
    suggestions = fields.List(fields.Nested(SuggestionSchema), required=True)


def _pledges_of(activity_id: uuid.UUID) -> Desk:
    """The desk of a year of pledges. Raises ActivityUnknown for any other activity."""
    activity, campaign = find_activity(http.session(), activity_id)
    if activity.kind != KIND:
        raise ActivityUnknown
    return desk(activity, campaign)


@blueprint.route("/pledges/<uuid:activity_id>/menu")
@guarded(signed_in)
@blueprint.response(200, MenuSchema)
def read_menu(activity_id: uuid.UUID) -> Response:
    """Deeds to choose from, in the reader's language. 304 where the ETag fits."""
    at = _pledges_of(activity_id)
    told = [_suggestion(one, http.language()) for one in menu(http.session(), at.campaign.id)]
    answer = as_json({"suggestions": told})
    answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest())
    answer.make_conditional(request)
    return answer


def _suggestion(told: dict[str, Any], language: str) -> dict[str, Any]:
    return {
        "code": told["code"],
        "theme": told["theme"],
        "what": words(told["what"], language),
        "measure": words(told["measure"], language),
        "due": told["due"],
        "evidence": words(told["evidence"], language),
        "amount": told.get("amount"),
        "unit": words(told["unit"], language) if told.get("unit") else None,
        "fact": told.get("fact"),
        "ages": told.get("ages") or [],
        "whom": told.get("for") or ["everyone"],
    }


_FILE = {"description": "A Word file", "content": {TYPE: {"schema": {"type": "string", "format": "binary"}}}}


@blueprint.route("/pledges/<uuid:activity_id>/form.docx")
@guarded(signed_in)
@blueprint.doc(responses={"200": _FILE})
def read_form(activity_id: uuid.UUID) -> Response:
    """The own pledge as a Word file, to print and sign."""
    written = paper.own(_pledges_of(activity_id), sample=http.services().settings.demo)
    if written is None:
        raise NothingWritten
    answer = Response(written, content_type=TYPE)
    answer.headers["Content-Disposition"] = 'attachment; filename="ban-dang-ky-neu-guong.docx"'
    return answer
