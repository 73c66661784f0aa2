"""What this room holds of one person, for the person's own download."""

from typing import Any

from sqlalchemy.orm import Session

from backend import clock
from backend.people import consents, queries
from backend.people.models import Phone


def held(session: Session, person_id: Any) -> dict[str, Any]:
    person = queries.person(session, person_id)
    phone = session.get(Phone, person.phone_id) if person.phone_id else None
    return {
        "name": person.name,
        "board_name": person.board_name,
        "birth_year": person.birth_year,
        "phone": phone.number if phone else None,
        "joined_at": person.joined_at.isoformat(),
        "memberships": [
            {"kind": b.kind, "unit": b.unit.full_name, "since": b.valid_from.isoformat()}
            for b in queries.belongings(session, person.id, clock.today())
        ],
        "consents": [
            {
                "purpose": row.purpose,
                "version": row.version,
                "given_at": row.given_at.isoformat(),
                "given_by": row.given_by,
                "guardian_name": row.guardian_name,
                "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
            }
            for row in consents.of_person(session, person.id)
        ],
    }
