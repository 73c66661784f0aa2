"""A commune's count of a contest of many goes up: worked out of the ledger, shown to nobody here, told anew where it changed.

The number of people with everything right exists nowhere before results are settled. Here it exists a little earlier, in
a sealed packet to the level above: worked out when the organiser says the papers are looked at, and told anew where a paper
is taken out while the others are still waited for.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.participation.lease import shut_gate
from backend.safeguards.audit import WORKER
from backend.units.models import Unit
from campaigns import evidence
from campaigns.common_models import CommonRound, CommonSent
from campaigns.common_shapes import ContestCounts
from campaigns.contest import rules
from campaigns.contest.common import Counts, tellable
from campaigns.contest.common_local import noted, papers, round_of, settings_of, terms_of
from campaigns.contest.models import ContestAttempt
from campaigns.models import Activity

Send = Callable[[Session, str, str, msgspec.Struct], int]
"""(session, line, the contest's code, what is told) -> to how many nodes above it goes."""


MayTell = Callable[[Session, str, date, date, Mapping[str, int]], bool]
"""(session, the unit's code, first day, last day, what is counted -> how many) -> whether the figures that unit told keep nothing
hidden that could be read there (`backend.aggregates.beside_counts`). Handed in: campaigns know no figures."""


def nothing_hidden(session: Session, unit: str, first: date, last: date, counts: Mapping[str, int]) -> bool:
    return True


def tell_counts(session: Session, activity: Activity, send: Send, may_tell: MayTell = nothing_hidden) -> bool:
    """Tell the level above how the round went, where that changed since it was told last; answers whether it did."""
    shut_gate(session, activity.id)
    session.refresh(activity)
    round_ = round_of(session, activity.id)
    if not _may_be_told(session, activity, round_):
        return False
    counts, before = count(session, activity), last_sent(session, activity.id, "counts")
    said = tellable(
        counts, has_told(before) or gives_nothing_away(session, activity, round_, counts, may_tell)
    )
    if before is not None and {name: before.said[name] for name in said} == said:
        return False
    return put(session, round_, "counts", _counts(round_, said, before), send)


def has_told(sent: CommonSent | None) -> bool:
    """Whether numbers of the round went up: then they are known, and stay in the sum of all."""
    return sent is not None and sent.said["people"] is not None


def gives_nothing_away(
    session: Session, activity: Activity, round_: CommonRound, counts: Counts, may_tell: MayTell
) -> bool:
    """Whether nothing that the figures of this unit keep hidden could be read in the count."""
    first, last = clock.local_day(activity.opens_at), clock.local_day(activity.closes_at)
    return may_tell(session, round_.unit_code, first, last, named(counts))


def named(counts: Counts) -> dict[str, int]:
    """By the names the figures have for them."""
    return {f"{rules.ENTRANTS} people": counts.people, f"{rules.ALL_CORRECT} people": counts.all_correct}


def told_counts(session: Session, unit: uuid.UUID) -> Iterator[tuple[str, date, date, int]]:
    """Every number that went up of a round of that unit: what is counted, first and last day, how many."""
    rows = session.execute(
        select(CommonSent.said, Activity.opens_at, Activity.closes_at)
        .join(CommonRound, CommonRound.activity_id == CommonSent.activity_id)
        .join(Activity, Activity.id == CommonSent.activity_id)
        .join(Unit, Unit.code == CommonRound.unit_code)
        .where(Unit.id == unit, CommonSent.what == "counts")
        .order_by(CommonSent.activity_id, CommonSent.revision)
    )
    for said, opens_at, closes_at in rows:
        if said["people"] is not None:
            days = clock.local_day(opens_at), clock.local_day(closes_at)
            for name, number in named(Counts(said["people"], said["papers"], said["all_correct"])).items():
                yield name, *days, number


def _may_be_told(session: Session, activity: Activity, round_: CommonRound) -> bool:
    if activity.state == "settled":
        return True
    if activity.state == "closed" and round_.ready_at is None and settings_of(activity).settle == "auto":
        _ready_by_itself(session, activity, round_)
    return activity.state == "closed" and round_.ready_at is not None


def _ready_by_itself(session: Session, activity: Activity, round_: CommonRound) -> None:
    from campaigns.contest.turn import may_settle

    if may_settle(session, activity, clock.now()):
        round_.ready_at = clock.now()
        noted(session, WORKER, "common.ready", activity)


def count(session: Session, activity: Activity) -> Counts:
    """How the round went, straight from the ledger: for what is told upward only."""
    submitted = select(func.count()).where(
        ContestAttempt.activity_id == activity.id, ContestAttempt.state == "submitted"
    )
    people, right = evidence.count_now(session, papers(), activity.id)
    return Counts(people, session.scalar(submitted) or 0, right)


def _counts(round_: CommonRound, said: dict[str, Any], before: CommonSent | None) -> ContestCounts:
    return ContestCounts(
        contest=round_.contest,
        round=round_.round,
        rules=round_.rules,
        unit=round_.unit_code,
        revision=before.revision + 1 if before else 1,
        reason="recounted" if before else "first",
        **said,
    )


def last_sent(session: Session, activity: uuid.UUID, what: str) -> CommonSent | None:
    rows = select(CommonSent).where(CommonSent.activity_id == activity, CommonSent.what == what)
    return session.scalars(rows.order_by(CommonSent.revision.desc()).limit(1)).first()


def put(session: Session, round_: CommonRound, what: str, said: Any, send: Send) -> bool:
    """Hand it to whoever carries; kept as told only where there is a level above to tell."""
    if not send(session, terms_of(round_).line, round_.contest, said):
        return False
    session.add(
        CommonSent(
            activity_id=round_.activity_id,
            what=what,
            revision=said.revision,
            said=msgspec.to_builtins(said),
            sent_at=clock.now(),
        )
    )
    session.flush()  # whoever asks next in this turn sees what was told
    return True
