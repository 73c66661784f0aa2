"""The opening minute: 500 clients start, save and hand in at once; then SQL is asked whether they were told the truth."""

import json
import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import psycopg

from campaigns.contest.rules import ENTRANTS, PAPERS
from loadtests import commune
from loadtests.commune import CONTEST, Commune, key_of
from loadtests.machine import HERE, ROOT, cluster, described, environment, node
from loadtests.report import percentile, table, write

CLIENTS = 500
QUESTIONS, BATCH = 20, 3
OPENING_S = 15.0
"""Within which all have started."""
THINK_S = (0.5, 3.0)
"""Between two batches. Real people take longer; here the minute is short."""
NAMES = ("home", "start", "save", "hand in")
Told = list[dict[str, Any]]


def run(_chosen: Namespace, place: Path) -> bool:
    """Measure and write the section; answers whether nothing failed and everything agrees."""
    with cluster() as postgres:
        url = postgres.create_database("opening")
        world = _plant(url, place / "phones")
        with node(url, place) as server:
            print(f"{CLIENTS} clients ...", flush=True)
            stats = _locust(server.url, place)
        told: Told = [json.loads(line) for line in (place / "told").read_text().splitlines()]
        wrong = _failures(stats, told) + _disagreements(world, told) + _uncounted(world, place)
    _tell(stats, told, wrong)
    return not wrong


def _plant(url: str, phones: Path) -> Commune:
    world = commune.found(url)
    with world.connect() as connection:
        everybody = commune.people(connection, world, CLIENTS)
    commune.tidy(world)
    phones.write_text(json.dumps([
        {"subject": str(one.subject), "device": str(one.device), "token": one.token, "activity": str(world.activity)}
        for one in everybody
    ]))  # fmt: skip
    return world


def _locust(url: str, place: Path) -> dict[str, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "locust", "-f", str(HERE / "locustfile.py"), "--headless", "--json", "-H", url,
         "-u", str(CLIENTS), "-r", str(CLIENTS), "-t", "5m", "--exit-code-on-error", "0"],
        env=os.environ | {"LOADTEST_PHONES": str(place / "phones"), "LOADTEST_TOLD": str(place / "told")},
        cwd=ROOT, capture_output=True, text=True, timeout=400, check=False,
    )  # fmt: skip
    if done.returncode or not done.stdout.strip():
        raise SystemExit(done.stderr[-3000:])
    return {row["name"]: row for row in json.loads(done.stdout)}


# --- what clients were told against what is held ----------------------------------------------------------------


def _failures(stats: dict[str, dict[str, Any]], told: Told) -> list[str]:
    wrong = [f"{row['num_failures']} x {name} failed" for name, row in stats.items() if row["num_failures"]]
    started = sum(bool(one.get("started")) for one in told)
    handed_in = sum(bool(one["result"]) for one in told)
    return (
        wrong
        + [f"{CLIENTS - started} did not start"] * (started < CLIENTS)
        + [f"{CLIENTS - handed_in} did not hand in"] * (handed_in < CLIENTS)
    )


def _disagreements(world: Commune, told: Told) -> list[str]:
    with world.connect() as connection:
        return [
            *_receipts(connection, told),
            *_papers(connection, told),
            *_facts(connection, told),
        ]


def _receipts(connection: psycopg.Connection[Any], told: Told) -> list[str]:
    held = {
        str(row[0]): [row[1], row[2]]
        for row in connection.execute("SELECT id, receipt, outcome FROM operation")
    }
    said = {deed: receipt for one in told for deed, receipt in one["receipts"].items()}
    aside = connection.execute("SELECT id FROM quarantined").fetchall()
    return (
        [f"receipt of {deed} is not held" for deed in said if held.get(deed) != said[deed]]
        + [f"{deed} is held, nobody was told" for deed in held if deed not in said]
        + [f"{len(aside)} put aside"] * bool(aside)
    )  # fmt: skip


