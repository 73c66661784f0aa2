"""The blueprint every part of the phone's door is made of."""

from typing import Any

from flask import abort
from flask_smorest import Blueprint as SmorestBlueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException


class StrictParser(FlaskParser):
    """Says 415 for another content type, and 400 for a number too long to be read, where the library would say 500."""

    def load_json(self, req: Any, schema: Any) -> Any:
        if req.get_data(cache=True) and not req.is_json:
            abort(415)
        if not req.get_data(cache=True):
            abort(422)  # the document asks for a body, even where every field of it may be left out
        try:
            return super().load_json(req, schema)
        except HTTPException:
            raise
        except (ValueError, RecursionError):
            abort(400)


class PhoneBlueprint(SmorestBlueprint):
    ARGUMENTS_PARSER = StrictParser()
    PAGINATION_HEADER_NAME = None  # type: ignore[assignment]
