"""Draft the next migration from the difference between the models and the migrations: read it before you keep it.

.venv/bin/python -m scripts.new_migration "pledges get a year"
"""

import re
import sys
import tempfile
from pathlib import Path

from alembic import command

import backend.app
import backend.figures  # noqa: F401 - together these two import every table
from backend.db import migrate
from backend.db.base import Base
from backend.db.engine import Database


def draft(message: str) -> None:
    place = tempfile.mkdtemp()
    database = Database(f"sqlite:///{place}/draft.sqlite3")
    migrate.upgrade(database.engine)
    config = migrate.config(database.engine)
    config.attributes["metadata"] = Base.metadata
    number = len(list((migrate.PLACE / "versions").glob("[0-9]*.py"))) + 1
    slug = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")
    command.revision(config, message=message, autogenerate=True, rev_id=f"{number:04d}")
    made = next((migrate.PLACE / "versions").glob(f"{number:04d}_*.py"))
    text = made.read_text().replace("backend.db.base.Moment(timezone=True)", "Moment()")
    made.unlink()
    Path(migrate.PLACE / "versions" / f"{number:04d}_{slug}.py").write_text(text)


if __name__ == "__main__":
    draft(" ".join(sys.argv[1:]))
