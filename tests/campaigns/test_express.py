"""The express way and the general way side by side on PostgreSQL: the same verdicts and the same rows, deed by deed.

Two people do the same at the same stopped moments; the one goes the express way, for the other it is closed. Whatever
the express way leaves to the general one must find nothing written by it.
"""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from backend import clock, figures
from backend.participation.deeds import body_hash
from backend.participation.models import Fact, Operation, PendingFact, Quarantined
from backend.people.models import Membership, SubjectLink
from campaigns import express
from campaigns.contest.models import ContestAttempt
from campaigns.registry import measure_book
from tests.support.contest import choose, second_phone
from tests.support.world import Phone, World

pytestmark = pytest.mark.postgres

MORNING = datetime(2026, 11, 22, 3, tzinfo=UTC)
"""Ten in the morning in Viet Nam."""
Deed = Callable[[Phone, dict[str, Any]], Any]
"""(phone, its running attempt) -> what the node answers"""
TABLES = (Operation, Fact, PendingFact, Quarantined)


@pytest.fixture(params=[pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, postgres_template: str) -> Iterator[str]:
    """The express way is PostgreSQL's."""
    from tests.support import postgres

    name = f"t_{uuid.uuid4().hex}"
    yield postgres.create_database(name, template=postgres_template)
    postgres.drop_database(name)


@dataclass
class Watched:
    """What the express way did with each deed offered to it: True taken, False left to the general way."""

    world: World
    is_open: bool = True
    took: list[bool] = field(default_factory=list)


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


interfering = threading.Event()
"""Set while a test lets somebody else write between the express way's two statements."""


def footprint(world: World) -> list[Any]:
    with world.database.transaction(writes=False) as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in TABLES]
        papers = session.execute(
            select(ContestAttempt.id, ContestAttempt.revision, ContestAttempt.state).order_by(
                ContestAttempt.id
            )
        )
        return [*counts, *papers.all()]


# --- side by side -------------------------------------------------------------------------------------------------


def side_by_side(watched: Watched, deed: Deed, taken: bool, prepare: Deed | None = None) -> dict[str, Any]:
    """Do it both ways and compare; answers what the express way's person was told. `taken`: by the express way."""
    told, rows = [], []
    with clock.stopped_at(MORNING):
        people = [watched.world.phone(name) for name in ("Người thứ nhất", "Người thứ hai")]
    for phone, is_open in zip(people, (True, False), strict=True):
        with clock.stopped_at(MORNING) as move:
            watched.is_open = False
            attempt = phone.start()
            move(timedelta(seconds=30))
            if prepare:
                prepare(phone, attempt)
            watched.is_open = is_open
            answer = deed(phone, attempt)
        told.append(plain_answer(answer))
        rows.append(plain_rows(watched.world, phone))
    assert told[0] == told[1]
    assert rows[0] == rows[1]
    assert watched.took[-1:] == [taken]
    assert figures.differences(watched.world.database, measure_book()) == []
    return told[0]


def plain_answer(answer: Any) -> dict[str, Any]:
    """Status and body without what differs between any two people: ids, receipts, hashes, seals."""
    body = json.loads(answer.get_data())
    for row in body.get("results", []):
        assert row.pop("receipt").startswith("LT-")
        for name in ("id", "hash", "seal"):
            assert row.pop(name)
        if row["result"]:
            row["result"]["attempt"].pop("id")
            row["result"]["attempt"].pop("answers")  # compared in the rows, by right and wrong
    return {"status": answer.status_code, "seq": answer.headers.get("Lantoa-Highest-Seq"), "body": body}


def plain_rows(world: World, phone: Phone) -> dict[str, Any]:
    """Everything held of the person, ids replaced by what they stand for."""
    with world.database.transaction(writes=False) as session:
        subject = session.scalar(
            select(SubjectLink.subject).where(SubjectLink.person_id == uuid.UUID(phone.me["id"]))
        )
        papers = session.scalars(
            select(ContestAttempt).where(ContestAttempt.subject == subject).order_by(ContestAttempt.number)
        ).all()
        deeds = session.scalars(
            select(Operation)
            .where(Operation.subject == subject)
            .order_by(Operation.device_seq, Operation.received_at)
        ).all()
        order = {deed.id: number for number, deed in enumerate(deeds)}
        stands_for = {str(paper.id): f"paper {paper.number}" for paper in papers}
        facts = session.scalars(
            select(Fact).where(Fact.subject == subject).order_by(Fact.received_at, Fact.line)
        ).all()
        pending = session.execute(select(PendingFact.operation_id, PendingFact.line)).all()
        return {
            "deeds": [without(deed, "id", "device_id", "subject", "receipt", "body_hash", "body") for deed in deeds],
            "facts": [
                without(fact, "subject", "scope", "operation_id")
                | {"scope": stands_for.get(fact.scope, fact.scope), "deed": order[fact.operation_id]}
                for fact in facts
            ],
            "pending": sorted((order[deed], line) for deed, line in pending if deed in order),
            "papers": [plain_paper(world, paper, order) for paper in papers],
            "aside": [row.reason for row in session.scalars(select(Quarantined).where(Quarantined.subject == subject))],
        }  # fmt: skip


