"""The province's process is killed outright while it takes packets in: what was receipted is there, nothing is there twice."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backend.federation.packets import sticks
from tests.federation.pair import Pair, from_template

TAKE = """
import sys
from pathlib import Path
from backend.db.engine import Database
from backend.federation.packets import inbox, sticks
from backend.federation.peers.models import Peer
from sqlalchemy import select
from tests.federation.pair import BINH, BOOK
database = Database("sqlite:///" + sys.argv[1])
for raw in sticks.read(Path(sys.argv[2]).read_bytes()):
    with database.transaction() as session:
        peer = session.scalars(select(Peer)).one()
        receipt = inbox.take_in(session, raw, peer, via="wire", book=BOOK, signer=BINH)
    print(receipt.body.number, flush=True)
"""


@pytest.mark.fault
def test_kill_9_in_the_middle_changes_nothing(tmp_path: Path, sqlite_template: Path) -> None:
    two: Pair = from_template(sqlite_template, tmp_path)
    packets = [two.commune.say("a", str(number)) for number in range(300)]
    raws = [two.commune.raw(packet) for packet in packets]
    (tmp_path / "stick").write_bytes(sticks.write(raws))
    two.province.database.close()
    receipted = 0
    for _ in range(5):
        receipted = max(receipted, killed_while_taking(two, tmp_path / "stick", receipted + 20))
        held = two.province.rows("SELECT number FROM packet_in ORDER BY number")
        assert [row[0] for row in held] == list(range(1, len(held) + 1))
        assert len(held) >= receipted, "a receipt that was given stands"
        assert two.province.rows("SELECT number FROM stream_in") == [(len(held),)]
        assert two.province.notes() == {"a": str(len(held) - 1)}
        two.province.database.close()
    two.deliver_all(rounds=400)
    assert two.province.notes() == {"a": "299"}
    assert two.commune.waiting() == []


def killed_while_taking(two: Pair, stick: Path, after: int) -> int:
    """Kill it once it has receipted so many; the last number it receipted."""
    process = subprocess.Popen(
        [sys.executable, "-c", TAKE, str(two.province.place), str(stick)], stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[2], env={**os.environ, "PYTHONPATH": "."},
    )  # fmt: skip
    assert process.stdout
    last = 0
    for line in process.stdout:
        last = int(line)
        if last >= after:
            time.sleep(0.003 * (after % 7))
            process.send_signal(signal.SIGKILL)
            break
    rest = process.stdout.read().split()
    process.wait()
    return max([last, *map(int, rest)])
