"""What a member of a team takes along: the teams, and their households in parts with a manifest to check them by."""

import gzip
import hashlib
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from flask import Response, request

from backend import clock, http
from backend.errors import NotFound
from backend.http import guarded, signed_in
from backend.participation import changes
from backend.participation.models import Change
from backend.teams import queries as teams
from backend.teams.cards import household_card
from backend.teams.histories import histories
from backend.teams.manifest import versions
from backend.teams.queries import HouseholdView, Spot, TeamView
from campaigns.visit.queries import household_marks
from mobile_api import team_schemas as s
from mobile_api.activities import as_json
from mobile_api.blueprint import PhoneBlueprint

blueprint = PhoneBlueprint("team", __name__, description="Teams in the field")

PART = 500


@blueprint.route("/team/load")
@guarded(signed_in)
@blueprint.arguments(s.LoadInSchema, location="query")
@blueprint.response(200, s.TeamLoadSchema)
def read_load(query: dict[str, Any]) -> Response:
    """One part of the list. Use none of it until all parts are here and fit the manifest. 304 where the ETag fits."""
    session, part = http.session(), query["part"]
    cursor = changes.newest(session)  # before the rows: whatever moves from here on is pulled
    mine = teams.teams_of(session, http.me().person, clock.today())
    rows = versions(session, mine)
    parts = max(1, -(-len(rows) // PART))
    if part >= parts:
        raise NotFound
    told = {
        "manifest": {"parts": parts, "count": len(rows), "hash": _hash(rows)},
        "part": part,
        "teams": [_team(teams.team_view(session, team)) for team in mine] if part == 0 else [],
        "households": _page([household for household, _ in rows[part * PART : (part + 1) * PART]]),
    }
    return _unless_known(told, cursor)


def _hash(rows: Sequence[tuple[uuid.UUID, int]]) -> str:
    return hashlib.sha256("".join(f"{one}:{version}\n" for one, version in rows).encode()).hexdigest()


def _page(households: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    views = teams.household_views(http.session(), households)
    return _rows([views[household] for household in households if household in views])


def _unless_known(told: dict[str, Any], cursor: int) -> Response:
    """304 to who has this very part; the cursor is no part of it, for it moves with everybody's changes."""
    mark = hashlib.sha256(as_json(told).get_data()).hexdigest()
    answer = _packed(as_json(told | {"cursor": cursor}))
    answer.set_etag(mark, weak=True)
    answer.make_conditional(request)
    return answer


def _packed(answer: Response) -> Response:
    """An eighth of the size: in the hills, the list of a large hamlet comes over a line of a few kilobytes a second."""
    answer.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"]:
        answer.set_data(gzip.compress(answer.get_data(), 6, mtime=0))
        answer.content_encoding = "gzip"
    return answer


def _team(team: TeamView) -> dict[str, Any]:
    return {
        "id": team.id,
        "name": team.name,
        "decision": {"number": team.decision_number, "date": team.decision_date, "by": team.decided_by},
        "is_leader": team.leader == http.me().person,
        "members": [member.name for member in team.members],
        "areas": [_place(area) for area in team.areas],
        "plan": [{"day": line.day, "place": line.place.name, "task": line.task} for line in team.plan],
    }


def _place(spot: Spot) -> dict[str, Any]:
    return {"id": spot.id, "name": spot.name}


def _rows(households: Collection[HouseholdView]) -> list[dict[str, Any]]:
    marks = household_marks(http.session(), [row.id for row in households])
    seal = http.services().seal
    return [
        {
            "id": row.id,
            "version": row.version,
            "code": row.code,
            "kind": row.kind,
            "nickname": row.nickname,
            "hamlet": _place(row.hamlet),
            "team": row.team,
            "last_visit": marks[row.id].last_visit,
            "follow_up_on": marks[row.id].follow_up_on,
            "promised_by": marks[row.id].promise,
            "no_further_visit": marks[row.id].no_further_visit,
            "card": household_card(seal, row),
        }
        for row in households
    ]


# --- what a pull says of them ------------------------------------------------------------------------------------------


class Told:
    """Team and household as a page of changes needs them: read once for all of it, and not at all where it has none.

    They are told as they are now, not as they were when the change was made.
    """

    def __init__(self, page: Sequence[Change]) -> None:
        nouns = {noun: {row.noun_id for row in page if row.noun == noun} for noun in ("household", "team")}
        self._teams: dict[uuid.UUID, dict[str, Any]] = {}
        self._own: dict[uuid.UUID, dict[str, Any]] = {}
        self._left: dict[uuid.UUID, dict[str, Any]] = {}
        if not any(nouns.values()):
            return
        session = http.session()
        mine = set(teams.teams_of(session, http.me().person, clock.today()))
        self._teams = {team: _team(teams.team_view(session, team)) for team in mine & nouns["team"]}
        if nouns["household"]:
            self._read_households(nouns["household"], mine)

    def _read_households(self, wanted: set[uuid.UUID], mine: set[uuid.UUID]) -> None:
        views = teams.household_views(http.session(), wanted)
        self._own = {row["id"]: row for row in _rows([view for view in views.values() if view.team in mine])}
        if others := wanted - self._own.keys():
            self._left = _why_left(others)

    def of(self, row: Change) -> dict[str, Any] | None:
        """A change's data; None for what is no longer, or again, this phone's."""
        if row.noun == "team":
            return self._teams.get(row.noun_id)
        return (self._left if row.change == "evicted" else self._own).get(row.noun_id)


def _why_left(households: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """Household -> why it left this phone, and the name of the team that has it now."""
    session, now = http.session(), clock.now()
    found = histories(session, households)
    there = {one: found.at(one, now) for one in households if one in found}
    names = teams.spots(session, {at.team for at in there.values() if at.team}, clock.today())
    told = {}
    for one, at in there.items():
        reason = "merged" if at.household != one else "reassigned" if at.team else "unassigned"
        told[one] = {"reason": reason, "team": names[at.team].name if at.team in names else None}
    return told
