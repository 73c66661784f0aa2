"""Campaigns in the console: the list, one campaign with what is missing and what was done, and the steps of its life."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from admin import campaign_words, shown
from admin.audit import DEEDS
from admin.blueprint import BANK_ROLES, actor, blueprint, page
from admin.figures import visible_activity
from admin.plans import STATES as TASK_STATES
from admin.plans import tasks_beside
from backend import clock, http
from backend.errors import NotAllowed
from backend.http import guarded, staff_with
from backend.media.poster import Poster, poster
from backend.people.staff import names_of, reach, require_reach
from backend.safeguards.audit import Actor
from backend.safeguards.models import AuditEntry
from backend.units.queries import NamedUnit, named, named_many
from backend.units.trees import subtree
from campaigns import campaigns as life
from campaigns import queries
from campaigns.contest import bank
from campaigns.lifecycle import full_rules
from campaigns.models import Activity, Campaign, Phase
from campaigns.pack import Pack, PackInvalid
from campaigns.pack import store as packs

PREPARERS = ("campaign_admin",)
RELEASERS = ("campaign_releaser", "unit_head")
KEEPERS = (*PREPARERS, *RELEASERS)
INSIDE = (*KEEPERS, "question_editor", "party_office", "inspector")
"""Roles on the owner that see a campaign before it is released."""


@dataclass(frozen=True)
class Listed:
    campaign: Campaign
    owner: NamedUnit
    rounds: int
    opened: int
    next_day: Any
    missing: int


@dataclass(frozen=True)
class Line:
    """One entry of the timeline in words."""

    entry: AuditEntry
    who: str
    deed: str
    why: str


@blueprint.get("/campaigns")
@guarded(staff_with())
def campaigns() -> Response:
    """Every campaign this member may see, by state; what waits for somebody stands first."""
    session = http.session()
    seen = [one for one in life.campaigns(session, _owners_above()) if _may_read(one)]
    owners = named_many(session, {one.owner_unit_id for one in seen}, clock.today())
    groups = {
        state: [_listed(one, owners) for one in seen if one.state == state] for state in campaign_words.ORDER
    }
    return page(
        "campaigns.html", groups=groups, words=campaign_words, may_prepare=http.staff().holds(*PREPARERS)
    )


def _owners_above() -> set[uuid.UUID]:
    """Units whose campaigns may concern this member: all owners there are, filtered one by one afterwards."""
    return life.owners(http.session())


def _may_read(campaign: Campaign) -> bool:
    """The owner's own people see a draft; whoever has a unit taking part sees what was released."""
    session, member = http.session(), http.staff()
    if campaign.owner_unit_id in reach(session, member, *INSIDE):
        return True
    if campaign.state == "draft":
        return False
    return bool(reach(session, member) & subtree(session, campaign.owner_unit_id, clock.today()))


def _listed(campaign: Campaign, owners: dict[uuid.UUID, NamedUnit]) -> Listed:
    rounds = life.rounds_of(http.session(), campaign)
    opened = sum(any(activity.state != "scheduled" for activity in under) for _, under in rounds)
    waiting = [phase.opens_at for phase, under in rounds if all(a.state == "scheduled" for a in under)]
    return Listed(
        campaign=campaign,
        owner=owners[campaign.owner_unit_id],
        rounds=len(rounds),
        opened=opened,
        next_day=min(waiting, default=None),
        missing=len(life.missing(http.session(), campaign)) if campaign.state == "draft" else 0,
    )


def readable(campaign_id: uuid.UUID) -> Campaign:
    """Raises ActivityUnknown, NotAllowed."""
    campaign = queries.campaign(http.session(), campaign_id)
    if not _may_read(campaign):
        raise NotAllowed
    return campaign


def holds_here(campaign: Campaign, *roles: str) -> bool:
    return campaign.owner_unit_id in reach(http.session(), http.staff(), *roles)


# --- one campaign -----------------------------------------------------------------------------------------------------


