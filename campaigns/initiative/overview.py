"""Initiatives as lists and numbers, for whoever handles them: what waits first, how far the judges are, who may judge."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import among
from backend.people.models import Person, RoleGrant, StaffLogin
from backend.units.trees import holds_on
from campaigns.initiative import blind
from campaigns.initiative.models import (
    Assignment,
    Challenge,
    Comment,
    Council,
    Initiative,
    InitiativeFile,
    Report,
    Result,
)
from campaigns.models import Activity, Campaign

PAGE = 50
JUDGE = "council_member"
ORDER = (
    "received", "valid", "judging", "recommended", "not_recommended", "returned", "recognised", "noted",
    "not_recognised", "invalid", "withdrawn",
)  # fmt: skip
"""Groups of a list, what waits for somebody first."""
Units = Collection[uuid.UUID] | None
"""Only initiatives of these units; None: of all."""


@dataclass(frozen=True)
class Row:
    """An initiative in a list."""

    id: uuid.UUID
    code: str | None
    title: str
    track: str
    state: str
    unit: uuid.UUID | None
    registered_at: datetime | None


def _within(activity: uuid.UUID, units: Units) -> list[ColumnElement[bool]]:
    here = [Initiative.activity_id == activity, Initiative.state != "draft"]
    return here if units is None else [*here, among(Initiative.unit_id, units)]


def years(session: Session) -> list[tuple[Activity, Campaign]]:
    """Every year of initiatives that was released, the newest first."""
    query = (
        select(Activity, Campaign)
        .join(Campaign, Campaign.id == Activity.campaign_id)
        .where(Activity.kind == "initiative", Campaign.state != "draft")
        .order_by(Activity.opens_at.desc(), Activity.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def counted(session: Session, activity: uuid.UUID, units: Units = None) -> dict[str, int]:
    """State -> how many; drafts are their authors' alone."""
    query = select(Initiative.state, func.count()).where(*_within(activity, units))
    found = {row[0]: row[1] for row in session.execute(query.group_by(Initiative.state))}
    return {state: found[state] for state in ORDER if found.get(state)}


def listed(
    session: Session, activity: uuid.UUID, units: Units, state: str | None, page: int
) -> tuple[list[Row], bool]:
    """A page in the order of haste, within a state the longest waiting first; and whether there are more."""
    rank = case({state: n for n, state in enumerate(ORDER)}, value=Initiative.state)
    query = _rows().where(*_within(activity, units))
    if state:
        query = query.where(Initiative.state == state)
    query = query.order_by(rank, Initiative.registered_at, Initiative.id).offset((page - 1) * PAGE)
    rows = [Row(*row) for row in session.execute(query.limit(PAGE + 1))]
    return rows[:PAGE], len(rows) > PAGE


def _rows() -> Select[uuid.UUID, str | None, str, str, str, uuid.UUID | None, datetime | None]:
    i = Initiative
    return select(i.id, i.code, i.title, i.track, i.state, i.unit_id, i.registered_at)


def rows_of(session: Session, initiatives: Collection[uuid.UUID]) -> list[Row]:
    """These, by their number."""
    query = _rows().where(Initiative.id.in_(list(initiatives)))
    return [Row(*row) for row in session.execute(query.order_by(Initiative.code, Initiative.id))]


def to_assign(session: Session, activity: uuid.UUID, units: Units) -> list[Row]:
    """Full files found valid, that wait for judges; as many as a page shows."""
    query = _rows().where(*_within(activity, units), Initiative.state == "valid")
    return [Row(*row) for row in session.execute(query.order_by(Initiative.code, Initiative.id).limit(PAGE))]


# --- challenges ---------------------------------------------------------------------------------------------------


def challenges(session: Session, activity: uuid.UUID) -> list[tuple[Challenge, int]]:
    """Each with how many were handed in for it, the newest first."""
    many = (
        select(Initiative.challenge_id, func.count().label("many"))
        .where(Initiative.activity_id == activity, Initiative.state.not_in(("draft", "withdrawn")))
        .group_by(Initiative.challenge_id)
        .subquery()
    )
    query = (
        select(Challenge, func.coalesce(many.c.many, 0))
        .outerjoin(many, many.c.challenge_id == Challenge.id)
        .where(Challenge.activity_id == activity)
    )
    rows = session.execute(query.order_by(Challenge.opens_on.desc(), Challenge.id))
    return [(row[0], row[1]) for row in rows]


# --- the council --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """Sheets handed in, of judges without a conflict. No marks."""

    handed_in: int
    judges: int
    conflicts: int


def councils(session: Session, activity: uuid.UUID) -> list[Council]:
    query = select(Council).where(Council.activity_id == activity)
    return list(session.scalars(query.order_by(Council.document_date.desc(), Council.id)))


