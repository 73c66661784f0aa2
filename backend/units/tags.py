"""What sets units apart from others of their size: read, given and taken back, each from a day on."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.db.statements import among
from backend.errors import N_, DomainError
from backend.units.models import TAGS, Headcount, UnitTag
from backend.units.trees import holds_on

TAG_WORDS: Mapping[str, str] = {
    "remote": N_("vùng sâu, vùng xa"),
    "border": N_("biên giới"),
    "hard": N_("đặc biệt khó khăn"),
    "new_rural": N_("đạt chuẩn nông thôn mới"),
}
ADULTS_PRESENT = "adults_present"
"""The population of those who are actually there: without who works or studies away."""


class TagWrong(DomainError):
    status = 409
    code = "unit_tag_wrong"
    sentence = N_("Xin chọn đặc điểm trong danh sách và ghi căn cứ (số văn bản công nhận).")


def tags_of(session: Session, units: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, frozenset[str]]:
    """The tags that hold on that day, of those units that have any."""
    rows = session.execute(
        select(UnitTag.unit_id, UnitTag.tag).where(among(UnitTag.unit_id, units), holds_on(UnitTag, day))
    )
    found: dict[uuid.UUID, frozenset[str]] = {}
    for unit, tag in rows:
        found[unit] = found.get(unit, frozenset()) | {tag}
    return found


def give(session: Session, unit: uuid.UUID, tag: str, since: date, source: str) -> bool:
    """The unit bears the tag from that day on; answers whether that is new. Raises TagWrong."""
    if tag not in TAGS or not source.strip():
        raise TagWrong
    if tag in tags_of(session, [unit], since).get(unit, frozenset()):
        return False
    try:
        with session.begin_nested():
            session.add(UnitTag(unit_id=unit, tag=tag, valid_from=since, source=source.strip()[:300]))
    except IntegrityError:  # given meanwhile by somebody else
        return False
    return True


def take_back(session: Session, unit: uuid.UUID, tag: str, on: date) -> bool:
    """From that day on the unit does not bear it; one given on that very day was a slip and goes. Answers whether it bore it."""
    standing = select(UnitTag).where(UnitTag.unit_id == unit, UnitTag.tag == tag, holds_on(UnitTag, on))
    rows = session.scalars(standing).all()
    for row in rows:
        if row.valid_from == on:
            session.delete(row)
        else:
            row.valid_to = on
    session.flush()
    return bool(rows)


def adults_present(session: Session, units: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, int]:
    """How many adults are actually there, as last counted up to that day; nothing for units that were never asked."""
    newest = (
        select(Headcount.unit_id, func.max(Headcount.on_date).label("on_date"))
        .where(
            Headcount.population == ADULTS_PRESENT,
            Headcount.on_date <= day,
            among(Headcount.unit_id, units),
        )
        .group_by(Headcount.unit_id)
        .subquery()
    )
    rows = session.execute(
        select(Headcount.unit_id, Headcount.people)
        .join(newest, (newest.c.unit_id == Headcount.unit_id) & (newest.c.on_date == Headcount.on_date))
        .where(Headcount.population == ADULTS_PRESENT)
    )
    return {row.unit_id: row.people for row in rows}
