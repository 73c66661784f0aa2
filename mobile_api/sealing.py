"""Deeds sealed for the node, so that another phone can carry them without being able to read them."""

import base64
import binascii
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.http import services


def key_of(session: uuid.UUID) -> bytes:
    """The AES-256 key of one sign-in session, made from the node's secret: the node keeps no list of keys."""
    return bytes.fromhex(services().seal.keyed_hash("relay", str(session)))


def in_text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def from_text(text: str) -> bytes:
    """Base64url with or without its padding. Raises ValueError."""
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError from error


def opened(session: uuid.UUID, iv: str, sealed: str) -> bytes:
    """What was sealed under the key of that session. Raises ValueError when it was not, or on its way changed."""
    try:
        return AESGCM(key_of(session)).decrypt(from_text(iv), from_text(sealed), None)
    except InvalidTag as error:
        raise ValueError from error
