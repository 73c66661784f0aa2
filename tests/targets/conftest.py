"""Two provinces: Quảng Ngãi with a commune of its own, and the commune of the tests elsewhere."""

import uuid
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from backend.targets import issuing
from backend.targets.models import TargetSet
from backend.units import change as units
from backend.units.models import Unit
from tests.support.world import SINCE, World


@dataclass
class Plans:
    """Ids: the province's set and one of its communes; the commune of the tests with its own set."""

    world: World
    quang_ngai: uuid.UUID
    commune_there: uuid.UUID
    province_set: uuid.UUID
    own_set: uuid.UUID


def issue_at(session: Session, unit: uuid.UUID, code: str) -> TargetSet:
    """A shipped plan at a unit of the tests."""
    row = next(row for row in issuing.plans()["sets"] if row["code"] == code)
    heading = issuing.Heading(row["title"], row["issued_by"], row["valid_from"], row["document_number"])
    return issuing.issue(session, unit, heading, issuing.shipped_cells(code))


@pytest.fixture
def plans(world: World) -> Plans:
    with world.database.transaction() as session:
        country = units.found(session, code="VN", kind="country", name="Việt Nam", level_word="", since=SINCE)
        province = units.found(
            session, code="51", kind="province", name="Quảng Ngãi", level_word="tỉnh", since=SINCE,
            parents={"territory": country},
        )  # fmt: skip
        commune = units.found(
            session, code="21200", kind="commune", name="Bình Sơn", level_word="xã", since=SINCE,
            parents={"territory": province},
        )  # fmt: skip
        there = issuing.issue_shipped(session, "quang-ngai")
        own = issue_at(session, world.commune, "tan-khanh")
        assert session.get_one(Unit, there.issuer_unit_id).code == "51"
        return Plans(world, province, commune, there.id, own.id)
