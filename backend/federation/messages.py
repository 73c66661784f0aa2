"""Requests and answers between nodes, signed as RFC 9421 and RFC 9530 say: who asks, exactly what, and that it is fresh.

A child signs its request with the library; the parent's door checks it, answers signed, bound to that request by its
method, address, digest and nonce; the child checks the answer with the library. Times are the node's clock's, in UTC.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

from backend import clock
from backend.errors import N_, DomainError
from backend.federation import signature_base as form
from backend.federation.signature_base import Component, InputUnreadable, Presented
from backend.safeguards.signing import Signer, unpacked

WINDOW_S = 300
"""How far two clocks may be apart, and how long a signature says it is good for."""
MOST_AGE_S = 600
NONCE_KEPT_S = 1800
NONCE_LETTERS = (16, 64)
NODE, EPOCH, LINE = "lantoa-node", "lantoa-epoch", "lantoa-line"
ALWAYS = ("@method", "@target-uri", NODE, EPOCH)
WHERE_PRESENT = ("content-type", "content-digest", "content-encoding", "idempotency-key", LINE)
"""What a request must have signed: these always, those whenever it carries them."""
ANSWERED = ("content-type", NODE, EPOCH)
BOUND = ("content-digest", "idempotency-key")

Whom = TypeVar("Whom")


class MessageRefused(DomainError):
    """`code`: not-signed, bad-signature-input, unknown-peer, bad-signature, clock-skew, replayed, bad-digest, and of an
    answer: answer-not-signed, answer-bad-signature; rooms add their own. Nothing of the message may be believed."""

    status = 401
    sentence = N_("Tin gửi giữa hai máy chủ không được chấp nhận. Xin báo người vận hành, kèm mã: %(why)s.")

    def __init__(self, code: str, status: int = 401, **values: Any) -> None:
        super().__init__(why=code, **values)
        self.code, self.status, self.sentence = code, status, SENTENCES.get(code, self.sentence)


SENTENCES = {
    "clock-skew": N_(
        "Đồng hồ hai máy chủ lệch nhau %(minutes)s phút, quá 5 phút. Xin chỉnh lại giờ rồi gửi lại."
    ),
    "bad-signature": N_(
        "Chữ ký của tin không khớp: tin bị sửa trên đường, hoặc khóa đã đổi. Xin người vận hành hai bên gọi điện đối chiếu mã "
        "kiểm của khóa."
    ),
    "bad-digest": N_("Tin đến nơi không còn nguyên vẹn. Xin gửi lại."),
    "not-signed": N_("Tin gửi giữa hai máy chủ phải có chữ ký. Cửa này không dành cho trình duyệt."),
    "replayed": N_("Tin này đã nhận rồi, không nhận lần thứ hai. Xin gửi bằng một yêu cầu mới."),
    "unknown-peer": N_(
        "Máy chủ này chưa kết nối với đơn vị gửi, hoặc đã ngừng kết nối. Xin liên hệ người vận hành."
    ),
    "body-too-large": N_("Nội dung gửi lên quá 8 MB. Xin chia nhỏ rồi gửi lại."),
    "rate-limited": N_("Gửi quá dồn dập. Xin đợi %(retry_after_s)s giây rồi gửi tiếp."),
}


@dataclass(frozen=True)
class Asked:
    """A request as far as it is signed. `url`: where the asker reached for, scheme and host included; names of headers
    in small letters."""

    method: str
    url: str
    headers: Mapping[str, str]

    @classmethod
    def of(cls, method: str, url: str, headers: Mapping[str, str]) -> "Asked":
        return cls(method, url, form.lowered(headers))

    def value(self, name: str) -> str:
        """Raises KeyError."""
        if name == "@method":
            return self.method
        return self.url if name == "@target-uri" else self.headers[name]


@dataclass(frozen=True)
class Checked(Generic[Whom]):
    """A request that was signed by that peer, in time, and is seen for the first time.

    `delta_ms`: how far the peer's clock is ahead of ours; a signature tells whole seconds.
    """

    peer: Whom
    key_id: str
    created: datetime
    delta_ms: int
    nonce: str


@dataclass(frozen=True)
class Answered:
    """An answer that was signed by the key named, for exactly the request it answers."""

    key_id: str
    created: datetime
    delta_ms: int


# --- the child's half: by the library -----------------------------------------------------------------------------------


def sign_request(
    signer: Signer,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    node_id: object,
    epoch: object,
    nonce: str | None = None,
    now: datetime | None = None,
) -> dict[str, str]:
    """The headers to send: those given, and who asks, the digest of the body as it travels, and the signature.

    `url`: as the parent knows itself, its path in unreserved characters; a body must have its Content-Type said.
    `Lantoa-Line` among the headers names the line where two nodes share several. Each try needs a signature of its own.
    """
    said = {**headers, "Lantoa-Node": str(node_id), "Lantoa-Epoch": str(epoch)}
    if body:
        said["Content-Digest"] = form.digest_field(body)
    message = _Message(method, url, said)
    at = _second(now or clock.now())
    present = tuple(name for name in WHERE_PRESENT if name in form.lowered(said))
    _signer(signer).sign(
        message,
        key_id=signer.key_id,
        created=at,
        expires=at + timedelta(seconds=WINDOW_S),
        nonce=nonce or secrets.token_urlsafe(18),
        label=form.LABEL,
        tag=form.TAG,
        covered_component_ids=(*ALWAYS, *present),
        use_existing_digest=bool(body),
    )
    return message.headers


def check_response(
    asked: Asked,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    key_of: Callable[[str], bytes | None],
    now: datetime | None = None,
) -> Answered:
    """Whether a parent answered this to exactly this request. `asked.headers` are those that were sent.

    The age is not looked at: the answer repeats the request's nonce, so it cannot be an old one, and a node whose clock
    is wrong must be able to read by how much. Raises MessageRefused.
    """
    said = form.lowered(headers)
    if "signature" not in said:
        raise MessageRefused("answer-not-signed")
    answer = _Message(
        asked.method, asked.url, said, status, _Message(asked.method, asked.url, dict(asked.headers))
    )
    try:
        found = _AnswerVerifier(signature_algorithm=algorithms.ED25519, key_resolver=_Keys(key_of)).verify(
            answer, max_age=None, expect_tag=form.TAG, require_components=_required(asked, said), body=body
        )[0]
        mine = form.read(asked.headers["signature-input"], asked.headers["signature"])
        created = datetime.fromtimestamp(int(found.parameters["created"]), UTC)
    except (
        HTTPMessageSignaturesException,
        InputUnreadable,
        KeyError,
        ValueError,
        TypeError,
        OverflowError,
        OSError,
    ):
        raise MessageRefused("answer-bad-signature") from None
    if found.nonce != mine.nonce:
        raise MessageRefused("answer-bad-signature")
    return Answered(str(found.parameters["keyid"]), created, _delta_ms(created, now or clock.now()))


def _required(asked: Asked, said: Mapping[str, str]) -> tuple[str, ...]:
    bound = tuple(f'"{name}";req' for name in BOUND if name in asked.headers)
    own = tuple(f'"{name}"' for name in ANSWERED if name in said)
    return ('"@status"', '"content-digest"', *own, '"@method";req', '"@target-uri";req', *bound)


class _Message:
    """What the library wants to see of a request, or of an answer to one."""

    def __init__(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        status: int | None = None,
        request: "_Message | None" = None,
    ) -> None:
        self.method, self.url, self.headers = method, url, headers
        if status is not None:
            self.status_code, self.request = status, request


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, key_of: Callable[[str], bytes | None], own: Ed25519PrivateKey | None = None) -> None:
        self._key_of, self._own = key_of, own

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        public = self._key_of(key_id)
        return Ed25519PublicKey.from_public_bytes(public) if public else None

    def resolve_private_key(self, key_id: str) -> Any:
        return self._own


class _Ed25519(algorithms.ED25519):
    """Signs with the node's own Signer, which does not hand its key out."""

    def __init__(self, public_key: Any = None, private_key: Any = None) -> None:
        self.private_key, self.public_key = private_key, public_key

    def sign(self, message: bytes) -> bytes:
        return unpacked(self.private_key.sign(message))