def progress(session: Session, councils: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, uuid.UUID], Progress]:
    """(council, initiative) -> how far its judges are."""
    free = Assignment.conflict.is_(None)
    query = (
        select(
            Assignment.council_id,
            Assignment.initiative_id,
            func.sum(case((free & Assignment.handed_in_at.is_not(None), 1), else_=0)),
            func.sum(case((free, 1), else_=0)),
            func.sum(case((free, 0), else_=1)),
        )
        .where(Assignment.council_id.in_(list(councils)))
        .group_by(Assignment.council_id, Assignment.initiative_id)
    )
    return {
        (row[0], row[1]): Progress(int(row[2]), int(row[3]), int(row[4])) for row in session.execute(query)
    }


def may_judge(session: Session, units: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Staff who hold the office of a judge today on one of these units, by name."""
    query = (
        select(Person.id, Person.name)
        .join(StaffLogin, StaffLogin.person_id == Person.id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.role == JUDGE,
            among(RoleGrant.unit_id, units),
            holds_on(RoleGrant, clock.today()),
            StaffLogin.suspended_at.is_(None),
        )
    )
    return {row[0]: row[1] for row in session.execute(query.order_by(Person.name, Person.id))}


@dataclass(frozen=True)
class OnDesk:
    """A line of a judge's desk; nothing of the authors, and no name of theirs in the title where it is judged blind."""

    assignment: uuid.UUID
    code: str | None
    title: str
    council: str
    conflict: str | None
    handed_in: bool
    is_open: bool


def on_desk(session: Session, judge: uuid.UUID) -> list[OnDesk]:
    """What is assigned to this judge, what is still to do first."""
    rank = case((Assignment.handed_in_at.is_not(None) | Assignment.conflict.is_not(None), 1), else_=0)
    query = (
        select(
            Assignment.id, Initiative.code, Initiative.title, Council.title, Assignment.conflict,
            Assignment.handed_in_at, Council.opened_at, Council.is_blind, Initiative.id, Initiative.unit_id,
        )
        .join(Initiative, Initiative.id == Assignment.initiative_id)
        .join(Council, Council.id == Assignment.council_id)
        .where(Assignment.person_id == judge, Initiative.state != "withdrawn")
        .order_by(rank, Council.document_date.desc(), Initiative.code, Assignment.id)
    )  # fmt: skip
    rows = session.execute(query).all()
    names = blind.names_of(session, {row[8]: row[9] for row in rows if row[7]})
    return [
        OnDesk(
            row[0], row[1], _title(row[2], names.get(row[8]), row[6] is not None), row[3], row[4],
            handed_in=row[5] is not None, is_open=row[6] is not None,
        )
        for row in rows
    ]  # fmt: skip


def _title(title: str, names: blind.Names | None, met: bool) -> str:
    return blind.covered(title, names, units_too=not met) if names else title


def sittings_of(session: Session, initiative: uuid.UUID) -> list[Council]:
    """Councils on whose desks it lies."""
    inside = select(Assignment.council_id).where(Assignment.initiative_id == initiative)
    return list(session.scalars(select(Council).where(Council.id.in_(inside)).order_by(Council.id)))


def results_of(session: Session, council: uuid.UUID) -> dict[uuid.UUID, Result]:
    query = select(Result).where(Result.council_id == council)
    return {row.initiative_id: row for row in session.scalars(query)}


def file_names(session: Session, initiative: uuid.UUID) -> dict[str, str]:
    """Digest -> the name its author gave it."""
    query = select(InitiativeFile.digest, InitiativeFile.name)
    query = query.where(InitiativeFile.initiative_id == initiative).order_by(InitiativeFile.name)
    return {row[0]: row[1] for row in session.execute(query)}


def to_hand_in(session: Session, judge: uuid.UUID) -> int:
    """Sheets this judge still owes."""
    query = (
        select(func.count())
        .select_from(Assignment)
        .join(Initiative, Initiative.id == Assignment.initiative_id)
        .join(Council, Council.id == Assignment.council_id)
        .where(
            Assignment.person_id == judge,
            Assignment.handed_in_at.is_(None),
            Assignment.conflict.is_(None),
            Initiative.state == "judging",
            Council.opened_at.is_(None),
        )
    )
    return session.scalar(query) or 0


def hidden_words(session: Session, activity: uuid.UUID) -> list[tuple[Comment, str]]:
    """Words taken down, the newest first; each with the title of its initiative."""
    query = (
        select(Comment, Initiative.title)
        .join(Initiative, Initiative.id == Comment.initiative_id)
        .where(Initiative.activity_id == activity, Comment.hidden_at.is_not(None), Comment.gone.is_(False))
        .order_by(Comment.hidden_at.desc(), Comment.id)
        .limit(PAGE)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def word_is_of(session: Session, comment: uuid.UUID, activity: uuid.UUID) -> bool:
    """Whether somebody pointed at this word, or it was taken down, in that year."""
    query = (
        select(Comment.id)
        .join(Initiative, Initiative.id == Comment.initiative_id)
        .where(Comment.id == comment, Initiative.activity_id == activity)
    )
    pointed = Comment.id.in_(select(Report.comment_id)) | Comment.hidden_at.is_not(None)
    return session.scalar(query.where(pointed)) is not None
