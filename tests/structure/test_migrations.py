"""Keeps models and migrations the same, on both databases, from every revision on."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import backend.app
import backend.figures  # noqa: F401 - with the app, every table there is
from backend.db import migrate
from backend.db.base import Base
from backend.db.engine import Database
from tests.support import postgres

VERSIONS = migrate.PLACE / "versions"
SCRIPTS = ScriptDirectory(str(migrate.PLACE))
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a single table."""
    name = f"empty_{uuid.uuid4().hex}"
    on_sqlite = request.param == "sqlite"
    database = Database(f"sqlite:///{tmp_path / name}" if on_sqlite else postgres.create_database(name))
    yield database
    database.close()
    if not on_sqlite:
        postgres.drop_database(name)


def differences(database: Database) -> list[object]:
    """What alembic would write into a new migration."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def test_the_migrations_make_what_the_models_say(database: Database) -> None:
    assert differences(database) == []
    assert migrate.is_current(database.engine)


def test_revisions_are_numbered_without_a_gap_and_end_in_one_head() -> None:
    numbers = [f"{number:04d}" for number in range(1, len(REVISIONS) + 1)]
    assert numbers == REVISIONS
    assert SCRIPTS.get_heads() == REVISIONS[-1:]


def test_each_file_is_named_after_its_revision() -> None:
    assert sorted(path.name[:4] for path in VERSIONS.glob("[0-9]*.py")) == REVISIONS
    for script in SCRIPTS.walk_revisions():
        assert Path(script.path).name.startswith(f"{script.revision}_")


@pytest.mark.parametrize("revision", REVISIONS)
def test_from_every_revision_the_present_shape_is_reached(empty: Database, revision: str) -> None:
    migrate.upgrade(empty.engine, revision)
    migrate.upgrade(empty.engine)
    assert differences(empty) == []


def test_upgrading_twice_is_harmless(database: Database) -> None:
    migrate.upgrade(database.engine)
    assert migrate.is_current(database.engine)


def test_a_database_without_tables_is_not_current(empty: Database) -> None:
    assert not migrate.is_current(empty.engine)
