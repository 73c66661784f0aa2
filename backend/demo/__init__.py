"""Planting the demo commune: invented people who took part over the last weeks, through the same doors as real ones."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from backend import clock
from backend.config import Settings
from backend.db import migrate
from backend.db.base import Base
from backend.db.engine import Database
from backend.db.node import Node, found_node, serve
from backend.db.statements import on_postgres
from backend.demo import awards, common, giving, history, inspection, movements, plans, targets
from backend.demo.cards import CardMonth
from backend.demo.data import DATA, FULL, SEED, SMALL, Size
from backend.demo.fieldwork import FieldWork
from backend.demo.ideas import IdeaYear
from backend.demo.papers import Phones
from backend.demo.places import Planted, plant_units
from backend.demo.pledges import PledgeYear
from backend.demo.register import hire_staff, write_down
from backend.demo.reports import ReportSeason
from backend.demo.residents import Inventing
from backend.demo.tell import where_to_go
from backend.participation import changes
from backend.safeguards.audit import OPERATOR, note
from backend.safeguards.models import AuditEntry
from backend.safeguards.signing import Signer
from campaigns import campaigns
from campaigns.contest import KIND as CONTEST

__all__ = [
    "DATA",
    "FULL",
    "SMALL",
    "NoDemo",
    "Planted",
    "Size",
    "plant",
    "where_to_go",
]

PLANTED = "demo.plant"
"""The deed on the trail that says which world was planted."""


class NoDemo(Exception):
    """The database is that of a node that is no demo: nothing of it is touched."""

    def __str__(self) -> str:
        return "This database belongs to a node that is no demo. Set LANTOA_DATA or LANTOA_DATABASE_URL to another place."


def plant(settings: Settings, size: Size = FULL, *, fresh: bool = False) -> bool:
    """Migrate and plant. The same world is left as it is unless `fresh`, that of an older demo is thrown away.

    Answers whether something was planted. Raises NoDemo.
    """
    database = Database(settings.database_url)
    try:
        migrate.upgrade(database.engine)
        with database.transaction(writes=False) as session:
            found = _found(session)
        if found == size.stamp and not fresh:
            return False
        if found is not None:
            print("Dữ liệu dùng thử đã có được thay bằng dữ liệu mới.", flush=True)
        _plant(database, settings, size)
        return True
    finally:
        database.close()


def _found(session: Session) -> str | None:
    """The stamp of the world that is there; None on an empty database. Raises NoDemo."""
    node = session.scalars(select(Node)).first()
    if node is None:
        return None
    if node.name != DATA["node"]:
        raise NoDemo
    trail = select(AuditEntry.reason).where(AuditEntry.deed == PLANTED).order_by(AuditEntry.at.desc())
    return session.scalars(trail).first() or "planted before worlds were stamped"


def _empty(session: Session) -> None:
    """Throw away every row; a database without any stays as it is."""
    tables = [table for table in Base.metadata.sorted_tables if table.name != "alembic_version"]
    if on_postgres(session):
        session.execute(text(f"TRUNCATE {', '.join(table.name for table in tables)} CASCADE"))
        return
    session.execute(text("PRAGMA defer_foreign_keys = ON"))  # all of it goes, in whatever order
    with _without_guards(session):
        for table in tables:
            session.execute(table.delete())


@contextmanager
def _without_guards(session: Session) -> Iterator[None]:
    """Rows that are never changed go too when a demo is thrown away as a whole; their guards are back before anything else."""
    guards = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _ in guards:
        session.execute(text(f'DROP TRIGGER "{name}"'))
    yield
    for _, guard in guards:
        session.execute(text(guard))


def _plant(database: Database, settings: Settings, size: Size) -> None:
    """All in one transaction: interrupted, it leaves what was there before, and the next try plants anew."""
    print(
        "Gieo dữ liệu minh hoạ: xã Tân Khánh, người và số liệu đều hư cấu (khoảng một phút) ...", flush=True
    )
    signer = Signer(settings.signing_key) if settings.signing_key else Signer.throw_away()
    with database.transaction() as session:
        _empty(session)
        found_node(session, DATA["node"])
        planted = plant_units(session)
        serve(session, planted.commune)
        _live(session, planted, signer, size, settings.public_url)
        history.count_all(session)
        changes.number_new(session)
        note(session, OPERATOR, PLANTED, "node", reason=size.stamp)


def _live(session: Session, planted: Planted, signer: Signer, size: Size, public_url: str) -> None:
    """Staff, residents, and the campaigns they lived through."""
    now, chance = clock.now(), random.Random(SEED)
    pack, played = history.shipped_pack(), history.rounds(now)
    with clock.stopped_at(played[0].opens - timedelta(days=20)):
        staff = hire_staff(session, planted)
    crew = history.Crew.of(staff)
    people = Inventing(chance, planted, size, clock.local_day(now).year).everybody()
    planned = history.planned(people, played, size, chance)
    campaign = history.prepare(session, awards.with_awards(pack), planted, played, crew)
    write_down(session, people, planted, campaign.id, chance)
    playing = history.Playing(session, planted, crew, signer, Phones(session, chance), chance, public_url)
    activities = [activity for _, rows in campaigns.rounds_of(session, campaign) for activity in rows]
    contests = [activity for activity in activities if activity.kind == CONTEST.name]
    for activity, round_, takings in zip(contests, played, planned, strict=True):
        playing.play(activity, round_, takings)
    history.prepare_others(session, pack, planted, crew, now)
    common.plant(session, planted, crew, now)
    FieldWork(session, planted, crew, playing.phones, chance, size).live(people, now)
    PledgeYear(session, planted, crew, staff, playing.phones, chance, size).live(people, now)
    # A chance of its own: how many newcomers a small world needs must not hang on the minute of planting.
    own = random.Random(SEED + 1)
    IdeaYear(session, planted, crew, staff, playing.phones, own, now).live(people)
    targets.plant(session, planted.organisation, staff, now)
    CardMonth(session, planted, staff, playing.phones).live(people, now)
    ReportSeason(session, planted, staff, now).live()
    plans.plant(session, planted, staff)
    inspection.plant(session, planted, staff)
    giving.plant(session, planted.commune, staff, now)
    season = awards.AwardSeason(session, planted, staff, playing.phones, signer, public_url, played[-1].opens)
    season.live(campaign, people, played)
    year = movements.MovementYear(session, planted, crew, staff, playing.phones, signer, own, now)
    year.live(people)
