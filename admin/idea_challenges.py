"""Problems a head asks for ideas about: a list, a new one, another last day."""

import uuid
from collections.abc import Callable

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import idea_words
from admin.blueprint import IDEA_KEEPERS, IDEA_SECRETARIES, UNIT_HEADS, blueprint, page
from admin.forms import refusal_of, typed
from admin.idea_words import head_or_secretary, unit_names, year_asked, years_seen
from admin.team_words import typed_day
from backend import clock, http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with
from backend.people.staff import reach
from campaigns.initiative import challenges, overview
from campaigns.initiative.models import TEXT, Challenge

FIELDS = ("title", "ordered_by", "opens_on", "closes_on", "last")


@blueprint.get("/ideas/challenges")
@guarded(staff_with(*IDEA_KEEPERS))
def idea_challenges() -> Response:
    """What was asked for, with how many answered. Raises NotFound while there is no year."""
    return _challenges_page()


def _challenges_page(error: DomainError | None = None, at: str = "") -> Response:
    year = year_asked()
    rows = overview.challenges(http.session(), year.activity.id)
    mine = reach(http.session(), http.staff(), *IDEA_SECRETARIES, *UNIT_HEADS)
    return page(
        "idea_challenges.html",
        error.status if error else 200,
        year=year,
        years=years_seen(),
        rows=rows,
        own={row.id for row, _ in rows if row.unit_id in mine},
        units=unit_names({row.unit_id for row, _ in rows}),
        today=clock.today(),
        words=idea_words,
        typed={name: typed(name) for name in FIELDS} | {"problem": typed("problem", TEXT)},
        sentence=http.sentence_of(error) if error else "",
        at=at,
    )


def _deed(at: str, do: Callable[[], object], done: str) -> ResponseReturnValue:
    year = year_asked()
    if error := refusal_of(do):
        return _challenges_page(error, at)
    flash(done)
    return redirect(url_for("admin.idea_challenges", activity_id=year.activity.id), 303)


@blueprint.post("/ideas/challenges")
@guarded(staff_with(*IDEA_KEEPERS))
def order_ideas() -> ResponseReturnValue:
    """Ask for ideas from one day to another. Raises NotFound while there is no year."""
    year = year_asked()

    def order() -> None:
        challenges.order(
            http.session(), year.activity.id, title=typed("title", 200), problem=typed("problem", TEXT),
            ordered_by=typed("ordered_by", 120), opens_on=typed_day(typed("opens_on", 10)),
            closes_on=typed_day(typed("closes_on", 10)), by=head_or_secretary(year),
        )  # fmt: skip

    return _deed("new", order, gettext("Đã ghi lời đặt hàng. Mọi người thấy trong ứng dụng khi tới ngày."))


@blueprint.post("/ideas/challenges/<uuid:challenge_id>")
@guarded(staff_with(*IDEA_KEEPERS))
def order_until(challenge_id: uuid.UUID) -> ResponseReturnValue:
    """Another last day; today closes it. Raises NotFound for one of another unit."""
    year, row = year_asked(), http.session().get(Challenge, challenge_id)
    mine = reach(http.session(), http.staff(), *IDEA_SECRETARIES, *UNIT_HEADS)
    if row is None or row.activity_id != year.activity.id or row.unit_id not in mine:
        raise NotFound

    def close() -> None:
        challenges.close_on(http.session(), row.id, typed_day(typed("last", 10)), head_or_secretary(year))

    return _deed(str(challenge_id), close, gettext("Đã ghi ngày cuối mới."))
