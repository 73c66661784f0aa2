"""Hamlets that become one: both histories stay readable, their counts add up, and rebuild agrees to the digit."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend import clock, figures
from backend.people.models import Membership
from backend.people.queries import unit_of
from backend.people.regrouping import merge_units
from backend.scorecards.models import ScorecardLine
from backend.tallies.models import Tally
from backend.units import change, errors
from backend.units.lineage import with_history
from backend.units.models import Headcount, JoinCode, Unit
from backend.units.queries import children, frozen_headcounts, named, named_many
from backend.units.reorganise import NewUnit
from backend.units.trees import subtree
from campaigns.registry import measure_book
from tests.support.world import Phone, World

NEW = NewUnit("05752-T09", "Đồng Cong", "xóm")
DOCUMENT = "Nghị quyết số 12/NQ-HĐND"


def merge(
    world: World, into: Any = NEW, on: date | None = None, units: list[uuid.UUID] | None = None
) -> uuid.UUID:
    with world.database.transaction() as session:
        return merge_units(
            session,
            units or [world.hamlet, world.other_hamlet],
            into,
            on=on or clock.today(),
            document=DOCUMENT,
        )


def entrants(world: World, unit: uuid.UUID) -> int | None:
    with world.database.transaction(writes=False) as session:
        row = session.get(Tally, ("contest.entrants", world.activity, unit, "all"))
        return row.people if row else None


def rate(world: World, unit: uuid.UUID) -> tuple[int, int | None]:
    with world.database.transaction(writes=False) as session:
        row = session.scalars(
            select(ScorecardLine).where(
                ScorecardLine.unit_id == unit,
                ScorecardLine.indicator == "contest_participation",
                ScorecardLine.period == "all",
            )
        ).one()
        return row.numerator, row.denominator


def agrees(world: World) -> bool:
    return figures.differences(world.database, measure_book()) == []


@pytest.fixture
def phones(world: World) -> list[Phone]:
    """Six who took part, four of one hamlet and two of the other."""
    found = [world.phone(f"Người {n}", world.hamlet if n < 4 else world.other_hamlet) for n in range(6)]
    for phone in found:
        phone.take_part()
    return found


def test_their_counts_add_up_and_both_histories_stay(world: World, phones: list[Phone]) -> None:
    world.fold()
    new = merge(world)
    assert agrees(world)
    world.fold()
    assert [entrants(world, u) for u in (world.hamlet, world.other_hamlet, new, world.commune)] == [
        4,
        2,
        6,
        6,
    ]
    assert rate(world, new) == (6, 70)
    assert rate(world, world.hamlet) == (4, 40)
    assert agrees(world)


def test_what_comes_later_counts_in_the_new_one_only(world: World, phones: list[Phone]) -> None:
    world.fold()
    new = merge(world)
    world.phone("Người mới", new).take_part()
    assert agrees(world)
    world.fold()
    assert [entrants(world, u) for u in (world.hamlet, world.other_hamlet, new, world.commune)] == [
        4,
        2,
        7,
        7,
    ]
    assert agrees(world)


def test_facts_that_waited_when_it_happened_are_counted_once(world: World, phones: list[Phone]) -> None:
    new = merge(world)  # nothing was folded yet
    world.fold()
    assert entrants(world, new) == 6
    assert agrees(world)


def test_a_paper_begun_in_the_old_hamlet_and_handed_in_after_counts_in_the_new_one(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    new = merge(world)
    phone.submit(attempt)
    world.fold()
    assert (entrants(world, world.hamlet), entrants(world, new)) == (None, 1)
    assert agrees(world)


def test_one_may_take_in_the_other(world: World, phones: list[Phone]) -> None:
    world.fold()
    assert merge(world, into=world.hamlet, units=[world.other_hamlet]) == world.hamlet
    world.fold()
    assert [entrants(world, u) for u in (world.hamlet, world.other_hamlet, world.commune)] == [6, 2, 6]
    assert rate(world, world.hamlet) == (6, 70)
    assert agrees(world)


def test_a_chain_of_merges_adds_up(world: World, phones: list[Phone]) -> None:
    with world.database.transaction() as session:
        third = change.found(
            session, code="05752-T03", kind="hamlet", name="Na Ri", level_word="xóm", since=date(2025, 7, 1),
            parents={"territory": world.commune},
        )  # fmt: skip
    world.phone("Người thứ bảy", third).take_part()
    world.fold()
    start = clock.now() - timedelta(days=2)
    with clock.stopped_at(start):
        second = merge(world)
    last = merge(world, NewUnit("05752-T10", "Ba Xóm", "xóm"), units=[second, third])
    world.fold()
    assert [entrants(world, u) for u in (second, last, world.commune)] == [6, 7, 7]
    assert agrees(world)
    with world.database.transaction(writes=False) as session:
        assert with_history(session, [last]) == {last, second, third, world.hamlet, world.other_hamlet}
        # Nobody counted heads in the third, so how many there are together is not known.
        assert last not in frozen_headcounts(session, world.activity)


def test_a_merge_entered_late_moves_what_was_counted_meanwhile(world: World, phones: list[Phone]) -> None:
    world.fold()
    new = merge(world, on=clock.today() - timedelta(days=30))
    world.fold()
    assert [entrants(world, u) for u in (world.hamlet, new, world.commune)] == [4, 6, 6]
    assert agrees(world)


def test_names_dates_and_places(world: World) -> None:
    new, today = merge(world), clock.today()
    with world.database.transaction(writes=False) as session:
        assert named(session, new, today).full_name == "xóm Đồng Cong"
        assert [unit.id for unit in children(session, world.commune, "hamlet", today)] == [new]
        with pytest.raises(errors.UnitUnknown):
            named(session, world.hamlet, today)
        before = named_many(session, [world.hamlet, world.other_hamlet, new], today - timedelta(days=1))
        assert {unit.name for unit in before.values()} == {"Đồng Tiến", "Cầu Cong"}
        assert new in subtree(session, world.commune, today)
        assert session.get_one(Unit, world.hamlet).valid_to == today


def test_headcounts_add_up_with_their_sources(world: World) -> None:
    new = merge(world)
    with world.database.transaction(writes=False) as session:
        row = session.scalars(select(Headcount).where(Headcount.unit_id == new)).one()
        assert (row.people, row.population, row.on_date) == (70, "residents_from_7", clock.today())
        for part in ("xóm Đồng Tiến 40", "xóm Cầu Cong 30", "30/06/2026", DOCUMENT):
            assert part in row.source


def test_people_follow(world: World, phones: list[Phone]) -> None:
    new, today = merge(world), clock.today()
    with world.database.transaction(writes=False) as session:
        for phone in phones:
            person = uuid.UUID(phone.me["id"])
            assert unit_of(session, person, "lives_in", today) == new
        held = session.scalars(select(Membership).where(Membership.unit_id != new)).all()
        assert all(row.valid_to == today for row in held)
    assert phones[0].get("/me").json["memberships"][0]["unit"]["name"] == "Đồng Cong"


def test_a_join_code_leads_to_the_class_that_took_the_other_in(world: World) -> None:
    with world.database.transaction() as session:
        second = change.found(
            session, code="05752-L2", kind="school_class", name="7B", level_word="lớp", since=date(2025, 7, 1),
            parents={"territory": world.commune},
        )  # fmt: skip
    merge(world, into=second, units=[world.school_class])
    with world.database.transaction(writes=False) as session:
        assert session.get_one(JoinCode, "TK7A").unit_id == second


def test_what_stood_below_stands_below_the_new_one(world: World) -> None:
    with world.database.transaction() as session:
        group = change.found(
            session, code="05752-N1", kind="association", name="Chi hội phụ nữ", level_word="", since=date(2025, 7, 1),
            parents={"front": world.hamlet},
        )  # fmt: skip
    new = merge(world)
    with world.database.transaction(writes=False) as session:
        assert group in subtree(session, new, clock.today(), "front")
        assert group not in subtree(session, world.hamlet, clock.today(), "front")


@pytest.mark.parametrize(
    ("units", "into", "days", "refusal"),
    [
        (["hamlet"], NEW, 0, errors.OneIsNotEnough),
        (["hamlet", "school_class"], NEW, 0, errors.CannotMerge),
        (["hamlet", "far_hamlet"], NEW, 0, errors.CannotMerge),
        (["hamlet", "commune"], NEW, 0, errors.CannotMerge),
        (["hamlet", "other_hamlet"], NEW, 1, errors.NotYet),
        (["hamlet", "other_hamlet"], NEW, -2000, errors.CannotMerge),
        (["hamlet", "other_hamlet"], NewUnit("05752-T01", "Cũ", "xóm"), 0, errors.CodeTaken),
    ],
)
def test_what_cannot_become_one_changes_nothing(
    world: World, units: list[str], into: NewUnit, days: int, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        merge(world, into, clock.today() + timedelta(days=days), [getattr(world, name) for name in units])
    with world.database.transaction(writes=False) as session:
        assert session.get_one(Unit, world.hamlet).valid_to is None


def test_nobody_merges_the_same_unit_twice(world: World) -> None:
    merge(world)
    with pytest.raises(errors.CannotMerge):
        merge(world, NewUnit("05752-T11", "Khác", "xóm"))


def test_a_newer_count_of_the_one_that_stays_is_not_added_to(world: World) -> None:
    with world.database.transaction() as session:
        change.count_heads(session, world.hamlet, "residents_from_7", clock.today(), 80, "đếm lại")
    with pytest.raises(errors.HeadcountNewer):
        merge(world, into=world.hamlet, units=[world.other_hamlet])
