"""Rules of certificates that need no database: numbers, which name may be printed, and what a verifier may say."""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backend.certificates import names
from backend.units.words import fold

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that a number read from paper is typed right."""
MISREAD = str.maketrans("OIL", "011")
RANDOM_SIGNS = 15
"""75 bits: whoever holds a number may see the certificate, so nobody must be able to guess one."""
NUMBER = re.compile(f"[{SIGNS}]{{4}}(-[{SIGNS}]{{4}}){{3}}")
LONGEST_NAME = 60


def new_number() -> str:
    """'7K3M-9QXA-22TD-HF0X': fifteen random signs and a check sign."""
    return grouped(checked("".join(secrets.choice(SIGNS) for _ in range(RANDOM_SIGNS))))


def checked(signs: str) -> str:
    """The signs with their check sign behind them (Luhn's method in base 32)."""
    return signs + SIGNS[-_sum(signs + "0") % len(SIGNS)]


def grouped(signs: str) -> str:
    return "-".join(signs[at : at + 4] for at in range(0, len(signs), 4))


def number_in(typed: str) -> str | None:
    """The number a person meant, however it was spaced or misread; None where the check sign tells of a slip."""
    signs = re.sub(r"[\s.\-–—]", "", typed).upper().translate(MISREAD)
    if not NUMBER.fullmatch(grouped(signs)) or _sum(signs) % len(SIGNS):
        return None
    return grouped(signs)


def _sum(signs: str) -> int:
    """From the right every second sign counts twice, its two digits in base 32 added."""
    doubled = (SIGNS.index(sign) * (1 + at % 2) for at, sign in enumerate(reversed(signs)))
    return sum(value // len(SIGNS) + value % len(SIGNS) for value in doubled)


def printable(name: str) -> str | None:
    """The name as it will be printed (NFC, single spaces), or None for one that has signs no certificate prints."""
    return names.printable(name)


def initials(name: str) -> str:
    """'Nguyễn Văn An (hư cấu)' -> 'N. V. A.': all that is printed of a child's name."""
    words = re.sub(r"\([^)]*\)", " ", unicodedata.normalize("NFC", name)).split()
    letters = [next((sign for sign in word if sign.isalpha()), "") for word in words]
    return " ".join(f"{letter.upper()}." for letter in letters if letter)


MOST_SLIPS = 1
"""Letters of a name that a slip of the pen may change, tone marks apart: with two An becomes Ba."""


def is_slip(old: str, new: str) -> bool:
    """Whether the new name is the old one put right: other tone marks, capitals or signs, a word left out because it did
    not fit, a letter typed wrong. Anything further is somebody else's name; so is another number (Xóm 2, Xóm 3)."""
    before, after = _bare(old), _bare(new)
    if not after or re.findall(r"\d", old) != re.findall(r"\d", new):
        return False
    words = iter(before)
    return all(word in words for word in after) or _apart(" ".join(before), " ".join(after)) <= MOST_SLIPS


def is_initials(name: str) -> bool:
    """'N. V. A. (lớp 7A)': how a child is printed."""
    words = re.sub(r"\([^)]*\)", " ", name).split()
    return bool(words) and all(re.fullmatch(r"\w\.", word) for word in words)


def _bare(name: str) -> list[str]:
    """Words without tone marks, capitals and signs."""
    return re.sub(r"[^a-z ]+", "", fold(name)).split()


def _apart(one: str, other: str) -> int:
    """How many letters have to be put in, taken out or changed (Levenshtein)."""
    row = list(range(len(other) + 1))
    for at, sign in enumerate(one, start=1):
        last, row[0] = row[0], at
        for place, letter in enumerate(other, start=1):
            last, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, last + (sign != letter))
    return row[-1]


# --- what a verifier may say ---

Word = Literal[
    "valid",
    "revoked",
    "altered",
    "not_theirs",
    "unknown_issuer",
    "key_expired",
    "key_withdrawn",
    "expired",
    "stale",
    "unreadable",
]
"""`not_theirs`: signed by no key of the issuer it names. `unknown_issuer`: of somebody whose keys are not at hand.
`stale`: the signature is right, and whether it was taken back cannot be said."""
BAD: tuple[Word, ...] = ("revoked", "altered", "not_theirs", "key_expired", "key_withdrawn", "expired")
"""Not to be relied on. The others but `valid` cannot be said."""


@dataclass(frozen=True)
class Found:
    """What was seen of a paper, before anything is said of it.

    `key`: 'ours' (in use or rotated), 'withdrawn', 'none' (not published) or 'unknown' (whose keys are not at hand).
    `key_until`: when that key stopped signing. `is_intact`: its signature stands for exactly these words. `is_set`:
    what the list of revocations says, None without a list; `list_until`: how long that list may be relied on.
    """

    key: Literal["ours", "withdrawn", "none", "unknown"]
    is_intact: bool = False
    signed_at: datetime | None = None
    key_until: datetime | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    is_set: bool | None = None
    list_until: datetime | None = None


def verdict(found: Found, at: datetime) -> Word:
    """One word for it. A paper once taken back stays taken back, so that an old list may say so, too; that a paper was
    not taken back only a list that is not too old may say."""
    if found.key == "unknown":
        return "unknown_issuer"
    if found.key == "none":
        return "not_theirs"
    if not found.is_intact:
        return "altered"
    if found.key == "withdrawn":
        return "key_withdrawn"
    if found.key_until and found.signed_at and found.signed_at >= found.key_until:
        return "key_expired"
    if found.is_set:
        return "revoked"
    if (found.valid_until and at >= found.valid_until) or (found.valid_from and at < found.valid_from):
        return "expired"
    if found.is_set is None or found.list_until is None or at > found.list_until:
        return "stale"
    return "valid"
