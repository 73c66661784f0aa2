"""Two answer one pledge at the same instant: exactly one of them holds, the other is told, nothing is done by half."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from backend.people import staff
from backend.safeguards.models import AuditEntry
from campaigns.pledge.models import Pledge, PledgeVersion
from tests.admin.desk import Desk, at_desk
from tests.admin.test_pledges import at, cell_page, end_role, opened
from tests.faults.test_concurrency import at_once, pusher
from tests.support.contest import second_phone
from tests.support.pledges import Cells, item, register, year_of_pledges
from tests.support.world import PASSWORD, World


@pytest.fixture
def cells(world: World) -> Cells:
    made = year_of_pledges(world)
    with world.database.transaction() as session:
        world.staff["deputy"] = staff.hire(
            session, name="Phó bí thư Tâm", username="deputy", password=PASSWORD, grants=[("cell_secretary", made.cell)]
        )  # fmt: skip
    return made


@pytest.fixture
def desk(world: World) -> Desk:
    return at_desk(world)


Answer = Callable[[], TestResponse]


def poster(client: FlaskClient, where: str, fields: dict[str, Any]) -> Answer:
    return lambda: client.post(where, data=fields)


def versions(cells: Cells) -> list[PledgeVersion]:
    with cells.world.database.transaction(writes=False) as session:
        query = select(PledgeVersion).order_by(PledgeVersion.pledge_id, PledgeVersion.number)
        return list(session.scalars(query))


def deeds(cells: Cells, *names: str) -> list[str]:
    """What the trail says was done."""
    with cells.world.database.transaction(writes=False) as session:
        return list(session.scalars(select(AuditEntry.deed).where(AuditEntry.deed.in_(names))))


def parted(answers: list[TestResponse]) -> tuple[int, TestResponse]:
    """The place of the one that went through, and the other's answer, which is a problem in words."""
    done = [place for place, answer in enumerate(answers) if answer.status_code == 303]
    assert len(done) == 1, [answer.status_code for answer in answers]
    (other,) = [answer for answer in answers if answer.status_code != 303]
    assert other.status_code == 409
    assert 'data-testid="problem"' in other.text
    return done[0], other


@pytest.mark.parametrize("turn", range(4))
def test_one_confirms_while_another_returns(cells: Cells, desk: Desk, turn: int) -> None:
    register(cells.binh)
    first, second = desk("secretary"), desk("deputy")
    where = at(cells, cells.binh)
    confirm = poster(first, f"{where}/confirm", opened(cells, first, cells.binh))
    give_back = poster(
        second, f"{where}/return", opened(cells, second, cells.binh) | {"words": "Xin ghi rõ mấy hộ."}
    )
    won, other = parted(at_once(confirm, give_back))
    assert "Bản đăng ký đã có thay đổi" in other.text
    (version,) = versions(cells)
    mine = cells.mine(cells.binh)["pledge"]
    if won == 0:
        assert (version.state, version.words, version.decided_by) == (
            "confirmed", None, cells.staff["secretary"]
        )  # fmt: skip
        assert (mine["state"], mine["in_force"]) == ("in_force", 1)
        assert cells.facts() == {"pledge.registered": 1, "pledge.confirmed": 1, "pledge.digital_items": 1}
        assert "Xin ghi rõ mấy hộ." in other.text
    else:
        assert (version.state, version.words, version.decided_by) == (
            "returned", "Xin ghi rõ mấy hộ.", cells.world.staff["deputy"]
        )  # fmt: skip
        assert (mine["state"], mine["in_force"]) == ("returned", None)
        assert cells.facts() == {"pledge.registered": 1}
    assert deeds(cells, "pledge.confirm", "pledge.return") == [("pledge.confirm", "pledge.return")[won]]


def test_two_who_confirm_the_same_count_it_once(cells: Cells, desk: Desk) -> None:
    register(cells.binh)
    where = f"{at(cells, cells.binh)}/confirm"
    clients = [desk("secretary"), desk("deputy")]
    parted(at_once(*(poster(one, where, opened(cells, one, cells.binh)) for one in clients)))
    assert cells.facts() == {"pledge.registered": 1, "pledge.confirmed": 1, "pledge.digital_items": 1}
    assert deeds(cells, "pledge.confirm") == ["pledge.confirm"]


def several(cells: Cells, client: FlaskClient) -> dict[str, Any]:
    text = client.get(cell_page(cells, "/several")).text
    return {"pledge": re.findall(r'type="checkbox"[^>]*name="pledge" value="([^"]+)"', text)}


