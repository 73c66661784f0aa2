"""Contests of many communes in the console: a commune's round on its way to the common count; the level above adding up."""

import uuid
from collections.abc import Callable

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.blueprint import actor, blueprint, page
from admin.campaigns import packs_at_hand
from admin.figures import own_activity
from admin.forms import refusal_of, typed
from backend import clock, http
from backend.db.node import own_unit
from backend.errors import DomainError, NotFound, NotSetUp
from backend.http import guarded, reads_first, staff_with
from backend.units.queries import named_at_last
from campaigns.common_models import CommonContest, CommonRound
from campaigns.contest import (
    common_above,
    common_expected,
    common_heard,
    common_list,
    common_local,
    common_sum,
    common_telling,
    common_wire,
    doubts,
)
from campaigns.contest.turn import settles_from
from campaigns.models import Activity, Campaign
from campaigns.pack import store as packs

ORGANISERS = ("campaign_admin",)

# --- in a commune -----------------------------------------------------------------------------------------------------


@blueprint.get("/activities/<uuid:activity_id>/common")
@guarded(staff_with(*ORGANISERS))
def common_round(activity_id: uuid.UUID) -> Response:
    """What is fixed from above, what was told, and what is still awaited. The count itself is shown to nobody."""
    activity, _ = own_activity(activity_id, *ORGANISERS)
    return _round_page(activity)


def _round_page(activity: Activity, error: DomainError | None = None) -> Response:
    session = http.session()
    round_ = common_local.round_of(session, activity.id)
    until = settles_from(session, activity) if activity.state == "closed" else None
    return page(
        "common_round.html",
        error.status if error else 200,
        activity=activity,
        round=round_,
        terms=common_local.terms_of(round_),
        settings=common_local.settings_of(activity),
        doubtful=doubts.how_many(session, activity) if activity.state == "closed" else 0,
        most=doubts.MOST_LISTED,
        runs_until=until if until is not None and until > clock.now() else None,
        due=common_local.until(activity, round_),
        now=clock.now(),
        total=common_heard.newest_total(session, round_),
        told=common_telling.last_sent(session, activity.id, "counts"),
        rows=common_telling.last_sent(session, activity.id, "rows"),
        sentence=http.sentence_of(error) if error else "",
        why=typed("why"),
    )


@blueprint.post("/activities/<uuid:activity_id>/common")
@guarded(staff_with(*ORGANISERS))
def common_deed(activity_id: uuid.UUID) -> ResponseReturnValue:
    """`do`: ready (the count goes up), alone (settle with the own number), anew (places by a newer count). Raises NotCommon."""
    activity, _ = own_activity(activity_id, *ORGANISERS)
    session, why = http.session(), typed("why", 500)
    common_local.round_of(session, activity.id)
    deeds: dict[str, tuple[Callable[[], object], str]] = {
        "ready": (
            lambda: common_local.get_ready(session, activity, actor()),
            gettext("Đã gửi. Có số chung của tất cả các xã thì hệ thống tự chốt."),
        ),
        "alone": (
            lambda: common_local.go_alone(session, activity, why, actor()),
            gettext("Đã ghi. Kết quả được chốt theo số riêng của xã trong ít phút."),
        ),
        "anew": (
            lambda: common_local.stand_anew(session, activity, why, actor()),
            gettext("Đã xếp lại theo số chung mới. Xin xem lại và công bố bản sửa."),
        ),
    }
    if request.form.get("do") not in deeds:
        raise NotFound
    deed, done = deeds[request.form["do"]]
    if error := refusal_of(deed):
        return _round_page(session.get_one(Activity, activity_id), error)
    flash(done)
    return redirect(url_for("admin.common_round", activity_id=activity_id), 303)


# --- at the level above ----------------------------------------------------------------------------------------------


def _above() -> str:
    """The code of the unit this node serves. Raises NotFound for whoever does not organise there."""
    session, member = http.session(), http.staff()
    try:
        unit = own_unit(session)
    except NotSetUp:
        raise NotFound from None
    if all(unit not in member.roles.get(role, ()) for role in ORGANISERS):
        raise NotFound
    return named_at_last(session, unit, clock.today()).code


