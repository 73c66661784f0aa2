"""The four nodes together: planted, running, and what can be done to them and read from them."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from backend.aggregates import queries
from backend.calendars import Period
from backend.demo import federation, federation_acts
from backend.demo.federation import COMMUNES, TEMPLATE
from backend.demo.federation_single import Compared, add, compare_month
from backend.federation.documents.models import DocumentAck
from backend.safeguards.signing import Signer
from scripts.federation_demo.place import Place, say, until
from tests.support.fault_proxy import FaultProxy

UP_WITHIN_S, TOLD_WITHIN_S = 300, 420
"""For a machine that has much else to do; whoever waits for a process that has ended is told at once."""
DATASET = f"figures/{TEMPLATE}"


@dataclass
class Demo:
    """`single`: where one node counts everything, to compare with."""

    folder: Path
    province: Place
    communes: list[Place]
    line: FaultProxy
    single: Place
    late: list[tuple[str, Period]] = field(default_factory=list)

    def commune(self, name: str) -> Place:
        return next(one for one in self.communes if name in (one.told["host"], one.code))

    # --- making it ---

    def plant(self) -> None:
        say("Gieo dữ liệu tỉnh và ba xã (khoảng nửa phút lần đầu) ...")
        federation.plant_province(self.province.settings)
        for one in self.communes:
            say(f"  {one.name}")
            federation.plant_commune(one.settings, one.told)
            if federation_acts.enrol_commune(self.province.settings, one.settings, self.address):
                say(f"    đã kết nối với {self.province.name}: hai người mỗi bên cùng xác nhận khóa")

    @property
    def address(self) -> str:
        return self.province.settings.public_url

    def start(self) -> None:
        for one in (self.province, *self.communes):
            one.start()
        for one in (self.province, *self.communes):
            until(one.is_up, UP_WITHIN_S, lambda one=one: _silent(one))  # type: ignore[misc]
            say(f"  {one.name} đang chạy: {one.url}")

    def stop(self) -> None:
        """Every one, also when ending one of them went wrong."""
        with ExitStack() as ending:
            for one in (self.province, *self.communes):
                ending.callback(one.stop)

    def wait_until(self, is_so: Callable[[], bool], otherwise: str) -> None:
        """Until news has come over the line. Raises Failed, at once where a node has ended meanwhile."""

        def so_or_ended() -> bool:
            for one in (self.province, *self.communes):
                one.expect_alive()
            return is_so()

        until(so_or_ended, TOLD_WITHIN_S, lambda: f"{otherwise}\n{self.province.last_words()}")

    # --- what can be done to it ---

    def cut(self, name: str) -> None:
        self.line.cut_off.add(self.commune(name).node_id())

    def mend(self, name: str) -> None:
        self.line.cut_off.discard(self.commune(name).node_id())

    def restate(self, name: str) -> int:
        """Records come late, the card of the last month is published once more; its revision."""
        place, month = self.commune(name), federation.months()[-1]
        with place.session(writes=True) as session:
            number = federation.restate(session, place.code, month)
        self.late.append((place.code, month))
        return number

    def replay(self) -> str:
        """The last packet that went over the line once more, to the letter; what the province says."""
        sent = [raw for raw in self.line.seen if raw.startswith(b"PUT /federation/packets/figures")]
        answer = self.line.send(sent[-1])
        return answer.split(b"\r\n")[0].decode()

    def merge(self) -> str:
        """One signed event for all; its digest."""
        with self.province.session(writes=True) as session:
            signer = Signer(self.province.settings.signing_key)
            return federation_acts.merge(session, signer).digest

    # --- what came of it ---

    def revisions(self, month: Period) -> dict[str, int]:
        """Commune -> the revision that stands at the province."""
        with self.province.session() as session:
            found = queries.revisions(session, DATASET, month.calendar, month.code)
        return {code: told.revision for code, told in found.items()}

    def acknowledged(self, digest: str) -> int:
        with self.province.session() as session:
            rows = session.scalars(select(DocumentAck.state).where(DocumentAck.digest == digest)).all()
        return sum(state == "applied" for state in rows)

    def compare(self) -> Compared:
        """Every figure at the province against the node that counted everything."""
        federation.plant_single(self.single.settings, COMMUNES)
        with self.single.session(writes=True) as session:
            for code, month in self.late:
                federation.restate(session, code, month)
        self.late.clear()
        with self.single.session() as single, self.province.session() as above:
            return add(
                compare_month(single, above, one.code, month)
                for one in self.communes
                for month in federation.months()
            )


def _silent(place: Place) -> str:
    return f"{place.name} chưa trả lời / does not answer\n{place.last_words()}"