class _AnswerVerifier(HTTPMessageVerifier):
    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        """Not by the library's clock: see `check_response`."""


def _signer(signer: Signer) -> HTTPMessageSigner:
    return HTTPMessageSigner(signature_algorithm=_Ed25519, key_resolver=_Keys(lambda _: None, signer))  # type: ignore[arg-type]


# --- the parent's half: at its door -------------------------------------------------------------------------------------


def presented(asked: Asked) -> Presented:
    """The signature a request comes with, read but not believed. Raises MessageRefused."""
    if "signature" not in asked.headers or "signature-input" not in asked.headers:
        raise MessageRefused("not-signed")
    try:
        found = form.read(asked.headers["signature-input"], asked.headers["signature"])
    except InputUnreadable:
        raise MessageRefused("bad-signature-input") from None
    least, most = NONCE_LETTERS
    if not least <= len(found.nonce) <= most or not set(_must_cover(asked)) <= set(found.components):
        raise MessageRefused("bad-signature-input")
    return found


def _must_cover(asked: Asked) -> list[Component]:
    return [(name, False) for name in (*ALWAYS, *(one for one in WHERE_PRESENT if one in asked.headers))]


def check_request(
    asked: Asked,
    shown: Presented,
    peer: Whom,
    key: Ed25519PublicKey,
    remember: Callable[[str, str, datetime], bool],
    now: datetime | None = None,
) -> Checked[Whom]:
    """Whether the owner of `key`, who is `peer`, signed this request, in time, and for the first time.

    `remember(key id, nonce, until)` answers False where that nonce is known. The body is not looked at here: only its
    digest is signed, see `check_digest`. Raises MessageRefused.
    """
    at = now or clock.now()
    try:
        key.verify(
            shown.signature, form.base_of(shown.components, shown.params, lambda one: _of_request(asked, one))
        )
    except (InvalidSignature, InputUnreadable, KeyError):
        raise MessageRefused("bad-signature") from None
    created = datetime.fromtimestamp(shown.created, UTC)
    delta = _delta_ms(created, at)
    if not _is_fresh(shown, at):
        raise MessageRefused("clock-skew", delta_ms=delta, minutes=round(abs(delta) / 60_000))
    if not remember(shown.key_id, shown.nonce, at + timedelta(seconds=NONCE_KEPT_S)):
        raise MessageRefused("replayed")
    return Checked(peer, shown.key_id, created, delta, shown.nonce)


