"""The measured figures of what a unit has published: of each card its newest revision, as the bytes say it."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.calendars import Period
from backend.cards import canonical, store
from backend.cards.models import Card, CardRevision
from backend.cards.restatement import number
from backend.cards.rules import CLOSED_MARKS
from backend.cards.shapes import Formula, Template
from backend.own_calendars import reading as own_calendars
from backend.targets import dhis2
from backend.targets.exchange import unit_code


@dataclass(frozen=True)
class Published:
    """One figure of one card. Hidden: none of its numbers is here."""

    template: Template
    code: str
    title: Mapping[str, str]
    noun: str
    formula: Formula
    period: Period
    is_hidden: bool
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    rules: str
    revision: int
    is_trial: bool
    as_known_at: datetime
    published_at: datetime

    @property
    def is_percent(self) -> bool:
        return self.formula.is_ratio and self.formula.factor == 100


def published_figures(session: Session, unit: uuid.UUID) -> Iterator[Published]:
    """What a unit scores itself by is a point, not a figure, and is no part of this."""
    rows = store.newest_revisions(CardRevision.card_id.in_(select(Card.id).where(Card.unit_id == unit)))
    templates: dict[str, Template] = {}
    for revision in session.scalars(rows):
        if revision.template_sha not in templates:
            templates[revision.template_sha] = store.template_with(session, revision.template_sha)
        yield from _of(session, revision, templates[revision.template_sha])


def _of(session: Session, revision: CardRevision, template: Template) -> Iterator[Published]:
    said = canonical.read(revision.payload)
    period = own_calendars.period(session, said["period"]["calendar"], said["period"]["code"])
    for row in (row for group in said["groups"] for row in group["criteria"]):
        formula = template[row["code"]].formula
        if row["series"] != "measured" or formula is None:
            continue
        hidden = any(mark["code"] in CLOSED_MARKS for mark in row["marks"])
        yield Published(
            template=template,
            code=row["code"],
            title=row["title"],
            noun=row["noun"],
            formula=formula,
            period=period,
            is_hidden=hidden,
            **_numbers(row, hidden),
            rules=said["rules"],
            revision=revision.number,
            is_trial=bool(said["is_trial"]),
            as_known_at=datetime.fromisoformat(said["as_known_at"]),
            published_at=revision.published_at,
        )


def _numbers(row: Mapping[str, Any], hidden: bool) -> dict[str, Decimal | None]:
    sides = ("numerator", "denominator", "value")
    return {side: None if hidden else number(row[side]) for side in sides}


def rows_out(session: Session, unit: uuid.UUID) -> list[dhis2.Row]:
    """The same for DHIS2: the data element is `<template>.<criterion>`, because a criterion is known by its template."""
    code = unit_code(session, unit)
    return [
        dhis2.Row(
            f"{one.template.code}.{one.code}", code, one.period, one.value, one.numerator,
            one.denominator if one.formula.is_ratio else None, f"{one.rules}, {one.revision}", one.published_at,
            "measured", "hidden" if one.is_hidden else "",
        )
        for one in published_figures(session, unit)
    ]  # fmt: skip
