"""A whole country at once: a month rolled up, the tallies rebuilt from the ledger, the fold against COPY, on both databases.

Each against plain SQL on the same engine in the same run. The full size takes about half an hour and 15 GB under /tmp:
`--communes` and `--facts` choose a smaller one.
"""

import json
import re
import statistics
import subprocess
import sys
import time
import uuid
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import MetaData, PrimaryKeyConstraint, select, text
from tqdm import tqdm

from backend import figures
from backend.db import migrate
from backend.db.engine import Database
from backend.participation.models import Fact, PendingFact
from backend.tallies.queries import read
from backend.units.models import Unit
from campaigns.registry import measure_book
from loadtests import country_land, country_plain
from loadtests.country_land import ACTIVITY, MEASURES, YEAR, Land
from loadtests.country_rebuild import Spent, spending
from loadtests.machine import ROOT, cluster, described, environment, plain
from loadtests.report import spread, table, write

ROLL_UP, REBUILD, MEMORY_MB = 1.2, 1.3, 300
MONTH = f"{YEAR}06"
PENDING = 20_000
"""Facts that are folded and copied: at country scale each touches cells of its own."""


@dataclass
class Told:
    """What one engine did; seconds, but for the counts."""

    engine: str
    plain_month: list[float] = field(default_factory=list)
    product_month: list[float] = field(default_factory=list)
    cells: int = 0
    plain_rebuild: Spent = field(default_factory=Spent)
    product_rebuild: Spent = field(default_factory=Spent)
    peak_mb: float = 0
    rebuilt_cells: int = 0
    fold: float = 0
    copy: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def run(chosen: Namespace, place: Path) -> bool:
    """Measure and write the section; answers whether every way of counting agreed."""
    with cluster() as postgres, tqdm(total=2 * len(STEPS), desc="country", disable=None) as bar:
        told = [
            _on_one(chosen, f"sqlite:///{place}/country.sqlite3", place, bar),
            _on_one(chosen, postgres.create_database("country"), place, bar),
        ]
    _tell(chosen, told)
    return not any(one.wrong for one in told)


def _on_one(chosen: Namespace, url: str, place: Path, bar: Any) -> Told:
    database = Database(url)
    migrate.upgrade(database.engine)
    land = Land(database, chosen.communes)
    told = Told("PostgreSQL" if land.engine == "postgresql" else "SQLite")
    for step in STEPS:
        bar.set_postfix_str(f"{told.engine}: {step.__name__.strip('_')}")
        step(chosen, land, told, place)
        bar.update()
    database.close()
    for left in place.glob("country.sqlite3*"):
        left.unlink()
    return told


# --- planting -------------------------------------------------------------------------------------------------------


def _plant(chosen: Namespace, land: Land, _told: Told, _place: Path) -> None:
    country_land.plant_units(land)


def _analyze(land: Land) -> None:
    """What autovacuum does on PostgreSQL within minutes; and nothing waits to be written."""
    if land.engine == "postgresql":
        with psycopg.connect(plain(land.database.engine.url.render_as_string(False)), autocommit=True) as own:
            own.execute("VACUUM ANALYZE")
            own.execute("CHECKPOINT")
    else:
        land.database.empty_log()


def _empty_tallies(land: Land) -> None:
    for name in ("tally", "tally_subject"):
        land.execute(f"TRUNCATE {name}" if land.engine == "postgresql" else f"DELETE FROM {name}")


def _without_indexes(land: Land) -> None:
    """The ledger with its primary key alone: ten million rows are planted in minutes, and no count reads another index."""
    bare = Fact.__table__.to_metadata(MetaData())  # type: ignore[attr-defined]
    bare.indexes.clear()
    for one in [one for one in bare.constraints if not isinstance(one, PrimaryKeyConstraint)]:
        bare.constraints.remove(one)
    with land.database.transaction() as session:
        session.execute(text("DROP TABLE pending_fact"))
        session.execute(text("DROP TABLE fact"))
        bare.create(session.connection())
        session.execute(
            text("CREATE TABLE pending_fact AS SELECT operation_id, line FROM fact WHERE line < 0")
        )


# --- one month of the country ---------------------------------------------------------------------------------------


def _months(chosen: Namespace, land: Land, told: Told, _place: Path) -> None:
    country_land.plant_tallies(land)
    _analyze(land)
    kept = _product_month(land)
    if _plain_month(land) != kept:  # and both are warm now
        told.wrong.append("the month differs from plain SQL")
    told.cells = len(kept)
    for _ in range(chosen.rounds):
        told.plain_month.append(_timed(lambda: _plain_month(land))[0])
        told.product_month.append(_timed(lambda: _product_month(land))[0])
    _empty_tallies(land)


