"""The level above a contest of many communes adds up signed counts and fixes the sum as a number that goes down."""

from collections.abc import Collection, Mapping, Sequence

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.participation.lease import hold
from backend.safeguards.audit import Actor, note
from campaigns.common_models import CommonCount, CommonRow, CommonSum
from campaigns.common_shapes import ContestTotal, FinalRow
from campaigns.contest.common import Summed, summed, total_of
from campaigns.contest.common_above import closes_at, contest
from campaigns.contest.errors import ReasonNeeded, SameTotal, StillMissing, TooEarly

LEAST_REASON = 5


def counts(session: Session, contest_: str, round_: str) -> dict[str, CommonCount]:
    """Unit code -> what it told last."""
    newest = (
        select(CommonCount.unit_code, func.max(CommonCount.revision).label("revision"))
        .where(CommonCount.contest == contest_, CommonCount.round == round_)
        .group_by(CommonCount.unit_code)
        .subquery()
    )
    rows = select(CommonCount).join(
        newest,
        (newest.c.unit_code == CommonCount.unit_code) & (newest.c.revision == CommonCount.revision),
    )
    mine = rows.where(CommonCount.contest == contest_, CommonCount.round == round_)
    return {row.unit_code: row for row in session.scalars(mine)}


def sum_now(session: Session, contest_: str, round_: str, expected: Collection[str]) -> Summed:
    """What the communes told so far, added up."""
    told = counts(session, contest_, round_)
    return summed({unit: (row.people, row.all_correct) for unit, row in told.items()}, sorted(expected))


def newest_sum(session: Session, contest_: str, round_: str) -> CommonSum | None:
    rows = select(CommonSum).where(CommonSum.contest == contest_, CommonSum.round == round_)
    return session.scalars(rows.order_by(CommonSum.number.desc()).limit(1)).first()


def give_total(
    session: Session, contest_: str, round_: str, expected: Sequence[str], why: str, actor: Actor
) -> ContestTotal:
    """Fix the sum of all communes as the next number, for whoever sends it down.

    Raises CommonUnknown, TooEarly, StillMissing where somebody has not told and no reason is given, ReasonNeeded where
    it takes the place of one that was sent, SameTotal.
    """
    row = contest(session, contest_)
    if clock.now() < closes_at(row, round_):
        raise TooEarly
    hold(session, f"common.sum.{contest_}.{round_}")
    sum_, before = sum_now(session, contest_, round_, expected), newest_sum(session, contest_, round_)
    _check_why(sum_, before is not None, why)
    made = total_of(contest_, round_, row.rules, before.number + 1 if before else 1, sum_)
    said = msgspec.to_builtins(made)
    if before is not None and before.said | {"number": made.number} == said:
        raise SameTotal
    session.add(
        CommonSum(
            contest=contest_,
            round=round_,
            number=made.number,
            said=said,
            why=why[:500] or None,
            given_out_at=clock.now(),
            given_out_by=actor.id,
        )
    )
    note(session, actor, "common.total", "common_contest", f"{contest_}/{round_}", reason=why or None)
    session.flush()  # the next to look sees which number stands
    return made


def _check_why(sum_: Summed, sent_before: bool, why: str) -> None:
    if len(why.strip()) >= LEAST_REASON:
        return
    if sent_before:
        raise ReasonNeeded
    if not sum_.is_whole:
        raise StillMissing(count=len(sum_.missing))


def rows_of(session: Session, contest_: str, round_: str) -> Mapping[str, list[FinalRow]]:
    """Unit code -> its rows as they stand now."""
    found: dict[str, list[FinalRow]] = {}
    mine = select(CommonRow).where(CommonRow.contest == contest_, CommonRow.round == round_)
    for row in session.scalars(mine.order_by(CommonRow.unit_code, CommonRow.number)):
        found.setdefault(row.unit_code, []).append(
            FinalRow(row.number, row.right, row.of, row.seconds, row.gap)
        )
    return found
