"""Publishing results: a signed statement, read by everybody, changed by nobody. A correction is the next number."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.clock import iso
from backend.errors import N_, DomainError
from backend.participation.lease import shut_gate
from backend.safeguards.audit import Actor, note
from backend.safeguards.signing import Signer
from backend.units.queries import named
from campaigns import evidence
from campaigns.lifecycle import WrongState
from campaigns.models import Activity, Campaign, Publication
from campaigns.registry import kind_named, settings_of


class PublishedAlready(DomainError):
    status = 409
    code = "published_already"
    sentence = N_("Kết quả này đã công bố. Muốn công bố bản sửa, xin ghi rõ lý do.")


def publish(
    session: Session,
    activity: Activity,
    signer: Signer,
    units: Mapping[str, Any],
    actor: Actor,
    why: str | None = None,
) -> Publication:
    """Publish the settled results, signed. `units`: the comparison of units as it may be shown.

    Raises WrongState unless settled, PublishedAlready when published before and no reason is given.
    """
    shut_gate(session, activity.id)
    session.refresh(activity)
    if activity.state != "settled":
        raise WrongState
    before = published(session, activity.id)
    if before and not why:
        raise PublishedAlready
    said = statement(session, activity) | dict(units)
    said |= {"supersedes": before.number if before else None, "why": why}
    signed = signer.sign_statement(session, said)
    made = Publication(
        activity_id=activity.id,
        number=before.number + 1 if before else 1,
        statement=said,
        digest=signed.digest,
        signature=signed.signature,
        key_id=signed.key_id,
        published_at=clock.now(),
        published_by=actor.id,
    )
    session.add(made)
    campaign = session.get_one(Campaign, activity.campaign_id)
    note(session, actor, "results.publish", "activity", activity.id, unit=campaign.owner_unit_id, reason=why)
    return made


def statement(session: Session, activity: Activity) -> dict[str, Any]:
    """What the published results say, in the shape `docs/api.md` gives; small numbers are left out already."""
    campaign, kind = session.get_one(Campaign, activity.campaign_id), kind_named(activity.kind)
    settings = settings_of(activity)
    return {
        "title": activity.title,
        "campaign": campaign.title,
        "owner": named(session, campaign.owner_unit_id, clock.today()).full_name,
        "rules_version": activity.rules_version,
        "opened_at": iso(activity.opens_at),
        "closed_at": iso(activity.closes_at),
        "settled_at": _settled_at(session, activity, settings),
        **kind.outcome(session, activity, settings),
    }


def _settled_at(session: Session, activity: Activity, settings: Any) -> str | None:
    """When the places were fixed, which a later correction of the publication does not move."""
    rule = kind_named(activity.kind).board(settings)
    fixed = evidence.fixed(session, rule.measure, activity.id) if rule else None
    return iso(fixed.at) if fixed else None


def persons(session: Session, activity_id: uuid.UUID) -> list[dict[str, Any]]:
    """Those who agree to be named, by the name they chose, with what they reached.

    Not part of what is signed: read anew each time, so that a name goes the moment its agreement is withdrawn.
    """
    activity = session.get_one(Activity, activity_id)
    kind = kind_named(activity.kind)
    settings = settings_of(activity)
    rule = kind.board(settings)
    board = evidence.shown_board(session, rule.measure, activity.id) if rule else None
    return [
        {
            "place": row.place,
            "name": row.name,
            "right": row.result["right"],
            "of": row.result["of"],
            "elapsed_ms": row.result["elapsed_ms"],
            "guess": row.result.get("guess"),
            "gap": row.gap,
        }
        for row in (board.named if board else [])
    ]


def published(session: Session, activity_id: uuid.UUID) -> Publication | None:
    """The results of an activity as they stand: the newest of its publications."""
    rows = select(Publication).where(Publication.activity_id == activity_id)
    return session.scalars(rows.order_by(Publication.number.desc()).limit(1)).first()


def list_published(session: Session, owner: uuid.UUID | None = None) -> list[Publication]:
    """The newest publication of each activity, the latest first; `owner`: of this unit's campaigns only."""
    newest = (
        select(Publication.activity_id, func.max(Publication.number).label("number"))
        .group_by(Publication.activity_id)
        .subquery()
    )
    rows = select(Publication).join(
        newest, (newest.c.activity_id == Publication.activity_id) & (newest.c.number == Publication.number)
    )
    if owner is not None:
        rows = rows.join(Activity, Activity.id == Publication.activity_id)
        rows = rows.join(Campaign, Campaign.id == Activity.campaign_id).where(Campaign.owner_unit_id == owner)
    return list(session.scalars(rows.order_by(Publication.published_at.desc(), Publication.id.desc())))
