"""A commune within a contest of many: nothing to edit, a count that goes up sealed, places by the count of all."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend import clock
from backend.errors import DomainError
from backend.people.models import Person
from backend.safeguards.audit import OPERATOR, Actor
from backend.safeguards.models import AuditEntry
from backend.safeguards.signing import Signer
from campaigns import common_turn, lifecycle, results
from campaigns.common_models import CommonEntry, CommonRound
from campaigns.contest import common_final, common_heard, common_local
from campaigns.contest.errors import PapersStillCome
from campaigns.models import Activity
from tests.support.common import ABOVE, FIRST_LIFE, Carrier, Place, arrive, enrol_above, make_common, turn
from tests.support.contest import close, mine, remove, settle
from tests.support.contest import turn as time_passes
from tests.support.world import Phone, World


def close_in_time(world: World) -> None:
    """Its day has come: closed by the worker, as nobody here may."""
    with world.database.transaction() as session:
        session.get_one(Activity, world.activity).closes_at = clock.now()
    time_passes(world)


def people(world: World, count: int = 6, guess: int = 40) -> list[Phone]:
    phones = [world.phone(f"Người {n}") for n in range(count)]
    for n, phone in enumerate(phones):
        assert phone.take_part(max(0, 5 - n // 2), guess + n)["outcome"] == "counted"
    return phones


def deed(world: World, do: Any, *more: Any) -> str | None:
    """The code of what refused it, or None."""
    actor = Actor("staff", world.staff["an"])
    try:
        with world.database.transaction() as session:
            do(session, session.get_one(Activity, world.activity), *more, actor)
    except DomainError as refused:
        return refused.code
    return None


def ready(world: World) -> str | None:
    return deed(world, common_local.get_ready)


# --- nothing to edit --------------------------------------------------------------------------------------------------


def test_a_round_that_is_common_is_not_closed_before_its_day(world: World) -> None:
    make_common(world)
    with pytest.raises(DomainError) as refused:
        close(world)
    assert refused.value.code == "fixed_from_above"
    assert refused.value.values == {"organiser": "Ban Chỉ đạo tỉnh"}
    close_in_time(world)
    with world.database.transaction(writes=False) as session:
        assert session.get_one(Activity, world.activity).state == "closed"


# --- the count goes up --------------------------------------------------------------------------------------------------


def test_the_count_goes_up_once_the_organiser_has_looked_and_again_only_when_it_changed(world: World) -> None:
    make_common(world)
    phones, carrier = people(world), Carrier()
    gone = mine(phones[5])["attempt"]["id"]
    assert ready(world) == "wrong_state", "while papers still come"
    close_in_time(world)
    turn(world, carrier)
    assert carrier.said == [], "nobody has looked at the papers yet"
    assert ready(world) is None
    assert ready(world) is None, "twice is once"
    turn(world, carrier)
    turn(world, carrier)
    (told,) = carrier.counts
    assert (told.people, told.papers, told.all_correct, told.flag, told.unit, told.revision) == (
        6,
        6,
        2,
        "",
        "05752",
        1,
    )
    remove(world, gone)
    turn(world, carrier)
    _, second = carrier.counts
    assert (second.people, second.all_correct, second.revision, second.reason) == (5, 2, 2, "recounted")


def test_without_a_level_above_nothing_counts_as_told(world: World) -> None:
    make_common(world)
    people(world)
    close_in_time(world)
    ready(world)
    turn(world, Carrier(parents=0))
    late = Carrier()
    turn(world, late)
    assert [told.revision for told in late.counts] == [1]


def test_of_fewer_than_five_people_no_number_leaves_the_commune(world: World) -> None:
    make_common(world)
    people(world, 4)
    close_in_time(world)
    ready(world)
    carrier = Carrier()
    turn(world, carrier)
    (told,) = carrier.counts
    assert (told.people, told.papers, told.all_correct, told.flag) == (None, None, None, "S")


def test_nobody_here_is_told_the_count_that_went_up(world: World) -> None:
    make_common(world)
    phones = people(world)
    close_in_time(world)
    ready(world)
    turn(world, Carrier())
    result = mine(phones[0])["attempt"]["result"]
    assert (result["all_correct"], result["gap"], result["rank"]) == (None, None, None)
    with world.database.transaction(writes=False) as session:
        reasons = session.scalars(select(AuditEntry.reason).where(AuditEntry.deed.like("common.%"))).all()
    assert not any(reason and any(sign.isdigit() for sign in reason) for reason in reasons)


# --- settling waits ------------------------------------------------------------------------------------------------------


def settling(world: World) -> str | None:
    try:
        settle(world)
    except DomainError as refused:
        return refused.code
    return None


def test_settling_waits_first_for_the_organiser_then_for_all_communes(world: World) -> None:
    make_common(world)
    people(world)
    close_in_time(world)
    assert settling(world) == "count_not_sent"
    ready(world)
    assert settling(world) == "awaits_total"
    assert turn(world, Carrier()) == "closed"
    arrive(world, 42)
    assert turn(world, Carrier()) == "settled"


def test_what_is_awaited_is_said_with_its_deadline(world: World) -> None:
    make_common(world)
    people(world)
    close_in_time(world)
    ready(world)
    with world.database.transaction(writes=False) as session:
        activity = session.get_one(Activity, world.activity)
        waits = common_local.awaits(session, activity)
        due = common_local.until(activity, session.get_one(CommonRound, world.activity))
    assert waits is not None
    assert due - activity.closes_at == timedelta(hours=72)
    assert waits.values["until"] == due.astimezone(clock.VIETNAM).strftime("%H:%M, %d/%m/%Y")


def test_guesses_are_held_against_all_communes(world: World) -> None:
    """Six people guess 40 to 45; here two are all right, everywhere 41: who guessed 41 stands first, not who guessed 40."""
    make_common(world)
    phones = people(world)
    close_in_time(world)
    ready(world)
    arrive(world, 41)
    turn(world, Carrier())
    shown = [mine(phone)["attempt"]["result"] for phone in phones[:2]]
    assert [(one["all_correct"], one["gap"], one["rank"]["place"]) for one in shown] == [
        (41, 1, 2),
        (41, 0, 1),
    ]
    with world.database.transaction(writes=False) as session:
        said = results.statement(session, session.get_one(Activity, world.activity))
        assert session.get_one(CommonRound, world.activity).total_number == 1
    assert said["all_correct"] == 41
    common = said["common"]
    assert (common["scope"], common["number"], common["told"], common["expected"], common["why"]) == (
        "common",
        1,
        3,
        3,
        None,
    )
    assert common["organiser"]["vi"] == "Ban Chỉ đạo tỉnh"
    assert "tất cả các xã" in said["formula"]["vi"]


def test_a_count_of_other_rules_settles_nothing(world: World) -> None:
    make_common(world)
    people(world)
    close_in_time(world)
    ready(world)
    arrive(world, 41, rules="e" * 64)
    assert turn(world, Carrier()) == "closed"


def waiting_for(world: World) -> int | None:
    """The number of the count a round of `world` would settle by."""
    with world.database.transaction(writes=False) as session:
        found = common_heard.newest_total(session, session.get_one(CommonRound, world.activity))
        return int(found.said["all_correct"]) if found else None


def test_a_level_above_of_another_line_settles_nothing_whatever_number_it_gives(world: World) -> None:
    """It can compute the rules from the pack as well as anybody; and it may be first."""
    make_common(world)
    people(world)
    close_in_time(world)
    ready(world)
    party = uuid.UUID(int=8)
    with world.database.transaction() as session:
        enrol_above(session, party, "party")
        enrol_above(session, ABOVE, "party")
    arrive(world, 5, at=Place(1, node=party, line="party"))
    arrive(world, 6, number=1_000_000, at=Place(1_000_000, node=ABOVE, line="party"))
    arrive(world, 7, rules="e" * 64, at=Place(2, node=party, line="party"))
    assert turn(world, Carrier()) == "closed"
    arrive(world, 41)
    assert waiting_for(world) == 41
    assert turn(world, Carrier()) == "settled"


def test_a_node_that_is_no_parent_here_settles_nothing(world: World) -> None:
    """The nation's documents are passed on under its own signature; this contest is the province's."""
    make_common(world)
    arrive(world, 5, at=Place(9, node=uuid.UUID(int=8)))
    assert waiting_for(world) is None


def test_a_later_count_of_other_rules_does_not_hide_the_right_one(world: World) -> None:
    make_common(world)
    arrive(world, 41)
    arrive(world, 6, number=2, rules="e" * 64)
    assert waiting_for(world) == 41


def test_what_the_level_above_says_in_its_newest_life_stands_also_under_a_lower_number(world: World) -> None:
    make_common(world)
    phones = people(world)
    close_in_time(world)
    ready(world)
    arrive(world, 40, number=1)
    arrive(world, 41, number=2)
    turn(world, Carrier())
    restored = uuid.UUID(int=FIRST_LIFE.int + 1)
    arrive(world, 40, number=2, at=Place(2, restored))
    assert waiting_for(world) == 40
    assert deed(world, common_local.stand_anew, "Tỉnh khôi phục từ bản sao lưu") is None, "the same number"
    assert mine(phones[0])["attempt"]["result"]["all_correct"] == 40
    assert deed(world, common_local.stand_anew, "Một lần nữa") == "no_new_total"


def test_a_round_that_settles_by_itself_tells_and_waits_by_itself(world: World) -> None:
    make_common(world, settle="auto")
    people(world)
    close_in_time(world)
    carrier = Carrier()
    assert time_passes(world) == "closed"
    assert turn(world, carrier) == "closed"
    assert [told.all_correct for told in carrier.counts] == [2]
    arrive(world, 7)
    assert time_passes(world) == "settled"


def test_the_count_does_not_go_up_while_somebody_still_works(world: World) -> None:
    make_common(world)
    people(world)
    world.phone("Đang làm").start()
    close_in_time(world)
    with world.database.transaction() as session, pytest.raises(PapersStillCome):
        common_local.get_ready(session, session.get_one(Activity, world.activity), OPERATOR)


# --- if it never comes ----------------------------------------------------------------------------------------------------


def test_after_the_deadline_the_organiser_may_go_alone_and_the_reason_is_published(world: World) -> None:
    make_common(world)
    phones = people(world)
    close_in_time(world)
    ready(world)
    assert deed(world, common_local.go_alone, "Tỉnh mất liên lạc") == "still_waiting"
    with clock.stopped_at(clock.now() + timedelta(hours=73)):
        assert deed(world, common_local.go_alone, "x") == "reason_missing"
        assert deed(world, common_local.go_alone, "Tỉnh mất liên lạc") is None
        carrier = Carrier()
        assert turn(world, carrier) == "settled"
        with world.database.transaction(writes=False) as session:
            said = results.statement(session, session.get_one(Activity, world.activity))
        assert mine(phones[0])["attempt"]["result"]["all_correct"] == 2
    assert said["common"]["scope"] == "alone"
    assert said["common"]["why"] == "Tỉnh mất liên lạc"
    assert carrier.rows == [], "guesses held against the own number are not ranked beside others"


def test_nobody_goes_alone_before_the_count_was_sent_nor_once_all_have_told(world: World) -> None:
    make_common(world)
    people(world)
    close_in_time(world)
    with clock.stopped_at(clock.now() + timedelta(hours=73)):
        assert deed(world, common_local.go_alone, "Tỉnh mất liên lạc") == "count_not_sent"
        ready(world)
        arrive(world, 9)
        assert deed(world, common_local.go_alone, "Tỉnh mất liên lạc") == "wrong_state"


def test_a_newer_count_moves_places_only_when_the_organiser_says_why(world: World) -> None:
    make_common(world)
    phones = people(world)
    close_in_time(world)
    ready(world)
    arrive(world, 41)
    turn(world, Carrier())
    assert deed(world, common_local.stand_anew, "Không có gì mới") == "no_new_total"
    arrive(world, 40, number=2)
    assert turn(world, Carrier()) == "settled"
    assert mine(phones[1])["attempt"]["result"]["rank"]["place"] == 1, "nothing moves by itself"
    assert deed(world, common_local.stand_anew, "Tỉnh đính chính số chung") is None
    assert [mine(phone)["attempt"]["result"]["rank"]["place"] for phone in phones[:2]] == [1, 2]
    assert mine(phones[0])["attempt"]["result"]["all_correct"] == 40


# --- finalists -----------------------------------------------------------------------------------------------------------


def settled(world: World, phones: list[Phone], carrier: Carrier) -> None:
    close_in_time(world)
    ready(world)
    arrive(world, 41)
    assert turn(world, carrier) == "settled"


def agree(phone: Phone) -> None:
    assert phone.agree("common_final").status_code == 201, "agreed"


def numbers(carrier: Carrier) -> list[list[int]]:
    return [[row.number for row in told.rows] for told in carrier.rows]


def test_only_finalists_who_agreed_have_a_row_and_it_holds_no_name(world: World) -> None:
    make_common(world)
    phones, carrier = people(world), Carrier()
    agree(phones[1])
    agree(phones[5])  # agreed, but is none of the first three
    settled(world, phones, carrier)
    (told,) = carrier.rows
    (row,) = told.rows
    assert (told.total, row.number, row.right, row.of, row.gap) == (1, 1, 5, 5, 0)
    assert row.seconds < 60
    words = json.dumps(
        [{name: getattr(one, name, None) for name in one.__struct_fields__} for one in (told, row)],
        default=str,
    )
    assert "Người" not in words
    assert phones[1].me["id"] not in words


def test_who_agrees_in_time_gets_the_next_number_and_who_agrees_too_late_gets_none(world: World) -> None:
    make_common(world, entry_days=2)
    phones, carrier = people(world), Carrier()
    settled(world, phones, carrier)
    assert carrier.rows == []
    agree(phones[0])
    turn(world, carrier)
    agree(phones[1])
    turn(world, carrier)
    assert numbers(carrier) == [[1], [1, 2]]
    with clock.stopped_at(clock.now() + timedelta(days=3)):
        agree(phones[2])
        turn(world, carrier)
    assert numbers(carrier) == [[1], [1, 2]]


def test_who_withdraws_takes_the_row_back_and_nobody_gets_the_number(world: World) -> None:
    make_common(world)
    phones, carrier = people(world), Carrier()
    agree(phones[0])
    agree(phones[1])
    settled(world, phones, carrier)
    consent = phones[0].get("/me").json["consents"]
    (given,) = [one["id"] for one in consent if one["purpose"] == "common_final"]
    assert phones[0].delete(f"/me/consents/{given}").status_code == 204
    with world.database.transaction(writes=False) as session:
        assert len(common_final.withdrawn(session, world.activity)) == 1, (
            "off the own page before the level above knows"
        )
    agree(phones[2])
    turn(world, carrier)
    first, second = carrier.rows
    gone = {row.number for row in first.rows} - {row.number for row in second.rows}
    assert (len(gone), len(second.rows), second.reason, second.revision) == (1, 2, "withdrawn", 2)
    assert max(row.number for row in second.rows) == 3


def test_who_leaves_takes_the_row_along_and_the_entry_leads_to_nobody(world: World) -> None:
    make_common(world)
    phones, carrier = people(world), Carrier()
    agree(phones[1])
    settled(world, phones, carrier)
    assert phones[1].delete("/me", {"pin": phones[1].pin}).status_code == 204
    turn(world, carrier)
    assert numbers(carrier) == [[1], []]
    with world.database.transaction(writes=False) as session:
        (entry,) = session.scalars(select(CommonEntry)).all()
    assert (entry.subject, entry.withdrawn_at is None) == (None, False)


def work(world: World, carrier: Carrier) -> None:
    """The worker's round of everything that may still have something to tell."""
    common_turn.turn_all(world.database, carrier)


