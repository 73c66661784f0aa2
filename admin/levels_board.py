"""The board of a level: units of like size by one rate, those in front named; and both views over a reorganisation."""

from flask import request
from flask.typing import ResponseReturnValue

from admin import levels_words
from admin.blueprint import LEVEL_READERS, blueprint, page
from admin.levels_choice import chosen, key_of
from backend import http
from backend.http import guarded, staff_with
from backend.levels.board import board, rated
from backend.levels.overview import overview
from backend.levels.views import both
from backend.scorecards.standing import band_words


@blueprint.get("/levels/board")
@guarded(staff_with(*LEVEL_READERS))
def levels_board() -> ResponseReturnValue:
    """Raises NotFound, NothingTold."""
    choice, session = chosen(), http.session()
    found = overview(session, choice.level, choice.told())
    elements = rated(found)
    code = request.args.get("element", "")
    element = next((one for one in elements if one.code == code), elements[0] if elements else None)
    return page(
        "levels_board.html",
        choice=choice,
        elements=elements,
        board=board(session, found, element) if element else None,
        band_words=band_words,
        words=levels_words,
        key_of=key_of,
        tab="board",
    )


@blueprint.get("/levels/views")
@guarded(staff_with(*LEVEL_READERS))
def levels_views() -> ResponseReturnValue:
    """As it was and as it is now. Raises NotFound, NothingTold."""
    choice, session = chosen(), http.session()
    found = overview(session, choice.level, choice.told())
    return page(
        "levels_views.html",
        choice=choice,
        found=found,
        both=both(session, choice.level, found),
        words=levels_words,
        key_of=key_of,
        tab="views",
    )
