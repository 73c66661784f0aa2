"""How many papers a person has, on how many phones, and who may not enter at all."""

import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from backend import clock
from backend.people import belonging
from backend.safeguards.audit import OPERATOR
from backend.units import change as units
from campaigns import campaigns, lifecycle
from campaigns.contest.models import ContestAttempt
from campaigns.contest.turn import (
    SLACK,
    PassTellsAllCorrect,
    RanksInCircles,
    StrataTooMany,
    StratumTooThin,
    TooFewQuestions,
)
from campaigns.lifecycle import WrongState
from campaigns.models import Activity, Campaign, CampaignBody
from tests.faults.test_concurrency import at_once, pusher
from tests.support.contest import (
    choose,
    close,
    figures_of,
    mine,
    people_of,
    places,
    second_phone,
    settle,
    turn,
)
from tests.support.world import SETTINGS, Phone, World, plant

Move = Callable[[timedelta], None]
LIMIT = timedelta(seconds=int(str(SETTINGS["time_limit_s"])))
GRACE = timedelta(seconds=int(str(SETTINGS["grace_s"])))
SECOND = timedelta(seconds=1)


@pytest.fixture
def move(world: World) -> Iterator[Move]:
    """The clock stands still, and goes on only as far as the test says."""
    with clock.stopped_at(clock.now()) as on:
        yield on


def papers(world: World) -> int:
    with world.database.transaction(writes=False) as session:
        return session.scalar(select(func.count()).select_from(ContestAttempt)) or 0


def start(phone: Phone, take_over: bool = False) -> dict[str, Any]:
    return phone.do("contest.start", {"take_over": take_over})


def answer(phone: Phone, attempt: str, place: str, choice: str, **other: Any) -> str:
    return phone.freeze("contest.answer", {"attempt": attempt, "answers": {place: choice}}, **other)


# --- the attempts policy -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [1, 2, 3])
def test_two_phones_of_one_person_share_their_attempts(world: World, most: int) -> None:
    choose(world, attempts_per_person=most)
    phone = world.phone()
    phones = [phone, second_phone(phone)]
    for number in range(1, most + 1):
        one = phones[number % 2]
        assert one.take_part(right=number)["outcome"] == "counted"
        assert [mine(each)["attempts_left"] for each in phones] == [most - number] * 2
    assert [start(each)["reason"] for each in phones] == ["no_attempts_left"] * 2
    assert papers(world) == most
    assert people_of(world)["contest.entrants"] == 1


def test_with_no_limit_a_person_goes_on_and_on_and_is_one_entrant(world: World) -> None:
    choose(world, attempts_per_person=None)
    phone = world.phone()
    for _ in range(7):
        assert phone.take_part(right=2)["outcome"] == "counted"
    told = mine(phone)
    assert (told["attempts_left"], len(told["attempts"])) == (None, 7)
    assert [row["number"] for row in told["attempts"]] == list(range(1, 8))
    assert (people_of(world)["contest.entrants"], figures_of(world)["contest.papers"]) == (1, 7)


@pytest.mark.parametrize("most", [1, 2, None])
def test_racing_starts_of_two_phones_are_one_paper(world: World, most: int | None) -> None:
    """For the first paper the constraint decides, from the second on the row of the paper before."""
    choose(world, attempts_per_person=most)
    phone = world.phone()
    other = second_phone(phone)
    for number in range(1, (most or 3) + 1):
        racers = [
            pusher(each, each.freeze("contest.start", {})) for each in (phone, other, phone, other, phone)
        ]
        rows = [row.json["results"][0] for row in at_once(*racers)]
        assert {(row["outcome"], row["reason"]) for row in rows} == {("noted", None)}
        found = {row["result"]["attempt"]["id"] for row in rows}
        assert len(found) == 1
        assert papers(world) == number
        holder = phone if rows[0]["result"]["attempt"]["held_here"] else other
        assert holder.do("contest.submit", {"attempt": found.pop(), "answers": {}})["outcome"] == "counted"
    if most:
        rows = [
            row.json["results"][0]
            for row in at_once(*(pusher(each, each.freeze("contest.start", {})) for each in (phone, other)))
        ]
        assert {row["reason"] for row in rows} == {"no_attempts_left"}


