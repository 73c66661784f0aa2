"""A report goes up to another node with its files, is filed and counted there, taken in or returned; and never twice."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from backend import clock
from backend.calendars import last_full
from backend.federation import frames
from backend.federation.no_person import NamesSomebody
from backend.federation.packets.models import PacketIn, PacketOut
from backend.federation.packets.stream import Arrived, PacketHeld, PacketRefused
from backend.federation.peers.models import Peer
from backend.people import staff
from backend.reports import approval, compose, files, kept, obligations, queries, upward, upward_filing
from backend.reports.approval import Stamp
from backend.reports.due import Rule
from backend.reports.errors import AnsweredAbove, TextNamesSomebody
from backend.reports.models import Duty, Kept, Report, Submission
from backend.reports.upward_models import ReportAnswer, ReportFiled
from backend.reports.upward_packet import File, ReportUp
from backend.safeguards.audit import Actor
from tests.support.levels import Levels, Node, province_and_communes

WHO = {"draft": "drafter", "review": "reviewer", "sign": "signer", "number": "clerk", "send": "clerk"}
STATE = "xa-ubnd-ubnd-tinh"


@dataclass
class Ends:
    """A commune that writes a report, and the province on another node."""

    levels: Levels
    commune: Node
    submission: uuid.UUID

    @property
    def province(self) -> Node:
        return self.levels.province

    def take(self, deed: str, who: str = "", **more: Any) -> str:
        with self.commune.writing() as session:
            row = session.get_one(Submission, self.submission)
            stamp = Stamp("15", clock.today()) if deed == "number" else None
            by = Actor("staff", self.commune.staff[who or WHO[deed]])
            return approval.take(session, row.id, deed, by, seen=row.revision, stamp=stamp, **more).state

    def walk(self) -> None:
        for deed in WHO:
            self.take(deed)

    def write(self, words: str, seen: int = 0) -> None:
        with self.commune.writing() as session:
            report = session.get_one(Report, session.get_one(Submission, self.submission).subject_id)
            by = Actor("staff", self.commune.staff["drafter"])
            compose.save_text(session, report, "results", words, seen=seen, by=by)

    def above(self, deed: str, **more: Any) -> str:
        with self.province.writing() as session:
            row = session.scalars(select(Submission)).one()
            by = Actor("staff", self.province.staff["receiving"])
            return approval.take(session, row.id, deed, by, seen=row.revision, **more).state

    def state(self, node: Node) -> tuple[str, int]:
        with node.reading() as session:
            row = session.scalars(select(Submission)).one()
            return row.state, row.round

    def count(self, node: Node, table: type[Any]) -> int:
        with node.reading() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


def hire(node: Node, who: str, role: str) -> None:
    with node.writing() as session:
        node.staff[who] = staff.hire(
            session, name=who, username=f"bao_cao_{who}", password="mot-mat-khau-dai", grants=[(role, node.unit)]
        )  # fmt: skip


def duty(node: Node, commune: str, line: str = "state", obligation: str = STATE) -> uuid.UUID:
    with node.writing() as session:
        half = last_full("thang", "half", clock.today())
        return obligations.give_duty(
            session, unit=node.units[commune], receiver=node.units["19"], obligation=obligation, line=line,
            interval="half", since=half.first, by=Actor("staff", node.staff["office"]), rule=Rule(20, 1),
        ).id  # fmt: skip


def begin(levels: Levels, commune: Node) -> Ends:
    hire(levels.province, "receiving", "party_office")
    made = duty(commune, commune.code)
    with commune.writing() as session:
        row = session.get_one(Duty, made)
        half = last_full("thang", "half", clock.today())
        report = compose.open_report(session, row, half, [], Actor("staff", commune.staff["drafter"]))
        found = approval.of_subject(session, "report", report.id, row.line)
        assert found
        return Ends(levels, commune, found.id)


@pytest.fixture
def ends(tmp_path: Path) -> Iterator[Ends]:
    with province_and_communes(tmp_path, communes=1, lines=("state",)) as levels:
        yield begin(levels, levels.communes[0])


# --- up ---------------------------------------------------------------------------------------------------------------


def test_a_sent_report_is_filed_above_with_the_very_files_that_were_signed(ends: Ends) -> None:
    ends.write("Đã làm xong.")
    ends.walk()
    ends.levels.courier()
    assert ends.state(ends.province) == ("sent", 1)
    papers = []
    for node in (ends.commune, ends.province):
        with node.writing() as session:
            row = session.scalars(select(Submission)).one()
            paper = kept.paper_of(session, row)
            assert paper
            made = [files.made(session, row, kind, sample=False).content for kind in ("docx", "pdf", "xlsx")]
            papers.append((paper.sha256, row.number, row.number_on, row.sent_at, made))
    assert papers[0] == papers[1]
    assert ends.count(ends.province, Kept) == 4


def test_it_counts_as_sent_in_the_late_list_and_the_timeliness_of_whoever_waits(ends: Ends) -> None:
    duty(ends.province, ends.commune.code)
    with ends.province.reading() as session:
        before = queries.owed(session, set(), {ends.province.unit})
        assert [one.is_late for one in before] == [False] or all(one.submission is None for one in before)
    ends.walk()
    ends.levels.courier()
    with ends.province.reading() as session:
        owed = [one for one in queries.owed(session, set(), {ends.province.unit}) if one.submission]
        assert [(one.unit.code, one.state, one.is_late) for one in owed] == [
            (ends.commune.code, "sent", False)
        ]
        [(unit, kept_)] = queries.kept_by_unit(owed) or [(owed[0].unit, None)]
        assert unit.code == ends.commune.code
        assert kept_ is None or kept_.actual == 1
    assert ends.count(ends.province, Duty) == 1, "the duty that stands there is the one that is met"


def test_where_no_duty_stands_one_is_written_down_for_that_period_alone(ends: Ends) -> None:
    ends.walk()
    ends.levels.courier()
    with ends.province.reading() as session:
        made = session.scalars(select(Duty)).one()
        assert made.valid_to
        assert made.valid_to - timedelta(days=1) == last_full("thang", "half", clock.today()).last


def test_the_line_may_be_down_and_the_paper_is_still_on_time(ends: Ends) -> None:
    ends.walk()
    with ends.commune.reading() as session:
        sent = session.get_one(Submission, ends.submission).sent_at
    ends.levels.pass_time(days=9)
    ends.levels.courier()
    with ends.province.reading() as session:
        row, filed = session.scalars(select(Submission)).one(), session.scalars(select(ReportFiled)).one()
        assert (row.sent_at, row.first_sent_at) == (sent, sent)
        assert sent
        assert filed.received_at - sent > timedelta(days=8)


# --- down -------------------------------------------------------------------------------------------------------------


def test_taken_in_and_locked_above_is_read_below(ends: Ends) -> None:
    ends.walk()
    ends.levels.courier()
    assert ends.above("receive") == "received"
    ends.levels.pass_time(hours=1)
    ends.levels.courier()
    assert ends.state(ends.commune) == ("received", 1)
    ends.above("lock")
    ends.levels.pass_time(hours=1)
    ends.levels.courier()
    assert ends.state(ends.commune) == ("locked", 1)


def test_returned_with_the_reason_written_again_and_filed_as_the_next_round(ends: Ends) -> None:
    ends.walk()
    ends.levels.courier()
    ends.above("give_back", words="Xin bổ sung phần khó khăn của xã")
    ends.levels.pass_time(hours=1)
    ends.levels.courier()
    assert ends.state(ends.commune) == ("returned", 2)
    with ends.commune.reading() as session:
        told = upward.answers_to(session, ends.submission)
        assert [(one.outcome, one.words) for one in told] == [
            ("returned", "Xin bổ sung phần khó khăn của xã")
        ]
    ends.write("Bản thứ hai")
    ends.walk()
    ends.levels.pass_time(hours=1)
    ends.levels.courier()
    assert ends.state(ends.province) == ("sent", 2)
    with ends.province.writing() as session:
        row = session.scalars(select(Submission)).one()
        assert [one.round for one in kept.earlier_papers(session, row)] == [1]
        assert "Bản thứ hai" in str(kept.read(kept.paper_of(session, row)))  # type: ignore[arg-type]


def test_a_reason_with_a_telephone_number_does_not_go_down_and_nothing_is_returned(ends: Ends) -> None:
    ends.walk()
    ends.levels.courier()
    with pytest.raises(NamesSomebody):
        ends.above("give_back", words="Xin gọi số 0912 345 678 để biết")
    assert ends.state(ends.province) == ("sent", 1)


def test_nobody_at_the_sender_takes_in_what_lies_at_another_node(ends: Ends) -> None:
    ends.walk()
    for deed in ("receive", "give_back"):
        with pytest.raises(AnsweredAbove):
            ends.take(deed, "office", words="không phải ở đây đâu")


def test_words_with_a_number_are_refused_while_they_can_still_be_changed(ends: Ends) -> None:
    ends.write("Liên hệ 0912345678 để biết thêm")
    with pytest.raises(TextNamesSomebody):
        ends.take("draft")
    assert ends.state(ends.commune) == ("open", 1)


# --- who and what is believed -------------------------------------------------------------------------------------------


def body(ends: Ends) -> ReportUp:
    with ends.commune.reading() as session:
        packet = session.scalars(select(PacketOut)).one()
        return msgspec.json.decode(frames.kept_payload(packet.payload).body, type=ReportUp)


def told(ends: Ends, said: ReportUp, digest: str = "d" * 64) -> None:
    with ends.province.writing() as session:
        peer = session.scalars(select(Peer)).one()
        upward_filing.receive(session, Arrived(peer, None, said, digest, clock.now()))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"line": "party"}, "other-line"), ({"unit": "01234"}, "beyond-reach"), ({"receiver": "99"}, "unknown-unit"),
        ({"obligation": "khong-co"}, "unknown-obligation"), ({"number_on": "2026-02-31"}, "malformed-value"),
        ({"period": "2031S1"}, "future-period"), ({"steps": []}, "malformed-value"),
        ({"files": []}, "paper-missing"), ({"files": [File("paper", "0" * 64, b"{}")]}, "bad-file"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_refused_and_nothing_is_filed(
    ends: Ends, change: dict[str, Any], code: str
) -> None:
    ends.walk()
    if "steps" in change:
        change = {"steps": list(reversed(body(ends).steps))}
    with pytest.raises(PacketRefused) as refused:
        told(ends, msgspec.structs.replace(body(ends), **change))
    assert refused.value.code == code
    assert ends.count(ends.province, Submission) == 0


NO_MOMENTS = pytest.mark.parametrize("moment", ["2026-02-30T00:00:00.000Z", "9999-12-31T23:59:59.999Z"])


@NO_MOMENTS
def test_a_step_at_a_moment_that_is_none_is_refused_with_its_place(ends: Ends, moment: str) -> None:
    ends.walk()
    said = body(ends)
    steps = [*said.steps[:-1], msgspec.structs.replace(said.steps[-1], at=moment)]
    with pytest.raises(PacketRefused) as refused:
        told(ends, msgspec.structs.replace(said, steps=steps))
    assert (refused.value.code, refused.value.pointer) == ("no-such-moment", f"/steps/{len(steps) - 1}/at")
    assert ends.count(ends.province, Submission) == 0


def test_a_report_of_a_calendar_nobody_knows_yet_is_held(ends: Ends) -> None:
    ends.walk()
    with pytest.raises(PacketHeld):
        told(ends, msgspec.structs.replace(body(ends), calendar="lich-la"))


def test_told_again_after_a_restored_backup_it_is_no_second_report(ends: Ends) -> None:
    ends.walk()
    told(ends, body(ends), "a" * 64)
    told(ends, body(ends), "b" * 64)
    assert [ends.count(ends.province, table) for table in (Submission, ReportFiled, Kept)] == [1, 1, 4]


def test_a_locked_report_is_not_overwritten(ends: Ends) -> None:
    ends.walk()
    ends.levels.courier()
    ends.above("receive")
    ends.above("lock")
    with pytest.raises(PacketRefused, match="report-locked"):
        told(ends, msgspec.structs.replace(body(ends), round=2))


def test_a_partys_paper_does_not_take_the_states_line(tmp_path: Path) -> None:
    with province_and_communes(tmp_path, communes=1, lines=("state",)) as levels:
        ends = begin(levels, levels.communes[0])
        made = duty(ends.commune, ends.commune.code, "party", "xa-dang-uy-tinh-uy")
        with ends.commune.writing() as session:
            row = session.get_one(Duty, made)
            half = last_full("thang", "half", clock.today())
            report = compose.open_report(
                session, row, half, [], Actor("staff", ends.commune.staff["drafter"])
            )
            found = approval.of_subject(session, "report", report.id, "party")
            assert found
            ends.submission = found.id
        ends.walk()
        assert ends.count(ends.commune, PacketOut) == 0


def test_every_packet_of_it_was_taken(ends: Ends) -> None:
    ends.walk()
    ends.levels.courier()
    ends.above("receive")
    ends.levels.pass_time(hours=1)
    ends.levels.courier()
    for node in (ends.commune, ends.province):
        with node.reading() as session:
            assert set(session.scalars(select(PacketIn.state))) == {"applied"}
    assert ends.count(ends.commune, ReportAnswer) == 1
