"""Firms, household businesses and cooperatives: known once in a hamlet, enrolled by themselves or by an officer."""

import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import among
from backend.errors import NotFound
from backend.participation.lease import shut_gate
from backend.safeguards.audit import Actor, note
from backend.units.models import Unit
from backend.units.trees import subtree
from backend.units.words import fold
from campaigns.models import Activity, Campaign
from campaigns.movement import counting, criteria, enrolment, forgetting
from campaigns.movement.errors import AgreementMissing, FirmThere, NameMissing, NotHere, OwnersOwn
from campaigns.movement.measures import ASSESSED, FIRMS
from campaigns.movement.models import NAME, SORTS, WAYS_TO_AGREE, Enrolment, Firm
from campaigns.movement.schemas import MovementSettings, PromiseIn


@dataclass(frozen=True)
class Agreed:
    """How and when whoever it belongs to agreed that an officer writes it down: `spoken`, or on paper."""

    how: str
    on: date


@dataclass(frozen=True)
class Listed:
    """A firm with its enrolments: (activity, enrolment, state)."""

    firm: Firm
    enrolled: tuple[tuple[uuid.UUID, uuid.UUID, str], ...]


def hamlets(session: Session, activity: Activity) -> set[uuid.UUID]:
    """Hamlets within the movement."""
    owner = session.get_one(Campaign, activity.campaign_id).owner_unit_id
    return hamlets_of(session, owner)


def hamlets_of(session: Session, owner: uuid.UUID) -> set[uuid.UUID]:
    below = subtree(session, owner, clock.today(), "territory")
    return set(session.scalars(select(Unit.id).where(among(Unit.id, below), Unit.kind == "hamlet")))


def same_name(session: Session, hamlet: uuid.UUID, name: str) -> Firm | None:
    """Whoever bears that name there already, with or without tone marks."""
    query = select(Firm).where(Firm.hamlet_id == hamlet, Firm.folded == fold(readable(name))[:200])
    return session.scalars(query).first()


def readable(name: str) -> str:
    """Composed, in single spaces, without signs that nobody sees."""
    seen = "".join(sign for sign in unicodedata.normalize("NFC", name) if unicodedata.category(sign) != "Cf")
    return " ".join(seen.split())[:NAME]


def add(
    session: Session, sort: str, name: str, hamlet: uuid.UUID, actor: Actor, subject: uuid.UUID | None = None,
    agreed: Agreed | None = None,
) -> Firm:  # fmt: skip
    """A firm nobody knew yet. `subject` agreed on the phone; for who asks an officer, `agreed` proves it.

    Raises NameMissing, AgreementMissing, FirmThere.
    """
    told = readable(name)
    if sort not in SORTS or len(told) < 2 or not any(sign.isalnum() for sign in told):
        raise NameMissing
    if subject is None:
        _check_agreed(agreed)
    row = Firm(
        sort=sort,
        name=told,
        folded=fold(told)[:200],
        hamlet_id=hamlet,
        enrolled_by=subject,
        agreed_how=agreed.how if agreed else None,
        agreed_on=agreed.on if agreed else None,
        made_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise FirmThere from error
    if actor.id is not None:
        note(session, actor, "movement.firm", "movement_firm", row.id, unit=hamlet)
    return row


def _check_agreed(agreed: Agreed | None) -> None:
    """Consent has to be provable: Law 91/2025/QH15 art. 9."""
    if agreed is None or agreed.how not in WAYS_TO_AGREE or agreed.on > clock.today():
        raise AgreementMissing


def remove(session: Session, firm: Firm, actor: Actor) -> None:
    """Whoever agreed to an officer's entry asks for it to go; what runs is no longer counted, what was published stays.

    Raises OwnersOwn for one entered on its owner's phone.
    """
    if firm.enrolled_by is not None:
        raise OwnersOwn
    for row in session.scalars(select(Enrolment).where(Enrolment.firm_id == firm.id)):
        if not enrolment.has_review(session, row.activity_id, "final"):
            counting.take_back(session, row)
    note(session, actor, "movement.firm_deleted", "movement_firm", firm.id, unit=firm.hamlet_id)
    forgetting.delete_firms(session, [firm.id])


def enrol(
    session: Session, activity: Activity, settings: MovementSettings, firm: Firm, promises: Sequence[PromiseIn], actor: Actor
) -> Enrolment:  # fmt: skip
    """An officer enters a firm that asked for it, again where it had withdrawn.

    Raises NotOpenYet, Over, NotHere, EnrolledAlready, PromiseTooLow.
    """
    shut_gate(session, activity.id)
    enrolment.check_runs(session, activity)
    if not settings.firms or firm.hamlet_id not in hamlets(session, activity):
        raise NotHere
    row = enrolment.place_for_firm(session, activity, firm.id, actor)
    asked = settings.of(enrolment.FIRM)
    enrolment.promise_unless_frozen(session, row, asked, promises, clock.now())
    counting.count(session, activity, row, FIRMS, firm.hamlet_id)
    note(session, actor, "movement.enrol", "movement_enrolment", row.id, unit=firm.hamlet_id)
    return row


def assess(
    session: Session, activity: Activity, row: Enrolment, told: Sequence[criteria.Say], actor: Actor
) -> None:
    """What a firm says of itself, written down by an officer at its table. Raises NotOpenYet, Over."""
    enrolment.check_runs(session, activity)
    for one in told:
        criteria.say(session, row.id, "self", one, actor.id, clock.now())
    hamlet = counting.place_of(session, row)
    counting.count(session, activity, row, ASSESSED, hamlet)
    note(session, actor, "movement.assess", "movement_enrolment", row.id, unit=hamlet)


def verify(session: Session, firm: Firm, actor: Actor) -> None:
    """An officer saw the papers of the firm."""
    firm.verified_by, firm.verified_at = actor.id, clock.now()
    note(session, actor, "movement.firm_verified", "movement_firm", firm.id, unit=firm.hamlet_id)


def one(session: Session, firm: uuid.UUID) -> Firm:
    """Raises NotFound."""
    row = session.get(Firm, firm)
    if row is None:
        raise NotFound
    return row


def listed(
    session: Session, places: set[uuid.UUID], words: str = "", after: uuid.UUID | None = None, most: int = 50
) -> list[Listed]:
    """Firms of those hamlets, the newest first, whose name has the words in it; one more than `most` if there are more."""
    query = select(Firm).where(among(Firm.hamlet_id, places))
    if words:
        query = query.where(Firm.folded.contains(fold(words), autoescape=True))
    if after is not None:
        query = query.where(Firm.id < after)
    rows = list(session.scalars(query.order_by(Firm.id.desc()).limit(most + 1)))
    places_of: dict[uuid.UUID, list[tuple[uuid.UUID, uuid.UUID, str]]] = {row.id: [] for row in rows}
    entered = select(Enrolment).where(among(Enrolment.firm_id, list(places_of)))
    for entry in session.scalars(entered):
        if entry.firm_id is not None:
            places_of[entry.firm_id].append((entry.activity_id, entry.id, entry.state))
    return [Listed(row, tuple(places_of[row.id])) for row in rows]
