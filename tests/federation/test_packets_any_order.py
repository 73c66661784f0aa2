"""The promise: whatever befalls packets and receipts, what the province holds is what in-order delivery would have left.

Packets are lost, doubled, delivered in any order, again years later; receipts are lost; either side is restored from a
backup, with and without a new epoch. Afterwards the link is quiet, and everything said must be there.
"""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backend.federation import frames
from backend.federation.frames import FrameRefused
from tests.federation.pair import Pair, from_template

KEYS, VALUES = st.sampled_from("abc"), st.sampled_from(["1", "2", "3", "late", "no"])


class AnyOrder(RuleBasedStateMachine):
    """`truth`: what the commune wants known; `said`: every packet that ever left; `heard`: every receipt that was ever given."""

    template: Path

    @initialize()
    def found(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lantoa-any-"))
        self.two: Pair = from_template(self.template, self.folder)
        self.truth: dict[str, str] = {}
        self.said: list[bytes] = []
        self.heard: list[bytes] = []
        self.acknowledged: set[str] = set()
        self.has_backup = {"commune": False, "province": False}
        self.was_restored = False

    @rule(key=KEYS, value=VALUES)
    def say(self, key: str, value: str) -> None:
        if value != "no":
            self.truth[key] = value
        self.said.append(self.two.commune.raw(self.two.commune.say(key, value)))

    @precondition(lambda self: self.said)
    @rule(which=st.integers(0, 30), is_heard=st.booleans())
    def arrives(self, which: int, is_heard: bool) -> None:
        """Any packet that ever left: the next, an old one, one from a life that a restore has ended."""
        receipt = self.two.province.take(self.said[-1 - which % len(self.said)])
        self.heard.append(receipt.raw)
        if is_heard:
            self.hear(0)

    @precondition(lambda self: self.heard)
    @rule(which=st.integers(0, 30))
    def hear(self, which: int) -> None:
        """Any receipt that was ever given, as often as one likes; of a packet the commune has forgotten, it says nothing."""
        try:
            self.two.commune.settle(self.heard[-1 - which % len(self.heard)])
        except FrameRefused as refused:
            assert refused.code == "other-packet"  # noqa: PT017 - any other refusal is an error

    @rule()
    def goes_well(self) -> None:
        """What the courier does when nothing is in the way: the first that waits."""
        waiting = self.two.commune.waiting()
        if waiting:
            self.heard.append(self.two.deliver(waiting[0]).raw)

    @rule(who=st.sampled_from(["commune", "province"]))
    def is_backed_up(self, who: str) -> None:
        getattr(self.two, who).back_up(self.folder / f"{who}.copy")
        self.has_backup[who] = True

    @precondition(lambda self: self.has_backup["province"])
    @rule()
    def province_is_restored(self) -> None:
        self.two.province.restore(self.folder / "province.copy")

    @precondition(lambda self: self.has_backup["commune"])
    @rule(late=st.booleans())
    def commune_is_restored(self, late: bool) -> None:
        """What was published since the backup is published again. `late`: somebody forgets to open the new epoch at first,
        and packets with numbers that were used before go out."""
        self.was_restored = True
        self.two.commune.restore(self.folder / "commune.copy")
        if not late:
            self.two.commune.begin_epoch()
        for key, value in sorted(self.truth.items()):
            self.said.append(self.two.commune.raw(self.two.commune.say(key, value)))
        if late:
            self.goes_well()
            self.two.commune.begin_epoch()

    @rule()
    def says_where_it_stands(self) -> None:
        self.two.compare()

    @invariant()
    def every_number_stands_once(self) -> None:
        if not hasattr(self, "two"):
            return
        taken = self.two.province.rows("SELECT epoch, number, digest FROM packet_in ORDER BY epoch, number")
        for epoch, number in self.two.province.rows("SELECT epoch, number FROM stream_in"):
            assert [one[1] for one in taken if one[0] == epoch] == list(range(1, number + 1))

    def comes_to_rest(self) -> None:
        """A fork that shows only after the new epoch was opened is seen by the operator, who opens another one."""
        try:
            self.two.deliver_all()
        except AssertionError:
            assert self.two.commune.rows("SELECT trouble FROM stream_out") == [("fork",)]
            self.two.commune.begin_epoch()
            self.two.deliver_all()

    def teardown(self) -> None:
        """The line is quiet: everything said is there, nothing else has changed it, both agree."""
        if not hasattr(self, "two"):
            return
        for _ in range(3):
            self.two.compare()
            self.comes_to_rest()
        if not self.was_restored:  # else the province may know more than the commune does, and both say so
            assert self.two.compare() == []
        assert self.two.province.notes() == self.truth
        held = {one[0] for one in self.two.province.rows("SELECT digest FROM packet_in")}
        receipted = self.two.commune.rows(
            "SELECT digest FROM packet_out WHERE state IN ('received', 'refused')"
        )
        assert {one[0] for one in receipted} <= held, "nothing acknowledged is lost"
        before = self.two.province.rows("SELECT digest, state FROM packet_in ORDER BY digest")
        for (
            raw
        ) in self.said:  # of a life that a restore has ended, only what had arrived: the rest was said again
            if frames.outside(raw).digest in held:
                self.two.province.take(raw)
        assert self.two.province.notes() == self.truth
        assert self.two.province.rows("SELECT digest, state FROM packet_in ORDER BY digest") == before
        for side in (self.two.commune, self.two.province):
            side.database.close()
        shutil.rmtree(self.folder)


def test_any_order_loss_replay_fork_and_restore_leave_the_same(
    sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AnyOrder, "template", sqlite_template, raising=False)
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
