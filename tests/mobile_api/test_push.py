"""The sync door: every deed gets its own verdict, nothing is lost, and bad input is answered in plain words."""

import json
import uuid
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from backend.db.base import new_id
from backend.participation.models import Fact, Operation, Quarantined
from tests.support.world import Phone, World, prove

PUSH = "/api/v1/sync/push"
HUGE = ("1" + "0" * 400, str(2**63), "1e400", "9" * 5000, "-1", "0")
BAD_TEXT = ("a\0b", "\0", "\ud800", "a\udfffb")


def is_problem(answer: TestResponse, status: int, code: str) -> None:
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), answer.text
    assert (answer.json["status"], answer.json["code"]) == (status, code)
    assert answer.json["type"].endswith(code)


def send(phone: Phone, data: bytes, content_type: str = "application/json") -> TestResponse:
    return phone.client.post(PUSH, data=data, content_type=content_type, headers=phone.headers)


def verdicts(answer: TestResponse) -> list[tuple[str, str | None]]:
    assert answer.status_code == 200, answer.text
    return [(row["verdict"], row["reason"]) for row in answer.json["results"]]


def count(world: World, table: Any) -> int:
    with world.database.transaction(writes=False) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


# --- sending again -----------------------------------------------------------------------------------------------


def test_the_same_bytes_again_get_the_same_receipt_and_result(world: World) -> None:
    phone = world.phone()
    start = phone.freeze("contest.start", {})
    first = phone.push(start).json["results"][0]
    again = phone.push(start).json["results"][0]
    assert (first["verdict"], again["verdict"]) == ("accepted", "duplicate")
    assert again["receipt"] == first["receipt"]
    assert again["result"]["attempt"]["id"] == first["result"]["attempt"]["id"]
    attempt = first["result"]["attempt"]
    paper = phone.freeze("contest.submit", {"attempt": attempt["id"], "answers": phone.answers(attempt, 4)})
    handed_in, repeated = (phone.push(paper).json["results"][0] for _ in range(2))
    assert repeated["receipt"] == handed_in["receipt"]
    assert repeated["result"]["attempt"]["result"]["right"] == 4
    assert (repeated["outcome"], count(world, Operation)) == ("counted", 2)


def test_the_same_bytes_twice_in_one_batch_are_one_deed(world: World) -> None:
    phone = world.phone()
    start = phone.freeze("contest.start", {})
    answer = phone.push(start, start)
    assert verdicts(answer) == [("accepted", None), ("duplicate", None)]
    assert len({row["receipt"] for row in answer.json["results"]}) == 1
    assert count(world, Operation) == 1


def test_a_deed_is_one_deed_whichever_way_it_came(world: World) -> None:
    phone = world.phone()
    start = phone.freeze("contest.start", {})
    typed = phone.client.post(
        f"/api/v1/activities/{world.activity}/contest/start",
        data=start,
        content_type="application/json",
        headers=phone.headers,
    )
    assert typed.json["verdict"] == "accepted"
    assert phone.push(start).json["results"][0]["receipt"] == typed.json["receipt"]


def test_the_same_id_with_other_bytes_is_kept_aside(world: World) -> None:
    phone = world.phone()
    start = phone.freeze("contest.start", {})
    first = phone.push(start).json["results"][0]
    changed = start.replace('"schema": 1', '"schema": 2')
    second = phone.push(changed).json["results"][0]
    assert (second["verdict"], second["reason"], second["id"]) == (
        "quarantined",
        "content_differs",
        first["id"],
    )
    assert second["receipt"] != first["receipt"]
    assert phone.push(changed).json["results"][0]["receipt"] == second["receipt"]
    with world.database.transaction(writes=False) as session:
        assert session.scalars(select(Quarantined.body)).all() == [changed.encode()]


def test_the_same_id_with_other_bytes_in_one_batch_is_kept_aside(world: World) -> None:
    phone = world.phone()
    start = phone.freeze("contest.start", {})
    answer = phone.push(start, start.replace('"schema": 1', '"schema": 2'))
    assert verdicts(answer) == [("accepted", None), ("quarantined", "content_differs")]


@pytest.mark.parametrize("together", [True, False])
def test_a_place_in_the_sequence_is_taken_once(world: World, together: bool) -> None:
    phone = world.phone()
    first, other = phone.freeze("contest.start", {}), phone.freeze("contest.start", {}, seq=1)
    rows = (
        verdicts(phone.push(first, other))
        if together
        else verdicts(phone.push(first)) + verdicts(phone.push(other))
    )
    assert rows == [("accepted", None), ("quarantined", "seq_taken")]
    assert phone.push(other).json["highest_seq"] == 1