def _papers(connection: psycopg.Connection[Any], told: Told) -> list[str]:
    """Answers are those sent last, marked right, and nothing but that was told."""
    rows = connection.execute(
        'SELECT id, state, answers, drawn, guess, "right" FROM contest_attempt'
    ).fetchall()
    papers = {str(row[0]): row[1:] for row in rows}
    wrong = [f"{len(papers)} papers of {CLIENTS} people"] if len(papers) != CLIENTS else []
    for one in told:
        state, answers, drawn, guess, right = papers.get(one.get("attempt", ""), (None, {}, [], None, None))
        kept = {place: said[0] for place, said in answers.items() if place != "d"}
        marked = sum(
            kept.get(str(place)) == key_of(number) for place, (number, *_) in enumerate(drawn, start=1)
        )
        if kept != one["answers"]:
            wrong.append(f"paper of {one['subject']}: other answers are held than were sent last")
        if one["result"] and (state, guess, right) != ("submitted", one["guess"], marked):
            wrong.append(
                f"paper of {one['subject']}: {state}, guess {guess}, {right} right; should be {marked}"
            )
        if one["result"] and one["result"]["right"] != right:
            wrong.append(f"paper of {one['subject']}: was told {one['result']['right']} right, held {right}")
    return wrong  # fmt: skip


def _facts(connection: psycopg.Connection[Any], told: Told) -> list[str]:
    """As many facts as verdicts that counted."""
    counted = sum(receipt[1] == "counted" for one in told for receipt in one["receipts"].values())
    passed = sum(one["result"]["right"] >= CONTEST["pass_right"] for one in told if one["result"])
    held = dict(connection.execute("SELECT measure, count(*) FROM fact GROUP BY 1").fetchall())
    wanted = {ENTRANTS: counted, PAPERS: counted, "contest.passed": passed}
    return [
        f"{name}: {held.get(name, 0)} facts, {count} told"
        for name, count in wanted.items()
        if held.get(name, 0) != count
    ]


def _uncounted(world: Commune, place: Path) -> list[str]:
    """Fold what the node had not yet, then count the whole ledger again: every figure must agree."""
    told = environment(world.database_url, place)
    done = subprocess.run([sys.executable, "-m", "backend.cli", "rebuild", "--check"], env=told, cwd=ROOT,
                          capture_output=True, text=True, check=False)  # fmt: skip
    return [f"rebuild --check: {line}" for line in done.stdout.splitlines()[:5]] if done.returncode else []


# --- in words ---------------------------------------------------------------------------------------------------


def _tell(stats: dict[str, dict[str, Any]], told: Told, wrong: list[str]) -> None:
    seconds = max(row["last_request_timestamp"] for row in stats.values()) - min(
        row["start_time"] for row in stats.values()
    )
    total, deeds = (
        sum(row["num_requests"] for row in stats.values()),
        sum(len(one["receipts"]) for one in told),
    )
    head = ["what", "requests", "failed", "p50 ms", "p95 ms", "p99 ms", "slowest ms"]
    rows = [_row(name, stats[name]) for name in NAMES if name in stats]
    write("Opening minute", "\n\n".join([
        f"{described()}. A whole node (granian 2 x 2 and its workers, PostgreSQL as initdb leaves it), {CLIENTS} Locust clients in one "
        f"process on the same cores, each with its own person: all wait at a barrier, start within {OPENING_S:g} s, save twenty answers "
        f"in threes with {THINK_S[0]:g}-{THINK_S[1]:g} s between, hand in with a prediction. Closed loop; a 503 is a failure.",
        table(head, rows),
        f"- {total} requests in {seconds:.0f} s ({total / seconds:.0f} a second); {deeds} deeds with receipts, "
        f"{sum(bool(one['result']) for one in told)} papers handed in.\n"
        "- Asked in SQL afterwards: every receipt told is held and no other; each paper holds the answers sent last, is marked as its "
        "keys say, and its person was told so; facts are the verdicts that counted; the fold agrees with `rebuild --check`: "
        + ("**all of it agrees, no failed start, no lost save**." if not wrong else f"**{len(wrong)} faults**: {'; '.join(wrong[:8])}."),
    ]))  # fmt: skip


def _row(name: str, stats: dict[str, Any]) -> list[str]:
    times = {float(ms): count for ms, count in stats["response_times"].items()}
    shares = [f"{percentile(times, share):.0f}" for share in (0.5, 0.95, 0.99, 1)]
    return [name, str(stats["num_requests"]), str(stats["num_failures"]), *shares]
