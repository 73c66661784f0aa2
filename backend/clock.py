"""The one place that asks what time it is, so that a test can say it is one second past due."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

_read: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _read()


def today() -> date:
    """The present day as people in Viet Nam count it."""
    return local_day(now())


def local_day(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()


def milliseconds(moment: datetime) -> int:
    """Unix time in milliseconds."""
    return round(moment.timestamp() * 1000)


def iso(moment: datetime) -> str:
    """'2026-11-22T03:00:00.125Z': how moments are written on the wire."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_milliseconds(unix_ms: int) -> datetime:
    return datetime.fromtimestamp(unix_ms / 1000, UTC)


@contextmanager
def stopped_at(moment: datetime) -> Iterator[Callable[[timedelta], None]]:
    """Stop the clock at `moment`; the yielded function moves it on. For tests and for seeding a living past."""
    global _read
    before, here = _read, [moment]
    _read = lambda: here[0]  # noqa: E731

    def move(by: timedelta) -> None:
        here[0] += by

    try:
        yield move
    finally:
        _read = before