def without(row: Any, *names: str) -> dict[str, Any]:
    return {
        column.name: getattr(row, column.name) for column in row.__table__.columns if column.name not in names
    }


def plain_paper(world: World, paper: ContestAttempt, order: dict[uuid.UUID, int]) -> dict[str, Any]:
    keys = world.keys(str(paper.id))
    given = {
        place: [said[0] == keys[place], *said[1:]] for place, said in paper.answers.items() if place != "d"
    }
    hidden = ("id", "subject", "drawn", "answers", "held_by", "started_by", "submitted_by")
    by = order.get(paper.submitted_by) if paper.submitted_by else None
    return without(paper, *hidden) | {"answers": given, "devices": len(paper.answers.get("d", [])), "by": by}


# --- what they do -------------------------------------------------------------------------------------------------


def a_few(phone: Phone, attempt: dict[str, Any], right: int = 2, **other: Any) -> str:
    """Three answers, `right` of them right, frozen."""
    answers = dict(list(phone.answers(attempt, right).items())[:3])
    return phone.freeze("contest.answer", {"attempt": attempt["id"], "answers": answers}, **other)


def a_paper(
    phone: Phone, attempt: dict[str, Any], right: int = 4, guess: int | None = None, **other: Any
) -> str:
    body = {"attempt": attempt["id"], "answers": phone.answers(attempt, right), "prediction": guess}
    return phone.freeze("contest.submit", body, **other)


def save(phone: Phone, attempt: dict[str, Any], **more: Any) -> Any:
    return phone.push(a_few(phone, attempt, **more))


def hand_in(phone: Phone, attempt: dict[str, Any], **more: Any) -> Any:
    return phone.push(a_paper(phone, attempt, **more))


def row_of(answer: Any) -> dict[str, Any]:
    (row,) = answer.json["results"]
    return dict(row)


def answers_only(answers: dict[str, str]) -> Deed:
    def deed(phone: Phone, attempt: dict[str, Any]) -> Any:
        return phone.push(phone.freeze("contest.answer", {"attempt": attempt["id"], "answers": answers}))

    return deed


def verdict(told: dict[str, Any]) -> tuple[str, str, str | None]:
    (row,) = told["body"]["results"]
    return row["verdict"], row["outcome"], row["reason"]


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


def refresh(world: World) -> None:
    """As if the rules had been frozen that way before this process ever looked."""
    from campaigns import known

    known._KNOWN.clear()
    with clock.stopped_at(MORNING):
        world.phone().start()


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


def test_a_device_of_which_something_was_put_aside(watched: Watched) -> None:
    def spoil(phone: Phone, _attempt: dict[str, Any]) -> None:
        phone.push(phone.freeze("contest.answer", {"nonsense": True}))

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


@contextmanager
def between(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Any]) -> Iterator[None]:
    """`happens` once, after the express way has read and before it writes; in a thread of its own, as another request."""
    real, left = express._values, [happens]

    def values(*arguments: Any) -> dict[str, Any]:
        if left:
            at_once([left.pop()])
        return real(*arguments)

    interfering.set()
    with monkeypatch.context() as patch:
        patch.setattr(express, "_values", values)
        yield
    assert not left, "nothing came between"


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


def pusher(phone: Phone, frozen: str) -> Callable[[], Any]:
    client, envelope, headers = phone.world.client(), phone.envelope(frozen), phone.headers
    return lambda: client.post(
        "/api/v1/sync/push", data=envelope, content_type="application/json", headers=headers
    )


def at_once(deeds: list[Callable[[], Any]]) -> list[Any]:
    barrier, answers, errors = threading.Barrier(len(deeds)), [None] * len(deeds), list[BaseException]()

    def run(place: int) -> None:
        try:
            barrier.wait(timeout=20)
            answers[place] = deeds[place]()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not errors, errors
    return answers
