"""Two nodes that are the same to the last row: what one does the express way, the other does the general way."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, select

from backend import figures
from backend.app import create_app
from backend.config import Settings
from backend.db.base import Base
from backend.db.engine import Database
from campaigns import together
from campaigns.registry import measure_book
from tests.support import postgres
from tests.support.world import Phone

BY_CHANCE = {
    "operation": {"receipt"},
    "quarantined": {"id", "receipt"},
    "change": {"id"},
    "household_assignment": {"id"},
}
"""Table -> columns that are drawn by lot, so that no two nodes have the same."""

ASIDE = {"audit_entry"}
"""A chain of hashes over ids drawn by lot; deeds are not on it."""


@dataclass
class Twins:
    """`quick` may go the express way, `general` may not. `took`: what the express way made of each push."""

    quick: Database
    general: Database
    apps: dict[str, Any]
    took: list[bool] = field(default_factory=list)

    def on(self, name: str, phone: Phone) -> Phone:
        """The same phone, signed in at one of the two."""
        app = self.apps[name]
        return replace(
            phone,
            client=app.test_client(),
            world=replace(phone.world, app=app, database=app.services.database),
        )

    def push(self, phone: Phone, *frozen: str) -> dict[str, Any]:
        """The same bytes to both; what they answered, which must be the same."""
        told = [_plain(self.on(name, phone).push(*frozen)) for name in ("quick", "general")]
        assert told[0] == told[1]
        return told[0]

    def compare(self) -> None:
        """Every row of every table, and every figure folded from them."""
        quick, general = _rows(self.quick), _rows(self.general)
        for table, rows in quick.items():
            assert rows == general[table], table
        for database in (self.quick, self.general):
            assert figures.differences(database, measure_book()) == []

    def databases(self) -> tuple[Database, Database]:
        return self.quick, self.general


@contextmanager
def twins(first: Database, url: str, place: Path, patch: pytest.MonkeyPatch) -> Iterator[Twins]:
    """The node in `first`, which nobody may be using, and a copy of it."""
    first.close()
    name = f"t_{uuid.uuid4().hex}"
    address = make_url(url)
    postgres.copy_database(str(address.database), name)
    second_url = address.set(database=name).render_as_string(hide_password=False)
    second = Database(second_url)
    apps = {}
    for called, database, where in (("quick", first, url), ("general", second, second_url)):
        settings = Settings(
            mode="demo", data=place, database_url=where, secret_key="a key for tests", identity="demo"
        )
        apps[called] = create_app(settings, database=database)
    made = Twins(first, second, apps)
    real = together.done

    def done(database: Database, sent: Any) -> Any:
        if database is second:
            return None
        answered = real(database, sent)
        made.took.append(answered is not None)
        return answered

    patch.setattr(together, "done", done)
    try:
        yield made
    finally:
        second.close()
        postgres.drop_database(name)


def _plain(answer: Any) -> dict[str, Any]:
    body = json.loads(answer.get_data())
    for row in body.get("results", []):
        assert row.pop("receipt").startswith("LT-")
    return {"status": answer.status_code, "seq": answer.headers.get("Lantoa-Highest-Seq"), "body": body}


def _rows(database: Database) -> dict[str, list[str]]:
    with database.transaction(writes=False) as session:
        found = {}
        for table in Base.metadata.sorted_tables:
            if table.name in ASIDE:
                continue
            columns = [c for c in table.columns if c.name not in BY_CHANCE.get(table.name, ())]
            found[table.name] = sorted(repr(tuple(row)) for row in session.execute(select(*columns)))
        return found
