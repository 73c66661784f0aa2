"""The certificate as an Open Badges 3.0 credential: what other programs read, of one fixed shape.

The shape is Open Badges 3.0 (1EdTech, context 3.0.3) over the Verifiable Credentials Data Model 2.0 (W3C). Nothing is
written that is not on the paper: no rank, no score, no unit of a person, no birth year, no number of the ledger.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from backend.certificates.issue import Slot, Words

CONTEXT: Final = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)


def document(words: "Words", slot: "Slot") -> dict[str, Any]:
    """The credential without its proof: only members that `nquads.CREDENTIAL` knows."""
    where, moment = slot.identity, written(slot.issued_at)
    achievement = f"{where.public_url}/thanh-tich/{words.achievement}"
    told: dict[str, Any] = {
        "@context": list(CONTEXT),
        "id": f"urn:uuid:{slot.credential_id}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": plain(words.heading),
        "issuer": {
            "id": where.did,
            "type": ["Profile"],
            "name": plain(words.issuer),
            "url": f"{where.public_url}/",
        },
        "validFrom": moment,
        "awardedDate": moment,
        "credentialSubject": _subject(words, slot, achievement),
        "evidence": [_evidence(words, slot)],
        "credentialStatus": _status(slot),
    }
    if words.valid_until:
        told["validUntil"] = written(words.valid_until)
    return told


def _subject(words: "Words", slot: "Slot", achievement: str) -> dict[str, Any]:
    """Its id is made for this one credential, so that nobody can put two of a person side by side."""
    title = plain(words.title)
    return {
        "id": f"urn:uuid:{uuid.uuid5(slot.credential_id, 'subject')}",
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "identityType": "name",
                "hashed": False,
                "identityHash": plain(words.name),
            }
        ],
        "achievement": {
            "id": achievement,
            "type": ["Achievement"],
            "achievementType": "Award",
            "name": title,
            "description": plain(words.deed) or title,
            "criteria": {"id": f"{achievement}#tieu-chi", "narrative": plain(words.criteria) or title},
        },
    }


def _evidence(words: "Words", slot: "Slot") -> dict[str, Any]:
    """The page of this paper, with what the office wrote into its books."""
    told = "; ".join(plain(one) for one in (words.decision, words.register) if one)
    return {
        "id": f"{slot.identity.public_url}/xac-minh/{slot.number}",
        "type": ["Evidence"],
        "name": slot.number,
        "narrative": told or plain(words.result) or plain(words.title),
    }


def _status(slot: "Slot") -> dict[str, str]:
    lists = f"{slot.identity.public_url}/trang-thai/{slot.list_number}"
    return {
        "id": f"{lists}#{slot.position}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(slot.position),
        "statusListCredential": lists,
    }


def to_text(signed: Mapping[str, Any]) -> str:
    """As it is kept, baked and handed out: the same bytes whenever it is made."""
    return json.dumps(signed, ensure_ascii=False, separators=(",", ":"))


def plain(text: str) -> str:
    """One line, whatever somebody typed: canonical lines know no control characters."""
    return " ".join(text.split())


def written(at: datetime) -> str:
    """'2026-11-22T03:00:00Z': whole seconds, as every reader of credentials takes them."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """The moment `written` wrote. Raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
