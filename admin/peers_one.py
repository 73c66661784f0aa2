"""One link: confirming it by what was heard, its answer, holding it off, ending it, a key that was lost."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import peers_words as words
from admin import stream_words
from admin.blueprint import PEER_KEEPERS, actor, blueprint, page
from admin.card_words import period_name
from admin.forms import refusal_of, typed
from admin.peers import by_this_office, handed_over, paper_of, titles_of
from backend import clock, http
from backend.aggregates import queries as told
from backend.errors import DomainError, PayloadInvalid
from backend.federation.peers import doubts, enrol, health, keeping, papers, queries
from backend.federation.peers.models import CHILD, REASON, PeerDoubt
from backend.http import guarded, staff_with
from backend.own_calendars.reading import period
from backend.people.staff import names_of

KEPT = ("heard", "why", "code", "since")
"""What is typed into the forms here and shown again where it was refused."""


@blueprint.get("/peers/<uuid:peer_id>")
@guarded(staff_with(*PEER_KEEPERS))
@by_this_office
def peer_page(peer_id: uuid.UUID) -> Response:
    """Raises NotFound."""
    return _page(peer_id)


def _page(peer_id: uuid.UUID, error: DomainError | None = None, at: str = "", text: str = "") -> Response:
    session = http.session()
    peer = queries.peer(session, peer_id)
    keys, waiting = queries.keys_of(session, peer_id), enrol.waiting_key(session, peer_id)
    rows, doubted = health.health(session, [peer]), doubts.of_peer(session, peer_id)
    known = {peer.proposed_by, peer.confirmed_by, peer.revoked_by, waiting.proposed_by if waiting else None}
    return page(
        "peer.html",
        error.status if error else 200,
        peer=peer,
        row=rows[0],
        titles=dict(titles_of(rows)) | stream_words.titles(session, [one.stream for one in doubted]),
        doubts=_doubts(doubted),
        keys=[key for key in keys if key.confirmed_at is not None],
        waiting=waiting,
        is_mine=waiting is not None and waiting.proposed_by == http.staff().person,
        may_answer=peer.side == CHILD and enrol.open_invitation(session, peer_id) is not None,
        names=names_of(session, {one for one in known if one}),
        words=words,
        now=clock.now(),
        sentence=http.sentence_of(error) if error else "",
        at=at,
        typed={name: typed(name, REASON) for name in KEPT} if at else {},
        text=text,
        most=REASON,
    )


@dataclass(frozen=True)
class Doubted:
    """A packet that may not be the peer's own. `unit`, `period`: of the sheet of which it is what stands now; '' of none."""

    row: PeerDoubt
    unit: str = ""
    period: str = ""


def _doubts(rows: list[PeerDoubt]) -> list[Doubted]:
    session = http.session()
    sheets = told.standing_sheets(session, {row.digest for row in rows}) if rows else {}
    return [
        Doubted(row, one.unit_code, period_name(period(session, one.calendar, one.period)))
        if (one := sheets.get(row.digest))
        else Doubted(row)
        for row in rows
    ]


