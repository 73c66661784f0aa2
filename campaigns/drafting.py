"""Preparing a campaign: a draft from a pack, and its edits."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_, DomainError
from backend.participation import changes as phones
from backend.participation.lease import hold, shut_gate
from backend.people.errors import ChangedMeanwhile
from backend.safeguards.audit import Actor, note
from campaigns import common_launch, given_pack
from campaigns.lifecycle import WrongState
from campaigns.models import PARTS, Activity, Campaign, CampaignBody, CampaignPicture, Phase
from campaigns.pack import Pack, Round
from campaigns.pack.store import put_pictures
from campaigns.queries import ActivityUnknown
from campaigns.readiness import missing
from campaigns.registry import PACK_PARTS, kind_named

OPENS, CLOSES = time(7), time(21)
"""A round opens in the morning and closes at a quiet hour of the evening, Vietnam time."""
EDITABLE = ("draft", "scheduled")
ROUNDS_EDITABLE = ("draft", "scheduled", "running", "paused")
"""A round that has not opened may still be changed while others run."""

Dates = tuple[datetime, datetime]
Bodies = Mapping[str, Sequence[uuid.UUID]]
"""part -> units"""


class DatesWrong(DomainError):
    status = 409
    code = "dates_wrong"
    sentence = N_("Giờ đóng phải sau giờ mở. Xin chọn lại ngày, giờ của %(title)s.")


class RoundOpen(DomainError):
    status = 409
    code = "round_open"
    sentence = N_("%(title)s đã mở nên thể lệ và ngày giờ không sửa được nữa.")


class SettingsWrong(DomainError):
    status = 409
    code = "settings_wrong"
    sentence = N_("Thể lệ của %(title)s có mục chưa đúng. Xin xem lại các số đã nhập.")


class WordsMissing(DomainError):
    status = 409
    code = "words_missing"
    sentence = N_("Tên và lời giới thiệu tiếng Việt không được để trống.")


class NotReady(DomainError):
    status = 409
    code = "campaign_not_ready"
    sentence = N_(
        "Cuộc vận động còn thiếu %(count)s việc nên chưa phát hành được. Xin xem danh sách việc cần làm."
    )


class WasReleased(DomainError):
    status = 409
    code = "was_released"
    sentence = N_("Cuộc vận động đã từng được phát hành nên được giữ lại, không xóa được.")


@dataclass(frozen=True)
class Document:
    """The paper that launches a campaign."""

    number: str | None = None
    on: date | None = None
    title: str | None = None


@dataclass(frozen=True)
class Changes:
    """What an editor wants changed; None or left out means as it was. `dates` by phase, the rest by activity.

    `stage` '' : not a pilot.
    """

    title: dict[str, str] | None = None
    summary: dict[str, str] | None = None
    document: Document | None = None
    themes: Sequence[str] | None = None
    stage: str | None = None
    bodies: Bodies | None = None
    dates: Mapping[uuid.UUID, Dates] = field(default_factory=dict)
    settings: Mapping[uuid.UUID, dict[str, Any]] = field(default_factory=dict)
    rules: Mapping[uuid.UUID, dict[str, str]] = field(default_factory=dict)


# --- a draft from a pack ------------------------------------------------------------------------------------------


def dates_of(pack: Pack, begins: date) -> list[Dates]:
    """When the pack's rounds open and close if the campaign begins on that day."""

    def at(day: int, hour: time) -> datetime:
        return datetime.combine(begins + timedelta(days=day), hour, clock.VIETNAM)

    return [(at(r.opens_day, OPENS), at(r.closes_day, CLOSES)) for r in pack.rounds]


def prepare(
    session: Session,
    pack: Pack,
    owner: uuid.UUID,
    dates: Sequence[Dates],
    actor: Actor,
    *,
    document: Document | None = None,
    bodies: Bodies | None = None,
    themes: Sequence[str] | None = None,
    stage: str | None = None,
) -> Campaign:
    """A draft with the pack's rounds, its question banks and pictures. `dates`: one pair per round.

    A pack with a `common` section brings its dates itself. Raises DatesWrong, CommonRunsAlready.
    """
    document = document or Document()
    dates = common_launch.dates_of(pack) or dates
    campaign = Campaign(
        code=_free_code(session, pack.code),
        kind=pack.kind,
        title=pack.title,
        summary=pack.summary,
        owner_unit_id=owner,
        counts_by=pack.counts_by,
        population=pack.population,
        made_at=clock.now(),
        document_number=document.number,
        document_date=document.on,
        document_title=document.title,
        themes=list(pack.themes if themes is None else themes),
        stage=stage or None,
        pack=pack.code,
        pack_version=pack.version,
        pack_digest=pack.digest,
        prepared_by=actor.id,
    )
    session.add(campaign)
    session.flush()  # everything below hangs on its id
    _put_bodies(session, campaign, {"lead": [owner], "releasing": [owner]} if bodies is None else bodies)
    for number, (round_, when) in enumerate(zip(pack.rounds, dates, strict=True), start=1):
        _put_round(session, campaign, number, round_, when)
    for kind in pack.parts:
        kind_named(kind).unpack(session, campaign, pack)
    common_launch.bind(session, campaign, pack)
    if pack.cover:
        put_pictures(session, campaign, pack, [pack.cover])
    note(
        session,
        actor,
        "campaign.prepare",
        "campaign",
        campaign.id,
        unit=owner,
        reason=f"{pack.code} v{pack.version}",
    )
    return campaign


