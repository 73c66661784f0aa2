from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import text

from backend import clock, http
from backend.db.migrate import is_current
from backend.db.node import this_node
from backend.http import anybody, guarded
from backend.people.staff import ROLES
from backend.units.queries import search

blueprint = Blueprint("public", __name__, template_folder="templates", static_folder=None)

STATIC = Path(__file__).parent / "static"
LANGUAGES = ("vi", "en")
YEAR_S = 365 * 24 * 3600
APP_FILES = Path(__file__).parents[2] / "mobile_api" / "static" / "app"


@blueprint.get("/")
@guarded(anybody)
def front_door() -> str:
    """Two doors: take part on a phone, or organise."""
    session = http.session()
    commune = search(session, "", "commune", clock.today(), limit=1)
    return render_template(
        "public/front_door.html",
        node=this_node(session),
        commune=commune[0] if commune else None,
        demo=http.demo_notes(),
        language=http.language(),
        role_names={role: gettext(name) for role, name in ROLES.items()},
    )


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
    answer = send_from_directory(APP_FILES, name)
    lasting = name.startswith("assets/")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
    return answer
