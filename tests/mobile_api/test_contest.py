"""A contest from the phone's side: the clock, the rules, and what nobody may see before the results are settled."""

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend import clock
from backend.db.base import new_id
from backend.db.engine import Database
from backend.http import NodeApp
from backend.participation.models import Fact, Operation
from backend.tallies import queries as tallies
from backend.tallies.queries import Sealed
from campaigns import lifecycle
from campaigns.contest.models import ContestAttempt
from campaigns.contest.turn import SLACK
from campaigns.models import Activity
from campaigns.registry import measure_book
from tests.support.contest import choose, figures_of, mine, settle, turn
from tests.support.world import SETTINGS, Phone, World, plant

Move = Callable[[timedelta], None]
LIMIT = timedelta(seconds=int(str(SETTINGS["time_limit_s"])))
GRACE = timedelta(seconds=int(str(SETTINGS["grace_s"])))
SECOND = timedelta(seconds=1)
DAY_MS = 86_400_000


@pytest.fixture
def move(world: World) -> Iterator[Move]:
    """The clock stands still, and goes on only as far as the test says."""
    with clock.stopped_at(clock.now()) as on:
        yield on


# --- time --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after_start", "counted", "elapsed"),
    [
        (LIMIT - SECOND, True, LIMIT - SECOND),
        (LIMIT, True, LIMIT),
        (LIMIT + SECOND, True, LIMIT),
        (LIMIT + GRACE, True, LIMIT),
        (LIMIT + GRACE + SECOND, False, LIMIT),
    ],
    ids=["a second before due", "at due", "a second after due", "at the end of the grace", "after the grace"],
)
def test_a_paper_counts_to_the_last_second_of_its_grace(
    world: World, move: Move, after_start: timedelta, counted: bool, elapsed: timedelta
) -> None:
    phone = world.phone()
    attempt = phone.start()
    move(after_start)
    verdict = phone.submit(attempt)
    result = verdict["result"]["attempt"]["result"]
    assert verdict["verdict"] == "accepted"
    assert verdict["outcome"] == ("counted" if counted else "refused")
    assert result["counted"] is counted
    assert result["elapsed_ms"] == elapsed // timedelta(milliseconds=1)


def test_a_late_paper_is_kept_and_shown_as_late_and_moves_no_figure(world: World, move: Move) -> None:
    world.phone("Đúng giờ").take_part()
    before = figures_of(world)
    phone = world.phone("Trễ giờ")
    attempt = phone.start()
    move(LIMIT + GRACE + SECOND)
    verdict = phone.submit(attempt, right=5)
    assert (verdict["outcome"], verdict["reason"]) == ("refused", "late")
    assert verdict["message"].startswith("Bài đến sau thời hạn")
    kept = mine(phone)["attempt"]
    assert (kept["state"], kept["result"]["counted"], kept["result"]["reason"]) == ("late", False, "late")
    assert kept["answers"] == phone.answers(attempt)
    assert kept["result"]["rank"] is None
    assert figures_of(world) == before
    assert phone.get("/home").json["participation"] == {"counted": 0, "noted": 1, "refused": 1}


def test_a_paper_that_ran_out_may_still_come_and_is_late(world: World, move: Move) -> None:
    phone = world.phone()
    attempt = phone.start()
    move(LIMIT + GRACE + SLACK)
    turn(world)
    assert (
        mine(phone)["attempt"]["state"] == "running"
    )  # a paper of the last second may still wait for its turn
    move(SECOND)
    turn(world)
    assert mine(phone)["attempt"]["state"] == "expired"
    assert phone.submit(attempt)["reason"] == "late"
    assert mine(phone)["attempt"]["state"] == "late"


def test_an_answer_after_the_grace_is_not_kept(world: World, move: Move) -> None:
    phone = world.phone()
    attempt = phone.start()
    first, second = (question["id"] for question in attempt["questions"][:2])

    def answer(question: str) -> dict[str, Any]:
        return phone.do("contest.answer", {"attempt": attempt["id"], "answers": {question: "a"}})

    move(LIMIT + GRACE)
    assert answer(first)["outcome"] == "noted"
    move(SECOND)
    assert answer(second)["reason"] == "too_late"
    assert mine(phone)["attempt"]["answers"] == {first: "a"}


def test_nobody_starts_before_the_opening(app: NodeApp, database: Database) -> None:
    world = plant(app, database, opened=False)
    verdict = world.phone().do("contest.start", {})
    assert (verdict["outcome"], verdict["reason"]) == ("refused", "not_open_yet")


def test_nobody_starts_after_the_closing_even_before_the_worker_noticed(world: World, move: Move) -> None:
    phone = world.phone()
    move(timedelta(days=7) + SECOND)
    assert phone.do("contest.start", {})["reason"] == "closed"
    assert turn(world) == "settled"
    assert phone.do("contest.start", {})["reason"] == "closed"


