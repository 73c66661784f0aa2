"""What waits for somebody to look at it, and visits drawn for a call back.

A record that waits is never lost: it is judged anew, taken in for a team, or not accepted; each with a note, on the trail.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import team_words
from admin.blueprint import TEAM_KEEPERS, TEAM_LEADERS, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.supervision import View, asked_view, may_ask, service_word
from admin.team_words import leads, must_keep
from admin.waiting_records import waiting_one
from backend import http
from backend.errors import N_, DomainError, NotFound
from backend.http import guarded, staff_with
from backend.people.proofs import check_reason
from backend.safeguards.audit import note
from campaigns.models import Activity
from campaigns.respond import refuse_waiting, take_in_again
from campaigns.visit import checks

MOST_DRAWN = 50
LEAST_WHY = 5


class WhyMissing(DomainError):
    status = 409
    code = "why_missing"
    sentence = N_("Xin ghi lý do, ít nhất vài chữ; lý do được giữ trong nhật ký.")


class TeamNotChosen(DomainError):
    status = 409
    code = "team_not_chosen"
    sentence = N_("Xin chọn tổ mà bản ghi này được tính cho.")


@blueprint.get("/supervision/waiting/<uuid:operation_id>")
@guarded(staff_with(*TEAM_LEADERS))
def waiting_deed(operation_id: uuid.UUID) -> Response:
    """One record that waits: what it says, why it waits, and what can be done. Raises NotFound once it no longer does."""
    return _waiting_page(*_waiting(operation_id))


def _waiting(operation_id: uuid.UUID) -> tuple[View, checks.Waiting]:
    """Raises NotFound for what does not wait or concerns another team."""
    found = waiting_one(operation_id)
    if found is None:
        raise NotFound
    return found


def _waiting_page(view: View, row: checks.Waiting, error: DomainError | None = None) -> Response:
    return page(
        "waiting_deed.html",
        error.status if error else 200,
        view=view,
        row=row,
        told=told_words(view.activity, row.told),
        words=team_words,
        teams=[team for team in view.teams if leads(team)],
        typed={name: typed(name, 300) for name in ("why", "team")},
        sentence=http.sentence_of(error) if error else "",
    )


def told_words(activity: Activity, told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was written down, line by line, as far as it can be read; a note is for whoever takes it in, too."""
    lines: list[tuple[str, str]] = []
    found = team_words.household_of(str(told.get("household", "")))
    if told.get("household"):
        lines.append(
            (gettext("Hộ"), f"{found.code} {found.nickname}" if found else gettext("chưa có trong danh sách"))
        )
    if told.get("nickname"):
        lines.append((gettext("Tên gọi"), str(told["nickname"])[:200]))
    if str(told.get("place")) in team_words.PLACES:
        lines.append((gettext("Nơi"), gettext(team_words.PLACES[told["place"]])))
    if str(told.get("met")) in team_words.MET:
        lines.append((gettext("Gặp"), gettext(team_words.MET[told["met"]])))
    for one in services if isinstance(services := told.get("services"), list) else ():
        if isinstance(one, dict):
            lines.append(_service_words(activity, one))
    if told.get("note"):
        lines.append((gettext("Ghi chú"), str(told["note"])))
    return lines


def _service_words(activity: Activity, one: Mapping[str, Any]) -> tuple[str, str]:
    code, outcome = str(one.get("service", "?")), str(one.get("outcome", "?"))
    people = f" ({one['people']})" if "people" in one else ""
    return service_word(activity, code), gettext(team_words.OUTCOMES.get(outcome, outcome)) + people


