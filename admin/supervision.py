"""Watching over the teams' work: coverage, follow-ups, what waits and what never arrived. Teams and places, never members.

The organiser sees the whole commune, the head of a hamlet that hamlet, a leader the own team.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import charts, shown, team_words
from admin.blueprint import TEAM_LEADERS, TEAM_ROLES, actor, blueprint, page
from admin.forms import typed
from admin.team_words import asked_day, hamlets_seen, home_commune, keeps_teams, leads, team_seen, teams_seen
from backend import clock, http
from backend.errors import NotAllowed, NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.participation.gaps import Range, gaps_of
from backend.people import devices
from backend.people.proofs import subject_of
from backend.safeguards.audit import note
from backend.tallies.disclosure import Cell, Table, hidden_cells, may_show
from backend.teams.queries import TeamView
from backend.units.handout import as_csv
from backend.units.queries import NamedUnit
from campaigns import queries as campaigns
from campaigns.models import Activity, Campaign
from campaigns.registry import settings_of
from campaigns.visit import checks
from campaigns.visit import supervision as work
from campaigns.visit.catalogue import STANDARD, service_name

VISIT = "visit"
DUE_DAYS = 7
SHOWN_DAYS = timedelta(days=14)
STAGES = ("explained", "installed", "activated", "used_alone", "not_possible")


@dataclass(frozen=True)
class View:
    """What the page is about: an activity of visits, one team or all those in reach, and their hamlets."""

    activity: Activity
    campaign: Campaign
    team: TeamView | None
    teams: list[TeamView]
    hamlets: list[NamedUnit]


@dataclass(frozen=True)
class PhoneRow:
    """A member's phone. `missing`: numbers that never came although later ones did."""

    member: str
    person: uuid.UUID
    team: uuid.UUID
    device: uuid.UUID
    since: datetime
    missing: list[Range]
    lost_at: datetime | None
    wiped_at: datetime | None


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


def records_waiting() -> int:
    """How many records in reach wait to be looked at."""
    views = (View(*pair, None, teams_seen(), hamlets_seen()) for pair in activities_seen())
    return sum(len(waiting_seen(view)) for view in views)


def _asked_team() -> TeamView | None:
    text = request.values.get("team", "")
    if not text:
        return None
    try:
        return team_seen(uuid.UUID(text))
    except ValueError:
        raise NotFound from None


@blueprint.get("/supervision")
@guarded(staff_with(*TEAM_ROLES))
def supervision() -> Response:
    """Coverage, stages, follow-ups due, what waits, holes in the numbers, call-backs, doubtful times, twice a day."""
    view = asked_view()
    if view is None:
        return page("supervision_none.html")
    hamlets = {unit.id for unit in view.hamlets}
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
        waiting=waiting_seen(view),
        phones=_phones(view),
        doubtful=[v for v in checks.doubtful_times(http.session(), view.activity.id) if v.hamlet in hamlets],
        twice=[t for t in checks.twice_a_day(http.session(), view.activity.id) if t[3][0].hamlet in hamlets],
        calls=calls_seen(view),
        may_call=keeps_teams(),
        may_take_in=any(leads(team) for team in view.teams),
        words=team_words,
        today=clock.today(),
    )


def _coverage(view: View) -> list[tuple[work.Coverage, float]]:
    """Each hamlet with how much of its bar is filled, in per cent."""
    rows = work.coverage(http.session(), view.activity.id, [unit.id for unit in view.hamlets], clock.today())
    return [(row, charts.share(float(row.visited), float(row.households or 1))) for row in rows]


def _due(view: View) -> list[work.Due]:
    until, units = clock.today() + timedelta(days=DUE_DAYS), [unit.id for unit in view.hamlets]
    return work.follow_ups_due(
        http.session(), view.activity.id, until, team=view.team.id if view.team else None, units=units
    )


def _days(view: View) -> list[tuple[work.TeamDay, str]]:
    """The last two weeks, each team by the day: teams in the order of their names, never by how much they did."""
    names = {team.id: team.name for team in view.teams}
    last = clock.today()
    rows = work.team_days(
        http.session(), view.activity.id, last - SHOWN_DAYS, last, team=view.team.id if view.team else None
    )
    return [(row, names[row.team]) for row in rows if row.team in names]


def service_word(activity: Activity, code: str) -> str:
    return service_name(settings_of(activity), code, http.language())


# --- figures about people --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StageRow:
    """One service and how many people got how far; None where showing it could point at somebody."""

    name: str
    people: list[int | None]


def stage_rows(view: View) -> list[StageRow]:
    """Of all the hamlets in view together. Figures of one to four people are hidden."""
    found = work.stages(http.session(), view.activity.id, units=[unit.id for unit in view.hamlets])
    return [
        StageRow(
            service_word(view.activity, service), [_safe(found[service].get(stage, 0)) for stage in STAGES]
        )
        for service in STANDARD
        if any(found.get(service, {}).values())
    ]


def _safe(people: int) -> int | None:
    return people if people == 0 or may_show(people, None) else None


