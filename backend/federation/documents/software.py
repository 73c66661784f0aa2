"""Versions of the software, as documents compare them: '0.10' comes after '0.9'."""

import re

from backend.federation.documents.errors import SoftwareTooOld
from backend.federation.software import release

_NUMBERS = re.compile(r"\d+(?:\.\d+)*")


def numbers(text: str) -> tuple[int, ...]:
    """(0, 1) for '0.1.0rc2': what is counted, without needless zeros. () for what names no version."""
    found = _NUMBERS.match(text)
    parts = [int(one) for one in found[0].split(".")] if found else []
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def check(needed: str, have: str | None = None) -> None:
    """Raises SoftwareTooOld, which names both."""
    here = release() if have is None else have
    if numbers(needed) > numbers(here):
        raise SoftwareTooOld(needed=needed, have=here)
