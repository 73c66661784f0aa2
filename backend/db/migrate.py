"""Bringing a database to the present shape, from any release."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

PLACE = Path(__file__).parent / "migrations"


def config(engine: Engine) -> Config:
    found = Config()
    found.set_main_option("script_location", str(PLACE))
    found.attributes["engine"] = engine
    return found


def upgrade(engine: Engine, to: str = "head") -> None:
    command.upgrade(config(engine), to)


def is_current(engine: Engine) -> bool:
    with engine.connect() as connection:
        here = MigrationContext.configure(connection).get_current_revision()
    return here == ScriptDirectory.from_config(config(engine)).get_current_head()
