"""A contest's part of the demo: a person takes a paper the way a phone would, through the same actions."""

import random
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from campaigns.contest.pool import pool
from campaigns.models import Activity

Act = Callable[[str, dict[str, Any], int], dict[str, Any]]
"""(action, body, seconds after the first deed) -> the action's result"""


def seed(session: Session, activity: Activity, act: Act, chance: random.Random) -> None:
    """Start, think for a while, hand in; how much is right depends on chance."""
    attempt = act("contest.start", {}, 0)["attempt"]
    keys = pool(session, activity.id)
    knows = chance.betavariate(3.4, 2.4)
    answers = {
        question["id"]: keys[question["id"]].key
        if chance.random() < knows
        else chance.choice(question["options"])["code"]
        for question in attempt["questions"]
    }
    act("contest.submit", {"attempt": attempt["id"], "answers": answers}, chance.randint(240, 1100))
