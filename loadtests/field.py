"""Field work: a bad line, two hundred phones that come back after two weeks, batches against bare SQL, and the idle pull."""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from backend.app import create_app
from backend.db.base import new_id
from backend.db.engine import Database
from loadtests import commune, fieldwork
from loadtests.fieldwork import Field, envelope, visit
from loadtests.machine import HERE, ROOT, cluster, described, environment, node, plain
from loadtests.report import percentile, spread, table, write

LOST = 0.05
STEADY, STEADY_S = 60, 60
DEVICES, RECORDS, BATCH = 200, 100, 50
ROUNDS, PUSHES = 5, 10
MANY = 5_000
Told = list[dict[str, Any]]


def run(_chosen: Namespace, place: Path) -> bool:
    """Measure and write the section; answers whether nothing was lost and nothing counted twice."""
    with cluster() as postgres:
        steady, first = _phones(
            postgres.create_database("steady"), place, "steady", STEADY, STEADY_S, 1, 1.0, LOST
        )
        back, second = _phones(
            postgres.create_database("back"), place, "back", DEVICES, RECORDS, BATCH, 0.0, 0.0
        )
        ratios = _against_sql(postgres.create_database("ratio"), place)
        idle = _idle(postgres.create_database("idle"), place)
    _tell(steady, back, ratios, idle, first + second)
    return not (first or second)


# --- phones over a line -----------------------------------------------------------------------------------------


def _phones(
    url: str, place: Path, name: str, phones: int, deeds: int, batch: int, pace_s: float, lost: float
) -> tuple[dict[str, Any], list[str]]:
    """So many phones tell of so many visits each; what was measured, and every disagreement with SQL."""
    field = fieldwork.found(url, phones)
    plan, told = place / f"{name}.json", place / f"{name}.told"
    plan.write_text(json.dumps({"pace_s": pace_s, "batch": batch, "deeds": deeds, "phones": field.phones}))
    data = place / name
    data.mkdir()
    print(f"{phones} phones x {deeds} visits ...", flush=True)
    with node(url, data) as server, _line(server.url, lost) as (address, dropped):
        stats = _locust(address, phones, plan, told)
    heard: Told = [json.loads(line) for line in told.read_text().splitlines()]
    measured = {
        "stats": stats,
        "again": sum(one["again"] for one in heard),
        "lost": dropped(),
        "deeds": phones * deeds,
    }
    return measured, _disagreements(field, heard, phones * deeds, data)


@contextlib.contextmanager
def _line(node_url: str, share: float) -> Iterator[tuple[str, Callable[[], int]]]:
    """The node itself, or a line to it that loses a share of the answers."""
    if not share:
        yield node_url, lambda: 0
        return
    process = subprocess.Popen(
        [sys.executable, "-m", "loadtests.faulty", node_url, str(share)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    count: list[int] = []
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}", lambda: sum(count)
    finally:
        process.stdin.close()
        count.append(int(process.stdout.readline() or 0))
        process.wait(timeout=10)


def _locust(url: str, users: int, plan: Path, told: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "locust", "-f", str(HERE / "fieldlocust.py"), "--headless", "--json", "-H", url,
         "-u", str(users), "-r", str(users), "-t", "10m", "--exit-code-on-error", "0"],
        env=os.environ | {"LOADTEST_FIELD": str(plan), "LOADTEST_TOLD": str(told)},
        cwd=ROOT, capture_output=True, text=True, timeout=700, check=False,
    )  # fmt: skip
    if done.returncode or not done.stdout.strip():
        raise SystemExit(done.stderr[-3000:])
    return dict(json.loads(done.stdout)[0])


