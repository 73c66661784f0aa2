"""Forgetting: of a person who leaves, and of an activity whose time is over. The register keeps number, form and decision;
the name in it becomes initials. The paper decision in the office is not ours to erase.
"""

import uuid

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend import clock
from backend.certificates.rules import initials
from campaigns.award import thanks, wall
from campaigns.award.models import Appeal, Case, Entry, Handover, Nominee
from campaigns.award.rules import BEFORE_DECISION


def erase(session: Session, subject: uuid.UUID) -> None:
    """Everything a person is known by here."""
    session.execute(delete(Appeal).where(Appeal.subject == subject))
    wall.erase(session, subject)
    thanks.erase(session, subject)
    for nominee in session.scalars(select(Nominee).where(Nominee.subject == subject)).all():
        _forget_nominee(nominee)
    for entry in session.scalars(select(Entry).where(Entry.subject == subject)).all():
        _forget_entry(session, entry)
    session.flush()


def _forget_nominee(row: Nominee) -> None:
    row.subject, row.printed_name, row.facts = None, initials(row.printed_name) or "—", []
    row.recipient_key = f"gone:{row.id}"


def _forget_entry(session: Session, row: Entry) -> None:
    """The guard goes with the key: whoever comes back comes as somebody new."""
    row.subject, row.name = None, initials(row.name) or "—"
    row.recipient_key = f"gone:{row.id}"
    paid = session.get(Handover, row.id)
    if paid is not None:
        paid.to_whom = initials(paid.to_whom) or "—"


def forget(session: Session, activity: uuid.UUID) -> None:
    """The time agreed to is over: appeals go, and the facts behind every name. Whoever was not honoured becomes initials,
    and so do persons on an organiser's list, which rests on their agreement alone; a list nobody decided on goes no
    further. The register of formal awards stays: it is kept by duty, as long as the office keeps its books, and so do the
    awards on the phones of those who have them. Each list once.
    """
    session.execute(delete(Appeal).where(Appeal.activity_id == activity))
    waiting = select(Case).where(Case.activity_id == activity, Case.forgotten_at.is_(None))
    for case in session.scalars(waiting).all():
        _forget_case(session, case)
    session.flush()


def _forget_case(session: Session, case: Case) -> None:
    if case.state in ("drafted", *BEFORE_DECISION):
        case.state = "dropped"
    entered = session.scalars(select(Entry).where(Entry.case_id == case.id)).all()
    if case.tier == "organiser":
        for entry in entered:
            if entry.recipient_kind == "person":
                _forget_entry(session, entry)
    honoured = {entry.nominee_id for entry in entered if not entry.recipient_key.startswith("gone:")}
    is_open = case.state in ("signed", "numbered")
    for nominee in session.scalars(select(Nominee).where(Nominee.case_id == case.id)).all():
        stays = nominee.id in honoured or nominee.recipient_kind == "unit"
        if not stays and (nominee.state == "struck" or not is_open):
            _forget_nominee(nominee)
        nominee.facts = []
    if not is_open:
        case.forgotten_at = clock.now()
