import pytest

from tests.support.teams import TeamWorld, plant_team
from tests.support.world import World


@pytest.fixture
def field(world: World) -> TeamWorld:
    """The team of hamlet Đồng Tiến with its households."""
    return plant_team(world)
