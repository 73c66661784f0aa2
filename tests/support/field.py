"""A round of household visits in the commune of the tests, and what a member's phone does in it."""

import uuid
from typing import Any

from sqlalchemy import func, select

from backend.db.base import new_id
from backend.participation import changes
from backend.participation.models import Fact
from backend.people.consents import texts
from backend.safeguards.audit import OPERATOR
from campaigns import lifecycle
from campaigns.models import Activity
from tests.support.world import Phone, World


def open_visits(world: World) -> uuid.UUID:
    """An open activity of the kind visit beside the contest."""
    words = {"vi": "Đi từng ngõ, gõ từng nhà", "en": "House to house"}
    with world.database.transaction() as session:
        contest = session.get_one(Activity, world.activity)
        activity = Activity(
            campaign_id=world.campaign, phase_id=contest.phase_id, code="tham-ho", kind="visit", title=words,
            rules=words, settings={}, opens_at=contest.opens_at, closes_at=contest.closes_at,
        )  # fmt: skip
        session.add(activity)
        session.flush()  # it is opened by its id
        lifecycle.open_activity(session, activity, OPERATOR)
        return activity.id


def visit(phone: Phone, activity: uuid.UUID, household: uuid.UUID, **more: Any) -> str:
    """The frozen bytes of a visit in which VNeID was installed; `body` changes what is in it, the rest the operation."""
    body = {
        "household": str(household), "met": "adult", "consent": texts()["visit_record"].version,
        "services": [{"service": "vneid", "outcome": "installed"}],
    } | more.pop("body", {})  # fmt: skip
    return phone.freeze("visit.log", body, activity=str(activity), **more)


def new_household(phone: Phone, activity: uuid.UUID, hamlet: uuid.UUID, nickname: str, **more: Any) -> str:
    """The frozen bytes of a household met for the first time."""
    body = {
        "household": str(more.pop("household", new_id())),
        "kind": "household",
        "nickname": nickname,
        "hamlet": str(hamlet),
    }
    return phone.freeze("visit.household", body, activity=str(activity), **more)


def verdicts(phone: Phone, *frozen: str) -> list[dict[str, Any]]:
    answer = phone.push(*frozen)
    assert answer.status_code == 200, answer.text
    return list(answer.json["results"])


def counted(world: World, measure: str, **where: Any) -> int:
    """What the ledger holds of a measure: its facts less what was taken back."""
    query = select(func.coalesce(func.sum(Fact.quantity), 0)).where(Fact.measure == measure)
    for column, value in where.items():
        query = query.where(getattr(Fact, column) == value)
    with world.database.transaction(writes=False) as session:
        return int(session.scalar(query) or 0)


def pulled(phone: Phone, cursor: int = 0) -> list[dict[str, Any]]:
    """What a pull says once the worker has numbered what changed."""
    with phone.world.database.transaction() as session:
        changes.number_new(session)
    return list(phone.get(f"/sync/pull?cursor={cursor}").json["changes"])
