"""The API keeps what its document promises, whatever is sent: as a stranger and as a signed-in citizen."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

import mobile_api
from backend.app import create_app
from backend.config import Settings
from backend.db.engine import Database
from tests.support.world import Phone, World, plant

PER_OPERATION = 25

thorough = settings(
    max_examples=PER_OPERATION,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One commune for all operations: what one of them wrote, the next one meets."""
    place = tmp_path_factory.mktemp("schemathesis")
    shutil.copy(sqlite_template, place / "node.sqlite3")
    url = f"sqlite:///{place / 'node.sqlite3'}"
    database = Database(url)
    told = Settings(mode="demo", data=place, database_url=url, secret_key="a key for tests", identity="demo")
    DOOR.app = create_app(told, database=database)
    yield plant(DOOR.app, database)
    database.close()


@pytest.fixture(scope="module")
def citizen(world: World) -> Phone:
    phone = world.phone()
    phone.take_part()
    world.fold()
    return phone


class Door:
    """Stands for the application until there is one: operations are read before any fixture is made."""

    app: Any = None

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self.app(environ, start_response)


CONFIGURATION = {
    "operations": [
        {
            # A cursor that fits its schema may be older than what is kept, or from another life of the node.
            "include-path": "/api/v1/sync/pull",
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", 401, 410]}},
        }
    ]
}


def without_points(value: Any) -> Any:
    """1.0 written as 1: to JSON Schema both are whole, but no phone writes the first and a deed's reader refuses it."""
    if isinstance(value, dict):
        return {name: without_points(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [without_points(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def document() -> Any:
    """The API's document as the phone reads it, answered by whatever stands behind the door."""
    nowhere = Settings(
        mode="demo", data=Path(), database_url="sqlite://", secret_key="a key for tests", identity="demo"
    )
    loaded = schemathesis.openapi.from_dict(
        mobile_api.document(create_app(nowhere)), config=schemathesis.Config.from_dict(CONFIGURATION)
    )
    loaded.hook("map_body")(lambda _context, body: without_points(body))
    loaded.app = DOOR
    return loaded


DOOR = Door()
as_nobody, as_citizen = document(), document()


@as_nobody.parametrize()
@thorough
def test_the_api_keeps_its_promises_to_a_stranger(case: schemathesis.Case, world: World) -> None:
    case.call_and_validate()


@as_citizen.parametrize()
@thorough
def test_the_api_keeps_its_promises_to_a_citizen(case: schemathesis.Case, citizen: Phone) -> None:
    # Not packed: what reads the answers here does not unpack them.
    case.call_and_validate(headers=citizen.headers | {"Accept-Encoding": "identity"})
