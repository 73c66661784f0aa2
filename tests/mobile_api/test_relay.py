"""Relay: sealed deeds carried by another phone count for who did them, and tell their carrier nothing."""

import base64
import json
import os
import uuid
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from werkzeug.test import TestResponse

from backend import clock
from backend.participation.models import Operation, Quarantined
from backend.people import devices
from tests.support.world import Phone, World


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def key_of(phone: Phone) -> bytes:
    key = phone.me["relay_key"]
    return base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))


def sealed(
    phone: Phone, *frozen: str, envelope: bytes | None = None, key: bytes | None = None
) -> dict[str, Any]:
    """The file a phone writes: its push body under its own key."""
    iv = os.urandom(12)
    plain = phone.envelope(*frozen) if envelope is None else envelope
    return {
        "session": phone.me["session_id"],
        "iv": text(iv),
        "sealed": text(AESGCM(key or key_of(phone)).encrypt(iv, plain, None)),
    }


def carry(carrier: Phone, file: dict[str, Any]) -> TestResponse:
    return carrier.post("/sync/relay", file)


def is_refused(answer: TestResponse) -> None:
    assert (answer.status_code, answer.json["code"]) == (409, "relay_refused"), answer.text


def operations(world: World) -> list[Operation]:
    with world.database.transaction(writes=False) as session:
        return list(session.scalars(select(Operation).order_by(Operation.device_seq)))


def test_what_another_phone_carries_counts_for_who_did_it(world: World) -> None:
    owner, carrier = world.phone("Lan"), world.phone("Tổ trưởng")
    start = owner.freeze("contest.start", {})
    answer = carry(carrier, sealed(owner, start))
    assert answer.json == {"taken": 1, "refused": 0}
    (held,) = operations(world)
    assert str(held.device_id) == owner.device
    assert owner.get("/me").json["highest_seq"] == 1
    assert carrier.get("/me").json["highest_seq"] == 0
    assert owner.get(f"/activities/{world.activity}/mine").json["attempt"] is not None
    assert carrier.get(f"/activities/{world.activity}/mine").json["attempt"] is None


def test_the_carrier_hears_no_result(world: World) -> None:
    owner, carrier = world.phone("Lan"), world.phone("Tổ trưởng")
    answer = carry(carrier, sealed(owner, owner.freeze("contest.start", {}), '{"no": "deed"}'))
    assert answer.json == {"taken": 1, "refused": 1}


def test_the_same_file_on_two_phones_and_sent_by_its_owner_counts_once(world: World) -> None:
    owner, one, other = world.phone("Lan"), world.phone("Một"), world.phone("Hai")
    start = owner.freeze("contest.start", {})
    file = sealed(owner, start)
    for carrier in (one, other, one, owner):
        assert carry(carrier, file).json == {"taken": 1, "refused": 0}
    verdict = owner.push(start).json["results"][0]
    assert verdict["verdict"] == "duplicate"
    assert verdict["result"]["attempt"] is not None
    assert len(operations(world)) == 1


def test_every_sign_in_has_its_own_key_and_keeps_it(world: World) -> None:
    one, other = world.phone("Một"), world.phone("Hai")
    assert len(key_of(one)) == 32
    assert key_of(one) != key_of(other)
    assert one.get("/me").json["relay_key"] == one.me["relay_key"]
    assert one.get("/me").json["session_id"] == one.me["session_id"]
    assert one.token not in str(one.me)


def test_what_is_not_sealed_by_that_phone_is_refused(world: World) -> None:
    owner, carrier = world.phone("Lan"), world.phone("Tổ trưởng")
    start = owner.freeze("contest.start", {})
    good = sealed(owner, start)
    raw = base64.urlsafe_b64decode(good["sealed"] + "==")
    wrong = [
        sealed(owner, start, key=key_of(carrier)),
        sealed(owner, start, key=os.urandom(32)),
        good | {"session": carrier.me["session_id"]},
        good | {"session": str(uuid.uuid4())},
        good | {"iv": text(os.urandom(12))},
        good | {"sealed": text(raw[:-1])},
        good | {"sealed": text(bytes([raw[0] ^ 1]) + raw[1:])},
        good | {"sealed": "AAAA"},
        good | {"sealed": "A"},
        sealed(owner, envelope=carrier.envelope(start)),  # another device than that of the sign-in
        sealed(owner, envelope=owner.envelope(start).ljust(256 * 1024 + 1)),
    ]
    for file in wrong:
        is_refused(carry(carrier, file))
    assert operations(world) == []


