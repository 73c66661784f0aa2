"""The submit of one answer set and of a whole paper through the complete handler, against the bare Flask view."""

import contextlib
import statistics
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path

import psycopg

from loadtests import bare, commune, papers
from loadtests.machine import Run, Server, cluster, described, plain, served, wrk
from loadtests.report import spread, table, write
from tests.support.postgres import Cluster

GOAL = 0.6
TWO, ONE = "bare, two statements", "bare, one statement"
ANSWERS, PAPERS = "three answers, complete handler", "paper of 20, complete handler"
GENERAL_ANSWERS, GENERAL_PAPERS = "three answers, general way", "paper of 20, general way"


@dataclass
class Lane:
    """One thing measured: a server, the file it is sent, where the file was left; what the ledger must gain."""

    name: str
    server: Server
    requests: Path
    position: int = 0
    answered: int = 0


def run(chosen: Namespace, place: Path) -> bool:
    """Measure and write the section; answers whether every request was answered as it should be."""
    with cluster() as postgres, contextlib.ExitStack() as stack:
        lanes, world, bare_url = _lanes(chosen, place, postgres, stack)
        rounds = _measure(chosen, postgres, lanes)
        wrong = _wrong(world, bare_url, lanes)
    _tell(chosen, rounds, wrong)
    return not wrong


def _lanes(
    chosen: Namespace, place: Path, postgres: Cluster, stack: contextlib.ExitStack
) -> tuple[list[Lane], commune.Commune, str]:
    print("planting people with running papers ...", flush=True)
    bare_url, url = postgres.create_database("bare"), postgres.create_database("house")
    bare.plant(bare_url)
    for path in ("one", "two"):
        bare.write_requests(place / path, f"/{path}", chosen.people * 3)
    world = _plant(url, chosen.people, place)
    plain_server = stack.enter_context(served("loadtests.bare:create_app", bare_url, place))
    house = stack.enter_context(served("backend.app:create_app", url, place))
    general = stack.enter_context(served("loadtests.bare:create_general_app", url, place))
    lanes = [
        Lane(TWO, plain_server, place / "two"),
        Lane(ANSWERS, house, place / "answers"),
        Lane(GENERAL_ANSWERS, general, place / "answers-general"),
        Lane(ONE, plain_server, place / "one"),
        Lane(PAPERS, house, place / "papers"),
        Lane(GENERAL_PAPERS, general, place / "papers-general"),
    ]
    return lanes, world, bare_url


