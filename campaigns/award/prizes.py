"""Prizes: how many there are and of what money, what was given, and what changed hands. May be published without names."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.errors import NotFound
from backend.safeguards.audit import Actor, note
from campaigns.award import rules
from campaigns.award.errors import (
    AwardNotYours,
    NoPrize,
    NothingToRecover,
    OverBudget,
    PrizeThere,
    PrizeWrong,
)
from campaigns.award.hands import Hand
from campaigns.award.models import NAME, Case, Entry, Handover, Nominee, Prize
from campaigns.award.schemas import AwardSettings, PublicPrizeOut
from campaigns.models import Activity, Campaign

NOUN = "award_prize"
KEEPERS = ("emulation_officer", "campaign_admin")
LARGEST = Decimal(10_000_000_000)
MOST_LISTED = 200


@dataclass(frozen=True)
class PrizeTold:
    """A prize as it was typed. `is_new`: it is to be added, so it changes none that is there."""

    code: str
    words: str
    amount: Decimal
    most: int
    per: str = "person"
    source: str = ""
    published: bool = False
    is_new: bool = False


def from_settings(session: Session, activity: Activity, settings: AwardSettings) -> None:
    """The prizes of the rules as they are frozen, in the order they were written."""
    for place, one in enumerate(settings.prizes, start=1):
        row = Prize(
            id=new_id(), activity_id=activity.id, code=one.code, place=place, words=one.vi, amount=Decimal(one.amount),
            per=one.per, most=one.most, source=one.source, published=False,
        )  # fmt: skip
        session.add(row)


def of(session: Session, activity: uuid.UUID) -> list[Prize]:
    query = select(Prize).where(Prize.activity_id == activity)
    return list(session.scalars(query.order_by(Prize.place, Prize.id)))


def require_keeper(session: Session, activity: uuid.UUID, by: Hand) -> Campaign:
    """Raises AwardNotYours unless this member keeps the prizes of the campaign's unit."""
    campaign = session.get_one(Campaign, session.get_one(Activity, activity).campaign_id)
    if not by.acts(KEEPERS, campaign.owner_unit_id, "state"):
        raise AwardNotYours
    return campaign


def put(session: Session, activity: Activity, told: PrizeTold, by: Hand) -> Prize:
    """A prize added or changed. Raises PrizeWrong, PrizeThere, AwardNotYours."""
    campaign = require_keeper(session, activity.id, by)
    there = {row.code: row for row in of(session, activity.id)}
    row = there.get(told.code)
    if row is not None and told.is_new:
        raise PrizeThere(name=row.words)
    given = _given(session, activity.id).get(row.id, 0) if row else 0
    if not told.words.strip() or told.most < max(given, 1) or not 0 <= told.amount <= LARGEST:
        raise PrizeWrong
    if row is None:
        row = Prize(id=new_id(), activity_id=activity.id, code=told.code[:40], place=len(there) + 1)
        session.add(row)
    row.words, row.amount, row.most = told.words.strip()[:200], told.amount, told.most
    row.per, row.source, row.published = told.per, told.source.strip()[:200], told.published
    session.flush()  # the budget is read at once
    note(
        session,
        Actor("staff", by.person),
        "award.prize",
        NOUN,
        row.id,
        unit=campaign.owner_unit_id,
        reason=row.words,
    )
    return row


def made_public(session: Session) -> list[tuple[Activity, Campaign]]:
    """Activities with prizes that were published, of campaigns everybody sees, the newest first."""
    query = (
        select(Activity, Campaign)
        .join(Campaign, Campaign.id == Activity.campaign_id)
        .where(
            Activity.id.in_(select(Prize.activity_id).where(Prize.published)),
            Campaign.state != "draft",
        )
        .order_by(Activity.opens_at.desc(), Activity.id)
        .limit(MOST_LISTED)
    )
    return [(activity, campaign) for activity, campaign in session.execute(query)]


def _given(session: Session, activity: uuid.UUID) -> dict[uuid.UUID, int]:
    query = (
        select(Entry.prize_id, func.count())
        .join(Prize, Prize.id == Entry.prize_id)
        .where(Prize.activity_id == activity, Entry.revoked_at.is_(None), Entry.void_why.is_(None))
        .group_by(Entry.prize_id)
    )
    return {prize: many for prize, many in session.execute(query) if prize}


def _paid(session: Session, activity: uuid.UUID) -> dict[uuid.UUID, tuple[int, Decimal]]:
    """Of what still stands: how many were handed over, and the money as it was then."""
    query = (
        select(Entry.prize_id, func.count(), func.sum(Handover.amount))
        .join(Handover, Handover.entry_id == Entry.id)
        .join(Prize, Prize.id == Entry.prize_id)
        .where(Prize.activity_id == activity, Entry.revoked_at.is_(None), Entry.void_why.is_(None))
        .group_by(Entry.prize_id)
    )
    return {prize: (many, Decimal(money)) for prize, many, money in session.execute(query) if prize}


