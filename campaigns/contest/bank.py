"""The question bank of a campaign: read, counted and edited. An edit adds a revision; nothing is overwritten.

Who may see the keys: the question team always, others once no round is left to be run or settled (`keys_are_open`).
"""

import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_, DomainError, NotFound
from backend.safeguards.audit import Actor, note
from campaigns import common_launch, given_pack
from campaigns.contest import rules
from campaigns.contest.models import ContestQuestion
from campaigns.contest.pool import drawables
from campaigns.contest.schemas import ContestSettings
from campaigns.models import Activity, Campaign

MOST_WORDS = {"text": 1000, "explanation": 1000, "side": 300, "source": 500}
EDITED = ("topic", "difficulty", "text", "options", "matches", "key", "explanation", "source")


class KeysFrozen(DomainError):
    status = 409
    code = "keys_frozen"
    sentence = N_(
        "Một đợt thi đang dùng ngân hàng này nên không sửa câu hỏi, đáp án được. Xin đợi chốt kết quả."
    )


class ChangedMeanwhile(DomainError):
    status = 409
    code = "changed_meanwhile"
    sentence = N_(
        "Người khác đã sửa câu hỏi này trước. Nội dung Ông/Bà nhập vẫn còn; xin xem bản mới rồi sửa tiếp."
    )


class KeyDoesNotFit(DomainError):
    status = 400
    code = "key_does_not_fit"
    sentence = N_("Đáp án không khớp với dạng câu hỏi và các phương án. Xin xem lại.")


class QuestionIncomplete(DomainError):
    status = 400
    code = "question_incomplete"
    sentence = N_(
        "Câu hỏi, các phương án, lời giải thích bằng tiếng Việt và nguồn không được để trống, không dài quá mức; "
        "hai phương án không được giống nhau."
    )


@dataclass(frozen=True)
class Counted:
    """How many questions the bank holds, by topic, difficulty and form, and how many nobody has read again."""

    total: int
    topics: Counter[str]
    difficulties: Counter[int]
    forms: Counter[str]
    unread: int


def counted(session: Session, campaign: uuid.UUID) -> Counted:
    rows = session.execute(
        select(
            ContestQuestion.topic,
            ContestQuestion.difficulty,
            ContestQuestion.form,
            ContestQuestion.reading.is_(None),
        ).where(ContestQuestion.campaign_id == campaign, ContestQuestion.retired_at.is_(None))
    ).all()
    return Counted(
        len(rows),
        Counter(r[0] for r in rows),
        Counter(r[1] for r in rows),
        Counter(r[2] for r in rows),
        sum(r[3] for r in rows),
    )


