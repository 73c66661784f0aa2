"""The steps of a card: opened, self-scored with evidence, scored by the level above, contested, answered, locked.

Whoever calls has asked whether the member may; here is what may follow what. Nothing said is overwritten: the last counts.
"""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period, is_over
from backend.cards import sources, store, templates
from backend.cards.errors import (
    AppealAnswered,
    AppealLate,
    AppealOpen,
    AppealRunning,
    AppealTwice,
    AppealWaits,
    CardUnknown,
    CheckWrong,
    CriterionUnknown,
    DifferenceUnexplained,
    EvidenceMissing,
    EvidenceNotHandedIn,
    HeadMissing,
    NotForThisUnit,
    NothingNewer,
    NotThereThen,
    OwnScoreUnexplained,
    PeriodAhead,
    PointsOutside,
    ReasonMissing,
    ScoredEarly,
    WrongState,
)
from backend.cards.models import LONGEST_WORDS, Card, CardAppeal, CardCheck, CardScore, CardStep
from backend.cards.payload import Said, within
from backend.cards.revisions import SHORTEST_REASON, period_of
from backend.cards.shapes import Criterion, Template, is_of
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.safeguards.audit import Actor, note
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
    _step(session, made, "opened", by)
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
    card = _held(session, card_id, "open", "self_scored", "official")
    if not title.strip() or not name.strip():
        raise HeadMissing
    card.answers_title, card.answers_name = title.strip()[:120], name.strip()[:120]
    _step(session, card, "named", by)
    return card


def self_score(session: Session, card_id: uuid.UUID, given: Mapping[str, Given], by: Actor) -> Card:
    """The unit's own points with evidence. Raises CriterionUnknown, PointsOutside, EvidenceMissing, WrongState."""
    card = _held(session, card_id, "open", "self_scored")
    template = store.template_with(session, card.template_sha)
    for code, (points, words) in given.items():
        criterion = _criterion(template, code)
        if points is not None and criterion.must_have_evidence and not words.strip():
            raise EvidenceMissing(criterion=criterion.title["vi"])
        _score(session, card, criterion, "self", points, words, by)
    card.state = "self_scored"
    _step(session, card, "self_scored", by)
    return card


def give_reason(session: Session, card_id: uuid.UUID, code: str, words: str, by: Actor) -> Card:
    """Why less was measured than was declared before. What the indicator's own page tells is the same reason, kept once.

    Raises ReasonMissing, CriterionUnknown, WrongState.
    """
    card = _held(session, card_id, "open", "self_scored", "official")
    criterion, words = _criterion(_template(session, card), code), _reason(words)
    known = indicators(session, [criterion.declared_indicator or ""])
    if one := known.get(criterion.declared_indicator or ""):
        declare.give_reason(session, one, card.unit_id, period_of(card), words, by.id)
    else:
        _score(session, card, criterion, "reason", None, words, by)
    _step(session, card, "reasoned", by)
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
    card = _held(session, card_id, "open", "self_scored", "official")
    if not is_over(period_of(card), clock.today()):
        raise ScoredEarly
    template, before = _template(session, card), sources.said(session, card.id, clock.now())
    has_moved = False
    for code, (points, words) in given.items():
        criterion, worked_out = _criterion(template, code), (computed or {}).get(code)
        said, _ = within(before.get(code, Said()), criterion.most)
        _explained(criterion, points, words, worked_out, said.own)
        _proven(criterion, points, said)
        if points == worked_out:
            points = None
        if points == before.get(code, Said()).official and (points is not None or not words.strip()):
            continue
        if session.scalars(_waiting(card, code)).first() is not None:
            raise AppealWaits(criterion=criterion.title["vi"])
        _score(session, card, criterion, "official", points, words, by)
        has_moved = True
    card.state = "official"
    if has_moved or card.appeal_until is None:
        _may_contest(card, template)
    _step(session, card, "scored", by)
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


def _proven(criterion: Criterion, points: Decimal | None, said: Said) -> None:
    """Where evidence is a must there are no points without it, from nobody. Raises EvidenceNotHandedIn."""
    if points and criterion.must_have_evidence and not said.has_evidence:
        raise EvidenceNotHandedIn(criterion=criterion.title["vi"])


def _waiting(card: Card, code: str | None = None) -> Select[uuid.UUID]:
    """Appeals nobody has answered yet, of one criterion or of all."""
    query = select(CardAppeal.id).where(CardAppeal.card_id == card.id, CardAppeal.outcome.is_(None))
    return query if code is None else query.where(CardAppeal.criterion == code)


