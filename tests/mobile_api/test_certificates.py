"""A certificate from asking to verifying: who gets one, what is printed, and what a stranger can find out about it."""

import base64
import io
import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from PIL import Image
from sqlalchemy import select, update

from backend import clock
from backend.app import create_app
from backend.certificates import queries, revoke
from backend.certificates.errors import CertificateUnknown
from backend.certificates.models import Certificate
from backend.certificates.rules import new_number
from backend.config import Settings
from backend.db.engine import Database
from backend.http import NodeApp
from backend.people.sign_in import participant
from backend.safeguards.audit import OPERATOR, Actor
from backend.safeguards.models import AuditEntry
from backend.safeguards.signing import Signer, packed
from campaigns import certificates, lifecycle, results
from campaigns.desks import Desks
from campaigns.models import Activity
from tests.structure.test_budgets import spent
from tests.support.settled import EARNED, Settled, plant_settled
from tests.support.world import Phone, World

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)


@pytest.fixture
def over(app: NodeApp, database: Database, monkeypatch: pytest.MonkeyPatch) -> Settled:
    return plant_settled(app, database, monkeypatch)


def offered(phone: Phone) -> dict[str, Any]:
    answer = phone.get(f"/activities/{phone.world.activity}/certificate")
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def ask(phone: Phone, name: str = "Nguyễn Thị Bình") -> Any:
    return phone.post(f"/activities/{phone.world.activity}/certificate", {"name": name})


def issued(phone: Phone, name: str = "Nguyễn Thị Bình") -> dict[str, Any]:
    answer = ask(phone, name)
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def page(over: Settled, address: str) -> tuple[int, str]:
    answer = over.client().get(address, headers={"Accept-Language": "vi"})
    return answer.status_code, answer.text


def verdict(over: Settled, address: str) -> str:
    """The one verdict the verification page gives."""
    _, text = page(over, address)
    (found,) = [word for word in queries.Verdict.__args__ if f'data-testid="verdict-{word}"' in text]
    return str(found)


def change(over: Settled, number: str, **values: Any) -> None:
    with over.database.transaction() as session:
        session.execute(update(Certificate).where(Certificate.number == number).values(**values))


# --- asking ---


def test_who_earned_one_gets_it_with_the_name_asked_for(over: Settled) -> None:
    phone = over.phone("Nguyễn Thị Bình")
    before = offered(phone)
    assert before == {
        "earned": True, "issued": None, "printed_name_default": "Nguyễn Thị Bình", "minor": False,
    }  # fmt: skip
    with clock.stopped_at(NOON):
        got = issued(phone, "  Bà  Nguyễn Thị Bình ")
    assert got["name"] == "Bà Nguyễn Thị Bình"
    assert (got["issued_at"], got["revoked_at"]) == ("2026-11-22T05:00:00.000Z", None)
    assert offered(phone)["issued"] == got
    assert verdict(over, got["verify_url"]) == "valid"


def test_asking_again_gives_the_same_certificate_whatever_name_is_sent(over: Settled) -> None:
    phone = over.phone()
    first = issued(phone)
    assert issued(phone, "Tên Khác") == first
    with over.database.transaction(writes=False) as session:
        assert len(queries.issued(session, over.activity)) == 1


def test_of_two_asking_at_once_the_second_gets_what_the_first_made(over: Settled) -> None:
    phone = over.phone()
    with over.database.transaction() as session:
        desk = Desks(session, participant(session, phone.token), "vi").desk(over.activity)
        assert desk is not None
        signer = over.app.services.signer
        words = [certificates._words(desk, EARNED, name) for name in ("Một", "Hai")]
        one, two = (certificates._issue(desk, each, signer, "http://localhost:8000") for each in words)
    assert one.number == two.number
    assert two.statement["name"] == "Một"


def test_nobody_gets_one_before_the_results_are_settled(over: Settled) -> None:
    phone = over.phone()
    with over.database.transaction() as session:
        session.execute(update(Activity).values(state="closed"))
    assert offered(phone)["earned"] is False
    refused = ask(phone)
    assert (refused.status_code, refused.json["code"]) == (409, "certificate_not_earned")


def test_who_did_not_earn_one_gets_none(over: Settled) -> None:
    """Not passed, or the attempt not recognised: the room says None, and nothing more is told."""
    phone = over.phone()
    over.kind.earned = lambda _desk: None
    assert offered(phone)["earned"] is False
    assert ask(phone).json["code"] == "certificate_not_earned"


def test_a_kind_without_certificates_gives_none(over: Settled) -> None:
    over.kind.earned = None
    assert ask(over.phone()).json["code"] == "certificate_not_earned"


