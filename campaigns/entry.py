"""What a person still lacks before the first deed in an activity. The rule is pure; one function gathers its facts."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.people import consents, queries
from backend.people.rules import AgeGroup, age_group, old_enough
from backend.people.sign_in import Participant
from campaigns.kind import EntryRule
from campaigns.models import NOT_COMPETING, CampaignBody


@dataclass(frozen=True)
class Standing:
    """What is known of a person when they want to enter."""

    age: AgeGroup
    old_enough: bool
    agreed: frozenset[str]
    in_class: bool
    in_group: bool = True
    organises: bool = False


NEED_REASON = {
    "excluded": "excluded",
    "group": "group_missing",
    "age": "too_young",
    "class_code": "class_code_missing",
    "guardian_consent": "guardian_consent_missing",
    "child_assent": "child_assent_missing",
}


def needs(rule: EntryRule, standing: Standing) -> list[str]:
    """What is missing, in the order a person is asked; empty means: may start.

    A child under 16 enters through a class code, with a guardian's agreement for this campaign and the child's own
    (Law 91/2025/QH15 art. 24; Decree 13/2023 art. 20 kept as the stricter habit).
    """
    if standing.organises:
        return ["excluded"]
    if not standing.old_enough:
        return ["age"]
    if not standing.in_group:
        return ["group"]
    if standing.age == "minor" and rule.minors:
        wanted = [("class_code", standing.in_class)] + [
            (need, purpose in standing.agreed)
            for need, purpose in (
                ("guardian_consent", "guardian_contest_entry"),
                ("child_assent", "child_assent"),
            )
        ]
        return [need for need, there in wanted if not there]
    return [] if rule.consent in standing.agreed else [f"consent:{rule.consent}"]


def reason_of(need: str) -> str:
    return NEED_REASON.get(need, "consent_missing")


def standing_of(session: Session, participant: Participant, campaign: uuid.UUID, settings: Any) -> Standing:
    """What the person brings to an activity of that campaign with those settings."""
    today = clock.today()
    age = age_group(participant.birth_year, today.year)
    belongs = queries.memberships_of(session, participant.person, today)
    wanted = getattr(settings, "open_to", ())
    return Standing(
        age=age,
        old_enough=old_enough(participant.birth_year, today.year, getattr(settings, "age_floor", 0)),
        agreed=frozenset(consents.standing(session, participant.person, campaign)),
        in_class=age == "minor" and "studies_at" in belongs,
        in_group=not wanted or any(kind in belongs for kind in wanted),
        organises=_organises(session, campaign, set().union(*belongs.values())),
    )


def _organises(session: Session, campaign: uuid.UUID, units: set[uuid.UUID]) -> bool:
    """Members of the bodies that run a contest do not enter it (domain D: found in every contest's rules)."""
    if not units:
        return False
    query = select(CampaignBody.unit_id).where(
        CampaignBody.campaign_id == campaign,
        CampaignBody.part.in_(NOT_COMPETING),
        CampaignBody.unit_id.in_(units),
    )
    return session.execute(query.limit(1)).first() is not None