def _of_request(asked: Asked, component: Component) -> str:
    name, is_of_request = component
    if is_of_request:
        raise KeyError(name)
    return asked.value(name)


def _is_fresh(shown: Presented, at: datetime) -> bool:
    now = at.timestamp()
    is_short = 0 < shown.expires - shown.created <= WINDOW_S
    return is_short and -WINDOW_S <= now - shown.created <= MOST_AGE_S and now <= shown.expires + WINDOW_S


def check_digest(asked: Asked, body: bytes) -> None:
    """Whether these are the bytes whose digest was signed, as they travelled. Raises MessageRefused."""
    said = asked.headers.get("content-digest")
    if (said is None and body) or (said is not None and said != form.digest_field(body)):
        raise MessageRefused("bad-digest", 400)


def sign_response(
    signer: Signer,
    asked: Asked,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime | None = None,
) -> dict[str, str]:
    """What to add to an answer: its digest and a signature that binds it to the request it answers."""
    said = form.lowered(headers) | {"content-digest": form.digest_field(body)}
    components = _of_answer(asked, said)
    at = int((now or clock.now()).timestamp())
    params = form.params_of(components, at, at + WINDOW_S, _nonce(asked), signer.key_id)

    def value(component: Component) -> str:
        name, is_of_request = component
        if is_of_request:
            return asked.value(name)
        return str(status) if name == "@status" else said[name]

    signature = unpacked(signer.sign(form.base_of(components, params, value)))
    return {
        "Content-Digest": said["content-digest"],
        "Signature-Input": form.header(form.LABEL, params),
        "Signature": form.signature_field(signature),
    }


def _of_answer(asked: Asked, said: Mapping[str, str]) -> list[Component]:
    own = [
        ("@status", False),
        ("content-digest", False),
        *((name, False) for name in ANSWERED if name in said),
    ]
    bound = [
        ("@method", True),
        ("@target-uri", True),
        *((name, True) for name in BOUND if name in asked.headers),
    ]
    return own + bound


def _nonce(asked: Asked) -> str:
    """The request's, where it can be read: an answer to an earlier request then cannot pass for this one's."""
    try:
        return form.read(asked.headers.get("signature-input", ""), asked.headers.get("signature", "")).nonce
    except InputUnreadable:
        return secrets.token_urlsafe(18)


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _delta_ms(created: datetime, here: datetime) -> int:
    return round((created - here).total_seconds() * 1000)
