"""What is read of awards: a unit's wall, cases and books as this member of staff may see them."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from backend.units.lineage import with_history
from campaigns.award import certificates
from campaigns.award.hands import Hand, may_read
from campaigns.award.models import Book, Case, Decision, Entry, Handover, Nominee, Prize, Step
from campaigns.models import Activity, Campaign

BOOK_READERS = (
    "emulation_officer", "emulation_council", "party_office", "signer", "clerk", "campaign_admin",
)  # fmt: skip
PAGE = 50


@dataclass(frozen=True)
class WallRow:
    """A standing award, as a wall may show it once whoever it names agreed. `subject` leads to the person and is never
    shown; `number`, `day`: those of the decision, None on an organiser's certificate; `entry_number`: in the register.
    """

    entry_id: uuid.UUID
    activity_id: uuid.UUID
    recipient_kind: str
    subject: uuid.UUID | None
    unit_id: uuid.UUID | None
    firm_id: uuid.UUID | None
    name: str
    achievement: str
    form: str
    tier: str
    line: str
    entry_number: int
    year: int
    number: str | None
    day: date | None
    entered_at: datetime


def _standing() -> Any:
    return (
        select(Entry, Book, Case, Decision)
        .join(Book, Book.id == Entry.book_id)
        .join(Case, Case.id == Entry.case_id)
        .outerjoin(Decision, Decision.id == Entry.decision_id)
        .where(Entry.revoked_at.is_(None), Entry.void_why.is_(None))
    )


def wall_rows(session: Session, unit: uuid.UUID, most: int = 500, only: Any = True) -> list[WallRow]:
    """Every standing award the unit decided, proposed or received, newest first. Revoked and void ones are not there, nor
    awards of persons on the Party's line: membership is nobody's business (Law 91/2025/QH15 art. 2).

    `only`: a further condition on `Entry`, asked before the newest `most` are counted off.
    """
    units = with_history(session, [unit])
    query = (
        _standing()
        .where(
            or_(Case.deciding_unit_id.in_(units), Case.unit_id.in_(units), Entry.unit_id.in_(units)),
            or_(Case.line != "party", Entry.recipient_kind == "unit"),
            only,
        )
        .order_by(Entry.entered_at.desc(), Entry.id.desc())
        .limit(most)
    )
    return [_wall_row(*row) for row in session.execute(query)]


def _wall_row(entry: Entry, book: Book, case: Case, decision: Decision | None) -> WallRow:
    return WallRow(
        entry.id, case.activity_id, entry.recipient_kind, entry.subject, entry.unit_id, entry.firm_id, entry.name,
        entry.achievement, entry.form, case.tier, case.line, entry.number, book.year,
        decision.number if decision else None, decision.day if decision else None, entry.entered_at,
    )  # fmt: skip


def withdrawing(session: Session, entry: uuid.UUID) -> Decision | None:
    """The decision by which an entry was taken back; None for one that stands, and for an organiser's certificate."""
    query = select(Decision).join(Entry, Entry.revoked_by_decision == Decision.id)
    return session.scalars(query.where(Entry.id == entry)).first()


@dataclass(frozen=True)
class TakenBack:
    """A decision that withdrew awards. `units`: collectives it names; of persons nothing is said but that there were some."""

    number: str
    day: date
    units: tuple[str, ...]


def taken_back(session: Session, unit: uuid.UUID, since: datetime) -> list[TakenBack]:
    """What was withdrawn by decision since then, of what `wall_rows` would show, the newest first."""
    units = with_history(session, [unit])
    query = (
        select(Decision, Entry.recipient_kind, Entry.name)
        .join(Entry, Entry.revoked_by_decision == Decision.id)
        .join(Case, Case.id == Entry.case_id)
        .where(
            or_(Case.deciding_unit_id.in_(units), Case.unit_id.in_(units), Entry.unit_id.in_(units)),
            or_(Case.line != "party", Entry.recipient_kind == "unit"),
            Entry.revoked_at > since,
        )
        .order_by(Decision.day.desc(), Decision.id, Entry.number)
    )
    found: dict[uuid.UUID, TakenBack] = {}
    for decision, kind, name in session.execute(query):
        row = found.setdefault(decision.id, TakenBack(decision.number, decision.day, ()))
        if kind == "unit":
            found[decision.id] = replace(row, units=(*row.units, name))
    return list(found.values())


