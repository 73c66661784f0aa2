"""What a person still lacks before the first deed in an activity. The rule is pure; one function gathers its facts."""

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from backend import clock
from backend.people import consents, queries
from backend.people.rules import AgeGroup, age_group, old_enough
from backend.people.sign_in import Participant
from campaigns.kind import EntryRule


@dataclass(frozen=True)
class Standing:
    """What is known of a person when they want to enter."""

    age: AgeGroup
    old_enough: bool
    agreed: frozenset[str]
    in_class: bool


NEED_REASON = {
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
    if not standing.old_enough:
        return ["age"]
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


def standing_of(session: Session, participant: Participant, campaign: uuid.UUID, age_floor: int) -> Standing:
    today = clock.today()
    age = age_group(participant.birth_year, today.year)
    in_class = (
        age == "minor" and queries.unit_of(session, participant.person, "studies_at", today) is not None
    )
    return Standing(
        age=age,
        old_enough=old_enough(participant.birth_year, today.year, age_floor),
        agreed=frozenset(consents.standing(session, participant.person, campaign)),
        in_class=in_class,
    )
