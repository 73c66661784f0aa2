"""The door's own reading of RFC 9421 against the library that signs: what one accepts the other accepts, byte by byte."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms
from hypothesis import given, settings
from hypothesis import strategies as st

from backend import clock
from backend.federation import messages, signature_base
from backend.federation.messages import Asked, MessageRefused
from backend.safeguards.signing import Signer

URL = "https://tinh.example/federation/packets/figures/xa-2026/7"
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
SIGNER = Signer.throw_away()
KEY = Ed25519PublicKey.from_public_bytes(SIGNER.public)
BODY = b'{"a":1}'


def signed(**more: Any) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Idempotency-Key": '"0a"', **more.pop("headers", {})}
    return messages.sign_request(SIGNER, "PUT", URL, headers, BODY, "node", "epoch", now=NOW, **more)


def at_the_door(
    headers: dict[str, str], method: str = "PUT", url: str = URL, body: bytes = BODY, now: datetime = NOW
) -> str:
    """'' where the door lets it in, else the code."""
    asked = Asked.of(method, url, headers)
    try:
        messages.check_request(asked, messages.presented(asked), "peer", KEY, lambda *_: True, now)
        messages.check_digest(asked, body)
    except MessageRefused as refused:
        return refused.code
    return ""


class Key(HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        return KEY if key_id == SIGNER.key_id else None

    def resolve_private_key(self, key_id: str) -> Any:
        raise NotImplementedError


class AnyTime(HTTPMessageVerifier):
    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        """The door's clock stands still in these tests."""


class Request:
    def __init__(self, method: str, url: str, headers: dict[str, str]) -> None:
        self.method, self.url, self.headers = method, url, dict(headers)


def by_the_library(headers: dict[str, str], method: str = "PUT", url: str = URL, body: bytes = BODY) -> bool:
    try:
        AnyTime(signature_algorithm=algorithms.ED25519, key_resolver=Key()).verify(
            Request(method, url, headers),
            max_age=None,
            expect_tag=signature_base.TAG,
            require_components=(
                "@method",
                "@target-uri",
                "content-type",
                "content-digest",
                "lantoa-node",
                "lantoa-epoch",
            ),
            body=body,
        )
    except Exception:
        return False
    return True


def test_what_the_library_signs_the_door_lets_in() -> None:
    sent = signed()
    assert at_the_door(sent) == ""
    assert by_the_library(sent)
    assert 'tag="lantoa-fed"' in sent["Signature-Input"]


def test_every_byte_of_the_signature_counts() -> None:
    sent = signed()
    text = sent["Signature"]
    for at in range(len("lantoa=:"), len(text) - 3):
        other = "A" if text[at] != "A" else "B"
        assert at_the_door(sent | {"Signature": f"{text[:at]}{other}{text[at + 1 :]}"}) != ""


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["Signature-Input", "Signature", "Content-Digest", "Lantoa-Node", "Content-Type"]),
    st.data(),
)
def test_nothing_altered_is_let_in_and_nothing_the_library_refuses(name: str, data: st.DataObject) -> None:
    sent = signed(nonce="one-nonce-for-all-of-them")
    text = sent[name]
    at = data.draw(st.integers(0, len(text) - 1))
    instead = data.draw(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=3))
    altered = sent | {name: text[:at] + instead + text[at + 1 :]}
    if at_the_door(altered) == "":
        assert by_the_library(altered)
        # A label is not signed; and spaces around a value are no part of it.
        same_label = altered["Signature-Input"].split("=", 1)[1] == sent["Signature-Input"].split("=", 1)[1]
        assert same_label
        assert altered[name].strip() == text or name in ("Signature-Input", "Signature")


