"""The entry sheet for the national monitoring system: its fields in its own order, and who entered which one when.

No interface of that system is known. A person types there what stands here and ticks each field; a later value is a new
line, the older one stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import title
from backend.own_calendars.reading import period_of
from backend.people.staff import names_of
from backend.reports.compose import texts
from backend.reports.errors import ReportUnknown
from backend.reports.models import Report, SheetEntry
from backend.reports.paper import decimal_words
from backend.safeguards.audit import Actor, note
from backend.units.queries import named_at_last

MOST = 200


@dataclass(frozen=True)
class Line:
    """One field: what to type there now, and what was typed last. `is_typed`: no figure fills it in."""

    field: str
    title: str
    value: str
    is_typed: bool
    entered: str | None = None
    by: str = ""
    at: datetime | None = None

    @property
    def has_changed(self) -> bool:
        """What was entered is no longer what the report says."""
        return self.entered is not None and bool(self.value) and self.entered != self.value


@cache
def sheet(code: str) -> dict[str, Any]:
    text = (Path(__file__).parent / "sheets" / f"{code}.yaml").read_text(encoding="utf-8")
    return cast(dict[str, Any], yaml.safe_load(text))


def lines(session: Session, report: Report, code: str) -> list[Line]:
    """The sheet of one report, filled in as far as its figures and fields go."""
    newest: dict[str, SheetEntry] = {}
    query = select(SheetEntry).where(SheetEntry.report_id == report.id).order_by(SheetEntry.number)
    for row in session.scalars(query):
        newest[row.field] = row
    people = names_of(session, {row.person_id for row in newest.values()})
    said = _said(session, report)
    found = []
    for told in sheet(code)["fields"]:
        value, is_typed = _value(told, report, said)
        last = newest.get(told["code"])
        found.append(
            Line(
                told["code"], told["title"], value, is_typed, last.value if last else None,
                people.get(last.person_id, "") if last else "", last.at if last else None,
            )
        )  # fmt: skip
    return found


def _said(session: Session, report: Report) -> dict[str, str]:
    written = {field: row.words for (_, field), row in texts(session, [report.id]).items()}
    period = title(period_of(report))
    return {"period": period, "unit": named_at_last(session, report.unit_id, clock.today()).heading} | written


def _value(told: Mapping[str, Any], report: Report, said: Mapping[str, str]) -> tuple[str, bool]:
    if "from" in told:
        return said.get(told["from"], "")[:MOST], False
    if "figure" not in told:
        return "", True
    rows = [
        row for row in report.figures.get("rows", []) if told["figure"] in (row["code"], row.get("indicator"))
    ]
    # Several activities say the same kind of figure: which one the system wants is a person's choice.
    return (decimal_words(rows[0]["value"]), False) if len(rows) == 1 and rows[0]["value"] else ("", True)


def enter(session: Session, report: Report, code: str, field: str, value: str, by: Actor) -> SheetEntry:
    """A person says that they typed this value into the national system. Raises ReportUnknown."""
    if by.id is None or field not in {told["code"] for told in sheet(code)["fields"]}:
        raise ReportUnknown
    query = select(SheetEntry).where(SheetEntry.report_id == report.id, SheetEntry.field == field)
    before = len(session.scalars(query).all())
    made = SheetEntry(
        report_id=report.id, field=field, number=before + 1, value=value.strip()[:MOST],
        person_id=by.id, at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()  # two at once: the second meets the unique number
    note(session, by, "report.sheet_entry", "report", report.id, unit=report.unit_id, reason=field)
    return made
