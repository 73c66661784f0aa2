"""What a Party member fetches besides the own pledge: suggestions to choose from, and the form to print."""

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

from flask import Response, request
from marshmallow import Schema, fields

from backend import http
from backend.errors import N_, DomainError
from backend.http import guarded, signed_in, writes_on_read
from backend.media import documents, pdf
from campaigns.kind import Desk
from campaigns.pledge import fellows, paper
from campaigns.pledge.queries import menu
from campaigns.pledge.schemas import PledgeOut
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


class PledgeFellowSchema(Schema):
    pledge = fields.UUID(required=True)
    name = s.words()
    deeds = fields.Integer(required=True)


class PledgeFellowsSchema(Schema):
    cell = s.words()
    decided_on = fields.Date(required=True)
    fellows = fields.List(fields.Nested(PledgeFellowSchema), required=True)


class PledgeDeedSchema(Schema):
    id = fields.UUID(required=True)
    theme = s.words()
    what = s.words()
    measure = s.words()
    due = fields.String(required=True, allow_none=True)


class PledgeDeedsSchema(Schema):
    name = s.words()
    items = fields.List(fields.Nested(PledgeDeedSchema), required=True)


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


def _file(type_: str) -> dict[str, Any]:
    return {
        "200": {
            "description": "A file",
            "content": {type_: {"schema": {"type": "string", "format": "binary"}}},
        }
    }


@blueprint.route("/pledges/<uuid:activity_id>/form.docx")
@guarded(signed_in)
@blueprint.doc(responses=_file(documents.TYPE))
def read_form(activity_id: uuid.UUID) -> Response:
    """The own pledge as a Word file, to print and sign."""
    return _form(activity_id, paper.form, documents.TYPE, "docx")


@blueprint.route("/pledges/<uuid:activity_id>/form.pdf")
@guarded(signed_in)
@blueprint.doc(responses=_file(pdf.TYPE))
def read_form_as_pdf(activity_id: uuid.UUID) -> Response:
    """The same as a PDF, which looks the same on every machine."""
    return _form(activity_id, paper.pdf_form, pdf.TYPE, "pdf")


def _form(
    activity_id: uuid.UUID, as_file: Callable[[paper.Sheet, PledgeOut], bytes], type_: str, ending: str
) -> Response:
    """Raises NothingWritten."""
    written = paper.own(_pledges_of(activity_id), as_file, sample=http.services().settings.demo)
    if written is None:
        raise NothingWritten
    answer = Response(written, content_type=type_)
    answer.headers["Content-Disposition"] = f'attachment; filename="ban-dang-ky-neu-guong.{ending}"'
    return answer


# --- what the cell shares among its members ---------------------------------------------------------------------------


@blueprint.route("/pledges/<uuid:activity_id>/fellows")
@writes_on_read
@guarded(signed_in)
@blueprint.response(200, PledgeFellowsSchema)
def read_fellows(activity_id: uuid.UUID) -> fellows.Fellows:
    """Members of the own cell with deeds in force, where the cell decided to share them. They are told of the reading."""
    return fellows.fellows(_pledges_of(activity_id))


@blueprint.route("/pledges/<uuid:activity_id>/fellows/<uuid:pledge_id>")
@writes_on_read
@guarded(signed_in)
@blueprint.response(200, PledgeDeedsSchema)
def read_deeds(activity_id: uuid.UUID, pledge_id: uuid.UUID) -> fellows.Deeds:
    """The deeds in force of another member of the own cell. The member is told who read them."""
    return fellows.deeds(_pledges_of(activity_id), pledge_id)
