"""The demo of the federation lives through everything by itself, and would say so if a figure were wrong."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from backend.aggregates.queries import Cell
from backend.config import Settings
from backend.db.engine import Database
from backend.demo import federation
from backend.demo.data import INVENTED
from backend.demo.federation import COMMUNES, PROVINCE
from backend.demo.federation_facts import hamlets_of, month_of
from backend.demo.federation_single import Key, Sides, compare, counted
from backend.safeguards.signing import packed
from backend.units import national

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "demo_federation.py"
WITHIN_S, ENDS_WITHIN_S = 1800, 180


def ports() -> int:
    """The first of twenty that are free now."""
    for first in range(8300, 9000, 20):
        try:
            for number in range(12):
                with socket.socket() as trial:
                    trial.bind(("127.0.0.1", first + number))
        except OSError:
            continue
        return first
    raise AssertionError("no ports are free")


@contextmanager
def demo(tmp_path: Path, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    """The script; however the test ends, neither it nor a node of it is left."""
    script = subprocess.Popen(
        [sys.executable, SCRIPT], env=os.environ | environment, cwd=ROOT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        yield script
    finally:
        family = family_of(script)
        script.terminate()
        with suppress(subprocess.TimeoutExpired):
            script.wait(timeout=ENDS_WITHIN_S)
        for one in family:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        script.kill()
        script.wait()


def family_of(script: "subprocess.Popen[str]") -> list[psutil.Process]:
    try:
        return psutil.Process(script.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def gone(family: list[psutil.Process]) -> None:
    deadline = time.monotonic() + ENDS_WITHIN_S
    while left := [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]:
        assert time.monotonic() < deadline, f"outlived the script: {left}"
        time.sleep(0.2)


@pytest.mark.fault
def test_it_lives_through_a_cut_a_replay_a_restatement_and_a_merge_by_itself(tmp_path: Path) -> None:
    with demo(tmp_path, CHECK="1", PORT=str(ports()), TMPDIR=str(tmp_path)) as script:
        said, _ = script.communicate(timeout=WITHIN_S)
    assert script.returncode == 0, said
    assert "Mọi số liệu đều khớp." in said
    assert list(tmp_path.iterdir()) == [], "what it made for itself is gone"


@pytest.mark.fault
def test_whoever_stops_it_stops_everything_it_started(tmp_path: Path) -> None:
    with demo(tmp_path, CHECK="", PORT=str(ports()), LANTOA_DATA=str(tmp_path)) as script:
        assert script.stdout
        said = list(until_it_is("Lệnh", script.stdout))
        assert "Lệnh" in said[-1], "".join(said)
        family = family_of(script)
        assert len(family) >= 4
        script.send_signal(signal.SIGTERM)
        script.send_signal(signal.SIGINT)  # somebody impatient
        assert script.wait(timeout=ENDS_WITHIN_S) == 0
        gone(family)


@pytest.mark.fault
def test_a_node_that_cannot_start_is_named_in_its_own_words_and_the_others_are_stopped(
    tmp_path: Path,
) -> None:
    first = ports()
    with (
        socket.create_server(("127.0.0.1", first + 2)),
        demo(tmp_path, CHECK="1", PORT=str(first), TMPDIR=str(tmp_path)) as script,
    ):
        assert script.stdout
        said = list(until_it_is("tỉnh Thái Nguyên đang chạy", script.stdout))
        family = family_of(script)
        said += list(script.stdout)
        assert script.wait(timeout=ENDS_WITHIN_S) == 1
    assert "xã Tân Thành: tiến trình đã dừng" in "".join(said)
    assert any(line.startswith("   | ") for line in said), "".join(said)
    assert len(family) >= 3
    gone(family)


def until_it_is(words: str, lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield line
        if words in line:
            return


# --- what it is made of ---


@pytest.fixture(scope="module")
def commune(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("commune")
    settings = Settings(
        mode="demo", data=folder, database_url=f"sqlite:///{folder / 'lantoa.sqlite3'}", secret_key="x", identity="demo",
        signing_key=packed(b"a seed for the demo of the tests"),
    )  # fmt: skip
    federation.plant_commune(settings, COMMUNES[0])
    federation.plant_commune(settings, COMMUNES[0])  # a second time nothing happens
    database = Database(settings.database_url)
    yield database
    database.close()


def test_two_months_are_published_and_what_was_counted_is_what_was_planted(commune: Database) -> None:
    with commune.transaction(writes=False) as session:
        for month in federation.months():
            found = counted(session, federation.card_of(session, COMMUNES[0]["code"], month))
            for hamlet in hamlets_of(COMMUNES[0]):
                entrants = {
                    deed.who for deed in month_of(hamlet, month) if deed.measure == "contest.entrants"
                }
                assert found[hamlet.code, "du-thi"] == (len(entrants), hamlet.people)


@pytest.mark.parametrize("wrong", ["another figure", "a missing figure", "a hidden one told"])
def test_a_figure_that_does_not_agree_is_said(wrong: str) -> None:
    true: dict[Key, Sides] = {("05917", "du-thi"): (10, 40), ("05917-T01", "du-thi"): (3, 9)}
    cells = {
        "05917": Cell("05917", "05917", "du-thi", 10, 40, None, ""),
        "05917-T01": Cell("05917", "05917-T01", "du-thi", None, 9, None, "S"),
    }
    assert compare(true, cells.values()).wrong == ()
    if wrong == "another figure":
        cells["05917"] = Cell("05917", "05917", "du-thi", 11, 40, None, "")
    elif wrong == "a missing figure":
        del cells["05917-T01"]
    else:
        cells["05917-T01"] = Cell("05917", "05917-T01", "du-thi", 3, 9, None, "S")
    assert len(compare(true, cells.values()).wrong) == 1


def test_places_are_real_and_people_are_marked_as_invented() -> None:
    real = {row.code for row in national.listed()}
    assert {row["code"] for row in (PROVINCE, *COMMUNES)} <= real
    for row in (PROVINCE, *COMMUNES):
        assert all(INVENTED in one["name"] for one in row["staff"])
        assert len([one for one in row["staff"] if "system_operator" in one["roles"]]) == 2
