"""The steps of a launch that say who and when, and what all steps share. The same pages edit a campaign afterwards.

What was typed so far is the draft itself, so closing the browser loses nothing. Of two who edit at once the second is
told, sees what the first one saved beside what was typed, and overwrites nothing by accident.
"""

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import campaign_words
from admin.blueprint import actor, blueprint, page
from admin.campaigns import PREPARERS, readable
from backend import clock, http
from backend.errors import N_, DomainError, NotFound
from backend.http import guarded, staff_with
from backend.people.staff import names_of, require_reach
from backend.units.models import TREES
from backend.units.queries import NamedUnit, named_many
from backend.units.trees import subtree
from campaigns import campaigns as life
from campaigns import queries
from campaigns.campaigns import Changes, Document
from campaigns.drafting import ROUNDS_EDITABLE
from campaigns.lifecycle import WrongState
from campaigns.models import Campaign, Phase

NOT_BODIES = ("hamlet", "school_class", "province", "country")
SINGLE, MANY = ("lead", "releasing"), ("coordinating", "organising", "questions", "jury", "secretariat")
LOCAL = "%Y-%m-%dT%H:%M"


class NotADay(DomainError):
    status = 409
    code = "not_a_day"
    sentence = N_("Ngày, giờ viết chưa đúng. Xin chọn lại trong ô ngày giờ.")


def own(campaign_id: uuid.UUID) -> Campaign:
    """Raises ActivityUnknown, NotAllowed."""
    campaign = queries.campaign(http.session(), campaign_id)
    require_reach(http.session(), http.staff(), campaign.owner_unit_id, *PREPARERS)
    return campaign


def uuid_in(text: str) -> uuid.UUID:
    """Raises NotFound."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound from None


def day_in(name: str) -> date | None:
    """Raises NotADay."""
    text = request.values.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise NotADay from None


# --- what the steps share ---------------------------------------------------------------------------------------------------

Fields = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """`present(campaign)` is what the form shows of what is saved, `sent(campaign)` what came with it, under the same
    names; `changes(campaign, sent)` what the editor wants, `more(campaign, shown)` what else the page needs."""

    name: str
    present: Callable[[Campaign], Fields]
    sent: Callable[[Campaign], Fields]
    changes: Callable[[Campaign, Fields], Changes]
    more: Callable[[Campaign, Fields], dict[str, Any]]
    after: str


def _show(
    step: Step, campaign: Campaign, fields: Fields | None = None, error: DomainError | None = None
) -> Response:
    """The page of a step. `fields`: as typed; what is saved by now stands beside where it differs."""
    present = step.present(campaign)
    shown = present if fields is None else fields
    newer = {name: present[name] for name in shown if error and present.get(name) != shown[name]}
    meanwhile = error is not None and error.code == "changed_meanwhile"
    return page(
        f"launch_{step.name}.html",
        error.status if error else 200,
        campaign=campaign,
        step=step.name,
        fields=shown,
        present=present,
        newer=newer if meanwhile else {},
        meanwhile=_last_editor(campaign) if meanwhile else None,
        sentence=http.sentence_of(error) if error and not meanwhile else "",
        words=campaign_words,
        **step.more(campaign, shown),
    )


def _last_editor(campaign: Campaign) -> dict[str, Any]:
    """Who saved last, and when."""
    for entry in life.timeline(http.session(), campaign):
        if entry.noun == "campaign":
            names = names_of(http.session(), [entry.actor] if entry.actor else [])
            return {"name": names.get(entry.actor, "") if entry.actor else "", "at": entry.at}
    return {"name": "", "at": campaign.made_at}


def open_step(step: Step, campaign_id: uuid.UUID) -> Response:
    """Raises ActivityUnknown, NotAllowed, WrongState when nothing of it may be changed any more."""
    campaign = own(campaign_id)
    if campaign.state not in ROUNDS_EDITABLE:
        raise WrongState
    return _show(step, campaign)


def save(step: Step, campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Save, or show the form again with everything that was typed and why it was not saved."""
    campaign = own(campaign_id)
    fields = step.sent(campaign)
    if request.form.get("do") == "look":
        return _show(step, campaign, fields)
    try:
        # A refusal half-way leaves nothing behind.
        with http.session().begin_nested():
            revision = request.form.get("revision", type=int) or 0
            life.edit(http.session(), campaign_id, revision, step.changes(campaign, fields), actor())
    except DomainError as error:
        if error.status != 409:
            raise
        http.session().refresh(campaign)
        return _show(step, campaign, fields, error)
    if campaign.state != "draft":
        flash(gettext("Đã lưu."))
        return redirect(url_for("admin.campaign", campaign_id=campaign_id))
    return redirect(url_for(step.after, campaign_id=campaign_id))


