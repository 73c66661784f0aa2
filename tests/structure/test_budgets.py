"""Keeps hot paths to a stated number of SQL statements, each named, so that none grows unnoticed with what it carries."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from backend import figures
from backend.db.engine import Database
from campaigns.models import Activity, Phase
from campaigns.registry import measure_book
from tests.support.world import SETTINGS, Phone, World

TABLE = re.compile(r"(?:FROM|INTO|UPDATE) (\w+)")


def spent(database: Database, deed: Callable[[], Any]) -> list[str]:
    """What the deed sent to the database, as 'SELECT person'. BEGIN, COMMIT and SAVEPOINT ask no table."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if found := TABLE.search(statement):
            sent.append(f"{statement.split()[0]} {found[1]}")

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        deed()
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return sent


WHO = ["SELECT person"]  # whose token this is: person, subject key and device in one row
ARRIVED = [
    "SELECT operation",  # the device's highest number and how many there are
    "SELECT quarantined",  # numbers that arrived but were put aside
]
PUSHING = [
    *WHO,
    "SELECT subject_link",  # held, so that leaving and pushing do not overlap
]
TAKEN_IN = [
    *PUSHING,
    "INSERT operation",  # every deed takes its place in the ledger, all at once
    "SELECT activity",  # with its campaign, once per batch
]
ANSWERED = [
    "SELECT membership",  # where the person belonged on the day
    "UPDATE operation",  # the verdicts
]


# --- home ---

CARDS = [
    "SELECT activity",  # every activity with its campaign
    "SELECT operation",  # what this person did, by outcome
]
ONE_CARD = [
    "SELECT consent",  # what the person agreed to
    "SELECT contest_attempt",  # the state of the own newest paper
]
HAMLET = [
    "SELECT membership",  # the own hamlet
    "SELECT unit",  # its name
    "WITH unit_link",  # the way up to the activity's owner with all sisters: what one hides, another might betray
    "SELECT scorecard_line",  # their figures
    "SELECT frozen_headcount",  # the order in which they hide together, and how many could have come
]


def home(phone: Phone) -> list[str]:
    return spent(phone.world.database, lambda: phone.get("/home"))


def test_home_before_taking_part_costs_10(world: World) -> None:
    assert home(world.phone()) == [*WHO, *CARDS, *ONE_CARD, *HAMLET]


def test_home_with_a_running_paper_costs_10_however_much_was_answered(world: World) -> None:
    phone = world.phone()
    phone.push(*answers(phone, 50))
    assert home(phone) == [*WHO, *CARDS, *ONE_CARD, *HAMLET]


def test_home_after_handing_in_costs_10_however_many_took_part(world: World) -> None:
    phone = world.phone()
    for other in (phone, *(world.phone() for _ in range(6))):
        other.take_part()
    world.fold()
    assert home(phone) == [*WHO, *CARDS, *ONE_CARD, *HAMLET]


def test_every_further_activity_costs_home_2(world: World) -> None:
    phone = world.phone()
    before = len(home(phone))
    for number in (2, 3):
        open_another(world, number)
    assert len(home(phone)) == before + 2 * len(ONE_CARD)


def open_another(world: World, number: int) -> None:
    with world.database.transaction() as session:
        first = session.get_one(Activity, world.activity)
        words = {"vi": f"Đợt {number}", "en": f"Round {number}"}
        phase = Phase(
            campaign_id=world.campaign, number=number, title=words,
            opens_at=first.opens_at, closes_at=first.closes_at,
        )  # fmt: skip
        session.add(phase)
        session.flush()
        activity = Activity(
            campaign_id=world.campaign, phase_id=phase.id, code=f"dot-{number}", kind=first.kind, title=words,
            rules=words, settings=SETTINGS, opens_at=first.opens_at, closes_at=first.closes_at,
        )  # fmt: skip
        session.add(activity)


# --- sync ---


def answers(phone: Phone, number: int) -> list[str]:
    """So many frozen answers to one running paper."""
    attempt = phone.start()
    drawn = [question["id"] for question in attempt["questions"]]
    return [
        phone.freeze(
            "contest.answer",
            {"attempt": attempt["id"], "question": drawn[n % len(drawn)], "choice": "abcd"[n % 4]},
        )
        for n in range(number)
    ]


