"""Hamlets side by side: like size with like size, a few people never, nobody last."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.cards import comparing, discretion
from backend.cards.comparing import Row, SideBySide
from backend.cards.lineup import View
from backend.cards.rules import Figure
from backend.people.models import Membership, Person, SubjectLink
from backend.people.regrouping import merge_units
from backend.scorecards.models import ScorecardLine
from backend.tallies.abolishing import abolish
from backend.units import change
from backend.units.models import UnitEvent
from backend.units.reorganise import NewUnit
from backend.units.splitting import split
from tests.cards.book import AGAIN, HOUSEHOLDS, MONTH, PUBLISHED, hamlets, many, person, write
from tests.support.world import World


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with world.database.transaction() as session:
        yield session


def sheet(session: Session, world: World, view: View = "was") -> SideBySide:
    with clock.stopped_at(AGAIN):
        return comparing.side_by_side(session, world.commune, "xom-so-sanh", MONTH, view)


def rows(side: SideBySide, code: str = "du-thi") -> dict[uuid.UUID, Row]:
    found = next(one for one in side.comparisons if one.criterion.code == code)
    listed = [row for _, rows in found.bands for row in rows] + found.unsized
    return {row.unit.id: row for row in listed}


def taking_part(session: Session, units: list[uuid.UUID], people: list[int]) -> None:
    begin = 0
    for unit, number in zip(units, people, strict=True):
        for deed in many(unit, number):
            write(session, [type(deed)(**vars(deed) | {"subject": person(begin)})])
            begin += 1


def test_only_units_of_like_size_stand_together_and_nobody_is_last(world: World, session: Session) -> None:
    units = hamlets(session, world, [110, 120, 130, 320, 330, 340])
    taking_part(session, units, [30, 40, 50, 60, 70, 80])
    found = next(one for one in sheet(session, world).comparisons if one.criterion.code == "du-thi")
    bands = [{row.unit.id for row in rows} & set(units) for _, rows in found.bands]
    assert set(units[:3]) in bands
    assert set(units[3:]) in bands
    leaders = [[row.place for row in rows if row.place] for _, rows in found.bands]
    assert all(len(places) <= max(1, len(band) // 2) for places, band in zip(leaders, bands, strict=True))
    assert not hasattr(next(iter(rows(sheet(session, world)).values())), "points")


def test_a_few_people_are_hidden_and_so_is_the_neighbour(world: World, session: Session) -> None:
    units = hamlets(session, world, [110, 120, 130, 140])
    taking_part(session, units, [3, 40, 50, 60])
    found = rows(sheet(session, world))
    assert found[units[0]].figure.is_hidden
    assert sum(row.figure.is_hidden for unit, row in found.items() if unit in units) >= 2
    shown = [row for unit, row in found.items() if unit in units and not row.figure.is_hidden]
    assert all(row.figure.numerator and row.figure.numerator >= 5 for row in shown)


def test_what_took_in_a_hidden_hamlet_stays_hidden_over_todays_units(world: World, session: Session) -> None:
    """As it was: 3 hidden, 40 shown. As it is now 43 would give the 3 away."""
    units = hamlets(session, world, [110, 120, 130, 140, 150, 160])
    taking_part(session, units, [3, 40, 50, 60, 70, 80])
    hidden = {unit for unit, row in rows(sheet(session, world)).items() if row.figure.is_hidden}
    shown = next(unit for unit in units if unit not in hidden)
    with clock.stopped_at(PUBLISHED + timedelta(days=1)):
        merge_units(session, [units[0], shown], shown, on=date(2026, 11, 2), document="NQ 14/NQ-HĐND")
    was, now = rows(sheet(session, world)), rows(sheet(session, world, "now"))
    assert units[0] in was
    assert units[0] not in now
    assert not was[shown].figure.is_hidden
    assert now[shown].figure.is_hidden


def test_additive_counts_of_a_merge_add_up(world: World, session: Session) -> None:
    """40 + 60 = 100."""
    units = hamlets(session, world, [200, 210, 220, 230])
    begin = 0
    for unit, number in zip([*units, world.hamlet, world.other_hamlet], [40, 60, 70, 80, 9, 9], strict=True):
        write(
            session,
            [
                type(d)(**vars(d) | {"subject": person(begin + n)})
                for n, d in enumerate(many(unit, number, HOUSEHOLDS))
            ],
        )
        begin += number
    with clock.stopped_at(PUBLISHED + timedelta(days=1)):
        merge_units(session, units[:2], units[0], on=date(2026, 11, 2), document="NQ 15/NQ-HĐND")
    assert rows(sheet(session, world), "ho-da-den")[units[0]].figure.value == 40
    assert rows(sheet(session, world, "now"), "ho-da-den")[units[0]].figure.value == 100


def apart(side: SideBySide, code: str = "du-thi") -> dict[uuid.UUID, Row]:
    found = next(one for one in side.comparisons if one.criterion.code == code)
    return {row.unit.id: row for row in found.apart}


def sides_of(found: Figure) -> tuple[int, int]:
    """Numerator and denominator of a figure that is shown."""
    return int(found.numerator or -1), int(found.denominator or -1)


def divided(session: Session, unit: uuid.UUID, on: date) -> uuid.UUID:
    """Sixty and forty."""
    with clock.stopped_at(PUBLISHED + timedelta(days=1)):
        new = NewUnit("05752-T99", "Mới", "xóm")
        return split(session, unit, [new], (600, 400), on=on, document="NQ 15/NQ-HĐND")[0]


def papers(session: Session, unit: uuid.UUID, handed_in: int, passed: int, **more: object) -> None:
    """Nobody's in particular, so that only the weights can say where they belong."""
    for measure, count in (("visit.vneid.explained", handed_in), ("visit.vneid.used_alone", passed)):
        for deed in many(unit, count, measure, **more):
            write(session, [replace(deed, subject=None)])