def _owed(session: Session, activity: uuid.UUID) -> dict[uuid.UUID, Decimal]:
    """Of what was revoked after it was handed over: what has not come back yet."""
    query = (
        select(Entry.prize_id, func.sum(Handover.amount - Handover.recovered))
        .join(Handover, Handover.entry_id == Entry.id)
        .join(Prize, Prize.id == Entry.prize_id)
        .where(Prize.activity_id == activity, Entry.revoked_at.is_not(None))
        .group_by(Entry.prize_id)
    )
    return {prize: Decimal(money) for prize, money in session.execute(query) if prize}


def budget(session: Session, activity: uuid.UUID) -> list[tuple[Prize, rules.Spent]]:
    """Each prize with what was given and handed over."""
    rows = of(session, activity)
    given, paid, owed = _given(session, activity), _paid(session, activity), _owed(session, activity)
    counted = rules.spent(
        {row.code: (row.most, row.amount) for row in rows},
        {row.code: given.get(row.id, 0) for row in rows},
        {row.code: paid[row.id] for row in rows if row.id in paid},
        {row.code: owed[row.id] for row in rows if row.id in owed},
    )
    return list(zip(rows, counted, strict=True))


def check_within(session: Session, case: Case, kept: Sequence[Nominee]) -> None:
    """Raises OverBudget when the case would give more of a prize than there are."""
    for prize, one in budget(session, case.activity_id):
        wanted = sum(1 for nominee in kept if nominee.prize_id == prize.id)
        if wanted > one.left:
            raise OverBudget(prize=prize.words, most=prize.most)


def hand_over(
    session: Session, entry_id: uuid.UUID, on_day: date, to_whom: str, by: Hand, *, words: str = ""
) -> Handover:
    """The prize changed hands. Raises NotFound, NoPrize, AwardNotYours."""
    entry = session.get(Entry, entry_id, with_for_update=True, populate_existing=True)
    if entry is None:
        raise NotFound
    case, prize = (
        session.get_one(Case, entry.case_id),
        session.get(Prize, entry.prize_id) if entry.prize_id else None,
    )
    campaign = require_keeper(session, case.activity_id, by)
    stands = entry.revoked_at is None and entry.void_why is None
    if prize is None or not stands or not to_whom.strip() or on_day > clock.today():
        raise NoPrize
    row = {
        "entry_id": entry.id, "on_day": on_day, "by": by.person, "to_whom": to_whom.strip()[:NAME],
        "amount": prize.amount, "words": words.strip()[:300], "recovered": Decimal(0),
    }  # fmt: skip
    made = insert_into(session, Handover).values(row).on_conflict_do_nothing(index_elements=["entry_id"])
    if session.execute(made.returning(Handover.entry_id)).first() is None:
        raise NoPrize
    note(
        session,
        Actor("staff", by.person),
        "award.hand_over",
        "award_entry",
        entry.id,
        unit=campaign.owner_unit_id,
    )
    return session.get_one(Handover, entry.id)


def recover(session: Session, entry_id: uuid.UUID, on_day: date, amount: Decimal, by: Hand) -> Handover:
    """Money of a revoked prize that came back, all of it so far: it may come in parts. Raises NotFound, NothingToRecover,
    AwardNotYours.
    """
    entry = session.get(Entry, entry_id, with_for_update=True, populate_existing=True)
    if entry is None:
        raise NotFound
    case = session.get_one(Case, entry.case_id)
    campaign = require_keeper(session, case.activity_id, by)
    row = session.get(Handover, entry.id)
    if row is None or entry.revoked_at is None or not row.recovered < amount <= row.amount:
        raise NothingToRecover
    if not row.on_day <= on_day <= clock.today():
        raise NothingToRecover
    row.recovered, row.recovered_on, row.recovered_by = amount, on_day, by.person
    note(
        session,
        Actor("staff", by.person),
        "award.recover",
        "award_entry",
        entry.id,
        unit=campaign.owner_unit_id,
        reason=str(int(amount)),
    )
    return row


def published(session: Session, activity: uuid.UUID) -> list[tuple[Prize, rules.Spent]]:
    """Prizes anybody may read of."""
    return [(row, one) for row, one in budget(session, activity) if row.published]


def public(session: Session, activity: uuid.UUID) -> list[PublicPrizeOut]:
    """The same for the phone; nobody's name."""
    return [
        PublicPrizeOut(
            row.words, int(row.amount), row.per, row.most, one.given, one.handed_over, row.source,
        )
        for row, one in published(session, activity)
    ]  # fmt: skip
