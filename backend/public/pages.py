from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, send_from_directory
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from backend import clock, http
from backend.db.migrate import is_current
from backend.db.node import this_node
from backend.http import anybody, guarded
from backend.units.queries import search

blueprint = Blueprint("public", __name__, template_folder="templates", static_folder=None)

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
        demo=http.services().settings.demo,
    )


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
