"""The gate: everything a stranger, a thief or a broken clock may try, refused before anything is parsed, and on record."""

import gzip
import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import request
from flask.typing import ResponseReturnValue

from backend import clock
from backend.db.engine import Database
from backend.federation.messages import MessageRefused
from backend.federation.peers import at_door
from backend.federation.peers.models import PeerKey, PeerNonce
from backend.safeguards.signing import Signer
from backend.wire.body import MOST_BYTES
from backend.wire.gate import Gate
from tests.support.world import World
from tests.wire.asking import HELLO, Commune, enrolled


@pytest.fixture
def commune(world: World) -> Commune:
    return enrolled(world)


class Unread:
    """A body that says when somebody reads it."""

    was_read = False

    def read(self, *_size: int) -> bytes:
        self.was_read = True
        return b""


def knock(
    world: World, headers: dict[str, str], path: str = HELLO, method: str = "PUT", **environ: Any
) -> tuple[str, dict[str, str], bytes]:
    """Straight at the middleware, with an environment no well-behaved server would hand over."""
    told: list[Any] = []
    given = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    given["CONTENT_TYPE"] = given.pop("HTTP_CONTENT_TYPE", "")
    given |= {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "wsgi.input": Unread(),
        **environ,
    }
    body = b"".join(world.app.wsgi_app(given, lambda line, fields: told.append((line, fields))))  # type: ignore[arg-type,return-value]
    return told[0][0], dict(told[0][1]), body


def code(answer: Any) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json"
    assert answer.json["type"] == f"urn:lantoa:problem:{answer.json['code']}"
    return answer.status_code, answer.json["code"]


# --- who is let in ------------------------------------------------------------------------------------------------------


def test_an_enrolled_peer_is_answered_and_can_check_who_answered(commune: Commune) -> None:
    sent = commune.signed()
    answer = commune.send(sent)
    assert answer.status_code == 200, answer.text
    assert answer.json["you"] == str(commune.node_id)
    found = commune.believes(answer, sent)
    assert found.key_id == commune.world.app.services.signer.key_id


def test_the_door_sets_no_cookie_and_is_not_the_browsers(commune: Commune) -> None:
    answer = commune.ask()
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_who_signs_nothing_is_refused_without_its_body_being_read(world: World) -> None:
    body = Unread()
    line, headers, _ = knock(world, {}, CONTENT_LENGTH="100", **{"wsgi.input": body})
    assert line.startswith("401")
    assert headers["Content-Type"] == "application/problem+json"
    assert not body.was_read


def test_a_stranger_a_suspended_and_a_revoked_one_are_told_the_same(commune: Commune) -> None:
    told = [commune.ask(signer=Signer.throw_away())]
    for state in ("suspended", "revoked", "proposed"):
        commune.set(state=state)
        told.append(commune.ask())
    assert {code(answer) for answer in told} == {(401, "unknown-peer")}
    assert len({answer.text for answer in told}) == 1
    assert commune.on_record() == {"unknown-peer": 4}


def test_a_stranger_is_refused_without_its_body_being_read(world: World) -> None:
    stranger = Commune(world, uuid.uuid4(), Signer.throw_away(), uuid.uuid4())
    body, sent = Unread(), stranger.signed("PUT", body=b"x")
    line, _, _ = knock(world, sent, CONTENT_LENGTH="1000000000", **{"wsgi.input": body})
    assert line.startswith("401")
    assert not body.was_read


def test_a_peer_under_another_nodes_name_is_unknown(commune: Commune) -> None:
    other = enrolled(commune.world, signer=Signer.throw_away())
    other.node_id = commune.node_id
    assert code(other.ask()) == (401, "unknown-peer")


def test_two_nodes_with_two_lines_say_which_one_is_meant(commune: Commune) -> None:
    party = enrolled(commune.world, "party", commune.signer, commune.node_id)
    assert code(commune.ask()) == (401, "unknown-peer")
    for line in ("state", "party"):
        assert party.ask(headers={"Lantoa-Line": line}).json["line"] == line


