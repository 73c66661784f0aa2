"""Two households that were merged by mistake stand apart again; whoever does it says which visits were at which."""

import uuid
from dataclasses import dataclass

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import team_words
from admin.blueprint import TEAM_KEEPERS, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.household import service_word
from admin.taking_in import LEAST_WHY, WhyMissing
from admin.team_words import household_seen, must_keep
from backend import http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with
from backend.people.proofs import check_reason
from backend.safeguards.audit import note
from backend.teams.merging import unmerge
from backend.teams.models import Household
from backend.teams.overview import HouseholdHistory, history
from backend.teams.queries import HouseholdView
from campaigns.visit.lines import VisitLine
from campaigns.visit.parting import part, since_merged


@dataclass(frozen=True)
class Parting:
    """`one` stands for both; `apart` was merged into it. `visits`: those since, which may have been at either."""

    one: HouseholdView
    apart: HouseholdHistory
    visits: list[VisitLine]


@blueprint.get("/households/<uuid:household_id>/merged/<uuid:merged_id>")
@guarded(staff_with(*TEAM_KEEPERS))
def parting(household_id: uuid.UUID, merged_id: uuid.UUID) -> Response:
    """What parting them will do, and which visits it is about. Raises NotFound for two that are not one."""
    return _page(_parting(household_id, merged_id))


def _parting(household_id: uuid.UUID, merged_id: uuid.UUID) -> Parting:
    one = household_seen(household_id)
    must_keep()
    session = http.session()
    row = session.get(Household, merged_id)
    if row is None or row.merged_into != household_id:
        raise NotFound
    visits = since_merged(session, household_id, row.merged_at) if row.merged_at else []
    return Parting(one, history(session, merged_id), visits)


def _page(found: Parting, error: DomainError | None = None) -> Response:
    return page(
        "household_part.html",
        error.status if error else 200,
        found=found,
        chosen=set(request.form.getlist("visit")),
        why=typed("why", 300),
        words=team_words,
        service_word=service_word,
        sentence=http.sentence_of(error) if error else "",
    )


@blueprint.post("/households/<uuid:household_id>/merged/<uuid:merged_id>")
@guarded(staff_with(*TEAM_KEEPERS))
def part_households(household_id: uuid.UUID, merged_id: uuid.UUID) -> ResponseReturnValue:
    """Part them. Raises NotFound for two that are not one, or no longer."""
    found = _parting(household_id, merged_id)
    if error := refusal_of(lambda: _part(found)):
        return _page(found, error)
    codes = f"{found.apart.household.code} ← {found.one.code}"
    note(
        http.session(), actor(), "household.unmerge", "household", merged_id,
        unit=found.one.hamlet.id, reason=f"{codes}: {typed('why', 300)}",
    )  # fmt: skip
    flash(gettext("Đã tách lại hai hộ. Số liệu được tính lại theo từng hộ."))
    return redirect(url_for("admin.household", household_id=merged_id))


def _part(found: Parting) -> None:
    """Raises WhyMissing, ReasonNamesPerson, NotMerged."""
    if len(typed("why", 300)) < LEAST_WHY:
        raise WhyMissing
    check_reason(typed("why", 300))
    chosen = set(request.form.getlist("visit"))
    unmerge(http.session(), found.apart.household.id)
    part(
        http.session(), found.apart.household.id, found.one.id,
        [visit.id for visit in found.visits if str(visit.id) in chosen],
    )  # fmt: skip
