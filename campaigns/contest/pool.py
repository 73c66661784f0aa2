"""The questions of a campaign, read once per process: a row of the bank never changes, an edit is another row."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.contest.models import ContestQuestion
from campaigns.contest.rules import Drawable, deal
from campaigns.contest.schemas import ContestSettings, Form
from campaigns.models import Activity, CampaignPicture
from campaigns.queries import picture_url

_KEPT: dict[uuid.UUID, dict[int, "Question"]] = {}
_DRAWABLE: dict[uuid.UUID, list[Drawable]] = {}
_MOST = 64

Words = dict[str, str]


@dataclass(frozen=True)
class Picture:
    """Where a question's picture is, and what is to be seen on it for whoever cannot see it."""

    url: str
    alt: Words


@dataclass(frozen=True)
class Question:
    """A question as plain values: `options` and `matches` are code -> words."""

    number: int
    form: Form
    text: Words
    options: dict[str, Words]
    matches: dict[str, Words]
    key: str
    explanation: Words
    source: str
    picture: Picture | None


def questions(session: Session, campaign: uuid.UUID, numbers: Sequence[int]) -> dict[int, Question]:
    """Those questions of the bank, retired revisions included: a paper is read as it was drawn."""
    held = _KEPT.get(campaign, {})
    if any(number not in held for number in numbers):
        _make_room(_KEPT)
        held = _KEPT[campaign] = _read(session, campaign)
    return {number: held[number] for number in numbers}


def kept(campaign: uuid.UUID, numbers: Sequence[int]) -> dict[int, Question] | None:
    """The same without asking the database; None where this process has not read them yet."""
    held = _KEPT.get(campaign, {})
    return held if all(number in held for number in numbers) else None


def _make_room(cache: dict[uuid.UUID, Any]) -> None:
    if len(cache) >= _MOST:
        cache.clear()


def _read(session: Session, campaign: uuid.UUID) -> dict[int, Question]:
    rows = session.scalars(select(ContestQuestion).where(ContestQuestion.campaign_id == campaign))
    pictures = pictures_of(session, campaign)
    return {row.number: as_question(row, pictures) for row in rows}


def pictures_of(session: Session, campaign: uuid.UUID) -> dict[str, Picture]:
    query = select(CampaignPicture.name, CampaignPicture.digest, CampaignPicture.alt)
    rows = session.execute(query.where(CampaignPicture.campaign_id == campaign))
    return {name: Picture(picture_url(digest), alt) for name, digest, alt in rows}


def as_question(row: ContestQuestion, pictures: Mapping[str, Picture] = MappingProxyType({})) -> Question:
    """A row of the bank as plain values; `pictures`: those of its campaign by name."""
    return Question(
        number=row.number,
        form=row.form,  # type: ignore[arg-type]
        text=row.text,
        options={option["code"]: option for option in row.options},
        matches={match["code"]: match for match in row.matches or []},
        key=row.key,
        explanation=row.explanation,
        source=row.source,
        picture=pictures.get(row.picture or ""),
    )


def drawables(session: Session, activity: Activity) -> list[Drawable]:
    """What papers of the activity are drawn from: fixed when it opened, the bank as it stands before."""
    frozen = (activity.frozen or {}).get("pool")
    if frozen is None:
        return in_force(session, activity.campaign_id)
    if activity.id not in _DRAWABLE:
        _make_room(_DRAWABLE)
        chosen = set(frozen)
        everything = _drawables(session, activity.campaign_id, ContestQuestion.number.in_(chosen))
        _DRAWABLE[activity.id] = everything
    return _DRAWABLE[activity.id]


def share_of(session: Session, activity: Activity, settings: ContestSettings) -> list[Drawable]:
    """What a round that opens now may draw from: its own share of the bank, without what earlier rounds had."""
    everything = in_force(session, activity.campaign_id)
    others = _other_rounds(session, activity)
    if settings.bank == "whole" or not others:
        return everything
    codes = _codes(session, activity.campaign_id)
    had = {codes[number] for frozen in others.values() for number in frozen}
    left = [question for question in everything if codes[question.number] not in had]
    return deal(left, 1 + sum(not frozen for frozen in others.values()))


def _other_rounds(session: Session, activity: Activity) -> dict[uuid.UUID, list[int]]:
    """Each other contest of the campaign with the numbers it draws from; none before it opens."""
    rows = session.execute(
        select(Activity.id, Activity.frozen).where(
            Activity.campaign_id == activity.campaign_id,
            Activity.kind == activity.kind,
            Activity.id != activity.id,
        )
    )
    return {id_: (frozen or {}).get("pool", []) for id_, frozen in rows}


def _codes(session: Session, campaign: uuid.UUID) -> dict[int, str]:
    """Number -> code, which a question keeps through all its revisions."""
    query = select(ContestQuestion.number, ContestQuestion.code).where(
        ContestQuestion.campaign_id == campaign
    )
    return dict(session.execute(query).all())


def keys_are_spent(session: Session, activity: Activity) -> bool:
    """Whether the keys of a settled round serve nobody any more: no round still to be settled draws from them."""
    own = set((activity.frozen or {}).get("pool", []))
    rows = session.execute(
        select(Activity.frozen, Activity.settings).where(
            Activity.campaign_id == activity.campaign_id,
            Activity.kind == activity.kind,
            Activity.id != activity.id,
            Activity.state != "settled",
        )
    )
    return all(
        not own & set(frozen.get("pool", [])) if frozen else settings.get("bank", "dealt") == "dealt"
        for frozen, settings in rows
    )


def in_force(session: Session, campaign: uuid.UUID) -> list[Drawable]:
    """The bank's present revisions."""
    return _drawables(session, campaign, ContestQuestion.retired_at.is_(None))


def _drawables(session: Session, campaign: uuid.UUID, which: Any) -> list[Drawable]:
    rows = session.scalars(
        select(ContestQuestion)
        .where(ContestQuestion.campaign_id == campaign, which)
        .order_by(ContestQuestion.number)
    )
    return [
        Drawable(
            number=row.number,
            topic=row.topic,
            difficulty=row.difficulty,
            form=row.form,  # type: ignore[arg-type]
            options="".join(option["code"] for option in row.options),
            matches="".join(match["code"] for match in row.matches or []),
        )
        for row in rows
    ]


def in_language(words: Words, language: str) -> str:
    """The words in that language, in Vietnamese where there is no translation."""
    return words.get(language) or words["vi"]


def answer_in_words(question: Question, choice: str | None, language: str) -> str | None:
    """'a,c' -> 'Mở ứng dụng VNeID; Quét mã QR'. Steps are joined by arrows, pairs by dashes."""
    if not choice:
        return None
    parts = [_part(question, part, language) for part in choice.split(",")]
    return (" → " if question.form == "ordering" else "; ").join(parts)


def _part(question: Question, part: str, language: str) -> str:
    left, _, right = part.partition(":")
    words = in_language(question.options[left], language)
    return f"{words} – {in_language(question.matches[right], language)}" if right else words
