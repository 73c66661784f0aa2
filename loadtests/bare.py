"""What the same machine can do at best in Flask: parse the push, two durable statements by hand, answer. No sign-in, no
check, no mark, no fact, no receipt. The ratio to this is what the house costs."""

import json
import os
import sqlite3
import threading
import uuid
from typing import Any

import psycopg
from flask import Flask, Response, request

INSERT = """INSERT INTO operation (id, device_id, device_seq, subject, activity_id, action, schema, body_hash, happened_at,
 time_trust, received_at, verdict, outcome, receipt) VALUES ({0}, {0}, 1, {0}, {0}, 'contest.submit', 1, 'x', {0}, 'high', {0},
 'accepted', 'counted', {0}) ON CONFLICT DO NOTHING"""
UPDATE = "UPDATE contest_attempt SET state = 'submitted', submitted_at = {0} WHERE id = {0}"
MOMENT = "2026-11-22 03:00:00"


def create_app() -> Flask:
    """The bare app over the database named by LANTOA_DATABASE_URL."""
    app = Flask("bare")
    url = os.environ["LANTOA_DATABASE_URL"]
    write = _postgres(url) if url.startswith("postgres") else _sqlite(url.removeprefix("sqlite:///"))

    @app.post("/api/v1/sync/push")
    def push() -> Response:
        pushed = json.loads(request.get_data())
        operation = pushed["operations"][0]
        write(operation["id"], pushed["device_id"], operation["activity"], operation["body"]["attempt"])
        return Response(json.dumps({"results": [{"id": operation["id"]}]}), content_type="application/json")

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    return app


def _postgres(url: str) -> Any:
    local = threading.local()

    def write(operation: str, device: str, activity: str, attempt: str) -> None:
        if not hasattr(local, "connection"):
            local.connection = psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"))
        row = (operation, device, str(uuid.uuid4()), activity, MOMENT, MOMENT, operation[-12:])
        local.connection.execute(INSERT.format("%s"), row)
        local.connection.execute(UPDATE.format("%s"), (MOMENT, attempt))
        local.connection.commit()

    return write


def _sqlite(path: str) -> Any:
    local = threading.local()

    def write(operation: str, device: str, activity: str, attempt: str) -> None:
        if not hasattr(local, "connection"):
            local.connection = sqlite3.connect(path, isolation_level=None, timeout=30)
            local.connection.execute("PRAGMA synchronous=FULL")
        plain = [uuid.UUID(v).hex for v in (operation, device, str(uuid.uuid4()), activity)]
        local.connection.execute("BEGIN IMMEDIATE")
        local.connection.execute(INSERT.format("?"), (*plain, MOMENT, MOMENT, operation[-12:]))
        local.connection.execute(UPDATE.format("?"), (MOMENT, uuid.UUID(attempt).hex))
        local.connection.execute("COMMIT")

    return write
