"""What happens in the communes of `levels`: people take part, cards are published and restated, figures go up.

Every fact that is ever written is in `Life.deeds` as well, so that one node that holds everything can count them anew.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from backend import clock
from backend.aggregates import sending
from backend.calendars import Period, last_full
from backend.cards import revisions
from backend.cards.errors import NothingMoved
from backend.demo import federation, federation_single
from backend.demo.federation_facts import Deed, Hamlet, month_of, write
from backend.demo.federation_single import Compared
from backend.safeguards.audit import OPERATOR
from backend.streams import book
from campaigns.registry import measure_book
from tests.support.levels import HAMLETS, HEADS, Levels, Node, found_single

HEAD = "Nguyễn Văn Thử"
REASON = "Có bản ghi đến muộn của tháng ấy"


@dataclass
class Life:
    """`deeds`: of each commune and month everything that was recorded there."""

    levels: Levels
    deeds: dict[tuple[str, str], list[Deed]] = field(default_factory=dict)

    # --- in a commune ---

    def month(self, back: int = 0) -> Period:
        """The last month that is over, or one before it."""
        with clock.stopped_at(self.levels.now):
            found = last_full("thang", "month", clock.today())
            for _ in range(back):
                found = last_full("thang", "month", found.first)
        return found

    def begin(self, *communes: Node, back: int = 0, lively: float = 0.5) -> Period:
        """A month full of deeds in each, and its card published."""
        month = self.month(back)
        for node in communes or self.levels.communes:
            deeds = [deed for hamlet in hamlets_of(node, lively) for deed in month_of(hamlet, month)]
            self.record(node, month, deeds)
            with node.writing() as session:
                federation.first_card(session, node.code, HEAD, month)
        return month

    def record(
        self, node: Node, month: Period, deeds: Iterable[Deed], received: datetime | None = None
    ) -> None:
        """Into the commune's ledger, and into what the one node will count."""
        new = list(deeds)
        with node.writing() as session:
            write(session, new, month, received)
        self.deeds.setdefault((node.code, month.code), []).extend(new)

    def record_again(self, node: Node, month: Period, deeds: Iterable[Deed]) -> None:
        """As phones do that find a new epoch: what is there already stays once."""
        with node.writing() as session:
            write(session, deeds, month, self.levels.now - timedelta(minutes=1))

    def late(self, node: Node, month: Period, hamlet: int, people: int, round_: int) -> None:
        """So many people of that hamlet whose papers arrive only now; nobody of an earlier round."""
        code = node.hamlets[hamlet % len(node.hamlets)]
        names = [f"muộn {round_}/{number}" for number in range(people)]
        measures = ("contest.entrants", "contest.papers")
        deeds = [Deed(code, measure, name, month.last) for name in names for measure in measures]
        self.record(node, month, deeds, self.levels.now - timedelta(minutes=1))

    def restate(self, node: Node, month: Period, reason: str = REASON) -> bool:
        """The month's card once more; False where nothing moved."""
        self.levels.pass_time(minutes=5)
        with node.writing() as session:
            card = federation.card_of(session, node.code, month)
            try:
                revisions.publish(session, card, OPERATOR, reason, clock.now())
            except NothingMoved:
                return False
        return True

    def tell(self, *nodes: Node) -> None:
        """What was published goes into the outbox, as the worker does it."""
        stream = book().by_name["figures"]
        for node in nodes or self.levels.communes:
            with node.here():
                while sending.turn(node.database, measure_book(), stream):
                    pass

    # --- and on one node alone ---

    @contextmanager
    def single(self) -> Iterator[Session]:
        """One node that counted everything."""
        with found_single(self.levels) as node:
            for (code, period), deeds in sorted(self.deeds.items()):
                month = self._period(period)
                with node.writing() as session:
                    write(session, deeds, month)
                    session.flush()  # the ledger is read by its own statements
                    federation.first_card(session, code, HEAD, month)
            with node.reading() as session:
                yield session

    def _period(self, code: str) -> Period:
        for back in range(24):
            if (found := self.month(back)).code == code:
                return found
        raise AssertionError(f"no month {code} in the last two years")

    def compared(self, above: Node | None = None) -> Compared:
        """Everything that stands at the province against the one node."""
        with self.single() as single, (above or self.levels.province).reading() as told:
            return federation_single.add(
                federation_single.compare_month(single, told, code, self._period(period))
                for code, period in sorted(self.deeds)
            )


def hamlets_of(node: Node, lively: float = 0.5) -> list[Hamlet]:
    return [
        Hamlet(code, name, people, lively)
        for code, name, people in zip(node.hamlets, HAMLETS, HEADS, strict=True)
    ]
