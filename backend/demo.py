"""Planting the demo commune: invented people who took part over the last days, through the same doors as real ones."""

import json
import random
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import yaml
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session
from tqdm import tqdm

from backend import clock, figures
from backend.config import Settings
from backend.db import migrate
from backend.db.base import Base, new_id
from backend.db.engine import Database
from backend.db.node import Node, found_node
from backend.participation.deeds import ReadingIn
from backend.people import consents, keys, sign_in, staff
from backend.people.rules import normal_phone
from backend.people.sign_in import Participant
from backend.safeguards.audit import OPERATOR
from backend.units import change as units
from backend.units.models import JoinCode
from campaigns import lifecycle
from campaigns.models import Activity
from campaigns.registry import kind_named, measure_book
from campaigns.respond import Batch, respond

DATA = yaml.safe_load((Path(__file__).parent / "demo.yaml").read_text(encoding="utf-8"))
SINCE = date(2025, 7, 1)
PACK = "tim-hieu-chuyen-doi-so"
DAYS_BACK = 12


@dataclass(frozen=True)
class Planted:
    """The units of the demo commune."""

    commune: uuid.UUID
    hamlets: dict[str, uuid.UUID]


def clear(settings: Settings) -> None:
    """Throw everything in the demo database away."""
    database = Database(settings.database_url)
    with database.engine.begin() as connection:
        names = [n for n in inspect(connection).get_table_names() if n != "alembic_version"]
        if database.engine.dialect.name == "postgresql" and names:
            connection.execute(text(f"TRUNCATE {', '.join(names)} CASCADE"))
            return
        for table in reversed(Base.metadata.sorted_tables):
            if table.name in names:
                connection.execute(table.delete())
    database.close()


def plant(settings: Settings) -> None:
    """Migrate and plant, once: a database that already has a node is left as it is."""
    database = Database(settings.database_url)
    migrate.upgrade(database.engine)
    with database.transaction(writes=False) as session:
        if session.scalars(select(Node)).first() is not None:
            return
    print("Gieo dữ liệu minh hoạ: xã Tân Khánh, người và số liệu đều hư cấu ...", flush=True)
    with database.transaction() as session:
        found_node(session, DATA["node"])
        planted = plant_units(session)
        _plant_staff(session, planted)
        activity = plant_contest(session, planted)
        # All in one transaction: a demo that was interrupted is planted anew, not left half.
        _plant_people(session, planted, activity)
    figures.fold_all(database, measure_book())
    database.close()


def plant_units(session: Session) -> Planted:
    """The province, the commune, its hamlets with headcounts, cells, school and classes."""

    def unit(kind: str, row: dict[str, Any], code: str, **parents: uuid.UUID) -> uuid.UUID:
        return units.found(
            session,
            code=code,
            kind=kind,
            name=row["name"],
            level_word=row.get("level_word", ""),
            since=SINCE,
            parents=parents,
        )

    province = unit("province", DATA["province"], DATA["province"]["code"])
    commune = unit("commune", DATA["commune"], DATA["commune"]["code"], territory=province)
    hamlets = {
        row["name"]: unit("hamlet", row | {"level_word": "xóm"}, f"DEMO-TK-T{n:02d}", territory=commune)
        for n, row in enumerate(DATA["hamlets"], start=1)
    }
    for number, row in enumerate(DATA["cells"], start=1):
        unit("party_cell", row, f"DEMO-TK-CB{number:02d}", party=commune)
    school = unit("school", DATA["school"] | {"level_word": "trường"}, "DEMO-TK-S01", territory=commune)
    for number, row in enumerate(DATA["school"]["classes"], start=1):
        place = unit(
            "school_class", row | {"level_word": "lớp"}, f"DEMO-TK-S01-L{number:02d}", territory=school
        )
        session.add(JoinCode(code=row["join_code"], unit_id=place))
    _plant_headcounts(session, commune, hamlets)
    return Planted(commune, hamlets)


def _plant_headcounts(session: Session, commune: uuid.UUID, hamlets: dict[str, uuid.UUID]) -> None:
    day, source = DATA["counted_on"], DATA["source"]
    for row in DATA["hamlets"]:
        units.count_heads(session, hamlets[row["name"]], "residents_from_7", day, row["people"], source)
    total = sum(row["people"] for row in DATA["hamlets"])
    units.count_heads(session, commune, "residents_from_7", day, total, source)


def _plant_staff(session: Session, planted: Planted) -> None:
    for row in DATA["staff"]:
        place = planted.hamlets.get(row.get("unit", ""), planted.commune)
        staff.hire(
            session,
            name=row["name"],
            username=row["username"],
            password=DATA["password"],
            grants=[(role, place) for role in row["roles"]],
        )