@blueprint.post("/peers/<uuid:peer_id>/doubts")
@guarded(staff_with(*PEER_KEEPERS))
@by_this_office
def settle_doubt(peer_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody asked the other side by telephone and it did send this. Raises NotFound."""
    digest = typed("digest", 64)
    return _done(
        peer_id,
        "doubts",
        lambda: doubts.settle(http.session(), peer_id, digest, actor()),
        gettext("Đã ghi: bên kia xác nhận bản này là của họ."),
    )


@blueprint.get("/peers/<uuid:peer_id>/answer")
@guarded(staff_with(*PEER_KEEPERS))
@http.writes_on_read
@by_this_office
def peer_answer(peer_id: uuid.UUID) -> ResponseReturnValue:
    """The file for a child two people took in, and the fingerprint to read out. Raises NotFound."""
    signer, address = http.services().signer, http.services().settings.public_url
    found: list[bytes] = []
    if error := refusal_of(lambda: found.append(enrol.answer(http.session(), signer, peer_id, address))):
        return _page(peer_id, error, "answer")
    peer = queries.peer(http.session(), peer_id)
    return page(
        "peers_answer.html",
        peer=peer,
        file=paper_of(found[0]),
        name=f"{peer.unit_code}-{peer.line}.answer",
        fingerprint=signer.key_id,
        address=address,
    )


@blueprint.post("/peers/<uuid:peer_id>/confirm")
@guarded(staff_with(*PEER_KEEPERS))
@by_this_office
def confirm_peer(peer_id: uuid.UUID) -> ResponseReturnValue:
    """The second person types the fingerprint as heard."""
    heard = typed("heard", 80)
    return _done(
        peer_id,
        "confirm",
        lambda: enrol.confirm(http.session(), peer_id, heard, actor()),
        gettext("Đã xác nhận. Hai máy chủ nhận tin của nhau từ lúc này."),
    )


@blueprint.post("/peers/<uuid:peer_id>/suspend")
@guarded(staff_with(*PEER_KEEPERS))
@by_this_office
def suspend_peer(peer_id: uuid.UUID) -> ResponseReturnValue:
    return _done(
        peer_id,
        "suspend",
        lambda: keeping.suspend(http.session(), peer_id, typed("why", REASON), actor()),
        gettext("Đã tạm dừng. Không nhận, không gửi gì với bên kia cho đến khi nối lại."),
    )


@blueprint.post("/peers/<uuid:peer_id>/resume")
@guarded(staff_with(*PEER_KEEPERS))
@by_this_office
def resume_peer(peer_id: uuid.UUID) -> ResponseReturnValue:
    return _done(
        peer_id,
        "resume",
        lambda: keeping.resume(http.session(), peer_id, actor()),
        gettext("Đã nối lại. Những bản đang chờ sẽ được gửi tiếp."),
    )


@blueprint.post("/peers/<uuid:peer_id>/revoke")
@guarded(staff_with(*PEER_KEEPERS))
@by_this_office
def revoke_peer(peer_id: uuid.UUID) -> ResponseReturnValue:
    return _done(
        peer_id,
        "revoke",
        lambda: keeping.revoke(http.session(), peer_id, typed("why", REASON), actor()),
        gettext("Đã thu hồi kết nối. Số liệu đã nhận vẫn giữ. Muốn nối lại thì đăng ký lại từ đầu."),
    )


@blueprint.post("/peers/<uuid:peer_id>/rekey")
@guarded(staff_with(*PEER_KEEPERS))
@by_this_office
def rekey_peer(peer_id: uuid.UUID) -> ResponseReturnValue:
    """The other side lost its key and handed over an offer with a new one."""
    raw, code = handed_over(), typed("code", 40)
    return _done(
        peer_id,
        "rekey",
        lambda: keeping.rekey(http.session(), peer_id, raw, code, _since(typed("since", 10)), actor()),
        gettext(
            "Khóa cũ không còn được tin. Khóa mới chờ người vận hành thứ hai xác nhận. Xin xem những bản đã nhận trong lúc khóa có thể đã lộ, ở dưới."
        ),
        raw.decode("utf-8", "replace")[: papers.MOST_BYTES],
    )


def _since(text: str) -> datetime:
    """The beginning of that day as people in Viet Nam count it. Raises PayloadInvalid."""
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time(), clock.VIETNAM)
    except ValueError:
        raise PayloadInvalid from None


def _done(
    peer_id: uuid.UUID, at: str, deed: Callable[[], object], said: str, text: str = ""
) -> ResponseReturnValue:
    if error := refusal_of(deed):
        return _page(peer_id, error, at, text)
    flash(said)
    return redirect(url_for("admin.peer_page", peer_id=peer_id), 303)