def test_an_activity_that_is_not_there_is_404(over: Settled) -> None:
    phone = over.phone()
    answer = phone.post(f"/activities/{over.campaign}/certificate", {"name": "An"})
    assert (answer.status_code, answer.json["code"]) == (404, "activity_unknown")
    assert phone.get(f"/activities/{over.campaign}/certificate").status_code == 404


@pytest.mark.parametrize("name", ["Giảm giá 50% http://x", "买", "<b>An</b>", "🙂 An", "123"])
@on_sqlite
def test_a_name_that_is_no_name_is_not_printed(over: Settled, name: str) -> None:
    assert ask(over.phone(), name).json["code"] == "name_not_printable"


@pytest.mark.parametrize("name", ["", "   ", "A" * 61, "An\nBình"])
@on_sqlite
def test_a_name_that_does_not_fit_its_schema_is_422(over: Settled, name: str) -> None:
    assert ask(over.phone(), name).status_code == 422


def test_a_name_typed_in_parts_is_kept_whole(over: Settled) -> None:
    """NFD letters, as some keyboards send them, are the same name."""
    got = issued(over.phone(), unicodedata.normalize("NFD", "Đỗ Thị Hường"))
    assert got["name"] == unicodedata.normalize("NFC", "Đỗ Thị Hường")


def test_of_a_child_only_initials_and_class_are_printed(over: Settled) -> None:
    child = over.phone("Trần Văn An", birth_year=clock.today().year - 12)
    assert child.post("/me/classes", {"class_code": "TK7A"}).status_code == 201
    assert (offered(child)["minor"], offered(child)["printed_name_default"]) == (True, "T. V. A. (lớp 7A)")
    got = issued(child, "Trần Văn An")
    assert got["name"] == "T. V. A. (lớp 7A)"
    _, text = page(over, got["verify_url"])
    assert "Trần" not in text


# --- verifying ---


def test_the_page_says_what_the_paper_says_and_nothing_of_rank_or_score(over: Settled) -> None:
    with clock.stopped_at(NOON):
        got = issued(over.phone())
    status, text = page(over, got["verify_url"])
    assert status == 200
    for words in ("Nguyễn Thị Bình", "“Tìm hiểu chuyển đổi số” – Đợt 1", "Đạt yêu cầu", "22/11/2026"):
        assert words in text
    assert "Ban Tổ chức – xã Tân Khánh, tỉnh Thái Nguyên" in text
    assert "không phải hình thức khen thưởng" in text
    assert not [word for word in ("hạng", "điểm", "xóm Đồng Tiến", "1980") if word in text]


def test_a_number_is_found_however_it_was_typed(over: Settled) -> None:
    number = issued(over.phone())["number"]
    for typed in (number.lower(), number.replace("-", " "), number.replace("0", "O").replace("1", "l")):
        found = over.client().get("/xac-minh", query_string={"so": typed})
        assert (found.status_code, found.location) == (302, f"/xac-minh/{number}")
    assert verdict(over, f"/xac-minh/{number}") == "valid"


def test_a_slip_of_one_sign_is_told_from_a_number_nobody_has(over: Settled) -> None:
    number = issued(over.phone())["number"]
    slip = ("2" if number[0] != "2" else "3") + number[1:]
    assert verdict(over, f"/xac-minh/{slip}") == "mistyped"
    assert verdict(over, "/xac-minh?so=abc") == "mistyped"
    assert verdict(over, f"/xac-minh/{new_number()}") == "unknown"
    assert page(over, f"/xac-minh/{new_number()}")[0] == 404


def test_a_code_with_another_signature_does_not_pass(over: Settled) -> None:
    one, other = issued(over.phone("Bình")), issued(over.phone("Chi"))
    stolen = other["verify_url"].partition("?s=")[2]
    for signature in (stolen, stolen[:-2] + "AA", "", "ký"):
        assert verdict(over, f"/xac-minh/{one['number']}?s={signature}") == "altered"


def test_a_row_somebody_changed_in_the_database_does_not_pass(over: Settled) -> None:
    got = issued(over.phone())
    with over.database.transaction(writes=False) as session:
        (row,) = queries.issued(session, over.activity)
    change(over, got["number"], statement=row.statement | {"name": "Kẻ Sửa"})
    _, text = page(over, got["verify_url"])
    assert 'data-testid="verdict-altered"' in text
    assert "Kẻ Sửa" not in text
    assert over.client().get(got["png_url"]).status_code == 404


