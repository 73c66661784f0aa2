"""The provinces and communes of the whole country, from our own file of public facts, and loading them as units.

A node needs the whole list for its pickers and, later, to name its peers. See `data/README.md` for source and date.
"""

import csv
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.units.models import Unit, UnitLink, UnitName
from backend.units.words import fold, sort_key

FILE = Path(__file__).parent / "data" / "vietnam-units-2025-07-01.csv"
COUNTRY, COUNTRY_NAME = "VN", "Việt Nam"
Ids = dict[str, uuid.UUID]


@dataclass(frozen=True)
class Listed:
    """A province or commune as the official list has it. `province`: the province's code, empty for a province."""

    code: str
    kind: str
    level_word: str
    name: str
    province: str
    valid_from: date
    source: str


@cache
def listed() -> tuple[Listed, ...]:
    """Provinces first, then communes."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Listed(**row | {"valid_from": date.fromisoformat(row["valid_from"])})  # type: ignore[arg-type]
            for row in csv.DictReader(lines)
        )


def load(session: Session) -> int:
    """Found every unit of the list that is not there yet, under its province; answers how many were new.

    A unit that is there already, by its code, keeps its name, and gets its place if it has none.
    """
    rows = (_country(), *listed())
    before = _ids(session, (row.code for row in rows))
    new = [row for row in rows if row.code not in before]
    ids = before | {row.code: new_id() for row in new}
    _insert(session, Unit, (_unit(row, ids) for row in new))
    _insert(session, UnitName, (_name(row, ids) for row in new))
    placed = _placed(session, before.values())
    unplaced = [row for row in rows if ids[row.code] not in placed and row.code != COUNTRY]
    _insert(session, UnitLink, (_link(row, ids) for row in unplaced))
    return len(new)


def _country() -> Listed:
    first = listed()[0]
    return Listed(COUNTRY, "country", "", COUNTRY_NAME, "", first.valid_from, first.source)


def _ids(session: Session, codes: Iterable[str]) -> Ids:
    wanted = set(codes)
    rows = session.execute(
        select(Unit.code, Unit.id).where(Unit.kind.in_(("country", "province", "commune")))
    )
    return {code: unit for code, unit in rows if code in wanted}


def _placed(session: Session, units: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    wanted = set(units)
    return wanted & set(session.scalars(select(UnitLink.unit_id).where(UnitLink.tree == "territory")))


def _unit(row: Listed, ids: Ids) -> Mapping[str, object]:
    return {
        "id": ids[row.code],
        "code": row.code,
        "kind": row.kind,
        "valid_from": row.valid_from,
        "valid_to": None,
    }


def _name(row: Listed, ids: Ids) -> Mapping[str, object]:
    return {
        "id": new_id(),
        "unit_id": ids[row.code],
        "name": row.name,
        "level_word": row.level_word,
        "folded": fold(f"{row.level_word} {row.name}"),
        "sort_key": sort_key(row.name),
        "valid_from": row.valid_from,
        "valid_to": None,
    }


def _link(row: Listed, ids: Ids) -> Mapping[str, object]:
    return {
        "id": new_id(),
        "unit_id": ids[row.code],
        "parent_id": ids[row.province or COUNTRY],
        "tree": "territory",
        "valid_from": row.valid_from,
        "valid_to": None,
    }


def _insert(session: Session, table: type, rows: Iterator[Mapping[str, object]]) -> None:
    found = list(rows)
    for start in range(0, len(found), 1000):
        session.execute(insert_into(session, table), found[start : start + 1000])
