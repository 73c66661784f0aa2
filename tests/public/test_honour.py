"""Honour walls: collectives as soon as they are honoured, persons only while they agree, and nothing of a wall that is shut."""

import io
import re
import uuid
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from PIL import Image
from sqlalchemy import update
from werkzeug.test import TestResponse

from backend import clock
from backend.db.engine import Database
from backend.people import consents
from backend.people.models import Person
from backend.safeguards.audit import OPERATOR
from campaigns.award import wall
from campaigns.award.models import Entry
from campaigns.award.wall_models import HonourChoice
from tests.public.test_feeds import faults_of
from tests.support.honoured import ACHIEVEMENT, honour
from tests.support.world import Phone, World

CODE = "05752"
VERSION = consents.texts()["honour_name"].version
NAME = "Nguyễn Thị Bình"
KINDS = ("", "/poster.png", "/story.png", ".atom", ".json")

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def opened(world: World) -> World:
    """The commune's wall is open."""
    with world.database.transaction() as session:
        wall.open_wall(session, world.commune, "Cảm ơn bà con.", OPERATOR)
    return world


def read(world: World, kind: str = "", code: str = CODE) -> TestResponse:
    return world.client().get(f"/vinh-danh/{code}{kind}", headers={"Accept-Language": "vi"})


def names_on(world: World) -> list[str]:
    """Who stands on the page, in the feed and in the JSON feed: the three must agree."""
    page = re.findall(r'data-testid="honoured"><b>([^<]+)</b>', read(world).text)
    feed = Xml.fromstring(read(world, ".atom").data)  # noqa: S314 - our own words
    titles = [one.text or "" for one in feed.iterfind("{*}entry/{*}title")]
    told = [one["title"] for one in read(world, ".json").get_json(force=True)["items"]]
    assert [title.split(":")[0] for title in titles] == [title.split(":")[0] for title in told] == page
    return page


def choose(phone: Phone, entry: uuid.UUID, shown: bool = True, version: Any = VERSION) -> TestResponse:
    return phone.client.put(
        f"/api/v1/me/recognition/awards/{entry}/wall",
        json={"shown": shown, "version": version},
        headers=phone.headers,
    )


def agreed(world: World, name: str = NAME) -> tuple[Phone, uuid.UUID]:
    phone = world.phone(name)
    entry = honour(world, phone)
    assert choose(phone, entry).json["shown"] is True
    return phone, entry


# --- who stands there ---


def test_a_collective_stands_there_as_soon_as_it_is_honoured(opened: World) -> None:
    honour(opened, opened.hamlet)
    assert names_on(opened) == ["xóm Đồng Tiến"]
    assert ACHIEVEMENT in read(opened).text
    assert "Quyết định số 15/QĐ-UBND-1 ngày 20/11/2026" in read(opened).text


def test_a_person_stands_there_only_after_choosing_and_agreeing(opened: World) -> None:
    phone = opened.phone(NAME)
    entry = honour(opened, phone)
    assert names_on(opened) == []
    assert choose(phone, entry).status_code == 200
    assert names_on(opened) == [NAME]


def test_each_award_is_chosen_by_itself(opened: World) -> None:
    phone, _ = agreed(opened)
    honour(opened, phone, achievement="Một thành tích khác")
    assert names_on(opened) == [NAME]
    assert "Một thành tích khác" not in read(opened).text


def test_a_name_that_is_taken_off_is_gone_at_the_next_reading(opened: World) -> None:
    phone, entry = agreed(opened)
    assert choose(phone, entry, shown=False, version=None).json["shown"] is False
    assert names_on(opened) == []


def test_withdrawing_the_agreement_takes_every_name_off_at_once(opened: World) -> None:
    phone, _ = agreed(opened)
    given = next(one for one in phone.get("/me").json["consents"] if one["purpose"] == "honour_name")
    assert phone.delete(f"/me/consents/{given['id']}").status_code == 204
    assert names_on(opened) == []
    assert read(opened, "/poster.png").status_code == 404


