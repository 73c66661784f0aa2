"""Keeps the rule that no column is stored without a reason: `docs/data-map.yaml` names every one, and erasure obeys it."""

import importlib
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Uuid, select
from sqlalchemy.orm import Session

import backend.app
import backend.figures  # noqa: F401 - with the app, every table there is
from backend.db.base import Base
from backend.people.models import Person, SubjectLink
from tests.support.world import World

MAP = yaml.safe_load((Path(__file__).parents[2] / "docs" / "data-map.yaml").read_text(encoding="utf-8"))
TABLES = Base.metadata.tables
FOUR = {"purpose": None, "basis": "bases", "retention": "retentions", "erasure": "erasures"}


def groups() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each group of personal columns with the table it is in."""
    for table, entry in MAP["tables"].items():
        for group in entry["personal"]:
            yield table, group


def columns_with(*erasures: str) -> set[tuple[str, str]]:
    return {
        (t, column) for t, group in groups() if group["erasure"] in erasures for column in group["columns"]
    }


def test_every_table_is_on_the_map_and_no_other() -> None:
    assert set(MAP["tables"]) == set(TABLES)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_column_is_on_the_map_once_and_no_other(table: str) -> None:
    entry = MAP["tables"].get(table, {"personal": [], "impersonal": []})
    listed = [column for group in entry["personal"] for column in group["columns"]] + entry["impersonal"]
    assert Counter(listed) == Counter(column.name for column in TABLES[table].columns)


def test_every_personal_column_says_what_for_on_what_basis_how_long_and_what_erasure_does() -> None:
    silent = [
        (table, group["columns"], word) for table, group in groups() for word in FOUR if not group.get(word)
    ]
    assert silent == []


def test_the_map_uses_only_bases_retentions_and_erasures_that_it_explains() -> None:
    unknown = [
        (table, group[word])
        for table, group in groups()
        for word, known in FOUR.items()
        if known and group[word] not in MAP[known]
    ]
    assert unknown == []


def test_every_job_named_to_delete_exists() -> None:
    for retention in MAP["retentions"].values():
        if retention["by"]:
            module, _, name = retention["by"].rpartition(".")
            assert callable(getattr(importlib.import_module(module), name))


def ids_in(session: Session, wanted: uuid.UUID) -> set[tuple[str, str]]:
    """Every (table, column) that still holds this id."""
    return {
        (table.name, column.name)
        for table in TABLES.values()
        for column in table.columns
        if isinstance(column.type, Uuid) and session.execute(select(table).where(column == wanted)).first()
    }


def text_in(session: Session, words: str) -> set[str]:
    """Every table in which a row still holds these words, in whatever column."""
    return {
        table.name
        for table in TABLES.values()
        if any(words in str(tuple(row)) for row in session.execute(select(table)))
    }


def test_who_leaves_is_gone_from_everywhere_but_where_the_map_says_unlinked(world: World) -> None:
    leaver = world.phone("Nguyễn Thị Rời Đi")
    leaver.take_part()
    leaver.push('{"không": "đọc được"}')
    world.fold()
    with world.database.transaction(writes=False) as session:
        person = session.scalars(select(Person.id).where(Person.name == "Nguyễn Thị Rời Đi")).one()
        subject = session.scalars(select(SubjectLink.subject).where(SubjectLink.person_id == person)).one()
        assert ids_in(session, subject) >= {("fact", "subject"), ("quarantined", "subject")}
    assert leaver.delete("/me", {"pin": "1234"}).status_code == 204
    with world.database.transaction(writes=False) as session:
        assert text_in(session, str(person)) == set()
        assert ids_in(session, subject) <= columns_with("unlinked")
        assert text_in(session, "Rời Đi") == set()
        assert text_in(session, f"+84{leaver.number[1:]}") == set()
