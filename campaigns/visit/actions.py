"""What a member of a team can do: note a household, log a visit or a session, check in, close the day."""

import uuid
from collections.abc import Sequence
from typing import Any

from backend import clock
from backend.participation.deeds import Answer, Deed, noted, refused
from backend.participation.lease import shut_gate
from backend.people.consents import text
from backend.teams import households
from backend.teams.cards import HOUSE, read_house_code
from backend.teams.errors import TeamUnknown
from backend.units.errors import UnitUnknown
from campaigns.kind import Desk
from campaigns.visit import gatherings, held_back
from campaigns.visit.ledger import known
from campaigns.visit.log import Accepted, Intake
from campaigns.visit.models import CheckIn, Visit
from campaigns.visit.places import Members, Names, Places, alone, hamlet_on, team_of
from campaigns.visit.schemas import CheckInIn, DayIn, HouseholdIn, LogIn, SessionIn

CONSENT = "visit_record"
"""The purpose whose text is read to the adult met."""


def why_not(desk: Desk, deed: Deed) -> str | None:
    """Why nothing of the deed can count. What was done before the end counts, however late it arrives."""
    if desk.activity.state == "scheduled":
        return "not_open_yet"
    return "closed" if deed.happened_at >= desk.activity.closes_at else None


def _waiting(desk: Desk, reason: str) -> Answer:
    """Kept in the hands of whoever runs the campaign, until somebody looks at it or what it lacks has come."""
    return Answer("waiting", reason=reason, unit=desk.campaign.owner_unit_id, in_custody=True)


# --- households ---------------------------------------------------------------------------------------------------


def household(desk: Desk, deed: Deed) -> Answer:
    """A household met for the first time is the team's from then on; visits that waited for it are taken in."""
    body: HouseholdIn = deed.body
    if reason := why_not(desk, deed):
        return refused(reason)
    members = Members(desk.session, desk.participant.person)
    team = team_of(desk, members, deed, prefer=body.hamlet)
    if team is None:
        return _waiting(desk, "not_in_team")
    shut_gate(desk.session, body.household)
    try:
        made = households.add(
            desk.session, hamlet=body.hamlet, kind=body.kind, nickname=body.nickname,
            team=team, now=deed.happened_at, id=body.household,
        )  # fmt: skip
    except (UnitUnknown, TeamUnknown):
        return _waiting(desk, "hamlet_unknown")
    held_back.take_in(desk, made.id, log_all)
    return noted(gatherings.household_out(desk, members, made.id, deed, team), unit=body.hamlet)


def household_again(desk: Desk, deed: Deed) -> dict[str, Any]:
    """The code the household was given, when the answer to the first time got lost."""
    members = Members(desk.session, desk.participant.person)
    team = team_of(desk, members, deed, prefer=deed.body.hamlet)
    return gatherings.household_out(
        desk, members, deed.body.household, deed, team or desk.campaign.owner_unit_id
    )


# --- visits -------------------------------------------------------------------------------------------------------


def log(desk: Desk, deed: Deed) -> Answer:
    """One visit."""
    return log_all(desk, [deed])[0]


def log_all(desk: Desk, deeds: Sequence[Deed]) -> list[Answer]:
    """Visits that come together, as they do after days without a signal: read and written as one set."""
    alone(desk)
    members, rows = Members(desk.session, desk.participant.person), known(desk, Visit, deeds)
    named = {deed.body.household for deed in deeds} | {row.household_id for row in rows}
    places = _places(desk, members, named)
    writers = {row.id: row.by for row in rows}
    answers, accepted = {}, []
    for deed in deeds:
        team = team_of(desk, members, deed)
        if reason := why_not(desk, deed) or _wrong(deed, writers):
            answers[deed.id] = refused(reason)
        elif team is None:
            answers[deed.id] = _waiting(desk, "not_in_team")
        elif deed.body.household not in places:
            answers[deed.id] = _waiting(desk, "household_unknown")
        else:
            accepted.append(Accepted(deed, team))
    if accepted:
        answers |= Intake(desk, accepted, rows, members, places).take()
    return [answers[deed.id] for deed in deeds]


