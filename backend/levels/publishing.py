"""What a level gives out of a period: one statement, signed, with the figures it accepted and the sums over them.

Nothing in it was not told: where a unit kept a figure back it is `null` with its flag, and a sum over it says at least and at
most. Figures nobody has accepted are not in it; their units are named as missing. Points and classes rate an office and stay out,
as on the pages of open data.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.levels.board import board, rated
from backend.levels.errors import (
    AlreadyAnswered,
    KeptInTheParty,
    NamesSomebody,
    NothingAccepted,
    NothingNew,
    ReasonMissing,
)
from backend.levels.models import LevelPublication
from backend.levels.overview import Line, Overview
from backend.levels.reading import About
from backend.levels.shapes import Bounds, Element, Figure, Told
from backend.levels.totals import Total
from backend.levels.views import elements_of, sums_of
from backend.safeguards.audit import Actor, note
from backend.safeguards.impersonal import told_of
from backend.safeguards.reasons import is_reason
from backend.safeguards.signing import Signer, canonical
from backend.scorecards.standing import band_words
from backend.units.likeness import Band
from backend.units.queries import NamedUnit

SCHEMA = "level/1"
LICENCE = "CC-BY-4.0"
PLACE = ("number", "reason", "published_at")
"""What differs between two statements that say the same."""


@dataclass(frozen=True)
class Published:
    """A publication with its statement read."""

    row: LevelPublication
    said: Mapping[str, Any]


def statement(session: Session, level: NamedUnit, found: Overview) -> dict[str, Any]:
    """Without its place among publications. Numbers are texts, so that nobody's arithmetic rounds them."""
    about, elements = found.about, elements_of(found)
    accepted = found.accepted
    return {
        "schema": SCHEMA,
        "licence": LICENCE,
        "unit": {"code": level.code, "name": level.heading},
        "dataset": about.dataset,
        "line": about.line,
        "calendar": about.period.calendar,
        "period": about.period.code,
        "first": about.period.first.isoformat(),
        "last": about.period.last.isoformat(),
        "elements": [_element(one) for one in elements],
        "units": [_unit(line, line.agreed, elements) for line in accepted if line.agreed],
        "missing": [
            {"code": line.unit.code, "name": line.unit.heading} for line in found.lines if not line.sealed
        ],
        "completeness": {"expected": len(found.lines), "accepted": len(accepted)},
        "sums": [_total(one) for one in sums_of(found, only_accepted=True)],
        "boards": _boards(session, found),
    }


def _element(one: Element) -> dict[str, Any]:
    return {
        "code": one.code, "title": dict(one.title), "noun": one.noun, "additivity": one.additivity, "k": one.k,
        "about_people": one.about_people, "factor": one.factor, "decimals": one.decimals,
    }  # fmt: skip


def _unit(line: Line, told: Told, elements: tuple[Element, ...]) -> dict[str, Any]:
    """`told`: the revision that was accepted; what stands has the same figures."""
    return {
        "code": line.unit.code,
        "name": line.unit.heading,
        "revision": told.revision,
        "digest": told.digest,
        "known_at": clock.iso(told.known_at),
        "figures": [_figure(one.code, line.cells.get(one.code, Figure(flag="N"))) for one in elements],
    }


def _figure(code: str, one: Figure) -> dict[str, Any]:
    sides = {"numerator": one.numerator, "denominator": one.denominator, "value": one.value}
    return {"element": code, "flag": one.flag} | {name: _text(side) for name, side in sides.items()}


def _total(one: Total) -> dict[str, Any]:
    ends = {"above": one.above, "whole": one.whole, "rate": one.rate}
    return {"element": one.element.code, "units": one.units, "told": one.told} | {
        name: _ends(end) for name, end in ends.items()
    }


def _ends(one: Bounds | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"least": _text(one.least), "most": _text(one.most), "why": dict(one.why)}


def _text(number: Decimal | None) -> str | None:
    if number is None:
        return None
    told = f"{number:f}"
    return told.rstrip("0").rstrip(".") if "." in told else told


def _boards(session: Session, found: Overview) -> list[dict[str, Any]]:
    """Over what was accepted alone."""
    kept = Overview(found.about, tuple(found.accepted), found.due, found.rates, found.counts)
    made = [board(session, kept, element) for element in rated(kept)]
    return [{"element": one.element.code, "bands": [_band(band) for band in one.bands]} for one in made]


