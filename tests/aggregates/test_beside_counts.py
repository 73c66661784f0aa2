"""Counts of common contests go up in a stream of their own. Together with the figures they give away no more than the figures do."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock, streams
from backend.aggregates.beside_counts import may_tell
from backend.aggregates.sending import tell_next
from backend.aggregates.shown_here import all_told
from backend.aggregates.told_before import TELLING, told_tables
from backend.participation.models import Lease
from campaigns import registry
from campaigns.common_models import CommonRound, CommonSent
from campaigns.contest import common_telling
from campaigns.contest.common import Counts, tellable
from campaigns.models import Activity
from tests.aggregates.adversary import Adversary, Element, Packet
from tests.aggregates.telling import NOW, a_month, cell, peer, told
from tests.aggregates.test_gathered_packets import as_read, asked
from tests.support.common import RULES, UNIT
from tests.support.world import World

ENTRANTS = "contest.entrants people"
FIRST, LAST = date(2026, 10, 5), date(2026, 10, 25)


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with world.database.transaction() as session:
        yield session


def tells(session: Session, people: int, right: int = 0) -> bool:
    with clock.stopped_at(NOW + timedelta(days=1)):
        counts = common_telling.named(Counts(people, people, right))
        return may_tell(session, UNIT, FIRST, LAST, counts)


def count_of(people: int) -> Packet:
    """The count as the adversary reads it: he knows that nobody took part in anything else."""
    read = Element("du-thi", ENTRANTS, "distinct", 5)
    cells: dict[str, dict[str, tuple[int | None, int | None, str]]] = {UNIT: {"du-thi": (people, None, "")}}
    return Packet(date(2026, 10, 1), date(2026, 10, 31), (UNIT,), (read,), cells)


def found_out(body: Packet, people: int) -> list[str]:
    reader = Adversary([body, count_of(people)])
    reader._equal([(0, UNIT, ENTRANTS)], [(1, UNIT, ENTRANTS)])
    return [one.unit for one in reader.findings()]


def test_a_count_that_the_figures_of_those_days_keep_hidden_is_not_told(
    world: World, session: Session
) -> None:
    """67 of 70 took part in October: the figures do not say so, and neither does the contest's count."""
    peer(session, "parent")
    a_month(session, world, [(world.hamlet, 38), (world.other_hamlet, 29)])
    (body,) = told(session)
    assert cell(body, UNIT, "du-thi").numerator is None
    assert UNIT in found_out(as_read(body), 67), "he would read it to the digit"
    assert not tells(session, 67)
    assert tellable(Counts(67, 67, 3), gives_nothing_away=False) == {
        "people": None, "papers": None, "all_correct": None, "flag": "S"
    }  # fmt: skip


def test_nor_one_that_is_as_near_as_a_few_to_a_hidden_figure(world: World, session: Session) -> None:
    peer(session, "parent")
    a_month(session, world, [(world.hamlet, 3), (world.other_hamlet, 0)])
    (body,) = told(session)
    assert cell(body, UNIT, "du-thi").numerator is None
    assert not tells(session, 6), "three of October and three more"
    assert tells(session, 30)


def test_where_the_figures_say_how_many_took_part_the_count_goes_up(world: World, session: Session) -> None:
    peer(session, "parent")
    a_month(session, world)
    (body,) = told(session)
    assert cell(body, UNIT, "du-thi").numerator == 21
    assert tells(session, 21, 2)


def test_while_one_of_them_looks_the_other_waits(world: World, session: Session) -> None:
    """Neither the count nor the figures go up without having seen what the other told a moment ago."""
    tells(session, 21, 2)
    assert session.get_one(Lease, TELLING).taken == 1
    with clock.stopped_at(NOW + timedelta(days=1)):
        tell_next(session, registry.measure_book(), streams.FIGURES)
    assert session.scalars(select(Lease.name)).all() == [TELLING], "the same one"
    assert session.get_one(Lease, TELLING, populate_existing=True).taken == 2


def test_all_but_a_few_of_everybody_are_not_told_before_any_figures_either(
    world: World, session: Session
) -> None:
    assert tells(session, 40)
    assert not tells(session, 67)


def test_a_count_that_went_up_is_known_when_the_figures_are_told(world: World, session: Session) -> None:
    """Both revisions of it, and the people with everything right."""
    session.add(
        CommonRound(activity_id=world.activity, contest="thi-chung", round="dot-1", terms={}, rules=RULES, unit_code=UNIT)
    )  # fmt: skip
    session.flush()
    for revision, people in ((1, 9), (2, 8)):
        said = {"people": people, "papers": people, "all_correct": 2, "flag": ""}
        session.add(
            CommonSent(activity_id=world.activity, what="counts", revision=revision, said=said, sent_at=NOW)
        )
    session.flush()
    activity = session.get_one(Activity, world.activity)
    known, public = all_told(session, asked(), streams.shown_results)
    assert public == frozenset()
    read = [
        (one.laid.first, e.counts, one.sent.cells[UNIT][e.code].numerator)
        for one in known
        for e in one.laid.elements
    ]
    opened = clock.local_day(activity.opens_at)
    right = "contest.all_correct people"
    assert read == [(opened, ENTRANTS, 9), (opened, right, 2), (opened, ENTRANTS, 8), (opened, right, 2)]
    assert told_tables(session, UNIT, date(2026, 12, 31)) == []


def test_once_it_went_up_it_stays_in_the_sum_of_all(world: World, session: Session) -> None:
    """Figures told later may hide what was told here; to take the count back would protect nobody."""
    assert not common_telling.has_told(None)
    for people, kept in ((9, True), (None, False)):
        sent = CommonSent(
            activity_id=world.activity, what="counts", revision=1, said={"people": people}, sent_at=NOW
        )
        assert common_telling.has_told(sent) is kept
