"""Who signs for this node, in the form other verifiers look for it: did.json of `did:web`."""

from flask import Blueprint, Response, jsonify

from backend import http
from backend.certificates import did, status
from backend.http import anybody, guarded

blueprint = Blueprint("did", __name__)
KEPT_S = 300


@blueprint.get("/.well-known/did.json")
@guarded(anybody)
def document() -> Response:
    """The keys that may be believed: the present one and those it took over from, none that was withdrawn."""
    services, session = http.services(), http.session()
    who = did.identity_to_be(session, services.settings.public_url)
    told = did.document(who, did.own_keys(session, services.signer), status.numbers(session))
    return for_everybody(jsonify(told))


def for_everybody(answer: Response) -> Response:
    """For programs of any origin: nothing here depends on who asks, and proofs stand for it."""
    answer.headers["Cache-Control"] = f"public, max-age={KEPT_S}"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer
