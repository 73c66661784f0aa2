"""A contest's part of the demo: a person takes a paper the way a phone would, through the same actions."""

import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from campaigns.contest.models import ContestAttempt
from campaigns.contest.pool import Question, drawables, questions
from campaigns.models import Activity

Act = Callable[[str, dict[str, Any], int], dict[str, Any]]
"""(action, body, seconds after the deed before) -> the action's result"""


@dataclass(frozen=True)
class Hand:
    """How a paper is taken: `right` of its questions, so many seconds over it, with a guess.

    `saves`: answers go to the node twice on the way; `hands_in` False: it is begun and left lying.
    """

    right: int
    seconds: int
    guess: int
    saves: bool = False
    hands_in: bool = True


def seed(
    session: Session, activity: Activity, act: Act, chance: random.Random, hand: Hand | None = None
) -> None:
    """Start, think for a while, hand in with a guess; how much is right depends on chance where no hand is given."""
    hand = hand or Hand(
        round(20 * chance.betavariate(6, 1.6)), chance.randint(240, 1100), chance.randint(0, 90)
    )
    attempt = act("contest.start", {}, 0)["attempt"]
    drawn = session.get_one(ContestAttempt, uuid.UUID(str(attempt["id"]))).drawn
    answers = _answers(session, activity, [number for number, *_ in drawn], chance, hand.right)
    spent = 0
    if hand.saves:
        for part in (5, 12):
            some = {place: choice for place, choice in answers.items() if int(place) <= part}
            act("contest.answer", {"attempt": attempt["id"], "answers": some}, hand.seconds // 3)
            spent += hand.seconds // 3
    if hand.hands_in:
        body = {"attempt": attempt["id"], "answers": answers, "prediction": hand.guess}
        act("contest.submit", body, hand.seconds - spent)


def _answers(
    session: Session, activity: Activity, drawn: list[int], chance: random.Random, right: int
) -> dict[str, str]:
    """An answer at each place, so many of them right; what is wrong is wrong more often where it is hard."""
    pool = questions(session, activity.campaign_id, drawn)
    hard = {question.number: question.difficulty for question in drawables(session, activity)}
    by_luck = sorted(range(len(drawn)), key=lambda at: chance.random() ** (1 / _WEIGHT[hard[drawn[at]]]))
    wrong = set(by_luck[right:])
    return {
        str(at + 1): _some_wrong_answer(pool[number], chance) if at in wrong else pool[number].key
        for at, number in enumerate(drawn)
    }


_WEIGHT: Mapping[int, float] = {1: 1.0, 2: 2.2, 3: 4.0}
"""By difficulty: the heavier, the later in the row, where the wrong ones stand."""


def _some_wrong_answer(question: Question, chance: random.Random) -> str:
    while (answer := _some_answer(question, chance)) == question.key:
        pass
    return answer


def _some_answer(question: Question, chance: random.Random) -> str:
    codes = list(question.options)
    if question.form == "ordering":
        return ",".join(chance.sample(codes, len(codes)))
    if question.form == "matching":
        rights = chance.sample(list(question.matches), len(codes))
        return ",".join(f"{a}:{b}" for a, b in zip(sorted(codes), rights, strict=False))
    if question.form == "several":
        return ",".join(sorted(chance.sample(codes, 2)))
    return chance.choice(codes)
