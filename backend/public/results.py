"""Published results: the signed statement of an activity, read as a page and taken home as a file."""

import uuid

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from backend import http
from backend.http import anybody, guarded
from backend.public.page import page
from backend.safeguards.signing import canonical
from campaigns import results

blueprint = Blueprint("results", __name__, template_folder="templates")


@blueprint.get("/ket-qua")
@guarded(anybody)
def every() -> str:
    """Activities whose results were published, the latest first."""
    return page("results", rows=results.list_published(http.session()))


@blueprint.get("/ket-qua/<uuid:activity_id>")
@guarded(anybody)
def one(activity_id: uuid.UUID) -> ResponseReturnValue:
    """The results of one activity as they stand; before they are published, a page that says so."""
    found = results.published(http.session(), activity_id)
    if found is None:
        return page("results", rows=[], missing=True), 404
    named = results.persons(http.session(), activity_id)
    return page("result", found=found, said=found.statement, persons=named)


@blueprint.get("/ket-qua/<uuid:activity_id>.json")
@guarded(anybody)
def statement(activity_id: uuid.UUID) -> Response:
    """The very bytes that were signed: their SHA-256 is the digest the page shows."""
    found = results.published(http.session(), activity_id) or abort(404)
    answer = Response(canonical(found.statement), content_type="application/json")
    name = f"ket-qua-{activity_id}-{found.number}.json"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Lantoa-Signature"] = found.signature
    answer.headers["Lantoa-Key"] = found.key_id
    return answer
