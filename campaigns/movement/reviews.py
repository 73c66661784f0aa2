"""Interim and final reviews: drafted from the ledger and from what was said, published once, signed, kept as they are."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import among
from backend.errors import NotFound
from backend.participation import changes
from backend.participation.lease import shut_gate
from backend.participation.measures import MeasureBook
from backend.safeguards.audit import Actor, note
from backend.safeguards.signing import Signer
from campaigns.kind import Leader
from campaigns.models import Activity, Campaign
from campaigns.movement import comparing, counting, criteria, enrolment
from campaigns.movement.errors import DayWrong, DraftThere, Published
from campaigns.movement.measures import COMPLETED
from campaigns.movement.models import LONG, Enrolment, Review
from campaigns.movement.schemas import Criterion, MovementSettings
from campaigns.movement.statement import Entrant, statement

KINDS = ("interim", "final")


# --- drafting ------------------------------------------------------------------------------------------------------


def draft(
    session: Session, activity: Activity, settings: MovementSettings, book: MeasureBook, kind: str, until: date, actor: Actor
) -> Review:  # fmt: skip
    """Begin a review and count what the ledger knows. Raises NotOpenYet, Over, DraftThere, DayWrong."""
    shut_gate(session, activity.id)
    enrolment.check_runs(session, activity)
    if kind not in KINDS:
        raise NotFound
    before = of(session, activity.id)
    if any(one.state == "draft" for one in before):
        raise DraftThere
    _check_day(activity, before, until)
    number = 1 + (
        session.scalar(select(func.max(Review.number)).where(Review.activity_id == activity.id)) or 0
    )
    row = Review(
        activity_id=activity.id, number=number, kind=kind, until=until, by=actor.id, made_at=clock.now()
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise DraftThere from error
    count(session, activity, settings, book, until)
    note(session, actor, "movement.review", "activity", activity.id, unit=_owner(session, activity.id))
    return row


def _owner(session: Session, activity: uuid.UUID) -> uuid.UUID | None:
    query = select(Campaign.owner_unit_id).join(Activity, Activity.campaign_id == Campaign.id)
    return session.scalar(query.where(Activity.id == activity))


def _check_day(activity: Activity, before: Sequence[Review], until: date) -> None:
    last = max((one.until for one in before), default=None)
    too_early = until < clock.local_day(activity.opens_at) or (last is not None and until < last)
    if too_early or until > clock.today():
        raise DayWrong


def count(
    session: Session, activity: Activity, settings: MovementSettings, book: MeasureBook, until: date
) -> None:
    """Write down anew what the ledger says of every unit that is in."""
    rows = units_in(session, activity.id)
    found = comparing.measure(
        session, book, activity, settings.of("unit"), [row.unit_id for row in rows if row.unit_id], until
    )
    now = clock.now()
    for row in rows:
        for told in found[row.unit_id] if row.unit_id else ():
            criteria.say(session, row.id, "measured", told, None, now)


def write(session: Session, row: Review, words: str) -> None:
    """What the organiser says about it. Raises Published."""
    if row.state != "draft":
        raise Published
    row.words = words.strip()[:LONG]


def discard(session: Session, row: Review, actor: Actor) -> None:
    """A draft is thrown away; its number is given to the next. Raises Published."""
    if row.state != "draft":
        raise Published
    session.delete(row)
    session.flush()
    note(
        session,
        actor,
        "movement.review_out",
        "activity",
        row.activity_id,
        unit=_owner(session, row.activity_id),
    )


def units_in(session: Session, activity: uuid.UUID) -> list[Enrolment]:
    """Units an officer confirmed."""
    query = select(Enrolment).where(
        Enrolment.activity_id == activity, Enrolment.unit_id.is_not(None), Enrolment.state == "confirmed"
    )
    return list(session.scalars(query.order_by(Enrolment.id)))


def firms_in(session: Session, activity: uuid.UUID) -> list[Enrolment]:
    query = select(Enrolment).where(
        Enrolment.activity_id == activity, Enrolment.firm_id.is_not(None), Enrolment.state != "withdrawn"
    )
    return list(session.scalars(query.order_by(Enrolment.id)))


def how_many(session: Session, activities: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int]]:
    """Activity -> units that are in, firms that are in."""
    firms = func.sum(case((Enrolment.firm_id.is_not(None), 1), else_=0))
    units = func.sum(case((Enrolment.unit_id.is_not(None) & (Enrolment.state == "confirmed"), 1), else_=0))
    rows = session.execute(
        select(Enrolment.activity_id, units, firms)
        .where(among(Enrolment.activity_id, activities), Enrolment.state != "withdrawn")
        .group_by(Enrolment.activity_id)
    )
    return {activity: (int(many), int(few)) for activity, many, few in rows}


def entrants(
    session: Session, rows: Sequence[Enrolment], asked: Sequence[Criterion], review: int = 0
) -> list[Entrant]:
    """Each with what is said of it as it stands, or as a published review keeps it."""
    return _stood(session, rows, asked, criteria.marks_of(session, [row.id for row in rows], review))


def as_told(session: Session, row: Enrolment, asked: Sequence[Criterion]) -> Entrant:
    """One for its own page: what is declared and said as it stands, what was counted as the review published last has it.

    A draft is counted anew with every save; two counts a day apart would tell what one person did.
    """
    last = newest(session, row.activity_id)
    counted = criteria.marks_of(session, [row.id], last.number)[row.id] if last else {}
    marks = {
        key: mark
        for key, mark in criteria.marks_of(session, [row.id])[row.id].items()
        if key[1] != "measured"
    }
    marks |= {key: mark for key, mark in counted.items() if key[1] == "measured"}
    (found,) = _stood(session, [row], asked, {row.id: marks})
    return found


def _stood(
    session: Session, rows: Sequence[Enrolment], asked: Sequence[Criterion], marks: dict[uuid.UUID, criteria.Marks]
) -> list[Entrant]:  # fmt: skip
    promised = criteria.promises_of(session, {row.id: row.promise_version for row in rows})
    return [
        Entrant(
            row, promised[row.id], marks[row.id], criteria.standing(asked, promised[row.id], marks[row.id])
        )
        for row in rows
    ]


# --- publishing ----------------------------------------------------------------------------------------------------


def publish(
    session: Session, activity: Activity, settings: MovementSettings, book: MeasureBook, row: Review, signer: Signer, actor: Actor
) -> Review:  # fmt: skip
    """Count once more, fix every mark under the review's number, sign what is said. Raises Published, Over."""
    shut_gate(session, activity.id)
    if row.state != "draft":
        raise Published
    enrolment.check_runs(session, activity)
    count(session, activity, settings, book, row.until)
    units = entrants(session, units_in(session, activity.id), settings.of("unit"))
    firms = entrants(session, firms_in(session, activity.id), settings.of("firm"))
    criteria.freeze(session, [one.row.id for one in (*units, *firms)], row.number)
    if row.kind == "final":
        _count_completed(session, activity, units)
    row.statement = statement(session, activity, settings, row, units, firms)
    signed = signer.sign_statement(session, row.statement)
    row.digest, row.signature, row.key_id = signed.digest, signed.signature, signed.key_id
    row.state, row.published_at = "published", clock.now()
    session.flush()
    campaign = session.get_one(Campaign, activity.campaign_id)
    note(session, actor, f"movement.{row.kind}", "activity", activity.id, unit=campaign.owner_unit_id)
    changes.tell(session, "activity", activity.id, "changed")
    return row


