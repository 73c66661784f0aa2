"""How a child speaks to its parent: one signed request, one answer that is signed and bound to it."""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

import httpx
import msgspec
from msgspec import Meta

from backend.federation import messages
from backend.federation.messages import Asked, MessageRefused
from backend.safeguards.signing import Signer

FRAME = "application/vnd.lantoa.frame"
FRAMES = "application/vnd.lantoa.frames"
PROBLEM = "application/problem+json"
PACKED_FROM = 1024
MOST_ANSWER = 65 << 20
TIMEOUT = httpx.Timeout(30.0, connect=10.0)
AWAY = frozenset({408, 425, 429, 502, 503, 504})
"""Statuses that say "not now" whoever says them."""


class Unreachable(Exception):
    """Nobody who could sign as the parent has answered, or it asks to be left in peace for a while."""

    def __init__(self, code: str, retry_after_s: float = 0) -> None:
        super().__init__(code)
        self.code, self.retry_after_s = code, retry_after_s


class _Problem(msgspec.Struct):
    code: Annotated[str, Meta(pattern=r"^[a-z0-9_-]{1,60}\Z")] = "refused"
    receipt: str = ""
    delta_ms: int = 0


@dataclass(frozen=True)
class Answer:
    """A believed answer. `code`: of its problem; `receipt`: the signed receipt in it, b"" without one; `delta_ms`: how far
    the parent's clock is ahead; `epoch`: the parent's."""

    status: int
    body: bytes
    delta_ms: int
    epoch: str
    code: str = ""
    receipt: bytes = b""


@dataclass(frozen=True)
class Line:
    """The way to one parent. `key_of`: its public keys."""

    http: httpx.Client
    signer: Signer
    node: str
    epoch: str
    address: str
    line: str
    key_of: Callable[[str], bytes | None]

    def call(self, method: str, path: str, body: bytes = b"", kind: str = FRAME, key: str = "") -> Answer:
        """Ask once. `key`: the Idempotency-Key. Raises Unreachable."""
        headers = {"Lantoa-Line": self.line, "Accept-Encoding": "identity"}
        headers |= {"Idempotency-Key": f'"{key}"'} if key else {}
        if body:
            headers |= {"Content-Type": kind}
            if len(body) > PACKED_FROM:
                body, headers = gzip.compress(body, 6, mtime=0), headers | {"Content-Encoding": "gzip"}
        url = self.address + path
        sent = messages.sign_request(self.signer, method, url, headers, body, self.node, self.epoch)
        return self._heard(Asked.of(method, url, sent), _send(self.http, method, url, sent, body))

    def _heard(self, asked: Asked, answer: httpx.Response) -> Answer:
        try:
            checked = messages.check_response(
                asked, answer.status_code, answer.headers, answer.content, self.key_of
            )
        except MessageRefused as refused:
            # Whoever it was: neither what is wrong nor how long to keep quiet is theirs to say.
            raise Unreachable(refused.code) from None
        if answer.status_code in AWAY or answer.status_code == 401:
            raise Unreachable(_said(answer) or str(answer.status_code), _retry_after(answer.headers))
        problem = _problem(answer)
        receipt = problem.receipt.encode() if problem else answer.content
        return Answer(
            answer.status_code,
            answer.content,
            checked.delta_ms,
            answer.headers.get("lantoa-epoch", ""),
            problem.code if problem else "",
            receipt if answer.headers.get("content-type", "") != FRAMES else b"",
        )


def _send(
    http: httpx.Client, method: str, url: str, headers: Mapping[str, str], body: bytes
) -> httpx.Response:
    """Never follows a redirect: a signature is for one address. A flood of an answer is cut off."""
    try:
        with http.stream(
            method, url, headers=headers, content=body or None, timeout=TIMEOUT, follow_redirects=False
        ) as answer:
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise Unreachable("answer-packed")  # none was asked for, and unpacked it may be without end
            read, size = [], 0
            for piece in answer.iter_raw():
                read.append(piece)
                size += len(piece)
                if size > MOST_ANSWER:
                    raise Unreachable("answer-too-large")
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        raise Unreachable("no-link") from None
    return httpx.Response(answer.status_code, headers=answer.headers, content=b"".join(read))


def _problem(answer: httpx.Response) -> _Problem | None:
    if not answer.headers.get("content-type", "").startswith(PROBLEM):
        return None
    try:
        return msgspec.json.decode(answer.content, type=_Problem)
    except msgspec.MsgspecError:
        return _Problem()


def _said(answer: httpx.Response) -> str:
    found = _problem(answer)
    return found.code if found else ""


def _retry_after(headers: Mapping[str, str]) -> float:
    """In seconds; a date, or nothing, is 0: the own patience decides then."""
    said = headers.get("retry-after", "")
    return float(said) if said.isdecimal() else 0.0
