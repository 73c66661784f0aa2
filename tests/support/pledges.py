"""A Party organisation with two cells in the commune of `world`, an open year of pledges, and members who register."""

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import select

from backend import clock
from backend.participation.models import Fact
from backend.people import staff
from backend.people.models import Membership, SubjectLink
from backend.safeguards.audit import OPERATOR
from backend.tallies.models import Tally
from backend.units import change as units
from campaigns import lifecycle
from campaigns.models import Activity, Campaign, Phase
from campaigns.pledge.readers import Reader
from campaigns.pledge.schemas import PledgeSettings
from tests.support.world import PASSWORD, SINCE, Phone, World

WORDS = {"vi": "Đăng ký nêu gương", "en": "Exemplary pledges"}


@dataclass
class Cells:
    """`binh` and `an` belong to the first cell, `chau` to the second; each cell has a secretary at the console."""

    world: World
    organisation: uuid.UUID
    cell: uuid.UUID
    other_cell: uuid.UUID
    binh: Phone
    an: Phone
    chau: Phone
    staff: dict[str, uuid.UUID] = field(default_factory=dict)

    @property
    def activity(self) -> uuid.UUID:
        return self.world.activity

    @property
    def secretary(self) -> Reader:
        return Reader(self.staff["secretary"], "secretary", self.cell)

    @property
    def other_secretary(self) -> Reader:
        return Reader(self.staff["other_secretary"], "secretary", self.other_cell)

    @property
    def committee(self) -> Reader:
        return Reader(self.staff["committee"], "committee", self.organisation)

    def mine(self, phone: Phone) -> dict[str, Any]:
        return dict(phone.get(f"/activities/{self.activity}/mine").json)

    def facts(self) -> dict[str, int]:
        """Measure -> what the standing facts of the year add up to."""
        with self.world.database.transaction(writes=False) as session:
            found: dict[str, int] = {}
            for fact in session.scalars(select(Fact).where(Fact.activity_id == self.activity)):
                found[fact.measure] = found.get(fact.measure, 0) + fact.quantity
        return {measure: count for measure, count in found.items() if count}

    def tallies(self, unit: uuid.UUID) -> dict[str, tuple[int, int]]:
        """Measure -> (quantity, people) of a unit, over all periods."""
        self.world.fold()
        with self.world.database.transaction(writes=False) as session:
            rows = session.scalars(
                select(Tally).where(
                    Tally.unit_id == unit, Tally.period == "all", Tally.activity_id == self.activity
                )
            )
            return {row.measure: (row.quantity, row.people) for row in rows}

    def subject(self, phone: Phone) -> uuid.UUID:
        with self.world.database.transaction(writes=False) as session:
            query = select(SubjectLink.subject).where(SubjectLink.person_id == uuid.UUID(phone.me["id"]))
            return session.scalars(query).one()


def found_cell(
    world: World, code: str = "05752-CB01", name: str = "Đồng Tiến", above: uuid.UUID | None = None
) -> uuid.UUID:
    """A cell, below the commune unless told otherwise."""
    with world.database.transaction() as session:
        return units.found(session, code=code, kind="party_cell", name=name, level_word="chi bộ", since=SINCE,
                           parents={"party": above or world.commune})  # fmt: skip


def item(**more: Any) -> dict[str, Any]:
    """A deed promised; everything filled in."""
    due = (clock.today() + timedelta(days=60)).isoformat()
    plain = {
        "id": str(uuid.uuid4()), "theme": "digital_transformation", "what": "Hướng dẫn 5 hộ nộp hồ sơ trực tuyến",
        "measure": "5 hộ tự nộp được", "due": due,
    }  # fmt: skip
    return plain | more


def register(phone: Phone, *items: dict[str, Any]) -> dict[str, Any]:
    """Write and hand in; the verdict of the handing in."""
    written = phone.do("pledge.items", {"items": list(items) or [item()]})
    assert written["outcome"] == "noted", written
    return phone.do("pledge.submit", {})


def belong(
    world: World, phone: Phone, cell: uuid.UUID, since: date = SINCE, until: date | None = None
) -> None:
    with world.database.transaction() as session:
        session.add(
            Membership(
                person_id=uuid.UUID(phone.me["id"]), unit_id=cell, kind="party_cell", valid_from=since, valid_to=until
            )
        )  # fmt: skip


def transfer(world: World, phone: Phone, cell: uuid.UUID) -> None:
    """From today a member of another cell."""
    with world.database.transaction() as session:
        query = select(Membership).where(
            Membership.person_id == uuid.UUID(phone.me["id"]), Membership.kind == "party_cell"
        )
        for row in session.scalars(query):
            row.valid_to = clock.today()
        session.add(
            Membership(
                person_id=uuid.UUID(phone.me["id"]), unit_id=cell, kind="party_cell", valid_from=clock.today()
            )
        )


def year_of_pledges(world: World, days_ago: int = 30, **settings: Any) -> Cells:
    """A year that began some days ago, with its cells, members and offices."""
    with world.database.transaction() as session:
        above = units.found(session, code="05752-DB", kind="party_organisation", name="xã Tân Khánh", level_word="đảng bộ",
                            since=SINCE, parents={"party": world.commune})  # fmt: skip
        cells = [
            units.found(session, code=f"05752-CB0{n}", kind="party_cell", name=name, level_word="chi bộ", since=SINCE,
                        parents={"party": above})
            for n, name in enumerate(("Đồng Tiến", "Cầu Cong"), start=1)
        ]  # fmt: skip
        offices = {
            name: staff.hire(session, name=title, username=name.replace("_", "."), password=PASSWORD, grants=[(role, unit)])
            for name, title, role, unit in (
                ("secretary", "Bí thư Lành", "cell_secretary", cells[0]),
                ("other_secretary", "Bí thư Hiền", "cell_secretary", cells[1]),
                ("committee", "Cấp ủy Thuận", "party_committee", above),
                ("board", "Ban Xây dựng Đảng", "party_building_board", above),
            )
        }  # fmt: skip
        world.staff |= offices
        _open(session, world, above, days_ago, settings)
    phones = [world.phone(name, consent=False) for name in ("Bình", "An", "Châu")]
    for phone, cell in zip(phones, (cells[0], cells[0], cells[1]), strict=True):
        belong(world, phone, cell)
        phone.agree("pledge_record")
    return Cells(world, above, cells[0], cells[1], *phones, staff=offices)


def _open(session: Any, world: World, owner: uuid.UUID, days_ago: int, settings: dict[str, Any]) -> None:
    now = clock.now()
    opens, closes = now - timedelta(days=days_ago), now + timedelta(days=364 - days_ago)
    campaign = Campaign(
        code="neu-guong", kind="emulation", title=WORDS, summary=WORDS, owner_unit_id=owner, counts_by="party_cell",
        population="members", made_at=opens, state="running", released_at=opens,
    )  # fmt: skip
    session.add(campaign)
    session.flush()
    phase = Phase(campaign_id=campaign.id, number=1, title=WORDS, opens_at=opens, closes_at=closes)
    session.add(phase)
    session.flush()
    activity = Activity(
        campaign_id=campaign.id, phase_id=phase.id, code="ca-nam", kind="pledge", title=WORDS, rules={"vi": ""},
        settings=msgspec.to_builtins(msgspec.convert(settings, PledgeSettings)), opens_at=opens, closes_at=closes,
    )  # fmt: skip
    session.add(activity)
    session.flush()
    lifecycle.open_activity(session, activity, OPERATOR)
    world.campaign, world.activity = campaign.id, activity.id
