"""Visits that waited for their household: another phone had met it first and sent it later."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec

from backend.participation import changes, record, waiting
from backend.participation.deeds import Answer, Deed
from backend.participation.models import Operation
from backend.participation.record import Attribution
from campaigns.kind import Desk
from campaigns.visit.schemas import LogIn

LogAll = Callable[[Desk, Sequence[Deed]], Sequence[Answer]]

LOG = "visit.log"
_BODY = msgspec.json.Decoder(LogIn)


def take_in(desk: Desk, household: uuid.UUID, log_all: LogAll) -> None:
    """Judge anew what waited for this household, each in the name of whoever wrote it."""
    by_writer: dict[uuid.UUID, list[Operation]] = {}
    for operation in waiting.waiting(desk.session, [desk.activity.id], "household_unknown", LOG):
        if waiting.body_of(operation, _BODY.decode).household == household:
            by_writer.setdefault(operation.subject, []).append(operation)
    for subject, operations in sorted(by_writer.items()):
        _take_in(desk, subject, operations, log_all)


def _take_in(desk: Desk, subject: uuid.UUID, operations: Sequence[Operation], log_all: LogAll) -> None:
    who = waiting.writer(desk.session, subject)
    if who is None:
        return
    deeds = [
        waiting.deed_again(operation, waiting.body_of(operation, _BODY.decode), who.person)
        for operation in operations
    ]
    answers = log_all(replace(desk, participant=who, accepted_for=None), deeds)
    record.settle(desk.session, [(d, a, _place(desk, a)) for d, a in zip(deeds, answers, strict=True)])
    for operation in operations:
        changes.tell(desk.session, "operation", operation.id, "changed", subject=subject)


def _place(desk: Desk, answer: Answer) -> Attribution:
    return Attribution(answer.unit or desk.campaign.owner_unit_id, desk.campaign.id, answer.in_custody)
