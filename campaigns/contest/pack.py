"""The contest's part of a pack: the question bank, its topics, and the record of its second reading.

`questions/*.yaml` are lists of questions, `readings*.yaml` lists of {code, read_on, verdict, note: {vi, en}}.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, cast

from msgspec import Meta, Struct
from sqlalchemy import delete
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_
from campaigns.contest.models import ContestQuestion
from campaigns.contest.rules import Drawable, deal, ranks_in_circles, surely_left, tells_too_much
from campaigns.contest.schemas import ContestSettings, Stratum
from campaigns.contest.turn import PassTellsAllCorrect, RanksInCircles
from campaigns.contest.written import Code, Looked, OptionIn, ProseIn, QuestionIn, groups_in
from campaigns.models import Campaign
from campaigns.pack import sealed as sealing
from campaigns.pack.folder import Folder
from campaigns.pack.lines import Complaints, Group
from campaigns.pack.reader import Chosen, Pack
from campaigns.pack.shapes import listed, shaped
from campaigns.pack.store import put_pictures

WITHDRAWN = "withdrawn"
"""The verdict of a second reading after which a question is no longer in the bank; its code is not given again."""


class TopicIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A topic of the bank and what people call it."""

    code: Code
    vi: Annotated[str, Meta(max_length=80)]
    en: Annotated[str, Meta(max_length=80)] | None = None


class PartIn(Struct, frozen=True, forbid_unknown_fields=True):
    """What pack.yaml says under `contest`."""

    topics: Annotated[list[TopicIn], Meta(min_length=1, max_length=60)]


class NoteIn(Struct, frozen=True, forbid_unknown_fields=True):
    """What was corrected; nothing where nothing was."""

    vi: Annotated[str, Meta(min_length=0, max_length=1000)] = ""
    en: Annotated[str, Meta(min_length=0, max_length=1000)] | None = None


class ReadingIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody else read the question: when, with what verdict, and what was corrected."""

    code: str
    read_on: Annotated[str, Meta(max_length=10)]
    verdict: Annotated[str, Meta(max_length=40)]
    note: NoteIn | None = None


@dataclass(frozen=True)
class Question:
    """A question fit for the bank."""

    told: QuestionIn
    key: str
    picture: str | None


@dataclass(frozen=True)
class Bank:
    """The contest's part of a pack. `sealed`: so many questions that nobody here can read yet."""

    topics: dict[str, dict[str, Any]] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    readings: dict[str, dict[str, Any]] = field(default_factory=dict)
    sealed: int = 0


def read(files: Folder, own: Group | None, chosen: list[Chosen]) -> Bank:
    """The bank and its readings; what is wrong is told to the folder's complaints."""
    told = shaped(own, PartIn, files.complaints) if own else None
    topics = {topic.code: _words(topic) for topic in told.topics} if told else {}
    if own is None:
        files.complaints.add(
            "pack.yaml", 1, N_("Thiếu mục “contest” với danh sách “topics” (các chủ đề của bộ câu hỏi).")
        )
    sealed = _outlines(files) if files.has(sealing.MARK) else []
    questions = [] if sealed else _questions(files, topics)
    readings = _readings(files, {q.told.code for q in questions}) if not sealed else {}
    for settings, share in zip(chosen, _shares(chosen, sealed or questions), strict=True):
        _check_settings(files.complaints, settings, share, topics)
    return Bank(topics, tuple(questions), readings, len(sealed))


def _outlines(files: Folder) -> list[Question]:
    """As many blank questions of each sort as lie under seal: the rules of the rounds are checked against them, nothing else."""
    root = files.yaml(sealing.MARK)
    told = shaped(root, sealing.MarkIn, files.complaints) if isinstance(root, Group) else None
    return [
        Question(cast(QuestionIn, sort), "", None)
        for sort in (told.sorts if told else ())
        for _ in range(sort.count)
    ]


# --- the questions ------------------------------------------------------------------------------------------------


