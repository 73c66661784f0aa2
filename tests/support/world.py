"""A small commune everybody in the tests knows.

An organises it, Bình is a member of hamlet Đồng Tiến, Chi belongs to another commune. One contest of five questions.
"""

import itertools
import json
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import msgspec
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from backend import clock, figures
from backend.db.base import new_id
from backend.db.engine import Database
from backend.db.node import found_node, serve
from backend.http import NodeApp
from backend.people import staff
from backend.people.consents import texts
from backend.safeguards.audit import OPERATOR
from backend.units import change as units
from backend.units.models import JoinCode
from campaigns import lifecycle
from campaigns.contest.models import ContestAttempt, ContestQuestion
from campaigns.contest.schemas import ContestSettings
from campaigns.models import Activity, Campaign, Phase
from campaigns.registry import measure_book

SINCE = date(2025, 7, 1)
PASSWORD = "mot-mat-khau-dai"
SETTINGS = {
    "questions_per_attempt": 5,
    "time_limit_s": 600,
    "grace_s": 120,
    "attempts_per_person": 1,
    "age_floor": 7,
    "pass_right": 3,
    "shuffle_questions": True,
    "shuffle_options": True,
    "show_result": "at_submit",
    "show_answers": "after_settled",
}


@dataclass
class World:
    """The planted commune and the way into it."""

    app: NodeApp
    database: Database
    province: uuid.UUID
    commune: uuid.UUID
    hamlet: uuid.UUID
    other_hamlet: uuid.UUID
    far_commune: uuid.UUID
    far_hamlet: uuid.UUID
    school_class: uuid.UUID
    campaign: uuid.UUID
    activity: uuid.UUID
    staff: dict[str, uuid.UUID] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def fold(self) -> int:
        """What the worker would do: count everything that waits."""
        return figures.fold_all(self.database, measure_book())

    def phone(
        self, name: str = "Bình", hamlet: uuid.UUID | None = None, birth_year: int = 1980, **more: Any
    ) -> "Phone":
        """A new person signed in on a new phone; agreed to take part unless consent=False."""
        return Phone.signed_in(self, name, hamlet or self.hamlet, birth_year, **more)

    def keys(self, attempt: str) -> dict[str, str]:
        """Place in that paper -> right answer. Only a test may know."""
        with self.database.transaction(writes=False) as session:
            paper = session.get_one(ContestAttempt, uuid.UUID(attempt))
            keys = {row.number: row.key for row in session.scalars(select(ContestQuestion))}
            return {str(place): keys[number] for place, (number, *_) in enumerate(paper.drawn, start=1)}


