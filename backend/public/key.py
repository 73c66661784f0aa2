"""The public half of the node's key, so that anybody can check what it signed without asking it again."""

from flask import Blueprint, Response, jsonify

from backend import http
from backend.clock import iso
from backend.http import anybody, guarded
from backend.safeguards import signing

blueprint = Blueprint("key", __name__)


@blueprint.get("/.well-known/lantoa-key")
@guarded(anybody)
def node_key() -> Response:
    """The key this node signs with now, and those it signed with before. The id of a key is its fingerprint. Nothing a key
    signed after `until_at` counts, and nothing at all of one that was withdrawn."""
    signer = http.services().signer
    before = [
        {
            "key_id": row.id,
            "public_key": row.public,
            "first_used_at": iso(row.made_at),
            "until_at": iso(row.until_at) if row.until_at else None,
            "withdrawn_at": iso(row.withdrawn_at) if row.withdrawn_at else None,
        }
        for row in signing.public_keys(http.session())
    ]
    answer = jsonify(
        {
            "algorithm": "Ed25519",
            "key_id": signer.key_id,
            "public_key": signing.packed(signer.public),
            "used": before,
        }
    )
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer
