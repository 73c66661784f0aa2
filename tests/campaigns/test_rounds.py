"""Several rounds over one bank: what one round shows afterwards is no key to the next. And settled results do not move."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.engine import Database
from backend.http import NodeApp
from backend.safeguards.audit import OPERATOR
from campaigns import lifecycle
from campaigns.contest.models import ContestAttempt, ContestQuestion
from campaigns.contest.turn import TooFewQuestions
from campaigns.models import Activity, Phase
from mobile_api import sync
from tests.support.contest import choose, close, mine, places, settle
from tests.support.world import SETTINGS, Phone, World, plant

BANK = 24


@pytest.fixture
def rounds(app: NodeApp, database: Database) -> World:
    """Two rounds over a bank of 24 questions; the first is open."""
    world = plant(app, database, opened=False)
    with database.transaction() as session:
        session.add_all([_question(world, number) for number in range(8, BANK + 1)])
        _plan_another(session, world)
        lifecycle.open_activity(session, session.get_one(Activity, world.activity), OPERATOR)
    return world


def _question(world: World, number: int) -> ContestQuestion:
    return ContestQuestion(
        campaign_id=world.campaign, number=number, code=f"q{number:02d}", form="single", topic="thu",
        difficulty=1 + number % 3, text={"vi": f"Câu {number}?"}, key="a",
        options=[{"code": c, "vi": f"Phương án {c}"} for c in "abcd"],
        explanation={"vi": f"GIẢI-THÍCH-{number}"}, source="thử nghiệm", made_at=clock.now(),
    )  # fmt: skip


def _plan_another(session: Session, world: World) -> None:
    first = session.get_one(Activity, world.activity)
    words = {"vi": "Đợt 2", "en": "Round 2"}
    phase = Phase(
        campaign_id=world.campaign, number=2, title=words, opens_at=first.opens_at, closes_at=first.closes_at
    )  # fmt: skip
    session.add(phase)
    session.flush()
    session.add(
        Activity(
            campaign_id=world.campaign,
            phase_id=phase.id,
            code="dot-2",
            kind="contest",
            title=words,
            rules={},
            settings=dict(SETTINGS),
            opens_at=first.opens_at,
            closes_at=first.closes_at,
        )
    )
    session.flush()


def open_second(world: World) -> uuid.UUID:
    with world.database.transaction() as session:
        second = session.scalars(select(Activity).where(Activity.code == "dot-2")).one()
        lifecycle.open_activity(session, second, OPERATOR)
        return second.id


def pools(world: World) -> list[set[int]]:
    with world.database.transaction(writes=False) as session:
        rows = session.scalars(select(Activity).where(Activity.frozen.is_not(None)).order_by(Activity.code))
        return [set(row.frozen["pool"]) for row in rows]  # type: ignore[index]


def review_of(phone: Phone) -> Any:
    return mine(phone)["attempt"]["result"]["review"]


def test_no_question_is_in_two_rounds(rounds: World) -> None:
    open_second(rounds)
    first, second = pools(rounds)
    assert not first & second
    assert (len(first), len(second)) == (BANK // 2, BANK // 2)


def test_an_edited_question_does_not_come_back_in_the_next_round(rounds: World) -> None:
    """The new revision has another number, and is the same question all the same."""
    (first,) = pools(rounds)
    settle(rounds)
    with rounds.database.transaction() as session:
        old = session.scalars(select(ContestQuestion).where(ContestQuestion.number == min(first))).one()
        old.retired_at = clock.now()
        new = _question(rounds, BANK + 1)
        new.code, new.revision = old.code, 2
        session.add(new)
    open_second(rounds)
    assert BANK + 1 not in pools(rounds)[1]


def test_answers_shown_after_one_round_are_no_key_to_the_next(rounds: World) -> None:
    phone = rounds.phone()
    phone.take_part()
    settle(rounds)
    assert len(review_of(phone)) == 5
    shown = {line["text"] for line in review_of(phone)}
    second = open_second(rounds)
    for n in range(8):
        other = rounds.phone(f"Người {n}")
        verdict = other.do("contest.start", {}, activity=str(second))
        assert not shown & {q["text"] for q in verdict["result"]["attempt"]["questions"]}


def test_where_rounds_share_the_bank_answers_wait_for_the_last_round(rounds: World) -> None:
    phone = rounds.phone()
    phone.take_part()
    with rounds.database.transaction() as session:
        second = session.scalars(select(Activity).where(Activity.code == "dot-2")).one()
        second.settings = second.settings | {"bank": "whole"}
    settle(rounds)
    assert review_of(phone) is None
    open_second(rounds)
    assert review_of(phone) is None
    with rounds.database.transaction() as session:
        second = session.scalars(select(Activity).where(Activity.code == "dot-2")).one()
        lifecycle.close_activity(session, second, OPERATOR)
        lifecycle.settle_activity(session, second, OPERATOR)
    assert len(review_of(phone)) == 5


def test_a_bank_too_small_for_its_rounds_does_not_open(app: NodeApp, database: Database) -> None:
    """Seven questions, two rounds of five."""
    world = plant(app, database, opened=False)
    with database.transaction() as session:
        _plan_another(session, world)
        with pytest.raises(TooFewQuestions):
            lifecycle.open_activity(session, session.get_one(Activity, world.activity), OPERATOR)


def test_settled_results_do_not_move_however_long_a_paper_waited(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It came in the last second of the grace, and its turn came when the organiser had settled."""
    choose(world, prediction=True, settle="by_hand")
    with clock.stopped_at(clock.now()) as move:
        for n in range(2):
            assert world.phone(f"Người {n}").take_part(guess=1)["outcome"] == "counted"
        late = world.phone("Người đến muộn")
        attempt = late.start()
        close(world)
        move(timedelta(seconds=SETTINGS["time_limit_s"] + SETTINGS["grace_s"]))  # type: ignore[operator]

        def waited(*_: object) -> None:
            move(timedelta(seconds=120))
            settle(world)

        monkeypatch.setattr(sync.express, "done", waited)
        assert late.submit(attempt, guess=3)["reason"] == "late"
    world.fold()
    assert len(places(world)) == 2
    with world.database.transaction(writes=False) as session:
        states = session.scalars(select(ContestAttempt.state).order_by(ContestAttempt.state)).all()
        assert list(states) == ["late", "submitted", "submitted"]
