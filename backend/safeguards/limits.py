"""Fixed windows of tries, kept in the database so that every web process counts the same."""

from typing import cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import insert_into
from backend.errors import TooManyRequests
from backend.safeguards.models import RateWindow


def count_try(session: Session, key: str, *, limit: int, window_s: int) -> None:
    """Count one more try. Raises TooManyRequests past `limit` tries in the present window of `window_s` seconds."""
    if add(session, key, window_s) > limit:
        raise TooManyRequests(retry_after_s=seconds_left(window_s))


def add(session: Session, key: str, window_s: int) -> int:
    """One more try, and how many that makes in the present window. Tries of one key that race are counted in turn."""
    statement = insert_into(session, RateWindow).values(key=key, window=_window(window_s), tries=1)
    statement = statement.on_conflict_do_update(
        index_elements=["key", "window"], set_={"tries": RateWindow.tries + 1}
    ).returning(RateWindow.tries)
    return cast(int, session.execute(statement).scalar_one())


def tries(session: Session, key: str, window_s: int) -> int:
    """Tries so far in the present window."""
    query = select(RateWindow.tries).where(RateWindow.key == key, RateWindow.window == _window(window_s))
    return session.scalars(query).first() or 0


def forget(session: Session, key: str) -> None:
    session.execute(delete(RateWindow).where(RateWindow.key == key))


def seconds_left(window_s: int) -> int:
    return _window(window_s) + window_s - _second()


def _window(window_s: int) -> int:
    return _second() // window_s * window_s


def _second() -> int:
    return int(clock.now().timestamp())


def forget_old(session: Session, older_than_s: int = 86_400) -> None:
    session.execute(delete(RateWindow).where(RateWindow.window < _second() - older_than_s))
