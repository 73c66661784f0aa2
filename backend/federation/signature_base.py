"""RFC 9421 as the peers' door speaks it: one signature, Ed25519, a fixed set of components, written the one canonical way.

The well-kept library signs what this node sends and checks what it is answered. The door has its own half, because a
forged message must cost it less than half a millisecond and the library takes more for parsing alone; so every exchange
between two nodes is written by one implementation and read by the other.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

TAG = "lantoa-fed"
ALGORITHM = "ed25519"
LABEL = "lantoa"
MOST_INPUT = 1200

_COMPONENT = r'"(@?[a-z][a-z0-9-]*)"(;req)?'
_PARAMETER = r';([a-z]+)=(?:([0-9]{1,10})|"([\x20-\x21\x23-\x5b\x5d-\x7e]{0,100})")'
_INPUT = re.compile(rf"([a-z][a-z0-9_-]{{0,19}})=(\((?:{_COMPONENT}(?: (?=\"))?)*\)(?:{_PARAMETER})*)")
_COMPONENTS = re.compile(_COMPONENT)
_PARAMETERS = re.compile(_PARAMETER)
_SIGNATURE = re.compile(r"([a-z][a-z0-9_-]{0,19})=:([A-Za-z0-9+/]{85}[AQgw]==):")
NUMBERS, WORDS = ("created", "expires"), ("nonce", "keyid", "alg", "tag")

Component = tuple[str, bool]
"""The name of a component and whether it is the request's (`;req`)."""


class InputUnreadable(Exception):
    """Signature-Input or Signature is not written as agreed."""


@dataclass(frozen=True)
class Presented:
    """A signature as it came, nothing of it believed. `params`: the text that is itself part of what was signed."""

    components: tuple[Component, ...]
    params: str
    created: int
    expires: int
    nonce: str
    key_id: str
    signature: bytes


def read(signature_input: str, signature: str) -> Presented:
    """Both header fields. Raises InputUnreadable for anything but one complete signature of this kind."""
    told = _INPUT.fullmatch(signature_input) if len(signature_input) <= MOST_INPUT else None
    held = _SIGNATURE.fullmatch(signature) if len(signature) <= MOST_INPUT else None
    if told is None or held is None or told[1] != held[1]:
        raise InputUnreadable
    components = _components(told[2])
    values = _parameters(told[2])
    if values["alg"] != ALGORITHM or values["tag"] != TAG:
        raise InputUnreadable
    return Presented(
        components,
        told[2],
        int(values["created"]),
        int(values["expires"]),
        values["nonce"],
        values["keyid"],
        base64.b64decode(held[2]),
    )


def _components(params: str) -> tuple[Component, ...]:
    listed = params[: params.index(")")]
    found = tuple((name, bool(req)) for name, req in _COMPONENTS.findall(listed))
    if len(set(found)) != len(found):
        raise InputUnreadable  # a component said twice could stand for two values
    return found


def _parameters(params: str) -> dict[str, str]:
    listed = params[params.index(")") + 1 :]
    found: dict[str, str] = {}
    for name, number, word in _PARAMETERS.findall(listed):
        if name in found or name not in NUMBERS + WORDS or bool(number) != (name in NUMBERS):
            raise InputUnreadable
        found[name] = number or word
    if len(found) != len(NUMBERS + WORDS):
        raise InputUnreadable
    return found


def params_of(components: Iterable[Component], created: int, expires: int, nonce: str, key_id: str) -> str:
    """The text behind `label=` in Signature-Input."""
    listed = " ".join(f'"{name}"{";req" if req else ""}' for name, req in components)
    return (
        f'({listed});created={created};expires={expires};nonce="{nonce}";keyid="{key_id}";'
        f'alg="{ALGORITHM}";tag="{TAG}"'
    )


def base_of(components: Iterable[Component], params: str, value_of: Callable[[Component], str]) -> bytes:
    """The bytes that are signed (RFC 9421 section 2.5). `value_of` raises KeyError for what the message does not have.

    Raises InputUnreadable for a value that could pass for two lines.
    """
    lines = [
        f'"{component[0]}"{";req" if component[1] else ""}: {_plain(value_of(component))}'
        for component in components
    ]
    return "\n".join([*lines, f'"@signature-params": {params}']).encode("ascii")


def _plain(value: str) -> str:
    if not value.isascii() or not value.replace("\t", " ").isprintable():
        raise InputUnreadable
    return value


def header(label: str, text: str) -> str:
    return f"{label}={text}"


def signature_field(signature: bytes) -> str:
    return f"{LABEL}=:{base64.b64encode(signature).decode()}:"


def digest_field(body: bytes) -> str:
    """Content-Digest of RFC 9530, over the bytes as they travel."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def lowered(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names in small letters, values without spaces around; a field said twice is one with a comma, as RFC 9110 has it."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    found: dict[str, str] = {}
    for name, value in pairs:
        low = name.lower()
        found[low] = f"{found[low]}, {value.strip()}" if low in found else value.strip()
    return found
