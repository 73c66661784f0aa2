"""What communes tell the level above of a contest of many: counts and rows, checked and kept.

It never holds a person: what arrives are numbers of a commune and rows that only the commune can put a name to.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.participation.lease import hold
from campaigns.common_models import CommonContest, CommonCount, CommonRow, CommonTold
from campaigns.common_shapes import ContestCounts, ContestRows
from campaigns.contest.common import holds_together
from campaigns.contest.common_above import closes_at, settings_in
from campaigns.contest.common_sum import newest_sum
from campaigns.contest.errors import Refused


@dataclass(frozen=True)
class Came:
    """A packet as it arrived: who told it, its digest, when."""

    node: uuid.UUID
    packet: str
    at: datetime


def take_counts(session: Session, told: ContestCounts, came: Came) -> None:
    """Keep a unit's counts as its next revision. Raises Refused: unknown-contest, unknown-round, other-rules, too-early,
    does-not-add-up."""
    _check(session, told, came)
    if not holds_together(told):
        raise Refused("does-not-add-up", "/people")
    where = (told.contest, told.round, told.unit)
    hold(session, f"common.{told.contest}.{told.unit}")
    known = _newest(session, where)
    if known is not None and _says(known) == (told.people, told.papers, told.all_correct):
        return  # told again, as after a restored backup: nothing is new
    session.add(
        CommonCount(
            contest=told.contest,
            round=told.round,
            unit_code=told.unit,
            revision=max(told.revision, known.revision + 1 if known else 1),
            node_id=came.node,
            people=told.people,
            papers=told.papers,
            all_correct=told.all_correct,
            is_small=told.flag == "S",
            packet=came.packet,
            told_at=came.at,
        )
    )
    session.flush()  # the next packet of the same turn asks for the newest


def _says(row: CommonCount) -> tuple[int | None, int | None, int | None]:
    return row.people, row.papers, row.all_correct


def _newest(session: Session, where: tuple[str, str, str]) -> CommonCount | None:
    rows = select(CommonCount).where(
        CommonCount.contest == where[0], CommonCount.round == where[1], CommonCount.unit_code == where[2]
    )
    return session.scalars(rows.order_by(CommonCount.revision.desc()).limit(1)).first()


def take_rows(session: Session, told: ContestRows, came: Came) -> None:
    """Put a unit's rows in the place of all it told before. Raises Refused, as `take_counts`, and twice-numbered,
    more-than-agreed, other-total."""
    row = _check(session, told, came)
    _check_rows(session, row, told)
    hold(session, f"common.{told.contest}.{told.unit}")
    own = {"contest": told.contest, "round": told.round, "unit_code": told.unit}
    mine = [getattr(CommonRow, name) == value for name, value in own.items()]
    session.execute(delete(CommonRow).where(*mine))
    session.add_all(CommonRow(**own, **msgspec.to_builtins(one)) for one in told.rows)
    held = session.get(CommonTold, tuple(own.values())) or CommonTold(**own, revision=0)
    held.revision = max(told.revision, held.revision + 1)
    held.node_id, held.packet, held.told_at = came.node, came.packet, came.at
    session.add(held)
    session.flush()  # the list is made of what stands now


def _check(session: Session, told: ContestCounts | ContestRows, came: Came) -> CommonContest:
    row = session.get(CommonContest, told.contest)
    if row is None:
        raise Refused("unknown-contest", "/contest")
    if all(one["code"] != told.round for one in row.rounds):
        raise Refused("unknown-round", "/round")
    if row.rules != told.rules:
        raise Refused("other-rules", "/rules")
    if came.at < closes_at(row, told.round):
        raise Refused("too-early", "/round")
    return row


def _check_rows(session: Session, row: CommonContest, told: ContestRows) -> None:
    settings = settings_in(row, told.round)
    numbers = [one.number for one in told.rows]
    if len(set(numbers)) != len(numbers):
        raise Refused("twice-numbered", "/rows")
    if len(numbers) > row.terms["finalists"]:
        raise Refused("more-than-agreed", "/rows")
    if any(one.right > one.of or one.of != settings.questions_per_attempt for one in told.rows):
        raise Refused("does-not-add-up", "/rows")
    over_all = settings.prediction and settings.predict_over == "common"
    newest = newest_sum(session, told.contest, told.round) if over_all else None
    if told.rows and told.total != (newest.number if newest else 0):
        raise Refused("other-total", "/total")
