"""A hamlet that gives a part of itself away, and merges and splits taken back: every count that adds up is conserved."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from backend import clock, figures
from backend.participation.record import fact_row, write_facts
from backend.people.belonging import move
from backend.people.models import Membership
from backend.people.regrouping import merge_units
from backend.tallies import split_view
from backend.tallies.models import Tally
from backend.tallies.undoing import RestsOnIt, undo
from backend.units import change, crosswalk, errors, splitting
from backend.units.models import Headcount, JoinCode, Unit, UnitEvent, UnitLink, UnitName, UnitRecount
from backend.units.reorganise import NewUnit
from backend.units.splitting import CannotSplit, split
from backend.units.trees import subtree
from backend.units.undoing import CannotUndo
from campaigns.registry import measure_book
from tests.support.world import Phone, World

NEW = NewUnit("05752-T09", "Đồng Tiến 2", "xóm")
DOCUMENT = "Nghị quyết số 12/NQ-HĐND"
UNIT_TABLES = (Unit, UnitName, UnitLink, Headcount, JoinCode, UnitEvent)


def apart(
    world: World,
    weights: tuple[int, ...] = (600, 400),
    new: tuple[NewUnit, ...] = (NEW,),
    on: date | None = None,
) -> list[uuid.UUID]:
    with world.database.transaction() as session:
        return split(session, world.hamlet, new, weights, on=on or clock.today(), document=DOCUMENT)


def event_of(world: World, kind: str) -> uuid.UUID:
    with world.database.transaction(writes=False) as session:
        return session.scalars(select(UnitEvent.id).where(UnitEvent.kind == kind)).one()


def taken_back(world: World, kind: str, resting: tuple[str, ...] = ()) -> None:
    with world.database.transaction() as session:
        undo(
            session,
            session.scalars(select(UnitEvent.id).where(UnitEvent.kind == kind)).one(),
            resting,
        )


def state(world: World) -> dict[str, list[object]]:
    """Every row about units and where people belong, but for the keys of memberships."""
    with world.database.transaction(writes=False) as session:
        told: dict[str, list[object]] = {
            table.__tablename__: sorted(
                str(tuple(row)) for row in session.execute(select(*table.__table__.columns))
            )
            for table in UNIT_TABLES
        }
        held = session.scalars(
            select(Membership).where(
                (Membership.valid_to.is_(None)) | (Membership.valid_to > Membership.valid_from)
            )
        )
        told["membership"] = sorted(
            f"{row.person_id} {row.unit_id} {row.kind} {row.valid_from} {row.valid_to}" for row in held
        )
        return told


def entrants(world: World, unit: uuid.UUID) -> int | None:
    with world.database.transaction(writes=False) as session:
        row = session.get(Tally, ("contest.entrants", world.activity, unit, "all"))
        return row.people if row else None


def test_the_new_one_stands_beside_the_old_with_its_share_of_the_heads(world: World) -> None:
    (new,) = apart(world)
    with world.database.transaction(writes=False) as session:
        assert new in subtree(session, world.commune, clock.today())
        assert session.get_one(Unit, world.hamlet).valid_to is None
        heads = session.scalars(select(Headcount).where(Headcount.on_date == clock.today())).all()
        assert {row.unit_id: row.people for row in heads} == {world.hamlet: 24, new: 16}
        assert all("40 (30/06/2026)" in row.source and DOCUMENT in row.source for row in heads)


def test_totals_above_do_not_change_and_what_comes_later_counts_where_it_is_done(world: World) -> None:
    for _ in range(4):
        world.phone().take_part()
    world.fold()
    (new,) = apart(world)
    world.phone("Người mới", new).take_part()
    world.fold()
    assert [entrants(world, unit) for unit in (world.hamlet, new, world.commune)] == [4, 1, 5]
    assert figures.differences(world.database, measure_book()) == []


def test_as_it_is_now_people_go_with_their_facts_and_the_rest_is_divided_only_where_it_adds_up(
    world: World,
) -> None:
    phones = [world.phone(f"Người {n}") for n in range(5)]
    for phone in phones:
        phone.take_part()
    (new,) = apart(world)
    with world.database.transaction() as session:
        move(session, uuid.UUID(phones[0].me["id"]), "lives_in", new)
    with (
        clock.stopped_at(clock.now() + timedelta(days=1)),
        world.database.transaction(writes=False) as session,
    ):
        (one,) = splitting.splits_of(session, new)
        one.event.holds_from = clock.today()  # what was done today was done before it
        session.expunge(one.event)
        lines = {line.measure: line for line in split_view.as_it_is_now(session, measure_book(), one)}
        people = lines["contest.entrants"]
        assert (people.people, people.unplaced, {p.unit: p.people for p in people.parts}) == (
            5,
            4,
            {world.hamlet: 0, new: 1},
        )
        assert all(
            sum(p.quantity or 0 for p in line.parts) == line.quantity
            for line in lines.values()
            if line.people is None
        )


@pytest.mark.parametrize(
    ("weights", "new", "days", "refusal"),
    [
        ((600, 385), (NEW,), 0, crosswalk.WeightsWrong),
        ((1000,), (), 0, crosswalk.TooFewParts),
        ((500, 500), (NEW,), 1, errors.NotYet),
        ((500, 500), (NEW,), -2000, CannotSplit),
        ((500, 500), (NewUnit("05752-T02", "Cũ", "xóm"),), 0, errors.CodeTaken),
        ((500, 250, 250), (NEW, NEW), 0, errors.CodeTaken),
        ((500, 500), (NEW,), -200, errors.HeadcountNewer),
    ],
)
def test_what_cannot_be_split_changes_nothing(
    world: World, weights: tuple[int, ...], new: tuple[NewUnit, ...], days: int, refusal: type[Exception]
) -> None:
    before = state(world)
    with pytest.raises(refusal):
        apart(world, weights, new, clock.today() + timedelta(days=days))
    assert state(world) == before


# --- taken back ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def phones(world: World) -> list[Phone]:
    found = [world.phone(f"Người {n}", world.hamlet if n < 4 else world.other_hamlet) for n in range(6)]
    for phone in found:
        phone.take_part()
    world.fold()
    return found


@pytest.mark.parametrize("kind", ["merge", "split", "absorb"])
def test_taken_back_everything_is_as_it_was(world: World, phones: list[Phone], kind: str) -> None:
    before = state(world)
    if kind == "split":
        apart(world)
    else:
        into = NEW if kind == "merge" else world.hamlet
        with world.database.transaction() as session:
            merge_units(
                session, [world.hamlet, world.other_hamlet], into, on=clock.today(), document=DOCUMENT
            )
    assert state(world) != before
    world.fold()
    taken_back(world, "split" if kind == "split" else "merge")
    assert state(world) == before
    world.fold()
    assert [entrants(world, unit) for unit in (world.hamlet, world.other_hamlet, world.commune)] == [4, 2, 6]
    assert figures.differences(world.database, measure_book()) == []
    with world.database.transaction(writes=False) as session:
        assert session.scalars(select(func.count()).select_from(UnitRecount)).one() == 0


def test_not_taken_back_once_published_or_once_somebody_did_or_joined_something(
    world: World, phones: list[Phone]
) -> None:
    (new,) = apart(world)
    with pytest.raises(RestsOnIt) as refused:
        taken_back(world, "split", ("phiếu điểm tháng 10",))
    assert refused.value.values == {"what": "phiếu điểm tháng 10"}
    with world.database.transaction() as session:
        move(session, uuid.UUID(phones[0].me["id"]), "lives_in", new)
    before = state(world)
    with pytest.raises(CannotUndo):
        taken_back(world, "split")
    assert state(world) == before


def test_not_taken_back_once_something_was_done_in_the_new_one(world: World, phones: list[Phone]) -> None:
    with world.database.transaction() as session:
        merge_units(
            session, [world.hamlet, world.other_hamlet], world.hamlet, on=clock.today(), document=DOCUMENT
        )
    world.phone("Người mới").take_part()
    before = state(world)
    with pytest.raises(CannotUndo):
        taken_back(world, "merge")
    assert state(world) == before


def test_not_taken_back_once_what_had_waited_was_recorded_in_the_new_one(world: World) -> None:
    """It came before the split, and nobody could count it until after it."""
    (new,) = apart(world)
    long_ago = clock.now() - timedelta(days=2)
    with world.database.transaction() as session:
        row = fact_row(
            uuid.uuid4(), "visit.visits", None, "waited", new, world.campaign, world.activity, long_ago
        )
        write_facts(session, [row])
    with pytest.raises(CannotUndo):
        taken_back(world, "split")


def test_not_taken_back_once_the_unit_was_renamed_or_reorganised_again(world: World) -> None:
    (new,) = apart(world)
    with world.database.transaction() as session:
        change.rename(session, new, "Tên khác", "xóm", clock.today())
    with pytest.raises(CannotUndo):
        taken_back(world, "split")


def test_not_taken_back_once_what_it_wrote_was_put_right(world: World) -> None:
    apart(world)
    with world.database.transaction() as session:
        session.execute(
            update(Headcount)
            .where(Headcount.unit_id == world.hamlet, Headcount.people == 24)
            .values(people=25)
        )
    before = state(world)
    with pytest.raises(CannotUndo):
        taken_back(world, "split")
    assert state(world) == before


def test_the_last_one_is_taken_back_first(world: World) -> None:
    before = state(world)
    apart(world, on=clock.today() - timedelta(days=2))
    first = event_of(world, "split")
    apart(world, new=(NewUnit("05752-T10", "Đồng Tiến 3", "xóm"),))
    with world.database.transaction() as session, pytest.raises(CannotUndo):
        undo(session, first)
    with world.database.transaction() as session:
        last = session.scalars(select(UnitEvent.id).where(UnitEvent.id != first)).one()
        undo(session, last)
        undo(session, first)
    assert state(world) == before
