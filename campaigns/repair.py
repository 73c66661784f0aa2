"""Deeds that could not count as they came, settled by somebody responsible: judged anew, repaired, or left out for good.

The bytes as they came stay. What is taken in keeps the deed's own id, number, time and receipt wherever they are free, so
that the phone's row and the operation are one thing; the phone hears the outcome with its next pull.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.errors import N_, DomainError
from backend.participation import aside, changes, record, waiting
from backend.participation.deeds import Answer, Deed
from backend.participation.models import Operation, Quarantined
from backend.people.sign_in import Participant
from campaigns.desks import Desks
from campaigns.legible import Legible, legible
from campaigns.reading import BODIES, OPERATION, UNREADABLE


class SettledMeanwhile(DomainError):
    status = 409
    code = "settled_meanwhile"
    sentence = N_("Bản ghi này đã có người xử lý, hoặc người ghi đã rời đi. Xin quay lại danh sách.")


class StillUnreadable(DomainError):
    status = 409
    code = "still_unreadable"
    sentence = N_("Hệ thống vẫn chưa nhận được bản ghi này như nó đang có. Xin sửa các mục còn sai rồi nhận.")


class FirstStands(DomainError):
    status = 409
    code = "first_stands"
    sentence = N_("Việc này đã có một bản được ghi nhận. Xin chọn giữ bản ấy hoặc lấy bản sau làm bản sửa.")


@dataclass(frozen=True)
class ToTakeIn:
    """What is to be taken in: an action of an activity with its typed body. `stand_in`: as a deed of its own."""

    activity: uuid.UUID
    action: str
    body: Any
    stand_in: bool = False


def judge_again(session: Session, key: uuid.UUID) -> Answer:
    """The same bytes with today's shapes and today's lists. Raises SettledMeanwhile, StillUnreadable, FirstStands."""
    if (row := aside.hold(session, key)) is not None:
        return _take_up(session, row, _as_it_is(row.body))
    operation = _held_refused(session, key)
    return _judge(session, operation, _as_it_is(operation.body or b"").body, operation.body or b"")


def take_in_repaired(session: Session, key: uuid.UUID, legal: ToTakeIn) -> Answer:
    """With the body somebody made legible. Raises SettledMeanwhile, StillUnreadable, FirstStands."""
    if (row := aside.hold(session, key)) is not None:
        return _take_up(session, row, legal)
    operation = _held_refused(session, key)
    aside.keep_original(session, operation)
    return _judge(session, operation, legal.body, _frozen(operation.id, operation.device_seq, legal))


def keep_first(session: Session, key: uuid.UUID) -> None:
    """Of two contents of one deed the first stands. Raises SettledMeanwhile."""
    row = _held(session, key)
    first = first_of(session, row)
    if first is None:
        raise SettledMeanwhile
    aside.settle(row, first.id)
    _tell(session, row)


def take_second(session: Session, key: uuid.UUID) -> Answer:
    """The second content becomes a correction of the first one. Raises SettledMeanwhile, StillUnreadable."""
    row = _held(session, key)
    first, legal = first_of(session, row), _as_it_is(row.body)
    if first is None or first.action != legal.action or not may_correct(legal.action):
        raise StillUnreadable
    body = msgspec.structs.replace(legal.body, corrects=first.id)
    return _take_up(session, row, replace(legal, body=body, stand_in=True))


def leave_out(session: Session, key: uuid.UUID) -> None:
    """It does not count, and its bytes stay; the phone learns of it. Raises SettledMeanwhile."""
    if (row := aside.hold(session, key)) is not None:
        aside.settle(row, None)
        _tell(session, row)
        return
    operation = _held_refused(session, key)
    operation.reason = aside.NOT_ACCEPTED
    changes.tell(session, "operation", operation.id, "changed", subject=operation.subject)


def first_of(session: Session, row: Quarantined) -> Operation | None:
    """The deed of the same person that already stands under this one's id."""
    told = legible(row.body).id
    found = session.get(Operation, told) if told else None
    return found if found is not None and found.subject == row.subject else None


def may_correct(action: str) -> bool:
    """Whether a later record of this action can stand in the place of an earlier one."""
    return action in BODIES and "corrects" in BODIES[action][1].body.__struct_fields__


