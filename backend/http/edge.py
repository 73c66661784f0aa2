"""The transaction of a request, what the composition root hands to the doors, and what every answer carries."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, cast
from weakref import WeakKeyDictionary

from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from sqlalchemy.exc import NoResultFound, SQLAlchemyError
from sqlalchemy.orm import Session

from backend import clock
from backend.config import Settings
from backend.db.engine import Database
from backend.db.node import this_node
from backend.errors import DomainError, NotSetUp
from backend.federation.documents.kinds import Kinds
from backend.federation.packets.stream import Book
from backend.people.identity import CodeSender
from backend.people.keys import Seal
from backend.safeguards.signing import Signer


@dataclass(frozen=True)
class Services:
    """What the composition root hands to every door."""

    settings: Settings
    database: Database
    seal: Seal
    signer: Signer
    code_sender: CodeSender
    streams: Book = field(default_factory=Book)
    documents: Kinds = field(default_factory=dict)


class CookieOfConsole(SecureCookieSessionInterface):
    """The phone's door knows bearer tokens, the peers' signatures, and neither a cookie: there the browser's session is not
    even looked at."""

    def open_session(self, app: Flask, request: Request) -> Any:
        if request.path.startswith(("/api/", "/federation/")):
            return self.make_null_session(app)
        return super().open_session(app, request)


class NodeApp(Flask):
    """Flask with the edge in it: each request is dispatched inside one transaction."""

    services: Services
    session_interface = CookieOfConsole()

    def ensure_sync(self, func: Any) -> Any:
        """Nothing here is a coroutine, and Flask would ask that of nine functions with every request."""
        return func

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
        g.session.info["seal"] = services().seal  # for whoever must tell this node's own signs from others
    return cast(Session, g.session)


def release() -> None:
    """Commit what was done so far; the next `session()` begins anew, and writes.

    For what is slow and needs no database, and for a count that must stay whatever happens next.
    """
    _end(None)
    g.released = True


def _writes() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "reads_first", False) and "released" not in g:
        return False
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


def stamp(answer: Response) -> Response:
    """What every answer of the API carries: this node's epoch and its clock."""
    carried = {
        "Lantoa-Time-Ms": str(clock.milliseconds(clock.now())),
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    }
    with suppress(NotSetUp, SQLAlchemyError):  # a node in trouble has said so in the answer itself
        carried["Lantoa-Epoch"] = epoch()
    return _carry(answer, carried)


def _carry(answer: Response, carried: dict[str, str]) -> Response:
    """Add what the answer does not say itself. Its headers are walked once: this runs for every answer, twice."""
    said = {name.lower() for name, _ in answer.headers}
    for name, value in carried.items():
        if name.lower() not in said:
            answer.headers.add(name, value)
    return answer


CONTENT_POLICY = (
    "default-src 'self'; connect-src 'self'; img-src 'self' data:; style-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'self'; object-src 'none'"
)


def harden(answer: Response) -> Response:
    """What every answer of every door carries unless the door said it more strictly: own files only, no frame."""
    carried = {
        "Content-Security-Policy": CONTENT_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
    }
    if not services().settings.demo:
        carried["Strict-Transport-Security"] = "max-age=31536000"
    return _carry(answer, carried)


_EPOCHS: WeakKeyDictionary[Database, str] = WeakKeyDictionary()


def epoch() -> str:
    """Read once per process: it changes only when the operator restores a backup, with the node stopped.

    Raises NotSetUp on a database without a node.
    """
    database = services().database
    if database not in _EPOCHS:
        with database.transaction(writes=False) as fresh:
            try:
                _EPOCHS[database] = str(this_node(fresh).epoch)
            except NoResultFound:
                raise NotSetUp from None
    return _EPOCHS[database]


def check_set_up() -> None:
    """The phone's door and the front page need to know which node this is. Raises NotSetUp."""
    if request.path == "/" or request.path.startswith("/api/"):
        epoch()


def language() -> str:
    """'vi' or 'en', as the request asks."""
    return str(get_locale() or services().settings.language)