def test_who_withdrew_and_agrees_again_chooses_each_award_again(opened: World) -> None:
    phone, first = agreed(opened)
    given = next(one for one in phone.get("/me").json["consents"] if one["purpose"] == "honour_name")
    assert phone.delete(f"/me/consents/{given['id']}").status_code == 204
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        other = honour(opened, phone, achievement="Một thành tích khác")
        assert choose(phone, other).json["shown"] is True
        assert names_on(opened) == [NAME]
        assert ACHIEVEMENT not in read(opened).text
        told = {one["entry"]: one["wall"]["shown"] for one in phone.get("/me/recognition").json["awards"]}
        assert told == {str(first): False, str(other): True}


def test_who_leaves_is_gone_from_the_wall(opened: World) -> None:
    phone, _ = agreed(opened)
    assert phone.delete("/me", {"pin": "1234"}).status_code == 204
    assert names_on(opened) == []
    assert "Bình" not in read(opened).text


def test_a_name_stands_no_longer_than_the_text_promises(opened: World) -> None:
    _, entry = agreed(opened)
    with opened.database.transaction() as session:
        old = clock.now() - timedelta(days=366)
        session.execute(update(HonourChoice).where(HonourChoice.entry_id == entry).values(at=old))
    assert names_on(opened) == []
    with opened.database.transaction() as session:
        wall.forget_old_choices(session)
        assert session.query(HonourChoice).count() == 0


@pytest.mark.parametrize("taken", [{"revoked_why": "Khai sai thành tích"}, {"void_why": "Ghi nhầm số"}])
def test_what_was_taken_back_is_gone(opened: World, taken: dict[str, str]) -> None:
    _, entry = agreed(opened)
    with opened.database.transaction() as session:
        at = {"revoked_at": clock.now()} if "revoked_why" in taken else {}
        session.execute(update(Entry).where(Entry.id == entry).values(**taken, **at))
    assert names_on(opened) == []


def test_awards_of_persons_on_the_partys_line_never_stand_there(opened: World) -> None:
    phone = opened.phone(NAME)
    entry = honour(opened, phone, line="party")
    refused = choose(phone, entry)
    assert (refused.status_code, refused.json["code"]) == (409, "not_on_walls")
    with opened.database.transaction() as session:  # whatever a row may say
        consents.give(session, uuid.UUID(phone.me["id"]), "honour_name", VERSION)
        session.add(
            HonourChoice(subject=_subject(opened, phone), entry_id=entry, is_shown=True, at=clock.now())
        )
    assert names_on(opened) == []


def _subject(world: World, phone: Phone) -> uuid.UUID:
    from tests.support.honoured import subject_of

    with world.database.transaction(writes=False) as session:
        return subject_of(session, phone)


@pytest.mark.parametrize("born", [2012, 2009])
def test_nobody_under_eighteen_is_named(opened: World, born: int) -> None:
    phone = opened.phone("Em Khôi", birth_year=born)
    refused = choose(phone, honour(opened, phone))
    assert (refused.status_code, refused.json["code"]) == (409, "honour_name_not_for_minors")
    assert names_on(opened) == []


def test_an_agreement_given_with_another_year_of_birth_does_not_name_a_minor(opened: World) -> None:
    phone, _ = agreed(opened)
    with opened.database.transaction() as session:
        session.get_one(Person, uuid.UUID(phone.me["id"])).birth_year = clock.today().year - 15
    assert names_on(opened) == []


def test_nobody_can_put_somebody_elses_award_on_the_wall(opened: World) -> None:
    one, other = opened.phone(NAME), opened.phone("Người khác")
    assert choose(other, honour(opened, one)).status_code == 404
    assert choose(other, uuid.uuid4()).status_code == 404
    assert names_on(opened) == []


@on_sqlite
@pytest.mark.parametrize("version", [None, VERSION + 1, 0, "1", 1.5])
def test_without_the_present_text_nothing_is_agreed_to(opened: World, version: Any) -> None:
    phone = opened.phone(NAME)
    assert choose(phone, honour(opened, phone), version=version).status_code in (409, 422)
    assert names_on(opened) == []


