"""A commune's finalists: who agreed gets a row without a name, who withdraws takes it back, and only here it has a face."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.clock import iso
from backend.participation.lease import shut_gate
from backend.people import consents
from backend.people.queries import agreed_to_final, board_names
from campaigns import evidence
from campaigns.common_models import CommonEntry, CommonRound, CommonSent
from campaigns.common_shapes import ContestRows, FinalRow
from campaigns.contest import rules
from campaigns.contest.common_local import round_of, settings_of, terms_of
from campaigns.contest.common_telling import Send, last_sent, put
from campaigns.models import Activity


class Row(Protocol):
    """As much of a place on the board as is asked here."""

    @property
    def result(self) -> dict[str, int]: ...
    @property
    def gap(self) -> int | None: ...


# --- who stands on it -------------------------------------------------------------------------------------------------


def keep_entries(session: Session, activity: Activity, now: datetime) -> list[tuple[CommonEntry, Row]]:
    """Rows for finalists who agree by now, none for who does not any more; those that stand, with their results.

    Agreeing counts for `entry_days` after the results were fixed, withdrawing always, and after as many days as the
    consent text promises every row is taken back.
    """
    round_ = round_of(session, activity.id)
    fixed = evidence.fixed(session, rules.PAPERS, activity.id)
    if fixed is None or activity.state != "settled":
        return []
    terms, held = terms_of(round_), _held(session, activity.id)
    first = _finalists(session, activity.id, terms.finalists)
    is_over = now > fixed.at + timedelta(days=consents.texts()[consents.COMMON_FINAL].retention_days)
    if is_over:
        forget(session, activity.id)
        return []
    agreed = agreed_to_final(session, first)
    for subject, entry in held.items():
        if subject not in agreed and entry.withdrawn_at is None:
            entry.withdrawn_at = now
    if now <= fixed.at + timedelta(days=terms.entry_days):
        _let_in(session, activity.id, [one for one in first if one in agreed], held, now)
    return [(entry, first[subject]) for subject, entry in held.items() if entry.withdrawn_at is None]


def _finalists(session: Session, activity: uuid.UUID, most: int) -> dict[uuid.UUID, Row]:
    """Subject -> result of the first so many, in their order."""
    rows = evidence.ranking(session, rules.PAPERS, activity, most) if most else None
    return {row.subject: row for row in rows or ()}


def _held(session: Session, activity: uuid.UUID) -> dict[uuid.UUID, CommonEntry]:
    rows = session.scalars(
        select(CommonEntry).where(CommonEntry.activity_id == activity, CommonEntry.subject.is_not(None))
    )
    return {row.subject: row for row in rows if row.subject}


def _let_in(
    session: Session,
    activity: uuid.UUID,
    subjects: list[uuid.UUID],
    held: dict[uuid.UUID, CommonEntry],
    now: datetime,
) -> None:
    """A number each, never one that somebody had before."""
    query = select(func.max(CommonEntry.number)).where(CommonEntry.activity_id == activity)
    number = session.scalar(query) or 0
    for subject in subjects:
        if subject in held:
            held[subject].withdrawn_at = None
            continue
        number += 1
        held[subject] = CommonEntry(activity_id=activity, number=number, subject=subject, entered_at=now)
        session.add(held[subject])


# --- their rows go up ------------------------------------------------------------------------------------------------


def tell_rows(session: Session, activity: Activity, send: Send, now: datetime) -> bool:
    """Tell the level above all rows that stand, where they changed since; answers whether it did.

    A commune that settled with its own number tells none: its guesses were held against another number.
    """
    shut_gate(session, activity.id)
    session.refresh(activity)
    round_ = round_of(session, activity.id)
    rows = _rows(activity, round_, keep_entries(session, activity, now))
    before = last_sent(session, activity.id, "rows")
    said = {"total": round_.total_number or 0, "rows": msgspec.to_builtins(rows)}
    if not rows and before is None:
        return False
    if before is not None and {name: before.said[name] for name in said} == said:
        return False
    return put(session, round_, "rows", _said(round_, rows, before), send)


def _rows(activity: Activity, round_: CommonRound, standing: list[tuple[CommonEntry, Row]]) -> list[FinalRow]:
    settings = settings_of(activity)
    over_all = settings.prediction and settings.predict_over == "common"
    if over_all and round_.total_number is None:
        return []
    rows = [
        FinalRow(
            number=entry.number,
            right=row.result["right"],
            of=row.result["of"],
            seconds=row.result["elapsed_ms"] // 1000,
            gap=row.gap if over_all else None,
        )
        for entry, row in standing
    ]
    return sorted(rows, key=lambda row: row.number)


def _said(round_: CommonRound, rows: list[FinalRow], before: CommonSent | None) -> ContestRows:
    return ContestRows(
        contest=round_.contest,
        round=round_.round,
        rules=round_.rules,
        unit=round_.unit_code,
        revision=before.revision + 1 if before else 1,
        total=round_.total_number or 0,
        rows=rows,
        reason=_why(before, {row.number for row in rows}),
    )


def _why(before: CommonSent | None, now: set[int]) -> Any:
    if before is None:
        return "first"
    had = {row["number"] for row in before.said["rows"]}
    if had - now:
        return "withdrawn"
    return "entered" if now - had else "recounted"


# --- on the own page -------------------------------------------------------------------------------------------------


def names(session: Session, activity: uuid.UUID) -> dict[int, str]:
    """Row number -> the name its owner chose to show, of those who agreed to both and still do. Read anew each time."""
    rows = session.scalars(
        select(CommonEntry).where(CommonEntry.activity_id == activity, CommonEntry.withdrawn_at.is_(None))
    )
    numbers = {row.subject: row.number for row in rows if row.subject}
    agreed = agreed_to_final(session, numbers)
    return {numbers[subject]: name for subject, name in board_names(session, agreed).items()}


def withdrawn(session: Session, activity: uuid.UUID) -> set[int]:
    """Own rows nobody may be shown any more, whether the level above knows it by now or not."""
    rows = session.scalars(select(CommonEntry).where(CommonEntry.activity_id == activity)).all()
    agreed = agreed_to_final(session, [row.subject for row in rows if row.subject])
    return {row.number for row in rows if row.withdrawn_at is not None or row.subject not in agreed}


# --- what the room holds of a person ---------------------------------------------------------------------------------


def held(session: Session, subject: uuid.UUID) -> list[dict[str, Any]]:
    """The person's rows, for the own download."""
    rows = session.execute(
        select(CommonEntry, CommonRound)
        .join(CommonRound, CommonRound.activity_id == CommonEntry.activity_id)
        .where(CommonEntry.subject == subject)
        .order_by(CommonEntry.entered_at)
    )
    return [
        {
            "common_contest": round_.contest,
            "round": round_.round,
            "final_row": entry.number,
            "entered_at": iso(entry.entered_at),
            "withdrawn_at": iso(entry.withdrawn_at) if entry.withdrawn_at else None,
        }
        for entry, round_ in rows
    ]


def erase(session: Session, subject: uuid.UUID) -> None:
    """The row is taken back and leads to nobody; its number stays taken."""
    _unlink(session, CommonEntry.subject == subject)


def forget(session: Session, activity: uuid.UUID) -> None:
    """Every row of the round is taken back and leads to nobody."""
    _unlink(session, CommonEntry.activity_id == activity)


def _unlink(session: Session, which: Any) -> None:
    gone = func.coalesce(CommonEntry.withdrawn_at, clock.now())
    session.execute(
        update(CommonEntry)
        .where(which)
        .values(subject=None, withdrawn_at=gone)
        .execution_options(synchronize_session=False)
    )
