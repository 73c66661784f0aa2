"""The demo's figures are marked as invented, and show a contradiction, an early warning and more than a hundred per cent."""

import uuid

import pytest
from sqlalchemy import select

from backend import clock
from backend.demo import targets
from backend.targets import anomalies, issuing, queries
from backend.targets.models import SeriesReason, SeriesValue, TargetSet
from backend.targets.standing import Asked, judge
from backend.units import change as units
from tests.support.world import SINCE, World


@pytest.fixture
def demo(world: World) -> dict[str, uuid.UUID]:
    """Units by code, with the demo's figures."""
    with world.database.transaction() as session:
        found = {
            code: units.found(session, code=code, kind=kind, name=code, level_word="", since=SINCE)
            for code, kind in (
                ("51", "province"),
                ("21040", "commune"),
                ("05917", "commune"),
                ("05917-DB", "party_organisation"),
            )
        }
        member = world.staff["office"]
        targets.plant(session, found["05917-DB"], {"phuong": member, "minh": member}, clock.now())
    return found


def test_every_invented_figure_and_word_says_that_it_is_invented(
    world: World, demo: dict[str, uuid.UUID]
) -> None:
    with world.database.transaction(writes=False) as session:
        told = [*session.scalars(select(SeriesValue.source)), *session.scalars(select(SeriesReason.words))]
    assert len(told) > 10
    assert [words for words in told if not words.endswith("(số liệu hư cấu cho bản dùng thử)")] == []


def test_there_is_something_to_see(world: World, demo: dict[str, uuid.UUID]) -> None:
    states, shares = set(), []
    with world.database.transaction(writes=False) as session:
        for of in session.scalars(select(TargetSet)):
            lines = queries.targets_of(session, of.id)
            for rows in judge(session, lines, Asked(of.issuer_unit_id, clock.today(), "none")).values():
                states |= {one.progress.why for one in rows} | {one.progress.state for one in rows}
                shares += [one.progress.share for one in rows if one.progress.share]
            if of.issuer_unit_id == demo["51"]:
                assert len(queries.cells(session, of.id)) == 193
                assert anomalies.find(queries.cells(session, of.id), issuing.relations())
    assert {"attained", "likely_miss", "on_track", "zero_denominator"} <= states
    assert max(shares) > 100
