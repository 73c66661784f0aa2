"""Many certificates in one step: none twice, none left out without a word, whoever presses and whatever dies."""

import hashlib
import itertools
import os
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from backend import clock
from backend.certificates import batches, designs, issue, progress, turn
from backend.certificates.batch_models import BatchItem, CertificateBatch
from backend.certificates.batches import Entry
from backend.certificates.errors import BatchEmpty, BatchExists, BatchIsDone, BatchNotStopped, EntriesRefused
from backend.certificates.hands import Drawn, Hands, Job, OneHand
from backend.certificates.issue import Owner, Words
from backend.certificates.models import Certificate, StatusList
from backend.certificates.papers import paper_of
from backend.certificates.queries import check
from backend.db.engine import Database
from backend.media import store
from backend.safeguards import keys, signing
from backend.safeguards.audit import OPERATOR, Actor
from backend.safeguards.signing import Signer
from tests.support.world import World

URL = "https://lantoa.example"
KEY = Signer(signing.packed(b"b" * 32))
OFFICER = Actor("staff", uuid.UUID(int=5))
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def words(name: str, **more: Any) -> Words:
    return Words(
        name=name, title="Cuộc thi “Tìm hiểu chuyển đổi số”", issuer="Ban Tổ chức – xã Tân Khánh", achievement="dot-1",
        deed="đã hoàn thành cuộc thi trực tuyến", result="Đạt yêu cầu", **more,
    )  # fmt: skip


def entry(name: str, **more: Any) -> Entry:
    """Of somebody without an account."""
    key = uuid.uuid4()
    return Entry(key, words(name), subject=key, **more)


def entries(count: int) -> list[Entry]:
    return [entry(f"Nguyễn Thị Số {number}") for number in range(1, count + 1)]


def made(
    world: World, what: list[Entry], source: uuid.UUID | None = None, design: uuid.UUID = designs.ORGANISER, **more: Any
) -> uuid.UUID:  # fmt: skip
    with world.database.transaction() as session:
        signing.remember(session, KEY)
        kept = {"tier": designs.find(session, design).tier} | more
        batch = batches.make(
            session, "decision", source or uuid.uuid4(), what, design, OFFICER, unit=world.commune, public_url=URL, **kept
        )  # fmt: skip
        return batch.id


def hand(place: Path, papers: bool = False, signer: Signer = KEY) -> OneHand:
    return OneHand(signer, URL, store.folder_in(place), sample=True, papers=papers)


def run(database: Database, drawer: turn.Drawer) -> int:
    rounds = 0
    while turn.turn(database, drawer):
        rounds += 1
        assert rounds < 100, "it never ends"
    return rounds


def items(database: Database, batch: uuid.UUID) -> list[BatchItem]:
    with database.transaction(writes=False) as session:
        rows = session.scalars(
            select(BatchItem).where(BatchItem.batch_id == batch).order_by(BatchItem.position)
        )
        return list(rows)


def seen(database: Database, batch: uuid.UUID) -> progress.Progress:
    with database.transaction(writes=False) as session:
        found = progress.of_batch(session, batch)
        assert found is not None
        return found


def certificates(database: Database) -> list[Certificate]:
    with database.transaction(writes=False) as session:
        return list(session.scalars(select(Certificate)))


# --- making ---


def test_everything_is_fixed_when_the_batch_is_made(world: World) -> None:
    batch = made(world, entries(45))
    rows = items(world.database, batch)
    assert [row.position for row in rows] == list(range(1, 46)), "no gap"
    assert len({row.number for row in rows}) == len({row.credential_id for row in rows}) == 45
    assert len({(row.list_id, row.list_position) for row in rows}) == 45
    assert {row.state for row in rows} == {"waiting"}
    found = seen(world.database, batch)
    assert (found.batch.state, found.batch.total, found.waiting) == ("ready", 45, 45)


def test_neighbours_in_a_batch_are_no_neighbours_in_the_list(world: World) -> None:
    with world.database.transaction() as session:
        issue.slots(session, URL, 1, clock.now(), clock.today())
        session.execute(update(StatusList).values(step=54_321))
    at = [row.list_position for row in items(world.database, made(world, entries(20)))]
    assert all(abs(one - two) > 100 for one, two in itertools.pairwise(at))


def test_of_two_officers_the_second_is_told(world: World) -> None:
    source, what = uuid.uuid4(), entries(3)
    made(world, what, source)
    with pytest.raises(BatchExists):
        made(world, what, source)
    assert made(world, what, source, designs.shipped_id("cam-on")), "another design is another batch"


