"""The canonical lines of the documents we sign: what RDFC-1.0 makes of them, written from their fixed shape.

A credential of ours has one shape and in it one node without a name, so its canonical form needs no search and no JSON-LD
library: each member is one line. A document with any other member is refused, never guessed at; the tests hold these
lines against two libraries that do it the long way. Types of values are those the published contexts give, mistakes of
the Open Badges context (`xsd:dateTime`, `https://www.w3.org/2001/XMLSchema#`) included: readers see them, too.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from backend.certificates.credential import CONTEXT

RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
VC: Final = "https://www.w3.org/2018/credentials#"
OB: Final = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
STATUS: Final = "https://www.w3.org/ns/credentials/status#"
SECURITY: Final = "https://w3id.org/security#"
SCHEMA: Final = "https://schema.org/"
DATE_TIME: Final = "http://www.w3.org/2001/XMLSchema#dateTime"
BLANK: Final = "_:c14n0"
IRI = re.compile(r"[a-z][a-z0-9+.-]*:[!#-;=?-Z\[\]_a-z~]+")
"""Printable ASCII without the signs an IRI in angle brackets must not have."""
LONGEST_TEXT = 200_000
"""A status list of 131,072 positions, every one its own, packs into half of that."""


class Unshaped(ValueError):
    """A document with a member, a type or a value that we never write."""


@dataclass(frozen=True)
class Member:
    """One member of a node. `kind`: 'text', 'iri', 'purpose', 'false'; `datatype` of a text that has one, `node` of a member
    that is a node itself, `listed` of one that stands in a list of one."""

    predicate: str
    kind: str = "text"
    datatype: str = ""
    node: "Node | None" = None
    listed: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Node:
    """`types`: written short -> whole; `listed`: whether `type` is a list; a nameless node has no `id`."""

    types: Mapping[str, str]
    members: Mapping[str, Member] = field(default_factory=dict)
    listed: bool = True
    nameless: bool = False


IDENTITY = Node(
    {"IdentityObject": f"{OB}IdentityObject"},
    {
        "identityType": Member(f"{OB}identityType"),
        "hashed": Member(f"{OB}hashed", "false", "https://www.w3.org/2001/XMLSchema#boolean"),
        "identityHash": Member(f"{OB}identityHash"),
    },
    listed=False,
    nameless=True,
)
CRITERIA = Node({}, {"narrative": Member(f"{OB}narrative")})
ACHIEVEMENT = Node(
    {"Achievement": f"{OB}Achievement"},
    {
        "achievementType": Member(f"{OB}achievementType"),
        "name": Member(f"{SCHEMA}name"),
        "description": Member(f"{SCHEMA}description"),
        "criteria": Member(f"{OB}Criteria", node=CRITERIA),
    },
)
SUBJECT = Node(
    {"AchievementSubject": f"{OB}AchievementSubject"},
    {
        "identifier": Member(f"{OB}identifier", node=IDENTITY, listed=True),
        "achievement": Member(f"{OB}achievement", node=ACHIEVEMENT),
    },
)
PROFILE = Node(
    {"Profile": f"{OB}Profile"},
    {
        "name": Member(f"{SCHEMA}name"),
        "url": Member(f"{SCHEMA}url", datatype="https://www.w3.org/2001/XMLSchema#anyURI"),
    },
)
EVIDENCE = Node(
    {"Evidence": f"{OB}Evidence"},
    {"name": Member(f"{SCHEMA}name"), "narrative": Member(f"{OB}narrative")},
)
ENTRY = Node(
    {"BitstringStatusListEntry": f"{STATUS}BitstringStatusListEntry"},
    {
        "statusPurpose": Member(f"{STATUS}statusPurpose"),
        "statusListIndex": Member(f"{STATUS}statusListIndex"),
        "statusListCredential": Member(f"{STATUS}statusListCredential", "iri"),
    },
    listed=False,
)
CREDENTIAL = Node(
    {"VerifiableCredential": f"{VC}VerifiableCredential", "OpenBadgeCredential": f"{OB}OpenBadgeCredential"},
    {
        "name": Member(f"{SCHEMA}name"),
        "issuer": Member(f"{VC}issuer", node=PROFILE),
        "validFrom": Member(f"{VC}validFrom", datatype=DATE_TIME),
        "validUntil": Member(f"{VC}validUntil", datatype=DATE_TIME, optional=True),
        "awardedDate": Member(f"{OB}awardedDate", datatype="xsd:dateTime"),
        "credentialSubject": Member(f"{VC}credentialSubject", node=SUBJECT),
        "evidence": Member(f"{VC}evidence", node=EVIDENCE, listed=True),
        "credentialStatus": Member(f"{VC}credentialStatus", node=ENTRY),
    },
)
BITS = Node(
    {"BitstringStatusList": f"{STATUS}BitstringStatusList"},
    {
        "statusPurpose": Member(f"{STATUS}statusPurpose"),
        "encodedList": Member(f"{STATUS}encodedList", datatype=f"{SECURITY}multibase"),
    },
    listed=False,
)
STATUS_LIST = Node(
    {
        "VerifiableCredential": f"{VC}VerifiableCredential",
        "BitstringStatusListCredential": f"{STATUS}BitstringStatusListCredential",
    },
    {
        "issuer": Member(f"{VC}issuer", "iri"),
        "validFrom": Member(f"{VC}validFrom", datatype=DATE_TIME),
        "validUntil": Member(f"{VC}validUntil", datatype=DATE_TIME),
        "credentialSubject": Member(f"{VC}credentialSubject", node=BITS),
    },
)
PROOF = Node(
    {"DataIntegrityProof": f"{SECURITY}DataIntegrityProof"},
    {
        "cryptosuite": Member(f"{SECURITY}cryptosuite", datatype=f"{SECURITY}cryptosuiteString"),
        "created": Member("http://purl.org/dc/terms/created", datatype=DATE_TIME),
        "verificationMethod": Member(f"{SECURITY}verificationMethod", "iri"),
        "proofPurpose": Member(f"{SECURITY}proofPurpose", "purpose"),
    },
    listed=False,
    nameless=True,
)
WHOLE = {CONTEXT: CREDENTIAL, CONTEXT[:1]: STATUS_LIST}
"""By its contexts a document tells which of the two it is."""


def lines(document: Mapping[str, Any]) -> list[str]:
    """The canonical lines of a credential or a status list without its proof. Raises Unshaped."""
    contexts = document.get("@context")
    shape = WHOLE.get(tuple(contexts)) if isinstance(contexts, list) and _all_text(contexts) else None
    if shape is None:
        raise Unshaped("@context")
    bare = {name: value for name, value in document.items() if name not in ("@context", "proof")}
    return sorted(_node(bare, shape, "")[1])


def options(proof: Mapping[str, Any]) -> list[str]:
    """The canonical lines of a proof's options: everything but its value. Raises Unshaped."""
    bare = {name: value for name, value in proof.items() if name != "proofValue"}
    return sorted(_node(bare, PROOF, "proof")[1])


