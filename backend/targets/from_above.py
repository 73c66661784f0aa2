"""A set of targets from the level above: as its document says it, for its issuer's unit and all below that.

Only what the file of a set holds travels; it is read by the same rules as a file that somebody sends in.
"""

import uuid
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, cast

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_, DomainError
from backend.federation.documents.kinds import DocumentKind, Given, Made, Speaks
from backend.targets import csv_file, issuing
from backend.targets.csv_file import Cell
from backend.targets.models import TargetSet
from backend.targets.queries import cells, target_set
from backend.units.errors import UnitUnknown
from backend.units.models import Unit

Between = Literal["none", "linear"]
Text = Annotated[str, Meta(max_length=300)]


class TargetsRefused(DomainError):
    status = 422
    code = "targets_refused"
    sentence = N_(
        "Bộ chỉ tiêu của cấp trên có %(count)s dòng không dùng được, dòng đầu tiên là dòng %(line)s."
    )


class CellIn(Struct, frozen=True, forbid_unknown_fields=True):
    """One target. Numbers are texts, in the form the document writes them."""

    code: Annotated[str, Meta(max_length=40)]
    name_vi: Text
    name_en: Text
    unit: Annotated[str, Meta(max_length=60)]
    scope: Literal["measurable", "manual"]
    horizon_year: int
    comparator: Literal["ge", "gt", "eq", "le", "lt", "range", "qualitative"]
    value: Decimal | None
    value_max: Decimal | None
    basis: Literal["level", "total", "per_year"]
    source_anomaly: bool
    as_written: Text
    denominator: Text | None
    numerator: Text
    factor: int | None
    decimals: int | None
    additivity: Literal["sum", "distinct", "last", "ratio"] | None
    direction: Literal["higher", "lower"] | None


class TargetsIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole set. `unit`: official code of the unit whose it is."""

    unit: Annotated[str, Meta(max_length=40)]
    title: Text
    issued_by: Annotated[str, Meta(max_length=200)]
    document_number: Annotated[str, Meta(max_length=60)] | None
    document_date: date | None
    valid_from: date
    between: Between
    cells: Annotated[tuple[CellIn, ...], Meta(min_length=1, max_length=csv_file.MOST_ROWS)]


def told(session: Session, set_id: uuid.UUID) -> TargetsIn:
    """A set of this node's, as it goes down. Raises SetUnknown."""
    row = target_set(session, set_id)
    return TargetsIn(
        unit=session.get_one(Unit, row.issuer_unit_id).code, title=row.title, issued_by=row.issued_by,
        document_number=row.document_number, document_date=row.document_date, valid_from=row.valid_from,
        between=cast(Between, row.between_horizons), cells=tuple(_told(cell) for cell in cells(session, set_id)),
    )  # fmt: skip


def _told(cell: Cell) -> CellIn:
    return CellIn(**{name: getattr(cell, name) for name in CellIn.__struct_fields__})


def take_in(session: Session, body: TargetsIn, before: uuid.UUID | None = None) -> TargetSet:
    """Write the set down; it ends `before`, the version that came before it.

    Raises UnitUnknown, TargetsRefused, SetNotReady, SetSuperseded.
    """
    unit = session.scalars(select(Unit.id).where(Unit.code == body.unit)).first()
    if unit is None:
        raise UnitUnknown
    read = _checked(session, body)
    heading = issuing.Heading(
        body.title, body.issued_by, body.valid_from, body.document_number, body.document_date, body.between,
        _standing(session, before, body.valid_from),
    )  # fmt: skip
    return issuing.issue(session, unit, heading, read)


def _standing(session: Session, before: uuid.UUID | None, since: date) -> uuid.UUID | None:
    """The version before, where it still stands. One that would begin only after this one is withdrawn instead: a newer
    version may begin earlier."""
    old = session.get(TargetSet, before) if before else None
    if old is None or old.withdrawn_at is not None:
        return None
    if old.valid_from > since:
        withdraw(session, old.id)
        return None
    return old.id


def _checked(session: Session, body: TargetsIn) -> list[Cell]:
    """Raises TargetsRefused for what a file would be refused for."""
    plain = [Cell(**{name: getattr(one, name) for name in CellIn.__struct_fields__}) for one in body.cells]
    read, troubles = csv_file.read(csv_file.write(plain, complete=True), "targets.csv")
    troubles += issuing.known_otherwise(session, read, {one.code: n for n, one in enumerate(read, start=2)})
    if troubles:
        raise TargetsRefused(count=len(troubles), line=troubles[0].line)
    return read


def withdraw(session: Session, set_id: uuid.UUID) -> None:
    """The set holds no more; the one it took the place of stands again."""
    row = session.get_one(TargetSet, set_id)
    row.withdrawn_at, row.supersedes_id = clock.now(), None
    session.flush()  # whoever asks next what is in force, and a set that takes the same place


# --- as documents ---------------------------------------------------------------------------------------------------


def _apply(session: Session, given: Given) -> tuple[Made, ...]:
    made = take_in(session, given.body, _set(given.before))
    return (Made("target_set", str(made.id)),)


def _take_back(session: Session, given: Given) -> None:
    """The set before stands again, also where it had been withdrawn because the newer one began earlier."""
    if made := _set(given.made):
        withdraw(session, made)
    if before := _set(given.before):
        session.get_one(TargetSet, before).withdrawn_at = None


def _set(made: tuple[Made, ...]) -> uuid.UUID | None:
    return next((uuid.UUID(one.id) for one in made if one.noun == "target_set"), None)


TARGETS = DocumentKind(
    "targets",
    "targets/1",
    TargetsIn,
    N_("Bộ chỉ tiêu"),
    _apply,
    _take_back,
    called=lambda body: str(body.title),
    speaks=lambda body: Speaks(body.unit),
)
