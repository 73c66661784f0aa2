"""Saying thanks and opening the honour wall at the console: by whom, of what, with nothing typed lost and nobody counted."""

import re

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from campaigns.award.models import Thanks
from campaigns.award.wall_models import HonourWall
from tests.admin.desk import Desk, trail
from tests.support.side_by_side import at_once
from tests.support.world import World

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WORDS = "Cảm ơn bà con đã tham gia."


def given(world: World) -> list[str]:
    with world.database.transaction(writes=False) as session:
        return list(session.scalars(select(Thanks.words)))


def thank(world: World, desk: Desk, by: str = "an", **form: str) -> TestResponse:
    told = {"words": WORDS, "who": "everybody"} | form
    return desk(by).post(f"/admin/activities/{world.activity}/thanks", data=told)


def problem(text: str) -> str:
    found = re.search(r'data-testid="problem">([^<]+)<', text)
    return found[1] if found else ""


# --- thanks ---


def test_the_organiser_thanks_everybody_in_one_step(world: World, desk: Desk) -> None:
    phone = world.phone()
    phone.take_part()
    assert 'data-testid="thanks"' in desk("an").get(f"/admin/activities/{world.activity}").text
    assert thank(world, desk).status_code == 303
    assert given(world) == [WORDS]
    assert 'data-testid="done"' in desk("an").get(f"/admin/activities/{world.activity}/thanks").text
    assert len(trail(world, "thanks.give_all")) == 1


def test_pressed_twice_by_two_organisers_it_is_one_thank_you(world: World, desk: Desk) -> None:
    world.phone().take_part()
    assert [thank(world, desk, who).status_code for who in ("an", "emulation", "an")] == [303] * 3
    assert given(world) == [WORDS]


def test_two_organisers_at_once_thank_everybody_once(world: World, desk: Desk) -> None:
    for name in ("Bình", "Chi", "Dung"):
        world.phone(name).take_part()
    pressed = [lambda who=who: thank(world, desk, who) for who in ("an", "emulation")]
    assert [answer.status_code for answer in at_once(pressed)] == [303, 303]
    assert given(world) == [WORDS] * 3


def test_the_page_tells_neither_how_many_nor_who(world: World, desk: Desk) -> None:
    for name in ("Nguyễn Thị Bình", "Trần Văn Chi"):
        world.phone(name).take_part()
    thank(world, desk)
    text = desk("an").get(f"/admin/activities/{world.activity}/thanks").text
    assert "Bình" not in text
    assert not re.search(r"\b2\b", re.sub(r"<[^>]+>", " ", text.split("<main")[1].split("</main>")[0]))


@on_sqlite
@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"words": ""}, 422),
        ({"words": "Cảm"}, 422),
        ({"words": "x" * 301}, 422),
        ({"who": "one", "receipt": "SAI"}, 409),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    world: World, desk: Desk, form: dict[str, str], status: int
) -> None:
    world.phone().take_part()
    answer = thank(world, desk, **form)
    assert answer.status_code == status
    assert problem(answer.text)
    for typed in form.values():
        assert typed in answer.text
    assert given(world) == []


@on_sqlite
def test_before_anybody_took_part_there_is_nobody_to_thank(world: World, desk: Desk) -> None:
    answer = thank(world, desk)
    assert answer.status_code == 409
    assert WORDS in answer.text


def test_by_a_receipt_one_person_is_thanked(world: World, desk: Desk) -> None:
    phone = world.phone()
    phone.take_part()
    receipt = phone.get("/me/data").json["operations"][0]["receipt"]
    assert thank(world, desk, who="one", receipt=receipt).status_code == 303
    assert given(world) == [WORDS]


@on_sqlite
@pytest.mark.parametrize("who", ["far", "head", "signer"])
def test_nobody_thanks_for_somebody_elses_activity(world: World, desk: Desk, who: str) -> None:
    world.phone().take_part()
    assert thank(world, desk, who).status_code == 403
    assert given(world) == []


# --- the wall ---


def set_wall(world: World, desk: Desk, by: str = "emulation", **form: str) -> TestResponse:
    return desk(by).post(f"/admin/honour/{world.commune}", data=form)


def test_the_officer_opens_the_wall_and_closes_it_again(world: World, desk: Desk) -> None:
    assert 'data-testid="state">Chưa mở' in desk("emulation").get("/admin/honour").text
    assert set_wall(world, desk, is_open="1", words="Cảm ơn.").status_code == 303
    assert world.client().get("/vinh-danh/05752").status_code == 200
    page = desk("emulation").get("/admin/honour").text
    assert 'data-testid="state">Đang mở' in page
    assert "Cảm ơn." in page
    assert set_wall(world, desk, is_open="0").status_code == 303
    assert world.client().get("/vinh-danh/05752").status_code == 404
    assert [len(trail(world, deed)) for deed in ("honour.open", "honour.close")] == [1, 1]


def test_opening_twice_at_two_desks_leaves_one_wall(world: World, desk: Desk) -> None:
    for words in ("Một", "Hai"):
        set_wall(world, desk, is_open="1", words=words)
    with world.database.transaction(writes=False) as session:
        assert session.scalar(select(func.count()).select_from(HonourWall)) == 1
        assert session.scalar(select(HonourWall.words)) == "Hai"


@on_sqlite
@pytest.mark.parametrize("who", ["an", "far", "head", "signer", "emulators"])
def test_nobody_else_opens_it(world: World, desk: Desk, who: str) -> None:
    assert set_wall(world, desk, who, is_open="1").status_code == 403
    assert world.client().get("/vinh-danh/05752").status_code == 404


@on_sqlite
def test_a_wall_of_another_unit_is_not_the_officers(world: World, desk: Desk) -> None:
    for unit in (world.far_commune, world.hamlet):
        assert desk("emulation").post(f"/admin/honour/{unit}", data={"is_open": "1"}).status_code == 404


@on_sqlite
def test_words_are_shown_as_words(world: World, desk: Desk) -> None:
    set_wall(world, desk, is_open="1", words="<script>alert(1)</script>" + "a" * 600)
    text = world.client().get("/vinh-danh/05752").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
