"""Writing households: a code from the node, a nickname from the team, and where they are and whose, with dates."""

import unicodedata
import uuid
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.participation.changes import tell
from backend.participation.lease import shut_gate
from backend.safeguards.audit import WORKER, Actor, note
from backend.teams.errors import AlreadyMerged, HouseholdUnknown, MovedSince, TeamUnknown
from backend.teams.models import HOUSEHOLD_KINDS, Assignment, Household, HouseholdPlace, Team
from backend.teams.queries import histories, subjects_of
from backend.teams.rules import next_code, on_day
from backend.units.errors import NotYet, UnitUnknown
from backend.units.lineage import lineage
from backend.units.queries import NamedUnit, named_many

CHANGED, EVICTED = "changed", "evicted"


def add(
    session: Session,
    *,
    hamlet: uuid.UUID,
    kind: str,
    nickname: str,
    team: uuid.UUID | None,
    now: datetime,
    id: uuid.UUID | None = None,
) -> Household:
    """A household known from `now` on, under the next code of its hamlet; members of `team` learn of it.

    Asked again under the same id it is the one there is. `kind` is one of HOUSEHOLD_KINDS. Raises UnitUnknown for a
    place that is no hamlet, TeamUnknown.
    """
    if kind not in HOUSEHOLD_KINDS:
        raise ValueError(kind)
    day = clock.local_day(now)
    place = _hamlet(session, hamlet, day)
    if team is not None and session.get(Team, team) is None:
        raise TeamUnknown
    shut_gate(session, place.id)  # one at a time gives codes in a hamlet, so that two at once both get one
    if id is not None and (known := session.get(Household, id)) is not None:
        return known
    code = next_code(place.code, _last_code(session, place.code))
    made = Household(id=id or new_id(), code=code, kind=kind, nickname=cleaned(nickname), made_at=now)
    session.add(made)
    session.flush()  # its place and its team need it
    session.add(HouseholdPlace(household_id=made.id, unit_id=place.id, valid_from=day))
    if team is not None:
        session.add(Assignment(household_id=made.id, team_id=team, valid_from=now))
        _tell(session, made.id, team, CHANGED)
    session.flush()  # whoever counts or lists households next finds it whole
    return made


def _last_code(session: Session, hamlet_code: str) -> str | None:
    """The highest given in a hamlet so far, wherever its household went since: H1000 comes after H999."""
    return session.scalars(
        select(Household.code)
        .where(Household.code.startswith(f"{hamlet_code}-H", autoescape=True))
        .order_by(func.length(Household.code).desc(), Household.code.desc())
        .limit(1)
    ).first()


def _hamlet(session: Session, unit: uuid.UUID, day: date) -> NamedUnit:
    """The hamlet, or what it had become by that day; a day before it was there is a clock gone wrong."""
    steps = lineage(session)
    for when in (day, clock.today()):
        place = on_day(steps, unit, when)
        if (found := named_many(session, [place], when).get(place)) and found.kind == "hamlet":
            return found
    raise UnitUnknown


def cleaned(nickname: str) -> str:
    return unicodedata.normalize("NFC", " ".join(nickname.split()))


def rename(session: Session, household: uuid.UUID, nickname: str) -> None:
    """Raises HouseholdUnknown, AlreadyMerged."""
    row = held(session, household)
    row.nickname = cleaned(nickname)
    changed(session, row)


def forget_nickname(session: Session, household: uuid.UUID) -> None:
    """The household asked for it: its code is all that is left of what it was called."""
    row = held(session, household)
    row.nickname = row.code
    changed(session, row)


def new_card(session: Session, household: uuid.UUID) -> None:
    """The card was lost: the next one has another number, and the old one opens nothing."""
    row = held(session, household)
    row.card += 1
    changed(session, row)


def touch(session: Session, household: uuid.UUID) -> None:
    """Something phones show beside the household changed (its last visit, a follow-up): they are told.

    Takes no more than the row it writes, so that two visits at once never wait for each other crosswise.
    """
    session.execute(update(Household).where(Household.id == household).values(version=Household.version + 1))
    _tell_team(session, household)


