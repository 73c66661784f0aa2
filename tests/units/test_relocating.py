"""A unit that moves, is renamed or ends: dated, with its paper, refused where it cannot be, and taken back."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend import clock, figures
from backend.people.models import Membership
from backend.tallies import abolishing
from backend.tallies.undoing import undo
from backend.units import change, crosswalk, errors, relocating
from backend.units.models import Headcount, Unit, UnitCrosswalk, UnitEvent
from backend.units.queries import named
from backend.units.relocating import CannotMove, CannotRename
from backend.units.trees import LinesUp
from backend.units.undoing import CannotUndo
from campaigns.registry import measure_book
from tests.participation.test_fold import hand_in
from tests.support.world import SINCE, World
from tests.units.test_splitting import entrants, state

ACT: dict[str, Any] = {"document": "QĐ số 7/QĐ-UBND", "issuer": "UBND xã"}
YESTERDAY = timedelta(days=1)


def add(world: World, code: str, kind: str, parent: uuid.UUID, tree: str = "territory") -> uuid.UUID:
    with world.database.transaction() as session:
        return change.found(
            session, code=f"05752-{code}", kind=kind, name=code, level_word="", since=SINCE, parents={tree: parent}
        )  # fmt: skip


def last_event(world: World) -> UnitEvent:
    with world.database.transaction(writes=False) as session:
        return session.scalars(select(UnitEvent).order_by(UnitEvent.made_at.desc())).first() or UnitEvent()


def take_back(world: World) -> None:
    with world.database.transaction() as session:
        undo(session, last_event(world).id)


@pytest.fixture
def schools(world: World) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    """Two schools, and a class of the first in which somebody took part."""
    first, second = add(world, "S1", "school", world.commune), add(world, "S2", "school", world.commune)
    return first, second, add(world, "S1-A", "school_class", first)


def moved(world: World, unit: uuid.UUID, parent: uuid.UUID, days: int = 0) -> None:
    with world.database.transaction() as session:
        relocating.move(session, unit, parent, on=clock.today() - timedelta(days=days), **ACT)


def test_a_move_takes_along_what_comes_after_it_and_is_taken_back(world: World, schools: Any) -> None:
    first, second, a_class = schools
    before = state(world)
    with world.database.transaction() as session:
        for days in (5, 1):
            at = clock.now() - timedelta(days=days)
            hand_in(session, world, uuid.uuid4(), unit=a_class, round_=uuid.uuid4(), at=at)
    world.fold()
    assert [entrants(world, unit) or 0 for unit in (first, second, world.commune)] == [2, 0, 2]
    moved(world, a_class, second, days=3)
    world.fold()
    assert [entrants(world, unit) or 0 for unit in (first, second, world.commune)] == [1, 1, 2]
    assert figures.differences(world.database, measure_book()) == []
    assert last_event(world).issuer == "UBND xã"
    take_back(world)
    assert state(world) == before
    world.fold()
    assert [entrants(world, unit) or 0 for unit in (first, second, world.commune)] == [2, 0, 2]
    assert figures.differences(world.database, measure_book()) == []


@pytest.mark.parametrize(
    ("unit", "parent", "days", "refusal"),
    [
        ("class", "second", -1, errors.NotYet),
        ("class", "second", 3000, CannotMove),
        ("class", "first", 0, CannotMove),
        ("class", "hamlet", 0, CannotMove),
        ("first", "class", 0, CannotMove),
        ("commune", "second", 0, CannotMove),
        ("hamlet", "far_commune", 0, errors.OtherCommune),
        ("class", "nobody", 0, errors.UnitUnknown),
    ],
)
def test_what_cannot_move_changes_nothing(
    world: World, schools: Any, unit: str, parent: str, days: int, refusal: type[Exception]
) -> None:
    known = dict(zip(("first", "second", "class"), schools, strict=True)) | {"nobody": uuid.uuid4()}
    units = [known.get(name) or getattr(world, name) for name in (unit, parent)]
    before = state(world)
    with pytest.raises(refusal):
        moved(world, units[0], units[1], days)
    assert state(world) == before


def test_a_cell_never_goes_below_itself(world: World) -> None:
    top = add(world, "D1", "party_organisation", world.commune, "party")
    below = add(world, "D2", "party_organisation", top, "party")
    with pytest.raises(CannotMove):
        moved(world, top, below)


def test_not_taken_back_once_where_it_stood_has_ended(world: World, schools: Any) -> None:
    first, second, a_class = schools
    moved(world, a_class, second, days=3)
    with world.database.transaction() as session:
        abolishing.abolish(session, first, on=clock.today(), **ACT)
        event = session.scalars(select(UnitEvent.id).where(UnitEvent.kind == "move")).one()
        with pytest.raises(CannotUndo):
            undo(session, event)
    take_back(world)  # the abolition
    with world.database.transaction() as session:
        undo(session, event)
        assert first in LinesUp(session)(a_class, clock.today())


def test_a_new_name_holds_from_its_day_and_is_taken_back(world: World) -> None:
    before, day = state(world), clock.today() - timedelta(days=3)
    with world.database.transaction() as session:
        relocating.rename(session, world.hamlet, "Đồng Tiến", "tổ dân phố", on=day, **ACT)
        assert named(session, world.hamlet, day).full_name == "tổ dân phố Đồng Tiến"
        assert named(session, world.hamlet, day - YESTERDAY).full_name == "xóm Đồng Tiến"
    take_back(world)
    assert state(world) == before


@pytest.mark.parametrize(
    ("name", "word", "days", "refusal"),
    [
        ("Đồng Tiến", "xóm", 0, CannotRename),
        ("", "xóm", 0, CannotRename),
        ("Mới", "xóm", -1, errors.NotYet),
        ("Mới", "xóm", 3000, CannotRename),
    ],
)
def test_what_cannot_be_renamed(
    world: World, name: str, word: str, days: int, refusal: type[Exception]
) -> None:
    with world.database.transaction() as session, pytest.raises(refusal):
        relocating.rename(session, world.hamlet, name, word, on=clock.today() - timedelta(days=days), **ACT)


# --- abolished -------------------------------------------------------------------------------------------------------


def ended(world: World, unit: uuid.UUID, *into: tuple[uuid.UUID, int], days: int = 0) -> None:
    with world.database.transaction() as session:
        abolishing.abolish(session, unit, into, on=clock.today() - timedelta(days=days), **ACT)


def test_whole_into_another_everybody_goes_along(world: World) -> None:
    phone = world.phone()
    phone.take_part()
    before = state(world)
    ended(world, world.hamlet, (world.other_hamlet, 1000))
    world.fold()
    assert [entrants(world, unit) for unit in (world.other_hamlet, world.commune)] == [1, 1]
    with world.database.transaction(writes=False) as session:
        held = session.scalars(
            select(Membership).where(Membership.valid_to.is_(None), Membership.kind == "lives_in")
        )
        assert {row.unit_id for row in held} == {world.other_hamlet}
    take_back(world)
    assert state(world) == before


def test_divided_among_neighbours_each_gets_its_share_of_the_heads(world: World) -> None:
    neighbours = [add(world, f"T5{n}", "hamlet", world.commune) for n in range(2)]
    with world.database.transaction() as session:
        for unit in neighbours:
            change.count_heads(session, unit, "residents_from_7", SINCE, 100, "thử nghiệm")
    before = state(world)
    ended(world, world.other_hamlet, (neighbours[0], 625), (neighbours[1], 375))
    with world.database.transaction(writes=False) as session:
        heads = session.scalars(select(Headcount).where(Headcount.on_date == clock.today())).all()
        assert {row.unit_id: row.people for row in heads} == {neighbours[0]: 119, neighbours[1]: 111}
        assert {(row.to_id, row.weight) for row in session.scalars(select(UnitCrosswalk))} == {
            (neighbours[0], 625), (neighbours[1], 375)
        }  # fmt: skip
    take_back(world)
    assert state(world) == before


def test_weights_that_do_not_add_up_are_refused_with_their_sum(world: World) -> None:
    neighbours = [add(world, f"T5{n}", "hamlet", world.commune) for n in range(2)]
    for into in ([(neighbours[0], 985)], [(neighbours[0], 600), (neighbours[1], 385)]):
        with pytest.raises(crosswalk.WeightsWrong) as refused:
            ended(world, world.other_hamlet, *into)
        assert refused.value.values == {"sum": "98,5"}


def test_what_is_still_in_use_does_not_end_without_somebody_who_takes_all(world: World) -> None:
    neighbours = [add(world, f"T5{n}", "hamlet", world.commune) for n in range(2)]
    world.phone("Lan", world.other_hamlet).take_part()
    with world.database.transaction() as session:  # she has gone, what she did today has not
        for row in session.scalars(select(Membership).where(Membership.unit_id == world.other_hamlet)):
            row.valid_to = clock.today()
    before = state(world)
    for into in ([], [(neighbours[0], 500), (neighbours[1], 500)]):
        with pytest.raises(abolishing.StillInUse):
            ended(world, world.other_hamlet, *into)
    assert state(world) == before


def test_a_divided_unit_has_no_way_back_to_another_commune(world: World) -> None:
    with pytest.raises(errors.OtherCommune):
        ended(world, world.other_hamlet, (world.hamlet, 500), (world.far_hamlet, 500))
    with world.database.transaction(writes=False) as session:
        assert session.get_one(Unit, world.other_hamlet).valid_to is None