def _free_code(session: Session, pack: str) -> str:
    """The pack's own code for the first campaign made from it, then with a number."""
    hold(session, "campaign.code")
    taken = set(
        session.scalars(select(Campaign.code).where(Campaign.code.startswith(pack[:50], autoescape=True)))
    )
    candidates = (pack if n == 1 else f"{pack[:50]}-{n}" for n in range(1, len(taken) + 2))
    return next(code for code in candidates if code not in taken)


def _put_bodies(session: Session, campaign: Campaign, bodies: Bodies) -> None:
    session.execute(delete(CampaignBody).where(CampaignBody.campaign_id == campaign.id))
    session.add_all(
        CampaignBody(campaign_id=campaign.id, part=part, unit_id=unit)
        for part in PARTS
        for unit in dict.fromkeys(bodies.get(part, ()))
    )


def _put_round(session: Session, campaign: Campaign, number: int, round_: Round, when: Dates) -> None:
    _check_dates(when, round_.title)
    phase = Phase(
        campaign_id=campaign.id, number=number, title=round_.title, opens_at=when[0], closes_at=when[1]
    )
    session.add(phase)
    session.flush()  # its activities need its id
    session.add_all(
        Activity(
            campaign_id=campaign.id,
            phase_id=phase.id,
            code=activity.code,
            kind=activity.kind,
            title=activity.title,
            rules=activity.rules,
            settings=activity.settings,
            opens_at=when[0],
            closes_at=when[1],
        )
        for activity in round_.activities
    )


def _check_dates(when: Dates, title: dict[str, Any]) -> None:
    if when[1] <= when[0]:
        raise DatesWrong(title=title["vi"])


# --- alone with a campaign ------------------------------------------------------------------------------------------


def alone_with(
    session: Session, campaign_id: uuid.UUID, states: Sequence[str], revision: int | None = None
) -> Campaign:
    """Nobody opens, closes, edits or releases anything of it until we commit.

    Raises ActivityUnknown, WrongState, ChangedMeanwhile when `revision` is given and older than the present one.
    """
    rounds = select(Activity).where(Activity.campaign_id == campaign_id)
    for activity in sorted(session.scalars(rounds.with_only_columns(Activity.id))):
        shut_gate(session, activity)
    shut_gate(session, campaign_id)
    campaign = session.get(Campaign, campaign_id, populate_existing=True)
    if campaign is None:
        raise ActivityUnknown
    if revision is not None and campaign.revision != revision:
        raise ChangedMeanwhile
    if campaign.state not in states:
        raise WrongState
    session.scalars(rounds.execution_options(populate_existing=True)).all()
    return campaign


# --- editing --------------------------------------------------------------------------------------------------------


def edit(session: Session, campaign_id: uuid.UUID, revision: int, changes: Changes, actor: Actor) -> Campaign:
    """Write an editor's changes as one new revision.

    Raises ChangedMeanwhile when somebody else saved since `revision`, WrongState, RoundOpen, DatesWrong, SettingsWrong,
    WordsMissing, FixedFromAbove, and NotReady when a released campaign would no longer be complete.
    """
    shared = (changes.title, changes.summary, changes.document, changes.themes, changes.stage, changes.bodies)
    about_rounds = all(value is None for value in shared)
    campaign = alone_with(session, campaign_id, ROUNDS_EDITABLE if about_rounds else EDITABLE, revision)
    _edit_words(session, campaign, changes)
    for phase, when in changes.dates.items():
        _move(session, campaign, phase, when)
    for activity in changes.settings.keys() | changes.rules.keys():
        _edit_rules(session, campaign, activity, changes)
    campaign.revision += 1
    session.flush()  # what is still missing is asked of the database
    if campaign.state != "draft" and (lacking := missing(session, campaign)):
        raise NotReady(count=len(lacking))
    note(
        session,
        actor,
        "campaign.edit",
        "campaign",
        campaign.id,
        unit=campaign.owner_unit_id,
        reason=_what(changes),
    )
    tell_phones(session, campaign)
    return campaign