# --- cases and books, as the console lists them -----------------------------------------------------------------------


def cases_seen(session: Session, by: Hand, activity: uuid.UUID | None = None, most: int = 200) -> list[Case]:
    """Cases this member has a part in, those on their way first, the newest first."""
    units = {unit for posts in by.posts.values() for unit, _ in posts}
    over = Case.state.in_(("registered", "dropped"))
    query = (
        select(Case)
        .where(or_(Case.unit_id.in_(units), Case.deciding_unit_id.in_(units)))
        .order_by(over, Case.made_at.desc(), Case.id.desc())
        .limit(most)
    )
    rows = session.scalars(query.where(Case.activity_id == activity) if activity else query)
    return [row for row in rows if may_read(by, row)]


def how_many(session: Session, cases: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Case -> names on it that were not struck off."""
    query = select(Nominee.case_id, func.count()).where(Nominee.case_id.in_(cases), Nominee.state != "struck")
    return {row[0]: row[1] for row in session.execute(query.group_by(Nominee.case_id))}


def books_seen(session: Session, by: Hand) -> list[Book]:
    """Registers this member may read, the newest year first."""
    posts = by.everywhere(BOOK_READERS)
    rows = session.scalars(
        select(Book)
        .where(Book.unit_id.in_({unit for unit, _ in posts}))
        .order_by(Book.year.desc(), Book.line, Book.tier, Book.id)
    )
    return [row for row in rows if (row.unit_id, row.line) in posts]


@dataclass(frozen=True)
class BookLine:
    """A line of the register with everything a reader asks about it."""

    entry: Entry
    decision: Decision | None
    withdrawing: Decision | None
    prize: Prize | None
    handover: Handover | None
    certificate: str | None


def book_page(session: Session, book: uuid.UUID, after: int = 0, most: int = PAGE) -> list[BookLine]:
    """From the number after `after` on, in the order of the book: a page costs the same wherever it begins."""
    withdrawing = aliased(Decision)
    query = (
        select(Entry, Decision, withdrawing, Prize, Handover)
        .outerjoin(Decision, Decision.id == Entry.decision_id)
        .outerjoin(withdrawing, withdrawing.id == Entry.revoked_by_decision)
        .outerjoin(Prize, Prize.id == Entry.prize_id)
        .outerjoin(Handover, Handover.entry_id == Entry.id)
        .where(Entry.book_id == book, Entry.number > after)
        .order_by(Entry.number)
        .limit(most)
    )
    rows = session.execute(query).all()
    numbers = certificates.numbers_of(session, [row[0].id for row in rows])
    return [BookLine(*row, numbers.get(row[0].id)) for row in rows]


def steps_with_people(session: Session, case: uuid.UUID) -> list[Step]:
    return list(session.scalars(select(Step).where(Step.case_id == case).order_by(Step.at, Step.id)))


def award_activities(session: Session, owners: Collection[uuid.UUID]) -> list[tuple[Activity, Campaign]]:
    """Activities of awards in campaigns of these units, the newest first."""
    query = (
        select(Activity, Campaign)
        .join(Campaign, Campaign.id == Activity.campaign_id)
        .where(Activity.kind == "award", Campaign.owner_unit_id.in_(owners))
        .order_by(Activity.opens_at.desc(), Activity.id.desc())
    )
    return [(activity, campaign) for activity, campaign in session.execute(query)]


def campaigns_without(session: Session, owners: Collection[uuid.UUID]) -> list[Campaign]:
    """Campaigns of these units that run or have closed and know no awards yet."""
    known = select(Activity.campaign_id).where(Activity.kind == "award")
    query = select(Campaign).where(
        Campaign.owner_unit_id.in_(owners), Campaign.state.in_(("scheduled", "running", "closed")), Campaign.id.not_in(known)
    )  # fmt: skip
    return list(session.scalars(query.order_by(Campaign.made_at.desc(), Campaign.id)))