Sums = dict[tuple[str, str], tuple[int, int]]


def _plain_month(land: Land) -> Sums:
    rows = land.ask(country_plain.month(land, MONTH))
    return {(measure, _hex(unit)): (int(much), int(many)) for measure, unit, much, many in rows}


def _product_month(land: Land) -> Sums:
    """As its pages read it: the fold has kept these sums."""
    book, found = measure_book(), Sums()
    units = select(Unit.id).where(Unit.kind.in_(["commune", "province"]))
    with land.database.transaction(writes=False) as session:
        for measure in MEASURES:
            counts = read(session, book, measure, uuid.UUID(int=ACTIVITY), units, MONTH)
            found |= {(measure, unit.hex): (count.quantity, count.facts) for unit, count in counts.items()}
    return found


def _hex(unit: Any) -> str:
    """PostgreSQL answers a UUID, SQLite its digits."""
    return unit.hex if isinstance(unit, uuid.UUID) else str(unit)


# --- the whole ledger -------------------------------------------------------------------------------------------------


def _rebuild(chosen: Namespace, land: Land, told: Told, place: Path) -> None:
    _without_indexes(land)
    country_land.plant_facts(land, chosen.facts)
    _analyze(land)
    with spending(land.database) as (session, told.plain_rebuild):
        for sentence in country_plain.rebuild(land):
            session.execute(text(sentence))
    expected = _digest(land)
    _empty_tallies(land)
    _analyze(land)
    own = _product_rebuild(land, place)
    told.product_rebuild, told.peak_mb = Spent(own["seconds"], own["cpu_s"]), own["peak_mb"]
    if _digest(land) != expected or own["facts"] != chosen.facts:
        told.wrong.append("the rebuilt tallies differ from plain SQL")
    told.rebuilt_cells = sum(row[3] for row in expected[0])
    _empty_tallies(land)


def _product_rebuild(land: Land, place: Path) -> dict[str, float]:
    url = land.database.engine.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-m", "loadtests.country_rebuild", url],
        env=environment(url, place), cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    told: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def _digest(land: Land) -> list[list[tuple[Any, ...]]]:
    return [[tuple(row) for row in land.ask(sentence)] for sentence in country_plain.digest()]


# --- as facts come in -------------------------------------------------------------------------------------------------


def _fold(chosen: Namespace, land: Land, told: Told, place: Path) -> None:
    """A ledger with all its indexes again, the same country: facts folded, and their rows merely copied."""
    facts = min(PENDING, chosen.facts)
    _with_indexes(land)
    country_land.plant_facts(land, facts)
    land.execute("INSERT INTO pending_fact (operation_id, line) SELECT operation_id, line FROM fact")
    _analyze(land)
    told.fold, counted = _timed(lambda: figures.fold_all(land.database, measure_book()))
    if counted != facts:
        told.wrong.append(f"{facts} facts waited, {counted} were folded")
    copy = _copy if land.engine == "postgresql" else _insert_many
    told.copy = [copy(land) for _ in range(chosen.rounds)]


def _with_indexes(land: Land) -> None:
    with land.database.transaction() as session:
        for name in ("pending_fact", "fact"):
            session.execute(text(f"DROP TABLE {name}"))
        for model in (Fact, PendingFact):
            model.__table__.create(session.connection())  # type: ignore[attr-defined]


def _copied(land: Land) -> None:
    """A second, empty ledger of the same shape."""
    with land.database.transaction() as session:
        session.execute(text("DROP TABLE IF EXISTS fact_copy"))
        if land.engine == "postgresql":
            session.execute(text("CREATE TABLE fact_copy (LIKE fact INCLUDING ALL)"))
        else:
            sentences = session.scalars(
                text("SELECT sql FROM sqlite_master WHERE tbl_name = 'fact' AND sql IS NOT NULL")
            )
            for sentence in sentences.all():
                session.execute(text(COPY_NAMES.sub("fact_copy", sentence)))


COPY_NAMES = re.compile(r"\bfact\b|(?<=ix_)fact(?=_)")


