"""A unit that gives a part of itself away: it stays, smaller, and new ones are founded out of it, with a weight for each.

The weights say how the counts of before are laid out over the units of now. People and households stay where they are
recorded until somebody moves them; nobody is moved by a weight. Facts stay with the unit in which they were done, so
the totals above do not change by one.
"""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_
from backend.units import change, crosswalk, undoing
from backend.units.errors import CannotMerge, CodeTaken, HeadcountNewer, NotYet, UnitUnknown
from backend.units.models import WHOLE, Headcount, Unit, UnitCrosswalk, UnitEvent, UnitLink
from backend.units.queries import named
from backend.units.reorganise import ON_A_DECISION, NewUnit, Total, headcounts
from backend.units.trees import LinesUp, holds_on

NEVER = ("country", "province", "commune", *ON_A_DECISION)
"""Theirs is another way: by an act from above, or by a decision of their own."""


class CannotSplit(CannotMerge):
    code = "cannot_split"
    sentence = N_(
        "Chỉ chia tách được đơn vị dưới xã đang hoạt động và đã có trước ngày hiệu lực. Xã, tổ công nghệ số có cách khác."
    )


@dataclass(frozen=True)
class Divided:
    """The heads of one population in the parts: what stays first, then the new units in their order."""

    population: str
    people: int
    parts: tuple[int, ...]
    counted: Headcount


@dataclass(frozen=True)
class Foreseen:
    """What a split would do to the heads; `digest` stands for exactly this."""

    unit: uuid.UUID
    heads: tuple[Divided, ...]
    digest: str


def foresee(
    session: Session, unit: uuid.UUID, new: Sequence[NewUnit], weights: Sequence[int], on: date
) -> Foreseen:
    """Nothing is written. `weights`: of what stays, then of each new unit. Raises what `split` raises."""
    found = _checked(session, unit, new, weights, on)
    heads = tuple(_divided(total, weights) for total in headcounts(session, [found]))
    said = [
        str(unit), [[one.code, one.name, one.level_word] for one in new], list(weights), on.isoformat(),
        [[one.population, one.people, one.counted.on_date.isoformat()] for one in heads],
    ]  # fmt: skip
    return Foreseen(unit, heads, hashlib.sha256(json.dumps(said).encode()).hexdigest())


def _divided(total: Total, weights: Sequence[int]) -> Divided:
    return Divided(
        total.population, total.people, tuple(crosswalk.share(total.people, weights)), total.parts[0]
    )


def split(
    session: Session,
    unit: uuid.UUID,
    new: Sequence[NewUnit],
    weights: Sequence[int],
    *,
    on: date,
    document: str,
    decided_on: date | None = None,
    issuer: str = "",
    basis: str = "people",
) -> list[uuid.UUID]:
    """From that day the new units stand beside the one they came out of; answers which they are.

    Raises TooFewParts, WeightInvalid, WeightsWrong, CannotSplit, NotYet, CodeTaken, HeadcountNewer, UnitUnknown.
    """
    foreseen = foresee(session, unit, new, weights, on)
    with undoing.remembered(session, [unit], []) as made:
        made += [_found(session, unit, one, on) for one in new]
        units = [unit, *made]
        name = named(session, unit, on).full_name
        for one in foreseen.heads:
            for part, people, weight in zip(units, one.parts, weights, strict=True):
                source = f"Ước tính {crosswalk.percent(weight)}% của {name}: {one.people} ({one.counted.on_date:%d/%m/%Y}); {document}"
                change.count_heads(session, part, one.population, on, people, source[:300])
        parts = [(unit, part, weight) for part, weight in zip(units, weights, strict=True)]
        made.append(
            change.record_parts(
                session, "split", parts, on=on, document=document, decided_on=decided_on, issuer=issuer, basis=basis
            )
        )  # fmt: skip
    change.ask_recount(session, set(units) | set(LinesUp(session)(unit, on)))
    return units[1:]


def _checked(
    session: Session, unit: uuid.UUID, new: Sequence[NewUnit], weights: Sequence[int], on: date
) -> Unit:
    crosswalk.check(weights)
    found = session.get(Unit, unit, with_for_update=True, populate_existing=True)
    if found is None or len(weights) != len(new) + 1:
        raise UnitUnknown
    if on > clock.today():
        raise NotYet
    since: date | None = session.scalars(
        select(func.max(UnitLink.valid_from)).where(UnitLink.unit_id == unit)
    ).one()
    if found.kind in NEVER or found.valid_to is not None or since is None or since >= on:
        raise CannotSplit
    codes = [one.code for one in new]
    taken = session.scalars(select(Unit.code).where(Unit.code.in_(codes))).first()
    if taken is not None or len(set(codes)) < len(codes):
        raise CodeTaken(unit_code=taken or codes[0])
    newest: date | None = session.scalars(
        select(func.max(Headcount.on_date)).where(Headcount.unit_id == unit)
    ).one()
    if newest is not None and newest >= on:
        raise HeadcountNewer
    return found


def _found(session: Session, unit: uuid.UUID, new: NewUnit, on: date) -> uuid.UUID:
    links = session.execute(
        select(UnitLink.tree, UnitLink.parent_id).where(UnitLink.unit_id == unit, holds_on(UnitLink, on))
    )
    return change.found(
        session, code=new.code, kind=session.get_one(Unit, unit).kind, name=new.name, level_word=new.level_word, since=on,
        parents=dict(iter(links)),
    )  # fmt: skip


@dataclass(frozen=True)
class Split:
    """A division there was: what stays first, if it does, then the units that took the rest, each with its weight."""

    event: UnitEvent
    source: uuid.UUID
    parts: tuple[tuple[uuid.UUID, int], ...]

    @property
    def weights(self) -> list[int]:
        return [weight for _, weight in self.parts]


def splits_of(session: Session, unit: uuid.UUID) -> list[Split]:
    """The splits the unit had a part in, and abolitions that divided one, the newest first."""
    return divisions(session, (UnitCrosswalk.from_id == unit) | (UnitCrosswalk.to_id == unit))[::-1]


def divisions(session: Session, *which: ColumnElement[bool]) -> list[Split]:
    """Every unit that was divided, in the order in which this node learned of it."""
    about = select(UnitCrosswalk.event_id).where(UnitCrosswalk.weight != WHOLE, *which)
    events = session.scalars(
        select(UnitEvent).where(UnitEvent.id.in_(about)).order_by(UnitEvent.made_at, UnitEvent.id)
    ).all()
    rows = session.scalars(
        select(UnitCrosswalk).where(UnitCrosswalk.event_id.in_([one.id for one in events]))
    ).all()
    found = []
    for event in events:
        own = [row for row in rows if row.event_id == event.id]
        order = sorted(own, key=lambda row: (row.to_id != row.from_id, row.to_id.bytes))
        found.append(Split(event, own[0].from_id, tuple((row.to_id, row.weight) for row in order)))
    return found
