"""The commune's digital teams: which there are, who is in them and by which decision, where they go and when."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import team_words
from admin.blueprint import TEAM_KEEPERS, TEAM_LEADERS, TEAM_ROLES, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.team_words import (
    asked_day,
    home_commune,
    keeps_teams,
    leads,
    must_keep,
    team_seen,
    teams_seen,
    typed_day,
)
from backend import clock, http
from backend.errors import N_, DomainError, NotAllowed
from backend.http import guarded, staff_with
from backend.safeguards.audit import note
from backend.teams import change, queries
from backend.teams.change import Plan
from backend.teams.overview import members_per_team, registered
from backend.teams.queries import TeamView
from backend.teams.rules import monday_of
from backend.units.listing import CODE
from backend.units.queries import NamedUnit, children

LONGEST_TASK = 200


class TeamIncomplete(DomainError):
    status = 409
    code = "team_incomplete"
    sentence = N_(
        "Xin ghi đủ tên tổ, mã, số quyết định, ngày quyết định, nơi ban hành và chọn ít nhất một xóm."
    )


@dataclass(frozen=True)
class Row:
    """A team as the list shows it."""

    team: TeamView
    members: int
    households: int


@blueprint.get("/teams")
@guarded(staff_with(*TEAM_ROLES))
def teams() -> Response:
    """The teams in reach with their areas, in the order of their names: nothing is ranked."""
    return _list_page()


def _list_page(error: DomainError | None = None) -> Response:
    commune = home_commune()
    return page(
        "teams.html",
        error.status if error else 200,
        commune=commune,
        rows=_rows(),
        without_team=_without_team(commune) if keeps_teams() else [],
        may_change=keeps_teams(),
        hamlets=children(http.session(), commune.id, "hamlet", clock.today()),
        typed=_typed_team(commune),
        sentence=http.sentence_of(error) if error else "",
    )


def _rows() -> list[Row]:
    session, seen = http.session(), teams_seen()
    members = members_per_team(session, clock.today())
    held = queries.households_per_team(session, [team.id for team in seen])
    return [Row(team, members.get(team.id, 0), held[team.id]) for team in seen]


def _without_team(commune: NamedUnit) -> list[NamedUnit]:
    """The hamlets no team looks after yet."""
    session, today = http.session(), clock.today()
    served = {area.id for team in queries.teams_in(session, commune.id, today) for area in team.areas}
    return [unit for unit in children(session, commune.id, "hamlet", today) if unit.id not in served]


# --- setting up ----------------------------------------------------------------------------------------------------------


def _typed_team(commune: NamedUnit) -> dict[str, Any]:
    names = ("name", "code", "decision_number", "decision_date", "decided_by")
    told: dict[str, Any] = {name: " ".join(typed(name, 200).split()) for name in names}
    told["code"] = told["code"] or f"{commune.code}-TCN"
    told["areas"] = set(request.form.getlist("area"))
    return told


@blueprint.post("/teams")
@guarded(staff_with(*TEAM_KEEPERS))
def found_team() -> ResponseReturnValue:
    """A new team from today. What is missing is said, and everything typed stays."""
    must_keep()
    made: list[uuid.UUID] = []
    if error := refusal_of(lambda: made.append(_found())):
        return _list_page(error)
    _note("teams.found", made[0], typed("decision_number", 60))
    flash(gettext("Đã lập tổ. Xin ghi thành viên của tổ."))
    return redirect(url_for("admin.team", team_id=made[0]))


def _found() -> uuid.UUID:
    """Raises TeamIncomplete, DayInvalid, CodeTaken."""
    commune = home_commune()
    told, areas = _typed_team(commune), _typed_areas(commune)
    words = (told["name"], told["decision_number"], told["decision_date"], told["decided_by"])
    if not (all(words) and areas and CODE.fullmatch(told["code"].upper())):
        raise TeamIncomplete
    return change.found_team(
        http.session(),
        commune=commune.id,
        name=told["name"][:150],
        code=told["code"].upper(),
        decision_number=told["decision_number"][:60],
        decision_date=typed_day(told["decision_date"]),
        decided_by=told["decided_by"],
        areas=areas,
        since=clock.today(),
    )


def _typed_areas(commune: NamedUnit) -> list[uuid.UUID]:
    """The chosen hamlets; what is none of the commune's is left out."""
    sent = set(request.form.getlist("area"))
    hamlets = children(http.session(), commune.id, "hamlet", clock.today())
    return [unit.id for unit in hamlets if str(unit.id) in sent]


def _note(deed: str, team: uuid.UUID, reason: str | None = None) -> None:
    note(http.session(), actor(), deed, "team", team, unit=home_commune().id, reason=reason)


# --- one team ------------------------------------------------------------------------------------------------------------


@blueprint.get("/teams/<uuid:team_id>")
@guarded(staff_with(*TEAM_ROLES))
def team(team_id: uuid.UUID) -> Response:
    """Roster, areas, the plan of a week and the households. Raises TeamUnknown, NotAllowed."""
    return _team_page(team_id)


def _team_page(team_id: uuid.UUID, error: DomainError | None = None, at: str = "") -> Response:
    one, commune = team_seen(team_id), home_commune()
    monday = monday_of(asked_day("week", clock.today()))
    served = {area.id for area in one.areas}
    hamlets = children(http.session(), commune.id, "hamlet", clock.today())
    return page(
        "team.html",
        error.status if error else 200,
        one=one,
        commune=commune,
        held=queries.households_per_team(http.session(), [team_id])[team_id],
        households=queries.part_of_team(http.session(), team_id, after=request.args.get("after", "")[:120]),
        kinds=team_words.HOUSEHOLD_KINDS,
        days=_days(one, monday),
        monday=monday,
        week=timedelta(days=7),
        may_change=keeps_teams(),
        may_plan=leads(one),
        other_hamlets=[unit for unit in hamlets if unit.id not in served],
        plan_places=[unit for unit in hamlets if unit.id in served] or hamlets,
        typed={name: typed(name, 200) for name in ("name", "number")},
        sentence=http.sentence_of(error) if error else "",
        at=at,
    )