@blueprint.post("/supervision/waiting/<uuid:operation_id>")
@guarded(staff_with(*TEAM_LEADERS))
def settle_waiting(operation_id: uuid.UUID) -> ResponseReturnValue:
    """Judge it anew, take it in for a team, or do not accept it. Raises NotFound."""
    view, row = _waiting(operation_id)
    outcome: list[str] = []
    if error := refusal_of(lambda: outcome.append(_settled(view, operation_id))):
        return _waiting_page(view, row, error)
    note(
        http.session(),
        actor(),
        f"visits.{_deed()}",
        "operation",
        operation_id,
        unit=view.campaign.owner_unit_id,
        reason=typed("why", 300) or None,
    )
    flash(_done(outcome[0]))
    if outcome[0] == "waiting":
        return redirect(url_for("admin.waiting_deed", operation_id=operation_id))
    return redirect(url_for("admin.supervision", activity_id=view.activity.id, _anchor="waiting"))


def _deed() -> str:
    return {"accept": "accept", "refuse": "refuse"}.get(typed("do", 10), "again")


def _settled(view: View, operation_id: uuid.UUID) -> str:
    """The outcome from now on: counted | noted | waiting | refused. Raises WhyMissing, TeamNotChosen, NotWaiting."""
    if _deed() == "again":
        return take_in_again(http.session(), operation_id).outcome
    if len(typed("why", 300)) < LEAST_WHY:
        raise WhyMissing
    check_reason(typed("why", 300))
    if _deed() == "refuse":
        refuse_waiting(http.session(), operation_id, "not_accepted")
        return "refused"
    team = next((one.id for one in view.teams if str(one.id) == typed("team", 40) and leads(one)), None)
    if team is None:
        raise TeamNotChosen
    return take_in_again(http.session(), operation_id, accept_for=team).outcome


def _done(outcome: str) -> str:
    if outcome == "waiting":
        return gettext("Bản ghi vẫn chờ: điều nó thiếu chưa có.")
    if outcome == "refused":
        return gettext("Bản ghi không được tính. Người ghi được báo trong ứng dụng; nội dung vẫn được giữ.")
    return gettext("Đã nhận. Bản ghi được tính vào ngày và xóm của nó; người ghi được báo trong ứng dụng.")


# --- call-backs ------------------------------------------------------------------------------------------------------------


@blueprint.post("/supervision/calls")
@guarded(staff_with(*TEAM_KEEPERS))
def draw_calls() -> ResponseReturnValue:
    """Draw visits by chance to ask the household; none is drawn twice. Raises NotFound."""
    must_keep()
    view = asked_view()
    if view is None:
        raise NotFound
    number = typed("number", 3)
    wanted = min(int(number), MOST_DRAWN) if number.isdecimal() else 0
    drawn = checks.draw(http.session(), view.activity.id, wanted, team=view.team.id if view.team else None)
    note(
        http.session(), actor(), "visits.draw", "activity", view.activity.id, unit=view.campaign.owner_unit_id
    )
    if drawn:
        flash(gettext("Đã rút ngẫu nhiên %(count)s lượt thăm để hỏi lại.", count=len(drawn)))
    else:
        flash(gettext("Không còn lượt thăm nào chưa rút."))
    return redirect(_to_calls(view))


def _to_calls(view: View) -> str:
    return url_for("admin.supervision", activity_id=view.activity.id, _anchor="calls")


@blueprint.post("/supervision/calls/<uuid:visit_id>")
@guarded(staff_with(*TEAM_KEEPERS))
def answer_call(visit_id: uuid.UUID) -> ResponseReturnValue:
    """What the household said. Raises NotFound for a visit nobody drew."""
    must_keep()
    view, words = asked_view(), typed("answer", 20)
    if view is None:
        raise NotFound
    if words not in checks.ANSWERS or not may_ask(view, visit_id):
        raise NotFound
    checks.answer(http.session(), visit_id, words)
    note(
        http.session(),
        actor(),
        "visits.call_back",
        "visit",
        visit_id,
        unit=view.campaign.owner_unit_id,
        reason=words,
    )
    flash(gettext("Đã ghi lời hộ trả lời."))
    return redirect(_to_calls(view))
