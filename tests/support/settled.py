"""A commune with one activity that is over and settled, of a kind that lets everybody earn a certificate.

For what comes after the rooms: certificates and published results. What the kind answers is the test's to say.
"""

import itertools
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from backend.db.engine import Database
from backend.db.node import found_node, serve
from backend.http import NodeApp
from backend.people import staff
from backend.units import change as units
from backend.units.models import JoinCode
from campaigns.earned import Earned
from campaigns.models import Activity, Campaign, Phase
from tests.support.world import PASSWORD, Phone

SINCE = date(2025, 7, 1)
OPENED, CLOSED = datetime(2026, 11, 1, 1, tzinfo=UTC), datetime(2026, 11, 15, 13, tzinfo=UTC)
EARNED = Earned(
    deed={
        "vi": "đã tham gia và hoàn thành cuộc thi trực tuyến",
        "en": "took part in and completed the contest",
    },
    title={
        "vi": "“Tìm hiểu chuyển đổi số” – Đợt 1",
        "en": "“Getting to know digital transformation”, round 1",
    },
    result={"vi": "Đạt yêu cầu", "en": "Passed"},
)


class NoSettings(msgspec.Struct):
    pass


@dataclass
class Settled:
    """The planted place. `kind.earned` may be replaced by a test."""

    app: NodeApp
    database: Database
    commune: uuid.UUID
    hamlet: uuid.UUID
    campaign: uuid.UUID
    activity: uuid.UUID
    officer: uuid.UUID
    kind: Any
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def phone(self, name: str = "Nguyễn Thị Bình", birth_year: int = 1980) -> Phone:
        return Phone.signed_in(self, name, self.hamlet, birth_year, consent=False)  # type: ignore[arg-type]


def plant_settled(app: NodeApp, database: Database, monkeypatch: pytest.MonkeyPatch) -> Settled:
    kind = SimpleNamespace(settings=NoSettings, earned=lambda _desk: EARNED)
    for module in ("campaigns.certificates", "campaigns.registry"):
        monkeypatch.setattr(f"{module}.kind_named", lambda _name: kind)
    words = {"vi": "Đợt 1", "en": "Round 1"}
    with database.transaction() as session:
        found_node(session, "Nhóm vận hành thử")

        def unit(code: str, kind_: str, word: str, name: str, above: uuid.UUID | None = None) -> uuid.UUID:
            parents = {"territory": above} if above else {}
            return units.found(
                session, code=code, kind=kind_, name=name, level_word=word, since=SINCE, parents=parents
            )

        province = unit("19", "province", "tỉnh", "Thái Nguyên")
        commune = unit("05752", "commune", "xã", "Tân Khánh", province)
        hamlet = unit("05752-T01", "hamlet", "xóm", "Đồng Tiến", commune)
        session.add(JoinCode(code="TK7A", unit_id=unit("05752-L1", "school_class", "lớp", "7A", commune)))
        serve(session, commune)
        officer = staff.hire(
            session, name="an", username="an", password=PASSWORD, grants=[("campaign_admin", commune)]
        )
        campaign = Campaign(
            code="thu", kind="outreach", title=words, summary=words, owner_unit_id=commune, made_at=OPENED,
            state="running", released_at=OPENED,
        )  # fmt: skip
        session.add(campaign)
        session.flush()
        phase = Phase(campaign_id=campaign.id, number=1, title=words, opens_at=OPENED, closes_at=CLOSED)
        session.add(phase)
        session.flush()
        activity = Activity(
            campaign_id=campaign.id, phase_id=phase.id, code="dot-1", kind="contest", title=words, rules=words,
            settings={}, state="settled", opens_at=OPENED, closes_at=CLOSED, frozen={"settings": {}},
            frozen_at=OPENED,
        )  # fmt: skip
        session.add(activity)
        session.flush()
    return Settled(app, database, commune, hamlet, campaign.id, activity.id, officer, kind)
