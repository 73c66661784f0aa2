"""The gate before `/federation`: who asks, that nobody else wrote it, that it is fresh, and that it is small enough.

It stands before Flask, so a forged message costs no session, no route and no parsing. The order is by cost: header, whose
key, length, signature, nonce, and only then the body, its digest and its packing. Every answer goes out signed.
"""

import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import format_datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from weakref import WeakKeyDictionary

import msgspec
import psycopg
from sqlalchemy.exc import NoResultFound, SQLAlchemyError

from backend import clock
from backend.config import Settings
from backend.db.engine import Database
from backend.db.node import this_node
from backend.federation import messages
from backend.federation.messages import EPOCH, LINE, NODE, Asked, Checked, MessageRefused
from backend.federation.peers import at_door, trouble
from backend.federation.peers.at_door import Known
from backend.federation.peers.caller import ENVIRON, Caller
from backend.federation.signature_base import Presented
from backend.http import HTTP_SENTENCES
from backend.wire import body as bodies
from backend.wire.rate import Rate

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from backend.http import NodeApp, Services

PREFIX = "/federation/"
PROBLEM = "application/problem+json"
PATH_LETTERS = "/-._~!$&'()*+,;=:@"
TITLES = {400: "Bad Request", 401: "Unauthorized", 411: "Length Required", 413: "Content Too Large",
          415: "Unsupported Media Type", 429: "Too Many Requests", 503: "Service Unavailable"}  # fmt: skip
BUSY = (sqlite3.OperationalError, psycopg.OperationalError, SQLAlchemyError)


