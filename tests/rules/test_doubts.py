"""What makes a paper doubtful: never how good it is, and never in a way that tells how many are all right."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from campaigns.contest.doubts import FEW_SHARE, MANY_ON_ONE_DEVICE, Paper, signals_of

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
SLOW = 600_000


def paper(at: int = 0, answers: str = "abcd", drawn: tuple[int, ...] = (1, 2, 3, 4), **more: Any) -> Paper:
    """Handed in `at` seconds after noon by somebody of their own on a device of their own."""
    moment = NOON + timedelta(seconds=at)
    return replace(
        Paper(
            attempt=uuid.uuid4(), subject=uuid.uuid4(), number=1, state="submitted", device=uuid.uuid4(),
            started_at=moment, submitted_at=moment, elapsed_ms=SLOW, drawn=drawn,
            answers=tuple(zip(drawn, answers, strict=True)),
        ),
        **more,
    )  # fmt: skip


def signals(*papers: Paper) -> list[set[str]]:
    found = signals_of(papers)
    return [found.get(one.attempt, set()) for one in papers]


def test_a_paper_nobody_could_have_read_is_hasty() -> None:
    assert signals(paper(elapsed_ms=11_999), paper(at=60, answers="dcba", elapsed_ms=12_000)) == [
        {"haste"},
        set(),
    ]


def test_a_family_shares_a_phone_a_bus_load_does_not() -> None:
    device = uuid.uuid4()
    many = [
        paper(at=n * 900, answers="abcd"[n % 4] * 4, drawn=(n, n + 50, 90, 91), device=device)
        for n in range(7)
    ]
    assert signals(*many[:MANY_ON_ONE_DEVICE]) == [set()] * MANY_ON_ONE_DEVICE
    assert signals(*many) == [{"one_device"}] * 7
    same = [replace(one, subject=many[0].subject) for one in many]
    assert signals(*same) == [set()] * 7, "one person's own papers"


def test_five_in_one_second_are_remarkable_four_are_not() -> None:
    papers = [paper(drawn=(n, n + 50, 90, 91)) for n in range(5)]
    assert signals(*papers[:4]) == [set()] * 4
    assert signals(*papers) == [{"one_second"}] * 5


def test_two_people_answering_the_same_questions_alike_at_once() -> None:
    one, two = paper(at=0), paper(at=599)
    assert signals(one, two) == [{"same_answers"}] * 2
    assert signals(one, paper(at=601)) == [set()] * 2
    assert signals(one, replace(two, subject=one.subject)) == [set()] * 2
    assert signals(one, paper(at=5, answers="abca")) == [set()] * 2


def test_where_everybody_has_the_same_questions_like_answers_say_nothing() -> None:
    """Else the list of doubtful papers would be the list of those with everything right."""
    right = [paper(at=n * 2) for n in range(FEW_SHARE)]
    assert signals(*right) == [{"same_answers"}] * FEW_SHARE
    assert signals(*right, paper(at=30, answers="bbbb")) == [set()] * (FEW_SHARE + 1)
