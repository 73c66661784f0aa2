"""Fixed windows of tries, kept in the database so that every web process counts the same."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import insert_into
from backend.errors import TooManyRequests
from backend.safeguards.models import RateWindow


def count_try(session: Session, key: str, *, limit: int, window_s: int) -> None:
    """Count one more try. Raises TooManyRequests past `limit` tries in the present window of `window_s` seconds."""
    second = int(clock.now().timestamp())
    window = second // window_s * window_s
    statement = insert_into(session, RateWindow).values(key=key, window=window, tries=1)
    statement = statement.on_conflict_do_update(
        index_elements=["key", "window"], set_={"tries": RateWindow.tries + 1}
    ).returning(RateWindow.tries)
    if session.execute(statement).scalar_one() > limit:
        raise TooManyRequests(retry_after_s=window + window_s - second)


def forget_old(session: Session, older_than_s: int = 86_400) -> None:
    session.execute(delete(RateWindow).where(RateWindow.window < int(clock.now().timestamp()) - older_than_s))
