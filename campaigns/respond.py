"""The one way in: an operation for an activity reaches its room, and its answer reaches the ledger.

The phone's batch and the typed routes both come through here. Each operation gets its own verdict.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.errors import N_, DomainError
from backend.participation import aside, changes, record, waiting
from backend.participation import deeds as d
from backend.participation.deeds import Answer, Deed
from backend.participation.models import Operation, Quarantined
from backend.people.sign_in import Participant, hold_subject
from campaigns import entry
from campaigns.desks import Answered, Desks
from campaigns.kind import Action, Desk, Kind
from campaigns.legible import when_done
from campaigns.reading import BODIES, Batch, place_in, read

__all__ = ["Batch", "NotWaiting", "Verdict", "refuse_waiting", "respond", "take_in_again"]


@dataclass(frozen=True)
class Verdict:
    """What the phone is told about one operation. `happened_at`, `time_trust`: when it was done, sealed for a restore."""

    id: uuid.UUID | None
    verdict: str
    outcome: str
    reason: str | None
    receipt: str
    hash: str
    received_at: datetime
    result: dict[str, Any] | None = None
    happened_at: datetime | None = None
    time_trust: str = "low"


def respond(session: Session, batch: Batch) -> list[Verdict]:
    """A verdict per operation, in the order sent.

    Tries the whole batch as one set; only if the database refuses something is each operation tried by itself.
    """
    # Whoever is leaving waits until these deeds are in, or these deeds find nobody: nothing is written for a ghost.
    hold_subject(session, batch.participant.subject)
    parts = [read(batch, raw) for raw in batch.operations]
    deeds = [part for part in parts if isinstance(part, Deed)]
    try:
        with session.begin_nested():
            verdicts = _take_in(session, batch, deeds)
    except IntegrityError:
        verdicts = _one_by_one(session, batch, deeds)
    in_order = iter(verdicts)
    return [next(in_order) if isinstance(part, Deed) else _aside(session, batch, *part) for part in parts]


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
    desks = Desks(session, batch.participant, batch.language)
    first = {deed.id: deed for deed in reversed(deeds) if deed.id in new}
    answered: dict[uuid.UUID, Answered] = {}
    for run in _answer_all(desks, [deed for deed in deeds if first.get(deed.id) is deed]):
        # At once: what a room puts right must already stand in the ledger.
        record.settle(session, [(a.deed, a.answer, a.place) for a in run])
        answered |= {a.deed.id: a for a in run}
    recalled = _recalled_together(desks, [deed for deed in deeds if deed.id in held])
    verdicts = []
    for deed in deeds:
        if first.get(deed.id) is deed:
            verdicts.append(_verdict(answered[deed.id]))
        elif deed.id in held:
            verdicts.append(_again(session, batch, desks, deed, held[deed.id], recalled))
        else:
            verdicts.append(_twice_in_one_batch(session, batch, deed, _verdict(answered[deed.id])))
    return verdicts


def _answer_all(desks: Desks, deeds: Sequence[Deed]) -> Iterator[list[Answered]]:
    """Deeds of one action in one activity that follow each other reach the room, and leave it, as one set."""
    for (activity, name), run in groupby(deeds, key=lambda deed: (deed.activity, deed.action)):
        together, desk = list(run), desks.desk(activity)
        answers = _answers(desk, name, together)
        yield [
            Answered(deed, answer, desks.place(desk, deed, answer))
            for deed, answer in zip(together, answers, strict=True)
        ]


def _answers(desk: Desk | None, name: str, deeds: Sequence[Deed]) -> Sequence[Answer]:
    if desk is None:
        return [d.refused("activity_unknown")] * len(deeds)
    kind, action, _ = BODIES[name]
    if kind.name != desk.activity.kind:
        return [d.refused("action_unknown")] * len(deeds)
    if _really_begins(desk, action, deeds) and (reason := _why_not_begin(desk, kind)):
        return [d.refused(reason)] * len(deeds)
    return action.answer(desk, deeds)


def _really_begins(desk: Desk, action: Action, deeds: Sequence[Deed]) -> bool:
    """Not whoever goes on with what runs, nor a deed that was let in before the node was restored."""
    if not action.begins or all(deed.vouched for deed in deeds):
        return False
    return action.goes_on is None or not action.goes_on(desk)


def _why_not_begin(desk: Desk, kind: Kind) -> str | None:
    """Asked only where something begins: a pause, or a consent withdrawn, stops the next start, not the running paper."""
    if desk.campaign.state in PAUSING:
        return PAUSING[desk.campaign.state]
    standing = entry.standing_of(desk.session, desk.participant, desk.campaign.id, desk.settings)
    missing = entry.needs(kind.entry, standing)
    return entry.reason_of(missing[0]) if missing else None


PAUSING = {
    "draft": "not_open_yet",
    "scheduled": "not_open_yet",
    "paused": "paused",
    "closed": "closed",
    "archived": "closed",
}


def _verdict(answered: Answered) -> Verdict:
    deed, answer = answered.deed, answered.answer
    return Verdict(
        id=deed.id,
        verdict=answered.place.verdict,
        outcome=answer.outcome,
        reason=answer.reason,
        receipt=deed.receipt,
        hash=deed.body_hash,
        received_at=deed.received_at,
        result=answer.result,
        happened_at=deed.happened_at,
        time_trust=deed.time_trust,
    )


def _twice_in_one_batch(session: Session, batch: Batch, deed: Deed, first: Verdict) -> Verdict:
    if first.hash == deed.body_hash:
        return replace(first, verdict="duplicate")
    return _aside(session, batch, _bytes_of(batch, deed), "content_differs", deed.id)


Recalled = Mapping[uuid.UUID, dict[str, Any]]


def _again(
    session: Session, batch: Batch, desks: Desks, deed: Deed, held: Operation, recalled: Recalled
) -> Verdict:
    """A deed offered before: the same bytes get the old receipt, other bytes are put aside."""
    same = held.id == deed.id and held.device_id == deed.device and held.subject == deed.subject
    if not same or held.body_hash != deed.body_hash:
        reason = "content_differs" if same else "seq_taken"
        return _aside(session, batch, _bytes_of(batch, deed), reason, deed.id)
    return Verdict(
        id=held.id,
        verdict="duplicate",
        outcome=held.outcome,
        reason=held.reason,
        receipt=held.receipt,
        hash=held.body_hash,
        received_at=held.received_at,
        result=recalled.get(held.id) or _recalled(desks, BODIES[deed.action][1], deed, held),
        happened_at=held.happened_at,
        time_trust=held.time_trust,
    )


def _recalled_together(desks: Desks, deeds: Sequence[Deed]) -> Recalled:
    """The results of deeds offered again, where a room gives many at once: after a lost answer all come again."""
    found: dict[uuid.UUID, dict[str, Any]] = {}
    for (activity, name), run in groupby(deeds, key=lambda deed: (deed.activity, deed.action)):
        recall_all, desk = BODIES[name][1].recall_all, desks.desk(activity)
        if recall_all and desk:
            found |= recall_all(desk, [deed.id for deed in run])
    return found


def _recalled(desks: Desks, action: Action, deed: Deed, held: Operation) -> dict[str, Any] | None:
    desk = desks.desk(deed.activity)
    if desk is None or action.recall_all:
        return None
    if action.again and held.outcome not in record.KEPT_WHOLE:
        return action.again(desk, deed)
    return action.recall(desk, held.id) if action.recall else None


def _aside(session: Session, batch: Batch, raw: bytes, reason: str, deed: uuid.UUID | None = None) -> Verdict:
    operation_id, seq = place_in(raw)
    kept = record.quarantine(
        session, batch.device, batch.participant.subject, raw, reason, seq,
        deed_id=deed or operation_id, **when_done(batch, raw),
    )  # fmt: skip
    if (found := aside.taken_up(session, kept)) is not None:
        return _taken_up(deed or operation_id, kept, found)
    return Verdict(
        id=deed or operation_id,
        verdict="quarantined",
        outcome="refused",
        reason=kept.reason,
        receipt=kept.receipt,
        hash=kept.body_hash,
        received_at=kept.received_at,
    )


def _taken_up(deed: uuid.UUID | None, kept: Quarantined, found: Operation) -> Verdict:
    """Put aside once, and since then taken in by somebody responsible: offered again, it is what it became."""
    return Verdict(
        id=deed,
        verdict="duplicate",
        outcome=found.outcome,
        reason=found.reason,
        receipt=kept.receipt,
        hash=kept.body_hash,
        received_at=kept.received_at,
    )


def _bytes_of(batch: Batch, deed: Deed) -> bytes:
    return next(raw for raw in batch.operations if d.body_hash(raw) == deed.body_hash)


# --- what waited --------------------------------------------------------------------------------------------------


class NotWaiting(DomainError):
    status = 409
    code = "not_waiting"
    sentence = N_("Bản ghi này không còn chờ: đã được xử lý hoặc người ghi đã rời đi. Xin tải lại trang.")


def take_in_again(
    session: Session, operation_id: uuid.UUID, *, accept_for: uuid.UUID | None = None
) -> Verdict:
    """The same bytes judged anew; `accept_for`: the unit for which somebody responsible takes them in.

    Still 'waiting' where nothing has changed. The phone learns of it. Raises NotWaiting.
    """
    operation, who = _waiting(session, operation_id)
    _, action, decoder = BODIES[operation.action]
    deed = waiting.deed_again(operation, waiting.body_of(operation, decoder.decode), who.person)
    desks = Desks(session, who, "vi")
    desk = desks.desk(deed.activity)
    if desk is None:
        raise NotWaiting
    (answer,) = action.answer(replace(desk, accepted_for=accept_for), [deed])
    answered = Answered(deed, answer, desks.place(desk, deed, answer))
    record.settle(session, [(deed, answer, answered.place)])
    changes.tell(session, "operation", operation_id, "changed", subject=deed.subject)
    return _verdict(answered)


def refuse_waiting(session: Session, operation_id: uuid.UUID, reason: str = "not_accepted") -> None:
    """It does not count, and its bytes stay; the phone learns of it. Raises NotWaiting."""
    operation, _ = _waiting(session, operation_id)
    operation.outcome, operation.reason = "refused", reason
    changes.tell(session, "operation", operation_id, "changed", subject=operation.subject)


def _waiting(session: Session, operation_id: uuid.UUID) -> tuple[Operation, Participant]:
    operation = waiting.held(session, operation_id)
    who = waiting.writer(session, operation.subject) if operation and operation.body else None
    if operation is None or who is None:
        raise NotWaiting
    return operation, who
