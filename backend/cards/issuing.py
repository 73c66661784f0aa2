"""Templates that an office brings in: kept as new versions, in force for its unit and all below it from a day on."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import calendars, clock
from backend.calendars import Calendar, Interval, PeriodUnknown
from backend.cards import canonical, shapes, store, templates
from backend.cards.errors import (
    TemplateAsItIs,
    TemplateBackdated,
    TemplateOfAbove,
    TemplateOfProduct,
    TemplateRatesItself,
)
from backend.cards.issued import issues_of
from backend.cards.models import Card, CardTemplate, CardTemplateIssue
from backend.cards.shapes import Template
from backend.own_calendars.reading import usable
from backend.safeguards.audit import OPERATOR, Actor, note
from backend.targets.queries import above
from backend.units.errors import UnitUnknown
from backend.units.models import Unit


def issue(
    session: Session, issuer: uuid.UUID, data: Mapping[str, Any], valid_from: date, by: Actor
) -> CardTemplateIssue:
    """The next version of its code, in force from that day on.

    Raises TemplateInvalid, TemplateAsItIs, TemplateOfAbove, TemplateOfProduct, TemplateRatesItself, TemplateBackdated.
    """
    code = str(data["template"])
    _nobody_above_has_it(session, issuer, code)
    known = {one.code: one for one in usable(session, [issuer], clock.today())}
    made = templates.from_data(dict(data) | {"version": next_version(session, code)}, known=known)
    _judges_others(session, issuer, made)
    _not_backdated(made, known[made.calendar], valid_from)
    if any(_says_the_same(one, made) for one in _newest_here(session, issuer, code)):
        raise TemplateAsItIs(template=made.title.get("vi", code))
    row = CardTemplateIssue(
        issuer_id=issuer, code=code, version=made.version, template_sha=store.keep_template(session, made),
        valid_from=valid_from, made_by=by.id, made_at=clock.now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    note(session, by, "card.template", "card_template", row.id, unit=issuer, reason=f"{code} {made.version}")
    return row


def confirm(
    session: Session, issuer: uuid.UUID, of: Template, document: Mapping[str, str], valid_from: date, by: Actor, *,
    ends_trial: bool,
) -> CardTemplateIssue:  # fmt: skip
    """A document fixes what was a preset: a new version that names it. Raises what `issue` raises."""
    told = {"preset": False, "document": dict(document), "trial": of.is_trial and not ends_trial}
    return issue(session, issuer, {**data_of(of), **told}, valid_from, by)


def data_of(of: Template) -> dict[str, Any]:
    return dict(canonical.read(of.body))


def next_version(session: Session, code: str) -> int:
    held = session.scalar(select(func.max(CardTemplate.version)).where(CardTemplate.code == code)) or 0
    return max([held, *(one.version for one in templates.shipped_all() if one.code == code)]) + 1


def _nobody_above_has_it(session: Session, issuer: uuid.UUID, code: str) -> None:
    higher = above(session, issuer, clock.today())[1:]
    query = select(CardTemplateIssue.id).where(
        CardTemplateIssue.code == code, CardTemplateIssue.issuer_id.in_(higher)
    )
    if session.scalars(query.limit(1)).first() is not None:
        raise TemplateOfAbove(template=code)


def _judges_others(session: Session, issuer: uuid.UUID, made: Template) -> None:
    """Nobody writes the rules of its own rating: those all share come from above, and what is the unit's own stays a trial."""
    if session.get_one(Unit, issuer).kind != made.unit_kind:
        return
    if made.code in templates.shipped():
        raise TemplateOfProduct(template=made.code)
    if made.kind == "scored" and not made.is_trial:
        raise TemplateRatesItself


def _not_backdated(made: Template, calendar: Calendar, valid_from: date) -> None:
    """A period that is over keeps the rules it ran under."""
    try:
        first = calendars.at(calendar, clock.today(), cast(Interval, made.interval)).first
    except PeriodUnknown:  # no period of it runs today
        first = clock.today()
    if valid_from < first:
        raise TemplateBackdated(day=f"{first:%d/%m/%Y}")


def _newest_here(session: Session, issuer: uuid.UUID, code: str) -> list[Template]:
    rows = issues_of(session, [issuer], code)
    if rows:
        return [store.template_with(session, rows[0].template_sha)]
    return [one for one in templates.shipped().values() if one.code == code]


def _says_the_same(one: Template, other: Template) -> bool:
    return {**data_of(one), "version": 0} == {**data_of(other), "version": 0}


# --- where they are in use ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """How many cards were opened with a version, and the newest period among them."""

    cards: int
    newest: str


@dataclass(frozen=True)
class Version:
    """`issuer` None: it comes with the product."""

    template: Template
    issuer: uuid.UUID | None
    valid_from: date | None
    use: Use | None


def versions(session: Session, issuers: Iterable[uuid.UUID]) -> list[Version]:
    """What comes with the product and what these units issued, by code, the newest first, with where it is in use."""
    uses, rows = _uses(session), issues_of(session, issuers)
    found = [Version(one, None, None, uses.get(one.sha256)) for one in templates.shipped_all()]
    found += [
        Version(shapes.read(body), row.issuer_id, row.valid_from, uses.get(row.template_sha))
        for row, body in _with_bodies(session, rows)
    ]
    return sorted(found, key=lambda one: (one.template.code, -one.template.version))


def _with_bodies(session: Session, rows: list[CardTemplateIssue]) -> list[tuple[CardTemplateIssue, bytes]]:
    query = select(CardTemplate.sha256, CardTemplate.body).where(
        CardTemplate.sha256.in_([row.template_sha for row in rows])
    )
    bodies = dict(session.execute(query).all())
    return [(row, bodies[row.template_sha]) for row in rows]


def _uses(session: Session) -> dict[str, Use]:
    query = select(Card.template_sha, func.count(), func.max(Card.period)).group_by(Card.template_sha)
    return {sha: Use(count, newest) for sha, count, newest in session.execute(query)}


def known(session: Session, sha256: str, issuers: Iterable[uuid.UUID]) -> Version | None:
    """One of those `versions` lists."""
    return next((one for one in versions(session, issuers) if one.template.sha256 == sha256), None)


def bring_in(
    session: Session, unit_code: str, data: Mapping[str, Any], since: date | None
) -> CardTemplateIssue:
    """As the operator does it at the command line. Raises UnitUnknown and what `issue` raises."""
    unit = session.scalars(select(Unit.id).where(Unit.code == unit_code)).first()
    if unit is None:
        raise UnitUnknown
    return issue(session, unit, data, since or clock.today().replace(day=1), OPERATOR)
