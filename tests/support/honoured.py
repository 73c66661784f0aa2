"""Awards as the register holds them, put there at once: for tests about what is made of them."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.people.models import SubjectLink
from campaigns.award.models import Book, Case, Decision, Entry, Nominee
from tests.support.world import Phone, World

ACHIEVEMENT = "Dẫn đầu phong trào Xóm điển hình"


def subject_of(session: Session, phone: Phone) -> uuid.UUID:
    return session.scalars(
        select(SubjectLink.subject).where(SubjectLink.person_id == uuid.UUID(phone.me["id"]))
    ).one()


def honour(
    world: World,
    who: Phone | uuid.UUID,
    *,
    name: str = "",
    line: str = "state",
    achievement: str = ACHIEVEMENT,
    number: str = "15/QĐ-UBND",
    **more: Any,
) -> uuid.UUID:
    """A line of the commune's register about a person (their phone) or a unit (its id); answers the entry's id."""
    with world.database.transaction() as session:
        person = subject_of(session, who) if isinstance(who, Phone) else None
        unit = who if isinstance(who, uuid.UUID) else None
        book = _book(session, world, line)
        case = Case(
            id=new_id(), activity_id=world.activity, line=line, tier="formal", form="giay-khen", unit_id=world.commune,
            deciding_unit_id=world.commune, achievement=achievement, achievement_key=str(new_id()), chain={},
            made_at=clock.now(), state="registered", round=1, revision=1,
        )  # fmt: skip
        session.add(case)
        session.flush()
        book.last += 1
        decision = Decision(
            id=new_id(), case_id=case.id, unit_id=world.commune, line=line, number=f"{number}-{book.last}",
            number_year=2026, day=date(2026, 11, 20), signer="Ma Văn Chính", signer_title="Chủ tịch",
        )  # fmt: skip
        told = {
            "recipient_kind": "person" if person else "unit", "subject": person, "unit_id": unit,
            "recipient_key": f"person:{person}" if person else f"unit:{unit}", "achievement": achievement,
        }  # fmt: skip
        shown = name or (who.me["name"] if isinstance(who, Phone) else "xóm Đồng Tiến")
        nominee = Nominee(id=new_id(), case_id=case.id, printed_name=shown, facts=[], state="kept", **told)
        session.add_all([decision, nominee])
        session.flush()
        entry = Entry(
            id=new_id(), book_id=book.id, number=book.last, case_id=case.id, decision_id=decision.id,
            nominee_id=nominee.id, name=shown, achievement_key=case.achievement_key, form="giay-khen", guard="",
            entered_at=clock.now(), **(told | more),
        )  # fmt: skip
        session.add(entry)
        session.flush()
        return entry.id


def _book(session: Session, world: World, line: str) -> Book:
    found = session.scalars(select(Book).where(Book.unit_id == world.commune, Book.line == line)).first()
    if found is None:
        found = Book(id=new_id(), unit_id=world.commune, line=line, tier="formal", year=2026, last=0)
        session.add(found)
        session.flush()
    return found
