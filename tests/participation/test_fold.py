"""From facts to figures: in any order of commits, counted once, taken back once, rebuilt to the digit."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend import clock, figures
from backend.cli import main
from backend.db.base import new_id
from backend.db.engine import Database
from backend.http import NodeApp
from backend.leaderboards.models import Standing
from backend.participation import correct, record
from backend.participation.deeds import Deed, counted
from backend.participation.models import Fact, PendingFact
from backend.participation.record import Attribution
from backend.people.models import Membership
from backend.scorecards.models import ScorecardLine
from backend.tallies.models import Tally, TallySubject
from backend.units import change as units
from backend.units.queries import named
from campaigns.contest import rules
from campaigns.contest.schemas import ContestSettings
from campaigns.registry import measure_book
from tests.support.world import World, plant

ON_POSTGRES = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
OCTOBER = datetime(2026, 10, 20, 3, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 20, 3, tzinfo=UTC)


def hand_in(
    session: Session,
    world: World,
    subject: uuid.UUID,
    *,
    right: int = 3,
    at: datetime = NOVEMBER,
    round_: uuid.UUID | None = None,
    unit: uuid.UUID | None = None,
) -> Deed:
    """A counted paper written straight into the ledger."""
    deed = Deed(
        id=new_id(), device=new_id(), seq=1, subject=subject, person=new_id(), activity=world.activity,
        action="contest.submit", schema=1, body=None, body_hash="0" * 64, happened_at=at, time_trust="high",
        received_at=at, frozen=b"",
    )  # fmt: skip
    lines = rules.facts(
        deed.id, round_ or world.activity, right, 5, 60_000 * right, None, ContestSettings(pass_right=3)
    )
    record.claim(session, [deed])
    place = Attribution(unit or world.hamlet, world.campaign)
    record.settle(session, [(deed, counted(*lines), place)])
    return deed


def derived(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every derived table."""
    with database.transaction(writes=False) as session:
        return {
            model.__tablename__: sorted(
                (tuple(row) for row in session.execute(select(model.__table__))), key=str
            )
            for model in figures.DERIVED
        }


def entrants(world: World, unit: uuid.UUID, period: str = "all") -> int | None:
    with world.database.transaction(writes=False) as session:
        row = session.get(Tally, ("contest.entrants", world.activity, unit, period))
        return row.people if row else None


def rebuilt(world: World) -> dict[str, list[tuple[Any, ...]]]:
    with world.database.transaction() as session:
        figures.rebuild(session, measure_book())
    return derived(world.database)


# --- commits in any order ----------------------------------------------------------------------------------------


@ON_POSTGRES
def test_a_commit_that_lands_late_is_still_counted(world: World) -> None:
    slow = world.database.transaction()
    session = slow.__enter__()
    hand_in(session, world, new_id())
    with world.database.transaction() as quick:
        hand_in(quick, world, new_id())
    assert world.fold() == 3  # an entrant, a paper, a pass
    assert entrants(world, world.commune) == 1
    slow.__exit__(None, None, None)
    assert world.fold() == 3
    assert entrants(world, world.commune) == 2


@ON_POSTGRES
def test_a_transaction_given_up_leaves_nothing_to_count(world: World) -> None:
    slow = world.database.transaction()
    session = slow.__enter__()
    hand_in(session, world, new_id())
    with world.database.transaction() as quick:
        hand_in(quick, world, new_id())
    world.fold()
    session.rollback()
    slow.__exit__(None, None, None)
    assert world.fold() == 0
    assert entrants(world, world.commune) == 1


def test_folding_again_changes_nothing(world: World) -> None:
    with world.database.transaction() as session:
        for right in range(6):
            hand_in(session, world, new_id(), right=right)
    assert world.fold() > 0
    once = derived(world.database)
    assert world.fold() == 0
    assert derived(world.database) == once


def test_more_facts_than_one_batch_are_all_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.tallies.fold.BATCH", 3)
    with world.database.transaction() as session:
        for right in range(6):
            hand_in(session, world, new_id(), right=right)
    world.fold()
    in_small_batches = derived(world.database)
    monkeypatch.undo()
    assert rebuilt(world) == in_small_batches
    assert entrants(world, world.commune) == 6


# --- counted once ------------------------------------------------------------------------------------------------


