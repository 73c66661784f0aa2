"""A node in processes of its own for tests that kill, starve or restore it, on both databases."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.serving import Node, planted
from tests.support import postgres


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def node(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Node]:
    """Planted and serving; all its processes are gone afterwards."""
    name = f"kill_{uuid.uuid4().hex}"
    url = f"sqlite:///{tmp_path / 'lantoa.sqlite3'}"
    if request.param == "postgres":
        url = postgres.create_database(name)
    up = planted(tmp_path, url)
    try:
        up.start()
        yield up
    finally:
        up.stop()
    if request.param == "postgres":
        postgres.drop_database(name)
