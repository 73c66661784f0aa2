"""What headers, receipts and statements may say, fixed to the letter: nothing in them has room for a person, all of it fits
the column it is kept in, and what does not is refused before anybody looks at it. `\\Z`, because `$` lets a line end through.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_RELEASE = r"[0-9]{1,4}([.][0-9]{1,4}){0,4}((a|b|rc|[.]dev|[.]post)[0-9]{1,4}){0,2}"
NodeId = Annotated[str, Meta(pattern=rf"^{_UUID}\Z")]
NodeOrMany = Annotated[str, Meta(pattern=rf"^({_UUID})?\Z")]
Epoch = Annotated[str, Meta(pattern=rf"^{_UUID}\Z")]
EpochOrNone = Annotated[str, Meta(pattern=rf"^({_UUID})?\Z")]
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MOMENT = rf"{_DAY}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}[.][0-9]{{3}}Z"
Day = Annotated[str, Meta(pattern=rf"^{_DAY}\Z")]
Moment = Annotated[str, Meta(pattern=rf"^{_MOMENT}\Z")]
"""RFC 3339 in UTC with milliseconds, as `clock.iso` writes it. Whether there is such a moment `read_moment` says."""
MomentOrNone = Annotated[str, Meta(pattern=rf"^({_MOMENT})?\Z")]
Schema = Annotated[str, Meta(pattern=r"^[a-z][a-z-]{0,29}/[0-9]{1,3}\Z")]
SoftwareName = Annotated[str, Meta(pattern=rf"^[a-z]{{1,20}} {_RELEASE}\Z")]
Release = Annotated[str, Meta(pattern=rf"^({_RELEASE})?\Z")]
StreamName = Annotated[
    str,
    Meta(max_length=120, pattern=r"^(?!.*[0-9]{9})[a-z][a-z-]{0,30}(/[A-Za-z0-9][A-Za-z0-9._-]{0,87})?\Z"),
]
"""'figures/xa-2026', 'keys'. No run of figures as long as a telephone number."""
Series = Annotated[str, Meta(max_length=120, pattern=r"^[a-z][a-z-]{0,30}/[A-Za-z0-9._-]{1,105}\Z")]
"""The longest are of contests of many communes: two names of fifty with a dot between."""
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
HashOrNone = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")]
MOST_NUMBER = 2**31 - 1
Number = Annotated[int, Meta(ge=1, le=MOST_NUMBER)]
NumberOrNone = Annotated[int, Meta(ge=0, le=MOST_NUMBER)]
Line = Literal["state", "party", "front", "youth"]

FIRST_YEAR, LAST_YEAR = 2000, 2999
"""Of moments. The first and the last year a computer knows have hours that no other time zone has."""


def read_moment(text: str) -> datetime | None:
    """None where there is no such moment, none that says of which zone, or none that every page can write.

    A pattern lets the thirtieth of February through, and pages write every moment in the time of this country.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and is_moment(found) else None


def is_moment(moment: datetime) -> bool:
    """Whether every page can write it."""
    return FIRST_YEAR <= moment.year <= LAST_YEAR


def require_moment(moment: datetime) -> None:
    """For `__post_init__` of a body with a moment that is no text. Raises ValueError, which msgspec says with its place."""
    if not is_moment(moment):
        raise ValueError(f"a moment between {FIRST_YEAR} and {LAST_YEAR}")


def read_day(text: str) -> date | None:
    """None where the calendar has no such day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
