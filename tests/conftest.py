"""Real databases for every test that needs one: a fresh copy of a migrated template, SQLite and PostgreSQL alike."""

import gc
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from backend.app import create_app, services_of
from backend.config import Settings
from backend.db import migrate
from backend.db.engine import Database
from backend.http import NodeApp
from backend.people import keys
from tests.support import postgres, statements
from tests.support.world import World, plant


def pytest_configure() -> None:
    """Folders of tests lie in memory where there is room: a commit to SQLite waits for the disk, 3 ms each time."""
    in_memory = postgres.place(postgres.SETTINGS)
    if in_memory == str(postgres.IN_MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", in_memory)


def pytest_collection_finish() -> None:
    """What is imported and collected stays for the whole run: the collector need not walk half a million objects again
    and again, and may come by less often, which was a seventh of all the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True, scope="session")
def thorough_hasher() -> Iterator[PasswordHasher]:
    """Gives the node's own hasher; meanwhile all use a quick one, because every test hires nine people."""
    thorough = keys._hasher
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield thorough


@pytest.fixture(autouse=True, scope="session")
def kept_statements() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        statements.keep(patch)
        yield


ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("template") / "template.sqlite3"
    database = Database(f"sqlite:///{place}")
    migrate.upgrade(database.engine)
    database.close()  # the last connection folds the write-ahead log into the file
    return place


@pytest.fixture(scope="session")
def postgres_template() -> str:
    url = postgres.create_database("lantoa_template")
    database = Database(url)
    migrate.upgrade(database.engine)
    database.close()
    return "lantoa_template"


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database."""
    if request.param == "sqlite":
        copy = tmp_path / "node.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), copy)
        yield f"sqlite:///{copy}"
        return
    name = f"t_{uuid.uuid4().hex}"
    yield postgres.create_database(name, template=request.getfixturevalue("postgres_template"))
    postgres.drop_database(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        mode="demo", data=tmp_path, database_url=database_url, secret_key="a key for tests", identity="demo"
    )


@pytest.fixture(scope="session")
def one_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeApp]:
    """Putting an application together costs more than most tests; each test gives it services of its own."""
    place = tmp_path_factory.mktemp("app")
    settings = Settings(
        mode="demo", data=place, database_url="sqlite://", secret_key="a key for tests", identity="demo"
    )
    nowhere = Database("sqlite://")
    yield create_app(settings, database=nowhere)
    nowhere.close()


@pytest.fixture
def app(one_app: NodeApp, settings: Settings, database: Database) -> Iterator[NodeApp]:
    before = dict(one_app.config)
    one_app.services = services_of(settings, database)
    one_app.config["TESTING"] = False
    yield one_app
    one_app.config.clear()
    one_app.config.update(before)


@pytest.fixture
def world(app: NodeApp, database: Database) -> World:
    """The commune of the tests with its contest open."""
    return plant(app, database)