def test_one_signed_by_a_key_that_is_not_ours_does_not_pass(over: Settled) -> None:
    got = issued(over.phone())
    other = Signer.throw_away()
    with over.database.transaction(writes=False) as session:
        (row,) = queries.issued(session, over.activity)
    change(over, got["number"], signature=other.sign(b"x"), key_id=other.key_id)
    assert verdict(over, f"/xac-minh/{got['number']}") == "altered"
    assert row.key_id == over.app.services.signer.key_id


def test_what_an_older_key_signed_still_stands_after_the_key_was_changed(
    over: Settled, settings: Settings, database: Database
) -> None:
    got = issued(over.phone())
    renewed = create_app(replace(settings, signing_key=packed(b"n" * 32)), database)
    assert renewed.services.signer.key_id != over.app.services.signer.key_id
    text = renewed.test_client().get(f"/xac-minh/{got['number']}").text
    assert 'data-testid="verdict-valid"' in text


def test_anybody_can_check_it_with_the_public_key_alone(over: Settled) -> None:
    """As docs/api.md tells it, with nothing of ours imported."""
    got = issued(over.phone())
    keys = over.client().get("/.well-known/lantoa-key").json
    said = over.client().get(f"/xac-minh/{got['number']}.json").json
    text = json.dumps(said["statement"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(keys["public_key"] + "="))
    signature = base64.urlsafe_b64decode(said["signature"] + "==")
    public.verify(signature, text.encode())
    assert said["key_id"] == keys["key_id"]
    assert [key["key_id"] for key in keys["used"]] == [keys["key_id"]]
    with pytest.raises(InvalidSignature):
        public.verify(signature, text.replace("Bình", "Chi").encode())


# --- pictures ---


def test_the_picture_and_the_paper_are_plain_links_for_whoever_holds_the_number(over: Settled) -> None:
    got = issued(over.phone())
    picture = over.client().get(got["png_url"])
    assert (picture.status_code, picture.content_type) == (200, "image/png")
    assert Image.open(io.BytesIO(picture.data)).size == (1782, 1260)
    paper = over.client().get(got["pdf_url"])
    assert (paper.status_code, paper.content_type) == (200, "application/pdf")
    assert paper.data.startswith(b"%PDF-")
    for answer in (picture, paper):
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.headers["Cache-Control"] == "no-store"


def test_there_is_no_picture_of_what_does_not_exist(over: Settled) -> None:
    for address in ("/xac-minh/khong-co.png", "/xac-minh/7K3M-9QXA-22TD-HF0X.pdf", "/xac-minh/x.json"):
        assert over.client().get(address).status_code == 404


# --- taking back ---


def test_one_taken_back_says_when_and_why(over: Settled) -> None:
    phone = over.phone()
    got = issued(phone)
    with clock.stopped_at(NOON), over.database.transaction() as session:
        revoke.revoke(session, got["number"], "Dự thi hộ", Actor("staff", over.officer))
    with clock.stopped_at(NOON + timedelta(hours=1)), over.database.transaction() as session:
        revoke.revoke(session, got["number"], "Lý do khác", Actor("staff", over.officer))
    _, text = page(over, got["verify_url"])
    assert 'data-testid="verdict-revoked"' in text
    assert "12:00, 22/11/2026" in text
    assert "Dự thi hộ" in text
    assert over.client().get(got["png_url"]).status_code == 404
    assert over.client().get(f"/xac-minh/{got['number']}.json").json["revoked_reason"] == "Dự thi hộ"
    again = offered(phone)["issued"]
    assert (again["revoked_at"], again["revoked_reason"]) == ("2026-11-22T05:00:00.000Z", "Dự thi hộ")
    with over.database.transaction(writes=False) as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.deed == "certificate.revoke")).all()
    assert [(row.actor, row.unit_id) for row in noted] == [(over.officer, over.commune)]


def test_a_removal_takes_the_certificate_back_and_asking_again_does_not_bring_it(over: Settled) -> None:
    phone = over.phone()
    got = issued(phone)
    over.kind.earned = lambda _desk: None
    with over.database.transaction() as session:
        subject = participant(session, phone.token).subject
        assert revoke.revoke_of(session, over.activity, subject, "Trùng bài", Actor("staff", over.officer))
        assert not revoke.revoke_of(session, over.activity, over.officer, "x", Actor("worker"))
    assert issued(phone)["revoked_at"] is not None
    assert verdict(over, got["verify_url"]) == "revoked"


def test_revoking_a_number_nobody_has_says_so(over: Settled) -> None:
    with over.database.transaction() as session, pytest.raises(CertificateUnknown):
        revoke.revoke(session, "7K3M-9QXA-22TD-HF0X", "x", Actor("worker"))


# --- leaving ---


