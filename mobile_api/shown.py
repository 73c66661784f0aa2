"""How what the node knows is shown to the phone: plain values in the reader's language."""

from typing import Any

from sqlalchemy.orm import Session

from backend import clock
from backend.clock import iso
from backend.participation.queries import highest_seq
from backend.people import consents, queries
from backend.people.models import Consent
from backend.people.rules import age_group
from backend.people.sign_in import Participant
from campaigns.contest import common_here
from mobile_api import sealing


def words(by_language: dict[str, Any], language: str) -> str:
    return str(by_language.get(language) or by_language["vi"])


def shown_me(session: Session, who: Participant) -> dict[str, Any]:
    today = clock.today()
    person = queries.person(session, who.person)
    memberships = queries.belongings(session, person.id, today)
    given = consents.of_person(session, person.id)
    named = any(row.purpose == consents.BOARD_NAME and consents.stands(row) for row in given)
    return {
        "id": person.id,
        "name": person.name,
        "board_name": person.board_name if named else None,
        "birth_year": person.birth_year,
        "age_group": age_group(person.birth_year, today.year),
        "memberships": memberships,
        "consents": [shown_consent(row) for row in given],
        "final_list": common_here.concerns(session, who.subject, clock.now()),
        "highest_seq": highest_seq(session, who.device) if who.device else 0,
        "session_id": who.session,
        "relay_key": sealing.in_text(sealing.key_of(who.session)) if who.session else None,
    }


def shown_consent(row: Consent) -> dict[str, Any]:
    return {
        "id": row.id,
        "purpose": row.purpose,
        "version": row.version,
        "given_at": iso(row.given_at),
        "withdrawn_at": iso(row.withdrawn_at) if row.withdrawn_at else None,
        "by": row.given_by,
    }
