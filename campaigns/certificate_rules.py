"""Rules of certificates that need no database: their numbers, and which name may be printed."""

import re
import secrets
import unicodedata

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that a number read from paper is typed right."""
MISREAD = str.maketrans("OIL", "011")
RANDOM_SIGNS = 15
"""75 bits: whoever holds a number may see the certificate, so nobody must be able to guess one."""
NUMBER = re.compile(f"[{SIGNS}]{{4}}(-[{SIGNS}]{{4}}){{3}}")
PRINTABLE_SIGNS = " .,'’-()0123456789"
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
    tidy = " ".join(unicodedata.normalize("NFC", name).split())
    fits = len(tidy) <= LONGEST_NAME and any(sign.isalpha() for sign in tidy)
    return tidy if fits and all(_prints(sign) for sign in tidy) else None


def _prints(sign: str) -> bool:
    return sign in PRINTABLE_SIGNS or (sign.isalpha() and unicodedata.name(sign, "").startswith("LATIN "))


def initials(name: str) -> str:
    """'Nguyễn Văn An (hư cấu)' -> 'N. V. A.': all that is printed of a child's name."""
    words = re.sub(r"\([^)]*\)", " ", unicodedata.normalize("NFC", name)).split()
    letters = [next((sign for sign in word if sign.isalpha()), "") for word in words]
    return " ".join(f"{letter.upper()}." for letter in letters if letter)
