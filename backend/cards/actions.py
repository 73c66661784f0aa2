"""The steps of a card: opened, self-scored with evidence, scored by the level above, locked (contested: `appeals`).

Whoever calls has asked whether the member may; here is what may follow what. Nothing said is overwritten: the last counts.
"""

import uuid
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period, is_over
from backend.cards import appeals, evidence, sources, steps, store
from backend.cards.errors import (
    AppealOpen,
    AppealRunning,
    AppealWaits,
    CheckWrong,
    DifferenceUnexplained,
    EvidenceMissing,
    HeadMissing,
    NotForThisUnit,
    NotThereThen,
    OwnScoreUnexplained,
    PeriodAhead,
    ScoredEarly,
)
from backend.cards.models import LONGEST_WORDS, Card, CardCheck, CardScore
from backend.cards.payload import Said, within
from backend.cards.revisions import period_of
from backend.cards.shapes import Criterion, Template, is_of
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.safeguards.audit import Actor
from backend.targets import declare
from backend.targets.catalogue import indicators
from backend.units.models import Unit

Given = tuple[Decimal | None, str]
"""Points, and the words that go with them"""


def open_card(session: Session, unit: uuid.UUID, template_code: str, period: Period, by: Actor) -> Card:
    """The card there is, or a new one: template, targets and headcounts are fixed now.

    Raises TemplateUnknown, NotForThisUnit, NotThereThen, PeriodAhead.
    """
    if found := store.card_of(session, unit, template_code, period):
        return found
    if period.first > clock.today():
        raise PeriodAhead
    template = store.template_for(session, template_code, period, unit)
    place = session.get_one(Unit, unit)
    if template.kind != "scored" or template.unit_kind != place.kind or not is_of(template, period):
        raise NotForThisUnit
    if place.valid_from > period.last or (place.valid_to and place.valid_to <= period.first):
        raise NotThereThen
    made = _made(session, unit, template, period)
    if made is None:  # somebody else opened it in the same moment
        return store.card_of(session, unit, template_code, period) or open_card(
            session, unit, template_code, period, by
        )
    sources.freeze_heads(session, made, template, clock.now())
    steps.take(session, made, "opened", by)
    return made


def _made(session: Session, unit: uuid.UUID, template: Template, period: Period) -> Card | None:
    """None where there is one by now: the database decides, not the look before."""
    row = {
        "id": new_id(), "unit_id": unit, "template": template.code, "calendar": period.calendar, "period": period.code,
        "template_sha": template.sha256, "state": "open", "answers_title": "", "answers_name": "",
        "frozen": {"targets": sources.freeze_targets(session, unit, template, period)}, "opened_at": clock.now(),
        "appeal_waived": False,
    }  # fmt: skip
    session.execute(insert_into(session, Card).values(row).on_conflict_do_nothing())
    return session.get(Card, row["id"])


def name_head(session: Session, card_id: uuid.UUID, title: str, name: str, by: Actor) -> Card:
    """Who answers for the unit's card: title and name as the unit typed them. Raises HeadMissing, WrongState."""
    card = steps.held(session, card_id, "open", "self_scored", "official")
    if not title.strip() or not name.strip():
        raise HeadMissing
    card.answers_title, card.answers_name = title.strip()[:120], name.strip()[:120]
    steps.take(session, card, "named", by)
    return card


def self_score(session: Session, card_id: uuid.UUID, given: Mapping[str, Given], by: Actor) -> Card:
    """The unit's own points with evidence, in words or as a file. Raises CriterionUnknown, PointsOutside, EvidenceMissing, WrongState."""
    card = steps.held(session, card_id, "open", "self_scored")
    template = store.template_with(session, card.template_sha)
    filed = evidence.filed_by(session, card.id, clock.now())
    for code, (points, words) in given.items():
        criterion = steps.criterion_of(template, code)
        has_evidence = bool(words.strip()) or code in filed
        if points is not None and criterion.must_have_evidence and not has_evidence:
            raise EvidenceMissing(criterion=criterion.title["vi"])
        steps.give_points(session, card, criterion, "self", points, words, by)
    card.state = "self_scored"
    steps.take(session, card, "self_scored", by)
    return card


