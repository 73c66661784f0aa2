"""What contests of many communes do by themselves as time passes: tell upward, settle when the common count is there, restate."""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.engine import Database
from backend.errors import DomainError
from backend.participation.lease import shut_gate
from backend.safeguards.audit import WORKER
from backend.safeguards.signing import Signer
from campaigns import lifecycle
from campaigns.common_models import CommonEntry, CommonRound, CommonSent
from campaigns.contest import common_final, common_list, common_local, common_telling, common_wire
from campaigns.contest.turn import may_settle
from campaigns.models import Activity

log = logging.getLogger("lantoa.common")

STILL_TOLD = timedelta(days=60)
"""For so long after its closing a round's count is compared with what was told."""


def waiting(session: Session, now: datetime) -> list[uuid.UUID]:
    """Rounds that are closed and may still have something to tell; those with a row on a final list for as long as it stands,
    here or in what the level above was told last: who leaves is nobody's here at once, and the row is taken back all the same."""
    listed = select(CommonEntry.activity_id).where(CommonEntry.subject.is_not(None))
    rows = (
        select(Activity.id)
        .join(CommonRound, CommonRound.activity_id == Activity.id)
        .where(
            Activity.state.in_(("closed", "settled")),
            or_(
                Activity.closes_at > now - STILL_TOLD,
                Activity.id.in_(listed),
                Activity.id.in_(_rows_stand(session)),
            ),
        )
    )
    return list(session.scalars(rows.order_by(Activity.closes_at, Activity.id)))


def _rows_stand(session: Session) -> list[uuid.UUID]:
    """Rounds of which the last that went up had a row."""
    said = select(CommonSent).where(CommonSent.what == "rows").order_by(CommonSent.revision)
    last = {row.activity_id: row for row in session.scalars(said)}
    return [activity for activity, row in last.items() if row.said["rows"]]


def turn(
    session: Session, activity_id: uuid.UUID, send: common_telling.Send, now: datetime | None = None,
    may_tell: common_telling.MayTell = common_telling.nothing_hidden,
) -> None:  # fmt: skip
    """One round: its count goes up, it is settled when nothing is awaited any more, its rows go up.

    Raises what settling raises.
    """
    now = now or clock.now()
    shut_gate(session, activity_id)
    activity = session.get_one(Activity, activity_id, populate_existing=True)
    common_telling.tell_counts(session, activity, send, may_tell)
    if _is_ready(session, activity, now):
        lifecycle.settle_activity(session, activity, WORKER)
    if activity.state == "settled":
        common_final.tell_rows(session, activity, send, now)


def _is_ready(session: Session, activity: Activity, now: datetime) -> bool:
    """The organiser said so before, or the rules settle by themselves; and what was awaited has come."""
    round_ = common_local.round_of(session, activity.id)
    return (
        activity.state == "closed"
        and round_.ready_at is not None
        and may_settle(session, activity, now)
        and common_local.awaits(session, activity) is None
    )


def turn_all(
    database: Database, send: common_telling.Send, signer: Signer | None = None,
    may_tell: common_telling.MayTell = common_telling.nothing_hidden,
) -> None:  # fmt: skip
    """Every round by itself, then the lists: one that cannot go on must not hold up the others."""
    with database.transaction(writes=False) as session:
        rounds = waiting(session, clock.now())
    for activity in rounds:
        _alone(database, lambda session, one=activity: turn(session, one, send, may_tell=may_tell))
    if signer is not None:
        _alone(database, lambda session: restate_lists(session, signer))


def _alone(database: Database, deed: Callable[..., None]) -> None:
    try:
        with database.transaction() as session:
            deed(session)
    except DomainError as error:
        log.warning("a common contest cannot go on: %s %s", error.code, error.values)
    except Exception:
        log.exception("a common contest cannot go on; it is tried again, the others go on")


def restate_lists(session: Session, signer: Signer) -> None:
    """At the level above: lists of which a row was taken back are published anew, and go down anew."""
    for made in common_list.restate(session, signer):
        common_wire.give_final(session, signer, made, WORKER)
