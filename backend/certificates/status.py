"""Which papers were taken back, for everybody: Bitstring Status List v1.0 (W3C), as JSON with a proof and as a JWT.

The list is made when it is read, from the bits in the database: one that lies about and runs out would make good papers
fail elsewhere.
"""

import base64
import gzip
import json
import secrets
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.certificates import did, proof
from backend.certificates.credential import CONTEXT, moment, to_text, written
from backend.certificates.did import Identity
from backend.certificates.models import LIST_SIZE, StatusBit, StatusList
from backend.certificates.nquads import Unshaped
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.safeguards.signing import Signer

HOLDS: Final = timedelta(days=7)
"""So long may somebody without network rely on a list; later they must fetch it anew."""
AT_ONCE = 10_000


@dataclass(frozen=True)
class Place:
    """One position of one list, for one certificate."""

    list_id: uuid.UUID
    list_number: int
    position: int


@dataclass(frozen=True)
class Seen:
    """A list somebody holds: what it says of each position, and from when to when it may be relied on."""

    address: str
    issuer: str
    bits: bytes
    since: datetime
    until: datetime

    def is_set(self, position: int) -> bool:
        """Whether the paper at this position was taken back. A position the list does not have was."""
        if not 0 <= position < len(self.bits) * 8:
            return True
        return bool(self.bits[position // 8] & 0x80 >> position % 8)


def position(step: int, offset: int, n: int) -> int:
    """The n-th place given out. `step` is odd and the size a power of two: every place comes once."""
    return (n * step + offset) % LIST_SIZE


def take(session: Session, count: int, at: datetime) -> list[Place]:
    """So many places, never given out before; a new list begins where the last has no room."""
    taken: list[Place] = []
    while len(taken) < count:
        taken += _take(session, min(count - len(taken), AT_ONCE), at)
    return taken


def _take(session: Session, count: int, at: datetime) -> Iterator[Place]:
    newest = select(func.max(StatusList.number)).scalar_subquery()
    shift = (
        update(StatusList)
        .where(StatusList.number == newest, StatusList.used <= LIST_SIZE - count)
        .values(used=StatusList.used + count)
        .returning(StatusList.id, StatusList.number, StatusList.step, StatusList.offset, StatusList.used)
        .execution_options(synchronize_session=False)
    )
    row = session.execute(shift).first()
    if row is None:
        _begin(session, at)
        return iter(())
    return (
        Place(row.id, row.number, position(row.step, row.offset, n))
        for n in range(row.used - count, row.used)
    )


def _begin(session: Session, at: datetime) -> None:
    """Two who begin at once: the number lets one in, and both go on with it."""
    last = session.scalar(select(func.max(StatusList.number))) or 0
    row = {
        "id": new_id(),
        "number": last + 1,
        "purpose": "revocation",
        "step": secrets.randbelow(LIST_SIZE // 2) * 2 + 1,
        "offset": secrets.randbelow(LIST_SIZE),
        "used": 0,
        "changed_at": at,
    }
    session.execute(insert_into(session, StatusList).values(row).on_conflict_do_nothing())


def mark(session: Session, list_id: uuid.UUID, at_position: int, at: datetime) -> None:
    """From now on the list says that the paper at this place was taken back."""
    row = {"list_id": list_id, "position": at_position, "set_at": at}
    session.execute(insert_into(session, StatusBit).values(row).on_conflict_do_nothing())
    session.execute(update(StatusList).where(StatusList.id == list_id).values(changed_at=at))


def numbered(session: Session, number: int) -> StatusList | None:
    return session.scalars(select(StatusList).where(StatusList.number == number)).first()


def numbers(session: Session) -> list[int]:
    """Of every list, the oldest first."""
    return list(session.scalars(select(StatusList.number).order_by(StatusList.number)))


def positions_set(session: Session, found: StatusList) -> list[int]:
    """In order."""
    query = select(StatusBit.position).where(StatusBit.list_id == found.id)
    return list(session.scalars(query.order_by(StatusBit.position)))


def own(session: Session, who: Identity, at: datetime) -> dict[str, Seen]:
    """This node's lists as they are now, by their address: nobody needs to sign them to oneself."""
    rows = session.scalars(select(StatusList)).all()
    return {
        address(who, row.number): Seen(
            address(who, row.number), who.did, bits_of(positions_set(session, row)), at, at + HOLDS
        )
        for row in rows
    }


def bits_of(positions: Iterable[int]) -> bytes:
    """16 KiB, the first position the highest bit of the first byte."""
    bits = bytearray(LIST_SIZE // 8)
    for one in positions:
        bits[one // 8] |= 0x80 >> one % 8
    return bytes(bits)


def encoded(bits: bytes) -> str:
    """'u' and base64url of the packed bits; the packing carries no time, so the same bits are the same text."""
    return "u" + base64.urlsafe_b64encode(gzip.compress(bits, mtime=0)).decode().rstrip("=")


def address(who: Identity, number: int) -> str:
    return f"{who.public_url}/trang-thai/{number}"


def signed_list(who: Identity, number: int, bits: bytes, signer: Signer, at: datetime) -> dict[str, Any]:
    """The list as a credential with a proof, good for seven days from `at`."""
    told = _document(who, number, bits, at)
    return proof.sign(told, signer, did.method(who.did, signer.key_id), at)


def signed_jwt(who: Identity, number: int, bits: bytes, signer: Signer, at: datetime) -> str:
    """The same as a JWT (VC-JOSE-COSE), for readers that take no other proof of a list."""
    told = _document(who, number, bits, at)
    kid = did.method(who.did, signer.key_id)
    head = {"alg": "EdDSA", "typ": "vc+jwt", "kid": kid}
    claims = told | {"iss": who.did, "jti": told["id"], "nbf": int(at.timestamp())}
    message = f"{_part(head)}.{_part(claims)}"
    return f"{message}.{signer.sign(message.encode())}"


def _part(told: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(to_text(told).encode()).decode().rstrip("=")


def _document(who: Identity, number: int, bits: bytes, at: datetime) -> dict[str, Any]:
    where = address(who, number)
    return {
        "@context": [CONTEXT[0]],
        "id": where,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": who.did,
        "validFrom": written(at),
        "validUntil": written(at + HOLDS),
        "credentialSubject": {
            "id": f"{where}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(bits),
        },
    }


def read(raw: bytes, keys: did.Keys) -> Seen:
    """A list somebody kept, as JSON, once its proof is seen to be right. Raises ValueError for any other."""
    told = json.loads(raw)
    by, _ = proof.method_of(told)
    key = keys.by_method.get(by)
    if key is None or not key.is_trusted or told["issuer"] != keys.did or not proof.holds(told, key.public):
        raise Unshaped("a list nobody vouches for")
    packed = told["credentialSubject"]["encodedList"]
    return Seen(
        told["id"], told["issuer"], _unpacked(packed), moment(told["validFrom"]), moment(told["validUntil"])
    )


def _unpacked(text: str) -> bytes:
    raw = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
    out = zlib.decompressobj(31)
    try:
        bits = out.decompress(raw, LIST_SIZE // 8 + 1)
    except zlib.error:
        raise Unshaped("encodedList") from None
    if not text.startswith("u") or len(bits) != LIST_SIZE // 8:
        raise Unshaped("encodedList")
    return bits
