"""People follow their unit into the one it became part of."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_, DomainError
from backend.people.models import Membership
from backend.units import change, dividing, reorganise, undoing
from backend.units.errors import NotYet, UnitUnknown
from backend.units.models import WHOLE, Unit, UnitCrosswalk, UnitEvent, UnitLink
from backend.units.reorganise import NewUnit
from backend.units.splitting import NEVER
from backend.units.trees import LinesUp
from backend.units.undoing import CannotUndo

ONE_DAY = timedelta(days=1)


class CannotAbolish(DomainError):
    code = "cannot_abolish"
    sentence = N_(
        "Chỉ giải thể được đơn vị dưới xã, đã có trước ngày hiệu lực, không còn người và không còn đơn vị trực thuộc. "
        "Nếu còn, xin chuyển trước, hoặc giao cả cho một đơn vị nhận 100 %%."
    )


def merge_units(
    session: Session,
    sources: Iterable[uuid.UUID],
    into: NewUnit | uuid.UUID,
    *,
    on: date,
    document: str,
    decided_on: date | None = None,
    issuer: str = "",
    kind: str = "merge",
) -> uuid.UUID:
    """Units become one and everybody in them belongs to it from that day. Raises what `reorganise.merge` raises."""
    listed = list(sources)
    target = reorganise.merge(
        session, listed, into, on=on, document=document, decided_on=decided_on, issuer=issuer, kind=kind
    )
    follow(session, [unit for unit in listed if unit != target], target, on)
    return target


def follow(session: Session, units: list[uuid.UUID], target: uuid.UUID, on: date) -> None:
    """A membership that reached beyond the day ends there (or never held) and goes on in the other unit."""
    held = session.scalars(
        select(Membership).where(
            Membership.unit_id.in_(units), or_(Membership.valid_to.is_(None), Membership.valid_to > on)
        )
    ).all()
    for row in held:
        since = max(row.valid_from, on)
        session.add(
            Membership(
                person_id=row.person_id,
                unit_id=target,
                kind=row.kind,
                valid_from=since,
                valid_to=row.valid_to,
            )
        )
        row.valid_to = since


Parts = Sequence[tuple[uuid.UUID, int]]
"""(unit, thousandths)"""


def abolish(
    session: Session,
    unit_id: uuid.UUID,
    into: Parts = (),
    *,
    on: date,
    document: str,
    decided_on: date | None = None,
    issuer: str = "",
) -> uuid.UUID:
    """A unit to which nobody belongs and below which nothing stands ends on that day; what was counted stays. The event.

    `into`: the neighbours among which it is divided, with how much of it each takes; its heads are divided likewise.
    Raises NotYet, CannotAbolish, UnitUnknown, HeadcountNewer, TooFewParts, WeightInvalid, WeightsWrong.
    """
    unit = check_abolish(session, unit_id, into, on)
    targets = [target for target, _ in into]
    with undoing.remembered(session, [unit_id, *targets], []) as made:
        change.close(session, unit_id, on)
        dividing.hand_heads(session, unit, into, on, document)
        parts = [(unit_id, *part) for part in into] or [(unit_id, unit_id, WHOLE)]
        made.append(
            change.record_parts(
                session, "abolish", parts, on=on, document=document, decided_on=decided_on, issuer=issuer,
                basis="people" if into else "all",
            )
        )  # fmt: skip
    # The line is asked for on the day before: on the day itself nothing stands above it any more.
    change.ask_recount(session, {*LinesUp(session)(unit_id, on - ONE_DAY), *targets})
    return made[-1]


def check_abolish(session: Session, unit_id: uuid.UUID, into: Parts, on: date) -> Unit:
    """Held to the end. Raises what `abolish` raises."""
    unit = session.get(Unit, unit_id, with_for_update=True, populate_existing=True)
    if unit is None:
        raise UnitUnknown
    if on > clock.today():
        raise NotYet
    if into:
        dividing.check(session, unit, into, on)
    beyond = or_(UnitLink.valid_to.is_(None), UnitLink.valid_to > on)
    below = session.scalars(select(UnitLink.id).where(UnitLink.parent_id == unit_id, beyond).limit(1)).first()
    since = session.scalars(select(UnitLink.valid_from).where(UnitLink.unit_id == unit_id, beyond)).all()
    members = session.scalars(
        select(Membership.id).where(
            Membership.unit_id == unit_id, or_(Membership.valid_to.is_(None), Membership.valid_to > on)
        )
    ).first()
    if below or members or unit.valid_to or unit.kind in NEVER or not since or max(since) >= on:
        raise CannotAbolish
    return unit


def undo(session: Session, event_id: uuid.UUID) -> set[uuid.UUID]:
    """A merge or split as if it had never been: whoever followed is where they were. Raises CannotUndo.

    Who joined since, or moved on, is not moved by this: then nothing is undone.
    """
    event = session.get(UnitEvent, event_id)
    if event is None:
        raise CannotUndo
    steps = session.execute(
        select(UnitCrosswalk.from_id, UnitCrosswalk.to_id).where(
            UnitCrosswalk.event_id == event_id,
            UnitCrosswalk.weight == WHOLE,
            UnitCrosswalk.from_id != UnitCrosswalk.to_id,
        )
    )
    for source, target in steps.all():
        _bring_back(session, source, target, event.holds_from)
    session.flush()  # nobody belongs to a unit that goes
    return undoing.undo(session, event_id)


def _bring_back(session: Session, source: uuid.UUID, target: uuid.UUID, on: date) -> None:
    """Each membership that was cut in two is one again. Raises CannotUndo where its second half has ended since."""
    second = {
        (row.person_id, row.kind, row.valid_from): row
        for row in session.scalars(select(Membership).where(Membership.unit_id == target))
    }
    cut = session.scalars(
        select(Membership).where(Membership.unit_id == source, Membership.valid_to >= on)
    ).all()
    for row in cut:
        half = second.get((row.person_id, row.kind, row.valid_to)) if row.valid_to else None
        if half is None:
            raise CannotUndo
        row.valid_to = half.valid_to
        session.delete(half)