@dataclass(frozen=True)
class PlannedDay:
    """One day of the week with what was planned for it: (hamlet, its name, what)."""

    day: date
    word: str
    lines: list[tuple[uuid.UUID, str, str]]


def _days(one: TeamView, monday: date) -> list[PlannedDay]:
    week = [monday + timedelta(days=n) for n in range(7)]
    lines = queries.team_view(http.session(), one.id, monday).plan if monday > clock.today() else one.plan
    return [
        PlannedDay(day, gettext(word), [(t.place.id, t.place.name, t.task) for t in lines if t.day == day])
        for day, word in zip(week, team_words.WEEKDAYS, strict=True)
    ]


def _deed(team_id: uuid.UUID, at: str, deed: str, do: Callable[[], object], done: str) -> ResponseReturnValue:
    """Do it and say so, or show the page again with why not beside the form it came from."""
    if error := refusal_of(do):
        return _team_page(team_id, error, at)
    _note(deed, team_id)
    flash(done)
    return redirect(url_for("admin.team", team_id=team_id, _anchor=at))


@blueprint.post("/teams/<uuid:team_id>/members")
@guarded(staff_with(*TEAM_KEEPERS))
def add_team_member(team_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody who is registered joins from today. Name and number must both fit; neither is put on the trail."""
    team_seen(team_id)
    must_keep()

    def join() -> None:
        person = registered(http.session(), typed("name", 80), typed("number", 20))
        change.join(http.session(), team_id, person, clock.today())

    return _deed(team_id, "members", "teams.join", join, gettext("Đã ghi thành viên vào tổ."))


@blueprint.post("/teams/<uuid:team_id>/members/<uuid:person_id>/end")
@guarded(staff_with(*TEAM_KEEPERS))
def end_team_member(team_id: uuid.UUID, person_id: uuid.UUID) -> ResponseReturnValue:
    """From today no member; what they wrote down before stands."""
    team_seen(team_id)
    must_keep()
    return _deed(
        team_id,
        "members",
        "teams.leave",
        lambda: change.leave(http.session(), team_id, person_id, clock.today()),
        gettext("Đã ghi thôi tham gia tổ từ hôm nay. Những gì đã làm vẫn được tính."),
    )


@blueprint.post("/teams/<uuid:team_id>/leader")
@guarded(staff_with(*TEAM_KEEPERS))
def appoint_leader(team_id: uuid.UUID) -> ResponseReturnValue:
    one = team_seen(team_id)
    must_keep()
    chosen = next((m.id for m in one.members if str(m.id) == typed("person", 40)), None)
    return _deed(
        team_id,
        "members",
        "teams.appoint",
        lambda: change.appoint(http.session(), team_id, chosen),
        gettext("Đã ghi tổ trưởng."),
    )


@blueprint.post("/teams/<uuid:team_id>/areas")
@guarded(staff_with(*TEAM_KEEPERS))
def serve_area(team_id: uuid.UUID) -> ResponseReturnValue:
    team_seen(team_id)
    must_keep()

    def serve() -> None:
        for area in _typed_areas(home_commune()):
            change.serve_area(http.session(), team_id, area, clock.today())

    return _deed(team_id, "areas", "teams.area", serve, gettext("Đã ghi địa bàn của tổ."))


@blueprint.post("/teams/<uuid:team_id>/areas/<uuid:hamlet_id>/end")
@guarded(staff_with(*TEAM_KEEPERS))
def end_area(team_id: uuid.UUID, hamlet_id: uuid.UUID) -> ResponseReturnValue:
    team_seen(team_id)
    must_keep()
    return _deed(
        team_id,
        "areas",
        "teams.area_end",
        lambda: change.leave_area(http.session(), team_id, hamlet_id, clock.today()),
        gettext(
            "Tổ thôi phụ trách xóm này từ hôm nay. Các hộ vẫn do tổ phụ trách cho đến khi được giao lại."
        ),
    )


@blueprint.post("/teams/<uuid:team_id>/plan")
@guarded(staff_with(*TEAM_LEADERS))
def plan_week(team_id: uuid.UUID) -> ResponseReturnValue:
    """The week as it stands in the form takes the place of what was planned for it. Raises NotAllowed."""
    if not leads(team_seen(team_id)):
        raise NotAllowed
    return _deed(
        team_id,
        "plan",
        "teams.plan",
        lambda: change.plan_week(http.session(), team_id, typed_day(typed("monday", 10)), _typed_plan()),
        gettext("Đã lưu lịch tuần. Máy của thành viên nhận lịch ở lần đồng bộ tới."),
    )


def _typed_plan() -> list[Plan]:
    """Lines with something to do in a hamlet of the commune. Raises DayInvalid."""
    hamlets = {str(u.id): u.id for u in children(http.session(), home_commune().id, "hamlet", clock.today())}
    lines = zip(
        request.form.getlist("day"), request.form.getlist("place"), request.form.getlist("task"), strict=False
    )
    return [
        Plan(typed_day(day), hamlets[place], " ".join(task.replace("\x00", "").split())[:LONGEST_TASK])
        for day, place, task in lines
        if task.strip() and place in hamlets
    ]
