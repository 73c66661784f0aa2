"""Real HTTP in the shape of the test client, so that the phones of the other tests can talk to a node in its own process."""

import http.client
import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import Headers

from backend.db.base import new_id
from backend.db.engine import Database
from backend.demo.data import DATA
from campaigns.models import Activity
from tests.faults.serving import Node
from tests.support.world import Phone, World

PIN = str(DATA["family"]["pin"])
MAI = next(row for row in DATA["guests"] if "team" in row)
"""A member of the team of her hamlet, with a list of households."""


@dataclass(frozen=True)
class Answer:
    status_code: int
    headers: Headers
    data: bytes

    @property
    def text(self) -> str:
        return self.data.decode(errors="replace")

    @property
    def json(self) -> Any:
        return json.loads(self.data)


@dataclass(frozen=True)
class Line:
    """A connection a request; what breaks raises OSError or HTTPException."""

    node: Node

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self._ask("GET", path, None, headers or {})

    def put(self, path: str, data: bytes, content_type: str, headers: Mapping[str, str]) -> Answer:
        return self._ask("PUT", path, data, {"Content-Type": content_type, **headers})

    def post(
        self,
        path: str,
        data: bytes | None = None,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
        json: Any = None,
    ) -> Answer:
        body = data if data is not None else _written(json)
        return self._ask("POST", path, body, {"Content-Type": content_type, **(headers or {})})

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.node.port, timeout=15)
        try:
            line.request(method, path, body, dict(headers))
            answer = line.getresponse()
            return Answer(answer.status, Headers(answer.getheaders()), answer.read())
        finally:
            line.close()


def _written(body: Any) -> bytes:
    return json.dumps(body).encode()


def enter(node: Node, device: str = "", seq: int = 0) -> Phone:
    """Mai signs in by her number and PIN, on one of her phones."""
    line, device = Line(node), device or str(new_id())
    code = line.post("/api/v1/sign-in/codes", json={"phone": MAI["phone"]}).json["demo_code"]
    proof = line.post("/api/v1/sign-in/proofs", json={"phone": MAI["phone"], "code": code}).json
    (mai,) = (person for person in proof["persons"] if person["name"].startswith(MAI["name"]))
    asked = {"ticket": proof["ticket"], "device_id": device, "person_id": mai["id"], "pin": PIN}
    made = line.post("/api/v1/sign-in/sessions", json=asked)
    assert made.status_code == 201, made.text
    here = cast(World, SimpleNamespace(activity=visits_that_are_on(node)))
    return Phone(
        here, cast(Any, line), made.json["token"], device, MAI["phone"], made.json["person"], seq=seq
    )


def visits_that_are_on(node: Node) -> uuid.UUID:
    """The activity Mai's team goes from house to house for."""
    with reading(node) as session:
        now_on = select(Activity.id).where(Activity.state == "open", Activity.kind == "visit")
        return session.scalars(now_on.order_by(Activity.opens_at.desc())).first() or uuid.UUID(int=0)


@contextmanager
def reading(node: Node) -> Iterator[Session]:
    """The node's own database, beside the node."""
    database = Database(node.database_url)
    try:
        with database.transaction(writes=False) as session:
            yield session
    finally:
        database.close()
