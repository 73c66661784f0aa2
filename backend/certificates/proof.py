"""The proof on a credential: Data Integrity with the suite eddsa-rdfc-2022 (W3C, Verifiable Credential Data Integrity EdDSA).

What is signed is SHA-256 of the canonical lines of the proof's options, then SHA-256 of those of the document.
"""

import hashlib
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from backend.certificates import nquads
from backend.certificates.credential import moment, written
from backend.certificates.nquads import Unshaped
from backend.safeguards import signing
from backend.safeguards.multibase import base58, unbase58
from backend.safeguards.signing import Signer

SUITE: Final = "eddsa-rdfc-2022"


def sign(document: Mapping[str, Any], signer: Signer, method: str, created: datetime) -> dict[str, Any]:
    """The document with its proof. `method`: the key's address in did.json. Raises Unshaped for another shape."""
    whole: dict[str, Any] = _composed(dict(document))
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": written(created),
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    value = base58(signing.unpacked(signer.sign(hash_of(whole, proof))))
    return whole | {"proof": proof | {"proofValue": value}}


def hash_of(document: Mapping[str, Any], proof: Mapping[str, Any]) -> bytes:
    """The 64 bytes a signature stands for. Raises Unshaped."""
    return _digest(nquads.options(proof)) + _digest(nquads.lines(document))


def method_of(signed: Mapping[str, Any]) -> tuple[str, datetime]:
    """Which key the proof says signed it, and when. Raises Unshaped for a proof we never write."""
    proof = signed.get("proof")
    if not isinstance(proof, Mapping) or proof.get("cryptosuite") != SUITE:
        raise Unshaped("proof")
    try:
        return str(proof["verificationMethod"]), moment(str(proof["created"]))
    except (KeyError, ValueError):
        raise Unshaped("proof") from None


def holds(signed: Mapping[str, Any], public: bytes) -> bool:
    """Whether the owner of this key signed exactly this document; False also for a shape we never write."""
    try:
        proof = signed["proof"]
        signature = unbase58(proof["proofValue"])
        return signing.verify(public, hash_of(signed, proof), signing.packed(signature))
    except (KeyError, TypeError, AttributeError, ValueError):
        return False


def _digest(lines: list[str]) -> bytes:
    return hashlib.sha256("".join(lines).encode()).digest()


def _composed(told: Any) -> Any:
    """Every text in one form of its accents, as the canonical lines demand."""
    if isinstance(told, str):
        return unicodedata.normalize("NFC", told)
    if isinstance(told, Mapping):
        return {name: _composed(one) for name, one in told.items()}
    return [_composed(one) for one in told] if isinstance(told, list) else told
