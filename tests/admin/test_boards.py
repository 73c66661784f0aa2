"""The boards page: units that lead and nobody who trails, people who agreed and nobody else."""

import re
import uuid

import pytest

from backend import clock
from backend.people.consents import texts
from backend.people.models import Consent, Person, SubjectLink
from campaigns.models import Activity
from tests.admin.desk import Desk, take_part
from tests.support.contest import settle
from tests.support.world import World

NAMED, UNNAMED = "Bà Tâm", "Ông Không Nêu"


def boards(world: World, desk: Desk, who: str = "an") -> str:
    answer = desk(who).get(f"/admin/activities/{world.activity}/boards")
    assert answer.status_code == 200
    return answer.text


def behind(world: World, subject: uuid.UUID, name: str, agrees: bool, born: int = 1960) -> uuid.UUID:
    """A person behind the subject of a paper."""
    with world.database.transaction() as session:
        person = Person(name=f"{name} (thật)", birth_year=born, joined_at=clock.now(), board_name=name)
        session.add(person)
        session.flush()
        session.add(SubjectLink(subject=subject, person_id=person.id))
        if agrees:
            version = texts()["board_name"].version
            session.add(
                Consent(
                    person_id=person.id, purpose="board_name", version=version, given_at=clock.now(), channel="app",
                    given_by="self",
                )
            )  # fmt: skip
        return person.id


@pytest.mark.parametrize("who", ["an", "head", "inspector", "office"])
def test_before_the_settlement_the_page_is_calm_about_people(world: World, desk: Desk, who: str) -> None:
    papers = take_part(world, 9, right=5)
    behind(world, papers[0].subject, NAMED, agrees=True)
    text = boards(world, desk, who)
    assert 'data-testid="calm"' in text
    assert NAMED not in text
    assert 'data-testid="board-person"' not in text


def test_after_it_those_who_agreed_stand_by_the_name_they_chose(world: World, desk: Desk) -> None:
    papers = take_part(world, 9, right=4)
    behind(world, papers[0].subject, NAMED, agrees=True)
    behind(world, papers[1].subject, UNNAMED, agrees=False)
    behind(world, papers[2].subject, "Em Nhỏ", agrees=True, born=2014)
    settle(world)
    text = boards(world, desk)
    assert text.count('data-testid="board-person"') == 1
    assert NAMED in text
    assert "(thật)" not in text
    assert UNNAMED not in text
    assert "Em Nhỏ" not in text
    assert "9 người có thứ hạng" in text
    assert "Xếp thứ tự:" in text


def test_where_few_took_part_nobody_has_a_place(world: World, desk: Desk) -> None:
    papers = take_part(world, 4, right=4)
    behind(world, papers[0].subject, NAMED, agrees=True)
    settle(world)
    text = boards(world, desk)
    assert 'data-testid="few"' in text
    assert NAMED not in text


def test_units_that_do_not_lead_are_counted_and_not_named(world: World, desk: Desk) -> None:
    take_part(world, 12)
    text = boards(world, desk).split("units-title")[2]
    assert "và 2 đơn vị khác" in text
    assert "Cầu Cong" not in text
    assert not re.search(r"cuối|thấp nhất|đứng sau", text)


def test_staff_elsewhere_see_nothing(world: World, desk: Desk) -> None:
    assert desk("far").get(f"/admin/activities/{world.activity}/boards").status_code == 403
    with world.database.transaction(writes=False) as session:
        assert session.get_one(Activity, world.activity).state == "open"
