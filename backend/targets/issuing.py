"""A set of targets written down: from a file somebody sent in, or from the plans that come with the product."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_
from backend.targets import csv_file
from backend.targets.anomalies import Relations
from backend.targets.catalogue import indicators
from backend.targets.csv_file import Cell
from backend.targets.errors import SetNotReady, SetSuperseded
from backend.targets.models import BETWEEN, PlanIndicator, Target, TargetSet
from backend.units.listing import Trouble
from backend.units.models import Unit

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Heading:
    """What is said of a set beside its targets."""

    title: str
    issued_by: str
    valid_from: date | None
    document_number: str | None = None
    document_date: date | None = None
    between: str = "none"
    supersedes: uuid.UUID | None = None


def known_otherwise(session: Session, cells: Sequence[Cell], lines: Mapping[str, int]) -> list[Trouble]:
    """Codes that the catalogue has for another indicator. `lines`: code -> the line it is first named in."""
    here = indicators(session, {cell.code for cell in cells})
    wrong = {
        cell.code
        for cell in cells
        if cell.code in here and (here[cell.code].name_vi, here[cell.code].unit) != (cell.name_vi, cell.unit)
    }
    sentence = N_("mã %(code)s đã dùng cho chỉ tiêu “%(name)s”; xin dùng mã khác")
    return [
        Trouble(lines.get(code, 1), sentence, {"code": code, "name": here[code].name_vi})
        for code in sorted(wrong)
    ]


def issue(
    session: Session, unit: uuid.UUID, heading: Heading, cells: Sequence[Cell], by: uuid.UUID | None = None
) -> TargetSet:
    """Write a set down. Raises SetNotReady, SetSuperseded."""
    if (
        not (heading.title and heading.issued_by and heading.valid_from and cells)
        or heading.between not in BETWEEN
    ):
        raise SetNotReady
    made = TargetSet(
        issuer_unit_id=unit, issued_by=heading.issued_by[:200], title=heading.title[:300],
        document_number=heading.document_number, document_date=heading.document_date, valid_from=heading.valid_from,
        supersedes_id=_superseded(session, unit, heading), between_horizons=heading.between, made_by=by,
        made_at=clock.now(),
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # two newer sets cannot both end the same one
        raise SetSuperseded from None
    _write_targets(session, made, cells)
    return made


def _superseded(session: Session, unit: uuid.UUID, heading: Heading) -> uuid.UUID | None:
    """An older set of the same issuer. Raises SetSuperseded."""
    if heading.supersedes is None:
        return None
    old = session.get(TargetSet, heading.supersedes)
    if (
        old is None
        or old.issuer_unit_id != unit
        or heading.valid_from is None
        or heading.valid_from < old.valid_from
    ):
        raise SetSuperseded
    return old.id


def _write_targets(session: Session, made: TargetSet, cells: Sequence[Cell]) -> None:
    known = indicators(session, {cell.code for cell in cells})
    for cell in cells:
        if cell.code not in known:
            known[cell.code] = _indicator(cell)
            session.add(known[cell.code])
    session.flush()  # the targets refer to them
    for place, cell in enumerate(cells, start=1):
        session.add(
            Target(
                set_id=made.id, indicator_id=known[cell.code].id, place=place, horizon_year=cell.horizon_year,
                comparator=cell.comparator, value=cell.value, value_max=cell.value_max, basis=cell.basis,
                denominator=cell.denominator, source_anomaly=cell.source_anomaly, as_written=cell.as_written,
            )
        )  # fmt: skip
    session.flush()  # whoever asks next sees the set whole


def _indicator(cell: Cell) -> PlanIndicator:
    """With what the product knows of it beyond the file; of one it does not know, what its unit of measure tells."""
    is_rate = cell.unit.startswith("%")
    told: dict[str, Any] = {"additivity": "ratio" if is_rate else "last", "factor": 100 if is_rate else 1, "decimals": 1 if is_rate else 0}  # fmt: skip
    told |= plans()["indicators"].get(cell.code, {}) or _worked_out_as_told(cell)
    return PlanIndicator(
        code=cell.code, name_vi=cell.name_vi, name_en=cell.name_en, unit=cell.unit, scope=cell.scope, **told
    )


def _worked_out_as_told(cell: Cell) -> dict[str, Any]:
    """What the file itself says of an indicator that the product does not know; what it leaves out stays a guess."""
    told = {name: getattr(cell, name) for name in ("factor", "decimals", "additivity", "direction")}
    if cell.numerator:
        told |= {"numerator": cell.numerator, "denominator": cell.denominator}
    return {name: value for name, value in told.items() if value is not None}


# --- what comes with the product ----------------------------------------------------------------------------------


@cache
def plans() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DATA / "plans.yaml").read_text(encoding="utf-8"))
    return found


def relations() -> Relations:
    """Which indicators of shipped plans belong together."""
    told = plans()
    floors = {(row["code"], row["year"]): (Decimal(row["value"]), row["source"]) for row in told["floors"]}
    return Relations(told["parts"], [(one, other) for one, other in told["twins"]], floors)


def with_denominators(cells: Iterable[Cell]) -> list[Cell]:
    """What the twelve columns of a shipped plan do not hold: which cells name another denominator."""
    told = plans()["denominators"]
    return [
        replace(cell, denominator=told.get(cell.code, {}).get(cell.horizon_year, cell.denominator))
        for cell in cells
    ]


def shipped_cells(code: str) -> list[Cell]:
    file = next(row["file"] for row in plans()["sets"] if row["code"] == code)
    cells, troubles = csv_file.read((DATA / file).read_bytes(), file)
    if troubles:
        raise ValueError(f"{file}: {troubles[0]}")
    return with_denominators(cells)


def issue_shipped(session: Session, code: str, unit: uuid.UUID | None = None) -> TargetSet:
    """One of the plans that come with the product, at the unit it is of; `unit` for one outside the country's list."""
    row = next(row for row in plans()["sets"] if row["code"] == code)
    unit = unit or session.scalars(select(Unit.id).where(Unit.code == row["unit"])).one()
    heading = Heading(
        row["title"],
        row["issued_by"],
        row["valid_from"],
        row["document_number"],
        row["document_date"],
        row["between"],
    )
    return issue(session, unit, heading, shipped_cells(code))