def _edit_words(session: Session, campaign: Campaign, changes: Changes) -> None:
    if changes.title is not None:
        campaign.title = _words(changes.title)
    if changes.summary is not None:
        campaign.summary = _words(changes.summary)
    if changes.document is not None:
        campaign.document_number = changes.document.number
        campaign.document_date = changes.document.on
        campaign.document_title = changes.document.title
    if changes.themes is not None:
        campaign.themes = list(changes.themes)
    if changes.stage is not None:
        campaign.stage = changes.stage or None
    if changes.bodies is not None:
        _put_bodies(session, campaign, changes.bodies)


def _words(words: dict[str, str]) -> dict[str, str]:
    if not words.get("vi", "").strip():
        raise WordsMissing
    return {language: text.strip() for language, text in words.items() if text.strip()}


def _move(session: Session, campaign: Campaign, phase_id: uuid.UUID, when: Dates) -> None:
    phase = session.get(Phase, phase_id, populate_existing=True)
    if phase is None or phase.campaign_id != campaign.id:
        raise ActivityUnknown
    if (phase.opens_at, phase.closes_at) == when:
        return
    common_launch.leave_as_it_is(session, common_launch.rounds_in(phase.id))
    given_pack.check_addition(session, campaign, "dates")
    _check_dates(when, phase.title)
    for activity in session.scalars(select(Activity).where(Activity.phase_id == phase.id)):
        if activity.state != "scheduled":
            raise RoundOpen(title=phase.title["vi"])
        activity.opens_at, activity.closes_at = when
    phase.opens_at, phase.closes_at = when


def _edit_rules(session: Session, campaign: Campaign, activity_id: uuid.UUID, changes: Changes) -> None:
    activity = session.get(Activity, activity_id)
    if activity is None or activity.campaign_id != campaign.id:
        raise ActivityUnknown
    settings = _settings(activity, changes.settings.get(activity_id, activity.settings))
    rules = changes.rules.get(activity_id, activity.rules)
    if (settings, rules) == (_settings(activity, activity.settings), activity.rules):
        return
    common_launch.leave_as_it_is(session, [activity_id])
    given_pack.check_addition(session, campaign, "rules")
    if activity.state != "scheduled":
        raise RoundOpen(title=activity.title["vi"])
    activity.settings, activity.rules = settings, rules
    activity.rules_version += 1


def _settings(activity: Activity, settings: dict[str, Any]) -> dict[str, Any]:
    try:
        return dict(msgspec.to_builtins(msgspec.convert(settings, kind_named(activity.kind).settings)))
    except msgspec.ValidationError:
        raise SettingsWrong(title=activity.title["vi"]) from None


def _what(changes: Changes) -> str:
    """Which parts were edited, for the trail."""
    named = {
        "title": changes.title or changes.summary,
        "document": changes.document,
        "themes": changes.themes,
        "stage": changes.stage,
        "bodies": changes.bodies,
        "dates": changes.dates,
        "rules": changes.settings or changes.rules,
    }
    return " ".join(name for name, value in named.items() if value)


def tell_phones(session: Session, campaign: Campaign) -> None:
    """Phones that show one of its activities ask for it again."""
    for activity in session.scalars(select(Activity.id).where(Activity.campaign_id == campaign.id)):
        phones.tell(session, "activity", activity, "changed")


def discard(session: Session, campaign_id: uuid.UUID, actor: Actor) -> None:
    """Throw a draft away that nobody outside has seen. Raises ActivityUnknown, WrongState, WasReleased."""
    campaign = alone_with(session, campaign_id, ("draft",))
    if campaign.released_at is not None:
        raise WasReleased
    for part in PACK_PARTS.values():
        part.discard(session, campaign.id)
    common_launch.discard(session, campaign.id)
    for table in (Activity, Phase, CampaignBody, CampaignPicture):
        session.execute(delete(table).where(table.campaign_id == campaign.id))
    note(
        session,
        actor,
        "campaign.discard",
        "campaign",
        campaign.id,
        unit=campaign.owner_unit_id,
        reason=campaign.code,
    )
    session.execute(delete(Campaign).where(Campaign.id == campaign.id))
    session.expunge(campaign)