@pytest.mark.parametrize(
    ("day", "was", "now"), [(date(2026, 10, 20), True, True), (date(2026, 11, 2), False, True)]
)
def test_while_nobody_said_who_lives_where_the_parts_have_no_count_of_people(
    world: World, session: Session, day: date, was: bool, now: bool
) -> None:
    """40 of 100, then split 60 to 40: not 40 of 60, and nobody leads by it."""
    units = hamlets(session, world, [100, 110, 120, 130, 140])
    taking_part(session, [*units, world.hamlet, world.other_hamlet], [40, 30, 30, 30, 30, 9, 9])
    made = divided(session, units[0], day)
    for view, is_apart in (("was", was), ("now", now)):
        side = sheet(session, world, view)
        assert set(apart(side)) == ({units[0], made} if is_apart else set()), view
        if is_apart:
            assert all(row.figure.value is None and row.place is None for row in apart(side).values())
            assert {units[0], made} & set(rows(side)) == set()
        else:
            assert rows(side)[units[0]].figure.value == 40


@pytest.mark.parametrize("view", ["was", "now"])
def test_counts_that_add_up_are_shared_by_weight_and_ratios_divided_again(
    world: World, session: Session, view: View
) -> None:
    """31 of 51 papers passed before the day, 4 of 5 in what stayed after it."""
    units = hamlets(session, world, [100, 110, 120, 130, 140])
    for unit in [*units[1:], world.hamlet, world.other_hamlet]:
        papers(session, unit, 20, 10)
    papers(session, units[0], 51, 31)
    made = divided(session, units[0], date(2026, 10, 20))
    papers(session, units[0], 5, 4, day=date(2026, 10, 25))
    found = rows(sheet(session, world, view), "tu-dung-duoc")
    assert [sides_of(found[unit].figure) for unit in (units[0], made)] == [
        (19 + 4, 31 + 5),
        (12, 20),
    ]
    assert [found[unit].figure.value for unit in (units[0], made)] == [Decimal("63.9"), Decimal("60.0")]
    assert [found[unit].headcount for unit in (units[0], made)] == [60, 40]
    marks = {unit: {mark.code for mark in found[unit].figure.marks} for unit in (units[0], made, units[1])}
    assert [comparing.SHARED in marks[unit] for unit in (units[0], made, units[1])] == [True, True, False]


def test_once_everybody_is_placed_people_are_counted_anew_where_they_live(
    world: World, session: Session
) -> None:
    units = hamlets(session, world, [100, 110, 120, 130, 140])
    taking_part(session, [*units, world.hamlet, world.other_hamlet], [40, 30, 30, 30, 30, 9, 9])
    made = divided(session, units[0], date(2026, 10, 20))
    # One of the new hamlet took part before and after the day: one person, counted once.
    write(session, [replace(many(made, 1)[0], subject=person(0), day=date(2026, 10, 28))])
    session.scalars(select(UnitEvent)).one().placed_at = PUBLISHED + timedelta(days=2)
    live_in(session, made, [person(number) for number in range(15)])
    for view in ("was", "now"):
        found = rows(sheet(session, world, view))
        sides = [sides_of(found[unit].figure) for unit in (units[0], made)]
        assert sides == [(25, 60), (15, 40)], view


def test_a_part_of_a_few_hides_the_other_part_too(world: World, session: Session) -> None:
    """The live scorecard of the hamlet still says 40. By size alone another neighbour would be hidden beside it."""
    units = hamlets(session, world, [100, 110, 120, 130, 140, 20])
    taking_part(session, [*units, world.hamlet, world.other_hamlet], [40, 30, 30, 30, 30, 9, 9, 9])
    made = divided(session, units[0], date(2026, 10, 20))
    session.scalars(select(UnitEvent)).one().placed_at = PUBLISHED + timedelta(days=2)
    live_in(session, made, [person(number) for number in range(3)])
    found = rows(sheet(session, world))
    assert found[units[0]].figure.is_hidden
    assert found[made].figure.is_hidden


