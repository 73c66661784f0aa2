"""Documents between levels: what came from above and stands here, what was given out and what became of it below."""

import uuid
from collections.abc import Sequence

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from admin import documents_words as words
from admin.blueprint import DOCUMENT_KEEPERS, DOCUMENT_READERS, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.peers_words import LINES
from backend import clock, http
from backend.certificates.from_above import doubted
from backend.db.node import own_unit
from backend.errors import N_, DomainError, NotFound
from backend.federation.documents import giving, passing, queries, standing
from backend.federation.documents.queries import In
from backend.http import guarded, staff_with
from backend.units.models import Unit
from backend.units.queries import named_to_the_last


class NotThisOffice(NotFound):
    code = "not_this_office"
    sentence = N_(
        "Việc này của cơ quan ở đơn vị mà máy chủ này phục vụ; tài khoản này giữ vai trò ở đơn vị khác."
    )


def office_here(roles: Sequence[str] = DOCUMENT_KEEPERS) -> uuid.UUID:
    """The node's own unit, where the member holds one of these roles for it. Raises NotThisOffice, NotSetUp."""
    unit = own_unit(http.session())
    if not any(unit in http.staff().roles.get(role, ()) for role in roles):
        raise NotThisOffice
    return unit


def may_keep() -> bool:
    try:
        office_here()
    except DomainError:
        return False
    return True


@blueprint.get("/documents")
@guarded(staff_with(*DOCUMENT_READERS))
def documents() -> Response:
    """Both ways, what needs somebody first."""
    session = http.session()
    came = queries.came_in(session)
    return page(
        "documents.html",
        came=came,
        titles={(one.peer.id, one.state.series): _called(one) for one in came},
        given=queries.given_out(session),
        kinds=http.services().documents,
        may_keep=may_keep(),
        doubted=doubted(session),
        words=words,
        lines=LINES,
    )


def _called(one: In) -> str:
    return standing.called(http.services().documents, one.shown, one.state.series)


@blueprint.get("/documents/received/<uuid:peer_id>/<path:series>")
@guarded(staff_with(*DOCUMENT_READERS))
def document_received(peer_id: uuid.UUID, series: str) -> Response:
    """One series from above: what stands, what waits and why."""
    return _received(queries.came_in_one(http.session(), peer_id, series))


def _received(one: In, error: DomainError | None = None) -> Response:
    kind = http.services().documents.get(one.state.series.partition("/")[0])
    return page(
        "document_received.html",
        error.status if error else 200,
        one=one,
        title=_called(one),
        kind=kind,
        may_keep=may_keep(),
        may_roll_back=kind is not None and kind.take_back is not None and one.state.standing is not None,
        reason=typed("reason", 1000),
        sentence=http.sentence_of(error) if error else "",
        words=words,
        lines=LINES,
    )


@blueprint.post("/documents/roll-back/<uuid:peer_id>/<path:series>")
@guarded(staff_with(*DOCUMENT_KEEPERS))
def document_roll_back(peer_id: uuid.UUID, series: str) -> ResponseReturnValue:
    """Back to the version before, with a reason the level above reads."""
    office_here()
    session, key = http.session(), (peer_id, series)
    one, folder = queries.came_in_one(session, peer_id, series), http.services().settings.data
    error = refusal_of(
        lambda: standing.roll_back(
            session,
            http.services().documents,
            key,
            typed("standing", 64),
            typed("reason", 1000),
            actor(),
            folder,
        )
    )
    if error:
        return _received(one, error)
    flash(gettext("Đã lùi về bản trước. Lý do được báo lên cấp trên ở lần kết nối tới."))
    return redirect(url_for("admin.document_received", peer_id=peer_id, series=series), 303)


@blueprint.post("/documents/again/<uuid:peer_id>/<path:series>")
@guarded(staff_with(*DOCUMENT_KEEPERS))
def document_again(peer_id: uuid.UUID, series: str) -> ResponseReturnValue:
    """What was refused or rolled back is looked at once more."""
    office_here()
    one = queries.came_in_one(http.session(), peer_id, series)
    if error := refusal_of(lambda: standing.again(http.session(), (peer_id, series), actor())):
        return _received(one, error)
    flash(gettext("Máy chủ sẽ thử áp dụng lại trong vòng một phút."))
    return redirect(url_for("admin.document_received", peer_id=peer_id, series=series), 303)


@blueprint.get("/documents/given/<digest>")
@guarded(staff_with(*DOCUMENT_READERS))
def document_given(digest: str) -> Response:
    """One that was given out, and what each node below told of it."""
    return _given(digest)


def _given(digest: str, error: DomainError | None = None) -> Response:
    one, answers = queries.out(http.session(), digest)
    kind = http.services().documents.get(one.row.series.partition("/")[0])
    return page(
        "document_given.html",
        error.status if error else 200,
        one=one,
        answers=answers,
        receivers=_receivers(one.row.scope),
        further=passing.added(passing.further_below(http.session(), digest)),
        kind=kind,
        may_withdraw=may_keep() and kind is not None and kind.take_back is not None and not one.withdrawn,
        reason=typed("reason", 1000),
        sentence=http.sentence_of(error) if error else "",
        words=words,
        lines=LINES,
    )


def _receivers(codes: Sequence[str]) -> list[str]:
    """The units a document is for, as they are called; one that is not known here by its code."""
    session = http.session()
    ids = dict(session.execute(select(Unit.code, Unit.id).where(Unit.code.in_(codes))).all())
    names = named_to_the_last(session, ids.values(), clock.today())
    own = own_unit(session)
    return [
        gettext("tất cả đơn vị cấp dưới")
        if ids.get(code) == own
        else names[ids[code]].full_name
        if ids.get(code) in names
        else code
        for code in codes
    ]


@blueprint.post("/documents/withdraw/<digest>")
@guarded(staff_with(*DOCUMENT_KEEPERS))
def document_withdraw(digest: str) -> ResponseReturnValue:
    """Nobody below is to have it stand any more. Raises NotThisOffice."""
    office_here()
    queries.out(http.session(), digest)
    error = refusal_of(lambda: giving.withdraw(http.session(), digest, typed("reason", 1000), actor()))
    if error:
        return _given(digest, error)
    flash(gettext("Đã thu hồi. Các máy chủ cấp dưới bỏ bản này ở lần kết nối tới và báo lại."))
    return redirect(url_for("admin.document_given", digest=digest), 303)
