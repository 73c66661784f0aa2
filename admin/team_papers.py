"""What a team prints: the list for the day, the logbook, and the monthly form. From the same records, never twice."""

import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Response, request
from flask_babel import gettext

from admin import team_words
from admin.blueprint import TEAM_ROLES, blueprint, page
from admin.team_words import asked_day, leads, team_seen
from admin.visit_view import STAGES, activities_seen, asked_month, day_words, service_word
from backend import clock, http
from backend.errors import NotAllowed
from backend.http import guarded, staff_with
from backend.teams import queries
from backend.teams.queries import TeamView
from campaigns.visit import papers
from campaigns.visit.catalogue import STANDARD, in_order
from campaigns.visit.lines import day_list
from campaigns.visit.promised import follow_ups_due
from campaigns.visit.queries import household_marks
from campaigns.visit.schemas import VisitSettings


def _after() -> str:
    """Where the sheet goes on."""
    return request.args.get("after", "")[:120]


def _own_team(team_id: uuid.UUID) -> TeamView:
    """A team the member leads or organises: notes of visits are for nobody else. Raises TeamUnknown, NotAllowed."""
    team = team_seen(team_id)
    if not leads(team):
        raise NotAllowed
    return team


@blueprint.get("/teams/<uuid:team_id>/day")
@guarded(staff_with(*TEAM_ROLES))
def team_day(team_id: uuid.UUID) -> Response:
    """Before going out: what is planned and due, and the households; afterwards: what was written down that day."""
    team, day = _own_team(team_id), asked_day("day", clock.today())
    session = http.session()
    households = queries.part_of_team(session, team_id, after=_after())
    marks = household_marks(session, [row.id for row in households.rows])
    own = queries.ids_of_team(session, team_id)
    return page(
        "team_day.html",
        team=team,
        day=day,
        day_words=day_words(day),
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        plan=[line for line in team.plan if line.day == day],
        due=follow_ups_due(session, None, day, households=own, most=queries.PART),
        households=households,
        marks=marks,
        visits=day_list(session, team_id, day),
        service_word=_service_word(),
        words=team_words,
    )


@blueprint.get("/teams/<uuid:team_id>/logbook")
@guarded(staff_with(*TEAM_ROLES))
def team_logbook(team_id: uuid.UUID) -> Response:
    """The paper logbook of a month: every visit and session that stands, by day."""
    team, (first, last) = _own_team(team_id), asked_month()
    return page(
        "team_logbook.html",
        team=team,
        first=first,
        last=last,
        before=first - timedelta(days=1),
        after=last + timedelta(days=1),
        lines=papers.logbook(http.session(), team_id, first, last, after=_after()),
        service_word=_service_word(),
        words=team_words,
    )


@blueprint.get("/teams/<uuid:team_id>/month")
@guarded(staff_with(*TEAM_ROLES))
def team_month(team_id: uuid.UUID) -> Response:
    """The monthly form: what the node counted is filled in, what only people know stays a dotted line. Empty is no 0."""
    team, (first, last) = _own_team(team_id), asked_month()
    found = papers.month(http.session(), team_id, first, last)
    return page(
        "team_month.html",
        team=team,
        first=first,
        last=last,
        before=first - timedelta(days=1),
        after=last + timedelta(days=1),
        found=found,
        households=queries.households_per_team(http.session(), [team_id])[team_id],
        stages=[
            (code, found.stages.get(code, {}))
            for code in in_order(found.stages, VisitSettings())
            if any(found.stages[code].values())
        ],
        stage_codes=STAGES,
        online=_people(found.stages, "online_service"),
        service_word=_service_word(),
        words=team_words,
    )


def _people(stages: Mapping[str, Mapping[str, int]], service: str) -> int:
    """Everybody guided in a service, however far it went."""
    counts = Counter(stages.get(service, {}))
    return sum(count for stage, count in counts.items() if stage != "not_possible")


def _service_word() -> Any:
    """Words for a service's code, as the newest activity names it."""
    found = activities_seen()
    if found:
        return lambda code: service_word(found[0][0], code)
    return lambda code: gettext(STANDARD[code].vi) if code in STANDARD else code
