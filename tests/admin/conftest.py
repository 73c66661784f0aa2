import pytest

from tests.admin.desk import Desk, at_desk
from tests.support.world import World


@pytest.fixture
def desk(world: World) -> Desk:
    return at_desk(world)