def test_a_paper_begun_before_the_closing_has_its_own_time_and_results_wait_for_it(
    world: World, move: Move
) -> None:
    phone = world.phone()
    move(timedelta(days=7) - timedelta(minutes=5))
    attempt = phone.start()
    move(timedelta(minutes=6))
    assert turn(world) == "closed"
    assert phone.submit(attempt)["outcome"] == "counted"
    assert turn(world) == "settled"


@pytest.mark.parametrize("wrong_by", [DAY_MS, -DAY_MS], ids=["a day ahead", "a day behind"])
@pytest.mark.parametrize(
    ("now", "ago", "period"),
    [
        (datetime(2026, 11, 30, 16, 30, tzinfo=UTC), 0, "202611"),
        (datetime(2026, 11, 30, 17, 30, tzinfo=UTC), 0, "202612"),
        (datetime(2026, 11, 30, 17, 2, tzinfo=UTC), 240_000, "202611"),
    ],
    ids=["before midnight", "after midnight", "done before midnight, sent after"],
)
def test_a_phone_whose_clock_is_a_day_off_counts_in_the_right_month(
    app: NodeApp, database: Database, wrong_by: int, now: datetime, ago: int, period: str
) -> None:
    with clock.stopped_at(now - timedelta(hours=2)) as on:
        world = plant(app, database)
        phone = world.phone()
        on(timedelta(hours=2) - timedelta(minutes=5))
        attempt = phone.start()
        on(timedelta(minutes=5))
        here = clock.milliseconds(now)
        paper = phone.freeze(
            "contest.submit",
            {"attempt": attempt["id"], "answers": phone.answers(attempt)},
            wall_ms=here + wrong_by - ago,
            mono_ms=50_000_000 - ago,
        )
        sent = {"wall_ms": here + wrong_by, "mono_ms": 50_000_000, "boot_id": phone.boot}
        envelope = json.dumps({"device_id": phone.device, "sent": sent, "operations": []})
        answer = phone.client.post(
            "/api/v1/sync/push",
            data=envelope.replace('"operations": []', f'"operations": [{paper}]'),
            content_type="application/json",
            headers=phone.headers,
        )
    assert answer.json["results"][0]["outcome"] == "counted"
    with database.transaction(writes=False) as session:
        held = session.get_one(Operation, uuid.UUID(json.loads(paper)["id"]))
        assert (held.happened_at, held.time_trust) == (now - timedelta(milliseconds=ago), "high")
        assert set(session.scalars(select(Fact.period))) == {period}


def test_the_last_time_the_node_told_corrects_a_deed_after_a_restart(world: World, move: Move) -> None:
    phone = world.phone()
    told = clock.milliseconds(clock.now())
    old_boot = str(new_id())
    move(timedelta(hours=3))
    verdict = phone.do(
        "contest.start",
        {},
        wall_ms=5,
        mono_ms=1_060_000,
        boot_id=old_boot,
        anchor={"server_ms": told, "mono_ms": 1_000_000, "boot_id": old_boot},
    )
    with world.database.transaction(writes=False) as session:
        held = session.get_one(Operation, uuid.UUID(verdict["id"]))
        assert clock.milliseconds(held.happened_at) == told + 60_000
        assert held.time_trust == "high"


# --- the rules ---------------------------------------------------------------------------------------------------


