"""A moment from another node is one that exists and that every page can write, or what says it is refused."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from backend.certificates.from_above import RevokedIn
from backend.federation.documents.acks import Ack
from backend.federation.documents.passing import Sum
from backend.federation.shapes import read_day, read_moment
from campaigns.pack.sealed import Sealed

GOOD = datetime(2026, 11, 20, 3, tzinfo=UTC)
UNWRITTEN = ("0001-01-01T00:00:00.000Z", "1999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z")
"""There are such moments; in another time zone the first and the last of them have no day."""


def test_a_moment_is_read_with_its_zone() -> None:
    assert read_moment("2026-11-20T03:00:00.000Z") == GOOD
    assert read_moment("2026-11-20T10:00:00+07:00") == datetime(
        2026, 11, 20, 10, tzinfo=timezone(timedelta(hours=7))
    )


@pytest.mark.parametrize(
    "text", ["", "hôm nay", "2026-13-45T99:99:99.000Z", "2026-02-30T00:00:00.000Z", "2026-11-20T03:00:00", *UNWRITTEN]
)  # fmt: skip
def test_what_no_page_can_write_is_no_moment(text: str) -> None:
    assert read_moment(text) is None


def test_a_day_that_is_on_no_calendar_is_no_day() -> None:
    assert read_day("2026-02-28") == GOOD.date().replace(month=2, day=28)
    assert read_day("2026-02-31") is None


BODIES: list[tuple[Any, str]] = [
    (Ack("targets/05", 1, "0" * 64, "applied", "", "", GOOD), "at"),
    (Sum("targets/05", 1, "0" * 64, 1, 0, 1, 0, 0, 0, GOOD), "at"),
    (RevokedIn("ABCD-EFGH-ABCD-EFGH-ABCD-EFGH", GOOD, "máy chủ bị lấy cắp"), "since"),
    (Sealed(b"0" * 12, b"", "0" * 64, "0" * 64, GOOD, ()), "opens_at"),
]


@pytest.mark.parametrize(
    ("body", "name"), BODIES, ids=lambda one: one if isinstance(one, str) else type(one).__name__
)
@pytest.mark.parametrize("text", UNWRITTEN)
def test_a_body_with_such_a_moment_is_refused_where_it_is_read(body: Any, name: str, text: str) -> None:
    plain = msgspec.to_builtins(body)
    assert msgspec.json.decode(msgspec.json.encode(plain), type=type(body)) == body
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(plain | {name: text}), type=type(body))
