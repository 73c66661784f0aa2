"""Joining by code at the phone's door: what the person sees, and what nobody else does."""

from sqlalchemy import select

from backend.safeguards.models import AuditEntry
from backend.units import change as units
from backend.units.models import JoinCode
from tests.support.world import SINCE, World


def plant_cell(world: World) -> str:
    with world.database.transaction() as session:
        cell = units.found(
            session, code="05752-CB1", kind="party_cell", name="Đồng Tiến", level_word="chi bộ", since=SINCE,
            parents={"party": world.commune},
        )  # fmt: skip
        session.add(JoinCode(code="CHIBO1", unit_id=cell))
        return str(cell)


def test_a_member_joins_by_code_and_finds_it_in_their_own_data(world: World) -> None:
    cell, phone = plant_cell(world), world.phone()
    joined = phone.post("/me/memberships", {"code": "chibo1"})
    assert (joined.status_code, joined.json["kind"]) == (201, "party_cell")
    assert joined.json["unit"]["name"] == "Đồng Tiến"
    kinds = {row["kind"]: row["unit"]["id"] for row in phone.get("/me").json["memberships"]}
    assert kinds["party_cell"] == cell
    assert {"party_cell", "lives_in"} == {
        r["kind"] for r in phone.get("/me/data").json["person"]["memberships"]
    }


def test_the_trail_does_not_say_who_is_in_the_party(world: World) -> None:
    cell, phone = plant_cell(world), world.phone()
    phone.post("/me/memberships", {"code": "CHIBO1"})
    with world.database.transaction(writes=False) as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.deed == "membership.join"))
        told = (entry.noun_id, str(entry.unit_id), entry.reason)
    assert cell not in told
    assert told == (None, "None", None)


def test_a_wrong_code_is_counted_and_said(world: World) -> None:
    phone = world.phone()
    for _ in range(10):
        answer = phone.post("/me/memberships", {"code": "SAI"})
        assert (answer.status_code, answer.json["code"]) == (404, "join_code_unknown")
    assert phone.post("/me/memberships", {"code": "TK7A"}).status_code == 429


def test_the_code_of_a_class_works_at_both_addresses(world: World) -> None:
    for path, field in (("/me/memberships", "code"), ("/me/classes", "class_code")):
        answer = world.phone().post(path, {field: "tk7a"})
        assert (answer.status_code, answer.json["kind"]) == (201, "studies_at"), path
