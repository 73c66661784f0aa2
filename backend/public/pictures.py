"""Pictures that came with a pack. A paper names them by their digest; a phone keeps them for the time without signal."""

from flask import Blueprint, Response, abort

from backend import http
from backend.http import anybody, guarded
from campaigns.queries import picture

blueprint = Blueprint("pictures", __name__)
YEAR_S = 365 * 24 * 3600


@blueprint.get("/hinh/<string(length=64):digest>")
@guarded(anybody)
def pack_picture(digest: str) -> Response:
    """A picture by the digest of its bytes: what has that address never changes."""
    found = picture(http.session(), digest) or abort(404)
    answer = Response(found.body, content_type=found.media_type)
    answer.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    return answer