def test_the_first_paper_handed_in_stands(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    first = phone.submit(attempt, right=2)
    second = phone.submit(attempt, right=5)
    assert (second["outcome"], second["reason"]) == ("refused", "already_submitted")
    assert second["result"]["attempt"]["result"]["right"] == 2
    assert second["result"]["attempt"]["answers"] == first["result"]["attempt"]["answers"]
    assert mine(phone)["attempt"]["result"]["right"] == 2
    assert figures_of(world)["contest.papers"] == 1
    question = attempt["questions"][0]["id"]
    late_answer = phone.do("contest.answer", {"attempt": attempt["id"], "answers": {question: "a"}})
    assert late_answer["reason"] == "already_submitted"


def test_answers_that_are_not_on_the_paper_are_refused_and_the_paper_runs_on(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    first = attempt["questions"][0]["id"]
    for question, choice, reason in (
        ("6", "a", "question_not_drawn"),
        ("100", "a", "question_not_drawn"),
        (first, "z", "choice_unknown"),
        (first, "a,b", "choice_unknown"),
    ):
        body = {"attempt": attempt["id"], "answers": {question: choice}}
        assert phone.do("contest.answer", body)["reason"] == reason
        whole = {"attempt": attempt["id"], "answers": phone.answers(attempt) | {question: choice}}
        assert phone.do("contest.submit", whole)["reason"] == reason
    assert mine(phone)["attempt"]["state"] == "running"
    assert mine(phone)["attempt"]["answers"] == {}
    assert phone.submit(attempt)["outcome"] == "counted"


def test_questions_left_out_are_simply_not_answered(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    verdict = phone.do("contest.submit", {"attempt": attempt["id"], "answers": {}})
    assert verdict["outcome"] == "counted"
    assert verdict["result"]["attempt"]["result"]["right"] == 0


def test_an_older_answer_that_arrives_later_does_not_replace_the_newer(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    question = attempt["questions"][0]["id"]
    older, newer = (
        phone.freeze("contest.answer", {"attempt": attempt["id"], "answers": {question: choice}})
        for choice in "ab"
    )
    phone.push(newer)
    phone.push(older)
    assert mine(phone)["attempt"]["answers"] == {question: "b"}


def test_nobody_touches_another_persons_paper(world: World) -> None:
    owner, other = world.phone("Chủ bài"), world.phone("Người khác")
    attempt = owner.start()
    question = attempt["questions"][0]["id"]
    answer = other.do("contest.answer", {"attempt": attempt["id"], "answers": {question: "a"}})
    assert (answer["outcome"], answer["reason"]) == ("refused", "attempt_unknown")
    assert other.submit(attempt)["reason"] == "attempt_unknown"
    assert mine(other) == {"attempt": None, "attempts_left": 1, "attempts": [], "settled": False}
    assert mine(owner)["attempt"]["state"] == "running"


def test_attempts_are_used_up_and_a_running_paper_is_given_again(world: World) -> None:
    choose(world, attempts_per_person=2)
    phone = world.phone()
    assert mine(phone)["attempts_left"] == 2
    first = phone.start()
    assert phone.start()["id"] == first["id"]
    assert mine(phone)["attempts_left"] == 1
    phone.submit(first, right=1)
    second = phone.start()
    assert (second["number"], mine(phone)["attempts_left"]) == (2, 0)
    phone.submit(second, right=5)
    assert phone.do("contest.start", {})["reason"] == "no_attempts_left"
    figures = figures_of(world)
    assert (figures["contest.entrants"], figures["contest.papers"]) == (1, 2)


def test_a_paper_that_ran_out_used_an_attempt(world: World, move: Move) -> None:
    phone = world.phone()
    phone.start()
    move(LIMIT + GRACE + SECOND)
    assert phone.do("contest.start", {})["reason"] == "no_attempts_left"


# --- what nobody may see before the results are settled ----------------------------------------------------------


def words_in(value: Any) -> Iterator[str]:
    """Every field name and text of an answer."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from words_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from words_in(inner)
    elif isinstance(value, str):
        yield value


def everything_a_phone_can_ask(phone: Phone) -> list[Any]:
    """Every answer around a paper: as verdicts, again, and by every reading address."""
    start = phone.freeze("contest.start", {})
    answers = [phone.push(start), phone.push(start)]
    attempt = answers[0].json["results"][0]["result"]["attempt"]
    question = attempt["questions"][0]["id"]
    body = {"attempt": attempt["id"], "answers": {question: "a"}}
    answers.append(phone.push(phone.freeze("contest.answer", body)))
    answers.append(phone.get(f"/activities/{phone.world.activity}/mine"))
    paper = phone.freeze("contest.submit", {"attempt": attempt["id"], "answers": phone.answers(attempt)})
    answers += [phone.push(paper), phone.push(paper)]
    answers.append(phone.push(phone.freeze("contest.submit", {"attempt": attempt["id"], "answers": {}})))
    phone.world.fold()
    receipt = answers[4].json["results"][0]["receipt"]
    answers += [
        phone.get(path)
        for path in (
            f"/activities/{phone.world.activity}",
            f"/activities/{phone.world.activity}/mine",
            "/home",
            "/me",
            "/me/data",
            "/sync/pull",
            f"/receipts/{receipt}",
        )
    ]
    assert all(answer.status_code == 200 for answer in answers)
    return [answer.json for answer in answers]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_key_and_no_explanation_leaves_the_node_before_the_results_are_settled(
    world: World, move: Move, language: str
) -> None:
    phone = world.phone()
    phone.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    seen = {word for answer in everything_a_phone_can_ask(phone) for word in words_in(answer)}
    assert "questions" in seen
    assert not {"key", "explanation", "Vì thế.", "Because.", "contest.all_correct"} & seen
    move(timedelta(days=7) + SECOND)
    with world.database.transaction() as session:
        lifecycle.turn(session, world.activity, clock.now())
        assert session.get_one(Activity, world.activity).state == "closed"
    assert mine(phone)["attempt"]["result"]["review"] is None


def test_the_answers_are_shown_once_the_results_are_settled(world: World, move: Move) -> None:
    phone = world.phone()
    phone.take_part(right=4)
    move(timedelta(days=7) + SECOND)
    assert turn(world) == "settled"
    review = mine(phone)["attempt"]["result"]["review"]
    assert len(review) == 5
    assert {row["explanation"] for row in review} == {"Vì thế."}
    assert sum(row["your"] == row["key"] for row in review) == 4


def test_answers_stay_hidden_for_good_where_the_rules_say_so(world: World, move: Move) -> None:
    choose(world, show_answers="never")
    phone = world.phone()
    phone.take_part()
    move(timedelta(days=7) + SECOND)
    assert turn(world) == "settled"
    assert mine(phone)["attempt"]["result"]["review"] is None


def test_the_score_waits_for_the_results_where_the_rules_say_so(world: World, move: Move) -> None:
    choose(world, show_result="after_settled")
    phone = world.phone()
    result = phone.take_part(right=4)["result"]["attempt"]["result"]
    assert (result["right"], result["passed"], result["rank"]) == (None, None, None)
    assert (result["counted"], result["of"]) == (True, 5)
    move(timedelta(days=7) + SECOND)
    assert turn(world) == "settled"
    assert mine(phone)["attempt"]["result"]["right"] == 4


def test_the_count_of_all_correct_people_is_nowhere_until_the_results_are_settled(world: World) -> None:
    for number in range(6):
        world.phone(f"Người {number}").take_part(right=5)
    world.fold()

    def read(*, settled: bool) -> int:
        with world.database.transaction(writes=False) as session:
            found = tallies.read(
                session,
                measure_book(),
                "contest.all_correct",
                world.activity,
                [world.commune],
                settled=settled,
            )
            return found[world.commune].people if world.commune in found else 0

    with pytest.raises(Sealed):
        read(settled=False)
    assert "contest.all_correct" not in figures_of(world)
    settle(world)
    assert figures_of(world)["contest.all_correct"] == 6
    assert read(settled=True) == 6


def test_a_receipt_does_not_tell_how_good_a_paper_was(world: World) -> None:
    phone = world.phone()
    receipt = phone.take_part(right=5)["receipt"]
    with world.database.transaction(writes=False) as session:
        measures = set(session.scalars(select(Fact.measure)))
        assert measures == {"contest.entrants", "contest.papers", "contest.passed"}
    shown = phone.get(f"/receipts/{receipt}").json
    assert {fact["measure"] for fact in shown["facts"]} == {
        "contest.entrants",
        "contest.papers",
    }
    assert not any(fact["counted"] for fact in shown["facts"])
    world.fold()
    assert all(fact["counted"] for fact in phone.get(f"/receipts/{receipt}").json["facts"])
    settle(world)
    shown = phone.get(f"/receipts/{receipt}").json
    assert "contest.passed" in {fact["measure"] for fact in shown["facts"]}


def test_a_rank_is_told_once_the_results_are_settled_and_not_before(world: World) -> None:
    phones = [world.phone(f"Người {number}") for number in range(5)]
    for right, phone in enumerate(phones, start=1):
        phone.take_part(right)
    world.fold()
    assert [mine(phone)["attempt"]["result"]["rank"] for phone in phones] == [None] * 5
    settle(world)
    assert mine(phones[4])["attempt"]["result"]["rank"] == {"place": 1, "of_people": 5}
    assert mine(phones[0])["attempt"]["result"]["rank"] == {"place": 5, "of_people": 5}


def test_among_fewer_than_five_people_nobody_is_told_a_rank(world: World) -> None:
    phones = [world.phone(f"Người {number}") for number in range(4)]
    for right, phone in enumerate(phones, start=1):
        phone.take_part(right)
    settle(world)
    assert [mine(phone)["attempt"]["result"]["rank"] for phone in phones] == [None] * 4
    assert phones[0].get(f"/activities/{world.activity}/boards").json["persons"] is None


def test_a_paper_holds_the_questions_that_were_drawn_by_their_place_and_not_by_name(world: World) -> None:
    attempt = world.phone().start()
    with world.database.transaction(writes=False) as session:
        kept = session.scalars(select(ContestAttempt)).one()
    assert [question["id"] for question in attempt["questions"]] == ["1", "2", "3", "4", "5"]
    assert [question["text"] for question in attempt["questions"]] == [
        f"Câu hỏi số {number}?" for number, *_ in kept.drawn
    ]
    assert ["".join(option["code"] for option in q["options"]) for q in attempt["questions"]] == [
        options for _, options, _ in kept.drawn
    ]
    assert "q0" not in str(attempt), "a question's code in the bank stays there"
