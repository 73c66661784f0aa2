"""What was put aside because it cannot be read or contradicts something, and what was read and did not count.

Whoever leads the writer's team looks at it, puts right what is wrong, and takes it in; or leaves it out for good, with a
reason. The bytes as they came stay. Two who press at once do it once.
"""

import uuid
from typing import Any

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import repair_form, team_words
from admin.blueprint import PEOPLE_KEEPERS, TEAM_LEADERS, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.repair_form import Form
from admin.supervision import VISIT, activities_seen
from admin.taking_in import LEAST_WHY, WhyMissing, told_words
from admin.team_words import keeps_teams, leads, teams_seen
from backend import clock, http
from backend.db.node import own_unit
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.people.proofs import check_reason
from backend.people.staff import reach
from backend.safeguards.audit import note
from backend.teams.overview import ever_in
from campaigns import put_aside, repair
from campaigns.models import Activity, Campaign
from campaigns.put_aside import Aside
from campaigns.registry import settings_of
from campaigns.repair import ToTakeIn
from campaigns.visit.catalogue import reasons_of, services_of
from campaigns.visit.lines import stands_on_day, told_of
from campaigns.visit.schemas import VisitSettings

LOG = "visit.log"
Pair = tuple[Activity, Campaign]


def seen(rows: list[Aside]) -> list[Aside]:
    """Those written in a team the reader looks after; who organises sees those of somebody in no team, too."""
    if keeps_teams():
        return rows
    led = [team.id for team in teams_seen() if leads(team)]
    writers = ever_in(http.session(), led)
    return [row for row in rows if row.subject in writers]


def put_aside_seen() -> list[Aside]:
    return seen(put_aside.put_aside(http.session(), VISIT))


def refused_seen() -> list[Aside]:
    return seen(put_aside.refused(http.session(), [activity.id for activity, _ in activities_seen()]))


@blueprint.get("/supervision/aside")
@guarded(staff_with(*TEAM_LEADERS))
def asides() -> Response:
    """What nobody has looked at yet: first what could not be read, then what was read and did not count."""
    return page("asides.html", aside=put_aside_seen(), refused=refused_seen(), words=team_words)


@blueprint.get("/supervision/aside/<uuid:aside_id>")
@writes_on_read
@guarded(staff_with(*TEAM_LEADERS))
def aside_deed(aside_id: uuid.UUID) -> Response:
    """One of them: what is wrong, what can be read, and what can be done. Raises NotFound once it is settled."""
    row = _one(aside_id)
    note(
        http.session(), actor(), "visits.read_aside", "deed", aside_id, unit=own_unit(http.session()), is_read=True,
    )  # fmt: skip
    return _page(row)


def _one(key: uuid.UUID) -> Aside:
    """Raises NotFound for what is settled or concerns another team."""
    activities = [activity.id for activity, _ in activities_seen()]
    row = put_aside.one(http.session(), key, VISIT, activities)
    if row is None or not seen([row]):
        raise NotFound
    return row


def _page(row: Aside, error: DomainError | None = None) -> Response:
    pair = _pair(row)
    settings = settings_of(pair[0]) if pair else VisitSettings()
    return page(
        "aside.html",
        error.status if error else 200,
        row=row,
        form=_form(row, settings, error) if pair else None,
        told=told_words(pair[0], row.told) if pair else [],
        wrong=repair_form.faults(row.told) if row.action == LOG and row.reason == "body_invalid" else [],
        first=told_words(pair[0], told_of(http.session(), row.first)) if pair and row.first else [],
        may_correct=row.action is not None and repair.may_correct(row.action),
        services=services_of(settings),
        reasons=reasons_of(settings),
        devices=repair_form.DEVICES,
        words=team_words,
        why=typed("why", 300),
        sentence=http.sentence_of(error) if error else "",
        **_twice(row),
    )


def _form(row: Aside, settings: VisitSettings, error: DomainError | None) -> Form | None:
    """For visits, and for what cannot even be recognised: a visit is what teams write down most."""
    if row.action not in (None, LOG) or row.first is not None:
        return None
    if error and _deed() == "repair":
        return repair_form.typed_form()
    return repair_form.told_form(row.told, settings)


