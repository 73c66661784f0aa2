"""A team of the commune with members, households and its leader's login, for the tests of the console."""

import uuid
from datetime import date

from backend import clock
from backend.people import staff
from backend.teams import change, households
from tests.support.world import PASSWORD, World

DECISION = "12/QĐ-UBND"


def found_team(
    world: World, hamlet: uuid.UUID | None = None, code: str = "05752-TCN1", name: str = "xóm Đồng Tiến"
) -> uuid.UUID:
    with world.database.transaction() as session:
        return change.found_team(
            session, commune=world.commune, name=name, code=code, decision_number=DECISION,
            decision_date=date(2025, 8, 8), decided_by="Ủy ban nhân dân xã Tân Khánh",
            areas=[hamlet or world.hamlet], since=date(2025, 8, 8),
        )  # fmt: skip


def join(world: World, team: uuid.UUID, person: uuid.UUID) -> None:
    with world.database.transaction() as session:
        change.join(session, team, person, date(2025, 9, 1))


def household(
    world: World, nickname: str, team: uuid.UUID | None = None, hamlet: uuid.UUID | None = None
) -> uuid.UUID:
    with world.database.transaction() as session:
        return households.add(
            session,
            hamlet=hamlet or world.hamlet,
            kind="household",
            nickname=nickname,
            team=team,
            now=clock.now(),
        ).id


def hire_leader(world: World, team: uuid.UUID, name: str = "lan") -> None:
    with world.database.transaction() as session:
        world.staff[name] = staff.hire(
            session, name=name, username=name, password=PASSWORD, grants=[("team_leader", team)]
        )