def give_reason(session: Session, card_id: uuid.UUID, code: str, words: str, by: Actor) -> Card:
    """Why less was measured than was declared before. What the indicator's own page tells is the same reason, kept once.

    Raises ReasonMissing, CriterionUnknown, WrongState.
    """
    card = steps.held(session, card_id, "open", "self_scored", "official")
    criterion, words = steps.criterion_of(steps.template_of(session, card), code), steps.reason_in(words)
    known = indicators(session, [criterion.declared_indicator or ""])
    if one := known.get(criterion.declared_indicator or ""):
        declare.give_reason(session, one, card.unit_id, period_of(card), words, by.id)
    else:
        steps.give_points(session, card, criterion, "reason", None, words, by)
    steps.take(session, card, "reasoned", by)
    return card


def official_score(
    session: Session,
    card_id: uuid.UUID,
    given: Mapping[str, Given],
    by: Actor,
    computed: Mapping[str, Decimal | None] | None = None,
) -> Card:
    """The points of the level above, once the period is over; None takes them back.

    One that differs from what the ledger gives, or from the unit's own, has a reason. One that is just what the ledger
    gives is none of its own: what comes late still moves it. What is left as it stood is not given anew.

    Raises CriterionUnknown, PointsOutside, DifferenceUnexplained, OwnScoreUnexplained, AppealWaits, ScoredEarly, WrongState.
    """
    card = steps.held(session, card_id, "open", "self_scored", "official")
    if not is_over(period_of(card), clock.today()):
        raise ScoredEarly
    template, before = steps.template_of(session, card), sources.said(session, card.id, clock.now())
    has_moved = False
    for code, (points, words) in given.items():
        criterion, worked_out = steps.criterion_of(template, code), (computed or {}).get(code)
        said, _ = within(before.get(code, Said()), criterion.most)
        _explained(criterion, points, words, worked_out, said.own)
        steps.proven(criterion, points, said)
        if points == worked_out:
            points = None
        if points == before.get(code, Said()).official and (points is not None or not words.strip()):
            continue
        if session.scalars(appeals.waiting(card, code)).first() is not None:
            raise AppealWaits(criterion=criterion.title["vi"])
        steps.give_points(session, card, criterion, "official", points, words, by)
        has_moved = True
    card.state = "official"
    if has_moved or card.appeal_until is None:
        appeals.may_contest(card, template)
    steps.take(session, card, "scored", by)
    return card


def _explained(
    criterion: Criterion, points: Decimal | None, words: str, computed: Decimal | None, own: Decimal | None
) -> None:
    if points is None or words.strip():
        return
    if computed is not None and points != computed:
        raise DifferenceUnexplained(criterion=criterion.title["vi"])
    if own is not None and points != own:
        raise OwnScoreUnexplained(criterion=criterion.title["vi"])


def spot_check(
    session: Session, card_id: uuid.UUID, code: str, looked: int, held: int, words: str, by: Actor
) -> CardCheck:
    """Raises CheckWrong, CriterionUnknown, WrongState."""
    card = steps.held(session, card_id, "open", "self_scored", "official")
    criterion = steps.criterion_of(steps.template_of(session, card), code)
    if looked <= 0 or not 0 <= held <= looked:
        raise CheckWrong
    made = CardCheck(
        card_id=card.id, criterion=criterion.code, looked=looked, held=held, words=words[:LONGEST_WORDS],
        by=by.id, at=clock.now(),
    )  # fmt: skip
    session.add(made)
    steps.take(session, card, "checked", by, f"{code}: {held}/{looked}")
    return made


# --- the end, and back ------------------------------------------------------------------------------------------


def lock(session: Session, card_id: uuid.UUID, by: Actor) -> Card:
    """Nobody scores it any more; what arrives late still goes to a further revision. Not while the unit may still contest
    what it was given.

    Raises AppealOpen, AppealRunning, WrongState.
    """
    card = steps.held(session, card_id, "open", "self_scored", "official")
    if session.scalars(appeals.waiting(card)).first() is not None:
        raise AppealOpen
    if card.appeal_until and not card.appeal_waived and clock.today() <= card.appeal_until:
        raise AppealRunning(day=f"{card.appeal_until:%d/%m/%Y}")
    card.state = "locked"
    steps.take(session, card, "locked", by)
    return card


def reopen(session: Session, card_id: uuid.UUID, by: Actor, reason: str) -> Card:
    """Raises ReasonMissing, WrongState."""
    card = steps.held(session, card_id, "locked")
    words = steps.reason_in(reason)
    has_official = session.scalars(
        select(CardScore.id).where(CardScore.card_id == card.id, CardScore.side == "official")
    ).first()
    card.state = "official" if has_official else "open"
    steps.take(session, card, "reopened", by, words)
    return card
