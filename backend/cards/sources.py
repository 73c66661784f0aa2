"""Gathering what a card is made of: always the same number of statements, however large the unit is."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period
from backend.cards import ledger
from backend.cards.errors import NotForThisUnit
from backend.cards.evidence import filed_by
from backend.cards.lineup import Stay
from backend.cards.models import Card, CardCheck, CardScore
from backend.cards.payload import Said, Sources
from backend.cards.rules import Base
from backend.cards.shapes import Criterion, Template
from backend.own_calendars.reading import period_of
from backend.targets import catalogue, reasons, series
from backend.targets import queries as plan
from backend.targets.models import PlanIndicator, SeriesReason, TargetSet
from backend.targets.queries import Line
from backend.targets.rules import Asking, asked_of
from backend.units.change import freeze_headcounts
from backend.units.models import FrozenHeadcount, Headcount, Unit
from backend.units.queries import named, newest_heads

Head = dict[str, Any]


def gather(
    session: Session, card: Card, template: Template, period: Period, stays: list[Stay], lineup: str, head: Head,
    known_at: datetime, said_until: datetime, *, is_published: bool = True,
) -> Sources:  # fmt: skip
    """Everything as it was known at that moment; `head` is what no ledger tells. What people said: up to `said_until`."""
    return Sources(
        period=period,
        known_at=known_at,
        said_until=said_until,
        lineup=lineup,
        base=base_of(session, card, template, stays, known_at, said_until, is_published=is_published),
        said=_with_reasons(
            said(session, card.id, said_until), reasons_told(session, card, template, period, said_until)
        ),
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
    *,
    is_published: bool = True,
) -> Base:
    measures, heads_of = template.measures, heads if is_published else heads_now
    found = heads_of(session, card, template, said_until)
    return Base(
        counts=ledger.counts(session, stays, measures, known_at).get(card.unit_id, {}),
        counted=ledger.ever_counted(session, stays, measures, known_at).get(card.unit_id, frozenset()),
        heads={population: one.people for population, one in found.items()},
        heads_from={
            population: {"on_date": one.on_date.isoformat(), "source": one.source}
            for population, one in found.items()
        },
    )


# --- denominators -----------------------------------------------------------------------------------------------


def heads_key(card: uuid.UUID, population: str) -> uuid.UUID:
    """In whose name a card's headcounts of a population are frozen."""
    return uuid.uuid5(card, population)


def freeze_heads(session: Session, card: Card, template: Template, moment: datetime) -> None:
    """The newest headcount of each population that has none yet; where nobody counted, it stays unknown."""
    held, until = heads(session, card, template), last_day(card, moment)
    for population in sorted(template.populations - held.keys()):
        key = heads_key(card.id, population)
        freeze_headcounts(session, key, [card.unit_id], population, moment, until=until)
    session.flush()


def last_day(card: Card, moment: datetime) -> date:
    """Until when heads may have been counted that a card divides by: no period is divided by the heads of a later one, and
    none by a day that is still to come."""
    return min(period_of(card).last, clock.local_day(moment))


def heads_now(
    session: Session, card: Card, template: Template, until: datetime | None = None
) -> dict[str, Headcount]:
    """For a look at what is not published: what is frozen, and the newest headcount where none is frozen yet, which is the
    one that would be frozen if it were published now."""
    held = heads(session, card, template, until)
    missing = template.populations - held.keys()
    if not missing:
        return held
    found = newest_heads(session, [card.unit_id], last_day(card, clock.now()), missing)
    return {population: row for (_, population), row in found.items()} | held


def heads(
    session: Session, card: Card, template: Template, until: datetime | None = None
) -> dict[str, Headcount]:
    """As frozen; `until`: by then. What people said and what was frozen is known at once, unlike the ledger."""
    keys = {heads_key(card.id, population): population for population in template.populations}
    rows = session.execute(
        select(FrozenHeadcount.frozen_for, Headcount)
        .join(Headcount, Headcount.id == FrozenHeadcount.headcount_id)
        .where(
            FrozenHeadcount.frozen_for.in_(list(keys)),
            FrozenHeadcount.unit_id == card.unit_id,
            *([FrozenHeadcount.frozen_at <= until] if until else []),
        )
    )
    return {keys[key]: headcount for key, headcount in rows}


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
    spots, filed = _spots(session, card, known_at), filed_by(session, card, known_at)
    return {
        code: _said(last.get(code, {}), spots.get(code), is_filed=code in filed)
        for code in {*last, *spots, *filed}
    }


