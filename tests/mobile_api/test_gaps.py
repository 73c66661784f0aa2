"""Gaps: which numbers of a phone never arrived although later ones did."""

import uuid

import pytest

from backend.participation.gaps import MOST, devices_of, gaps, gaps_of
from backend.people.models import SubjectLink
from tests.structure.test_budgets import spent
from tests.support.world import Phone, World


def push(phone: Phone, *numbers: int) -> list[list[int]]:
    """Deeds of these numbers; what the next pull says is missing."""
    phone.push(*(phone.freeze("contest.start", {}, seq=number) for number in numbers))
    return missing(phone)


def missing(phone: Phone) -> list[list[int]]:
    return list(phone.get("/sync/pull").json["missing"])


def subject_of(world: World, phone: Phone) -> uuid.UUID:
    with world.database.transaction(writes=False) as session:
        return session.query(SubjectLink).filter_by(person_id=uuid.UUID(phone.me["id"])).one().subject


def test_a_phone_hears_which_of_its_numbers_never_arrived(world: World) -> None:
    phone = world.phone()
    assert missing(phone) == []
    assert push(phone, 1, 2, 3) == []
    assert push(phone, 5) == [[4, 4]]
    assert push(phone, 9, 10) == [[4, 4], [6, 8]]
    assert push(phone, 7) == [[4, 4], [6, 6], [8, 8]]
    assert push(phone, 4, 6, 8) == []


def test_what_came_before_the_first_is_missing_too(world: World) -> None:
    assert push(world.phone(), 3) == [[1, 2]]


def test_what_was_put_aside_did_arrive(world: World) -> None:
    phone = world.phone()
    phone.push(
        phone.freeze("contest.start", {}, seq=2, schema="one"), phone.freeze("nothing.known", {}, seq=4)
    )
    assert missing(phone) == [[1, 1], [3, 3]]
    taken = phone.freeze("contest.start", {}, seq=1)
    phone.push(taken, taken.replace('"schema": 1', '"schema": 2'))  # put aside and taken in: one number
    assert missing(phone) == [[3, 3]]


def test_phones_do_not_hear_of_each_other(world: World) -> None:
    one, other = world.phone("Một"), world.phone("Hai")
    assert push(one, 2) == [[1, 1]]
    assert missing(other) == []
    assert push(other, 1) == []


def test_a_phone_hears_of_so_many_at_once_and_of_the_others_later(world: World) -> None:
    phone = world.phone()
    told = push(phone, *range(2, 2 * MOST + 12, 2))
    assert told == [[number, number] for number in range(1, 2 * MOST, 2)]
    later = push(phone, *range(1, 2 * MOST, 2))
    assert later == [[number, number] for number in range(2 * MOST + 1, 2 * MOST + 11, 2)]


@pytest.mark.parametrize("number", [2**53 - 1, 10**12])
def test_a_number_far_too_high_is_one_hole(world: World, number: int) -> None:
    phone = world.phone()
    assert push(phone, 1, number) == [[2, number - 1]]


def test_holes_of_a_team_are_found_in_one_statement(world: World) -> None:
    phones = [world.phone(name) for name in ("Một", "Hai", "Ba")]
    for phone, numbers in zip(phones, ((1, 2), (1, 3), (2, 5)), strict=True):
        push(phone, *numbers)
    keys = {subject_of(world, phone): uuid.UUID(phone.device) for phone in phones}
    with world.database.transaction(writes=False) as session:
        assert devices_of(session, list(keys)) == {device: key for key, device in keys.items()}
        found = gaps_of(session, list(keys))
        assert found == {uuid.UUID(phones[1].device): [(2, 2)], uuid.UUID(phones[2].device): [(1, 1), (3, 4)]}
        assert gaps_of(session, []) == {}
        assert gaps(session, uuid.uuid4()) == []


def test_without_a_hole_the_numbers_are_only_counted(world: World) -> None:
    phone, holed = world.phone("Một"), world.phone("Hai")
    push(phone, 1, 2, 3)
    push(holed, 1, 3)

    def cost(asked: Phone) -> int:
        with world.database.transaction(writes=False) as session:
            return len(spent(world.database, lambda: gaps(session, uuid.UUID(asked.device))))

    assert (cost(phone), cost(holed)) == (2, 3)
