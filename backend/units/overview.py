"""Units as the console shows them: what a commune has today, and the history of one unit."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.units.errors import UnitUnknown
from backend.units.models import Headcount, JoinCode, Unit, UnitCrosswalk, UnitEvent, UnitLink, UnitName
from backend.units.queries import NamedUnit
from backend.units.trees import LinesUp, holds_on
from backend.units.words import fold, sort_key

Dated = TypeVar("Dated", UnitName, UnitLink)
MAIN_POPULATION = "residents_from_7"


@dataclass(frozen=True)
class Shown:
    """A unit of the commune with what stands above it in each tree and its newest headcount."""

    unit: NamedUnit
    above: tuple[str, ...]
    heads: Headcount | None
    join_code: str | None


def units_of(session: Session, commune: uuid.UUID, day: date, words: str = "") -> dict[str, list[Shown]]:
    """The commune's own units by kind, in Vietnamese order; `words` as in a search."""
    ours = LinesUp(session).ever_below([commune]) - {commune}
    names = {row.unit_id: row for row in session.scalars(select(UnitName).where(holds_on(UnitName, day)))}
    heads, codes = newest_heads(session), {row.unit_id: row.code for row in session.scalars(select(JoinCode))}
    above = _above(session, ours, names, day)
    wanted = fold(words).split()
    found: dict[str, list[Shown]] = {}
    rows = session.scalars(select(Unit).where(Unit.id.in_(ours), holds_on(Unit, day)))
    for row in sorted(rows, key=lambda row: names[row.id].sort_key):
        name = names[row.id]
        if all(word in name.folded or word in row.code.lower() for word in wanted):
            unit = NamedUnit(row.id, row.code, row.kind, name.name, name.level_word)
            found.setdefault(row.kind, []).append(
                Shown(unit, tuple(above.get(row.id, ())), heads.get(row.code), codes.get(row.id))
            )
    return found


def _above(
    session: Session, units: set[uuid.UUID], names: dict[uuid.UUID, UnitName], day: date
) -> dict[uuid.UUID, list[str]]:
    found: dict[uuid.UUID, list[str]] = {}
    rows = session.execute(
        select(UnitLink.unit_id, UnitLink.parent_id)
        .where(UnitLink.unit_id.in_(units), holds_on(UnitLink, day))
        .order_by(UnitLink.tree)
    )
    for unit, parent in rows:
        found.setdefault(unit, []).append(full_name(names[parent]) if parent in names else "")
    return found


def newest_heads(session: Session) -> dict[str, Headcount]:
    """Code of the unit -> its newest headcount; people old enough to take part before other populations."""
    rows = session.execute(
        select(Unit.code, Headcount).join(Unit, Unit.id == Headcount.unit_id).order_by(Headcount.on_date)
    )
    found: dict[str, Headcount] = {}
    for code, row in rows:
        if (
            code not in found
            or row.population == MAIN_POPULATION
            or found[code].population != MAIN_POPULATION
        ):
            found[code] = row
    return found


def full_name(name: UnitName) -> str:
    return f"{name.level_word} {name.name}".strip()


# --- one unit ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Happened:
    """A reorganisation the unit had a part in. `sources` went into `target`; both by the names they bore."""

    event: UnitEvent
    sources: tuple[tuple[uuid.UUID, str], ...]
    target: tuple[uuid.UUID, str]


@dataclass(frozen=True)
class History:
    unit: NamedUnit
    since: date
    until: date | None
    names: tuple[UnitName, ...]
    places: tuple[tuple[UnitLink, str], ...]
    heads: tuple[Headcount, ...]
    happened: tuple[Happened, ...]


def history(session: Session, unit_id: uuid.UUID) -> History:
    """Everything that was so of a unit and from when, the newest first. Raises UnitUnknown."""
    unit = session.get(Unit, unit_id)
    names = _all(session, UnitName, unit_id)
    if unit is None or not names:
        raise UnitUnknown
    places = _all(session, UnitLink, unit_id)
    called = last_names(session, {place.parent_id for place in places})
    heads = session.scalars(
        select(Headcount)
        .where(Headcount.unit_id == unit_id)
        .order_by(Headcount.on_date.desc(), Headcount.population)
    )
    return History(
        unit=NamedUnit(unit.id, unit.code, unit.kind, names[0].name, names[0].level_word),
        since=unit.valid_from,
        until=unit.valid_to,
        names=tuple(names),
        places=tuple((place, called.get(place.parent_id, "")) for place in places),
        heads=tuple(heads),
        happened=tuple(_happened(session, unit_id)),
    )


def _all(session: Session, table: type[Dated], unit: uuid.UUID) -> list[Dated]:
    return list(session.scalars(select(table).where(table.unit_id == unit).order_by(table.valid_from.desc())))


def last_names(session: Session, units: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What units are called now, or were called when they ended."""
    rows = session.scalars(
        select(UnitName).where(UnitName.unit_id.in_(list(units))).order_by(UnitName.valid_from)
    )
    return {row.unit_id: full_name(row) for row in rows}


def newest_events(session: Session, units: Iterable[uuid.UUID], most: int) -> list[UnitEvent]:
    """Reorganisations of these units, in the order in which they are taken back."""
    about = select(UnitCrosswalk.event_id).where(
        or_(UnitCrosswalk.from_id.in_(list(units)), UnitCrosswalk.to_id.in_(list(units)))
    )
    query = select(UnitEvent).where(UnitEvent.id.in_(about))
    return list(session.scalars(query.order_by(UnitEvent.made_at.desc(), UnitEvent.id.desc()).limit(most)))


def steps_of(session: Session, event: uuid.UUID) -> list[UnitCrosswalk]:
    """What stayed first."""
    rows = session.scalars(select(UnitCrosswalk).where(UnitCrosswalk.event_id == event))
    return sorted(rows, key=lambda row: (row.to_id != row.from_id, row.from_id.bytes, row.to_id.bytes))


def _happened(session: Session, unit: uuid.UUID) -> list[Happened]:
    events = session.scalars(
        select(UnitEvent)
        .where(
            UnitEvent.id.in_(
                select(UnitCrosswalk.event_id).where(
                    or_(UnitCrosswalk.from_id == unit, UnitCrosswalk.to_id == unit)
                )
            )
        )
        .order_by(UnitEvent.holds_from.desc(), UnitEvent.made_at.desc())
    ).all()
    steps = session.scalars(
        select(UnitCrosswalk).where(UnitCrosswalk.event_id.in_([event.id for event in events]))
    ).all()
    names = last_names(session, {id for step in steps for id in (step.from_id, step.to_id)})
    found = []
    for event in events:
        own = [step for step in steps if step.event_id == event.id]
        sources = sorted(
            ((step.from_id, names.get(step.from_id, "")) for step in own), key=lambda s: sort_key(s[1])
        )
        target = own[0].to_id
        found.append(Happened(event, tuple(sources), (target, names.get(target, ""))))
    return found
