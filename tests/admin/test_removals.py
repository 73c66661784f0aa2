"""The removal desk: signals without scores, names only for a reason, one removal of a paper whoever presses first."""

import re
import threading
import uuid
from typing import Any

import pytest
from sqlalchemy import select

from backend.people import staff
from backend.people.belonging import move
from backend.people.models import Person
from backend.units import change as units
from campaigns.contest.models import ContestAttempt
from campaigns.models import CampaignBody
from tests.admin.desk import Desk, take_part, trail
from tests.support.contest import close, figures_of, mine, people_of, settle
from tests.support.world import PASSWORD, SINCE, Phone, World

NAME = "Hoàng Thị Lụa"


def removals(world: World, part: str = "") -> str:
    return f"/admin/activities/{world.activity}/removals{part}"


def paper_of(world: World, phone: Phone) -> uuid.UUID:
    return uuid.UUID(mine(phone)["attempt"]["id"])


def hurried(world: World, name: str = NAME) -> tuple[Phone, dict[str, Any], uuid.UUID]:
    """Somebody who handed in at once: remarkable, and nothing more."""
    phone = world.phone(name)
    verdict = phone.take_part(right=5)
    return phone, verdict, paper_of(world, phone)


def take_out(client: Any, world: World, paper: uuid.UUID, **typed: str) -> Any:
    return client.post(removals(world, f"/{paper}"), data={"reason": "by_another", "note": ""} | typed)


# --- looking ---------------------------------------------------------------------------------------------------------


def test_doubtful_papers_are_listed_with_their_signals_and_nobodys_name_or_score(
    world: World, desk: Desk
) -> None:
    _, verdict, paper = hurried(world)
    text = desk("an").get(removals(world)).text
    assert text.count('data-testid="doubt"') == 1
    assert "Làm bài nhanh khác thường" in text
    assert str(paper) in text
    one = desk("an").get(removals(world, f"/{paper}")).text
    for page in (text, one):
        assert NAME not in page
        assert verdict["receipt"] not in page, "nor what leads to the person"
        assert not re.search(r"5\s*/\s*5|câu đúng|số điểm", page)
    assert "Số người nộp bài từ máy này" in one


def test_a_paper_is_found_by_its_receipt(world: World, desk: Desk) -> None:
    _, verdict, paper = hurried(world)
    found = desk("an").get(removals(world), query_string={"receipt": f" {verdict['receipt'].lower()} "})
    assert found.status_code == 302
    assert found.location.endswith(f"/removals/{paper}")
    for unknown in ("KHONG-CO", "%", "\x00", "x" * 300):
        answer = desk("an").get(removals(world), query_string={"receipt": unknown})
        assert answer.status_code == 200
    assert 'data-testid="not-found"' in desk("an").get(removals(world, "?receipt=KHONG-CO")).text


def test_members_of_the_organising_bodies_who_entered_before_they_joined_are_a_signal(
    world: World, desk: Desk
) -> None:
    phone = world.phone("Ông Tổ Chức")
    phone.take_part()
    with world.database.transaction() as session:
        body = units.found(
            session, code="05752-B1", kind="body", name="Ban Tổ chức cuộc thi", level_word="", since=SINCE,
            parents={"territory": world.commune},
        )  # fmt: skip
        session.add(CampaignBody(campaign_id=world.campaign, part="organising", unit_id=body))
        move(session, uuid.UUID(phone.me["id"]), "body", body)
    assert "nay thuộc tổ, ban tổ chức" in desk("an").get(removals(world)).text
    assert "nay thuộc tổ, ban tổ chức" in desk("an").get(removals(world, f"/{paper_of(world, phone)}")).text


def test_who_wrote_a_paper_is_shown_for_a_reason_and_put_on_the_trail(world: World, desk: Desk) -> None:
    _, _, paper = hurried(world)
    client, where = desk("an"), removals(world, f"/{paper}/person")
    short = client.post(where, data={"why": "x"})
    assert short.status_code == 400
    assert NAME not in short.text
    assert trail(world, "contestant.read") == []
    shown = client.post(where, data={"why": "Phản ánh số 12 của xóm"})
    assert shown.status_code == 200
    assert NAME in shown.text
    assert "xóm Đồng Tiến" in shown.text
    (entry,) = trail(world, "contestant.read")
    assert (entry.is_read, entry.reason, entry.noun_id) == (True, "Phản ánh số 12 của xóm", str(paper))
    assert (entry.actor, entry.unit_id) == (world.staff["an"], world.commune)
    assert NAME not in client.get(removals(world, f"/{paper}")).text, "shown once"
    assert "Xem người dự thi của một bài" in desk("dpo").get("/admin/audit").text


def test_a_reason_that_holds_a_number_of_somebody_is_refused(world: World, desk: Desk) -> None:
    _, _, paper = hurried(world)
    answer = desk("an").post(removals(world, f"/{paper}/person"), data={"why": "gọi 0912345678 hỏi"})
    assert answer.status_code == 400
    assert NAME not in answer.text
    assert trail(world, "contestant.read") == []


def test_somebody_who_left_has_no_name_any_more(world: World, desk: Desk) -> None:
    take_part(world, 1)
    with world.database.transaction(writes=False) as session:
        paper = session.scalars(select(ContestAttempt.id)).one()
    answer = desk("an").post(removals(world, f"/{paper}/person"), data={"why": "kiểm tra lại"})
    assert "đã rời hệ thống" in answer.text


