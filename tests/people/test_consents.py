"""An agreement is given once, taken back wholly, and old wordings stay readable."""

import uuid
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from backend.people import consents
from backend.people.models import Consent
from tests.support.world import Phone, World


def rows(world: World, phone: Phone) -> list[Consent]:
    with world.database.transaction(writes=False) as session:
        return list(session.scalars(select(Consent).where(Consent.person_id == uuid.UUID(phone.me["id"]))))


@pytest.fixture
def newer_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release in which contest_entry got a second wording and publish_name is no longer asked."""
    known = yaml.safe_load(consents.TEXTS.read_text(encoding="utf-8"))
    first = next(row for row in known if row["purpose"] == "contest_entry")
    newer = [row for row in known if row["purpose"] != "publish_name"]
    place = tmp_path / "texts.yaml"
    place.write_text(yaml.safe_dump([first | {"version": 2}, *newer], allow_unicode=True), encoding="utf-8")
    monkeypatch.setattr(consents, "TEXTS", place)


def test_what_stands_already_is_not_written_twice(world: World) -> None:
    phone = world.phone(consent=False)
    first, second = phone.agree("contest_entry"), phone.agree("contest_entry")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert len(rows(world, phone)) == 1
    phone.delete(f"/me/consents/{first.json['id']}")
    assert phone.agree("contest_entry").json["id"] != first.json["id"]
    assert len(rows(world, phone)) == 2


def test_taking_back_takes_back_every_agreement_to_the_same(world: World) -> None:
    phone = world.phone()
    phone.agree("publish_name")
    with world.database.transaction() as session:
        old = rows(world, phone)[0]
        copy = {c.name: getattr(old, c.name) for c in Consent.__table__.columns if c.name != "id"}
        session.add(Consent(**copy | {"version": 1, "purpose": "contest_entry"}))
    given = next(row for row in phone.get("/me").json["consents"] if row["purpose"] == "contest_entry")
    assert phone.delete(f"/me/consents/{given['id']}").status_code == 204
    assert {(r.purpose, r.withdrawn_at is None) for r in rows(world, phone)} == {
        ("contest_entry", False),
        ("publish_name", True),
    }
    assert phone.do("contest.start", {})["reason"] == "consent_missing"


def test_one_campaign_taken_back_leaves_the_other(world: World) -> None:
    child = world.phone("Em Bé", birth_year=2015, consent=False)
    person, other = uuid.UUID(child.me["id"]), uuid.uuid4()
    with world.database.transaction() as session:
        for campaign in (world.campaign, other, other):
            given = consents.give_for_child(
                session, person, 1, guardian_name="Trần Thị Mẹ", relation="mother", campaign=campaign
            )
        consents.withdraw(session, person, given.id)
    assert {(r.campaign_id, r.withdrawn_at is None) for r in rows(world, child)} == {
        (world.campaign, True),
        (other, False),
    }


@pytest.mark.usefixtures("newer_text")
def test_the_newest_text_is_asked_and_the_old_one_stays_readable() -> None:
    newest, first = consents.texts()["contest_entry"], consents.text("contest_entry", 1)
    assert newest.version == 2
    assert first is not None
    assert first.version == 1
    assert consents.text("publish_name", 1) is None


def test_a_wording_this_release_no_longer_asks_breaks_nothing(
    world: World, request: pytest.FixtureRequest
) -> None:
    phone = world.phone()
    phone.agree("publish_name")
    request.getfixturevalue("newer_text")
    for path in ("/me", "/me/data", "/home", "/consent-texts", f"/activities/{world.activity}"):
        assert phone.get(path).status_code == 200, path
    assert phone.do("contest.start", {})["reason"] == "consent_missing"
    assert phone.agree("contest_entry").json["version"] == 2
    assert phone.do("contest.start", {})["outcome"] == "noted"
    for row in phone.get("/me").json["consents"]:
        assert phone.delete(f"/me/consents/{row['id']}").status_code == 204
    assert all(row.withdrawn_at for row in rows(world, phone))
