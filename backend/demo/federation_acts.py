"""What the operators and offices of the demo do: enrol the communes, merge two of them. Through the same doors as real ones."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.config import Settings
from backend.db.engine import Database
from backend.db.node import this_node
from backend.demo.federation import STORY
from backend.federation.documents import giving
from backend.federation.documents.models import Document
from backend.federation.peers import enrol
from backend.federation.peers.models import Peer
from backend.people.models import StaffLogin
from backend.safeguards.audit import Actor
from backend.safeguards.signing import Signer
from backend.units import deciding
from backend.units.reorganise import NewUnit
from campaigns.units_from_above import UNITS, live_through

LINE = "state"
ABOVE, BELOW = ("hoa", "nam"), ("son", "bac")
"""The two operators of the province, and the two of every commune."""


def by(session: Session, username: str) -> Actor:
    found = select(StaffLogin.person_id).where(StaffLogin.username == username)
    return Actor("staff", session.scalars(found).one())


def enrol_commune(province: Settings, commune: Settings, address: str) -> bool:
    """Offer, code over the telephone, two persons on each side; `address`: where the commune reaches the province.

    False where they know each other already.
    """
    above, below = Database(province.database_url), Database(commune.database_url)
    try:
        if _knows(above, below):
            return False
        _introduce(above, Signer(province.signing_key), below, Signer(commune.signing_key), address)
        return True
    finally:
        above.close()
        below.close()


def _knows(above: Database, below: Database) -> bool:
    with below.transaction(writes=False) as session:
        node = this_node(session).id
    with above.transaction(writes=False) as session:
        return session.scalars(select(Peer.id).where(Peer.node_id == node)).first() is not None


def _introduce(above: Database, theirs: Signer, below: Database, ours: Signer, address: str) -> None:
    with below.transaction() as session:
        offered = enrol.offer(session, ours, LINE, by(session, BELOW[0]))
    child = _proposed(above, offered.raw, ABOVE[0], offered.code)
    _confirmed(above, child, ours.key_id, ABOVE[1])
    with above.transaction() as session:
        answer = enrol.answer(session, theirs, child, address)
    parent = _proposed(below, answer, BELOW[0])
    _confirmed(below, parent, theirs.key_id, BELOW[1])


def _proposed(database: Database, raw: bytes, who: str, code: str = "") -> uuid.UUID:
    with database.transaction() as session:
        return enrol.propose(session, raw, by(session, who), code).id


def _confirmed(database: Database, peer: uuid.UUID, heard: str, who: str) -> None:
    with database.transaction() as session:
        enrol.confirm(session, peer, heard, by(session, who))


def merge(session: Session, signer: Signer, who: str = "thuan") -> Document:
    """Two communes become one from today on: one signed event, lived through here and given out to every commune."""
    told = STORY["merged"]
    act = deciding.Act(clock.today(), told["act"], clock.today(), "Tỉnh Thái Nguyên (minh hoạ)")
    new = NewUnit(told["code"], told["name"], told["level_word"])
    event = deciding.merging(session, told["of"], new, act, served_by=told["of"][0])
    live_through(session, event)
    return giving.give(
        session,
        signer,
        UNITS,
        str(event.id),
        event,
        units=(),
        line=LINE,
        by=by(session, who),
        title=told["act"],
    )
