"""Two rows that turn out to be the same household: one stands for both from then on, and both histories stay readable.

Merged by mistake, they stand apart again; that they were merged stays on the trail.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from backend import clock
from backend.db.base import new_id
from backend.participation import correct
from backend.participation.models import Fact
from backend.teams.errors import AlreadyMerged, CannotMergeHouseholds, NotMerged
from backend.teams.households import changed, end_duty, held, resolve, running, stay
from backend.teams.models import Assignment, Household, HouseholdPlace
from backend.teams.rules import on_day
from backend.units.lineage import lineage
from backend.units.queries import named_many


def merge(session: Session, household: uuid.UUID, into: uuid.UUID, *, distinct: Collection[str]) -> uuid.UUID:
    """`household` becomes a part of `into` from now on; answers the operation in whose name its facts were put right.

    What was written down about either stays where it is. `distinct`: the measures that count a household once, which
    must not count this one twice. Raises HouseholdUnknown, AlreadyMerged, CannotMergeHouseholds.
    """
    gone, stays = _both(session, household, resolve(session, into))
    duty, other = running(session, gone.id), running(session, stays.id)
    end_duty(session, gone.id, duty)
    if duty is not None and other is None:  # whoever had one half has the whole
        session.add(Assignment(household_id=stays.id, team_id=duty.team_id, valid_from=clock.now()))
    stay(session, gone.id).valid_to = max(clock.today(), stay(session, gone.id).valid_from)
    gone.merged_into, gone.merged_at = stays.id, clock.now()
    gone.version += 1
    by = new_id()
    _count_once(session, gone.subject, stays.subject, distinct, by)
    changed(session, stays)
    return by


def unmerge(session: Session, household: uuid.UUID) -> Household:
    """A household that was merged by mistake stands by itself again, where it was and with the team it had.

    What was merged into it before comes along. Visits and figures are put right by whoever keeps them. Raises
    HouseholdUnknown, NotMerged, AlreadyMerged where the other one was merged itself since.
    """
    into = session.scalars(select(Household.merged_into).where(Household.id == household)).one_or_none()
    if into is None:
        raise NotMerged
    apart, stays = _both_merged(session, household, into)
    apart.merged_into = apart.merged_at = None
    _last_stay(session, apart.id).valid_to = None
    if (team := _team_again(session, apart.id, stays.id)) is not None:
        session.add(Assignment(household_id=apart.id, team_id=team, valid_from=clock.now()))
    changed(session, apart)
    changed(session, stays)
    return stays


def _both_merged(session: Session, household: uuid.UUID, into: uuid.UUID) -> tuple[Household, Household]:
    """Both held, in one order; of two who part them at once the second finds nothing left to do."""
    rows = session.scalars(
        select(Household)
        .where(Household.id.in_((household, into)))
        .order_by(Household.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    by_id = {row.id: row for row in rows}
    if by_id[household].merged_into != into:
        raise NotMerged
    if by_id[into].merged_into is not None:
        raise AlreadyMerged
    return by_id[household], by_id[into]


def _last_stay(session: Session, household: uuid.UUID) -> HouseholdPlace:
    rows = select(HouseholdPlace).where(HouseholdPlace.household_id == household)
    return session.scalars(rows.order_by(HouseholdPlace.valid_from.desc()).limit(1)).one()


def _team_again(session: Session, apart: uuid.UUID, stays: uuid.UUID) -> uuid.UUID | None:
    """The team it had when it was merged, if that is still there; else the one that has had it meanwhile."""
    rows = select(Assignment.team_id).where(Assignment.household_id == apart)
    last = session.scalars(rows.order_by(Assignment.valid_from.desc()).limit(1)).first()
    today = clock.today()
    team = on_day(lineage(session), last, today) if last else None
    if team is not None and named_many(session, [team], today):
        return team
    duty = running(session, stays)
    return duty.team_id if duty else None


def _both(session: Session, household: uuid.UUID, into: uuid.UUID) -> tuple[Household, Household]:
    """Both held, in one order whoever merges which way."""
    if household == into:
        raise CannotMergeHouseholds
    rows = {key: held(session, key, against_counting=True) for key in sorted((household, into))}
    gone, stays = rows[household], rows[into]
    if gone.kind != stays.kind:
        raise CannotMergeHouseholds
    return gone, stays


def _count_once(
    session: Session, gone: uuid.UUID, stays: uuid.UUID, measures: Collection[str], by: uuid.UUID
) -> None:
    """In each scope the first of all the facts of the two stands, for the one that stays; the others are taken back."""
    taken_back, again = [], []
    for facts in _by_scope([*_standing(session, gone, measures), *_standing(session, stays, measures)]):
        first, *others = facts
        taken_back += [fact for fact in facts if fact.subject == gone or fact in others]
        again += [first] if first.subject == gone else []
    line = correct.take_back(session, taken_back, by)
    for number, fact in enumerate(again, start=line):
        generation = _generations(session, stays, fact.measure, fact.scope) + 1
        correct.count_again(session, fact, fact.measure, fact.scope, generation, (by, number), subject=stays)


def _by_scope(facts: Iterable[Fact]) -> Iterable[list[Fact]]:
    """Facts that count the same once, the first that happened in front."""
    found: dict[tuple[str, str], list[Fact]] = {}
    for fact in sorted(facts, key=lambda fact: (fact.happened_at, fact.operation_id, fact.line)):
        found.setdefault((fact.measure, fact.scope), []).append(fact)
    return found.values()


def _standing(session: Session, subject: uuid.UUID, measures: Collection[str]) -> Sequence[Fact]:
    """The facts of a subject that nobody has taken back."""
    back = aliased(Fact)
    return session.scalars(
        select(Fact)
        .outerjoin(back, (back.reverses_operation == Fact.operation_id) & (back.reverses_line == Fact.line))
        .where(
            Fact.subject == subject,
            Fact.measure.in_(measures),
            Fact.is_reversal.is_(False),
            back.operation_id.is_(None),
        )
    ).all()


def _generations(session: Session, subject: uuid.UUID, measure: str, scope: str) -> int:
    """How often it was counted there so far; each of those was taken back."""
    found = session.scalar(
        select(func.max(Fact.generation)).where(
            Fact.subject == subject, Fact.measure == measure, Fact.scope == scope
        )
    )
    return found or 0
