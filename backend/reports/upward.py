"""A report whose receiver another node serves goes up as a packet with its files, and what is answered there stands here."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import title
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.federation.packets import outbox
from backend.federation.packets.stream import EVERY_LINE, Arrived, PacketRefused, Stream
from backend.federation.peers.models import Peer
from backend.media import pdf
from backend.own_calendars.reading import period_of
from backend.reports import compose, kept, rules, table, upward_filing, word
from backend.reports.due import due_day
from backend.reports.errors import AnsweredAbove, TextNamesSomebody
from backend.reports.models import Duty, Kept, Report, Step, Submission
from backend.reports.obligations import changes, rule_of, shipped
from backend.reports.paper import SAMPLE
from backend.reports.submissions import held
from backend.reports.upward_models import ReportAnswer, ReportFiled, ReportSent
from backend.reports.upward_packet import File, ReportAnswerDown, ReportUp, StepAt
from backend.reports.upward_places import served_above
from backend.safeguards.audit import WORKER, note
from backend.safeguards.impersonal import told_of
from backend.units.models import Unit

MOST_BYTES = 5 << 20
"""Of all files of a report: a packet holds 8 MiB, and Base64 takes a third more. The sheet goes in any case; what is left out
is made of the sheet by whoever receives it."""
FIELD_OF = {"taken": "receive", "locked": "lock", "returned": "give_back"}


def receive_answer(session: Session, arrived: Arrived) -> None:
    """What the unit above says. Raises PacketRefused: not-ours, no-such-moment. The same answer again is no news."""
    said: ReportAnswerDown = arrived.body
    query = select(ReportSent).where(ReportSent.packet == said.packet, ReportSent.peer_id == arrived.peer.id)
    sent = session.scalars(query).first()
    if sent is None:
        raise PacketRefused("not-ours", "/packet")
    if _keep_answer(session, sent, said, arrived.received_at):
        _follow(session, held(session, sent.submission_id), sent, said)


STREAM = Stream("reports", "reports/1", ReportUp, EVERY_LINE, upward_filing.receive, "up")
ANSWERS = Stream("report-answers", "report-answers/1", ReportAnswerDown, EVERY_LINE, receive_answer, "down")


# --- on the way up ----------------------------------------------------------------------------------------------------


def before_step(session: Session, row: Submission, deed: str) -> None:
    """What only a report on its way to another node has to bear. Raises AnsweredAbove, TextNamesSomebody."""
    if row.subject_kind != "report" or row.receiver_id is None or row.receiver_id == row.unit_id:
        return
    if deed == "draft" and served_above(session, row.receiver_id, row.line):
        _require_impersonal(session, row)
    if row.state in rules.WITH_ABOVE and sent_of(session, row) is not None:
        raise AnsweredAbove


def _require_impersonal(session: Session, row: Submission) -> None:
    """While the words can still be changed: a signed paper is sent as it is."""
    for text in compose.texts(session, [row.subject_id]).values():
        if told_of(text.words):
            raise TextNamesSomebody


def after_step(
    session: Session, row: Submission, deed: str, words: str, round_: int, sample: bool = False
) -> None:
    """Send what was sent, answer what came from below. `round_`: in which the deed was done; `sample`: the files say that
    they are of a demo. Raises NamesSomebody."""
    if row.subject_kind != "report":
        return
    if deed == "send":
        _send(session, row, sample)
    elif deed in upward_filing.OUTCOME_OF:
        _answer(session, row, deed, words, round_)


def _send(session: Session, row: Submission, sample: bool) -> None:
    if row.receiver_id is None or row.receiver_id == row.unit_id:
        return
    peer = served_above(session, row.receiver_id, row.line)
    if peer is None:
        return
    body = _body(session, row, sample)
    packet = outbox.put(session, peer, STREAM, "", body, f"{body.unit}/{body.obligation}/{body.period}")
    session.add(
        ReportSent(
            submission_id=row.id, round=row.round, peer_id=peer.id, packet=packet.digest, at=clock.now()
        )
    )
    note(session, WORKER, "report.up", "submission", row.id, unit=row.unit_id, reason=packet.digest)


def _body(session: Session, row: Submission, sample: bool) -> ReportUp:
    report = session.get_one(Report, row.subject_id)
    duty, period = session.get_one(Duty, report.duty_id), period_of(row)
    due = due_day(period, rule_of(duty, changes(session, [duty.id])[duty.id], period.last))
    codes = dict(session.execute(select(Unit.id, Unit.code)
                                 .where(Unit.id.in_([row.unit_id, row.receiver_id]))).all())  # fmt: skip
    told = f"{shipped()[duty.obligation].title}, {title(period)[:1].lower()}{title(period)[1:]}"
    assert row.number is not None  # noqa: S101 - it was numbered before it was sent
    assert row.number_on is not None  # noqa: S101
    return ReportUp(
        unit=codes[row.unit_id], receiver=codes[row.receiver_id or row.unit_id], line=row.line,  # type: ignore[arg-type]
        obligation=duty.obligation, interval=duty.interval, calendar=row.calendar, period=row.period, round=row.round,
        number=row.number, number_on=row.number_on.isoformat(), title=told[:400],
        due=due.isoformat() if due else None, steps=_steps(session, row), files=_files(session, row, sample),
    )  # fmt: skip


def _steps(session: Session, row: Submission) -> list[StepAt]:
    query = select(Step.deed, Step.at).where(Step.submission_id == row.id, Step.round == row.round)
    rows = session.execute(query.order_by(Step.at, Step.id)).all()
    return [StepAt(deed, clock.iso(at)) for deed, at in rows]  # type: ignore[arg-type]


def _files(session: Session, row: Submission, sample: bool) -> list[File]:
    paper = kept.paper_of(session, row)
    assert paper is not None  # noqa: S101 - it was signed
    told, figures = kept.read(paper)
    told = told | {"sample": SAMPLE if sample else "", "draft": ""}
    writers = {
        "docx": lambda: word.as_word(told), "pdf": lambda: pdf.pdf("report", told),
        "xlsx": lambda: table.as_table(told, figures),
    }  # fmt: skip
    for kind, write in writers.items():
        kept.file_of(session, paper, kind, write)
    query = select(Kept).where(Kept.submission_id == row.id, Kept.round == row.round, Kept.deed == paper.deed)
    found = {one.kind: one for one in session.scalars(query)}
    chosen, size = [], 0
    for kind in (kept.PAPER, "pdf", "docx", "xlsx"):
        one = found[kind]
        if kind == kept.PAPER or size + len(one.content) <= MOST_BYTES:
            chosen.append(File(kind, one.sha256, one.content))  # type: ignore[arg-type]
            size += len(one.content)
    return chosen


# --- what is answered -------------------------------------------------------------------------------------------------


def _answer(session: Session, row: Submission, deed: str, words: str, round_: int) -> None:
    """To the node the round came from; nothing where it came from none."""
    query = select(ReportFiled).where(ReportFiled.submission_id == row.id, ReportFiled.round == round_)
    filed = session.scalars(query).first()
    peer = session.get(Peer, filed.peer_id) if filed else None
    if filed and peer and peer.state == "active":
        body = ReportAnswerDown(
            filed.packet, upward_filing.OUTCOME_OF[deed], words if deed in rules.NEEDS_WORDS else "",  # type: ignore[arg-type]
            clock.iso(clock.now()),
        )  # fmt: skip
        outbox.put(session, peer, ANSWERS, "", body, filed.packet[:32])


def _keep_answer(session: Session, sent: ReportSent, said: ReportAnswerDown, now: datetime) -> bool:
    """Whether it is news."""
    row = {
        "id": new_id(), "submission_id": sent.submission_id, "round": sent.round, "outcome": said.outcome,
        "words": said.words, "decided_at": upward_filing.moment(said.at, "/at"), "received_at": now,
    }  # fmt: skip
    made = insert_into(session, ReportAnswer).values(row).on_conflict_do_nothing()
    return session.execute(made.returning(ReportAnswer.id)).first() is not None


def _follow(session: Session, row: Submission, sent: ReportSent, said: ReportAnswerDown) -> None:
    """The submission stands where the unit above left it; an answer to an earlier round is only kept."""
    if row.round != sent.round or row.state not in rules.WITH_ABOVE:
        return
    if said.outcome == "returned":
        row.state, row.round = ("open" if row.state == "locked" else "returned"), row.round + 1
        row.sent_at = row.number = row.number_on = row.number_year = None
        for part in rules.PARTS:
            setattr(row, f"{part}_id", None)
    elif row.state != "locked":
        row.state = "received" if said.outcome == "taken" else "locked"
    row.revision += 1
    note(session, WORKER, f"report.{FIELD_OF[said.outcome]}", "submission", row.id, unit=row.unit_id,
         reason=said.words[:500] or None)  # fmt: skip


# --- reading ----------------------------------------------------------------------------------------------------------


def sent_of(session: Session, row: Submission) -> ReportSent | None:
    """How the present round went to another node; None where it did not."""
    query = select(ReportSent).where(ReportSent.submission_id == row.id, ReportSent.round == row.round)
    return session.scalars(query).first()


def filed_of(session: Session, submission: uuid.UUID) -> list[ReportFiled]:
    """The rounds that came from another node, the newest first."""
    query = select(ReportFiled).where(ReportFiled.submission_id == submission)
    return list(session.scalars(query.order_by(ReportFiled.round.desc())))


def answers_to(session: Session, submission: uuid.UUID) -> list[ReportAnswer]:
    """What another node answered, the oldest first."""
    query = select(ReportAnswer).where(ReportAnswer.submission_id == submission)
    return list(session.scalars(query.order_by(ReportAnswer.decided_at, ReportAnswer.id)))
