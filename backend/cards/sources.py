"""Gathering what a card is made of: always the same number of statements, however large the unit is."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.calendars import Period
from backend.cards import ledger
from backend.cards.errors import NotForThisUnit
from backend.cards.lineup import Stay
from backend.cards.models import Card, CardCheck, CardScore
from backend.cards.payload import Said, Sources
from backend.cards.rules import Base, between
from backend.cards.shapes import Template
from backend.targets import queries as plan
from backend.targets.models import TargetSet
from backend.units.change import freeze_headcounts
from backend.units.models import FrozenHeadcount, Headcount, Unit
from backend.units.queries import named

Head = dict[str, Any]


def gather(
    session: Session, card: Card, template: Template, period: Period, stays: list[Stay], lineup: str, head: Head,
    known_at: datetime, said_until: datetime,
) -> Sources:  # fmt: skip
    """Everything as it was known at that moment; `head` is what no ledger tells. What people said: up to `said_until`."""
    return Sources(
        period=period,
        known_at=known_at,
        said_until=said_until,
        lineup=lineup,
        base=base_of(session, card, template, stays, known_at, said_until),
        said=said(session, card.id, said_until),
        head=head,
        dated_ahead=ledger.dated_ahead(session, stays, template.measures, period, known_at),
    )


def base_of(
    session: Session,
    card: Card,
    template: Template,
    stays: list[Stay],
    known_at: datetime,
    said_until: datetime,
) -> Base:
    measures = template.measures
    return Base(
        counts=ledger.counts(session, stays, measures, known_at).get(card.unit_id, {}),
        counted=ledger.ever_counted(session, stays, measures, known_at).get(card.unit_id, frozenset()),
        heads=heads(session, card, template, said_until),
    )


# --- denominators -----------------------------------------------------------------------------------------------


def heads_key(card: uuid.UUID, population: str) -> uuid.UUID:
    """In whose name a card's headcounts of a population are frozen."""
    return uuid.uuid5(card, population)


def freeze_heads(session: Session, card: Card, template: Template, moment: datetime) -> None:
    """The newest headcount of each population that has none yet; where nobody counted, it stays unknown."""
    held = heads(session, card, template)
    for population in sorted(template.populations - held.keys()):
        freeze_headcounts(session, heads_key(card.id, population), [card.unit_id], population, moment)
    session.flush()


def heads(session: Session, card: Card, template: Template, until: datetime | None = None) -> dict[str, int]:
    """As frozen; `until`: by then. What people said and what was frozen is known at once, unlike the ledger."""
    keys = {heads_key(card.id, population): population for population in template.populations}
    rows = session.execute(
        select(FrozenHeadcount.frozen_for, Headcount.people)
        .join(Headcount, Headcount.id == FrozenHeadcount.headcount_id)
        .where(
            FrozenHeadcount.frozen_for.in_(list(keys)),
            FrozenHeadcount.unit_id == card.unit_id,
            *([FrozenHeadcount.frozen_at <= until] if until else []),
        )
    )
    return {keys[row.frozen_for]: row.people for row in rows}


# --- what people said -------------------------------------------------------------------------------------------


def said(session: Session, card: uuid.UUID, known_at: datetime) -> dict[str, Said]:
    """The last word of each side on each criterion, as known then."""
    scores = session.scalars(
        select(CardScore)
        .where(CardScore.card_id == card, CardScore.at <= known_at)
        .order_by(CardScore.at, CardScore.id)
    )
    last: dict[str, dict[str, CardScore]] = {}
    for score in scores:
        last.setdefault(score.criterion, {})[score.side] = score
    spots = _spots(session, card, known_at)
    return {code: _said(last.get(code, {}), spots.get(code)) for code in {*last, *spots}}


def _said(sides: Mapping[str, CardScore], spot: tuple[int, int] | None) -> Said:
    own, official, reason = (sides.get(side) for side in ("self", "official", "reason"))
    return Said(
        own=_amount(own),
        official=_amount(official),
        has_evidence=bool(own and own.words.strip()),
        has_reason=bool(reason and reason.words.strip()),
        spot=spot,
    )


def _amount(score: CardScore | None) -> Decimal | None:
    return score.amount if score else None


def _spots(session: Session, card: uuid.UUID, known_at: datetime) -> dict[str, tuple[int, int]]:
    """Spot checks of a criterion added up."""
    found: dict[str, tuple[int, int]] = {}
    rows = session.scalars(select(CardCheck).where(CardCheck.card_id == card, CardCheck.at <= known_at))
    for row in rows:
        looked, held = found.get(row.criterion, (0, 0))
        found[row.criterion] = (looked + row.looked, held + row.held)
    return found


# --- what no ledger tells ---------------------------------------------------------------------------------------


def head_of(session: Session, card: Card, template: Template, period: Period) -> Head:
    """The names, the targets as frozen, and what was declared, as they stand now; kept with a revision."""
    unit = named(session, card.unit_id, _day_of_name(session, card, period))
    return {
        "unit": {"id": str(unit.id), "code": unit.code, "kind": unit.kind, "name": unit.full_name},
        "answers_for": {"title": card.answers_title, "name": card.answers_name},
        "targets": card.frozen["targets"],
        "declared": _declared(session, card, template, period),
    }


def _day_of_name(session: Session, card: Card, period: Period) -> Any:
    """The last day of the period on which the unit was there."""
    unit = session.get_one(Unit, card.unit_id)
    if unit.valid_from > period.last:
        raise NotForThisUnit
    if unit.valid_to is None or unit.valid_to > period.last:
        return period.last
    return max(unit.valid_from, unit.valid_to.fromordinal(unit.valid_to.toordinal() - 1))


def _declared(session: Session, card: Card, template: Template, period: Period) -> dict[str, Any]:
    found = {}
    for criterion in template.criteria:
        if criterion.declared_indicator is None:
            continue
        told = plan.series(session, criterion.declared_indicator, card.unit_id, period).declared
        if told is not None:
            found[criterion.code] = {"value": _text(told.value), "source": told.source}
    return found


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def freeze_targets(session: Session, unit: uuid.UUID, template: Template, period: Period) -> dict[str, Any]:
    """The target of each criterion: the template's own, or that of the set which governs the unit in that period."""
    wanted = [criterion for criterion in template.criteria if criterion.target_indicator]
    governing = plan.set_of(session, unit, period.last) if wanted else None
    found: dict[str, Any] = {
        criterion.code: {"value": str(criterion.target), "source": "template"}
        for criterion in template.criteria
        if criterion.target is not None
    }
    for criterion in wanted:
        if governing is not None and (
            told := _from_set(session, governing, criterion.target_indicator or "", template, period)
        ):
            found[criterion.code] = told
    return found


def _from_set(
    session: Session, governing: TargetSet, code: str, template: Template, period: Period
) -> dict[str, Any] | None:
    """Between two horizons only as the template says, and marked."""
    line = plan.targets_for(session, governing, code)
    horizons = (
        {row.horizon_year: row.value for row in reversed(line.targets) if row.value is not None}
        if line
        else {}
    )
    value, is_between = between(horizons, period.last.year, template.interpolation)
    if value is None:
        return None
    return {
        "value": str(value), "source": governing.document_number or governing.title, "set": str(governing.id),
        "how": template.interpolation, "is_between": is_between,
    }  # fmt: skip
