"""The edge that all doors share: one transaction per request, guards, and problem answers (RFC 9457).

A view is guarded or it does not exist: `tests/structure` walks every route. A guard says who may knock; the query
behind it says what they may see.
"""

import functools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import yaml
from flask import Flask, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from backend import clock
from backend.config import Settings
from backend.db.engine import Database
from backend.db.node import this_node
from backend.errors import N_, DomainError, NotAllowed, NotSignedIn
from backend.people import staff as staff_desk
from backend.people.identity import CodeSender
from backend.people.keys import Seal
from backend.people.sign_in import Participant, participant
from backend.people.staff import Staff

View = TypeVar("View", bound=Callable[..., Any])
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Services:
    """What the composition root hands to every door."""

    settings: Settings
    database: Database
    seal: Seal
    code_sender: CodeSender


class NodeApp(Flask):
    """Flask with the edge in it: each request is dispatched inside one transaction."""

    services: Services

    def dispatch_request(self) -> ResponseReturnValue:
        with transaction():
            return super().dispatch_request()


def services() -> Services:
    return cast(NodeApp, current_app).services


def session() -> Session:
    """The request's session. It is opened when first asked for, committed or rolled back at the edge."""
    if "session" not in g:
        g.opened = services().database.transaction(writes=_writes())
        g.session = g.opened.__enter__()
    return cast(Session, g.session)


def _writes() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return request.method not in ("GET", "HEAD", "OPTIONS") or getattr(view, "writes", False)


@contextmanager
def transaction() -> Iterator[None]:
    try:
        yield
    except DomainError as error:
        _end(None if error.keeps_writes else error)
        raise
    except BaseException as error:
        _end(error)
        raise
    _end(None)


def _end(error: BaseException | None) -> None:
    opened = g.pop("opened", None)
    g.pop("session", None)
    if opened is None:
        return
    if error is None:
        opened.__exit__(None, None, None)
    elif not opened.__exit__(type(error), error, error.__traceback__):
        return


def writes_on_read(view: View) -> View:
    """Mark a GET view that writes all the same, because its reading is put on the audit trail."""
    view.writes = True  # type: ignore[attr-defined]
    return view


# --- guards -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Guard:
    """Who may knock. `name` is what the structure test reads; `roles` are the staff roles that pass."""

    name: str
    check: Callable[[], None]
    roles: tuple[str, ...] = ()


def guarded(guard: Guard) -> Callable[[View], View]:
    """Put a guard on a view. It stands before the payload is even looked at."""

    def put_on(view: View) -> View:
        @functools.wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            guard.check()
            return view(*args, **kwargs)

        checked.guard = guard  # type: ignore[attr-defined]
        return cast(View, checked)

    return put_on


anybody = Guard("anybody", lambda: None)


def _signed_in() -> None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise NotSignedIn
    g.participant = participant(session(), token.strip())


signed_in = Guard("signed_in", _signed_in)


def me() -> Participant:
    """The citizen whose token came with this request."""
    return cast(Participant, g.participant)


STAFF_TOKEN = "staff_token"  # noqa: S105 - the name of a cookie field


def staff_with(*roles: str) -> Guard:
    """Staff holding one of these roles somewhere; on which unit is the query's question. No role named: any staff."""
    return Guard("staff" + "".join(f":{role}" for role in roles), functools.partial(_staff, roles), roles)


def _staff(roles: tuple[str, ...]) -> None:
    from flask import session as cookie

    g.staff = staff_desk.staff_member(session(), cookie.get(STAFF_TOKEN, ""))
    if roles and not g.staff.holds(*roles):
        raise NotAllowed


def staff() -> Staff:
    return cast(Staff, g.staff)


# --- problem answers --------------------------------------------------------------------------------------------

# What a database constraint means to a person: the only place where a name becomes a sentence.
CONSTRAINTS: dict[str, type[DomainError]] = {}


