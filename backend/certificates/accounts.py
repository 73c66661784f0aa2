"""Whose papers may still be made: a person with an account has one until they leave, and nothing of theirs outlives it."""

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.people.models import SubjectLink

AT_ONCE = 500
"""Keys in one statement."""


def account_of(subject: uuid.UUID | None, source: uuid.UUID) -> uuid.UUID | None:
    """The key of a person with an account. Who has none goes by the key of what the paper stands for."""
    return subject if subject != source else None


def held(session: Session, subjects: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those who are still here, kept from leaving until this transaction ends. Ask before anything else is locked:
    whoever leaves holds the own key first, and everything that names it afterwards."""
    wanted = sorted(set(subjects))
    found: set[uuid.UUID] = set()
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        query = select(SubjectLink.subject).where(SubjectLink.subject.in_(some)).order_by(SubjectLink.subject)
        found |= set(session.scalars(query.with_for_update(read=True, key_share=True)))
    return found