def test_who_leaves_long_after_the_closing_takes_the_row_back_once_it_can_be_told(world: World) -> None:
    """The last one on the list: nothing here leads to anybody any more, above the row still stands."""
    make_common(world)
    phones, carrier, away = people(world), Carrier(), Carrier(parents=0)
    agree(phones[1])
    settled(world, phones, carrier)
    with clock.stopped_at(clock.now() + timedelta(days=70)):
        with world.database.transaction() as session:
            common_final.erase(session, session.scalars(select(CommonEntry.subject)).one())  # type: ignore[arg-type]
        work(world, away)  # the level above was suspended just then
        assert numbers(carrier) == [[1]]
        work(world, carrier)
        work(world, carrier)
        assert numbers(carrier) == [[1], []]
        with world.database.transaction(writes=False) as session:
            assert common_turn.waiting(session, clock.now()) == [], "and is looked at no more"


def test_rows_of_which_the_time_is_over_are_taken_back_although_nobody_could_be_told_that_day(
    world: World,
) -> None:
    make_common(world)
    phones, carrier = people(world), Carrier()
    agree(phones[1])
    settled(world, phones, carrier)
    with clock.stopped_at(clock.now() + timedelta(days=366)):
        work(world, Carrier(parents=0))
    with clock.stopped_at(clock.now() + timedelta(days=380)):
        work(world, carrier)
    assert numbers(carrier) == [[1], []]


