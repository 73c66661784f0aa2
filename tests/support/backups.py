"""A node's database copied while it runs, and put back later as an operator does it: files replaced, epoch begun anew."""

import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import make_url

from backend.app import create_app
from backend.cli import main
from backend.config import Settings
from backend.db.engine import Database
from tests.support import postgres
from tests.support.world import Phone, World


@dataclass(frozen=True)
class Backup:
    """A true copy of a database: a file of SQLite or a database of the PostgreSQL cluster."""

    put_back: Callable[[], None]
    """In the place of the database it was made of, whatever is there now. Nobody may be connected."""
    throw_away: Callable[[], None]


def back_up(url: str, folder: Path) -> Backup:
    """The database as it stands at this moment; `folder` is where a copied file may lie."""
    name = str(make_url(url).database)
    return _of_file(Path(name), folder) if url.startswith("sqlite") else _of_cluster(name)


def _of_file(place: Path, folder: Path) -> Backup:
    copy = folder / f"backup-{uuid.uuid4().hex}.sqlite3"
    with sqlite3.connect(place) as here, sqlite3.connect(copy) as there:
        here.backup(there)

    def put_back() -> None:
        for rest in ("", "-wal", "-shm"):  # a log of the newer file would be played into the older one
            Path(f"{place}{rest}").unlink(missing_ok=True)
        shutil.copy(copy, place)

    return Backup(put_back, copy.unlink)


def _of_cluster(name: str) -> Backup:
    copy = f"b_{uuid.uuid4().hex}"
    postgres.copy_database(name, copy)

    def put_back() -> None:
        postgres.drop_database(name)
        postgres.copy_database(copy, name)

    return Backup(put_back, lambda: postgres.drop_database(copy))


def restore(world: World, phones: Iterable[Phone], settings: Settings, backup: Backup) -> None:
    """The machine broke: the copy is put in place, the epoch begins anew, web processes start that know nothing."""
    world.database.close()
    backup.put_back()
    begin_new_epoch(settings)
    world.database = Database(settings.database_url)
    world.app = create_app(settings, database=world.database)
    for phone in phones:
        phone.client = world.client()


def begin_new_epoch(settings: Settings) -> None:
    """What the operator types after putting a backup in place."""
    told = {
        "LANTOA_MODE": "demo",
        "LANTOA_DATA": str(settings.data),
        "LANTOA_DATABASE_URL": settings.database_url,
    }
    done = CliRunner().invoke(main, ["new-epoch"], env=told)
    assert done.exit_code == 0, done.output
