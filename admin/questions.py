"""Editing a question: the form by the question's kind, and what becomes of two editors at once."""

import uuid
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.bank import Bank, key_in_words, note_key_read, opened, vocabulary
from admin.blueprint import actor, blueprint, page
from admin.forms import refusal_of, typed
from backend import http
from backend.errors import DomainError, NotAllowed
from backend.http import guarded, staff_with, writes_on_read
from backend.people.staff import KEY_READERS
from campaigns.contest import bank as questions
from campaigns.contest.bank import ChangedMeanwhile
from campaigns.contest.models import ContestQuestion


@blueprint.get("/campaigns/<uuid:campaign_id>/bank/questions/<code>/edit")
@writes_on_read
@guarded(staff_with(*KEY_READERS))
def edit_question(campaign_id: uuid.UUID, code: str) -> Response:
    """Raises NotFound, NotAllowed."""
    one = _for_editing(campaign_id)
    row = questions.revisions(http.session(), campaign_id, code)[0]
    note_key_read(one, row)
    return _form(one, row, _values(row))


def _for_editing(campaign_id: uuid.UUID) -> Bank:
    one = opened(campaign_id)
    if not one.may_edit:
        raise NotAllowed
    return one


def _form(
    one: Bank, row: ContestQuestion, values: dict[str, Any], error: DomainError | None = None
) -> Response:
    """`row`: the question as it stands now; `values`: what the fields hold."""
    topics = sorted({*one.topics, *questions.counted(http.session(), one.campaign.id).topics})
    return page(
        "question_edit.html",
        error.status if error else 200,
        bank=one,
        question=row,
        values=values,
        topics=topics,
        key=key_in_words(row),
        sentence=http.sentence_of(error) if error else "",
        other=isinstance(error, ChangedMeanwhile),
        words=vocabulary(),
        most=questions.MOST_WORDS,
    )


@blueprint.post("/campaigns/<uuid:campaign_id>/bank/questions/<code>/edit")
@guarded(staff_with(*KEY_READERS))
def save_question(campaign_id: uuid.UUID, code: str) -> ResponseReturnValue:
    """The next revision. Whoever was slower sees the newer text beside their own, of which nothing is lost."""
    one, session = _for_editing(campaign_id), http.session()
    before = questions.revisions(session, campaign_id, code)[0]
    values, revision = _sent(before), request.form.get("revision", -1, type=int)
    error = refusal_of(lambda: questions.revise(session, one.campaign, code, revision, values, actor()))
    if error:
        row = questions.revisions(session, campaign_id, code)[0]
        note_key_read(one, row)
        return _form(one, row, values, error)
    flash(gettext("Đã lưu bản mới của câu hỏi. Bản cũ được giữ trong lịch sử."))
    return redirect(url_for("admin.question", campaign_id=campaign_id, code=code))


def _values(row: ContestQuestion) -> dict[str, Any]:
    return {name: getattr(row, name) for name in questions.EDITED} | {"marks": _marks(row)}


def _marks(row: ContestQuestion) -> dict[str, str]:
    """Option -> what stands beside it in the form: a place, a match, or a mark that it is right."""
    parts = row.key.split(",")
    if row.form == "ordering":
        return {code: str(place) for place, code in enumerate(parts, start=1)}
    return {code: match for code, _, match in (part.partition(":") for part in parts)}


def _sent(row: ContestQuestion) -> dict[str, Any]:
    """The fields as they were filled in, in the shape the bank keeps them."""
    difficulty = request.form.get("difficulty", type=int)
    return {
        "topic": typed("topic", 40) or row.topic,
        "difficulty": difficulty if difficulty in (1, 2, 3) else row.difficulty,
        "text": _words("text", 2000),
        "options": [{"code": o["code"]} | _words(f"option-{o['code']}", 600) for o in row.options],
        "matches": [{"code": m["code"]} | _words(f"match-{m['code']}", 600) for m in row.matches or []],
        "key": _key(row),
        "marks": _sent_marks(row),
        "explanation": _words("explanation", 2000),
        "source": typed("source", 1000),
    }


def _words(name: str, most: int) -> dict[str, str]:
    vi, en = typed(f"{name}-vi", most), typed(f"{name}-en", most)
    return {"vi": vi} | ({"en": en} if en else {})


def _key(row: ContestQuestion) -> str:
    """As the bank writes keys; what was not chosen makes a key that fits nothing, and is refused there."""
    codes = [option["code"] for option in row.options]
    if row.form == "ordering":
        places = {code: request.form.get(f"place-{code}", 0, type=int) for code in codes}
        return ",".join(sorted(codes, key=lambda code: places[code])) if _is_order(places) else ""
    if row.form == "matching":
        pairs = {code: typed(f"pair-{code}", 4) for code in codes}
        return ",".join(f"{code}:{match}" for code, match in pairs.items() if match)
    return ",".join(code[:4] for code in request.form.getlist("key")[: len(codes)])


def _sent_marks(row: ContestQuestion) -> dict[str, str]:
    if row.form in ("ordering", "matching"):
        name = "place" if row.form == "ordering" else "pair"
        return {option["code"]: typed(f"{name}-{option['code']}", 4) for option in row.options}
    return dict.fromkeys(request.form.getlist("key"), "")


def _is_order(places: dict[str, int]) -> bool:
    return sorted(places.values()) == list(range(1, len(places) + 1))
