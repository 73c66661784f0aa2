"""A worker that draws certificates is killed at every step: after each, another goes on, none comes twice, none is left out."""

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import psutil
import pytest
from sqlalchemy import func, select

from backend.certificates import batches, designs, progress, turn
from backend.certificates.batch_models import BatchItem
from backend.certificates.hands import OneHand
from backend.certificates.models import Certificate
from backend.certificates.queries import check
from backend.db.engine import Database
from backend.media import store
from backend.safeguards import signing
from backend.safeguards.audit import OPERATOR
from backend.safeguards.signing import Signer
from tests.certificates.test_batches import URL, entries
from tests.support.world import World

pytestmark = pytest.mark.fault
ROOT = Path(__file__).parents[2]
SEED = signing.packed(b"f" * 32)
COUNT = 45
STEPS = (
    "before drawing",
    "while drawing",
    "half a file",
    "before settling",
    "while settling",
    "after settling",
)

# Runs in a process of its own, which says that it has come to the step and then waits to be killed.
WORKER = """
import sys, time
import backend.worker
from pathlib import Path
from backend.certificates import issue, turn
from backend.certificates.hands import OneHand
from backend.db.engine import Database
from backend.media import store
from backend.safeguards.signing import Signer

url, folder, seed, step = sys.argv[1:]

def wait_to_be_killed():
    print("here", flush=True)
    time.sleep(120)

class Hand(OneHand):
    drawn = 0

    def draw(self, look, jobs):
        if step == "before drawing":
            wait_to_be_killed()
        done = super().draw(look, jobs)
        if step == "before settling":
            wait_to_be_killed()
        return done

    def _draw(self, look, job):
        Hand.drawn += 1
        if step == "while drawing" and Hand.drawn == 3:
            wait_to_be_killed()
        if step == "half a file" and Hand.drawn == 3:
            place = self.folder / "ab"
            place.mkdir(exist_ok=True)
            (place / ".half").write_bytes(b"half a fi")
            wait_to_be_killed()
        return super()._draw(look, job)

place_one, placed = issue.place, []

def place(session, *more):
    made = place_one(session, *more)
    placed.append(made)
    if step == "while settling" and len(placed) == 5:
        session.flush()
        wait_to_be_killed()
    return made

issue.place = place
database = Database(url)
turn.turn(database, Hand(Signer(seed), "https://lantoa.example", Path(folder), True, step in ("while drawing", "half a file")))
if step == "after settling":
    wait_to_be_killed()
"""


@pytest.fixture
def batch(world: World) -> uuid.UUID:
    with world.database.transaction() as session:
        signing.remember(session, Signer(SEED))
        made = batches.make(
            session, "decision", uuid.uuid4(), entries(COUNT), designs.ORGANISER, OPERATOR, unit=world.commune,
            public_url=URL,
        )  # fmt: skip
        return made.id


def killed_at(step: str, url: str, folder: Path) -> None:
    words = [sys.executable, "-c", WORKER, url, str(folder), SEED, step]
    worker = subprocess.Popen(
        words, stdout=subprocess.PIPE, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    assert worker.stdout
    assert worker.stdout.readline().strip() == b"here", f"it never came to '{step}'"
    worker.send_signal(signal.SIGKILL)
    worker.wait()


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_each_step_and_gone_on(
    step: str, world: World, batch: uuid.UUID, database_url: str, tmp_path: Path
) -> None:
    folder = store.folder_in(tmp_path)
    before = numbers(world.database, batch)
    killed_at(step, database_url, folder)
    settled = {"after settling": turn.AT_ONCE}.get(step, 0)
    assert issued(world.database) == settled, "all of a round or nothing of it"
    finish(world.database, folder)
    prove(world.database, batch, before)


def test_killed_again_and_again(world: World, batch: uuid.UUID, database_url: str, tmp_path: Path) -> None:
    folder, before = store.folder_in(tmp_path), numbers(world.database, batch)
    for step in STEPS:
        killed_at(step, database_url, folder)
    finish(world.database, folder)
    prove(world.database, batch, before)
    assert store.get(folder, "ab" * 32) is None, "half a file is no file"


def test_drawing_processes_do_not_outlive_a_worker_that_was_killed(
    world: World, batch: uuid.UUID, database_url: str, tmp_path: Path
) -> None:
    code = (
        "import sys; import backend.worker; from pathlib import Path; from backend.certificates import turn\n"
        "from backend.certificates.hands import Hands; from backend.db.engine import Database\n"
        "from backend.safeguards.signing import Signer\n"
        "def main():\n"
        "    url, folder, seed = sys.argv[1:]\n"
        "    hands = Hands(Signer(seed), seed, 'https://lantoa.example', Path(folder), True, 2)\n"
        "    turn.turn(Database(url), hands); print('here', flush=True)\n"
        "    import time; time.sleep(120)\n"
        "if __name__ == '__main__': main()\n"
    )
    script = tmp_path / "worker.py"
    script.write_text(code)
    folder = store.folder_in(tmp_path)
    worker = subprocess.Popen(
        [sys.executable, str(script), database_url, str(folder), SEED], stdout=subprocess.PIPE, cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert worker.stdout
    assert worker.stdout.readline().strip() == b"here"
    beside = psutil.Process(worker.pid).children(recursive=True)
    assert len(beside) >= 2
    worker.kill()
    worker.wait()
    gone, alive = psutil.wait_procs(beside, timeout=10)
    assert (len(gone), alive) == (len(beside), [])
    before = numbers(world.database, batch)
    finish(world.database, folder)
    prove(world.database, batch, before)


def numbers(database: Database, batch: uuid.UUID) -> list[str]:
    with database.transaction(writes=False) as session:
        query = select(BatchItem.number).where(BatchItem.batch_id == batch).order_by(BatchItem.position)
        return list(session.scalars(query))


def issued(database: Database) -> int:
    with database.transaction(writes=False) as session:
        return int(session.scalar(select(func.count()).select_from(Certificate)) or 0)


def finish(database: Database, folder: Path) -> None:
    hand, since = OneHand(Signer(SEED), URL, folder, sample=True, papers=False), time.monotonic()
    while turn.turn(database, hand):
        assert time.monotonic() - since < 60


def prove(database: Database, batch: uuid.UUID, before: list[str]) -> None:
    """Each item has its one certificate, under the number it had before anything died."""
    with database.transaction(writes=False) as session:
        found = progress.of_batch(session, batch)
        assert found is not None
        assert (found.batch.state, found.done, found.refused, found.waiting) == ("done", COUNT, 0, 0)
        rows = {row.number: row for row in session.scalars(select(Certificate))}
        assert sorted(rows) == sorted(before)
        assert {check(session, number).verdict for number in before} == {"valid"}
        items = session.scalars(select(BatchItem).where(BatchItem.batch_id == batch))
        assert all(rows[item.number].id == item.certificate_id for item in items)
