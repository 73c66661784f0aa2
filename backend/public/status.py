"""The lists of papers that were taken back, for verifiers everywhere. They tell places, never papers or persons."""

from datetime import datetime
from functools import lru_cache

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from backend import clock, http
from backend.certificates import did, status
from backend.certificates.credential import to_text
from backend.certificates.did import Identity
from backend.http import anybody, guarded
from backend.public.did import for_everybody
from backend.safeguards import signing
from backend.safeguards.signing import Signer

blueprint = Blueprint("status", __name__)
JSON_TYPE, JWT_TYPE = "application/vc+ld+json", "application/vc+jwt"


@blueprint.get("/trang-thai/<int:list_number>")
@guarded(anybody)
def read(list_number: int) -> Response:
    """As JSON with a proof, or as a JWT for whoever asks for `application/vc+jwt`."""
    best = request.accept_mimetypes.best_match(["application/json", JSON_TYPE, JWT_TYPE], "application/json")
    return _answer(list_number, best == JWT_TYPE)


@blueprint.get("/trang-thai/<int:list_number>.jwt")
@guarded(anybody)
def as_jwt(list_number: int) -> Response:
    """The same as a JWT, for readers that cannot say what they take."""
    return _answer(list_number, True)


def _answer(number: int, is_jwt: bool) -> Response:
    services, session = http.services(), http.session()
    found = status.numbered(session, number) if number <= 2**31 - 1 else None
    if found is None:
        raise NotFound
    row = next((key for key in signing.public_keys(session) if key.id == services.signer.key_id), None)
    if row and (row.until_at or row.withdrawn_at):
        raise signing.KeyRetired
    who = did.identity_to_be(session, services.settings.public_url)
    at = clock.now().replace(second=0, microsecond=0)
    body = _signed(services.signer, who, number, tuple(status.positions_set(session, found)), at, is_jwt)
    answer = Response(body, content_type=JWT_TYPE if is_jwt else JSON_TYPE)
    answer.headers["Vary"] = "Accept"
    answer.set_etag(signing.digest(body.encode())[:32])
    answer.make_conditional(request)
    return for_everybody(answer)


@lru_cache(maxsize=32)
def _signed(
    signer: Signer, who: Identity, number: int, positions: tuple[int, ...], at: datetime, is_jwt: bool
) -> str:
    """Made once a minute and after each change, however often it is asked for."""
    bits = status.bits_of(positions)
    if is_jwt:
        return status.signed_jwt(who, number, bits, signer, at)
    return to_text(status.signed_list(who, number, bits, signer, at))
