"""Papers that are not recognised: taken out by a person, with a reason and a notice to whoever wrote it."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.errors import N_, DomainError
from backend.participation import changes, correct
from backend.participation.lease import shut_gate
from backend.participation.models import Fact, Operation
from backend.participation.queries import facts_of
from backend.safeguards.audit import Actor, note
from campaigns.contest import rules
from campaigns.contest.doubts import AttemptGone
from campaigns.contest.models import ContestAttempt
from campaigns.contest.reasons import REMOVALS
from campaigns.models import Activity, Campaign

REASONS = REMOVALS


class TooLateToRemove(DomainError):
    status = 409
    code = "too_late_to_remove"
    sentence = N_(
        "Kết quả đã chốt nên không loại bài được nữa. Khiếu nại sau khi chốt được giải quyết riêng."
    )


class ReasonUnknown(DomainError):
    status = 400
    code = "reason_unknown"
    sentence = N_("Xin chọn một lý do trong danh sách.")


def with_receipt(session: Session, activity: uuid.UUID, receipt: str) -> uuid.UUID | None:
    """The paper that was handed in here with the receipt somebody shows."""
    query = (
        select(ContestAttempt.id)
        .join(Operation, Operation.id == ContestAttempt.submitted_by)
        .where(ContestAttempt.activity_id == activity, Operation.receipt == receipt.strip().upper())
    )
    return session.scalars(query.where(ContestAttempt.state.in_(("submitted", "removed")))).first()


def removed(session: Session, activity: uuid.UUID) -> list[ContestAttempt]:
    """What was taken out so far, newest first."""
    query = select(ContestAttempt).where(
        ContestAttempt.activity_id == activity, ContestAttempt.state == "removed"
    )
    return list(session.scalars(query.order_by(ContestAttempt.removed_at.desc())))


def removed_by_reason(session: Session, activity: uuid.UUID) -> dict[str, int]:
    query = select(ContestAttempt.removal_reason, func.count()).where(
        ContestAttempt.activity_id == activity, ContestAttempt.state == "removed"
    )
    rows = session.execute(query.group_by(ContestAttempt.removal_reason))
    return {reason or "other": count for reason, count in rows}


def remove(
    session: Session, activity: Activity, attempt: uuid.UUID, reason: str, words: str | None, actor: Actor
) -> bool:
    """Do not recognise a paper: its facts are taken back, its person is told why. False where somebody did so before.

    Raises TooLateToRemove once settled, AttemptGone, ReasonUnknown. Removing twice changes nothing.
    """
    if reason not in REASONS:
        raise ReasonUnknown
    shut_gate(session, activity.id)
    session.refresh(activity)
    if activity.state not in ("open", "closed"):
        raise TooLateToRemove
    paper = _held(session, activity.id, attempt)
    if paper.state == "removed":
        return False
    _uncount(session, paper)
    paper.state, paper.removal_reason, paper.removal_note = "removed", reason, words
    paper.removed_at, paper.removed_by = clock.now(), actor.id
    paper.revision += 1
    campaign = session.get_one(Campaign, activity.campaign_id)
    note(session, actor, "contest.remove", "attempt", attempt, unit=campaign.owner_unit_id, reason=reason)
    changes.tell(session, "activity", activity.id, "changed", subject=paper.subject)
    return True


def _held(session: Session, activity: uuid.UUID, attempt: uuid.UUID) -> ContestAttempt:
    query = select(ContestAttempt).where(ContestAttempt.id == attempt, ContestAttempt.activity_id == activity)
    found = session.scalars(query.with_for_update()).first()
    if found is None or found.state not in ("submitted", "removed"):
        raise AttemptGone
    return found


def _uncount(session: Session, paper: ContestAttempt) -> None:
    """Take the paper's facts back. The person is counted as an entrant by whichever fact stands, so that one goes too
    and is counted again if another paper of theirs is left."""
    if paper.submitted_by is None or paper.state != "submitted":
        return
    own = [f for f in facts_of(session, paper.submitted_by) if f.measure != rules.ENTRANTS]
    entrant = _standing_entrant(session, paper)
    by = new_id()
    line = correct.take_back(session, [*own, *([entrant] if entrant else [])], by)
    other = _another_paper(session, paper)
    if entrant and other:
        correct.count_again(session, other, rules.ENTRANTS, entrant.scope, entrant.generation + 1, (by, line))


def _standing_entrant(session: Session, paper: ContestAttempt) -> Fact | None:
    query = select(Fact).where(
        Fact.measure == rules.ENTRANTS,
        Fact.subject == paper.subject,
        Fact.scope == f"{paper.activity_id}",
        Fact.is_reversal.is_(False),
    )
    return session.scalars(query.order_by(Fact.generation.desc()).limit(1)).first()


def _another_paper(session: Session, paper: ContestAttempt) -> Fact | None:
    """The papers fact of another of the person's papers that still counts."""
    others = select(ContestAttempt.submitted_by).where(
        ContestAttempt.activity_id == paper.activity_id,
        ContestAttempt.subject == paper.subject,
        ContestAttempt.state == "submitted",
        ContestAttempt.id != paper.id,
    )
    query = select(Fact).where(
        Fact.operation_id.in_(others), Fact.measure == rules.PAPERS, Fact.is_reversal.is_(False)
    )
    return session.scalars(query.order_by(Fact.received_at, Fact.operation_id).limit(1)).first()