@blueprint.get("/campaigns/<uuid:campaign_id>")
@guarded(staff_with())
def campaign(campaign_id: uuid.UUID) -> Response:
    """Rounds, bodies, document, what the bank holds, what is missing before the release, and who did what."""
    session, found = http.session(), readable(campaign_id)
    return page(
        "campaign.html",
        campaign=found,
        owner=named(session, found.owner_unit_id, clock.today()),
        rounds=[
            (phase, [(a, rules_of(a)) for a in under]) for phase, under in life.rounds_of(session, found)
        ],
        bodies=named_bodies(found),
        counted=bank.counted(session, found.id),
        topics=topics_of(found),
        missing=life.missing(session, found) if found.state in ("draft", "scheduled") else [],
        lines=_lines(found),
        names=names_of(session, {one for one in (found.prepared_by, found.released_by) if one}),
        next_stage=life.next_stage(found.stage),
        may_prepare=holds_here(found, *PREPARERS),
        may_release=holds_here(found, *RELEASERS),
        may_read_bank=holds_here(found, *BANK_ROLES),
        tied=tasks_beside("campaign", str(found.id)),
        task_states=TASK_STATES,
        words=campaign_words,
    )


def rules_of(activity: Activity) -> list[str]:
    """The rules as people read them, line by line: frozen ones once open."""
    rules = full_rules(activity)
    return [line for line in (rules.get(http.language()) or rules["vi"]).splitlines() if line.strip()]


def named_bodies(found: Campaign) -> dict[str, list[NamedUnit]]:
    """part -> units by name, in the order of the parts."""
    bodies = life.bodies_of(http.session(), found.id)
    units = named_many(http.session(), {unit for under in bodies.values() for unit in under}, clock.today())
    return {
        part: sorted((units[unit] for unit in bodies[part] if unit in units), key=lambda unit: unit.name)
        for part in campaign_words.PARTS
        if part in bodies
    }


def topics_of(found: Campaign) -> dict[str, Any]:
    """What the bank's topics are called, as far as a pack of that name is still at hand; the very same one first."""
    named_so = [pack for _, pack in packs_at_hand() if pack.code == found.pack]
    same = [pack for pack in named_so if pack.digest == found.pack_digest]
    return (same or named_so)[0].topics if named_so else {}


def packs_at_hand() -> list[tuple[str, Pack]]:
    """Folder name and pack of every pack that can be read."""
    found = []
    for folder in packs.at_hand(http.services().settings.data):
        with suppress(PackInvalid):
            found.append((folder.name, packs.read_once(folder)))
    return found


def _lines(found: Campaign) -> list[Line]:
    rows = life.timeline(http.session(), found)
    names = names_of(http.session(), {row.actor for row in rows if row.actor})
    return [
        Line(
            entry=row,
            who=names.get(row.actor, "") if row.actor else "",
            deed=gettext(DEEDS[row.deed]) if row.deed in DEEDS else row.deed,
            why=campaign_words.reason(row.deed, row.reason),
        )
        for row in rows
    ]


# --- the steps of its life ----------------------------------------------------------------------------------------------

Deed = Callable[[Session, uuid.UUID, Actor], object]