def test_somebody_elses_operation_id_is_kept_aside_and_shows_nothing(world: World) -> None:
    one, other = world.phone("Một"), world.phone("Hai")
    mine = one.freeze("contest.start", {})
    receipt = one.push(mine).json["results"][0]["receipt"]
    stolen = other.push(mine).json["results"][0]
    assert stolen["verdict"] == "quarantined"
    assert stolen["receipt"] != receipt
    assert stolen["result"] is None


# --- rows that cannot be read ------------------------------------------------------------------------------------


def unreadable(phone: Phone) -> list[tuple[bytes, str]]:
    """A row each way of being wrong, and why it is put aside."""
    good = phone.freeze("contest.start", {})
    return [
        (b"17", "not_readable"),
        (b"null", "not_readable"),
        (b'"text"', "not_readable"),
        (b"[]", "not_readable"),
        (b"{}", "not_readable"),
        (good.replace('"schema": 1', '"schema": "one"').encode(), "not_readable"),
        (good.replace('"schema": 1', '"schema": 1, "extra": 1').encode(), "not_readable"),
        (good.replace('"seq": 1', f'"seq": {2**63}').encode(), "not_readable"),
        (good.replace('"seq": 1', '"seq": 1e400').encode(), "not_readable"),
        (good.replace('"seq": 1', f'"seq": {"9" * 5000}').encode(), "not_readable"),
        (good.replace('"seq": 1', '"seq": 0').encode(), "not_readable"),
        (good.replace("contest.start", "contest.\\u0000").encode(), "action_unknown"),
        (good.replace("contest.start", "nothing.known").encode(), "action_unknown"),
        (good.replace('"body": {}', '"body": {"more": 1}').encode(), "body_invalid"),
        (good.replace('"body": {}', '"body": ' + "[" * 900 + "]" * 900).encode(), "body_invalid"),
        (good.replace("contest.start", "contest.\udcff").encode(errors="surrogateescape"), "not_readable"),
    ]


def test_unreadable_rows_are_kept_byte_for_byte_and_the_others_taken_in(world: World) -> None:
    phone = world.phone()
    wrong = unreadable(phone)
    good = phone.freeze("contest.start", {}).encode()
    envelope = phone.envelope("ROWS").replace(b"ROWS", b",".join([good, *(raw for raw, _ in wrong)]))
    answer = send(phone, envelope)
    assert verdicts(answer) == [("accepted", None)] + [("quarantined", why) for _, why in wrong]
    assert all(row["receipt"].startswith("LT-") for row in answer.json["results"])
    with world.database.transaction(writes=False) as session:
        kept = session.scalars(select(Quarantined.body)).all()
    assert sorted(kept) == sorted(raw for raw, _ in wrong)


def test_an_unreadable_row_answers_with_its_id_where_that_can_be_read(world: World) -> None:
    phone = world.phone()
    row = phone.freeze("contest.start", {}, schema="one")
    assert phone.push(row).json["results"][0]["id"] == json.loads(row)["id"]
    assert phone.push('{"id": "no uuid"}').json["results"][0]["id"] is None


@pytest.mark.parametrize("bad", BAD_TEXT)
def test_text_no_database_keeps_is_refused_inside_a_deed(world: World, bad: str) -> None:
    phone = world.phone()
    attempt = phone.start()
    question = attempt["questions"][0]["id"]
    for action, body in (
        ("contest.answer", {"attempt": attempt["id"], "question": question, "choice": bad}),
        ("contest.answer", {"attempt": bad, "question": question, "choice": "a"}),
        ("contest.submit", {"attempt": attempt["id"], "answers": {question: bad}}),
        ("contest.submit", {"attempt": attempt["id"], "answers": {bad: "a"}}),
        (f"contest.{bad}", {}),
    ):
        answer = phone.push(json.dumps(json.loads(phone.freeze(action, body))))
        if "\0" not in bad:  # half a surrogate pair is no JSON that can be cut into rows
            is_problem(answer, 400, "malformed")
            continue
        ((verdict, reason),) = verdicts(answer)
        assert (verdict, reason) in {
            ("accepted", "choice_unknown"),
            ("quarantined", "body_invalid"),
            ("quarantined", "action_unknown"),
        }
    assert phone.get(f"/activities/{world.activity}/mine").json["attempt"]["answers"] == {}


