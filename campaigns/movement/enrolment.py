"""Who takes part: units and firms, what they set themselves, and what an officer answers."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import NotFound
from backend.participation.lease import shut_gate
from backend.safeguards.audit import Actor, note
from backend.units.models import Unit
from backend.units.trees import subtree
from campaigns.models import Activity, Campaign
from campaigns.movement import counting, rules
from campaigns.movement.errors import (
    ChangedSince,
    CriterionUnknown,
    EnrolledAlready,
    NotHere,
    NotOpenYet,
    Over,
    PromiseFrozen,
    PromiseTooLow,
    WordsMissing,
    WrongState,
)
from campaigns.movement.measures import ENROLLED
from campaigns.movement.models import WORDS, Enrolment, Promise, Review
from campaigns.movement.schemas import Criterion, MovementSettings, PromiseIn, decimal_of

UNIT, FIRM = "unit", "firm"
STANDING = ("open", "confirmed", "returned")


def held(session: Session, enrolment: uuid.UUID, revision: int | None = None) -> Enrolment:
    """The enrolment, until the transaction ends. Raises NotFound, ChangedSince where somebody changed it meanwhile."""
    query = select(Enrolment).where(Enrolment.id == enrolment).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound
    if revision is not None and revision != row.revision:
        raise ChangedSince
    return row


def has_review(session: Session, activity: uuid.UUID, kind: str | None = None) -> bool:
    """Whether a review was published, of that kind or of any."""
    query = select(Review.id).where(Review.activity_id == activity, Review.state == "published")
    if kind:
        query = query.where(Review.kind == kind)
    return session.scalar(query.limit(1)) is not None


def check_runs(session: Session, activity: Activity) -> None:
    """Nothing is written before it opened or after its final review. Raises NotOpenYet, Over."""
    if activity.state == "scheduled":
        raise NotOpenYet
    if activity.state == "settled" or has_review(session, activity.id, "final"):
        raise Over


def may_enrol(session: Session, activity: Activity, settings: MovementSettings) -> set[uuid.UUID]:
    """Units below the owner, of the kinds that take part."""
    if not settings.units:
        return set()
    owner = session.get_one(Campaign, activity.campaign_id).owner_unit_id
    below = subtree(session, owner, clock.today())
    return set(session.scalars(select(Unit.id).where(Unit.id.in_(below), Unit.kind.in_(settings.unit_kinds))))


def enrol(
    session: Session,
    activity: Activity,
    settings: MovementSettings,
    unit: uuid.UUID,
    promises: Sequence[PromiseIn],
    actor: Actor,
) -> Enrolment:
    """A unit enters, or comes back after it withdrew: once a review was published, to what it had set itself before.

    Raises NotOpenYet, Over, NotHere, EnrolledAlready, CriterionUnknown, PromiseTooLow.
    """
    shut_gate(session, activity.id)
    check_runs(session, activity)
    if unit not in may_enrol(session, activity, settings):
        raise NotHere
    row = session.scalars(
        select(Enrolment).where(Enrolment.activity_id == activity.id, Enrolment.unit_id == unit)
    ).first()
    if row is not None and row.state != "withdrawn":
        raise EnrolledAlready
    row = row or _new(session, Enrolment(activity_id=activity.id, unit_id=unit), actor)
    row.state = "open"
    promise_unless_frozen(session, row, settings.of(UNIT), promises, clock.now())
    _became(session, row, "movement.enrol", unit, actor)
    return row


def _new(session: Session, row: Enrolment, actor: Actor) -> Enrolment:
    row.at, row.by, row.promise_version, row.revision = clock.now(), actor.id, 0, 0
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise EnrolledAlready from error
    return row


def of_firm(session: Session, activity: Activity, firm: uuid.UUID) -> Enrolment | None:
    """A firm's place in the movement whatever its state, until the transaction ends."""
    query = select(Enrolment).where(Enrolment.activity_id == activity.id, Enrolment.firm_id == firm)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()


def place_for_firm(session: Session, activity: Activity, firm: uuid.UUID, actor: Actor) -> Enrolment:
    """A firm enters, or comes back after it withdrew; it needs nobody's yes. Raises EnrolledAlready."""
    row = of_firm(session, activity, firm)
    if row is not None and row.state != "withdrawn":
        raise EnrolledAlready
    row = row or _new(session, Enrolment(activity_id=activity.id, firm_id=firm), actor)
    row.state = "confirmed"
    row.revision += 1
    return row


