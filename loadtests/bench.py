"""`make bench`: whole papers handed in, ours against bare Flask with the same durable writes, rounds interleaved.

Prints requests per second, p99 and the ratio of medians, for SQLite and PostgreSQL, and writes them to RESULTS.md.
"""

import argparse
import contextlib
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backend.config import Settings
from loadtests.prepare import prepare
from tests.support import postgres

HERE = Path(__file__).parent
SHAPES = {"sqlite": ("1", "4"), "postgres": ("2", "2")}
APPS = {"bare": "loadtests.bare:create_app", "lantoa": "backend.app:create_app"}


@dataclass
class Round:
    """One app under load for a few seconds."""

    per_second: float
    p99_ms: float
    failures: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--users", type=int, default=16)
    parser.add_argument(
        "--people", type=int, default=4000, help="papers prepared a round; the bare app needs most"
    )
    chosen = parser.parse_args()
    lines = ["| database | app | papers/s median [min-max] | p99 ms | failures |", "|---|---|---|---|---|"]
    ratios = []
    for kind in SHAPES:
        results = _measure(kind, chosen)
        lines += [_row(kind, app, rounds) for app, rounds in results.items()]
        medians = {app: statistics.median(r.per_second for r in rounds) for app, rounds in results.items()}
        ratios.append(
            f"- {kind}: ours / bare = **{medians['lantoa'] / medians['bare']:.2f}**; "
            f"{medians['lantoa'] * 20:.0f} answers a second arrive as whole papers"
        )
    _report(lines, ratios, chosen)


def _measure(kind: str, chosen: argparse.Namespace) -> dict[str, list[Round]]:
    results: dict[str, list[Round]] = {app: [] for app in APPS}
    for number in range(chosen.rounds):
        for app in APPS:
            print(f"{kind}: round {number + 1}/{chosen.rounds}, {app} ...", flush=True)
            results[app].append(_round(kind, app, chosen))
    return results


def _round(kind: str, app: str, chosen: argparse.Namespace) -> Round:
    place = Path(tempfile.mkdtemp(prefix="lantoa-bench-"))
    name = f"bench_{place.name.rsplit('-', 1)[1].lower()}"
    url = f"sqlite:///{place / 'node.sqlite3'}" if kind == "sqlite" else postgres.create_database(name)
    settings = Settings(mode="demo", data=place, database_url=url, secret_key="bench", identity="demo")
    prepare(settings, chosen.people, place / "pushes")
    try:
        with _server(kind, app, settings) as address:
            return _locust(address, place / "pushes", chosen)
    finally:
        shutil.rmtree(place)
        if kind == "postgres":
            postgres.drop_database(name)


@contextlib.contextmanager
def _server(kind: str, app: str, settings: Settings) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    workers, threads = SHAPES[kind]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", APPS[app], "--no-ws"]
    command += [
        "--port",
        str(port),
        "--workers",
        workers,
        "--blocking-threads",
        threads,
        "--log-level",
        "error",
    ]
    environment = os.environ | {
        "LANTOA_MODE": "demo",
        "LANTOA_DATA": str(settings.data),
        "LANTOA_DATABASE_URL": settings.database_url,
    }
    server = subprocess.Popen(command, env=environment, cwd=HERE.parent)
    try:
        _wait(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(address: str) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2):  # noqa: S310
            return
        time.sleep(0.1)
    raise SystemExit(f"{address} does not answer")


def _locust(address: str, pushes: Path, chosen: argparse.Namespace) -> Round:
    command = [sys.executable, "-m", "locust", "-f", str(HERE / "locustfile.py"), "--headless", "--json"]
    command += ["-u", str(chosen.users), "-r", str(chosen.users), "-t", f"{chosen.seconds}s", "-H", address]
    done = subprocess.run(
        command,
        env=os.environ | {"LOADTEST_PUSHES": str(pushes)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    stats = json.loads(done.stdout)[0]
    seconds = stats["last_request_timestamp"] - stats["start_time"]
    return Round(
        per_second=stats["num_requests"] / seconds,
        p99_ms=_percentile(stats["response_times"], 0.99),
        failures=stats["num_failures"],
    )


def _percentile(times: dict[str, int], share: float) -> float:
    total, seen = sum(times.values()), 0
    for milliseconds in sorted(times, key=float):
        seen += times[milliseconds]
        if seen >= total * share:
            return float(milliseconds)
    return 0.0


def _row(kind: str, app: str, rounds: list[Round]) -> str:
    rates = [r.per_second for r in rounds]
    p99 = statistics.median(r.p99_ms for r in rounds)
    spread = f"{statistics.median(rates):.0f} [{min(rates):.0f}-{max(rates):.0f}]"
    return f"| {kind} | {app} | {spread} | {p99:.0f} | {sum(r.failures for r in rounds)} |"


def _report(lines: list[str], ratios: list[str], chosen: argparse.Namespace) -> None:
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    method = (
        f"{chosen.rounds} interleaved rounds of {chosen.seconds} s, {chosen.users} Locust FastHttpUsers in one process on the "
        f"same cores; granian, SQLite 1x4 (synchronous=FULL), PostgreSQL 2x2 (throw-away cluster, fsync off); {machine}."
    )
    text = "\n".join(["## Whole papers handed in", "", method, "", *lines, "", *ratios, ""])
    print(text)
    place = HERE / "RESULTS.md"
    before = place.read_text(encoding="utf-8") if place.exists() else "# Results\n\n"
    kept = before.split("## Whole papers handed in")[0]
    place.write_text(kept + text, encoding="utf-8")


if __name__ == "__main__":
    main()
