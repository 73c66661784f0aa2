"""A reorganisation decided above, applied alike on every node: one event with one id, its crosswalk and every step written out.

Nothing is worked out anew here from what a node happens to know: which units begin, end, are called or placed otherwise, and
how many heads they have stands in the event. Units below a commune are each commune's own; those nobody here knows are
passed over, and those that stand below a unit that ends go along with it, whether the level above knew them or not.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_, DomainError
from backend.units import change, serving, undoing
from backend.units.errors import CodeTaken, HeadcountNewer, NotYet, UnitUnknown
from backend.units.event_in import Heads, UnitsIn, codes_of
from backend.units.models import WHOLE, Headcount, Unit, UnitCrosswalk, UnitEvent, UnitName
from backend.units.reorganise import hand_over
from backend.units.serving import whole
from backend.units.trees import LinesUp, holds_on


class EventDoesNotFit(DomainError):
    code = "units_event_does_not_fit"
    sentence = N_(
        "Việc sắp xếp này không khớp với danh sách đơn vị ở đây: %(unit_code)s không còn hoạt động, chưa có trước ngày hiệu lực, "
        "hoặc phần chia không đủ 100 %%. Xin báo cấp trên."
    )


class EventDiffers(DomainError):
    code = "units_event_differs"
    sentence = N_("Việc sắp xếp mang mã này đã được ghi ở đây với nội dung khác. Xin báo cấp trên.")


@dataclass(frozen=True)
class Applied:
    """`whole`: units that went whole into another one, as this node's own ids: whoever belonged to the one follows.

    `is_new` False: it was applied before, nothing was done.
    """

    event: uuid.UUID
    whole: tuple[tuple[uuid.UUID, uuid.UUID], ...]
    is_new: bool


Units = dict[str, uuid.UUID]
"""Code -> this node's id."""


def apply(session: Session, told: UnitsIn) -> Applied:
    """Once, whole, in the caller's transaction. Raises NotYet, UnitUnknown, EventDoesNotFit, EventDiffers, CodeTaken,
    HeadcountNewer."""
    known = _locked(session, told)
    if (held := session.get(UnitEvent, told.id)) is not None:
        _check_same(session, held, told)
        return Applied(told.id, (), is_new=False)
    if told.holds_from > clock.today():
        raise NotYet
    _check(session, told, known)
    above = _above(session, known.values(), told.holds_from)
    with undoing.remembered(session, list(known.values()), []) as made:
        _found(session, told, known)
        made.extend(known[one.code] for one in told.founded)
        _change(session, told, known)
        _record(session, told, known)
        made.append(told.id)
    serving.follow(session, told, known)
    # A unit that is gone too: what stood below it on later days already counted does so no more.
    change.ask_recount(
        session, set(known.values()) | (above ^ _above(session, known.values(), told.holds_from))
    )
    return Applied(told.id, tuple(whole(told, known)), is_new=True)


def _locked(session: Session, told: UnitsIn) -> Units:
    """The units it is about that this node knows, held to the end. Raises UnitUnknown for one that every node must know."""
    codes = codes_of(told)
    query = select(Unit).where(Unit.code.in_(codes)).order_by(Unit.id).with_for_update()
    found = {row.code: row.id for row in session.scalars(query.execution_options(populate_existing=True))}
    begins = {one.code for one in told.founded}
    if any(code not in found and code not in begins and not _is_of_a_commune(code) for code in codes):
        raise UnitUnknown
    return found


def _is_of_a_commune(code: str) -> bool:
    """'05752-T07': given by the commune itself, which other nodes need not know."""
    return "-" in code


def _check_same(session: Session, held: UnitEvent, told: UnitsIn) -> None:
    rows = session.execute(
        select(UnitCrosswalk.from_id, UnitCrosswalk.to_id, UnitCrosswalk.weight).where(
            UnitCrosswalk.event_id == held.id
        )
    ).all()
    codes = dict(session.execute(select(Unit.id, Unit.code)).all()) if rows else {}
    here = {(codes[source], codes[target], weight) for source, target, weight in rows}
    wanted = {(one.source, one.target, one.weight) for one in told.steps}
    if (held.kind, held.holds_from) != (told.kind, told.holds_from) or not here <= wanted:
        raise EventDiffers