def test_of_two_officers_at_once_one_batch_comes(world: World) -> None:
    source, what, told = uuid.uuid4(), entries(30), list[str]()
    line = threading.Barrier(2)

    def press() -> None:
        line.wait()
        try:
            made(world, what, source)
            told.append("made")
        except BatchExists:
            told.append("exists")

    at_once(press, press)
    assert sorted(told) == ["exists", "made"]
    with world.database.transaction(writes=False) as session:
        assert session.scalar(select(func.count()).select_from(CertificateBatch)) == 1
        assert session.scalar(select(func.count()).select_from(BatchItem)) == 30


def test_a_name_that_cannot_be_printed_stops_everything_before_anything_exists(world: World) -> None:
    what = [entry("Lê Văn Một"), entry("Lê Văn 😀"), entry("Nguyễn Văn А")]
    with pytest.raises(EntriesRefused) as refused:
        made(world, what)
    assert refused.value.values["count"] == 2
    with world.database.transaction(writes=False) as session:
        assert session.scalar(select(func.count()).select_from(BatchItem)) == 0
        assert session.scalar(select(func.coalesce(func.sum(StatusList.used), 0))) == 0, "no place is wasted"


def test_the_others_are_made_and_the_refused_keep_their_number_and_reason(
    world: World, tmp_path: Path
) -> None:
    what = [entry("Lê Văn Một"), entry("Lê Văn 😀"), entry("Lê  Văn Ba")]
    batch = made(world, what, skip_refused=True)
    run(world.database, hand(tmp_path))
    one, two, three = items(world.database, batch)
    assert (two.state, "U+1F600" in (two.trouble or ""), bool(two.number)) == ("refused", True, True)
    found = seen(world.database, batch)
    assert (found.batch.state, found.done, found.refused, found.batch.total) == ("done", 2, 1, 3)
    names = {row.statement["name"] for row in certificates(world.database)}
    assert names == {"Lê Văn Một", "Lê Văn Ba"}, "as it is printed"
    assert one.words == three.words == {}


@on_sqlite
def test_words_too_long_for_the_design_are_named(world: World) -> None:
    with pytest.raises(EntriesRefused):
        made(
            world,
            [Entry(uuid.uuid4(), words("An", signer="x" * 900), subject=uuid.uuid4())],
            design=designs.shipped_id("giay-khen"),
            tier="formal",
        )


@on_sqlite
def test_a_batch_of_nobody_is_refused(world: World) -> None:
    with pytest.raises(BatchEmpty):
        made(world, [])


# --- drawing ---


def test_each_gets_one_certificate_that_verifies(world: World, tmp_path: Path) -> None:
    what = entries(45)
    batch = made(world, what)
    assert run(world.database, hand(tmp_path)) == 3, "twenty at a time, the last ends it"
    rows, papers = items(world.database, batch), certificates(world.database)
    assert {row.certificate_id for row in rows} == {paper.id for paper in papers}
    assert {row.number for row in rows} == {paper.number for paper in papers}
    assert {paper.source_id for paper in papers} == {one.source_id for one in what}
    assert {paper.design_id for paper in papers} == {designs.ORGANISER}
    with world.database.transaction(writes=False) as session:
        assert {check(session, paper.number).verdict for paper in papers} == {"valid"}
    assert seen(world.database, batch).batch.state == "done"


def test_two_workers_make_none_twice_and_leave_none_out(world: World, tmp_path: Path) -> None:
    batch = made(world, entries(60))
    one, two = hand(tmp_path), hand(tmp_path)
    at_once(lambda: run(world.database, one), lambda: run(world.database, two))
    found = seen(world.database, batch)
    assert (found.batch.state, found.done, found.refused) == ("done", 60, 0)
    assert len(certificates(world.database)) == 60


def test_drawing_again_gives_the_same_bytes(world: World, tmp_path: Path) -> None:
    batch = made(world, entries(1))
    drawer, other = hand(tmp_path / "a", papers=True), hand(tmp_path / "b", papers=True)
    with world.database.transaction(writes=False) as session:
        found = turn._next(session, drawer, batch)
    assert isinstance(found, turn.Waiting)
    assert drawer.draw(found.look, found.jobs) == other.draw(found.look, found.jobs)


