"""Deeds put aside and refused ones: read by who is responsible, repaired and taken in once, or left out with a reason."""

import json
import uuid
from typing import Any

import msgspec
import pytest

from backend.participation.models import Operation, Quarantined
from campaigns.visit.models import Visit, VisitService
from tests.admin.desk import Desk, trail
from tests.admin.field import hire_leader
from tests.support.visits import Field, in_the_field, met, new_household
from tests.support.world import Phone, World

PAGE = "/admin/supervision/aside"
WHY = "đã hỏi lại người ghi"


@pytest.fixture
def field(world: World) -> Field:
    return in_the_field(world)


def put_aside(
    field: Field, body: dict[str, Any] | None = None, **other: Any
) -> tuple[str, dict[str, Any], str]:
    """A visit whose note is too long and which names a service nobody can read: (frozen, verdict, household)."""
    household = new_household(field.bich)
    wrong = met(household, {"vneid": "installed"}, note="x" * 600)
    wrong["services"].append({"service": "Chữ ký số!", "outcome": "explained"})
    frozen = field.bich.freeze("visit.log", body or wrong, **other)
    verdict = dict(field.bich.push(frozen).get_json()["results"][0])
    assert verdict["verdict"] == "quarantined", verdict
    return frozen, verdict, household


def only(field: Field, settled: bool | None = None) -> Quarantined:
    with field.world.database.transaction(writes=False) as session:
        rows = session.query(Quarantined).all()
        session.expunge_all()
    (row,) = [one for one in rows if settled is None or (one.settled_at is not None) is settled]
    return row


def repaired(household_code: str = "", **other: Any) -> dict[str, Any]:
    return {
        "do": "repair", "met": "adult", "agreed": "yes", "place": "home", "household": household_code, "note": "ngắn thôi",
        "told": ["vneid installed", "Chữ ký số! explained"], "service": ["vneid", "signature"],
        "outcome": ["installed", "explained"], "reason": ["", ""], "why": WHY,
    } | other  # fmt: skip


def receipt_of(phone: Phone, receipt: str) -> dict[str, Any]:
    answer = phone.get(f"/receipts/{receipt}")
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def pulled(phone: Phone, field: Field) -> list[dict[str, Any]]:
    from backend.participation import changes

    with field.world.database.transaction() as session:
        changes.number_new(session)
    return [
        row for row in phone.get("/sync/pull?cursor=0").get_json()["changes"] if row["noun"] == "operation"
    ]


# --- repairing --------------------------------------------------------------------------------------------------------


def test_a_leader_repairs_a_visit_and_it_counts_in_the_name_of_its_writer(field: Field, desk: Desk) -> None:
    frozen, verdict, _household = put_aside(field)
    hire_leader(field.world, field.team)
    client, row = desk("lan"), only(field)
    assert "1 bản ghi để riêng" in client.get("/admin/").text
    assert client.get(PAGE).text.count('data-testid="aside"') == 1
    page = client.get(f"{PAGE}/{row.id}").text
    for words in ("Ghi chú dài 600 chữ", "Chữ ký số!", "Bích", "việc số 2"):
        assert words in page
    too_long = client.post(f"{PAGE}/{row.id}", data=repaired(note="y" * 501))
    assert too_long.status_code == 409
    assert "y" * 501 in too_long.text, "nothing typed is lost"
    assert client.post(f"{PAGE}/{row.id}", data=repaired(why="")).status_code == 409
    assert client.post(f"{PAGE}/{row.id}", data=repaired()).status_code == 302
    assert field.facts() == {
        "visit.households": 1, "visit.visits": 1, "visit.vneid.installed": 1, "visit.signature.explained": 1,
    }  # fmt: skip
    with field.world.database.transaction(writes=False) as session:
        visit = session.get_one(Visit, uuid.UUID(verdict["id"]))
        assert (visit.note, visit.by) == ("ngắn thôi", row.subject)
    kept = only(field, settled=True)
    assert (kept.body, kept.became) == (frozen.encode(), uuid.UUID(verdict["id"]))
    assert [entry.reason for entry in trail(field.world, "visits.aside_repair")] == [WHY]
    assert len(trail(field.world, "visits.read_aside")) == 1
    assert client.get(f"{PAGE}/{row.id}").status_code == 404
    assert "bản ghi để riêng" not in client.get("/admin/").text