def _check(session: Session, told: UnitsIn, known: Mapping[str, uuid.UUID]) -> None:
    for one in told.founded:
        if one.code in known:
            raise CodeTaken(unit_code=one.code)
    began = dict(session.execute(select(Unit.code, Unit.valid_from).where(Unit.code.in_(known))).all())
    ended = dict(session.execute(select(Unit.code, Unit.valid_to).where(Unit.code.in_(known))).all())
    sums = {code: sum(one.weight for one in told.steps if one.source == code) for code in told.closed}
    for code in {*told.closed, *(one.code for one in told.renamed), *(one.code for one in told.placed)} & set(
        known
    ):
        if ended[code] is not None or began[code] >= told.holds_from:
            raise EventDoesNotFit(unit_code=code)
    for code, weight in sums.items():
        if weight != WHOLE:
            raise EventDoesNotFit(unit_code=code)


def _found(session: Session, told: UnitsIn, known: Units) -> None:
    places = {one.code: {p.tree: p.parent for p in told.placed if p.code == one.code} for one in told.founded}
    for one in told.founded:
        if any(parent not in known for parent in places[one.code].values()):
            raise UnitUnknown
        known[one.code] = change.found(
            session, code=one.code, kind=one.kind, name=one.name, level_word=one.level_word, since=told.holds_from,
            parents={str(tree): known[parent] for tree, parent in places[one.code].items()},
        )  # fmt: skip


def _change(session: Session, told: UnitsIn, known: Units) -> None:
    begins = {one.code for one in told.founded}
    for new in told.renamed:
        if new.code in known:
            change.rename(session, known[new.code], new.name, new.level_word, told.holds_from)
    for one in told.placed:
        if one.code in known and one.code not in begins:
            change.place(session, known[one.code], known[one.parent], one.tree, told.holds_from)
    for code in told.closed:
        if code in known:
            change.close(session, known[code], told.holds_from)
    for source, target in whole(told, known):
        hand_over(session, source, target, told.holds_from)
    for heads in told.heads:
        if heads.code in known:
            _count(session, heads, known[heads.code])


def _count(session: Session, heads: Heads, unit: uuid.UUID) -> None:
    """Raises HeadcountNewer where another number stands for that day."""
    held = session.scalars(
        select(Headcount.people).where(
            Headcount.unit_id == unit, Headcount.population == heads.population, Headcount.on_date == heads.on_date
        )
    ).first()  # fmt: skip
    if held is None:
        change.count_heads(session, unit, heads.population, heads.on_date, heads.people, heads.source)
    elif held != heads.people:
        raise HeadcountNewer


def _record(session: Session, told: UnitsIn, known: Mapping[str, uuid.UUID]) -> None:
    session.add(
        UnitEvent(
            id=told.id, kind=told.kind, holds_from=told.holds_from, document=told.document,
            decided_on=told.decided_on, issuer=told.issuer or None, made_at=clock.now(),
        )
    )  # fmt: skip
    session.flush()  # its crosswalk refers to it
    session.add_all(
        UnitCrosswalk(
            event_id=told.id, from_id=known[one.source], to_id=known[one.target], weight=one.weight, basis=told.basis
        )
        for one in told.steps
        if one.source in known and one.target in known
    )  # fmt: skip
    session.flush()  # the lines are read anew


def _above(session: Session, units: Iterable[uuid.UUID], on: date) -> set[uuid.UUID]:
    lines = LinesUp(session)
    return {up for unit in units for up in lines(unit, on)}


def names_on(session: Session, units: Iterable[uuid.UUID], on: date) -> dict[uuid.UUID, str]:
    """'xã Tân Khánh' of each, as they are called that day."""
    rows = session.execute(
        select(UnitName.unit_id, UnitName.level_word, UnitName.name).where(
            UnitName.unit_id.in_(list(units)), holds_on(UnitName, on)
        )
    )
    return {unit: f"{word} {name}" for unit, word, name in rows}