def test_files_lie_in_the_store_and_a_lost_one_is_drawn_again(world: World, tmp_path: Path) -> None:
    made(world, entries(1))
    drawer = hand(tmp_path, papers=True)
    run(world.database, drawer)
    (row,) = certificates(world.database)
    with world.database.transaction(writes=False) as session:
        paper = paper_of(session, row, URL, sample=True)
    kept = store.get(drawer.folder, row.png_digest), store.get(drawer.folder, row.pdf_digest)
    assert None not in kept
    assert (paper.png(drawer.folder), paper.pdf(drawer.folder)) == kept
    for file in drawer.folder.glob("??/*"):
        file.write_bytes(b"half")
    assert (paper.png(drawer.folder), paper.pdf(drawer.folder)) == kept, (
        "what is not whole is as good as lost"
    )


@on_sqlite
def test_files_that_no_certificate_names_are_swept_and_the_others_stay(world: World, tmp_path: Path) -> None:
    made(world, entries(1))
    drawer = hand(tmp_path, papers=True)
    run(world.database, drawer)
    lost = store.put(drawer.folder, b"of somebody who left")
    assert turn.tidy(world.database, drawer.folder) == 0, "it may belong to a row about to be written"
    for file in drawer.folder.glob("??/*"):
        os.utime(file, (0, 0))
    assert turn.tidy(world.database, drawer.folder) == 1
    assert store.get(drawer.folder, lost) is None
    (row,) = certificates(world.database)
    assert all(store.get(drawer.folder, digest) for digest in (row.png_digest, row.pdf_digest))


def test_processes_beside_the_worker_draw_them_too(world: World, tmp_path: Path) -> None:
    batch = made(world, entries(7))
    hands = Hands(KEY, signing.packed(b"b" * 32), URL, store.folder_in(tmp_path), sample=True, processes=2)
    try:
        run(world.database, hands)
    finally:
        hands.close()
    assert seen(world.database, batch).done == 7
    assert all(store.get(hands.folder, row.png_digest) for row in certificates(world.database))


# --- what goes wrong meanwhile ---


class Clumsy(OneHand):
    """Fails at one position."""

    fails = 2

    def _draw(self, look: Any, job: Job) -> Drawn:
        return Drawn(job.position) if job.position == self.fails else super()._draw(look, job)


def test_what_fails_three_times_is_refused_and_the_others_are_made(world: World, tmp_path: Path) -> None:
    batch = made(world, entries(4))
    run(world.database, Clumsy(KEY, URL, tmp_path, papers=False))
    rows = items(world.database, batch)
    assert [row.state for row in rows] == ["done", "refused", "done", "done"]
    assert (rows[1].tries, bool(rows[1].trouble)) == (3, True)


class Meanwhile(OneHand):
    """Something happens while it draws."""

    happens: Callable[[], None] = staticmethod(lambda: None)

    def draw(self, look: Any, jobs: list[Job]) -> list[Drawn]:
        drawn = super().draw(look, jobs)
        happens, self.happens = self.happens, lambda: None
        happens()
        return drawn


def test_a_stopped_batch_keeps_nothing_of_what_was_just_drawn_and_goes_on_later(
    world: World, tmp_path: Path
) -> None:
    batch, drawer = made(world, entries(5)), Meanwhile(KEY, URL, tmp_path, papers=False)

    def stop() -> None:
        with world.database.transaction() as session:
            batches.stop(session, batch, "nhầm mẫu giấy", OFFICER)

    drawer.happens = stop
    assert turn.turn(world.database, drawer)
    assert not turn.turn(world.database, drawer)
    assert (seen(world.database, batch).batch.state, certificates(world.database)) == ("stopped", [])
    with world.database.transaction() as session:
        batches.go_on(session, batch, OFFICER)
    run(world.database, drawer)
    assert seen(world.database, batch).done == 5
    with world.database.transaction() as session, pytest.raises(BatchIsDone):
        batches.stop(session, batch, "muộn", OFFICER)
    with world.database.transaction() as session, pytest.raises(BatchNotStopped):
        batches.go_on(session, batch, OFFICER)


def test_an_entry_given_up_while_it_was_drawn_is_refused(world: World, tmp_path: Path) -> None:
    what = entries(3)
    batch, drawer = made(world, what), Meanwhile(KEY, URL, tmp_path, papers=False)

    def give_up() -> None:
        with world.database.transaction() as session:
            assert batches.give_up(session, "decision", what[1].source_id, "đã thu hồi") == 1

    drawer.happens = give_up
    run(world.database, drawer)
    assert [row.state for row in items(world.database, batch)] == ["done", "refused", "done"]
    assert len(certificates(world.database)) == 2