def is_frozen(session: Session, row: Enrolment) -> bool:
    """Whether what the entrant set itself stays: it set itself something, and a review was published."""
    return row.promise_version > 0 and has_review(session, row.activity_id)


def promise_unless_frozen(
    session: Session, row: Enrolment, criteria: Sequence[Criterion], promises: Sequence[PromiseIn], at: datetime
) -> None:  # fmt: skip
    """Of whoever enters. Leaving and coming back thaws nothing: what a review froze stays as it was.

    Raises CriterionUnknown, PromiseTooLow.
    """
    if not is_frozen(session, row):
        write_promises(session, row, criteria, promises, at)


def write_promises(
    session: Session,
    row: Enrolment,
    criteria: Sequence[Criterion],
    promises: Sequence[PromiseIn],
    at: datetime,
) -> None:
    """The next version of what the entrant sets itself; what is not named stays as it was.

    Raises CriterionUnknown, PromiseTooLow.
    """
    known = {one.code: one for one in criteria}
    check_promises(known.values(), promises)
    before = {
        one.criterion: one
        for one in session.scalars(
            select(Promise).where(Promise.enrolment_id == row.id, Promise.version == row.promise_version)
        )
    }
    row.promise_version += 1
    told = {one.criterion: (decimal_of(one.target), one.words.strip()[:300]) for one in promises}
    for code in known:
        old = before.get(code)
        target, words = told.get(code) or (
            (old.target, old.words) if old else (decimal_of(known[code].target), "")
        )
        session.add(
            Promise(enrolment_id=row.id, criterion=code, version=row.promise_version, target=target, words=words, at=at)
        )  # fmt: skip
    session.flush()


def check_promises(criteria: Iterable[Criterion], promises: Sequence[PromiseIn]) -> None:
    """Raises CriterionUnknown, PromiseTooLow."""
    known = {one.code: one for one in criteria}
    for one in promises:
        if one.criterion not in known:
            raise CriterionUnknown
        asked = known[one.criterion]
        if rules.is_too_low(decimal_of(one.target), asked.least):
            raise PromiseTooLow(title=asked.vi, least=f"{asked.least:g}")


def promise(
    session: Session, activity: Activity, settings: MovementSettings, row: Enrolment, promises: Sequence[PromiseIn], actor: Actor
) -> None:  # fmt: skip
    """Set other goals; a unit's need a yes again. Raises Over, WrongState, PromiseFrozen, CriterionUnknown, PromiseTooLow."""
    check_runs(session, activity)
    if row.state == "withdrawn":
        raise WrongState
    if is_frozen(session, row):
        raise PromiseFrozen
    write_promises(session, row, settings.of(FIRM if row.firm_id else UNIT), promises, clock.now())
    if row.unit_id is not None:
        counting.uncount(session, row, ENROLLED)
        row.state = "open"
    _became(session, row, "movement.promise", row.unit_id, actor)


def confirm(session: Session, activity: Activity, row: Enrolment, actor: Actor) -> None:
    """The unit is in. Raises WrongState, Over."""
    check_runs(session, activity)
    if row.state != "open" or row.unit_id is None:
        raise WrongState
    row.state, row.words = "confirmed", None
    counting.count(session, activity, row, ENROLLED, row.unit_id)
    _became(session, row, "movement.confirm", row.unit_id, actor)


def send_back(session: Session, activity: Activity, row: Enrolment, words: str, actor: Actor) -> None:
    """To be completed, saying what. Raises WrongState, WordsMissing, Over."""
    check_runs(session, activity)
    if row.state not in ("open", "confirmed") or row.unit_id is None:
        raise WrongState
    if len(words.split()) < 2:
        raise WordsMissing
    counting.uncount(session, row, ENROLLED)
    row.state, row.words = "returned", words.strip()[:WORDS]
    _became(session, row, "movement.return", row.unit_id, actor)


def withdraw(session: Session, activity: Activity, row: Enrolment, actor: Actor) -> None:
    """The entrant leaves; what was counted is taken back. Raises WrongState, Over."""
    check_runs(session, activity)
    if row.state == "withdrawn":
        raise WrongState
    counting.take_back(session, row)
    row.state = "withdrawn"
    _became(session, row, "movement.withdraw", row.unit_id, actor)


def _became(session: Session, row: Enrolment, deed: str, unit: uuid.UUID | None, actor: Actor) -> None:
    row.revision += 1
    session.flush()  # the database's rules speak here
    if actor.id is not None:  # what a person does on the phone is in the ledger
        note(session, actor, deed, "movement_enrolment", row.id, unit=unit)
