"""Records that wait for somebody to look at them: which of them concern whoever is looking."""

import uuid
from collections.abc import Sequence

from admin.team_words import hamlets_seen, keeps_teams, teams_seen
from admin.visit_view import View, activities_seen
from backend import http
from backend.db.paging import Part, part
from backend.participation.waiting import how_many_wait
from backend.teams.queries import household_views
from campaigns.visit import checks
from campaigns.visit.checks import Waiting

SHOWN = 50


def waiting_seen(view: View, after: str = "") -> Part[Waiting]:
    """What waits for somebody to look at it; a leader sees what concerns the own team's households and hamlets."""
    if keeps_teams() and view.team is None:
        return checks.waiting(http.session(), [view.activity.id], after=after, most=SHOWN)
    looked_through = checks.waiting(http.session(), [view.activity.id], after=after)
    rows = _concerning(looked_through.rows, view)
    if len(rows) > SHOWN:
        return part(rows, SHOWN, lambda row: (row.happened_at, row.operation))
    return Part(rows, looked_through.after)


def waiting_one(operation_id: uuid.UUID) -> tuple[View, Waiting] | None:
    """One record that waits and concerns whoever is looking, with the activity it is about."""
    row = checks.waiting_one(http.session(), operation_id)
    pair = next((pair for pair in activities_seen() if row and pair[0].id == row.activity), None)
    if row is None or pair is None:
        return None
    view = View(*pair, None, teams_seen(), hamlets_seen())
    return (view, row) if keeps_teams() or _concerning([row], view) else None


def records_waiting() -> int:
    """How many records in reach wait to be looked at; a leader's are counted among the oldest."""
    session, pairs = http.session(), activities_seen()
    if not pairs:
        return 0
    activities = [activity.id for activity, _ in pairs]
    if keeps_teams():
        return how_many_wait(session, activities)
    rows = checks.waiting(session, activities).rows
    return len(_concerning(rows, View(*pairs[0], None, teams_seen(), hamlets_seen()))) if rows else 0


def _concerning(rows: Sequence[Waiting], view: View) -> list[Waiting]:
    """By the hamlet or the household a record names; a household nobody knows yet concerns every leader."""
    hamlets, teams = {str(unit) for unit in view.units}, {team.id for team in view.teams}
    named = [key for row in rows if (key := _household(row))]
    known = household_views(http.session(), named)

    def concerns(row: Waiting) -> bool:
        if row.told.get("hamlet"):
            return str(row.told["hamlet"]) in hamlets
        key = _household(row)
        found = known.get(key) if key else None
        return found is None or found.team in teams or str(found.hamlet.id) in hamlets

    return [row for row in rows if concerns(row)]


def _household(row: Waiting) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(row.told.get("household", "")))
    except ValueError:
        return None
