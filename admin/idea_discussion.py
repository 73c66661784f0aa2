"""The discussion under published initiatives: words somebody pointed at are looked at, and taken down with a reason or left.

Who wrote a word is not told here.
"""

import uuid

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.blueprint import IDEA_SECRETARIES, blueprint, page
from admin.forms import refusal_of, typed
from admin.idea_words import Year, year_asked
from backend import http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with
from campaigns.initiative import discussion, overview


def _year() -> Year:
    """Raises NotFound for whoever is not the secretary of the year's own unit."""
    year = year_asked()
    if not year.handles_all:
        raise NotFound
    return year


@blueprint.get("/ideas/discussion")
@guarded(staff_with(*IDEA_SECRETARIES))
def idea_discussion() -> Response:
    """What waits to be looked at, the most reported first. Raises NotFound."""
    return _discussion_page()


def _discussion_page(error: DomainError | None = None, at: str = "") -> Response:
    year, session = _year(), http.session()
    return page(
        "idea_discussion.html",
        error.status if error else 200,
        year=year,
        rows=discussion.reported(session, year.activity.id),
        hidden=overview.hidden_words(session, year.activity.id),
        why=typed("why", 200),
        sentence=http.sentence_of(error) if error else "",
        at=at,
    )


@blueprint.post("/ideas/discussion")
@guarded(staff_with(*IDEA_SECRETARIES))
def settle_word() -> ResponseReturnValue:
    """Take a word down with a reason its writer reads; leave it standing; or let it be seen again. Raises NotFound."""
    year, session, me = _year(), http.session(), http.staff().person
    word, chosen = _word(year), typed("do", 10)

    def settle() -> None:
        if chosen == "show":
            discussion.show_again(session, word, me)
        elif chosen == "leave":
            discussion.leave_standing(session, word, me)
        else:
            discussion.hide(session, word, typed("why", 200), me)

    if error := refusal_of(settle):
        return _discussion_page(error, str(word))
    flash(_said(chosen))
    return redirect(url_for("admin.idea_discussion", activity_id=year.activity.id), 303)


def _said(chosen: str) -> str:
    if chosen == "show":
        return gettext("Đã cho hiện lại.")
    if chosen == "leave":
        return gettext("Đã ghi: đã xem và để nguyên. Có người khác báo thì ý kiến trở lại đây.")
    return gettext("Đã ẩn. Người viết đọc được lý do.")


def _word(year: Year) -> uuid.UUID:
    """Raises NotFound for a word of another year, or one nobody pointed at."""
    try:
        word = uuid.UUID(typed("comment", 40))
    except ValueError:
        raise NotFound from None
    if not overview.word_is_of(http.session(), word, year.activity.id):
        raise NotFound
    return word
