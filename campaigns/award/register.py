"""The register (sổ khen thưởng): gapless numbers, one achievement honoured once, nothing ever taken out."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend import clock
from backend.certificates import accounts, batches
from backend.certificates import queries as papers
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.errors import DomainError, NotFound
from backend.participation import changes
from backend.participation.lease import hold
from backend.safeguards.audit import Actor, note
from backend.units.lineage import Lineage, lineage
from campaigns.award import ledger, prizes, proposals, rules
from campaigns.award.errors import (
    AwardedAlready,
    AwardedElsewhere,
    NotStanding,
    PaperExists,
    PrizeTaken,
    WordsMissing,
)
from campaigns.award.hands import Hand, may_read, require_stranger, trailed
from campaigns.award.models import Book, Case, Decision, Entry, Handover, Nominee

NOUN = "award_entry"
SOURCE = "award"
"""What certificates name as their source; its id is the entry's."""
TWICE = "Trùng: đã được khen về thành tích này"
PRIZED = "Trùng: đã nhận một giải khác"
"""Why a number was crossed out as it was entered. The book is read by more people than the other document may be."""


def enter(session: Session, case: Case, by: Hand, *, cross_out: bool = False) -> list[Entry]:
    """Every name that was kept, in order; answers those that stand. Raises AwardedAlready, PrizeTaken, OverBudget: then
    nothing is entered. `cross_out`: the decision is signed and numbered, so a name that was honoured for it elsewhere
    meanwhile takes its number crossed out, and does not hold up the others.

    Two cases at one moment come one after the other; what slips by is refused by the database.
    """
    kept, guard = _kept(session, case), proposals.chain_of(case).guard
    hold(session, "award_register")
    twice = _twice(session, case, kept, guard, by)
    if twice and not cross_out:
        raise next(iter(twice.values()))
    prizes.check_within(session, case, [one for one in kept if one.id not in twice])
    decision = session.scalars(select(Decision).where(Decision.case_id == case.id)).first()
    book = _book(session, case, (decision.day if decision else clock.today()).year)
    rows = [
        _entry(case, book, one, decision, guard, number) for number, one in enumerate(kept, book.last + 1)
    ]
    for row in rows:
        row.void_why = _why_crossed(twice.get(row.nominee_id))
    book.last += len(rows)
    _write(session, rows)
    return _tell(session, case, book, [row for row in rows if row.void_why is None], by)


def _kept(session: Session, case: Case) -> list[Nominee]:
    """None of them can leave meanwhile; of who has just left there are initials."""
    waiting = select(Nominee.subject).where(Nominee.case_id == case.id, Nominee.subject.is_not(None))
    accounts.held(session, [subject for subject in session.scalars(waiting) if subject])
    session.expire_all()
    return proposals.nominees(session, case.id, "kept")


def _why_crossed(refusal: DomainError | None) -> str | None:
    if refusal is None:
        return None
    return PRIZED if isinstance(refusal, PrizeTaken) else TWICE


def _tell(session: Session, case: Case, book: Book, rows: list[Entry], by: Hand) -> list[Entry]:
    ledger.count(session, case, rows)
    for row in rows:
        if row.subject:
            changes.tell(session, "activity", case.activity_id, "changed", row.subject)
    note(session, Actor("staff", by.person), "award.enter", NOUN, book.id, unit=case.deciding_unit_id,
         reason=str(len(rows)))  # fmt: skip
    return rows


def check(session: Session, case: Case, by: Hand) -> None:
    """What the register would refuse, said at every step at which a name can still be taken off. Raises AwardedAlready,
    PrizeTaken, OverBudget.
    """
    names = proposals.nominees(session, case.id, "proposed", "kept")
    for refusal in _twice(session, case, names, proposals.chain_of(case).guard, by).values():
        raise refusal
    prizes.check_within(session, case, names)


def _write(session: Session, rows: Sequence[Entry]) -> None:
    """What the check before did not see, the constraints do."""
    try:
        with session.begin_nested():
            session.add_all(rows)
            session.flush()
    except IntegrityError as error:
        told = str(error.orig)
        if "prize" in told:
            raise PrizeTaken(name=rows[0].name) from None
        raise AwardedAlready(name=rows[0].name, document="") from None


def _book(session: Session, case: Case, year: int) -> Book:
    """The office's book of that year, held. A new year begins at 1."""
    which = {"unit_id": case.deciding_unit_id, "line": case.line, "tier": case.tier, "year": year}
    session.execute(
        insert_into(session, Book)
        .values(id=new_id(), last=0, **which)
        .on_conflict_do_nothing(index_elements=list(which))
    )
    query = select(Book).filter_by(**which).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _entry(case: Case, book: Book, one: Nominee, decision: Decision | None, guard: str, number: int) -> Entry:
    return Entry(
        id=new_id(), book_id=book.id, number=number, case_id=case.id, decision_id=decision.id if decision else None,
        nominee_id=one.id, recipient_kind=one.recipient_kind, recipient_key=one.recipient_key, subject=one.subject,
        unit_id=one.unit_id, firm_id=one.firm_id, name=one.printed_name, achievement_key=case.achievement_key,
        achievement=one.achievement, form=case.form, guard=guard, prize_id=one.prize_id, prize_scope=one.prize_scope,
        entered_at=clock.now(),
    )  # fmt: skip


