"""A province and its communes, each a node of its own: database, key, application, clock; and the line between them.

    with province_and_communes(tmp_path, communes=3) as levels:
        levels.pledge_facts(...)
        levels.courier()                     # every child takes its turns until nothing moves
        levels.link.cut("after")             # see levels_link
        levels.pass_time(days=14)

All live in one process and none knows another's database. Time stands still unless `pass_time` moves it; a node whose
clock is wrong has a `skew`. Whatever a node does goes inside `node.here()` or `node.writing()`, which set its clock.
"""

import shutil
import sqlite3
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import httpx
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from backend import clock
from backend.app import create_app, services_of
from backend.config import Settings
from backend.db import migrate
from backend.db.base import new_id
from backend.db.engine import Database
from backend.db.node import found_node, serve, this_node
from backend.http import STAFF_TOKEN, NodeApp
from backend.people import sign_in, staff
from backend.safeguards.signing import Signer, packed, remember
from backend.units import change as units
from tests.support import postgres
from tests.support.levels_link import Link
from tests.support.world import PASSWORD

Engine = Literal["sqlite", "postgres"]
SINCE = date(2025, 7, 1)
START = datetime(2026, 11, 20, 3, tzinfo=UTC)
PROVINCE = ("19", "Thái Nguyên")
COMMUNES = (
    ("05917", "Tân Khánh"), ("05923", "Tân Thành"), ("05941", "Điềm Thụy"), ("05953", "Kha Sơn"), ("05908", "Phú Bình"),
    ("05488", "Đại Phúc"), ("05503", "Tân Cương"),
)  # fmt: skip
HAMLETS = ("Đồng Tiến", "Cầu Cong", "Kê", "Hoàng Mai")
HEADS = (40, 30, 25, 120)
"""Residents from seven, hamlet by hamlet."""

STAFF = {
    "operator": "system_operator", "operator2": "system_operator", "office": "party_office", "an": "campaign_admin",
    "releaser": "campaign_releaser", "drafter": "drafter", "reviewer": "reviewer", "signer": "signer", "clerk": "clerk",
    "province": "province_viewer", "head": "unit_head", "inspector": "inspector", "party": "party_committee",
    "building": "party_building_board", "front": "front", "editor": "question_editor", "ideas": "initiative_secretary",
}  # fmt: skip


_times = threading.local()


def _time_told() -> datetime:
    """Each thread has the clock of the node it works for: a server answers while the one who asked gave up waiting."""
    moment: Callable[[], datetime] | None = getattr(_times, "moment", None)
    return datetime.now(UTC) if moment is None else moment()


@contextmanager
def _clocks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "_read", _time_told)
        yield


@dataclass
class Node:
    """One node. `units`: code -> its own id of the unit. `skew`: how far its clock is ahead of the true time."""

    code: str
    name: str
    address: str
    settings: Settings
    database: Database
    signer: Signer
    app: NodeApp
    levels: "Levels"
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    units: dict[str, uuid.UUID] = field(default_factory=dict)
    staff: dict[str, uuid.UUID] = field(default_factory=dict)
    skew: timedelta = timedelta()

    @property
    def unit(self) -> uuid.UUID:
        return self.units[self.code]

    @property
    def hamlets(self) -> list[str]:
        """Codes of its hamlets, in order."""
        return sorted(code for code in self.units if code.startswith(f"{self.code}-T"))

    @contextmanager
    def here(self) -> Iterator[None]:
        """This node's clock, for this thread."""
        before = getattr(_times, "moment", None)
        _times.moment = lambda: self.levels.now + self.skew
        try:
            yield
        finally:
            _times.moment = before

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.here(), self.database.transaction() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.here(), self.database.transaction(writes=False) as session:
            yield session

    def epoch(self) -> uuid.UUID:
        with self.reading() as session:
            return this_node(session).epoch

    def browser(self, who: str) -> FlaskClient:
        """A console signed in. Use it inside `here()`."""
        self.app.config["WTF_CSRF_METHODS"] = set()  # forms need no token here
        client = self.app.test_client()
        with self.writing() as session:
            token, _ = sign_in.open_session(session, self.staff[who], new_id())
        with client.session_transaction() as cookie:
            cookie[STAFF_TOKEN] = token
        return client

    def close(self) -> None:
        self.database.close()


