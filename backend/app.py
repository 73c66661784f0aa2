"""The composition root. It wires what may not know each other, in the order of a table of contents."""

from pathlib import Path

from flask import Flask, request
from flask_babel import Babel
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

import admin

# The tables of rooms that only the console opens, which it does when it is mounted: whoever compares the models with a
# database finds them all from here on.
import backend.cards.models
import backend.federation.peers.models
import backend.inspection.models
import backend.levels.models
import backend.open_data.models
import backend.own_calendars.models
import backend.plans.models
import backend.reports.models
import backend.targets.models  # noqa: F401
import mobile_api
from backend import http, public, streams, wire
from backend.config import Settings, read_settings
from backend.db.engine import Database
from backend.errors import DomainError, SettingMissing
from backend.http import NodeApp, Services
from backend.people.identity import CodeSender, ShownOnScreen
from backend.people.keys import Seal
from backend.safeguards.signing import Signer
from campaigns import registry

LANGUAGES = ("vi", "en")
MOST_BYTES = 512 * 1024


def create_app(
    settings: Settings | None = None, database: Database | None = None, code_sender: CodeSender | None = None
) -> NodeApp:
    """A node's web application. Tests hand in their own database and identity port."""
    settings = settings or read_settings()
    registry.check()
    app = NodeApp("lantoa", static_folder=None)
    app.services = services_of(settings, database or Database(settings.database_url), code_sender)
    _configure(app, settings)
    _trust(app, settings.trusted_proxies)
    _speak(app)
    app.before_request(http.check_set_up)
    app.after_request(http.harden)  # registered first, so it runs last: a door's own headers stand
    mobile_api.register(app)
    admin.register(app)
    public.register(app)
    wire.register(app)
    _answer_problems(app)
    return app


def services_of(settings: Settings, database: Database, code_sender: CodeSender | None = None) -> Services:
    """What the routes work with. Raises SettingMissing when nothing would bring codes to phones."""
    return Services(
        settings=settings,
        database=database,
        seal=Seal(settings.secret_key),
        signer=Signer(settings.signing_key) if settings.signing_key else Signer.throw_away(),
        code_sender=code_sender or _code_sender(settings),
        streams=streams.book(),
        documents=streams.DOCUMENTS,
    )


def _code_sender(settings: Settings) -> CodeSender:
    if settings.identity == "demo" and settings.demo:
        return ShownOnScreen()
    raise SettingMissing(f"LANTOA_IDENTITY={settings.identity}: this release has no such identity port.")


def _configure(app: NodeApp, settings: Settings) -> None:
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        SESSION_COOKIE_NAME="lantoa_staff",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=not settings.demo,
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE=settings.language,
        BABEL_TRANSLATION_DIRECTORIES=str(Path(__file__).parent / "translations"),
        BABEL_DEFAULT_TIMEZONE="Asia/Ho_Chi_Minh",
    )


def _trust(app: NodeApp, proxies: int) -> None:
    """Behind so many proxies the client's address is what they wrote down; otherwise nobody is believed."""
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]


def _speak(app: Flask) -> None:
    """Vietnamese unless asked otherwise: by the console's language cookie, else by the browser."""

    def chosen() -> str:
        cookie = request.cookies.get("language")
        return cookie if cookie in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or "vi"

    Babel(app, locale_selector=chosen)


def _answer_problems(app: NodeApp) -> None:
    app.register_error_handler(DomainError, http.domain_problem)
    app.register_error_handler(HTTPException, http.http_problem)
    app.register_error_handler(IntegrityError, http.database_problem)
    app.register_error_handler(OperationalError, http.database_problem)
    app.register_error_handler(DataError, http.database_problem)
    app.register_error_handler(Exception, http.unforeseen)
