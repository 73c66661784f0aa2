"""The desks of one batch: each activity, its campaign, and where the person belongs, looked up once."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from backend import clock
from backend.participation.deeds import Answer, Deed
from backend.participation.lease import pass_gate
from backend.participation.record import Attribution
from backend.people import queries as people
from backend.people.sign_in import Participant
from campaigns.evidence import place_reader
from campaigns.kind import Desk
from campaigns.known import remember
from campaigns.models import Activity, Campaign
from campaigns.queries import ActivityUnknown
from campaigns.queries import activity as activity_with_campaign
from campaigns.registry import settings_of


@dataclass(frozen=True)
class Answered:
    """A deed, the room's answer to it, and where it counts."""

    deed: Deed
    answer: Answer
    place: Attribution


def desk_for(
    session: Session, activity: Activity, campaign: Campaign, participant: Participant, language: str
) -> Desk:
    """What the activity's room needs to answer this person; the settings are the frozen ones once it opened."""
    return Desk(
        session=session,
        campaign=campaign,
        activity=activity,
        settings=settings_of(activity),
        participant=participant,
        now=clock.now(),
        language=language,
        placed=place_reader(session, activity.id, participant.subject),
    )


class Desks:
    """Desks and places of one person's batch."""

    def __init__(self, session: Session, participant: Participant, language: str) -> None:
        self.session = session
        self.participant = participant
        self.language = language
        self._desks: dict[uuid.UUID, Desk | None] = {}
        self._units: dict[tuple[str, date], uuid.UUID | None] = {}

    def desk(self, activity_id: uuid.UUID) -> Desk | None:
        """The desk of an activity, or None where there is no such activity."""
        if activity_id not in self._desks:
            self._desks[activity_id] = self._set_up(activity_id)
        return self._desks[activity_id]

    def _set_up(self, activity_id: uuid.UUID) -> Desk | None:
        # Nobody closes or settles the activity between this look at its state and the commit.
        pass_gate(self.session, activity_id)
        try:
            activity, campaign = activity_with_campaign(self.session, activity_id)
        except ActivityUnknown:
            return None
        desk = desk_for(self.session, activity, campaign, self.participant, self.language)
        remember(desk)
        return desk

    def place(self, desk: Desk | None, deed: Deed, answer: Answer) -> Attribution:
        """The unit the room names, else where the person belonged, in the way the campaign counts by, on that day.

        Whoever belongs nowhere is not turned away: the campaign's owner takes the deed into custody.
        """
        if desk is None:
            return Attribution(deed.activity, deed.activity)
        if answer.unit is not None:
            return Attribution(answer.unit, desk.campaign.id, in_custody=answer.in_custody)
        unit = self._unit(desk.campaign.counts_by, clock.local_day(answer.happened_at or deed.happened_at))
        return Attribution(unit or desk.campaign.owner_unit_id, desk.campaign.id, in_custody=unit is None)

    def _unit(self, kind: str, day: date) -> uuid.UUID | None:
        if (kind, day) not in self._units:
            self._units[kind, day] = people.unit_of(self.session, self.participant.person, kind, day)
        return self._units[kind, day]
