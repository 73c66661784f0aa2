"""The few statements that differ between the two databases."""

import json
import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, Dialect, Text, Uuid, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.schema import Table
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


def on_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def insert_into(session: Session, table: type[Any] | Table) -> Any:
    """An INSERT that knows ON CONFLICT, which both databases have under their own dialect's name."""
    return dialect_insert(on_postgres(session), table)


def dialect_insert(postgres: bool, table: type[Any] | Table) -> Any:
    """The same for whoever builds a statement once and keeps it."""
    # The table, not the class: the ORM would split rows with and without a null into statements of their own.
    plain = getattr(table, "__table__", table)
    return postgresql.insert(plain) if postgres else sqlite.insert(plain)


def among(column: Any, ids: Iterable[uuid.UUID]) -> ColumnElement[bool]:
    """`column IN (ids)` with one parameter, however many there are: PostgreSQL takes 65,535 of them and no more."""
    return _Among(column, literal(list(ids), _Ids()))


class _Ids(TypeDecorator[list[uuid.UUID]]):
    """Many ids as one value: an array, or JSON where there are no arrays."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(Uuid) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: list[uuid.UUID] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else json.dumps([one.hex for one in value or ()])


class _Among(FunctionElement[bool]):
    type = Boolean()
    name = "among"
    inherit_cache = True


@compiles(_Among, "postgresql")
def _among_array(element: _Among, compiler: SQLCompiler, **more: Any) -> str:
    column, ids = (compiler.process(one, **more) for one in element.clauses)
    return f"({column} = ANY ({ids}))"


@compiles(_Among, "sqlite")
def _among_json(element: _Among, compiler: SQLCompiler, **more: Any) -> str:
    column, ids = (compiler.process(one, **more) for one in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({ids})))"  # noqa: S608 - compiled parts
