"""Keeping scorecards current: each cell that moved refreshes the lines that read it."""

import uuid
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.db.statements import insert_into
from backend.participation.models import Fact
from backend.scorecards.indicators import Indicator, Template, Term
from backend.scorecards.models import ScorecardLine
from backend.tallies.counting import Cell
from backend.tallies.fold import Follower
from backend.tallies.models import Tally
from backend.units.queries import FrozenFigure, frozen_headcounts

Where = tuple[uuid.UUID, uuid.UUID, str]
"""(activity, unit, period)"""


def card_keeper(template: Template) -> Follower:
    def follow(session: Session, _facts: Sequence[Fact], cells: set[Cell]) -> None:
        touched = {(activity, unit, period) for _measure, activity, unit, period in cells}
        refresh(session, template, touched)

    return follow


def refresh(session: Session, template: Template, places: Iterable[Where]) -> None:
    """Work out every line of those places from the tallies and the frozen headcounts."""
    by_activity: dict[uuid.UUID, set[tuple[uuid.UUID, str]]] = {}
    for activity, unit, period in places:
        by_activity.setdefault(activity, set()).add((unit, period))
    for activity, spots in by_activity.items():
        _refresh_activity(session, template, activity, spots)


def _refresh_activity(
    session: Session, template: Template, activity: uuid.UUID, spots: set[tuple[uuid.UUID, str]]
) -> None:
    session.flush()  # the tallies just counted are read below
    heads = frozen_headcounts(session, activity)
    counts = {
        (row.measure, row.unit_id, row.period): row
        for row in session.scalars(
            select(Tally)
            .where(Tally.activity_id == activity, Tally.unit_id.in_({unit for unit, _ in spots}))
            .execution_options(populate_existing=True)
        )
    }
    rows = [
        _line(template, indicator, activity, unit, period, counts, heads)
        for unit, period in sorted(spots, key=str)
        for indicator in template.indicators
        if (indicator.numerator.measure, unit, period) in counts
    ]
    _write(session, rows)


def _line(
    template: Template,
    indicator: Indicator,
    activity: uuid.UUID,
    unit: uuid.UUID,
    period: str,
    counts: dict[tuple[str, uuid.UUID, str], Tally],
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
    refresh(session, template, {(activity, unit, period) for _measure, activity, unit, period in cells})


def empty(session: Session) -> None:
    session.execute(delete(ScorecardLine))
