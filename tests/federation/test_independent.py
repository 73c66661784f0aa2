"""Messages between nodes before implementations of RFC 9421 and RFC 9530 that are not ours, both ways.

What a child sends and what a parent answers is verified by two libraries from npm, and what they sign is taken at our
door. Both are oracles of these tests and no part of the product; licences Apache-2.0 and ISC.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backend.federation import messages
from backend.federation.messages import Asked
from backend.federation.signature_base import TAG
from backend.safeguards.signing import Signer, packed
from tests.support.node import fetched, run

HERE = Path(__file__).parent / "verifier_js"
LIBRARIES = ("http-message-sig", "http-message-signatures")
CHILD_SEED, PARENT_SEED = (
    packed(b"the seed of a commune of a test!"),
    packed(b"the seed of a province of a test"),
)
CHILD, PARENT = Signer(CHILD_SEED), Signer(PARENT_SEED)
URL = "https://tinh.example/federation/packets/figures/xa-thang/7"
BODY = "LANTOA1 … bản số liệu của xã".encode()
SAID = {
    "Content-Type": "application/vnd.lantoa.frame", "Content-Encoding": "gzip", "Lantoa-Line": "state",
    "Idempotency-Key": '"3b5d"',
}  # fmt: skip
NODE, EPOCH = "018f3c5e-0000-7000-8000-000000000001", "018f3c5e-0000-7000-8000-000000000002"
NONCE = "mot-so-chi-dung-mot-lan"


def now() -> datetime:
    """One of the two libraries always looks at the real clock, so nothing is signed before it is looked at."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True)
class Message:
    """A message as anybody on the line sees it; an answer has a status."""

    headers: Mapping[str, str]
    body: bytes
    method: str = "PUT"
    url: str = URL
    status: int = 0

    def told(self) -> dict[str, Any]:
        plain = {"headers": dict(self.headers), "body": base64.b64encode(self.body).decode()}
        return plain | ({"status": self.status} if self.status else {"method": self.method, "url": self.url})


def asked() -> Message:
    return Message(messages.sign_request(CHILD, "PUT", URL, SAID, BODY, NODE, EPOCH, NONCE, now()), BODY)


def looked_at() -> Message:
    """A question without a body."""
    url = "https://tinh.example/federation/streams/figures/xa-thang"
    headers = messages.sign_request(
        CHILD, "GET", url, {"Lantoa-Line": "state"}, b"", NODE, EPOCH, NONCE, now()
    )
    return Message(headers, b"", "GET", url)


def answered(to: Message, status: int = 201, kind: str = "application/vnd.lantoa.frame") -> Message:
    """Signed by our door, of which no part comes from a library."""
    said = {"Content-Type": kind, "Lantoa-Node": NODE, "Lantoa-Epoch": EPOCH}
    body = b'{"outcome":"taken"}'
    more = messages.sign_response(PARENT, Asked.of(to.method, to.url, to.headers), status, said, body, now())
    return Message(said | more, body, status=status)


@dataclass(frozen=True)
class Try:
    """What is verified. `holds`: what every library must say of it."""

    name: str
    request: Message
    response: Message | None = None
    holds: bool = True
    key: Signer = field(default_factory=lambda: CHILD)


def with_header(message: Message, name: str, value: str) -> Message:
    assert name in message.headers, f"{name} is not there to be changed"
    return replace(message, headers={**message.headers, name: value})


def tries() -> Iterator[Try]:
    good, plain = asked(), looked_at()
    answer = answered(good)
    yield Try("a packet", good)
    yield Try("a question without a body", plain)
    yield Try("another key", good, key=PARENT, holds=False)
    yield Try("another method", replace(good, method="POST"), holds=False)
    yield Try("another address", replace(good, url=URL[:-1] + "8"), holds=False)
    yield Try("another host", replace(good, url=URL.replace("tinh", "xa")), holds=False)
    yield Try("another body", replace(good, body=BODY + b" "), holds=False)
    for name, value in (
        ("Content-Type", "text/plain"), ("Content-Encoding", "br"), ("Idempotency-Key", '"3b5e"'), ("Lantoa-Node", EPOCH),
        ("Lantoa-Epoch", NODE), ("Lantoa-Line", "party"),
    ):  # fmt: skip
        yield Try(f"another {name}", with_header(good, name, value), holds=False)
    later = re.sub(r"created=\d+", "created=1700000000", good.headers["Signature-Input"])
    yield Try("another moment", with_header(good, "Signature-Input", later), holds=False)
    for status in (200, 201, 409):
        yield Try(f"an answer {status}", good, answered(good, status), key=PARENT)
    yield Try("an answer to a question", plain, answered(plain, 200), key=PARENT)
    yield Try("a problem", good, answered(good, 422, "application/problem+json"), key=PARENT)
    yield Try("an answer by the child itself", good, answer, key=CHILD, holds=False)
    yield Try("an answer to another request", plain, answer, key=PARENT, holds=False)
    yield Try("another status", good, replace(answer, status=200), key=PARENT, holds=False)
    yield Try("another answer", good, replace(answer, body=b'{"outcome":"late!"}'), key=PARENT, holds=False)
    other = replace(good, headers={**good.headers, "Content-Digest": plain_digest(b"other")})
    yield Try("an answer to the same request with another body", other, answer, key=PARENT, holds=False)