def plant(app: NodeApp, database: Database, opened: bool = True) -> World:
    with database.transaction() as session:
        found_node(session, "Nhóm vận hành thử")
        province = units.found(
            session, code="19", kind="province", name="Thái Nguyên", level_word="tỉnh", since=SINCE
        )
        places = {"19": province}
        for code, name in (("05752", "Tân Khánh"), ("05755", "Xa Lạ")):
            commune = units.found(
                session, code=code, kind="commune", name=name, level_word="xã", since=SINCE,
                parents={"territory": province},
            )  # fmt: skip
            places[code] = commune
            for number, hamlet in enumerate(("Đồng Tiến", "Cầu Cong"), start=1):
                places[f"{code}-T{number}"] = units.found(
                    session, code=f"{code}-T{number:02d}", kind="hamlet", name=hamlet, level_word="xóm", since=SINCE,
                    parents={"territory": commune},
                )  # fmt: skip
        serve(session, places["05752"])
        place = units.found(
            session, code="05752-L1", kind="school_class", name="7A", level_word="lớp", since=SINCE,
            parents={"territory": places["05752"]},
        )  # fmt: skip
        session.add(JoinCode(code="TK7A", unit_id=place))
        for code, people in (("05752-T1", 40), ("05752-T2", 30), ("05752", 70)):
            units.count_heads(
                session, places[code], "residents_from_7", date(2026, 6, 30), people, "thử nghiệm"
            )
        members = {
            name: staff.hire(
                session, name=name, username=name, password=PASSWORD, grants=[(role, places[unit])]
            )
            for name, role, unit in (
                ("an", "campaign_admin", "05752"),
                ("head", "unit_head", "05752-T1"),
                ("inspector", "inspector", "05752"),
                ("front", "front", "05752"),
                ("dpo", "dpo", "05752"),
                ("operator", "system_operator", "05752"),
                ("office", "party_office", "05752"),
                ("far", "campaign_admin", "05755"),
                ("releaser", "campaign_releaser", "05752"),
                ("editor", "question_editor", "05752"),
                ("leader", "team_leader", "05752-T1"),
                ("cell", "cell_secretary", "05752"),
                ("party", "party_committee", "05752"),
                ("building", "party_building_board", "05752"),
                ("ideas", "initiative_secretary", "05752"),
                ("judge", "council_member", "05752"),
                ("drafter", "drafter", "05752"),
                ("reviewer", "reviewer", "05752"),
                ("signer", "signer", "05752"),
                ("clerk", "clerk", "05752"),
                ("emulation", "emulation_officer", "05752"),
                ("emulators", "emulation_council", "05752"),
                ("province", "province_viewer", "19"),
            )
        }
        campaign, activity = _contest(session, places["05752"])
        if opened:
            lifecycle.open_activity(session, activity, OPERATOR)
    return World(
        app, database, province, places["05752"], places["05752-T1"], places["05752-T2"], places["05755"],
        places["05755-T1"], place, campaign.id, activity.id, members,
    )  # fmt: skip


def _contest(session: Any, owner: uuid.UUID) -> tuple[Campaign, Activity]:
    now = clock.now()
    words = {"vi": "Tìm hiểu chuyển đổi số", "en": "Getting to know digital transformation"}
    campaign = Campaign(
        code=f"thu-{new_id()}", kind="outreach", title=words, summary=words, owner_unit_id=owner, made_at=now,
        state="running", released_at=now,
    )  # fmt: skip
    session.add(campaign)
    session.flush()
    opens, closes = now - timedelta(hours=1), now + timedelta(days=7)
    phase = Phase(campaign_id=campaign.id, number=1, title=words, opens_at=opens, closes_at=closes)
    session.add(phase)
    session.flush()
    activity = Activity(
        campaign_id=campaign.id, phase_id=phase.id, code="dot-1", kind="contest", title=words,
        rules={"vi": "1. Tự mình trả lời.", "en": "1. Answer yourself."},
        settings=msgspec.to_builtins(msgspec.convert(SETTINGS, ContestSettings)),
        opens_at=opens, closes_at=closes,
    )  # fmt: skip
    session.add(activity)
    session.flush()
    for number in range(1, 8):
        session.add(
            ContestQuestion(
                campaign_id=campaign.id,
                number=number,
                code=f"q{number:02d}",
                form="single",
                made_at=now,
                topic="thu",
                difficulty=1,
                text={"vi": f"Câu hỏi số {number}?", "en": f"Question {number}?"},
                options=[{"code": c, "vi": f"Phương án {c}", "en": f"Option {c}"} for c in "abcd"],
                key="abcd"[number % 4],
                explanation={"vi": "Vì thế.", "en": "Because."},
                source="thử nghiệm",
            )
        )
    session.flush()
    return campaign, activity


