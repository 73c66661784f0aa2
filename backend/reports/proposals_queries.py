"""What a member reads of proposals: what their units wrote, have to answer, or handed on."""

import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session

from backend import clock
from backend.reports.errors import ProposalUnknown
from backend.reports.upward_models import Proposal, ProposalMove
from backend.units.models import Unit
from backend.units.offices import Post
from backend.units.queries import named_to_the_last

MOST = 200

Codes = dict[str, set[str]]
"""Line -> codes of the units for which somebody acts on it."""


def codes_of(session: Session, posts: Collection[Post]) -> Codes:
    ids = {unit for unit, _ in posts}
    codes = dict(session.execute(select(Unit.id, Unit.code).where(Unit.id.in_(ids))).all())
    found: Codes = {}
    for unit, line in posts:
        found.setdefault(line, set()).add(codes[unit])
    return found


def is_mine(row: Proposal, codes: Codes, code: str) -> bool:
    return code in codes.get(row.line, set())


def _touching(codes: Codes) -> ColumnElement[bool]:
    """Written by, held by or gone through one of these."""
    return or_(false(), *(
        and_(Proposal.line == line, or_(
            Proposal.unit_code.in_(own), Proposal.holder_code.in_(own),
            exists().where(ProposalMove.proposal_id == Proposal.id, ProposalMove.unit_code.in_(own)),
        )) for line, own in codes.items()
    ))  # fmt: skip


def seen(session: Session, codes: Codes) -> list[Proposal]:
    """What concerns these units: open ones first, what is due first first."""
    query = select(Proposal).where(_touching(codes))
    return list(session.scalars(query.order_by(Proposal.state.desc(), Proposal.due, Proposal.id).limit(MOST)))


def one(session: Session, proposal: uuid.UUID, codes: Codes) -> Proposal:
    """Raises ProposalUnknown also for what concerns others alone."""
    row = session.scalars(select(Proposal).where(Proposal.id == proposal, _touching(codes))).first()
    if row is None:
        raise ProposalUnknown
    return row


def moves(session: Session, proposal: uuid.UUID) -> list[ProposalMove]:
    """The oldest first."""
    query = select(ProposalMove).where(ProposalMove.proposal_id == proposal)
    return list(session.scalars(query.order_by(ProposalMove.at, ProposalMove.id)))


def overdue(row: Proposal) -> bool:
    return row.state == "open" and row.due < clock.today()


def waiting(session: Session, codes: Codes) -> tuple[list[Proposal], list[Proposal]]:
    """Open ones these units have to answer; and their own, which the unit above has not answered in time."""
    rows = [row for row in seen(session, codes) if row.state == "open"]
    held = [row for row in rows if is_mine(row, codes, row.holder_code)]
    asked = [row for row in rows if overdue(row) and is_mine(row, codes, row.unit_code)]
    return held, asked


def names(session: Session, rows: Collection[Proposal]) -> dict[str, str]:
    """Code -> heading of every unit these name; a unit nobody here knows has its code for a name."""
    codes = {code for row in rows for code in (row.unit_code, row.holder_code)}
    return called(session, codes)


def called(session: Session, codes: Collection[str]) -> dict[str, str]:
    ids = dict(session.execute(select(Unit.id, Unit.code).where(Unit.code.in_(codes))).all())
    known = named_to_the_last(session, ids, clock.today())
    return {code: code for code in codes} | {ids[one]: unit.heading for one, unit in known.items()}
