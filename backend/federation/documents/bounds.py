"""What a level above may speak of in a document: in its own name, and of its own unit with all below it.

Who holds the key of any level above could else plant a template in the name of the country, or targets in that of the
commune itself. What a province passes on of the nation is in the name of a unit above the province's.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.federation.documents.errors import OutsideReach, WrongLine
from backend.federation.documents.kinds import DocumentKind, Speaks
from backend.federation.documents.models import Document
from backend.federation.documents.scopes import codes_above
from backend.federation.peers.models import Peer
from backend.federation.peers.trouble import note_trouble
from backend.units.models import Unit
from backend.units.trees import subtrees


def check_line(kind: DocumentKind, line: str) -> None:
    """Raises WrongLine."""
    if line not in kind.lines:
        raise WrongLine


def check(session: Session, peer: Peer, issuer: str, said: Speaks) -> None:
    """`peer`: the level above it came from; `issuer`: the node that signed it. Raises OutsideReach, which names the unit."""
    own = _units_of(session, peer, issuer)
    if said.issuer is not None and said.issuer not in own:
        raise OutsideReach(unit_code=said.issuer)
    if beyond := _beyond(session, own, said):
        raise OutsideReach(unit_code=min(beyond))


def _units_of(session: Session, peer: Peer, issuer: str) -> set[str]:
    """In whose name the issuer speaks: of who is no peer here it is known only that it stands above the one that passes on.
    That is taken on the State's line alone, and of the first such node that was seen there: who could answer for another one
    could speak in the name of the country."""
    if issuer == str(peer.node_id):
        return {peer.unit_code}
    if peer.line != "state" or _first_above(session, peer) != issuer:
        note_trouble(session, peer.id, OutsideReach.code, "document")
        return set()
    return codes_above(session, peer.unit_code) - {peer.unit_code}


def _first_above(session: Session, peer: Peer) -> str | None:
    """The node whose documents this level above passed on first."""
    query = select(Document.issuer).where(
        Document.peer_id == peer.id, Document.line == peer.line, Document.issuer != str(peer.node_id)
    )
    return session.scalars(query.order_by(Document.kept_at, Document.digest).limit(1)).first()


def _beyond(session: Session, own: set[str], said: Speaks) -> set[str]:
    """A unit nobody here knows belongs where its code says ('05752-T07' to 05752); one that is no commune's is the room's question."""
    if not said.about:
        return set()
    heads = {code: code.partition("-")[0] for code in said.about}
    wanted = {*said.about, *heads.values(), *own}
    ids = dict(session.execute(select(Unit.code, Unit.id).where(Unit.code.in_(wanted))).all())
    below = subtrees(session, [ids[code] for code in own if code in ids], said.on or clock.today())
    known = {code: ids.get(code, ids.get(head)) for code, head in heads.items()}
    return {code for code, unit in known.items() if unit is not None and unit not in below}
