"""Workers at batches: each draws alone, none hangs the others, none draws for nothing, and what is swept is nobody's."""

import os
import uuid
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from backend.certificates import hands, turn
from backend.certificates.alone import alone
from backend.certificates.hands import Drawn, Hands, Job
from backend.media import store
from backend.safeguards import keys, signing
from backend.safeguards.audit import OPERATOR
from backend.safeguards.signing import KeyRetired, Signer
from backend.worker import Worker
from campaigns.registry import measure_book
from tests.certificates.test_batches import KEY, URL, Meanwhile, entries, made, run, seen
from tests.support.world import World

OTHER = Signer(signing.packed(b"w" * 32))


class Counting(Meanwhile):
    drawn = 0

    def draw(self, look: Any, jobs: list[Job]) -> list[Drawn]:
        self.drawn += len(jobs)
        return super().draw(look, jobs)


def test_while_one_worker_draws_at_a_batch_another_takes_the_next_or_none(
    world: World, tmp_path: Path
) -> None:
    first, second = made(world, entries(5)), made(world, entries(3))
    one, two = Counting(KEY, URL, tmp_path, papers=False), Counting(KEY, URL, tmp_path, papers=False)
    answers: list[bool] = []

    def beside() -> None:
        answers.extend(turn.turn(world.database, two) for _ in range(2))

    one.happens = beside
    run(world.database, one)
    assert answers == [True, False], "the second batch, then nothing that is free"
    assert (one.drawn, two.drawn) == (5, 3), "nothing was drawn twice"
    assert [seen(world.database, batch).batch.state for batch in (first, second)] == ["done", "done"]


def test_who_is_alone_is_so_until_the_end_and_no_longer(world: World, tmp_path: Path) -> None:
    thing = uuid.uuid4()
    with alone(world.database, thing, tmp_path) as one, alone(world.database, thing, tmp_path) as two:
        assert (one, two) == (True, False)
        with alone(world.database, uuid.uuid4(), tmp_path) as other:
            assert other, "of another thing"
    with alone(world.database, thing, tmp_path) as again:
        assert again


def test_with_a_key_that_was_replaced_nothing_is_drawn(world: World, tmp_path: Path) -> None:
    made(world, entries(3))
    with world.database.transaction() as session:
        keys.rotate(session, KEY, OTHER, OPERATOR)
    drawer = Counting(KEY, URL, tmp_path, papers=False)
    with pytest.raises(KeyRetired):
        turn.turn(world.database, drawer)
    assert drawer.drawn == 0


def test_a_worker_with_a_replaced_key_says_so_once_and_goes_on_with_the_rest(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made(world, entries(3))
    with world.database.transaction() as session:
        keys.rotate(session, KEY, OTHER, OPERATOR)
    beside = Hands(KEY, signing.packed(b"b" * 32), URL, store.folder_in(tmp_path), processes=1)
    worker = Worker(world.database, measure_book(), hands=beside)
    assert [worker.draw() for _ in range(3)] == [False, False, False]
    assert len([row for row in caplog.records if "key was replaced" in row.message]) == 1


class Child:
    killed = False

    def kill(self) -> None:
        self.killed = True


class Hanging:
    """A pool whose processes never answer."""

    def __init__(self) -> None:
        self.child = Child()
        self._processes = {1: self.child}

    def submit(self, *_: Any) -> Future[Any]:
        return Future()

    def shutdown(self, **_: Any) -> None:
        """Waits for nobody."""


def test_a_process_that_hangs_is_ended_and_the_item_it_hangs_at_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hands, "LONGEST_S", 0.05)
    beside = Hands(KEY, signing.packed(b"b" * 32), URL, tmp_path, processes=1)
    jobs: list[Any] = [Job(position, None, None) for position in (1, 2)]  # type: ignore[arg-type]  # never looked into

    def draw() -> tuple[list[Drawn], Hanging]:
        pool = Hanging()
        beside._pool = pool  # type: ignore[assignment]  # stands for it
        return beside.draw(None, jobs), pool  # type: ignore[arg-type]

    drawn, pool = draw()
    assert (drawn, pool.child.killed, beside._pool) == ([], True, None)
    drawn, _ = draw()
    assert drawn == [Drawn(1)], "one at a time, so that it counts as a try of this one"


def test_sweeping_asks_a_few_at_a_time_and_minds_no_file_that_goes_meanwhile(tmp_path: Path) -> None:
    folder = store.folder_in(tmp_path)
    place = folder / "ab"
    place.mkdir()
    (place / "gone").symlink_to(tmp_path / "nowhere")
    (place / ".begun").write_bytes(b"half")
    for number in range(store.AT_ONCE + 5):
        (place / f"{number:04d}").write_bytes(b"x")
    for file in place.glob("[.0-9]*"):
        os.utime(file, (0, 0))
    asked: list[int] = []

    def named(digests: list[str]) -> set[str]:
        asked.append(len(digests))
        return {"0001"}

    assert store.sweep(folder, named) == store.AT_ONCE + 4
    assert [file.name for file in place.glob("[.0-9]*")] == ["0001"]
    assert max(asked) <= store.AT_ONCE
