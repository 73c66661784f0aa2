"""The list of a commune's units as a file to fill in: what there is already, in the form in which it comes back.

Sent back untouched it changes nothing, and every row shows how a row is written.
"""

import csv
import io
import uuid
from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from sqlalchemy.orm import Session

from backend.units.importing import state
from backend.units.models import Headcount
from backend.units.overview import newest_heads
from backend.units.refusals import Present
from backend.units.vocabulary import (
    COLUMNS,
    KIND_WORDS,
    LEVEL_WORDS_OF_HAMLETS,
    POPULATION_WORDS,
    TREE_WORDS,
)

HEADING = tuple(words[0] for words in COLUMNS.values())
ORDER = tuple(KIND_WORDS)


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """With the mark by which Excel knows UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def as_workbook(rows: Sequence[Sequence[str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Đơn vị")
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def rows(session: Session, commune: uuid.UUID) -> list[list[str]]:
    """The heading and a row for each unit of the commune there is today."""
    known = state(session, commune)
    ours = [
        unit
        for unit in known.units.values()
        if unit.is_ours and not unit.is_closed and unit.code != known.commune and unit.kind in KIND_WORDS
    ]
    heads, join_codes = newest_heads(session), {unit: code for code, unit in known.join_codes.items()}
    ours.sort(key=lambda unit: (ORDER.index(unit.kind), unit.code))
    return [list(HEADING), *(_row(unit, known.commune, heads.get(unit.code), join_codes) for unit in ours)]


def _row(unit: Present, commune: str, heads: Headcount | None, join_codes: Mapping[str, str]) -> list[str]:
    tree, (parent, _since) = next(iter(unit.parents.items()), ("territory", (commune, unit.since)))
    told = {
        "code": unit.code,
        "kind": unit.level_word if unit.level_word in LEVEL_WORDS_OF_HAMLETS else KIND_WORDS[unit.kind][0],
        "level_word": unit.level_word,
        "name": unit.name,
        "parent": parent,
        "tree": TREE_WORDS[tree][0],
        "since": f"{unit.since:%d/%m/%Y}",
        "join_code": join_codes.get(unit.code, ""),
    }
    if heads is not None and heads.population in POPULATION_WORDS:
        told |= {
            "people": str(heads.people),
            "population": next(filter(None, POPULATION_WORDS[heads.population])),
            "counted_on": f"{heads.on_date:%d/%m/%Y}",
            "source": heads.source,
        }
    return [told.get(column, "") for column in COLUMNS]
