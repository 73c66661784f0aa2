"""However a phone's deeds reach the node, the ledger and every figure end the same.

Shuffled, doubled, split into batches, answered into the void and sent again: as if sent once, in order.
"""

import json
import random
import uuid
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from backend import figures
from backend.db.base import new_id
from backend.participation import correct
from backend.participation.models import Fact, Operation, PendingFact, Quarantined
from campaigns.contest.models import ContestAttempt
from campaigns.registry import measure_book
from tests.support.world import Phone, World

few = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    # One planted commune serves all examples; each begins by forgetting the deeds of the one before.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def forget_everything_after_the_starts(world: World, papers: dict[uuid.UUID, uuid.UUID]) -> None:
    """Back to the moment in which every paper was drawn; `papers`: attempt -> the operation that started it."""
    with world.database.transaction() as session:
        session.execute(delete(PendingFact))
        session.execute(delete(Fact))
        session.execute(delete(Quarantined))
        session.execute(delete(Operation).where(Operation.id.not_in(papers.values())))
        for attempt in session.scalars(select(ContestAttempt)):
            attempt.state, attempt.submitted_by, attempt.submitted_at = "running", None, None
            attempt.right, attempt.elapsed_ms, attempt.guess, attempt.answers = None, None, None, {}
        figures.rebuild(session, measure_book())


def deeds_of(phone: Phone, attempt: dict[str, Any], right: int) -> list[str]:
    """Answers one by one, among them one that is not on the paper and one nobody can read, then the paper."""
    answers = phone.answers(attempt, right)
    rows = [
        phone.freeze("contest.answer", {"attempt": attempt["id"], "answers": {q: choice}})
        for q, choice in answers.items()
    ]
    rows.append(phone.freeze("contest.answer", {"attempt": str(new_id()), "answers": {"1": "a"}}))
    rows.append(phone.freeze("contest.answer", {"no": "such thing"}))
    rows.append(phone.freeze("contest.submit", {"attempt": attempt["id"], "answers": answers}))
    return rows


def ledger(world: World) -> dict[str, Any]:
    """What was counted, without what honestly differs: receipts, times of arrival, and what order decides."""
    with world.database.transaction(writes=False) as session:
        facts = [
            (f.operation_id, f.line, f.measure, f.subject, f.scope, f.quantity, (f.result or {}).get("right"), f.unit_id, f.period)
            for f in session.scalars(select(Fact))
        ]  # fmt: skip
        operations = [(o.id, o.device_seq, o.body_hash) for o in session.scalars(select(Operation))]
        counted = session.scalars(select(Operation.id).where(Operation.outcome == "counted")).all()
        aside = [(q.device_seq, q.body_hash, q.reason) for q in session.scalars(select(Quarantined))]
    return {"facts": sorted(facts, key=str), "operations": sorted(operations, key=str),
            "counted": sorted(counted, key=str), "aside": sorted(aside, key=str)}  # fmt: skip


def derived(world: World) -> dict[str, Any]:
    """Every derived row. When and how fast a paper came is the node's own clock, so those keys are left out."""
    world.fold()
    found: dict[str, Any] = {}
    with world.database.transaction(writes=False) as session:
        for model in figures.DERIVED:
            names = [c.name for c in model.__table__.columns if c.name not in ("second", "third", "fourth")]
            rows = session.execute(select(model.__table__)).mappings()
            found[model.__tablename__] = sorted(([row[name] for name in names] for row in rows), key=str)
    return found


@st.composite
def journeys(draw: st.DrawFn, size: int) -> list[list[int]]:
    """Batches of places in the list of deeds, every deed at least once; those whose answer got lost come again."""
    sent = draw(st.permutations(range(size)))
    again = draw(st.lists(st.integers(0, size - 1), max_size=8))
    chance = random.Random(draw(st.integers(0, 2**16)))
    order = list(sent) + again
    chance.shuffle(order)
    batches: list[list[int]] = []
    lost: list[int] = []
    while order:
        cut = draw(st.integers(1, 6))
        batch, order = order[:cut], order[cut:]
        batches.append(batch)
        if draw(st.booleans()):
            lost.extend(batch)
    return [*batches, *([lost] if lost else [])]


