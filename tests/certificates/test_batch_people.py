"""A batch and the people in it: whoever leaves while papers are made or drawn leaves no name behind, at no moment."""

import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.certificates import batches, turn
from backend.certificates.batch_models import BatchItem
from backend.certificates.batches import Entry
from backend.certificates.models import Certificate
from backend.people.models import SubjectLink
from campaigns import leaving
from tests.certificates.test_batches import certificates, entry, hand, items, made, run, seen, words
from tests.support.world import World

NAME = "Nguyễn Thị Bình"


def account(world: World) -> tuple[uuid.UUID, uuid.UUID]:
    """(person, subject) of somebody who has signed in."""
    person = uuid.UUID(world.phone(NAME).me["id"])
    with world.database.transaction(writes=False) as session:
        subject = session.scalars(select(SubjectLink.subject).where(SubjectLink.person_id == person)).one()
    return person, subject


def of_account(subject: uuid.UUID) -> Entry:
    return Entry(uuid.uuid4(), words(NAME), subject=subject)


def beside(world: World, first: Callable[[Session], Any], second: Callable[[], Any]) -> None:
    """`second` begins while `first` is done and not yet committed."""
    troubles: list[BaseException] = []

    def safely() -> None:
        try:
            second()
        except BaseException as error:
            troubles.append(error)

    other = threading.Thread(target=safely)
    with world.database.transaction() as session:
        first(session)
        other.start()
        time.sleep(0.5)
    other.join(40)
    assert not other.is_alive()
    assert not troubles, troubles


def leave(world: World, person: uuid.UUID, subject: uuid.UUID) -> None:
    with world.database.transaction() as session:
        leaving._erase(session, person, subject)


def nothing_of(world: World, batch: uuid.UUID) -> None:
    """Neither a paper with the name nor a word of it in the batch."""
    assert NAME not in {row.statement["name"] for row in certificates(world.database)}
    (mine, _) = items(world.database, batch)
    assert (mine.words, mine.subject, mine.certificate_id) == ({}, None, None)


def test_whoever_leaves_while_the_own_paper_is_settled_takes_it_along(world: World, tmp_path: Path) -> None:
    person, subject = account(world)
    batch, drawer = made(world, [of_account(subject), entry("Trần Văn Hai")]), hand(tmp_path)
    with world.database.transaction(writes=False) as session:
        found = turn._next(session, drawer, batch)
    assert isinstance(found, turn.Waiting)
    drawn = drawer.draw(found.look, found.jobs)
    beside(
        world,
        lambda session: turn.settle(session, found, drawn, drawer),
        lambda: leave(world, person, subject),
    )
    nothing_of(world, batch)
    assert len(certificates(world.database)) == 1, "the other one stays"


def test_whoever_leaves_while_the_batch_is_made_is_refused_without_a_word(
    world: World, tmp_path: Path
) -> None:
    person, subject = account(world)
    what, made_it = [of_account(subject), entry("Trần Văn Hai")], list[uuid.UUID]()
    beside(
        world,
        lambda session: leaving._erase(session, person, subject),
        lambda: made_it.append(made(world, what)),
    )
    (batch,) = made_it
    (mine, other) = items(world.database, batch)
    assert (mine.state, mine.trouble, other.state) == ("refused", batches.HAS_LEFT, "waiting")
    run(world.database, hand(tmp_path))
    nothing_of(world, batch)
    assert (seen(world.database, batch).done, seen(world.database, batch).refused) == (1, 1)


def test_a_waiting_item_whose_person_is_gone_is_not_made(world: World, tmp_path: Path) -> None:
    """Whatever the order in which it came about: it is asked once more before the paper is there."""
    _, subject = account(world)
    batch = made(world, [of_account(subject), entry("Trần Văn Hai")])
    with world.database.transaction() as session:
        session.delete(session.get_one(SubjectLink, subject))
    run(world.database, hand(tmp_path))
    nothing_of(world, batch)


def test_names_of_refused_items_are_forgotten_after_their_time(world: World) -> None:
    batch = made(world, [entry("Lê Văn 😀"), entry("Trần Văn Hai")], skip_refused=True)
    for days, left in ((89, True), (91, False)):
        with world.database.transaction() as session:
            batches.forget_refused(session, clock.now() + timedelta(days=days))
        (bad, good) = items(world.database, batch)
        assert (bool(bad.words), bad.subject is not None) == (left, left)
        assert (bool(bad.number), bool(bad.trouble)) == (True, True), "the number stays accounted for"
        assert good.words, "what still waits needs its words"


def test_the_worker_forgets_them(world: World) -> None:
    batch = made(world, [entry("Lê Văn 😀")], skip_refused=True)
    later = clock.now() + timedelta(days=91)
    with world.database.transaction() as session:
        leaving.forget_what_is_over(session, later)
        (row,) = session.scalars(select(BatchItem).where(BatchItem.batch_id == batch))
        assert row.words == {}
        assert not session.scalars(select(Certificate)).all()