def _band(band: Band[NamedUnit]) -> dict[str, Any]:
    return {
        "band": band_words(band),
        "leaders": [
            {"code": one.row.unit.code, "name": one.row.unit.heading, "place": one.place, "rate": _text(one.row.rate)}
            for one in band.leaders
        ],
        "others": band.others,
    }  # fmt: skip


# --- giving it out ----------------------------------------------------------------------------------------------------


def is_public(about: About) -> bool:
    """What Party bodies count is nobody else's business (as in `open_data.choices`)."""
    return about.line != "party"


def publish(
    session: Session, signer: Signer, level: NamedUnit, found: Overview, reason: str, by: Actor
) -> LevelPublication:
    """The next number of this period. Raises KeptInTheParty, NothingAccepted, NamesSomebody, NothingNew, ReasonMissing from
    the second on, AlreadyAnswered where somebody published at the same moment, KeyRetired."""
    if not is_public(found.about):
        raise KeptInTheParty
    if not found.accepted:
        raise NothingAccepted
    if told_of(reason):
        raise NamesSomebody
    said, before = statement(session, level, found), newest(session, level.id, found.about)
    if before is not None:
        if _without_place(before.said) == said:
            raise NothingNew
        if not is_reason(reason):
            raise ReasonMissing
    row = _row(signer, session, level, found, said, before, reason, by)
    made = insert_into(session, LevelPublication).values(row).on_conflict_do_nothing()
    if session.execute(made.returning(LevelPublication.id)).first() is None:
        raise AlreadyAnswered
    note(session, by, "levels.publish", "level_publication", row["id"], unit=level.id, reason=reason or None)
    return session.get_one(LevelPublication, row["id"])


def _row(
    signer: Signer, session: Session, level: NamedUnit, found: Overview, said: dict[str, Any],
    before: Published | None, reason: str, by: Actor,
) -> dict[str, Any]:  # fmt: skip
    now, number = clock.now(), before.row.number + 1 if before else 1
    whole = said | {"number": number, "reason": reason, "published_at": clock.iso(now)}
    signed = signer.sign_statement(session, whole)
    return {
        "id": new_id(), "unit_id": level.id, "dataset": found.about.dataset, "line": found.about.line,
        "calendar": found.about.period.calendar, "period": found.about.period.code, "number": number, "reason": reason,
        "statement": canonical(whole), "digest": signed.digest, "signature": signed.signature, "key_id": signed.key_id,
        "published_by": by.id, "published_at": now,
    }  # fmt: skip


def _without_place(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in PLACE}


# --- reading it -------------------------------------------------------------------------------------------------------


def newest(session: Session, level: uuid.UUID, about: About) -> Published | None:
    return one(session, level, about.line, about.dataset, about.period.calendar, about.period.code, None)


def one(
    session: Session,
    level: uuid.UUID,
    line: str,
    dataset: str,
    calendar: str,
    period: str,
    number: int | None,
) -> Published | None:
    """That number, or the last. One statement."""
    query = (
        select(LevelPublication)
        .where(LevelPublication.unit_id == level, LevelPublication.dataset == dataset)
        .where(LevelPublication.line == line, LevelPublication.calendar == calendar)
        .where(LevelPublication.period == period)
        .order_by(LevelPublication.number.desc())
    )
    if number is not None:
        query = query.where(LevelPublication.number == number)
    row = session.scalars(query.limit(1)).first()
    return Published(row, json.loads(row.statement)) if row else None


@dataclass(frozen=True)
class Listed:
    """A period that was given out, with its last number."""

    unit_id: uuid.UUID
    dataset: str
    line: str
    calendar: str
    period: str
    number: int
    published_at: Any


def listed(session: Session, level: uuid.UUID | None = None) -> list[Listed]:
    """Every period of every level (or of one) that was given out, the last published first. One statement."""
    keys = (
        LevelPublication.unit_id, LevelPublication.dataset, LevelPublication.line, LevelPublication.calendar,
        LevelPublication.period,
    )  # fmt: skip
    last = func.max(LevelPublication.published_at)
    query = select(*keys, func.max(LevelPublication.number), last).group_by(*keys).order_by(last.desc())
    if level is not None:
        query = query.where(LevelPublication.unit_id == level)
    return [Listed(*row) for row in session.execute(query)]
