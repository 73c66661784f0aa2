"""Exemplary models: what was done, what came of it, how to do the same; and who came to see it."""

import uuid
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import among
from backend.errors import NotFound
from backend.safeguards.audit import Actor, note
from backend.units.queries import named_to_the_last
from campaigns.models import Activity
from campaigns.movement.errors import (
    ChangedSince,
    ModelIncomplete,
    NotEnrolled,
    OwnModel,
    VisitTwice,
    VisitWrong,
    WrongState,
)
from campaigns.movement.models import LONG, TITLE, WORDS, Enrolment, Exemplary, ExemplaryVisit

PAGE = 20
MOST_PEOPLE = 10_000
MOST_VISITS = 200


@dataclass(frozen=True)
class Text:
    """The four parts; none may be empty."""

    title: str
    what: str
    results: str
    how: str

    def checked(self) -> "Text":
        """Raises ModelIncomplete."""
        parts = (self.title, self.what, self.results, self.how)
        if not all(len(part.strip()) >= 3 for part in parts):
            raise ModelIncomplete
        title = " ".join(self.title.split())[:TITLE]
        return Text(title, *(part.strip()[:LONG] for part in parts[1:]))


@dataclass(frozen=True)
class Card:
    """A model as it is listed: `units` came to see it, `people` of them together."""

    row: Exemplary
    unit: str
    units: int
    visits: int
    people: int


@dataclass(frozen=True)
class Visit:
    unit: str
    on_day: date
    people: int
    took_home: str


def write(
    session: Session, unit: uuid.UUID, text: Text, actor: Actor, movement: uuid.UUID | None = None
) -> Exemplary:
    """A draft; `movement`: the one the unit did it in. Raises ModelIncomplete, NotEnrolled."""
    told = text.checked()
    row = Exemplary(
        unit_id=unit, enrolment_id=_enrolled(session, unit, movement) if movement else None, title=told.title, what=told.what, results=told.results, how=told.how,
        by=actor.id, made_at=clock.now(),
    )  # fmt: skip
    session.add(row)
    session.flush()  # the door answers with its id
    note(session, actor, "exemplary.write", "exemplary_model", row.id, unit=unit)
    return row


def _enrolled(session: Session, unit: uuid.UUID, movement: uuid.UUID) -> uuid.UUID:
    """The unit's place in a movement. Raises NotEnrolled."""
    query = select(Enrolment.id).where(Enrolment.activity_id == movement, Enrolment.unit_id == unit)
    found = session.scalar(query.where(Enrolment.state != "withdrawn"))
    if found is None:
        raise NotEnrolled
    return found


def change(session: Session, model: uuid.UUID, text: Text, revision: int, actor: Actor) -> Exemplary:
    """Other words. Those for a published one wait, unread by anybody else, until they are published too.

    Raises NotFound, ChangedSince, ModelIncomplete, WrongState.
    """
    row, told = held(session, model), text.checked()
    if row.revision != revision:
        raise ChangedSince
    if row.state == "withdrawn":
        raise WrongState
    if row.state == "published":
        row.pending = asdict(told)
    else:
        _say(row, told)
    row.revision += 1
    note(session, actor, "exemplary.change", "exemplary_model", row.id, unit=row.unit_id)
    return row


def held(session: Session, model: uuid.UUID) -> Exemplary:
    """Raises NotFound."""
    query = select(Exemplary).where(Exemplary.id == model).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound
    return row


def _say(row: Exemplary, told: Text) -> None:
    row.title, row.what, row.results, row.how = told.title, told.what, told.results, told.how


def publish(session: Session, row: Exemplary, revision: int, actor: Actor) -> None:
    """For everybody to read, with the words that waited, as whoever publishes read them.

    Raises WrongState, ChangedSince.
    """
    if row.revision != revision:
        raise ChangedSince
    before = ("draft", "withdrawn", "published") if row.pending else ("draft", "withdrawn")
    _become(session, row, before, "published", actor)
    if row.pending:
        _say(row, Text(**row.pending))
        row.pending = None
    row.public_from = row.public_from or clock.now()