def _questions(files: Folder, topics: dict[str, Any]) -> list[Question]:
    names = files.named("questions/") or files.named("questions.yaml")
    if not names:
        files.complaints.add(
            "pack.yaml", 1, N_("Gói chưa có câu hỏi nào: cần ít nhất một tệp questions/….yaml.")
        )
    seen: dict[str, str] = {}
    found = []
    for name in names:
        root = files.yaml(name)
        for told, place in listed(root, QuestionIn, files.complaints) if root else ():
            key = Looked(files.complaints, told, place).key(topics, seen)
            picture, shown = told.picture, place.entries.get("picture")
            taken = files.take_picture(picture, shown) if picture and isinstance(shown, Group) else None
            if key is not None:
                found.append(Question(told, key, taken))
    return found


# --- the second reading -------------------------------------------------------------------------------------------


def _readings(files: Folder, codes: set[str]) -> dict[str, dict[str, Any]]:
    """Code -> the newest reading of that question."""
    found: dict[str, dict[str, Any]] = {}
    for name in files.named("readings"):
        root, seen = files.yaml(name), set()
        for told, place in listed(root, ReadingIn, files.complaints) if root else ():
            line = place.places["code"]
            if told.code in seen:
                sentence = N_("Câu “%(code)s” được ghi đọc lại hai lần trong tệp này.")
                files.complaints.add(name, line, sentence, code=told.code[:60])
            if told.verdict == WITHDRAWN and told.code in codes:
                sentence = N_("Câu “%(code)s” đã rút khi đọc lại nhưng vẫn còn trong bộ câu hỏi.")
                files.complaints.add(name, line, sentence, code=told.code)
            elif told.verdict != WITHDRAWN and told.code not in codes and not files.complaints.errors:
                sentence = N_("Không có câu hỏi “%(code)s” trong gói.")
                files.complaints.add(name, line, sentence, code=told.code[:60])
            seen.add(told.code)
            if not _is_day(told.read_on):
                files.complaints.add(
                    name,
                    place.places["read_on"],
                    N_("Ngày đọc lại viết là năm-tháng-ngày, ví dụ 2026-11-20."),
                )
            elif told.code not in found or found[told.code]["read_on"] <= told.read_on:
                found[told.code] = {
                    "read_on": told.read_on,
                    "verdict": told.verdict,
                    "note": _words(told.note) if told.note else {},
                }
    return found


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


# --- the settings against the bank ----------------------------------------------------------------------------------


def _shares(chosen: list[Chosen], questions: list[Question]) -> list[list[Question]]:
    """What each round will draw from if they open one after the other: dealt out as `pool.share_of` will do it."""
    left, shares = dict(enumerate(questions)), []
    for turn, each in enumerate(chosen):
        rounds = len(chosen) - turn if each.settings.bank == "dealt" else 1
        dealt = deal([_as_dealt(at, question) for at, question in left.items()], rounds)
        numbers = (
            [one.number for one in dealt] if each.settings.bank == "dealt" else list(range(len(questions)))
        )
        shares.append([questions[number] for number in numbers])
        left = {at: question for at, question in left.items() if at not in set(numbers)}
    return shares


def _as_dealt(at: int, question: Question) -> Drawable:
    told = question.told
    return Drawable(at, told.topic, told.difficulty, told.form, "")