def spot_check(
    session: Session, card_id: uuid.UUID, code: str, looked: int, held: int, words: str, by: Actor
) -> CardCheck:
    """Raises CheckWrong, CriterionUnknown, WrongState."""
    card = _held(session, card_id, "open", "self_scored", "official")
    criterion = _criterion(_template(session, card), code)
    if looked <= 0 or not 0 <= held <= looked:
        raise CheckWrong
    made = CardCheck(
        card_id=card.id, criterion=criterion.code, looked=looked, held=held, words=words[:LONGEST_WORDS],
        by=by.id, at=clock.now(),
    )  # fmt: skip
    session.add(made)
    _step(session, card, "checked", by, f"{code}: {held}/{looked}")
    return made


# --- appeals ----------------------------------------------------------------------------------------------------


def appeal(session: Session, card_id: uuid.UUID, code: str, words: str, by: Actor) -> CardAppeal:
    """The unit contests a criterion, once for each time it is scored.

    Raises AppealLate, AppealTwice, ReasonMissing, CriterionUnknown, WrongState.
    """
    card = _held(session, card_id, "official")
    template = _template(session, card)
    if card.appeal_until and clock.today() > card.appeal_until:
        raise AppealLate(day=f"{card.appeal_until:%d/%m/%Y}")
    if _has_contested(session, card, code):
        raise AppealTwice
    made = CardAppeal(
        card_id=card.id,
        criterion=_criterion(template, code).code,
        words=_reason(words),
        by=by.id,
        at=clock.now(),
        answer_due=clock.today() + timedelta(days=template.days["answer"]),
    )
    session.add(made)
    card.appeal_waived = False
    _step(session, card, "appealed", by, code)
    return made


def _may_contest(card: Card, template: Template) -> None:
    """From today on, for as many days as the template gives; what was waived before was about other points."""
    card.appeal_until, card.appeal_waived = clock.today() + timedelta(days=template.days["appeal"]), False


def waive_appeal(session: Session, card_id: uuid.UUID, by: Actor) -> Card:
    """The unit contests nothing, so that the card may be locked before the days are over.

    Raises AppealOpen, AppealLate, WrongState.
    """
    card = _held(session, card_id, "official")
    if card.appeal_waived:
        raise WrongState
    if card.appeal_until and clock.today() > card.appeal_until:
        raise AppealLate(day=f"{card.appeal_until:%d/%m/%Y}")
    if session.scalars(_waiting(card)).first() is not None:
        raise AppealOpen
    card.appeal_waived = True
    _step(session, card, "waived", by)
    return card


def _has_contested(session: Session, card: Card, code: str) -> bool:
    """An appeal waits, or was answered and the criterion has not been scored since."""
    where = (CardAppeal.card_id == card.id, CardAppeal.criterion == code)
    last = session.scalars(select(CardAppeal).where(*where).order_by(CardAppeal.at.desc()).limit(1)).first()
    if last is None or last.answered_at is None:
        return last is not None
    scored_since = select(CardScore.id).where(
        CardScore.card_id == card.id, CardScore.criterion == code, CardScore.side == "official",
        CardScore.at > last.answered_at,
    )  # fmt: skip
    return session.scalars(scored_since).first() is None


def answer_appeal(
    session: Session, appeal_id: uuid.UUID, words: str, by: Actor, points: Decimal | None = None
) -> CardAppeal:
    """With points the score changes, without it stays; the answer says why either way.

    Raises AppealAnswered, ReasonMissing, PointsOutside, WrongState.
    """
    found = appeal_with(session, appeal_id)
    card = _held(session, found.card_id, "official")
    session.refresh(found)
    if found.outcome is not None:
        raise AppealAnswered
    words = _reason(words)
    if points is not None:
        criterion = _criterion(_template(session, card), found.criterion)
        _proven(criterion, points, sources.said(session, card.id, clock.now()).get(criterion.code, Said()))
        _score(session, card, criterion, "official", points, words, by)
    found.outcome = "kept" if points is None else "changed"
    session.flush()  # its own points stand before the answer, not after
    found.answer, found.answered_by, found.answered_at = words, by.id, clock.now()
    _step(session, card, "answered", by, found.criterion)
    return found


def appeal_with(session: Session, appeal_id: uuid.UUID) -> CardAppeal:
    """Raises CardUnknown."""
    found = session.get(CardAppeal, appeal_id)
    if found is None:
        raise CardUnknown
    return found