@few
@given(data=st.data())
def test_any_way_of_sending_ends_at_the_same_figures(world: World, data: st.DataObject) -> None:
    if not hasattr(world, "story"):
        world.story = _story(world)  # type: ignore[attr-defined]
    phones, rows, papers, plain, plain_figures = world.story  # type: ignore[attr-defined]
    forget_everything_after_the_starts(world, papers)
    receipts: dict[str, str] = {}
    for batch in data.draw(journeys(len(rows))):
        for number, phone in enumerate(phones):
            mine = [rows[place][1] for place in batch if rows[place][0] == number]
            answer = phone.push(*mine)
            assert answer.status_code == 200, answer.text
            for raw, row in zip(mine, answer.json["results"], strict=True):
                assert receipts.setdefault(raw, row["receipt"]) == row["receipt"], "one deed, one receipt"
                assert row["verdict"] in ("accepted", "duplicate", "quarantined")
        if data.draw(st.booleans()):
            world.fold()
    assert ledger(world) == plain
    assert derived(world) == plain_figures
    assert figures.differences(world.database, measure_book()) == []
    assert all(phone.push().json["highest_seq"] == phone.seq for phone in phones)


def _story(world: World) -> tuple[Any, ...]:
    """Three people with a paper each, their deeds, and what the node holds after one plain sending in order."""
    phones = [world.phone(f"Người {n}", hamlet) for n, hamlet in enumerate((world.hamlet, world.hamlet, world.other_hamlet))]  # fmt: skip
    attempts = [phone.start() for phone in phones]
    with world.database.transaction(writes=False) as session:
        papers = {a.id: a.started_by for a in session.scalars(select(ContestAttempt))}
    rows = [
        (number, row)
        for number, (phone, attempt) in enumerate(zip(phones, attempts, strict=True))
        for row in deeds_of(phone, attempt, right=number * 2 + 1)
    ]
    for number, row in rows:
        assert phones[number].push(row).status_code == 200
    return phones, rows, papers, ledger(world), derived(world)


@few
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from(["reverse", "replace", "fold"]), st.integers(0, 5)),
        max_size=10,
    )
)
def test_a_fact_is_corrected_at_most_once_and_fold_and_rebuild_agree(
    world: World, steps: list[tuple[int, str, int]]
) -> None:
    if not hasattr(world, "papers"):
        for number in range(3):
            world.phone(f"Người {number}").take_part(number + 2)
        with world.database.transaction(writes=False) as session:
            rows = session.execute(
                select(Fact.operation_id, Fact.line).where(
                    Fact.measure == "contest.papers", Fact.is_reversal.is_(False)
                )
            )
            world.papers = [tuple(row) for row in rows]  # type: ignore[attr-defined]
    papers: list[tuple[uuid.UUID, int]] = world.papers  # type: ignore[attr-defined]
    with world.database.transaction() as session:
        ours = [operation for operation, _ in papers]
        session.execute(delete(PendingFact))
        session.execute(delete(Fact).where(Fact.operation_id.not_in(ours)))
        figures.rebuild(session, measure_book())
    corrected: set[int] = set()
    standing = 3
    for place, step, right in steps:
        if step == "fold":
            world.fold()
            continue
        with world.database.transaction() as session:
            if step == "reverse":
                done = correct.reverse(session, *papers[place], new_id())
            else:
                result = {"right": right, "of": 5, "elapsed_ms": 1000}
                done = correct.replace(session, *papers[place], new_id(), 1, result)
        assert done is (place not in corrected)
        standing -= done and step == "reverse"
        corrected.add(place)
    world.fold()
    assert figures.differences(world.database, measure_book()) == []
    total = next(row for row in derived(world)["tally"] if row[0] == "contest.papers" and row[2] == world.commune and row[3] == "all")  # fmt: skip
    assert total[4:6] == [standing, standing]


def test_the_bytes_of_a_deed_are_what_is_compared(world: World) -> None:
    """The same deed written with other spacing is other bytes: kept aside, not counted again."""
    phone = world.phone()
    start = phone.freeze("contest.start", {})
    phone.push(start)
    tight = json.dumps(json.loads(start), separators=(",", ":"))
    assert phone.push(tight).json["results"][0]["reason"] == "content_differs"