@dataclass
class Phone:
    """A phone as the app is: it mints ids, counts its deeds, freezes their bytes, and may send them again."""

    world: World
    client: FlaskClient
    token: str
    device: str
    number: str
    me: dict[str, Any]
    pin: str = "1234"
    seq: int = 0
    boot: str = field(default_factory=lambda: str(uuid.uuid4()))

    @classmethod
    def signed_in(
        cls,
        world: World,
        name: str,
        hamlet: uuid.UUID,
        birth_year: int,
        consent: bool = True,
        number: str = "",
    ) -> "Phone":
        client = world.client()
        number = number or f"09{next(world.numbers):08d}"
        ticket = prove(client, number)
        device = str(new_id())
        made = client.post(
            "/api/v1/sign-in/persons",
            json={
                "ticket": ticket, "device_id": device, "name": name, "birth_year": birth_year, "pin": "1234",
                "unit_id": str(hamlet), "person_id": str(new_id()),
            },
        )  # fmt: skip
        assert made.status_code == 201, made.text
        phone = cls(world, client, made.json["token"], device, number, made.json["person"])
        if consent:
            phone.agree("contest_entry")
        return phone

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        return self.client.post(f"/api/v1{path}", json=json, headers=self.headers, **more)

    def delete(self, path: str, json: Any = None) -> TestResponse:
        return self.client.delete(f"/api/v1{path}", json=json, headers=self.headers)

    def agree(self, purpose: str) -> TestResponse:
        return self.post("/me/consents", {"purpose": purpose, "version": texts()[purpose].version})

    def freeze(self, action: str, body: dict[str, Any], **other: Any) -> str:
        """The bytes of one deed, as the phone keeps them for good; `other` overrides fields of the operation."""
        self.seq += 1
        wall = clock.milliseconds(clock.now())
        operation = {
            "id": str(new_id()), "seq": self.seq, "activity": str(self.world.activity), "action": action,
            "schema": 1, "wall_ms": wall, "mono_ms": wall, "boot_id": self.boot, "anchor": None, "body": body,
        }  # fmt: skip
        return json.dumps(operation | other, ensure_ascii=False)

    def envelope(self, *frozen: str) -> bytes:
        wall = clock.milliseconds(clock.now())
        sent = json.dumps({"wall_ms": wall, "mono_ms": wall, "boot_id": self.boot})
        return f'{{"device_id":"{self.device}","sent":{sent},"operations":[{",".join(frozen)}]}}'.encode()

    def push(self, *frozen: str) -> TestResponse:
        return self.client.post(
            "/api/v1/sync/push",
            data=self.envelope(*frozen),
            content_type="application/json",
            headers=self.headers,
        )

    def do(self, action: str, body: dict[str, Any], **other: Any) -> dict[str, Any]:
        """One deed pushed; its verdict."""
        answer = self.push(self.freeze(action, body, **other))
        assert answer.status_code == 200, answer.text
        return dict(answer.json["results"][0])

    def start(self) -> dict[str, Any]:
        """The attempt, its paper drawn."""
        verdict = self.do("contest.start", {})
        assert verdict["result"], verdict
        return dict(verdict["result"]["attempt"])

    def answers(self, attempt: dict[str, Any], right: int = 5) -> dict[str, str]:
        """Answers to the whole paper of which exactly `right` are right."""
        keys = self.world.keys(attempt["id"])
        drawn = [question["id"] for question in attempt["questions"]]
        wrong = {"a": "b", "b": "c", "c": "d", "d": "a"}
        return {q: keys[q] if n < right else wrong[keys[q]] for n, q in enumerate(drawn)}

    def submit(
        self, attempt: dict[str, Any], right: int = 5, guess: int | None = None, **other: Any
    ) -> dict[str, Any]:
        body = {"attempt": attempt["id"], "answers": self.answers(attempt, right), "prediction": guess}
        return self.do("contest.submit", body, **other)

    def take_part(self, right: int = 5, guess: int | None = None) -> dict[str, Any]:
        return self.submit(self.start(), right, guess)


def prove(client: FlaskClient, number: str) -> str:
    """A ticket for a phone number, through the demo's shown code."""
    code = client.post("/api/v1/sign-in/codes", json={"phone": number}).json["demo_code"]
    proof = client.post("/api/v1/sign-in/proofs", json={"phone": number, "code": code})
    assert proof.status_code == 200, proof.text
    return str(proof.json["ticket"])