def test_components_in_another_order_and_more_of_them_are_read_too() -> None:
    """As another implementation might sign."""
    components = [("lantoa-epoch", False), ("content-digest", False), ("@target-uri", False), ("lantoa-node", False),
                  ("idempotency-key", False), ("@method", False), ("content-type", False), ("date", False)]  # fmt: skip
    sent = signed(headers={"Date": "Fri, 20 Nov 2026 03:00:00 GMT"})
    asked = Asked.of("PUT", URL, sent)
    created = int(NOW.timestamp())
    params = signature_base.params_of(
        components, created, created + 60, "another-nonce-of-mine", SIGNER.key_id
    )
    base = signature_base.base_of(components, params, lambda one: asked.value(one[0]))
    sent["Signature-Input"] = f"other={params}"
    sent["Signature"] = signature_base.signature_field(messages.unpacked(SIGNER.sign(base))).replace(
        "lantoa=", "other="
    )
    assert at_the_door(sent) == ""
    assert by_the_library(sent)


def test_a_value_that_could_pass_for_two_lines_is_not_signed_for() -> None:
    sent = signed()
    forged = Asked("PUT", URL, {**signature_base.lowered(sent), "lantoa-node": 'node\n"x": y'})
    with pytest.raises(MessageRefused) as refused:
        messages.check_request(forged, messages.presented(forged), "peer", KEY, lambda *_: True, NOW)
    assert refused.value.code == "bad-signature"


def test_headers_said_twice_are_one_value_and_no_longer_what_was_signed() -> None:
    pairs = [*signed().items(), ("Idempotency-Key", '"0b"')]
    asked = Asked("PUT", URL, signature_base.lowered(pairs))
    with pytest.raises(MessageRefused):
        messages.check_request(asked, messages.presented(asked), "peer", KEY, lambda *_: True, NOW)


def test_the_nonce_is_asked_for_only_when_the_signature_and_the_time_are_right() -> None:
    seen: list[str] = []

    def remember(_key: str, nonce: str, until: datetime) -> bool:
        seen.append(nonce)
        assert until == NOW + timedelta(minutes=30)
        return True

    for sent, now in ((signed() | {"Lantoa-Node": "x"}, NOW), (signed(), NOW + timedelta(days=1))):
        asked = Asked.of("PUT", URL, sent)
        with pytest.raises(MessageRefused):
            messages.check_request(asked, messages.presented(asked), "peer", KEY, remember, now)
    assert seen == []
    asked = Asked.of("PUT", URL, signed(nonce="a-nonce-of-24-characters"))
    messages.check_request(asked, messages.presented(asked), "peer", KEY, remember, NOW)
    assert seen == ["a-nonce-of-24-characters"]


EDGES = [
    (-600, ""),
    (-601, "clock-skew"),
    (300, ""),
    (301, "clock-skew"),
    (-86_400, "clock-skew"),
    (86_400, "clock-skew"),
]


@pytest.mark.parametrize(("off_s", "code"), EDGES)
def test_how_far_the_clocks_may_be_apart(off_s: int, code: str) -> None:
    sent = messages.sign_request(
        SIGNER, "PUT", URL, {"Content-Type": "a/b"}, BODY, "node", "epoch", now=NOW + timedelta(seconds=off_s)
    )
    assert at_the_door(sent) == code


@pytest.mark.parametrize("created", ["99999999999", "999999999999", "10000000000", "９", "-1", ""])
def test_a_moment_beyond_every_calendar_is_refused_and_breaks_nothing(created: str) -> None:
    sent = signed()
    stamp = str(int(NOW.timestamp()))
    told = sent | {
        "Signature-Input": sent["Signature-Input"].replace(f"created={stamp}", f"created={created}")
    }
    assert at_the_door(told) == "bad-signature-input"
    said = answered(sent)
    told = said | {
        "Signature-Input": said["Signature-Input"].replace(f"created={stamp}", f"created={created}")
    }
    assert believed(sent, told) == "answer-bad-signature"