def in_force(
    session: Session,
    campaign: uuid.UUID,
    topic: str | None = None,
    difficulty: int | None = None,
    form: str | None = None,
) -> list[ContestQuestion]:
    """The present revisions, by code."""
    query = select(ContestQuestion).where(
        ContestQuestion.campaign_id == campaign, ContestQuestion.retired_at.is_(None)
    )
    for column, wanted in (
        (ContestQuestion.topic, topic),
        (ContestQuestion.difficulty, difficulty),
        (ContestQuestion.form, form),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    return list(session.scalars(query.order_by(ContestQuestion.code)))


def revisions(session: Session, campaign: uuid.UUID, code: str) -> list[ContestQuestion]:
    """One question through time, newest first. Raises NotFound."""
    rows = session.scalars(
        select(ContestQuestion)
        .where(ContestQuestion.campaign_id == campaign, ContestQuestion.code == code)
        .order_by(ContestQuestion.revision.desc())
    ).all()
    if not rows:
        raise NotFound
    return list(rows)


def is_frozen(session: Session, campaign: uuid.UUID) -> bool:
    """Whether a round is open, or closed and not settled: its papers are still marked with these keys."""
    query = select(Activity.id).where(
        Activity.campaign_id == campaign, Activity.kind == "contest", Activity.state.in_(("open", "closed"))
    )
    return session.scalars(query.limit(1)).first() is not None


def keys_are_open(session: Session, campaign: Campaign) -> bool:
    """Whether everybody who runs the contest may know the keys: no round is open, waits for its results, or is still
    to come, because later rounds draw from the same bank."""
    states = set(
        session.scalars(
            select(Activity.state).where(Activity.campaign_id == campaign.id, Activity.kind == "contest")
        )
    )
    to_come = set() if campaign.state in ("closed", "archived") else {"scheduled"}
    return "settled" in states and not states & ({"open", "closed"} | to_come)


@dataclass(frozen=True)
class Drawn:
    """A question as a paper shows it: its two sides in the order that chance gave them."""

    question: ContestQuestion
    options: list[dict[str, str]]
    matches: list[dict[str, str]]


def as_drawn(question: ContestQuestion) -> Drawn:
    """As one paper might show it. The order tells nothing of the key: it is another one each time."""
    only = ContestSettings(questions_per_attempt=1)
    return _laid_out(question, rules.draw(uuid.uuid4(), [_drawable(question)], only)[0])


def sample(session: Session, activity: Activity, seed: uuid.UUID) -> list[Drawn]:
    """A paper as somebody in this activity could get it; the same seed draws the same paper."""
    settings = msgspec.convert(activity.settings_in_force, ContestSettings)
    drawn = rules.draw(seed, drawables(session, activity), settings)
    query = select(ContestQuestion).where(
        ContestQuestion.campaign_id == activity.campaign_id,
        ContestQuestion.number.in_([number for number, *_ in drawn]),
    )
    by_number = {question.number: question for question in session.scalars(query)}
    return [_laid_out(by_number[paper[0]], paper) for paper in drawn]


def _laid_out(question: ContestQuestion, drawn: rules.Drawn) -> Drawn:
    _, options, matches = drawn
    left = {option["code"]: option for option in question.options}
    right = {match["code"]: match for match in question.matches or []}
    return Drawn(question, [left[code] for code in options], [right[code] for code in matches])


def _drawable(question: ContestQuestion) -> rules.Drawable:
    return rules.Drawable(
        number=question.number,
        topic=question.topic,
        difficulty=question.difficulty,
        form=question.form,  # type: ignore[arg-type]
        options="".join(option["code"] for option in question.options),
        matches="".join(match["code"] for match in question.matches or []),
    )


def revise(
    session: Session, campaign: Campaign, code: str, revision: int, changes: dict[str, Any], actor: Actor
) -> ContestQuestion:
    """The next revision of a question. `changes`: some of EDITED; `key` in any order, it is written canonically.

    Raises NotFound, FixedFromAbove, KeysFrozen, ChangedMeanwhile, QuestionIncomplete, KeyDoesNotFit.
    """
    # One editor of a bank at a time: two who revise different questions would take the same number.
    session.execute(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update())
    common_launch.leave_as_it_is(session, select(Activity.id).where(Activity.campaign_id == campaign.id))
    given_pack.check_addition(session, campaign, "questions")
    if is_frozen(session, campaign.id):
        raise KeysFrozen
    present = revisions(session, campaign.id, code)[0]
    if present.revision != revision:
        raise ChangedMeanwhile
    values = {name: changes.get(name, getattr(present, name)) for name in EDITED}
    _check_words(values)
    values["key"] = _key(present, values)
    made = ContestQuestion(
        campaign_id=campaign.id,
        number=_next_number(session, campaign.id),
        code=code,
        revision=revision + 1,
        form=present.form,
        picture=present.picture,
        made_at=clock.now(),
        made_by=actor.id,
        **values,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # another editor was a moment faster
        raise ChangedMeanwhile from None
    present.retired_at = made.made_at
    note(session, actor, "question.revise", "question", made.id, unit=campaign.owner_unit_id, reason=code)
    return made


def _check_words(values: dict[str, Any]) -> None:
    """Raises QuestionIncomplete."""
    sides = [values["options"], values["matches"] or []]
    said = [(values["text"], "text"), (values["explanation"], "explanation")]
    said += [(row, "side") for rows in sides for row in rows]
    too_long = any(len(text) > MOST_WORDS[kind] for words, kind in said for text in words.values())
    empty = not all([values["source"], *(words.get("vi") for words, _ in said)])
    twins = any(len({" ".join(row["vi"].split()).casefold() for row in rows}) < len(rows) for rows in sides)
    if empty or too_long or twins or len(values["source"]) > MOST_WORDS["source"]:
        raise QuestionIncomplete


def _key(question: ContestQuestion, values: dict[str, Any]) -> str:
    options = "".join(option["code"] for option in values["options"])
    matches = "".join(match["code"] for match in values["matches"] or [])
    key = rules.canonical(question.form, options, matches, values["key"])  # type: ignore[arg-type]
    if key is None or not _is_whole(question.form, key, options):
        raise KeyDoesNotFit
    return key


def _is_whole(form: str, key: str, options: str) -> bool:
    """A key of 'several' names two or more but not all, a matching is finished."""
    parts = len(key.split(","))
    return {"several": 2 <= parts < len(options), "matching": parts == len(options)}.get(form, True)


def _next_number(session: Session, campaign: uuid.UUID) -> int:
    query = select(func.max(ContestQuestion.number)).where(ContestQuestion.campaign_id == campaign)
    return (session.scalar(query) or 0) + 1
