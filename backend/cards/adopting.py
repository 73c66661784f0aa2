"""A card that is open goes over to a newer version of its template."""

import uuid

from sqlalchemy.orm import Session

from backend import clock
from backend.cards import appeals, sources, steps, store, templates
from backend.cards.errors import NothingNewer
from backend.cards.models import Card
from backend.cards.payload import Said, within
from backend.cards.revisions import period_of
from backend.cards.shapes import Template
from backend.safeguards.audit import Actor


def adopt_template(session: Session, card_id: uuid.UUID, by: Actor, reason: str) -> Card:
    """The newest version of its template counts from the next revision on; targets are fixed anew. What is published stays.
    Cards of the period that are opened after it begin with that version too. Points given above a criterion's new most
    count no more; whoever was scored by other rules may contest anew.

    Raises ReasonMissing, WrongState, TemplateChanged, NothingNewer.
    """
    card = steps.held(session, card_id, "open", "self_scored", "official")
    period = period_of(card)
    words, template = steps.reason_in(reason), store.newest_for(session, card, period)
    if template.sha256 == card.template_sha:
        raise NothingNewer
    if template.sha256 == templates.newest_sha(card.template):
        store.freeze(session, period, template, anew=True)
    card.template_sha = store.keep_template(session, template)
    card.frozen = {"targets": sources.freeze_targets(session, card.unit_id, template, period_of(card))}
    sources.freeze_heads(session, card, template, clock.now())
    steps.take(session, card, "template", by, words)
    if beyond := _beyond(session, card, template):
        steps.take(session, card, "dropped", by, ", ".join(beyond))
    if card.state == "official":
        appeals.may_contest(card, template)
    return card


def _beyond(session: Session, card: Card, template: Template) -> list[str]:
    """Criteria with points from before that are more than they give now."""
    held = sources.said(session, card.id, clock.now())
    return [one.title["vi"] for one in template.criteria if within(held.get(one.code, Said()), one.most)[1]]
