"""What a benchmark holds the house against: the bare Flask view with two durable statements written by hand, and the
same in one. JSON in, JSON out, a pool of connections; no sign-in, no check, no mark, no receipt (see the anchors)."""

import contextlib
import os
import queue
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, Response, jsonify, request

from backend.http import NodeApp
from loadtests.machine import plain

PARTICIPANTS = 100_000
SCHEMA = f"""
CREATE TABLE participant (id int PRIMARY KEY, contest_id int NOT NULL, score int NOT NULL DEFAULT 0,
 answered int NOT NULL DEFAULT 0, last_at timestamptz);
INSERT INTO participant SELECT n, 1, 0, 0, now() FROM generate_series(1, {PARTICIPANTS}) n;
CREATE TABLE answer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
 participant_id int NOT NULL REFERENCES participant, question_id int NOT NULL, choice text NOT NULL, points int NOT NULL,
 submitted_at timestamptz NOT NULL DEFAULT now(), UNIQUE (participant_id, question_id));
"""
INSERT = """INSERT INTO answer (participant_id, question_id, choice, points) VALUES (%s, %s, %s, 10)
 ON CONFLICT DO NOTHING"""
UPDATE = "UPDATE participant SET score = score + 10, answered = answered + 1, last_at = now() WHERE id = %s"
BOTH = f"""WITH i AS ({INSERT} RETURNING participant_id, points) UPDATE participant p SET score = score + i.points,
 answered = answered + 1, last_at = now() FROM i WHERE p.id = i.participant_id"""


def plant(url: str) -> None:
    with psycopg.connect(plain(url)) as connection:
        connection.execute(SCHEMA)
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def write_requests(place: Path, path: str, number: int) -> None:
    """Answers of random participants to random questions, so that conflicts are rare."""
    with place.open("w") as file:
        for _ in range(number):
            who, question = random.randint(1, PARTICIPANTS), random.randint(1, 1_000_000)
            body = f'{{"participant":{who},"question":{question},"choice":"{random.choice("abcd")}"}}'
            file.write(f"POST {path}\t\t{body}\n")


class Pool:
    """The least a pool can be."""

    def __init__(self, url: str, size: int = 8) -> None:
        self.url = url
        self.free: queue.LifoQueue[psycopg.Connection[Any] | None] = queue.LifoQueue()
        for _ in range(size):
            self.free.put(None)

    @contextlib.contextmanager
    def connection(self, autocommit: bool) -> Iterator[psycopg.Connection[Any]]:
        held = self.free.get() or psycopg.connect(self.url, autocommit=autocommit)
        try:
            yield held
            if not autocommit:
                held.commit()
        finally:
            self.free.put(held)


def create_app() -> Flask:
    """The bare app over the database named by LANTOA_DATABASE_URL."""
    app, url = Flask("bare"), plain(os.environ["LANTOA_DATABASE_URL"])
    two_pool, one_pool = Pool(url), Pool(url)

    @app.post("/two")
    def two() -> Response:
        body = request.get_json()
        with two_pool.connection(autocommit=False) as connection:
            connection.execute(INSERT, (body["participant"], body["question"], body["choice"]))
            connection.execute(UPDATE, (body["participant"],))
        return jsonify(ok=True)

    @app.post("/one")
    def one() -> Response:
        body = request.get_json()
        with one_pool.connection(autocommit=True) as connection:
            connection.execute(BOTH, (body["participant"], body["question"], body["choice"]))
        return jsonify(ok=True)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    return app


def create_general_app() -> NodeApp:
    """The node with the express way closed: every deed goes the general way."""
    from backend.app import create_app as create_node
    from campaigns import express

    setattr(express, "done", lambda _database, _sent: None)  # noqa: B010 - the one door is shut
    return create_node()