def withdraw(session: Session, row: Exemplary, actor: Actor) -> None:
    """No longer shown. Raises WrongState."""
    _become(session, row, ("published", "draft"), "withdrawn", actor)


def _become(session: Session, row: Exemplary, before: tuple[str, ...], state: str, actor: Actor) -> None:
    if row.state not in before:
        raise WrongState
    row.state = state
    row.revision += 1
    note(session, actor, f"exemplary.{state}", "exemplary_model", row.id, unit=row.unit_id)


def visit(
    session: Session, row: Exemplary, unit: uuid.UUID, on_day: date, people: int, took_home: str, actor: Actor
) -> ExemplaryVisit:
    """Another unit came to see it. Raises WrongState, OwnModel, VisitWrong, VisitTwice."""
    if row.state != "published":
        raise WrongState
    if unit == row.unit_id:
        raise OwnModel
    if on_day > clock.today() or not 1 <= people <= MOST_PEOPLE or len(took_home.strip()) < 3:
        raise VisitWrong
    made = ExemplaryVisit(
        model_id=row.id, unit_id=unit, on_day=on_day, people=people, took_home=took_home.strip()[:WORDS],
        by=actor.id, at=clock.now(),
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError as error:
        raise VisitTwice from error
    note(session, actor, "exemplary.visit", "exemplary_model", row.id, unit=unit)
    return made


# --- reading -------------------------------------------------------------------------------------------------------


def cards(
    session: Session, *, page: int = 1, units: Collection[uuid.UUID] | None = None, published: bool = True
) -> tuple[list[Card], bool]:
    """A page of models, the newest first, and whether there are more. `units`: only theirs."""
    query = select(Exemplary)
    if published:
        query = query.where(Exemplary.state == "published")
    if units is not None:
        query = query.where(among(Exemplary.unit_id, units))
    order = func.coalesce(Exemplary.public_from, Exemplary.made_at).desc()
    rows = list(
        session.scalars(query.order_by(order, Exemplary.id).offset((page - 1) * PAGE).limit(PAGE + 1))
    )
    return _cards(session, rows[:PAGE]), len(rows) > PAGE


def _cards(session: Session, rows: list[Exemplary]) -> list[Card]:
    names = named_to_the_last(session, [row.unit_id for row in rows], clock.today())
    count = (
        select(
            ExemplaryVisit.model_id,
            func.count(ExemplaryVisit.unit_id.distinct()),
            func.count(),
            func.sum(ExemplaryVisit.people),
        )
        .where(among(ExemplaryVisit.model_id, [row.id for row in rows]))
        .group_by(ExemplaryVisit.model_id)
    )
    seen = {model: (units, many, int(people)) for model, units, many, people in session.execute(count)}
    return [
        Card(row, names[row.unit_id].heading if row.unit_id in names else "", *seen.get(row.id, (0, 0, 0)))
        for row in rows
    ]


def one(session: Session, model: uuid.UUID) -> tuple[Card, list[Visit]]:
    """A published model with its visits, the newest first. Raises NotFound for what is not published."""
    row = session.get(Exemplary, model)
    if row is None or row.state != "published":
        raise NotFound
    return _cards(session, [row])[0], visits(session, model)


def movement_of(session: Session, row: Exemplary) -> Activity | None:
    """The movement the model was made in, where its writer named one."""
    query = select(Activity).join(Enrolment, Enrolment.activity_id == Activity.id)
    return session.scalar(query.where(Enrolment.id == row.enrolment_id)) if row.enrolment_id else None


def visits(session: Session, model: uuid.UUID) -> list[Visit]:
    """The newest first, at most `MOST_VISITS`; a card knows how many there are."""
    rows = list(
        session.scalars(
            select(ExemplaryVisit)
            .where(ExemplaryVisit.model_id == model)
            .order_by(ExemplaryVisit.on_day.desc(), ExemplaryVisit.id.desc())
            .limit(MOST_VISITS)
        )
    )
    names = named_to_the_last(session, [row.unit_id for row in rows], clock.today())
    return [
        Visit(
            names[row.unit_id].heading if row.unit_id in names else "", row.on_day, row.people, row.took_home
        )
        for row in rows
    ]