def _copy(land: Land) -> float:
    _copied(land)
    names = ", ".join(column.name for column in Fact.__table__.columns)
    with psycopg.connect(plain(land.database.engine.url.render_as_string(hide_password=False))) as own:
        with own.cursor().copy(f"COPY (SELECT {names} FROM fact) TO STDOUT") as out:
            data = b"".join(bytes(part) for part in out)
        own.commit()

        def load() -> None:
            with own.cursor().copy(f"COPY fact_copy ({names}) FROM STDIN") as into:
                into.write(data)
            own.commit()

        return _timed(load)[0]


def _insert_many(land: Land) -> float:
    """SQLite has no COPY: one prepared INSERT for all rows in one transaction is the fastest it takes them."""
    _copied(land)
    rows = [tuple(row) for row in land.ask("SELECT * FROM fact")]
    marks = ", ".join("?" * len(rows[0]))
    own = land.database.engine.raw_connection()
    try:
        cursor = own.cursor()

        def load() -> None:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.executemany(f"INSERT INTO fact_copy VALUES ({marks})", rows)
            cursor.execute("COMMIT")

        return _timed(load)[0]
    finally:
        own.close()


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


STEPS = (_plant, _months, _rebuild, _fold)


# --- telling ----------------------------------------------------------------------------------------------------------


def _tell(chosen: Namespace, told: list[Told]) -> None:
    head = ["what", *(one.engine for one in told)]
    write("Country", "\n\n".join([
        f"{chosen.communes:,} communes x {country_land.HAMLETS} hamlets x 12 months x {len(MEASURES)} measures under "
        f"{min(country_land.PROVINCES, chosen.communes)} provinces, planted in SQL. {described()}. Both databases as the product opens "
        "them: PostgreSQL as initdb leaves it, SQLite in WAL with synchronous=FULL. Yardstick: plain SQL that knows the tree to be "
        "regular and never to change, each level added up from the one below, in one transaction "
        "(`loadtests/country_plain.py`); run first, then the product, on the same tables, in the same run; both answers compared.",
        table(head, _rows(chosen, told)),
        "\n".join(_verdicts(chosen, one) for one in told),
    ]))  # fmt: skip


def _rows(chosen: Namespace, told: list[Told]) -> list[list[str]]:
    hamlets = chosen.communes * country_land.HAMLETS * 12 * len(MEASURES)
    return [
        [f"a month for communes and provinces, plain SQL over {hamlets:,} cells, s", *(spread(one.plain_month, 2) for one in told)],
        ["the same read as the product keeps it, s", *(spread(one.product_month, 2) for one in told)],
        ["sums compared", *(f"{one.cells:,}" for one in told)],
        [f"rebuild from {chosen.facts:,} facts, plain SQL: s by the clock, of processors", *(_spent(one.plain_rebuild) for one in told)],
        ["the product's own, likewise", *(_spent(one.product_rebuild) for one in told)],
        ["cells written", *(f"{one.rebuilt_cells:,}" for one in told)],
        ["peak memory of the rebuilding process, MB", *(f"{one.peak_mb:.0f}" for one in told)],
        ["facts folded a second", *(f"{_folded(chosen) / one.fold:,.0f}" for one in told)],
        ["the same rows copied a second (COPY; on SQLite executemany)",
         *(f"{_folded(chosen) / statistics.median(one.copy):,.0f}" for one in told)],
    ]  # fmt: skip


def _spent(spent: Spent) -> str:
    return f"{spent.seconds:.0f}, {spent.cpu_s:.0f}"


def _folded(chosen: Namespace) -> int:
    return min(PENDING, int(chosen.facts))


def _verdicts(chosen: Namespace, one: Told) -> str:
    month = statistics.median(one.product_month) / statistics.median(one.plain_month)
    rebuilt = one.product_rebuild.seconds / one.plain_rebuild.seconds
    work = one.product_rebuild.cpu_s / one.plain_rebuild.cpu_s
    fold = statistics.median(one.copy) / one.fold
    wrong = "; ".join(one.wrong) if one.wrong else "both ways agree to the digit"
    return (
        f"- {one.engine}: month **{month:.2f}** of plain SQL (goal at most {ROLL_UP}: {_reached(month <= ROLL_UP)}), rebuild "
        f"**{rebuilt:.2f}** by the clock, {work:.2f} of processor time (goal at most {REBUILD}: {_reached(rebuilt <= REBUILD)}) in {one.peak_mb:.0f} MB (goal at most "
        f"{MEMORY_MB}: {_reached(one.peak_mb <= MEMORY_MB)}), fold **{fold:.3f}** of COPY; {wrong}."
    )


def _reached(is_reached: bool) -> str:
    return "reached" if is_reached else "missed"
