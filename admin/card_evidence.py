"""Files of evidence at a card: handed in by the unit, taken home by whoever may read the card, never opened by this page."""

import uuid

from flask import Response, flash, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.blueprint import CARD_KEEPERS, CARD_ROLES, actor, blueprint
from admin.card_one import card_page
from admin.card_words import may, seen
from admin.forms import refusal_of, typed
from backend import http
from backend.cards import evidence
from backend.cards.models import CardEvidence
from backend.errors import NotAllowed
from backend.http import STAFF_TOKEN, guarded, staff_with, writes_on_read
from backend.media import pdf
from backend.safeguards.audit import note

ROOM = 64 * 1024
"""For what travels around the file."""


@blueprint.before_app_request
def let_evidence_in() -> None:
    """A scan is larger than any form. Only a browser that signed in may send so much."""
    if request.endpoint == "admin.hand_in_evidence" and STAFF_TOKEN in cookie:
        request.max_content_length = evidence.MOST_BYTES + ROOM


@blueprint.post("/cards/<uuid:card_id>/evidence")
@guarded(staff_with(*CARD_KEEPERS))
def hand_in_evidence(card_id: uuid.UUID) -> ResponseReturnValue:
    """By the unit whose card it is. Raises CardUnknown, NotFound, NotAllowed."""
    here, file = seen(card_id), request.files.get("file")
    if not may(here).keep:
        raise NotAllowed
    name, raw = (file.filename or "", file.read()) if file else ("", b"")
    error = refusal_of(
        lambda: evidence.hand_in(http.session(), here.id, typed("criterion", 40), name, raw, actor())
    )
    if error:
        return card_page(here, error, "evidence")
    flash(gettext("Đã nhận tệp minh chứng."))
    return redirect(url_for("admin.card", card_id=here.id, _anchor="evidence"), 303)


@blueprint.post("/cards/evidence/<uuid:evidence_id>/remove")
@guarded(staff_with(*CARD_KEEPERS))
def take_out_evidence(evidence_id: uuid.UUID) -> ResponseReturnValue:
    """Raises CardUnknown, NotFound, NotAllowed."""
    here = seen(_there(evidence_id).card_id)
    if not may(here).keep:
        raise NotAllowed
    if error := refusal_of(lambda: evidence.take_out(http.session(), evidence_id, actor())):
        return card_page(here, error, "evidence")
    flash(gettext("Đã bỏ tệp. Nội dung tệp đã xóa; lịch sử phiếu vẫn ghi là đã từng nộp."))
    return redirect(url_for("admin.card", card_id=here.id, _anchor="evidence"), 303)


@blueprint.get("/cards/evidence/<uuid:evidence_id>")
@writes_on_read
@guarded(staff_with(*CARD_ROLES))
def card_evidence(evidence_id: uuid.UUID) -> Response:
    """To be saved. Who took it home is on the trail. Raises CardUnknown, NotFound."""
    found = _there(evidence_id)
    here = seen(found.card_id)
    note(
        http.session(), actor(), "card.evidence", "card", here.id, unit=here.unit_id, reason=found.name, is_read=True
    )  # fmt: skip
    answer = Response(found.content, mimetype=found.mime)
    ending = "pdf" if found.mime == pdf.TYPE else "jpg"
    answer.headers["Content-Disposition"] = f'attachment; filename="minh-chung-{found.sha256[:8]}.{ending}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _there(evidence_id: uuid.UUID) -> CardEvidence:
    return evidence.opened(http.session(), evidence_id)
