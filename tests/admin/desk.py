"""What the tests of the console share: a member of staff at a browser, the trail, and a commune that took part."""

import uuid
from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from backend import clock
from backend.db.base import new_id
from backend.http import STAFF_TOKEN
from backend.inspection import actions as inspection
from backend.people import sign_in
from backend.safeguards.audit import Actor
from backend.safeguards.models import AuditEntry
from backend.units import change as units
from campaigns.contest.models import ContestAttempt
from tests.support.contest import Written, write_paper
from tests.support.world import SINCE, World

Desk = Callable[[str], FlaskClient]


def at_desk(world: World) -> Desk:
    """A browser at which a member of staff is signed in; forms need no token here."""
    world.app.config["WTF_CSRF_METHODS"] = set()

    def at(who: str) -> FlaskClient:
        client = world.client()
        with world.database.transaction() as session:
            token, _ = sign_in.open_session(session, world.staff[who], new_id())
        with client.session_transaction() as cookie:
            cookie[STAFF_TOKEN] = token
        return client

    return at


def trail(world: World, deed: str) -> list[AuditEntry]:
    """Entries of that deed, oldest first."""
    with world.database.transaction(writes=False) as session:
        return list(
            session.scalars(select(AuditEntry).where(AuditEntry.deed == deed).order_by(AuditEntry.at))
        )


EVERY_FIGURE = ("scorecards", "targets", "facts")


def running_file(world: World, *units: uuid.UUID, materials: tuple[str, ...] = EVERY_FIGURE) -> uuid.UUID:
    """An inspection file that opens every kind of figure of these units to the inspector today, or those named."""
    today = clock.today()
    by, other = (Actor("staff", world.staff[who]) for who in ("inspector", "party"))
    told = inspection.Planned(
        "Kiểm tra", "Theo chương trình", today, today - timedelta(days=400), today, units,
        materials, (world.staff["inspector"],),
    )  # fmt: skip
    with world.database.transaction() as session:
        file = inspection.plan(session, world.commune, told, by)
        inspection.decide(session, file, str(file), "QĐ số 5", today, today, other)
    return file


def take_part(
    world: World,
    people: int,
    unit: uuid.UUID | None = None,
    right: int = 4,
    apart: timedelta = timedelta(minutes=2),
) -> list[Written]:
    """So many people hand in a paper, one after the other, the last one now; counted."""
    papers = []
    with world.database.transaction() as session:
        for n in range(people):
            moment = clock.now() - apart * (people - 1 - n)
            papers.append(write_paper(session, world, new_id(), right, at=moment, unit=unit, guess=3))
            _answer(session.get_one(ContestAttempt, papers[-1].attempt), n)
    world.fold()
    return papers


def _answer(row: ContestAttempt, n: int) -> None:
    """Answers of one's own, so that nobody looks like a copy of somebody else."""
    row.answers = {"d": ["x"]} | {
        str(place): ["abcd"[(n >> (2 * (place - 1))) % 4], 0, 1, 0] for place in range(1, 6)
    }


def more_hamlets(world: World, *people: int) -> list[uuid.UUID]:
    """Further hamlets of those sizes in the commune; before the contest is opened, so that they are counted in it."""
    made = []
    with world.database.transaction() as session:
        for number, heads in enumerate(people, start=11):
            unit = units.found(
                session, code=f"05752-T{number}", kind="hamlet", name=f"Xóm mới {number}", level_word="xóm",
                since=SINCE, parents={"territory": world.commune},
            )  # fmt: skip
            units.count_heads(session, unit, "residents_from_7", SINCE, heads, "thử nghiệm")
            made.append(unit)
    return made