def _check_settings(
    complaints: Complaints, chosen: Chosen, questions: list[Question], topics: dict[str, Any]
) -> None:
    """`questions`: the round's share of the bank."""
    settings: ContestSettings = chosen.settings
    cells = [(question.told.topic, question.told.difficulty) for question in questions]
    places = groups_in(chosen.place.entries.get("strata"))
    if settings.questions_per_attempt > len(questions) and questions:
        _say_few(complaints, chosen.place, settings.questions_per_attempt, len(questions))
    if settings.pass_right > settings.questions_per_attempt:
        line = chosen.place.places.get("pass_right", chosen.place.line)
        complaints.add(chosen.place.file, line, N_("Số câu đúng để đạt nhiều hơn số câu của đề."))
    elif tells_too_much(settings):
        line = chosen.place.places.get("pass_right", chosen.place.line)
        complaints.add(chosen.place.file, line, PassTellsAllCorrect.sentence)
    if ranks_in_circles(settings):
        line = chosen.place.places.get("ranking", chosen.place.line)
        complaints.add(chosen.place.file, line, RanksInCircles.sentence)
    if sum(stratum.count for stratum in settings.strata) > settings.questions_per_attempt:
        line = chosen.place.places.get("strata", chosen.place.line)
        complaints.add(chosen.place.file, line, N_("Cơ cấu đề (strata) cộng lại nhiều hơn số câu của đề."))
    for stratum, place in zip(settings.strata, places, strict=True):
        if unknown := sorted(set(stratum.topics) - set(topics)):
            line = place.places.get("topics", place.line)
            complaints.add(place.file, line, N_("Chủ đề “%(topic)s” chưa khai trong mục contest.topics của pack.yaml."),
                           topic=", ".join(unknown)[:120])  # fmt: skip
    for place, wanted, left in lacking(settings.strata, cells, places):
        complaints.add(place.file, place.places.get("count", place.line),
                       N_("Phần này của đề cần %(wanted)s câu, phần của đợt này trong ngân hàng chỉ chắc chắn còn %(left)s câu phù hợp."),
                       wanted=wanted, left=left)  # fmt: skip


def _say_few(complaints: Complaints, place: Group, wanted: int, have: int) -> None:
    line = place.places.get("questions_per_attempt", place.line)
    complaints.add(
        place.file,
        line,
        N_("Mỗi đề cần %(wanted)s câu nhưng phần của đợt này trong bộ câu hỏi chỉ có %(have)s câu."),
        wanted=wanted,
        have=have,
    )


def lacking(
    strata: tuple[Stratum, ...], cells: list[tuple[str, int]], places: list[Group]
) -> list[tuple[Group, int, int]]:
    """Strata that may find too few questions when drawn the narrowest first, whatever was drawn before.

    `cells`: (topic, difficulty) of every question. Answers (where, questions wanted, questions surely left).
    """
    pools = [{at for at, cell in enumerate(cells) if _fits(cell, stratum)} for stratum in strata]
    left = surely_left(strata, pools)
    return [
        (place, stratum.count, sure)
        for place, stratum, sure in zip(places, strata, left, strict=True)
        if sure < stratum.count
    ]


def _fits(cell: tuple[str, int], stratum: Stratum) -> bool:
    return (not stratum.topics or cell[0] in stratum.topics) and stratum.difficulty in (None, cell[1])


# --- into a campaign ------------------------------------------------------------------------------------------------


def unpack(session: Session, campaign: Campaign, pack: Pack) -> None:
    """Put the pack's questions into the campaign's bank, numbered from 1 in the pack's order, with their pictures."""
    bank: Bank = pack.parts["contest"]
    for number, question in enumerate(bank.questions, start=1):
        session.add(_row(campaign, number, question, bank.readings.get(question.told.code)))
    put_pictures(
        session, campaign, pack, {question.picture for question in bank.questions if question.picture}
    )


def discard(session: Session, campaign: uuid.UUID) -> None:
    """Take the bank out of a draft again."""
    session.execute(delete(ContestQuestion).where(ContestQuestion.campaign_id == campaign))


def _row(
    campaign: Campaign, number: int, question: Question, reading: dict[str, Any] | None
) -> ContestQuestion:
    told = question.told
    return ContestQuestion(
        campaign_id=campaign.id,
        number=number,
        code=told.code,
        form=told.form,
        topic=told.topic,
        difficulty=told.difficulty,
        text=_words(told.text),
        options=[{"code": str(row.code)} | _words(row) for row in told.options],
        matches=[{"code": str(row.code)} | _words(row) for row in told.matches],
        key=question.key,
        explanation=_words(told.explanation),
        source=told.source,
        picture=question.picture,
        reading=reading,
        made_at=clock.now(),
    )


def _words(words: ProseIn | OptionIn | TopicIn | NoteIn) -> dict[str, Any]:
    return {"vi": words.vi} | ({"en": words.en} if words.en else {})
