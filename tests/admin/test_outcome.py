"""Settling, publishing and correcting the results, and taking back a certificate."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from backend import clock
from backend.certificates.models import Certificate
from backend.people import staff
from campaigns import results
from campaigns.contest.turn import settles_from
from campaigns.models import Activity, Publication
from tests.admin.desk import Desk, take_part, trail
from tests.support.contest import choose, close, settle
from tests.support.world import PASSWORD, World


def here(world: World, part: str = "") -> str:
    return f"/admin/activities/{world.activity}{part}"


def state(world: World) -> str:
    with world.database.transaction(writes=False) as session:
        return session.get_one(Activity, world.activity).state


def publications(world: World) -> list[Publication]:
    with world.database.transaction(writes=False) as session:
        return list(session.scalars(select(Publication).order_by(Publication.number)))


# --- fixing -----------------------------------------------------------------------------------------------------------


def test_before_it_can_be_settled_the_page_says_from_when(world: World, desk: Desk) -> None:
    take_part(world, 6)
    client = desk("an")
    assert 'data-testid="confirm-settle"' not in client.get(here(world, "/settle")).text
    running = world.phone("Đang làm").start()
    close(world)
    page = client.get(here(world, "/settle"))
    assert 'data-testid="not-yet"' in page.text
    assert 'data-testid="confirm-settle"' not in page.text
    with world.database.transaction(writes=False) as session:
        possible = settles_from(session, session.get_one(Activity, world.activity))
    assert possible
    assert possible >= datetime.fromisoformat(running["due_at"]) + timedelta(seconds=running["grace_s"])
    words = f"{possible.astimezone(clock.VIETNAM):%d/%m/%Y %H:%M:%S}"
    assert words in page.text
    refused = client.post(here(world, "/settle"))
    assert refused.status_code == 409
    assert words in refused.text
    assert state(world) == "closed"
    with clock.stopped_at(possible + timedelta(seconds=1)):
        assert 'data-testid="confirm-settle"' in client.get(here(world, "/settle")).text
        assert client.post(here(world, "/settle")).status_code == 302
    assert state(world) == "settled"


def test_settling_names_what_becomes_fixed_and_is_done_by_one_of_two(world: World, desk: Desk) -> None:
    take_part(world, 6)
    close(world)
    page = desk("an").get(here(world, "/settle")).text
    assert "những điều sau không đổi được nữa" in page
    assert desk("an").post(here(world, "/settle")).status_code == 302
    assert desk("an").post(here(world, "/settle")).status_code == 409, "the other one is told"
    assert len(trail(world, "activity.settled")) == 1


@pytest.mark.parametrize("who", ["head", "inspector", "office", "releaser", "editor", "far"])
def test_nobody_but_the_owners_organiser_settles_or_publishes(world: World, desk: Desk, who: str) -> None:
    take_part(world, 6)
    close(world)
    client = desk(who)
    for part in ("/settle", "/results"):
        assert client.get(here(world, part)).status_code == 403
    for part in ("/settle", "/publish", "/certificates/revoke"):
        assert client.post(here(world, part)).status_code == 403
    assert state(world) == "closed"


# --- publishing -------------------------------------------------------------------------------------------------------


def publish(world: World, client: Any, replaces: int = 0, why: str = "") -> Any:
    return client.post(here(world, "/publish"), data={"replaces": replaces, "why": why})


def test_what_was_looked_at_is_what_is_published_and_everybody_reads_it(world: World, desk: Desk) -> None:
    choose(world, prediction=True)
    take_part(world, 12, right=5)
    take_part(world, 9, world.other_hamlet, right=2)
    client = desk("an")
    assert 'data-testid="not-settled"' in client.get(here(world, "/results")).text
    assert publish(world, client).status_code == 409
    settle(world)
    world.fold()
    page = client.get(here(world, "/results")).text
    assert "12" in page.split('data-testid="all-correct"')[1][:20]
    assert "và 2 đơn vị khác trong nhóm" in page
    assert publications(world) == []
    assert publish(world, client).status_code == 302
    (made,) = publications(world)
    assert made.statement["all_correct"] == 12
    assert made.published_by == world.staff["an"]
    (units,) = made.statement["units"]
    assert units["band"] == {"vi": "Tất cả", "en": "All"}
    assert units["others"] == 2, "two hamlets are too few to have leaders"
    public = world.client().get(f"/ket-qua/{world.activity}")
    assert public.status_code == 200
    assert made.digest in public.text
    page = client.get(here(world, "/results")).text
    assert f"/ket-qua/{world.activity}" in page
    assert f"/ket-qua/{world.activity}" in client.get(here(world)).text
    assert [entry.noun_id for entry in trail(world, "results.publish")] == [str(world.activity)]


def test_pressing_twice_publishes_once(world: World, desk: Desk) -> None:
    take_part(world, 6)
    settle(world)
    client = desk("an")
    assert publish(world, client).status_code == 302
    again = publish(world, client)
    assert again.status_code == 409
    assert 'data-testid="problem"' in again.text
    assert len(publications(world)) == 1


def test_a_correction_needs_a_reason_and_names_what_it_replaces(world: World, desk: Desk) -> None:
    take_part(world, 6)
    settle(world)
    client = desk("an")
    publish(world, client)
    short = publish(world, client, replaces=1, why="ừ")
    assert short.status_code == 409
    assert ">ừ</textarea>" in short.text
    assert publish(world, client, replaces=1, why="Ghi sai tên một xóm.").status_code == 302
    assert publish(world, client, replaces=1, why="Gửi lại lần nữa.").status_code == 409, (
        "sent from the old page"
    )
    first, second = publications(world)
    assert (first.statement["supersedes"], first.statement["why"]) == (None, None)
    assert (second.statement["supersedes"], second.statement["why"]) == (1, "Ghi sai tên một xóm.")
    assert "Ghi sai tên một xóm." in world.client().get(f"/ket-qua/{world.activity}").text


def test_of_two_organisers_at_once_one_publishes(world: World, desk: Desk) -> None:
    with world.database.transaction() as session:
        world.staff["binh"] = staff.hire(
            session,
            name="binh",
            username="binh",
            password=PASSWORD,
            grants=[("campaign_admin", world.commune)],
        )
    take_part(world, 6)
    settle(world)
    clients, ready, answers = [desk("an"), desk("binh")], threading.Barrier(2), []

    def press(client: Any) -> None:
        ready.wait()
        answers.append(publish(world, client).status_code)

    threads = [threading.Thread(target=press, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 409]
    assert len(publications(world)) == 1


# --- certificates ------------------------------------------------------------------------------------------------------


def certificate(world: World) -> str:
    phone = world.phone("Nguyễn Thị Bình")
    phone.take_part(right=5)
    settle(world)
    answer = phone.post(f"/activities/{world.activity}/certificate", {"name": "Nguyễn Thị Bình"})
    assert answer.status_code == 200, answer.text
    return str(answer.json["number"])


def revoke(world: World, client: Any, number: str, reason: str = "Bài do người khác làm") -> Any:
    return client.post(here(world, "/certificates/revoke"), data={"number": number, "reason": reason})


def test_a_certificate_is_taken_back_by_its_number_and_verifiers_read_why(world: World, desk: Desk) -> None:
    take_part(world, 6)
    number = certificate(world)
    client = desk("an")
    page = client.get(here(world, "/results")).text
    assert number not in page, "there is no list"
    assert "Nguyễn Thị Bình" not in page
    for wrong in ("", "LT-0000-0000", "x", "\x00"):
        assert revoke(world, client, wrong).status_code == 409
    refused = revoke(world, client, number, reason="x")
    assert refused.status_code == 409
    assert f'value="{number}"' in refused.text
    assert trail(world, "certificate.revoke") == []
    assert revoke(world, client, number.lower()).status_code == 302
    assert len(trail(world, "certificate.revoke")) == 1
    assert "Bài do người khác làm" in world.client().get(f"/xac-minh/{number}").text


def test_a_number_of_another_activity_is_unknown_here(world: World, desk: Desk) -> None:
    take_part(world, 6)
    number = certificate(world)
    with world.database.transaction() as session:
        first = session.get_one(Activity, world.activity)
        other = Activity(
            campaign_id=first.campaign_id, phase_id=first.phase_id, code="khac", kind="contest", title=first.title,
            rules=first.rules, settings=first.settings, opens_at=first.opens_at, closes_at=first.closes_at,
        )  # fmt: skip
        session.add(other)
        session.flush()
        session.scalars(select(Certificate)).one().activity_id = other.id
    assert revoke(world, desk("an"), number).status_code == 409
    with world.database.transaction(writes=False) as session:
        assert session.scalar(select(func.count()).where(Certificate.revoked_at.is_not(None))) == 0


def test_what_was_given_by_a_decision_is_not_taken_back_by_an_organiser(world: World, desk: Desk) -> None:
    take_part(world, 6)
    number = certificate(world)
    with world.database.transaction() as session:
        session.scalars(select(Certificate)).one().tier = "formal"
    assert revoke(world, desk("an"), number).status_code == 409
    assert trail(world, "certificate.revoke") == []


def test_the_statement_on_the_page_is_the_one_that_results_make(world: World, desk: Desk) -> None:
    take_part(world, 15, right=4)
    settle(world)
    world.fold()
    with world.database.transaction(writes=False) as session:
        said = results.statement(session, session.get_one(Activity, world.activity))
    text = desk("an").get(here(world, "/results")).text
    assert f"<b>{said['papers']}</b>" in text
    assert said["formula"]["vi"] in text
