"""Rules are tested without database, clock or web; whoever reaches for a database here is told so."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from sqlalchemy import Engine

# The machine that runs this may be busy with other workers: a slow example is not a wrong one.
settings.register_profile("rules", deadline=None, max_examples=60)
settings.load_profile("rules")


def _refuse(*_args: object, **_kwargs: object) -> None:
    raise AssertionError("a rule reached for the database")


@pytest.fixture(autouse=True, scope="module")
def no_database() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "connect", _refuse)
        yield
