"""What must be known before a packet of figures may be believed: whose ground it is, and what stands of it."""

import functools
import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Date, TextClause, Uuid, bindparam, select, text
from sqlalchemy.orm import Session

from backend.aggregates.models import ToldRevision, ToldSheet
from backend.db.statements import on_postgres

_BEFORE = """
SELECT EXISTS (SELECT 1 FROM peer_reach WHERE peer_id = :peer AND unit_code = :top AND from_on <= :day
  AND (until_on IS NULL OR until_on > :day)) AS is_in_reach,
 EXISTS (SELECT 1 FROM peer_reach AS reach JOIN peer AS other ON other.id = reach.peer_id
  WHERE reach.peer_id <> :peer AND other.side = 'child' AND other.state IN ('active', 'suspended') AND other.line = :line
  AND reach.from_on <= :day AND (reach.until_on IS NULL OR reach.until_on > :day)
  AND reach.unit_code IN (SELECT {part} FROM {parts} AS part)) AS is_of_another,
 EXISTS (SELECT 1 FROM told_sheet WHERE id = :sheet) AS is_told"""
_ON_POSTGRES = {"part": "part", "parts": "unnest(CAST(:parts AS text[]))"}
_ON_SQLITE = {"part": "part.value", "parts": "json_each(:parts)"}


@dataclass(frozen=True)
class Before:
    """`is_in_reach`: the peer speaks for the first unit itself; `is_of_another`: on that day another peer of the line for one of
    the parts, be it suspended; one that was revoked speaks for nobody.

    `is_told`: there is a sheet of it.
    """

    is_in_reach: bool
    is_of_another: bool
    is_told: bool


@functools.cache
def _statement(postgres: bool) -> Any:
    asked: TextClause = text(_BEFORE.format(**(_ON_POSTGRES if postgres else _ON_SQLITE)))
    typed = asked.bindparams(
        bindparam("peer", type_=Uuid()), bindparam("sheet", type_=Uuid()), bindparam("day", type_=Date()), bindparam("top"),
        bindparam("parts"), bindparam("line"),
    )  # fmt: skip
    return typed.columns(is_in_reach=Boolean, is_of_another=Boolean, is_told=Boolean)


def before(
    session: Session,
    peer: uuid.UUID,
    line: str,
    top: str,
    parts: Collection[str],
    day: date,
    sheet: uuid.UUID,
) -> Before:
    """One statement, whatever the size of the scope."""
    postgres = on_postgres(session)
    row = session.execute(
        _statement(postgres),
        {
            "peer": peer,
            "line": line,
            "top": top,
            "day": day,
            "sheet": sheet,
            "parts": list(parts) if postgres else _json(parts),
        },
    ).one()
    return Before(row.is_in_reach, row.is_of_another, row.is_told)


def _json(parts: Collection[str]) -> str:
    return json.dumps(list(parts))


@dataclass(frozen=True)
class Stands:
    """The revision of a sheet that stands. `number`: how many were ever told of it; `said`: see `ToldRevision`."""

    number: int
    peer_id: uuid.UUID
    epoch: str
    revision: int
    state: str
    said: Mapping[str, Any]


def hold(session: Session, sheet: uuid.UUID) -> tuple[int, uuid.UUID] | None:
    """Nobody accepts this sheet or tells it anew until this transaction is over: how many revisions were told of it, and which
    one stands. None where nothing was told."""
    query = select(ToldSheet.number, ToldSheet.revision_id).where(ToldSheet.id == sheet)
    row = session.execute(query.with_for_update()).first()
    return (row.number, row.revision_id) if row else None


def held_still(session: Session, sheet: uuid.UUID) -> Stands | None:
    """What stands of a sheet, held.

    Two statements: PostgreSQL reads a row it had to wait for as it is by then, and what is joined to it as it was before.
    """
    if (held := hold(session, sheet)) is None:
        return None
    number, revision = held
    told = ToldRevision
    query = select(told.peer_id, told.epoch, told.revision, told.state, told.said)
    return Stands(number, *session.execute(query.where(told.id == revision)).one())
