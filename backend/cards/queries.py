"""Reading cards: the published bytes, or the live figures, as one shape for pages, reports and inspections."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period
from backend.cards import canonical, restatement, revisions, sources, store
from backend.cards.errors import CardUnknown
from backend.cards.lineup import View
from backend.cards.models import Card, CardAppeal, CardCheck, CardRevision, CardScore, CardStep
from backend.cards.payload import Payload
from backend.cards.restatement import number
from backend.cards.rules import CLOSED_MARKS, Figure, held_against
from backend.cards.shapes import Template
from backend.cards.store import card_of
from backend.cards.words import Words, mark, raise_this
from backend.db.statements import among

__all__ = ["CardView", "CriterionView", "GroupView", "card_of", "card_view", "view_of"]


@dataclass(frozen=True)
class CriterionView:
    """A figure with its two sides, its points by whom, and what would raise it. None is unknown, never zero.

    `denominator_from`: on which day and by whom heads were counted. `evidence`: what the unit wrote when it scored itself. `reason`: why less was measured than was declared.
    """

    code: str
    title: Mapping[str, str]
    explain: Mapping[str, str]
    series: str
    most: Decimal
    noun: str
    is_percent: bool
    numerator: Decimal | None
    denominator: Decimal | None
    denominator_from: Mapping[str, str]
    value: Decimal | None
    target: Decimal | None
    target_source: str | None
    target_told: Mapping[str, Any]
    declared: Decimal | None
    points: Decimal | None
    computed_points: Decimal | None
    self_points: Decimal | None
    official_points: Decimal | None
    evidence: str
    official_words: str
    reason: str
    is_hidden: bool
    marks: tuple[Words, ...]
    mark_codes: tuple[str, ...]
    raise_this: Words
    live_indicator: str | None

    @property
    def weight(self) -> Decimal:
        return self.most

    @property
    def note(self) -> str:
        """Every mark in one line, in Vietnamese."""
        return " ".join(str(one) for one in self.marks)

    @property
    def share(self) -> Decimal:
        """Of its most points, for a bar: 0 to 100."""
        return min(100 * (self.points or Decimal(0)) / self.most, Decimal(100)) if self.most else Decimal(0)


@dataclass(frozen=True)
class GroupView:
    code: str
    title: Mapping[str, str]
    weight: Decimal
    criteria: tuple[CriterionView, ...]

    @property
    def points(self) -> Decimal:
        return sum((row.points for row in self.criteria if row.points is not None), Decimal(0))


@dataclass(frozen=True)
class CardView:
    """`revision` None: live figures, published nowhere. `class_name` None: not complete, or none was reached."""

    card_id: uuid.UUID
    unit: uuid.UUID
    unit_name: str
    template: str
    template_title: Mapping[str, str]
    template_version: int
    rules: str
    period: Period
    state: str
    revision: int | None
    sha256: str | None
    as_known_at: datetime
    answers_for: tuple[str, str]
    groups: tuple[GroupView, ...]
    marks: tuple[Words, ...]
    total: Decimal
    out_of: Decimal
    percent: Decimal | None
    is_complete: bool
    class_name: Mapping[str, str] | None
    is_trial: bool
    is_preset: bool
    confirmed_by: Mapping[str, str] = field(default_factory=dict)

    @property
    def criteria(self) -> list[CriterionView]:
        return [row for group in self.groups for row in group.criteria]


def card_view(
    session: Session,
    unit: uuid.UUID,
    template_code: str,
    period: Period,
    revision: int | None = None,
    *,
    known_at: datetime | None = None,
    live: bool = False,
) -> CardView:
    """The newest revision, or the one asked for; with no revision yet or `live`, the figures as they are now.

    Raises CardUnknown.
    """
    card = card_of(session, unit, template_code, period)
    if card is None:
        raise CardUnknown
    return view_of(session, card, revision, known_at=known_at, live=live)


def view_of(
    session: Session,
    card: Card,
    revision: int | None = None,
    *,
    known_at: datetime | None = None,
    live: bool = False,
    view: View = "was",
) -> CardView:
    """The same for a card at hand. `known_at`: as it would have read then. Raises CardUnknown for a revision that is not."""
    published = None if live or known_at else _revision(session, card.id, revision)
    if published is None:
        payload = restatement.plain(revisions.live(session, card, view, known_at))
        template = store.template_with(session, card.template_sha)
        return _view(session, card, payload, template, None, known_at or clock.now())
    template = store.template_with(session, published.template_sha)
    return _view(
        session, card, canonical.read(published.payload), template, published, published.published_at
    )


def _revision(session: Session, card: uuid.UUID, asked: int | None) -> CardRevision | None:
    if asked is None:
        return revisions.last(session, card)
    query = select(CardRevision).where(CardRevision.card_id == card, CardRevision.number == asked)
    found = session.scalars(query).first()
    if found is None:
        raise CardUnknown
    return found


def _view(
    session: Session,
    card: Card,
    payload: Payload,
    template: Template,
    published: CardRevision | None,
    until: datetime,
) -> CardView:
    said = _words(session, card, template, until)
    sums = payload["total"]
    rated = next((one for one in template.classes if one.code == payload["class"]), None)
    return CardView(
        card_id=card.id,
        unit=card.unit_id,
        unit_name=payload["unit"]["name"],
        template=template.code,
        template_title=template.title,
        template_version=template.version,
        rules=payload["rules"],
        period=revisions.period_of(card),
        state=card.state,
        revision=published.number if published else None,
        sha256=published.sha256 if published else None,
        as_known_at=datetime.fromisoformat(payload["as_known_at"]),
        answers_for=(payload["answers_for"]["title"], payload["answers_for"]["name"]),
        groups=tuple(_group(template, row, said) for row in payload["groups"]),
        marks=tuple(mark(row["code"], row["values"]) for row in payload["marks"]),
        total=Decimal(sums["points"]),
        out_of=Decimal(sums["out_of"]),
        percent=number(sums["percent"]),
        is_complete=sums["is_complete"],
        class_name=rated.title if rated and not payload["is_trial"] else None,
        is_trial=payload["is_trial"],
        is_preset=payload["is_preset"],
        confirmed_by=template.document,
    )


def _group(template: Template, row: Payload, said: Mapping[tuple[str, str], str]) -> GroupView:
    criteria = tuple(_criterion(template, one, said) for one in row["criteria"])
    return GroupView(row["code"], row["title"], Decimal(row["weight"]), criteria)


def _criterion(template: Template, row: Payload, said: Mapping[tuple[str, str], str]) -> CriterionView:
    target = row["target"] or {}
    told = held_against(template[row["code"]], target)
    codes = {one["code"]: one["values"] for one in row["marks"]}
    found = Figure(number(row["numerator"]), number(row["denominator"]), number(row["value"]))
    evidence = said.get((row["code"], "self"), "")
    formula = told.formula
    return CriterionView(
        code=row["code"],
        title=row["title"],
        explain=told.explain,
        series=row["series"],
        most=Decimal(row["most"]),
        noun=row["noun"],
        is_percent=bool(formula and formula.is_ratio and formula.factor == 100),
        numerator=found.numerator,
        denominator=found.denominator,
        denominator_from=row.get("denominator_from") or {},
        value=found.value,
        target=number(target.get("value")),
        target_source=target.get("source"),
        target_told=target,
        declared=number((row["declared"] or {}).get("value")),
        points=number(row["points"]),
        computed_points=number(row["computed"]),
        self_points=number(row["self"]),
        official_points=number(row["official"]),
        evidence=evidence,
        official_words=said.get((row["code"], "official"), ""),
        reason=said.get((row["code"], "reason"), ""),
        is_hidden=bool(CLOSED_MARKS & codes.keys()),
        marks=tuple(mark(code, values) for code, values in codes.items()),
        mark_codes=tuple(codes),
        raise_this=raise_this(told, found, number(target.get("value")), codes, bool(evidence)),
        live_indicator=told.live_indicator,
    )


def _words(session: Session, card: Card, template: Template, until: datetime) -> dict[tuple[str, str], str]:
    """(criterion, side) -> the last words given by then; a reason written at the indicator is the card's too."""
    rows = session.scalars(
        select(CardScore)
        .where(CardScore.card_id == card.id, CardScore.at <= until)
        .order_by(CardScore.at, CardScore.id)
    )
    told = sources.reasons_told(session, card, template, revisions.period_of(card), until)
    said = {(row.criterion, row.side): row.words for row in rows}
    return said | {(code, "reason"): row.words for code, row in told.items()}


