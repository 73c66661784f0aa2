"""The provinces and communes of the whole country: as many as the decision lists, and loaded once however often asked."""

import csv
import time
import unicodedata
from collections import Counter
from datetime import date

import pytest
from sqlalchemy import func, select

from backend.db.engine import Database
from backend.units import national
from backend.units.change import found
from backend.units.models import Unit, UnitLink, UnitName
from backend.units.queries import named, search
from backend.units.trees import subtree
from scripts import compare_units

DAY = date(2026, 11, 22)
COMMUNES = [row for row in national.listed() if row.kind == "commune"]
PROVINCES = [row for row in national.listed() if row.kind == "province"]


def test_there_are_as_many_as_the_decision_lists() -> None:
    assert Counter(row.level_word for row in PROVINCES) == {"tỉnh": 28, "thành phố": 6}
    assert Counter(row.level_word for row in COMMUNES) == {"xã": 2621, "phường": 687, "đặc khu": 13}
    assert len(national.listed()) == 34 + 3321


def test_codes_have_their_shape_and_are_given_once() -> None:
    assert all(row.code.isascii() and row.code.isdigit() for row in national.listed())
    assert {len(row.code) for row in PROVINCES} == {2}
    assert {len(row.code) for row in COMMUNES} == {5}
    assert len({row.code for row in national.listed()}) == len(national.listed())


def test_every_commune_is_in_a_province_there_is() -> None:
    assert {row.province for row in COMMUNES} == {row.code for row in PROVINCES}
    assert {row.province for row in PROVINCES} == {""}


def test_no_two_communes_of_a_province_are_called_the_same() -> None:
    names = Counter((row.province, row.level_word, row.name) for row in COMMUNES)
    assert [name for name, times in names.items() if times > 1] == []


def test_names_are_composed_and_clean() -> None:
    for row in national.listed():
        assert unicodedata.is_normalized("NFC", row.name)
        assert row.name == " ".join(row.name.split())
        assert not row.name.lower().startswith(("xã ", "phường ", "đặc khu ", "tỉnh ", "thành phố "))


def test_every_row_has_its_source_and_day() -> None:
    assert {(row.source, row.valid_from) for row in national.listed()} == {
        ("19/2025/QĐ-TTg", date(2025, 7, 1))
    }


def test_the_oracle_says_the_same() -> None:
    """Fingerprints of the package's codes, names and provinces; level words changed since are not compared."""
    with compare_units.FINGERPRINTS.open(encoding="utf-8", newline="") as lines:
        told = dict(csv.reader(lines))  # type: ignore[arg-type]
    assert compare_units.fingerprints(compare_units.ours()) == told
    assert len(told) == 34 + 1


def test_the_oracle_itself_says_the_same() -> None:
    pytest.importorskip(
        "vietnam_provinces", reason="vietnam-provinces needs Python 3.12; the fingerprints stand in"
    )
    assert set(compare_units.ours()) == set(compare_units.the_oracles())


def test_a_changed_name_would_be_noticed() -> None:
    rows = list(compare_units.ours())
    code, name, province = rows[100]
    rows[100] = (code, name + "x", province)
    assert compare_units.fingerprints(rows) != compare_units.fingerprints(compare_units.ours())


# --- loading ---------------------------------------------------------------------------------------------------------


def test_the_list_is_loaded_once_and_fast(database: Database) -> None:
    began = time.monotonic()
    with database.transaction() as session:
        assert national.load(session) == 3356  # the country too
    assert time.monotonic() - began < 10
    with database.transaction() as session:
        assert national.load(session) == 0
        for table in (Unit, UnitName):
            assert session.scalars(select(func.count()).select_from(table)).one() == 3356
        assert session.scalars(select(func.count()).select_from(UnitLink)).one() == 3355


def test_what_is_there_already_keeps_its_name_and_gets_its_place(database: Database) -> None:
    with database.transaction() as session:
        mine = found(
            session,
            code="05917",
            kind="commune",
            name="Tân Khánh cũ",
            level_word="xã",
            since=date(2025, 7, 1),
        )
        assert national.load(session) == 3355
        here = named(session, mine, DAY)
        assert (here.name, here.parent_name) == ("Tân Khánh cũ", "Thái Nguyên")


def test_the_country_has_its_tree(database: Database) -> None:
    with database.transaction() as session:
        national.load(session)
        (province,) = search(session, "tinh thai nguyen", "province", DAY)
        assert len(subtree(session, province.id, DAY)) == 1 + 92
        assert [unit.full_name for unit in search(session, "tan khanh", "commune", DAY)] == [
            "xã Tân Khánh",
            "phường Tân Khánh",
            "xã Tân Khánh Trung",
        ]


def test_units_of_the_own_commune_stand_first(database: Database) -> None:
    with database.transaction() as session:
        national.load(session)
        (own,) = (unit for unit in search(session, "tan khanh", "commune", DAY) if unit.code == "05917")
        hamlet = found(
            session, code="X-1", kind="hamlet", name="Tân Khánh", level_word="xóm", since=date(2025, 7, 1),
            parents={"territory": own.id},
        )  # fmt: skip
        assert search(session, "tan khanh", None, DAY, first_below=own.id)[0].id == hamlet
