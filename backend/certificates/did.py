"""Who the node is to verifiers: `did:web:<host>`, and the document that names its keys.

The identity is fixed with the first credential: what it names (the list of revocations, this document) must be found for
as long as the paper lives. Keys change inside the document.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.certificates.credential import moment, written
from backend.certificates.models import NodeIdentity
from backend.db.statements import insert_into
from backend.safeguards import signing
from backend.safeguards.multibase import from_multikey
from backend.safeguards.signing import NodeKey, Signer, fingerprint

CONTEXT: Final = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")
NAME_SIGNS = 8


@dataclass(frozen=True)
class Identity:
    """`did` and the address it stands for, without a stroke at the end."""

    did: str
    public_url: str


@dataclass(frozen=True)
class Key:
    """A key as a verifier knows it. `until`: rotated, signs nothing later; `is_trusted`: False once it was withdrawn."""

    name: str
    public: bytes
    until: datetime | None = None
    is_trusted: bool = True

    @property
    def key_id(self) -> str:
        return fingerprint(self.public)


@dataclass(frozen=True)
class Keys:
    """The keys of one issuer, by their address ('did:web:lantoa.example#k-7K3M9QXA')."""

    did: str
    by_method: Mapping[str, Key]

    def of(self, key_id: str) -> Key | None:
        """The key with this fingerprint: how papers without a credential name it."""
        return next((key for key in self.by_method.values() if key.key_id == key_id), None)


def did_of(public_url: str) -> str:
    """'https://lantoa.example:8443' -> 'did:web:lantoa.example%3A8443' (W3C CCG, did:web method)."""
    parts = urlsplit(public_url)
    host = "localhost" if parts.hostname in ("127.0.0.1", "::1") else parts.hostname or ""
    return "did:web:" + quote(host + (f":{parts.port}" if parts.port else ""), safe="")


def method(did: str, key_id: str) -> str:
    """Where the key stands in the document: the first eight signs of its fingerprint name it."""
    return f"{did}#{key_name(key_id)}"


def key_name(key_id: str) -> str:
    return "k-" + key_id.replace("-", "")[:NAME_SIGNS]


def identity(session: Session, public_url: str) -> Identity:
    """Who this node is; at the first call this address is fixed. Two first calls at once agree on one."""
    found = session.scalars(select(NodeIdentity)).first()
    if found is None:
        row = {"id": 1, "did": did_of(public_url), "public_url": public_url, "since": clock.now()}
        session.execute(insert_into(session, NodeIdentity).values(row).on_conflict_do_nothing())
        found = session.scalars(select(NodeIdentity)).one()
    return Identity(found.did, found.public_url)


def identity_to_be(session: Session, public_url: str) -> Identity:
    """The same for whoever only reads: who the node is, or would be with its first credential."""
    found = session.scalars(select(NodeIdentity)).first()
    return Identity(found.did, found.public_url) if found else Identity(did_of(public_url), public_url)


def own_keys(session: Session, signer: Signer | None = None) -> list[NodeKey]:
    """Every key of this node, the oldest first; `signer`'s too, if it has signed nothing yet."""
    rows = signing.public_keys(session)
    if signer and all(row.id != signer.key_id for row in rows):
        rows.append(signing.row_of(signer))
    return rows


def document(who: Identity, keys: Iterable[NodeKey], lists: Iterable[int] = ()) -> dict[str, Any]:
    """did.json, with the numbers of the lists of revocations, so that whoever will be without network knows what to fetch. A withdrawn key is named no longer, so that every reader refuses it; a rotated one stays, and until when
    it signed (`signsUntil`) is for readers who look: `expires` would end what it signed before, too."""
    rows = [row for row in keys if row.withdrawn_at is None]
    named = [method(who.did, row.id) for row in rows]
    return {
        "@context": [*CONTEXT, {"signsUntil": f"{who.public_url}/.well-known/lantoa-key#signsUntil"}],
        "id": who.did,
        "alsoKnownAs": [f"did:key:{row.multibase}" for row in rows],
        "verificationMethod": [_method(who.did, row, name) for row, name in zip(rows, named, strict=True)],
        "assertionMethod": named,
        "service": [_service(who, number) for number in lists],
    }


def _service(who: Identity, number: int) -> dict[str, str]:
    where = f"{who.public_url}/trang-thai/{number}"
    return {"id": f"{who.did}#list-{number}", "type": "BitstringStatusList", "serviceEndpoint": where}


def _method(did: str, row: NodeKey, name: str) -> dict[str, str]:
    until = {"signsUntil": written(row.until_at)} if row.until_at else {}
    return {"id": name, "type": "Multikey", "controller": did, "publicKeyMultibase": row.multibase} | until


def own(who: Identity, rows: Iterable[NodeKey]) -> Keys:
    """The node's keys as its own verifier knows them: withdrawn ones, too, so that it can say so."""
    return Keys(
        who.did,
        {
            method(who.did, row.id): Key(
                key_name(row.id), signing.unpacked(row.public), row.until_at, row.withdrawn_at is None
            )
            for row in rows
        },
    )


def read(told: Any) -> Keys:
    """The keys of somebody's did.json. Raises ValueError for what is none; methods of other kinds are left out."""
    if not isinstance(told, Mapping) or not str(told.get("id", "")).startswith("did:"):
        raise ValueError("no DID document")
    did, methods, may = told["id"], told.get("verificationMethod"), told.get("assertionMethod")
    if not isinstance(methods, list) or not isinstance(may, list):
        raise ValueError("a DID document without keys")
    return Keys(did, dict(_read(one, may) for one in methods if _is_ours(one, did)))


def _is_ours(one: Any, did: str) -> bool:
    return isinstance(one, Mapping) and one.get("type") == "Multikey" and one.get("controller") == did


def _read(one: Mapping[str, Any], may: list[Any]) -> tuple[str, Key]:
    name, until = str(one.get("id")), one.get("signsUntil")
    return name, Key(
        name.partition("#")[2],
        from_multikey(str(one.get("publicKeyMultibase"))),
        moment(str(until)) if until else None,
        name in may,
    )