def test_one_round_that_fails_altogether_does_not_hold_up_the_lists(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_common(world)
    close_in_time(world)
    done: list[bool] = []

    def fails(*_: Any) -> None:
        raise ValueError("a code too long for its field")

    monkeypatch.setattr(common_turn.common_telling, "tell_counts", fails)
    monkeypatch.setattr(common_turn, "restate_lists", lambda *_: done.append(True))
    common_turn.turn_all(world.database, Carrier(), Signer.throw_away())
    assert done == [True]


def test_after_the_time_agreed_to_every_row_is_taken_back(world: World) -> None:
    make_common(world)
    phones, carrier = people(world), Carrier()
    agree(phones[1])
    settled(world, phones, carrier)
    with clock.stopped_at(clock.now() + timedelta(days=366)):
        turn(world, carrier)
    assert numbers(carrier) == [[1], []]


def is_asked(phone: Phone) -> bool:
    return bool(phone.get("/me").json["final_list"])


def test_only_whom_a_common_contest_concerns_is_asked_for_its_final_list(world: World) -> None:
    """Everybody while it is open; then who took part, until the days for entering are over."""
    phones = people(world)
    bystander = world.phone("Không thi")
    assert not is_asked(phones[0]), "a contest of the commune's own has no such list"
    make_common(world, entry_days=2)
    assert is_asked(bystander)
    settled(world, phones, Carrier())
    assert [is_asked(phones[0]), is_asked(bystander)] == [True, False]
    with clock.stopped_at(clock.now() + timedelta(days=3)):
        assert not is_asked(phones[0])


def test_nobody_is_asked_where_the_contest_keeps_no_final_list(world: World) -> None:
    make_common(world, finalists=0)
    assert not is_asked(world.phone("Người thi"))


def test_no_minor_stands_on_a_final_list(world: World) -> None:
    make_common(world)
    phones, carrier = people(world), Carrier()
    agree(phones[1])
    with world.database.transaction() as session:
        for person in session.scalars(select(Person)):
            person.birth_year = clock.today().year - 17
    assert phones[0].agree("common_final").json["code"] == "common_final_not_for_minors"
    settled(world, phones, carrier)
    assert carrier.rows == []


def test_a_name_stands_beside_a_row_only_by_both_agreements(world: World) -> None:
    make_common(world)
    phones, carrier = people(world), Carrier()
    for phone, name in ((phones[0], "Bà Tư"), (phones[1], None), (phones[2], "Ông Ba")):
        if name:
            body = {"name": name, "version": 1}
            assert (
                phone.client.put("/api/v1/me/board-name", json=body, headers=phone.headers).status_code == 200
            )
    agree(phones[0])
    agree(phones[1])
    settled(world, phones, carrier)
    with world.database.transaction(writes=False) as session:
        assert list(common_final.names(session, world.activity).values()) == ["Bà Tư"]
    phones[0].delete("/me/board-name")
    with world.database.transaction(writes=False) as session:
        assert common_final.names(session, world.activity) == {}


def test_lifecycle_is_as_it_was_for_a_contest_of_ones_own(world: World) -> None:
    people(world)
    settle(world)
    with world.database.transaction(writes=False) as session:
        activity = session.get_one(Activity, world.activity)
        assert lifecycle.full_rules(activity)["vi"]
        assert "common" not in results.statement(session, activity)
