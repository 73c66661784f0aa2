"""Which year of a room a page is about: a year is an activity with its campaign."""

from flask import request

from backend.errors import NotFound
from campaigns.models import Activity, Campaign

Pair = tuple[Activity, Campaign]


def asked(found: list[Pair]) -> Pair | None:
    """The one in the address, else the newest, which is the first; None while there is none. Raises NotFound for another one."""
    wanted = request.values.get("activity_id", "")
    if not found:
        return None
    pair = found[0] if not wanted else next((one for one in found if str(one[0].id) == wanted), None)
    if pair is None:
        raise NotFound
    return pair