# --- one achievement, one award ---------------------------------------------------------------------------------------


def keys_of(recipient_key: str, known: Lineage) -> set[str]:
    """Under what else the same recipient may stand: a unit also as every unit that went into it."""
    kind, _, told = recipient_key.partition(":")
    if kind != "unit":
        return {recipient_key}
    return {f"unit:{one}" for one in known.history({known.today(uuid.UUID(told))})} | {recipient_key}


def honoured(session: Session, keys: Sequence[str], achievement_key: str, guard: str) -> dict[str, Entry]:
    """Recipient -> the standing entry for that achievement."""
    known = lineage(session)
    same = {other: key for key in keys for other in keys_of(key, known)}
    query = select(Entry).where(
        Entry.achievement_key == achievement_key, Entry.guard == guard,
        Entry.revoked_at.is_(None), Entry.void_why.is_(None), Entry.recipient_key.in_(list(same)),
    )  # fmt: skip
    return {same[row.recipient_key]: row for row in session.scalars(query)}


def with_prize(session: Session, scopes: Sequence[str]) -> set[tuple[str, str]]:
    """(recipient, scope) of everybody who has a standing prize there."""
    query = select(Entry.recipient_key, Entry.prize_scope).where(
        Entry.prize_scope.in_(list(scopes)), Entry.prize_id.is_not(None),
        Entry.revoked_at.is_(None), Entry.void_why.is_(None),
    )  # fmt: skip
    return {(key, scope) for key, scope in session.execute(query) if scope}


def _twice(
    session: Session, case: Case, names: Sequence[Nominee], guard: str, by: Hand
) -> dict[uuid.UUID, DomainError]:
    """Nominee -> why the register refuses the name."""
    found = honoured(session, [one.recipient_key for one in names], case.achievement_key, guard)
    prized = with_prize(session, [one.prize_scope for one in names if one.prize_scope])
    refused: dict[uuid.UUID, DomainError] = {}
    for one in names:
        if one.recipient_key in found:
            refused[one.id] = _refusal(session, one, found[one.recipient_key], by)
        elif (one.recipient_key, one.prize_scope or "") in prized:
            refused[one.id] = PrizeTaken(name=one.printed_name)
    return refused


def _refusal(session: Session, one: Nominee, entry: Entry, by: Hand) -> AwardedAlready:
    """Names the document to who may read its case, to nobody else."""
    document = document_for(session, entry, by)
    if document is None:
        return AwardedElsewhere(name=one.printed_name)
    return AwardedAlready(name=one.printed_name, document=document)


def document_for(session: Session, entry: Entry, by: Hand) -> str | None:
    """The document by which it was given, for who may read its case. To the others the line alone would tell that somebody
    is a member of the Party (Law 91/2025/QH15 art. 2)."""
    case = session.get_one(Case, entry.case_id)
    return document_of(session, entry) if may_read(by, case) else None


def document_of(session: Session, entry: Entry) -> str:
    """'15/QĐ-UBND'; the line of the book where there is no decision."""
    decision = session.get(Decision, entry.decision_id) if entry.decision_id else None
    return decision.number if decision else f"sổ số {entry.number}"


# --- numbers taken in error -------------------------------------------------------------------------------------------


def void(session: Session, entry_id: uuid.UUID, why: str, by: Hand) -> Entry:
    """The number was taken in error: it stays in the book, crossed out. What was printed or handed over is not crossed
    out but revoked, by a decision. Raises NotFound, AwardNotYours, OwnAward, WordsMissing, NotStanding, PaperExists.
    """
    if not rules.is_reason(why):
        raise WordsMissing
    entry, case = held(session, entry_id)
    by.require(proposals.chain_of(case).links[-1].roles, case.deciding_unit_id, case.line)
    require_stranger(session, by, case.id)
    _require_no_paper(session, entry, why)
    entry.void_why = why.strip()[:300]
    ledger.take_back(session, entry)
    if entry.subject:
        changes.tell(session, "activity", case.activity_id, "changed", entry.subject)
    note(
        session,
        Actor("staff", by.person),
        "award.void",
        NOUN,
        entry.id,
        unit=case.deciding_unit_id,
        reason=trailed(case, entry.void_why),
    )
    return entry


def _require_no_paper(session: Session, entry: Entry, why: str) -> None:
    """One that waits to be drawn is not drawn any more; asked in this order, one that is being drawn is seen afterwards.
    Raises PaperExists.
    """
    batches.give_up(session, SOURCE, entry.id, why.strip())
    if papers.of_source(session, SOURCE, entry.id) is not None or session.get(Handover, entry.id) is not None:
        raise PaperExists


def held(session: Session, entry_id: uuid.UUID) -> tuple[Entry, Case]:
    """A standing entry and its case, both alone: nobody makes certificates of the case meanwhile. Raises NotFound,
    NotStanding.
    """
    case_id = session.scalar(select(Entry.case_id).where(Entry.id == entry_id))
    if case_id is None:
        raise NotFound
    case = proposals.held(session, case_id)
    entry = session.get_one(Entry, entry_id, with_for_update=True, populate_existing=True)
    if entry.revoked_at is not None or entry.void_why is not None:
        raise NotStanding
    return entry, case
