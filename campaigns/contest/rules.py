"""The rules of a contest, without database, clock or web: drawing, timing, marking, and what may count."""

import random
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from backend.errors import N_
from backend.participation.deeds import FactLine
from backend.participation.measures import Measure, Ranking
from campaigns.contest.schemas import ContestSettings

MEASURES = (
    Measure("contest.entrants", N_("Người dự thi"), "distinct"),
    Measure(
        "contest.papers",
        N_("Bài thi đã nộp"),
        "sum",
        result=("right", "of", "elapsed_ms"),
        ranking=Ranking((("right", "high"), ("elapsed_ms", "low"))),
    ),
    Measure("contest.passed", N_("Bài đạt yêu cầu"), "sum", tells_result=True),
    # Known early, the count of all-correct papers would decide every prediction: hidden until results are settled.
    Measure(
        "contest.all_correct",
        N_("Người trả lời đúng tất cả các câu hỏi"),
        "distinct",
        sealed=True,
        tells_result=True,
    ),
)

Arrival = Literal["on_time", "in_grace", "late"]


def due_at(started: datetime, settings: ContestSettings) -> datetime:
    return started + timedelta(seconds=settings.time_limit_s)


def arrival(due: datetime, grace_s: int, received: datetime) -> Arrival:
    """When a paper reached the node: at the due second it is on time, at the last second of the grace still counted."""
    if received <= due:
        return "on_time"
    return "in_grace" if received <= due + timedelta(seconds=grace_s) else "late"


def elapsed_ms(started: datetime, due: datetime, received: datetime) -> int:
    """The time taken, by the server's clock alone; never more than the time given, the grace costs nobody rank."""
    return round((min(received, due) - started).total_seconds() * 1000)


def draw(
    seed: uuid.UUID, pool: Sequence[tuple[str, Sequence[str]]], settings: ContestSettings
) -> list[tuple[str, list[str]]]:
    """The paper of one attempt: (question, its options in order). The same seed draws the same paper."""
    chance = random.Random(seed.int)
    wanted = min(settings.questions_per_attempt, len(pool))
    drawn = chance.sample(list(pool), wanted) if settings.shuffle_questions else list(pool[:wanted])
    if not settings.shuffle_options:
        return [(question, list(options)) for question, options in drawn]
    return [(question, chance.sample(list(options), len(options))) for question, options in drawn]


def mark(answers: Mapping[str, str], keys: Mapping[str, str]) -> int:
    """How many of the drawn questions (those in `keys`) are answered right."""
    return sum(answers.get(question) == key for question, key in keys.items())


def facts(
    attempt: uuid.UUID, round_: uuid.UUID, right: int, of: int, elapsed: int, settings: ContestSettings
) -> tuple[FactLine, ...]:
    """What a counted paper leaves in the ledger. A person is an entrant once per round, however many papers."""
    lines = [
        FactLine("contest.entrants", scope=f"{round_}"),
        FactLine(
            "contest.papers", scope=f"{attempt}", result={"right": right, "of": of, "elapsed_ms": elapsed}
        ),
    ]
    if right >= settings.pass_right:
        lines.append(FactLine("contest.passed", scope=f"{attempt}"))
    if right == of:
        lines.append(FactLine("contest.all_correct", scope=f"{round_}"))
    return tuple(lines)