@blueprint.get("/common")
@guarded(staff_with(*ORGANISERS))
def common_contests() -> Response:
    """Contests this node gave out, the common packs it has at hand, and rounds here that belong to one."""
    _above()
    return _contests_page()


def _contests_page(error: DomainError | None = None) -> Response:
    session = http.session()
    return page(
        "common_contests.html",
        error.status if error else 200,
        contests=common_above.contests(session),
        packs=[pack for _, pack in packs_at_hand() if pack.common],
        here_rounds=_rounds_here(session),
        sentence=http.sentence_of(error) if error else "",
    )


def _rounds_here(session: Session) -> list[tuple[Activity, Campaign]]:
    """Rounds of this node that belong to a contest of many communes, in the order in which they open."""
    rows = (
        select(Activity, Campaign)
        .join(CommonRound, CommonRound.activity_id == Activity.id)
        .join(Campaign, Campaign.id == Activity.campaign_id)
    )
    return [
        (activity, campaign)
        for activity, campaign in session.execute(rows.order_by(Activity.opens_at, Activity.id))
    ]


@blueprint.post("/common")
@guarded(staff_with(*ORGANISERS))
@reads_first
def give_common() -> ResponseReturnValue:
    """Write down what is fixed for everybody below; the pack itself goes down as a document."""
    _above()
    folder = packs.named(http.services().settings.data, request.form.get("pack", ""))
    if folder is None:
        raise NotFound
    pack = packs.read_once(folder)
    http.release()
    session = http.session()
    if error := refusal_of(lambda: common_above.give_out(session, pack, actor())):
        return _contests_page(error)
    flash(gettext("Đã ghi cuộc thi chung. Xin phát hành gói xuống các xã ở mục văn bản gửi xuống, nếu chưa."))
    return redirect(url_for("admin.common_contests"), 303)


@blueprint.get("/common/<contest>/<round_>")
@guarded(staff_with(*ORGANISERS))
def common_one(contest: str, round_: str) -> Response:
    """Who has told, who is awaited; the sum only once it was given out."""
    _above()
    return _one_page(common_above.contest(http.session(), contest), round_)


def _one_page(row: CommonContest, round_: str, error: DomainError | None = None) -> Response:
    session = http.session()
    expected = common_expected.expected(session, row, round_)
    ends = common_above.closes_at(row, round_)
    return page(
        "common_one.html",
        error.status if error else 200,
        contest=row,
        round=common_above.round_in(row, round_),
        sum=common_sum.sum_now(session, row.contest, round_, list(expected)),
        names=expected,
        is_over=ends <= clock.now(),
        ends=ends,
        given=common_sum.newest_sum(session, row.contest, round_),
        rows=common_list.list_now(session, row.contest, round_),
        published=common_list.published(session, row.contest, round_),
        sentence=http.sentence_of(error) if error else "",
        why=typed("why"),
    )


@blueprint.post("/common/<contest>/<round_>")
@guarded(staff_with(*ORGANISERS))
def common_above_deed(contest: str, round_: str) -> ResponseReturnValue:
    """`do`: total (fix the sum and send it down), final (publish the list and send it down)."""
    _above()
    row = common_above.contest(http.session(), contest)
    deeds = {"total": lambda: _give_total(row, round_), "final": lambda: _publish(row, round_)}
    if request.form.get("do") not in deeds:
        raise NotFound
    if error := refusal_of(deeds[request.form["do"]]):
        return _one_page(common_above.contest(http.session(), contest), round_, error)
    flash(gettext("Đã ghi và gửi xuống các xã."))
    return redirect(url_for("admin.common_one", contest=contest, round_=round_), 303)


def _give_total(row: CommonContest, round_: str) -> None:
    session, who = http.session(), actor()
    made = common_sum.give_total(
        session,
        row.contest,
        round_,
        list(common_expected.expected(session, row, round_)),
        typed("why", 500),
        who,
    )
    common_wire.give_total(session, http.services().signer, made, who)


def _publish(row: CommonContest, round_: str) -> None:
    session, who, signer = http.session(), actor(), http.services().signer
    found = common_list.publish(session, row.contest, round_, signer, who)
    common_wire.give_final(session, signer, found, who)
