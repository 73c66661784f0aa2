"""What was refused, counted by peer, code and hour, and when each peer was last heard: what the health page is made of.

It is kept in memory for a moment and written by itself, so that a flood of forged messages costs no write each, and what
was refused is on record although the refusal took its own transaction back. The first of a kind in an hour is written
as soon as the request or transaction it belongs to has ended.
"""

import atexit
import logging
import threading
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, delete, event, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backend import clock
from backend.db.engine import Database, transaction_on
from backend.db.statements import insert_into
from backend.federation.peers.models import Peer, PeerTrouble

log = logging.getLogger("lantoa.peers")

KEPT = timedelta(days=90)
WRITTEN_EVERY_S = 2.0
MOST_KINDS = 2000
"""Peers times codes in one process; beyond that everything is written before more is counted."""
MOST_CODES = 60
"""Of one peer in an hour: about as many as there are. Whatever else it makes up is counted as one."""
OTHER = "other"
MOST_LETTERS = 200
SEEN_AGAIN = timedelta(minutes=1)
DELTA_MOVED_MS = 2000

Kind = tuple[str, str, date, int]


@dataclass
class _Counted:
    peer_id: uuid.UUID | None
    count: int
    last_at: datetime
    what: str


@dataclass
class _Seen:
    at: datetime
    delta_ms: int


@dataclass
class Notes:
    """What one process has to write about the peers of one database."""

    engine: Engine
    refused: dict[Kind, _Counted] = field(default_factory=dict)
    seen: dict[uuid.UUID, _Seen] = field(default_factory=dict)
    written: set[Kind] = field(default_factory=set)
    told: dict[uuid.UUID, _Seen] = field(default_factory=dict)
    by_peer: dict[uuid.UUID | None, int] = field(default_factory=dict)
    codes: dict[str, set[str]] = field(default_factory=dict)
    codes_of: tuple[date, int] = (date.min, 0)
    lock: threading.Lock = field(default_factory=threading.Lock)
    next_at: float = 0.0

    def note(self, peer_id: uuid.UUID | None, code: str, what: str) -> None:
        now = clock.now()
        with self.lock:
            kind = (str(peer_id or ""), self._code(str(peer_id or ""), code[:40], now), now.date(), now.hour)
            self.by_peer[peer_id] = self.by_peer.get(peer_id, 0) + 1
            row = self.refused.get(kind)
            if row is None:
                self.refused[kind] = _Counted(peer_id, 1, now, what[:MOST_LETTERS])
            else:
                row.count, row.last_at, row.what = row.count + 1, now, what[:MOST_LETTERS]

    def _code(self, whose: str, code: str, now: datetime) -> str:
        """A peer may have a word to say in its code (of a receipt): a row each would be rows without end."""
        hour = (now.date(), now.hour)
        if hour != self.codes_of:
            self.codes_of, self.codes = hour, {}
        known = self.codes.setdefault(whose, set())
        if code not in known and len(known) >= MOST_CODES:
            return OTHER
        known.add(code)
        return code

    def saw(self, peer_id: uuid.UUID, delta_ms: int) -> None:
        """A signed message of this peer came; its clock was so far ahead. Little news is not written again."""
        now, before = clock.now(), self.told.get(peer_id)
        if before and abs(now - before.at) < SEEN_AGAIN and abs(delta_ms - before.delta_ms) < DELTA_MOVED_MS:
            return
        with self.lock:
            self.seen[peer_id] = _Seen(now, delta_ms)

    def is_due(self) -> bool:
        """Something of a kind that is new, or more of what is known and some time has passed."""
        if not self.refused and not self.seen:
            return False
        is_new = bool(self.seen) or any(kind not in self.written for kind in self.refused)
        return is_new or time.monotonic() >= self.next_at or len(self.refused) > MOST_KINDS

    def write(self) -> None:
        """Everything that waits, in a transaction of its own. What could not be written waits on."""
        with self.lock:
            refused, self.refused = self.refused, {}
            seen, self.seen = self.seen, {}
            self.next_at = time.monotonic() + WRITTEN_EVERY_S
        try:
            _write(self.engine, refused, seen)
        except SQLAlchemyError:
            log.exception("what was refused could not be written; trying again")
            self._put_back(refused)
            return
        hour = clock.now().hour
        with self.lock:
            self.written = {kind for kind in self.written | set(refused) if kind[3] == hour}
            self.told |= seen

    def _put_back(self, refused: dict[Kind, _Counted]) -> None:
        with self.lock:
            for kind, row in refused.items():
                if kind in self.refused:
                    self.refused[kind].count += row.count
                else:
                    self.refused[kind] = row


