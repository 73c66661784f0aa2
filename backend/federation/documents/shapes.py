"""What a catalogue says, as it is signed, and the one that was taken in last."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct, structs
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.federation import frames, no_person
from backend.federation.documents.models import CatalogueIn
from backend.federation.peers.models import Peer
from backend.federation.shapes import Hash, MomentOrNone, NodeId, NodeOrMany

Hex = Hash
Series = Annotated[str, Meta(max_length=120, pattern=r"^[a-z-]+/[A-Za-z0-9._-]+\Z")]
Number = Annotated[int, Meta(ge=1, le=1_000_000)]
Issuer = NodeOrMany
MOST = 5000
"""Documents a catalogue may name, and as many that were taken back."""
MOST_KEYS = 200


class Named(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A document that should stand. `size` in bytes, so that who has little link knows before fetching. `issuer`: the node
    whose it is, where it is only passed on; "" where it is the catalogue's own."""

    series: Series
    number: Number
    digest: Hex
    size: Annotated[int, Meta(ge=1)]
    issuer: Issuer = ""

    @property
    def place(self) -> str:
        return place_of(self.series, self.issuer)


class Gone(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A document that was given out and taken back. `words`: why; `issuer` as above."""

    series: Series
    number: Number
    digest: Hex
    words: Annotated[str, Meta(max_length=1000)]
    issuer: Issuer = ""

    @property
    def place(self) -> str:
        return place_of(self.series, self.issuer)


class Vouched(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A key the node of the catalogue answers for (`vouching`): `node` whose it is, `public` in base64url, `until`: what it
    signed from that moment on does not count ("": it is open)."""

    node: NodeId
    public: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}\Z")]
    until: MomentOrNone = ""


class Catalogue(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """At most one of a series of an issuer is named. `vouched`: keys for what was not signed by the catalogue's own."""

    named: Annotated[tuple[Named, ...], Meta(max_length=MOST)]
    withdrawn: Annotated[tuple[Gone, ...], Meta(max_length=MOST)]
    vouched: Annotated[tuple[Vouched, ...], Meta(max_length=MOST_KEYS)] = ()


def plain(one: Gone) -> Gone:
    """A reason by which a person could be found says nothing: on the way out, where it was written before reasons were looked
    at, and on the way in."""
    return structs.replace(one, words="") if no_person.found(one) else one


def place_of(series: str, issuer: str) -> str:
    """Under which the state of a series stands at the node below: two issuers may call theirs alike."""
    return f"{series}@{issuer}" if issuer else series


def held(session: Session, peer: Peer) -> Catalogue | None:
    """The newest one that was taken in from this level above."""
    query = select(CatalogueIn).where(CatalogueIn.peer_id == peer.id).order_by(CatalogueIn.epoch.desc())
    row = session.scalars(query.limit(1)).first()
    return msgspec.json.decode(frames.outside(row.raw).payload, type=_Payload).body if row else None


class _Payload(Struct, frozen=True):
    body: Catalogue
