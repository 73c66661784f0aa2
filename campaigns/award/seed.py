"""A person's way for the demo and the tests: one asks to have the list looked at again."""

import random
import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from campaigns.models import Activity

Act = Callable[[str, dict[str, Any], int], dict[str, Any]]
"""(action, body, seconds after the deed before) -> the action's result"""


def seed(
    session: Session, activity: Activity, act: Act, chance: random.Random, hand: uuid.UUID | None = None
) -> None:
    """`hand` is not used here: an appeal is one's own."""
    appeal = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    words = "Tôi đã học đủ các bài nhưng chưa thấy tên trong danh sách, xin xem lại giúp (hư cấu)."
    act("award.appeal", {"appeal": appeal, "words": words}, 0)
