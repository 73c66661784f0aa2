"""The one way in: an operation for an activity reaches its room, and its answer reaches the ledger.

The phone's batch and the typed routes both come through here. Each operation gets its own verdict.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend import clock
from backend.participation import deeds as d
from backend.participation import record, times
from backend.participation.deeds import Answer, Deed, OperationIn, ReadingIn
from backend.participation.models import Operation
from backend.participation.record import Attribution
from backend.people import queries as people
from backend.people.sign_in import Participant
from campaigns import entry
from campaigns.evidence import rank_reader
from campaigns.kind import Action, Desk, Kind
from campaigns.models import Activity, Campaign
from campaigns.queries import ActivityUnknown
from campaigns.queries import activity as activity_with_campaign
from campaigns.registry import KINDS, kind_named

OPERATION = msgspec.json.Decoder(OperationIn)
BODIES = {
    f"{kind.name}.{action.name}": (kind, action, msgspec.json.Decoder(action.body))
    for kind in KINDS
    for action in kind.actions
}


@dataclass(frozen=True)
class Verdict:
    """What the phone is told about one operation."""

    id: uuid.UUID | None
    verdict: str
    outcome: str
    reason: str | None
    receipt: str
    hash: str
    received_at: datetime
    result: dict[str, Any] | None = None


@dataclass(frozen=True)
class Batch:
    """Frozen bytes of operations from one device of one person, and the phone's clocks when it sent them."""

    participant: Participant
    device: uuid.UUID
    sent: ReadingIn
    operations: Sequence[bytes]
    language: str = "vi"


def respond(session: Session, batch: Batch) -> list[Verdict]:
    """A verdict per operation, in the order sent.

    Tries the whole batch as one set; only if the database refuses something is each operation tried by itself.
    """
    read = [_read(batch, raw) for raw in batch.operations]
    deeds = [item for item in read if isinstance(item, Deed)]
    try:
        with session.begin_nested():
            answered = _take_in(session, batch, deeds)
    except IntegrityError:
        answered = _one_by_one(session, batch, deeds)
    in_order = iter(answered)
    return [next(in_order) if isinstance(item, Deed) else _aside(session, batch, *item) for item in read]