def test_a_signed_moment_beyond_every_calendar_is_refused_too() -> None:
    """By its owner: the signature holds."""
    for created in (9_999_999_999, 10_000_000_000, 999_999_999_999):
        sent = signed()
        asked = Asked.of("PUT", URL, sent)
        components = [
            (name, False) for name in (*messages.ALWAYS, "content-type", "content-digest", "idempotency-key")
        ]
        params = signature_base.params_of(components, created, created + 60, "n" * 24, SIGNER.key_id)
        base = signature_base.base_of(components, params, lambda one: asked.value(one[0]))  # noqa: B023
        sent["Signature-Input"] = f"lantoa={params}"
        sent["Signature"] = signature_base.signature_field(messages.unpacked(SIGNER.sign(base)))
        assert at_the_door(sent) in {"bad-signature-input", "clock-skew"}, created


def test_every_refusal_is_said_in_words_with_what_to_do() -> None:
    for code, sentence in messages.SENTENCES.items():
        refused = MessageRefused(code, delta_ms=86_400_000, minutes=1440, retry_after_s=3, most=1)
        said = refused.sentence % refused.values
        assert code not in said
        assert "mili giây" not in said
        assert sentence == refused.sentence
    late = MessageRefused("clock-skew", delta_ms=86_400_000, minutes=1440)
    assert "1440 phút" in late.sentence % late.values


def answered(sent: dict[str, str], status: int = 201, body: bytes = b"{}", **more: Any) -> dict[str, str]:
    said = {"Content-Type": "application/json", "Lantoa-Node": "parent", "Lantoa-Epoch": "e"}
    return said | messages.sign_response(SIGNER, Asked.of("PUT", URL, sent), status, said, body, NOW, **more)


def believed(
    sent: dict[str, str], said: dict[str, str], status: int = 201, body: bytes = b"{}", url: str = URL
) -> str:
    asked = Asked.of("PUT", url, sent)
    try:
        messages.check_response(asked, status, said, body, {SIGNER.key_id: SIGNER.public}.get, NOW)
    except MessageRefused as refused:
        return refused.code
    return ""


def test_an_answer_is_believed_for_the_request_it_answers_and_no_other() -> None:
    sent = signed()
    said = answered(sent)
    assert believed(sent, said) == ""
    wrong = "answer-bad-signature"
    assert believed(sent, said, status=200) == wrong
    assert believed(sent, said, body=b"{} ") == wrong
    assert believed(sent, said, url=f"{URL}8") == wrong
    assert believed(signed(), said) == wrong, "the same packet offered again is another request"
    assert believed(sent, said | {"Lantoa-Epoch": "f"}) == wrong
    assert believed(sent, {"Content-Type": "text/html"}) == "answer-not-signed"


def test_an_answer_that_leaves_something_unsigned_is_not_believed() -> None:
    sent = signed()
    for component in (
        '"@status" ',
        '"content-digest" ',
        ' "@target-uri";req',
        ' "idempotency-key";req',
        ' "lantoa-epoch"',
    ):
        said = answered(sent)
        said["Signature-Input"] = said["Signature-Input"].replace(component, "", 1)
        assert believed(sent, said) == "answer-bad-signature", component


def test_an_answer_by_a_stranger_is_not_believed() -> None:
    sent = signed()
    asked = Asked.of("PUT", URL, sent)
    said = {"Content-Type": "a/b"} | messages.sign_response(
        Signer.throw_away(), asked, 201, {"Content-Type": "a/b"}, b"", NOW
    )
    assert believed(sent, said, body=b"") == "answer-bad-signature"


def test_how_far_the_parents_clock_is_ahead_is_told_even_if_it_is_a_day() -> None:
    sent = signed()
    said = answered(sent)
    found = messages.check_response(
        Asked.of("PUT", URL, sent),
        201,
        said,
        b"{}",
        {SIGNER.key_id: SIGNER.public}.get,
        NOW - timedelta(days=1),
    )
    assert found.delta_ms == 86_400_000
    assert clock.iso(found.created) == clock.iso(NOW)
