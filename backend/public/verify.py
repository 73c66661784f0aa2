"""Verifying a certificate: type its number or scan its code. The pictures are here too, for whoever holds the number.

The number is the permission: 75 random bits, never listed, not indexed. The page shows what the paper shows, and
whether the organiser took it back.
"""

from typing import Any

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from backend import http
from backend.clock import iso
from backend.errors import TooManyRequests
from backend.http import anybody, guarded
from backend.media import certificate as drawing
from backend.public.page import page
from backend.safeguards.signing import canonical
from campaigns import certificates
from campaigns.certificate_rules import number_in
from campaigns.certificates import Certificate, Checked

blueprint = Blueprint("verify", __name__, template_folder="templates")

CHECKED_AN_HOUR = 300
"""From one address. Numbers cannot be guessed; this keeps a machine from being kept busy."""
PICTURES_AN_HOUR = 120
STATUS = {"unknown": 404, "mistyped": 404}


@blueprint.get("/xac-minh")
@guarded(anybody)
def ask() -> ResponseReturnValue:
    """The form; a number typed into it leads on to its own page."""
    typed = request.args.get("so", "").strip()[:60]
    number = number_in(typed)
    if number:
        return redirect(url_for("verify.verify", number=number))
    return _page(Checked("mistyped", typed) if typed else None)


@blueprint.get("/xac-minh/<string:number>")
@guarded(anybody)
@http.writes_on_read
def verify(number: str) -> ResponseReturnValue:
    """Valid, taken back, not what was issued, or not known. `s` is the signature that the scanned code carried."""
    try:
        http.count_here("certificate_check", CHECKED_AN_HOUR)
    except TooManyRequests as error:
        return _too_many(error)
    return _page(certificates.check(http.session(), number[:60], request.args.get("s")))


@blueprint.get("/xac-minh/<string:number>.png")
@guarded(anybody)
@http.writes_on_read
def picture(number: str) -> Response:
    """The certificate as a picture. 404 once it is revoked or erased: only good ones are handed out."""
    return _file(drawing.png(_face(number)), "image/png", number, "png")


@blueprint.get("/xac-minh/<string:number>.pdf")
@guarded(anybody)
@http.writes_on_read
def paper(number: str) -> Response:
    """The same for the printer."""
    return _file(drawing.pdf(_face(number)), "application/pdf", number, "pdf")


@blueprint.get("/xac-minh/<string:number>.json")
@guarded(anybody)
@http.writes_on_read
def statement(number: str) -> dict[str, Any]:
    """What was signed, with its signature: to be checked by a program against the node's public key."""
    http.count_here("certificate_check", CHECKED_AN_HOUR)
    http.release()  # a 404 takes back what it did, the count stays
    row = _good(certificates.check(http.session(), number[:60]), "valid", "revoked")
    return {
        "statement": row.statement,
        "signature": row.signature,
        "key_id": row.key_id,
        "revoked_at": iso(row.revoked_at) if row.revoked_at else None,
        "revoked_reason": row.revoked_reason,
    }


@blueprint.after_request
def keep_quiet(answer: Response) -> Response:
    """No search engine lists who passed what; no shared cache keeps a page whose truth may change."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(checked: Checked | None) -> Response:
    return make_response(
        page("verify", checked=checked), STATUS.get(checked.verdict, 200) if checked else 200
    )


def _too_many(error: TooManyRequests) -> Response:
    shown = page("verify", checked=None, trouble=http.sentence_of(error))
    return make_response(shown, error.status, {"Retry-After": str(error.values["retry_after_s"])})


def _face(number: str) -> drawing.Face:
    """What to draw, read to the end before drawing begins: that takes its time, and SQLite has one writer."""
    http.count_here("certificate_picture", PICTURES_AN_HOUR)
    http.release()  # a 404 takes back what it did, the count stays
    row = _good(certificates.check(http.session(), number[:60]), "valid")
    http.release()
    return drawing.Face(
        statement=row.statement,
        canonical=canonical(row.statement),
        signature=row.signature,
        key_id=row.key_id,
        verify_url=url_for("verify.verify", number=row.number, s=row.signature, _external=True),
        sample=http.services().settings.demo,
    )


def _good(checked: Checked, *verdicts: str) -> Certificate:
    if checked.certificate is None or checked.verdict not in verdicts:
        raise NotFound
    return checked.certificate


def _file(body: bytes, media_type: str, number: str, suffix: str) -> Response:
    answer = Response(body, content_type=media_type)
    answer.headers.set(
        "Content-Disposition", "inline", filename=f"giay-chung-nhan-{number_in(number)}.{suffix}"
    )
    return answer
