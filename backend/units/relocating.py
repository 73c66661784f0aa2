"""A unit that goes under another parent, or is called something else: dated, with its document, and taken back like any other
reorganisation. Nothing moves but the unit: everybody in it, and everything below it, goes along.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_, DomainError
from backend.units import change, undoing
from backend.units.errors import NotYet, OtherCommune, UnitUnknown
from backend.units.models import Unit, UnitLink, UnitName
from backend.units.refusals import ABOVE
from backend.units.reorganise import communes_of
from backend.units.trees import LinesUp, holds_on
from backend.units.vocabulary import TREE_OF


class CannotMove(DomainError):
    code = "cannot_move"
    sentence = N_(
        "Chỉ chuyển được đơn vị dưới xã đang hoạt động, đã có trước ngày hiệu lực, sang nơi nhận các đơn vị loại này, khác nơi "
        "đang trực thuộc và không nằm dưới chính nó."
    )


class CannotRename(DomainError):
    code = "cannot_rename"
    sentence = N_(
        "Chỉ đổi tên được đơn vị dưới xã đang hoạt động, sang tên khác tên đang dùng, từ một ngày sau ngày tên đang dùng có hiệu lực."
    )


@dataclass(frozen=True)
class Place:
    """Where a unit stands in its own tree."""

    tree: str
    parent: uuid.UUID


def move(
    session: Session,
    unit: uuid.UUID,
    parent: uuid.UUID,
    *,
    on: date,
    document: str,
    decided_on: date | None = None,
    issuer: str = "",
) -> uuid.UUID:
    """From that day the unit stands under the other parent, in its own tree; answers the event.

    What was done before that day stays with the old parent. Raises UnitUnknown, NotYet, CannotMove, OtherCommune.
    """
    before = check_move(session, unit, parent, on)
    with _told_above(session, unit, on), undoing.remembered(session, [unit], []) as made:
        change.place(session, unit, parent, before.tree, on)
        made.append(
            change.record(
                session, "move", [(unit, unit)], on=on, document=document, decided_on=decided_on, issuer=issuer
            )
        )  # fmt: skip
        session.flush()  # the lines are read anew
    return made[-1]


@contextmanager
def _told_above(session: Session, unit: uuid.UUID, on: date) -> Iterator[None]:
    """What stood above it and what stands above it now are counted anew, for the days since."""
    before = set(LinesUp(session)(unit, on))
    yield
    change.ask_recount(session, before ^ set(LinesUp(session)(unit, on)))


def check_move(session: Session, unit: uuid.UUID, parent: uuid.UUID, on: date) -> Place:
    """Where it stands today. Raises UnitUnknown, NotYet, CannotMove, OtherCommune."""
    found, above = _standing(session, unit, on, CannotMove), session.get(Unit, parent)
    if above is None:
        raise UnitUnknown
    link = own_place(session, unit, on)
    if link is None or link.valid_from >= on or link.valid_to is not None or link.parent_id == parent:
        raise CannotMove
    is_there = above.valid_from <= on and above.valid_to is None
    if above.kind not in ABOVE[found.kind] or not is_there or unit in LinesUp(session)(parent, on):
        raise CannotMove
    if communes_of(session, [unit], on) != communes_of(session, [parent], on):
        raise OtherCommune
    return Place(link.tree, link.parent_id)


def own_place(session: Session, unit: uuid.UUID, on: date) -> UnitLink | None:
    """Its link in the tree its kind belongs to, or the only one there is."""
    links = session.scalars(
        select(UnitLink).where(UnitLink.unit_id == unit, holds_on(UnitLink, on)).order_by(UnitLink.tree)
    ).all()
    tree = TREE_OF.get(session.get_one(Unit, unit).kind, "territory")
    own = next((link for link in links if link.tree == tree), None)
    return own or (links[0] if len(links) == 1 else None)


def parents_for(session: Session, kind: str, units: set[uuid.UUID]) -> list[uuid.UUID]:
    """Those of the units below which one of that kind may stand."""
    rows = session.scalars(
        select(Unit.id).where(Unit.id.in_(units), Unit.kind.in_(ABOVE.get(kind, ())), Unit.valid_to.is_(None))
    )
    return list(rows)


def rename(
    session: Session,
    unit: uuid.UUID,
    name: str,
    level_word: str,
    *,
    on: date,
    document: str,
    decided_on: date | None = None,
    issuer: str = "",
) -> uuid.UUID:
    """From that day it is called so (thôn may become tổ dân phố); answers the event.

    Raises UnitUnknown, NotYet, CannotRename.
    """
    check_rename(session, unit, name, level_word, on)
    with undoing.remembered(session, [unit], []) as made:
        change.rename(session, unit, name, level_word, on)
        made.append(
            change.record(
                session, "rename", [(unit, unit)], on=on, document=document, decided_on=decided_on, issuer=issuer
            )
        )  # fmt: skip
    return made[-1]


def check_rename(session: Session, unit: uuid.UUID, name: str, level_word: str, on: date) -> UnitName:
    """What it is called today. Raises UnitUnknown, NotYet, CannotRename."""
    _standing(session, unit, on, CannotRename)
    newest = session.scalars(
        select(UnitName).where(UnitName.unit_id == unit).order_by(UnitName.valid_from.desc())
    ).first()
    if (
        newest is None
        or newest.valid_from >= on
        or not name
        or (newest.name, newest.level_word) == (name, level_word)
    ):
        raise CannotRename
    return newest


def _standing(session: Session, unit: uuid.UUID, on: date, refusal: type[DomainError]) -> Unit:
    """Held to the end, so that two people do not reorganise the same unit."""
    found = session.get(Unit, unit, with_for_update=True, populate_existing=True)
    if found is None:
        raise UnitUnknown
    if on > clock.today():
        raise NotYet
    since: date | None = session.scalars(
        select(func.max(UnitLink.valid_from)).where(UnitLink.unit_id == unit)
    ).one()
    if found.kind not in ABOVE or found.valid_to is not None or since is None or found.valid_from >= on:
        raise refusal
    return found
