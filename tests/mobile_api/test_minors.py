"""Children under 16: a class code, a guardian's agreement for this campaign, and the child's own. In that order."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from backend import clock
from backend.db.base import new_id
from backend.db.engine import Database
from backend.http import NodeApp
from backend.people.consents import texts
from campaigns import lifecycle
from campaigns.models import Activity, Campaign, Phase
from tests.support.world import SETTINGS, Phone, World, plant

YEAR = clock.today().year
ALL_NEEDS = ["class_code", "guardian_consent", "child_assent"]


def child_of(world: World, born: int = YEAR - 12) -> Phone:
    return world.phone("Em Bé", birth_year=born, consent=False)


def start(phone: Phone, activity: str | None = None) -> tuple[str, str | None]:
    verdict = phone.do("contest.start", {}, **({"activity": activity} if activity else {}))
    return verdict["outcome"], verdict["reason"]


def needs(phone: Phone) -> list[str]:
    return list(phone.get(f"/activities/{phone.world.activity}").json["needs"])


def guardian(phone: Phone, code: str, **other: Any) -> TestResponse:
    version = texts()["guardian_contest_entry"].version
    body = {
        "code": code, "guardian_name": "Trần Thị Mẹ", "relation": "mother", "version": version,
        "campaign_id": str(phone.world.campaign),
    }  # fmt: skip
    return phone.post("/me/guardian-consents", body | other)


def guardian_code(phone: Phone) -> str:
    return str(phone.post("/me/guardian-codes").json["demo_code"])


def ready(world: World) -> Phone:
    """A child with everything the law asks for."""
    phone = child_of(world)
    assert phone.post("/me/classes", {"class_code": "TK7A"}).status_code == 201
    assert guardian(phone, guardian_code(phone)).status_code == 201
    assert phone.agree("child_assent").status_code == 201
    return phone


def second_campaign(world: World) -> str:
    """Another campaign of the same commune; its activity's id."""
    with world.database.transaction() as session:
        old = session.get_one(Activity, world.activity)
        words = {"vi": "Cuộc thi khác", "en": "Another contest"}
        campaign = Campaign(
            code="khac", kind="outreach", title=words, summary=words, owner_unit_id=world.commune, made_at=clock.now(),
            state="running", released_at=clock.now(),
        )  # fmt: skip
        session.add(campaign)
        session.flush()
        phase = Phase(
            campaign_id=campaign.id, number=1, title=words, opens_at=old.opens_at, closes_at=old.closes_at
        )
        session.add(phase)
        session.flush()
        activity = Activity(
            campaign_id=campaign.id, phase_id=phase.id, code="khac-1", kind="contest", title=words, rules=words,
            settings=SETTINGS, opens_at=old.opens_at, closes_at=old.closes_at, state="open",
            frozen={"settings": SETTINGS, "rules": words}, frozen_at=clock.now(),
        )  # fmt: skip
        session.add(activity)
        session.flush()
        return str(activity.id)


def test_a_child_is_asked_for_one_thing_after_the_other(world: World) -> None:
    phone = child_of(world)
    assert phone.me["age_group"] == "minor"
    assert (needs(phone), start(phone)) == (ALL_NEEDS, ("refused", "class_code_missing"))
    joined = phone.post("/me/classes", {"class_code": " tk7a "})
    assert (joined.status_code, joined.json["unit"]["name"]) == (201, "7A")
    assert (needs(phone), start(phone)) == (ALL_NEEDS[1:], ("refused", "guardian_consent_missing"))
    assert guardian(phone, guardian_code(phone)).json["by"] == "guardian"
    assert (needs(phone), start(phone)) == (ALL_NEEDS[2:], ("refused", "child_assent_missing"))
    assert phone.agree("child_assent").json["by"] == "self"
    assert (needs(phone), start(phone)) == ([], ("noted", None))


def test_the_order_in_which_they_come_does_not_matter(world: World) -> None:
    phone = child_of(world)
    phone.agree("child_assent")
    guardian(phone, guardian_code(phone))
    assert (needs(phone), start(phone)) == (["class_code"], ("refused", "class_code_missing"))


def test_an_adults_agreement_does_not_let_a_child_in(world: World) -> None:
    phone = child_of(world)
    phone.agree("contest_entry")
    assert needs(phone) == ALL_NEEDS
    assert start(phone) == ("refused", "class_code_missing")


def test_a_child_cannot_agree_in_the_guardians_place(world: World) -> None:
    phone = child_of(world)
    phone.post("/me/classes", {"class_code": "TK7A"})
    phone.agree("child_assent")
    answer = phone.agree("guardian_contest_entry")
    assert (answer.status_code, answer.json["code"]) == (409, "guardian_needed")
    assert needs(phone) == ["guardian_consent"]
    assert start(phone) == ("refused", "guardian_consent_missing")


def test_a_guardian_agrees_with_a_fresh_code_on_the_accounts_phone(world: World) -> None:
    phone = child_of(world)
    assert guardian(phone, "123456").json["code"] == "code_expired"
    other = world.client().post("/api/v1/sign-in/codes", json={"phone": "0987654321"}).json["demo_code"]
    code = guardian_code(phone)
    if other != code:
        assert (guardian(phone, other).status_code, guardian(phone, other).json["code"]) == (
            403,
            "wrong_code",
        )
    assert guardian(phone, code).status_code == 201
    assert guardian(phone, code).json["code"] == "code_expired", "a code works once"


