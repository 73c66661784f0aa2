"""What a person does on the phone for a firm, household business or cooperative: enrol it, promise, look back, leave."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import case, or_, select
from sqlalchemy.exc import IntegrityError

from backend.errors import DomainError
from backend.participation.deeds import Answer, Deed, FactLine, counted, noted, refused
from backend.safeguards.audit import Actor
from campaigns.kind import Desk
from campaigns.movement import counting, criteria, enrolment, firms
from campaigns.movement.errors import CriterionUnknown, FirmThere, NameMissing, PromiseTooLow
from campaigns.movement.measures import ASSESSED, FIRMS
from campaigns.movement.models import Enrolment, Firm
from campaigns.movement.schemas import (
    AssessIn,
    Criterion,
    EnrolIn,
    MarkIn,
    PromiseIn,
    PromisesIn,
    StandOut,
    WithdrawIn,
    decimal_of,
)

NOBODY = Actor("person")
"""What a person does on the phone is in the ledger; the trail of the console says nothing about it."""


def _told(row: Enrolment) -> dict[str, Any]:
    return msgspec.structs.asdict(StandOut(row.id, row.state, row.promise_version))


def again(desk: Desk, deed: Deed) -> dict[str, Any] | None:
    """The answer to a deed offered again: where the entrant stands now."""
    row = _own(desk, deed.body.enrolment, deed.subject)
    return _told(row) if row else None


def _own(desk: Desk, wanted: uuid.UUID, subject: uuid.UUID) -> Enrolment | None:
    """The enrolment by its id, or by what the phone called it when the firm came back, where the person entered that
    firm; held until the transaction ends."""
    query = (
        select(Enrolment)
        .join(Firm, Firm.id == Enrolment.firm_id)
        .where(
            or_(Enrolment.id == wanted, Enrolment.phone_id == wanted),
            Enrolment.activity_id == desk.activity.id,
            Firm.enrolled_by == subject,
        )
        .order_by(case((Enrolment.id == wanted, 0), else_=1))
    )
    locked = query.with_for_update(of=Enrolment).execution_options(populate_existing=True)
    return desk.session.scalars(locked).first()


def _not_open(desk: Desk, deed: Deed) -> str | None:
    if desk.activity.state == "scheduled":
        return "not_open_yet"
    if enrolment.has_review(desk.session, desk.activity.id, "final"):
        return "movement_over"
    return "closed" if deed.happened_at >= desk.activity.closes_at else None


def _bad_promise(desk: Desk, promises: Sequence[PromiseIn]) -> str | None:
    try:
        enrolment.check_promises(desk.settings.of("firm"), promises)
    except PromiseTooLow:
        return "promise_too_low"
    except CriterionUnknown:
        return "criterion_unknown"
    return None


# --- entering --------------------------------------------------------------------------------------------------------


def enrol(desk: Desk, deed: Deed) -> Answer:
    """A firm enters. Counted once, in its hamlet."""
    body: EnrolIn = deed.body
    if reason := _not_open(desk, deed):
        return refused(reason)
    if not desk.settings.firms:
        return refused("firms_not_here")
    if body.hamlet not in firms.hamlets(desk.session, desk.activity):
        return refused("entrant_hamlet_unknown")
    if reason := _bad_promise(desk, body.promises):
        return refused(reason)
    firm = _firm(desk, deed)
    if isinstance(firm, str):
        return refused(firm)
    row = _enter(desk, deed, firm)
    return _counted(desk, row, FIRMS) if row else refused("firm_enrolled")


def _firm(desk: Desk, deed: Deed) -> Firm | str:
    """The person's own firm of that name there, or a new one; why not, where somebody else entered it."""
    body: EnrolIn = deed.body
    found = firms.same_name(desk.session, body.hamlet, body.name)
    if found is not None:
        return found if found.enrolled_by == deed.subject else "firm_taken"
    try:
        return firms.add(desk.session, body.sort, body.name, body.hamlet, NOBODY, deed.subject)
    except (FirmThere, NameMissing) as error:
        return "firm_taken" if isinstance(error, FirmThere) else "entrant_name_missing"


