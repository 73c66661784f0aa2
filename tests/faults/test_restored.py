"""The machine dies and yesterday's backup is put in its place, by the very commands of the operator guide.

Phones hold receipts for what the backup has never seen. In the end the node has every deed again, once, at its own time
and with the same figures; nobody had to do anything but let the phones find the node.
"""

import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, make_url, select

from backend import clock
from backend.participation.models import Fact, Operation, PendingFact, Quarantined
from backend.tallies.models import Tally
from campaigns.visit.models import Visit
from tests.faults.line import enter, reading
from tests.faults.serving import Node
from tests.mobile_api.test_photos import named, send, shot
from tests.support import postgres
from tests.support.handset import Handset

pytestmark = pytest.mark.fault

COUNTED_WITHIN_S = 30
EACH = 3
"""Records a phone makes in a day: two visits, and one of them put right."""


def test_what_the_phones_had_receipts_for_is_back_after_yesterdays_backup(node: Node, tmp_path: Path) -> None:
    before_it, since_it = Handset(enter(node)), Handset(enter(node))
    homes = [row["id"] for row in before_it.phone.get("/team/load").json["households"]]
    work(before_it, homes[:EACH])
    send_all(before_it)
    backup = backed_up(node, tmp_path)

    lately = Handset(enter(node))  # this phone signed in today: the backup does not know it
    before_it.restart()  # what follows was done without signal, hours before it was sent
    picture = shot()
    for hand in (before_it, since_it, lately):
        work(hand, homes[:EACH], photos=[named(picture)])
    time.sleep(1.2)
    before_it.restart()
    for hand in (before_it, since_it, lately):
        send_all(hand)
    assert send(lately.phone, picture).json["complete"] is True
    figures, times = counted(node), done_at(node)
    told = {one.id: one.verdict for hand in (before_it, since_it, lately) for one in hand.kept if one.verdict}
    assert len(told) == 4 * EACH

    restore(node, backup, tmp_path)
    assert len(done_at(node).keys() & told.keys()) == EACH, "the backup was not yesterday's"
    assert lately.phone.get("/me").status_code == 401
    lately.phone.token = enter(node, lately.phone.device).token
    for hand in (before_it, since_it, lately):
        hand.look()
        assert hand.waiting == hand.kept, "the new epoch has everything offered once more"
        send_all(hand)
    assert lately.phone.get(f"/photos/{named(picture)}").status_code == 404
    assert send(lately.phone, picture).json["complete"] is True

    assert counted(node) == figures
    assert done_at(node) == times
    again = {
        one.id: one.verdict for hand in (before_it, since_it, lately) for one in hand.kept if one.verdict
    }
    assert {key: one["received_at"] for key, one in again.items()} == {
        key: one["received_at"] for key, one in told.items()
    }
    with reading(node) as session:
        assert session.scalars(select(Quarantined)).all() == []
    for hand in (before_it, since_it, lately):
        assert hand.phone.get("/sync/pull").json["missing"] == []
    node.stop()
    checked = node.lantoa("rebuild", "--check")
    assert checked.returncode == 0, checked.stdout


def work(hand: Handset, homes: Sequence[str], **more: object) -> None:
    """A visit at each; the last one is put right at once."""
    for home in homes[:-1]:
        hand.visit(home, "adult", {"vneid": "installed"}, **more)
    hand.visit(homes[-1], "adult", {"cashless": "explained"}, corrects=hand.visits[-1].id)


def send_all(hand: Handset) -> None:
    while hand.waiting:
        hand.offer(hand.waiting[:50])


def counted(node: Node) -> dict[tuple[str, object, str], tuple[int, int]]:
    """Every figure of visits of every unit, once the worker has counted what came."""
    wait_until_counted(node)
    with reading(node) as session:
        rows = session.scalars(select(Tally).where(Tally.measure.startswith("visit.")))
        return {
            (f"{row.activity_id} {row.measure}", row.unit_id, row.period): (row.quantity, row.people)
            for row in rows
            if row.quantity or row.people
        }


def wait_until_counted(node: Node) -> None:
    for _ in range(COUNTED_WITHIN_S * 5):
        with reading(node) as session:
            if not session.scalar(select(func.count()).select_from(PendingFact)):
                return
        time.sleep(0.2)
    raise AssertionError("the worker does not count")


def done_at(node: Node) -> dict[str, tuple[int, str, int]]:
    """Operation -> when it was done, what became of it, and what its facts add up to."""
    with reading(node) as session:
        facts = dict(
            session.execute(
                select(Fact.operation_id, func.sum(Fact.quantity)).group_by(Fact.operation_id)
            ).all()
        )
        rows = session.scalars(select(Operation).join(Visit, Visit.id == Operation.id)).all()
        return {
            str(row.id): (clock.milliseconds(row.happened_at), row.outcome, int(facts.get(row.id, 0)))
            for row in rows
        }


# --- the operator -------------------------------------------------------------------------------------------------


def backed_up(node: Node, folder: Path) -> Path:
    """While the node serves."""
    if node.database_url.startswith("sqlite"):
        copy = folder / "copy.sqlite3"
        run("sqlite3", str(node.data / "lantoa.sqlite3"), f".backup {copy}")
        return copy
    copy = folder / "lantoa.dump"
    run(tool("pg_dump"), "--format=custom", f"--file={copy}", plain(node.database_url))
    return copy


def restore(node: Node, backup: Path, folder: Path) -> None:
    """As docs/operator.md tells it, step by step."""
    node.stop()
    if node.database_url.startswith("sqlite"):
        aside = folder / "before"
        aside.mkdir()
        for file in node.data.glob("lantoa.sqlite3*"):
            shutil.move(file, aside)
        shutil.copy(backup, node.data / "lantoa.sqlite3")
    else:
        name = str(make_url(node.database_url).database)
        maintenance = plain(node.database_url).replace(name, "postgres")
        run(tool("psql"), maintenance, "-c", f"ALTER DATABASE {name} RENAME TO {name}_before")
        run(tool("psql"), maintenance, "-c", f"CREATE DATABASE {name}")
        run(tool("pg_restore"), "--exit-on-error", f"--dbname={plain(node.database_url)}", str(backup))
    for words in (["migrate"], ["new-epoch"], ["rebuild", "--check"]):
        done = node.lantoa(*words)
        assert done.returncode == 0, done.stdout + done.stderr
    node.start()


def plain(url: str) -> str:
    """The address as PostgreSQL's own tools read it."""
    return url.replace("postgresql+psycopg:", "postgresql:")


def tool(name: str) -> str:
    return str(postgres.server_binaries() / name)


def run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