def live_in(session: Session, unit: uuid.UUID, subjects: list[uuid.UUID]) -> None:
    for subject in subjects:
        someone = Person(id=uuid.uuid4(), name="Ai đó", joined_at=PUBLISHED)
        session.add(someone)
        session.flush()
        session.add(SubjectLink(subject=subject, person_id=someone.id))
        session.add(
            Membership(person_id=someone.id, unit_id=unit, kind="lives_in", valid_from=date(2026, 11, 5))
        )
    session.flush()


@pytest.mark.parametrize("view", ["was", "now"])
def test_hamlets_joined_within_the_month_have_counts_and_heads_of_the_same_people(
    world: World, session: Session, view: View
) -> None:
    units = hamlets(session, world, [100, 110, 120, 130, 140, 150])
    taking_part(session, units, [40, 30, 30, 30, 30, 30])
    with clock.stopped_at(PUBLISHED + timedelta(days=1)):
        merge_units(session, units[:2], units[0], on=date(2026, 10, 20), document="NQ 15/NQ-HĐND")
    found = rows(sheet(session, world, view))[units[0]].figure
    assert sides_of(found) == (70, 210)


def test_heads_of_before_a_merge_are_not_taken_for_those_after_it(world: World, session: Session) -> None:
    """One of the two was never counted, so how many there are together is not known."""
    units = hamlets(session, world, [100, 110, 120, 130, 140])
    bare = change.found(
        session, code="05752-T90", kind="hamlet", name="Chưa đếm", level_word="xóm", since=date(2025, 7, 1),
        parents={"territory": world.commune},
    )  # fmt: skip
    taking_part(session, [*units, bare], [40, 30, 30, 30, 30, 20])
    with clock.stopped_at(PUBLISHED + timedelta(days=1)):
        merge_units(session, [bare], units[0], on=date(2026, 10, 20), document="NQ 15/NQ-HĐND")
    found = rows(sheet(session, world))[units[0]]
    assert (found.headcount, found.figure.value) == (None, None)


def test_a_hamlet_divided_among_its_neighbours_is_counted_in_them(world: World, session: Session) -> None:
    units = hamlets(session, world, [100, 110, 120, 130, 140])
    for unit in units:
        papers(session, unit, 20, 10)
    with clock.stopped_at(PUBLISHED + timedelta(days=1)):
        into = [(units[1], 700), (units[2], 300)]
        abolish(session, units[0], into, on=date(2026, 10, 20), document="NQ 16/NQ-HĐND")
    for view in ("was", "now"):
        found = rows(sheet(session, world, view), "tu-dung-duoc")
        assert units[0] not in found
        sides = [(*sides_of(found[u].figure), found[u].headcount) for u in units[1:3]]
        assert sides == [(17, 34, 180), (13, 26, 150)], view


def test_a_month_of_a_few_closes_the_other_months_of_the_activity_too(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """3 in September (hidden), 6 in October, 6 in November, 15 in all: 15 - 6 - 6."""
    units = hamlets(session, world, [110, 120, 130, 140, 150, 160])
    taking_part(session, [*units, world.hamlet, world.other_hamlet], [6, 40, 50, 60, 70, 80, 9, 9])
    activity = uuid.UUID(int=2)
    for period, number in (("202609", 3), ("202610", 6), ("202611", 6), ("2026Q4", 12), ("all", 15)):
        line = ScorecardLine(
            unit_id=units[0], period=period, indicator="contest_participation", activity_id=activity,
            numerator=number, denominator=110, rules="x",
        )  # fmt: skip
        session.add(line)
    session.flush()
    monkeypatch.setattr(discretion, "_hidden_live", lambda *_: set())
    assert rows(sheet(session, world))[units[0]].figure.is_hidden
    session.query(ScorecardLine).filter_by(period="202609").update({"numerator": 5})
    session.query(ScorecardLine).filter_by(period="all").update({"numerator": 17})
    assert not rows(sheet(session, world))[units[0]].figure.is_hidden


def test_a_hamlet_without_a_headcount_is_not_compared(world: World, session: Session) -> None:
    units = hamlets(session, world, [110, 120, 130])
    bare = change.found(
        session, code="05752-T90", kind="hamlet", name="Chưa đếm", level_word="xóm", since=date(2025, 7, 1),
        parents={"territory": world.commune},
    )  # fmt: skip
    taking_part(session, [*units, bare], [30, 40, 50, 20])
    found = next(one for one in sheet(session, world).comparisons if one.criterion.code == "du-thi")
    assert [row.unit.id for row in found.unsized] == [bare]
    assert found.unsized[0].figure.value is None