def test_a_refused_guardian_agreement_leaves_no_trace(world: World) -> None:
    phone = child_of(world)
    code = guardian_code(phone)
    assert guardian(phone, code, version=99).json["code"] == "consent_text_unknown"
    assert guardian(phone, code, campaign_id=str(new_id())).status_code == 404
    assert guardian(phone, code, relation="uncle").status_code == 422
    assert guardian(phone, code, guardian_name="  ").status_code == 422
    assert phone.get("/me").json["consents"] == []
    assert guardian(phone, code).status_code == 201, "the code was not used up by what was refused"


def test_a_guardian_agrees_for_one_campaign_only(world: World) -> None:
    phone = ready(world)
    other = second_campaign(world)
    assert phone.get(f"/activities/{other}").json["needs"] == ["guardian_consent"]
    assert start(phone, other) == ("refused", "guardian_consent_missing")
    assert start(phone) == ("noted", None)


def test_nothing_is_agreed_to_beforehand(world: World) -> None:
    for phone in (child_of(world), world.phone("Người lớn", consent=False)):
        assert phone.get("/me").json["consents"] == []
        assert needs(phone)
        assert start(phone)[0] == "refused"


@pytest.mark.parametrize(
    ("purpose", "reason"),
    [
        ("guardian_contest_entry", "guardian_consent_missing"),
        ("child_assent", "child_assent_missing"),
    ],
)
def test_an_agreement_taken_back_stops_the_next_start_and_not_the_paper_begun(
    world: World, purpose: str, reason: str
) -> None:
    phone = ready(world)
    attempt = phone.start()
    given = next(row for row in phone.get("/me").json["consents"] if row["purpose"] == purpose)
    assert phone.delete(f"/me/consents/{given['id']}").status_code == 204
    assert phone.delete(f"/me/consents/{given['id']}").status_code == 204
    assert phone.start()["id"] == attempt["id"]  # going on with a paper begins nothing
    assert phone.submit(attempt)["outcome"] == "counted"
    assert start(phone) == ("refused", reason)
    taken_back = next(row for row in phone.get("/me").json["consents"] if row["purpose"] == purpose)
    assert taken_back["withdrawn_at"]


def test_nobody_takes_back_another_persons_agreement(world: World) -> None:
    phone, other = ready(world), world.phone("Người khác")
    given = phone.get("/me").json["consents"][0]["id"]
    assert other.delete(f"/me/consents/{given}").status_code == 404
    assert needs(phone) == []


def test_an_adult_agrees_and_starts(world: World) -> None:
    phone = world.phone(consent=False)
    assert (needs(phone), start(phone)) == (["consent:contest_entry"], ("refused", "consent_missing"))
    given = phone.agree("contest_entry")
    assert given.status_code == 201
    assert (needs(phone), start(phone)) == ([], ("noted", None))
    phone.delete(f"/me/consents/{given.json['id']}")
    phone.submit(phone.start())
    assert start(phone) == ("refused", "consent_missing")


def test_an_outdated_text_cannot_be_agreed_to(world: World) -> None:
    phone = world.phone(consent=False)
    for body in ({"purpose": "contest_entry", "version": 99}, {"purpose": "anything", "version": 1}):
        answer = phone.post("/me/consents", body)
        assert (answer.status_code, answer.json["code"]) == (409, "consent_text_unknown")


def test_a_guardian_cannot_agree_for_an_adult(world: World) -> None:
    phone = world.phone("Người lớn", consent=False)
    answer = guardian(phone, guardian_code(phone))
    assert (answer.status_code, answer.json["code"]) == (409, "not_a_minor")
    assert phone.get("/me").json["consents"] == []


def test_who_turns_sixteen_this_year_still_counts_as_a_child(world: World) -> None:
    assert child_of(world, YEAR - 16).me["age_group"] == "minor"
    assert child_of(world, YEAR - 17).me["age_group"] == "youth"
    assert child_of(world, YEAR - 19).me["age_group"] == "adult"


def test_who_is_too_young_is_told_so_and_nothing_else_is_asked(world: World) -> None:
    phone = child_of(world, YEAR - 6)
    assert (needs(phone), start(phone)) == (["age"], ("refused", "too_young"))
    old_enough = child_of(world, YEAR - 7)
    assert needs(old_enough) == ALL_NEEDS


@pytest.mark.parametrize("code", ["XXXX", "TK7A' --", "TK7"])
def test_a_class_code_nobody_gave_out_is_told_so(world: World, code: str) -> None:
    answer = child_of(world).post("/me/classes", {"class_code": code})
    assert (answer.status_code, answer.json["code"]) == (404, "class_code_unknown")


def test_nobody_tries_class_codes_one_after_the_other(world: World) -> None:
    phone = child_of(world)
    tried = [phone.post("/me/classes", {"class_code": f"XX{n}"}).status_code for n in range(11)]
    assert tried == [404] * 10 + [429]
    assert phone.post("/me/classes", {"class_code": "TK7A"}).json["code"] == "rate_limited"
    assert child_of(world).post("/me/classes", {"class_code": "TK7A"}).status_code == 201


def test_a_pupil_who_changes_class_belongs_to_one(world: World) -> None:
    phone = child_of(world)
    first = phone.post("/me/classes", {"class_code": "TK7A"})
    again = phone.post("/me/classes", {"class_code": "TK7A"})
    assert first.json["id"] == again.json["id"]
    assert [m["kind"] for m in phone.get("/me").json["memberships"]] == ["lives_in", "studies_at"]


def test_a_child_sees_the_same_needs_before_the_opening(app: NodeApp, database: Database) -> None:
    world = plant(app, database, opened=False)
    phone = child_of(world)
    assert needs(phone) == ALL_NEEDS
    with database.transaction() as session:
        lifecycle.turn(session, world.activity, clock.now())
        assert session.get_one(Activity, world.activity).state == "open"
    assert needs(phone) == ALL_NEEDS