# --- around a card ----------------------------------------------------------------------------------------------


def cards_of(session: Session, units: Iterable[uuid.UUID], template: str | None = None) -> list[Card]:
    """Newest period first."""
    query = select(Card).where(Card.unit_id.in_(list(units)))
    if template is not None:
        query = query.where(Card.template == template)
    return list(session.scalars(query.order_by(Card.period.desc(), Card.template)))


def appeals_of(session: Session, card: uuid.UUID) -> list[CardAppeal]:
    return list(session.scalars(select(CardAppeal).where(CardAppeal.card_id == card).order_by(CardAppeal.at)))


def appeals_unanswered(session: Session, units: Iterable[uuid.UUID]) -> list[tuple[CardAppeal, Card]]:
    """On cards of these units, what is due first first. One statement."""
    query = (
        select(CardAppeal, Card)
        .join(Card, Card.id == CardAppeal.card_id)
        .where(CardAppeal.outcome.is_(None), among(Card.unit_id, units))
        .order_by(CardAppeal.answer_due, CardAppeal.at)
    )
    return [(appeal, card) for appeal, card in session.execute(query)]


def checks_of(session: Session, card: uuid.UUID) -> list[CardCheck]:
    return list(session.scalars(select(CardCheck).where(CardCheck.card_id == card).order_by(CardCheck.at)))


def steps_of(session: Session, card: uuid.UUID) -> list[CardStep]:
    return list(
        session.scalars(select(CardStep).where(CardStep.card_id == card).order_by(CardStep.at, CardStep.id))
    )
