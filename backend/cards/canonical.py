"""One way to write a thing as bytes, so that the same thing always has the same fingerprint. Pure.

JSON with sorted keys and no spaces, in UTF-8; fractions are strings of decimals without needless zeros; nothing is a float.
"""

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend import clock


def to_bytes(value: Any) -> bytes:
    return json.dumps(
        _plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def read(payload: bytes) -> Any:
    return json.loads(payload)


def fingerprint(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()


def decimal_text(number: Decimal) -> str:
    """'12.5' for 12.50, '100' for 1E+2, '0' for -0."""
    text = format(number.normalize(), "f")
    return "0" if text in ("-0", "0") else text


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return clock.iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        raise TypeError("a float has no one way to be written")
    return value
