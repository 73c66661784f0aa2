"""The phones of members: which numbers never arrived, and reporting one lost."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.blueprint import TEAM_LEADERS, actor, blueprint
from admin.forms import typed
from admin.team_words import home_commune, leads, led, team_seen
from admin.visit_view import View
from backend import http
from backend.errors import NotAllowed, NotFound
from backend.http import guarded, staff_with
from backend.participation.gaps import Range, gaps_at
from backend.people import devices
from backend.safeguards.audit import note

MOST = 50
"""Beyond them a team has to be chosen."""


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


def phones_seen(view: View) -> tuple[list[PhoneRow], int]:
    """The phones of members of the teams the reader looks after, by name, those with something to say in front; and how
    many more there are.
    """
    rows = sorted(_phones(view), key=lambda row: not (row.missing or row.lost_at))
    return rows[:MOST], max(len(rows) - MOST, 0)


def _phones(view: View) -> list[PhoneRow]:
    session, mine = http.session(), led()
    members = [(team.id, member) for team in view.teams if team.id in mine for member in team.members]
    known = devices.of_people(session, [member.id for _, member in members])
    holes = gaps_at(session, [one.id for some in known.values() for one in some])
    return [
        PhoneRow(member.name, member.id, team, one.id, one.since, holes.get(one.id, []), one.lost_at, one.wiped_at)
        for team, member in members
        for one in known.get(member.id, ())
    ]  # fmt: skip


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