@blueprint.get("/supervision/export.csv")
@writes_on_read
@guarded(staff_with(*TEAM_ROLES))
def supervision_export() -> Response:
    """Hamlets by households visited and people guided, as a table. Small figures about people are left out, with a
    neighbour where subtracting would bring them back. Raises NotFound without an activity.
    """
    view = asked_view()
    if view is None:
        raise NotFound
    note(
        http.session(), actor(), "visits.export", "activity", view.activity.id,
        unit=view.campaign.owner_unit_id, is_read=True,
    )  # fmt: skip
    answer = Response(as_csv(_table(view)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="tham-ho.csv"'
    return answer


def _table(view: View) -> list[list[str]]:
    session, order = http.session(), [unit.id for unit in view.hamlets]
    covered = {row.unit: row for row in work.coverage(session, view.activity.id, order, clock.today())}
    by_unit = {unit: work.stages(session, view.activity.id, units=[unit]) for unit in order}
    columns = [(service, stage) for service in STANDARD for stage in STAGES[:-1]]
    safe = {column: _hidden(by_unit, order, column) for column in columns}
    heading = [gettext("Xóm"), gettext("Số hộ"), gettext("Hộ đã thăm")]
    heading += [
        f"{service_word(view.activity, service)}: {gettext(team_words.OUTCOMES[stage])}"
        for service, stage in columns
    ]
    rows = [
        [unit.heading, str(covered[unit.id].households), str(covered[unit.id].visited)]
        + [
            "" if unit.id in safe[column] else str(by_unit[unit.id].get(column[0], {}).get(column[1], 0))
            for column in columns
        ]
        for unit in view.hamlets
    ]
    return [heading, *rows]


def _hidden(
    by_unit: dict[uuid.UUID, dict[str, dict[str, int]]], order: list[uuid.UUID], column: tuple[str, str]
) -> Collection[uuid.UUID]:
    """The hamlets whose cell of this column stays empty. Nobody at all is no secret here: it is said as 0."""
    cells = {unit: Cell(by_unit[unit].get(column[0], {}).get(column[1], 0)) for unit in order}
    return hidden_cells(Table(cells), order) if any(0 < cell.did < 5 for cell in cells.values()) else set()


# --- what waits, and phones ------------------------------------------------------------------------------------------------


def waiting_seen(view: View) -> list[checks.Waiting]:
    """What waits for somebody to look at it; a leader sees what concerns the own team's households and hamlets."""
    rows = checks.waiting(http.session(), [view.activity.id])
    if keeps_teams() and view.team is None:
        return rows
    return [row for row in rows if _concerns(row, view)]


def _concerns(row: checks.Waiting, view: View) -> bool:
    """By the hamlet or the household it names; one nobody knows yet concerns every leader."""
    told = row.told
    hamlets, teams = {str(unit.id) for unit in view.hamlets}, {team.id for team in view.teams}
    if told.get("hamlet"):
        return str(told["hamlet"]) in hamlets
    found = team_words.household_of(str(told.get("household", "")))
    return found is None or found.team in teams or str(found.hamlet.id) in hamlets


def _phones(view: View) -> list[PhoneRow]:
    """The phones of members of the teams the reader looks after, by name."""
    session, rows = http.session(), []
    for team in view.teams:
        for member in team.members if leads(team) else ():
            subject = subject_of(session, member.id)
            holes = gaps_of(session, [subject] if subject else [])
            rows += [
                PhoneRow(member.name, member.id, team.id, one.id, one.since, holes.get(one.id, []), one.lost_at, one.wiped_at)
                for one in devices.of_person(session, member.id)
            ]  # fmt: skip
    return rows


@blueprint.post("/teams/<uuid:team_id>/phones/<uuid:device_id>/lost")
@guarded(staff_with(*TEAM_LEADERS))
def report_lost(team_id: uuid.UUID, device_id: uuid.UUID) -> ResponseReturnValue:
    """A member's phone is gone: from now on it is turned away and wipes itself. Raises NotFound, NotAllowed."""
    team = team_seen(team_id)
    if not leads(team):
        raise NotAllowed
    member = next((one for one in team.members if str(one.id) == typed("person", 40)), None)
    if member is None:
        raise NotFound
    devices.report_lost(http.session(), member.id, device_id)
    note(http.session(), actor(), "device.lost", "device", device_id, unit=home_commune().id)
    flash(gettext("Đã báo mất máy. Máy ấy không gửi hay nhận được gì nữa và tự xóa dữ liệu khi có mạng."))
    return redirect(url_for("admin.supervision", team=team_id, _anchor="phones"))


def calls_seen(view: View) -> list[checks.Called]:
    hamlets = {unit.id for unit in view.hamlets}
    found = checks.call_backs(http.session(), view.activity.id)
    return [one for one in found if one.visit.hamlet in hamlets] if keeps_teams() else []


def asked_month() -> tuple[date, date]:
    """The first and the last day of the month asked for, of this one where none was."""
    first = asked_day("month", clock.today()).replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def day_words(value: date) -> str:
    return f"{gettext(team_words.WEEKDAYS[value.weekday()])}, {shown.day(value)}"