def plain_digest(body: bytes) -> str:
    import hashlib

    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


NAMED = {one.name: one.holds for one in tries()}
"""The name of each try -> whether it holds."""


def jwk(signer: Signer, seed: str = "") -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": packed(signer.public)} | ({"d": seed} if seed else {})


def others(jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the libraries say, one process for all."""
    place = fetched(HERE)
    with TemporaryDirectory() as within:
        told = Path(within) / "jobs.json"
        told.write_text(json.dumps({"now": int(now().timestamp()), "jobs": jobs}))
        done = run(place, HERE / "messages.mjs", str(told))
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@pytest.fixture(scope="module")
def said() -> dict[tuple[str, str], dict[str, Any]]:
    """(library, name of the try) -> its verdict."""
    asked_for = [(library, one) for library in LIBRARIES for one in tries()]
    jobs = [
        {"by": library, "deed": "verify", "key": jwk(one.key), "request": one.request.told()}
        | ({"response": one.response.told()} if one.response else {})
        for library, one in asked_for
    ]
    return {
        (library, one.name): verdict for (library, one), verdict in zip(asked_for, others(jobs), strict=True)
    }


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", NAMED)
def test_two_libraries_of_other_houses_say_the_same(
    name: str, library: str, said: dict[tuple[str, str], dict[str, Any]]
) -> None:
    verdict = said[library, name]
    assert verdict["verified"] is NAMED[name], verdict
    assert bool(verdict["trouble"]) is not NAMED[name]


def test_they_see_everything_covered_that_the_message_carries(
    said: dict[tuple[str, str], dict[str, Any]],
) -> None:
    """A signature over nothing would be verified as well."""
    covered = set(said["http-message-sig", "a packet"]["covered"])
    assert covered == {
        "@method", "@target-uri", "lantoa-node", "lantoa-epoch", "lantoa-line", "content-type", "content-digest",
        "content-encoding", "idempotency-key",
    }  # fmt: skip
    answer = set(said["http-message-sig", "an answer 201"]["covered"])
    assert answer >= {"@status", "content-digest", "@method;req", "@target-uri;req", "content-digest;req"}


def test_refusing_everything_would_not_pass_for_looking() -> None:
    assert sum(NAMED.values()) == 7
    assert len(NAMED) > 7 + 12


# --- what they sign, at our door ---

COMPONENTS = [
    "@method", "@target-uri", "lantoa-node", "lantoa-epoch", "content-type", "content-digest", "content-encoding",
    "idempotency-key", "lantoa-line",
]  # fmt: skip


def theirs(library: str, **instead: Any) -> Message:
    """A child written in another language."""
    headers = SAID | {"Lantoa-Node": NODE, "Lantoa-Epoch": EPOCH, "Content-Digest": plain_digest(BODY)}
    bare = Message(headers, BODY)
    at = int(now().timestamp())
    parameters = {
        "created": at, "expires": at + 300, "nonce": NONCE, "keyid": CHILD.key_id, "alg": "ed25519", "tag": TAG,
    } | instead.pop("parameters", {})  # fmt: skip
    job = {
        "by": library, "deed": "sign", "key": jwk(CHILD, CHILD_SEED), "request": bare.told(),
        "components": instead.pop("components", COMPONENTS), "parameters": parameters,
    }  # fmt: skip
    (made,) = others([job])
    assert "headers" in made, made
    return replace(bare, headers=headers | made["headers"])


def at_our_door(message: Message, remember: Callable[..., bool] = lambda *_: True) -> str:
    """The code of the refusal, "" where the door opens."""
    here = Asked.of(message.method, message.url, message.headers)
    try:
        shown = messages.presented(here)
        key = Ed25519PublicKey.from_public_bytes(CHILD.public)
        messages.check_request(here, shown, "peer", key, remember, now())
        messages.check_digest(here, message.body)
    except messages.MessageRefused as refused:
        return refused.code
    return ""


@pytest.mark.parametrize("library", LIBRARIES)
def test_what_they_sign_our_door_takes_and_nothing_that_differs(library: str) -> None:
    good = theirs(library)
    assert at_our_door(good) == ""
    assert at_our_door(good, lambda *_: False) == "replayed"
    assert at_our_door(replace(good, body=b"x")) == "bad-digest"
    assert at_our_door(replace(good, url=URL + "1")) == "bad-signature"
    assert at_our_door(with_header(good, "Lantoa-Line", "party")) == "bad-signature"


@pytest.mark.parametrize("left_out", COMPONENTS)
def test_a_signature_that_leaves_something_out_opens_nothing(left_out: str) -> None:
    message = theirs(LIBRARIES[0], components=[one for one in COMPONENTS if one != left_out])
    assert at_our_door(message) == "bad-signature-input"


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_signature_for_another_purpose_opens_nothing(library: str) -> None:
    assert at_our_door(theirs(library, parameters={"tag": "web-bot-auth"})) == "bad-signature-input"
