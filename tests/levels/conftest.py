from collections.abc import Iterator

import pytest

from backend import clock
from backend.db.engine import Database
from backend.http import NodeApp
from tests.levels.told import NOW, Province, everybody, plant


@pytest.fixture
def province(app: NodeApp, database: Database) -> Iterator[Province]:
    """The province in the days after November, told by six of its eight communes."""
    found = plant(app, database)
    everybody(found)
    with clock.stopped_at(NOW):
        yield found
