"""The transaction of a request, what the composition root hands to the doors, and what every answer carries."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast
from weakref import WeakKeyDictionary

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from sqlalchemy.orm import Session

from backend import clock
from backend.config import Settings
from backend.db.engine import Database
from backend.db.node import this_node
from backend.errors import DomainError
from backend.people.identity import CodeSender
from backend.people.keys import Seal


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