def _twice(row: Aside) -> dict[str, Any]:
    """Whether the household has a visit that counts on that day: perhaps it was written down once more since."""
    found = team_words.household_of(str(row.told.get("household", "")))
    if found is None or row.happened_at is None or row.first is not None:
        return {"already": None}
    return {"already": stands_on_day(http.session(), found.id, clock.local_day(row.happened_at))}


def _pair(row: Aside) -> Pair | None:
    """The activity the deed names, or the newest one where that cannot be read."""
    pairs = activities_seen()
    return next((pair for pair in pairs if pair[0].id == row.activity), pairs[0] if pairs else None)


# --- settling it ----------------------------------------------------------------------------------------------------


@blueprint.post("/supervision/aside/<uuid:aside_id>")
@guarded(staff_with(*TEAM_LEADERS))
def settle_aside(aside_id: uuid.UUID) -> ResponseReturnValue:
    """Judge it anew, take it in repaired, choose between two contents, or leave it out. Raises NotFound."""
    row = _one(aside_id)
    outcome: list[str] = []
    if error := refusal_of(lambda: outcome.append(_settled(row))):
        return _page(row, error)
    note(
        http.session(), actor(), f"visits.aside_{_deed()}", "deed", aside_id,
        unit=own_unit(http.session()), reason=typed("why", 300) or None,
    )  # fmt: skip
    flash(_done(outcome[0]))
    return redirect(url_for("admin.asides"))


DEEDS = ("again", "repair", "first", "second", "refuse")


def _deed() -> str:
    return typed("do", 10) if typed("do", 10) in DEEDS else "again"


def _settled(row: Aside) -> str:
    """The outcome from now on. Raises WhyMissing, RepairIncomplete, SettledMeanwhile, StillUnreadable and others."""
    session, deed = http.session(), _deed()
    if deed == "again":
        return _judged(repair.judge_again(session, row.key).outcome)
    if len(typed("why", 300)) < LEAST_WHY:
        raise WhyMissing
    check_reason(typed("why", 300), row.person_name)
    if deed == "repair":
        return _judged(repair.take_in_repaired(session, row.key, _to_take_in(row)).outcome)
    if deed == "first" or (deed == "refuse" and row.first):  # what stands is not to be told as refused
        repair.keep_first(session, row.key)
        return "first"
    if deed == "second":
        return _judged(repair.take_second(session, row.key).outcome)
    repair.leave_out(session, row.key)
    return "left_out"


def _judged(outcome: str) -> str:
    if outcome == "refused":
        raise repair.StillUnreadable
    return outcome


def _to_take_in(row: Aside) -> ToTakeIn:
    pair = _pair(row)
    if pair is None:
        raise NotFound
    told = dict(row.told)
    if row.reason == "not_own_visit":  # accepted, it is a visit of its own and puts nobody else's right
        told.pop("corrects", None)
    return ToTakeIn(pair[0].id, LOG, repair_form.body_of(repair_form.typed_form(), told))


def _done(outcome: str) -> str:
    if outcome == "waiting":
        return gettext("Đã đọc được. Bản ghi nay nằm ở mục chờ vì còn thiếu một điều nữa.")
    if outcome == "first":
        return gettext("Giữ bản được ghi nhận trước. Bản sau không tính, nội dung vẫn được giữ.")
    if outcome == "left_out":
        return gettext("Bản ghi không được tính. Người ghi được báo trong ứng dụng; nội dung vẫn được giữ.")
    return gettext("Đã nhận. Bản ghi được tính vào ngày và xóm của nó; người ghi được báo trong ứng dụng.")


# --- the bytes ------------------------------------------------------------------------------------------------------


@blueprint.get("/supervision/aside/<uuid:aside_id>/raw")
@writes_on_read
@guarded(staff_with(*PEOPLE_KEEPERS))
def aside_bytes(aside_id: uuid.UUID) -> Response:
    """The deed as it came, for whoever runs the node: to find out what an app did wrong. Raises NotFound."""
    session = http.session()
    found = put_aside.bytes_of(session, aside_id)
    if found is None or own_unit(session) not in reach(session, http.staff(), *PEOPLE_KEEPERS):
        raise NotFound
    note(session, actor(), "visits.read_bytes", "deed", aside_id, unit=own_unit(session), is_read=True)
    answer = Response(found, mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{aside_id}.bin"'
    return answer
