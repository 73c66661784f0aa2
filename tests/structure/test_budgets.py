"""Keeps hot paths to a stated number of SQL statements, each named, so that none grows unnoticed with what it carries."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from backend import figures
from backend.db.base import new_id
from backend.db.engine import Database
from backend.participation import changes
from backend.teams.households import touch as touched
from campaigns.models import Activity, Phase
from campaigns.registry import measure_book
from tests.mobile_api.test_photos import named, put, shot
from tests.mobile_api.test_relay import carry, sealed
from tests.mobile_api.test_team_load import many
from tests.support.contest import boards, mine, settle, write_paper
from tests.support.teams import plant_team
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
        with by_itself_noted(database, sent):
            deed()
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return sent


@contextmanager
def by_itself_noted(database: Database, sent: list[str]) -> Iterator[None]:
    """Statements that go past SQLAlchemy, as 'express SELECT sign_in_session': the hot path on PostgreSQL."""

    class Noting:
        def __init__(self, cursor: Any) -> None:
            self.cursor = cursor

        def execute(self, query: str, *more: Any) -> Any:
            found = TABLE.search(query)
            sent.append(f"express {query.split()[0]} {found[1] if found else ''}")
            return self.cursor.execute(query, *more)

    @contextmanager
    def cursor() -> Iterator[Noting]:
        with original() as plain:
            yield Noting(plain)

    original = database.by_itself
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "by_itself", cursor)
        yield


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
    "SELECT phase",  # which round each of them is
    "SELECT operation",  # what this person did, by outcome
]
ONE_CARD = [
    "SELECT membership",  # the groups the person belongs to
    "SELECT consent",  # what the person agreed to
    "SELECT campaign_body",  # whether one of those groups runs the contest
    "SELECT contest_attempt",  # the state of the own newest paper
]
HAMLET = [
    "SELECT membership",  # the own hamlet
    "SELECT unit",  # its name
    "SELECT unit_crosswalk",  # what became of units that are no more
    "WITH unit_link",  # the way up to the activity's owner with all sisters: what one hides, another might betray
    "SELECT scorecard_line",  # their figures
    "SELECT frozen_headcount",  # the order in which they hide together, and how many could have come
]


def home(phone: Phone) -> list[str]:
    return spent(phone.world.database, lambda: phone.get("/home"))


def test_home_before_taking_part_costs_14(world: World) -> None:
    assert home(world.phone()) == [*WHO, *CARDS, *ONE_CARD, *HAMLET]


def test_home_with_a_running_paper_costs_14_however_much_was_answered(world: World) -> None:
    phone = world.phone()
    phone.push(*answers(phone, 50))
    assert home(phone) == [*WHO, *CARDS, *ONE_CARD, *HAMLET]


def test_home_after_handing_in_costs_14_however_many_took_part(world: World) -> None:
    phone = world.phone()
    for other in (phone, *(world.phone() for _ in range(6))):
        other.take_part()
    world.fold()
    assert home(phone) == [*WHO, *CARDS, *ONE_CARD, *HAMLET]


def test_every_further_activity_costs_home_4(world: World) -> None:
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
            {"attempt": attempt["id"], "answers": {drawn[n % len(drawn)]: "abcd"[n % 4]}},
        )
        for n in range(number)
    ]


def push(phone: Phone, *frozen: str) -> list[str]:
    return spent(phone.world.database, lambda: phone.push(*frozen))


MAY_ENTER = [
    "SELECT membership",  # the groups the person belongs to
    "SELECT consent",  # what the person agreed to
    "SELECT campaign_body",  # whether one of those groups runs the contest
]
EXPRESS = [
    "express SELECT membership",  # who, where the person belongs, the own paper and the device's numbers, all in one
    "express WITH subject_link",  # operation, paper, facts and pending rows, all or nothing
]
"""One deed of the hot kinds, alone in its push, on PostgreSQL."""


def on_postgres(world: World) -> bool:
    return world.database.engine.dialect.name == "postgresql"


def test_starting_a_paper_costs_15(world: World) -> None:
    world.phone().start()  # reads the question pool into this process
    phone = world.phone()
    assert push(phone, phone.freeze("contest.start", {})) == [
        *TAKEN_IN,
        "SELECT contest_attempt",  # whether the person only goes on with a paper
        *MAY_ENTER,
        "SELECT contest_attempt",  # the last one's number
        "INSERT contest_attempt",
        "SELECT contest_attempt",  # the own one, or that of a start that raced it and won
        *ANSWERED,
        *ARRIVED,
    ]


def test_taking_up_a_running_paper_costs_9(world: World) -> None:
    phone = world.phone()
    phone.start()
    assert push(phone, phone.freeze("contest.start", {})) == [
        *TAKEN_IN,
        "SELECT contest_attempt",  # it runs, so nothing begins and nothing is asked for
        "SELECT contest_attempt",
        *ANSWERED,
        *ARRIVED,
    ]


TAKEN_DOWN = [
    *TAKEN_IN,
    "SELECT contest_attempt",  # the papers they belong to, held
    "UPDATE contest_attempt",  # the answers, in the paper's own row
    *ANSWERED,
    *ARRIVED,
]


def test_handing_in_costs_2_on_postgresql_and_12_on_sqlite(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    whole = phone.freeze("contest.submit", {"attempt": attempt["id"], "answers": phone.answers(attempt)})
    handed_in = [
        *TAKEN_IN,
        "SELECT contest_attempt",  # the own paper, held, with all that was answered
        "UPDATE contest_attempt",  # marked
        *ANSWERED,
        "INSERT fact",  # all lines at once
        "INSERT pending_fact",  # for the fold
        *ARRIVED,
    ]
    assert push(phone, whole) == (EXPRESS if on_postgres(world) else handed_in)


def test_one_batch_of_answers_costs_2_on_postgresql_and_10_on_sqlite(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    few = phone.freeze("contest.answer", {"attempt": attempt["id"], "answers": {"1": "a", "2": "b"}})
    assert push(phone, few) == (EXPRESS if on_postgres(world) else TAKEN_DOWN)


def test_fifty_answers_cost_10_as_two_do(world: World) -> None:
    two, fifty = world.phone(), world.phone()
    assert push(two, *answers(two, 2)) == TAKEN_DOWN
    assert push(fifty, *answers(fifty, 50)) == TAKEN_DOWN


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


PULLED = [
    *WHO,
    "SELECT change",  # the first and the last number there is: two looks into an index
    "SELECT change",  # what came after the cursor
    *ARRIVED,  # whether a number is missing
]


def pull(phone: Phone, cursor: int = 0) -> list[str]:
    return spent(phone.world.database, lambda: phone.get(f"/sync/pull?cursor={cursor}"))


def test_an_idle_pull_costs_5(world: World) -> None:
    assert pull(world.phone()) == PULLED


def test_a_pull_costs_one_more_where_numbers_are_missing(world: World) -> None:
    phone = world.phone()
    phone.push(phone.freeze("contest.start", {}, seq=3))
    assert pull(phone) == [*PULLED, "SELECT operation"]  # the holes, all in one


def test_a_pull_of_fifty_changes_costs_11_as_one_of_two_does(world: World) -> None:
    field = plant_team(world)
    before = newest_change(world)
    touch(world, field.households[:2])
    few = pull(field.member, before)
    before = newest_change(world)
    touch(world, field.households * 10)
    many = pull(field.member, before)
    assert few == many == [
        *PULLED[:3],
        "SELECT membership",  # the own teams
        "SELECT unit_crosswalk",  # what became of units that are no more
        "SELECT household",  # with place and team
        "SELECT unit",  # what the hamlets are called
        "SELECT household",  # those merged into them
        "SELECT visit",  # the last of each
        *ARRIVED,
    ]  # fmt: skip


def test_a_part_of_the_list_costs_17_and_2_more_when_full_however_long_the_list_is(world: World) -> None:
    field = plant_team(world)

    def part() -> list[str]:
        return spent(world.database, lambda: field.member.get("/team/load?part=0"))

    assert part() == [
        *WHO,
        "SELECT change",  # the cursor to pull on from
        "SELECT membership",  # the own teams
        "SELECT unit_crosswalk",  # what became of units that are no more
        "SELECT household",  # id and version of all there are: the manifest
        "SELECT team",  # the part before the list: the team as it stands
        "SELECT unit",
        "SELECT person",  # its members
        "SELECT unit_crosswalk",
        "SELECT team_area",
        "SELECT team_plan_line",
        "SELECT unit",  # what its hamlets are called
        "SELECT unit_crosswalk",
        "SELECT household",  # those of this part, with place and team
        "SELECT unit",  # what their hamlets are called
        "SELECT household",  # those merged into them
        "SELECT visit",  # the last of each
    ]
    many(field, 600)
    full = part()
    assert len(full) == 19  # the last two are asked for four hundred households at a time
    many(field, 1000, 2000)
    assert part() == full


def newest_change(world: World) -> int:
    with world.database.transaction() as session:
        changes.number_new(session)
        return changes.newest(session)


def touch(world: World, households: list[uuid.UUID]) -> None:
    with world.database.transaction() as session:
        for household in households:
            touched(session, household)
        session.flush()
        changes.number_new(session)


# --- photos and relay ---

PIECE = [
    *WHO,
    "SELECT photo",  # whether it was begun
    "INSERT photo",  # nothing, where it was
    "SELECT photo",  # held, with what arrived before
    "UPDATE photo",  # the piece
]


def test_a_piece_of_a_photo_costs_5_and_the_last_one_more(world: World) -> None:
    phone, raw = world.phone(), shot()

    def piece(offset: int, data: bytes) -> list[str]:
        return spent(world.database, lambda: put(phone, named(raw), offset, len(raw), data))

    begun = [*PIECE[:2], "INSERT rate_window", *PIECE[2:]]
    assert piece(0, raw[:1000]) == begun
    assert piece(1000, raw[1000:2000]) == PIECE
    drawn = [
        "SELECT photo",  # held again: meanwhile it was drawn anew
        "UPDATE photo",
    ]
    assert piece(2000, raw[2000:]) == [*PIECE, *drawn]


def test_relaying_costs_3_more_than_pushing(world: World) -> None:
    owner, carrier = world.phone("Lan"), world.phone("Tổ trưởng")
    owner.push(*answers(owner, 2))
    attempt = owner.get(f"/activities/{world.activity}/mine").json["attempt"]
    more = [
        owner.freeze("contest.answer", {"attempt": attempt["id"], "answers": {"1": choice}})
        for choice in "ab"
    ]
    file = sealed(owner, *more)
    taken = spent(world.database, lambda: carry(carrier, file))
    pushed = [one for one in TAKEN_DOWN if one not in ARRIVED]
    assert (
        taken
        == [
            *WHO,  # the carrier
            "INSERT rate_window",
            "SELECT person",  # in whose name: its sign-in, neither ended nor lost
            *pushed[1:],
        ]
    )


# --- me ---


def test_me_costs_8(world: World) -> None:
    phone = world.phone()
    assert spent(world.database, lambda: phone.get("/me")) == [
        *WHO,
        "SELECT person",  # the name and year of birth
        "SELECT membership",  # where the person belongs
        "SELECT unit",  # the names of those units
        "SELECT consent",  # what was agreed to
        "SELECT common_round",  # whether a contest of many communes has a list to be asked about
        *ARRIVED,
    ]


# --- the own state and the boards, however many take part ---

MANY = 60


def many_papers(world: World, count: int) -> None:
    with world.database.transaction() as session:
        for n in range(count):
            write_paper(session, world, new_id(), n % 6, 60_000 + n * 977, unit=world.hamlet)


def contestants(world: World) -> Phone:
    """Six people, of whom one looks; nobody is in the middle of a paper."""
    phones = [world.phone() for _ in range(6)]
    for phone in phones:
        phone.take_part(3)
    world.fold()
    return phones[0]


MINE = [
    *WHO,
    "SELECT activity",  # with its campaign
    "SELECT contest_attempt",  # the own papers
]
BOARDS = [
    *WHO,
    "SELECT activity",  # with its campaign
    "SELECT board",  # whether it is fixed, and how it ranks
]
PLACES = [
    "SELECT standing",  # the own place
    "SELECT standing",  # the few around it
    "SELECT standing",  # those who agreed to be named
]
UNITS = [
    "SELECT frozen_headcount",  # how many could have come, by hamlet
    "SELECT unit_crosswalk",
    "SELECT unit",  # the hamlets
    "SELECT unit_crosswalk",  # what became of units that are no more
    "WITH unit_link",  # with all sisters: what one hides, another might betray
    "SELECT scorecard_line",
    "SELECT frozen_headcount",
    "SELECT membership",  # the own hamlet
]


def test_the_own_state_costs_3_and_6_once_settled_however_many_took_part(world: World) -> None:
    phone = contestants(world)
    many_papers(world, MANY)
    assert spent(world.database, lambda: mine(phone)) == MINE
    settle(world)
    settled = [
        *MINE,
        "SELECT board",
        "SELECT standing",
        "SELECT activity",
    ]  # the last: whether a round still needs the keys
    assert spent(world.database, lambda: mine(phone)) == settled


def test_boards_cost_11_and_14_once_settled(world: World) -> None:
    phone = contestants(world)
    assert spent(world.database, lambda: boards(phone)) == [*BOARDS, *UNITS]
    settle(world)
    assert spent(world.database, lambda: boards(phone)) == [*BOARDS, *PLACES, *UNITS]


def test_boards_cost_the_same_with_ten_times_the_people(world: World) -> None:
    phone = contestants(world)
    many_papers(world, MANY)
    world.fold()
    settle(world)
    assert boards(phone)["persons"]["mine"]["of_people"] == MANY + 6
    assert spent(world.database, lambda: boards(phone)) == [*BOARDS, *PLACES, *UNITS]


# --- the fold ---


def test_a_fold_of_a_hundred_facts_costs_16_as_one_of_three_does(world: World) -> None:
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
        "SELECT unit_recount",  # units that were reorganised since
        "INSERT lease",  # nobody else folds
        "SELECT fact",  # a batch of pending facts
        "SELECT unit_crosswalk",  # what became of units that are no more
        "WITH unit",  # the trees of every day above the units in which something was done
        "SELECT tally_subject",  # who was counted before
        "INSERT tally_subject",
        "INSERT tally",
        "SELECT board",  # how this activity ranks
        "SELECT fact",  # their results
        "INSERT standing",
        "SELECT frozen_headcount",  # denominators
        "SELECT unit_crosswalk",  # those of units that took others in
        "SELECT tally",  # the cells just moved
        "INSERT scorecard_line",
        "DELETE pending_fact",
    ]  # fmt: skip
