"""The question bank of a campaign: what is in it, a question as contestants see it, its history, and a sample paper.

The question team sees the keys at any time, each look on the trail. Organisers see the questions as contestants do; the
keys only once no round is left to be run or settled. Others have no business here.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from flask_babel import gettext

from admin import shown
from admin.blueprint import BANK_ROLES, actor, blueprint, page
from backend import clock, http
from backend.db.base import new_id
from backend.errors import N_, NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.people.staff import KEY_READERS, names_of, reach, require_reach
from backend.safeguards.audit import note
from backend.units.queries import NamedUnit, named_many
from campaigns import campaigns as life
from campaigns import queries
from campaigns.contest import bank as questions
from campaigns.contest.models import ContestQuestion
from campaigns.contest.pool import Picture, answer_in_words, as_question, pictures_of
from campaigns.contest.schemas import ContestSettings
from campaigns.models import Activity, Campaign
from campaigns.pack import PackInvalid
from campaigns.pack import store as packs
from campaigns.registry import kind_named

KEY_READ = "question.read_key"
PAGE = 50
FORMS = {
    "single": N_("Chọn một"),
    "several": N_("Chọn nhiều"),
    "true_false": N_("Đúng hay sai"),
    "ordering": N_("Sắp xếp"),
    "matching": N_("Ghép đôi"),
}
DIFFICULTIES = {1: N_("Dễ"), 2: N_("Vừa"), 3: N_("Khó")}
VERDICTS = {"ok": N_("Đạt, không phải sửa"), "corrected": N_("Đã sửa sau khi đọc lại")}

Words = dict[str, str]


@dataclass(frozen=True)
class Bank:
    """A campaign's bank as this member may see it."""

    campaign: Campaign
    may_edit: bool
    sees_keys: bool
    is_frozen: bool
    topics: dict[str, Words]
    pictures: dict[str, Picture]

    def topic(self, code: str) -> str:
        return shown.words(self.topics[code]) if code in self.topics else code


def opened(campaign_id: uuid.UUID) -> Bank:
    """Raises ActivityUnknown, NotAllowed."""
    session, member = http.session(), http.staff()
    campaign = queries.campaign(session, campaign_id)
    require_reach(session, member, campaign.owner_unit_id, *BANK_ROLES)
    edits = campaign.owner_unit_id in reach(session, member, *KEY_READERS)
    return Bank(
        campaign=campaign,
        may_edit=edits,
        sees_keys=edits or questions.keys_are_open(session, campaign),
        is_frozen=questions.is_frozen(session, campaign.id),
        topics=_topics(campaign),
        pictures=pictures_of(session, campaign.id),
    )


def _topics(campaign: Campaign) -> dict[str, Words]:
    """What the pack calls its topics; nothing where the pack is no longer at hand."""
    folder = packs.named(http.services().settings.data, campaign.pack) if campaign.pack else None
    try:
        part = packs.read_once(folder).parts.get("contest") if folder else None
    except PackInvalid:
        return {}
    return part.topics if part else {}


# --- banks, and one bank ---------------------------------------------------------------------------------------------


@blueprint.get("/bank")
@guarded(staff_with(*BANK_ROLES))
def banks() -> Response:
    """The banks of the campaigns this member organises or writes questions for."""
    session = http.session()
    found = life.campaigns(session, reach(session, http.staff(), *BANK_ROLES))
    owners: dict[uuid.UUID, NamedUnit] = named_many(
        session, {one.owner_unit_id for one in found}, clock.today()
    )
    rows = [
        (one, owners[one.owner_unit_id], questions.counted(session, one.id)) for one in found if _rounds(one)
    ]
    return page("banks.html", rows=rows)


