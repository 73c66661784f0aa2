"""Templates, lineups and cards in the database: written once, read by fingerprint."""

import uuid
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period
from backend.cards import canonical, issued, lineup, shapes, templates
from backend.cards.errors import CardUnknown, TemplateChanged
from backend.cards.lineup import Stay
from backend.cards.models import Card, CardFreeze, CardLineup, CardRevision, CardTemplate
from backend.cards.shapes import Template
from backend.db.statements import insert_into


def keep_template(session: Session, template: Template) -> str:
    """Stores a template when it is first used; answers its fingerprint.

    Raises TemplateChanged where that version holds another content.
    """
    row = {
        "sha256": template.sha256, "code": template.code, "version": template.version,
        "body": template.body, "first_used_at": clock.now(),
    }  # fmt: skip
    session.execute(insert_into(session, CardTemplate).values(row).on_conflict_do_nothing())
    held = session.scalars(
        select(CardTemplate.sha256).where(
            CardTemplate.code == template.code, CardTemplate.version == template.version
        )
    ).one()
    if held != template.sha256:
        raise TemplateChanged(template=template.code, version=template.version)
    return held


def template_for(session: Session, code: str, period: Period, unit: uuid.UUID | None = None) -> Template:
    """The version that counts in that period: one issued on the unit's line, else the shipped one, fixed for everybody by
    the first card that is opened.

    Raises TemplateUnknown, TemplateChanged.
    """
    if unit is not None and (held := issued.issued_for(session, unit, code, period)):
        return template_with(session, held.template_sha)
    key = (code, period.calendar, period.code)
    if session.get(CardFreeze, key) is None:
        freeze(session, period, templates.newest(code))
    return template_with(session, session.get_one(CardFreeze, key).template_sha)


def freeze(session: Session, period: Period, template: Template, *, anew: bool = False) -> None:
    """`anew`: a card of the period goes over to another version, and those opened after it begin with that one."""
    sha = keep_template(session, template)
    row = {"template": template.code, "calendar": period.calendar, "period": period.code, "template_sha": sha}
    session.execute(insert_into(session, CardFreeze).values(row).on_conflict_do_nothing())
    if anew:
        held = session.get_one(CardFreeze, (template.code, period.calendar, period.code))
        held.template_sha = sha
        session.flush()


def template_in_force(session: Session, code: str, period: Period, unit: uuid.UUID | None = None) -> Template:
    """The same without fixing anything: the newest where no card of the period is open yet. Raises TemplateUnknown."""
    if unit is not None and (held := issued.issued_for(session, unit, code, period)):
        return template_with(session, held.template_sha)
    frozen = session.get(CardFreeze, (code, period.calendar, period.code))
    return template_with(session, frozen.template_sha) if frozen else templates.newest(code)


def newest_for(session: Session, card: Card, period: Period) -> Template:
    """What a card that is open could go over to: issued on its unit's line, else the newest that is shipped."""
    if held := issued.issued_for(session, card.unit_id, card.template, period):
        return template_with(session, held.template_sha)
    return templates.newest(card.template)


def template_with(session: Session, sha256: str) -> Template:
    return shapes.read(session.get_one(CardTemplate, sha256).body)


def keep_lineup(session: Session, stays: Iterable[Stay]) -> str:
    body = lineup.to_bytes(stays)
    sha = canonical.fingerprint(body)
    row = {"sha256": sha, "body": body}
    session.execute(insert_into(session, CardLineup).values(row).on_conflict_do_nothing())
    return sha


def lineup_with(session: Session, sha256: str) -> list[Stay]:
    return lineup.read(session.get_one(CardLineup, sha256).body)


def card(session: Session, card_id: uuid.UUID, *, hold: bool = False) -> Card:
    """`hold`: to the end of the transaction, so that two people do not take the same step. Raises CardUnknown."""
    query = select(Card).where(Card.id == card_id)
    if hold:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).first()
    if found is None:
        raise CardUnknown
    return found


def card_of(session: Session, unit: uuid.UUID, template: str, period: Period) -> Card | None:
    return session.scalars(
        select(Card).where(
            Card.unit_id == unit,
            Card.template == template,
            Card.calendar == period.calendar,
            Card.period == period.code,
        )
    ).first()


def newest_revisions(which: ColumnElement[bool]) -> Select[CardRevision]:
    """Of each card the last revision alone: a payload is a whole card, and a card may have a dozen. `which`: of what cards,
    by their `CardRevision.card_id`."""
    last = (
        select(CardRevision.card_id, func.max(CardRevision.number).label("number"))
        .where(which)
        .group_by(CardRevision.card_id)
        .subquery()
    )
    same = (CardRevision.card_id == last.c.card_id) & (CardRevision.number == last.c.number)
    return select(CardRevision).join(last, same)