def _with_reasons(found: Mapping[str, Said], told: Mapping[str, SeriesReason]) -> dict[str, Said]:
    """One reason, wherever it was typed: on the card or at the indicator."""
    return dict(found) | {code: replace(found.get(code, Said()), has_reason=True) for code in told}


def _said(sides: Mapping[str, CardScore], spot: tuple[int, int] | None, *, is_filed: bool = False) -> Said:
    own, official, reason = (sides.get(side) for side in ("self", "official", "reason"))
    return Said(
        own=_amount(own),
        official=_amount(official),
        has_evidence=is_filed or bool(own and own.words.strip()),
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
    """What the unit said of itself for that very period; one that was never said, or has no value, stands nowhere."""
    known = _declarable(session, template)
    told = (
        series.standing(session, [one.id for one in known.values()], [card.unit_id], period) if known else {}
    )
    said_of = {code: told.get((one.id, card.unit_id, "declared")) for code, one in known.items()}
    return {
        code: {"value": _text(said.value), "source": said.source}
        for code, said in said_of.items()
        if said is not None
    }


def _declarable(session: Session, template: Template) -> dict[str, PlanIndicator]:
    """Criterion -> the indicator under which units declare the same thing; what no plan here ever named is left out."""
    wanted = {one.code: one.declared_indicator for one in template.criteria if one.declared_indicator}
    known = catalogue.indicators(session, wanted.values()) if wanted else {}
    return {code: known[indicator] for code, indicator in wanted.items() if indicator in known}


def reasons_told(
    session: Session, card: Card, template: Template, period: Period, until: datetime
) -> dict[str, SeriesReason]:
    """Criterion -> why less was counted than declared, as it was written at the indicator by then."""
    known = _declarable(session, template)
    told = (
        reasons.last(session, [one.id for one in known.values()], card.unit_id, period, until)
        if known
        else {}
    )
    return {code: told[one.id] for code, one in known.items() if one.id in told}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


# --- targets ----------------------------------------------------------------------------------------------------


def freeze_targets(session: Session, unit: uuid.UUID, template: Template, period: Period) -> dict[str, Any]:
    """The target of each criterion: that of the plan which governs the unit in that period, else the template's own."""
    wanted = {one.target_indicator for one in template.criteria if one.target_indicator}
    governing = plan.lines_in_force(session, unit, period.last, wanted) if wanted else {}
    found: dict[str, Any] = {}
    for one in template.criteria:
        if held := governing.get(one.target_indicator or ""):
            found[one.code] = _of_plan(one, *held, unit, template, period)
        elif one.target is not None:
            found[one.code] = {"value": str(one.target), "source": "template"}
            if one.target_indicator:
                found[one.code]["is_stand_in"] = True
    return found


def _of_plan(
    one: Criterion, governing: TargetSet, line: Line, unit: uuid.UUID, template: Template, period: Period
) -> dict[str, Any]:
    """What the plan asks of the period, with how it asks it; or why nothing can be held against it."""
    indicator = line.indicator
    higher = indicator.direction == "higher"
    asking = asked_of(
        line.goals, period.first, period.last, template.interpolation, indicator.additivity, higher
    )
    cannot = asking.cannot or _unfit(one, governing, indicator, unit)
    told: dict[str, Any] = {
        "source": governing.document_number or governing.title, "set": str(governing.id), "indicator": indicator.code,
        "direction": indicator.direction, "as_written": _as_written(line, asking), "how": template.interpolation,
    }  # fmt: skip
    if asking.goal is not None:
        told |= {"comparator": asking.goal.comparator, "basis": asking.goal.basis, "year": asking.goal.year}
    if cannot:
        return told | {"value": None, "cannot": cannot}
    told |= {"value": _text(asking.value), "is_between": asking.is_between}
    if asking.goal and asking.goal.value_max is not None:
        told |= {"lowest": _text(asking.goal.value), "highest": _text(asking.goal.value_max)}
    if asking.is_share and asking.goal:
        told |= {"is_share": True, "whole": _text(asking.goal.value)}
    return told


def _unfit(one: Criterion, governing: TargetSet, indicator: PlanIndicator, unit: uuid.UUID) -> str | None:
    """A count asked of the whole has not been shared out; a rate and a count cannot be held against each other."""
    is_rate = indicator.additivity == "ratio"
    if governing.issuer_unit_id != unit and not is_rate:
        return "of_the_whole"
    if one.formula and (one.formula.is_ratio, one.formula.factor) != (is_rate, indicator.factor):
        return "other_unit"
    return None


def _as_written(line: Line, asking: Asking) -> str:
    """The words of the document, of the horizon that is held against the period."""
    year = asking.goal.year if asking.goal else None
    return next((target.as_written for target in line.targets if target.horizon_year == year), "")