@dataclass
class Levels:
    """All nodes and the line. `now`: the true time."""

    folder: Path
    engine: Engine
    link: Link = field(default_factory=Link)
    nodes: dict[str, Node] = field(default_factory=dict)
    now: datetime = START

    @property
    def province(self) -> Node:
        return self.nodes[PROVINCE[0]]

    @property
    def communes(self) -> list[Node]:
        return [node for code, node in self.nodes.items() if code != PROVINCE[0]]

    def __getitem__(self, code: str) -> Node:
        return self.nodes[code]

    def client_of(self, node: Node) -> httpx.Client:
        """Through which that node calls others; a test with real ports puts its own in this place."""
        return self.link.client()

    def pass_time(self, **by: float) -> None:
        """`pass_time(days=14)`: the true time moves on for all."""
        self.now += timedelta(**by)

    def turn(self, node: Node) -> bool:
        """One turn of that node's courier; True when more may wait."""
        from backend.federation.packets import courier
        from backend.streams import book

        with node.here(), self.client_of(node) as client:
            return courier.turn(node.database, node.signer, book(), client)

    def courier(self, *nodes: Node, rounds: int = 200) -> None:
        """Every child (or those named) until nothing moves. Raises AssertionError when it does not come to rest."""
        for _ in range(rounds):
            moved = [self.turn(node) for node in nodes or self.communes]
            if not any(moved):
                return
        raise AssertionError("the couriers do not come to rest")

    def close(self) -> None:
        for node in self.nodes.values():
            node.close()
            if self.engine == "postgres":
                postgres.drop_database(str(node.database.engine.url.database))


@contextmanager
def province_and_communes(
    tmp_path: Path,
    communes: int = 3,
    database: Engine = "sqlite",
    lines: tuple[str, ...] = ("party", "state"),
) -> Iterator[Levels]:
    """One province and its communes, each enrolled with it on every line of `lines`; () leaves them strangers."""
    levels = Levels(tmp_path, database)
    clocks = _clocks()
    clocks.__enter__()
    try:
        for place, (code, name) in enumerate((PROVINCE, *COMMUNES[:communes])):
            levels.nodes[code] = found(levels, place, code, name)
        for child in levels.communes:
            for line in lines:
                enrol(levels.province, child, line)
        yield levels
    finally:
        levels.close()
        clocks.__exit__(None, None, None)


# --- founding -----------------------------------------------------------------------------------------------------


def found(levels: Levels, place: int, code: str, name: str) -> Node:
    """A node with its units and staff, no peer yet."""
    folder = levels.folder / code
    folder.mkdir()
    signer_seed = packed(uuid.uuid5(uuid.NAMESPACE_OID, code).bytes * 2)
    address = f"http://{'tinh' if code == PROVINCE[0] else 'xa'}-{code}.localhost"
    settings = Settings(
        mode="demo", data=folder, database_url=_fresh(levels.engine, folder), secret_key=f"a key of {code}",
        identity="demo", signing_key=signer_seed, public_url=address,
    )  # fmt: skip
    database = Database(settings.database_url)
    node = Node(code, name, address, settings, database, Signer(signer_seed), _app(place), levels)
    node.app.services = services_of(settings, database)
    levels.link.nodes[address] = node
    _plant(node)
    return node


@contextmanager
def found_single(levels: Levels) -> Iterator[Node]:
    """One node that knows the hamlets of all communes and has no peer: with what it counts the others are compared."""
    folder = levels.folder / f"single-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    settings = Settings(
        mode="demo", data=folder, database_url=_fresh(levels.engine, folder), secret_key="one", identity="demo"
    )  # fmt: skip
    node = Node(PROVINCE[0], "một nút", "", settings, Database(settings.database_url), Signer.throw_away(), _app(0), levels)  # fmt: skip
    try:
        with node.writing() as session:
            found_node(session, "Một nút")
            node.units = _units(session, node)
            for commune in levels.communes:
                node.units |= _hamlets(session, commune.code, node.units[commune.code])
        yield node
    finally:
        node.close()
        if levels.engine == "postgres":
            postgres.drop_database(str(node.database.engine.url.database))


def copied(levels: Levels, folder: Path) -> Levels:
    """The same nodes with databases of their own, as they stand now: much quicker than founding them. SQLite only."""
    new = Levels(folder, levels.engine, now=levels.now)
    for code, node in levels.nodes.items():
        place = folder / code
        place.mkdir()
        with (
            closing(sqlite3.connect(_file(node))) as here,
            closing(sqlite3.connect(place / "lantoa.sqlite3")) as there,
        ):
            here.backup(there)
        settings = replace(node.settings, data=place, database_url=f"sqlite:///{place / 'lantoa.sqlite3'}")
        made = replace(node, settings=settings, database=Database(settings.database_url), levels=new)
        replace_app(made)
        new.nodes[code] = new.link.nodes[made.address] = made
    return new


