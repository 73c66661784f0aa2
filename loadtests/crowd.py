"""A settled board of any number of people, written set-wise: what a contest leaves behind when its results are fixed."""

import uuid
from pathlib import Path

import psycopg

from backend import clock
from backend.db.engine import Database
from backend.leaderboards import fold as boards
from backend.leaderboards.models import Board
from campaigns.contest import rules
from loadtests import commune
from loadtests.commune import Commune, Somebody

MOST_SIGNED_IN = 2_000
"""Of so many a token is known; the others stand on the board all the same."""
NAMED = 300

PEOPLE = """CREATE TEMP TABLE crowd AS SELECT n, gen_random_uuid() person, gen_random_uuid() subject, gen_random_uuid() paper,
 gen_random_uuid() operation, (%(hamlets)s::uuid[])[1 + n %% %(units)s] unit, 20 - floor(sqrt(random() * 400))::int "right",
 floor(random() * 900000)::int + 60000 elapsed, floor(random() * %(number)s / 10)::int guess,
 now() - random() * interval '6 days' moment FROM generate_series(1, %(number)s) n"""
OF_THEM = (
    """INSERT INTO person (id, name, birth_year, wrong_pins, joined_at)
 SELECT person, 'Người thử tải (hư cấu)', 1980, 0, moment FROM crowd""",
    "INSERT INTO subject_link (subject, person_id) SELECT subject, person FROM crowd",
    """INSERT INTO membership (id, person_id, unit_id, kind, valid_from)
 SELECT gen_random_uuid(), person, unit, 'lives_in', DATE '2025-07-01' FROM crowd""",
    """INSERT INTO fact (operation_id, line, measure, subject, scope, generation, quantity, result, unit_id, campaign_id,
 activity_id, happened_at, received_at, period, is_reversal)
 SELECT operation, line, measure, subject, CASE line WHEN 2 THEN paper::text ELSE %(activity)s::text END, 1, 1,
 CASE line WHEN 2 THEN json_build_object('right', "right", 'of', 20, 'elapsed_ms', elapsed, 'guess', guess) END,
 unit, %(campaign)s, %(activity)s, moment, moment, to_char(moment, 'YYYYMM'), false
 FROM crowd, (VALUES (1, %(entrants)s), (2, %(papers)s)) lines (line, measure)""",
    """INSERT INTO standing (measure, activity_id, subject, first, second, third, fourth, perfect, operation_id)
 SELECT %(papers)s, %(activity)s, subject, -"right", abs(guess - %(target)s), elapsed / 1000,
 (extract(epoch FROM moment) * 1000)::bigint, "right" = 20, operation FROM crowd""",
    """INSERT INTO scorecard_line (unit_id, period, indicator, activity_id, numerator, denominator, rules)
 SELECT unit, 'all', 'contest_participation', %(activity)s, count(*), NULL, 'v1' FROM crowd GROUP BY unit""",
    "UPDATE activity SET state = 'settled', closes_at = now() WHERE id = %(activity)s",
)


def settle_with(place: Commune, number: int) -> list[Somebody]:
    """So many people on the settled board; answers those of them who are signed in."""
    with place.connect() as connection:
        connection.execute(
            PEOPLE.encode(), {"hamlets": list(place.hamlets), "units": len(place.hamlets), "number": number}
        )
        values = {
            "activity": place.activity, "campaign": place.campaign, "target": number // 50, "entrants": rules.ENTRANTS,
            "papers": rules.PAPERS,
        }  # fmt: skip
        for statement in OF_THEM:
            connection.execute(statement.encode(), values)
        signed_in = _sign_in(connection, min(number, MOST_SIGNED_IN))
        _name(connection)
    _place(place, number // 50)
    commune.tidy(place)
    return signed_in


def _sign_in(connection: psycopg.Connection[tuple[uuid.UUID, ...]], number: int) -> list[Somebody]:
    rows = connection.execute("SELECT person, subject, unit FROM crowd ORDER BY random() LIMIT %s", (number,))
    chosen = [commune.somebody(person, subject, unit) for person, subject, unit in rows]
    commune.sign_in(connection, chosen)
    return chosen


def _name(connection: psycopg.Connection[tuple[uuid.UUID, ...]]) -> None:
    """Some hundreds agreed to stand on the board by name."""
    rows = connection.execute("SELECT person FROM crowd ORDER BY random() LIMIT %s", (NAMED,)).fetchall()
    connection.execute(
        "UPDATE person SET board_name = 'Người có tên (hư cấu)' WHERE id = ANY(%s)",
        ([row[0] for row in rows],),
    )
    commune.agree(connection, [row[0] for row in rows], "board_name")


def _place(place: Commune, target: int) -> None:
    """Places as the settling gives them."""
    database = Database(place.database_url)
    with database.transaction() as session:
        board = session.get_one(Board, (rules.PAPERS, place.activity))
        board.target, board.fixed_at = target, clock.now()
        boards.give_places(session, board)
    database.close()


def write_requests(file: Path, activity: uuid.UUID, signed_in: list[Somebody], number: int) -> None:
    """The page of a different person each time."""
    lines = [f"GET /api/v1/activities/{activity}/boards\t{one.token}\t\n" for one in signed_in]
    with file.open("w") as out:
        out.writelines(lines[n % len(lines)] for n in range(number))
