"""Households that were merged by mistake: which visits belong to which, and their figures put right.

A visit that turns out to have been at the other house is not changed: a correction in the name of its writer says where it
was. Households are then counted by what stands, each where it was first met.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.participation import record, waiting
from backend.participation.deeds import Answer, Deed, body_hash
from backend.participation.models import Fact, Operation
from backend.participation.record import Attribution
from backend.people.sign_in import Participant
from backend.teams.models import Household
from campaigns.kind import Desk
from campaigns.models import Activity, Campaign
from campaigns.visit.actions import log
from campaigns.visit.ledger import Counted, Reached, Repair, households_counted, reached
from campaigns.visit.lines import VisitLine, visit_lines
from campaigns.visit.models import Visit, VisitPhoto
from campaigns.visit.queries import services_of_visits, with_merged
from campaigns.visit.schemas import LogIn, VisitSettings

A_BREATH = timedelta(microseconds=1)
"""A correction is written after what it corrects, and yet not after the end of the campaign."""


def since_merged(session: Session, stays: uuid.UUID, merged_at: datetime) -> list[VisitLine]:
    """Visits that reached the node since two became one: they stand under the one that stayed, whichever was meant."""
    arrived = select(Operation.id).where(Operation.received_at >= merged_at)
    return visit_lines(session, Visit.household_id == stays, Visit.stands.is_(True), Visit.id.in_(arrived))


def part(session: Session, apart: uuid.UUID, stays: uuid.UUID, theirs: Collection[uuid.UUID]) -> None:
    """`theirs`: visits that turn out to have been at the household that stands by itself again."""
    by = new_id()
    known = _activities(session, with_merged(session, [apart, stays]))
    for activity, campaign in known:
        desk = _desk(session, activity, campaign)
        for visit in _visits(session, activity.id, stays, theirs):
            _move(desk, visit, apart, uuid.uuid5(by, visit.id.hex))
        _count_households(desk, [apart, stays], Repair(uuid.uuid5(by, activity.id.hex)))


def _activities(session: Session, households: Iterable[uuid.UUID]) -> list[tuple[Activity, Campaign]]:
    visited = select(Visit.activity_id).where(Visit.household_id.in_(list(households)))
    rows = session.execute(
        select(Activity, Campaign)
        .join(Campaign, Campaign.id == Activity.campaign_id)
        .where(Activity.id.in_(visited))
        .order_by(Activity.id)
    )
    return [(activity, campaign) for activity, campaign in rows]


def _desk(session: Session, activity: Activity, campaign: Campaign) -> Desk:
    nobody = new_id()
    return Desk(
        session=session, campaign=campaign, activity=activity,
        settings=msgspec.convert(activity.settings_in_force, VisitSettings),
        participant=Participant(nobody, nobody, None, None, "", None),
        now=clock.now(), language="vi", placed=lambda _measure: None,
    )  # fmt: skip


def _visits(
    session: Session, activity: uuid.UUID, household: uuid.UUID, some: Collection[uuid.UUID]
) -> Sequence[Visit]:
    query = select(Visit).where(
        Visit.activity_id == activity,
        Visit.household_id == household,
        Visit.id.in_(some),
        Visit.stands.is_(True),
    )
    return session.scalars(query.order_by(Visit.id)).all()


# --- a visit at the other house -------------------------------------------------------------------------------------


def _move(desk: Desk, visit: Visit, household: uuid.UUID, key: uuid.UUID) -> None:
    """A correction in the name of whoever wrote it; where they have left, of nobody, for the same team."""
    who = waiting.writer(desk.session, visit.by) or Participant(visit.by, visit.by, None, None, "", None)
    deed = _correction(desk, visit, household, key, who)
    record.claim(desk.session, [deed])
    answer = log(replace(desk, participant=who, accepted_for=visit.team_id), deed)
    record.settle(desk.session, [(deed, answer, _place(desk, answer))])
    desk.session.flush()  # the next question reads which records stand


def _correction(desk: Desk, visit: Visit, household: uuid.UUID, key: uuid.UUID, who: Participant) -> Deed:
    body = _body(desk.session, visit, household)
    frozen = msgspec.json.encode(body)
    return Deed(
        id=key, device=key, seq=1, subject=visit.by, person=who.person, activity=desk.activity.id,
        action="visit.log", schema=1, body=body, body_hash=body_hash(frozen),
        happened_at=visit.happened_at + A_BREATH, time_trust=visit.time_trust, received_at=desk.now, frozen=frozen,
    )  # fmt: skip


def _body(session: Session, visit: Visit, household: uuid.UUID) -> LogIn:
    services = services_of_visits(session, [visit.id]).get(visit.id, {})
    photos = session.scalars(select(VisitPhoto.digest).where(VisitPhoto.visit_id == visit.id))
    told: dict[str, Any] = {
        "household": household,
        "met": visit.met,
        "consent": visit.consent_version,
        "place": visit.place,
        "services": [
            {"service": code, "outcome": far, "reason": why} for code, (far, why) in services.items()
        ],
        "device": visit.device,
        "follow_up_on": visit.follow_up_on,
        "follow_up_of": visit.follow_up_of,
        "no_further_visit": visit.no_further_visit,
        "photos": list(photos),
        "note": visit.note,
        "corrects": visit.id,
    }
    return msgspec.convert(told, LogIn)


def _place(desk: Desk, answer: Answer) -> Attribution:
    return Attribution(answer.unit or desk.campaign.owner_unit_id, desk.campaign.id, answer.in_custody)


# --- counted once each ----------------------------------------------------------------------------------------------


def _count_households(desk: Desk, households: Collection[uuid.UUID], repair: Repair) -> None:
    """Each of them by what stands now, as if they had never been one."""
    rows = desk.session.execute(select(Household.id, Household.subject).where(Household.id.in_(households)))
    homes: dict[uuid.UUID, uuid.UUID] = {household: subject for household, subject in rows}  # noqa: C416
    before = households_counted(desk.session, desk.activity.id, homes.values())
    found = reached(desk.session, desk.activity.id, homes)
    gone: list[Fact] = []
    more: list[tuple[Reached, int]] = []
    for subject in homes.values():
        counted, now = before.get(subject, Counted()), found.get(subject)
        if [Reached(subject, fact.unit_id, fact.happened_at) for fact in counted.facts] != (
            [now] if now else []
        ):
            gone += counted.facts
            more += [(now, counted.generation + 1)] if now else []
    repair.count(desk, more)
    repair.take_back(desk.session, gone)
