"""Who gives a paper, in the words that are printed: the body that decides, not the place it stands in; and where.

A commune is a place; its People's Committee gives a commendation, the Party Committee of its Party organisation, the
executive board of its Youth Union. What is made here is a first word: the office that prints may write its own.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.units.models import Unit, UnitLink
from backend.units.queries import NamedUnit, named_to_the_last
from backend.units.trees import holds_on
from backend.units.words import fold
from campaigns.award.errors import GiverOfAnother
from campaigns.award.models import Case

PLACES = ("commune", "province")
STEPS = 4
"""From a Party cell to its commune are two."""
BODIES = {
    "state": "Ủy ban nhân dân",
    "party": "Ban Chấp hành Đảng bộ",
    "front": "Ủy ban Mặt trận Tổ quốc Việt Nam",
    "youth": "Ban Chấp hành Đoàn TNCS Hồ Chí Minh",
}
"""What gives on each line where the unit itself is a commune or a province."""


@dataclass(frozen=True)
class Giver:
    """`issuer` gives it; `place` stands before the day ('Tân Khánh, ngày 22 tháng 11 năm 2026')."""

    issuer: str
    place: str


def giver_of(session: Session, case: Case) -> Giver:
    """As a paper of this case says it unless the office writes otherwise."""
    unit = _named(session, case.deciding_unit_id)
    return Giver(_issuer(case, unit), _place(session, unit).name)


def giver(session: Session, case: Case, issuer: str = "", place: str = "") -> Giver:
    """With what the office wrote in its place. The organiser's paper always names the organisers: it is no office's.
    Raises GiverOfAnother for a body that does not bear the name of the unit that decided.
    """
    usual = giver_of(session, case)
    if case.tier != "formal":
        return usual
    found = Giver(" ".join(issuer.split()) or usual.issuer, " ".join(place.split()) or usual.place)
    if found.issuer != usual.issuer and fold(_named(session, case.deciding_unit_id).name) not in fold(
        found.issuer
    ):
        raise GiverOfAnother
    return found


def _issuer(case: Case, unit: NamedUnit) -> str:
    if case.tier != "formal":
        return f"Ban Tổ chức – {unit.full_name}"
    if unit.kind in PLACES:
        return f"{BODIES[case.line]} {unit.full_name}"
    return f"Ban Chấp hành {unit.heading}" if case.line in ("party", "youth") else unit.heading


def _named(session: Session, unit: uuid.UUID) -> NamedUnit:
    return named_to_the_last(session, [unit], clock.today())[unit]


def _place(session: Session, unit: NamedUnit) -> NamedUnit:
    """The commune or province where an organisation stands; the unit itself where nothing above it is one."""
    at = unit.id
    for _ in range(STEPS):
        row = session.execute(
            select(Unit.id, Unit.kind)
            .join(UnitLink, UnitLink.parent_id == Unit.id)
            .where(UnitLink.unit_id == at, holds_on(UnitLink, clock.today()))
            .order_by(Unit.kind.in_(PLACES).desc())
        ).first()
        if unit.kind in PLACES or row is None:
            break
        if row.kind in PLACES:
            return _named(session, row.id)
        at = row.id
    return unit