def _file(node: Node) -> str:
    return str(node.database.engine.url.database)


def replace_app(node: Node) -> None:
    """As if its web processes were started again: what they remembered is gone."""
    node.app.services = services_of(node.settings, node.database)


def _plant(node: Node) -> None:
    with node.writing() as session:
        node.id = found_node(session, f"Nút {node.name}").id
        node.units = _units(session, node)
        serve(session, node.unit)
        node.staff = {
            who: staff.hire(session, name=who, username=who, password=PASSWORD, grants=[(role, node.unit)])
            for who, role in STAFF.items()
        }
        remember(session, node.signer)


def _units(session: Session, node: Node) -> dict[str, uuid.UUID]:
    """The province, every commune of it, and hamlets below the node's own one."""
    code, name = PROVINCE
    above = units.found(session, code=code, kind="province", name=name, level_word="tỉnh", since=SINCE)
    found = {code: above}
    for code, name in COMMUNES:
        found[code] = units.found(
            session, code=code, kind="commune", name=name, level_word="xã", since=SINCE, parents={"territory": above}
        )  # fmt: skip
    if node.code in dict(COMMUNES):
        found |= _hamlets(session, node.code, found[node.code])
    return found


def _hamlets(session: Session, code: str, commune: uuid.UUID) -> dict[str, uuid.UUID]:
    found = {}
    for number, (name, people) in enumerate(zip(HAMLETS, HEADS, strict=True), start=1):
        own = f"{code}-T{number:02d}"
        found[own] = units.found(
            session, code=own, kind="hamlet", name=name, level_word="xóm", since=SINCE, parents={"territory": commune}
        )  # fmt: skip
        units.count_heads(session, found[own], "residents_from_7", date(2026, 6, 30), people, "thử nghiệm")
    units.count_heads(session, commune, "residents_from_7", date(2026, 6, 30), sum(HEADS), "thử nghiệm")
    return found


@cache
def _app(place: int) -> NodeApp:
    """Putting an application together costs seconds: one a place, kept for the process."""
    nowhere = Settings(
        mode="demo", data=Path(tempfile.gettempdir()), database_url="sqlite://", secret_key=f"key {place}", identity="demo"
    )  # fmt: skip
    return create_app(nowhere, database=Database("sqlite://"))


@cache
def _template(engine: Engine) -> str:
    """A migrated database to copy: a file's path or a database's name."""
    name = f"levels_{uuid.uuid4().hex}"
    place = Path(tempfile.mkdtemp(prefix="lantoa-levels-")) / "template.sqlite3"
    url = f"sqlite:///{place}" if engine == "sqlite" else postgres.create_database(name)
    database = Database(url)
    migrate.upgrade(database.engine)
    database.close()
    return str(place) if engine == "sqlite" else name


def _fresh(engine: Engine, folder: Path) -> str:
    if engine == "postgres":
        return postgres.create_database(f"l_{uuid.uuid4().hex}", template=_template(engine))
    shutil.copy(_template(engine), folder / "lantoa.sqlite3")
    return f"sqlite:///{folder / 'lantoa.sqlite3'}"


# --- knowing each other -------------------------------------------------------------------------------------------


def enrol(parent: Node, child: Node, line: str) -> None:
    """As if two persons on both sides had compared and confirmed: rows alone. `tests/federation` walks the real way."""
    for here, there, side in ((parent, child, "child"), (child, parent, "parent")):
        with here.writing() as session:
            _know(session, here, there, side, line)


def _know(session: Session, here: Node, there: Node, side: str, line: str) -> None:
    from backend.federation.peers.models import Peer, PeerKey, PeerReach

    now = clock.now()
    persons = {
        "proposed_by": here.staff["operator"],
        "confirmed_by": here.staff["operator2"],
        "confirmed_at": now,
    }
    peer = Peer(
        id=new_id(), node_id=there.id, name=there.name, unit_code=there.code, side=side, line=line, state="active",
        address=there.address if side == "parent" else "", epoch=there.epoch(), proposed_at=now, **persons,
    )  # fmt: skip
    session.add(peer)
    session.flush()  # its key and reach point to it
    signer, from_at = there.signer, now - timedelta(days=100)
    session.add(
        PeerKey(
            peer_id=peer.id, key_id=signer.key_id, public=packed(signer.public), from_at=from_at, **persons
        )
    )
    session.add(PeerReach(peer_id=peer.id, unit_code=there.code, from_on=SINCE))
