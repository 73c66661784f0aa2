"""The rules of a contest, without database, clock or web: drawing, timing, marking, and what may count."""

import random
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from backend.errors import N_
from backend.participation.deeds import FactLine
from backend.participation.measures import Measure, Ranking
from campaigns.contest.schemas import ContestSettings, Form, Stratum

ENTRANTS = "contest.entrants"
PAPERS = "contest.papers"
ALL_CORRECT = "contest.all_correct"
MEASURES = (
    Measure(ENTRANTS, N_("Người dự thi"), "distinct"),
    Measure(
        PAPERS,
        N_("Bài thi đã nộp"),
        "sum",
        result=("right", "of", "elapsed_ms", "guess"),
        ranking=Ranking(
            (("right", "high"), ("guess", "near"), ("elapsed_ms", "low"), ("handed_in", "low")),
            perfect=("right", "of"),
        ),
    ),
    Measure("contest.passed", N_("Bài đạt yêu cầu"), "sum", tells_result=True, is_sensitive=True),
    # Known early it would decide every prediction. It is written only when the results are settled, and sealed besides.
    Measure(
        ALL_CORRECT,
        N_("Người trả lời đúng tất cả các câu hỏi"),
        "distinct",
        sealed=True,
        tells_result=True,
        is_sensitive=True,
    ),
)
RANKED_BY = {
    "right": ("right", "high"),
    "prediction": ("guess", "near"),
    "elapsed": ("elapsed_ms", "low"),
    "handed_in": ("handed_in", "low"),
}

Arrival = Literal["on_time", "in_grace", "late"]


def chain(settings: ContestSettings) -> list[list[str]]:
    """The ranking chain as the board keeps it; a guess nobody was asked for ranks nobody.

    Who handed in earlier decides in the end, chosen or not: after it only the deed's id is left, and phones make ids.
    """
    names = [name for name in settings.ranking if name != "prediction" or settings.prediction]
    return [list(RANKED_BY[name]) for name in dict.fromkeys([*names, "handed_in"])]


def tells_too_much(settings: ContestSettings) -> bool:
    """Whether those who passed are those with everything right: their number would decide every prediction."""
    return settings.prediction and settings.pass_right >= settings.questions_per_attempt


def ranks_in_circles(settings: ContestSettings) -> bool:
    """Whether a guess decides before right answers do: which paper counts would depend on how many are all correct, and
    that number on which paper counts."""
    names = settings.ranking
    guessed = settings.prediction and "prediction" in names
    return guessed and "right" not in names[: names.index("prediction")]


# --- time ---------------------------------------------------------------------------------------------------------


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


# --- drawing ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawable:
    """What the draw knows of a question: its number in the bank, where it belongs, the codes of its two sides."""

    number: int
    topic: str
    difficulty: int
    form: Form
    options: str
    matches: str = ""


Drawn = list[Any]
"""[question number, its options in order, its matches in order]"""


def draw(seed: uuid.UUID, pool: Sequence[Drawable], settings: ContestSettings) -> list[Drawn]:
    """The paper of one attempt. The same seed over the same pool draws the same paper."""
    chance = random.Random(seed.int)
    wanted = min(settings.questions_per_attempt, len(pool))
    if settings.strata or settings.shuffle_questions:
        questions = _stratified(chance, pool, settings.strata, wanted)
    else:
        questions = list(pool[:wanted])
    if settings.shuffle_questions:
        chance.shuffle(questions)
    return [_sides(chance, question, settings.shuffle_options) for question in questions]


def _stratified(
    chance: random.Random, pool: Sequence[Drawable], strata: Sequence[Stratum], wanted: int
) -> list[Drawable]:
    """Each stratum in turn, the narrowest first; what is still lacking comes from the whole pool."""
    chosen: dict[int, Drawable] = {}
    by_narrowness = sorted(strata, key=lambda s: sum(fits(question, s) for question in pool))
    for stratum in by_narrowness:
        left = [q for q in pool if fits(q, stratum) and q.number not in chosen]
        _take(chance, left, min(stratum.count, wanted - len(chosen)), chosen)
    _take(chance, [q for q in pool if q.number not in chosen], wanted - len(chosen), chosen)
    return list(chosen.values())


def _take(chance: random.Random, candidates: list[Drawable], count: int, chosen: dict[int, Drawable]) -> None:
    """Take `count` of them, always from a topic that the paper has least of, so that no topic fills it."""
    chance.shuffle(candidates)
    topics = Counter(question.topic for question in chosen.values())
    for _ in range(count):
        if not candidates:
            return
        rarest = min(range(len(candidates)), key=lambda at: topics[candidates[at].topic])
        question = candidates.pop(rarest)
        topics[question.topic] += 1
        chosen[question.number] = question


def surely_left(strata: Sequence[Stratum], pools: Sequence[set[int]]) -> list[int]:
    """How many questions each stratum surely finds when drawn the narrowest first, whatever was drawn before.

    `pools`: per stratum the questions that fit it.
    """
    order = sorted(range(len(strata)), key=lambda at: len(pools[at]))
    left = [0] * len(strata)
    for turn, at in enumerate(order):
        taken = sum(min(strata[b].count, len(pools[at] & pools[b])) for b in order[:turn])
        left[at] = max(0, len(pools[at]) - taken)
    return left