def test_a_deed_for_an_unknown_activity_is_kept_and_refused(world: World) -> None:
    phone = world.phone()
    verdict = phone.do("contest.start", {}, activity=str(new_id()))
    assert (verdict["verdict"], verdict["outcome"], verdict["reason"]) == (
        "accepted",
        "refused",
        "activity_unknown",
    )


# --- the run without a gap ---------------------------------------------------------------------------------------


def test_the_highest_sequence_stops_at_a_hole_and_goes_on_when_it_is_filled(world: World) -> None:
    phone = world.phone()
    deeds = [phone.freeze("contest.start", {}) for _ in range(5)]
    assert phone.push(deeds[0], deeds[1]).json["highest_seq"] == 2
    gap = phone.push(deeds[4], deeds[3])
    assert (gap.json["highest_seq"], gap.headers["Lantoa-Highest-Seq"]) == (2, "2")
    assert phone.get("/me").json["highest_seq"] == 2
    assert phone.push(deeds[2]).json["highest_seq"] == 5


def test_what_was_put_aside_did_arrive_and_leaves_no_hole(world: World) -> None:
    phone = world.phone()
    good = [phone.freeze("contest.start", {}) for _ in range(2)]
    unreadable_third = phone.freeze("contest.start", {}, schema="one")
    unknown_fourth = phone.freeze("nothing.known", {})
    taken = phone.freeze("contest.start", {}, seq=1)
    fifth = phone.freeze("contest.start", {}, seq=5)
    assert phone.push(*good, unknown_fourth).json["highest_seq"] == 2
    assert phone.push(unreadable_third).json["highest_seq"] == 4
    assert phone.push(taken).json["highest_seq"] == 4
    assert phone.push(fifth).json["highest_seq"] == 5
    assert phone.push(phone.freeze("contest.start", {}, seq="x")).json["highest_seq"] == 5


# --- a batch that is no batch ------------------------------------------------------------------------------------


def test_fifty_operations_fit_and_fifty_one_do_not(world: World) -> None:
    phone = world.phone()
    deeds = [phone.freeze("contest.start", {}) for _ in range(51)]
    is_problem(phone.push(*deeds), 422, "payload_invalid")
    assert phone.push(*deeds[:50]).json["highest_seq"] == 50
    assert phone.push().json["results"] == []


@pytest.mark.parametrize("size", [256 * 1024 + 1, 512 * 1024 + 1, 10 * 1024 * 1024])
def test_a_batch_too_large_is_told_so(world: World, size: int) -> None:
    phone = world.phone()
    is_problem(send(phone, phone.envelope().ljust(size)), 413, "body_too_large")


def test_a_batch_of_just_the_allowed_size_is_taken(world: World) -> None:
    phone = world.phone()
    assert send(phone, phone.envelope().ljust(256 * 1024)).status_code == 200


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff\xfe", b"[" * 10_000 + b"]" * 10_000, b"not json", b'{"device_id": "\xff"}', b"\0"]
)  # fmt: skip
def test_what_is_no_json_is_malformed(world: World, raw: bytes) -> None:
    answer = send(world.phone(), raw)
    assert answer.status_code in (400, 422)
    is_problem(answer, answer.status_code, {400: "malformed", 422: "payload_invalid"}[answer.status_code])


@pytest.mark.parametrize("raw", [b"[]", b"null", b"17", b'"text"', b"{}"])
def test_json_of_another_shape_does_not_fit(world: World, raw: bytes) -> None:
    is_problem(send(world.phone(), raw), 422, "payload_invalid")


def test_deep_nesting_is_refused_in_plain_words(world: World) -> None:
    phone = world.phone()
    deep = b"[" * 10_000 + b"]" * 10_000
    is_problem(send(phone, phone.envelope("ROW").replace(b"ROW", deep)), 400, "malformed")
    for method, path in (("POST", "/me/consents"), ("PATCH", "/me"), ("DELETE", "/me")):
        answer = phone.client.open(
            f"/api/v1{path}",
            method=method,
            data=deep,
            content_type="application/json",
            headers=phone.headers,
        )
        assert 400 <= answer.status_code < 500, answer.text
        is_problem(answer, answer.status_code, answer.json["code"])


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data", ""])
def test_another_content_type_is_told_so(world: World, content_type: str) -> None:
    phone = world.phone()
    is_problem(send(phone, phone.envelope(), content_type), 415, "unsupported_media_type")
    for path in ("/me/consents", "/sign-in/codes"):
        answer = phone.client.post(
            f"/api/v1{path}", data=b"{}", content_type=content_type, headers=phone.headers
        )
        is_problem(answer, 415, "unsupported_media_type")


