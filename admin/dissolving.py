"""A team ends in one step, by a decision; first what will happen, then the deed."""

import uuid
from collections.abc import Sequence
from datetime import date

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import shown
from admin.blueprint import TEAM_KEEPERS, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.team_words import home_commune, must_keep, team_seen, teams_seen, typed_day
from backend import clock, http
from backend.errors import N_, DomainError
from backend.http import guarded, staff_with
from backend.safeguards.audit import note
from backend.teams.dissolving import Decision, dissolve, foresee
from backend.teams.queries import HouseholdView

NOBODY = "none"


class DecisionMissing(DomainError):
    status = 409
    code = "decision_missing"
    sentence = N_("Xin ghi số và ngày của quyết định giải thể.")


class DecisionAhead(DomainError):
    status = 409
    code = "decision_ahead"
    sentence = N_("Ngày của quyết định còn ở phía trước. Xin giải thể tổ vào ngày ấy hoặc sau đó.")


class HeirMissing(DomainError):
    status = 409
    code = "heir_missing"
    sentence = N_("Xin chọn các hộ của tổ được giao cho ai.")


@blueprint.get("/teams/<uuid:team_id>/dissolve")
@guarded(staff_with(*TEAM_KEEPERS))
def dissolving(team_id: uuid.UUID) -> Response:
    """What ending the team will do. Raises TeamUnknown, NotAllowed, NotFound."""
    return _page(team_id)


def _page(team_id: uuid.UUID, error: DomainError | None = None) -> Response:
    team_seen(team_id)
    must_keep()
    found = foresee(http.session(), team_id)
    return page(
        "team_dissolve.html",
        error.status if error else 200,
        one=found.team,
        found=found,
        per_hamlet=_per_hamlet(found.households),
        others=[team for team in teams_seen() if team.id != team_id],
        typed={name: typed(name, 200) for name in ("number", "day", "heir")},
        nobody=NOBODY,
        sentence=http.sentence_of(error) if error else "",
    )


def _per_hamlet(households: Sequence[HouseholdView]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for row in households:
        name = shown.capital(row.hamlet.name)
        counts[name] = counts.get(name, 0) + 1
    return sorted(counts.items())


@blueprint.post("/teams/<uuid:team_id>/dissolve")
@guarded(staff_with(*TEAM_KEEPERS))
def dissolve_team(team_id: uuid.UUID) -> ResponseReturnValue:
    """End it as it was shown. Raises TeamUnknown, NotAllowed, NotFound; says the rest beside the form."""
    one = team_seen(team_id)
    must_keep()
    if error := refusal_of(lambda: _dissolve(team_id)):
        return _page(team_id, error)
    note(
        http.session(), actor(), "teams.dissolve", "team", team_id, unit=home_commune().id, reason=typed("number", 60),
    )  # fmt: skip
    flash(gettext("Đã giải thể %(name)s. Những gì tổ đã làm vẫn được tính.", name=one.name))
    return redirect(url_for("admin.teams"))


def _dissolve(team_id: uuid.UUID) -> None:
    """Raises DecisionMissing, DecisionAhead, DayInvalid, HeirMissing, TeamChanged."""
    if not typed("number", 60) or not typed("day", 10):
        raise DecisionMissing
    decision = Decision(typed("number", 60), _typed_past_day())
    heirs: dict[str, uuid.UUID | None] = {
        str(team.id): team.id for team in teams_seen() if team.id != team_id
    }
    heirs[NOBODY] = None
    if typed("heir", 40) not in heirs:
        raise HeirMissing
    dissolve(
        http.session(),
        team_id,
        decision,
        heir=heirs[typed("heir", 40)],
        agreed=typed("agreed", 32),
        actor=actor(),
    )


def _typed_past_day() -> date:
    day = typed_day(typed("day", 10))
    if day > clock.today():
        raise DecisionAhead
    return day