def _count_completed(session: Session, activity: Activity, units: Sequence[Entrant]) -> None:
    for one in units:
        if one.standing.is_complete:
            counting.count(session, activity, one.row, COMPLETED, one.unit)


# --- reading -------------------------------------------------------------------------------------------------------


def of(session: Session, activity: uuid.UUID, *, published: bool = False) -> list[Review]:
    """The first one first."""
    query = select(Review).where(Review.activity_id == activity)
    if published:
        query = query.where(Review.state == "published")
    return list(session.scalars(query.order_by(Review.number)))


def one(session: Session, activity: uuid.UUID, number: int) -> Review:
    """Raises NotFound."""
    query = select(Review).where(Review.activity_id == activity, Review.number == number)
    row = session.scalars(query.with_for_update()).first()
    if row is None:
        raise NotFound
    return row


def newest(session: Session, activity: uuid.UUID) -> Review | None:
    """The review that was published last."""
    rows = of(session, activity, published=True)
    return rows[-1] if rows else None


def leaders(session: Session, activity: Activity) -> list[Leader]:
    """The units in front as the newest published review names them; nothing before there is one."""
    row = newest(session, activity.id)
    if row is None or row.statement is None:
        return []
    return [
        Leader(
            unit=uuid.UUID(one["unit"]),
            place=one["place"],
            criterion=asked["code"],
            title=asked["title"],
            group=group["group"],
            value=_with_unit(one),
            review=row.number,
            final=row.kind == "final",
        )
        for asked in row.statement["criteria"]
        for group in asked["groups"]
        for one in group["leaders"]
    ]


def _with_unit(one: dict[str, Any]) -> str:
    """'70%', '12 hộ': as the page says it."""
    return one["value"] + "%" if one["rate"] else f"{one['value']} {one['counted']['vi']}".strip()
