"""A paper as its person sees it: the questions while it runs, afterwards what the rules allow to be known. Pure."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from backend import clock
from backend.clock import iso
from campaigns.contest import rules
from campaigns.contest import schemas as s
from campaigns.contest.pool import Question, answer_in_words, in_language, questions
from campaigns.contest.reasons import sentence
from campaigns.contest.rules import Drawn
from campaigns.contest.schemas import ContestSettings
from campaigns.kind import Placed

Pool = Mapping[int, Question]


class Row(Protocol):
    """What is asked of a paper, whoever read it from the database."""

    @property
    def id(self) -> Any: ...
    @property
    def number(self) -> Any: ...
    @property
    def state(self) -> Any: ...
    @property
    def drawn(self) -> Any: ...
    @property
    def answers(self) -> Any: ...
    @property
    def guess(self) -> Any: ...
    @property
    def held_by(self) -> Any: ...
    @property
    def held_since(self) -> Any: ...
    @property
    def started_at(self) -> Any: ...
    @property
    def due_at(self) -> Any: ...
    @property
    def submitted_at(self) -> Any: ...
    @property
    def right(self) -> Any: ...
    @property
    def elapsed_ms(self) -> Any: ...
    @property
    def removed_at(self) -> Any: ...
    @property
    def removal_reason(self) -> Any: ...
    @property
    def removal_note(self) -> Any: ...


@dataclass(frozen=True)
class View:
    """Through which a paper is looked at. `pool`: at least the questions drawn. `keys_spent`: no other round needs them."""

    settings: ContestSettings
    language: str
    now: datetime
    settled: bool
    pool: Pool
    keys_spent: bool = False


def pool_of(session: Session, campaign: uuid.UUID, drawn: Sequence[Drawn]) -> dict[int, Question]:
    return questions(session, campaign, [number for number, *_ in drawn])


def shows_result(settings: ContestSettings, settled: bool) -> bool:
    return settled or settings.show_result == "at_submit"


def as_shown(
    view: View, row: Row, device: uuid.UUID | None, counts: bool, placed: Placed | None
) -> s.AttemptOut:
    """`counts`: this is the person's paper that counts; `placed`: where it stands, once the board is fixed."""
    here = row.held_by == device
    return s.AttemptOut(
        id=row.id,
        number=row.number,
        state=row.state,
        started_at=iso(row.started_at),
        due_at=iso(row.due_at),
        grace_s=view.settings.grace_s,
        server_ms=clock.milliseconds(view.now),
        held_here=here,
        held_since=None if here else iso(row.held_since),
        prediction_asked=view.settings.prediction,
        questions=_questions(view, row.drawn) if row.state == "running" else [],
        answers=rules.choices(row.answers),
        result=_result(view, row, counts, placed) if row.submitted_at else None,
    )


def _questions(view: View, drawn: Sequence[Drawn]) -> list[s.QuestionOut]:
    return [
        s.QuestionOut(
            id=str(place),
            number=place,
            form=view.pool[number].form,
            text=in_language(view.pool[number].text, view.language),
            picture=_picture_url(view.pool[number]),
            picture_alt=_picture_alt(view.pool[number], view.language),
            options=_side(view.pool[number].options, options, view.language),
            matches=_side(view.pool[number].matches, matches, view.language),
        )
        for place, (number, options, matches) in enumerate(drawn, start=1)
    ]


def _picture_url(question: Question) -> str | None:
    return question.picture.url if question.picture else None


def _picture_alt(question: Question, language: str) -> str | None:
    return in_language(question.picture.alt, language) if question.picture else None


def _side(words: Mapping[str, dict[str, str]], order: str, language: str) -> list[s.OptionOut]:
    return [s.OptionOut(code, in_language(words[code], language)) for code in order]


def _result(view: View, row: Row, counts: bool, placed: Placed | None) -> s.ResultOut:
    """What the rules allow to be shown at this moment. Rank and the all-correct number only once settled."""
    shown, counted = shows_result(view.settings, view.settled), row.state == "submitted"
    own = placed if counts else None
    return s.ResultOut(
        counted=counted,
        reason=None if counted else row.state,
        removal=_removal(row, view.language),
        right=row.right if shown else None,
        of=len(row.drawn),
        elapsed_ms=row.elapsed_ms or 0,
        submitted_at=iso(row.submitted_at),
        passed=(row.right or 0) >= view.settings.pass_right if shown else None,
        prediction=row.guess,
        all_correct=placed.target if placed else None,
        gap=_gap(row, placed),
        rank=s.RankOut(own.place, own.of_people) if own and own.place else None,
        recognised=shown and counts,
        review=_review(view, row),
    )


def _gap(row: Row, placed: Placed | None) -> int | None:
    if placed is None or placed.target is None or row.guess is None:
        return None
    return abs(int(row.guess) - placed.target)


def _removal(row: Row, language: str) -> s.RemovalOut | None:
    if row.removed_at is None:
        return None
    return s.RemovalOut(sentence(row.removal_reason or "", row.removal_note, language), iso(row.removed_at))


def _review(view: View, row: Row) -> list[s.ReviewOut] | None:
    """The right answers and why, once the results are settled, if the rules allow it and no other round needs them."""
    if not view.keys_spent or view.settings.show_answers != "after_settled":
        return None
    answers = rules.choices(row.answers)
    return [
        _looked_at(view.pool[number], answers.get(str(place)), view.language)
        for place, (number, *_) in enumerate(row.drawn, start=1)
    ]


def _looked_at(question: Question, choice: str | None, language: str) -> s.ReviewOut:
    return s.ReviewOut(
        text=in_language(question.text, language),
        form=question.form,
        your=answer_in_words(question, choice, language),
        key=answer_in_words(question, question.key, language) or "",
        right=choice == question.key,
        explanation=in_language(question.explanation, language),
        source=question.source,
    )


# --- what is on the paper -----------------------------------------------------------------------------------------


def on_paper(
    pool: Pool, drawn: Sequence[Drawn], answers: Mapping[str, str]
) -> tuple[dict[str, str], str | None]:
    """The answers in the one way they are written, and why they do not fit the paper that was drawn, or None."""
    found: dict[str, str] = {}
    for place, choice in answers.items():
        if int(place) > len(drawn):
            return {}, "question_not_drawn"
        number, options, matches = drawn[int(place) - 1]
        written = rules.canonical(pool[number].form, options, matches, choice)
        if written is None:
            return {}, "choice_unknown"
        found[place] = written
    return found, None


def right_of(pool: Pool, drawn: Sequence[Drawn], answers: Mapping[str, Any]) -> int:
    keys = {str(place): pool[number].key for place, (number, *_) in enumerate(drawn, start=1)}
    return rules.mark(rules.choices(answers), keys)
