"""The node signs what it says in public: certificates and published results today, what it sends to other nodes later.

One Ed25519 key a node. Its public half stays in the database for good, so that what an older key signed can still be
checked after the key was changed. The key is known by its fingerprint, short enough to be read out over a telephone.
"""

import base64
import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend import clock
from backend.db.base import Base
from backend.db.statements import insert_into
from backend.errors import N_, DomainError
from backend.safeguards.multibase import multikey

SEED_BYTES = 32
FINGERPRINT_BYTES = 15
"""120 bits of SHA-256: nobody can make a second key with the same fingerprint."""


class KeyRetired(DomainError):
    status = 503
    code = "key_retired"
    sentence = N_(
        "Khóa ký của máy chủ vừa được thay. Xin thử lại sau ít phút; nếu vẫn vậy, xin báo người quản trị."
    )


class NodeKey(Base):
    """The public half of every key this node ever signed with. `multibase`: the same as other programs write it.

    `until_at`: rotated, nothing signed later counts. `withdrawn_at`: somebody else may have it; nothing it signed since
    `withdrawn_from` is believed here, and nothing at all by those who cannot ask here.
    """

    __tablename__ = "node_key"

    id: Mapped[str] = mapped_column(String(30), primary_key=True)
    public: Mapped[str] = mapped_column(String(44))
    multibase: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime]
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_from: Mapped[datetime | None]


@dataclass(frozen=True)
class Signed:
    """What is kept beside a statement: SHA-256 (hex) of its canonical bytes, their signature (base64url), whose key."""

    digest: str
    signature: str
    key_id: str


class Signer:
    """The node's own key. `seed` is what LANTOA_SIGNING_KEY holds: 32 bytes in base64url."""

    def __init__(self, seed: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(unpacked(seed))
        self.public = self._key.public_key().public_bytes_raw()
        self.key_id = fingerprint(self.public)

    @classmethod
    def throw_away(cls) -> "Signer":
        """A key nobody keeps, for a process that signs nothing anybody will check."""
        return cls(packed(Ed25519PrivateKey.generate().private_bytes_raw()))

    def sign(self, message: bytes) -> str:
        """The signature in base64url, 86 characters."""
        return packed(self._key.sign(message))

    def sign_statement(self, session: Session, statement: Mapping[str, Any]) -> Signed:
        """Sign the statement's canonical bytes, and see to it that the public half is on record."""
        remember(session, self)
        message = canonical(statement)
        return Signed(digest(message), self.sign(message), self.key_id)


def verify(public: bytes, message: bytes, signature: str) -> bool:
    """Whether the owner of this public key signed exactly these bytes; False for a mangled signature too."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(unpacked(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def canonical(statement: Mapping[str, Any]) -> bytes:
    """The one way to write a statement down (RFC 8785 for what we put in it): keys sorted, no spaces, UTF-8, NFC."""
    text = json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return unicodedata.normalize("NFC", text).encode()


def digest(message: bytes) -> str:
    return hashlib.sha256(message).hexdigest()


def fingerprint(public: bytes) -> str:
    """'7K3M-9QXA-...': six groups of four, base32 of the first 15 bytes of the key's SHA-256."""
    text = base64.b32encode(hashlib.sha256(public).digest()[:FINGERPRINT_BYTES]).decode()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unpacked(text: str) -> bytes:
    """Raises ValueError for what is no base64url."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def remember(session: Session, signer: Signer) -> NodeKey:
    """See to it that the public half is on record before anything is signed with it. Raises KeyRetired for a key that was
    rotated or withdrawn while this process still holds it."""
    row = session.get(NodeKey, signer.key_id)
    if row is None:
        new = row_of(signer)
        values = {name: getattr(new, name) for name in ("id", "public", "multibase", "made_at", "from_at")}
        session.execute(insert_into(session, NodeKey).values(values).on_conflict_do_nothing())
        row = session.get_one(NodeKey, signer.key_id)
    if row.until_at or row.withdrawn_at:
        raise KeyRetired
    return row


def row_of(signer: Signer) -> NodeKey:
    """The key as it will be on record, not yet there."""
    now = clock.now()
    return NodeKey(
        id=signer.key_id,
        public=packed(signer.public),
        multibase=multikey(signer.public),
        made_at=now,
        from_at=now,
    )


def public_key(session: Session, key_id: str) -> bytes | None:
    """The public half of a key this node signs or signed with."""
    row = session.get(NodeKey, key_id)
    return unpacked(row.public) if row else None


def public_keys(session: Session) -> list[NodeKey]:
    """Every key, the oldest first."""
    return list(session.scalars(select(NodeKey).order_by(NodeKey.made_at)))


def holds(session: Session, statement: Mapping[str, Any], signature: str, key_id: str) -> bool:
    """Whether a key of this node signed exactly this statement."""
    public = public_key(session, key_id)
    return public is not None and verify(public, canonical(statement), signature)
