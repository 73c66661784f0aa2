"""Publishing a card: numbered bytes that never change, each with what moved since the one before and why."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period, is_over
from backend.cards import canonical, ledger, lineup, restatement, sources, store
from backend.cards.errors import KnownBefore, NothingMoved, PeriodRunning, ReasonMissing
from backend.cards.lineup import Stay, View
from backend.cards.models import Card, CardRevision, CardStep
from backend.cards.payload import Payload, Place, assemble, at_place
from backend.cards.shapes import Template
from backend.cards.sources import Head
from backend.own_calendars.reading import period_of as dated
from backend.safeguards.audit import Actor, note
from backend.safeguards.reasons import is_reason
from backend.units.models import UnitCrosswalk, UnitEvent

SETTLED = timedelta(minutes=2)
"""What was received that long ago is in the database: a request that is still being written is younger."""
FIRST = "Công bố lần đầu"


@dataclass(frozen=True)
class Moved:
    """What moved in a criterion ('' for the sums) and why, as it stands in the published bytes."""

    criterion: str
    fields: list[dict[str, Any]]
    because: list[dict[str, Any]]


def publish(
    session: Session, card: Card, by: Actor, reason: str = "", at: datetime | None = None
) -> CardRevision:
    """The next revision, with everything received up to `at` (by default two minutes ago).

    Raises PeriodRunning, ReasonMissing (from the second on), KnownBefore, NothingMoved.
    """
    card = store.card(session, card.id, hold=True)
    period, before = period_of(card), last(session, card.id)
    known_at = at or clock.now() - SETTLED
    _check(period, before, reason, known_at)
    template = store.template_with(session, card.template_sha)
    sources.freeze_heads(session, card, template, clock.now())
    stays = lineup.stays(session, [card.unit_id], period, "was", clock.local_day(known_at))
    head = sources.head_of(session, card, template, period)
    head["events"] = _events(session, stays, before, known_at)
    made = CardRevision(
        card_id=card.id,
        number=before.number + 1 if before else 1,
        template_sha=template.sha256,
        lineup_sha=store.keep_lineup(session, stays),
        head=head,
        as_known_at=known_at,
        published_at=clock.now(),
        published_by=by.id,
        reason=reason.strip() or FIRST,
    )
    made.payload = compose(session, card, made, before)
    made.sha256 = canonical.fingerprint(made.payload)
    if before and restatement.is_same(canonical.read(before.payload), canonical.read(made.payload)):
        raise NothingMoved
    session.add(made)
    _log(session, card, made, by)
    return made


def _check(period: Period, before: CardRevision | None, reason: str, known_at: datetime) -> None:
    if not is_over(period, clock.local_day(known_at)):
        raise PeriodRunning
    if before and not is_reason(reason):
        raise ReasonMissing
    if known_at > clock.now() or (before and known_at <= before.as_known_at):
        raise KnownBefore


def _log(session: Session, card: Card, made: CardRevision, by: Actor) -> None:
    session.add(CardStep(card_id=card.id, step="published", by=by.id, at=clock.now(), reason=made.reason))
    note(
        session,
        by,
        "card.publish",
        "card",
        card.id,
        unit=card.unit_id,
        reason=f"{made.number}: {made.reason}"[:500],
    )
    session.flush()


def compose(session: Session, card: Card, of: CardRevision, before: CardRevision | None) -> bytes:
    """The bytes of a revision out of the ledger as it was known then; the same today and in ten years."""
    template = store.template_with(session, of.template_sha)
    stays = store.lineup_with(session, of.lineup_sha)
    found = body(session, card, template, stays, of.lineup_sha, of.head, of.as_known_at, of.published_at)
    place = Place(of.number, before.sha256 if before else None, of.reason)
    if before is not None:
        place = Place(
            of.number, before.sha256, of.reason, _changes(session, template, stays, before, of, found)
        )
    return canonical.to_bytes(at_place(found, place))


def body(
    session: Session, card: Card, template: Template, stays: list[Stay], lineup_sha: str, head: Head,
    known_at: datetime, said_until: datetime, *, is_published: bool = True,
) -> Payload:  # fmt: skip
    period = period_of(card)
    found = sources.gather(
        session,
        card,
        template,
        period,
        stays,
        lineup_sha,
        head,
        known_at,
        said_until,
        is_published=is_published,
    )
    return assemble(template, found)


def live(session: Session, card: Card, view: View = "was", known_at: datetime | None = None) -> Payload:
    """The card as it would read now, or as it was known at a moment. Nothing is written.

    `view` now: today's units laid over the period. With a moment, units count as in the last revision known by then.
    """
    template, period = store.template_with(session, card.template_sha), period_of(card)
    moment = known_at or clock.now()
    published = _known_by(session, card.id, known_at) if known_at and view == "was" else None
    if published is not None:
        stays, sha = store.lineup_with(session, published.lineup_sha), published.lineup_sha
    else:
        stays = lineup.stays(session, [card.unit_id], period, view, clock.local_day(moment))
        sha = canonical.fingerprint(lineup.to_bytes(stays))
    head = published.head if published else sources.head_of(session, card, template, period)
    found = sources.gather(
        session, card, template, period, stays, sha, head, moment, moment, is_published=published is not None
    )
    if view == "now":
        was = lineup.stays(session, [card.unit_id], period, "was", clock.local_day(moment))
        before = sources.base_of(session, card, template, was, moment, moment, is_published=False)
        found = replace(found, beside=before)
    return assemble(template, found)


def _known_by(session: Session, card: uuid.UUID, moment: datetime) -> CardRevision | None:
    return session.scalars(
        select(CardRevision)
        .where(CardRevision.card_id == card, CardRevision.as_known_at <= moment)
        .order_by(CardRevision.number.desc())
    ).first()


def foresee(session: Session, card: Card) -> list[Moved]:
    """What the next revision would move, were it published now; nothing is written."""
    before = last(session, card.id)
    if before is None:
        return []
    template, now = store.template_with(session, card.template_sha), clock.now()
    stays = lineup.stays(session, [card.unit_id], period_of(card), "was", clock.local_day(now))
    head = sources.head_of(session, card, template, period_of(card))
    sha = canonical.fingerprint(lineup.to_bytes(stays))
    found = body(session, card, template, stays, sha, head, now, now, is_published=False)
    came = ledger.came_between(session, stays, template.measures, before.as_known_at, now)
    events = _events(session, stays, before, now)
    return _as_moved(restatement.changes(canonical.read(before.payload), found, template, came, events))


def _changes(
    session: Session,
    template: Template,
    stays: list[Stay],
    before: CardRevision,
    of: CardRevision,
    found: Payload,
) -> list[dict[str, Any]]:
    came = ledger.came_between(session, stays, template.measures, before.as_known_at, of.as_known_at)
    return restatement.changes(canonical.read(before.payload), found, template, came, of.head["events"])


def _events(
    session: Session, stays: Iterable[Stay], before: CardRevision | None, until: datetime
) -> list[dict[str, Any]]:
    """Reorganisations this node learned of since the revision before, of units that count or counted in the card."""
    if before is None:
        return []
    units = {stay.unit for stay in [*stays, *store.lineup_with(session, before.lineup_sha)]}
    rows = session.execute(
        select(
            UnitEvent.kind,
            UnitEvent.holds_from,
            UnitEvent.document,
            UnitCrosswalk.from_id,
            UnitCrosswalk.to_id,
        )
        .join(UnitCrosswalk, UnitCrosswalk.event_id == UnitEvent.id)
        .where(UnitEvent.made_at > before.as_known_at, UnitEvent.made_at <= until)
        .order_by(UnitEvent.made_at, UnitEvent.id)
    )
    told = [
        (kind, f"{day}", document) for kind, day, document, source, target in rows if units & {source, target}
    ]
    return [
        {"kind": kind, "holds_from": day, "document": document} for kind, day, document in dict.fromkeys(told)
    ]


# --- reading ----------------------------------------------------------------------------------------------------


def period_of(card: Card) -> Period:
    return dated(card)


def last(session: Session, card: uuid.UUID) -> CardRevision | None:
    return session.scalars(
        select(CardRevision).where(CardRevision.card_id == card).order_by(CardRevision.number.desc()).limit(1)
    ).first()


def revisions_of(session: Session, card: uuid.UUID) -> list[CardRevision]:
    """Oldest first."""
    query = select(CardRevision).where(CardRevision.card_id == card).order_by(CardRevision.number)
    return list(session.scalars(query))


def changes(revision: CardRevision) -> list[Moved]:
    """What it moved, out of its own bytes."""
    return _as_moved(canonical.read(revision.payload)["changes"])


def _as_moved(rows: Iterable[dict[str, Any]]) -> list[Moved]:
    return [Moved(row["criterion"], row["fields"], row["because"]) for row in rows]
