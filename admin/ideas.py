"""A year of initiatives at a glance: intake for its secretary, the own unit's list for its head, numbers for who organises."""

import uuid

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin import idea_words
from admin.blueprint import IDEA_ROLES, IDEA_SECRETARIES, JUDGES, UNIT_HEADS, blueprint, page
from admin.idea_words import Year, asked_year, page_asked, unit_names, units_handled, units_headed, years_seen
from backend import http
from backend.http import guarded, staff_with
from campaigns.initiative import gallery, overview


@blueprint.get("/ideas")
@guarded(staff_with(*IDEA_ROLES))
def ideas() -> ResponseReturnValue:
    """What each office may see of the year. A judge who is nothing else goes right to the own desk."""
    member = http.staff()
    if member.holds(*JUDGES) and not member.holds(*IDEA_SECRETARIES, *UNIT_HEADS, "campaign_admin"):
        return redirect(url_for("admin.idea_desk"))
    year = asked_year()
    if year is None:
        return page("ideas_none.html")
    secretary = member.holds(*IDEA_SECRETARIES)
    headed = None if secretary else units_headed(year)
    units = units_handled(year) if secretary else headed
    lists = secretary or member.holds(*UNIT_HEADS)
    state = request.args.get("state", "")
    state = state if state in idea_words.STATES and state != "draft" else ""
    rows, more = _rows(year, units, state) if lists else ([], False)
    return page(
        "ideas.html",
        year=year,
        years=years_seen(),
        counts=overview.counted(http.session(), year.activity.id, units if lists else None),
        lists=lists,
        secretary=secretary,
        rows=rows,
        more=more,
        number=page_asked(),
        chosen=state,
        units=unit_names({one.unit for one in rows if one.unit}),
        published=gallery.cards(http.session())[0] if not secretary else [],
        words=idea_words,
        judge=member.holds(*JUDGES),
    )


def _rows(year: Year, units: set[uuid.UUID] | None, state: str) -> tuple[list[overview.Row], bool]:
    return overview.listed(http.session(), year.activity.id, units, state or None, page_asked())


def ideas_waiting() -> int:
    """How many the secretary has to look at: just received, valid without judges, judged without a decision."""
    year = asked_year()
    if year is None:
        return 0
    found = overview.counted(http.session(), year.activity.id, units_handled(year))
    return sum(found.get(state, 0) for state in idea_words.WAITING)
