"""The story the house was built for: somebody takes part, and the hamlet's figure moves."""

from sqlalchemy import select

from backend.scorecards.models import ScorecardLine
from tests.support.world import World


def test_a_paper_moves_the_figure_of_hamlet_and_commune(world: World) -> None:
    for right in (5, 4, 3, 2, 1, 0):
        verdict = world.phone(f"Người {right}").take_part(right)
        assert (verdict["verdict"], verdict["outcome"]) == ("accepted", "counted")
        assert verdict["result"]["attempt"]["result"]["right"] == right
    world.fold()
    with world.database.transaction(writes=False) as session:
        rows = session.scalars(
            select(ScorecardLine).where(
                ScorecardLine.indicator == "contest_participation", ScorecardLine.period == "all"
            )
        )
        lines = {row.unit_id: row for row in rows}
    assert (lines[world.hamlet].numerator, lines[world.hamlet].denominator) == (6, 40)
    assert (lines[world.commune].numerator, lines[world.commune].denominator) == (6, 70)
