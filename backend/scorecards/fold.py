"""Keeping scorecards current: each cell that moved refreshes the lines that read it."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, literal, null, or_, select, update
from sqlalchemy.orm import Session, aliased

from backend.db.statements import among, insert_into
from backend.participation.models import Fact
from backend.scorecards.indicators import Indicator, Template, Term
from backend.scorecards.models import ScorecardLine
from backend.tallies.counting import Cell
from backend.tallies.fold import Follower
from backend.tallies.models import Tally
from backend.units.models import FrozenHeadcount
from backend.units.queries import FrozenFigure, frozen_headcounts

Where = tuple[uuid.UUID, str]
"""(unit, period)"""


def card_keeper(template: Template) -> Follower:
    def follow(session: Session, _facts: Sequence[Fact], cells: set[Cell]) -> None:
        refresh(session, template, cells)

    return follow


def refresh(session: Session, template: Template, cells: Iterable[Cell]) -> None:
    """Work out every line that reads one of those cells, from the tallies and the frozen headcounts."""
    by_activity: dict[uuid.UUID, dict[str, set[Where]]] = {}
    for measure, activity, unit, period in cells:
        by_activity.setdefault(activity, {}).setdefault(measure, set()).add((unit, period))
    for activity, moved in by_activity.items():
        _refresh_activity(session, template, activity, moved)


def _refresh_activity(
    session: Session, template: Template, activity: uuid.UUID, moved: dict[str, set[Where]]
) -> None:
    session.flush()  # the tallies just counted are read below
    heads = frozen_headcounts(session, activity)
    spots = {
        one.code: set().union(*(moved.get(measure, set()) for measure in one.measures()))
        for one in template.indicators
    }
    counts = _counts(session, template, activity, spots)
    rows = [
        _line(template, indicator, activity, unit, period, counts, heads)
        for indicator in template.indicators
        for unit, period in sorted(spots[indicator.code], key=str)
        if (indicator.numerator.measure, unit, period) in counts
    ]
    _write(session, rows)


Counts = dict[tuple[str, uuid.UUID, str], Row[Any]]
"""(measure, unit, period) -> its tally"""


def _counts(
    session: Session, template: Template, activity: uuid.UUID, spots: Mapping[str, AbstractSet[Where]]
) -> Counts:
    """What the lines at those spots read: no other measure, unit or month, of which a country has millions."""
    measures = {measure for one in template.indicators if spots[one.code] for measure in one.measures()}
    places = set().union(*spots.values())
    query = select(Tally.__table__).where(
        Tally.measure.in_(measures),
        Tally.activity_id == activity,
        among(Tally.unit_id, {unit for unit, _ in places}),
        Tally.period.in_({period for _, period in places}),
    )
    return {(row.measure, row.unit_id, row.period): row for row in session.execute(query)}


def _line(
    template: Template,
    indicator: Indicator,
    activity: uuid.UUID,
    unit: uuid.UUID,
    period: str,
    counts: Counts,
    heads: dict[uuid.UUID, FrozenFigure],
) -> dict[str, object]:
    def taken(term: Term) -> int:
        count = counts.get((term.measure, unit, period))
        return getattr(count, term.take) if count else 0

    below: int | None = None
    if isinstance(indicator.denominator, Term):
        below = taken(indicator.denominator)
    elif indicator.denominator == "headcount" and unit in heads:
        below = heads[unit].people
    return {
        "unit_id": unit,
        "period": period,
        "indicator": indicator.code,
        "activity_id": activity,
        "numerator": taken(indicator.numerator),
        "denominator": below,
        "rules": template.rules,
    }


def _write(session: Session, rows: list[dict[str, object]]) -> None:
    if not rows:
        return
    statement = insert_into(session, ScorecardLine)
    new = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["unit_id", "period", "indicator", "activity_id"],
            set_={"numerator": new.numerator, "denominator": new.denominator, "rules": new.rules},
        ),
        rows,
    )


def renew(session: Session, template: Template, units: Collection[uuid.UUID], cells: Iterable[Cell]) -> None:
    """Throw the lines of these units away and write those of the cells that were just counted anew."""
    session.execute(delete(ScorecardLine).where(ScorecardLine.unit_id.in_(units)))
    refresh(session, template, cells)


def empty(session: Session) -> None:
    session.execute(delete(ScorecardLine))


def write_all(session: Session, template: Template) -> None:
    """Every line of every cell there is, into an empty table: as `refresh` would, added up by the database."""
    for indicator in template.indicators:
        session.execute(_all_lines(session, template, indicator))
    by_heads = [one.code for one in template.indicators if one.denominator == "headcount"]
    counted = FrozenHeadcount.frozen_for.in_(select(ScorecardLine.activity_id))  # not those of a card
    for activity in session.scalars(select(FrozenHeadcount.frozen_for).where(counted).distinct()):
        _put_heads(session, activity, by_heads)


def _all_lines(session: Session, template: Template, indicator: Indicator) -> Any:
    above, below = aliased(Tally), aliased(Tally)
    cell = (above.unit_id, above.period, literal(indicator.code), above.activity_id)
    query = select(*cell, getattr(above, indicator.numerator.take))
    query = query.where(above.measure == indicator.numerator.measure)
    if isinstance(indicator.denominator, Term):
        same = [getattr(below, name) == getattr(above, name) for name in ("activity_id", "unit_id", "period")]
        query = query.outerjoin(below, and_(below.measure == indicator.denominator.measure, *same))
        query = query.add_columns(func.coalesce(getattr(below, indicator.denominator.take), 0))
    else:
        query = query.add_columns(null())
    query = query.add_columns(literal(template.rules))
    names = ["unit_id", "period", "indicator", "activity_id", "numerator", "denominator", "rules"]
    return insert_into(session, ScorecardLine).from_select(names, query, include_defaults=False)


def _put_heads(session: Session, activity: uuid.UUID, indicators: Sequence[str]) -> None:
    heads = [
        {"of": unit, "people": head.people} for unit, head in frozen_headcounts(session, activity).items()
    ]
    its = or_(*(ScorecardLine.indicator == code for code in indicators))
    here = (ScorecardLine.unit_id == bindparam("of"), ScorecardLine.activity_id == activity, its)
    statement = update(ScorecardLine).where(*here).values(denominator=bindparam("people"))
    if heads:
        session.connection().execute(statement, heads)
