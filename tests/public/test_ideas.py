"""The public page of initiatives: who did not agree to be named is a number."""

import pytest

from backend.http import NodeApp
from backend.public.ideas import _names
from campaigns.initiative.gallery import AN_AUTHOR


@pytest.mark.parametrize(
    ("authors", "told"),
    [
        ([AN_AUTHOR], "Một tác giả"),
        ([AN_AUTHOR] * 3, "3 tác giả"),
        (["Ma Văn A"], "Ma Văn A"),
        ([AN_AUTHOR, "Ma Văn A", AN_AUTHOR], "Ma Văn A và 2 tác giả khác"),
    ],
)
def test_authors_are_told_by_name_or_number(one_app: NodeApp, authors: list[str], told: str) -> None:
    with one_app.test_request_context("/sang-kien"):
        assert _names(authors) == told