def test_a_person_in_two_months_counts_once_in_all_and_once_in_each_month(world: World) -> None:
    subject = new_id()
    with world.database.transaction() as session:
        hand_in(session, world, subject, at=OCTOBER, round_=new_id())
    world.fold()
    with world.database.transaction() as session:
        hand_in(session, world, subject, at=NOVEMBER, round_=new_id())
    world.fold()
    assert {p: entrants(world, world.commune, p) for p in ("202610", "202611", "2026Q4", "2026S2", "2026", "all")} == {
        "202610": 1, "202611": 1, "2026Q4": 1, "2026S2": 1, "2026": 1, "all": 1,
    }  # fmt: skip
    assert entrants(world, world.commune, "2026Q3") is None
    kept = derived(world.database)
    assert rebuilt(world) == kept


def test_a_person_is_an_entrant_once_in_a_round_whatever_races(world: World) -> None:
    subject = new_id()
    with world.database.transaction() as session:
        hand_in(session, world, subject)
        hand_in(session, world, subject)
    world.fold()
    with world.database.transaction(writes=False) as session:
        row = session.get_one(Tally, ("contest.entrants", world.activity, world.commune, "all"))
        assert (row.people, row.facts) == (1, 1)
        assert session.get_one(Tally, ("contest.papers", world.activity, world.commune, "all")).facts == 2


# --- taken back --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fold_between", [True, False])
@pytest.mark.parametrize("by_older_operation", [True, False])
def test_a_reversal_removes_what_was_counted(
    world: World, fold_between: bool, by_older_operation: bool
) -> None:
    older = new_id()
    stays, goes = new_id(), new_id()
    with world.database.transaction() as session:
        hand_in(session, world, stays, right=2)
        paper = hand_in(session, world, goes, right=5)
    if fold_between:
        world.fold()
        assert entrants(world, world.commune) == 2
    by = older if by_older_operation else new_id()
    with world.database.transaction() as session:
        lines = session.scalars(select(Fact.line).where(Fact.operation_id == paper.id)).all()
        for line in lines:
            assert correct.reverse(session, paper.id, line, uuid.UUID(int=by.int + line))
            assert not correct.reverse(session, paper.id, line, uuid.UUID(int=by.int + 100 + line))
    world.fold()
    assert entrants(world, world.commune) == 1
    with world.database.transaction(writes=False) as session:
        papers = session.get_one(Tally, ("contest.papers", world.activity, world.commune, "all"))
        assert (papers.quantity, papers.facts) == (1, 1)
        assert session.scalars(select(TallySubject).where(TallySubject.subject == goes)).all() == []
        assert session.scalars(select(Standing.subject)).all() == [stays]
    kept = derived(world.database)
    assert rebuilt(world) == kept
    assert figures.differences(world.database, measure_book()) == []


