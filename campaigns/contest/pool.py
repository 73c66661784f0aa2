"""The question pool of an activity, read once per process: it never changes after opening."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.contest.models import ContestQuestion

_KEPT: dict[uuid.UUID, dict[str, "Question"]] = {}
_MOST = 64


@dataclass(frozen=True)
class Question:
    """A question as plain values. Ids are text here: papers are stored and sent as text."""

    id: str
    text: dict[str, str]
    options: dict[str, dict[str, str]]
    key: str
    explanation: dict[str, str]


def pool(session: Session, activity: uuid.UUID) -> dict[str, Question]:
    """Question id -> question, in the pack's order."""
    if activity not in _KEPT:
        if len(_KEPT) >= _MOST:
            _KEPT.clear()
        rows = session.scalars(
            select(ContestQuestion)
            .where(ContestQuestion.activity_id == activity)
            .order_by(ContestQuestion.code)
        )
        _KEPT[activity] = {str(row.id): _plain(row) for row in rows}
    return _KEPT[activity]


def _plain(row: ContestQuestion) -> Question:
    options: dict[str, Any] = {option["code"]: option for option in row.options}
    return Question(str(row.id), row.text, options, row.key, row.explanation)


def in_language(words: dict[str, str], language: str) -> str:
    """The words in that language, in Vietnamese where there is no translation."""
    return words.get(language) or words["vi"]
