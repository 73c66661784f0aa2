"""Verifiers that are not ours: Digital Bazaar's for JavaScript, openbadgeslib for Python. Nothing of ours is imported by either.

They read what the node publishes from the tests, never from a network. Licences: BSD-3-Clause and LGPL-3.0-or-later; both
are oracles of these tests and no part of the product.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3VerificationError

from tests.support.node import fetched, run

HERE = Path(__file__).parent / "verifier_js"


def javascript(
    credentials: Sequence[Mapping[str, Any] | str], documents: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """What Digital Bazaar's library says of each, a credential or the path of a PNG: {verified, revoked, trouble}."""
    place = fetched(HERE)
    with TemporaryDirectory() as within:
        asked = Path(within) / "asked.json"
        asked.write_text(json.dumps({"documents": documents, "credentials": credentials}))
        done = run(place, HERE / "verify.mjs", str(asked))
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def python(raw: bytes | str, documents: Mapping[str, bytes]) -> str:
    """What openbadgeslib has against it: '' for nothing."""

    def download(address: str) -> bytes:
        return documents[address]

    try:
        OB3LdpVerifier().verify(raw, check_status=True, download=download)
    except OB3VerificationError as refused:
        return str(refused) or "refused"
    return ""