def test_it_is_in_the_download_and_goes_with_the_person(over: Settled) -> None:
    phone = over.phone("Nguyễn Thị Rời Đi")
    got = issued(phone, "Nguyễn Thị Rời Đi")
    (held,) = phone.get("/me/data").json["activities"]["certificates"]
    assert held["statement"]["name"] == "Nguyễn Thị Rời Đi"
    assert phone.delete("/me", {"pin": "1234"}).status_code == 204
    assert verdict(over, got["verify_url"]) == "unknown"
    assert over.client().get(got["png_url"]).status_code == 404
    with over.database.transaction(writes=False) as session:
        assert session.scalars(select(Certificate)).all() == []


# --- with a real contest, from the paper to the page ---


def test_of_two_who_took_part_the_one_who_passed_gets_one_and_publishing_is_signed_by_the_same_key(
    world: World,
) -> None:
    good, weak = world.phone("Nguyễn Thị Bình"), world.phone("Trần Văn Chi")
    good.take_part(right=5)
    weak.take_part(right=1)
    world.fold()
    assert offered(good)["earned"] is False, "not before the results are settled"
    with clock.stopped_at(clock.now() + timedelta(hours=1)), world.database.transaction() as session:
        activity = session.get_one(Activity, world.activity)
        lifecycle.close_activity(session, activity, OPERATOR)
        lifecycle.settle_activity(session, activity, OPERATOR)
        results.publish(session, activity, world.app.services.signer, {"units": []}, OPERATOR)
    assert (offered(good)["earned"], offered(weak)["earned"]) == (True, False)
    assert ask(weak).json["code"] == "certificate_not_earned"
    got = issued(good)
    assert 'data-testid="verdict-valid"' in world.client().get(got["verify_url"]).text
    assert world.client().get(got["png_url"]).status_code == 200
    page = world.client().get(f"/ket-qua/{world.activity}", headers={"Accept-Language": "vi"})
    assert page.status_code == 200
    assert world.app.services.signer.key_id in page.text
    assert "ẩn vì số người ít" in page.text


# --- limits and costs ---


@on_sqlite
def test_who_tries_too_often_is_told_to_wait_in_plain_words(
    over: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.public.verify.CHECKED_AN_HOUR", 2)
    client = over.client()
    answers = [client.get("/xac-minh/7K3M-9QXA-22TD-HF0X") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert 'data-testid="verdict-wait"' in answers[-1].text


@on_sqlite
def test_pictures_are_counted_too(over: Settled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.public.verify.PICTURES_AN_HOUR", 1)
    url, client = issued(over.phone())["png_url"], over.client()
    assert [client.get(url).status_code for _ in range(2)] == [200, 429]


@on_sqlite
def test_asking_for_pictures_that_are_not_there_is_counted_as_well(
    over: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.public.verify.PICTURES_AN_HOUR", 1)
    client = over.client()
    assert [client.get(f"/xac-minh/{new_number()}.png").status_code for _ in range(2)] == [404, 429]


@on_sqlite
def test_refused_names_are_counted(over: Settled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mobile_api.certificates.ASKED_AN_HOUR", 1)
    phone = over.phone()
    assert [ask(phone, "買").status_code for _ in range(2)] == [409, 429]


def test_verifying_costs_3(over: Settled) -> None:
    got = issued(over.phone())
    assert spent(over.database, lambda: over.client().get(got["verify_url"])) == [
        "INSERT rate_window",  # counted by where it came from
        "SELECT certificate",
        "SELECT node_key",  # the key that signed it
    ]


def test_asking_costs_14_once_and_5_afterwards(over: Settled) -> None:
    """The first of a node costs more: its identity, key and list of revocations begin with it."""
    issued(over.phone("Người Đầu Tiên"))
    phone = over.phone()
    arrived = [
        "SELECT person",  # whose token this is
        "INSERT rate_window",  # counted by person
        "SELECT activity",  # with its campaign
        "SELECT subject_link",  # held, so that leaving does not overlap
        "SELECT certificate",  # the one there is already
    ]
    assert spent(over.database, lambda: issued(phone)) == [
        *arrived,
        "SELECT unit_link",  # what lies above the owner
        "SELECT unit",  # its name
        "SELECT unit",  # the owner's
        "SELECT node_key",  # the public half is on record, and not retired
        "SELECT node_identity",  # who the node is to verifiers
        "UPDATE status_list",  # a place in the list of revocations is taken
        "INSERT certificate",
        "SELECT certificate",  # the own one, or that of a request that raced it and won
        "INSERT audit_entry",
    ]
    assert spent(over.database, lambda: issued(phone)) == arrived
