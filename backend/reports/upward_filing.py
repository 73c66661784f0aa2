"""A report from another node is filed as any other that was received: the late list and the count of timeliness know it.

Where no duty stands here for what the unit says it owes, one is written down for that single period.
"""

import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period
from backend.errors import DomainError
from backend.federation.packets.stream import Arrived, PacketHeld, PacketRefused
from backend.federation.peers import queries as peers
from backend.federation.shapes import read_day, read_moment
from backend.own_calendars.reading import period as read_period
from backend.reports import kept
from backend.reports.models import Duty, Kept, Report, Submission
from backend.reports.obligations import shipped
from backend.reports.submissions import held, of_subject, open_submission
from backend.reports.upward_models import ReportFiled
from backend.reports.upward_packet import File, ReportUp
from backend.reports.upward_places import unit_of
from backend.safeguards.audit import WORKER, note
from backend.units.models import Unit

OUTCOME_OF = {"receive": "taken", "lock": "locked", "give_back": "returned", "reopen": "returned"}
MARKS = {"docx": b"PK", "xlsx": b"PK", "pdf": b"%PDF"}


def moment(text: str, pointer: str) -> datetime:
    """The pattern was looked at; whether there is such a moment was not. Raises PacketRefused: no-such-moment."""
    if (found := read_moment(text)) is None:
        raise PacketRefused("no-such-moment", pointer)
    return found


def day(text: str, pointer: str) -> date:
    """The same of a day. Raises PacketRefused: malformed-value."""
    if (found := read_day(text)) is None:
        raise PacketRefused("malformed-value", pointer)
    return found


def receive(session: Session, arrived: Arrived) -> None:
    """File it. The same round again is no news.

    Raises PacketRefused: other-line, beyond-reach, unknown-unit, unknown-obligation, future-period, number-taken,
    report-locked, bad-file, paper-missing, malformed-value, no-such-moment; PacketHeld: calendar-unknown.
    """
    said: ReportUp = arrived.body
    unit, receiver, period = _placed(session, arrived)
    sent = min(_sent(said), arrived.received_at)
    paper, figures = _paper(said.files)
    row = _submission(session, said, unit, receiver, period, figures, sent)
    rounds = select(ReportFiled.round).where(ReportFiled.submission_id == row.id)
    if said.round in set(session.scalars(rounds)):
        return
    _place(session, row, said, sent)
    _keep(session, row, said, arrived.received_at)
    session.add(
        ReportFiled(
            submission_id=row.id, round=said.round, peer_id=arrived.peer.id, packet=arrived.digest, paper=paper.sha256,
            title=said.title, steps=[{"deed": one.deed, "at": one.at} for one in said.steps],
            received_at=arrived.received_at,
        )
    )  # fmt: skip
    note(session, WORKER, "report.filed", "submission", row.id, unit=unit.id, reason=arrived.digest)


def _placed(session: Session, arrived: Arrived) -> tuple[Unit, Unit, Period]:
    said: ReportUp = arrived.body
    if said.line != arrived.peer.line:
        raise PacketRefused("other-line", "/line")
    if said.obligation not in shipped():
        raise PacketRefused("unknown-obligation", "/obligation")
    try:
        period = read_period(session, said.calendar, said.period)
    except DomainError:
        raise PacketHeld("calendar-unknown", "/calendar") from None
    if period.first > clock.local_day(arrived.received_at):
        raise PacketRefused("future-period", "/period")
    if not peers.may_speak_for(session, arrived.peer.id, said.unit, period.last):
        raise PacketRefused("beyond-reach", "/unit")
    unit, receiver = unit_of(session, said.unit), unit_of(session, said.receiver)
    if unit is None or receiver is None:
        raise PacketRefused("unknown-unit", "/receiver" if unit else "/unit")
    return unit, receiver, period


def _sent(said: ReportUp) -> datetime:
    """When the clerk sent it, as the sender signed: a paper that waited for the line was not late for that."""
    moments = [moment(one.at, f"/steps/{at}/at") for at, one in enumerate(said.steps)]
    if said.steps[-1].deed != "send" or moments != sorted(moments):
        raise PacketRefused("malformed-value", "/steps")
    return moments[-1]