def _write(engine: Engine, refused: dict[Kind, _Counted], seen: dict[uuid.UUID, _Seen]) -> None:
    if not refused and not seen:
        return
    with transaction_on(engine) as session:
        for kind in sorted(refused):  # one order for every process: no deadlock
            _add(session, kind, refused[kind])
        for peer_id in sorted(seen):
            row = seen[peer_id]
            change = update(Peer).where(Peer.id == peer_id)
            session.execute(change.values(last_seen_at=row.at, clock_delta_ms=row.delta_ms))


def _add(session: Session, kind: Kind, row: _Counted) -> None:
    whose, code, day, hour = kind
    made = insert_into(session, PeerTrouble).values(
        whose=whose, code=code, day=day, hour=hour, peer_id=row.peer_id, count=row.count, last_at=row.last_at, what=row.what
    )  # fmt: skip
    more = {"count": PeerTrouble.count + row.count, "last_at": row.last_at, "what": row.what}
    session.execute(made.on_conflict_do_update(index_elements=["whose", "code", "day", "hour"], set_=more))


_NOTES: WeakKeyDictionary[Engine, Notes] = WeakKeyDictionary()
_MAKING = threading.Lock()


def notes_of(where: Session | Database) -> Notes:
    """What this process has noted about that database's peers."""
    bind = where.engine if isinstance(where, Database) else where.get_bind()
    engine = bind if isinstance(bind, Engine) else bind.engine
    with _MAKING:
        found = _NOTES.get(engine)
        if found is None:
            found = _NOTES[engine] = Notes(engine)
        return found


def note_trouble(where: Session | Database, peer_id: uuid.UUID | None, code: str, what: str = "") -> None:
    """One more refusal. `code`: of the problem; `what`: a few words, nothing out of the body, no person.

    With a session it is written once the session's transaction has ended, whichever way; with a database by the next
    `flush`, which the door and the worker do.
    """
    notes = notes_of(where)
    notes.note(peer_id, code, what)
    if isinstance(where, Session):
        _write_when_over(where, notes)


def _write_when_over(session: Session, notes: Notes) -> None:
    if session.info.get("peer_trouble"):
        return
    session.info["peer_trouble"] = True

    def over(ended: Session) -> None:
        if ended.info.pop("peer_trouble", False):
            notes.write()

    event.listen(session, "after_commit", over, once=True)
    event.listen(session, "after_rollback", over, once=True)


def flush(where: Session | Database, *, only_if_due: bool = False) -> None:
    """Write what waits. Never within a transaction that writes: on SQLite it would wait for itself."""
    notes = notes_of(where)
    if not only_if_due or notes.is_due():
        notes.write()


@atexit.register
def _write_the_last() -> None:
    """What was counted in the last seconds of this process, where its database is still there."""
    for notes in list(_NOTES.values()):
        with suppress(Exception):
            _write(notes.engine, notes.refused, notes.seen)


# --- reading ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Refused:
    """How often something was refused lately, and when last. `peer_id` is None for strangers."""

    peer_id: uuid.UUID | None
    code: str
    count: int
    last_at: datetime
    what: str


def lately(session: Session, days: int = 7, peer_id: uuid.UUID | None = None) -> list[Refused]:
    """The last days' refusals by peer and code, the newest first. One statement."""
    since = clock.now().date() - timedelta(days=days - 1)
    query = select(PeerTrouble).where(PeerTrouble.day >= since)
    if peer_id is not None:
        query = query.where(PeerTrouble.peer_id == peer_id)
    return sorted(
        _added(session.scalars(query.order_by(PeerTrouble.last_at))),
        key=lambda row: row.last_at,
        reverse=True,
    )


def _added(rows: Iterable[PeerTrouble]) -> list[Refused]:
    found: dict[tuple[uuid.UUID | None, str], Refused] = {}
    for row in rows:
        before = found.get((row.peer_id, row.code))
        count = row.count + (before.count if before else 0)
        found[row.peer_id, row.code] = Refused(row.peer_id, row.code, count, row.last_at, row.what)
    return list(found.values())


def forget_old(session: Session) -> None:
    """What is older than a season tells nothing any more."""
    day = (clock.now() - KEPT).date()
    session.execute(delete(PeerTrouble).where(PeerTrouble.day < day))
