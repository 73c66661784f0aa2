"""The API document and the blueprints that make it up."""

from typing import Any

from flask import Response, g, request
from flask_smorest import Api
from werkzeug.exceptions import HTTPException

from backend import clock, http
from backend.http import NodeApp, anybody, guarded
from mobile_api import (
    activities,
    boards,
    certificates,
    described,
    home,
    ideas,
    me,
    node,
    photos,
    pledges,
    recognition,
    relay,
    sign_in,
    sync,
    team,
)

PREFIX = "/api/v1"


class PhoneApi(Api):
    """flask-smorest with our problem answers in place of its own."""

    def handle_http_exception(self, error: HTTPException) -> Response:
        return http.http_problem(error)

    def _register_error_handlers(self) -> None:
        """The composition root registers the handlers for every door at once."""


def register(app: NodeApp) -> PhoneApi:
    """Mount the API and its document on the app."""
    app.config.update(
        API_TITLE="Lan Tỏa",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={"info": described.INFO, "security": [], "components": described.COMPONENTS},
    )
    api = PhoneApi(app)
    rooms = (
        node,
        sign_in,
        me,
        home,
        activities,
        boards,
        certificates,
        sync,
        relay,
        team,
        photos,
        pledges,
        ideas,
        recognition,
    )
    for room in rooms:
        api.register_blueprint(room.blueprint, url_prefix=PREFIX)
    described.complete(api.spec)
    document_view = "api-docs.openapi_json"  # flask-smorest's own
    app.view_functions[document_view] = guarded(anybody)(app.view_functions[document_view])
    app.before_request(_note_arrival)
    app.after_request(_stamp)
    app.extensions["lantoa-api"] = api
    return api


def document(app: NodeApp) -> dict[str, Any]:
    """The OpenAPI document of the phone's door."""
    return dict(app.extensions["lantoa-api"].spec.to_dict())


def _note_arrival() -> None:
    """Before any guard opens the database: a paper that came in time is not late because it waited for its turn."""
    g.arrived_at = clock.now()


def _stamp(answer: Response) -> Response:
    return http.stamp(answer) if request.path.startswith(PREFIX) else answer