@blueprint.post("/campaigns/<uuid:campaign_id>/release")
@guarded(staff_with(*RELEASERS))
def release_campaign(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Released as it was looked at: if somebody edited it meanwhile, it has to be looked at again."""
    seen = request.form.get("revision", type=int) or 0
    return _do(campaign_id, lambda s, c, a: life.release(s, c, a, seen), RELEASERS,
               gettext("Đã phát hành. Các đợt sẽ tự mở đúng ngày giờ đã đặt."))  # fmt: skip


@blueprint.post("/campaigns/<uuid:campaign_id>/withdraw")
@guarded(staff_with(*RELEASERS))
def withdraw_campaign(campaign_id: uuid.UUID) -> ResponseReturnValue:
    return _do(
        campaign_id,
        _because(life.withdraw),
        RELEASERS,
        gettext("Đã thu lại về bản nháp. Người dân không còn thấy cuộc vận động này."),
    )


@blueprint.post("/campaigns/<uuid:campaign_id>/pause")
@guarded(staff_with(*KEEPERS))
def pause_campaign(campaign_id: uuid.UUID) -> ResponseReturnValue:
    return _do(
        campaign_id,
        _because(life.pause),
        KEEPERS,
        gettext("Đã tạm dừng. Bài đang làm vẫn được làm nốt; không ai bắt đầu bài mới."),
    )


@blueprint.post("/campaigns/<uuid:campaign_id>/resume")
@guarded(staff_with(*KEEPERS))
def resume_campaign(campaign_id: uuid.UUID) -> ResponseReturnValue:
    return _do(campaign_id, life.resume, KEEPERS, gettext("Cuộc vận động đã tiếp tục."))


@blueprint.post("/campaigns/<uuid:campaign_id>/close")
@guarded(staff_with(*KEEPERS))
def close_campaign(campaign_id: uuid.UUID) -> ResponseReturnValue:
    return _do(campaign_id, life.close, KEEPERS, gettext("Đã đóng. Đợt chưa mở sẽ không mở nữa."))


@blueprint.post("/campaigns/<uuid:campaign_id>/archive")
@guarded(staff_with(*KEEPERS))
def archive_campaign(campaign_id: uuid.UUID) -> ResponseReturnValue:
    return _do(campaign_id, life.archive, KEEPERS, gettext("Đã lưu trữ."))


@blueprint.post("/campaigns/<uuid:campaign_id>/stage")
@guarded(staff_with(*KEEPERS))
def advance_campaign(campaign_id: uuid.UUID) -> ResponseReturnValue:
    stage, why = request.form.get("stage", ""), typed("reason")
    return _do(
        campaign_id, lambda s, c, a: life.advance(s, c, stage, why, a), KEEPERS, gettext("Đã ghi lại.")
    )


@blueprint.post("/campaigns/<uuid:campaign_id>/discard")
@guarded(staff_with(*PREPARERS))
def discard_campaign(campaign_id: uuid.UUID) -> ResponseReturnValue:
    _do(campaign_id, life.discard, PREPARERS, gettext("Đã xóa bản nháp."))
    return redirect(url_for("admin.campaigns"))


def _because(deed: Callable[[Session, uuid.UUID, Actor, str], object]) -> Deed:
    why = typed("reason")
    return lambda session, campaign_id, who: deed(session, campaign_id, who, why)


def typed(name: str, most: int = 500) -> str:
    """What stands in a field of the form, without what a database cannot keep."""
    return request.form.get(name, "").replace("\x00", "").strip()[:most]


def _do(campaign_id: uuid.UUID, deed: Deed, roles: tuple[str, ...], sentence: str) -> ResponseReturnValue:
    """Raises ActivityUnknown, NotAllowed, and what the deed itself refuses."""
    found = queries.campaign(http.session(), campaign_id)
    require_reach(http.session(), http.staff(), found.owner_unit_id, *roles)
    deed(http.session(), campaign_id, actor())
    flash(sentence)
    return redirect(url_for("admin.campaign", campaign_id=campaign_id))


# --- the poster ---------------------------------------------------------------------------------------------------------


@blueprint.get("/activities/<uuid:activity_id>/poster.png")
@guarded(staff_with())
def activity_poster(activity_id: uuid.UUID) -> Response:
    """A poster of one activity to print or to send, A4 unless ?paper=A3."""
    found, of = visible_activity(activity_id)
    said = Poster(
        title=of.title["vi"]
        if of.title["vi"] in found.title["vi"]
        else f"{of.title['vi']}. {found.title['vi']}",
        who=_who(found),
        when=_when(http.session().get_one(Phase, found.phase_id)),
        url=f"{request.host_url}app/",
        issuer=shown.capital(named(http.session(), of.owner_unit_id, clock.today()).full_name),
        summary=of.summary["vi"],
        document=_document(of),
        sample=http.services().settings.demo,
    )
    answer = Response(poster(said, "A3" if request.args.get("paper") == "A3" else "A4"), mimetype="image/png")
    answer.headers["Content-Disposition"] = f'inline; filename="ap-phich-{found.code}.png"'
    return answer


def _who(found: Activity) -> str:
    floor = found.settings_in_force.get("age_floor", 0)
    return f"Mọi người từ {floor} tuổi trở lên" if floor else "Mọi người"


def _when(phase: Phase) -> str:
    return f"Từ {_local(phase.opens_at)} đến {_local(phase.closes_at)}"


def _local(moment: Any) -> str:
    return str(moment.astimezone(clock.VIETNAM).strftime("%H:%M ngày %d/%m/%Y"))


def _document(of: Campaign) -> str:
    if not of.document_number or not of.document_date:
        return ""
    return f"Theo văn bản số {of.document_number} ngày {of.document_date:%d/%m/%Y}"
