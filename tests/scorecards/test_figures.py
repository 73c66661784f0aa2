"""Keeps figures as the pages read them: real papers, real units, the rule applied from the owner down."""

import uuid

from backend import clock
from backend.participation.periods import ALL, holding
from backend.scorecards.indicators import template
from backend.scorecards.models import ScorecardLine
from backend.scorecards.queries import Figure, figures
from tests.support.world import World

PEOPLE, PAPERS, PASSED = (
    template()[c] for c in ("contest_participation", "contest_papers", "contest_passed")
)


def read(world: World, *wanted: uuid.UUID, period: str = "all") -> list[dict[str, Figure]]:
    world.fold()
    with world.database.transaction(writes=False) as session:
        found = figures(session, [PEOPLE, PAPERS, PASSED], world.activity, world.commune, wanted, period)
    return [found[unit] for unit in wanted]


def come(world: World, hamlet: uuid.UUID, *rights: int) -> None:
    for right in rights:
        world.phone(hamlet=hamlet).take_part(right)


def test_nothing_counted_is_no_figure_and_hides_nothing(world: World) -> None:
    (hamlet,) = read(world, world.hamlet)
    assert hamlet[PEOPLE.code] == Figure(PEOPLE)


def test_a_hamlet_where_nobody_came_hides_its_partner_and_not_the_commune(world: World) -> None:
    come(world, world.hamlet, 5, 5, 5, 0, 0, 0)
    hamlet, other, commune = read(world, world.hamlet, world.other_hamlet, world.commune)
    assert hamlet[PEOPLE.code].is_hidden
    assert other[PEOPLE.code].is_hidden
    assert hamlet[PAPERS.code].is_hidden
    assert commune[PEOPLE.code].numerator == 6


def test_two_large_hamlets_are_shown_but_not_how_many_passed_where_few_did(world: World) -> None:
    come(world, world.hamlet, *[5] * 6, *[0] * 6)
    come(world, world.other_hamlet, *[5] * 6)
    hamlet, other, commune = read(world, world.hamlet, world.other_hamlet, world.commune)
    assert (hamlet[PEOPLE.code].numerator, other[PEOPLE.code].numerator) == (12, 6)
    assert (hamlet[PASSED.code].is_hidden, other[PASSED.code].is_hidden) == (True, True)
    assert (commune[PASSED.code].numerator, commune[PASSED.code].denominator) == (12, 18)


def write(world: World, more: int, period: str, *places: uuid.UUID) -> None:
    """So many more people in a period of these units, as if folded."""
    world.fold()
    with world.database.transaction() as session:
        for unit in places:
            place = {
                "unit_id": unit,
                "period": period,
                "indicator": PEOPLE.code,
                "activity_id": world.activity,
            }
            line = session.get(ScorecardLine, place)
            if line is None:
                line = ScorecardLine(**place, numerator=0, rules="khoi-dau/1")
                session.add(line)
            line.numerator += more


def test_two_people_of_no_hamlet_hide_the_hamlets(world: World) -> None:
    come(world, world.hamlet, *[5] * 6)
    come(world, world.other_hamlet, *[5] * 6)
    assert not read(world, world.hamlet)[0][PEOPLE.code].is_hidden
    write(world, 2, ALL, world.commune)
    assert [f[PEOPLE.code].is_hidden for f in read(world, world.hamlet, world.commune)] == [True, False]


def test_a_month_is_shown_like_the_whole_while_it_is_the_whole(world: World) -> None:
    come(world, world.hamlet, *[5] * 6)
    come(world, world.other_hamlet, *[5] * 6)
    month = f"{clock.today():%Y%m}"
    assert read(world, world.hamlet, period=month) == read(world, world.hamlet)


def test_months_are_shown_of_nobody_where_one_of_them_has_a_handful(world: World) -> None:
    come(world, world.hamlet, *[5] * 6)
    come(world, world.other_hamlet, *[5] * 6)
    for period in (*holding("209901")[:-1], ALL):
        write(world, 1, period, world.hamlet, world.commune)
    wanted, month = (world.hamlet, world.other_hamlet, world.commune), f"{clock.today():%Y%m}"
    assert [f[PEOPLE.code].numerator for f in read(world, *wanted)] == [7, 6, 13]
    for period in (month, "209901"):
        assert all(f[PEOPLE.code].is_hidden for f in read(world, *wanted, period=period))


def test_the_own_figure_is_the_one_among_the_sisters(world: World) -> None:
    come(world, world.hamlet, *[5] * 6)
    everybody = read(world, world.other_hamlet, world.hamlet)
    assert everybody == read(world, world.other_hamlet) + read(world, world.hamlet)


def test_an_activity_of_somebody_else_shows_nothing_of_a_unit(world: World) -> None:
    come(world, world.hamlet, *[5] * 6)
    world.fold()
    with world.database.transaction(writes=False) as session:
        found = figures(session, [PEOPLE], world.activity, world.far_commune, [world.hamlet])
    assert found[world.hamlet][PEOPLE.code].is_hidden
