"""A commune of invented people for benchmarks: planted by copying, a hundred thousand in seconds."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from backend import clock
from backend.config import Settings
from backend.db import migrate
from backend.db.base import new_id
from backend.db.engine import Database
from backend.db.node import found_node, serve
from backend.people import keys
from backend.people.consents import texts
from backend.safeguards.audit import OPERATOR
from backend.units import change as units
from campaigns import lifecycle
from campaigns.contest.models import ContestQuestion
from campaigns.models import Activity, Campaign, Phase
from loadtests.machine import plain

SINCE, COUNTED = date(2025, 7, 1), date(2026, 6, 30)
HAMLETS, QUESTIONS = 27, 60
CONTEST: dict[str, Any] = {
    "questions_per_attempt": 20, "time_limit_s": 7200, "grace_s": 120, "attempts_per_person": 1, "pass_right": 12,
    "prediction": True, "show_result": "at_submit",
}  # fmt: skip
WORDS = {"vi": "Cuộc thi thử tải (hư cấu)", "en": "Load test contest (invented)"}


@dataclass(frozen=True)
class Commune:
    """Where the people live and what is on there."""

    database_url: str
    commune: uuid.UUID
    hamlets: tuple[uuid.UUID, ...]
    campaign: uuid.UUID
    activity: uuid.UUID

    def connect(self) -> psycopg.Connection[Any]:
        """A plain connection that does not wait for the disk: planting is not what is measured."""
        connection = psycopg.connect(plain(self.database_url))
        connection.execute("SET synchronous_commit = off")
        return connection


@dataclass(frozen=True)
class Somebody:
    """An invented person, signed in on a phone."""

    person: uuid.UUID
    subject: uuid.UUID
    device: uuid.UUID
    token: str
    hamlet: uuid.UUID


def settings(database_url: str, data: Path) -> Settings:
    return Settings(mode="demo", data=data, database_url=database_url, secret_key="bench", identity="demo")


def found(database_url: str, heads: int = 1000) -> Commune:
    """A commune of 27 hamlets, each of `heads` people, with one contest open for a week."""
    database = Database(database_url)
    migrate.upgrade(database.engine)
    with database.transaction() as session:
        found_node(session, "load test")
        province = units.found(
            session, code="19", kind="province", name="Thái Nguyên", level_word="tỉnh", since=SINCE
        )
        commune = units.found(
            session, code="05752", kind="commune", name="Tân Khánh", level_word="xã", since=SINCE,
            parents={"territory": province},
        )  # fmt: skip
        hamlets = [_hamlet(session, commune, number, heads) for number in range(1, HAMLETS + 1)]
        units.count_heads(session, commune, "residents_from_7", COUNTED, heads * HAMLETS, "hư cấu")
        serve(session, commune)
        activity = _contest(session, commune)
        lifecycle.open_activity(session, activity, OPERATOR)
    database.close()
    return Commune(database_url, commune, tuple(hamlets), activity.campaign_id, activity.id)


def _hamlet(session: Session, commune: uuid.UUID, number: int, heads: int) -> uuid.UUID:
    hamlet = units.found(
        session, code=f"05752-T{number:02d}", kind="hamlet", name=f"Xóm thử {number}", level_word="xóm", since=SINCE,
        parents={"territory": commune},
    )  # fmt: skip
    # Not all of one size: a board compares hamlets within bands.
    units.count_heads(session, hamlet, "residents_from_7", COUNTED, heads + 40 * number, "hư cấu")
    return hamlet


def _contest(session: Session, owner: uuid.UUID) -> Activity:
    now = clock.now()
    opens, closes = now - timedelta(hours=1), now + timedelta(days=7)
    campaign = Campaign(
        code="load", kind="outreach", title=WORDS, summary=WORDS, owner_unit_id=owner, made_at=now, state="running",
        released_at=now,
    )  # fmt: skip
    session.add(campaign)
    session.flush()
    phase = Phase(campaign_id=campaign.id, number=1, title=WORDS, opens_at=opens, closes_at=closes)
    session.add(phase)
    session.flush()
    activity = Activity(
        campaign_id=campaign.id, phase_id=phase.id, code="load-1", kind="contest", title=WORDS, rules={"vi": "", "en": ""},
        settings=CONTEST, opens_at=opens, closes_at=closes,
    )  # fmt: skip
    session.add(activity)
    session.add_all(_question(campaign.id, number, now) for number in range(1, QUESTIONS + 1))
    session.flush()
    return activity


def _question(campaign: uuid.UUID, number: int, now: datetime) -> ContestQuestion:
    return ContestQuestion(
        campaign_id=campaign, number=number, code=f"q{number:02d}", form="single", topic=f"chu-de-{number % 6}",
        difficulty=1 + number % 3, made_at=now, key=key_of(number), source="hư cấu",
        text={"vi": f"Câu hỏi thử số {number} về dịch vụ công trực tuyến?", "en": f"Trial question {number}?"},
        options=[{"code": c, "vi": f"Phương án {c} của câu {number}", "en": f"Option {c}"} for c in "abcd"],
        explanation={"vi": "Vì thế.", "en": "Because."},
    )  # fmt: skip


def key_of(number: int) -> str:
    """The right answer to a question of the bank."""
    return "abcd"[number % 4]


# --- people -----------------------------------------------------------------------------------------------------


def somebody(person: uuid.UUID, subject: uuid.UUID, hamlet: uuid.UUID) -> Somebody:
    return Somebody(person, subject, new_id(), keys.new_token(), hamlet)


def people(connection: psycopg.Connection[Any], place: Commune, number: int) -> list[Somebody]:
    """So many adults, spread over the hamlets, signed in and agreed to take part."""
    hamlets = place.hamlets
    everybody = [somebody(new_id(), uuid.uuid4(), hamlets[n % len(hamlets)]) for n in range(number)]
    now = clock.now()
    copy(connection, "person (id, name, birth_year, wrong_pins, joined_at)",
         ((one.person, "Người thử tải (hư cấu)", 1980, 0, now) for one in everybody))  # fmt: skip
    copy(connection, "subject_link (subject, person_id)", ((one.subject, one.person) for one in everybody))
    copy(connection, "membership (id, person_id, unit_id, kind, valid_from)",
         ((new_id(), one.person, one.hamlet, "lives_in", SINCE) for one in everybody))  # fmt: skip
    sign_in(connection, everybody)
    agree(connection, [one.person for one in everybody], "contest_entry")
    return everybody


def sign_in(connection: psycopg.Connection[Any], everybody: Sequence[Somebody]) -> None:
    now = clock.now()
    copy(connection, "sign_in_session (id, token_hash, person_id, device_id, made_at, expires_at)",
         ((new_id(), keys.token_hash(one.token), one.person, one.device, now, now + timedelta(days=1))
          for one in everybody))  # fmt: skip


def agree(connection: psycopg.Connection[Any], persons: Sequence[uuid.UUID], purpose: str) -> None:
    now, version = clock.now(), texts()[purpose].version
    copy(connection, "consent (id, person_id, purpose, version, given_at, channel, given_by)",
         ((new_id(), person, purpose, version, now, "phone", "self") for person in persons))  # fmt: skip


def copy(connection: psycopg.Connection[Any], into: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor().copy(f"COPY {into} FROM STDIN") as copying:
        for row in rows:
            copying.write_row(row)


def tidy(place: Commune) -> None:
    """What autovacuum and the checkpointer would do soon, done now, so that it does not fall into a round."""
    with psycopg.connect(plain(place.database_url), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE, FREEZE)")
        connection.execute("CHECKPOINT")
