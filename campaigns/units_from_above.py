"""A reorganisation from the level above, as this node lives through it: units, people, offices, campaigns, and who speaks
for whom."""

import logging
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.engine import Database
from backend.db.node import this_node
from backend.errors import N_, DomainError
from backend.federation import frames
from backend.federation.documents import giving, reach
from backend.federation.documents.kinds import DocumentKind, Given, Made, NotYet, Speaks
from backend.federation.documents.models import Document, DocumentWithdrawal
from backend.people.from_above import regroup
from backend.units.event_in import UnitsIn, codes_of
from backend.units.models import UnitEvent
from campaigns import handing_over

log = logging.getLogger("lantoa.documents")


def live_through(session: Session, told: UnitsIn) -> bool:
    """The whole of it, on the node that decides and on every node below alike; False where it was lived through before.

    Raises what `backend.people.from_above.regroup` and `campaigns.handing_over.hand_over` raise.
    """
    done = regroup(session, told)
    if not done.is_new:
        return False
    handing_over.hand_over(session, session.get_one(UnitEvent, done.event))
    reach.follow(session, told.closed, {one.unit: one.by_node_of for one in told.served}, told.holds_from)
    return True


def _apply(session: Session, given: Given) -> tuple[Made, ...]:
    told: UnitsIn = given.body
    if told.holds_from > clock.today():
        raise NotYet(datetime.combine(told.holds_from, time(), clock.VIETNAM))
    live_through(session, told)
    return (Made("unit_event", str(told.id)),)


def _speaks(told: UnitsIn) -> Speaks:
    """Units that begin with it stand below nobody yet: where they are placed is asked instead."""
    begun = {one.code for one in told.founded}
    return Speaks(about=frozenset(codes_of(told) - begun), on=told.holds_from - timedelta(days=1))


UNITS = DocumentKind(
    "units", "units/1", UnitsIn, N_("Sắp xếp đơn vị"), _apply, lines=frozenset({"state"}),
    called=lambda body: str(body.document), speaks=_speaks,
)  # fmt: skip
"""Not taken back by itself: what was counted since stands on it. A later event undoes it with a document of its own. On the
State's line alone: communes are the State's, and all lines share the one tree."""


# --- on the node that decided -------------------------------------------------------------------------------------------


def turn(database: Database) -> bool:
    """What this node decided for a day that has come now is lived through here too, each in a transaction of its own; True
    when one was. What does not fit any more is said in the log and looked at again: the papers below say the same."""
    with database.transaction(writes=False) as session:
        ahead = list(due_here(session))
    done = [_live_through(database, told) for told in ahead]
    return any(done)


def _live_through(database: Database, told: UnitsIn) -> bool:
    try:
        with database.transaction() as session:
            return live_through(session, told)
    except DomainError as refused:
        log.error("the reorganisation %s cannot be lived through here: %s", told.id, refused.code)
        return False


def due_here(session: Session) -> list[UnitsIn]:
    """Decided here, not taken back, its day has come, not lived through yet; the earliest first."""
    return [told for told in decided_ahead(session) if told.holds_from <= clock.today()]


def decided_ahead(session: Session) -> list[UnitsIn]:
    """Decided here and not lived through yet, by the day on which it holds. One event may be given out on several lines."""
    gone = select(DocumentWithdrawal.digest)
    query = select(Document).where(
        Document.issuer == str(this_node(session).id), Document.series.startswith(f"{UNITS.name}/"),
        Document.digest.not_in(gone),
    )  # fmt: skip
    known = {str(one) for one in session.scalars(select(UnitEvent.id))}
    left = {row.series: row for row in session.scalars(query) if row.series.partition("/")[2] not in known}
    told = [frames.read_body(giving.opened(row), UnitsIn) for row in left.values()]
    return sorted(told, key=lambda one: (one.holds_from, str(one.id)))
