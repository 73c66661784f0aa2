"""A contest of many communes that opens in a few days: fixed from above, launched here like any other."""

from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
from sqlalchemy.orm import Session

from backend import clock
from backend.demo.history import Crew
from backend.demo.places import Planted
from campaigns import campaigns
from campaigns.pack import read_pack
from campaigns.pack.store import SHIPPED

BEGINS = timedelta(days=6)
"""From today: whoever looks around finds it coming, and it is in nobody's way who tries the round that is on."""
PAPER = ("36/KH-BTC (minh hoạ)", "Kế hoạch tham gia cuộc thi chung toàn tỉnh")


def plant(session: Session, planted: Planted, crew: Crew, now: datetime) -> None:
    pack = read_pack(SHIPPED / "thi-chung-toan-tinh")
    if pack.common is None:
        raise ValueError("the pack of the contest of many communes has lost its part from above")
    own = msgspec.structs.replace(pack.common, begins=clock.local_day(now) + BEGINS)
    with clock.stopped_at(now - timedelta(days=3)):
        document = campaigns.Document(PAPER[0], clock.today() - timedelta(days=1), PAPER[1])
        bodies = {"lead": [planted.commune], "releasing": [planted.commune]}
        made = campaigns.prepare(
            session,
            replace(pack, common=own),
            planted.commune,
            [],
            crew.admin,
            document=document,
            bodies=bodies,
        )
    with clock.stopped_at(now - timedelta(days=1)):
        campaigns.release(session, made.id, crew.releaser)
