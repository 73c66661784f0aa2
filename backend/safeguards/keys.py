"""Keys over time: one takes over from another (rotation), or is given up because somebody else may have it (withdrawal)."""

import os
import secrets
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_, DomainError
from backend.safeguards import signing
from backend.safeguards.audit import Actor, note
from backend.safeguards.signing import NodeKey, Signer


class KeyUnknown(DomainError):
    status = 404
    code = "key_unknown"
    sentence = N_("Máy chủ này không có khóa nào mang tên đó.")


class KeyAlreadyWithdrawn(DomainError):
    status = 409
    code = "key_already_withdrawn"
    sentence = N_("Khóa này đã được thu hồi trước đó.")


def rotate(session: Session, old: Signer, new: Signer, by: Actor) -> NodeKey:
    """From now on `new` signs. What `old` signed until now stays good; what it signs later does not.

    Raises KeyRetired where `old` was retired before: whoever rotates twice has forgotten to restart the node.
    """
    row = signing.remember(session, old)
    row.until_at = clock.now()
    session.flush()  # the old one is closed before the new one begins
    made = signing.remember(session, new)
    note(session, by, "key.rotate", "node_key", made.id)
    return made


def withdraw(session: Session, key_id: str, since: datetime, by: Actor) -> NodeKey:
    """Somebody else may have had this key from `since` on. It leaves did.json, so that nobody believes it any more.

    Raises KeyUnknown, KeyAlreadyWithdrawn.
    """
    row = session.get(NodeKey, key_id)
    if row is None:
        raise KeyUnknown
    if row.withdrawn_at is not None:
        raise KeyAlreadyWithdrawn
    row.withdrawn_at, row.withdrawn_from = clock.now(), since
    row.until_at = row.until_at or row.withdrawn_at
    note(session, by, "key.withdraw", "node_key", row.id)
    return row


def believed(row: NodeKey | None, signed_at: datetime) -> bool:
    """Whether a key of this node could sign at that moment. The moment must be the node's own record: whoever has stolen
    a key writes any moment into what they sign."""
    if row is None:
        return False
    ends = [moment for moment in (row.until_at, row.withdrawn_from) if moment is not None]
    return all(signed_at < end for end in ends)


def write_new(place: Path) -> Signer:
    """A new key in a file beside `place`, its owner's alone, safely on the disk before anybody relies on it."""
    seed = secrets.token_urlsafe(signing.SEED_BYTES)
    handle = os.open(_beside(place), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(seed)
        file.flush()
        os.fsync(file.fileno())
    return Signer(seed)


def waiting(place: Path) -> Signer | None:
    """The key in the file beside `place`, written earlier and not yet taken over."""
    beside = _beside(place)
    return Signer(beside.read_text().strip()) if beside.exists() else None


def take_over(place: Path) -> None:
    """The new key takes the place of the old one, which is gone then: a rotated key must not lie about."""
    _beside(place).replace(place)


def _beside(place: Path) -> Path:
    return place.with_name(f"{place.name}.new")
