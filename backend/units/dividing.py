"""A unit that ends and is divided among neighbours that are there already, each taking a share of it."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from backend.units import change, crosswalk
from backend.units.errors import HeadcountNewer, UnitUnknown
from backend.units.models import Headcount, Unit
from backend.units.reorganise import Total, headcounts
from backend.units.reorganise import check as check_alike

Parts = Sequence[tuple[uuid.UUID, int]]


def check(session: Session, unit: Unit, into: Parts, on: date) -> None:
    """Raises UnitUnknown, what the weights are refused for, what a merge of them all would be refused for, HeadcountNewer."""
    crosswalk.check([weight for _, weight in into])
    ids = [target for target, _ in into]
    found = [
        session.get(Unit, target, with_for_update=True, populate_existing=True) for target in sorted(ids)
    ]
    targets = [one for one in found if one is not None]
    if len(targets) < len(ids) or len({unit.id, *ids}) < len(ids) + 1:
        raise UnitUnknown
    check_alike(session, [unit, *targets], on)
    if any(row.on_date >= on for one in [unit, *targets] for row in newest(session, one).values()):
        raise HeadcountNewer


def newest(session: Session, unit: Unit) -> dict[str, Headcount]:
    """The newest headcount of each population."""
    return {total.population: total.parts[0] for total in headcounts(session, [unit])}


def hand_heads(session: Session, unit: Unit, into: Parts, on: date, document: str) -> None:
    """Each neighbour that was counted itself gets its share added; of one that was not, the sum stays unknown."""
    for total in headcounts(session, [unit]) if into else []:
        shares = crosswalk.share(total.people, [weight for _, weight in into])
        for (target, weight), more in zip(into, shares, strict=True):
            own = newest(session, session.get_one(Unit, target)).get(total.population)
            if own is not None:
                source = _source(own, more, weight, total, document)
                change.count_heads(session, target, total.population, on, own.people + more, source)


def _source(own: Headcount, more: int, weight: int, total: Total, document: str) -> str:
    counted = total.parts[0].on_date
    return (
        f"{own.people} ({own.on_date:%d/%m/%Y}) + ước tính {crosswalk.percent(weight)}% của {total.people}: {more} "
        f"({counted:%d/%m/%Y}); {document}"
    )[:300]
