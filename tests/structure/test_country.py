"""The country's benchmark counts right: at a size that takes seconds, on both databases, before anybody believes its figures."""

from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from loadtests import country, country_land
from tests.support.postgres import create_database, drop_database

SMALL = Namespace(communes=5, facts=900, rounds=1)


class Quiet:
    def set_postfix_str(self, _: str) -> None:
        pass

    def update(self) -> None:
        pass


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_the_months_the_rebuild_and_the_fold_of_a_small_country_agree(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {}
    monkeypatch.setattr(country, "write", lambda title, words: told.update({title: words}))
    url = f"sqlite:///{tmp_path}/country.sqlite3" if engine == "sqlite" else create_database("small_country")
    try:
        one = country._on_one(SMALL, url, tmp_path, Quiet())
    finally:
        if engine != "sqlite":
            drop_database("small_country")
    assert one.wrong == []
    assert one.cells == (5 + 5) * len(country_land.MEASURES), "five communes of five provinces, each measure"
    assert one.rebuilt_cells > 900 * 5, "a fact counts in five periods, and above"
    assert 50 < one.peak_mb < country.MEMORY_MB
    country._tell(SMALL, [one])
    assert "5 communes x 27 hamlets" in told["Country"]
