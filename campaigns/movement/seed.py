"""A household business in a movement, for the demo and the tests: enrolled, then looking at itself."""

import random
import uuid
from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from campaigns.models import Activity
from campaigns.movement import firms
from campaigns.movement.schemas import MovementSettings

Act = Callable[[str, dict[str, Any], int], dict[str, Any]]
"""(action, body, seconds after the deed before) -> the action's result"""

NAMES = (
    "Tạp hóa Cô Lành", "Chè Bác Thịnh", "May đo Thu Hà", "Cơm bình dân Ngõ Đá", "Mộc Gia Bảo", "Sửa xe Anh Toản",
    "Rau sạch Suối Trong", "Bánh chưng Bà Nụ",
)  # fmt: skip


def seed(
    session: Session, activity: Activity, act: Act, chance: random.Random, hand: uuid.UUID | None = None
) -> None:
    """`hand` is not used here: a business is entered on its own phone. Nothing where no firm may enter."""
    settings = msgspec.convert(activity.settings_in_force, MovementSettings)
    places = sorted(firms.hamlets(session, activity))
    if not settings.firms or not places or not settings.of("firm"):
        return
    enrolment = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    name = f"{chance.choice(NAMES)} {chance.randrange(1, 10_000)} (hư cấu)"
    act(
        "movement.enrol",
        {"enrolment": enrolment, "sort": "household_business", "name": name, "hamlet": str(chance.choice(places))},
        0,
    )  # fmt: skip
    marks = [
        {"criterion": one.code, "met": chance.random() < 0.7, "words": "Tự thấy (hư cấu)."}
        for one in settings.of("firm")
    ]
    act("movement.assess", {"enrolment": enrolment, "marks": marks}, 86_400)
