"""The quiet case, on both databases: a month goes up, one commune restates it, and the province has what one node counts."""

from pathlib import Path
from typing import Literal

import pytest

from tests.support.levels import province_and_communes
from tests.support.levels_life import Life


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_month_and_its_restatement_agree_with_one_node(
    tmp_path: Path, engine: Literal["sqlite", "postgres"]
) -> None:
    with province_and_communes(tmp_path, communes=2, database=engine, lines=("state",)) as levels:
        life = Life(levels)
        month = life.begin()
        life.tell()
        levels.courier()
        first = life.compared()
        assert not first.wrong
        assert first.agreed > 20
        life.late(levels.communes[0], month, hamlet=3, people=25, round_=1)
        assert life.compared().wrong, "before it is told, the one node knows more"
        assert life.restate(levels.communes[0], month)
        life.tell()
        levels.courier()
        assert not life.compared().wrong
