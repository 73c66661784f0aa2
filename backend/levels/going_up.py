"""What a level may tell further up: what it accepted and gave out, signed; of the Party's line, which nobody gives out, what
it accepted. Figures that only arrived go nowhere.
"""

import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.aggregates import queries
from backend.aggregates.hiding import Sides
from backend.aggregates.packet import HELD, SHOWN, Approval, Line
from backend.aggregates.queries import Told
from backend.aggregates.released import Figures, Released
from backend.aggregates.told_before import FURTHEST_BACK
from backend.calendars import Period
from backend.cards.models import STATES
from backend.levels.models import LevelAcceptance, LevelPublication
from backend.levels.overview import units_below
from backend.levels.publishing import is_public
from backend.levels.reading import About
from backend.levels.shapes import ACCEPTED
from backend.own_calendars import reading as own_calendars
from backend.units.queries import NamedUnit, named_at_last

WAITS = timedelta(days=15)
"""How long after a period the Party's line waits for parts that were not accepted before it tells what there is."""
Accepted = Mapping[str, tuple[datetime, datetime]]
"""Unit code -> when a revision of its figures was accepted first and last"""
Of = tuple[str, str, str, str]
"""(dataset, line, calendar, period)"""


@dataclass(frozen=True)
class _Given:
    """A publication without its bytes."""

    id: uuid.UUID
    digest: str
    reason: str
    at: datetime


def released(session: Session, unit: uuid.UUID) -> Iterator[Released]:
    """Of the unit this node serves, the newest period first, as far back as what was told is looked at. Three statements, two
    for each of those periods, and the publication's bytes only where its figures are asked for."""
    level = named_at_last(session, unit, clock.today())
    given, accepted = _given(session, unit), _accepted(session)
    for dataset, line, calendar, code in queries.datasets(session):
        of = (dataset, line, calendar, code)
        if not accepted[of]:
            continue
        about = About(dataset, line, own_calendars.period(session, calendar, code))
        if about.period.last < clock.today() - FURTHEST_BACK:
            continue
        if not is_public(about):
            found = _of_accepted(session, level, about, accepted[of])
        elif of in given:
            found = _of_given(session, about, accepted[of], given[of])
        else:
            found = None
        if found is not None:
            yield found


def _given(session: Session, unit: uuid.UUID) -> dict[Of, _Given]:
    """The last publication of each period."""
    of = (LevelPublication.dataset, LevelPublication.line, LevelPublication.calendar, LevelPublication.period)
    mine = LevelPublication.unit_id == unit
    last = select(*of, func.max(LevelPublication.number).label("number")).where(mine).group_by(*of).subquery()
    same = [column == last.c[column.name] for column in (*of, LevelPublication.number)]
    rows = session.execute(
        select(
            *of, LevelPublication.id, LevelPublication.digest, LevelPublication.reason, LevelPublication.published_at
        )
        .join(last, and_(*same))
        .where(mine)
    )  # fmt: skip
    return {(row[0], row[1], row[2], row[3]): _Given(*row[4:]) for row in rows}


def _accepted(session: Session) -> Mapping[Of, Accepted]:
    rows = session.execute(
        select(
            LevelAcceptance.dataset, LevelAcceptance.line, LevelAcceptance.calendar, LevelAcceptance.period,
            LevelAcceptance.unit_code, func.min(LevelAcceptance.at), func.max(LevelAcceptance.at),
        )
        .where(LevelAcceptance.outcome == ACCEPTED)
        .group_by(
            LevelAcceptance.dataset, LevelAcceptance.line, LevelAcceptance.calendar, LevelAcceptance.period,
            LevelAcceptance.unit_code,
        )
    )  # fmt: skip
    found: dict[Of, dict[str, tuple[datetime, datetime]]] = defaultdict(dict)
    for dataset, line, calendar, period, unit, first, last in rows:
        found[dataset, line, calendar, period][unit] = first, last
    return found


# --- what was given out -------------------------------------------------------------------------------------------------


def _of_given(session: Session, about: About, accepted: Accepted, given: _Given) -> Released | None:
    """Told as it was given out, whatever was accepted since; how far the cards have come is told as it stands now."""
    inside = {unit: [at for at in both if at <= given.at] for unit, both in accepted.items()}
    told = _standing(session, about, [unit for unit, before in inside.items() if before])
    if not told:
        return None
    last = max(at for before in inside.values() for at in before)
    steps = (_step("accepted", last), _step("published", given.at))

    def figures() -> Figures:
        statement = session.scalars(
            select(LevelPublication.statement).where(LevelPublication.id == given.id)
        ).one()
        return _figures_in(json.loads(statement))

    return _made(about, told, given.digest, given.reason, steps, figures)


def _figures_in(said: Mapping[str, Any]) -> Figures:
    return {unit["code"]: {one["element"]: _sides(one) for one in unit["figures"]} for unit in said["units"]}


def _sides(one: Mapping[str, Any]) -> Sides:
    above, below = (None if one[side] is None else int(one[side]) for side in ("numerator", "denominator"))
    return Sides(above, below, SHOWN if one["flag"] == HELD else one["flag"])


# --- what was accepted, where nothing is given out ------------------------------------------------------------------------


def _of_accepted(session: Session, level: NamedUnit, about: About, accepted: Accepted) -> Released | None:
    """Once every part is accepted, or a while after the period. What was accepted stands until the next one is."""
    told = _standing(session, about, accepted.keys())
    expected = {unit.code for unit in units_below(session, level.id, level.kind, about.period.last)}
    if not told or (expected - told.keys() and clock.today() <= about.period.last + WAITS):
        return None
    stood = "\n".join(f"{code} {one.epoch} {one.revision}" for code, one in sorted(told.items()))
    made_of = hashlib.sha256(stood.encode()).hexdigest()
    steps = (_step("accepted", max(last for _, last in accepted.values())),)

    def figures() -> Figures:
        found: dict[str, dict[str, Sides]] = defaultdict(dict)
        of = (about.dataset, about.period.calendar, about.period.code, sorted(told), about.line)
        for cell in queries.cells(session, *of, only_tops=True):
            flag = SHOWN if cell.flag == HELD else cell.flag
            found[cell.unit_code][cell.element] = Sides(cell.numerator, cell.denominator, flag)  # type: ignore[arg-type]
        return found

    return _made(about, told, made_of, "", steps, figures)


# --- both -----------------------------------------------------------------------------------------------------------------


def _standing(session: Session, about: About, units: Collection[str]) -> dict[str, Told]:
    """What stands of units of which something was accepted is what was accepted: later figures are kept beside it."""
    period: Period = about.period
    return queries.revisions(session, about.dataset, period.calendar, period.code, units, about.line)


def _made(
    about: About, told: Mapping[str, Told], made_of: str, reason: str, steps: tuple[Approval, ...], figures: Any
) -> Released:  # fmt: skip
    newest = max(told.values(), key=lambda one: one.said["template"]["version"])
    return Released(
        dataset=about.dataset,
        line=cast(Line, about.line),
        period=about.period,
        made_of=made_of,
        reason=reason,
        state=min((one.state for one in told.values()), key=STATES.index),
        known_at=max(one.known_at for one in told.values()),
        template_sha=newest.template_sha,
        approval=steps,
        figures=figures,
    )


def _step(word: Any, at: datetime) -> Approval:
    return Approval(word, clock.iso(at))
