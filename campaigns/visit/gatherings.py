"""What happens with many people at once or with no household: sessions, check-ins, the languages of a day."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select

from backend import clock
from backend.participation.deeds import Answer, Deed
from backend.participation.models import Operation
from campaigns.kind import Desk
from campaigns.visit import rules
from campaigns.visit.ledger import Counted, Repair, counted_by, known
from campaigns.visit.log import unchanged
from campaigns.visit.models import CheckIn, DayLanguage, GroupSession, SessionService
from campaigns.visit.places import Members, Names, Places
from campaigns.visit.rules import Chain, Link
from campaigns.visit.schemas import DayIn, SessionIn


def known_sessions(desk: Desk, deed: Deed) -> Sequence[GroupSession]:
    """The records of the session this deed is about."""
    return known(desk, GroupSession, [deed])


# --- sessions -----------------------------------------------------------------------------------------------------


def take(desk: Desk, deed: Deed, team: uuid.UUID, hamlet: uuid.UUID, rows: Sequence[GroupSession]) -> Answer:
    """Write a session down; of a chain of corrections the record that stands is counted."""
    chain = _chain(deed, rows)
    at = _at(chain, deed.id)
    made = _written(desk, deed, team, hamlet)
    made.root, made.day, made.stands = chain.root, clock.local_day(at), chain.stands == deed.id
    desk.session.add(made)
    desk.session.flush()  # its services need it
    people = rules.group(deed.body.services)
    if people:
        desk.session.execute(
            insert(SessionService.__table__),  # type: ignore[arg-type]
            [
                {"session_id": deed.id, "service": s, "outcome": o, "people": n}
                for (s, o), n in people.items()
            ],
        )
    return _count(desk, deed, chain, {row.id: row for row in (*rows, made)})


def _chain(deed: Deed, rows: Sequence[GroupSession]) -> Chain:
    links = [Link(row.id, row.corrects, row.by, row.happened_at) for row in rows]
    own = Link(deed.id, deed.body.corrects, deed.subject, deed.happened_at)
    return next(chain for chain in rules.chains([*links, own]) if own in chain.links)


def _at(chain: Chain, record: uuid.UUID) -> datetime:
    """A session was when its first record was written, however late somebody put it right."""
    own = next(link for link in chain.links if link.id == record)
    return (chain.first or own).written_at


def _written(desk: Desk, deed: Deed, team: uuid.UUID, hamlet: uuid.UUID) -> GroupSession:
    body: SessionIn = deed.body
    over = desk.activity.state == "settled"
    return GroupSession(
        id=deed.id,
        activity_id=desk.activity.id,
        team_id=team,
        unit_id=hamlet,
        by=deed.subject,
        happened_at=deed.happened_at,
        place=body.place,
        assisted=body.assisted,
        declared=body.declared,
        note=None if over or not body.note else body.note[: desk.settings.note_length] or None,
        in_custody=False,
        corrects=body.corrects,
    )


def _count(desk: Desk, deed: Deed, chain: Chain, rows: dict[uuid.UUID, GroupSession]) -> Answer:
    before = counted_by(desk.session, {link.id: chain.root for link in chain.links}).get(
        chain.root, Counted()
    )
    standing = rows[chain.stands]
    as_it_was = unchanged(chain, [row for row in rows.values() if row.id != deed.id], {deed.id})
    for link in chain.links:
        row = rows[link.id]
        row.root, row.stands = chain.root, link.id == chain.stands
        row.day = clock.local_day(_at(chain, link.id))
    desk.session.flush()  # the services of the standing record are read from the database
    lines = () if as_it_was else _lines(desk, standing, chain, before.generation + 1)
    if not as_it_was:
        Repair(deed.id).take_back(desk.session, before.facts)
    stands = chain.stands == deed.id
    names = Names(desk.session, [rows[deed.id].team_id, rows[deed.id].unit_id], rows[deed.id].day)
    return Answer(
        "counted" if stands else "noted",
        facts=lines,
        result=session_out(rows[deed.id], names),
        happened_at=_at(chain, chain.stands),
        unit=standing.unit_id,
    )


def _lines(desk: Desk, row: GroupSession, chain: Chain, generation: int) -> tuple[Any, ...]:
    services = desk.session.scalars(select(SessionService).where(SessionService.session_id == row.id))
    people = {(one.service, one.outcome): one.people for one in services}
    return rules.session_lines(row.assisted, people, chain.root, generation)


def session_out(row: GroupSession, names: Names) -> dict[str, Any]:
    return {
        "session": row.id,
        "team": names[row.team_id],
        "hamlet": names[row.unit_id],
        "day": row.day.isoformat(),
        "in_custody": row.in_custody,
        "stands": row.stands,
    }


# --- presence and the day -----------------------------------------------------------------------------------------


def check_in_out(row: CheckIn, names: Names) -> dict[str, Any]:
    return {
        "team": names[row.team_id],
        "hamlet": names[row.unit_id],
        "day": row.day.isoformat(),
        "how": row.how,
        "proved": row.proved,
    }


def close_day(desk: Desk, deed: Deed, team: uuid.UUID) -> dict[str, Any]:
    """Write the languages of a member's day, in the place of what the same member said of it before."""
    body: DayIn = deed.body
    day = _day(deed)
    said = _said(desk, deed, day)
    if all(told < (deed.happened_at, deed.id) for told in said.values()):
        desk.session.execute(delete(DayLanguage).where(DayLanguage.operation_id.in_(list(said))))
        for language, visits in body.languages.items():
            desk.session.add(
                DayLanguage(
                    operation_id=deed.id,
                    activity_id=desk.activity.id,
                    team_id=team,
                    day=day,
                    language=language,
                    visits=visits,
                )
            )
    return day_out(desk, deed, team)


def day_out(desk: Desk, deed: Deed, team: uuid.UUID) -> dict[str, Any]:
    day = _day(deed)
    return {"team": Names(desk.session, [team], day)[team], "day": day.isoformat()}


def _day(deed: Deed) -> date:
    """Nobody has held visits in days to come."""
    body: DayIn = deed.body
    return min(body.day, clock.local_day(deed.happened_at))


def _said(desk: Desk, deed: Deed, day: date) -> dict[uuid.UUID, tuple[datetime, uuid.UUID]]:
    """What this member said of the day so far: the deed and when it was done."""
    rows = desk.session.execute(
        select(Operation.id, Operation.happened_at)
        .join(DayLanguage, DayLanguage.operation_id == Operation.id)
        .where(
            Operation.subject == deed.subject,
            DayLanguage.day == day,
            DayLanguage.activity_id == desk.activity.id,
        )
        .distinct()
    )
    return {operation: (happened_at, operation) for operation, happened_at in rows}


def household_out(
    desk: Desk, members: Members, household: uuid.UUID, deed: Deed, team: uuid.UUID
) -> dict[str, Any]:
    places = Places(desk.session, members, [household])
    held = places.at(household, deed.happened_at, team)
    names = Names(desk.session, [held.team, held.hamlet], clock.local_day(deed.happened_at))
    return {
        "household": held.home.id,
        "code": held.home.code,
        "team": names[held.team],
        "hamlet": names[held.hamlet],
    }
