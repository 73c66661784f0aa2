"""What visits have counted so far, and putting it right: facts are taken back and counted anew, never changed."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from backend.participation import correct, record
from backend.participation.deeds import Deed
from backend.participation.models import Fact
from backend.teams.models import Household
from campaigns.kind import Desk
from campaigns.visit.measures import HOUSEHOLDS
from campaigns.visit.models import GroupSession, Visit


@dataclass(frozen=True)
class Counted:
    """What stands, and the highest generation there ever was."""

    facts: tuple[Fact, ...] = ()
    generation: int = 0


@dataclass(frozen=True)
class Reached:
    """A household was met: where and when."""

    subject: uuid.UUID
    unit: uuid.UUID
    at: datetime


M = TypeVar("M", Visit, GroupSession)


def known(desk: Desk, model: type[M], deeds: Sequence[Deed]) -> Sequence[M]:
    """Every record of the chains these deeds belong to, also those that came before what they correct."""
    here = model.activity_id == desk.activity.id
    named: list[uuid.UUID] = [deed.body.corrects for deed in deeds if deed.body.corrects]
    roots = {deed.id for deed in deeds} | {*named}
    if named:
        roots |= set(desk.session.scalars(select(model.root).where(here, model.id.in_(named))))
    # Two statements: asked in one, the database walks every visit there is once for each of these.
    query = select(model).where(here, model.root.in_(roots)).order_by(model.id)
    return desk.session.scalars(query.execution_options(populate_existing=True)).all()


def _with_reversals() -> Select[Fact, uuid.UUID | None]:
    back = aliased(Fact)
    taken_back = (back.reverses_operation == Fact.operation_id) & (back.reverses_line == Fact.line)
    return select(Fact, back.operation_id).outerjoin(back, taken_back).where(Fact.is_reversal.is_(False))


K = TypeVar("K")


def _add(found: dict[K, Counted], key: K, fact: Fact, back: uuid.UUID | None) -> None:
    before = found.get(key, Counted())
    facts = before.facts if back else (*before.facts, fact)
    found[key] = Counted(facts, max(before.generation, fact.generation))


def counted_by(session: Session, roots: Mapping[uuid.UUID, uuid.UUID]) -> dict[uuid.UUID, Counted]:
    """Root of a chain -> what its records have counted; `roots`: operation -> the root of its chain."""
    found: dict[uuid.UUID, Counted] = {}
    if not roots:
        return found
    query = _with_reversals().where(Fact.operation_id.in_(list(roots)), Fact.measure != HOUSEHOLDS)
    for fact, back in session.execute(query.order_by(Fact.operation_id, Fact.line)):
        _add(found, roots[fact.operation_id], fact, back)
    return found


def households_counted(
    session: Session, activity: uuid.UUID, subjects: Collection[uuid.UUID]
) -> dict[uuid.UUID, Counted]:
    """Household's key -> the fact that counts it in this activity."""
    found: dict[uuid.UUID, Counted] = {}
    query = _with_reversals().where(
        Fact.measure == HOUSEHOLDS, Fact.subject.in_(subjects), Fact.scope == f"{activity}"
    )
    for fact, back in session.execute(query):
        if fact.subject is not None:
            _add(found, fact.subject, fact, back)
    return found


def counted_in(
    session: Session, activity: uuid.UUID, measure: str, scopes: Collection[str]
) -> dict[str, Counted]:
    """Scope -> what a measure has counted within it in this activity."""
    found: dict[str, Counted] = {}
    query = _with_reversals().where(
        Fact.activity_id == activity, Fact.measure == measure, Fact.scope.in_(scopes)
    )
    for fact, back in session.execute(query.order_by(Fact.operation_id, Fact.line)):
        _add(found, fact.scope, fact, back)
    return found


def reached(
    session: Session, activity: uuid.UUID, homes: Mapping[uuid.UUID, uuid.UUID]
) -> dict[uuid.UUID, Reached]:
    """Household's key -> where and when it was first met, by what stands; `homes`: household -> its key."""
    whose = dict(homes)
    while before := _merged_into(session, whose):
        whose |= before
    first = aliased(Visit)
    rows = session.execute(
        select(Visit.household_id, Visit.unit_id, func.coalesce(first.happened_at, Visit.happened_at))
        .outerjoin(first, first.id == Visit.root)
        .where(
            Visit.household_id.in_(list(whose)),
            Visit.activity_id == activity,
            Visit.stands.is_(True),
            Visit.met == "adult",
        )
        .order_by(Visit.id)
    )
    found: dict[uuid.UUID, Reached] = {}
    for household, unit, at in rows:
        one = Reached(whose[household], unit, at)
        if one.subject not in found or one.at < found[one.subject].at:
            found[one.subject] = one
    return found


def _merged_into(session: Session, whose: Mapping[uuid.UUID, uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Households merged into these that are not among them yet -> the key of the one that stands."""
    rows = session.execute(
        select(Household.id, Household.merged_into).where(Household.merged_into.in_(list(whose)))
    )
    return {household: whose[into] for household, into in rows if into and household not in whose}


@dataclass(frozen=True)
class Repair:
    """Facts to take back and households to count anew, in the name of operations of the node's own."""

    deed: uuid.UUID

    def take_back(self, session: Session, facts: Iterable[Fact]) -> None:
        gone: Sequence[Fact] = list(facts)
        if gone:
            correct.take_back(session, gone, uuid.uuid5(self.deed, "taken back"))

    def count(self, desk: Desk, lines: Iterable[tuple[Reached, int]]) -> None:
        """`lines`: households to count with their generation."""
        self.count_as(desk, HOUSEHOLDS, [(f"{desk.activity.id}", *line) for line in lines])

    def count_as(self, desk: Desk, measure: str, lines: Iterable[tuple[str, Reached, int]]) -> None:
        """`lines`: what to count within which scope, with its generation."""
        by = uuid.uuid5(self.deed, measure)
        rows = [_row(desk, by, measure, number, *line) for number, line in enumerate(lines, start=1)]
        if rows:
            record.write_facts(desk.session, rows)


def _row(
    desk: Desk, by: uuid.UUID, measure: str, line: int, scope: str, reached: Reached, generation: int
) -> dict[str, object]:
    return record.fact_row(
        by, measure, reached.subject, scope, reached.unit, desk.campaign.id, desk.activity.id, reached.at,
        line=line, generation=generation, received_at=desk.now,
    )  # fmt: skip