def test_the_phone_hears_of_it_and_offering_again_changes_nothing(field: Field, desk: Desk) -> None:
    frozen, verdict, _ = put_aside(field)
    assert receipt_of(field.bich, verdict["receipt"])["outcome"] == "refused"
    desk("an").post(f"{PAGE}/{only(field).id}", data=repaired())
    (told,) = pulled(field.bich, field)
    assert told["id"] == verdict["id"]
    assert told["data"]["outcome"] == "counted"
    found = receipt_of(field.bich, verdict["receipt"])
    assert (found["outcome"], found["action"]) == ("counted", "visit.log")
    assert {fact["measure"] for fact in found["facts"]} >= {"visit.visits"}
    again = field.bich.push(frozen).get_json()["results"][0]
    assert (again["verdict"], again["outcome"], again["receipt"]) == (
        "duplicate",
        "counted",
        verdict["receipt"],
    )
    assert field.facts()["visit.visits"] == 1
    assert field.bich.do("visit.log", met(new_household(field.bich)))["outcome"] == "counted", (
        "no hole is left"
    )


def test_two_leaders_at_once_take_it_in_once(field: Field, desk: Desk) -> None:
    put_aside(field)
    hire_leader(field.world, field.team)
    row, both = only(field), (desk("an"), desk("lan"))
    answers = [client.post(f"{PAGE}/{row.id}", data=repaired()).status_code for client in both]
    assert answers == [302, 404]
    assert field.facts()["visit.visits"] == 1


def test_the_second_of_two_who_hold_the_same_page_finds_it_settled(field: Field) -> None:
    from campaigns import repair
    from campaigns.visit.schemas import LogIn

    _, _, household = put_aside(field)
    row = only(field)
    made = repair.ToTakeIn(
        field.world.activity, "visit.log", msgspec.convert(met(household), LogIn, strict=False)
    )
    for expected in (None, repair.SettledMeanwhile):
        with field.world.database.transaction() as session:
            if expected is None:
                assert repair.take_in_repaired(session, row.id, made).outcome == "counted"
            else:
                with pytest.raises(expected):
                    repair.take_in_repaired(session, row.id, made)
    assert field.facts()["visit.visits"] == 1


def test_a_time_on_the_phone_stays_the_time_of_the_visit(field: Field, desk: Desk) -> None:
    household, wall = new_household(field.bich), 1_000_000_000
    mine = {"wall_ms": wall, "mono_ms": wall, "boot_id": field.bich.boot}
    anchor = {
        "server_ms": json.loads(field.bich.freeze("visit.day", {}))["wall_ms"] - 3 * 86_400_000,
        "mono_ms": wall,
        "boot_id": field.bich.boot,
    }
    field.bich.seq -= 1
    put_aside(field, met(household, note="x" * 501), anchor=anchor, **mine)
    row = only(field)
    assert row.happened_at is not None
    desk("an").post(f"{PAGE}/{row.id}", data=repaired())
    with field.world.database.transaction(writes=False) as session:
        visit = session.query(Visit).one()
        assert visit.happened_at == row.happened_at
        assert (row.received_at - visit.happened_at).days == 2 or (
            row.received_at - visit.happened_at
        ).days == 3


@pytest.mark.parametrize(
    "raw",
    [
        b"[1]",
        b'"chu"',
        b'{"id": 3, "action": ["visit.log"], "body": []}',
        b'{"body": {"services": 7, "household": "\\u0000"}}',
    ],
)
def test_what_can_hardly_be_read_is_still_shown_and_can_be_written_down(
    field: Field, desk: Desk, raw: bytes
) -> None:
    household = new_household(field.bich)
    field.bich.push(raw.decode())
    row = only(field)
    client = desk("an")
    assert client.get(f"{PAGE}/{row.id}").status_code == 200
    assert client.post(f"{PAGE}/{row.id}", data={"do": "again"}).status_code == 409
    assert client.post(f"{PAGE}/{row.id}", data=repaired()).status_code == 409, "which household is not known"
    with field.world.database.transaction(writes=False) as session:
        from backend.teams.queries import household_view

        code = household_view(session, uuid.UUID(household)).code
    assert client.post(f"{PAGE}/{row.id}", data=repaired(code)).status_code == 302
    assert field.facts()["visit.visits"] == 1