def test_a_line_that_was_not_signed_does_not_count(commune: Commune) -> None:
    sent = commune.signed() | {"Lantoa-Line": "state"}
    assert code(commune.send(sent)) == (401, "bad-signature-input")


def test_a_rotated_key_opens_nothing_from_then_on(commune: Commune) -> None:
    with commune.world.database.transaction() as session:
        key = session.get_one(PeerKey, (commune.peer_id, commune.signer.key_id))
        key.until_at = clock.now() + timedelta(hours=1)
    assert commune.ask().status_code == 200
    with clock.stopped_at(clock.now() + timedelta(hours=1, seconds=1)):
        assert code(commune.ask()) == (401, "unknown-peer")


# --- what was written by somebody else ----------------------------------------------------------------------------------


def test_a_signature_by_another_key_is_refused(commune: Commune) -> None:
    forged = commune.signed(signer=Signer.throw_away())
    forged["Signature-Input"] = commune.signed()["Signature-Input"]
    assert code(commune.send(forged)) == (401, "bad-signature")
    assert commune.on_record() == {"bad-signature": 1}


@pytest.mark.parametrize("header", ["Lantoa-Epoch", "Content-Type", "Content-Digest", "Idempotency-Key"])
def test_an_altered_header_is_refused(commune: Commune, header: str) -> None:
    sent = commune.signed("PUT", body=b"mot", headers={"Idempotency-Key": '"a"'})
    sent[header] += "x"
    assert code(commune.send(sent, "PUT", body=b"mot")) == (401, "bad-signature")


def test_an_altered_method_path_or_query_is_refused(commune: Commune) -> None:
    sent = commune.signed()
    assert code(commune.send(sent, "DELETE")) == (401, "bad-signature")
    assert code(commune.send(sent, path="/federation/other")) == (401, "bad-signature")
    assert code(commune.send(sent, path=f"{HELLO}?x=1")) == (401, "bad-signature")


def test_any_altered_byte_of_the_body_is_refused(commune: Commune) -> None:
    sent = commune.signed("PUT", body=b"mot hai ba")
    assert code(commune.send(sent, "PUT", body=b"mot hai bb")) == (400, "bad-digest")


def test_a_body_without_a_signed_digest_is_refused(commune: Commune) -> None:
    sent = commune.signed("PUT")
    assert code(commune.send(sent, "PUT", body=b"mot")) == (400, "bad-digest")


COVERED = (
    '"@method"',
    '"@target-uri"',
    '"lantoa-node"',
    '"lantoa-epoch"',
    '"content-type"',
    '"content-digest"',
    '"idempotency-key"',
)


@pytest.mark.parametrize("component", COVERED)
def test_a_signature_that_leaves_something_out_is_refused(commune: Commune, component: str) -> None:
    sent = commune.signed("PUT", body=b"mot", headers={"Idempotency-Key": '"a"'})
    sent["Signature-Input"] = (
        sent["Signature-Input"].replace(f"{component} ", "").replace(f" {component})", ")")
    )
    assert component not in sent["Signature-Input"]
    assert code(commune.send(sent, "PUT", body=b"mot")) == (401, "bad-signature-input")


CRIPPLED = {
    "no tag": (';tag="lantoa-fed"', ""),
    "another tag": ("lantoa-fed", "fed-1"),
    "another algorithm": ("ed25519", "hmac-sha256"),
    "no nonce": (';nonce="', ';n="'),
    "said twice": ("(", '("@method" '),
    "a line break": ("ed25519", "ed2\n5519"),
    "two signatures": ("lantoa=(", "b=();lantoa=("),
    "created as a word": ("created=", 'created="1";x='),
}


@pytest.mark.parametrize("how", CRIPPLED)
def test_a_signature_written_in_another_way_is_refused(commune: Commune, how: str) -> None:
    sent = commune.signed()
    sent["Signature-Input"] = sent["Signature-Input"].replace(*CRIPPLED[how], 1)
    line, _, body = knock(commune.world, sent, method="GET")
    assert line.startswith("401")
    assert b'"bad-signature-input"' in body


