"""Every agency registers, every member registers: counted as numbers, nobody listed for what they did not do."""

import uuid

import pytest

from campaigns.initiative import duty
from campaigns.initiative.duty import Duty
from campaigns.models import Activity
from tests.support.initiatives import Year, belong, hand_in, small, text, year_of_initiatives
from tests.support.pledges import found_cell
from tests.support.world import World


@pytest.fixture
def year(world: World) -> Year:
    return year_of_initiatives(world)


def of_units(year: Year, *units: uuid.UUID) -> list[Duty]:
    found = year.with_session(lambda s: duty.of_units(s, s.get_one(Activity, year.activity), units))
    return [found[unit] for unit in units]


def of_members(year: Year, *cells: uuid.UUID) -> list[Duty]:
    found = year.with_session(lambda s: duty.of_members(s, s.get_one(Activity, year.activity), cells))
    return [found[cell] for cell in cells]


def test_an_agency_has_come_once_however_many_and_however_small(year: Year) -> None:
    before, agency, school = of_units(year, year.world.commune, year.agency, year.school)
    assert (agency, school) == (Duty(1), Duty(1))
    hand_in(year.binh, small())
    hand_in(year.an, text())
    assert of_units(year, year.world.commune, year.agency, year.school) == [
        Duty(before.expected, 1), Duty(1, 1), Duty(1),
    ]  # fmt: skip


def test_registered_is_not_recognised_and_withdrawn_is_neither(year: Year) -> None:
    year.recommended(gone := hand_in(year.chau, text(title="Việc khác hẳn")))
    one = year.recommended(hand_in(year.binh, text()))
    assert of_units(year, year.agency, year.school) == [Duty(1, 1), Duty(1, 1)]
    year.recognise(one)
    year.chau.do("initiative.withdraw", {"initiative": gone, "words": ""})
    assert of_units(year, year.agency, year.school) == [Duty(1, 1, 1), Duty(1)]


def test_a_draft_is_nobodys_registration(year: Year) -> None:
    year.binh.do("initiative.write", text(unit=str(year.agency)))
    assert of_units(year, year.agency) == [Duty(1)]


def test_a_hamlet_may_and_is_not_expected_to(year: Year) -> None:
    hand_in(year.binh, text(unit=str(year.world.hamlet)))
    assert of_units(year, year.world.hamlet, year.agency) == [Duty(0), Duty(1)]


def test_members_of_a_cell_count_each_once_in_the_cell_of_today(year: Year) -> None:
    cell, other = found_cell(year.world), found_cell(year.world, "05752-CB02", "Cơ quan")
    for phone in (year.binh, year.an):
        belong(year.world, phone, cell, "party_cell")
    belong(year.world, year.chau, other, "party_cell")
    assert of_members(year, cell, other) == [Duty(2), Duty(1)]
    hand_in(year.binh, small())
    one = year.recommended(hand_in(year.binh, text()))
    assert of_members(year, cell, other) == [Duty(2, 1), Duty(1)]
    year.recognise(one)
    assert of_members(year, cell, other) == [Duty(2, 1, 1), Duty(1)]


def test_a_named_co_author_counts_when_saying_yes_and_no_more_after_stepping_out(year: Year) -> None:
    cell, invitation = found_cell(year.world), str(uuid.uuid4())
    belong(year.world, year.an, cell, "party_cell")
    hand_in(year.binh, text(share=60, others=[{"id": invitation, "name": "An", "share": 40}]))
    assert of_members(year, cell) == [Duty(1)]
    year.an.do("initiative.author", {"author": invitation, "agrees": True})
    assert of_members(year, cell) == [Duty(1, 1)]
    year.an.do("initiative.author", {"author": invitation, "agrees": False})
    assert of_members(year, cell) == [Duty(1)]


def test_a_handful_of_people_is_told_to_be_small() -> None:
    assert [Duty(people).is_small for people in (0, 4, 5)] == [True, True, False]