def deal(pool: Sequence[Drawable], rounds: int) -> list[Drawable]:
    """The share of the next of so many rounds still to open: every n-th question, topic by topic and level by level, so
    that each share looks like the whole."""
    by_part = sorted(pool, key=lambda question: (question.topic, question.difficulty, question.number))
    return sorted(by_part[:: max(1, rounds)], key=lambda question: question.number)


def fits(question: Drawable, stratum: Stratum) -> bool:
    return (not stratum.topics or question.topic in stratum.topics) and stratum.difficulty in (
        None,
        question.difficulty,
    )


def _sides(chance: random.Random, question: Drawable, shuffle: bool) -> Drawn:
    """'Đúng' stands before 'Sai' always; what has to be put in order is never given in order by a rule."""
    moves = question.form == "ordering" or (shuffle and question.form != "true_false")
    options = "".join(chance.sample(question.options, len(question.options))) if moves else question.options
    return [question.number, options, "".join(chance.sample(question.matches, len(question.matches)))]


# --- answers ------------------------------------------------------------------------------------------------------


def canonical(form: Form, options: str, matches: str, answer: str) -> str | None:
    """The one way to write an answer to a question of these codes, or None if it is no answer to it.

    'b' | 'a,c' | 'b,a,d,c' | 'a:2,b:1' (a matching may be unfinished). Two people who mean the same write the same.
    """
    parts = answer.split(",")
    if form == "matching":
        return _pairs(options, matches, parts)
    if any(part not in options or len(part) != 1 for part in parts) or len(set(parts)) != len(parts):
        return None
    if form == "several":
        return ",".join(sorted(parts))
    wanted = len(options) if form == "ordering" else 1
    return ",".join(parts) if len(parts) == wanted else None


def _pairs(options: str, matches: str, parts: Sequence[str]) -> str | None:
    pairs = [part.split(":") for part in parts]
    if any(len(pair) != 2 or len(pair[0]) != 1 or len(pair[1]) != 1 for pair in pairs):
        return None
    left, right = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    known = set(left) <= set(options) and set(right) <= set(matches)
    once = len(set(left)) == len(left) and len(set(right)) == len(right)
    return ",".join(f"{a}:{b}" for a, b in sorted(zip(left, right, strict=True))) if known and once else None


Answer = list[Any]
"""[choice, index of the device, the device's sequence, when by the node's clock (ms), what other devices said ...]"""


def merged(
    held: Mapping[str, Any], new: Mapping[str, str], device: str, seq: int, happened_ms: int
) -> dict[str, Any]:
    """The paper's answers with a few more; in whatever order deeds arrive, the same answers stand.

    Within a device its sequence tells which is newer, between two phones the corrected time. Each phone's newest word is
    kept, because the two orders may disagree: a phone's corrected time can go back a little, its sequence cannot.
    """
    devices = list(held.get("d", ()))
    if device not in devices:
        devices.append(device)
    mine = devices.index(device)
    answers = {**held, "d": devices}
    for place, choice in new.items():
        answers[place] = _with(held.get(place), [choice, mine, seq, happened_ms], devices)
    return answers


def _with(held: Answer | None, new: Answer, devices: Sequence[str]) -> Answer:
    """The newest of several phones first, the others after it."""
    said = [held[:4], *held[4:]] if held else []
    before = next((each for each in said if each[1] == new[1]), None)
    kept = new if before is None or before[2] < new[2] else before
    others = [each for each in said if each[1] != new[1]]
    first, *rest = sorted([kept, *others], key=lambda each: (each[3], devices[each[1]]), reverse=True)
    return [*first, *rest]


def choices(answers: Mapping[str, Any]) -> dict[str, str]:
    """Place -> choice, without who said so when."""
    return {place: answer[0] for place, answer in answers.items() if place != "d"}


def mark(answers: Mapping[str, str], keys: Mapping[str, str]) -> int:
    """How many of the drawn questions (those in `keys`, by place) are answered right; nothing for half an answer."""
    return sum(answers.get(place) == key for place, key in keys.items())


# --- what counts --------------------------------------------------------------------------------------------------


def facts(
    attempt: uuid.UUID,
    round_: uuid.UUID,
    right: int,
    of: int,
    elapsed: int,
    guess: int | None,
    settings: ContestSettings,
    generation: int = 1,
) -> tuple[FactLine, ...]:
    """What a counted paper leaves in the ledger. A person is an entrant once per round, however many papers.

    `generation`: one more for each of the person's papers that was removed.
    """
    result = {"right": right, "of": of, "elapsed_ms": elapsed}
    if guess is not None:
        result["guess"] = guess
    lines = [
        FactLine(ENTRANTS, scope=f"{round_}", generation=generation),
        FactLine(PAPERS, scope=f"{attempt}", result=result),
    ]
    if right >= settings.pass_right:
        lines.append(FactLine("contest.passed", scope=f"{attempt}"))
    return tuple(lines)


def recognised(
    papers: Sequence[tuple[Any, int, int]], counting: Literal["first", "best", "last"]
) -> Any | None:
    """Which of a person's papers counts: (paper, right, elapsed ms) in the order handed in -> that paper.

    Of equally good ones the first. Where a guess decides between them, the board does so once the number is known.
    """
    if not papers:
        return None
    if counting == "best":
        return min(papers, key=lambda paper: (-paper[1], paper[2] // 1000))[0]  # whole seconds, as the board
    return papers[0 if counting == "first" else -1][0]
