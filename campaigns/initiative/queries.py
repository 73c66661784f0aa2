"""What an author sees of the own initiatives, what the room holds of a person, and forgetting it."""

import uuid
from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.clock import iso, local_day
from backend.media import photos
from backend.people import queries as people
from backend.people import staff
from backend.units.queries import named_many
from campaigns.initiative import authors, challenges, gallery, stages
from campaigns.initiative import schemas as s
from campaigns.initiative.models import (
    Author,
    Comment,
    Council,
    CouncilMember,
    Endorsement,
    Initiative,
    InitiativeFile,
)
from campaigns.kind import Desk


def concerning(session: Session, subject: uuid.UUID, activity: uuid.UUID | None = None) -> list[Initiative]:
    """Initiatives this person writes, or agreed to be an author of; the newest first."""
    shares = select(Author.initiative_id).where(
        Author.subject == subject, Author.agreed_at.is_not(None), Author.withdrawn_at.is_(None)
    )
    query = select(Initiative).where(or_(Initiative.by == subject, Initiative.id.in_(shares)))
    if activity is not None:
        query = query.where(Initiative.activity_id == activity)
    return list(session.scalars(query.order_by(Initiative.made_at.desc(), Initiative.id)))


def is_author(desk: Desk) -> bool:
    return bool(concerning(desk.session, desk.participant.subject, desk.activity.id))


def state(desk: Desk) -> str:
    """The state of the newest own initiative; 'none' before the first."""
    found = concerning(desk.session, desk.participant.subject, desk.activity.id)
    return found[0].state if found else "none"


def mine(desk: Desk) -> dict[str, Any]:
    """The own initiatives whole, and what is needed to write another one."""
    subject, settings = desk.participant.subject, desk.settings
    found = concerning(desk.session, subject, desk.activity.id)
    shown = s.MineOut(
        small_track=settings.small_track,
        most_authors=settings.most_authors,
        discussion=settings.discussion,
        places=_places(desk),
        challenges=_challenges(desk),
        judges=_judges(desk.session, desk.activity.id),
        initiatives=[initiative_out(desk.session, row, subject) for row in found],
    )
    plain: dict[str, Any] = msgspec.to_builtins(shown)
    return plain


def _places(desk: Desk) -> list[s.PlaceOut]:
    belongs = people.belongings(desk.session, desk.participant.person, local_day(desk.now))
    return [s.PlaceOut(one.unit.id, one.unit.full_name) for one in belongs]


def _challenges(desk: Desk) -> list[s.ChallengeOut]:
    rows = challenges.open_on(desk.session, desk.activity.id, local_day(desk.now))
    units = named_many(desk.session, {row.unit_id for row in rows}, local_day(desk.now))
    return [
        s.ChallengeOut(
            row.id, row.title, row.problem, row.ordered_by,
            units[row.unit_id].full_name if row.unit_id in units else "", row.closes_on.isoformat(),
        )
        for row in rows
    ]  # fmt: skip


def _judges(session: Session, activity: uuid.UUID) -> list[s.JudgeOut]:
    """Members of the councils by their public decisions."""
    query = (
        select(CouncilMember.person_id)
        .join(Council, Council.id == CouncilMember.council_id)
        .where(Council.activity_id == activity)
    )
    names = staff.names_of(session, set(session.scalars(query)))
    return [s.JudgeOut(person, name) for person, name in sorted(names.items(), key=lambda pair: pair[1])]


def initiative_out(session: Session, row: Initiative, reader: uuid.UUID | None = None) -> s.InitiativeOut:
    """All of it but private notes and sheets. `reader`: whose eyes, to say 'me'."""
    units = named_many(session, [row.unit_id] if row.unit_id else [], local_day(row.made_at))
    return s.InitiativeOut(
        id=row.id,
        mine=row.by is not None and row.by == reader,
        code=row.code,
        track=row.track,
        state=row.state,
        revision=row.revision,
        title=row.title,
        problem=row.problem,
        solution=row.solution,
        applied_where=row.applied_where,
        applied_from=row.applied_from.isoformat() if row.applied_from else None,
        effect=row.effect,
        effects=row.effects or [],
        unit=row.unit_id,
        unit_name=units[row.unit_id].full_name if row.unit_id in units else None,
        challenge=row.challenge_id,
        authors=authors_out(session, row.id, reader),
        stages=[s.StageOut(one.state, one.on_day.isoformat(), one.words) for one in stages.of(session, row.id)],
        files=photos.states(session, files_of(session, [row.id])),
        recognitions=gallery.recognitions(session, row.id),
        adoptions=gallery.adoptions(session, row.id),
        public_from=iso(row.public_from) if row.public_from else None,
    )  # fmt: skip


def authors_out(session: Session, initiative: uuid.UUID, reader: uuid.UUID | None) -> list[s.AuthorOut]:
    rows = authors.of(session, initiative)
    counting = authors.shares(rows)
    return [
        s.AuthorOut(
            row.id, row.name, row.subject is not None and row.subject == reader, counting.get(row.id, 0), row.share,
            row.agreed_at is not None, row.withdrawn_at is not None,
        )
        for row in rows
    ]  # fmt: skip


def files_of(session: Session, initiatives: list[uuid.UUID]) -> list[str]:
    query = select(InitiativeFile.digest).where(InitiativeFile.initiative_id.in_(initiatives))
    return list(session.scalars(query.order_by(InitiativeFile.digest)))


def named_files(session: Session, digests: Collection[str]) -> set[str]:
    """Those of the digests that an initiative names; the others serve nobody after a while."""
    query = select(InitiativeFile.digest).where(InitiativeFile.digest.in_(digests))
    return set(session.scalars(query.distinct()))


# --- what is held of a person -------------------------------------------------------------------------------------


def held(session: Session, subject: uuid.UUID) -> list[dict[str, Any]]:
    """Every initiative of a person whole, the own words in discussions and what the person stands behind."""
    own = [
        {"initiative": msgspec.to_builtins(initiative_out(session, row, subject))}
        for row in concerning(session, subject)
    ]
    said = session.scalars(select(Comment).where(Comment.subject == subject).order_by(Comment.at))
    words = [{"comment": str(row.id), "words": row.words, "hidden_why": row.hidden_why} for row in said]
    behind = session.scalars(select(Endorsement).where(Endorsement.subject == subject))
    return [*own, *words, *({"endorsed": str(row.initiative_id), "stands": row.stands} for row in behind)]
