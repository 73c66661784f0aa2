from mimetypes import guess_type
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, request, send_from_directory
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend import clock, http
from backend.db.migrate import is_current
from backend.db.node import this_node
from backend.http import anybody, guarded
from backend.people.staff import ROLES
from backend.public.page import page
from backend.units.queries import named
from campaigns.contest import common_here
from campaigns.models import Activity, Campaign
from campaigns.queries import activities

blueprint = Blueprint("public", __name__, template_folder="templates", static_folder=None)

STATIC = Path(__file__).parent / "static"
LANGUAGES = ("vi", "en")
MOST_SHOWN = 6
YEAR_S = 365 * 24 * 3600
APP_FILES = Path(__file__).parents[2] / "mobile_api" / "static" / "app"


@blueprint.get("/")
@guarded(anybody)
def front_door() -> str:
    """What is on here, and where to go: take part, organise, read results, verify."""
    session = http.session()
    node = this_node(session)
    return page(
        "front_door",
        node=node,
        commune=named(session, node.unit_id, clock.today()) if node.unit_id else None,
        demo=http.demo_notes(),
        shown_now=_on_now(session),
        is_common=common_here.is_any(session),
        role_names={role: gettext(name) for role, name in ROLES.items()},
    )


def _on_now(session: Session) -> list[tuple[Activity, Campaign]]:
    """What is open, then what is to come, of campaigns that were released."""
    there = [
        (activity, campaign)
        for activity, campaign in activities(session)
        if activity.state in ("open", "scheduled") and campaign.state in ("scheduled", "running")
    ]
    return there[:MOST_SHOWN]


@blueprint.get("/language/<code>")
@guarded(anybody)
def speak(code: str) -> ResponseReturnValue:
    """Remember the language this browser reads, and go back to the page."""
    if code not in LANGUAGES:
        abort(404)
    answer = redirect(http.local_path(request.args.get("next"), "/"))
    safe = not http.services().settings.demo
    answer.set_cookie("language", code, max_age=YEAR_S, httponly=True, secure=safe, samesite="Lax")
    return answer


@blueprint.get("/static/<path:name>")
@guarded(anybody)
def own_file(name: str) -> Response:
    """The front page's own style and picture."""
    answer = send_from_directory(STATIC, name)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/healthz")
@guarded(anybody)
def healthz() -> tuple[Response, int]:
    """200 and 'ok' when the database answers and has the present shape; 503 otherwise."""
    http.session().execute(text("SELECT 1"))
    well = is_current(http.services().database.engine)
    return jsonify(
        {"status": "ok" if well else "migrate", "epoch": http.epoch() if well else None}
    ), 200 if well else 503


@blueprint.get("/app")
@guarded(anybody)
def app_without_slash() -> ResponseReturnValue:
    return redirect("/app/")


@blueprint.get("/app/")
@blueprint.get("/app/<path:name>")
@guarded(anybody)
def app_file(name: str = "index.html") -> Any:
    """The phone app. Files with a hash in their name may be kept; the shell and the service worker are asked for anew."""
    if not APP_FILES.is_dir():
        abort(404)
    answer = _packed(name) or send_from_directory(APP_FILES, name)
    answer.vary.add("Accept-Encoding")
    lasting = name.startswith("assets/")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
    return answer


def _packed(name: str) -> Response | None:
    """The packed form the build left beside the file, for whoever can read it: a third of the bytes on a slow line."""
    if not request.accept_encodings["gzip"] or not (APP_FILES / f"{name}.gz").is_file():
        return None
    answer = send_from_directory(APP_FILES, f"{name}.gz", mimetype=guess_type(name)[0])
    answer.headers["Content-Encoding"] = "gzip"
    return answer
