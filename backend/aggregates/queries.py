"""What others told this node, for whoever reads it: the pages of a level above, publication, its own packets upward.

Units are official codes. `Told` is one packet; `Cell` one figure. Nothing here is a rule: what is hidden stays a flag.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from backend.aggregates.models import ToldCell, ToldRevision, ToldSheet, ToldUnit
from backend.aggregates.packet import HIDDEN, WITHOUT_FIGURE


@dataclass(frozen=True)
class Told:
    """A packet of figures that was taken in. `is_standing`: the last one, whose figures `cells` gives.

    `said`: {template{code,version,sha256}, rules, lineup, elements[{code,noun,additivity,about_people,k,apart}],
    completeness{expected,reported}, points|None{points,out_of,percent,class,is_complete}, declared[{code,value}],
    approval[{step,at}]}. `received_at` is when this node got it: timeliness is judged by it.
    """

    unit_code: str
    dataset: str
    line: str
    calendar: str
    period: str
    first: date
    last: date
    number: int
    revision: int
    state: str
    reason: str
    known_at: datetime
    received_at: datetime
    peer_id: uuid.UUID
    epoch: str
    digest: str
    template_sha: str
    said: Mapping[str, Any]
    is_standing: bool


@dataclass(frozen=True)
class Cell:
    """One figure of one unit. None numerator with a flag: hidden (S, C), nobody counted (N), cannot be said (X)."""

    within: str
    unit_code: str
    element: str
    numerator: int | None
    denominator: int | None
    value: Decimal | None
    flag: str

    @property
    def is_hidden(self) -> bool:
        return self.flag in HIDDEN

    @property
    def has_figure(self) -> bool:
        return self.flag not in WITHOUT_FIGURE


@dataclass(frozen=True)
class Part:
    """A unit as its own node calls it."""

    within: str
    code: str
    name: str
    level_word: str
    kind: str
    parent_code: str | None
    valid_from: date
    valid_to: date | None

    @property
    def full_name(self) -> str:
        return f"{self.level_word} {self.name}".strip()


def revisions(
    session: Session, dataset: str, calendar: str, period: str, units: Iterable[str] | None = None, line: str = "state",
) -> dict[str, Told]:  # fmt: skip
    """Unit code -> the packet that stands, of a period. One statement; `units` None: everybody who told anything."""
    asked = (
        _told()
        .where(ToldRevision.id == ToldSheet.revision_id, ToldSheet.dataset == dataset, ToldSheet.line == line)
        .where(ToldSheet.calendar == calendar, ToldSheet.period == period)
    )
    if units is not None:
        asked = asked.where(ToldSheet.unit_code.in_(sorted(units)))
    return {row.unit_code: _as_told(row) for row in session.execute(asked)}


def history(
    session: Session, unit: str, dataset: str, calendar: str, period: str, line: str = "state"
) -> list[Told]:
    """Every packet of a unit and period, the oldest first: what moved, when and for which reason. One statement."""
    asked = _told().where(
        ToldSheet.unit_code == unit, ToldSheet.dataset == dataset, ToldSheet.line == line,
        ToldSheet.calendar == calendar, ToldSheet.period == period,
    )  # fmt: skip
    return [_as_told(row) for row in session.execute(asked.order_by(ToldRevision.number))]


def cells(
    session: Session, dataset: str, calendar: str, period: str, units: Collection[str] | None = None,
    line: str = "state", *, only_tops: bool = False,
) -> list[Cell]:  # fmt: skip
    """The figures that stand: of these communes with all their hamlets (`units` None: of everybody). One statement.

    `only_tops`: without the hamlets.
    """
    asked = (
        select(
            ToldSheet.unit_code.label("within"), ToldCell.unit_code, ToldCell.element, ToldCell.numerator,
            ToldCell.denominator, ToldCell.value, ToldCell.flag,
        )
        .join(ToldSheet, ToldSheet.id == ToldCell.sheet_id)
        .where(ToldSheet.dataset == dataset, ToldSheet.line == line)
        .where(ToldSheet.calendar == calendar, ToldSheet.period == period)
        .order_by(ToldSheet.unit_code, ToldCell.unit_code, ToldCell.element)
    )  # fmt: skip
    if units is not None:
        asked = asked.where(ToldSheet.unit_code.in_(sorted(units)))
    if only_tops:
        asked = asked.where(ToldCell.unit_code == ToldSheet.unit_code)
    return [Cell(*row) for row in session.execute(asked)]


def parts(session: Session, unit: str) -> list[Part]:
    """The unit and what lies in it, as its node told last."""
    asked = (
        select(
            ToldUnit.within, ToldUnit.code, ToldUnit.name, ToldUnit.level_word, ToldUnit.kind, ToldUnit.parent_code,
            ToldUnit.valid_from, ToldUnit.valid_to,
        )
        .where(ToldUnit.within == unit)
        .order_by(ToldUnit.code != ToldUnit.within, ToldUnit.code)
    )  # fmt: skip
    return [Part(*row) for row in session.execute(asked)]


def datasets(session: Session) -> list[tuple[str, str, str, str]]:
    """(dataset, line, calendar, period) of which anybody told anything, the newest period first."""
    asked = select(ToldSheet.dataset, ToldSheet.line, ToldSheet.calendar, ToldSheet.period, ToldSheet.last)
    rows = session.execute(
        asked.distinct().order_by(ToldSheet.last.desc(), ToldSheet.dataset, ToldSheet.line)
    )
    return [(row.dataset, row.line, row.calendar, row.period) for row in rows]


def standing_sheets(session: Session, digests: Collection[str]) -> dict[str, ToldSheet]:
    """Digest of a packet -> the sheet of which it is what stands now; the others stand no more, or are no figures."""
    query = select(ToldRevision.digest, ToldSheet).join(ToldSheet, ToldSheet.revision_id == ToldRevision.id)
    rows = session.execute(query.where(ToldRevision.digest.in_(sorted(digests))))
    return {digest: sheet for digest, sheet in rows}  # noqa: C416 - rows are no pairs to mypy


def _told() -> Any:
    return select(
        ToldSheet.unit_code, ToldSheet.dataset, ToldSheet.line, ToldSheet.calendar, ToldSheet.period, ToldSheet.first,
        ToldSheet.last, ToldRevision.number, ToldRevision.revision, ToldRevision.state, ToldRevision.reason,
        ToldRevision.known_at, ToldRevision.received_at, ToldRevision.peer_id, ToldRevision.epoch, ToldRevision.digest,
        ToldRevision.template_sha, ToldRevision.said, (ToldRevision.id == ToldSheet.revision_id).label("is_standing"),
    ).join(ToldRevision, ToldRevision.sheet_id == ToldSheet.id)  # fmt: skip


def _as_told(row: Row[Any]) -> Told:
    return Told(**row._mapping)