def push(phone: Phone, *frozen: str) -> list[str]:
    return spent(phone.world.database, lambda: phone.push(*frozen))


def test_starting_a_paper_costs_12(world: World) -> None:
    world.phone().start()  # reads the question pool into this process
    phone = world.phone()
    assert push(phone, phone.freeze("contest.start", {})) == [
        *TAKEN_IN,
        "SELECT consent",  # may this person enter
        "SELECT contest_attempt",  # a paper already running, or the last one's number
        "INSERT contest_attempt",
        "SELECT contest_attempt",  # the own one, or that of a start that raced it and won
        *ANSWERED,
        *ARRIVED,
    ]


def test_handing_in_costs_14(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    whole = phone.freeze("contest.submit", {"attempt": attempt["id"], "answers": phone.answers(attempt)})
    assert push(phone, whole) == [
        *TAKEN_IN,
        "SELECT contest_attempt",  # the own paper, locked
        "INSERT contest_answer",  # the whole paper at once
        "SELECT contest_answer",  # with what another phone of the person had answered
        "UPDATE contest_attempt",  # marked
        *ANSWERED,
        "INSERT fact",  # all lines at once
        "INSERT pending_fact",  # for the fold
        *ARRIVED,
    ]


def test_fifty_answers_cost_10_as_one_does(world: World) -> None:
    one, fifty = world.phone(), world.phone()
    expected = [
        *TAKEN_IN,
        "SELECT contest_attempt",  # the papers they belong to
        "INSERT contest_answer",  # the last answer to each question
        *ANSWERED,
        *ARRIVED,
    ]
    assert push(one, *answers(one, 1)) == expected
    assert push(fifty, *answers(fifty, 50)) == expected


def test_fifty_answers_offered_again_cost_7(world: World) -> None:
    phone = world.phone()
    frozen = answers(phone, 50)
    phone.push(*frozen)
    assert push(phone, *frozen) == [
        *PUSHING,
        "INSERT operation",  # every place is taken
        "SELECT operation",  # the receipts given then
        "SELECT activity",
        *ARRIVED,
    ]


def test_what_cannot_be_read_costs_2_each(world: World) -> None:
    phone = world.phone()
    broken = [phone.freeze("contest.answer", {"n": n}) for n in range(50)]
    put_aside = [
        "INSERT quarantined",  # the bytes, once
        "SELECT quarantined",  # the receipt, the first one where they came before
    ]
    assert push(phone, *broken) == [*PUSHING, *(put_aside * 50), *ARRIVED]


# --- me ---


def test_me_costs_7(world: World) -> None:
    phone = world.phone()
    assert spent(world.database, lambda: phone.get("/me")) == [
        *WHO,
        "SELECT person",  # the name and year of birth
        "SELECT membership",  # where the person belongs
        "SELECT unit",  # the names of those units
        "SELECT consent",  # what was agreed to
        *ARRIVED,
    ]


# --- the fold ---


def test_a_fold_of_a_hundred_facts_costs_14_as_one_of_three_does(world: World) -> None:
    def fold() -> None:
        with world.database.transaction() as session:
            folded.append(figures.fold_batch(session, measure_book()))

    folded: list[int] = []
    world.phone().take_part(right=4)
    few = spent(world.database, fold)
    for _ in range(34):
        world.phone().take_part(right=4)
    many = spent(world.database, fold)
    assert folded == [3, 102]
    assert many == few == [
        "INSERT lease",  # nobody else folds
        "SELECT fact",  # a batch of pending facts
        "SELECT unit_link",  # the tree of the day
        "SELECT tally_subject",  # who was counted before
        "INSERT tally_subject",
        "INSERT tally",
        "SELECT standing",  # where they stood
        "SELECT fact",  # their results
        "INSERT standing",
        "INSERT standing_level",
        "SELECT frozen_headcount",  # denominators
        "SELECT tally",  # the cells just moved
        "INSERT scorecard_line",
        "DELETE pending_fact",
    ]  # fmt: skip
