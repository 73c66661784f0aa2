"""A published result in the agreed shape, signed as the producer signs it."""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.safeguards.signing import Signer
from campaigns.models import Publication

STATEMENT: dict[str, Any] = {
    "title": {"vi": "Đợt 1: Dịch vụ công trực tuyến", "en": "Round 1: Online public services"},
    "campaign": {"vi": "Tìm hiểu chuyển đổi số", "en": "Getting to know digital transformation"},
    "owner": "xã Tân Khánh",
    "rules_version": 2,
    "chain": [
        {"vi": "Ai trả lời đúng nhiều câu hơn xếp trên.", "en": "More right answers stand higher."},
        {"vi": "Bằng nhau thì ai dự đoán gần hơn xếp trên.", "en": "If equal, the nearer guess stands higher."},
        {"vi": "Vẫn bằng nhau thì ai làm nhanh hơn xếp trên.", "en": "If still equal, the faster paper."},
    ],
    "opened_at": "2026-11-01T01:00:00.000Z",
    "closed_at": "2026-11-15T13:00:00.000Z",
    "settled_at": "2026-11-16T02:30:00.000Z",
    "papers": 1306,
    "people": 1021,
    "removed": [
        {"reason": {"vi": "Dự thi hộ người khác", "en": "Taken for somebody else"}, "count": 6},
        {"reason": {"vi": "Bài trùng", "en": "Twice"}, "count": None},
    ],
    "all_correct": 41,
    "prediction": True,
    "formula": {
        "vi": "Chênh lệch là khoảng cách giữa số dự đoán và số người trả lời đúng tất cả.",
        "en": "The gap is how far the guess is from the number of people with everything right.",
    },
    "units": [
        {
            "band": {"vi": "Từ 100 đến 299 người", "en": "100 to 299 people"},
            "leaders": [
                {"name": "Xóm Đồng Tiến", "people": 96, "headcount": 212, "rate": 45.3},
                {"name": "Xóm Cầu Cong", "people": None, "headcount": 118, "rate": None},
            ],
            "others": 7,
        }
    ],
    "supersedes": None,
    "why": None,
}  # fmt: skip


def publish(
    session: Session, signer: Signer, activity: uuid.UUID, number: int = 1, **said: Any
) -> Publication:
    statement = STATEMENT | said
    signed = signer.sign_statement(session, statement)
    row = Publication(
        activity_id=activity,
        number=number,
        statement=statement,
        digest=signed.digest,
        signature=signed.signature,
        key_id=signed.key_id,
        published_at=datetime(2026, 11, 16, 3, number, tzinfo=UTC),
    )
    session.add(row)
    return row
