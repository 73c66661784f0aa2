"""The express way and the general way side by side on PostgreSQL: the same verdicts and the same rows, deed by deed.

Two people do the same at the same stopped moments; the one goes the express way, for the other it is closed. Whatever
the express way leaves to the general one must find nothing written by it.
"""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from backend import clock, figures
from backend.participation.deeds import body_hash
from backend.participation.models import Fact, Operation
from backend.people.models import Membership
from campaigns import express
from campaigns.contest.models import ContestAttempt
from campaigns.registry import measure_book
from tests.support import postgres
from tests.support.contest import choose, second_phone
from tests.support.side_by_side import (
    MORNING,
    Deed,
    Watched,
    a_few,
    a_paper,
    answers_only,
    at_once,
    between,
    footprint,
    hand_in,
    interfering,
    pusher,
    refresh,
    row_of,
    save,
    side_by_side,
    verdict,
)
from tests.support.world import Phone, World

pytestmark = pytest.mark.postgres


@pytest.fixture(params=[pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, postgres_template: str) -> Iterator[str]:
    """The express way is PostgreSQL's."""
    name = f"t_{uuid.uuid4().hex}"
    yield postgres.create_database(name, template=postgres_template)
    postgres.drop_database(name)


@pytest.fixture
def watched(world: World, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Fails at once when a deed that was left to the general way has left anything behind."""
    real, watching = express.done, Watched(world)

    def done(database: Any, sent: Any) -> Any:
        if not watching.is_open:
            return None
        before = footprint(world)
        answered = real(database, sent)
        watching.took.append(answered is not None)
        if answered is None and not interfering.is_set():
            assert footprint(world) == before, "the express way wrote something and then gave up"
        return answered

    monkeypatch.setattr(express, "done", done)
    interfering.clear()
    phone = world.phone()
    attempt = phone.start()  # from here on this process knows the activity and its questions
    phone.do("contest.answer", {"attempt": attempt["id"], "answers": {"1": "a"}})
    watching.took.clear()
    return watching


# --- the plain cases ----------------------------------------------------------------------------------------------


def test_a_few_answers(watched: Watched) -> None:
    told = side_by_side(watched, save, taken=True)
    assert verdict(told) == ("accepted", "noted", None)
    assert told["seq"] == "2"


def test_answers_upon_answers(watched: Watched) -> None:
    def again(phone: Phone, attempt: dict[str, Any]) -> Any:
        save(phone, attempt, right=0)
        return save(phone, attempt, right=3)

    side_by_side(watched, again, taken=True)
    assert watched.took == [True, True]


@pytest.mark.parametrize("right", [0, 2, 3, 5])
def test_a_whole_paper(watched: Watched, right: int) -> None:
    def deed(phone: Phone, attempt: dict[str, Any]) -> Any:
        return hand_in(phone, attempt, right=right)

    told = side_by_side(watched, deed, taken=True, prepare=save)
    assert verdict(told) == ("accepted", "counted", None)
    assert told["body"]["results"][0]["result"]["attempt"]["result"]["right"] == right


def test_a_whole_paper_with_a_prediction(watched: Watched) -> None:
    choose(watched.world, prediction=True)
    refresh(watched.world)
    side_by_side(watched, lambda phone, attempt: hand_in(phone, attempt, guess=70_000), taken=True)


def test_a_paper_whose_result_is_kept_back(watched: Watched) -> None:
    choose(watched.world, show_result="after_settled")
    refresh(watched.world)
    told = side_by_side(watched, hand_in, taken=True)
    assert told["body"]["results"][0]["result"]["attempt"]["result"]["right"] is None


def test_within_the_grace(watched: Watched) -> None:
    def deed(phone: Phone, attempt: dict[str, Any]) -> Any:
        with clock.stopped_at(MORNING + timedelta(seconds=650)):
            return hand_in(phone, attempt)

    side_by_side(watched, deed, taken=True)


def test_a_phone_whose_clock_is_wrong(watched: Watched) -> None:
    def deed(phone: Phone, attempt: dict[str, Any]) -> Any:
        return hand_in(phone, attempt, wall_ms=1, mono_ms=5, boot_id=str(uuid.uuid4()))

    side_by_side(watched, deed, taken=True)


def test_somebody_who_belongs_nowhere(watched: Watched) -> None:
    """The campaign's owner takes the deed into custody."""

    def move_out(phone: Phone, _attempt: dict[str, Any]) -> None:
        with watched.world.database.transaction() as session:
            session.execute(delete(Membership).where(Membership.person_id == uuid.UUID(phone.me["id"])))

    assert verdict(side_by_side(watched, save, taken=True, prepare=move_out))[0] == "custody"
    assert verdict(side_by_side(watched, hand_in, taken=True, prepare=move_out))[0] == "custody"


def test_somebody_who_moved(watched: Watched) -> None:
    """The hamlet of the day counts, not the one before."""

    def move_house(phone: Phone, _attempt: dict[str, Any]) -> None:
        day, who = clock.today(), uuid.UUID(phone.me["id"])
        with watched.world.database.transaction() as session:
            old = update(Membership).where(Membership.person_id == who)
            session.execute(old.values(valid_from=day - timedelta(days=9), valid_to=day))
            session.add(
                Membership(person_id=who, unit_id=watched.world.other_hamlet, kind="lives_in", valid_from=day)
            )

    side_by_side(watched, hand_in, taken=True, prepare=move_house)
    with watched.world.database.transaction(writes=False) as session:
        assert set(session.scalars(select(Fact.unit_id))) == {watched.world.other_hamlet}


def test_the_bytes_are_hashed_as_they_came(watched: Watched) -> None:
    phone = watched.world.phone()
    attempt = phone.start()
    frozen = phone.freeze("contest.answer", {"attempt": attempt["id"], "answers": {"1": "a"}})
    row = row_of(phone.push(frozen))
    with watched.world.database.transaction(writes=False) as session:
        held = session.get_one(Operation, uuid.UUID(row["id"]))
        assert held.body_hash == row["hash"] == body_hash(frozen.encode())
        assert held.receipt == row["receipt"]
    assert watched.took[-1]


# --- left to the general way --------------------------------------------------------------------------------------


def test_an_unknown_token(watched: Watched) -> None:
    def deed(phone: Phone, attempt: dict[str, Any]) -> Any:
        phone.token = "nobody"
        return save(phone, attempt)

    assert side_by_side(watched, deed, taken=False)["status"] == 401


def test_a_token_of_another_device(watched: Watched) -> None:
    def deed(phone: Phone, attempt: dict[str, Any]) -> Any:
        phone.device = str(uuid.uuid4())
        return save(phone, attempt)

    assert side_by_side(watched, deed, taken=False)["status"] == 409


def test_a_hole_in_the_sequence(watched: Watched) -> None:
    def deed(phone: Phone, attempt: dict[str, Any]) -> Any:
        phone.seq += 3
        return save(phone, attempt)

    told = side_by_side(watched, deed, taken=False)
    assert (verdict(told), told["seq"]) == (("accepted", "noted", None), "1")


@pytest.mark.parametrize("frozen", [a_few, a_paper])
def test_the_same_again(watched: Watched, frozen: Callable[..., str]) -> None:
    def deed(phone: Phone, attempt: dict[str, Any]) -> Any:
        once = frozen(phone, attempt)
        first, again = phone.push(once), phone.push(once)
        assert row_of(first)["receipt"] == row_of(again)["receipt"]
        return again

    assert verdict(side_by_side(watched, deed, taken=False))[0] == "duplicate"


def test_the_same_id_with_other_bytes(watched: Watched) -> None:
    def deed(phone: Phone, attempt: dict[str, Any]) -> Any:
        one = str(uuid.uuid4())
        save(phone, attempt, right=1, id=one)
        return save(phone, attempt, right=2, id=one)

    assert verdict(side_by_side(watched, deed, taken=False)) == ("quarantined", "refused", "content_differs")


def test_a_number_already_used(watched: Watched) -> None:
    def deed(phone: Phone, attempt: dict[str, Any]) -> Any:
        save(phone, attempt)
        phone.seq -= 1
        return save(phone, attempt)

    assert verdict(side_by_side(watched, deed, taken=False)) == ("quarantined", "refused", "seq_taken")


@pytest.mark.parametrize(("done", "reason"), [(save, "too_late"), (hand_in, "late")])
def test_after_the_grace(watched: Watched, done: Deed, reason: str) -> None:
    def deed(phone: Phone, attempt: dict[str, Any]) -> Any:
        with clock.stopped_at(MORNING + timedelta(seconds=721)):
            return done(phone, attempt)

    assert verdict(side_by_side(watched, deed, taken=False)) == ("accepted", "refused", reason)


@pytest.mark.parametrize("done", [save, hand_in])
def test_taken_over_by_another_phone(watched: Watched, done: Deed) -> None:
    def elsewhere(phone: Phone, _attempt: dict[str, Any]) -> None:
        second_phone(phone).do("contest.start", {"take_over": True})

    def deed(phone: Phone, attempt: dict[str, Any]) -> Any:
        with clock.stopped_at(MORNING + timedelta(seconds=60)):
            return done(phone, attempt)

    told = side_by_side(watched, deed, taken=False, prepare=elsewhere)
    assert verdict(told) == ("accepted", "refused", "taken_over")


@pytest.mark.parametrize("answers", [{"1": "z"}, {"1": "a,b"}, {"99": "a"}])
def test_no_answer_to_what_was_asked(watched: Watched, answers: dict[str, str]) -> None:
    told = side_by_side(watched, answers_only(answers), taken=False)
    assert verdict(told)[2] in ("choice_unknown", "question_not_drawn")


def test_a_paper_handed_in_before(watched: Watched) -> None:
    def twice(phone: Phone, attempt: dict[str, Any]) -> Any:
        hand_in(phone, attempt, right=2)
        return hand_in(phone, attempt, right=5)

    assert verdict(side_by_side(watched, twice, taken=False)) == ("accepted", "refused", "already_submitted")


def test_somebody_elses_paper(watched: Watched) -> None:
    with clock.stopped_at(MORNING):
        foreign = watched.world.phone("Người khác").start()
    told = side_by_side(watched, lambda phone, _attempt: save(phone, foreign), taken=False)
    assert verdict(told) == ("accepted", "refused", "attempt_unknown")


def test_a_second_attempt(watched: Watched) -> None:
    choose(watched.world, attempts_per_person=2)
    refresh(watched.world)

    def second(phone: Phone, attempt: dict[str, Any]) -> Any:
        hand_in(phone, attempt, right=2)
        again = phone.start()
        assert again["number"] == 2
        return hand_in(phone, again, right=5)

    assert verdict(side_by_side(watched, second, taken=False)) == ("accepted", "counted", None)


def test_a_prediction_that_is_missing(watched: Watched) -> None:
    choose(watched.world, prediction=True)
    refresh(watched.world)
    told = side_by_side(watched, hand_in, taken=False)
    assert verdict(told) == ("accepted", "refused", "prediction_missing")


@pytest.mark.parametrize("ahead", [0, 1])
def test_a_device_of_which_something_was_put_aside(watched: Watched, ahead: int) -> None:
    """What was put aside did arrive: it is no hole, and one that came `ahead` is the end of the run."""

    def spoil(phone: Phone, _attempt: dict[str, Any]) -> None:
        phone.push(phone.freeze("contest.answer", {"nonsense": True}, seq=phone.seq + 1 + ahead))
        phone.seq -= ahead

    told = side_by_side(watched, save, taken=False, prepare=spoil)
    assert (verdict(told), told["seq"]) == (("accepted", "noted", None), "3")


def test_done_on_one_day_and_arrived_on_the_next(watched: Watched) -> None:
    """The unit is that of the day it was done; the express way has read that of the day of arrival."""
    midnight = datetime(2026, 11, 21, 17, tzinfo=UTC)
    phone = watched.world.phone()
    with clock.stopped_at(midnight - timedelta(minutes=2)):
        attempt = phone.start()
        frozen = phone.freeze("contest.answer", {"attempt": attempt["id"], "answers": {"1": "a"}})
    with clock.stopped_at(midnight + timedelta(minutes=2)):
        row = row_of(phone.push(frozen))
    assert (row["outcome"], watched.took[-1]) == ("noted", False)


def test_several_deeds_at_once_never_try(watched: Watched) -> None:
    phone = watched.world.phone()
    attempt = phone.start()
    watched.took.clear()
    frozen = [phone.freeze("contest.answer", {"attempt": attempt["id"], "answers": {"1": c}}) for c in "ab"]
    assert [row["outcome"] for row in phone.push(*frozen).json["results"]] == ["noted", "noted"]
    assert watched.took == []


# --- something happens between the two statements -----------------------------------------------------------------


@pytest.mark.parametrize("done", [save, hand_in])
def test_whoever_leaves_at_that_moment_leaves_nothing_behind(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, done: Deed
) -> None:
    phone = watched.world.phone()
    attempt = phone.start()
    keys = phone.answers(attempt)
    phone.answers = lambda *_: keys  # type: ignore[method-assign]
    before = footprint(watched.world)
    with between(monkeypatch, lambda: phone.delete("/me", {"pin": "1234"})):
        assert done(phone, attempt).status_code == 401
    assert watched.took[-1] is False
    after = footprint(watched.world)
    assert after[1:4] == before[1:4]
    with watched.world.database.transaction(writes=False) as session:
        assert (
            session.scalar(select(ContestAttempt.id).where(ContestAttempt.id == uuid.UUID(attempt["id"])))
            is None
        )


def test_answers_that_come_between_are_not_lost(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = watched.world.phone()
    attempt = phone.start()
    body = {"attempt": attempt["id"]}
    first = phone.freeze("contest.answer", body | {"answers": {"1": "a"}})
    second = phone.freeze("contest.answer", body | {"answers": {"2": "b"}})
    with between(monkeypatch, lambda: phone.push(second)):
        row = row_of(phone.push(first))
    assert (row["verdict"], row["outcome"], watched.took[-1]) == ("accepted", "noted", False)
    with watched.world.database.transaction(writes=False) as session:
        paper = session.get_one(ContestAttempt, uuid.UUID(attempt["id"]))
        assert {place: said[0] for place, said in paper.answers.items() if place != "d"} == {
            "1": "a",
            "2": "b",
        }


def test_the_same_paper_handed_in_between_counts_once(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = watched.world.phone()
    attempt = phone.start()
    body = {"attempt": attempt["id"], "answers": phone.answers(attempt, 3)}
    paper = phone.freeze("contest.submit", body)
    said: list[Any] = []
    with between(monkeypatch, lambda: said.append(row_of(phone.push(paper)))):
        row = row_of(phone.push(paper))
    assert (said[0]["verdict"], row["verdict"]) == ("accepted", "duplicate")
    assert said[0]["receipt"] == row["receipt"]
    with watched.world.database.transaction(writes=False) as session:
        assert session.scalar(select(func.count()).select_from(Fact)) == 3


def test_a_take_over_in_between_is_honoured(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = watched.world.phone()
    other = second_phone(phone)
    attempt = phone.start()

    def take_over() -> None:
        assert other.do("contest.start", {"take_over": True})["result"]["attempt"]["held_here"]

    with between(monkeypatch, take_over):
        answer = save(phone, attempt)
        assert answer.status_code == 200, answer.text
    row = row_of(answer)
    # Done before the take-over, so it still counts; but the general way said so, having looked again.
    assert (row["outcome"], watched.took[-1]) == ("noted", False)


def test_a_database_that_hangs_up_in_between_is_asked_again(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = watched.world.phone()
    attempt = phone.start()

    def hang_up() -> None:
        with watched.world.database.transaction() as session:
            session.connection().exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle'"
            )

    with between(monkeypatch, hang_up):
        row = row_of(save(phone, attempt))
    assert (row["outcome"], watched.took[-1]) == ("noted", False)
    assert row_of(save(phone, attempt))["outcome"] == "noted"
    assert watched.took[-1] is True


def test_two_pushes_racing_for_one_paper_lose_nothing(watched: Watched) -> None:
    """Real threads: the same phone's two lines at once, in both orders."""
    interfering.set()
    for _ in range(5):
        phone = watched.world.phone()
        attempt = phone.start()
        body = {"attempt": attempt["id"]}
        frozen = [
            phone.freeze("contest.answer", body | {"answers": {"1": "a"}}),
            phone.freeze("contest.answer", body | {"answers": {"2": "b"}}),
            phone.freeze("contest.submit", body | {"answers": {"3": "c"}}),
        ]
        answers = at_once([pusher(phone, one) for one in frozen])
        rows = [row_of(answer) for answer in answers]
        assert rows[2]["outcome"] == "counted"
        said = {"1": "a", "2": "b", "3": "c"}
        kept = {
            place: said[place]
            for place, row in zip(said, rows, strict=True)
            if row["outcome"] in ("noted", "counted")
        }
        with watched.world.database.transaction(writes=False) as session:
            paper = session.get_one(ContestAttempt, uuid.UUID(attempt["id"]))
            assert {p: choice[0] for p, choice in paper.answers.items() if p != "d"} == kept
            held = session.scalars(select(Operation).where(Operation.device_id == uuid.UUID(phone.device)))
            assert sorted(row.device_seq for row in held) == [1, 2, 3, 4]
    assert figures.differences(watched.world.database, measure_book()) == []
