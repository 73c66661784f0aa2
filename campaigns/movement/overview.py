"""Movements there are, for the doors. Each asks for what it shows, never for all activities of the node."""

import uuid
from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.db.statements import among
from backend.errors import NotFound
from campaigns.models import Activity, Campaign

NAME = "movement"
Pair = tuple[Activity, Campaign]


def _movements() -> Select[Activity, Campaign]:
    query = select(Activity, Campaign).join(Campaign, Campaign.id == Activity.campaign_id)
    return query.where(Activity.kind == NAME).order_by(Activity.opens_at.desc(), Activity.id)


def of_owners(session: Session, owners: Collection[uuid.UUID]) -> list[Pair]:
    """Of campaigns these units run, drafts among them, the newest opening first."""
    rows = session.execute(_movements().where(among(Campaign.owner_unit_id, owners)))
    return [(row[0], row[1]) for row in rows]


def owners(session: Session) -> set[uuid.UUID]:
    """Units that run a movement."""
    query = select(Campaign.owner_unit_id).join(Activity, Activity.campaign_id == Campaign.id)
    return set(session.scalars(query.where(Activity.kind == NAME).distinct()))


def opened(session: Session, most: int) -> list[Pair]:
    """Those that have opened, which everybody may see: at most so many, the newest first."""
    query = _movements().where(Campaign.state != "draft", Activity.state != "scheduled")
    return [(row[0], row[1]) for row in session.execute(query.limit(most))]


def one(session: Session, activity: uuid.UUID) -> Pair:
    """A movement whatever its state. Raises NotFound."""
    row = session.execute(_movements().where(Activity.id == activity)).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def public_one(session: Session, activity: uuid.UUID) -> Pair:
    """One that has opened. Raises NotFound."""
    found = one(session, activity)
    if found[1].state == "draft" or found[0].state == "scheduled":
        raise NotFound
    return found
