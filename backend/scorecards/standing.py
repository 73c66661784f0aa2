"""The units right below an activity's owner, side by side in their bands, small groups taken out."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from backend import clock
from backend.scorecards.indicators import template
from backend.scorecards.queries import figures
from backend.units.likeness import Band, Compared, bands
from backend.units.queries import NamedUnit, children, frozen_headcounts

STANDING = "contest_participation"
COMPARED = "hamlet"


@dataclass(frozen=True)
class Side:
    """`rows` are all units compared, `hidden` those whose figure is not shown, `counted_on` the day of the headcounts."""

    level_word: str
    rows: list[Compared[NamedUnit]]
    bands: list[Band[NamedUnit]]
    hidden: set[uuid.UUID]
    counted_on: date | None


def side_by_side(session: Session, activity: uuid.UUID, owner: uuid.UUID) -> Side:
    """Hamlets by participation rate over the headcount frozen at the opening; one without a headcount is not compared."""
    heads = frozen_headcounts(session, activity)
    units = [unit for unit in children(session, owner, COMPARED, clock.today()) if unit.id in heads]
    found = figures(session, [template()[STANDING]], activity, owner, [unit.id for unit in units])
    rows = []
    for unit in units:
        figure = found[unit.id][STANDING]
        rows.append(Compared(unit, heads[unit.id].people, figure.numerator, figure.value))
    return Side(
        level_word=units[0].level_word if units else "",
        rows=rows,
        bands=bands(rows),
        hidden={unit.id for unit in units if found[unit.id][STANDING].is_hidden},
        counted_on=max((heads[unit.id].on_date for unit in units), default=None),
    )


def band_words(band: Band[NamedUnit]) -> dict[str, str]:
    """What a band is called, in both languages: it is published, and read by whoever speaks either."""
    if band.high is None:
        if not band.low:
            return {"vi": "Tất cả", "en": "All"}
        return {"vi": f"Từ {band.low} người trở lên", "en": f"{band.low} people and more"}
    if not band.low:
        return {"vi": f"Dưới {band.high + 1} người", "en": f"Under {band.high + 1} people"}
    return {
        "vi": f"Từ {band.low} đến {band.high} người",
        "en": f"{band.low} to {band.high} people",
    }


def for_statement(side: Side) -> dict[str, Any]:
    """The comparison as it is published: leaders by name, the others counted; nothing of a hidden unit."""
    return {
        "units": [
            {
                "band": band_words(band),
                "leaders": [
                    {
                        "name": leader.row.unit.heading,
                        "people": leader.row.people,
                        "headcount": leader.row.headcount,
                        "rate": float(leader.row.rate or 0),
                    }
                    for leader in band.leaders
                ],
                "others": band.others,
            }
            for band in side.bands
        ]
    }
