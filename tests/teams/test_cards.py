"""Cards and codes on the wall: only what this node sealed, only the newest card, only this week's code and the last's."""

import uuid
from datetime import date, timedelta

import pytest

from backend.people.keys import Seal
from backend.teams import households
from backend.teams.cards import house_code, household_card, read_card, read_house_code
from backend.teams.models import Household
from backend.teams.rules import week_of
from tests.support.teams import TeamWorld

SEAL = Seal("a key for tests")
HAMLET = uuid.UUID(int=7)
SUNDAY = date(2026, 11, 22)
DAY = timedelta(days=1)


def test_a_card_opens_its_household(field: TeamWorld) -> None:
    key = field.households[0]
    with field.world.database.transaction(writes=False) as session:
        text = household_card(SEAL, session.get_one(Household, key))
        assert text.startswith(f"LTH1.{key}.1.")
        assert read_card(session, SEAL, f" {text}\n") == key


def test_a_card_that_was_replaced_opens_nothing(field: TeamWorld) -> None:
    key = field.households[0]
    with field.world.database.transaction() as session:
        old = household_card(SEAL, session.get_one(Household, key))
        households.new_card(session, key)
        new = household_card(SEAL, session.get_one(Household, key))
        assert (read_card(session, SEAL, old), read_card(session, SEAL, new)) == (None, key)


def test_a_card_of_somebody_else_opens_nothing(field: TeamWorld) -> None:
    first, second = field.households[:2]
    with field.world.database.transaction(writes=False) as session:
        text = household_card(SEAL, session.get_one(Household, first))
        for forged in (
            text.replace(str(first), str(second)),
            text[:-1] + ("0" if text[-1] != "0" else "1"),
            household_card(Seal("another node"), session.get_one(Household, first)),
            text.replace("LTH1", "LTN1"),
            text.rpartition(".")[0],
            "",
            "LTH1.ế.1.ế",
        ):
            assert read_card(session, SEAL, forged) is None


@pytest.mark.parametrize(
    ("later", "read"), [(0, True), (1, True), (7, True), (8, False), (-6, True), (-7, False)]
)
def test_the_code_on_the_wall_holds_its_week_and_the_next(later: int, read: bool) -> None:
    text = house_code(SEAL, HAMLET, week_of(SUNDAY))
    found = read_house_code(SEAL, text, SUNDAY + later * DAY)
    assert found == (HAMLET if read else None)


def test_a_week_nobody_sealed_is_no_code() -> None:
    text = house_code(SEAL, HAMLET, week_of(SUNDAY)).replace("W47", "W48")
    assert read_house_code(SEAL, text, SUNDAY + 7 * DAY) is None
    assert read_house_code(SEAL, "LTH1.x.y.z", SUNDAY) is None