def _text(name: str, most: int) -> str:
    return " ".join(request.form.get(name, "").replace("\x00", "").split())[:most]


# --- step 2: who --------------------------------------------------------------------------------------------------------------


def _who_now(campaign: Campaign) -> Fields:
    bodies = life.bodies_of(http.session(), campaign.id)
    return {
        "title_vi": campaign.title.get("vi", ""),
        "title_en": campaign.title.get("en", ""),
        "summary_vi": campaign.summary.get("vi", ""),
        "summary_en": campaign.summary.get("en", ""),
        "document_number": campaign.document_number or "",
        "document_date": campaign.document_date.isoformat() if campaign.document_date else "",
        "document_title": campaign.document_title or "",
        "themes": ", ".join(campaign.themes),
        "pilot": campaign.stage == "pilot",
        **{part: sorted(str(unit) for unit in bodies.get(part, ())) for part in (*SINGLE, *MANY)},
    }


def _who_sent(_campaign: Campaign) -> Fields:
    texts = {"title_vi": 200, "title_en": 200, "summary_vi": 2000, "summary_en": 2000, "document_number": 60,
             "document_date": 10, "document_title": 300, "themes": 400}  # fmt: skip
    return {
        **{name: _text(name, most) for name, most in texts.items()},
        "pilot": "pilot" in request.form,
        **{part: sorted({unit for unit in request.form.getlist(part) if unit}) for part in (*SINGLE, *MANY)},
    }


def _who_changes(campaign: Campaign, sent: Fields) -> Changes:
    """Raises NotADay, NotFound for a unit that is not among those offered."""
    offered = {str(unit.id) for unit in _candidates(campaign)}
    bodies = {part: [uuid_in(unit) for unit in sent[part] if unit in offered] for part in (*SINGLE, *MANY)}
    themes = [theme.strip()[:40] for theme in sent["themes"].split(",") if theme.strip()][:10]
    return Changes(
        title={"vi": sent["title_vi"], "en": sent["title_en"]},
        summary={"vi": sent["summary_vi"], "en": sent["summary_en"]},
        document=Document(
            sent["document_number"] or None, day_in("document_date"), sent["document_title"] or None
        ),
        themes=list(dict.fromkeys(themes)),
        stage=_stage(campaign, sent["pilot"]),
        bodies=bodies,
    )


def _stage(campaign: Campaign, pilot: bool) -> str | None:
    """A pilot that was evaluated or scaled stays what it is."""
    return None if campaign.stage in ("evaluated", "scaled") else ("pilot" if pilot else "")


def _candidates(campaign: Campaign) -> list[NamedUnit]:
    """The owner and the bodies, agencies, associations, organisations under it, by name; and those chosen already."""
    session, today = http.session(), clock.today()
    ids = {campaign.owner_unit_id}.union(
        *(subtree(session, campaign.owner_unit_id, today, tree) for tree in TREES)
    )
    chosen = {unit for under in life.bodies_of(session, campaign.id).values() for unit in under}
    units = named_many(session, ids | chosen, today).values()
    fitting = [unit for unit in units if unit.kind not in NOT_BODIES or unit.id in chosen]
    return sorted(fitting, key=lambda unit: (unit.id != campaign.owner_unit_id, unit.full_name))


