"""What two nodes hand each other before they can talk: an offer and its answer, as a file or a QR code.

Each is signed by the key it names, so nobody can offer another's key, and carries a proof made with a one-time code that
was read out over the telephone, so a file that was swapped on its way fits no code. The fingerprint is compared by a
second person all the same: the code tells that the file is from whom you talked to, the second person that it is who they say.
"""

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from backend import clock
from backend.federation import epochs
from backend.federation.peers.errors import OfferAhead, OfferForged, OfferOver, OfferUnreadable
from backend.federation.peers.models import NODE_NAME
from backend.federation.shapes import read_moment
from backend.safeguards.signing import Signer, canonical, fingerprint, unpacked, verify

GOOD_FOR = timedelta(days=7)
CODE_LETTERS = 12
"""60 bits in base32, spoken in three groups of four; whoever holds the file has to try them through scrypt."""
MOST_BYTES = 4096
SIGNED_AS = b"lantoa-paper-1\n"
ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,200}")
Line = Literal["state", "party", "front", "youth"]


class Offer(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="offer", tag_field="kind"
):
    """A node and the key it signs with, offered for one line. Moments are RFC 3339; ids are UUIDs; `public` is base64url."""

    name: str
    unit_code: str
    node_id: str
    epoch: str
    public: str
    line: Line
    nonce: str
    made_at: str
    until_at: str


class Answer(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="answer", tag_field="kind"
):
    """The parent's own, after two of its people took the offer in. `offer`: its digest; `address`: where to connect."""

    name: str
    unit_code: str
    node_id: str
    epoch: str
    public: str
    line: Line
    address: str
    offer: str
    made_at: str
    until_at: str


Statement = Offer | Answer


class _Paper(msgspec.Struct, forbid_unknown_fields=True):
    statement: Statement
    signature: str
    proof: str


@dataclass(frozen=True)
class Paper:
    """A paper whose own key signed it and whose time has not run out. `digest`: SHA-256 (hex) of its statement."""

    statement: Statement
    signature: str
    proof: str
    digest: str

    @property
    def public(self) -> bytes:
        return unpacked(self.statement.public)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.public)

    def fits(self, code_hash: str) -> bool:
        """Whether whoever wrote it knew the code."""
        return hmac.compare_digest(self.proof, _proof(code_hash, _bytes(self.statement)))


def write(signer: Signer, statement: Statement, code_hash: str) -> bytes:
    """The file: JSON in UTF-8."""
    message = _bytes(statement)
    paper = _Paper(statement, signer.sign(SIGNED_AS + message), _proof(code_hash, message))
    return canonical(msgspec.to_builtins(paper))


def read(raw: bytes) -> Paper:
    """Raises OfferUnreadable, OfferForged, OfferOver, OfferAhead."""
    found = _decoded(raw)
    statement, message = found.statement, _bytes(found.statement)
    if not verify(_key(statement.public), SIGNED_AS + message, found.signature):
        raise OfferForged
    if _moment(statement.until_at) <= clock.now() or _moment(statement.made_at) > clock.now() + timedelta(
        days=1
    ):
        raise OfferOver
    if not epochs.is_believed(statement.epoch):
        raise OfferAhead
    return Paper(statement, found.signature, found.proof, hashlib.sha256(message).hexdigest())


def _decoded(raw: bytes) -> _Paper:
    if len(raw) > MOST_BYTES:
        raise OfferUnreadable
    try:
        found = msgspec.json.decode(raw.strip().removeprefix(b"\xef\xbb\xbf"), type=_Paper)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise OfferUnreadable from None
    one = found.statement
    is_clean = 0 < len(one.name) <= NODE_NAME and one.name.isprintable() and 0 < len(one.unit_code) <= 40
    if isinstance(one, Answer) and not ADDRESS.fullmatch(one.address):
        is_clean = False
    if not is_clean:
        raise OfferUnreadable
    return found


def _key(public: str) -> bytes:
    try:
        key = unpacked(public)
    except ValueError:
        raise OfferUnreadable from None
    if len(key) != 32:
        raise OfferUnreadable
    return key


def _moment(text: str) -> datetime:
    if (found := read_moment(text)) is None:
        raise OfferUnreadable
    return found


def _bytes(statement: Statement) -> bytes:
    return canonical(msgspec.to_builtins(statement))


def _proof(code_hash: str, message: bytes) -> str:
    return hmac.new(bytes.fromhex(code_hash), message, hashlib.sha256).hexdigest()


def new_nonce() -> str:
    return secrets.token_urlsafe(12)


def new_code() -> str:
    """'7K3M-9QXA-B2CD': read out over the telephone, written nowhere."""
    text = base64.b32encode(secrets.token_bytes(8)).decode()[:CODE_LETTERS]
    return "-".join(text[at : at + 4] for at in range(0, CODE_LETTERS, 4))


def code_hash(code: str, nonce: str) -> str:
    """What is kept of a code, hex: slow to try codes against."""
    return hashlib.scrypt(plain(code).encode(), salt=nonce.encode(), n=1 << 14, r=8, p=1, dklen=32).hex()


def plain(spoken: str) -> str:
    """A code or fingerprint as typed by whoever heard it: without gaps, and O, I, B for the digits base32 has not."""
    text = unicodedata.normalize("NFKC", spoken).upper()
    letters = "".join(letter for letter in text if letter.isalnum())
    return letters.translate(str.maketrans("018", "OIB"))
