"""Rows that are added to and never changed: the model refuses, whichever way a session tries. Raw SQL is for triggers."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from backend.db.base import Base


class Unchangeable(Exception):
    """A programming error: what was published, said, done or signed is added to, never changed."""


_REFUSALS: dict[type[Base], Callable[[str], Exception]] = {}


def never_changed(*tables: type[Base], refusal: Callable[[str], Exception] = Unchangeable) -> None:
    """Rows of these tables are neither updated nor deleted; `refusal` makes what is raised of the row's name."""
    for table in tables:
        _REFUSALS[table] = refusal
        event.listen(table, "before_update", _refuse)
        event.listen(table, "before_delete", _refuse)


def _refuse(_mapper: Any, _connection: Any, row: Base) -> None:
    raise _REFUSALS[type(row)](f"{type(row).__name__} {row}")


@event.listens_for(Session, "do_orm_execute")
def _refuse_in_bulk(state: ORMExecuteState) -> None:
    """The same for statements that change rows without loading them."""
    if not (state.is_update or state.is_delete):
        return
    mapper = state.bind_mapper
    if mapper is not None and mapper.class_ in _REFUSALS:
        raise _REFUSALS[mapper.class_](mapper.class_.__name__)
