"""Who may knock. A view is guarded or it does not exist: `tests/structure` walks every route.

What somebody may see behind the door is the query's question.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import g, request
from flask import session as cookie

from backend.errors import NotAllowed, NotSignedIn
from backend.federation.peers.caller import ENVIRON, Caller
from backend.federation.peers.errors import UnknownPeer
from backend.federation.peers.models import ACTIVE, Peer
from backend.http.edge import release, services, session
from backend.people import devices
from backend.people import staff as staff_desk
from backend.people.errors import DeviceLost
from backend.people.sign_in import Participant, participant
from backend.people.staff import Staff

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Guard:
    """Who may knock. `name` is what the structure test reads; `roles` are the staff roles that pass."""

    name: str
    check: Callable[[], None]
    roles: tuple[str, ...] = ()


def guarded(guard: Guard) -> Callable[[View], View]:
    """Put a guard on a view. It stands before the payload is even looked at."""

    def put_on(view: View) -> View:
        @functools.wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            guard.check()
            return view(*args, **kwargs)

        checked.guard = guard  # type: ignore[attr-defined]
        return cast(View, checked)

    return put_on


anybody = Guard("anybody", lambda: None)


def token() -> str:
    """The bearer token that came with this request. Raises NotSignedIn."""
    kind, _, held = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not held.strip():
        raise NotSignedIn
    return held.strip()


def _signed_in() -> None:
    held = token()
    try:
        g.participant = participant(session(), held)
    except NotSignedIn:
        _turn_away_lost(held)
        raise


def _turn_away_lost(held: str) -> None:
    """Raises DeviceLost for the token of a phone that was reported lost, and notes that it has heard of it."""
    lost = devices.lost_with(session(), held)
    if lost is None:
        return
    release()  # nothing was done yet; that it called is written down by itself, whatever it asked for
    if lost.wiped_at is None:
        with services().database.transaction() as own:
            devices.note_wiped(own, lost)
    raise DeviceLost


signed_in = Guard("signed_in", _signed_in)


def _has_token() -> None:
    token()


# For a view whose own first statement reads who holds the token. Nothing is given to whoever holds none: every other
# way through such a view goes through `me()`, which asks.
signed_in_by_view = Guard("signed_in", _has_token)


def me() -> Participant:
    """The citizen whose token came with this request. Raises NotSignedIn."""
    if "participant" not in g:
        _signed_in()
    return cast(Participant, g.participant)


def _peer() -> None:
    if not isinstance(request.environ.get(ENVIRON), Caller):
        raise UnknownPeer


peer = Guard("peer", _peer)
"""Another node, whose signature the gate of the peers' door has checked."""


def caller() -> Caller:
    """Who asks at the peers' door."""
    return cast(Caller, request.environ[ENVIRON])


def calling_peer() -> Peer:
    """The same as its row. Raises UnknownPeer for one that was revoked since it knocked."""
    found = session().get(Peer, caller().peer_id)
    if found is None or found.state != ACTIVE:
        raise UnknownPeer
    return found


STAFF_TOKEN = "staff_token"  # noqa: S105 - the name of a cookie field


def staff_with(*roles: str) -> Guard:
    """Staff holding one of these roles somewhere; on which unit is the query's question. No role named: any staff."""
    return Guard("staff" + "".join(f":{role}" for role in roles), functools.partial(_staff, roles), roles)


def _staff(roles: tuple[str, ...]) -> None:
    g.staff = staff_desk.staff_member(session(), cookie.get(STAFF_TOKEN, ""))
    if roles and not g.staff.holds(*roles):
        raise NotAllowed


def staff() -> Staff:
    return cast(Staff, g.staff)


def reads_first(view: View) -> View:
    """Mark a writing view that begins with reading: it writes only after `http.release()`."""
    view.reads_first = True  # type: ignore[attr-defined]
    return view


def writes_on_read(view: View) -> View:
    """Mark a GET view that writes all the same, because its reading is put on the audit trail."""
    view.writes = True  # type: ignore[attr-defined]
    return view
