"""What a person sees of a movement on the phone: its papers and criteria, the own units and firms."""

import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.clock import local_day
from backend.db.statements import among
from backend.media import photos
from backend.people import queries as people
from backend.units.queries import named_many, named_to_the_last
from backend.units.trees import parents_of
from backend.units.words import sort_key
from campaigns.kind import Desk
from campaigns.movement import criteria, enrolment, firms, launching, reviews
from campaigns.movement import schemas as s
from campaigns.movement.models import NOW, Enrolment, Firm

MOST_HAMLETS = 400


def own_firms(session: Session, activity: uuid.UUID, subject: uuid.UUID) -> list[tuple[Enrolment, Firm]]:
    """Enrolments of the firms this person entered."""
    query = (
        select(Enrolment, Firm)
        .join(Firm, Firm.id == Enrolment.firm_id)
        .where(Enrolment.activity_id == activity, Firm.enrolled_by == subject)
    )
    return [(row[0], row[1]) for row in session.execute(query.order_by(Enrolment.at, Enrolment.id))]


def state(desk: Desk) -> str:
    """'enrolled' once the person entered a firm, 'none' before."""
    rows = own_firms(desk.session, desk.activity.id, desk.participant.subject)
    return "enrolled" if any(row.state != "withdrawn" for row, _ in rows) else "none"


def mine(desk: Desk) -> dict[str, Any]:
    """The movement as this person meets it."""
    session, settings, activity = desk.session, desk.settings, desk.activity
    day = local_day(desk.now)
    belongs = people.memberships_of(session, desk.participant.person, day)
    homes = belongs.get("lives_in", set())
    near, is_cut = _hamlets(desk, homes) if settings.firms else ([], False)
    shown = s.MineOut(
        tags=list(settings.tags),
        documents=[_document(one) for one in launching.documents(session, activity)],
        criteria=[_criterion(one, desk.language) for one in settings.criteria],
        takes_firms=settings.firms,
        over=enrolment.has_review(session, activity.id, "final"),
        home=min(homes, default=None),
        hamlets=near,
        hamlets_cut=is_cut,
        units=_units(desk, set().union(*belongs.values())),
        firms=_firms(desk),
        reviews=[
            s.ReviewOut(one.number, one.kind, one.until.isoformat(), f"/phong-trao/{activity.id}#lan-{one.number}")
            for one in reviews.of(session, activity.id, published=True)
        ],
    )  # fmt: skip
    plain: dict[str, Any] = msgspec.to_builtins(shown)
    return plain


def _document(one: launching.Document) -> s.DocumentOut:
    return s.DocumentOut(one.body, one.line, one.number, one.day.isoformat(), one.title)


def _criterion(one: s.Criterion, language: str) -> s.CriterionOut:
    english = language == "en"
    return s.CriterionOut(
        code=one.code,
        title=one.en if english else one.vi,
        how=one.how_en if english else one.how_vi,
        whom=one.whom,
        source=one.source,
        counted=one.counted_en if english else one.counted_vi,
        target=one.target,
        least=one.least,
    )


def _hamlets(desk: Desk, homes: set[uuid.UUID]) -> tuple[list[s.HamletOut], bool]:
    """To choose from; of a whole province only those of the own commune, and whether that is so."""
    session, day = desk.session, local_day(desk.now)
    units = firms.hamlets(session, desk.activity)
    is_cut = len(units) > MOST_HAMLETS
    if is_cut:
        above = parents_of(session, units | homes, day)
        own = {above.get(home) for home in homes}
        units = {unit for unit in units if above.get(unit) in own}
    found = named_many(session, units, day)
    rows = sorted(found.values(), key=lambda one: (sort_key(one.name), one.code))
    return [s.HamletOut(one.id, one.heading) for one in rows[:MOST_HAMLETS]], is_cut


def _units(desk: Desk, belongs: set[uuid.UUID]) -> list[s.EntrantOut]:
    query = select(Enrolment).where(
        Enrolment.activity_id == desk.activity.id, among(Enrolment.unit_id, belongs), Enrolment.state != "withdrawn"
    )  # fmt: skip
    rows = list(desk.session.scalars(query)) if belongs else []
    names = named_to_the_last(desk.session, [row.unit_id for row in rows if row.unit_id], clock.today())
    told = [(row, names[row.unit_id].heading if row.unit_id in names else "", "unit", "") for row in rows]
    # What an officer answered is for the unit's head, not for everybody who lives there.
    newest = reviews.newest(desk.session, desk.activity.id)
    return _entrants(desk, told, own=False, review=newest.number if newest else None)


def _firms(desk: Desk) -> list[s.EntrantOut]:
    rows = own_firms(desk.session, desk.activity.id, desk.participant.subject)
    names = named_to_the_last(desk.session, [firm.hamlet_id for _, firm in rows], clock.today())
    told = [
        (row, firm.name, firm.sort, names[firm.hamlet_id].heading if firm.hamlet_id in names else "")
        for row, firm in rows
    ]
    return _entrants(desk, told, own=True)


def _entrants(
    desk: Desk, rows: Sequence[tuple[Enrolment, str, str, str]], *, own: bool, review: int | None = NOW
) -> list[s.EntrantOut]:
    """With the marks as they stand, or as a published review keeps them; None: nothing was published yet."""
    session, ids = desk.session, [row.id for row, *_ in rows]
    promised = criteria.promises_of(session, {row.id: row.promise_version for row, *_ in rows})
    marks = criteria.marks_of(session, ids, review) if review is not None else {one: {} for one in ids}
    frozen = enrolment.has_review(session, desk.activity.id)
    shown = _photos(session, [mark.id for found in marks.values() for mark in found.values()]) if own else {}
    return [
        s.EntrantOut(
            id=row.id,
            name=name,
            sort=sort,
            hamlet=hamlet,
            state=row.state,
            words=row.words if own else None,
            frozen=frozen,
            promise_version=row.promise_version,
            promises={
                code: {"target": None if one.target is None else float(one.target), "words": one.words}
                for code, one in promised[row.id].items()
            },
            marks=[
                s.MarkOut(
                    code, source, None if (value := criteria.shown(mark)) is None else float(value), mark.met, mark.why_missing,
                    (mark.words or mark.paper) if own else "", shown.get(mark.id, {}),
                )
                for (code, source), mark in marks[row.id].items()
                if own or source == "measured"
            ],
        )
        for row, name, sort, hamlet in rows
    ]  # fmt: skip


def _photos(session: Session, marks: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    """Mark -> digest -> waiting | complete | refused."""
    named = criteria.photos_of(session, marks)
    states = photos.states(session, {digest for digests in named.values() for digest in digests})
    return {
        mark: {digest: states.get(digest, "waiting") for digest in digests} for mark, digests in named.items()
    }
