"""Published results: signed, numbered, never changed; few people hidden, nobody named unasked."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from backend import clock
from backend.people.consents import texts
from backend.people.models import Person
from backend.safeguards import signing
from backend.safeguards.audit import Actor
from backend.safeguards.models import AuditEntry
from campaigns import results
from campaigns.lifecycle import WrongState
from campaigns.models import Activity, Publication
from campaigns.results import PublishedAlready
from tests.faults.test_concurrency import at_once
from tests.support.contest import boards, choose, close, remove, settle
from tests.support.world import Phone, World

UNITS = {"units": [{"band": {"vi": "Tất cả"}, "leaders": [], "others": 2}]}


def publish(world: World, why: str | None = None) -> Publication:
    with world.database.transaction() as session:
        activity = session.get_one(Activity, world.activity)
        actor = Actor("staff", world.staff["releaser"])
        return results.publish(session, activity, world.app.services.signer, UNITS, actor, why)


def persons(world: World) -> list[dict[str, Any]]:
    with world.database.transaction(writes=False) as session:
        return results.persons(session, world.activity)


def page(world: World) -> str:
    answer = world.client().get(f"/ket-qua/{world.activity}")
    assert answer.status_code == 200, answer.text
    return answer.text


def named(phone: Phone, name: str) -> Phone:
    """Agrees to stand on boards under that name."""
    body = {"name": name, "version": texts()["board_name"].version}
    put = phone.client.put("/api/v1/me/board-name", json=body, headers=phone.headers)
    assert put.status_code == 200, put.text
    return phone


def people(world: World, count: int, guess: int = 2) -> list[Phone]:
    """So many contestants with 5, 4, 3, ... right."""
    phones = [world.phone(f"Người {n}") for n in range(count)]
    for n, phone in enumerate(phones):
        assert phone.take_part(max(0, 5 - n), guess + n)["outcome"] == "counted"
    return phones


# --- the statement ---


def test_a_statement_says_what_anybody_needs_to_check_the_results(world: World) -> None:
    choose(world, prediction=True, settle="by_hand")
    phones = people(world, 7)
    named(phones[1], "Bà Tư")
    gone = phones[6].get(f"/activities/{world.activity}/mine").json["attempt"]["id"]
    remove(world, gone, "by_another")
    settle(world)
    made = publish(world)
    said = made.statement
    assert set(said) == {
        "title", "campaign", "owner", "rules_version", "opened_at", "closed_at", "settled_at", "chain", "people",
        "papers", "removed", "prediction", "all_correct", "formula", "units", "supersedes", "why",
    }  # fmt: skip
    assert (said["owner"], said["people"], said["papers"], said["all_correct"]) == ("xã Tân Khánh", 6, 6, 1)
    assert (made.number, said["supersedes"], said["why"]) == (1, None, None)
    assert "Bà Tư" not in json.dumps(said, ensure_ascii=False), "names are read anew each time, never signed"
    assert "đúng nhiều câu hơn" in said["chain"][0]["vi"]
    assert all(set(line) == {"vi", "en"} for line in said["chain"])
    assert said["formula"]["vi"].startswith("Số người trả lời đúng tất cả")
    assert json.loads(json.dumps(said)) == said


def test_anybody_can_check_signature_and_digest_of_the_bytes_they_download(world: World) -> None:
    people(world, 5)
    settle(world)
    made = publish(world)
    answer = world.client().get(f"/ket-qua/{world.activity}.json")
    key = world.client().get("/.well-known/lantoa-key").json
    public = signing.unpacked(key["public_key"])
    assert signing.digest(answer.data) == made.digest
    assert key["key_id"] == made.key_id
    assert signing.verify(public, answer.data, made.signature)
    assert not signing.verify(public, answer.data.replace(b'"people":5', b'"people":6'), made.signature)
    assert b'"people":5' in answer.data


def test_the_moment_of_settlement_is_not_the_moment_of_publication(world: World) -> None:
    people(world, 5)
    settle(world)
    first = publish(world)
    second = publish(world, "Sửa tên đơn vị")
    assert first.statement["settled_at"] == second.statement["settled_at"]
    assert first.statement["settled_at"] <= first.published_at.isoformat()


# --- when, and how often ---


def test_nothing_is_published_before_the_results_are_settled(world: World) -> None:
    people(world, 5)
    with pytest.raises(WrongState):
        publish(world)
    close(world)
    with pytest.raises(WrongState):
        publish(world)
    assert world.client().get(f"/ket-qua/{world.activity}").status_code == 404
    assert world.client().get(f"/ket-qua/{world.activity}.json").status_code == 404


def test_a_second_publication_needs_a_reason_and_says_what_it_supersedes(world: World) -> None:
    (phone, *_) = people(world, 5)
    settle(world)
    first = publish(world)
    with pytest.raises(PublishedAlready):
        publish(world)
    second = publish(world, "Sửa số dân của một xóm")
    assert (second.number, second.statement["supersedes"], second.statement["why"]) == (
        2, 1, "Sửa số dân của một xóm",
    )  # fmt: skip
    with world.database.transaction(writes=False) as session:
        kept = {row.number: row for row in session.scalars(select(Publication))}
        assert (kept[1].digest, kept[1].statement) == (first.digest, first.statement)
        found = results.published(session, world.activity)
        assert found
        assert found.number == 2
        assert [row.number for row in results.list_published(session)] == [2]
        reasons = select(AuditEntry.reason).where(AuditEntry.deed == "results.publish")
        assert set(session.scalars(reasons)) == {None, "Sửa số dân của một xóm"}
    assert "Sửa số dân của một xóm" in page(world)
    card = phone.get("/home").json["activities"][0]
    assert card["published"]["url"] == f"/ket-qua/{world.activity}"


def test_published_twice_at_once_it_is_published_once(world: World) -> None:
    people(world, 5)
    settle(world)

    def do() -> str:
        try:
            publish(world)
        except PublishedAlready as refused:
            return refused.code
        return "published"

    assert sorted(at_once(do, do, do)) == ["published", "published_already", "published_already"]


def test_who_is_named_stands_with_what_they_reached(world: World) -> None:
    choose(world, prediction=True)
    phones = people(world, 6)
    named(phones[1], "Bà Tư")
    settle(world)
    (row,) = persons(world)
    assert row.pop("elapsed_ms") >= 0
    assert row == {"place": 2, "name": "Bà Tư", "right": 4, "of": 5, "guess": 3, "gap": 2}


# --- few people, and names ---


def test_of_fewer_than_five_people_no_number_is_told_but_the_one_the_rules_promise(world: World) -> None:
    choose(world, prediction=True)
    phones = people(world, 4)
    named(phones[0], "Ông Ba")
    settle(world)
    said = publish(world).statement
    assert (said["people"], said["papers"], persons(world)) == (None, None, [])
    assert said["all_correct"] == 1
    assert "Ông Ba" not in page(world)


def test_many_papers_of_few_people_are_few_people(world: World) -> None:
    choose(world, attempts_per_person=None)
    phone = world.phone()
    for _ in range(6):
        phone.take_part(3)
    settle(world)
    said = publish(world).statement
    assert (said["people"], said["papers"]) == (None, None)


def test_fewer_than_five_removals_of_one_reason_are_told_without_their_number(world: World) -> None:
    phones = people(world, 11)
    for n, phone in enumerate(phones[:6]):
        attempt = phone.get(f"/activities/{world.activity}/mine").json["attempt"]["id"]
        remove(world, attempt, "by_machine" if n else "twice")
    settle(world)
    said = publish(world).statement
    assert [(row["reason"]["en"][:20], row["count"]) for row in said["removed"]] == [
        ("The paper was handed", 5), ("One person entered w", None),
    ]  # fmt: skip


def test_without_a_guess_the_number_of_all_correct_is_nobodys_business(world: World) -> None:
    people(world, 5)
    settle(world)
    said = publish(world).statement
    assert (said["prediction"], said["all_correct"]) == (False, None)


def test_nobody_who_did_not_ask_for_it_is_named_and_a_withdrawn_name_is_off_the_boards_at_once(
    world: World,
) -> None:
    phones = people(world, 6)
    named(phones[0], "Cô Sáu")
    named(phones[2], "Chú Hai")
    settle(world)

    def top() -> list[tuple[int, str]]:
        return [(row["place"], row["name"]) for row in boards(phones[5])["persons"]["top"]]

    assert top() == [(1, "Cô Sáu"), (3, "Chú Hai")]
    assert phones[0].delete("/me/board-name").status_code == 204
    assert top() == [(3, "Chú Hai")]
    publish(world)
    assert [(row["place"], row["name"]) for row in persons(world)] == [(3, "Chú Hai")]
    assert "Chú Hai" in page(world)
    assert "Cô Sáu" not in page(world)
    assert phones[2].delete("/me", {"pin": phones[2].pin}).status_code == 204
    assert top() == []
    assert "Chú Hai" not in page(world), "gone from what was published before, too"


def test_a_minor_is_never_named(world: World) -> None:
    """Whoever got a name while an adult by a wrong year, corrected later, is off the boards with the year."""
    phones = people(world, 6)
    named(phones[0], "Cô Sáu")
    with world.database.transaction() as session:
        session.get_one(Person, UUID(phones[0].me["id"])).birth_year = clock.today().year - 18
    settle(world)
    assert boards(phones[1])["persons"]["top"] == []
    publish(world)
    assert persons(world) == []


# --- the board around one's own place ----------------------------------------------------------------------------


def test_the_own_place_is_told_with_neighbours_that_have_no_name(world: World) -> None:
    phones = people(world, 6)
    for n, phone in enumerate(phones):
        named(phone, f"Tên {n}")
    settle(world)
    shown = boards(phones[3])["persons"]
    own = shown["mine"]
    assert (own["place"], own["of_people"]) == (4, 6)
    assert [(row["place"], row["is_me"]) for row in own["neighbours"]] == [
        (2, False), (3, False), (4, True), (5, False), (6, False),
    ]  # fmt: skip
    assert not any("name" in row for row in own["neighbours"])
    stranger = boards(world.phone("Không thi"))["persons"]
    assert stranger["mine"] is None
    assert len(stranger["top"]) == 6


def test_why_the_neighbour_stands_before_is_said_in_words(world: World) -> None:
    """Two have everything right: (right, guess, seconds needed, seconds after the first start)."""
    choose(world, prediction=True)
    story = [(5, 1, 10, 10), (5, 3, 20, 20), (4, 2, 30, 30), (4, 0, 30, 30), (3, 2, 40, 40), (3, 2, 40, 41)]
    with clock.stopped_at(clock.now()) as move:
        phones = [world.phone(f"Người {n}") for n in range(6)]
        begun = [phone.start() for phone in phones[:5]]
        gone = 0
        for phone, attempt, (right, guess, _, at) in zip(phones[:5], begun, story[:5], strict=True):
            move(timedelta(seconds=at - gone))
            gone = at
            phone.submit(attempt, right, guess)
        late = phones[5].start()
        move(timedelta(seconds=40))
        phones[5].submit(late, 3, 2)
        settle(world)
    own = [boards(phone)["persons"]["mine"] for phone in phones]
    assert [row["place"] for row in own] == [1, 2, 3, 4, 5, 6]
    assert [row["tie"] for row in own] == [
        None,
        "Người đứng ngay trước đúng bằng số câu, nhưng làm bài nhanh hơn.",
        None,
        "Người đứng ngay trước đúng bằng số câu, nhưng dự đoán sát hơn.",
        None,
        "Người đứng ngay trước có kết quả như nhau, nhưng nộp bài sớm hơn.",
    ]