@pytest.mark.parametrize(
    "form",
    [
        {"met": "ai"},
        {"outcome": ["", ""]},
        {"service": ["", ""]},
        {"follow_up_on": "mai"},
        {"household": "05752-T01-H999"},
        {"place": "sao hỏa"},
        {"device": "x"},
    ],
)
def test_bad_input_is_said_and_nothing_typed_is_lost(field: Field, desk: Desk, form: dict[str, Any]) -> None:
    put_aside(field)
    answer = desk("an").post(f"{PAGE}/{only(field).id}", data=repaired(**form))
    assert answer.status_code in (400, 404, 409)
    assert "ngắn thôi" in answer.text
    assert field.facts() == {}


# --- judging anew, leaving out ----------------------------------------------------------------------------------------


def test_an_app_ahead_of_the_node_is_judged_anew_once_the_node_knows_the_deed(
    field: Field, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from campaigns import reading

    household = new_household(field.bich)
    known = reading.BODIES.pop("visit.log")
    try:
        frozen = field.bich.freeze("visit.log", met(household))
        verdict = field.bich.push(frozen).get_json()["results"][0]
        client, row = desk("an"), only(field)
        assert client.post(f"{PAGE}/{row.id}", data={"do": "again"}).status_code == 409
    finally:
        reading.BODIES["visit.log"] = known
    assert client.post(f"{PAGE}/{row.id}", data={"do": "again"}).status_code == 302
    assert field.facts()["visit.visits"] == 1
    again = field.bich.push(frozen).get_json()["results"][0]
    assert (again["verdict"], again["outcome"], again["receipt"]) == (
        "duplicate",
        "counted",
        verdict["receipt"],
    )


def test_left_out_for_good_the_phone_is_told_and_the_bytes_stay(field: Field, desk: Desk) -> None:
    frozen, verdict, _ = put_aside(field)
    row, client = only(field), desk("an")
    assert client.post(f"{PAGE}/{row.id}", data={"do": "refuse", "why": "x"}).status_code == 409
    assert client.post(f"{PAGE}/{row.id}", data={"do": "refuse", "why": WHY}).status_code == 302
    assert field.facts() == {}
    assert only(field, settled=True).body == frozen.encode()
    found = receipt_of(field.bich, verdict["receipt"])
    assert (found["outcome"], found["reason"]) == ("refused", "not_accepted")
    assert len(pulled(field.bich, field)) == 1
    again = field.bich.push(frozen).get_json()["results"][0]
    assert (again["verdict"], again["reason"]) == ("quarantined", "not_accepted")
    assert len(trail(field.world, "visits.aside_refuse")) == 1


# --- two contents of one deed -----------------------------------------------------------------------------------------


def two_contents(field: Field) -> tuple[dict[str, Any], dict[str, Any]]:
    household = new_household(field.bich)
    frozen = field.bich.freeze("visit.log", met(household, {"vneid": "installed"}))
    first = field.bich.push(frozen).get_json()["results"][0]
    other = frozen.replace('"installed"', '"used_alone"')
    second = field.bich.push(other).get_json()["results"][0]
    assert (second["verdict"], second["reason"]) == ("quarantined", "content_differs")
    return first, second


def test_of_two_contents_the_first_is_kept(field: Field, desk: Desk) -> None:
    _, second = two_contents(field)
    client, row = desk("an"), only(field)
    page = client.get(f"{PAGE}/{row.id}").text
    assert "đã cài đặt" in page
    assert "tự sử dụng được" in page
    assert client.post(f"{PAGE}/{row.id}", data={"do": "again"}).status_code == 409
    assert client.post(f"{PAGE}/{row.id}", data={"do": "first", "why": WHY}).status_code == 302
    assert field.facts()["visit.vneid.installed"] == 1
    assert receipt_of(field.bich, second["receipt"])["outcome"] == "counted"


def test_of_two_contents_the_second_corrects_the_first(field: Field, desk: Desk) -> None:
    first, second = two_contents(field)
    row = only(field)
    assert desk("an").post(f"{PAGE}/{row.id}", data={"do": "second", "why": WHY}).status_code == 302
    assert field.tallies() == {"visit.households": 1, "visit.visits": 1, "visit.vneid.used_alone": 1}
    with field.world.database.transaction(writes=False) as session:
        correction = session.get_one(Visit, row.id)
        assert (correction.corrects, correction.stands) == (uuid.UUID(first["id"]), True)
        assert session.get_one(VisitService, (row.id, "vneid")).outcome == "used_alone"
    assert receipt_of(field.bich, second["receipt"])["outcome"] == "counted"


def test_a_number_that_another_deed_has_is_no_reason_to_lose_a_visit(field: Field, desk: Desk) -> None:
    household = new_household(field.bich)
    field.bich.seq -= 1
    verdict = field.bich.do("visit.log", met(household))
    assert verdict["reason"] == "seq_taken"
    assert desk("an").post(f"{PAGE}/{only(field).id}", data={"do": "again"}).status_code == 302
    assert field.facts()["visit.visits"] == 1
    assert receipt_of(field.bich, verdict["receipt"])["outcome"] == "counted"


# --- refused deeds ----------------------------------------------------------------------------------------------------


def test_a_refused_visit_is_repaired_and_its_first_bytes_stay(field: Field, desk: Desk) -> None:
    household = new_household(field.bich)
    verdict = field.bich.do("visit.log", met(household, consent=None))
    assert verdict["reason"] == "consent_not_told"
    client, where = desk("an"), f"{PAGE}/{verdict['id']}"
    assert client.get(PAGE).text.count('data-testid="refused"') == 1
    assert client.get(where).status_code == 200
    assert client.post(where, data=repaired(agreed="")).status_code == 409
    assert field.facts() == {}
    assert client.post(where, data=repaired()).status_code == 302
    assert field.facts()["visit.visits"] == 1
    assert b'"consent": null' in only(field, settled=True).body
    with field.world.database.transaction(writes=False) as session:
        assert session.get_one(Operation, uuid.UUID(verdict["id"])).outcome == "counted"
    assert receipt_of(field.bich, verdict["receipt"])["outcome"] == "counted"
    assert client.get(where).status_code == 404


def test_what_counts_already_on_that_day_is_said(field: Field, desk: Desk) -> None:
    household = new_household(field.bich)
    verdict = field.bich.do("visit.log", met(household, consent=None))
    assert 'data-testid="already"' not in desk("an").get(f"{PAGE}/{verdict['id']}").text
    field.bich.do("visit.log", met(household))
    assert 'data-testid="already"' in desk("an").get(f"{PAGE}/{verdict['id']}").text


# --- who --------------------------------------------------------------------------------------------------------------


def test_nobody_of_another_team_comes_near_it(field: Field, desk: Desk) -> None:
    put_aside(field)
    hire_leader(field.world, field.other_team)
    where = f"{PAGE}/{only(field).id}"
    for who in ("lan", "far"):
        assert desk(who).get(where).status_code == 404
        assert desk(who).post(where, data={"do": "refuse", "why": WHY}).status_code == 404
        assert 'data-testid="aside"' not in desk(who).get(PAGE).text
    assert only(field, settled=False).settled_at is None


def test_the_bytes_are_for_whoever_runs_the_node(field: Field, desk: Desk) -> None:
    frozen, _, _ = put_aside(field)
    where = f"{PAGE}/{only(field).id}/raw"
    assert desk("operator").get(where).data == frozen.encode()
    assert desk("an").get(where).status_code == 403
    assert desk("operator").get(f"{PAGE}/{uuid.uuid4()}/raw").status_code == 404
    assert len(trail(field.world, "visits.read_bytes")) == 1