def test_whoever_leaves_is_in_no_batch_any_more(world: World, tmp_path: Path) -> None:
    what = entries(3)
    batch = made(world, what)
    with world.database.transaction() as session:
        batches.erase(session, what[0].subject or uuid.UUID(int=0))
    run(world.database, hand(tmp_path))
    with world.database.transaction() as session:
        batches.erase(session, what[1].subject or uuid.UUID(int=0))
    one, two, three = items(world.database, batch)
    assert [one.state, two.state, three.state] == ["refused", "done", "done"]
    for row, gone in ((one, what[0]), (two, what[1])):
        assert (row.words, row.subject, row.certificate_id) == ({}, None, None)
        assert row.source_id != gone.source_id
    assert three.subject == what[2].subject


def test_who_asked_before_keeps_the_own_certificate_and_the_item_says_so(
    world: World, tmp_path: Path
) -> None:
    mine = entry("Nguyễn Thị Bình", activity=world.activity)
    batch = made(world, [mine, entry("Trần Văn Hai", activity=world.activity)])
    with world.database.transaction() as session:
        signing.remember(session, KEY)
        (slot,) = issue.slots(session, URL, 1, clock.now(), clock.today())
        owner = Owner(world.commune, world.activity, mine.subject)
        asked = issue.place(session, mine.words, slot, issue.seal(mine.words, slot, KEY), owner, OPERATOR)
    run(world.database, hand(tmp_path))
    one, two = items(world.database, batch)
    assert (one.state, asked.number in (one.trouble or ""), two.state) == ("refused", True, "done")
    assert (one.words, one.subject) == ({}, None), "nothing is to be put right, so no name is kept"
    assert len(certificates(world.database)) == 2


def test_after_a_change_of_keys_the_rest_is_issued_when_the_new_key_could_sign(
    world: World, tmp_path: Path
) -> None:
    other = Signer(signing.packed(b"c" * 32))
    batch = made(world, entries(25))
    assert turn.turn(world.database, hand(tmp_path))
    with clock.stopped_at(clock.now().replace(year=clock.now().year + 1)):
        with world.database.transaction() as session:
            keys.rotate(session, KEY, other, OPERATOR)
        run(world.database, hand(tmp_path, signer=other))
        with world.database.transaction(writes=False) as session:
            verdicts = [check(session, row.number).verdict for row in certificates(world.database)]
    assert (len(verdicts), set(verdicts)) == (25, {"valid"})
    assert {row.key_id for row in certificates(world.database)} == {KEY.key_id, other.key_id}
    assert seen(world.database, batch).done == 25


def test_with_a_key_that_signs_for_the_first_time_the_batch_is_issued_when_it_could(
    world: World, tmp_path: Path
) -> None:
    batch, first = made(world, entries(2)), Signer(signing.packed(b"d" * 32))
    with clock.stopped_at(clock.now().replace(year=clock.now().year + 1)):
        run(world.database, hand(tmp_path, signer=first))
    with world.database.transaction(writes=False) as session:
        began = session.get_one(signing.NodeKey, first.key_id).from_at
    assert all(row.issued_at >= began for row in certificates(world.database))
    assert seen(world.database, batch).done == 2


def test_a_design_whose_picture_is_gone_stops_its_batch_and_not_the_others(
    world: World, tmp_path: Path
) -> None:
    known = next(one for one in designs.shipped() if one.code == "giay-khen")
    body = known.body | {"signature": known.body["signature"] | {"digest": "0" * 64}}
    with world.database.transaction() as session:
        own = designs.save(session, world.commune, known, body, "Mẫu của xã", known.holds_from, OFFICER)
    bad, good = made(world, entries(1), design=own.id), made(world, entries(2))
    run(world.database, hand(tmp_path))
    assert (seen(world.database, bad).batch.state, seen(world.database, good).batch.state) == (
        "stopped",
        "done",
    )


# --- designs ---

PINNED = {
    "cam-on": "2c273ea51f17",
    "giay-khen-dang": "f8d9e6ff0719",
    "giay-khen-doan": "efbcf3ebd71a",
    "giay-khen-mat-tran": "4f42297e880c",
    "giay-khen": "09e85742f92f",
    "to-chuc": "af5b2eb758e5",
}


def test_a_shipped_version_is_never_changed() -> None:
    """Papers are drawn from it again years later: a change is a new version in a file of its own."""
    found = {
        file.stem: hashlib.sha256(file.read_bytes()).hexdigest()[:12] for file in designs.PLACE.glob("*.yaml")
    }
    assert found == PINNED


def at_once(*doing: Callable[[], Any]) -> None:
    troubles: list[BaseException] = []

    def safely(what: Callable[[], Any]) -> None:
        try:
            what()
        except BaseException as error:
            troubles.append(error)

    threads = [threading.Thread(target=safely, args=(what,)) for what in doing]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not troubles, troubles