def test_another_devices_batch_is_refused(world: World) -> None:
    phone, other = world.phone("Một"), world.phone("Hai")
    is_problem(send(phone, other.envelope(other.freeze("contest.start", {}))), 409, "other_device")


def test_nobody_pushes_without_a_token(world: World) -> None:
    phone = world.phone()
    for headers in (
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer x"},
        {"Authorization": "Basic x"},
    ):
        answer = phone.client.post(
            PUSH, data=phone.envelope(), content_type="application/json", headers=headers
        )
        is_problem(answer, 401, "not_signed_in")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


# --- numbers and text of any size, everywhere --------------------------------------------------------------------


@pytest.mark.parametrize("number", HUGE)
def test_numbers_of_any_size_never_break_the_node(world: World, number: str) -> None:
    phone = world.phone()
    raws = [
        ("POST", "/me/consents", f'{{"purpose": "contest_entry", "version": {number}}}'),
        ("POST", "/me/guardian-consents", f'{{"version": {number}}}'),
        ("POST", "/sign-in/persons", f'{{"birth_year": {number}}}'),
        ("PATCH", "/me", f'{{"name": {number}}}'),
        ("POST", "/sign-in/codes", f'{{"phone": {number}}}'),
        ("GET", f"/sync/pull?cursor={number}", ""),
        ("GET", f"/units?limit={number}", ""),
        ("GET", f"/activities/{number}", ""),
        ("GET", f"/activities/{number}/mine", ""),
        ("GET", f"/receipts/{number}", ""),
        ("DELETE", f"/me/consents/{number}", ""),
        ("POST", f"/activities/{number}/contest/start", "{}"),
        ("POST", "/sync/push", f'{{"device_id": {number}, "sent": {number}, "operations": {number}}}'),
        ("POST", "/sync/push", phone.envelope().decode().replace('"mono_ms": ', f'"mono_ms": {number}, "x": ')),
        ("POST", f"/activities/{world.activity}/contest/start", f'{{"seq": {number}}}'),
    ]  # fmt: skip
    for method, path, body in raws:
        answer = phone.client.open(
            f"/api/v1{path}",
            method=method,
            data=body or None,
            content_type="application/json",
            headers=phone.headers,
        )
        if "cursor=0" in path:
            assert answer.status_code == 200
            continue
        assert 400 <= answer.status_code < 500, (path, answer.status_code, answer.text)
        is_problem(answer, answer.status_code, answer.json["code"])


@pytest.mark.parametrize("wall", [0, 2**53 - 1])
def test_clocks_at_their_ends_are_corrected(world: World, wall: int) -> None:
    phone = world.phone()
    verdict = phone.do("contest.start", {}, wall_ms=wall, mono_ms=wall, boot_id=str(uuid.uuid4()))
    assert verdict["verdict"] == "accepted"
    anchor = {"server_ms": 2**53 - 1, "mono_ms": 0, "boot_id": phone.boot}
    assert phone.do("contest.start", {}, anchor=anchor, mono_ms=2**53 - 1)["verdict"] == "accepted"
    anchor = {"server_ms": 0, "mono_ms": 0, "boot_id": phone.boot}
    assert phone.do("contest.start", {}, anchor=anchor)["verdict"] == "accepted"


def bodies(world: World, phone: Phone) -> list[tuple[str, str, dict[str, Any]]]:
    """Every endpoint that takes text, with a body that fits."""
    ticket = prove(phone.client, f"09{next(world.numbers):08d}")
    person = {"ticket": ticket, "device_id": str(new_id()), "pin": "1234"}
    return [
        ("POST", "/sign-in/codes", {"phone": "0912345678"}),
        ("POST", "/sign-in/proofs", {"phone": "0912345678", "code": "123456"}),
        (
            "POST",
            "/sign-in/persons",
            person
            | {"person_id": str(new_id()), "name": "Bình", "birth_year": 1980, "unit_id": str(world.hamlet)},
        ),
        ("POST", "/sign-in/sessions", person | {"person_id": str(new_id())}),
        ("PATCH", "/me", {"name": "Bình"}),
        ("PATCH", "/me", {"unit_id": str(world.hamlet)}),
        ("POST", "/me/consents", {"purpose": "contest_entry", "version": 1}),
        (
            "POST",
            "/me/guardian-consents",
            {
                "code": "123456",
                "guardian_name": "Mẹ",
                "relation": "mother",
                "version": 1,
                "campaign_id": str(world.campaign),
            },
        ),
        ("POST", "/me/classes", {"class_code": "TK7A"}),
        ("DELETE", "/me", {"pin": "1234"}),
    ]


