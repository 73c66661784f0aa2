"""A published scorecard on its way: put on a line, carried by its number, locked and opened again with its papers."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.cards import actions, queries, revisions, store
from backend.cards.models import Card, CardRevision, CardScore, CardStep
from backend.cards.queries import CardView
from backend.db.statements import among
from backend.reports.errors import CardUnpublished, LockedAbove, ReceiverUnknown
from backend.reports.models import Duty, Submission
from backend.reports.rules import WITH_ABOVE
from backend.reports.submissions import open_submission
from backend.reports.words import LINES as LINE_WORDS
from backend.safeguards.audit import Actor, note
from backend.units.models import UnitLink
from backend.units.offices import LINES
from backend.units.queries import NamedUnit, named_at_last, named_many
from backend.units.trees import holds_on


def begin(session: Session, card_id: uuid.UUID, line: str, receiver: uuid.UUID, by: Actor) -> Submission:
    """Put a published card on a line; the same again if somebody has. Raises CardUnknown, CardUnpublished, ReceiverUnknown."""
    card = store.card(session, card_id, hold=True)  # two beginners, one way
    if revisions.last(session, card.id) is None:
        raise CardUnpublished
    if line not in LINES or receiver not in {one.id for one in receivers(session, card, line)}:
        raise ReceiverUnknown
    known = {row.line for row in submissions_of(session, [card.id]).get(card.id, ())}
    made = open_submission(
        session, subject_kind="card", subject_id=card.id, unit=card.unit_id, line=line, receiver=receiver,
        period=revisions.period_of(card),
    )  # fmt: skip
    if line not in known:
        note(session, by, "card.submit", "card", card.id, unit=card.unit_id, reason=line)
    return made


def receivers(session: Session, card: Card, line: str) -> list[NamedUnit]:
    """Whom the unit reports to on that line already, then the unit right above it."""
    today = clock.today()
    owed = session.scalars(
        select(Duty.receiver_id).where(
            Duty.unit_id == card.unit_id, Duty.line == line, Duty.receiver_id != card.unit_id, holds_on(Duty, today)
        )
    )  # fmt: skip
    above = session.scalars(
        select(UnitLink.parent_id).where(
            UnitLink.unit_id == card.unit_id, UnitLink.tree == "territory", holds_on(UnitLink, today)
        )
    )
    order = list(dict.fromkeys([*sorted(owed), *above]))
    names = named_many(session, order, today)
    return [names[unit] for unit in order if unit in names]


def submissions_of(session: Session, cards: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Submission]]:
    """Card -> its ways, the Party's line first; one statement for any number of cards."""
    query = select(Submission).where(Submission.subject_kind == "card", among(Submission.subject_id, cards))
    found: dict[uuid.UUID, list[Submission]] = {}
    for row in session.scalars(query.order_by(Submission.line)):
        found.setdefault(row.subject_id, []).append(row)
    return found