def constraint_name(error: IntegrityError) -> str:
    """The violated constraint's name on PostgreSQL, the columns on SQLite, which does not name it."""
    diagnosis = getattr(error.orig, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    return name or re.sub(r".*failed: ", "", str(error.orig))


def problem(
    status: int, code: str, detail: str | None = None, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    """A problem answer of RFC 9457. `code` is a word we chose and keep."""
    title = {400: "Bad Request", 413: "Content Too Large", 422: "Unprocessable Content"}.get(status)
    body = {
        "type": f"urn:lantoa:problem:{code}",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }
    answer = jsonify({name: value for name, value in body.items() if value is not None})
    answer.status_code, answer.content_type = status, PROBLEM
    answer.headers.update(headers or {})
    return answer


def domain_problem(error: DomainError) -> Response:
    retry = error.values.get("retry_after_s")
    headers = {"Retry-After": str(retry)} if retry else {}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="lantoa"'
    return problem(error.status, error.code, sentence_of(error), headers, **error.values)


def sentence_of(error: DomainError) -> str:
    """The error's sentence in the reader's language, its values filled in."""
    return gettext(error.sentence) % error.values if error.values else gettext(error.sentence)


HTTP_CODES = {
    400: "malformed",
    401: "not_signed_in",
    404: "not_found",
    405: "method_not_allowed",
    412: "changed_meanwhile",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "payload_invalid",
}
HTTP_SENTENCES = {
    400: N_("Nội dung gửi lên không đọc được."),
    404: N_("Không tìm thấy nội dung này."),
    413: N_("Nội dung gửi lên quá lớn. Xin chia nhỏ rồi gửi lại."),
    415: N_("Kiểu nội dung gửi lên không được hỗ trợ."),
    422: N_("Dữ liệu gửi lên chưa đúng. Xin xem lại các mục được nêu."),
    500: N_("Hệ thống gặp lỗi. Những gì đã nhập vẫn còn; xin thử lại sau ít phút."),
    503: N_("Hệ thống đang bận. Xin thử lại sau ít giây."),
}
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")


def http_problem(error: HTTPException) -> Response:
    """Flask's own refusals (404, 405, 413 ...) in the same shape."""
    status = error.code or 500
    kept = {k: v for k, v in error.get_response().headers.items() if k in KEPT_HEADERS}
    data = getattr(error, "data", None) or {}
    fields = data.get("messages") or data.get("errors")
    sentence = HTTP_SENTENCES.get(status)
    return problem(
        status,
        HTTP_CODES.get(status, "refused"),
        gettext(sentence) if sentence else None,
        kept,
        errors=fields,
    )


def database_problem(error: IntegrityError | OperationalError | DataError) -> Response:
    """A constraint we know is a domain error; a busy database asks to come back; anything else is our fault.

    A value no column can hold (NUL in text, a number too large) that slipped past a door is the sender's.
    """
    if isinstance(error, IntegrityError) and (known := CONSTRAINTS.get(constraint_name(error))):
        return domain_problem(known())
    current_app.logger.exception("database refused")
    if isinstance(error, OperationalError):
        return problem(503, "busy", gettext(HTTP_SENTENCES[503]), {"Retry-After": "2"})
    if isinstance(error, DataError):
        return problem(400, HTTP_CODES[400], gettext(HTTP_SENTENCES[400]))
    return problem(500, "internal", gettext(HTTP_SENTENCES[500]))


def unforeseen(error: Exception) -> Response:
    current_app.logger.exception("unforeseen error")
    return problem(500, "internal", gettext(HTTP_SENTENCES[500]))


# --- every answer -----------------------------------------------------------------------------------------------


def stamp(answer: Response) -> Response:
    """What every answer of the API carries: this node's epoch and its clock."""
    answer.headers["Lantoa-Epoch"] = epoch()
    answer.headers["Lantoa-Time-Ms"] = str(clock.milliseconds(clock.now()))
    answer.headers["Cache-Control"] = answer.headers.get("Cache-Control", "no-store")
    return answer


_EPOCHS: WeakKeyDictionary[Database, str] = WeakKeyDictionary()


def epoch() -> str:
    """Read once per process: it changes only when the operator restores a backup, with the node stopped."""
    database = services().database
    if database not in _EPOCHS:
        with database.transaction(writes=False) as fresh:
            _EPOCHS[database] = str(this_node(fresh).epoch)
    return _EPOCHS[database]


def language() -> str:
    """'vi' or 'en', as the request asks."""
    return str(get_locale() or services().settings.language)


def local_path(wanted: str | None, otherwise: str) -> str:
    """Where to go on to: a path of this node, never another site."""
    path = (wanted or "").replace("\\", "/")
    return path if path.startswith("/") and not path.startswith("//") and path.isprintable() else otherwise


def demo_notes() -> dict[str, Any] | None:
    """What a visitor of the demo may try: accounts, phone, class codes. None on a real node."""
    return _read_demo() if services().settings.demo else None


@functools.cache
def _read_demo() -> dict[str, Any]:
    text = (Path(__file__).parent / "demo.yaml").read_text(encoding="utf-8")
    return cast(dict[str, Any], yaml.safe_load(text))