def _paper(files: list[File]) -> tuple[File, dict[str, Any]]:
    """The sheet, and its figures."""
    for at, one in enumerate(files):
        whole = hashlib.sha256(one.content).hexdigest() == one.sha256
        if not whole or not one.content.startswith(MARKS.get(one.kind, b"{")):
            raise PacketRefused("bad-file", f"/files/{at}")
    by_kind = {one.kind: one for one in files}
    if len(by_kind) != len(files) or kept.PAPER not in by_kind:
        raise PacketRefused("paper-missing", "/files")
    paper = by_kind["paper"]
    try:
        read = json.loads(paper.content)
    except (ValueError, RecursionError):
        raise PacketRefused("bad-file", "/files") from None
    if set(read) != {"told", "figures"} or not all(isinstance(one, dict) for one in read.values()):
        raise PacketRefused("bad-file", "/files")
    return paper, read["figures"]


def _duty(session: Session, said: ReportUp, unit: Unit, receiver: Unit, period: Period) -> Duty:
    query = select(Duty).where(
        Duty.unit_id == unit.id, Duty.receiver_id == receiver.id, Duty.obligation == said.obligation,
        Duty.line == said.line, Duty.calendar == said.calendar, Duty.interval == said.interval,
        Duty.valid_from <= period.last, or_(Duty.valid_to.is_(None), Duty.valid_to > period.last),
    )  # fmt: skip
    found = session.scalars(query.order_by(Duty.valid_from.desc())).first()
    return found or _duty_of_once(session, said, unit, receiver, period)


def _duty_of_once(session: Session, said: ReportUp, unit: Unit, receiver: Unit, period: Period) -> Duty:
    days = (day(said.due, "/due") - period.last).days if said.due else None
    made = Duty(
        unit_id=unit.id, receiver_id=receiver.id, obligation=said.obligation, line=said.line, calendar=said.calendar,
        interval=said.interval, due_day=None, due_months=1, due_days=days if days is not None and 0 <= days <= 366 else None,
        is_preset=True, fills_longer=False, valid_from=period.first, valid_to=period.last + timedelta(days=1),
    )  # fmt: skip
    session.add(made)
    session.flush()  # the report names it
    return made


def _submission(
    session: Session, said: ReportUp, unit: Unit, receiver: Unit, period: Period, figures: dict[str, Any], sent: datetime
) -> Submission:  # fmt: skip
    duty = _duty(session, said, unit, receiver, period)
    query = select(Report).where(Report.duty_id == duty.id, Report.period == period.code)
    report = session.scalars(query).first()
    if report is None:
        report = Report(
            duty_id=duty.id, unit_id=unit.id, calendar=period.calendar, period=period.code, figures=figures, paper={},
            composed_at=sent, made_at=sent,
        )  # fmt: skip
        session.add(report)
        session.flush()  # the submission names it
    report.figures = figures
    found = of_subject(session, "report", report.id, said.line)
    if found is not None:
        return held(session, found.id)
    return open_submission(
        session, subject_kind="report", subject_id=report.id, unit=unit.id, line=said.line, receiver=receiver.id,
        period=period,
    )  # fmt: skip


def _place(session: Session, row: Submission, said: ReportUp, sent: datetime) -> None:
    on = day(said.number_on, "/number_on")
    if row.state == "locked":
        raise PacketRefused("report-locked")
    same = select(Submission.id).where(
        Submission.unit_id == row.unit_id, Submission.line == row.line, Submission.number == said.number,
        Submission.number_year == on.year, Submission.id != row.id,
    )  # fmt: skip
    if session.scalars(same).first() is not None:
        raise PacketRefused("number-taken", "/number")
    row.state, row.round, row.revision = "sent", said.round, row.revision + 1
    row.number, row.number_on, row.number_year = said.number, on, on.year
    row.sent_at, row.first_sent_at = sent, row.first_sent_at or sent
    row.receiving_id = None


def _keep(session: Session, row: Submission, said: ReportUp, now: datetime) -> None:
    for one in said.files:
        session.add(
            Kept(
                submission_id=row.id, round=said.round, deed="number", kind=one.kind, content=one.content,
                sha256=one.sha256, at=now,
            )
        )  # fmt: skip