def hands(session: Session, rows: Iterable[Submission]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Submission -> who made the card it carries: gave the unit its own points, named last who answers for it, or published
    the revision. They have written what is signed."""
    known = list(rows)
    cards = {row.subject_id for row in known}
    scored, named, published = _scorers(session, cards), _namers(session, cards), _publishers(session, cards)
    return {
        row.id: scored.get(row.subject_id, frozenset())
        | named.get(row.subject_id, frozenset())
        | published.get((row.subject_id, row.card_revision), frozenset())
        for row in known
    }


def _namers(session: Session, cards: Iterable[uuid.UUID]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    query = select(CardStep.card_id, CardStep.by).where(
        among(CardStep.card_id, cards), CardStep.step == "named"
    )
    last = dict(session.execute(query.order_by(CardStep.at, CardStep.id)).all())
    return {card: frozenset({person}) for card, person in last.items() if person is not None}


def _publishers(
    session: Session, cards: Iterable[uuid.UUID]
) -> dict[tuple[uuid.UUID, int | None], frozenset[uuid.UUID]]:
    query = select(CardRevision.card_id, CardRevision.number, CardRevision.published_by).where(
        among(CardRevision.card_id, cards), CardRevision.published_by.is_not(None)
    )
    return {
        (card, number): frozenset({person})
        for card, number, person in session.execute(query)
        if person is not None
    }


def _scorers(session: Session, cards: Iterable[uuid.UUID]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    query = select(CardScore.card_id, CardScore.by).where(
        among(CardScore.card_id, cards), CardScore.side == "self", CardScore.by.is_not(None)
    )
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    for card, person in session.execute(query):
        if person is not None:
            found.setdefault(card, set()).add(person)
    return {card: frozenset(people) for card, people in found.items()}


# --- which revision it carries --------------------------------------------------------------------------------------


def hand_on(session: Session, row: Submission) -> None:
    """From here on the way carries the revision that was published last."""
    published = [
        one.number
        for one in revisions.revisions_of(session, row.subject_id)
        if one.published_at <= clock.now()
    ]
    row.card_revision = published[-1] if published else None


def carried(session: Session, row: Submission) -> CardView:
    """The card as it is on its way; before it is handed on, as it was published last."""
    number = None if row.state in ("open", "returned") else row.card_revision
    return queries.view_of(session, store.card(session, row.subject_id), number)


@dataclass(frozen=True)
class Apart:
    """A criterion that was published with other figures after the paper was handed on."""

    title: str
    value: tuple[Decimal | None, Decimal | None]
    points: tuple[Decimal | None, Decimal | None]


@dataclass(frozen=True)
class Newer:
    """A revision published since: what the paper says beside what holds now."""

    carried: CardView
    newest: CardView
    apart: list[Apart]
    reason: str


def newer(session: Session, row: Submission) -> Newer | None:
    """None where the way carries what was published last, or carries nothing yet."""
    last = revisions.last(session, row.subject_id)
    if row.card_revision is None or last is None or last.number <= row.card_revision:
        return None
    card = store.card(session, row.subject_id)
    then = queries.view_of(session, card, row.card_revision)
    now = queries.view_of(session, card, last.number)
    after = {one.code: one for one in now.criteria}
    apart = [
        Apart(one.title["vi"], (one.value, after[one.code].value), (one.points, after[one.code].points))
        for one in then.criteria
        if one.code in after and (one.value, one.points) != (after[one.code].value, after[one.code].points)
    ]
    return Newer(then, now, apart, last.reason)


# --- closed and opened with the papers ------------------------------------------------------------------------------


def after_step(session: Session, row: Submission, deed: str, was: str, by: Actor, words: str) -> None:
    """The last line that is locked locks the card; the first that comes back from above opens it again.

    The card is held before the other line is looked at: of two that lock at once the second sees the first.
    """
    if deed not in ("lock", "reopen", "give_back"):
        return
    session.flush()
    card = store.card(session, row.subject_id, hold=True)
    if deed == "lock":
        if card.state != "locked" and not _has_open_line(session, row):
            actions.lock(session, card.id, by)
    elif was in WITH_ABOVE and card.state == "locked":
        actions.reopen(session, card.id, by, words)


def _has_open_line(session: Session, row: Submission) -> bool:
    query = select(Submission.id).where(
        Submission.subject_kind == "card", Submission.subject_id == row.subject_id, Submission.id != row.id,
        Submission.state != "locked",
    )  # fmt: skip
    return session.scalars(query).first() is not None


def reopen(session: Session, card_id: uuid.UUID, by: Actor, reason: str) -> Card:
    """Open a locked card that no paper above holds. Raises LockedAbove, ReasonMissing, WrongState."""
    card = store.card(session, card_id, hold=True)
    held = session.scalars(
        select(Submission).where(
            Submission.subject_kind == "card", Submission.subject_id == card.id, Submission.state == "locked"
        )
    ).first()
    if held is not None:
        above = named_at_last(session, held.receiver_id or held.unit_id, clock.today())
        raise LockedAbove(unit=above.full_name, line=LINE_WORDS[held.line].lower())
    return actions.reopen(session, card.id, by, reason)
