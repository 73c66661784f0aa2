"""Certificates of a decision: what is printed of each line of the register, made as one batch; and taking one back."""

import re
import uuid
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.certificates import batches, designs
from backend.certificates import revoke as taking_back
from backend.certificates.errors import DesignUnknown
from backend.certificates.issue import Words
from backend.certificates.looking import Looked
from backend.certificates.models import Certificate
from backend.certificates.queries import of_source
from backend.safeguards.audit import Actor
from backend.units.words import fold
from campaigns.award import forms, register
from campaigns.award.chain import decision_of
from campaigns.award.errors import AwardNotNow, NobodyNominated
from campaigns.award.givers import Giver, giver_of
from campaigns.award.hands import Hand
from campaigns.award.models import Book, Case, Decision, Entry
from campaigns.award.prizes import of as prizes_of
from campaigns.award.proposals import chain_of, held
from campaigns.models import Activity, Campaign

SOURCE = register.SOURCE


def make(
    session: Session, case: Case, design: uuid.UUID, by: Hand, public_url: str, *, skip_refused: bool = False,
    giver: Giver | None = None, looked: Looked | None = None,
) -> batches.Batch:  # fmt: skip
    """One batch of everything that stands of the case, in the order of the register. A child stands on the list by initials,
    so that is what is printed. `giver`: as the office wrote it; `looked`: what `batches.look` found for the same words before
    this transaction. Behind a decision the day of the decision is printed.

    Raises AwardNotNow before the case is in the book, AwardNotYours, NobodyNominated, DesignUnknown for one the office may
    not print this case with, and what `batches.make` raises.
    """
    case = held(session, case.id)  # whoever revokes waits until its batch is there, and gives the item up
    if case.state != "registered":
        raise AwardNotNow
    by.require(chain_of(case).links[-1].roles, case.deciding_unit_id, case.line)
    if design not in {one.id for one in designs_for(session, case)}:
        raise DesignUnknown
    found = to_print(session, case, giver)
    if not found:
        raise NobodyNominated
    decision = decision_of(session, case.id)
    return batches.make(
        session, SOURCE, case.id, found, design, Actor("staff", by.person), unit=case.deciding_unit_id,
        public_url=public_url, tier=case.tier, line=case.line, issued_on=decision.day if decision else None,
        title=case.achievement, skip_refused=skip_refused, looked=looked,
    )  # fmt: skip


def to_print(session: Session, case: Case, giver: Giver | None = None) -> list[batches.Entry]:
    """Everything that stands of the case, each with the words of its paper."""
    shared = _shared(session, case, giver or giver_of(session, case))
    prizes = {one.id: one.words for one in prizes_of(session, case.activity_id)}
    return [
        _entry(one, number, replace(shared, result=prizes.get(one.prize_id, "") if one.prize_id else ""))
        for one, number in entries_of(session, case)
    ]


def designs_for(session: Session, case: Case) -> list[designs.Known]:
    """What the office may print the case with today: of its tier, and behind a decision of its line."""
    line = case.line if case.tier == "formal" else None
    return designs.usable(session, case.deciding_unit_id, clock.today(), case.tier, line)


def entries_of(session: Session, case: Case) -> list[tuple[Entry, str]]:
    """Standing entries with their place in the book, '7/2026'."""
    query = (
        select(Entry, Book.year)
        .join(Book, Book.id == Entry.book_id)
        .where(Entry.case_id == case.id, Entry.revoked_at.is_(None), Entry.void_why.is_(None))
        .order_by(Entry.number)
    )
    return [(entry, f"{entry.number}/{year}") for entry, year in session.execute(query)]


def _shared(session: Session, case: Case, giver: Giver) -> Words:
    """What every certificate of the case says: who gives it, for what, by which decision."""
    decision, signed = decision_of(session, case.id), case.signed or {}
    campaign = session.get_one(Campaign, session.get_one(Activity, case.activity_id).campaign_id)
    done = "đã có thành tích" if case.tier == "formal" else "đã được ghi nhận"
    return Words(
        name="",
        title=case.achievement,
        issuer=giver.issuer,
        achievement=_slug(f"{campaign.code} {case.form}"),
        deed=f"{done} trong “{campaign.title['vi']}”",
        criteria=case.achievement,
        heading=forms.words_of(case.form),
        decision=_decision_words(decision),
        signer=str(signed.get("signer", "")),
        signer_title=str(signed.get("signer_title", "")),
        place=giver.place,
    )


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(words)).strip("-")[:60]


def _decision_words(decision: Decision | None) -> str:
    return f"Quyết định số {decision.number} ngày {decision.day:%d/%m/%Y}" if decision else ""


def _entry(entry: Entry, number: str, shared: Words) -> batches.Entry:
    # A paper about somebody without an account still needs a key of its own; the entry's leads to nobody.
    is_person = entry.recipient_kind == "person"
    words = replace(
        shared,
        name=entry.name,
        title=entry.achievement,
        criteria=entry.achievement,
        recipient_kind=entry.recipient_kind,  # type: ignore[arg-type]  # a check on the table keeps it known
        register=f"Vào sổ số {number}",
    )
    return batches.Entry(
        entry.id,
        words,
        subject=(entry.subject or entry.id) if is_person else None,
        unit=entry.unit_id if entry.recipient_kind == "unit" else None,
    )


def of_entry(session: Session, entry: uuid.UUID) -> Certificate | None:
    return of_source(session, SOURCE, entry)


def numbers_of(session: Session, entries: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Entry -> the number of its certificate, where one was made."""
    if not entries:
        return {}
    query = select(Certificate.source_id, Certificate.number).where(
        Certificate.source_kind == SOURCE,
        Certificate.source_id.in_(entries),
        Certificate.replaced_by.is_(None),
    )
    return {entry: number for entry, number in session.execute(query) if entry}


def take_back(session: Session, entry: Entry, why: str, by: Hand) -> None:
    """Its certificate too, if there is one. One that still waits in a batch is not drawn any more."""
    batches.give_up(session, SOURCE, entry.id, why)
    found = of_entry(session, entry.id)
    if found is not None:
        taking_back.revoke(session, found, why, Actor("staff", by.person))