def assign(
    session: Session,
    household: uuid.UUID,
    team: uuid.UUID | None,
    reason: str = "",
    *,
    actor: Actor = WORKER,
) -> None:
    """From now on `team` is responsible, or nobody is; the phones of both teams learn of it.

    The trail keeps who did it and the reason, so whoever calls does not note it again. Raises HouseholdUnknown,
    AlreadyMerged, TeamUnknown.
    """
    row = held(session, household)
    if team is not None and session.get(Team, team) is None:
        raise TeamUnknown
    before = running(session, household)
    if (before.team_id if before else None) == team:
        return
    end_duty(session, household, before)
    if team is not None:
        since = max(clock.now(), before.valid_from if before else row.made_at)
        session.add(Assignment(household_id=household, team_id=team, valid_from=since))
    note(session, actor, "household.assign", "household", household, unit=team, reason=reason or None)
    changed(session, row)


def running(session: Session, household: uuid.UUID) -> Assignment | None:
    return session.scalars(
        select(Assignment).where(Assignment.household_id == household, Assignment.valid_to.is_(None))
    ).one_or_none()


def end_duty(session: Session, household: uuid.UUID, duty: Assignment | None) -> None:
    """The running assignment ends now, and the household leaves the phones of that team."""
    if duty is None:
        return
    now = clock.now()
    if duty.valid_from >= now:  # given and taken in the same moment: it never held
        session.delete(duty)
    else:
        duty.valid_to = now
    session.flush()  # one assignment a moment
    _tell(session, household, duty.team_id, EVICTED)


def move(session: Session, household: uuid.UUID, hamlet: uuid.UUID, day: date) -> None:
    """From `day` it is in that hamlet; what was done before stays with the one it was in. Its team stays until assigned.

    Raises HouseholdUnknown, AlreadyMerged, UnitUnknown, NotYet, MovedSince.
    """
    row = held(session, household)
    if day > clock.today():
        raise NotYet
    place, current = _hamlet(session, hamlet, day), stay(session, household)
    if day < current.valid_from:
        raise MovedSince
    if place.id == current.unit_id:
        return
    if day == current.valid_from:  # put right on the day it was entered
        current.unit_id = place.id
    else:
        current.valid_to = day
        session.add(HouseholdPlace(household_id=household, unit_id=place.id, valid_from=day))
    changed(session, row)


def stay(session: Session, household: uuid.UUID) -> HouseholdPlace:
    return session.scalars(
        select(HouseholdPlace).where(
            HouseholdPlace.household_id == household, HouseholdPlace.valid_to.is_(None)
        )
    ).one()


def resolve(session: Session, household: uuid.UUID) -> uuid.UUID:
    """The household itself, or the one that stands for it since they were merged. Raises HouseholdUnknown."""
    found = histories(session, [household])
    if household not in found:
        raise HouseholdUnknown
    return found.standing(household)


def held(session: Session, household: uuid.UUID, *, against_counting: bool = False) -> Household:
    """Two who change the same household at once do it one after the other. Raises HouseholdUnknown, AlreadyMerged.

    `against_counting`: also wait for those who are counting something for it, and have them wait.
    """
    lock = {} if against_counting else {"key_share": True}
    row = session.get(Household, household, with_for_update=lock or True, populate_existing=True)
    if row is None:
        raise HouseholdUnknown
    if row.merged_into is not None:
        raise AlreadyMerged
    return row


def changed(session: Session, row: Household) -> None:
    row.version += 1
    session.flush()  # who has it now is looked up
    _tell_team(session, row.id)


def _tell_team(session: Session, household: uuid.UUID) -> None:
    if (duty := running(session, household)) is not None:
        _tell(session, household, duty.team_id, CHANGED)


def _tell(session: Session, household: uuid.UUID, team: uuid.UUID, change: str) -> None:
    today = clock.today()
    for subject in subjects_of(session, on_day(lineage(session), team, today), today):
        tell(session, "household", household, change, subject)