def _enter(desk: Desk, deed: Deed, firm: Firm) -> Enrolment | None:
    body: EnrolIn = deed.body
    row = enrolment.of_firm(desk.session, desk.activity, firm.id)
    if row is not None and row.state != "withdrawn":
        return None
    if row is None:
        row = Enrolment(
            id=body.enrolment, activity_id=desk.activity.id, firm_id=firm.id, at=deed.happened_at, promise_version=0
        )  # fmt: skip
        try:
            with desk.session.begin_nested():
                desk.session.add(row)
        except IntegrityError:  # the id is another's
            return None
    row.state, row.phone_id = "confirmed", body.enrolment if body.enrolment != row.id else None
    asked = desk.settings.of("firm")
    enrolment.promise_unless_frozen(desk.session, row, asked, body.promises, deed.happened_at)
    return row


def _counted(desk: Desk, row: Enrolment, measure: str) -> Answer:
    """Counted where the firm is, in the name of the enrolment."""
    line = FactLine(
        measure,
        counting.scope(desk.activity),
        subject=row.id,
        generation=counting.next_generation(desk.session, row, measure),
    )
    return replace(counted(line, result=_told(row)), unit=counting.place_of(desk.session, row))


def promise(desk: Desk, deed: Deed) -> Answer:
    """Other goals, while no review was published."""
    body: PromisesIn = deed.body
    row = _in(desk, deed, body.enrolment)
    if isinstance(row, str):
        return refused(row)
    if reason := _bad_promise(desk, body.promises):
        return refused(reason)
    if enrolment.is_frozen(desk.session, row):
        return refused("promise_frozen")
    asked = desk.settings.of("firm")
    enrolment.write_promises(desk.session, row, asked, body.promises, deed.happened_at)
    row.revision += 1
    return noted(_told(row))


def _in(desk: Desk, deed: Deed, wanted: uuid.UUID) -> Enrolment | str:
    if reason := _not_open(desk, deed):
        return reason
    row = _own(desk, wanted, deed.subject)
    if row is None:
        return "entrant_unknown"
    return "entrant_withdrawn" if row.state == "withdrawn" else row


# --- looking back ----------------------------------------------------------------------------------------------------


def assess(desk: Desk, deed: Deed) -> Answer:
    """How the firm sees itself, criterion by criterion. Counted the first time."""
    body: AssessIn = deed.body
    row = _in(desk, deed, body.enrolment)
    if isinstance(row, str):
        return refused(row)
    known = {one.code: one for one in desk.settings.of("firm")}
    if any(one.criterion not in known for one in body.marks):
        return refused("criterion_unknown")
    for one in body.marks:
        source, told = _said(known[one.criterion], one)
        mark = criteria.say(desk.session, row.id, source, told, None, deed.happened_at)
        if mark.at == deed.happened_at:
            criteria.name_photos(desk.session, mark.id, one.photos)
    row.revision += 1
    return _counted(desk, row, ASSESSED)


def _said(asked: Criterion, told: MarkIn) -> tuple[str, criteria.Say]:
    """A figure with where it is taken from is declared, where that is asked for; all else is how the firm sees itself."""
    words, value = told.words.strip(), decimal_of(told.value)
    if asked.source == "declared" and value is not None and words:
        return "declared", criteria.Say(asked.code, value=value, paper=words[:200])
    return "self", criteria.Say(asked.code, value=value, met=told.met, words=words)


def withdraw(desk: Desk, deed: Deed) -> Answer:
    """The firm leaves; what was counted of it is taken back."""
    body: WithdrawIn = deed.body
    row = _in(desk, deed, body.enrolment)
    if isinstance(row, str):
        return refused(row)
    try:
        enrolment.withdraw(desk.session, desk.activity, row, NOBODY)
    except DomainError:
        return refused("movement_over")
    return noted(_told(row))