# --- one that was put aside -----------------------------------------------------------------------------------------


def _held(session: Session, key: uuid.UUID) -> Quarantined:
    row = aside.hold(session, key)
    if row is None:
        raise SettledMeanwhile
    return row


def _as_it_is(raw: bytes) -> ToTakeIn:
    try:
        operation = OPERATION.decode(raw)
        _, _, decoder = BODIES[operation.action]
        return ToTakeIn(operation.activity, operation.action, decoder.decode(operation.body))
    except (KeyError, *UNREADABLE):
        raise StillUnreadable from None


def _take_up(session: Session, row: Quarantined, legal: ToTakeIn) -> Answer:
    if not legal.stand_in and first_of(session, row) is not None:
        raise FirstStands
    who = _writer(session, row.subject)
    try:
        with session.begin_nested():
            deed = _claimed(session, row, legal, who)
            answer = _answered(session, who, deed)
    except IntegrityError:
        raise StillUnreadable from None
    aside.settle(row, deed.id)
    _tell(session, row)
    return answer


def _claimed(session: Session, row: Quarantined, legal: ToTakeIn, who: Participant) -> Deed:
    """The deed in the first place of the ledger that is free for it. Raises SettledMeanwhile where it was taken."""
    for key, device, seq in _places(row, legible(row.body), legal.stand_in):
        deed = Deed(
            id=key, device=device, seq=seq, subject=row.subject, person=who.person, activity=legal.activity,
            action=legal.action, schema=1, body=legal.body, body_hash=row.body_hash,
            happened_at=row.happened_at or row.received_at, time_trust=row.time_trust or "low",
            received_at=row.received_at, frozen=_frozen(key, seq, legal), receipt=row.receipt,
        )  # fmt: skip
        new, _ = record.claim(session, [deed])
        if new:
            return deed
    raise SettledMeanwhile


def _places(row: Quarantined, told: Legible, stand_in: bool) -> Iterator[tuple[uuid.UUID, uuid.UUID, int]]:
    """(id, device, number): its own; its own id beside a number that another deed has; or none of its own."""
    if told.id is None or stand_in:
        yield row.id, row.id, 1
        return
    if row.device_seq is not None:
        yield told.id, row.device_id, row.device_seq
    yield told.id, row.id, 1


def _frozen(key: uuid.UUID, seq: int, legal: ToTakeIn) -> bytes:
    """Bytes that say what was taken in, for a deed that has to wait or is refused again."""
    now: dict[str, Any] = {"wall_ms": 0, "mono_ms": 0, "boot_id": key, "schema": 1}
    told = {"id": key, "seq": seq, "activity": legal.activity, "action": legal.action, "body": legal.body}
    return msgspec.json.encode(told | now)


def _tell(session: Session, row: Quarantined) -> None:
    changes.tell(
        session, "operation", row.deed_id or legible(row.body).id or row.id, "changed", subject=row.subject
    )


# --- one that was refused -------------------------------------------------------------------------------------------


def _held_refused(session: Session, key: uuid.UUID) -> Operation:
    operation = aside.hold_refused(session, key)
    if operation is None:
        raise SettledMeanwhile
    return operation


def _judge(session: Session, operation: Operation, body: Any, frozen: bytes) -> Answer:
    who = _writer(session, operation.subject)
    deed = replace(waiting.deed_again(operation, body, who.person), frozen=frozen)
    try:
        with session.begin_nested():
            answer = _answered(session, who, deed)
    except IntegrityError:
        raise StillUnreadable from None
    changes.tell(session, "operation", operation.id, "changed", subject=operation.subject)
    return answer


def _writer(session: Session, subject: uuid.UUID) -> Participant:
    who = waiting.writer(session, subject)
    if who is None:
        raise SettledMeanwhile
    return who


def _answered(session: Session, who: Participant, deed: Deed) -> Answer:
    """The room's answer, written beside the deed."""
    desks = Desks(session, who, "vi")
    desk, (kind, action, _) = desks.desk(deed.activity), BODIES[deed.action]
    if desk is None or desk.activity.kind != kind.name:
        raise StillUnreadable
    (answer,) = action.answer(desk, [deed])
    record.settle(session, [(deed, answer, desks.place(desk, deed, answer))])
    return answer