# --- the end, and back ------------------------------------------------------------------------------------------


def lock(session: Session, card_id: uuid.UUID, by: Actor) -> Card:
    """Nobody scores it any more; what arrives late still goes to a further revision. Not while the unit may still contest
    what it was given.

    Raises AppealOpen, AppealRunning, WrongState.
    """
    card = _held(session, card_id, "open", "self_scored", "official")
    if session.scalars(_waiting(card)).first() is not None:
        raise AppealOpen
    if card.appeal_until and not card.appeal_waived and clock.today() <= card.appeal_until:
        raise AppealRunning(day=f"{card.appeal_until:%d/%m/%Y}")
    card.state = "locked"
    _step(session, card, "locked", by)
    return card


def reopen(session: Session, card_id: uuid.UUID, by: Actor, reason: str) -> Card:
    """Raises ReasonMissing, WrongState."""
    card = _held(session, card_id, "locked")
    words = _reason(reason)
    has_official = session.scalars(
        select(CardScore.id).where(CardScore.card_id == card.id, CardScore.side == "official")
    ).first()
    card.state = "official" if has_official else "open"
    _step(session, card, "reopened", by, words)
    return card


def adopt_template(session: Session, card_id: uuid.UUID, by: Actor, reason: str) -> Card:
    """The newest version of its template counts from the next revision on; targets are fixed anew. What is published stays.
    Cards of the period that are opened after it begin with that version too. Points given above a criterion's new most
    count no more; whoever was scored by other rules may contest anew.

    Raises ReasonMissing, WrongState, TemplateChanged, NothingNewer.
    """
    card = _held(session, card_id, "open", "self_scored", "official")
    period = period_of(card)
    words, template = _reason(reason), store.newest_for(session, card, period)
    if template.sha256 == card.template_sha:
        raise NothingNewer
    if template.sha256 == templates.newest_sha(card.template):
        store.freeze(session, period, template, anew=True)
    card.template_sha = store.keep_template(session, template)
    card.frozen = {"targets": sources.freeze_targets(session, card.unit_id, template, period_of(card))}
    sources.freeze_heads(session, card, template, clock.now())
    _step(session, card, "template", by, words)
    if beyond := _beyond(session, card, template):
        _step(session, card, "dropped", by, ", ".join(beyond))
    if card.state == "official":
        _may_contest(card, template)
    return card


def _beyond(session: Session, card: Card, template: Template) -> list[str]:
    """Criteria with points from before that are more than they give now."""
    held = sources.said(session, card.id, clock.now())
    return [one.title["vi"] for one in template.criteria if within(held.get(one.code, Said()), one.most)[1]]


# --- inside -----------------------------------------------------------------------------------------------------


def _held(session: Session, card_id: uuid.UUID, *states: str) -> Card:
    card = store.card(session, card_id, hold=True)
    if card.state not in states:
        raise WrongState
    return card


def _template(session: Session, card: Card) -> Template:
    return store.template_with(session, card.template_sha)


def _criterion(template: Template, code: str) -> Criterion:
    found = next((one for one in template.criteria if one.code == code), None)
    if found is None:
        raise CriterionUnknown(criterion=code[:40])
    return found


def _score(
    session: Session,
    card: Card,
    criterion: Criterion,
    side: str,
    points: Decimal | None,
    words: str,
    by: Actor,
) -> None:
    if points is not None and not (points.is_finite() and 0 <= points <= criterion.most):
        raise PointsOutside(criterion=criterion.title["vi"], most=criterion.most)
    hundredths = None if points is None else round(points * 100)
    session.add(
        CardScore(
            card_id=card.id, criterion=criterion.code, side=side, points=hundredths, words=words.strip()[:LONGEST_WORDS],
            by=by.id, at=clock.now(),
        )
    )  # fmt: skip


def _reason(words: str) -> str:
    if sum(letter.isalpha() for letter in words) < SHORTEST_REASON:
        raise ReasonMissing
    return words.strip()[:LONGEST_WORDS]


def _step(session: Session, card: Card, step: str, by: Actor, reason: str = "") -> None:
    session.add(CardStep(card_id=card.id, step=step, by=by.id, at=clock.now(), reason=reason[:500]))
    note(session, by, f"card.{step}", "card", card.id, unit=card.unit_id, reason=reason[:500] or None)
    session.flush()