def _node(told: Any, shape: Node, path: str) -> tuple[str, list[str]]:
    """The node's name, and its lines with those of what hangs from it."""
    if not isinstance(told, Mapping) or not _is_shaped(told, shape):
        raise Unshaped(path or "document")
    name = BLANK if shape.nameless else f"<{_iri(told['id'], path)}>"
    made = [f"{name} <{RDF_TYPE}> <{whole}> .\n" for whole in shape.types.values()]
    for member, rule in shape.members.items():
        if member in told:
            made.extend(_lines_of(name, told[member], rule, f"{path}.{member}"))
    return name, made


def _is_shaped(told: Mapping[str, Any], shape: Node) -> bool:
    needed = {name for name, rule in shape.members.items() if not rule.optional}
    fixed = ({"type"} if shape.types else set()) | (set() if shape.nameless else {"id"})
    types: Any = list(shape.types) if shape.listed else next(iter(shape.types), None)
    said = told.keys() == (needed | fixed) or (needed | fixed <= told.keys() <= fixed | shape.members.keys())
    return said and (not shape.types or told["type"] == types)


def _lines_of(name: str, value: Any, rule: Member, path: str) -> Iterator[str]:
    if rule.listed:
        if not isinstance(value, list) or len(value) != 1:
            raise Unshaped(path)
        value = value[0]
    if rule.node:
        other, more = _node(value, rule.node, path)
        yield f"{name} <{rule.predicate}> {other} .\n"
        yield from more
    else:
        yield f"{name} <{rule.predicate}> {_value(value, rule, path)} .\n"


def _value(value: Any, rule: Member, path: str) -> str:
    if rule.kind == "iri":
        return f"<{_iri(value, path)}>"
    if rule.kind == "purpose":
        return f"<{SECURITY}{_only(value, 'assertionMethod', path)}>"
    if rule.kind == "false":
        return f'"{str(_only(value, False, path)).lower()}"^^<{rule.datatype}>'
    return f'"{_escaped(value, path)}"' + (f"^^<{rule.datatype}>" if rule.datatype else "")


def _only(value: Any, one: object, path: str) -> Any:
    if type(value) is not type(one) or value != one:
        raise Unshaped(path)
    return value


def _iri(value: Any, path: str) -> str:
    if not isinstance(value, str) or not IRI.fullmatch(value):
        raise Unshaped(path)
    return value


def _escaped(value: Any, path: str) -> str:
    """Quotes and strokes with a stroke before them; control characters and half pairs are in no text of ours."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise Unshaped(path)
    if not unicodedata.is_normalized("NFC", value) or any(
        unicodedata.category(sign) in ("Cc", "Cs") for sign in value
    ):
        raise Unshaped(path)
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _all_text(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)
