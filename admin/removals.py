"""The removal desk: doubtful papers with what is remarkable about them, never how good they are; a person decides.

Names do not stand in any list here. Whoever needs to know who wrote a paper says why, and that is put on the trail.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from admin.blueprint import actor, blueprint, page
from admin.figures import Pair, own_activity
from admin.forms import typed
from backend import clock, http
from backend.errors import DomainError
from backend.http import guarded, staff_with
from backend.people import queries as people
from backend.people.proofs import check_reason, person_of
from backend.people.staff import names_of
from backend.safeguards.audit import note
from campaigns.contest import doubts, removal
from campaigns.contest.doubts import Doubt
from campaigns.contest.models import ContestAttempt
from campaigns.contest.reasons import sentence as reason_sentence

CONTESTANT_READ = "contestant.read"
ROLES = ("campaign_admin",)
LEAST_WHY = 5


@dataclass(frozen=True)
class TakenOut:
    """A paper that is not recognised, for the list: when, by whom, why; not whose."""

    attempt: uuid.UUID
    at: datetime
    by: str
    why: str


@dataclass(frozen=True)
class Contestant:
    """Who wrote a paper. No name: the person has left and was erased."""

    name: str | None
    hamlet: str


@blueprint.get("/activities/<uuid:activity_id>/removals")
@guarded(staff_with(*ROLES))
def removals(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Doubtful papers, those taken out so far, and the way to a paper by its receipt."""
    activity, campaign = own_activity(activity_id, *ROLES)
    receipt = request.args.get("receipt", "").replace("\x00", "").strip()[:40]
    if receipt and (found := removal.with_receipt(http.session(), activity.id, receipt)):
        return redirect(url_for("admin.removal_paper", activity_id=activity.id, attempt_id=found))
    may_remove = activity.state in ("open", "closed")
    listed = doubts.doubtful(http.session(), activity) if may_remove else []
    return page(
        "removals.html",
        activity=activity,
        campaign=campaign,
        may_remove=may_remove,
        listed=listed,
        most=doubts.MOST_LISTED,
        signals=doubts.SIGNALS,
        taken_out=_taken_out(activity.id),
        receipt=receipt,
        sentence=gettext("Không có bài đã nộp nào mang mã biên nhận này trong hoạt động này.")
        if receipt
        else "",
    )


def _taken_out(activity: uuid.UUID) -> list[TakenOut]:
    rows = removal.removed(http.session(), activity)
    names = names_of(http.session(), {row.removed_by for row in rows if row.removed_by})
    return [_as_taken_out(row, names) for row in rows]


def _as_taken_out(row: ContestAttempt, names: dict[uuid.UUID, str]) -> TakenOut:
    why = reason_sentence(row.removal_reason or "", row.removal_note, http.language())
    by = names.get(row.removed_by, "") if row.removed_by else ""
    return TakenOut(row.id, row.removed_at or row.started_at, by, why)


# --- one paper -------------------------------------------------------------------------------------------------------


@blueprint.get("/activities/<uuid:activity_id>/removals/<uuid:attempt_id>")
@guarded(staff_with(*ROLES))
def removal_paper(activity_id: uuid.UUID, attempt_id: uuid.UUID) -> Response:
    """One paper: when, how long, how many people on its device. Nobody's name."""
    return _paper_page(own_activity(activity_id, *ROLES), attempt_id)


def _paper_page(
    pair: Pair,
    attempt: uuid.UUID,
    *,
    who: Contestant | None = None,
    error: DomainError | None = None,
    name_sentence: str = "",
) -> Response:
    """Raises AttemptGone."""
    activity, campaign = pair
    session = http.session()
    doubt = doubts.look(session, activity, attempt)
    return page(
        "removal.html",
        error.status if error else 400 if name_sentence else 200,
        activity=activity,
        campaign=campaign,
        doubt=doubt,
        signals=doubts.SIGNALS,
        people_here=doubts.people_on_device(session, activity.id, doubt.paper.device),
        taken_out=_gone(session, doubt),
        may_remove=activity.state in ("open", "closed"),
        reasons=removal.REASONS,
        typed={name: typed(name) for name in ("why", "reason", "note")},
        who=who,
        sentence=http.sentence_of(error) if error else "",
        name_sentence=name_sentence,
    )


def _gone(session: Session, doubt: Doubt) -> TakenOut | None:
    if doubt.paper.state != "removed":
        return None
    row = session.get_one(ContestAttempt, doubt.paper.attempt)
    return _as_taken_out(row, names_of(session, {row.removed_by} if row.removed_by else ()))


@blueprint.post("/activities/<uuid:activity_id>/removals/<uuid:attempt_id>/person")
@guarded(staff_with(*ROLES))
def removal_person(activity_id: uuid.UUID, attempt_id: uuid.UUID) -> Response:
    """Who wrote the paper: shown for a reason, once, and put on the trail."""
    pair = own_activity(activity_id, *ROLES)
    doubt, why = doubts.look(http.session(), pair[0], attempt_id), typed("why", 300)
    if sentence := _lack(why):
        return _paper_page(pair, attempt_id, name_sentence=sentence)
    note(
        http.session(),
        actor(),
        CONTESTANT_READ,
        "attempt",
        attempt_id,
        unit=pair[1].owner_unit_id,
        reason=why,
        is_read=True,
    )
    return _paper_page(pair, attempt_id, who=_contestant(doubt.paper.subject))


def _lack(why: str) -> str:
    """What is wrong with a reason, in words; empty when nothing."""
    if len(why) < LEAST_WHY:
        return gettext("Xin ghi vì sao cần biết người dự thi, ít nhất vài chữ.")
    try:
        check_reason(why)
    except DomainError as error:
        return http.sentence_of(error)
    return ""


def _contestant(subject: uuid.UUID) -> Contestant:
    session = http.session()
    person = person_of(session, subject)
    if person is None:
        return Contestant(None, "")
    homes = [
        one.unit.full_name
        for one in people.belongings(session, person, clock.today())
        if one.kind == "lives_in"
    ]
    return Contestant(people.person(session, person).name, ", ".join(homes))


@blueprint.post("/activities/<uuid:activity_id>/removals/<uuid:attempt_id>")
@guarded(staff_with(*ROLES))
def remove_paper(activity_id: uuid.UUID, attempt_id: uuid.UUID) -> ResponseReturnValue:
    """Take the paper out. Of two who do so at once the second is told that it was done, and why."""
    pair = own_activity(activity_id, *ROLES)
    words = typed("note", 500) or None
    try:
        done = removal.remove(http.session(), pair[0], attempt_id, typed("reason", 40), words, actor())
    except (removal.ReasonUnknown, removal.TooLateToRemove) as error:
        return _paper_page(pair, attempt_id, error=error)
    if done:
        flash(gettext("Bài thi không được công nhận. Người dự thi được báo lý do trong ứng dụng."))
    else:
        flash(
            gettext(
                "Bài này đã có người khác đánh dấu không công nhận trước đó; lý do của lần trước được giữ nguyên."
            )
        )
    return redirect(url_for("admin.removal_paper", activity_id=activity_id, attempt_id=attempt_id))