class Gate:
    """WSGI in front of the application. What is behind it is read with each request: tests change it in between."""

    def __init__(self, app: "NodeApp", inner: "WSGIApplication") -> None:
        self._app, self._inner = app, inner
        self._rate = Rate()
        self._names: WeakKeyDictionary[Database, dict[str, str]] = WeakKeyDictionary()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(PREFIX):
            return self._inner(environ, start_response)
        services = self._app.services
        asked = asked_of(environ, services.settings)
        try:
            answer = self._let_in(services, asked, environ)
        finally:
            trouble.flush(services.database, only_if_due=True)
        return self._send(services, asked, answer, start_response)

    def _let_in(self, services: "Services", asked: Asked, environ: "WSGIEnvironment") -> "Answer":
        known: Known | None = None
        try:
            shown = messages.presented(asked)
            known = _whose(services.database, shown.key_id, asked)
            length = bodies.declared(environ)
            checked = self._check(services.database, asked, shown, known)
            body = bodies.read(environ, length)
            messages.check_digest(asked, body)
            _hand_over(
                environ, asked, checked, bodies.unpacked(body, asked.headers.get("content-encoding", ""))
            )
        except MessageRefused as refused:
            trouble.note_trouble(
                services.database, known.peer_id if known else None, refused.code, asked.method
            )
            return _problem(refused.status, refused.code, refused.sentence % refused.values, refused.values)
        except BUSY:
            self._app.logger.exception("the gate cannot ask the database")
            return _problem(503, "busy", HTTP_SENTENCES[503], {"retry_after_s": 2})
        return self._ask(services.database, environ, checked.peer)

    def _check(self, database: Database, asked: Asked, shown: Presented, known: Known) -> Checked[Known]:
        def remember(key_id: str, nonce: str, until: datetime) -> bool:
            return at_door.remember(database, key_id, nonce, until)

        checked = messages.check_request(asked, shown, known, known.key, remember)
        trouble.notes_of(database).saw(known.peer_id, checked.delta_ms)
        self._rate.count(known.peer_id)
        return checked

    def _ask(self, database: Database, environ: "WSGIEnvironment", known: Known) -> "Answer":
        """What the application says. A refusal it has not put on record itself is put there."""
        notes = trouble.notes_of(database)
        before = notes.by_peer.get(known.peer_id, 0)
        answer = _collected(self._inner, environ)
        if answer.status >= 400 and notes.by_peer.get(known.peer_id, 0) == before:
            trouble.note_trouble(database, known.peer_id, _code_of(answer), environ["REQUEST_METHOD"])
        return answer

    def _send(
        self, services: "Services", asked: Asked, answer: "Answer", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        said = [*answer.headers, *self._own(services.database).items()]
        if not any(name.lower() == "date" for name, _ in said):
            said.append(("Date", format_datetime(clock.now().replace(microsecond=0), usegmt=True)))
        signed = messages.sign_response(services.signer, asked, answer.status, dict(said), answer.body)
        start_response(answer.line, [*said, *signed.items()])
        return [answer.body]

    def _own(self, database: Database) -> dict[str, str]:
        """Who answers. Read once: both change only while the node is stopped."""
        if database not in self._names:
            try:
                with database.transaction(writes=False) as session:
                    node = this_node(session)
                    self._names[database] = {"Lantoa-Node": str(node.id), "Lantoa-Epoch": str(node.epoch)}
            except (NoResultFound, SQLAlchemyError):
                return {}
        return self._names[database]


class Answer(msgspec.Struct):
    """What goes back: '401 Unauthorized', its headers, its bytes."""

    line: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def status(self) -> int:
        return int(self.line[:3])


def asked_of(environ: "WSGIEnvironment", settings: Settings) -> Asked:
    """The request as its sender signed it: under the address this node is configured with, whatever a proxy passes on."""
    path = quote(environ["PATH_INFO"].encode("latin-1"), safe=PATH_LETTERS)
    query = environ.get("QUERY_STRING", "")
    headers = {
        name[5:].replace("_", "-").lower(): value.strip()
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    if kind := environ.get("CONTENT_TYPE"):
        headers["content-type"] = kind.strip()
    url = f"{settings.public_url}{path}" + (f"?{query}" if query else "")
    return Asked(environ["REQUEST_METHOD"], url, headers)


def _whose(database: Database, key_id: str, asked: Asked) -> Known:
    """Raises MessageRefused: strangers, suspended and revoked ones are told the same."""
    known = at_door.whose(database, key_id, asked.headers.get(NODE, ""), asked.headers.get(LINE))
    if known is None:
        raise MessageRefused("unknown-peer")
    return known


def _hand_over(environ: "WSGIEnvironment", asked: Asked, checked: Checked[Known], body: bytes) -> None:
    known = checked.peer
    environ[ENVIRON] = Caller(
        known.peer_id, known.node_id, known.line, known.side, checked.key_id, asked.headers[EPOCH], checked.delta_ms
    )  # fmt: skip
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))
    environ.pop("HTTP_CONTENT_ENCODING", None)


def _problem(status: int, code: str, detail: str, more: dict[str, Any]) -> Answer:
    """RFC 9457, in the shape of every other door."""
    title = TITLES[status]
    told = {
        "type": f"urn:lantoa:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
    }
    headers = [("Content-Type", PROBLEM), ("Cache-Control", "no-store")]
    if "retry_after_s" in more:
        headers.append(("Retry-After", str(more["retry_after_s"])))
    if status == 401:
        headers.append(("WWW-Authenticate", 'Signature realm="lantoa"'))
    body = msgspec.json.encode(
        told | {name: value for name, value in more.items() if name not in ("why", "minutes")}
    )
    return Answer(f"{status} {title}", [*headers, ("Content-Length", str(len(body)))], body)


def _collected(inner: "WSGIApplication", environ: "WSGIEnvironment") -> Answer:
    """The application's answer, whole: it is signed before the first byte goes out."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []

    def start(line: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], object]:
        begun.append((line, headers))
        return lambda _: None

    parts = inner(environ, start)
    try:
        body = b"".join(parts)
    finally:
        if close := getattr(parts, "close", None):
            close()
    line, headers = begun[-1]
    return Answer(line, headers, body)


def _code_of(answer: Answer) -> str:
    try:
        return str(msgspec.json.decode(answer.body, type=dict[str, Any]).get("code", answer.status))
    except (msgspec.MsgspecError, UnicodeError):
        return str(answer.status)