def test_a_request_component_cannot_stand_for_the_requests_own(commune: Commune) -> None:
    sent = commune.signed()
    sent["Signature-Input"] = sent["Signature-Input"].replace('"@method"', '"@method";req')
    assert code(commune.send(sent)) == (401, "bad-signature-input")


# --- time ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(days=-1), timedelta(seconds=310)])
def test_a_clock_far_off_is_told_by_how_much(commune: Commune, ahead: timedelta) -> None:
    commune.at = ahead
    sent = commune.signed()
    answer = commune.send(sent)
    assert code(answer) == (401, "clock-skew")
    assert abs(answer.json["delta_ms"] - ahead.total_seconds() * 1000) < 3000
    assert answer.headers["Date"]
    commune.believes(answer, sent)


def test_a_clock_a_little_off_is_let_in_and_noted(commune: Commune) -> None:
    for ahead in (-290, 290):
        commune.at = timedelta(seconds=ahead)
        assert commune.ask().status_code == 200
        assert abs((commune.row().clock_delta_ms or 0) - ahead * 1000) < 3000


def test_a_message_is_good_for_ten_minutes_and_no_longer(commune: Commune) -> None:
    sent = commune.signed()
    with clock.stopped_at(clock.now() + timedelta(seconds=595)):
        assert commune.send(sent).status_code == 200
    with clock.stopped_at(clock.now() + timedelta(seconds=605)):
        assert code(commune.send(commune.signed(now=clock.now() - timedelta(seconds=605)))) == (
            401,
            "clock-skew",
        )


