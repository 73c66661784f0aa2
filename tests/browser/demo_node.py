"""A real demo node for a browser to visit: planted, served on a free port, and gone without a trace afterwards."""

import atexit
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
APP = ROOT / "mobile_api" / "static" / "app" / "index.html"
PASSWORD = "lan-toa-2026"
UP_WITHIN_S = 90
# `lantoa serve` itself gives each of its two children fifteen seconds; killed before that it would leave them behind.
DOWN_WITHIN_S = 45


@dataclass(frozen=True)
class DemoNode:
    """A running node: its address and where its data lies."""

    url: str
    data: Path

    def lantoa(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """The operator's command line against this node's data."""
        return subprocess.run(
            [sys.executable, "-m", "backend.cli", *arguments],
            cwd=ROOT, env=environment(self.data), capture_output=True, text=True, check=False,
        )  # fmt: skip

    @property
    def log(self) -> Path:
        return self.data / "serve.log"

    def said(self) -> str:
        """The end of what its processes wrote."""
        return self.log.read_text(errors="replace")[-1500:] if self.log.exists() else ""

    def answers(self, path: str, token: str) -> int:
        """The status the API gives to the bearer of this token."""
        asked = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {token}"})  # noqa: S310
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code

    def tables_naming(self, *traces: str) -> list[str]:
        """'table.column' of every cell in the database file that holds one of these texts, in any writing of it."""
        with closing(sqlite3.connect(f"file:{self.data / 'lantoa.sqlite3'}?mode=ro", uri=True)) as file:
            names = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return sorted({f"{name}.{column}" for name in names for column in _holding(file, name, traces)})


def _holding(file: sqlite3.Connection, table: str, traces: tuple[str, ...]) -> Iterator[str]:
    rows = file.execute(f'SELECT * FROM "{table}"')
    columns = [column[0] for column in rows.description]
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
            if any(trace.casefold() in text.casefold() for trace in traces):
                yield column


def environment(data: Path, port: int = 8000) -> dict[str, str]:
    """What the node is told, and nothing of what this shell may happen to say about another one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LANTOA_")}
    return kept | {
        "LANTOA_MODE": "demo",
        "LANTOA_DATA": str(data),
        "PORT": str(port),
        "PYTHONUTF8": "1",
    }


@contextmanager
def running(data: Path) -> Iterator[DemoNode]:
    """Put a planted demo into `data` and serve it; at the end every process of it is gone, or this fails."""
    if not APP.exists():
        raise RuntimeError(f"{APP.relative_to(ROOT)} is not built: run `make pwa` first")
    port = _free_port()
    node = DemoNode(f"http://127.0.0.1:{port}", data)
    shutil.copytree(planted_world(), data, dirs_exist_ok=True)
    with node.log.open("wb") as out:
        served = subprocess.Popen(
            [sys.executable, "-m", "backend.cli", "serve"],
            cwd=ROOT, env=environment(data, port), stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        _wait_until_well(node, served)
        yield node
    finally:
        left = _stop(served)
    assert not left, f"still running after the node was stopped: {left}\n{node.said()}"


@cache
def planted_world() -> Path:
    """The data of a demo node nobody has visited: planted once a process, for copying. Nobody may write to it."""
    place = Path(tempfile.mkdtemp(prefix="lantoa-demo-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    planted = DemoNode("", place).lantoa("demo")
    if planted.returncode != 0:
        raise RuntimeError(f"planting the demo failed:\n{planted.stdout}{planted.stderr}")
    return place


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_until_well(node: DemoNode, served: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < until and served.poll() is None:
        try:
            with urllib.request.urlopen(f"{node.url}/healthz", timeout=2):  # noqa: S310
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the node did not come up:\n{node.said()}")


def _stop(served: "subprocess.Popen[bytes]") -> list[str]:
    """Ask, then insist, by process id. Answers the command lines of what would not go."""
    family = psutil.Process(served.pid).children(recursive=True) if served.poll() is None else []
    served.terminate()
    try:
        served.wait(timeout=DOWN_WITHIN_S)
    except subprocess.TimeoutExpired:
        served.kill()
        served.wait(timeout=5)
    _, left = psutil.wait_procs(family, timeout=5)
    named = [f"{process.pid} {process.name()}" for process in left]
    for process in left:
        process.kill()
    return named
