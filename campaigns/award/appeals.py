"""Appeals: by whoever was honoured or left out, by whoever proposed; each is answered in words by somebody else."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.errors import NotFound
from backend.participation import changes
from backend.safeguards.audit import Actor, note
from campaigns.award import rules
from campaigns.award.errors import Answered, AppealedAlready, AwardNotYours, OwnAward, WordsMissing
from campaigns.award.hands import KEEPERS, Hand
from campaigns.award.models import WORDS, Appeal, Case, Entry
from campaigns.award.proposals import chain_of
from campaigns.models import Activity, Campaign

NOUN = "award_appeal"


def write(
    session: Session, activity: uuid.UUID, subject: uuid.UUID, words: str, *, entry: uuid.UUID | None = None,
    appeal: uuid.UUID | None = None,
) -> Appeal | None:  # fmt: skip
    """A citizen's, about an own entry or about who is on the list. None where they have one about it already."""
    row = {
        "activity_id": activity,
        "entry_id": entry,
        "case_id": None,
        "subject": subject,
        "proposer_id": None,
    }
    return _put(session, appeal or new_id(), row, words)


def write_for_case(session: Session, case: Case, words: str, by: Hand) -> Appeal:
    """Of whoever proposes, about a case of theirs. Raises AwardNotYours, WordsMissing, AppealedAlready."""
    if not rules.is_reason(words):
        raise WordsMissing
    by.require(chain_of(case).links[0].roles, case.unit_id, case.line)
    row = {
        "activity_id": case.activity_id, "entry_id": None, "case_id": case.id, "subject": None,
        "proposer_id": by.person,
    }  # fmt: skip
    made = _put(session, new_id(), row, words)
    if made is None:
        raise AppealedAlready
    note(session, Actor("staff", by.person), "award.appeal", NOUN, case.id, unit=case.unit_id)
    return made


def _put(session: Session, key: uuid.UUID, row: dict[str, uuid.UUID | None], words: str) -> Appeal | None:
    told = {"id": key, "words": words.strip()[:WORDS], "at": clock.now(), "state": "open", **row}
    made = insert_into(session, Appeal).values(told).on_conflict_do_nothing().returning(Appeal.id)
    return session.get_one(Appeal, key) if session.execute(made).first() else None


def answer(session: Session, appeal_id: uuid.UUID, upheld: bool, words: str, by: Hand) -> Appeal:
    """An answer in words. What follows from it, a revocation or a new list, is a deed of its own.

    Raises NotFound, Answered, AwardNotYours, OwnAward, WordsMissing.
    """
    if not rules.is_reason(words):
        raise WordsMissing
    row = session.get(Appeal, appeal_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if row.state != "open":
        raise Answered
    if by.person == row.proposer_id or (row.subject and row.subject == by.subject):
        raise OwnAward
    unit = _require_answering(session, row, by)
    row.state, row.answer = "upheld" if upheld else "refused", words.strip()[:WORDS]
    row.answered_by, row.answered_at = by.person, clock.now()
    note(session, Actor("staff", by.person), "award.answer", NOUN, row.id, unit=unit)
    if row.subject:
        changes.tell(session, "activity", row.activity_id, "changed", row.subject)
    return row


def _require_answering(session: Session, row: Appeal, by: Hand) -> uuid.UUID:
    """Whoever keeps the book it is about; of a list, whoever keeps the campaign's. Raises AwardNotYours."""
    campaign = session.get_one(Campaign, session.get_one(Activity, row.activity_id).campaign_id)
    unit = _answers(by, case_of(session, row), campaign.owner_unit_id)
    if unit is None:
        raise AwardNotYours
    return unit


def _answers(by: Hand, case: Case | None, owner: uuid.UUID) -> uuid.UUID | None:
    """The unit for which this member may answer; None where they may not."""
    if case is None:
        return owner if by.acts(("emulation_officer", "campaign_admin"), owner, "state") else None
    chain = chain_of(case)
    may = by.acts({*chain.links[-1].roles, *chain.revokes}, case.deciding_unit_id, case.line)
    return case.deciding_unit_id if may else None


def case_of(session: Session, row: Appeal) -> Case | None:
    """The case it is about, straight or through an entry."""
    if row.case_id:
        return session.get_one(Case, row.case_id)
    entry = session.get(Entry, row.entry_id) if row.entry_id else None
    return session.get_one(Case, entry.case_id) if entry else None


def about(session: Session, case: uuid.UUID) -> list[Appeal]:
    """What the proposing unit asked about a case, with the answers; the oldest first."""
    query = select(Appeal).where(Appeal.case_id == case, Appeal.proposer_id.is_not(None))
    return list(session.scalars(query.order_by(Appeal.at, Appeal.id)))


def waiting(session: Session, by: Hand, most: int = 200) -> list[Appeal]:
    """Those this member may answer, the open ones first, oldest first. One statement, however many there are."""
    units = by.units(KEEPERS)
    query = (
        select(Appeal, Case, Campaign.owner_unit_id)
        .join(Activity, Activity.id == Appeal.activity_id)
        .join(Campaign, Campaign.id == Activity.campaign_id)
        .outerjoin(Entry, Entry.id == Appeal.entry_id)
        .outerjoin(Case, Case.id == func.coalesce(Appeal.case_id, Entry.case_id))
        .where(func.coalesce(Case.deciding_unit_id, Campaign.owner_unit_id).in_(units))
        .order_by(Appeal.state != "open", Appeal.at, Appeal.id)
        .limit(most * 2)
    )
    rows = session.execute(query)
    return [row for row, case, owner in rows if _answers(by, case, owner) is not None][:most]
