"""Verifying a certificate: type its number or scan its code. Pictures and credential are here too, for whoever holds the
number.

The number is the permission: 75 random bits, never listed, not indexed. The page shows what the paper shows, and
whether the organiser took it back.
"""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from backend import http
from backend.certificates.models import Certificate
from backend.certificates.papers import Paper, paper_of
from backend.certificates.queries import Checked, check
from backend.certificates.rules import number_in
from backend.clock import iso
from backend.errors import TooManyRequests
from backend.http import anybody, guarded
from backend.media import store
from backend.public.page import page
from campaigns.award import queries
from campaigns.award.certificates import SOURCE as AWARD
from campaigns.award.models import Decision

blueprint = Blueprint("verify", __name__, template_folder="templates")

CHECKED_AN_HOUR = 300
"""From one address. Numbers cannot be guessed; this keeps a machine from being kept busy."""
PICTURES_AN_HOUR = 120
STATUS = {"unknown": 404, "mistyped": 404}
KNOWN = ("valid", "revoked", "expired", "key_expired", "key_withdrawn")
"""Verdicts on a paper that is what this node issued, whatever became of it or its key."""


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
    return _page(check(http.session(), number[:60], request.args.get("s")))


@blueprint.get("/xac-minh/<string:number>.png")
@guarded(anybody)
@http.writes_on_read
def picture(number: str) -> Response:
    """The certificate as a picture. 404 once it is revoked or erased: only good ones are handed out."""
    return _file(_paper(number).png(_folder()), "image/png", number, "png")


@blueprint.get("/xac-minh/<string:number>.pdf")
@guarded(anybody)
@http.writes_on_read
def paper(number: str) -> Response:
    """The same for the printer."""
    return _file(_paper(number).pdf(_folder()), "application/pdf", number, "pdf")


@blueprint.get("/xac-minh/<string:number>.vc.json")
@guarded(anybody)
@http.writes_on_read
def credential(number: str) -> Response:
    """The signed credential (Open Badges 3.0), byte for byte as it was issued: for a wallet, or another verifier. A revoked
    one is handed out, too: the list of revocations speaks of it. 404 for a paper from before there were credentials."""
    http.count_here("certificate_check", CHECKED_AN_HOUR)
    http.release()  # a 404 takes back what it did, the count stays
    row = _good(check(http.session(), number[:60]), *KNOWN)
    if row.credential is None:
        raise NotFound
    answer = _file(row.credential.encode(), "application/vc+ld+json", number, "vc.json")
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@blueprint.get("/xac-minh/<string:number>.json")
@guarded(anybody)
@http.writes_on_read
def statement(number: str) -> dict[str, Any]:
    """What was signed, with its signature: to be checked by a program against the node's public key."""
    http.count_here("certificate_check", CHECKED_AN_HOUR)
    http.release()  # a 404 takes back what it did, the count stays
    row = _good(check(http.session(), number[:60]), *KNOWN)
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
    status = STATUS.get(checked.verdict, 200) if checked else 200
    return make_response(page("verify", checked=checked, withdrawn=_withdrawn(checked)), status)


def _withdrawn(checked: Checked | None) -> Decision | None:
    """An award given by decision is taken back by one: its number and day stand on the page."""
    row = checked.certificate if checked and checked.verdict == "revoked" else None
    if row is None or row.source_kind != AWARD or row.source_id is None:
        return None
    return queries.withdrawing(http.session(), row.source_id)


def _too_many(error: TooManyRequests) -> Response:
    shown = page("verify", checked=None, trouble=http.sentence_of(error))
    return make_response(shown, error.status, {"Retry-After": str(error.values["retry_after_s"])})


def _paper(number: str) -> Paper:
    """What to draw, read to the end before drawing begins: that takes its time, and SQLite has one writer."""
    http.count_here("certificate_picture", PICTURES_AN_HOUR)
    http.release()  # a 404 takes back what it did, the count stays
    settings = http.services().settings
    row = _good(check(http.session(), number[:60]), "valid", "expired")
    found = paper_of(http.session(), row, settings.public_url, settings.demo)
    http.release()
    return found


def _folder() -> Path:
    return store.folder_in(http.services().settings.data)


def _good(checked: Checked, *verdicts: str) -> Certificate:
    """Not one in whose place there is another: what it says may be what had to be put right."""
    if checked.certificate is None or checked.verdict not in verdicts or checked.certificate.replaced_by:
        raise NotFound
    return checked.certificate


def _file(body: bytes, media_type: str, number: str, suffix: str) -> Response:
    answer = Response(body, content_type=media_type)
    answer.headers.set(
        "Content-Disposition", "inline", filename=f"giay-chung-nhan-{number_in(number)}.{suffix}"
    )
    return answer
