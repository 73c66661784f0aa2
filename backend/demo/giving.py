"""The commune gives its published figures to everybody, and counts a contest by rounds of its own."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from backend import clock
from backend.open_data import choices
from backend.own_calendars import making
from backend.safeguards.audit import Actor

ROUNDS = (
    ("vong-xom", "Vòng xóm", -60, -31),
    ("vong-xa", "Vòng xã", -30, -11),
    ("chung-khao", "Chung khảo", -10, 20),
)
"""Code, name, first and last day, in days from today."""


def plant(session: Session, commune: uuid.UUID, staff: dict[str, uuid.UUID], now: datetime) -> None:
    by, today = Actor("staff", staff["phuong"]), clock.local_day(now)
    with clock.stopped_at(now - timedelta(days=30)):
        choices.choose(session, commune, True, by)
    rows = tuple(
        {
            "code": code,
            "name": name,
            "first": (today + timedelta(days=first)).isoformat(),
            "last": (today + timedelta(days=last)).isoformat(),
        }
        for code, name, first, last in ROUNDS
    )
    with clock.stopped_at(now - timedelta(days=61)):
        making.make(session, commune, making.Asked("Hội thi chuyển đổi số cấp xã", "listed", rows=rows), by)
