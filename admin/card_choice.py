"""Which template and which of its periods a page of cards is about: what was asked for, and what a picker offers."""

import uuid
from dataclasses import dataclass
from itertools import groupby
from typing import cast

from flask import request

from admin.blueprint import CARD_READERS
from admin.card_words import TEMPLATE
from backend import calendars, clock, http
from backend.calendars import Calendar, Interval, Period, PeriodUnknown
from backend.cards import issuing, templates
from backend.cards.errors import TemplateUnknown
from backend.cards.shapes import Template, is_of
from backend.own_calendars.reading import find
from backend.people.staff import reach
from backend.targets.queries import above

OFFERED = {"month": 60, "quarter": 20, "half": 10, "year": 6, "week": 60, "term": 3}
"""So many periods back a picker goes; an older one is asked for by its code."""


@dataclass(frozen=True)
class Choice:
    """`shape`: the newest version of the template on the member's own line, which says how long its periods are."""

    shape: Template
    period: Period
    shapes: list[Template]

    @property
    def code(self) -> str:
        return self.shape.code

    @property
    def years(self) -> list[tuple[int, list[Period]]]:
        """The periods to choose from, the newest first, by the year in which they end; the one asked for among them."""
        offered = list(
            calendars.choices(
                calendar_of(self.shape),
                cast(Interval, self.shape.interval),
                clock.today(),
                OFFERED.get(self.shape.interval, 6),
            )
        )
        listed = sorted({*offered, self.period}, key=lambda one: one.first, reverse=True)
        return [(year, list(rows)) for year, rows in groupby(listed, key=lambda one: one.last.year)]


def calendar_of(shape: Template) -> Calendar:
    return find(http.session(), shape.calendar)


def asked() -> Choice:
    """Raises TemplateUnknown, PeriodUnknown."""
    return asked_in(request.args.get("template", ""), request.args.get("period", ""))


def asked_in(code: str, period: str) -> Choice:
    """Nothing said: the month's card, and the last full period. Raises TemplateUnknown, PeriodUnknown."""
    shapes = _shapes()
    shape = shapes.get(code or TEMPLATE)
    if shape is None:
        raise TemplateUnknown(template=code[:40])
    return Choice(shape, _period(shape, period), [shapes[one] for one in sorted(shapes)])


def _period(shape: Template, code: str) -> Period:
    if not code:
        return calendars.last_full(calendar_of(shape), cast(Interval, shape.interval), clock.today())
    found = calendars.parse(calendar_of(shape), code)
    if not is_of(shape, found):
        raise PeriodUnknown(calendar=calendar_of(shape).title, code=code[:20])
    return found


def _shapes() -> dict[str, Template]:
    """Scored templates of communes: issued by the member's own units or above them, else shipped.

    What a unit below issued says only how its own code looks: it changes no page of a template that others share.
    """
    session, today = http.session(), clock.today()
    held = {unit for role in CARD_READERS for unit in http.staff().roles.get(role, ())}
    line = set[uuid.UUID]().union(*(above(session, unit, today) for unit in held))
    below = reach(session, http.staff(), *CARD_READERS) - line
    found = list(reversed(issuing.versions(session, line | below)))
    lowest_first = [
        {one.template.code: one.template for one in found if one.issuer in below},
        templates.shipped(),
        {one.template.code: one.template for one in found if one.issuer in line},
    ]
    return {
        code: one
        for shapes in lowest_first
        for code, one in shapes.items()
        if one.kind == "scored" and one.unit_kind == "commune"
    }
