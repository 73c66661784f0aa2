"""Designs of certificates as dated templates: what ships with the product, and each unit's own versions of it.

What ships lies in `designs/*.yaml`, is confirmed by nobody and says where it comes from. A unit makes a version of its own
by saving one; a version is never changed, for papers are drawn from it again years later.
"""

import hashlib
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from backend import clock
from backend.certificates.batch_models import CertificateDesign, DesignPicture
from backend.certificates.errors import DesignUnknown, PictureUnfit
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.media.design import Design, design_of
from backend.media.redrawn import Unfit, as_png
from backend.people.errors import ChangedMeanwhile
from backend.safeguards.audit import Actor, note

PLACE = Path(__file__).parent / "designs"
OURS = uuid.UUID("6f6c0f6e-6d61-5f67-8961-790000000001")
"""Ids of shipped versions are made from code and number in this name space: the same on every node."""
MOST_PIXELS, MOST_BYTES = 4_000_000, 1_000_000


@dataclass(frozen=True)
class Known:
    """One version of a design. `unit`: whose, None for what ships. `confirmed_by`: the document that fixes it."""

    id: uuid.UUID
    code: str
    version: int
    title: str
    holds_from: date
    line: str
    tier: str
    body: dict[str, Any]
    unit: uuid.UUID | None = None
    source: str = ""
    confirmed_by: str | None = None
    is_retired: bool = False

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_by is not None

    @property
    def design(self) -> Design:
        return _shape(self.id, self.tier, msgspec.json.encode(self.body))


@lru_cache(maxsize=64)
def _shape(_id: uuid.UUID, tier: str, body: bytes) -> Design:
    return design_of(msgspec.json.decode(body), tier)


@lru_cache(maxsize=1)
def shipped() -> tuple[Known, ...]:
    """What comes with the product, in the order of the files' names."""
    return tuple(_read(file) for file in sorted(PLACE.glob("*.yaml")))


def _read(file: Path) -> Known:
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    return Known(
        id=shipped_id(told["code"], told["version"]),
        code=told["code"],
        version=told["version"],
        title=told["title"],
        holds_from=told["holds_from"],
        line=told["line"],
        tier=told["tier"],
        body=told["body"],
        source=told["source"],
    )


def shipped_id(code: str, version: int = 1) -> uuid.UUID:
    """The id by which a batch or a certificate names a shipped version."""
    return uuid.uuid5(OURS, f"{code}/{version}")


ORGANISER = shipped_id("to-chuc")
"""What a certificate looks like that names no design: the organiser's paper."""
DEFAULTS = {"thanks": shipped_id("cam-on"), "organiser": ORGANISER, "formal": shipped_id("giay-khen")}


def find_shipped(code: str) -> Known:
    """Raises StopIteration for a code that does not ship: a slip of whoever wrote it."""
    return next(one for one in shipped() if one.code == code)


def find(session: Session, design: uuid.UUID | None) -> Known:
    """Raises DesignUnknown."""
    wanted = design or ORGANISER
    ours = next((one for one in shipped() if one.id == wanted), None)
    if ours is not None:
        return ours
    row = session.get(CertificateDesign, wanted)
    if row is None:
        raise DesignUnknown
    return _known(row)


def _known(row: CertificateDesign) -> Known:
    return Known(
        id=row.id,
        code=row.code,
        version=row.version,
        title=row.title,
        holds_from=row.holds_from,
        line=row.line,
        tier=row.tier,
        body=row.body,
        unit=row.unit_id,
        confirmed_by=row.confirmed_by,
        is_retired=row.retired_at is not None,
    )


def versions(session: Session, units: Collection[uuid.UUID]) -> list[Known]:
    """Everything there is for these units: their own versions, the newest first, then what ships."""
    query = select(CertificateDesign).where(CertificateDesign.unit_id.in_(units))
    own = session.scalars(query.order_by(CertificateDesign.code, CertificateDesign.version.desc()))
    return [*map(_known, own), *shipped()]


