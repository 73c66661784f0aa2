"""The two shipped plans at their units, and invented figures beside them, each marked so."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import calendars, clock
from backend.calendars import Period
from backend.targets import declare, issuing
from backend.targets.catalogue import indicator
from backend.targets.csv_file import Cell
from backend.targets.figures import figure
from backend.targets.issuing import Heading
from backend.units.models import Unit

STORY: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "targets.yaml").read_text(encoding="utf-8"))
Row = dict[str, Any]


def plant(session: Session, organisation: uuid.UUID, staff: dict[str, uuid.UUID], now: datetime) -> None:
    """Sets first, then what was said, each on its day."""
    for row in issuing.plans()["sets"]:
        with clock.stopped_at(now - timedelta(days=320)):
            issuing.issue_shipped(session, row["code"], None if row["unit"] else organisation)
    with clock.stopped_at(now - timedelta(days=318)):
        _own_plan(session, now)
    rows = [(row["days"], _said(session, kind, code, row, staff)) for kind in ("official", "declared") for code, told in STORY[kind].items() for row in told]  # fmt: skip
    rows += [(row["days"], _explained(session, row, staff)) for row in STORY["reasons"]]
    for days, deed in sorted(rows, key=lambda one: -one[0]):
        with clock.stopped_at(now - timedelta(days=days)):
            deed()


def _own_plan(session: Session, now: datetime) -> None:
    """What the commune asks of itself, invented; its horizon is the year of the month that the card is of."""
    told = STORY["own"]
    year = calendars.last_full("thang", "month", clock.local_day(now)).last.year
    cells = [
        Cell(
            row["code"], row["name_vi"], row["name_en"], row["unit"], "measurable", year, row["comparator"],
            Decimal(row["value"]), None, row["basis"], False, row["as_written"],
        )
        for row in told["targets"]
    ]  # fmt: skip
    heading = Heading(f"{told['title']} {STORY['mark']}", told["issued_by"], told["valid_from"])
    issuing.issue(session, _unit(session, told["unit"]), heading, cells)


def _unit(session: Session, code: str) -> uuid.UUID:
    return session.scalars(select(Unit.id).where(Unit.code == code)).one()


def _period(word: str) -> Period:
    """Of the day on which it is said."""
    today = clock.today()
    if word == "year":
        return calendars.at("thang", today, "year")
    return calendars.last_full("thang", "month", today) if word == "month" else calendars.parse("thang", word)


def _said(
    session: Session, kind: str, code: str, row: Row, staff: dict[str, uuid.UUID]
) -> Callable[[], None]:
    def deed() -> None:
        one = indicator(session, row["code"])
        sides = row["figures"]
        typed = ("", *sides) if len(sides) == 2 else (sides[0], "", "")
        source = f"{row['source']} {STORY['mark']}"
        by = staff[row["by"]] if "by" in row else None
        declare.add(session, one, _unit(session, code), _period(row["period"]), kind, figure(declare.shape(one), *typed), source, by)  # fmt: skip

    return deed


def _explained(session: Session, row: Row, staff: dict[str, uuid.UUID]) -> Callable[[], None]:
    def deed() -> None:
        one = indicator(session, row["code"])
        words = f"{row['words']} {STORY['mark']}"
        period = _period(row["period"])
        declare.give_reason(session, one, _unit(session, row["unit"]), period, words, staff[row["by"]])

    return deed