@pytest.mark.parametrize(
    ("plain", "status"),
    [(b"", 400), (b"<html>", 400), (b"\xff", 400), (b"{}", 422), (b"[]", 422), (b"\0" * 20, 400)],
)
def test_sealed_nonsense_is_answered_as_a_push_of_it_is(world: World, plain: bytes, status: int) -> None:
    phone = world.phone()
    assert carry(phone, sealed(phone, envelope=plain)).status_code == status


@pytest.mark.parametrize(
    "change",
    [
        {"session": "x"},
        {"iv": "short"},
        {"iv": "ä" * 16},
        {"sealed": ""},
        {"sealed": "a b"},
        {"sealed": "A" * 400_001},
        {"sealed": None},
        {"more": 1},
    ],
)
def test_what_is_no_file_at_all_does_not_fit(world: World, change: dict[str, Any]) -> None:
    phone = world.phone()
    answer = carry(phone, sealed(phone) | change)
    assert (answer.status_code, answer.json["code"]) == (422, "payload_invalid")


def test_a_phone_that_signed_out_or_was_lost_is_not_carried_for(world: World) -> None:
    carrier = world.phone("Tổ trưởng")
    out, lost = world.phone("Ra"), world.phone("Mất")
    files = [sealed(phone, phone.freeze("contest.start", {})) for phone in (out, lost)]
    assert out.delete("/sign-in/session").status_code == 204
    with world.database.transaction() as session:
        devices.report_lost(session, uuid.UUID(lost.me["id"]), uuid.UUID(lost.device))
    for file in files:
        is_refused(carry(carrier, file))
    assert operations(world) == []


def test_a_sign_in_that_ran_out_on_the_way_is_carried_for(world: World) -> None:
    owner = world.phone("Lan")
    file = sealed(owner, owner.freeze("contest.start", {}))
    with clock.stopped_at(clock.now() + timedelta(days=91)):
        carrier = world.phone("Tổ trưởng")
        assert owner.get("/me").status_code == 401
        assert carry(carrier, file).json == {"taken": 1, "refused": 0}


def test_whose_owner_has_left_is_refused(world: World) -> None:
    owner, carrier = world.phone("Lan"), world.phone("Tổ trưởng")
    file = sealed(owner, owner.freeze("contest.start", {}))
    assert owner.delete("/me", {"pin": owner.pin}).status_code == 204
    is_refused(carry(carrier, file))


def test_how_long_a_file_was_on_its_way_does_not_move_its_deeds(world: World) -> None:
    owner, carrier = world.phone("Lan"), world.phone("Tổ trưởng")
    done_at = clock.now()
    anchor = {"server_ms": clock.milliseconds(done_at), "mono_ms": 0, "boot_id": owner.boot}
    anchored = owner.freeze("contest.start", {}, anchor=anchor, mono_ms=60_000, wall_ms=0)
    by_wall = owner.freeze("contest.start", {})
    file = sealed(owner, anchored, by_wall)
    with clock.stopped_at(clock.now() + timedelta(days=3)):
        assert carry(carrier, file).json["taken"] == 2
    first, second = operations(world)
    assert (first.happened_at - done_at - timedelta(minutes=1)) < timedelta(seconds=1)
    assert first.time_trust == "high"
    assert abs(second.happened_at - done_at) < timedelta(seconds=5)
    assert second.time_trust == "low"


def test_somebody_who_is_nobody_carries_nothing(world: World) -> None:
    owner = world.phone("Lan")
    file = sealed(owner, owner.freeze("contest.start", {}))
    assert world.client().post("/api/v1/sync/relay", json=file).status_code == 401
    assert operations(world) == []


def test_an_unreadable_deed_in_a_file_is_kept_for_its_owner(world: World) -> None:
    owner, carrier = world.phone("Lan"), world.phone("Tổ trưởng")
    broken = json.dumps({"id": str(uuid.uuid4()), "seq": 7})
    assert carry(carrier, sealed(owner, broken)).json == {"taken": 0, "refused": 1}
    with world.database.transaction(writes=False) as session:
        (kept,) = session.scalars(select(Quarantined)).all()
    assert (kept.body, str(kept.device_id), kept.device_seq) == (broken.encode(), owner.device, 7)