def usable(
    session: Session, unit: uuid.UUID, day: date, tier: str | None = None, line: str | None = None
) -> list[Known]:
    """What the unit may print with on that day: of each code its own newest version that holds, else the shipped one."""
    found: dict[str, Known] = {}
    for one in versions(session, {unit}):
        fits = one.holds_from <= day and not one.is_retired
        if fits and tier in (None, one.tier) and line in (None, one.line):
            found.setdefault(one.code, one)
    return list(found.values())


def save(
    session: Session,
    unit: uuid.UUID,
    of: Known,
    body: dict[str, Any],
    title: str,
    holds_from: date,
    by: Actor,
    confirmed_by: str | None = None,
    replaces: int = 0,
) -> CertificateDesign:
    """The unit's next version of this design. `replaces`: the newest version whoever saves has seen, 0 for none.

    Raises DesignInvalid, ChangedMeanwhile.
    """
    design_of(body, of.tier)
    newest = session.scalar(
        select(func.max(CertificateDesign.version)).where(
            CertificateDesign.unit_id == unit, CertificateDesign.code == of.code
        )
    )
    if (newest or 0) != replaces:
        raise ChangedMeanwhile
    made_id = new_id()
    row = {
        "id": made_id, "unit_id": unit, "code": of.code, "version": replaces + 1, "title": title,
        "holds_from": holds_from, "line": of.line, "tier": of.tier, "body": body, "confirmed_by": confirmed_by,
        "made_by": by.id, "made_at": clock.now(),
    }  # fmt: skip
    made = session.execute(
        insert_into(session, CertificateDesign)
        .values(row)
        .on_conflict_do_nothing()
        .returning(CertificateDesign.__table__.c.id)
    ).first()
    if made is None:
        raise ChangedMeanwhile
    note(session, by, "design.save", "certificate_design", made_id, unit=unit)
    return session.get_one(CertificateDesign, made_id)


def retire(session: Session, design: uuid.UUID, by: Actor) -> None:
    """Nothing new is printed with it; what was printed stays. Raises DesignUnknown."""
    row = session.get(CertificateDesign, design)
    if row is None:
        raise DesignUnknown
    if row.retired_at is None:
        row.retired_at = clock.now()
        note(session, by, "design.retire", "certificate_design", row.id, unit=row.unit_id)


# --- an office's own pictures -------------------------------------------------------------------------------------------


def add_picture(session: Session, unit: uuid.UUID, role: str, raw: bytes, by: Actor) -> str:
    """Drawn anew as PNG and kept; answers its digest. Raises PictureUnfit."""
    try:
        body = as_png(raw, MOST_PIXELS, MOST_BYTES)
    except Unfit as unfit:
        raise PictureUnfit(why=unfit.reason) from None
    digest = hashlib.sha256(body).hexdigest()
    row = {
        "unit_id": unit, "digest": digest, "role": role, "body": body, "made_by": by.id, "made_at": clock.now(),
    }  # fmt: skip
    session.execute(insert_into(session, DesignPicture).values(row).on_conflict_do_nothing())
    note(session, by, "design.picture", "design_picture", digest, unit=unit)
    return digest


def pictures(session: Session, one: Known) -> dict[str, bytes]:
    """SHA-256 -> PNG of every picture the design names. Raises DesignUnknown where one is not the unit's, or was brought in
    for another place: a signature or an emblem stands on papers with a decision behind them, and in its own place."""
    wanted = pictures_of(one.design)
    if not wanted:
        return {}
    query = select(DesignPicture).where(
        DesignPicture.unit_id == one.unit, DesignPicture.digest.in_({digest for _, digest in wanted})
    )
    rows = list(session.scalars(query.options(undefer(DesignPicture.body))))
    may = {(row.role, row.digest) for row in rows if one.tier == "formal" or row.role == "frame"}
    if not wanted <= may:
        raise DesignUnknown
    return {row.digest: row.body for row in rows}


def pictures_of(design: Design) -> set[tuple[str, str]]:
    """(what for, SHA-256) of every picture a design names."""
    named = {("frame", design.frame.digest)} if design.frame.style == "picture" else set()
    parts = (("emblem", design.emblem), ("signature", design.signature))
    named |= {(role, part.digest) for role, part in parts if part is not None}
    return {(role, digest) for role, digest in named if digest}
