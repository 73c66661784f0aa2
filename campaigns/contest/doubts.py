"""Papers that somebody should look at before the results are fixed, and why. Signals never decide.

A whole school sits behind one address and a family shares one phone. What is shown here is when and from where a paper
came, never how good it is: scores would tell how many have everything right.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_, DomainError
from backend.people.models import Membership, SubjectLink
from backend.units.trees import holds_on
from campaigns.contest import rules
from campaigns.contest.models import ContestAttempt
from campaigns.models import NOT_COMPETING, Activity, CampaignBody

HASTE_MS = 3_000
"""Under three seconds a question nobody reads them."""
SAME_WITHIN_S = 600
MANY_ON_ONE_DEVICE = 6
"""More people than a family phone holds."""
FEW_SHARE = 5
"""Where more papers hold the very same questions, like answers are natural: papers with everything right read alike, so
how many do would tell how many have everything right."""
MOST_LISTED = 200
FEW_PAPERS = 5_000
"""Up to so many the doubtful ones are counted in passing; of more they are counted when somebody opens the list."""

SIGNALS = {
    "haste": N_("Làm bài nhanh khác thường"),
    "same_answers": N_("Trả lời giống hệt một bài khác cùng lúc"),
    "one_device": N_("Nhiều người cùng nộp từ một máy"),
    "one_second": N_("Nhiều bài nộp trong cùng một giây"),
    "organiser": N_("Người dự thi nay thuộc tổ, ban tổ chức cuộc thi"),
}


class AttemptGone(DomainError):
    status = 404
    code = "attempt_unknown"
    sentence = N_("Không tìm thấy bài thi này.")


@dataclass(frozen=True)
class Paper:
    """What the desk sees of a paper: when and from where, never how good."""

    attempt: uuid.UUID
    subject: uuid.UUID
    number: int
    state: str
    device: uuid.UUID
    started_at: datetime
    submitted_at: datetime
    elapsed_ms: int
    drawn: tuple[int, ...]
    answers: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Doubt:
    """A paper with what is remarkable about it, most remarkable first in a list."""

    paper: Paper
    signals: tuple[str, ...]


def doubtful(session: Session, activity: Activity) -> list[Doubt]:
    """Papers handed in that somebody should look at, at most 200."""
    found = _doubts(session, activity, list(_handed_in(session, activity.id)))
    return sorted(found, key=lambda doubt: (-len(doubt.signals), doubt.paper.submitted_at))[:MOST_LISTED]


def how_many(session: Session, activity: Activity) -> int | None:
    """How many are doubtful, at most 200; None where there are too many papers to look through in passing."""
    query = select(func.count()).where(
        ContestAttempt.activity_id == activity.id, ContestAttempt.state == "submitted"
    )
    if (session.scalar(query) or 0) > FEW_PAPERS:
        return None
    return len(doubtful(session, activity))


def look(session: Session, activity: Activity, attempt: uuid.UUID) -> Doubt:
    """One paper that was handed in, with what is remarkable about it, if anything. Raises AttemptGone."""
    query = select(*_COLUMNS).where(ContestAttempt.id == attempt, ContestAttempt.activity_id == activity.id)
    row = session.execute(query).first()
    if row is None or row.state not in ("submitted", "removed"):
        raise AttemptGone
    paper = _paper(row)
    # Among all papers, as in the list: what is remarkable beside its neighbours may be common in the whole contest.
    others = [one for one in _handed_in(session, activity.id) if one.attempt != attempt]
    found = _doubts(session, activity, [*others, paper])
    return next((doubt for doubt in found if doubt.paper.attempt == attempt), Doubt(paper, ()))


def _doubts(session: Session, activity: Activity, papers: Sequence[Paper]) -> list[Doubt]:
    signals = signals_of(papers)
    for attempt in _by_organisers(session, activity):
        signals[attempt].add("organiser")
    return [
        Doubt(paper, tuple(sorted(signals[paper.attempt]))) for paper in papers if signals.get(paper.attempt)
    ]


def _by_organisers(session: Session, activity: Activity) -> Iterator[uuid.UUID]:
    """Papers of people who belong to a body that runs the contest, joined after they had entered."""
    query = (
        select(ContestAttempt.id)
        .join(SubjectLink, SubjectLink.subject == ContestAttempt.subject)
        .join(Membership, Membership.person_id == SubjectLink.person_id)
        .join(CampaignBody, CampaignBody.unit_id == Membership.unit_id)
        .where(
            ContestAttempt.activity_id == activity.id,
            ContestAttempt.state == "submitted",
            CampaignBody.campaign_id == activity.campaign_id,
            CampaignBody.part.in_(NOT_COMPETING),
            holds_on(Membership, clock.today()),
        )
    )
    return session.scalars(query.distinct())


_COLUMNS = (
    ContestAttempt.id,
    ContestAttempt.subject,
    ContestAttempt.number,
    ContestAttempt.state,
    ContestAttempt.held_by,
    ContestAttempt.started_at,
    ContestAttempt.submitted_at,
    ContestAttempt.elapsed_ms,
    ContestAttempt.drawn,
    ContestAttempt.answers,
)


def _handed_in(session: Session, activity: uuid.UUID) -> Iterator[Paper]:
    query = select(*_COLUMNS).where(
        ContestAttempt.activity_id == activity, ContestAttempt.state == "submitted"
    )
    for row in session.execute(query.order_by(ContestAttempt.submitted_at)).yield_per(1000):
        yield _paper(row)


def _paper(row: Any) -> Paper:
    choices = rules.choices(row.answers)
    return Paper(
        attempt=row.id,
        subject=row.subject,
        number=row.number,
        state=row.state,
        device=row.held_by,
        started_at=row.started_at,
        submitted_at=row.submitted_at or row.started_at,
        elapsed_ms=row.elapsed_ms or 0,
        drawn=tuple(sorted(number for number, *_ in row.drawn)),
        answers=tuple(
            sorted(
                (number, choices[str(place)])
                for place, (number, *_) in enumerate(row.drawn, start=1)
                if str(place) in choices
            )
        ),
    )


def people_on_device(session: Session, activity: uuid.UUID, device: uuid.UUID) -> int:
    """How many people handed in from one device."""
    query = select(func.count(ContestAttempt.subject.distinct())).where(
        ContestAttempt.activity_id == activity,
        ContestAttempt.held_by == device,
        ContestAttempt.submitted_at.is_not(None),
    )
    return session.scalar(query) or 0


def signals_of(papers: Sequence[Paper]) -> dict[uuid.UUID, set[str]]:
    """Attempt -> what is remarkable. Pure."""
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    people_on = _people_on(papers)
    at_second = Counter(paper.submitted_at.replace(microsecond=0) for paper in papers)
    for paper in papers:
        if paper.elapsed_ms < HASTE_MS * len(paper.drawn):
            found[paper.attempt].add("haste")
        if people_on[paper.device] > MANY_ON_ONE_DEVICE:
            found[paper.attempt].add("one_device")
        if at_second[paper.submitted_at.replace(microsecond=0)] >= 5:
            found[paper.attempt].add("one_second")
    for attempt in _twins(papers):
        found[attempt].add("same_answers")
    return found


def _people_on(papers: Sequence[Paper]) -> Counter[uuid.UUID]:
    return Counter(device for device, _ in {(paper.device, paper.subject) for paper in papers})


def _twins(papers: Sequence[Paper]) -> Iterator[uuid.UUID]:
    """Papers of two people with the same questions answered alike, close together in time."""
    alike: dict[tuple[tuple[int, str], ...], list[Paper]] = defaultdict(list)
    holders = Counter(paper.drawn for paper in papers)
    for paper in papers:
        if paper.answers and holders[paper.drawn] <= FEW_SHARE:
            alike[paper.answers].append(paper)
    for group in alike.values():
        for one in group:
            if any(_close(one, other) for other in group):
                yield one.attempt


def _close(one: Paper, other: Paper) -> bool:
    apart = abs((one.submitted_at - other.submitted_at).total_seconds())
    return one.subject != other.subject and apart <= SAME_WITHIN_S
