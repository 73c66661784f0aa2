"""How papers look, as far as an administrator sets it: the words that stand on every sheet of the State's and the Party's line."""

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.blueprint import PAPER_KEEPERS, actor, blueprint, page
from admin.forms import refusal_of, typed
from backend import clock, http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with
from backend.people.staff import names_of
from backend.reports import layouts, settings
from backend.reports.words import LINES as LINE_WORDS
from backend.units.offices import LINES


@blueprint.get("/papers")
@guarded(staff_with(*PAPER_KEEPERS))
def paper_settings() -> Response:
    """Both lines with what holds today, and who set it."""
    return _page()


def _page(error: DomainError | None = None, at: str = "") -> Response:
    session, today = http.session(), clock.today()
    shipped = {line: layouts.in_force(line, today) for line in LINES}
    held = {line: settings.standing(session, line) for line in LINES}
    people = {row.set_by for rows in held.values() for row in rows.values() if row.set_by}
    return page(
        "paper_settings.html",
        error.status if error else 200,
        shipped=shipped,
        originals={line: settings.words_of(one) for line, one in shipped.items()},
        current={line: settings.words_of(settings.applied(session, one)) for line, one in shipped.items()},
        held=held,
        names=names_of(session, people),
        typed={part: typed(part, settings.LONGEST) for part in settings.PARTS} if at else {},
        parts_of_paper=settings.PARTS,
        optional=settings.MAY_BE_EMPTY,
        longest=settings.LONGEST,
        lines=LINE_WORDS,
        sentence=http.sentence_of(error) if error else "",
        at=at,
    )


@blueprint.post("/papers/<line>")
@guarded(staff_with(*PAPER_KEEPERS))
def set_paper_words(line: str) -> ResponseReturnValue:
    """From now on, for what is not signed yet. Raises NotFound."""
    if line not in LINES:
        raise NotFound
    told = {part: typed(part, settings.LONGEST) for part in settings.PARTS}
    layout = layouts.in_force(line, clock.today())
    if error := refusal_of(lambda: settings.set_words(http.session(), layout, told, actor())):
        return _page(error, line)
    flash(gettext("Đã ghi. Văn bản chưa ký từ nay theo thể thức này; văn bản đã ký giữ nguyên."))
    return redirect(url_for("admin.paper_settings"), 303)