@pytest.mark.parametrize(
    "who", ["head", "inspector", "dpo", "operator", "office", "releaser", "editor", "far"]
)
def test_nobody_but_the_owners_organiser_comes_near(world: World, desk: Desk, who: str) -> None:
    _, _, paper = hurried(world)
    client = desk(who)
    for part in ("", f"/{paper}"):
        assert client.get(removals(world, part)).status_code == 403
    assert client.post(removals(world, f"/{paper}/person"), data={"why": "tò mò lắm"}).status_code == 403
    assert take_out(client, world, paper).status_code == 403
    assert trail(world, "contestant.read") == []


def test_a_paper_of_nowhere_is_not_found(world: World, desk: Desk) -> None:
    client = desk("an")
    assert client.get(removals(world, f"/{uuid.uuid4()}")).status_code == 404
    assert (
        client.post(removals(world, f"/{uuid.uuid4()}/person"), data={"why": "vì tò mò"}).status_code == 404
    )
    assert take_out(client, world, uuid.uuid4()).status_code == 404
    running = world.phone("Đang làm")
    attempt = uuid.UUID(running.start()["id"])
    assert client.get(removals(world, f"/{attempt}")).status_code == 404, "not handed in"


# --- taking out ------------------------------------------------------------------------------------------------------


def test_a_paper_is_taken_out_with_a_reason_and_its_person_is_told(world: World, desk: Desk) -> None:
    phone, _, paper = hurried(world)
    take_part(world, 6)
    assert people_of(world)["contest.entrants"] == 7
    client = desk("an")
    assert take_out(client, world, paper, note="Theo phản ánh số 12.").status_code == 302
    assert people_of(world)["contest.entrants"] == 6
    assert figures_of(world)["contest.papers"] == 6
    result = mine(phone)["attempt"]["result"]
    assert "Theo phản ánh số 12." in result["removal"]["reason"]
    text = client.get(removals(world)).text
    assert text.count('data-testid="taken-out"') == 1
    assert str(paper) not in text.split("gone-title")[0], "no longer among the doubtful"
    assert NAME not in text
    assert 'data-testid="gone"' in client.get(removals(world, f"/{paper}")).text
    assert [(e.reason, e.noun_id) for e in trail(world, "contest.remove")] == [("by_another", str(paper))]
    assert "Bài thi do người khác làm thay" in client.get("/admin/audit").text


@pytest.mark.parametrize("reason", ["", "vi_ghet", "\x00"])
def test_without_a_reason_of_the_list_nothing_happens_and_the_words_stay(
    world: World, desk: Desk, reason: str
) -> None:
    _, _, paper = hurried(world)
    answer = take_out(desk("an"), world, paper, reason=reason, note="Lời đã gõ.")
    assert answer.status_code == 400
    assert "Lời đã gõ." in answer.text
    assert 'data-testid="problem"' in answer.text
    assert people_of(world)["contest.entrants"] == 1


def test_after_the_settlement_it_is_too_late_and_said(world: World, desk: Desk) -> None:
    _, _, paper = hurried(world)
    take_part(world, 6)
    settle(world)
    client = desk("an")
    assert 'data-testid="too-late"' in client.get(removals(world)).text
    assert 'data-testid="confirm-remove"' not in client.get(removals(world, f"/{paper}")).text
    answer = take_out(client, world, paper)
    assert answer.status_code == 409
    assert "Kết quả đã chốt" in answer.text
    assert trail(world, "contest.remove") == []


def test_of_two_organisers_one_takes_it_out_and_the_other_is_told(world: World, desk: Desk) -> None:
    with world.database.transaction() as session:
        world.staff["binh"] = staff.hire(
            session,
            name="binh",
            username="binh",
            password=PASSWORD,
            grants=[("campaign_admin", world.commune)],
        )
    _, _, paper = hurried(world)
    take_part(world, 5)
    clients, ready, answers = [desk("an"), desk("binh")], threading.Barrier(2), []

    def press(client: Any, reason: str) -> None:
        ready.wait()
        answers.append((take_out(client, world, paper, reason=reason).status_code, client))

    threads = [
        threading.Thread(target=press, args=pair)
        for pair in zip(clients, ("by_another", "twice"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [status for status, _ in answers] == [302, 302]
    assert len(trail(world, "contest.remove")) == 1
    assert people_of(world)["contest.entrants"] == 5
    assert figures_of(world)["contest.papers"] == 5
    told = [client.get(removals(world, f"/{paper}")).text for _, client in answers]
    assert sum("đã có người khác đánh dấu" in text for text in told) == 1


def test_removing_while_somebody_settles_is_either_before_or_refused(world: World, desk: Desk) -> None:
    _, _, paper = hurried(world)
    take_part(world, 6)
    close(world)
    client, other, ready, answers = desk("an"), desk("an"), threading.Barrier(2), {}

    def remove() -> None:
        ready.wait()
        answers["remove"] = take_out(client, world, paper).status_code

    def fix() -> None:
        ready.wait()
        answers["settle"] = other.post(f"/admin/activities/{world.activity}/settle").status_code

    threads = [threading.Thread(target=deed) for deed in (remove, fix)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers["settle"] == 302
    removed = answers["remove"] == 302
    assert removed or answers["remove"] == 409
    assert people_of(world)["contest.entrants"] == (6 if removed else 7)


def test_the_list_names_no_birth_year_or_phone_either(world: World, desk: Desk) -> None:
    phone, _, paper = hurried(world)
    with world.database.transaction() as session:
        session.get_one(Person, uuid.UUID(phone.me["id"])).birth_year = 1957
    shown = desk("an").post(removals(world, f"/{paper}/person"), data={"why": "đối chiếu danh sách"}).text
    assert phone.number not in shown
    assert "1957" not in shown