def _read(batch: Batch, raw: bytes) -> Deed | tuple[bytes, str]:
    """The decoded deed, or the raw bytes with the reason why they cannot be read."""
    try:
        operation = OPERATION.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return raw, "not_readable"
    known = BODIES.get(operation.action)
    if known is None:
        return raw, "action_unknown"
    try:
        body = known[2].decode(operation.body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return raw, "body_invalid"
    return _deed(batch, operation, body, raw)


def _deed(batch: Batch, operation: OperationIn, body: Any, raw: bytes) -> Deed:
    received = clock.now()
    happened, trust = times.happened(
        times.Reading(operation.wall_ms, operation.mono_ms, str(operation.boot_id)),
        times.Anchor(operation.anchor.server_ms, operation.anchor.mono_ms, str(operation.anchor.boot_id))
        if operation.anchor
        else None,
        times.Reading(batch.sent.wall_ms, batch.sent.mono_ms, str(batch.sent.boot_id)),
        clock.milliseconds(received),
    )
    return Deed(
        id=operation.id,
        device=batch.device,
        seq=operation.seq,
        subject=batch.participant.subject,
        person=batch.participant.person,
        activity=operation.activity,
        action=operation.action,
        schema=operation.schema,
        body=body,
        body_hash=d.body_hash(raw),
        happened_at=clock.from_milliseconds(happened),
        time_trust=trust,
        received_at=received,
    )


def _one_by_one(session: Session, batch: Batch, deeds: Sequence[Deed]) -> list[Verdict]:
    """Each deed in its own savepoint: one the database refuses is put aside, the others are taken in."""
    verdicts = []
    for deed in deeds:
        try:
            with session.begin_nested():
                verdicts += _take_in(session, batch, [deed])
        except IntegrityError:
            verdicts.append(_aside(session, batch, _bytes_of(batch, deed), "write_failed", deed.id))
    return verdicts


def _take_in(session: Session, batch: Batch, deeds: Sequence[Deed]) -> list[Verdict]:
    """Claim the deeds' places in the ledger, let the rooms answer the new ones, write the answers."""
    new, held = record.claim(session, deeds)
    desks: dict[uuid.UUID, Desk | None] = {}
    first_here: dict[uuid.UUID, Verdict] = {}
    verdicts: list[Verdict] = []
    answered: list[tuple[Deed, Answer, Attribution]] = []
    for deed in deeds:
        desk = _desk(session, batch, deed.activity, desks)
        if deed.id in new and deed.id not in first_here:
            answer, place = _answer(session, desk, deed)
            answered.append((deed, answer, place))
            verdicts.append(first_here.setdefault(deed.id, _verdict(deed, answer, place)))
        elif deed.id in held:
            verdicts.append(_again(session, batch, desk, deed, held[deed.id]))
        else:
            verdicts.append(_twice_in_one_batch(session, batch, deed, first_here[deed.id]))
    record.settle(session, answered)
    return verdicts


def _twice_in_one_batch(session: Session, batch: Batch, deed: Deed, first: Verdict) -> Verdict:
    if first.hash == deed.body_hash:
        return replace(first, verdict="duplicate")
    return _aside(session, batch, _bytes_of(batch, deed), "content_differs", deed.id)


def _bytes_of(batch: Batch, deed: Deed) -> bytes:
    return next(raw for raw in batch.operations if d.body_hash(raw) == deed.body_hash)


def _desk(
    session: Session, batch: Batch, activity_id: uuid.UUID, known: dict[uuid.UUID, Desk | None]
) -> Desk | None:
    if activity_id not in known:
        try:
            activity, campaign = activity_with_campaign(session, activity_id)
        except ActivityUnknown:
            known[activity_id] = None
        else:
            known[activity_id] = desk_for(session, activity, campaign, batch.participant, batch.language)
    return known[activity_id]


def desk_for(
    session: Session, activity: Activity, campaign: Campaign, participant: Participant, language: str
) -> Desk:
    """What the activity's room needs to answer this person; the settings are the frozen ones once it opened."""
    kind = kind_named(activity.kind)
    settings = (activity.frozen or {}).get("settings", activity.settings)
    return Desk(
        session=session,
        campaign=campaign,
        activity=activity,
        settings=msgspec.convert(settings, kind.settings),
        participant=participant,
        now=clock.now(),
        language=language,
        rank=rank_reader(session, activity.id, participant.subject),
    )


def _answer(session: Session, desk: Desk | None, deed: Deed) -> tuple[Answer, Attribution]:
    if desk is None:
        return d.refused("activity_unknown"), Attribution(deed.activity, deed.activity)
    place = _attribute(session, desk, deed)
    kind, action, _ = BODIES[deed.action]
    if kind.name != desk.activity.kind:
        return d.refused("action_unknown"), place
    return _may_enter(session, desk, kind, action) or action.do(desk, deed), place


def _may_enter(session: Session, desk: Desk, kind: Kind, action: Action) -> Answer | None:
    """Asked only where something begins: once begun, a withdrawn consent stops the next start, not the paper."""
    if action.offline:
        return None
    standing = entry.standing_of(
        session, desk.participant, desk.campaign.id, getattr(desk.settings, "age_floor", 0)
    )
    missing = entry.needs(kind.entry, standing)
    return d.refused(entry.reason_of(missing[0])) if missing else None


def _attribute(session: Session, desk: Desk, deed: Deed) -> Attribution:
    """The unit where the person belonged, in the way the campaign counts by, on the day it happened.

    Whoever belongs nowhere is not turned away: the campaign's owner takes the deed into custody.
    """
    day = clock.local_day(deed.happened_at)
    unit = people.unit_of(session, deed.person, desk.campaign.counts_by, day)
    return Attribution(unit or desk.campaign.owner_unit_id, desk.campaign.id, in_custody=unit is None)


def _verdict(deed: Deed, answer: Answer, place: Attribution) -> Verdict:
    return Verdict(
        id=deed.id,
        verdict="custody" if place.in_custody else "accepted",
        outcome=answer.outcome,
        reason=answer.reason,
        receipt=deed.receipt,
        hash=deed.body_hash,
        received_at=deed.received_at,
        result=answer.result,
    )


def _again(session: Session, batch: Batch, desk: Desk | None, deed: Deed, held: Operation) -> Verdict:
    """A deed offered before: the same bytes get the old receipt, other bytes are put aside."""
    same = held.id == deed.id and held.device_id == deed.device and held.subject == deed.subject
    if not same or held.body_hash != deed.body_hash:
        reason = "content_differs" if same else "seq_taken"
        return _aside(session, batch, _bytes_of(batch, deed), reason, deed.id)
    action = BODIES[deed.action][1]
    return Verdict(
        id=held.id,
        verdict="duplicate",
        outcome=held.outcome,
        reason=held.reason,
        receipt=held.receipt,
        hash=held.body_hash,
        received_at=held.received_at,
        result=action.recall(desk, held.id) if action.recall and desk else None,
    )


def _aside(session: Session, batch: Batch, raw: bytes, reason: str, deed: uuid.UUID | None = None) -> Verdict:
    kept = record.quarantine(session, batch.device, batch.participant.subject, raw, reason)
    return Verdict(
        id=deed or _id_in(raw),
        verdict="quarantined",
        outcome="refused",
        reason=kept.reason,
        receipt=kept.receipt,
        hash=kept.body_hash,
        received_at=kept.received_at,
    )


def _id_in(raw: bytes) -> uuid.UUID | None:
    """The id of an unreadable operation if at least that can be read, so the phone knows which one is meant."""
    try:
        return uuid.UUID(msgspec.json.decode(raw)["id"])
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return None
