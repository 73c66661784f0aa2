"""The units below a level for one period: who told, how complete and timely, what their cards say, and the sums over them."""

from flask.typing import ResponseReturnValue

from admin import levels_words
from admin.blueprint import LEVEL_READERS, blueprint, page
from admin.levels_answers import answers_page
from admin.levels_choice import asked, beside, keeps, key_of
from backend import http
from backend.http import guarded, staff_with
from backend.levels.overview import overview
from backend.levels.views import sums_of


@blueprint.get("/levels")
@guarded(staff_with(*LEVEL_READERS))
def levels() -> ResponseReturnValue:
    """Who is at no level reads what the level above answered to the own unit. Raises NotFound, NothingTold."""
    choice = asked()
    if choice is None:
        return answers_page()
    found = overview(http.session(), choice.level, choice.about) if choice.about else None
    return page(
        "levels.html",
        choice=choice,
        found=found,
        sums=sums_of(found) if found else (),
        may_keep=keeps(choice),
        **beside(choice, found.lines if found else ()),
        words=levels_words,
        key_of=key_of,
        tab="overview",
    )