def _places(desk: Desk, members: Members, named: set[uuid.UUID]) -> Places:
    """A household that is being written down at this moment is waited for: its visits would otherwise wait for ever."""
    places = Places(desk.session, members, named)
    unknown = sorted(household for household in named if household not in places)
    for household in unknown:
        shut_gate(desk.session, household)
    return Places(desk.session, members, named) if unknown else places


def _wrong(deed: Deed, writers: dict[uuid.UUID, uuid.UUID]) -> str | None:
    body: LogIn = deed.body
    if consent_is_missing(body):
        return "consent_not_told"
    own = body.corrects is None or writers.get(body.corrects, deed.subject) == deed.subject
    return None if own else "not_own_visit"


def consent_is_missing(body: LogIn) -> bool:
    """Nothing about what a household was helped with is kept without its word."""
    told = body.consent and text(CONSENT, body.consent)
    return body.met == "adult" and bool(body.services) and not told


# --- sessions, presence, the day ----------------------------------------------------------------------------------


def session(desk: Desk, deed: Deed) -> Answer:
    """Many people at once, at the hamlet house or the service desk."""
    body: SessionIn = deed.body
    alone(desk)
    members = Members(desk.session, desk.participant.person)
    team = team_of(desk, members, deed, prefer=body.hamlet)
    rows = gatherings.known_sessions(desk, deed)
    if reason := why_not(desk, deed):
        return refused(reason)
    if any(row.id == body.corrects and row.by != deed.subject for row in rows):
        return refused("not_own_visit")
    if team is None:
        return _waiting(desk, "not_in_team")
    hamlet = hamlet_on(desk.session, body.hamlet, clock.local_day(deed.happened_at))
    if hamlet is None:
        return _waiting(desk, "hamlet_unknown")
    return gatherings.take(desk, deed, team, hamlet.id, rows)


def check_in(desk: Desk, deed: Deed) -> Answer:
    """Somebody was in the hamlet; the code on the wall proves it, where it was this week's or the last one's."""
    body: CheckInIn = deed.body
    day = clock.local_day(deed.happened_at)
    team = team_of(desk, Members(desk.session, desk.participant.person), deed, prefer=body.hamlet)
    if reason := why_not(desk, deed):
        return refused(reason)
    if team is None:
        return _waiting(desk, "not_in_team")
    hamlet = hamlet_on(desk.session, body.hamlet, day)
    if hamlet is None:
        return _waiting(desk, "hamlet_unknown")
    code = (body.code or "").strip()
    made = CheckIn(
        id=deed.id, activity_id=desk.activity.id, team_id=team, unit_id=hamlet.id, by=deed.subject,
        happened_at=deed.happened_at, day=day, how="qr" if _well_formed(code) else "list",
        proved=_proved(desk, deed, code),
    )  # fmt: skip
    desk.session.add(made)
    return noted(gatherings.check_in_out(made, Names(desk.session, [team, hamlet.id], day)), unit=hamlet.id)


def _well_formed(code: str) -> bool:
    return code.count(".") == 3 and code.startswith(f"{HOUSE}.")


def _proved(desk: Desk, deed: Deed, code: str) -> bool:
    """Only the node knows its own seal; where a request brought none along, nothing is proved."""
    seal = desk.session.info.get("seal")
    if seal is None or not _well_formed(code):
        return False
    body: CheckInIn = deed.body
    return bool(read_house_code(seal, code, clock.local_day(deed.happened_at)) == body.hamlet)


def day(desk: Desk, deed: Deed) -> Answer:
    """The languages of the own day; said again, the newest holds."""
    body: DayIn = deed.body
    team = team_of(desk, Members(desk.session, desk.participant.person), deed, on=body.day)
    if reason := why_not(desk, deed):
        return refused(reason)
    if team is None:
        return _waiting(desk, "not_in_team")
    alone(desk)
    return noted(gatherings.close_day(desk, deed, team), unit=team)


def day_again(desk: Desk, deed: Deed) -> dict[str, Any]:
    team = team_of(desk, Members(desk.session, desk.participant.person), deed, on=deed.body.day)
    return gatherings.day_out(desk, deed, team or desk.campaign.owner_unit_id)