def plant_contest(session: Session, planted: Planted) -> uuid.UUID:
    """The contest of the shipped pack, opened some days ago; answers its activity."""
    opened = clock.now().replace(hour=1, minute=0, second=0, microsecond=0) - timedelta(days=DAYS_BACK)
    with clock.stopped_at(opened):
        campaign = lifecycle.launch(
            session, PACK, planted.commune, opened, opened + timedelta(days=DAYS_BACK + 18), OPERATOR
        )
        activity = session.scalars(select(Activity).where(Activity.campaign_id == campaign.id)).one()
        lifecycle.open_activity(session, activity, OPERATOR)
    return activity.id


def _plant_people(session: Session, planted: Planted, activity_id: uuid.UUID) -> None:
    """Family first, then contestants, each on an invented phone that nobody can hold (they have no number)."""
    chance = random.Random(57)
    pin = keys.hash_secret("0000")
    _plant_family(session, planted)
    everybody = [row["name"] for row in DATA["hamlets"] for _ in range(row["entrants"])]
    chance.shuffle(everybody)
    now = clock.now()
    for hamlet in tqdm(everybody, desc="người dự thi", unit="", disable=None):
        _take_part(session, activity_id, planted.hamlets[hamlet], _moment(chance, now), chance, pin)


def _moment(chance: random.Random, now: datetime) -> datetime:
    """People come in the evening mostly, many in the first days and again near the end, the last ones yesterday."""
    progress = chance.betavariate(0.8, 0.9)
    day = now - timedelta(days=1 + (1 - progress) * (DAYS_BACK - 2))
    hour = chance.choice([1, 4, 5, 11, 12, 12, 13, 13, 14])
    return day.replace(hour=hour, minute=chance.randint(0, 59), second=chance.randint(0, 59), microsecond=0)


def _take_part(
    session: Session,
    activity_id: uuid.UUID,
    hamlet: uuid.UUID,
    moment: datetime,
    chance: random.Random,
    pin: str,
) -> None:
    with clock.stopped_at(moment) as move:
        who = _contestant(session, hamlet, chance, pin)
        activity = session.get_one(Activity, activity_id)
        seq = iter(range(1, 1000))

        def act(action: str, body: dict[str, Any], seconds: int) -> dict[str, Any]:
            move(timedelta(seconds=seconds))
            return _push(session, who, next(seq), activity_id, action, body)

        kind_named(activity.kind).seed(session, activity, act, chance)


def _contestant(session: Session, hamlet: uuid.UUID, chance: random.Random, pin: str) -> Participant:
    name = " ".join(chance.choice(DATA[part]) for part in ("surnames", "middle", "given"))
    person = sign_in.join(
        session,
        f"demo-{uuid.uuid4().hex[:12]}",  # a number nobody can hold
        name=f"{name} (hư cấu)",
        birth_year=chance.randint(1948, 2006),
        pin_hash=pin,
        hamlet=hamlet,
    )
    consents.give(session, person.id, "contest_entry", consents.texts()["contest_entry"].version, "demo")
    token, _ = sign_in.open_session(session, person.id, new_id())
    session.flush()  # the session is read back
    return sign_in.participant(session, token)


def _push(
    session: Session, who: Participant, seq: int, activity: uuid.UUID, action: str, body: dict[str, Any]
) -> dict[str, Any]:
    wall, boot = clock.milliseconds(clock.now()), str(who.device)
    operation = {
        "id": str(new_id()),
        "seq": seq,
        "activity": str(activity),
        "action": action,
        "schema": 1,
        "wall_ms": wall,
        "mono_ms": wall,
        "boot_id": boot,
        "anchor": None,
        "body": body,
    }
    sent = ReadingIn(wall, wall, uuid.UUID(boot))
    (verdict,) = respond(session, Batch(who, uuid.UUID(boot), sent, [msgspec.json.encode(operation)]))
    if verdict.outcome == "refused" or verdict.result is None:
        raise RuntimeError(f"the demo was refused: {verdict.reason}")
    return json.loads(json.dumps(verdict.result, default=str))  # type: ignore[no-any-return]


def _plant_family(session: Session, planted: Planted) -> None:
    """Two people who share a phone, for trying the sign-in: the number and PIN are on the demo's front page."""
    family = DATA["family"]
    for name in family["names"]:
        sign_in.join(
            session,
            normal_phone(family["phone"]),
            name=f"{name} (hư cấu)",
            birth_year=1975,
            pin_hash=keys.hash_secret(family["pin"]),
            hamlet=planted.hamlets[family["hamlet"]],
        )
