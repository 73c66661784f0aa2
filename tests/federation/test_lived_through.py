"""Four nodes, and whatever can befall them: afterwards every figure the province has is the one that counting everything on
one node gives, those kept back apart. Real ports, a line each that is cut, doubled, altered and held.

LANTOA_LIVED_EXAMPLES=50 LANTOA_LIVED_STEPS=40 lives through more.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from backend.db.engine import Database
from backend.db.node import begin_epoch
from backend.federation.packets.models import WAITING, PacketOut
from backend.federation.peers import rotation
from backend.safeguards.signing import Signer, remember
from tests.support.backups import Backup, back_up
from tests.support.fault_proxy import EVERY
from tests.support.levels import Levels, Node, copied, province_and_communes, replace_app
from tests.support.levels_life import Life
from tests.support.levels_ports import Ports, on_ports

EXAMPLES = int(os.environ.get("LANTOA_LIVED_EXAMPLES", "4"))
STEPS = int(os.environ.get("LANTOA_LIVED_STEPS", "14"))
MOST_ROUNDS = 60
"""Hours until everything must have arrived once the line is whole."""

communes = st.integers(0, 2)
faults = st.sampled_from(EVERY)


@pytest.fixture(scope="module")
def founded() -> Iterator[tuple[Levels, Life]]:
    """A province and three communes with a month behind them, of which nothing was told yet."""
    with (
        tempfile.TemporaryDirectory() as folder,
        province_and_communes(Path(folder), lines=("state",)) as levels,
    ):
        life = Life(levels)
        life.begin()
        yield levels, life


class Lives(RuleBasedStateMachine):
    """`backups`: of each node the last copy that was made."""

    levels: Levels
    founded: tuple[Levels, Life]

    @initialize()
    def begin(self) -> None:
        levels, life = self.founded
        self.folder = Path(tempfile.mkdtemp(prefix="lantoa-lived-"))
        self.levels = copied(levels, self.folder)
        self.life = Life(self.levels, {key: list(deeds) for key, deeds in life.deeds.items()})
        self.month = self.life.month()
        self.open = ExitStack()
        self.ports: Ports = self.open.enter_context(on_ports(self.levels))
        self.backups = {node.code: self.copy_of(node) for node in self.levels.nodes.values()}
        self.new_keys: dict[str, Signer] = {}
        self.rounds = 0

    def commune(self, number: int) -> Node:
        return self.levels.communes[number]

    # --- what people and time do ---

    @rule(
        number=communes, hamlet=st.integers(0, 3), people=st.sampled_from([20, 1, 3, 7]), called=st.booleans()
    )
    def records_come_late(self, number: int, hamlet: int, people: int, called: bool) -> None:
        """A restatement; one of few people is held back by the rule of small numbers."""
        self.rounds += 1
        node = self.commune(number)
        self.life.late(node, self.month, hamlet, people, self.rounds)
        self.life.restate(node, self.month)
        self.life.tell(node)
        if called:
            self.levels.turn(node)

    @rule(number=communes)
    def the_courier_calls(self, number: int) -> None:
        node = self.commune(number)
        self.life.tell(node)
        self.levels.turn(node)

    @rule(minutes=st.sampled_from([1, 20, 90]))
    def time_passes(self, minutes: int) -> None:
        self.levels.pass_time(minutes=minutes)

    @rule(number=communes)
    def the_province_is_away_for_two_weeks(self, number: int) -> None:
        line = self.ports.lines[self.commune(number).code]
        line.is_down = True
        for _ in range(3):
            self.levels.pass_time(days=14 / 3)
            self.levels.turn(self.commune(number))
        line.is_down = False

    # --- what befalls the line ---

    @rule(number=communes, what=faults)
    def something_befalls_the_next_message(self, number: int, what: str) -> None:
        self.ports.lines[self.commune(number).code].befall(what)  # type: ignore[arg-type]

    @rule(number=communes, down=st.booleans())
    def the_line_is_cut_or_mended(self, number: int, down: bool) -> None:
        self.ports.lines[self.commune(number).code].is_down = down

    @rule(number=communes, backwards=st.booleans())
    def what_was_held_arrives(self, number: int, backwards: bool) -> None:
        self.ports.lines[self.commune(number).code].let_go(backwards)

    @rule(number=communes, which=st.integers(0, 50))
    def somebody_plays_an_old_message_again(self, number: int, which: int) -> None:
        line = self.ports.lines[self.commune(number).code]
        if line.seen:
            answer = line.send(line.seen[which % len(line.seen)])
            assert answer.split(b" ")[1] in (b"401", b"200", b"201"), answer[:200]

    # --- what befalls a node ---

    @rule(number=st.integers(0, 3))
    def a_backup_is_made(self, number: int) -> None:
        node = self.node(number)
        self.backups[node.code] = self.copy_of(node)

    def copy_of(self, node: Node) -> Backup:
        return back_up(node.settings.database_url, self.folder)

    @rule(number=st.integers(0, 3))
    def a_backup_is_put_in_place(self, number: int) -> None:
        """The phones offer again what the commune lost, and its card is published once more."""
        node = self.node(number)
        node.database.close()
        self.backups[node.code].put_back()
        node.database = Database(node.settings.database_url)
        self.new_keys.pop(node.code, None)
        replace_app(node)
        with node.writing() as session:
            begin_epoch(session)
            remember(session, node.signer)
        deeds = self.life.deeds.get((node.code, self.month.code), [])
        self.life.record_again(node, self.month, deeds)
        if deeds:
            self.life.restate(node, self.month)

    @rule(number=communes)
    def a_new_key_is_named(self, number: int) -> None:
        """The old key names the new one and goes on signing until the province has it."""
        node = self.commune(number)
        if node.code not in self.new_keys:
            self.new_keys[node.code] = Signer.throw_away()
            with node.writing() as session:
                rotation.announce(session, node.signer, self.new_keys[node.code])

    @precondition(lambda self: self.new_keys)
    @rule(number=communes)
    def the_new_key_is_used(self, number: int) -> None:
        node = self.commune(number)
        new = self.new_keys.get(node.code)
        with node.writing() as session:
            if new is None or rotation.without_it(session, new):
                return
            remember(session, new)
        node.signer = self.new_keys.pop(node.code)
        replace_app(node)

    def node(self, number: int) -> Node:
        return list(self.levels.nodes.values())[number]

    # --- what must hold ---

    def teardown(self) -> None:
        if not hasattr(self, "ports"):
            return
        try:
            self.settle()
            found = self.life.compared()
            assert not found.wrong, "\n".join(found.wrong)
            assert found.agreed > 20
        finally:
            self.open.close()
            self.levels.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def settle(self) -> None:
        """The line is whole again, whatever was on its way arrives, and time passes."""
        for line in self.ports.lines.values():
            line.faults.clear()
            line.is_down = False
            line.let_go(backwards=True)
        for node in self.levels.communes:
            self.life.restate(node, self.month)
        for _ in range(MOST_ROUNDS):
            self.life.tell()
            for node in self.levels.communes:
                self.levels.turn(node)
            if not any(self.waiting(node) for node in self.levels.communes):
                return
            self.levels.pass_time(minutes=61)
        raise AssertionError({node.code: self.waiting(node) for node in self.levels.communes})

    def waiting(self, node: Node) -> list[tuple[str, int, str | None]]:
        with node.reading() as session:
            rows = select(PacketOut.stream, PacketOut.number, PacketOut.code).where(
                PacketOut.state == WAITING
            )
            return [tuple(row) for row in session.execute(rows)]  # type: ignore[misc]


@pytest.mark.fault
def test_whatever_befalls_four_nodes_the_figures_are_those_of_one(founded: tuple[Levels, Life]) -> None:
    Lives.founded = founded
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize="LANTOA_LIVED_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate], database=None,
        ),
    )  # fmt: skip


@pytest.mark.fault
@pytest.mark.parametrize("restored", [1, 0], ids=["a commune", "the province"])
def test_a_backup_put_in_place_after_more_was_told_loses_nothing(
    founded: tuple[Levels, Life], restored: int
) -> None:
    """Steps that chance seldom takes in this order."""
    Lives.founded = founded
    lives = Lives()
    lives.begin()
    for _ in range(2):
        lives.records_come_late(number=0, hamlet=3, people=20, called=True)
    lives.a_backup_is_put_in_place(number=restored)
    lives.records_come_late(number=0, hamlet=0, people=20, called=True)
    lives.teardown()
