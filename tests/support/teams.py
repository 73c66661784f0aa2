"""A community digital team in the commune of the tests: two members with their phones, one hamlet, five households."""

import uuid
from dataclasses import dataclass, field
from datetime import date

from backend import clock
from backend.teams import change, households
from tests.support.world import SINCE, Phone, World

NICKNAMES = ("Nhà bà Sáu", "Nhà ông Tư đầu xóm", "Quán cô Lan", "Nhà anh Minh", "Nhà chị Hoa")
DECISION = "15/QĐ-UBND"


@dataclass
class TeamWorld:
    """The team of `hamlet`; Lành (hư cấu) leads it, Mai (hư cấu) is the other member."""

    world: World
    team: uuid.UUID
    hamlet: uuid.UUID
    leader: Phone
    member: Phone
    households: list[uuid.UUID] = field(default_factory=list)

    def add(self, nickname: str, hamlet: uuid.UUID | None = None, team: uuid.UUID | None = None) -> uuid.UUID:
        """One more household, of this team and hamlet unless told otherwise."""
        with self.world.database.transaction() as session:
            return households.add(
                session, hamlet=hamlet or self.hamlet, kind="household", nickname=nickname,
                team=team or self.team, now=clock.now(),
            ).id  # fmt: skip


def person(phone: Phone) -> uuid.UUID:
    """The person who is signed in there."""
    return uuid.UUID(phone.me["id"])


def found_team(world: World, hamlet: uuid.UUID, name: str, code: str, since: date = SINCE) -> uuid.UUID:
    """A team without members."""
    with world.database.transaction() as session:
        return change.found_team(
            session, commune=world.commune, name=name, code=code, decision_number=DECISION, decision_date=since,
            decided_by="UBND xã Tân Khánh", areas=[hamlet], since=since,
        )  # fmt: skip


def plant_team(world: World) -> TeamWorld:
    """The team of hamlet Đồng Tiến with its two members and five households, in the order of their codes."""
    leader, member = world.phone("Lành"), world.phone("Mai")
    team = found_team(world, world.hamlet, "xóm Đồng Tiến", "05752-TCN01")
    with world.database.transaction() as session:
        for phone in (leader, member):
            change.join(session, team, person(phone), SINCE)
        change.appoint(session, team, person(leader))
    planted = TeamWorld(world, team, world.hamlet, leader, member)
    planted.households = [planted.add(nickname) for nickname in NICKNAMES]
    return planted
