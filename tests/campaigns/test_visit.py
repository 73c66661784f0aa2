"""Visits count where they belonged on that day, once however they arrive, and never without the household's word."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend import clock, figures
from backend.clock import milliseconds
from backend.participation.models import Change, Fact, Operation
from backend.teams import change
from backend.teams.cards import house_code
from backend.teams.households import assign
from backend.teams.merging import merge
from backend.teams.rules import week_of
from campaigns.models import Activity
from campaigns.registry import measure_book
from campaigns.respond import NotWaiting, refuse_waiting, take_in_again
from campaigns.visit.measures import DISTINCT
from campaigns.visit.models import CheckIn, DayLanguage, Visit
from campaigns.visit.queries import household_marks
from tests.support.contest import second_phone
from tests.support.visits import SINCE, Field, in_the_field, join, met, new_household
from tests.support.world import Phone, World


@pytest.fixture
def field(world: World) -> Field:
    return in_the_field(world)


def mine(phone: Phone) -> dict[str, Any]:
    return dict(phone.get(f"/activities/{phone.world.activity}/mine").json)


def told(world: World, household: str, change: str) -> int:
    with world.database.transaction(writes=False) as session:
        query = select(Change).where(Change.noun_id == uuid.UUID(household), Change.change == change)
        return len(session.scalars(query).all())


def reassign(field: Field, household: str, team: uuid.UUID) -> None:
    with field.world.database.transaction() as session:
        assign(session, uuid.UUID(household), team, "chuyển Tổ")


# --- what counts ---


def test_a_visit_counts_the_household_once_and_each_visit_with_how_far_it_went(field: Field) -> None:
    household = new_household(field.bich)
    first = field.bich.do("visit.log", met(household, {"vneid": "installed", "cashless": "explained"}))
    assert (first["verdict"], first["outcome"]) == ("accepted", "counted")
    assert first["result"]["team"] == "Tổ công nghệ số cộng đồng xóm Đồng Tiến"
    assert first["result"]["hamlet"] == "xóm Đồng Tiến"
    assert (first["result"]["stands"], first["result"]["in_custody"]) == (True, False)
    field.bich.do("visit.log", met(household, {"vneid": "used_alone"}, follow_up_of=first["id"]))
    assert field.tallies() == {
        "visit.households": 1,
        "visit.visits": 2,
        "visit.follow_ups_kept": 1,
        "visit.vneid.installed": 1,
        "visit.vneid.used_alone": 1,
        "visit.cashless.explained": 1,
    }
    assert field.tallies(field.world.hamlet) == field.tallies()


def test_knocking_in_vain_is_kept_and_counts_nothing(field: Field) -> None:
    household = new_household(field.bich)
    for word in ("nobody", "declined"):
        verdict = field.bich.do("visit.log", {"household": household, "met": word})
        assert (verdict["outcome"], verdict["reason"]) == ("noted", None)
    assert field.facts() == {}
    assert [day["met"] for day in mine(field.bich)["days"]] == ["declined", "nobody"]


def test_nothing_helped_with_is_kept_without_the_word_of_whoever_was_met(field: Field) -> None:
    household = new_household(field.bich)
    for consent in (None, 99):
        verdict = field.bich.do("visit.log", met(household, consent=consent))
        assert (verdict["outcome"], verdict["reason"]) == ("refused", "consent_not_told")
    bare = field.bich.do("visit.log", met(household, {}, None, device="own", photos=["a" * 64]))
    assert bare["outcome"] == "counted"
    with field.world.database.transaction(writes=False) as session:
        assert session.get_one(Visit, uuid.UUID(bare["id"])).device is None
    assert field.facts() == {"visit.households": 1, "visit.visits": 1}


def test_a_service_the_catalogue_does_not_know_counts_as_other_and_one_named_twice_once(field: Field) -> None:
    household = new_household(field.bich)
    services = [
        {"service": "drone", "outcome": "explained"},
        {"service": "vneid", "outcome": "used_alone"},
        {"service": "vneid", "outcome": "explained"},
        {"service": "cashless", "outcome": "not_possible", "reason": "no_device"},
    ]
    field.bich.do("visit.log", met(household) | {"services": services})
    assert field.facts() == {
        "visit.households": 1, "visit.visits": 1, "visit.other.explained": 1, "visit.vneid.used_alone": 1,
    }  # fmt: skip


def test_a_session_counts_whom_somebody_sat_with_and_never_heads(field: Field) -> None:
    body = {
        "hamlet": str(field.world.hamlet), "assisted": 12, "declared": 60,
        "services": [{"service": "scam_advice", "outcome": "explained", "people": 12}],
    }  # fmt: skip
    first = field.bich.do("visit.session", body)
    assert first["outcome"] == "counted"
    again = body | {"assisted": 10, "corrects": first["id"]}
    again["services"] = [{"service": "scam_advice", "outcome": "explained", "people": 10}]
    assert field.bich.do("visit.session", again)["result"]["stands"]
    assert field.tallies() == {"visit.sessions": 1, "visit.assisted": 10, "visit.scam_advice.explained": 10}


# --- corrections ---


def frozen_chain(phone: Phone, household: str) -> list[str]:
    """A visit, a correction of it and a correction of that, each a minute later."""
    ids = [str(uuid.uuid4()) for _ in range(3)]
    services = [
        {"vneid": "explained"},
        {"vneid": "installed", "cashless": "explained"},
        {"vneid": "used_alone"},
    ]
    wall = milliseconds(clock.now()) - 10 * 60_000
    return [
        phone.freeze(
            "visit.log",
            met(household, services[n], corrects=ids[n - 1] if n else None),
            id=ids[n],
            wall_ms=wall + n * 60_000,
            mono_ms=wall + n * 60_000,
        )
        for n in range(3)
    ]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1), (0, 2, 1), (1, 0, 2)])
@pytest.mark.parametrize("together", [True, False], ids=["together", "one by one"])
def test_in_whatever_order_corrections_arrive_only_the_last_one_counts(
    field: Field, order: tuple[int, ...], together: bool
) -> None:
    household = new_household(field.bich)
    chain = frozen_chain(field.bich, household)
    sent = [chain[n] for n in order]
    for batch in [sent] if together else [[one] for one in sent]:
        assert field.bich.push(*batch).status_code == 200
    assert field.tallies() == {"visit.households": 1, "visit.visits": 1, "visit.vneid.used_alone": 1}
    assert [one["stands"] for one in mine(field.bich)["days"]] == [True, False, False]
    with field.world.database.transaction(writes=False) as session:
        days = {visit.root for visit in session.scalars(select(Visit))}
        assert days == {uuid.UUID(json.loads(chain[0])["id"])}
    assert figures.differences(field.world.database, measure_book()) == []


def test_a_correction_may_say_that_nobody_was_met_after_all(field: Field) -> None:
    household = new_household(field.bich)
    first = field.bich.do("visit.log", met(household))
    field.bich.do("visit.log", {"household": household, "met": "nobody", "corrects": first["id"]})
    assert field.facts() == {}
    field.bich.do("visit.log", met(household))
    assert field.facts() == {"visit.households": 1, "visit.visits": 1, "visit.vneid.installed": 1}


def test_a_visit_written_for_the_wrong_household_moves_to_the_right_one(field: Field) -> None:
    wrong, right = new_household(field.bich), new_household(field.bich, nickname="Nhà cô Tươi")
    first = field.bich.do("visit.log", met(wrong))
    field.bich.do("visit.log", met(right, corrects=first["id"]))
    assert field.facts()["visit.households"] == 1
    with field.world.database.transaction(writes=False) as session:
        marks = household_marks(session, [uuid.UUID(wrong), uuid.UUID(right)])
    assert marks[uuid.UUID(wrong)].last_visit is None
    assert marks[uuid.UUID(right)].last_visit == clock.today()


def test_a_correction_of_another_days_visit_stays_in_that_days_month(field: Field) -> None:
    household = new_household(field.bich)
    wall = milliseconds(clock.now() - timedelta(days=20))
    then = {"wall_ms": wall, "mono_ms": wall}
    old = field.bich.do("visit.log", met(household), **then)
    new = field.bich.do("visit.log", met(household, {"vneid": "explained"}, corrects=old["id"]))
    assert new["result"]["day"] == old["result"]["day"] != clock.today().isoformat()
    with field.world.database.transaction(writes=False) as session:
        moments = {fact.happened_at for fact in session.scalars(select(Fact))}
    assert len(moments) == 1


def test_nobody_corrects_what_somebody_else_wrote(field: Field) -> None:
    dung = field.world.phone("Dung")
    join(field.world, field.team, dung)
    household = new_household(field.bich)
    first = field.bich.do("visit.log", met(household))
    refused = dung.do("visit.log", met(household, {}, corrects=first["id"]))
    assert (refused["outcome"], refused["reason"]) == ("refused", "not_own_visit")


def test_a_run_of_different_deeds_in_one_batch_sees_what_came_before_it(field: Field) -> None:
    household, first = new_household(field.bich), str(uuid.uuid4())
    field.bich.push(
        field.bich.freeze("visit.log", met(household), id=first),
        field.bich.freeze("visit.check_in", {"hamlet": str(field.world.hamlet)}),
        field.bich.freeze("visit.log", met(household, {"vneid": "explained"}, corrects=first)),
    )
    assert field.facts() == {"visit.households": 1, "visit.visits": 1, "visit.vneid.explained": 1}


# --- custody: moved, merged, not yet known ---


def test_a_visit_to_a_household_another_team_has_by_then_counts_for_that_team(field: Field) -> None:
    household = new_household(field.bich)
    reassign(field, household, field.other_team)
    before = told(field.world, household, "evicted")
    verdict = field.bich.do("visit.log", met(household))
    assert (verdict["verdict"], verdict["outcome"]) == ("custody", "counted")
    assert verdict["result"]["in_custody"]
    assert verdict["result"]["team"] == "Tổ công nghệ số cộng đồng xóm Cầu Cong"
    assert told(field.world, household, "evicted") == before + 1
    assert field.facts()["visit.visits"] == 1


def test_a_visit_before_the_household_was_given_away_counts_for_the_team_that_had_it(field: Field) -> None:
    wall = milliseconds(clock.now()) - 60 * 60_000
    household = new_household(field.bich, wall_ms=wall - 60_000, mono_ms=wall - 60_000)
    reassign(field, household, field.other_team)
    verdict = field.bich.do("visit.log", met(household), wall_ms=wall, mono_ms=wall)
    assert (verdict["verdict"], verdict["result"]["in_custody"]) == ("accepted", False)
    assert verdict["result"]["team"] == "Tổ công nghệ số cộng đồng xóm Đồng Tiến"


def test_a_household_merged_meanwhile_counts_as_the_one_it_joined(field: Field) -> None:
    one, other = new_household(field.bich), new_household(field.bich, nickname="nha bac lanh")
    field.bich.do("visit.log", met(one))
    field.bich.do("visit.log", met(other))
    assert field.tallies()["visit.households"] == 2
    with field.world.database.transaction() as session:
        merge(session, uuid.UUID(one), uuid.UUID(other), distinct=DISTINCT)
    assert field.tallies()["visit.households"] == 1
    late = field.bich.do("visit.log", met(one))
    assert late["outcome"] == "counted"
    assert (field.tallies()["visit.households"], field.tallies()["visit.visits"]) == (1, 3)
    with field.world.database.transaction(writes=False) as session:
        assert household_marks(session, [uuid.UUID(other)])[uuid.UUID(other)].last_visit == clock.today()


def test_a_visit_waits_for_its_household_and_counts_when_it_comes(field: Field) -> None:
    household = str(uuid.uuid4())
    dung = field.world.phone("Dung")
    join(field.world, field.team, dung)
    frozen = dung.freeze("visit.log", met(household))
    (waits,) = dung.push(frozen).json["results"]
    assert (waits["verdict"], waits["outcome"], waits["reason"]) == (
        "custody",
        "waiting",
        "household_unknown",
    )
    assert (field.facts(), mine(dung)["waiting"]) == ({}, 1)
    found = {
        "household": household,
        "kind": "household",
        "nickname": "Nhà mới",
        "hamlet": str(field.world.hamlet),
    }
    field.bich.do("visit.household", found)
    assert field.tallies() == {"visit.households": 1, "visit.visits": 1, "visit.vneid.installed": 1}
    (again,) = dung.push(frozen).json["results"]
    assert (again["verdict"], again["outcome"], again["result"]["stands"]) == ("duplicate", "counted", True)
    assert mine(dung)["waiting"] == 0


def test_whoever_is_in_no_team_loses_nothing_and_counts_once_they_were(field: Field) -> None:
    household, stranger = new_household(field.bich), field.world.phone("Dung")
    verdict = stranger.do("visit.log", met(household))
    assert (verdict["verdict"], verdict["outcome"], verdict["reason"]) == (
        "custody",
        "waiting",
        "not_in_team",
    )
    operation = uuid.UUID(verdict["id"])
    with field.world.database.transaction() as session:
        assert take_in_again(session, operation).outcome == "waiting"
        assert session.get_one(Operation, operation).body
    join(field.world, field.team, stranger)
    with field.world.database.transaction() as session:
        assert take_in_again(session, operation).outcome == "counted"
    with field.world.database.transaction() as session, pytest.raises(NotWaiting):
        take_in_again(session, operation)
    assert field.facts()["visit.visits"] == 1


def test_what_waits_is_accepted_for_a_team_or_refused_by_whoever_is_responsible(field: Field) -> None:
    household, stranger = new_household(field.bich), field.world.phone("Dung")
    good, bad = (uuid.UUID(stranger.do("visit.log", met(household))["id"]) for _ in range(2))
    with field.world.database.transaction() as session:
        assert take_in_again(session, good, accept_for=field.team).outcome == "counted"
        refuse_waiting(session, bad)
    assert field.facts()["visit.visits"] == 1
    with field.world.database.transaction(writes=False) as session:
        kept = session.get_one(Operation, bad)
        assert (kept.outcome, kept.reason, bool(kept.body)) == ("refused", "not_accepted", True)


def test_what_was_done_before_the_end_counts_however_late_it_comes(field: Field) -> None:
    household = new_household(field.bich)
    with field.world.database.transaction() as session:
        activity = session.get_one(Activity, field.world.activity)
        activity.state, activity.closes_at = "closed", clock.now() - timedelta(hours=1)
    wall = milliseconds(clock.now() - timedelta(hours=2))
    assert field.bich.do("visit.log", met(household), wall_ms=wall, mono_ms=wall)["outcome"] == "counted"
    late = field.bich.do("visit.log", met(household))
    assert (late["outcome"], late["reason"]) == ("refused", "closed")


# --- households, presence, the day ---


def test_a_household_gets_its_code_once_also_when_the_answer_was_lost(field: Field) -> None:
    household = {
        "household": str(uuid.uuid4()),
        "kind": "firm",
        "nickname": "Công ty Lá",
        "hamlet": str(field.world.hamlet),
    }
    frozen = field.bich.freeze("visit.household", household)
    (first,) = field.bich.push(frozen).json["results"]
    assert first["result"]["code"] == "05752-T01-H001"
    (again,) = field.bich.push(frozen).json["results"]
    assert (again["verdict"], again["result"]) == ("duplicate", first["result"])
    (other,) = second_phone(field.bich).push(frozen).json["results"]
    assert other["verdict"] == "quarantined"


def test_the_code_on_the_wall_proves_presence_and_the_list_does_not(field: Field) -> None:
    seal = field.world.app.services.seal
    code = house_code(seal, field.world.hamlet, week_of(clock.today()))
    proofs = [
        (code, "qr", True),
        (code[:-1] + "x", "qr", False),
        ("LTN1.abc", "list", False),
        (None, "list", False),
    ]
    for text, how, proved in proofs:
        result = field.bich.do("visit.check_in", {"hamlet": str(field.world.hamlet), "code": text})["result"]
        assert (result["how"], result["proved"]) == (how, proved)
    elsewhere = field.bich.do("visit.check_in", {"hamlet": str(field.world.other_hamlet), "code": code})[
        "result"
    ]
    assert not elsewhere["proved"]


def test_the_languages_of_a_day_said_again_replace_the_own_ones_only(field: Field) -> None:
    dung = field.world.phone("Dung")
    join(field.world, field.team, dung)
    day = clock.today().isoformat()
    for phone, languages in (
        (field.bich, {"kinh": 3}),
        (dung, {"tay": 2}),
        (field.bich, {"kinh": 1, "nung": 4}),
    ):
        assert phone.do("visit.day", {"day": day, "languages": languages})["outcome"] == "noted"
    with field.world.database.transaction(writes=False) as session:
        rows = session.scalars(select(DayLanguage))
        assert {(row.language, row.visits) for row in rows} == {("kinh", 1), ("nung", 4), ("tay", 2)}


def test_who_leaves_is_no_longer_behind_the_visits_and_their_figures_stay(field: Field) -> None:
    household = new_household(field.bich)
    field.bich.do("visit.log", met(household, note="Hẹn buổi tối"))
    field.bich.do("visit.check_in", {"hamlet": str(field.world.hamlet)})
    before = field.tallies()
    assert field.bich.delete("/me", {"pin": "1234"}).status_code == 204
    with field.world.database.transaction(writes=False) as session:
        writers = {visit.by for visit in session.scalars(select(Visit))} | {
            c.by for c in session.scalars(select(CheckIn))
        }
        subjects = set(session.scalars(select(Operation.subject)))
        assert not writers & subjects
        assert [visit.note for visit in session.scalars(select(Visit))] == [None]
    assert field.tallies() == before


def test_a_member_who_left_the_team_is_counted_until_that_day(field: Field) -> None:
    household = new_household(field.bich)
    with field.world.database.transaction() as session:
        change.leave(session, field.team, uuid.UUID(field.bich.me["id"]), clock.today())
    wall = milliseconds(clock.now() - timedelta(days=2))
    assert field.bich.do("visit.log", met(household), wall_ms=wall, mono_ms=wall)["outcome"] == "counted"
    assert field.bich.do("visit.log", met(household))["reason"] == "not_in_team"
    assert clock.today() > SINCE
