"""Photos up, in pieces, after the records that name them."""

from typing import Any

from flask import abort, request

from backend import http
from backend.errors import NotFound
from backend.http import guarded, signed_in
from backend.media import photos
from backend.media.photos import Arrived
from backend.safeguards.limits import count_try
from mobile_api import team_schemas as s
from mobile_api.blueprint import PhoneBlueprint
from mobile_api.team_schemas import DIGEST

blueprint = PhoneBlueprint("photos", __name__, description="Photos of the field")

PHOTOS_A_DAY = 200
DAY_S = 86_400
BYTES = "application/octet-stream"
CHUNK_DOC = {"required": True, "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}}}


@blueprint.route("/photos/<string:digest>")
@guarded(signed_in)
@blueprint.response(200, s.PhotoSchema)
def read_photo(digest: str) -> Arrived:
    """How much of an own photo has arrived."""
    _check_name(digest)
    return photos.look(http.session(), http.me().subject, digest)


@blueprint.route("/photos/<string:digest>", methods=["PUT"])
@guarded(signed_in)
@blueprint.arguments(s.PhotoPieceSchema, location="query")
@blueprint.response(200, s.PhotoSchema)
@blueprint.doc(requestBody=CHUNK_DOC)
def send_piece(query: dict[str, Any], digest: str) -> Arrived:
    """The next piece (at most 256 KB) of a photo named by the SHA-256 of its bytes; empty once all are sent, to finish."""
    _check_name(digest)
    piece, session = _piece(), http.session()
    if not photos.is_begun(session, digest):
        whose = http.services().seal.keyed_hash("photos", str(http.me().person))
        count_try(session, whose, limit=PHOTOS_A_DAY, window_s=DAY_S)
    found = photos.add(session, http.me().subject, digest, query["offset"], query["size"], piece)
    return found if found.complete or found.arrived < found.size else _finished(digest)


def _check_name(digest: str) -> None:
    if not DIGEST.fullmatch(digest):
        raise NotFound


def _piece() -> bytes:
    if request.mimetype != BYTES:
        abort(415)
    if (request.content_length or 0) > photos.CHUNK:
        abort(413)
    return request.get_data()


def _finished(digest: str) -> Arrived:
    """Drawing it anew takes its time: the bytes are committed first, so a node that dies here has lost nothing."""
    raw = photos.whole(http.session(), digest)
    http.release()
    clean, reason = photos.drawn(raw or b"")
    return photos.finish(http.session(), digest, clean, reason)