@pytest.mark.parametrize("bad", BAD_TEXT)
def test_text_no_database_keeps_is_refused_in_every_field(world: World, bad: str) -> None:
    phone = world.phone()
    for method, path, body in bodies(world, phone):
        for name in (name for name, value in body.items() if isinstance(value, str)):
            answer = phone.client.open(
                f"/api/v1{path}", method=method, data=json.dumps(body | {name: bad}),
                content_type="application/json", headers=phone.headers,
            )  # fmt: skip
            assert answer.status_code == 422, (path, name, answer.status_code, answer.text)
            is_problem(answer, 422, "payload_invalid")
            assert name in answer.json["errors"]["json"]


@pytest.mark.parametrize("bad", ["a%00b", "%00", "%ED%A0%80", "%FF"])
def test_text_no_database_keeps_is_refused_in_every_address(world: World, bad: str) -> None:
    phone = world.phone()
    for path in (
        f"/units?q={bad}",
        f"/units?kind={bad}",
        f"/probe?nonce={bad}",
        f"/receipts/{bad}",
        f"/activities/{bad}",
        f"/me/consents/{bad}",
        f"/{bad}",
    ):
        answer = phone.get(path)
        if answer.status_code == 200:  # a byte that is no UTF-8 is read as a question mark in a box
            assert "%00" not in bad
            continue
        assert 400 <= answer.status_code < 500, (path, answer.status_code, answer.text)
        is_problem(answer, answer.status_code, answer.json["code"])
    assert 400 <= phone.client.get(f"/app/{bad}").status_code < 500


def test_a_receipt_that_is_none_is_not_found(world: World) -> None:
    phone = world.phone()
    for receipt in ("LT-", "x" * 500, quote("Đồng Tiến"), "%", "' OR 1=1 --", "LT-AAAA-AAAA-AAAA"):
        is_problem(phone.get(f"/receipts/{quote(receipt)}"), 404, "not_found")


# --- problem answers ---------------------------------------------------------------------------------------------


def test_every_refusal_is_a_problem_answer_with_a_code(world: World) -> None:
    phone = world.phone()
    for answer, status, code in (
        (phone.get("/nowhere"), 404, "not_found"),
        (phone.get(f"/activities/{new_id()}"), 404, "activity_unknown"),
        (phone.post("/me"), 405, "method_not_allowed"),
        (phone.client.get("/api/v1/me"), 401, "not_signed_in"),
        (phone.post("/me/consents", {}), 422, "payload_invalid"),
        (phone.get("/sync/pull?cursor=99999"), 410, "cursor_too_old"),
        (phone.delete(f"/me/consents/{new_id()}"), 404, "not_found"),
    ):
        is_problem(answer, status, code)
        assert answer.headers["Lantoa-Epoch"]
    assert "PATCH" in phone.post("/me").headers["Allow"]


def test_refusals_speak_vietnamese_unless_english_is_asked_for(world: World) -> None:
    client = world.client()
    vietnamese = client.get("/api/v1/me").json
    english = client.get("/api/v1/me", headers={"Accept-Language": "en"}).json
    assert vietnamese["detail"].startswith("Ông/Bà cần đăng nhập")
    assert client.get("/api/v1/me", headers={"Accept-Language": "fr, vi;q=0.1"}).json == vietnamese
    assert english["code"] == vietnamese["code"]
    assert english["detail"].isascii()


def test_verdicts_speak_the_language_of_the_phone(world: World) -> None:
    phone = world.phone(consent=False)
    start = phone.freeze("contest.start", {})

    def message(language: str) -> str:
        headers = phone.headers | {"Accept-Language": language}
        answer = phone.client.post(
            PUSH, data=phone.envelope(start), content_type="application/json", headers=headers
        )
        return str(answer.json["results"][0]["message"])

    assert message("vi") == "Cần đồng ý tham gia trước khi bắt đầu."
    assert message("en").isascii()
    assert count(world, Fact) == 0