@blueprint.get("/campaigns/<uuid:campaign_id>/bank")
@guarded(staff_with(*BANK_ROLES))
def bank(campaign_id: uuid.UUID) -> Response:
    """The questions by topic, difficulty and form. No key stands in the list."""
    one, session, chosen = opened(campaign_id), http.session(), _chosen()
    found = questions.in_force(
        session, one.campaign.id, chosen["topic"], chosen["difficulty"], chosen["form"]
    )
    if chosen["reading"]:
        found = [question for question in found if question.reading is None]
    number = min(max(request.args.get("page", 1, type=int), 1), -(-len(found) // PAGE) or 1)
    return page(
        "bank.html",
        bank=one,
        counted=questions.counted(session, one.campaign.id),
        found=found[(number - 1) * PAGE : number * PAGE],
        how_many=len(found),
        number=number,
        more=number * PAGE < len(found),
        chosen=chosen,
        rounds=_rounds(one.campaign),
        words=vocabulary(),
    )


def _chosen() -> dict[str, Any]:
    """The filters as they were asked for; what makes no sense filters nothing."""
    difficulty = request.args.get("difficulty", type=int)
    form, reading = request.args.get("form"), request.args.get("reading")
    topic = request.args.get("topic", "").replace("\x00", "")[:40]
    return {
        "topic": topic or None,
        "difficulty": difficulty if difficulty in DIFFICULTIES else None,
        "form": form if form in FORMS else None,
        "reading": "none" if reading == "none" else None,
    }


def _rounds(campaign: Campaign) -> list[Activity]:
    """The rounds that draw from the bank; a campaign may hold other activities too."""
    every = [activity for _, under in life.rounds_of(http.session(), campaign) for activity in under]
    return [activity for activity in every if kind_named(activity.kind).settings is ContestSettings]


def vocabulary() -> dict[str, Any]:
    return {"forms": FORMS, "difficulties": DIFFICULTIES, "verdicts": VERDICTS}


# --- one question ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Revision:
    """One revision of a question in its history: who made it, and what it changed. `key` only for who may know it."""

    row: ContestQuestion
    by: str
    changed: list[str]
    key: str | None


CHANGED = {
    "topic": N_("chủ đề"),
    "difficulty": N_("độ khó"),
    "text": N_("câu hỏi"),
    "options": N_("phương án"),
    "matches": N_("vế ghép"),
    "key": N_("đáp án"),
    "explanation": N_("lời giải thích"),
    "source": N_("nguồn"),
}
KEPT_BACK = ("key", "explanation", "source")


@blueprint.get("/campaigns/<uuid:campaign_id>/bank/questions/<code>")
@writes_on_read
@guarded(staff_with(*BANK_ROLES))
def question(campaign_id: uuid.UUID, code: str) -> Response:
    """A question as contestants see it, in both languages; its key, reading and history for who may know them."""
    one, session = opened(campaign_id), http.session()
    rows = questions.revisions(session, campaign_id, code)
    if one.sees_keys:
        note_key_read(one, rows[0])
    return page(
        "question.html",
        bank=one,
        question=rows[0],
        drawn=questions.as_drawn(rows[0]),
        key=key_in_words(rows[0]) if one.sees_keys else None,
        history=_history(one, rows),
        words=vocabulary(),
    )


def note_key_read(one: Bank, row: ContestQuestion) -> None:
    unit = one.campaign.owner_unit_id
    note(http.session(), actor(), KEY_READ, "question", row.id, unit=unit, reason=row.code, is_read=True)


def key_in_words(row: ContestQuestion) -> Words:
    plain = as_question(row)
    return {language: answer_in_words(plain, row.key, language) or "" for language in ("vi", "en")}


def _history(one: Bank, rows: list[ContestQuestion]) -> list[Revision]:
    """Newest first; what an edit did to a key is no business of who may not see keys."""
    names = names_of(http.session(), {row.made_by for row in rows if row.made_by})
    return [
        Revision(
            row=row,
            by=names.get(row.made_by, "") if row.made_by else gettext("gói câu hỏi"),
            changed=_changed(one, row, before) if before else [],
            key=shown.words(key_in_words(row)) if one.sees_keys else None,
        )
        for row, before in zip(rows, [*rows[1:], None], strict=True)
    ]


def _changed(one: Bank, row: ContestQuestion, before: ContestQuestion) -> list[str]:
    return [
        gettext(label)
        for name, label in CHANGED.items()
        if getattr(row, name) != getattr(before, name) and (one.sees_keys or name not in KEPT_BACK)
    ]


# --- a sample paper --------------------------------------------------------------------------------------


@blueprint.get("/campaigns/<uuid:campaign_id>/bank/sample")
@guarded(staff_with(*BANK_ROLES))
def sample_paper(campaign_id: uuid.UUID) -> Response:
    """A paper as chance could give it to somebody, without a key in it for anybody. Raises NotFound."""
    one, rounds = opened(campaign_id), _rounds(queries.campaign(http.session(), campaign_id))
    asked = request.args.get("activity", "")
    activity = next((each for each in rounds if str(each.id) == asked), rounds[0] if rounds else None)
    if activity is None:
        raise NotFound
    seed = _seed()
    return page(
        "sample.html",
        bank=one,
        rounds=rounds,
        activity=activity,
        paper=questions.sample(http.session(), activity, seed),
        seed=seed,
        words=vocabulary(),
    )


def _seed() -> uuid.UUID:
    try:
        return uuid.UUID(request.args.get("seed", ""))
    except ValueError:
        return new_id()
