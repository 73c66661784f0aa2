"""The rows of a packet, written set by set: a month of a whole country comes in within minutes.

Each statement is made once and kept. Cells go over as one value, out of which PostgreSQL makes rows.
"""

import functools
import uuid
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from backend.aggregates.models import ToldCell, ToldRevision, ToldSheet
from backend.aggregates.packet import Figures
from backend.db.statements import dialect_insert, on_postgres

_CELLS = """
INSERT INTO told_cell (sheet_id, unit_code, element, numerator, denominator, value, flag)
SELECT CAST(:sheet AS uuid), (CAST(:unit_codes AS text[]))[1 + CAST(c->>0 AS integer)],
 (CAST(:elements AS text[]))[1 + CAST(c->>1 AS integer)], CAST(c->>2 AS bigint), CAST(c->>3 AS bigint),
 CAST(c->>4 AS numeric), c->>5
FROM jsonb_array_elements(CAST(:cells AS jsonb)) AS c"""
_CELLS_ON_SQLITE = (
    "INSERT INTO told_cell (sheet_id, unit_code, element, numerator, denominator, value, flag)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_UNITS = """
INSERT INTO told_unit (within, code, name, level_word, kind, parent_code, valid_from, valid_to, as_of)
SELECT CAST(:within AS varchar), {columns}, {as_of} FROM {rows} WHERE true
ON CONFLICT (within, code) DO UPDATE SET name = excluded.name, level_word = excluded.level_word, kind = excluded.kind,
 parent_code = excluded.parent_code, valid_from = excluded.valid_from, valid_to = excluded.valid_to, as_of = excluded.as_of
WHERE told_unit.as_of <= excluded.as_of AND (told_unit.name, told_unit.level_word, told_unit.kind,
 coalesce(told_unit.parent_code, ''), told_unit.valid_from, coalesce(told_unit.valid_to, told_unit.valid_from))
 <> (excluded.name, excluded.level_word, excluded.kind, coalesce(excluded.parent_code, ''), excluded.valid_from,
 coalesce(excluded.valid_to, excluded.valid_from))"""
_FIELDS = ("code", "name", "level_word", "kind", "parent")
_UNITS_ON_POSTGRES = _UNITS.format(
    columns=", ".join([*(f"u->>'{name}'" for name in _FIELDS), *(f"CAST(u->>'{name}' AS date)" for name in ("from", "to"))]),
    as_of="CAST(:as_of AS date)",
    rows="jsonb_array_elements(CAST(:units AS jsonb)) AS u",
)  # fmt: skip
_UNITS_ON_SQLITE = _UNITS.format(
    columns=", ".join(f"json_extract(value, '$.{name}')" for name in (*_FIELDS, "from", "to")),
    as_of=":as_of",
    rows="json_each(:units)",
)
_AT_ONCE = text(f"""
WITH sheet AS (
 INSERT INTO told_sheet (id, unit_code, dataset, line, calendar, period, first, last, revision_id, number)
 VALUES (CAST(:sheet AS uuid), :unit_code, :dataset, :line, :calendar, :period, CAST(:first AS date), CAST(:last AS date),
  CAST(:id AS uuid), :number)
 ON CONFLICT (id) DO UPDATE SET revision_id = excluded.revision_id, number = excluded.number),
revision AS (
 INSERT INTO told_revision (id, sheet_id, number, peer_id, epoch, digest, revision, state, reason, template_sha, known_at,
  received_at, said)
 VALUES (CAST(:id AS uuid), CAST(:sheet AS uuid), :number, CAST(:peer_id AS uuid), :epoch, :digest, :revision, :state,
  :reason, :template_sha, CAST(:known_at AS timestamptz), CAST(:received_at AS timestamptz), CAST(:said AS json))),
units AS ({_UNITS_ON_POSTGRES})
{_CELLS}""")  # noqa: S608 - of constants above
"""Everything of a packet in one statement: between two databases' worth of waiting, that is what costs."""


@functools.cache
def _put_sheet(postgres: bool) -> Any:
    statement = dialect_insert(postgres, ToldSheet)
    newer = {"revision_id": statement.excluded.revision_id, "number": statement.excluded.number}
    return statement.on_conflict_do_update(index_elements=["id"], set_=newer)


@functools.cache
def _add_revision(postgres: bool) -> Any:
    return dialect_insert(postgres, ToldRevision)


def put(
    session: Session,
    sheet: dict[str, Any],
    revision: dict[str, Any],
    body: Figures,
    *,
    had: bool,
    is_same: bool,
) -> None:
    """The revision stands from now on. `had`: something stood before; `is_same`: with the same figures."""
    if on_postgres(session) and not is_same:
        if had:
            _empty(session, sheet["id"])
        _put_at_once(session, sheet, revision, body)
        return
    postgres = on_postgres(session)
    session.execute(_put_sheet(postgres), sheet)
    session.execute(_add_revision(postgres), revision)
    if not is_same:
        replace_cells(session, sheet["id"], body, had=had)
    put_units(session, body, sheet["last"])


def _put_at_once(session: Session, sheet: dict[str, Any], revision: dict[str, Any], body: Figures) -> None:
    values = revision | sheet | _cells_of(sheet["id"], body) | _units_of(body, sheet["last"])
    values["id"], values["said"] = revision["id"], msgspec.json.encode(revision["said"]).decode()
    session.connection().execute(_AT_ONCE, values)


def add_beside(session: Session, revision: dict[str, Any]) -> None:
    """A revision that does not stand: what was accepted does."""
    sheet = ToldSheet.id == revision["sheet_id"]
    session.execute(update(ToldSheet).where(sheet).values(number=revision["number"]))
    session.execute(_add_revision(on_postgres(session)), revision)


def replace_cells(session: Session, sheet: uuid.UUID, body: Figures, *, had: bool = True) -> None:
    """The whole scope: whatever stood and is not told any more is gone."""
    if had:
        _empty(session, sheet)
    if on_postgres(session):
        session.execute(text(_CELLS), _cells_of(sheet, body))
        return
    units, elements = [unit.code for unit in body.scope.units], [one.code for one in body.scope.elements]
    rows = [
        (sheet.hex, units[c.unit], elements[c.element], c.numerator, c.denominator, c.value, c.flag)
        for c in body.cells
    ]
    session.connection().exec_driver_sql(_CELLS_ON_SQLITE, rows)


def _empty(session: Session, sheet: uuid.UUID) -> None:
    session.execute(delete(ToldCell).where(ToldCell.sheet_id == sheet))


def _cells_of(sheet: uuid.UUID, body: Figures) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "unit_codes": [unit.code for unit in body.scope.units],
        "elements": [one.code for one in body.scope.elements],
        "cells": msgspec.json.encode(body.cells).decode(),
    }


def put_units(session: Session, body: Figures, as_of: date) -> None:
    """As they are called; names of an older period do not take the place of newer ones."""
    statement = text(_UNITS_ON_POSTGRES if on_postgres(session) else _UNITS_ON_SQLITE)
    session.execute(statement, _units_of(body, as_of))


def _units_of(body: Figures, as_of: date) -> dict[str, Any]:
    units = msgspec.json.encode(body.scope.units).decode()
    return {"within": body.top.code, "units": units, "as_of": as_of.isoformat()}
