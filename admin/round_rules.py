"""The step of a launch that sets the rules of each round, with the rules people will read beside it."""

import uuid
from dataclasses import dataclass
from typing import Any

import msgspec
from flask import Response, request
from flask.typing import ResponseReturnValue

from admin import campaign_words, setting_fields
from admin.blueprint import blueprint
from admin.campaigns import PREPARERS, rules_of, topics_of
from admin.steps import Fields, Step, open_step, save
from backend import http
from backend.http import guarded, staff_with
from campaigns import campaigns as life
from campaigns.campaigns import Changes
from campaigns.models import Activity, Campaign
from campaigns.registry import kind_named


@dataclass(frozen=True)
class RoundForm:
    """One round's part of the form, and the rules that would come of it."""

    activity: Activity
    open: bool
    fields: list[setting_fields.Field]
    parts: list[str]
    rules: list[str]
    wrong: bool


def _activities(campaign: Campaign) -> list[Activity]:
    return [activity for _, under in life.rounds_of(http.session(), campaign) for activity in under]


def _rules_now(campaign: Campaign) -> Fields:
    fields: Fields = {}
    for activity in _activities(campaign):
        for one in setting_fields.fields_of(kind_named(activity.kind).settings, activity.settings):
            fields[f"{activity.code}.{one.name}"] = activity.settings.get(one.name)
        fields[f"{activity.code}.rules_vi"] = activity.rules.get("vi", "")
        fields[f"{activity.code}.rules_en"] = activity.rules.get("en", "")
        fields[f"{activity.code}.free"] = False
    return fields


def _rules_sent(campaign: Campaign) -> Fields:
    fields = _rules_now(campaign)
    form = request.form.to_dict(flat=False)
    for activity in _activities(campaign):
        if activity.state != "scheduled":
            continue
        here = setting_fields.fields_of(kind_named(activity.kind).settings, activity.settings)
        for name, value in setting_fields.sent(here, form, f"{activity.code}.").items():
            fields[f"{activity.code}.{name}"] = value
        for language in ("vi", "en"):
            name = f"{activity.code}.rules_{language}"
            fields[name] = request.form.get(name, "").replace("\x00", "").replace("\r\n", "\n").strip()[:6000]
        fields[f"{activity.code}.free"] = f"{activity.code}.free" in request.form
    return fields


def _settings(activity: Activity, fields: Fields) -> dict[str, Any]:
    """The activity's settings with what was typed; `free`: drawn from the whole bank, without parts."""
    beginning = f"{activity.code}."
    own = ("rules_vi", "rules_en", "free")
    typed = {
        name.removeprefix(beginning): value
        for name, value in fields.items()
        if name.startswith(beginning) and name.removeprefix(beginning) not in own
    }
    return activity.settings | typed | ({"strata": []} if fields[f"{beginning}free"] else {})


def _rules_changes(campaign: Campaign, sent: Fields) -> Changes:
    waiting = [activity for activity in _activities(campaign) if activity.state == "scheduled"]
    return Changes(
        settings={activity.id: _settings(activity, sent) for activity in waiting},
        rules={activity.id: _rules(activity, sent) for activity in waiting},
    )


def _rules(activity: Activity, fields: Fields) -> dict[str, str]:
    vi, en = fields[f"{activity.code}.rules_vi"], fields[f"{activity.code}.rules_en"]
    return {"vi": vi} | ({"en": en} if en else {})


def _rules_more(campaign: Campaign, fields: Fields) -> dict[str, Any]:
    topics = topics_of(campaign)
    rounds = [_round_form(activity, fields, topics) for activity in _activities(campaign)]
    return {"rounds": rounds, "minutes": setting_fields.minutes}


def _round_form(activity: Activity, fields: Fields, topics: dict[str, Any]) -> RoundForm:
    kind = kind_named(activity.kind)
    wanted = _settings(activity, fields)
    here = setting_fields.fields_of(kind.settings, activity.settings)
    parts = [campaign_words.stratum(row, topics) for row in activity.settings.get("strata", ())]
    try:
        made = kind.rules_in_words(msgspec.convert(wanted, kind.settings))
    except msgspec.ValidationError:
        return RoundForm(activity, activity.state != "scheduled", here, parts, [], wrong=True)
    language = http.language()
    said = _rules(activity, fields)
    lines = [*made.get(language, made["vi"]), *(said.get(language) or said["vi"]).splitlines()]
    frozen = activity.state != "scheduled"
    return RoundForm(
        activity,
        frozen,
        here,
        parts,
        rules_of(activity) if frozen else [x for x in lines if x.strip()],
        wrong=False,
    )


RULES = Step("rules", _rules_now, _rules_sent, _rules_changes, _rules_more, "admin.launch_check")


@blueprint.get("/campaigns/<uuid:campaign_id>/rules")
@guarded(staff_with(*PREPARERS))
def launch_rules(campaign_id: uuid.UUID) -> Response:
    return open_step(RULES, campaign_id)


@blueprint.post("/campaigns/<uuid:campaign_id>/rules")
@guarded(staff_with(*PREPARERS))
def save_rules(campaign_id: uuid.UUID) -> ResponseReturnValue:
    return save(RULES, campaign_id)
