"""The board page with the own rank, signed in: at 250,000 entrants against the same page at 1,000."""

import contextlib
import statistics
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path

from loadtests import commune, crowd
from loadtests.machine import THREADS, WORKERS, Run, Server, cluster, described, served, wrk
from loadtests.report import spread, table, write
from tests.support.postgres import Cluster

GOAL = 1.5
SIZES = (1_000, 250_000)
CONNECTIONS = WORKERS * THREADS
"""No more than are answered at once: p99 is then the page's own, not that of the queue before it."""
LONGER = 2
"""Times the seconds of a round: a page is slower than a deed, and a p99 wants some hundreds of them."""
REQUESTS = 60_000


@dataclass
class Page:
    """The page of a board of that many people."""

    people: int
    server: Server
    requests: Path
    position: int = 0


def run(chosen: Namespace, place: Path) -> bool:
    """Measure and write the section; answers whether every page was given."""
    with cluster() as postgres, contextlib.ExitStack() as stack:
        pages = [_page(number, place, postgres, stack) for number in SIZES]
        rounds = _measure(chosen, postgres, pages)
    _tell(chosen, rounds)
    return not any(run.failures for runs in rounds.values() for run in runs)


def _page(number: int, place: Path, postgres: Cluster, stack: contextlib.ExitStack) -> Page:
    print(f"planting a settled board of {number} people ...", flush=True)
    url, requests = postgres.create_database(f"board_{number}"), place / f"board-{number}"
    world = commune.found(url, heads=number // commune.HAMLETS * 2)
    crowd.write_requests(requests, world.activity, crowd.settle_with(world, number), REQUESTS)
    server = stack.enter_context(served("backend.app:create_app", url, place))
    return Page(number, server, requests)


def _measure(chosen: Namespace, postgres: Cluster, pages: list[Page]) -> dict[int, list[Run]]:
    rounds: dict[int, list[Run]] = {page.people: [] for page in pages}
    for number in range(chosen.rounds + 1):  # the first warms up
        print(f"round {number}/{chosen.rounds} ...", flush=True)
        for page in pages if number % 2 else reversed(pages):
            seconds = chosen.seconds * LONGER if number else 1
            done = wrk(page.server, postgres, page.requests, seconds, page.position, CONNECTIONS)
            page.position = done.position
            if number:
                rounds[page.people].append(done)
    return rounds


def _tell(chosen: Namespace, rounds: dict[int, list[Run]]) -> None:
    p99 = {people: statistics.median(run.p99_ms for run in runs) for people, runs in rounds.items()}
    small, large = (p99[size] for size in SIZES)
    pairs = [big.p99_ms / few.p99_ms for few, big in zip(*(rounds[size] for size in SIZES), strict=True)]
    reached = "reached" if large <= GOAL * small else "not reached"
    head = [
        "entrants",
        "pages a second, median [range]",
        "p50 ms",
        "p99 ms",
        "CPU us: app + PG + wrk",
        "failed",
    ]
    write("Board page", "\n\n".join([
        f"GET /api/v1/activities/.../boards, signed in, a different person each time: the twenty best of {crowd.NAMED} who agreed to "
        f"be named, the own place with neighbours, {commune.HAMLETS} hamlets side by side. {described()}. {chosen.rounds} interleaved "
        f"rounds of {chosen.seconds * LONGER:g} s after one to warm up, wrk -t1 -c{CONNECTIONS}, granian 2 x 2, PostgreSQL as initdb leaves it.",
        table(head, [_row(people, runs) for people, runs in rounds.items()]),
        f"- **p99 at {SIZES[1]:,} is {large / small:.2f} times that at {SIZES[0]:,}** (goal at most {GOAL}: {reached}); "
        f"round by round {spread(pairs, 2)}.",
    ]))  # fmt: skip


def _row(people: int, runs: list[Run]) -> list[str]:
    def of(what: str) -> list[float]:
        return [getattr(run, what) for run in runs]

    cpu = " + ".join(f"{statistics.median(of(name)):.0f}" for name in ("app_us", "pg_us", "wrk_us"))
    failed = str(sum(run.failures for run in runs))
    return [
        f"{people:,}",
        spread(of("per_second")),
        spread(of("p50_ms"), 1),
        spread(of("p99_ms"), 1),
        cpu,
        failed,
    ]
