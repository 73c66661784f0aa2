"""The one verifier that needs no network and no database: a file, the issuer's keys, the lists of revocations, a moment.

It says the same as the node's page and as the phone without signal (mobile_api/pwa/src/verify).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from backend import clock
from backend.certificates import baked, nquads, proof
from backend.certificates.baked import NotBaked
from backend.certificates.credential import moment
from backend.certificates.did import Key, Keys
from backend.certificates.nquads import Unshaped
from backend.certificates.queries import Checked
from backend.certificates.rules import Found, Word, verdict
from backend.certificates.status import Seen
from backend.safeguards import signing

LONGEST_JSON = 256 * 1024


@dataclass(frozen=True)
class Verdict:
    """`word` says it all; the rest is what the paper says, empty where its signature does not stand for it.

    `checked_until`: the moment of the list that was looked at, None without one. `issuer_id`: as the paper claims.
    """

    word: Word
    number: str = ""
    name: str = ""
    title: str = ""
    issuer: str = ""
    issuer_id: str = ""
    issued_at: datetime | None = None
    key_name: str = ""
    checked_until: datetime | None = None


def verify(raw: bytes, keys: Sequence[Keys], lists: Mapping[str, Seen], at: datetime) -> Verdict:
    """What can be said of a file: a PNG with a credential baked in, a credential as JSON, or a paper from before there
    were credentials (its PNG, or the JSON of its page). `lists` by their address. Never raises for what is in the file."""
    try:
        told = _told(raw)
        return _of_statement(told, keys) if "statement" in told else _of_credential(told, keys, lists, at)
    except (NotBaked, Unshaped, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Verdict("unreadable")


def _told(raw: bytes) -> Mapping[str, Any]:
    if baked.is_png(raw):
        return _baked(raw)
    if len(raw) > LONGEST_JSON:
        raise ValueError("too long")
    told = json.loads(raw)
    if not isinstance(told, dict):
        raise ValueError("no object")
    return told


def _baked(raw: bytes) -> Mapping[str, Any]:
    text = baked.credential_in(raw)
    if text is not None:
        told: Any = json.loads(text)
        if not isinstance(told, dict) or "statement" in told:
            raise ValueError("no credential")
        return told
    said = {
        name: baked.text_in(raw, b"lantoa-" + name.encode()) for name in ("statement", "signature", "key")
    }
    return {
        "statement": json.loads(said["statement"] or ""),
        "signature": said["signature"],
        "key_id": said["key"],
    }


def _of_credential(
    told: Mapping[str, Any], keys: Sequence[Keys], lists: Mapping[str, Seen], at: datetime
) -> Verdict:
    nquads.lines(told)  # what is not of our shape cannot be read, so that nothing unsigned is ever shown
    method, signed_at = proof.method_of(told)
    claimed = str(told["issuer"]["id"])
    known = next((one for one in keys if one.did == claimed), None)
    key = known.by_method.get(method) if known else None
    seen = lists.get(str(told["credentialStatus"]["statusListCredential"]))
    if seen and seen.issuer != claimed:
        seen = None
    found = Found(
        key=_standing(known, key),
        is_intact=key is not None and proof.holds(told, key.public),
        signed_at=signed_at,
        key_until=key.until if key else None,
        valid_from=moment(told["validFrom"]),
        valid_until=moment(told["validUntil"]) if "validUntil" in told else None,
        is_set=seen.is_set(_index(told)) if seen else None,
        list_until=seen.until if seen else None,
    )
    return _answer(verdict(found, at), found, told, key, seen)


def _standing(known: Keys | None, key: Key | None) -> Any:
    if known is None:
        return "unknown"
    if key is None:
        return "none"
    return "ours" if key.is_trusted else "withdrawn"


def _index(told: Mapping[str, Any]) -> int:
    """Plain digits; `int` would take spaces and digits of other scripts as well."""
    text = told["credentialStatus"]["statusListIndex"]
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise Unshaped("statusListIndex")
    return int(text)


def _answer(word: Word, found: Found, told: Mapping[str, Any], key: Key | None, seen: Seen | None) -> Verdict:
    claimed = str(told["issuer"]["id"])
    if not found.is_intact:
        return Verdict(word, issuer_id=claimed)
    subject = told["credentialSubject"]
    return Verdict(
        word,
        number=told["evidence"][0]["name"],
        name=subject["identifier"][0]["identityHash"],
        title=subject["achievement"]["name"],
        issuer=told["issuer"]["name"],
        issuer_id=claimed,
        issued_at=found.valid_from,
        key_name=key.name if key else "",
        checked_until=seen.since if seen else None,
    )


def _of_statement(told: Mapping[str, Any], keys: Sequence[Keys]) -> Verdict:
    """A paper without a credential names its key by fingerprint and stands in no list: who was the issuer and whether the
    words are right can be said, and no more."""
    said, key_id = told["statement"], str(told["key_id"])
    owner = next((one for one in keys if one.of(key_id)), None)
    key = owner.of(key_id) if owner else None
    if owner is None or key is None:
        return Verdict("unknown_issuer")
    is_intact = signing.verify(key.public, signing.canonical(said), str(told["signature"]))
    found = Found(_standing(owner, key), is_intact, key_until=key.until)
    word = verdict(found, clock.now())
    if not is_intact:
        return Verdict(word, issuer_id=owner.did)
    return Verdict(
        word, said["number"], said["name"], said["title"], said["issuer"], owner.did, key_name=key.name
    )


def with_record(found: Verdict, checked: Checked) -> Verdict:
    """The same paper where the node that issued it is at hand: its own record says whether it was taken back. A paper
    that is on record no more stays as it was found: nobody can say."""
    words: Mapping[str, Word] = {
        "valid": "valid",
        "revoked": "revoked",
        "expired": "expired",
        "key_expired": "key_expired",
        "key_withdrawn": "key_withdrawn",
    }
    return replace(found, word=words.get(checked.verdict, found.word))