def _disagreements(field: Field, heard: Told, deeds: int, data: Path) -> list[str]:
    """What phones were told against what is held: nothing lost, nothing twice, every figure the ledger's."""
    said = {deed: row for one in heard for deed, row in one["receipts"].items()}
    with psycopg.connect(plain(field.commune.database_url)) as connection:
        held = {str(row[0]): row[1] for row in connection.execute("SELECT id, receipt FROM operation")}
        visits = connection.execute("SELECT count(*) FROM visit WHERE stands").fetchone()
        facts = connection.execute("SELECT count(*) FROM fact WHERE measure = 'visit.visits'").fetchone()
        aside = connection.execute("SELECT count(*) FROM quarantined").fetchone()
    checked = subprocess.run(
        [sys.executable, "-m", "backend.cli", "rebuild", "--check"],
        env=environment(field.commune.database_url, data), cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    counted = {"operations": len(held), "visits": _one(visits), "facts": _one(facts), "verdicts": len(said)}
    return (
        [f"{number} {what} instead of {deeds}" for what, number in counted.items() if number != deeds]
        + [f"the receipt of {deed} is another" for deed, row in said.items() if held.get(deed) != row[0]]
        + [f"{row[1]} {deed}" for deed, row in said.items() if row[1] != "counted"]
        + [f"{_one(aside)} put aside"] * bool(_one(aside))
        + [f"rebuild --check: {checked.stdout[-300:]}"] * bool(checked.returncode)
    )


def _one(row: Any) -> int:
    return int(row[0])


# --- batches against bare SQL -----------------------------------------------------------------------------------


def _against_sql(url: str, place: Path) -> list[tuple[float, float, float]]:
    """Ten executemanys, ten pushes through the complete handler, the same ten again: seconds, round by round."""
    field = fieldwork.found(url, ROUNDS + 1)
    database = Database(url)
    app = create_app(commune.settings(url, place), database=database)
    client = app.test_client()
    found = []
    with psycopg.connect(plain(url), autocommit=False) as connection:
        _bare_table(connection)
        for phone in field.phones:
            batches = [
                envelope(phone["device"], [visit(phone, n * BATCH + k) for k in range(1, BATCH + 1)])
                for n in range(PUSHES)
            ]
            bare = _timed(lambda: [_executemany(connection) for _ in range(PUSHES)])
            first = _timed(
                lambda batches=batches, phone=phone: [_push(client, phone, one) for one in batches]
            )  # type: ignore[misc]
            again = _timed(
                lambda batches=batches, phone=phone: [_push(client, phone, one) for one in batches]
            )  # type: ignore[misc]
            found.append((bare, first, again))
            if (
                len(found) == 1
            ):  # the first one warms up; afterwards the database knows its tables, as it does in use
                connection.execute("ANALYZE")
                connection.commit()
    database.close()
    return found[1:]


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _push(client: Any, phone: dict[str, Any], body: str) -> None:
    answer = client.post(
        "/api/v1/sync/push", data=body,
        headers={"Authorization": f"Bearer {phone['token']}", "Content-Type": "application/json"},
    )  # fmt: skip
    if answer.status_code != 200 or any(row["outcome"] != "counted" for row in answer.json["results"]):
        raise SystemExit(answer.text[:2000])


def _bare_table(connection: psycopg.Connection[Any]) -> None:
    """The nine columns of the performance anchors, section 7b: a unique client id, a second index."""
    connection.execute(
        "CREATE TABLE bare_visit (id bigint generated always as identity primary key, client_id uuid unique, team uuid, "
        "household uuid, day date, place text, services jsonb, note text, received_at timestamptz default now())"
    )
    connection.execute("CREATE INDEX ON bare_visit (household, day)")
    connection.commit()


def _executemany(connection: psycopg.Connection[Any]) -> None:
    note = "Bà con hẹn buổi tối, điện thoại cũ cài hơi chậm (hư cấu)."
    rows = [
        (new_id(), new_id(), new_id(), "2026-11-20", "home", '[["vneid","installed"]]', note)
        for _ in range(BATCH)
    ]
    connection.cursor().executemany(
        "INSERT INTO bare_visit (client_id, team, household, day, place, services, note) VALUES (%s,%s,%s,%s,%s,%s,%s) "
        "ON CONFLICT (client_id) DO NOTHING",
        rows,
    )
    connection.commit()


# --- the idle pull ----------------------------------------------------------------------------------------------


def _idle(url: str, place: Path) -> dict[str, Any]:
    """A pull with nothing new: bytes, and milliseconds with 40 and with 5,000 households on the phone."""
    field = fieldwork.found(url, 2)
    database = Database(url)
    client = create_app(commune.settings(url, place), database=database).test_client()
    few = [_pull(client, field.phones[0]) for _ in range(60)][10:]
    _many_households(url, field)
    many = [_pull(client, field.phones[0]) for _ in range(60)][10:]
    database.close()
    return {"bytes": many[0][1], "few_ms": [ms for ms, _ in few], "many_ms": [ms for ms, _ in many]}


def _pull(client: Any, phone: dict[str, Any]) -> tuple[float, int]:
    headers = {"Authorization": f"Bearer {phone['token']}"}
    head = client.get("/api/v1/sync/pull?cursor=0", headers=headers).json["cursor"]
    began = time.perf_counter()
    answer = client.get(f"/api/v1/sync/pull?cursor={head}", headers=headers)
    took = (time.perf_counter() - began) * 1000
    return took, len(answer.data) + sum(len(f"{k}: {v}\r\n") for k, v in answer.headers)


def _many_households(url: str, field: Field) -> None:
    """The same team looks after 5,000 more, written straight into the tables."""
    with psycopg.connect(plain(url)) as connection:
        connection.execute(
            "WITH team AS (SELECT a.team_id, p.unit_id FROM household_assignment a JOIN household_place p USING (household_id) "
            "WHERE a.household_id = %s), made AS (INSERT INTO household (id, code, kind, nickname, folded, subject, card, made_at, version) "
            "SELECT gen_random_uuid(), 'many-' || n, 'household', 'Nhà thử ' || n, 'nha thu ' || n, gen_random_uuid(), 1, now(), 1 "
            "FROM generate_series(1, %s) n RETURNING id), "
            "placed AS (INSERT INTO household_place (id, household_id, unit_id, valid_from) "
            "SELECT gen_random_uuid(), made.id, team.unit_id, '2025-07-01' FROM made, team) "
            "INSERT INTO household_assignment (id, household_id, team_id, valid_from) "
            "SELECT gen_random_uuid(), made.id, team.team_id, now() - interval '60 days' FROM made, team",
            (field.phones[0]["households"][0], MANY),
        )


# --- in words ---------------------------------------------------------------------------------------------------


def _tell(
    steady: dict[str, Any], back: dict[str, Any], ratios: list[tuple[float, float, float]], idle: dict[str, Any],
    wrong: list[str],
) -> None:  # fmt: skip
    first = [bare / push for bare, push, _ in ratios]
    replay = [again / push for _, push, again in ratios]
    seconds = back["stats"]["last_request_timestamp"] - back["stats"]["start_time"]
    head = ["what", "requests", "p50 ms", "p95 ms", "p99 ms"]
    rows = [
        _row(f"{STEADY} visits a second, {LOST:.0%} of answers lost", steady),
        _row(f"{DEVICES} phones x {RECORDS}", back),
    ]
    write("Field work", "\n\n".join([
        f"{described()}. A whole node (granian 2 x 2 and its workers, PostgreSQL as initdb leaves it); Locust in one process on the same "
        "cores; a line of our own on loopback that passes requests on and loses answers after the node has given them. Phones offer the "
        "same bytes again until they have a verdict.",
        table(head, rows),
        f"- Bad line: {steady['deeds']} visits, {steady['lost']} answers lost, offered again {steady['again']} times.\n"
        f"- After fourteen days: {back['deeds']} visits of {DEVICES} phones in **{seconds:.0f} s**.\n"
        "- SQL afterwards: operations, visits and facts are as many as visits written down, every receipt told is the one held, the fold "
        "agrees with `rebuild --check`: " + ("**nothing lost, nothing twice**." if not wrong else f"**{len(wrong)} faults**: {'; '.join(wrong[:6])}."),
        f"- Ten pushes of fifty with a verdict each, against ten idempotent executemanys of fifty rows (one process, interleaved, {len(ratios)} "
        f"rounds): **{spread(first, 2)}** (goal at least 0.6: {'reached' if statistics.median(first) >= 0.6 else 'missed'}). The same pushes "
        f"again take {spread(replay, 2)} of the first time (goal at most 1: {'reached' if statistics.median(replay) <= 1 else 'missed'}).\n"
        f"- Idle pull: {idle['bytes']} bytes with headers (goal at most 2 KB); {spread(idle['few_ms'], 1)} ms with {fieldwork.EACH} households on "
        f"the phone, {spread(idle['many_ms'], 1)} ms with {MANY}.",
    ]))  # fmt: skip


def _row(name: str, measured: dict[str, Any]) -> list[str]:
    stats = measured["stats"]
    times = {float(ms): count for ms, count in stats["response_times"].items()}
    return [
        name,
        str(stats["num_requests"]),
        *(f"{percentile(times, share):.0f}" for share in (0.5, 0.95, 0.99)),
    ]
