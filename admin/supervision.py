"""Watching over the teams' work: coverage, follow-ups, what waits and what never arrived. Teams and places, never members.

The organiser sees the whole commune, the head of a hamlet that hamlet, a leader the own team. The database counts, and
lists are shown a part at a time: a commune with many visits opens the page as quickly as one with few.
"""

import uuid
from datetime import timedelta

from flask import Response, request

from admin import charts, team_words
from admin.blueprint import TEAM_ROLES, blueprint, page
from admin.phones import phones_seen
from admin.team_words import keeps_teams, led, teams_seen
from admin.visit_table import stage_rows
from admin.visit_view import STAGES as STAGES
from admin.visit_view import VISIT as VISIT
from admin.visit_view import View as View
from admin.visit_view import activities_seen as activities_seen
from admin.visit_view import asked_view as asked_view
from admin.visit_view import service_word as service_word
from admin.waiting_records import waiting_seen
from backend import clock, http
from backend.db.paging import Part
from backend.http import guarded, staff_with
from campaigns.visit import checks, promised
from campaigns.visit import supervision as work

DUE_DAYS = 7
SHOWN_DAYS = timedelta(days=14)


@blueprint.get("/supervision")
@guarded(staff_with(*TEAM_ROLES))
def supervision() -> Response:
    """Coverage, stages, follow-ups due, what waits, holes in the numbers, call-backs, doubtful times, twice a day."""
    view = asked_view()
    if view is None:
        return page("supervision_none.html")
    session, about = http.session(), (view.activity.id, view.units)
    mine, (phones, more_phones) = led(), phones_seen(view)
    return page(
        "supervision.html",
        view=view,
        all_teams=teams_seen(),
        activities=activities_seen(),
        coverage=_coverage(view),
        stages=stage_rows(view),
        stage_codes=STAGES,
        due=_due(view),
        due_until=clock.today() + timedelta(days=DUE_DAYS),
        days=_days(view),
        waiting=waiting_seen(view, _after("waiting")),
        phones=phones,
        more_phones=more_phones,
        doubtful=checks.doubtful_times(session, *about, after=_after("doubtful")),
        twice=checks.twice_a_day(session, *about, after=_after("twice")),
        calls=calls_seen(view),
        may_call=keeps_teams(),
        may_take_in=any(team.id in mine for team in view.teams),
        words=team_words,
        today=clock.today(),
        parts={
            name: _after(name) for name in ("waiting", "due", "doubtful", "twice", "calls") if _after(name)
        },
    )


def _after(name: str) -> str:
    """Where a list of the page goes on."""
    return request.args.get(f"{name}_after", "")[:120]


def _coverage(view: View) -> list[tuple[work.Coverage, float]]:
    """Each hamlet with how much of its bar is filled, in per cent."""
    rows = work.coverage(http.session(), view.activity.id, view.units, clock.today())
    return [(row, charts.share(float(row.visited), float(row.households or 1))) for row in rows]


def _due(view: View) -> Part[promised.Due]:
    return promised.follow_ups_due(
        http.session(),
        view.activity.id,
        clock.today() + timedelta(days=DUE_DAYS),
        team=view.team.id if view.team else None,
        units=view.units,
        after=_after("due"),
    )


def _days(view: View) -> list[tuple[work.TeamDay, str]]:
    """The last two weeks, each team by the day: teams in the order of their names, never by how much they did."""
    names = {team.id: team.name for team in view.teams}
    last = clock.today()
    rows = work.team_days(
        http.session(), view.activity.id, last - SHOWN_DAYS, last, team=view.team.id if view.team else None
    )
    return [(row, names[row.team]) for row in rows if row.team in names]


def calls_seen(view: View) -> Part[checks.Called]:
    if not keeps_teams():
        return Part([])
    return checks.call_backs(http.session(), view.activity.id, view.units, after=_after("calls"))


def may_ask(view: View, visit: uuid.UUID) -> bool:
    """Whether this visit was drawn, and the reader may ask the household about it."""
    return keeps_teams() and checks.is_drawn(http.session(), view.activity.id, view.units, visit)