def test_a_start_racing_the_hand_in_of_the_paper_before_never_makes_one_too_many(world: World) -> None:
    choose(world, attempts_per_person=2)
    phone = world.phone()
    other = second_phone(phone)
    attempt = phone.start()
    paper = phone.freeze("contest.submit", {"attempt": attempt["id"], "answers": {}})
    at_once(pusher(phone, paper), *(pusher(other, other.freeze("contest.start", {})) for _ in range(3)))
    assert papers(world) <= 2
    for each in (phone, other):
        start(each, take_over=True)
    assert papers(world) == 2


@pytest.mark.parametrize(("counts", "number"), [("first", 1), ("best", 2), ("last", 3)])
def test_first_best_or_last_is_told_at_once_and_is_what_the_board_places(
    world: World, counts: str, number: int
) -> None:
    choose(world, attempts_per_person=None, counting_attempt=counts)
    phone = world.phone()
    for right in (3, 5, 1):
        phone.take_part(right)
    before = mine(phone)["attempts"]
    assert [row["number"] for row in before if row["recognised"]] == [number]
    settle(world)
    after = mine(phone)
    assert [row["number"] for row in after["attempts"] if row["recognised"]] == [number]
    assert after["settled"]
    with world.database.transaction(writes=False) as session:
        counting = session.scalars(
            select(ContestAttempt.submitted_by).where(ContestAttempt.number == number)
        ).one()
    assert [operation for _, operation in places(world).values()] == [counting]


def test_an_attempt_that_ran_out_is_no_paper_that_counts(world: World, move: Move) -> None:
    choose(world, attempts_per_person=2, counting_attempt="first")
    phone = world.phone()
    phone.start()
    move(LIMIT + GRACE + SECOND)
    assert phone.take_part(right=4)["outcome"] == "counted"
    assert [(row["state"], row["recognised"]) for row in mine(phone)["attempts"]] == [
        ("running", False), ("submitted", True),
    ]  # fmt: skip
    move(SLACK)
    turn(world)
    assert [row["state"] for row in mine(phone)["attempts"]] == ["expired", "submitted"]


# --- going on on another phone -----------------------------------------------------------------------------------


