"""Counting tries by where a request came from. Many people share one address behind a commune's router."""

import ipaddress

from flask import request

from backend.http.edge import services, session
from backend.http.guards import me
from backend.safeguards.limits import count_try

HOUR_S = 3600
NETWORK = 64
"""An IPv6 household holds a whole /64: its addresses are one."""


def address() -> str:
    """A keyed hash of the client's address: where a request came from can be counted and not read."""
    return services().seal.keyed_hash("address", _network(request.remote_addr or ""))


def _network(text: str) -> str:
    try:
        known = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text
    if known.version == 4:
        return str(known)
    return str(known.ipv4_mapped or ipaddress.ip_network((known, NETWORK), strict=False))


def count_here(deed: str, limit: int) -> None:
    """Count one more `deed` from this address. Raises TooManyRequests past `limit` in an hour."""
    _count(deed, address(), limit)


def count_mine(deed: str, limit: int) -> None:
    """Count one more `deed` of the signed-in person. Raises TooManyRequests past `limit` in an hour."""
    _count(deed, str(me().person), limit)


def _count(deed: str, whose: str, limit: int) -> None:
    count_try(session(), services().seal.keyed_hash(deed, whose), limit=limit, window_s=HOUR_S)
