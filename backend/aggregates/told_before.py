"""What this node told already, and with which decisions: read before anything more is told."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.aggregates.hiding import Told, told_again
from backend.aggregates.models import AggregateSent
from backend.aggregates.packet import Figures
from backend.db.statements import among
from backend.units.lineage import lineage
from backend.units.models import Unit

FURTHEST_BACK = timedelta(days=800)
"""Two years and a little: a year is checked against the year before it, and against every month in both."""
TELLING = "telling"
"""The lease of who looks at what was told and then tells more."""
_body = msgspec.json.Decoder(Figures)


@dataclass(frozen=True)
class Last:
    """What a parent was told last of a source."""

    peer_id: uuid.UUID
    source: uuid.UUID
    line: str
    dataset: str
    made_of: str
    state: str
    turn: int
    revision: int


def last_told(session: Session, sources: Iterable[uuid.UUID] | None = None) -> list[Last]:
    """Of each parent, source, line and dataset the last telling; one statement."""
    last = (
        select(AggregateSent.peer_id, AggregateSent.source, func.max(AggregateSent.turn).label("turn"))
        .group_by(AggregateSent.peer_id, AggregateSent.source)
        .subquery()
    )
    same = (AggregateSent.peer_id == last.c.peer_id) & (AggregateSent.source == last.c.source)
    rows = select(
        AggregateSent.peer_id, AggregateSent.source, AggregateSent.line, AggregateSent.dataset, AggregateSent.made_of,
        AggregateSent.state, AggregateSent.turn, AggregateSent.revision,
    ).join(last, same & (AggregateSent.turn == last.c.turn))  # fmt: skip
    if sources is not None:
        rows = rows.where(AggregateSent.source.in_(list(sources)))
    return [Last(**row._mapping) for row in session.execute(rows)]


def kin(session: Session, unit: str) -> dict[uuid.UUID, str]:
    """The unit, what went into it and what it went into, with all that went there: id -> code. What was told under the old
    names is about the same people."""
    own = session.scalars(select(Unit.id).where(Unit.code == unit)).first()
    if own is None:
        return {}
    known = lineage(session)
    found = known.history([known.today(own)])
    rows = session.execute(select(Unit.id, Unit.code).where(among(Unit.id, found)).order_by(Unit.code))
    return {row.id: row.code for row in rows}


def told_tables(session: Session, unit: str, until: date) -> list[Told]:
    """Every table told of the unit and of its kin, on every line, to whomever, the oldest first; each once. What its own
    public pages say comes beside it: `shown_here`.
    """
    codes = {unit, *kin(session, unit).values()}
    rows = session.scalars(
        select(AggregateSent.laid)
        .where(
            AggregateSent.unit_code.in_(sorted(codes)), AggregateSent.laid.is_not(None), AggregateSent.last >= until - FURTHEST_BACK,
        )
        .order_by(AggregateSent.made_at, AggregateSent.id)
    )  # fmt: skip
    return [told_again(row) for row in rows if row is not None]


def same_told(session: Session, source: uuid.UUID, line: str, made_of: str) -> AggregateSent | None:
    """The last telling of exactly these figures on that line, to whomever: nobody is told anything else of them."""
    return session.scalars(
        select(AggregateSent)
        .where(
            AggregateSent.source == source, AggregateSent.line == line, AggregateSent.made_of == made_of,
        )
        .order_by(AggregateSent.made_at.desc(), AggregateSent.id.desc())
        .limit(1)
    ).first()  # fmt: skip


def body_in(row: AggregateSent) -> Figures:
    return _body.decode(row.body)
