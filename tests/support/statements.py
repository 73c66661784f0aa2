"""Statements compiled once a run and not once a test: every test has a database, therefore an engine, of its own.

SQLAlchemy keeps what it compiled with the engine, so that a third of most tests' time went into compiling the same
statements. A node has one engine for life: what tests run against is a node that has been up for a while.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from backend.db import engine

DIALECTS = (SQLiteDialect_pysqlite, PGDialect_psycopg)
ROOM = 4000
"""More statements than the product knows."""


def keep(patch: pytest.MonkeyPatch) -> None:
    """From now on engines of one kind share what they compiled. Their servers must be of one version."""
    kept: LRUCache[Any, Any] = LRUCache(ROOM)

    def sharing(url: str, **more: Any) -> Any:
        made = create_engine(url, **more)
        made._compiled_cache = kept
        return made

    patch.setattr(engine, "create_engine", sharing)
    for dialect in DIALECTS:  # a part of the key under which a compiled statement is found
        patch.setattr(dialect, "__eq__", _is_of_the_same_kind)
        patch.setattr(dialect, "__hash__", _hash_of_the_kind)


def _is_of_the_same_kind(one: object, other: object) -> bool:
    return type(one) is type(other)


def _hash_of_the_kind(one: object) -> int:
    return hash(type(one))