def test_refreshing_gives_the_same_paper_with_what_was_answered(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    phone.push(answer(phone, attempt["id"], "2", "b"))
    for again in (mine(phone)["attempt"], phone.start()):
        assert (again["id"], again["questions"]) == (attempt["id"], attempt["questions"])
        assert again["answers"] == {"2": "b"}
        assert (again["started_at"], again["due_at"]) == (attempt["started_at"], attempt["due_at"])
        assert again["held_here"]


def test_another_phone_is_told_who_holds_the_paper_and_takes_nothing_unasked(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    other = second_phone(phone)
    told = start(other)["result"]["attempt"]
    assert (told["id"], told["held_here"]) == (attempt["id"], False)
    assert told["held_since"] == attempt["started_at"]
    assert mine(phone)["attempt"]["held_here"]
    assert other.push(answer(other, attempt["id"], "1", "a")).json["results"][0]["reason"] == "taken_over"


def test_after_a_take_over_the_first_phone_is_told_so_and_what_it_said_before_counts(
    world: World, move: Move
) -> None:
    phone = world.phone()
    attempt = phone.start()
    move(SECOND)
    offline = answer(phone, attempt["id"], "1", "a")
    move(SECOND)
    other = second_phone(phone)
    taken = start(other, take_over=True)["result"]["attempt"]
    assert (taken["id"], taken["held_here"], taken["questions"]) == (
        attempt["id"],
        True,
        attempt["questions"],
    )
    assert not mine(phone)["attempt"]["held_here"]
    move(SECOND)
    after = answer(phone, attempt["id"], "2", "b")
    rows = phone.push(offline, after).json["results"]
    assert [(row["outcome"], row["reason"]) for row in rows] == [("noted", None), ("refused", "taken_over")]
    assert rows[1]["message"]
    assert mine(other)["attempt"]["answers"] == {"1": "a"}
    whole = phone.freeze("contest.submit", {"attempt": attempt["id"], "answers": {"3": "c"}})
    assert phone.push(whole).json["results"][0]["reason"] == "taken_over"
    assert mine(other)["attempt"]["state"] == "running"


def test_a_paper_may_be_taken_back(world: World, move: Move) -> None:
    phone = world.phone()
    attempt = phone.start()
    other = second_phone(phone)
    move(SECOND)
    start(other, take_over=True)
    move(SECOND)
    other.push(answer(other, attempt["id"], "1", "b"))
    assert start(phone, take_over=True)["result"]["attempt"]["answers"] == {"1": "b"}
    move(SECOND)
    assert phone.push(answer(phone, attempt["id"], "1", "c")).json["results"][0]["outcome"] == "noted"
    assert other.push(answer(other, attempt["id"], "1", "d")).json["results"][0]["reason"] == "taken_over"
    assert mine(phone)["attempt"]["answers"] == {"1": "c"}
    verdict = phone.submit(attempt)
    assert verdict["outcome"] == "counted"


def test_an_older_word_of_the_first_phone_does_not_replace_a_later_one_of_the_second(
    world: World, move: Move
) -> None:
    phone = world.phone()
    attempt = phone.start()
    other = second_phone(phone)
    move(SECOND)
    early = [answer(phone, attempt["id"], "1", "a"), answer(phone, attempt["id"], "2", "a")]
    move(SECOND)
    start(other, take_over=True)
    move(SECOND)
    other.push(answer(other, attempt["id"], "1", "b"))
    phone.push(*early)
    assert mine(other)["attempt"]["answers"] == {"1": "b", "2": "a"}


def test_a_whole_paper_written_before_the_take_over_hands_in_what_both_phones_said(
    world: World, move: Move
) -> None:
    """Handed in on the bus without signal; meanwhile somebody went on on the other phone, and that counts too."""
    phone = world.phone()
    attempt = phone.start()
    keys = world.keys(attempt["id"])
    move(SECOND)
    whole = phone.freeze(
        "contest.submit", {"attempt": attempt["id"], "answers": {"1": keys["1"], "2": keys["2"]}}
    )
    other = second_phone(phone)
    move(SECOND)
    start(other, take_over=True)
    move(SECOND)
    other.push(answer(other, attempt["id"], "3", keys["3"]))
    verdict = phone.push(whole).json["results"][0]
    assert verdict["outcome"] == "counted"
    assert verdict["result"]["attempt"]["result"]["right"] == 3


def test_a_paper_begun_before_the_closing_goes_on_on_another_phone_after_it(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    close(world)
    other = second_phone(phone)
    taken = start(other, take_over=True)
    assert (taken["outcome"], taken["result"]["attempt"]["id"]) == ("noted", attempt["id"])
    assert other.submit(attempt)["outcome"] == "counted"
    assert start(world.phone("Mới"))["reason"] == "closed"


def test_racing_take_overs_leave_one_holder_and_one_paper(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    others = [second_phone(phone) for _ in range(3)]
    at_once(*(pusher(each, each.freeze("contest.start", {"take_over": True})) for each in others))
    here = [mine(each)["attempt"]["held_here"] for each in (phone, *others)]
    assert sorted(here) == [False, False, False, True]
    assert papers(world) == 1
    holder = [phone, *others][here.index(True)]
    assert holder.submit(attempt)["outcome"] == "counted"


# --- the guess ---------------------------------------------------------------------------------------------------


def test_a_paper_without_the_guess_is_sent_back_while_there_is_time_and_taken_afterwards(
    world: World, move: Move
) -> None:
    choose(world, prediction=True)
    phone = world.phone()
    attempt = phone.start()
    assert attempt["prediction_asked"]
    move(LIMIT - SECOND)
    early = phone.submit(attempt)
    assert (early["outcome"], early["reason"]) == ("refused", "prediction_missing")
    assert mine(phone)["attempt"]["state"] == "running"
    move(SECOND)
    assert phone.submit(attempt)["outcome"] == "counted"
    assert mine(phone)["attempt"]["result"]["prediction"] is None


@pytest.mark.parametrize(("asked", "kept"), [(True, 0), (False, None)])
def test_a_guess_is_kept_as_given_and_one_nobody_asked_for_is_not(
    world: World, asked: bool, kept: int | None
) -> None:
    choose(world, prediction=asked)
    phone = world.phone()
    assert phone.take_part(guess=0)["outcome"] == "counted"
    assert mine(phone)["attempt"]["result"]["prediction"] == kept


@pytest.mark.parametrize("guess", [-1, 10_000_001, 2.5, "7"])
def test_a_guess_is_a_whole_number_of_people(world: World, guess: object) -> None:
    choose(world, prediction=True)
    phone = world.phone()
    attempt = phone.start()
    verdict = phone.do("contest.submit", {"attempt": attempt["id"], "answers": {}, "prediction": guess})
    assert (verdict["verdict"], verdict["reason"]) == ("quarantined", "body_invalid")
    assert mine(phone)["attempt"]["state"] == "running"


# --- who may not enter -------------------------------------------------------------------------------------------


def body_of(world: World, part: str, code: str = "05752-B1") -> uuid.UUID:
    """A body of the commune with a part in the campaign."""
    with world.database.transaction() as session:
        place = units.found(
            session, code=code, kind="body", name="Ban Tổ chức", level_word="ban", since=date(2025, 7, 1),
            parents={"territory": world.commune},
        )  # fmt: skip
        session.add(CampaignBody(campaign_id=world.campaign, part=part, unit_id=place))
        return place


def joins(world: World, phone: Phone, kind: str, unit: uuid.UUID) -> None:
    with world.database.transaction() as session:
        belonging.move(session, uuid.UUID(phone.me["id"]), kind, unit)


def needs(phone: Phone) -> list[str]:
    return list(phone.get(f"/activities/{phone.world.activity}").json["needs"])


@pytest.mark.parametrize("part", ["organising", "questions", "jury", "secretariat"])
def test_who_runs_the_contest_does_not_enter_it(world: World, part: str) -> None:
    phone, other = world.phone(), world.phone("Khác")
    joins(world, phone, "body", body_of(world, part))
    assert needs(phone) == ["excluded"]
    assert start(phone)["reason"] == "excluded"
    assert needs(other) == []
    assert start(other)["outcome"] == "noted"


@pytest.mark.parametrize("part", ["lead", "coordinating", "releasing"])
def test_a_body_that_only_leads_may_compete(world: World, part: str) -> None:
    phone = world.phone()
    joins(world, phone, "body", body_of(world, part))
    assert needs(phone) == []
    assert start(phone)["outcome"] == "noted"


def test_whoever_is_made_an_organiser_while_working_finishes_the_paper_and_starts_no_other(
    world: World,
) -> None:
    """The paper begun is handed in; whether it counts is for the removal desk, with a reason."""
    choose(world, attempts_per_person=2)
    phone = world.phone()
    attempt = phone.start()
    joins(world, phone, "body", body_of(world, "jury"))
    assert phone.submit(attempt)["outcome"] == "counted"
    assert start(phone)["reason"] == "excluded"


def test_a_contest_for_a_group_lets_in_the_group_only(world: World) -> None:
    choose(world, open_to=["works_at", "body"])
    phone, other = world.phone(), world.phone("Khác")
    joins(world, phone, "body", body_of(world, "lead"))
    assert (needs(phone), start(phone)["outcome"]) == ([], "noted")
    assert (needs(other), start(other)["reason"]) == (["group"], "group_missing")


# --- states of the campaign and the activity ---------------------------------------------------------------------


def test_a_pause_stops_new_papers_and_lets_running_ones_end(world: World) -> None:
    running, waiting = world.phone(), world.phone("Chờ")
    attempt = running.start()
    with world.database.transaction() as session:
        campaigns.pause(session, world.campaign, OPERATOR, "Mạng trung tâm bảo trì")
    assert start(waiting)["reason"] == "paused"
    assert waiting.get("/home").json["activities"][0]["paused"] is True
    assert running.push(answer(running, attempt["id"], "1", "a")).json["results"][0]["outcome"] == "noted"
    assert running.submit(attempt)["outcome"] == "counted"
    with world.database.transaction() as session:
        campaigns.resume(session, world.campaign, OPERATOR)
    assert waiting.get("/home").json["activities"][0]["paused"] is False
    assert start(waiting)["outcome"] == "noted"


def test_a_paused_campaign_opens_nothing_by_itself_or_by_hand(app: Any, database: Any) -> None:
    world = plant(app, database, opened=False)
    with database.transaction() as session:
        session.get_one(Campaign, world.campaign).state = "paused"
    assert turn(world) == "scheduled"
    with database.transaction() as session, pytest.raises(lifecycle.NotReleased):
        lifecycle.open_activity(session, session.get_one(Activity, world.activity), OPERATOR)
    with database.transaction() as session:
        campaigns.resume(session, world.campaign, OPERATOR)
    assert turn(world) == "open"


def test_a_draft_is_not_there_for_whoever_takes_part(app: Any, database: Any) -> None:
    world = plant(app, database, opened=False)
    with database.transaction() as session:
        session.get_one(Campaign, world.campaign).state = "draft"
    phone = world.phone()
    assert phone.get("/home").json["activities"] == []
    for path in ("", "/mine", "/boards"):
        assert phone.get(f"/activities/{world.activity}{path}").status_code == 404
    assert start(phone)["outcome"] == "refused"


def opening(world: World) -> Callable[[], str]:
    def do() -> str:
        try:
            with world.database.transaction() as session:
                activity = session.get_one(Activity, world.activity)
                lifecycle.open_activity(session, activity, OPERATOR)
        except WrongState as refused:
            return refused.code
        return "opened"

    return do


def test_opened_twice_at_once_it_opens_once(app: Any, database: Any) -> None:
    world = plant(app, database, opened=False)
    assert sorted(at_once(opening(world), opening(world), opening(world))) == [
        "opened", "wrong_state", "wrong_state",
    ]  # fmt: skip
    assert opening(world)() == "wrong_state"


@pytest.mark.parametrize(
    ("chosen", "error"),
    [
        ({"prediction": True, "pass_right": 5}, PassTellsAllCorrect),
        ({"prediction": True, "pass_right": 6}, PassTellsAllCorrect),
        ({"prediction": True, "ranking": ["prediction", "right"]}, RanksInCircles),
        ({"questions_per_attempt": 8}, TooFewQuestions),
        ({"strata": [{"count": 4}, {"count": 2}]}, StrataTooMany),
        ({"strata": [{"count": 1, "difficulty": 3}]}, StratumTooThin),
        ({"strata": [{"count": 1, "topics": ["khac"]}]}, StratumTooThin),
        ({"questions_per_attempt": 7, "strata": [{"count": 4, "topics": ["thu"]}, {"count": 4, "difficulty": 1}]},
         StrataTooMany),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)  # fmt: skip
def test_rules_that_cannot_be_kept_do_not_open(
    app: Any, database: Any, chosen: dict[str, Any], error: type[Exception]
) -> None:
    world = plant(app, database, opened=False)
    choose(world, **chosen)
    with database.transaction() as session, pytest.raises(error):
        lifecycle.open_activity(session, session.get_one(Activity, world.activity), OPERATOR)
    choose(world, **{"prediction": False, "ranking": ["right"], "questions_per_attempt": 5, "strata": []})
    assert opening(world)() == "opened"