def test_a_signature_that_says_it_is_good_for_longer_is_refused(
    commune: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.federation.messages.WINDOW_S", 301)
    sent = commune.signed()
    monkeypatch.undo()
    assert code(commune.send(sent)) == (401, "clock-skew")


# --- the same again -----------------------------------------------------------------------------------------------------


def test_a_replayed_message_is_refused(commune: Commune) -> None:
    sent = commune.signed()
    assert commune.send(sent).status_code == 200
    assert code(commune.send(sent)) == (401, "replayed")
    assert commune.on_record() == {"replayed": 1}


def test_another_process_knows_the_nonce_too(commune: Commune) -> None:
    sent = commune.signed()
    assert commune.send(sent).status_code == 200
    another = Database(commune.world.app.services.settings.database_url)
    with another.transaction(writes=False) as session:
        nonce = session.query(PeerNonce).one()
    assert not at_door.remember(another, nonce.key_id, nonce.nonce, nonce.until_at)
    assert at_door.remember(another, nonce.key_id, "another-one-of-24-letters", nonce.until_at)
    another.close()


def test_nonces_are_forgotten_when_their_messages_have_run_out(commune: Commune) -> None:
    commune.ask()
    with (
        clock.stopped_at(clock.now() + timedelta(minutes=29)),
        commune.world.database.transaction() as session,
    ):
        at_door.forget_old(session)
        assert session.query(PeerNonce).count() == 1
    with (
        clock.stopped_at(clock.now() + timedelta(minutes=31)),
        commune.world.database.transaction() as session,
    ):
        at_door.forget_old(session)
        assert session.query(PeerNonce).count() == 0


# --- size ---------------------------------------------------------------------------------------------------------------


def test_a_gigabyte_is_refused_unread(commune: Commune) -> None:
    body = Unread()
    line, _, told = knock(
        commune.world, commune.signed("PUT", body=b"x"), CONTENT_LENGTH=str(1 << 30), **{"wsgi.input": body}
    )
    assert line.startswith("413")
    assert b"body-too-large" in told
    assert not body.was_read


def test_a_body_of_unknown_length_is_refused_unread(commune: Commune) -> None:
    body = Unread()
    sent = commune.signed("PUT", body=b"x")
    line, _, _ = knock(commune.world, sent, HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input": body})
    assert line.startswith("411")
    assert not body.was_read


@pytest.mark.parametrize("length", ["-1", "1e3", "１", "9" * 40])
def test_a_length_that_is_none_is_refused_unread(commune: Commune, length: str) -> None:
    line, _, _ = knock(commune.world, commune.signed("PUT", body=b"x"), CONTENT_LENGTH=length)
    assert line[:3] in ("400", "413")


def test_a_body_cut_short_is_refused(commune: Commune) -> None:
    line, _, told = knock(commune.world, commune.signed("PUT", body=b"x"), CONTENT_LENGTH="1")
    assert line.startswith("400")
    assert b"cut-short" in told


def packed_body(commune: Commune, body: bytes, coding: str = "gzip") -> Any:
    return commune.ask("PUT", HELLO, body, headers={"Content-Encoding": coding})


def test_a_bomb_is_left_at_the_limit(commune: Commune) -> None:
    assert code(packed_body(commune, gzip.compress(bytes(MOST_BYTES + 1)))) == (413, "body-too-large")


def test_what_is_no_gzip_or_goes_on_behind_it_is_refused(commune: Commune) -> None:
    whole = gzip.compress(b"mot")
    for body in (b"mot", whole[:-4], whole + b"x", whole + whole):
        assert code(packed_body(commune, body)) == (400, "bad-encoding")
    assert code(packed_body(commune, b"mot", "br")) == (415, "bad-encoding")


# --- what comes behind it -----------------------------------------------------------------------------------------------


def test_what_does_not_exist_is_a_signed_problem_and_on_record(commune: Commune) -> None:
    sent = commune.signed(path="/federation/khong-co")
    answer = commune.send(sent, path="/federation/khong-co")
    assert code(answer) == (404, "not_found")
    commune.believes(answer, sent, path="/federation/khong-co")
    assert commune.on_record() == {"not_found": 1}


def test_the_body_reaches_the_view_unpacked_even_beyond_other_doors_limit(
    commune: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, seen = uuid.uuid4().bytes * (1 << 16), list[bytes]()  # a megabyte

    def view() -> ResponseReturnValue:
        """A view behind the door, as another room would put it there."""
        seen.append(request.get_data())
        return "", 204

    monkeypatch.setitem(commune.world.app.view_functions, "federation.hello", view)
    assert commune.ask(body=gzip.compress(plain), headers={"Content-Encoding": "gzip"}).status_code == 204
    assert seen == [plain]


def test_a_peer_that_asks_without_end_is_told_to_wait(
    commune: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = commune.world.app.wsgi_app
    assert isinstance(gate, Gate)
    monkeypatch.setattr(gate._rate, "_most", 2)
    assert [commune.ask().status_code for _ in range(2)] == [200, 200]
    answer = commune.ask()
    assert code(answer) == (429, "rate-limited")
    assert 0 < int(answer.headers["Retry-After"]) <= 61


def test_a_level_above_is_given_nothing_that_waits_below(commune: Commune) -> None:
    """It never asks: who asks in its name has its key."""
    assert commune.ask(path="/federation/packets").status_code == 204
    commune.set(side="parent")
    assert code(commune.ask(path="/federation/packets")) == (403, "wrong-direction")
    assert "wrong-direction" in commune.on_record()


# --- the answer ---------------------------------------------------------------------------------------------------------


def test_an_answer_to_another_request_is_not_believed(commune: Commune) -> None:
    first, second = commune.signed(), commune.signed()
    answer = commune.send(first)
    with pytest.raises(MessageRefused) as refused:
        commune.believes(answer, second)
    assert refused.value.code == "answer-bad-signature"


def test_an_altered_answer_is_not_believed(commune: Commune) -> None:
    sent = commune.signed()
    answer = commune.send(sent)
    answer.data = answer.data.replace(b"localhost", b"other") + b" "
    with pytest.raises(MessageRefused):
        commune.believes(answer, sent)
    answer = commune.send(sent)  # replayed: a 401
    answer.status_code = 200
    with pytest.raises(MessageRefused):
        commune.believes(answer, sent)


def test_a_captive_portal_is_no_parent(commune: Commune) -> None:
    sent = commune.signed()
    answer = commune.world.client().get("/")
    with pytest.raises(MessageRefused) as refused:
        commune.believes(answer, sent)
    assert refused.value.code == "answer-not-signed"
