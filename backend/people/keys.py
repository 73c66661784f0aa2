"""What is kept secret, and how: keyed hashes, tickets, PINs and passwords."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from itsdangerous import BadSignature, URLSafeTimedSerializer

from backend.people.errors import TicketExpired

TICKET_S = 900

# OWASP's smaller argon2id setting: a PIN check on a 2-core commune machine must not hold a worker for long.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class Seal:
    """Everything that depends on the node's secret key."""

    def __init__(self, secret_key: str) -> None:
        self._key = secret_key.encode()
        self._tickets = URLSafeTimedSerializer(secret_key, salt="sign-in-ticket")

    def keyed_hash(self, *parts: str) -> str:
        """A hash nobody without the key can search by trying all phone numbers."""
        return hmac.new(self._key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()

    def ticket(self, number: str) -> str:
        """Proof, good for fifteen minutes, that its bearer holds that phone number."""
        return self._tickets.dumps(number)

    def number_of(self, ticket: str) -> str:
        """Raises TicketExpired for an old, forged or mangled ticket alike."""
        try:
            return str(self._tickets.loads(ticket, max_age=TICKET_S))
        except BadSignature:
            raise TicketExpired from None


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    return secrets.token_urlsafe(32)


def new_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def hash_secret(text: str) -> str:
    return _hasher.hash(text)


@dataclass(frozen=True)
class Compared:
    """A secret already compared with a hash. It is compared before the write transaction begins, for argon2 takes its
    time and SQLite has one writer; whoever counts the try looks whether `hashed` is still the one that holds."""

    hashed: str | None
    fits: bool


def compare(text: str, hashed: str | None) -> Compared:
    return Compared(hashed, hashed is not None and is_secret(text, hashed))


def is_secret(text: str, hashed: str) -> bool:
    try:
        return _hasher.verify(hashed, text)
    except (VerifyMismatchError, InvalidHashError):
        return False