def _plant(url: str, people: int, place: Path) -> commune.Commune:
    """Everybody sends one deed. The general way is slower and needs fewer people."""
    world = commune.found(url)
    with world.connect() as connection:
        papers.write_earlier_facts(connection, world, people)
    for name, number, deed in (
        ("answers", people, papers.a_few_answers), ("papers", people, papers.a_whole_paper),
        ("answers-general", people // 2, papers.a_few_answers), ("papers-general", people // 2, papers.a_whole_paper),
    ):  # fmt: skip
        with world.connect() as connection:
            begun = papers.begin(connection, world, commune.people(connection, world, number))
        papers.write_pushes(place / name, world.activity, begun, deed)
    commune.tidy(world)
    return world


def _measure(chosen: Namespace, postgres: Cluster, lanes: list[Lane]) -> dict[str, list[Run]]:
    rounds: dict[str, list[Run]] = {lane.name: [] for lane in lanes}
    for number in range(chosen.rounds + 1):  # the first warms up: caches, prepared statements, the processor
        print(f"round {number}/{chosen.rounds} ...", flush=True)
        for lane in lanes:
            seconds = chosen.seconds if number else 1
            done = wrk(lane.server, postgres, lane.requests, seconds, lane.position)
            lane.position, lane.answered = done.position, lane.answered + done.requests
            if number:
                rounds[lane.name].append(done)
    return rounds


def _wrong(world: commune.Commune, bare_url: str, lanes: list[Lane]) -> list[str]:
    """What was answered must be in the database: noted or counted, nothing refused or put aside."""
    sent = {lane.name: lane.answered for lane in lanes}
    with world.connect() as connection:
        written = dict(connection.execute(
            "SELECT action || ' ' || outcome, count(*) FROM operation WHERE device_seq = 3 GROUP BY 1").fetchall())  # fmt: skip
        aside = connection.execute("SELECT count(*) FROM quarantined").fetchone()
    with psycopg.connect(plain(bare_url)) as connection:
        answers = connection.execute("SELECT count(*) FROM answer").fetchone()
    wrong = [f"{outcome}: {count}" for outcome, count in written.items()
             if outcome not in ("contest.answer noted", "contest.submit counted")]  # fmt: skip
    wrong += [f"put aside: {aside[0]}"] if aside and aside[0] else []
    for name, held, told in (
        ("answer sets", written.get("contest.answer noted", 0), sent[ANSWERS] + sent[GENERAL_ANSWERS]),
        ("papers", written.get("contest.submit counted", 0), sent[PAPERS] + sent[GENERAL_PAPERS]),
        ("bare answers", answers[0] if answers else 0, (sent[TWO] + sent[ONE]) * 0.99),
    ):
        wrong += [f"{name}: {told} answered, {held} held"] if held < told else []
    return wrong


def _tell(chosen: Namespace, rounds: dict[str, list[Run]], wrong: list[str]) -> None:
    base = statistics.median(run.per_second for run in rounds[TWO])
    rows = [_row(name, runs, rounds[TWO]) for name, runs in rounds.items()]
    rows.sort(key=lambda row: [TWO, ONE, ANSWERS, PAPERS, GENERAL_ANSWERS, GENERAL_PAPERS].index(row[0]))
    reached = statistics.median(run.per_second for run in rounds[ANSWERS]) / base
    whole = statistics.median(run.per_second for run in rounds[PAPERS])
    head = [
        "deed",
        "a second, median [range]",
        "x bare",
        "in the rounds",
        "p50 / p99 ms",
        "CPU us: app + PG + wrk",
        "failed",
    ]
    write("Hot path", "\n\n".join([
        f"{described()}. {chosen.rounds} interleaved rounds of {chosen.seconds:g} s after one to warm up; wrk -t1 -c32 with "
        "prepared bodies and tokens, each deed sent once, of random people; granian WSGI 2 workers x 2 threads for each of the "
        "three servers; one PostgreSQL as initdb leaves it (fsync on, 128 MB), only max_connections raised, Unix socket for all. "
        "The bare view is that of the performance anchors, section 1: JSON in and out, a pool, two raw psycopg statements in a "
        "transaction, no sign-in. The house: token, sequence, membership, marking, facts, receipt, seal. Papers have 20 questions, "
        "eight answered and saved before.",
        table(head, rows),
        f"- **One answer set: {reached:.2f} of the bare view** (goal {GOAL}: {'reached' if reached >= GOAL else 'not reached'}).\n"
        f"- As whole papers {whole * 20:.0f} answers a second arrive, {whole * 20 / base:.1f} times what the bare view takes one by one.\n"
        f"- Checked in SQL afterwards: {'; '.join(wrong) if wrong else 'what was answered is held, nothing refused, nothing put aside'}.",
    ]))  # fmt: skip


def _row(name: str, runs: list[Run], bare_runs: list[Run]) -> list[str]:
    rates, pairs = [run.per_second for run in runs], zip(runs, bare_runs, strict=True)

    def median(what: str) -> float:
        return float(statistics.median(getattr(run, what) for run in runs))

    return [
        name, spread(rates), f"{median('per_second') / statistics.median(run.per_second for run in bare_runs):.2f}",
        spread([run.per_second / bare.per_second for run, bare in pairs], 2),
        f"{median('p50_ms'):.1f} / {median('p99_ms'):.0f}",
        f"{median('app_us'):.0f} + {median('pg_us'):.0f} + {median('wrk_us'):.0f}",
        str(sum(run.failures for run in runs)),
    ]  # fmt: skip
