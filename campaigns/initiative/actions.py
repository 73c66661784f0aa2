"""What a person does with an initiative on the phone: write, hand in, withdraw, speak for oneself as a co-author."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from backend.clock import local_day
from backend.db.statements import insert_into
from backend.participation.deeds import Answer, Deed, FactLine, noted, refused
from backend.participation.lease import hold
from backend.people import queries as people
from campaigns.initiative import authors, conflicts, ledger, rules, similar, stages
from campaigns.initiative.models import Author, Challenge, Initiative, InitiativeFile
from campaigns.initiative.schemas import FileIn, RegisterIn, SelfIn, StandOut, WithdrawIn, WriteIn
from campaigns.initiative.stages import held
from campaigns.kind import Desk


def told(row: Initiative) -> dict[str, Any]:
    return msgspec.structs.asdict(StandOut(row.id, row.state, row.code, row.revision))


def again(desk: Desk, deed: Deed) -> dict[str, Any] | None:
    """The answer to a deed offered again: where the initiative stands now."""
    row = desk.session.get(Initiative, deed.body.initiative)
    return told(row) if row and row.by == deed.subject else None


def _own(desk: Desk, deed: Deed, initiative: uuid.UUID) -> Initiative | str:
    """The initiative this person writes, held; or why not."""
    row = held(desk.session, initiative)
    if row is None:
        return "initiative_unknown"
    if row.activity_id != desk.activity.id or row.by != deed.subject:
        return "initiative_taken"
    return "initiative_withdrawn" if row.state == "withdrawn" else row


def _not_open(desk: Desk, deed: Deed, row: Initiative | None) -> str | None:
    """What was returned may be completed after the closing too."""
    if desk.activity.state == "scheduled":
        return "not_open_yet"
    late = deed.happened_at >= desk.activity.closes_at
    return "closed" if late and not (row and row.state == "returned") else None


# --- writing ------------------------------------------------------------------------------------------------------


def write(desk: Desk, deed: Deed) -> Answer:
    """The whole text; of two phones the newer words hold, whichever came first."""
    body: WriteIn = deed.body
    found = _own(desk, deed, body.initiative)
    if isinstance(found, str) and found != "initiative_unknown":
        return refused(found)
    row = found if isinstance(found, Initiative) else None
    if row and not rules.newer(deed.happened_at, deed.id, (row.written_at, row.operation_id)):
        return noted(told(row))
    if row and row.state not in rules.MAY_WRITE:
        return refused("initiative_decided")
    if reason := _not_open(desk, deed, row) or _why_not_written(desk, deed):
        return refused(reason)
    row = row or _begun(desk, deed)
    if row.by != deed.subject:
        return refused("initiative_taken")
    _take(row, deed)
    authors.write(desk.session, row, deed)
    _name_files(desk.session, row.id, body.files)
    similar.remember(desk.session, row)
    return noted(told(row))


def _why_not_written(desk: Desk, deed: Deed) -> str | None:
    body: WriteIn = deed.body
    if body.unit and not _belongs(desk, body.unit, deed.happened_at):
        return "unit_not_yours"
    challenge = desk.session.get(Challenge, body.challenge) if body.challenge else None
    if body.challenge and (challenge is None or challenge.activity_id != desk.activity.id):
        return "challenge_unknown"
    return authors.why_not_written(desk.session, deed)


def _belongs(desk: Desk, unit: uuid.UUID, at: datetime) -> bool:
    belongs = people.memberships_of(desk.session, desk.participant.person, local_day(at))
    return any(unit in units for units in belongs.values())


def _begun(desk: Desk, deed: Deed) -> Initiative:
    fresh = {
        "id": deed.body.initiative, "activity_id": desk.activity.id, "by": deed.subject, "track": deed.body.track,
        "state": "draft", "title": "", "problem": "", "solution": "", "applied_where": "", "effect": "", "effects": [],
        "made_at": deed.happened_at, "written_at": deed.happened_at, "operation_id": deed.id, "revision": 0, "grams": 0,
    }  # fmt: skip
    desk.session.execute(insert_into(desk.session, Initiative).values(**fresh).on_conflict_do_nothing())
    row = held(desk.session, deed.body.initiative)
    assert row is not None  # noqa: S101 - made above, or by the phone that was quicker
    return row


def _take(row: Initiative, deed: Deed) -> None:
    body: WriteIn = deed.body
    row.track, row.title = body.track, " ".join(body.title.split())
    row.problem, row.solution, row.effect = body.problem.strip(), body.solution.strip(), body.effect.strip()
    row.applied_where, row.applied_from = body.applied_where.strip(), body.applied_from
    row.effects = [msgspec.to_builtins(one) for one in body.effects]
    row.unit_id, row.challenge_id = body.unit, body.challenge
    row.written_at, row.operation_id = deed.happened_at, deed.id
    row.revision += 1


def _name_files(session: Session, initiative: uuid.UUID, files: Iterable[FileIn]) -> None:
    session.execute(delete(InitiativeFile).where(InitiativeFile.initiative_id == initiative))
    named = {one.digest: one.name for one in files}
    if named:
        rows = [{"initiative_id": initiative, "digest": d, "name": name} for d, name in named.items()]
        session.execute(insert(InitiativeFile), rows)


# --- handing in ---------------------------------------------------------------------------------------------------


def register(desk: Desk, deed: Deed) -> Answer:
    """Hand it in, for the first time or completed. Counted once, in the unit its writer named."""
    body: RegisterIn = deed.body
    row = _own(desk, deed, body.initiative)
    if isinstance(row, str):
        return refused(row)
    if row.state not in rules.MAY_WRITE:
        return refused("initiative_decided")
    if reason := _not_open(desk, deed, row) or _why_not_handed_in(desk, deed, row):
        return refused(reason)
    if row.state != "received":
        _hand_in(desk, deed, row)
    line = FactLine(ledger.registered_measure(row), str(row.id), subject=row.id)
    return Answer("counted", facts=(line,), result=told(row), unit=row.unit_id)


def _why_not_handed_in(desk: Desk, deed: Deed, row: Initiative) -> str | None:
    challenge = desk.session.get(Challenge, row.challenge_id) if row.challenge_id else None
    day = local_day(deed.happened_at)
    if challenge and not row.registered_at and day > challenge.closes_on:
        return "challenge_closed"
    listed = authors.of(desk.session, row.id)
    text = rules.Text(
        row.track, row.problem, row.solution, row.applied_where, row.applied_from, row.effect, len(row.effects),
        [author.share for author in listed if author.share or not author.withdrawn_at],
    )  # fmt: skip
    settings = desk.settings
    return rules.why_not_hand_in(text, small_track=settings.small_track, most_authors=settings.most_authors)


def _hand_in(desk: Desk, deed: Deed, row: Initiative) -> None:
    row.code = row.code or code_of(next_number(desk.session, desk.activity.id))
    row.registered_at = row.registered_at or deed.happened_at
    if row.unit_id is None:
        row.unit_id = ledger.default_unit(desk.session, deed.person, local_day(deed.happened_at))
    row.revision += 1
    stages.step(desk.session, row, "received", on=local_day(deed.happened_at))
    ledger.count_members(desk.session, desk.activity, row)


def next_number(session: Session, activity: uuid.UUID) -> int:
    """The next free number of the activity; nobody else takes one until this transaction ends."""
    hold(session, "initiative codes")
    taken = session.scalar(
        select(func.count()).where(Initiative.activity_id == activity, Initiative.code.is_not(None))
    )
    return (taken or 0) + 1


def code_of(number: int) -> str:
    """12 -> 'SK-0012'."""
    return f"SK-{number:04d}"


def withdraw(desk: Desk, deed: Deed) -> Answer:
    """Take it back, before it is decided. What it had counted is taken back too."""
    body: WithdrawIn = deed.body
    row = _own(desk, deed, body.initiative)
    if row == "initiative_withdrawn":
        return noted(again(desk, deed))
    if isinstance(row, str):
        return refused(row)
    if row.state not in rules.MAY_WITHDRAW:
        return refused("initiative_decided")
    take_back(desk, row, body.words, deed)
    return noted(told(row))


def take_back(desk: Desk, row: Initiative, words: str, deed: Deed) -> None:
    row.public_from = None
    row.revision += 1
    stages.step(desk.session, row, "withdrawn", words=words, on=local_day(deed.happened_at))
    desk.session.flush()
    for measure in ledger.COUNTED:
        ledger.count(desk.session, desk.activity, row, measure, 0)
    ledger.recount_members(desk.session, desk.activity, row)


# --- co-authors ---------------------------------------------------------------------------------------------------


def speak_again(_desk: Desk, deed: Deed) -> dict[str, Any]:
    return {"id": deed.body.author}


def speak(desk: Desk, deed: Deed) -> Answer:
    """A co-author says yes, or steps out; of two such words the later holds. The last to step out withdraws it."""
    body: SelfIn = deed.body
    author = desk.session.get(Author, body.author)
    row = held(desk.session, author.initiative_id) if author else None
    if author is None or row is None or row.activity_id != desk.activity.id:
        return refused("author_unknown")
    if author.subject not in (None, deed.subject) or authors.is_another(desk.session, author, deed.subject):
        return refused("author_taken")
    if row.state not in rules.MAY_WITHDRAW and not body.agrees:
        return refused("initiative_decided")
    authors.answer(desk, row, author, deed)
    conflicts.declared_by_author(desk.session, desk.activity.id, deed.subject, body.kin)
    if not authors.standing(desk.session, row.id) and row.state != "withdrawn":
        take_back(desk, row, "", deed)
    elif row.registered_at:
        ledger.count_members(desk.session, desk.activity, row)
        ledger.recount_members(desk.session, desk.activity, row)
    return noted({"id": author.id})
