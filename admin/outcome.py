"""The end of an activity: results are fixed, looked at as they will be published, published, and corrected with a reason."""

import uuid
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import shown
from admin.blueprint import actor, blueprint, page
from admin.figures import Pair, own_activity
from admin.forms import typed, typed_reason
from backend import clock, http
from backend.certificates.errors import CertificateUnknown
from backend.certificates.queries import check
from backend.certificates.revoke import revoke
from backend.errors import DomainError
from backend.http import guarded, staff_with
from backend.participation.lease import shut_gate
from backend.people.errors import ChangedMeanwhile
from backend.people.staff import names_of
from backend.scorecards.standing import for_statement, side_by_side
from campaigns import lifecycle, results
from campaigns.contest import doubts
from campaigns.contest.common_local import is_over_all
from campaigns.contest.errors import AwaitsTotal, CountNotSent
from campaigns.contest.turn import papers_by_state, settles_from
from campaigns.lifecycle import StillRunning
from campaigns.models import Activity
from campaigns.registry import kind_named

# --- fixing the results ----------------------------------------------------------------------------------------------


@blueprint.get("/activities/<uuid:activity_id>/settle")
@guarded(staff_with("campaign_admin"))
def settling(activity_id: uuid.UUID) -> Response:
    """What becomes fixed, what still waits to be looked at, and from when on it can be done."""
    return _settling_page(own_activity(activity_id, "campaign_admin"))


def _settling_page(pair: Pair, sentence: str = "", status: int = 200) -> Response:
    activity, campaign = pair
    session = http.session()
    closed = activity.state == "closed"
    until = settles_from(session, activity) if closed else None
    return page(
        "settling.html",
        status,
        activity=activity,
        campaign=campaign,
        attempts=papers_by_state(session, activity.id),
        doubtful=doubts.how_many(session, activity) if closed else 0,
        most=doubts.MOST_LISTED,
        until=until,
        may_settle=closed and (until is None or until < clock.now()),
        settles_itself=kind_named(activity.kind).settles_itself(activity),
        is_common=is_over_all(session, activity),
        sentence=sentence,
    )


@blueprint.post("/activities/<uuid:activity_id>/settle")
@guarded(staff_with("campaign_admin"))
def settle_activity(activity_id: uuid.UUID) -> ResponseReturnValue:
    pair = own_activity(activity_id, "campaign_admin")
    try:
        lifecycle.settle_activity(http.session(), pair[0], actor())
    except StillRunning as error:
        return _settling_page(pair, _when_possible(pair[0], error), error.status)
    except (CountNotSent, AwaitsTotal) as error:
        return _settling_page(pair, http.sentence_of(error), error.status)
    flash(gettext("Đã chốt kết quả. Xin xem lại bản công bố rồi bấm công bố."))
    return redirect(url_for("admin.results_page", activity_id=activity_id))


def _when_possible(activity: Activity, error: StillRunning) -> str:
    until = settles_from(http.session(), activity)
    if until is None:
        return http.sentence_of(error)
    return gettext("Vẫn còn bài đang trong thời gian làm. Chốt được sau %(when)s.", when=shown.exact(until))


# --- publishing ------------------------------------------------------------------------------------------------------


@blueprint.get("/activities/<uuid:activity_id>/results")
@guarded(staff_with("campaign_admin"))
def results_page(activity_id: uuid.UUID) -> Response:
    """The statement exactly as it will be published, what was published before, and taking back a certificate."""
    return _results_page(own_activity(activity_id, "campaign_admin"))


def _results_page(
    pair: Pair, status: int = 200, publish_sentence: str = "", certificate_sentence: str = ""
) -> Response:
    activity, campaign = pair
    session = http.session()
    found = results.published(session, activity.id)
    publisher = names_of(session, {found.published_by}) if found and found.published_by else {}
    return page(
        "results.html",
        status,
        activity=activity,
        campaign=campaign,
        said=_statement(pair) if activity.state == "settled" else None,
        persons=results.persons(session, activity.id) if activity.state == "settled" else [],
        published=found,
        publisher=next(iter(publisher.values()), ""),
        typed={name: typed(name) for name in ("why", "number", "reason")},
        publish_sentence=publish_sentence,
        certificate_sentence=certificate_sentence,
    )


def _statement(pair: Pair) -> dict[str, Any]:
    return results.statement(http.session(), pair[0]) | _units(pair)


def _units(pair: Pair) -> dict[str, Any]:
    activity, campaign = pair
    return for_statement(side_by_side(http.session(), activity.id, campaign.owner_unit_id))


@blueprint.post("/activities/<uuid:activity_id>/publish")
@guarded(staff_with("campaign_admin"))
def publish_results(activity_id: uuid.UUID) -> ResponseReturnValue:
    pair = own_activity(activity_id, "campaign_admin")
    try:
        made = _publish(pair)
    except DomainError as error:
        return _results_page(pair, error.status, publish_sentence=http.sentence_of(error))
    flash(gettext("Đã công bố kết quả, bản số %(number)s.", number=made))
    return redirect(url_for("admin.results_page", activity_id=activity_id))


def _publish(pair: Pair) -> int:
    """The form says what it replaces, so that pressing twice or two organisers at once publish once.

    Raises ChangedMeanwhile, ReasonTooShort, WrongState, PublishedAlready.
    """
    session, activity = http.session(), pair[0]
    shut_gate(session, activity.id)
    before = results.published(session, activity.id)
    if request.form.get("replaces", 0, type=int) != (before.number if before else 0):
        raise ChangedMeanwhile
    why = typed_reason("why") if before else None
    made = results.publish(session, activity, http.services().signer, _units(pair), actor(), why)
    return made.number


# --- certificates ------------------------------------------------------------------------------------------------------


@blueprint.post("/activities/<uuid:activity_id>/certificates/revoke")
@guarded(staff_with("campaign_admin"))
def revoke_certificate(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Take one back by its number, which whoever complains has in hand: there is no list of who got one."""
    pair = own_activity(activity_id, "campaign_admin")
    try:
        number = _revoke(pair[0])
    except DomainError as error:
        return _results_page(pair, 409, certificate_sentence=http.sentence_of(error))
    flash(gettext("Đã thu hồi giấy chứng nhận số %(number)s.", number=number))
    return redirect(url_for("admin.results_page", activity_id=activity_id))


def _revoke(activity: Activity) -> str:
    """Raises ReasonTooShort, CertificateUnknown; also for a number of another activity, and for a paper behind which a
    decision stands: only a decision takes that back."""
    reason = typed_reason("reason")
    checked = check(http.session(), typed("number"))
    found = checked.certificate
    if found is None or found.activity_id != activity.id or found.tier == "formal":
        raise CertificateUnknown
    revoke(http.session(), checked.number, reason, actor())
    return checked.number
