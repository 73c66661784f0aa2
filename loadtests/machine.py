"""What a benchmark drives: a PostgreSQL as initdb leaves it, granian 2 x 2, wrk. All of it on this machine, all of it
ended by process id when its `with` is over."""

import contextlib
import json
import os
import platform
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.support.postgres import Cluster

HERE = Path(__file__).parent
ROOT = HERE.parent
WORKERS, THREADS = 2, 2
AS_INITDB_LEAVES_IT = {"listen_addresses": "", "max_connections": "400"}
"""fsync, synchronous_commit and shared_buffers stay what initdb writes: an answer given is on the disk."""


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """A durable PostgreSQL of its own, listening on a Unix socket."""
    running = Cluster(AS_INITDB_LEAVES_IT)
    try:
        yield running
    finally:
        running.stop()


def plain(url: str) -> str:
    """The address as psycopg itself reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


# --- the server -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Server:
    """A web server that answers: its address and its process."""

    url: str
    pid: int

    def cpu_s(self) -> float:
        return _cpu_s(self.pid)


@contextlib.contextmanager
def served(factory: str, database_url: str, data: Path) -> Iterator[Server]:
    """`factory` behind granian with 2 workers x 2 threads, as `lantoa serve` starts it."""
    with _process([
        sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", factory, "--no-ws", "--log-level", "error",
        "--host", "127.0.0.1", "--port", str(port := free_port()),
        "--workers", str(WORKERS), "--blocking-threads", str(THREADS),
    ], environment(database_url, data)) as process:  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        wait_for(url)
        yield Server(url, process.pid)


@contextlib.contextmanager
def node(database_url: str, data: Path) -> Iterator[Server]:
    """A whole node, its workers included, as an operator starts it."""
    port = free_port()
    told = environment(database_url, data) | {"PORT": str(port)}
    with _process([sys.executable, "-m", "backend.cli", "serve"], told) as process:
        url = f"http://127.0.0.1:{port}"
        wait_for(url)
        yield Server(url, process.pid)


@contextlib.contextmanager
def _process(command: list[str], told: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=told, cwd=ROOT, stdout=said, stderr=said)
        try:
            yield process
        except BaseException:
            said.seek(0)
            print(said.read().decode(errors="replace")[-2000:], file=sys.stderr)
            raise
        finally:
            family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            _end([process.pid, *(one.pid for one in family)])


def _end(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(pid).kill()


def environment(database_url: str, data: Path) -> dict[str, str]:
    """What a node is told, and nothing of what this shell may happen to say about another one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LANTOA_")}
    return kept | {
        "LANTOA_MODE": "demo", "LANTOA_DATA": str(data), "LANTOA_DATABASE_URL": database_url, "PYTHONUTF8": "1",
    }  # fmt: skip


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(url: str) -> None:
    """Raises SystemExit if nobody answers within a minute."""
    for _ in range(600):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/healthz", timeout=2):  # noqa: S310
            return
        time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


def _cpu_s(pid: int) -> float:
    """User and system time of a process and all below it, the dead ones that were waited for included."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    total = 0.0
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            total += sum(process.cpu_times()[:2])
    return total


# --- wrk --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """One server under load for a few seconds. CPU in microseconds a request; `position`: where the file was left."""

    per_second: float
    p50_ms: float
    p99_ms: float
    requests: int
    failures: int
    app_us: float
    pg_us: float
    wrk_us: float
    position: int


def wrk(
    server: Server,
    database: Cluster,
    requests: Path,
    seconds: float,
    position: int = 0,
    connections: int = 32,
) -> Run:
    """Send the file's requests, a line each, from `position` on. Raises SystemExit when the file was too short."""
    before, own = (server.cpu_s(), _cpu_s(database.keeper.pid)), _children_s()
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "20s", "-s", str(HERE / "requests.lua"),
         server.url, "--", str(requests), str(position)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    wrk_s = _children_s() - own
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    if told["exhausted"]:
        raise SystemExit(f"{requests.name} has too few requests for this machine: raise --people")
    count = max(1, told["requests"])
    app_s, pg_s = server.cpu_s() - before[0], _cpu_s(database.keeper.pid) - before[1]
    return Run(
        told["requests"] / told["seconds"], told["p50_ms"], told["p99_ms"], told["requests"], told["failures"],
        app_s / count * 1e6, pg_s / count * 1e6, wrk_s / count * 1e6, told["position"],
    )  # fmt: skip


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# --- words for RESULTS.md ---------------------------------------------------------------------------------------


def described() -> str:
    """The machine in one line."""
    memory = psutil.virtual_memory().total / 2**30
    load = os.getloadavg()[0]
    release = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, {release}, Python {platform.python_version()}, "
        f"PostgreSQL {_postgres_version()}; load average {load:.1f} at the end"
    )


def _postgres_version() -> str:
    from tests.support.postgres import server_binaries

    said = subprocess.run(
        [server_binaries() / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return said.stdout.split()[2]