@pytest.mark.parametrize("turn", range(3))
def test_several_are_confirmed_in_one_go_while_one_is_amended(cells: Cells, desk: Desk, turn: int) -> None:
    thing = item(what="Lời lúc đầu")
    register(cells.binh, thing)
    register(cells.an)
    client = desk("secretary")
    for phone in (cells.binh, cells.an):
        opened(cells, client, phone)
    fields = several(cells, client)
    assert len(fields["pledge"]) == 2
    written = cells.binh.freeze("pledge.items", {"items": [thing | {"what": "Lời đã sửa"}]})
    handed_in = cells.binh.freeze("pledge.submit", {})
    confirmed, pushed = at_once(
        poster(client, cell_page(cells, "/several"), fields), pusher(cells.binh, written, handed_in)
    )
    if pushed.status_code == 503:  # a deadlock is undone and offered again
        pushed = pusher(cells.binh, written, handed_in)()
    assert [row["outcome"] for row in pushed.get_json()["results"]] == ["noted", "counted"]
    mine = cells.mine(cells.binh)["pledge"]
    of_binh = {one.number: one for one in versions(cells) if one.pledge_id == uuid.UUID(mine["id"])}
    assert cells.mine(cells.an)["pledge"]["in_force"] == 1
    assert of_binh[2].state == "submitted"
    assert of_binh[2].items[0]["what"] == "Lời đã sửa"
    if (
        confirmed.status_code == 303
    ):  # the secretary was first: what was read is in force, the amendment waits
        assert (of_binh[1].state, mine["in_force"], mine["state"]) == ("confirmed", 1, "in_force")
        assert cells.facts()["pledge.confirmed"] == 2
    else:  # the member was first: the version that was read is no longer the one that waits
        assert confirmed.status_code == 409
        assert "<b>Bình</b>" in confirmed.text
        assert (of_binh[1].state, mine["in_force"], mine["state"]) == ("superseded", None, "submitted")
        assert cells.facts()["pledge.confirmed"] == 1


def test_two_confirm_the_same_several_in_opposite_orders(cells: Cells, desk: Desk) -> None:
    for phone in (cells.binh, cells.an):
        register(phone)
    clients = [desk("secretary"), desk("deputy")]
    for client in clients:
        for phone in (cells.binh, cells.an):
            opened(cells, client, phone)
    fields = several(cells, clients[0])
    backwards = {"pledge": fields["pledge"][::-1]}
    where = cell_page(cells, "/several")
    answers = at_once(poster(clients[0], where, fields), poster(clients[1], where, backwards))
    assert {answer.status_code for answer in answers} <= {303, 409, 503}
    assert cells.facts() == {"pledge.registered": 2, "pledge.confirmed": 2, "pledge.digital_items": 2}
    assert [version.state for version in versions(cells)] == ["confirmed"] * 2
    assert deeds(cells, "pledge.confirm") == ["pledge.confirm"] * 2


# --- one member, two phones -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turn", range(3))
def test_two_phones_that_wrote_without_signal_find_it_at_the_same_instant(cells: Cells, turn: int) -> None:
    phones = [cells.binh, second_phone(cells.binh)]
    things = [item(what=f"Việc ghi ở máy {n}") for n in (1, 2)]
    pushes = [
        pusher(phone, phone.freeze("pledge.items", {"items": [thing]}), phone.freeze("pledge.submit", {}))
        for phone, thing in zip(phones, things, strict=True)
    ]
    answers = at_once(*pushes)
    answers = [
        push() if answer.status_code == 503 else answer for push, answer in zip(pushes, answers, strict=True)
    ]
    for answer in answers:
        assert [row["outcome"] for row in answer.get_json()["results"]] == ["noted", "counted"]
    mine = cells.mine(cells.binh)["pledge"]
    assert {row["what"] for row in mine["items"]} == {thing["what"] for thing in things}
    assert [one.number for one in versions(cells)] == [1, 2]
    assert [one.state for one in versions(cells)] == ["superseded", "submitted"]
    assert cells.facts() == {"pledge.registered": 1}
    with cells.world.database.transaction(writes=False) as session:
        assert session.scalar(select(func.count()).select_from(Pledge)) == 1


def test_who_loses_the_role_while_the_form_is_on_its_way_confirms_nothing_or_was_in_time(
    cells: Cells, desk: Desk
) -> None:
    register(cells.binh)
    client = desk("secretary")
    confirm = poster(client, f"{at(cells, cells.binh)}/confirm", opened(cells, client, cells.binh))
    answer, _ = at_once(confirm, lambda: end_role(cells, "secretary"))
    mine = cells.mine(cells.binh)["pledge"]
    assert (answer.status_code, mine["state"]) in [(303, "in_force"), (403, "submitted")]
    assert client.post(f"{at(cells, cells.binh)}/return", data={"words": "Muộn rồi"}).status_code == 403
    assert cells.mine(cells.binh)["pledge"]["state"] == mine["state"]