def test_who_agreed_once_chooses_the_next_award_without_reading_again(opened: World) -> None:
    phone, _ = agreed(opened)
    assert choose(phone, honour(opened, phone, achievement="Khác"), version=None).json["shown"] is True
    assert names_on(opened) == [NAME, NAME]


# --- the wall itself ---


def test_those_who_chose_nothing_do_not_crowd_out_those_who_did(
    opened: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall, "MOST", 3)
    honour(opened, opened.hamlet)
    agreed(opened)
    silent = opened.phone("Người chưa chọn")
    for number in range(4):
        honour(opened, silent, achievement=f"Đạt đợt {number}")
    assert names_on(opened) == [NAME, "xóm Đồng Tiến"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_wall_that_is_not_open_says_nothing(world: World, kind: str) -> None:
    honour(world, world.hamlet)
    answer = read(world, kind)
    assert answer.status_code == 404
    assert "Đồng Tiến" not in answer.text
    assert "Tân Khánh" not in answer.text


def test_walls_are_found_from_the_front_of_the_site_and_from_the_own_award(opened: World) -> None:
    phone, _ = agreed(opened)
    assert 'href="/vinh-danh"' in opened.client().get("/ket-qua").text
    listed = opened.client().get("/vinh-danh")
    assert f'href="/vinh-danh/{CODE}"' in listed.text
    assert NAME not in listed.text
    assert [one["wall_page"] for one in phone.get("/me/recognition").json["awards"]] == [f"/vinh-danh/{CODE}"]
    with opened.database.transaction() as session:
        wall.close_wall(session, opened.commune, OPERATOR)
    assert 'data-testid="no-walls"' in opened.client().get("/vinh-danh").text
    assert [one["wall_page"] for one in phone.get("/me/recognition").json["awards"]] == [None]


def test_a_closed_wall_is_gone_at_once_and_keeps_its_words(opened: World) -> None:
    honour(opened, opened.hamlet)
    with opened.database.transaction() as session:
        wall.close_wall(session, opened.commune, OPERATOR)
    assert [read(opened, kind).status_code for kind in KINDS] == [404] * len(KINDS)
    with opened.database.transaction(writes=False) as session:
        assert wall.standing(session, [opened.commune])[opened.commune].words == "Cảm ơn bà con."


@on_sqlite
@pytest.mark.parametrize("code", ["khong-co", "05752%00", "a" * 300, "😀"])
def test_a_code_nobody_has_is_not_found(opened: World, code: str) -> None:
    assert [read(opened, kind, code).status_code for kind in KINDS] == [404] * len(KINDS)


@on_sqlite
@pytest.mark.parametrize("kind", KINDS)
def test_no_search_engine_and_no_cache_keeps_a_name(opened: World, kind: str) -> None:
    agreed(opened)
    answer = read(opened, kind)
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "no-store"


@on_sqlite
def test_the_feeds_of_a_real_wall_hold_up(opened: World) -> None:
    agreed(opened)
    honour(opened, opened.hamlet, name="Xóm <Đồng> & Tiến")
    assert faults_of(read(opened, ".atom").data) == []
    assert read(opened, ".atom").content_type == "application/atom+xml; charset=utf-8"


@on_sqlite
@pytest.mark.parametrize(("kind", "size"), [("/poster.png", (1260, 1782)), ("/story.png", (1080, 1920))])
def test_the_pictures_are_drawn_for_their_place(opened: World, kind: str, size: tuple[int, int]) -> None:
    agreed(opened)
    answer = read(opened, kind)
    assert answer.content_type == "image/png"
    assert Image.open(io.BytesIO(answer.data)).size == size


def test_the_wall_costs_the_same_however_many_stand_there(opened: World, database: Database) -> None:
    from tests.structure.test_budgets import spent

    agreed(opened)
    one = spent(database, lambda: read(opened))
    for _ in range(6):
        agreed(opened, "Một người")
    many = spent(database, lambda: read(opened))
    assert one == many
