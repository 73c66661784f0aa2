"""Which activity of visits the console is looking at, and for which team and hamlets."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from flask import request
from flask_babel import gettext

from admin import shown, team_words
from admin.team_words import asked_day, hamlets_seen, home_commune, team_seen, teams_seen
from backend import clock, http
from backend.errors import NotFound
from backend.teams.queries import TeamView
from backend.units.queries import NamedUnit
from campaigns import queries as campaigns
from campaigns.models import Activity, Campaign
from campaigns.registry import settings_of
from campaigns.visit.catalogue import service_name

VISIT = "visit"
STAGES = ("explained", "installed", "activated", "used_alone", "not_possible")


@dataclass(frozen=True)
class View:
    """What the page is about: an activity of visits, one team or all those in reach, and their hamlets."""

    activity: Activity
    campaign: Campaign
    team: TeamView | None
    teams: list[TeamView]
    hamlets: list[NamedUnit]

    @property
    def units(self) -> list[uuid.UUID]:
        return [unit.id for unit in self.hamlets]


def activities_seen() -> list[tuple[Activity, Campaign]]:
    """The activities of visits of the own commune, newest first."""
    owner = home_commune().id
    return [
        (activity, campaign)
        for activity, campaign in campaigns.activities(http.session())
        if activity.kind == VISIT and campaign.owner_unit_id == owner and campaign.state != "draft"
    ]


def asked_view() -> View | None:
    """None while there is no activity of visits. Raises NotFound, NotAllowed."""
    found = activities_seen()
    wanted = request.values.get("activity_id", "")
    pair = next((pair for pair in found if str(pair[0].id) == wanted), found[0] if found else None)
    if pair is None:
        return None
    team = _asked_team()
    teams = [team] if team else teams_seen()
    served = {area.id for one in teams for area in one.areas}
    hamlets = [unit for unit in hamlets_seen() if team is None or unit.id in served]
    return View(*pair, team, teams, hamlets)


def _asked_team() -> TeamView | None:
    text = request.values.get("team", "")
    if not text:
        return None
    try:
        return team_seen(uuid.UUID(text))
    except ValueError:
        raise NotFound from None


def service_word(activity: Activity, code: str) -> str:
    """What the activity calls a service; of one it does not know, what any other activity here calls it."""
    name = service_name(settings_of(activity), code, http.language())
    return name if name != code else known_word(code)


def known_word(code: str) -> str:
    """What the newest activity that knows a service calls it; its code where none does."""
    for activity, _ in activities_seen():
        name = service_name(settings_of(activity), code, http.language())
        if name != code:
            return name
    return code


def asked_month() -> tuple[date, date]:
    """The first and the last day of the month asked for, of this one where none was."""
    first = asked_day("month", clock.today()).replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def day_words(value: date) -> str:
    return f"{gettext(team_words.WEEKDAYS[value.weekday()])}, {shown.day(value)}"