WHO = Step(
    "who",
    _who_now,
    _who_sent,
    _who_changes,
    lambda campaign, _: {"units": _candidates(campaign), "many_parts": MANY},
    "admin.launch_when",
)


@blueprint.get("/campaigns/<uuid:campaign_id>/who")
@guarded(staff_with(*PREPARERS))
def launch_who(campaign_id: uuid.UUID) -> Response:
    return open_step(WHO, campaign_id)


@blueprint.post("/campaigns/<uuid:campaign_id>/who")
@guarded(staff_with(*PREPARERS))
def save_who(campaign_id: uuid.UUID) -> ResponseReturnValue:
    return save(WHO, campaign_id)


# --- step 3: when ---------------------------------------------------------------------------------------------------------------


def _phases(campaign: Campaign) -> list[tuple[Phase, bool]]:
    """Rounds in order, and whether their dates may still be moved."""
    rounds = life.rounds_of(http.session(), campaign)
    return [(phase, all(activity.state == "scheduled" for activity in under)) for phase, under in rounds]


def _when_now(campaign: Campaign) -> Fields:
    fields: Fields = {}
    for phase, _ in _phases(campaign):
        fields[f"opens_{phase.number}"] = phase.opens_at.astimezone(clock.VIETNAM).strftime(LOCAL)
        fields[f"closes_{phase.number}"] = phase.closes_at.astimezone(clock.VIETNAM).strftime(LOCAL)
    return fields


def _when_sent(campaign: Campaign) -> Fields:
    """As typed; asked to look, all rounds that may move are moved so that the first begins on the day given."""
    names = [
        f"{end}_{phase.number}"
        for phase, movable in _phases(campaign)
        if movable
        for end in ("opens", "closes")
    ]
    sent = _when_now(campaign) | {name: _text(name, 16) for name in names}
    if request.form.get("do") == "look" and names:
        with suppress(NotADay):  # what cannot be read stays as it was typed
            begins = day_in("begins")
            by = begins - _moment(sent[names[0]]).date() if begins else timedelta()
            return sent | {name: (_moment(sent[name]) + by).strftime(LOCAL) for name in names}
    return sent


def _moment(text: str) -> datetime:
    """Raises NotADay."""
    try:
        return datetime.strptime(text, LOCAL).replace(tzinfo=clock.VIETNAM)
    except ValueError:
        raise NotADay from None


def _when_changes(campaign: Campaign, sent: Fields) -> Changes:
    dates = {
        phase.id: (_moment(sent[f"opens_{phase.number}"]), _moment(sent[f"closes_{phase.number}"]))
        for phase, movable in _phases(campaign)
        if movable
    }
    return Changes(dates=dates)


WHEN = Step(
    "when",
    _when_now,
    _when_sent,
    _when_changes,
    lambda campaign, _: {"phases": _phases(campaign)},
    "admin.launch_rules",
)


@blueprint.get("/campaigns/<uuid:campaign_id>/when")
@guarded(staff_with(*PREPARERS))
def launch_when(campaign_id: uuid.UUID) -> Response:
    return open_step(WHEN, campaign_id)


@blueprint.post("/campaigns/<uuid:campaign_id>/when")
@guarded(staff_with(*PREPARERS))
def save_when(campaign_id: uuid.UUID) -> ResponseReturnValue:
    return save(WHEN, campaign_id)


# --- step 5: one more look -----------------------------------------------------------------------------------------------------------


@blueprint.get("/campaigns/<uuid:campaign_id>/check")
@guarded(staff_with(*PREPARERS))
def launch_check(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """The last step is the campaign's own page, which says what is missing and who releases it."""
    return redirect(url_for("admin.campaign", campaign_id=readable(campaign_id).id, _anchor="release"))
