"""A promise to come again: whoever keeps it is recognised, and it is kept once."""

import itertools
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from backend import clock, figures
from backend.clock import milliseconds
from backend.people.models import Membership
from campaigns.registry import measure_book
from tests.support.visits import Field, in_the_field, join, met, new_household
from tests.support.world import Phone, World

KEPT = "visit.follow_ups_kept"
MINUTE = 60_000


@pytest.fixture
def field(world: World) -> Field:
    """Bích and Cường in the same team."""
    planted = in_the_field(world)
    join(world, planted.team, planted.cuong)
    return planted


def on_the_list(phone: Phone, household: str) -> dict[str, Any]:
    rows = phone.get("/team/load?part=0").json["households"]
    return dict(next(row for row in rows if row["id"] == household))


def test_the_list_names_the_visit_that_promised_until_somebody_keeps_it(field: Field) -> None:
    household, today = new_household(field.bich), clock.today().isoformat()
    assert on_the_list(field.cuong, household)["promised_by"] is None
    first = field.bich.do("visit.log", met(household, follow_up_on=today))
    row = on_the_list(field.cuong, household)
    assert (row["promised_by"], row["follow_up_on"]) == (first["id"], today)
    better = field.bich.do("visit.log", met(household, follow_up_on=today, corrects=first["id"]))
    assert on_the_list(field.cuong, household)["promised_by"] == better["id"]
    field.cuong.do("visit.log", met(household, follow_up_of=better["id"]))
    row = on_the_list(field.bich, household)
    assert (row["promised_by"], row["follow_up_on"]) == (None, None)
    assert field.tallies()[KEPT] == 1


def test_two_members_who_both_went_kept_one_promise(field: Field) -> None:
    """One of them had the promise before it was put right, so they name different records of the same visit."""
    household = new_household(field.bich)
    first = field.bich.do("visit.log", met(household, follow_up_on=clock.today().isoformat()))
    better = field.bich.do(
        "visit.log", met(household, follow_up_on=clock.today().isoformat(), corrects=first["id"])
    )
    kept = field.bich.do("visit.log", met(household, follow_up_of=first["id"]))
    field.cuong.do("visit.log", met(household, follow_up_of=better["id"]))
    assert (field.tallies()[KEPT], field.tallies()["visit.visits"]) == (1, 3)
    field.bich.do("visit.log", {"household": household, "met": "nobody", "corrects": kept["id"]})
    assert field.tallies()[KEPT] == 1  # the other one's visit keeps it now
    assert figures.differences(field.world.database, measure_book()) == []


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
def test_in_whatever_order_they_arrive_a_promise_is_kept_once(field: Field, order: tuple[int, ...]) -> None:
    """The promise, its correction, and two visits that keep it; the last of the four is then taken back."""
    household, wall = new_household(field.bich), milliseconds(clock.now()) - 60 * MINUTE
    promise, better, kept, too = (str(uuid.uuid4()) for _ in range(4))
    soon = (clock.today() + timedelta(days=1)).isoformat()

    def frozen(phone: Phone, number: int, id: str, body: dict[str, Any]) -> tuple[Phone, str]:
        at = wall + number * MINUTE
        return phone, phone.freeze("visit.log", body, id=id, wall_ms=at, mono_ms=at)

    deeds = [
        frozen(field.bich, 0, promise, met(household, follow_up_on=soon)),
        frozen(field.bich, 1, better, met(household, follow_up_on=soon, corrects=promise)),
        frozen(field.cuong, 2, kept, met(household, follow_up_of=better)),
        frozen(field.bich, 3, too, met(household, follow_up_of=promise)),
    ]
    for number in order:
        phone, bytes_ = deeds[number]
        assert phone.push(bytes_).status_code == 200
    assert (field.facts()[KEPT], field.facts()["visit.visits"]) == (1, 3)
    phone, bytes_ = frozen(field.cuong, 4, str(uuid.uuid4()), met(household, corrects=kept))
    phone.push(bytes_)
    assert field.facts()[KEPT] == 1
    phone, bytes_ = frozen(field.bich, 5, str(uuid.uuid4()), met(household, corrects=too))
    phone.push(bytes_)
    assert KEPT not in field.facts()
    assert figures.differences(field.world.database, measure_book()) == []


def test_being_somewhere_is_in_nobodys_custody(field: Field) -> None:
    """Not of somebody either who has not said yet where they live."""
    with field.world.database.transaction() as session:
        session.execute(
            delete(Membership).where(
                Membership.person_id == uuid.UUID(field.bich.me["id"]), Membership.kind == "lives_in"
            )
        )
    today = clock.today().isoformat()
    new = {
        "household": str(uuid.uuid4()),
        "kind": "household",
        "nickname": "Nhà bà Tư",
        "hamlet": str(field.world.hamlet),
    }
    for action, body in (
        ("visit.check_in", {"hamlet": str(field.world.hamlet)}),
        ("visit.day", {"day": today, "languages": {"kinh": 1}}),
        ("visit.household", new),
        ("visit.log", {"household": new["household"], "met": "nobody"}),
    ):
        verdict = field.bich.do(action, body)
        assert (verdict["verdict"], verdict["outcome"]) == ("accepted", "noted"), action


def test_a_writer_has_the_whole_record_back_and_corrects_it_from_another_phone(field: Field) -> None:
    household = new_household(field.bich)
    services = [
        {"service": "vneid", "outcome": "installed"},
        {"service": "signature", "outcome": "not_possible", "reason": "no_device"},
    ]
    first = field.bich.do(
        "visit.log",
        met(
            household,
            device="own",
            note="Hẹn buổi tối",
            place="workplace",
            photos=["b" * 64, "a" * 64],
            no_further_visit=True,
        )
        | {"services": services},
    )
    (held,) = field.bich.get(f"/activities/{field.world.activity}/mine").json["days"]
    assert held | {"code": "", "nickname": ""} == {
        "id": first["id"], "household": household, "code": "", "nickname": "", "day": clock.today().isoformat(),
        "place": "workplace", "met": "adult", "services": {"signature": "not_possible", "vneid": "installed"},
        "reasons": {"signature": "no_device"}, "device": "own", "follow_up_on": None, "follow_up_of": None,
        "no_further_visit": True, "photos": ["a" * 64, "b" * 64], "note": "Hẹn buổi tối", "stands": True, "corrects": None,
    }  # fmt: skip
    assert field.cuong.get(f"/activities/{field.world.activity}/mine").json["days"] == []
