"""A promise to come again is kept once, by whoever went first: two members who both went have kept one promise.

Which visit that was may change with every record that arrives, so it is looked up and put right, never added up.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from backend.participation.models import Fact
from backend.teams.models import Household
from campaigns.kind import Desk
from campaigns.visit.ledger import Counted, Reached, Repair, counted_in
from campaigns.visit.measures import FOLLOW_UPS
from campaigns.visit.models import Visit
from campaigns.visit.rules import Chain, Told


def touched(chains: Iterable[Chain], told: Iterable[Told]) -> set[uuid.UUID]:
    """The promises these records may change: those they keep, and those made by a visit that was put right."""
    kept = {one.follow_up_of for one in told if one.follow_up_of}
    return kept | {link.id for chain in chains if len(chain.links) > 1 for link in chain.links}


def recount(desk: Desk, repair: Repair, promises: Collection[uuid.UUID]) -> list[Fact]:
    """Count each of these promises by the visit that kept it first. Answers the facts to be taken back."""
    if not promises:
        return []
    made_by = _chains_of(desk.session, promises)
    now = _kept(desk, made_by)
    before = counted_in(desk.session, desk.activity.id, FOLLOW_UPS, [f"{promise}" for promise in made_by])
    gone: list[Fact] = []
    more: list[tuple[str, Reached, int]] = []
    for promise in set(made_by):
        counted, kept = before.get(f"{promise}", Counted()), now.get(promise)
        if [Reached(f.subject, f.unit_id, f.happened_at) for f in counted.facts if f.subject] != (
            [kept] if kept else []
        ):
            gone += counted.facts
            more += [(f"{promise}", kept, counted.generation + 1)] if kept else []
    repair.count_as(desk, FOLLOW_UPS, more)
    return gone


def _chains_of(session: Session, promises: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Every record of the visits that made these promises -> the first record of that visit, which names the promise.

    A promise whose visit has not arrived is its own.
    """
    named = select(Visit.root).where(Visit.id.in_(promises))
    roots = {*promises, *session.scalars(named)}
    rows = session.execute(select(Visit.id, Visit.root).where(Visit.root.in_(roots)))
    return {root: root for root in roots} | {record: root for record, root in rows}  # noqa: C416 - the rows are no pairs to the type checker


def _kept(desk: Desk, made_by: Mapping[uuid.UUID, uuid.UUID]) -> dict[uuid.UUID, Reached]:
    """Promise -> where and when somebody was first met who had been promised it, by what stands."""
    first = aliased(Visit)
    at = func.coalesce(first.happened_at, Visit.happened_at)
    rows = desk.session.execute(
        select(Visit.id, Visit.follow_up_of, Household.subject, Visit.unit_id, at)
        .join(Household, Household.id == Visit.household_id)
        .outerjoin(first, first.id == Visit.root)
        .where(
            Visit.follow_up_of.in_(list(made_by)),
            Visit.activity_id == desk.activity.id,
            Visit.stands.is_(True),
            Visit.met == "adult",
        )
    )
    found: dict[uuid.UUID, tuple[datetime, uuid.UUID, Reached]] = {}
    for visit, promise, subject, unit, moment in rows:
        one, key = (moment, visit, Reached(subject, unit, moment)), made_by[promise or visit]
        found[key] = min(found.get(key, one), one, key=lambda each: each[:2])
    return {promise: kept for promise, (_, _, kept) in found.items()}
