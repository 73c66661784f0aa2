"""What a person sees and holds of an activity's awards: the own ones, the own appeals, prizes that were published."""

import uuid
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.clock import iso
from campaigns.award import certificates, own, prizes, thanks, wall
from campaigns.award.models import Appeal, Case, Entry, Nominee
from campaigns.award.schemas import AppealOut, AwardOut, MineOut
from campaigns.kind import Desk


def state(desk: Desk) -> str:
    """Of several the one that says most."""
    subject = desk.participant.subject
    entries = (
        select(Entry.id)
        .join(Case, Case.id == Entry.case_id)
        .where(Case.activity_id == desk.activity.id, Entry.subject == subject)
        .where(Entry.revoked_at.is_(None), Entry.void_why.is_(None))
    )
    if desk.session.scalar(entries.limit(1)):
        return "awarded"
    return "appealed" if _appeals(desk.session, subject, desk.activity.id) else "none"


def mine(desk: Desk) -> dict[str, Any]:
    session, subject, activity = desk.session, desk.participant.subject, desk.activity.id
    appeals = _appeals(session, subject, activity)
    told = MineOut(
        state=state(desk),
        awards=[one for one in awards_out(session, subject) if one.activity == activity],
        appeals=[_appeal_out(row) for row in appeals],
        prizes=prizes.public(session, activity),
        may_appeal=may_appeal(desk) and not any(row.entry_id is None for row in appeals),
    )
    return dict(msgspec.to_builtins(told))


def may_appeal(desk: Desk) -> bool:
    """About who is on the list: from the opening until the days for appeals are over."""
    until = desk.activity.closes_at + timedelta(days=desk.settings.appeal_days)
    return desk.activity.state != "scheduled" and desk.now <= until


def awards_out(session: Session, subject: uuid.UUID) -> list[AwardOut]:
    rows = own.awards(session, subject)
    numbers = certificates.numbers_of(session, [row.entry for row in rows]) if rows else {}
    told = select(Entry.id, Case.line).join(Case, Case.id == Entry.case_id).where(Entry.subject == subject)
    lines = {row[0]: row[1] for row in session.execute(told)}
    return [
        AwardOut(
            entry=row.entry, activity=row.activity, name=row.name, achievement=row.achievement, form=row.form,
            form_words=row.form, tier=row.tier, line=lines[row.entry],  # type: ignore[arg-type]
            state="revoked" if row.revoked_at else "standing", register=row.register, decision=row.decision,
            day=row.day.isoformat() if row.day else None, prize=row.prize,
            handed_over=row.handed_over_on.isoformat() if row.handed_over_on else None,
            revoked_why=row.revoked_why, certificate=numbers.get(row.entry),
        )
        for row in rows
    ]  # fmt: skip


def _appeals(session: Session, subject: uuid.UUID, activity: uuid.UUID | None = None) -> list[Appeal]:
    query = select(Appeal).where(Appeal.subject == subject).order_by(Appeal.at, Appeal.id)
    return list(session.scalars(query.where(Appeal.activity_id == activity) if activity else query))


def _appeal_out(row: Appeal) -> AppealOut:
    return AppealOut(row.id, row.entry_id, row.words, row.state, row.answer, iso(row.at))  # type: ignore[arg-type]


def held(session: Session, subject: uuid.UUID) -> list[dict[str, Any]]:
    """Awards, lists the person stands on with the facts behind the name, the own appeals; thanks are told by their room."""
    lists = session.scalars(select(Nominee).where(Nominee.subject == subject).order_by(Nominee.id))
    return [
        *({"award": msgspec.to_builtins(one)} for one in awards_out(session, subject)),
        *(
            {"nominated": row.printed_name, "achievement": row.achievement, "facts": row.facts, "state": row.state}
            for row in lists
        ),
        *({"appeal": msgspec.to_builtins(_appeal_out(row))} for row in _appeals(session, subject)),
        *thanks.held(session, subject),
        *wall.held(session, subject),
    ]  # fmt: skip
