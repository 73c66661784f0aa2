"""An author's way for the demo and the tests: a small idea sent at once, a full file written, bettered and handed in."""

import random
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend import clock
from campaigns.models import Activity

Act = Callable[[str, dict[str, Any], int], dict[str, Any]]
"""(action, body, seconds after the deed before) -> the action's result"""

SMALL = {
    "track": "small",
    "title": "Treo lịch tiếp dân bằng chữ to ở cổng (hư cấu)",
    "problem": "Bà con đến không biết hôm nay ai trực.",
    "solution": "In lịch chữ to, treo ở cổng và chỗ để xe.",
}
FORMAL = {
    "track": "formal",
    "title": "Gộp ba sổ theo dõi giấy thành một bảng tính chung (hư cấu)",
    "problem": "Một việc phải ghi vào ba sổ, cuối tháng cộng không khớp.",
    "solution": "Lập một bảng tính, mỗi việc ghi một dòng, ba báo cáo tự lọc ra.",
    "applied_where": "Văn phòng",
    "effect": "Bớt hai buổi cộng sổ mỗi tháng.",
    "effects": [{"what": "Giờ làm sổ một tháng (trước 16)", "amount": 4, "unit": "giờ", "verified": False}],
}


def seed(
    session: Session, activity: Activity, act: Act, chance: random.Random, hand: uuid.UUID | None = None
) -> None:
    """`hand` is not used here: an idea is its authors'."""
    small, formal = (str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in range(2))
    act("initiative.write", {"initiative": small} | SMALL, 0)
    act("initiative.register", {"initiative": small}, 60)
    since = (clock.local_day(activity.opens_at) - timedelta(days=40)).isoformat()
    act("initiative.write", {"initiative": formal, "applied_from": since} | FORMAL, 3_600)
    act("initiative.register", {"initiative": formal}, 600)