def test_a_reversal_folded_before_its_fact_ends_at_the_same_figures(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = new_id()
    with world.database.transaction() as session:
        paper = hand_in(session, world, new_id(), right=1)
        for line in (1, 2):
            assert correct.reverse(session, paper.id, line, uuid.UUID(int=older.int + line))
    monkeypatch.setattr("backend.tallies.fold.BATCH", 1)
    world.fold()
    in_single_steps = derived(world.database)
    monkeypatch.undo()
    assert rebuilt(world) == in_single_steps
    assert entrants(world, world.commune) == 0


def test_a_replacement_counts_instead_of_the_first_and_once(world: World) -> None:
    subject = new_id()
    with world.database.transaction() as session:
        paper = hand_in(session, world, subject, right=5)
    world.fold()
    better = {"right": 4, "of": 5, "elapsed_ms": 9_000}
    with world.database.transaction() as session:
        assert correct.replace(session, paper.id, 2, new_id(), 1, better)
        assert not correct.replace(session, paper.id, 2, new_id(), 1, better)
    world.fold()
    with world.database.transaction(writes=False) as session:
        papers = session.get_one(Tally, ("contest.papers", world.activity, world.commune, "all"))
        assert (papers.quantity, papers.facts) == (1, 1)
        assert session.scalars(select(Standing.first)).all() == [-4]
    kept = derived(world.database)
    assert rebuilt(world) == kept


# --- rebuilt and checked -----------------------------------------------------------------------------------------


def check(world: World, tmp_path: Path) -> tuple[int, str]:
    """`lantoa rebuild --check` on this world's database: its exit code and its words."""
    url = world.database.engine.url.render_as_string(hide_password=False)
    told = CliRunner().invoke(
        main,
        ["rebuild", "--check"],
        env={"LANTOA_MODE": "demo", "LANTOA_DATA": str(tmp_path), "LANTOA_DATABASE_URL": url},
    )
    return told.exit_code, told.output


SPOILED = {
    "one tally": lambda: update(Tally).where(Tally.period == "all").values(quantity=Tally.quantity + 1),
    "one result on a board": lambda: update(Standing).values(first=Standing.first - 1),
    "everything right where it is not": lambda: update(Standing).values(perfect=True),
    "one scorecard line": lambda: (
        update(ScorecardLine).where(ScorecardLine.period == "all").values(numerator=ScorecardLine.numerator + 1)
    ),
    "one standing lost": lambda: delete(Standing),
    "one person lost from a set": lambda: delete(TallySubject),
}  # fmt: skip


@pytest.mark.parametrize("what", SPOILED)
def test_the_check_sees_every_figure_altered_by_hand(world: World, tmp_path: Path, what: str) -> None:
    for right in (5, 3):
        world.phone(f"Người {right}").take_part(right)
    world.fold()
    assert figures.differences(world.database, measure_book()) == []
    assert check(world, tmp_path)[0] == 0
    with world.database.transaction() as session:
        statement: Callable[[], Any] = SPOILED[what]
        session.execute(statement())
    spoiled = derived(world.database)
    assert figures.differences(world.database, measure_book()) != []
    code, words = check(world, tmp_path)
    assert code == 1
    assert "the ledger says" in words
    assert derived(world.database) == spoiled, "the check repairs nothing by itself"
    rebuilt(world)
    assert check(world, tmp_path)[0] == 0


def test_the_check_counts_what_still_waits_and_leaves_it_waiting(world: World, tmp_path: Path) -> None:
    world.phone().take_part()
    assert check(world, tmp_path)[0] == 0
    with world.database.transaction(writes=False) as session:
        assert len(session.scalars(select(PendingFact.line)).all()) == 3


# --- where it counts ---------------------------------------------------------------------------------------------


def test_who_moved_counts_where_they_lived_on_the_day(app: NodeApp, database: Database) -> None:
    before_midnight = datetime(2026, 11, 22, 16, 55, tzinfo=UTC)
    with clock.stopped_at(before_midnight - timedelta(days=1)) as move:
        world = plant(app, database)
        phone = world.phone(hamlet=world.hamlet)
        move(timedelta(days=1))
        attempt = phone.start()
        move(timedelta(minutes=3))
        offline = phone.freeze(
            "contest.submit", {"attempt": attempt["id"], "answers": phone.answers(attempt)}
        )
        move(timedelta(minutes=3))  # past midnight in Viet Nam
        moved = phone.client.patch(
            "/api/v1/me", json={"unit_id": str(world.other_hamlet)}, headers=phone.headers
        )
        assert [m["unit"]["name"] for m in moved.json["memberships"]] == ["Cầu Cong"]
        assert phone.push(offline).json["results"][0]["outcome"] == "counted"
        world.fold()
    assert (entrants(world, world.hamlet), entrants(world, world.other_hamlet)) == (1, None)
    assert entrants(world, world.commune) == 1


def test_a_renamed_unit_keeps_its_figures(world: World) -> None:
    world.phone().take_part()
    world.fold()
    with world.database.transaction() as session:
        units.rename(session, world.hamlet, "Đồng Tiến Mới", "xóm", clock.today())
    world.phone("Người sau").take_part()
    world.fold()
    assert entrants(world, world.hamlet) == 2
    with world.database.transaction(writes=False) as session:
        assert named(session, world.hamlet, clock.today()).full_name == "xóm Đồng Tiến Mới"
        assert named(session, world.hamlet, clock.today() - timedelta(days=1)).name == "Đồng Tiến"


def test_who_belongs_nowhere_is_taken_into_custody_by_the_owner(world: World) -> None:
    phone = world.phone()
    with world.database.transaction() as session:
        session.execute(delete(Membership).where(Membership.person_id == uuid.UUID(phone.me["id"])))
    verdict = phone.take_part()
    assert (verdict["verdict"], verdict["outcome"]) == ("custody", "counted")
    world.fold()
    assert (entrants(world, world.commune), entrants(world, world.hamlet)) == (1, None)


def test_who_lives_in_another_commune_counts_there(world: World) -> None:
    world.phone("Chi", hamlet=world.far_hamlet).take_part()
    world.fold()
    assert (entrants(world, world.far_commune), entrants(world, world.commune)) == (1, None)
    assert entrants(world, world.province) == 1
