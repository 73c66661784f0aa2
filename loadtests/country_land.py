"""An invented country for benchmarks: its tree, its tallies and its ledger, planted by the database itself in sets.

Both databases read the same sentences; what they call differently stands in `WORDS`. A unit's code is its number, and every
id is a number too, so that nobody has to be asked what was drawn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from backend.db.engine import Database

PROVINCES, HAMLETS = 34, 27
ACTIVITY = 9 << 40
MEASURES = (
    "visit.households", "visit.visits", "visit.sessions", "visit.assisted", "visit.vneid.explained", "visit.vneid.installed",
    "visit.vneid.activated", "visit.vneid.used_alone", "visit.cashless.explained", "visit.cashless.installed",
    "visit.cashless.activated", "visit.cashless.used_alone",
)  # fmt: skip
"""Twelve of the product's own. The first counts different households; one fact in fifty is of that kind."""
DISTINCT_EVERY = 50
YEAR = 2026

WORDS: dict[str, dict[str, Callable[..., str]]] = {
    "postgresql": {
        "id": lambda number: f"lpad(to_hex(({number})::bigint), 32, '0')::uuid",
        "two": lambda number: f"lpad(({number})::text, 2, '0')",
        "moment": lambda month, day, hour: f"('{YEAR}-' || {month} || '-' || {day} || ' ' || {hour} || ':00:00+00')::timestamptz",
        "series": lambda name, last: f"generate_series(0::bigint, {last}) AS {name}(n)",
        "no": lambda: "false",
    },
    "sqlite": {
        "id": lambda number: f"printf('%032x', {number})",
        "two": lambda number: f"printf('%02d', {number})",
        "moment": lambda month, day, hour: f"('{YEAR}-' || {month} || '-' || {day} || ' ' || {hour} || ':00:00.000000')",
        "series": lambda name, last: (
            f"(WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < {last}) SELECT n FROM c) AS {name}"
        ),
        "no": lambda: "0",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Land:
    """Numbers of units: the country 0, then provinces, communes, hamlets. `execute` is a transaction of its own."""

    database: Database
    communes: int

    @property
    def provinces(self) -> int:
        return min(PROVINCES, self.communes)

    @property
    def hamlets(self) -> int:
        return self.communes * HAMLETS

    @property
    def first_commune(self) -> int:
        return 1 + self.provinces

    @property
    def first_hamlet(self) -> int:
        return self.first_commune + self.communes

    @property
    def engine(self) -> str:
        return self.database.engine.dialect.name

    def word(self, name: str, *parts: object) -> str:
        return WORDS[self.engine][name](*parts)

    def execute(self, sentence: str) -> None:
        with self.database.transaction() as session:
            session.execute(text(sentence))

    def ask(self, question: str) -> list[Any]:
        with self.database.transaction(writes=False) as session:
            return list(session.execute(text(question)))


def plant_units(land: Land) -> None:
    for kind, first, number, parent in (
        ("country", 0, 1, None),
        ("province", 1, land.provinces, "0"),
        ("commune", land.first_commune, land.communes, f"1 + s.n % {land.provinces}"),
        ("hamlet", land.first_hamlet, land.hamlets, f"{land.first_commune} + s.n / {HAMLETS}"),
    ):
        series, own = land.word("series", "s", number - 1), land.word("id", f"{first} + s.n")
        land.execute(
            f"INSERT INTO unit (id, code, kind, valid_from) SELECT {own}, CAST({first} + s.n AS varchar), '{kind}', '2025-07-01' FROM {series}"
        )
        land.execute(
            "INSERT INTO unit_name (id, unit_id, name, level_word, folded, sort_key, valid_from) "
            f"SELECT {own}, {own}, 'So ' || ({first} + s.n), '{kind}', 'so ' || ({first} + s.n), 'so', '2025-07-01' FROM {series}"
        )
        if parent is not None:
            land.execute(
                "INSERT INTO unit_link (id, unit_id, parent_id, tree, valid_from) "
                f"SELECT {own}, {own}, {land.word('id', parent)}, 'territory', '2025-07-01' FROM {series}"
            )


def plant_tallies(land: Land) -> None:
    """Every hamlet, month and measure, and what the fold keeps of them for the units above."""
    series, months = land.word("series", "s", land.hamlets - 1), land.word("series", "m", 11)
    period = f"'{YEAR}' || {land.word('two', 'm.n + 1')}"
    unit, activity = land.word("id", f"{land.first_hamlet} + s.n"), land.word("id", ACTIVITY)
    for number, measure in enumerate(sorted(MEASURES)):
        land.execute(
            f"INSERT INTO tally (measure, activity_id, unit_id, period, quantity, facts, people) SELECT '{measure}', {activity}, "
            f"{unit}, {period}, 1 + (s.n * 7 + m.n * 3 + {number}) % 90, 1 + (s.n + m.n) % 9, 0 FROM {series} CROSS JOIN {months}"
        )
    for sentence in summed_above():
        land.execute(sentence)


def summed_above() -> list[str]:
    """From the hamlets' own cells up, one level after the other."""
    return [
        "INSERT INTO tally (measure, activity_id, unit_id, period, quantity, facts, people) "
        "SELECT t.measure, t.activity_id, l.parent_id, t.period, sum(t.quantity), sum(t.facts), 0 FROM tally t "
        f"JOIN unit u ON u.id = t.unit_id AND u.kind = '{kind}' JOIN unit_link l ON l.unit_id = t.unit_id GROUP BY 1, 2, 3, 4"
        for kind in ("hamlet", "commune", "province")
    ]


COLUMNS = (
    "operation_id, line, measure, subject, scope, generation, quantity, unit_id, campaign_id, activity_id, happened_at, "
    "received_at, period, is_reversal"
)


def plant_facts(land: Land, facts: int, table: str = "fact") -> None:
    """In the order in which they happened, over all hamlets, a hundred households each."""
    place = f"((s.n * 1103515245 + 12345) % 2147483648) % {land.hamlets}"
    spread = "(((s.n * 22695477 + 1) % 2147483648) / 65536)"
    rare, others = f"s.n % {DISTINCT_EVERY} = 0", sorted(MEASURES[1:])
    measure = " ".join(f"WHEN {spread} % {len(others)} = {n} THEN '{name}'" for n, name in enumerate(others))
    month, day = (
        land.word("two", f"1 + s.n * 12 / {facts}"),
        land.word("two", f"1 + (s.n * 12 % {facts}) * 27 / {facts}"),
    )
    moment = land.word("moment", month, day, land.word("two", f"1 + {spread} % 9"))
    activity = land.word("id", ACTIVITY)
    land.execute(
        f"INSERT INTO {table} ({COLUMNS}) SELECT {land.word('id', f's.n + {1 << 41}')}, 1, "
        f"CASE WHEN {rare} THEN '{MEASURES[0]}' {measure} END, {land.word('id', f'{1 << 42} + ({place}) * 100 + {spread} % 100')}, "
        f"CAST(s.n AS varchar), 1, 1 + {spread} % 3, {land.word('id', f'{land.first_hamlet} + {place}')}, {activity}, {activity}, "
        f"{moment}, {moment}, '{YEAR}' || {month}, {land.word('no')} FROM {land.word('series', 's', facts - 1)}"
    )
