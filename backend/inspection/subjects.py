"""What a finding may rest on: the cards, reports, indicators and tasks there are of a unit in the days a file covers."""

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import calendars, clock
from backend.cards import store
from backend.cards.models import Card
from backend.own_calendars import reading as own_calendars
from backend.plans.queries import led_between
from backend.reports.models import Duty, Report
from backend.reports.obligations import shipped
from backend.scorecards.indicators import template
from backend.targets import queries as targets

Days = tuple[date, date]


@dataclass(frozen=True)
class Subject:
    """`title`: what it is called, by language or as it stands; of a card the criterion, where it is one of its lines."""

    unit: uuid.UUID
    kind: str
    id: str = ""
    criterion: str = ""
    calendar: str = ""
    period: str = ""
    title: Any = field(default="", compare=False)

    @property
    def key(self) -> str:
        """As a form sends it back."""
        return "|".join((str(self.unit), self.kind, self.id, self.criterion))


def of_unit(session: Session, unit: uuid.UUID, days: Days) -> list[Subject]:
    """All of them; the last one is for what none of the others is."""
    return [
        *_cards(session, unit, days),
        *_reports(session, unit, days),
        *_indicators(session, unit),
        *(
            Subject(unit, "task", str(one.task.id), title=one.task.what)
            for one in led_between(session, unit, *days)
        ),
        Subject(unit, "other"),
    ]


def overlaps(session: Session, days: Days, calendar: str, code: str) -> bool:
    period = own_calendars.period(session, calendar, code)
    return period.first <= days[1] and period.last >= days[0]


def _cards(session: Session, unit: uuid.UUID, days: Days) -> list[Subject]:
    rows = session.scalars(select(Card).where(Card.unit_id == unit).order_by(Card.period.desc()))
    found: list[Subject] = []
    for row in rows:
        if overlaps(session, days, row.calendar, row.period):
            place = (unit, "card", str(row.id))
            lines = store.template_with(session, row.template_sha).criteria
            found.append(Subject(*place, "", row.calendar, row.period))
            found += [Subject(*place, one.code, row.calendar, row.period, one.title) for one in lines]
    return found


def _reports(session: Session, unit: uuid.UUID, days: Days) -> list[Subject]:
    query = (
        select(Report, Duty.obligation).join(Duty, Duty.id == Report.duty_id).where(Report.unit_id == unit)
    )
    rows, known = session.execute(query.order_by(Report.period.desc(), Report.id)), shipped()
    return [
        Subject(
            unit,
            "report",
            str(row.id),
            "",
            row.calendar,
            row.period,
            known[code].title if code in known else "",
        )
        for row, code in rows
        if overlaps(session, days, row.calendar, row.period)
    ]


def _indicators(session: Session, unit: uuid.UUID) -> list[Subject]:
    """Those of the scorecard, and those of the set of targets that governs the unit."""
    live = [Subject(unit, "indicator", one.code, title=one.title) for one in template().indicators]
    of = targets.set_of(session, unit, clock.today())
    lines = targets.targets_of(session, of.id) if of else []
    return live + [
        Subject(unit, "indicator", one.indicator.code, title={"vi": one.indicator.name_vi, "en": one.indicator.name_en or one.indicator.name_vi})
        for one in lines
    ]  # fmt: skip


def months(days: Days) -> list[calendars.Period]:
    """The plain months a finding on an indicator may be about."""
    return calendars.periods("thang", *days, "month")
