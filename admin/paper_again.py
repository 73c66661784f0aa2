"""One paper made anew: its number typed, what it says looked at, the name put right, the reason written."""

from datetime import date

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.batches import makers
from admin.blueprint import BATCH_ROLES, actor, blueprint, page
from admin.forms import refusal_of, typed, typed_reason
from backend import http
from backend.certificates import progress
from backend.certificates.errors import CertificateUnknown
from backend.certificates.models import Certificate
from backend.certificates.queries import check
from backend.certificates.revoke import revoke
from backend.errors import DomainError
from backend.http import guarded, staff_with
from backend.safeguards.audit import note
from campaigns.award.hands import hand_of
from campaigns.award.reissuing import again


@blueprint.get("/papers/again")
@guarded(staff_with(*BATCH_ROLES))
@http.writes_on_read
def paper_again() -> Response:
    """The form; with a number, what that paper says."""
    number = request.args.get("number", "").strip()[:60]
    if not number:
        return _page(number)
    try:
        found = _mine(number)
    except DomainError as error:
        return _page(number, error=error)
    note(
        http.session(),
        actor(),
        "certificate.looked_up",
        "certificate",
        found.id,
        unit=found.unit_id,
        is_read=True,
    )
    return _page(number, found)


@blueprint.post("/papers/again")
@guarded(staff_with(*BATCH_ROLES))
def make_paper_again() -> ResponseReturnValue:
    """The old number is taken back, a new paper stands in its place."""
    number, made = typed("number", 60), list[str]()

    def deed() -> None:
        found, why = _mine(number), typed_reason("why", 200)
        services, by = http.services(), hand_of(http.session(), http.staff())
        address = services.settings.public_url
        new = again(http.session(), found, typed("name", 120), why, by, services.signer, address)
        made.append(new.number)

    if error := refusal_of(deed):
        return _page(number, _found(number), error)
    flash(gettext("Đã cấp lại. Giấy mới mang số %(number)s; số cũ đã bị thu hồi.", number=made[0]))
    return redirect(url_for("admin.paper_again", number=made[0]), 303)


@blueprint.post("/papers/revoke")
@guarded(staff_with(*BATCH_ROLES))
def revoke_letter() -> ResponseReturnValue:
    """A thank-you letter taken back: no result and no decision stands behind it, so this is its only door."""
    number = typed("number", 60)

    def deed() -> None:
        found = _mine(number)
        if found.tier != "thanks":
            raise CertificateUnknown
        revoke(http.session(), found, typed_reason("why", 200), actor())

    if error := refusal_of(deed):
        return _page(number, _found(number), error)
    flash(gettext("Đã thu hồi thư số %(number)s.", number=number))
    return redirect(url_for("admin.paper_again", number=number), 303)


def _found(number: str) -> Certificate | None:
    try:
        return _mine(number)
    except DomainError:
        return None


def _mine(number: str) -> Certificate:
    """A paper of the own office. Raises CertificateUnknown, also for somebody else's."""
    found = check(http.session(), number).certificate
    if found is None:
        raise CertificateUnknown
    line = progress.line_of(http.session(), found) or "state"
    if not hand_of(http.session(), http.staff()).acts(makers(found.tier, line), found.unit_id, line):
        raise CertificateUnknown
    return found


def _page(number: str, found: Certificate | None = None, error: DomainError | None = None) -> Response:
    return page(
        "paper_again.html",
        error.status if error else 200,
        number=number,
        found=found,
        day=date.fromisoformat(found.statement["date"]) if found else None,
        is_good=bool(found) and check(http.session(), number).verdict in ("valid", "expired"),
        sentence=http.sentence_of(error) if error else "",
        name=typed("name", 120) or (found.statement["name"] if found else ""),
        why=typed("why", 200),
    )
