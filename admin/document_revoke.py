"""A signing key that somebody else may have: told to every node below, after a second look at whose it is and since when."""

import hashlib
from dataclasses import dataclass, fields

import msgspec
from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.acts import clean, typed_day
from admin.blueprint import DOCUMENT_KEEPERS, actor, blueprint, page
from admin.documents import office_here
from admin.forms import refusal_of
from backend import clock, http
from backend.certificates import giving_up
from backend.certificates.from_above import REVOCATIONS, RevocationsIn
from backend.certificates.giving_up import SinceInvalid
from backend.errors import DomainError
from backend.federation.documents import giving
from backend.http import guarded, staff_with
from backend.units.errors import PlanOutdated


@dataclass(frozen=True)
class Typed:
    """The form as it was filled in."""

    key_id: str = ""
    since: str = ""
    why: str = ""

    @classmethod
    def sent(cls) -> "Typed":
        return cls(**{one.name: clean(request.values.get(one.name, "")) for one in fields(cls)})


@blueprint.get("/documents/revoke-key")
@guarded(staff_with(*DOCUMENT_KEEPERS))
def document_revoke() -> Response:
    """Which key, since when and why; those called lost on the page of links stand ready. Raises NotThisOffice."""
    office_here()
    return _form(Typed.sent())


def _form(typed: Typed, error: DomainError | None = None) -> Response:
    session = http.session()
    return page(
        "document_revoke.html",
        error.status if error else 200,
        typed=typed,
        lost=[
            (name, key, f"{clock.local_day(since):%d/%m/%Y}")
            for name, key, since in giving_up.lost_here(session)
        ],
        told=[(one, giving_up.whose(session, one.key_id)) for one in giving_up.told_so_far(session)],
        sentence=http.sentence_of(error) if error else "",
    )


@blueprint.post("/documents/revoke-key/preview")
@guarded(staff_with(*DOCUMENT_KEEPERS))
def document_revoke_preview() -> ResponseReturnValue:
    """Whose key it is and what happens; nothing is written."""
    office_here()
    typed, body = Typed.sent(), list[RevocationsIn]()
    if error := refusal_of(lambda: body.append(_body(typed))):
        return _form(typed, error)
    one = body[0].keys[-1]
    return page(
        "document_revoke_preview.html",
        typed=typed,
        one=one,
        name=giving_up.whose(http.session(), one.key_id),
        digest=_digest(body[0]),
    )


def _body(typed: Typed) -> RevocationsIn:
    """Raises what is wrong with the form."""
    since = typed_day(typed.since, SinceInvalid)
    return giving_up.with_one_more(http.session(), typed.key_id, since, typed.why)


def _digest(body: RevocationsIn) -> str:
    return hashlib.sha256(msgspec.json.encode(body)).hexdigest()


@blueprint.post("/documents/revoke-key")
@guarded(staff_with(*DOCUMENT_KEEPERS))
def document_revoke_now() -> ResponseReturnValue:
    """Yes to the preview; refused when it is no longer what was shown."""
    office_here()
    typed, made = Typed.sent(), list[str]()
    if error := refusal_of(lambda: made.append(_give(typed))):
        return _form(typed, error)
    flash(gettext("Đã ký và gửi. Các máy chủ cấp dưới nhận ở lần kết nối tới và báo lại ở đây."))
    return redirect(url_for("admin.document_given", digest=made[0]), 303)


def _give(typed: Typed) -> str:
    """The digest. Raises PlanOutdated and what the form is refused for."""
    session, body = http.session(), _body(typed)
    if _digest(body) != request.form.get("digest", ""):
        raise PlanOutdated
    one, part = body.keys[-1], giving_up.series_part(session)
    title = gettext("Khóa ký bị lộ: %(whose)s", whose=giving_up.whose(session, one.key_id) or one.key_id)
    return giving.give(
        session, http.services().signer, REVOCATIONS, part, body, units=[part], line=giving_up.LINE, by=actor(),
        title=title,
    ).digest  # fmt: skip
