"""A node's own certificates from the phone to strangers: what it publishes is enough for others, also after a revocation,
a new key, and a withdrawn one. Papers from before there were credentials go on as they were."""

import io
import itertools
import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from backend import cli, clock
from backend.certificates import commands, did, issue, queries, revoke, status, verifying
from backend.certificates.issue import Owner, Words
from backend.certificates.models import LIST_SIZE, Certificate, NodeIdentity, StatusBit, StatusList
from backend.certificates.rules import number_in
from backend.config import Settings
from backend.db.engine import Database
from backend.http import NodeApp
from backend.safeguards import keys, signing
from backend.safeguards.audit import OPERATOR, Actor
from backend.safeguards.models import AuditEntry
from backend.safeguards.signing import KeyRetired, NodeKey, Signer
from tests.certificates import others
from tests.support.settled import Settled, plant_settled
from tests.support.world import Phone

HOST = "http://localhost:8000"
DID = "did:web:localhost%3A8000"
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def over(app: NodeApp, database: Database, monkeypatch: pytest.MonkeyPatch) -> Settled:
    return plant_settled(app, database, monkeypatch)


def ask(phone: Phone, name: str = "Nguyễn Thị Bình") -> dict[str, Any]:
    answer = phone.post(f"/activities/{phone.world.activity}/certificate", {"name": name})
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def fetched(over: Settled, address: str, **headers: str) -> Any:
    return over.client().get(address.removeprefix(HOST), headers={"Accept-Language": "vi", **headers})


def credential(over: Settled, got: dict[str, Any]) -> dict[str, Any]:
    answer = fetched(over, got["credential_url"])
    assert (answer.status_code, answer.content_type) == (200, "application/vc+ld+json")
    return dict(json.loads(answer.data))


def by_javascript(over: Settled, *credentials: dict[str, Any]) -> list[bool]:
    published = {
        DID: fetched(over, "/.well-known/did.json").json,
        f"{HOST}/trang-thai/1": json.loads(fetched(over, "/trang-thai/1").data),
    }
    return [one["verified"] for one in others.javascript(credentials, published)]


def by_python(over: Settled, raw: bytes) -> str:
    published = {
        "https://localhost:8000/.well-known/did.json": fetched(over, "/.well-known/did.json").data,
        f"{HOST}/trang-thai/1": fetched(over, "/trang-thai/1", Accept="application/vc+jwt").data,
    }
    return others.python(raw, published)


def revoked(over: Settled, number: str, why: str = "Cấp nhầm") -> None:
    with over.database.transaction() as session:
        revoke.revoke(session, number, why, Actor("staff", over.officer))


def page(over: Settled, number: str) -> str:
    return str(fetched(over, f"/xac-minh/{number}").text)


# --- the whole way ---


def test_a_citizens_certificate_is_taken_by_strangers_until_it_is_taken_back(over: Settled) -> None:
    """Downloaded, verified by programs of others from what the node publishes; after the revocation all of them say no,
    and the page of whoever scans the code says when and why."""
    got = ask(over.phone())
    told = credential(over, got)
    assert told["issuer"]["id"] == DID
    assert by_javascript(over, told) == [True]
    assert by_python(over, json.dumps(told, ensure_ascii=False).encode()) == ""
    scanned = fetched(over, got["verify_url"])
    assert 'data-testid="verdict-valid"' in scanned.text
    assert 'data-testid="credential"' in scanned.text

    revoked(over, got["number"])
    assert credential(over, got) == told, "the file is what it was; the list speaks of it"
    assert by_javascript(over, told) == [False]
    assert "revocation" in by_python(over, json.dumps(told, ensure_ascii=False).encode())
    scanned = fetched(over, got["verify_url"])
    assert 'data-testid="verdict-revoked"' in scanned.text
    assert "Cấp nhầm" in scanned.text


@on_sqlite
def test_the_picture_carries_the_credential_and_the_old_marks(over: Settled) -> None:
    got = ask(over.phone())
    raw = fetched(over, f"/xac-minh/{got['number']}.png").data
    info = Image.open(io.BytesIO(raw)).info
    assert json.loads(info["openbadgecredential"]) == credential(over, got)
    assert {"lantoa-statement", "lantoa-signature", "lantoa-key"} <= info.keys()


def test_a_list_tells_places_and_nothing_else(over: Settled) -> None:
    one, two = ask(over.phone("Bình"), "Bình"), ask(over.phone("Chi"), "Chi")
    revoked(over, one["number"])
    answer = fetched(over, "/trang-thai/1")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    with over.database.transaction(writes=False) as session:
        own = did.own(did.identity_to_be(session, HOST), did.own_keys(session))
        places = {row.number: row.position for row in queries.issued(session, over.activity)}
    seen = status.read(answer.data, own)
    assert seen.is_set(places[one["number"]] or 0)
    assert not seen.is_set(places[two["number"]] or 0)
    assert seen.bits.count(0) == len(seen.bits) - 1
    assert seen.until - seen.since == timedelta(days=7)
    assert seen.is_set(LIST_SIZE), "a place the list does not have is never a good one"


@on_sqlite
def test_a_list_is_asked_for_as_json_or_as_a_jwt(over: Settled) -> None:
    ask(over.phone())
    plain, jwt = fetched(over, "/trang-thai/1"), fetched(over, "/trang-thai/1.jwt")
    assert (plain.content_type, jwt.content_type) == ("application/vc+ld+json", "application/vc+jwt")
    assert jwt.text.count(".") == 2
    again = fetched(over, "/trang-thai/1", **{"If-None-Match": plain.headers["ETag"]})
    assert again.status_code in (200, 304)  # a minute may have gone by
    for missing in (
        "/trang-thai/2",
        "/trang-thai/99999999999999999999",
        "/trang-thai/2.jwt",
        "/trang-thai/x",
    ):
        assert fetched(over, missing).status_code == 404


@on_sqlite
def test_the_did_document_is_there_before_the_first_certificate(over: Settled) -> None:
    told = fetched(over, "/.well-known/did.json")
    assert told.json["id"] == DID
    assert len(told.json["assertionMethod"]) == 1
    with over.database.transaction(writes=False) as session:
        assert session.scalars(select(NodeIdentity)).all() == [], "reading fixes nothing"
    assert told.headers["Access-Control-Allow-Origin"] == "*"


# --- keys over time ---


def rotated(over: Settled) -> Signer:
    new = Signer.throw_away()
    with over.database.transaction() as session:
        keys.rotate(session, over.app.services.signer, new, OPERATOR)
    over.app.services = replace(over.app.services, signer=new)
    return new


def test_what_the_old_key_signed_stays_good_under_the_new_one(over: Settled) -> None:
    with clock.stopped_at(clock.now() - timedelta(days=2)):
        old = ask(over.phone("Bình"))
    rotated(over)
    new = ask(over.phone("Chi"), "Trần Thị Chi")
    assert by_javascript(over, credential(over, old), credential(over, new)) == [True, True]
    assert 'data-testid="verdict-valid"' in page(over, old["number"])
    assert 'data-testid="verdict-valid"' in page(over, new["number"])
    listed = fetched(over, "/.well-known/lantoa-key").json["used"]
    assert [bool(key["until_at"]) for key in listed] == [True, False]


def test_a_process_that_still_holds_the_old_key_signs_nothing(over: Settled) -> None:
    phone, before = over.phone(), over.app.services
    ask(over.phone("Chi"))
    rotated(over)
    over.app.services = before
    answer = phone.post(f"/activities/{over.activity}/certificate", {"name": "Nguyễn Thị Bình"})
    assert (answer.status_code, answer.json["code"]) == (503, "key_retired")
    assert fetched(over, "/trang-thai/1").status_code == 503
    with over.database.transaction() as session, pytest.raises(KeyRetired):
        keys.rotate(session, before.signer, Signer.throw_away(), OPERATOR)


def test_a_withdrawn_key_is_believed_by_nobody_and_the_page_tells_what_it_knows(over: Settled) -> None:
    """The node's own record says which papers were issued before the key was lost; a file cannot, since a thief writes
    any day into it."""
    with clock.stopped_at(clock.now() - timedelta(days=9)):
        before = ask(over.phone("Bình"))
    with clock.stopped_at(clock.now() - timedelta(days=1)):
        after = ask(over.phone("Chi"), "Trần Thị Chi")
    old = over.app.services.signer.key_id
    rotated(over)
    with over.database.transaction() as session:
        keys.withdraw(session, old, clock.now() - timedelta(days=3), OPERATOR)
        with pytest.raises(keys.KeyAlreadyWithdrawn):
            keys.withdraw(session, old, clock.now(), OPERATOR)
        with pytest.raises(keys.KeyUnknown):
            keys.withdraw(session, "AAAA", clock.now(), OPERATOR)
    told = [credential(over, before), credential(over, after)]
    assert by_javascript(over, *told) == [False, False]
    assert [bool(by_python(over, json.dumps(one).encode())) for one in told] == [True, True]
    assert 'data-testid="verdict-valid"' in page(over, before["number"])
    text = page(over, after["number"])
    assert 'data-testid="verdict-key_withdrawn"' in text
    assert "Trần Thị Chi" not in text
    assert fetched(over, f"/xac-minh/{after['number']}.png").status_code == 404
    with over.database.transaction(writes=False) as session:
        noted = session.scalars(select(AuditEntry.deed).where(AuditEntry.deed.startswith("key."))).all()
    assert sorted(noted) == ["key.rotate", "key.withdraw"]


def test_one_whose_time_is_over_says_so(over: Settled) -> None:
    got = ask(over.phone())
    with over.database.transaction() as session:
        session.execute(update(Certificate).values(valid_until=clock.now() - timedelta(hours=1)))
    assert 'data-testid="verdict-expired"' in page(over, got["number"])


@pytest.mark.parametrize("what", ["another_credential", "a_letter", "half"])
def test_a_credential_somebody_changed_in_the_database_does_not_pass(over: Settled, what: str) -> None:
    got, other = ask(over.phone("Bình")), ask(over.phone("Chi"), "Trần Thị Chi")
    told = json.dumps(credential(over, other), ensure_ascii=False)
    if what == "a_letter":
        told = json.dumps(credential(over, got), ensure_ascii=False).replace("Bình", "Sinh")
    with over.database.transaction() as session:
        session.execute(
            update(Certificate).where(Certificate.number == got["number"]).values(credential=told)
        )
    assert 'data-testid="verdict-altered"' in page(over, got["number"])
    assert fetched(over, got["credential_url"]).status_code == 404


# --- papers from before ---


@pytest.fixture
def old(over: Settled) -> dict[str, Any]:
    """As a node of the release before left it: a statement of form 1, and no credential."""
    got = ask(over.phone("Lò Văn Cũ"), "Lò Văn Cũ")
    with over.database.transaction() as session:
        (row,) = queries.issued(session, over.activity)
        said = {k: v for k, v in row.statement.items() if k not in ("heading", "tier", "recipient")}
        said["form"] = "lantoa.certificate/1"
        row.statement, row.signature = said, over.app.services.signer.sign(signing.canonical(said))
        row.credential = row.credential_id = row.slip_signature = row.list_id = row.position = None
    return got


def test_a_paper_without_a_credential_goes_on_verifying(over: Settled, old: dict[str, Any]) -> None:
    with over.database.transaction(writes=False) as session:
        (row,) = queries.issued(session, over.activity)
        address = queries.verify_url(row, HOST)
    assert 'data-testid="verdict-valid"' in fetched(over, address).text
    assert 'data-testid="credential"' not in fetched(over, address).text
    assert fetched(over, f"/xac-minh/{old['number']}.vc.json").status_code == 404
    raw = fetched(over, f"/xac-minh/{old['number']}.png").data
    known = did.read(fetched(over, "/.well-known/did.json").json)
    found = verifying.verify(raw, [known], {}, clock.now())
    assert (found.word, found.name) == ("stale", "Lò Văn Cũ")
    assert verifying.verify(raw, [], {}, clock.now()).word == "unknown_issuer"
    said = fetched(over, f"/xac-minh/{old['number']}.json").data
    assert verifying.verify(said, [known], {}, clock.now()).word == "stale"
    assert (
        verifying.verify(said.replace("Cũ".encode(), "Mới".encode()), [known], {}, clock.now()).word
        == "altered"
    )
    revoked(over, old["number"])
    assert 'data-testid="verdict-revoked"' in page(over, old["number"])


# --- at the command line, with the node ---


def said_by_command(over: Settled, monkeypatch: pytest.MonkeyPatch, *given: str) -> tuple[int, str]:
    for room in ("commands", "commands_batches"):
        monkeypatch.setattr(f"backend.certificates.{room}.read_settings", lambda: over.app.services.settings)
    done = CliRunner().invoke(cli.main, given)
    return done.exit_code, done.output


def test_the_command_asks_the_nodes_own_record(
    over: Settled, old: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    got, file = ask(over.phone("Chi"), "Trần Thị Chi"), tmp_path / "giay.png"
    over.app.services = replace(
        over.app.services,
        settings=replace(over.app.services.settings, signing_key=signing.packed(b"k" * 32)),
    )
    for number in (got["number"], old["number"]):
        file.write_bytes(fetched(over, f"/xac-minh/{number}.png").data)
        code, text = said_by_command(over, monkeypatch, "certificates", "verify", str(file))
        assert (code, text.split(".")[0]) == (0, "VALID"), text
        assert number in text
    for number in (got["number"], old["number"]):
        file.write_bytes(fetched(over, f"/xac-minh/{number}.png").data)
        revoked(over, number)
        code, text = said_by_command(over, monkeypatch, "certificates", "verify", str(file))
        assert (code, text.split(".")[0]) == (1, "REVOKED"), text


@on_sqlite
def test_keys_are_shown_rotated_and_withdrawn_at_the_command_line(
    over: Settled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LANTOA_SIGNING_KEY", raising=False)

    def use(seed: str) -> Signer:
        settings = replace(over.app.services.settings, signing_key=seed, data=tmp_path)
        over.app.services = replace(over.app.services, settings=settings, signer=Signer(seed))
        return over.app.services.signer

    first = use(signing.packed(b"1" * 32))
    (tmp_path / "signing_key").write_text(signing.packed(b"1" * 32))
    ask(over.phone())
    code, text = said_by_command(over, monkeypatch, "keys", "show")
    assert (code, f"{first.key_id}  signs now" in text) == (0, True)
    code, text = said_by_command(over, monkeypatch, "keys", "withdraw", first.key_id, "--from", "2026-11-01")
    assert (code, "rotate" in text) == (1, True), "never the key that signs"

    code, text = said_by_command(over, monkeypatch, "keys", "rotate")
    assert code == 0, text
    kept = tmp_path / "signing_key"
    second = Signer(kept.read_text())
    assert second.key_id in text
    assert kept.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.glob("signing_key*")) == ["signing_key"], (
        "the old one is gone"
    )
    code, text = said_by_command(over, monkeypatch, "keys", "rotate")
    assert (code, "Restart" in text) == (1, True), "this process still holds the old key"
    assert Signer(kept.read_text()).key_id == second.key_id, "what failed changes nothing"

    use(kept.read_text())
    code, text = said_by_command(over, monkeypatch, "keys", "withdraw", first.key_id, "--from", "2026-11-01")
    assert code == 0, text
    code, text = said_by_command(over, monkeypatch, "keys", "show")
    assert f"{first.key_id}  WITHDRAWN" in text
    assert f"{second.key_id}  signs now" in text
    code, text = said_by_command(
        over, monkeypatch, "certificates", "reissue", "--key", first.key_id, "--why", "khóa ký bị lộ"
    )
    assert (code, "1 of 1 papers were made anew" in text) == (0, True), text
    for given in (["AAAA", "--why", "khóa ký bị lộ"], [first.key_id, "--why", " "]):
        code, told = said_by_command(over, monkeypatch, "certificates", "reissue", "--key", *given)
        assert (code, "Traceback" in told) == (1, False)
    (line,) = [line for line in text.splitlines() if " -> " in line]
    assert 'data-testid="verdict-revoked"' in page(over, line.split(" -> ")[0])
    assert 'data-testid="verdict-valid"' in page(over, line.split(" -> ")[1])
    for given in (["AAAA", "--from", "2026-11-01"], [first.key_id, "--from", "hôm qua"]):
        code, text = said_by_command(over, monkeypatch, "keys", "withdraw", *given)
        assert (code, "Traceback" in text) == (1, False)
    monkeypatch.setenv("LANTOA_SIGNING_KEY", "x")
    code, text = said_by_command(over, monkeypatch, "keys", "rotate")
    assert (code, "--file" in text) == (1, True)


# --- slots, and what the database refuses ---


def sealed_for(over: Settled, owner: Owner, **words: Any) -> Certificate:
    told = Words("Tập thể xóm Đồng Tiến", "Xóm điển hình", "Ủy ban nhân dân xã Tân Khánh", "xom", **words)
    with over.database.transaction() as session:
        signer = over.app.services.signer
        signing.remember(session, signer)
        (slot,) = issue.slots(session, HOST, 1, clock.now(), clock.today())
        made = issue.place(session, told, slot, issue.seal(told, slot, signer), owner, OPERATOR)
        session.flush()
        session.expunge(made)
    return made


def test_a_units_award_says_whose_it_is_and_stands_behind_its_decision(over: Settled) -> None:
    owner = Owner(over.commune, recipient_unit_id=over.hamlet, source_kind="award", source_id=uuid.uuid4())
    made = sealed_for(
        over, owner, tier="formal", recipient_kind="unit", heading="Giấy khen",
        decision="Quyết định số 15/QĐ-UBND ngày 20/11/2026", register="Vào sổ số 7",
    )  # fmt: skip
    text = page(over, made.number)
    for words in ("Cấp cho tập thể", "Giấy khen", "Quyết định số 15/QĐ-UBND", "Vào sổ số 7"):
        assert words in text
    assert "không phải hình thức khen thưởng" not in text
    assert by_javascript(over, json.loads(made.credential or "")) == [True]
    assert sealed_for(over, owner, tier="formal", recipient_kind="unit").number == made.number, "one a source"


def test_the_database_refuses_a_paper_of_nobody_and_a_place_given_twice(over: Settled) -> None:
    with pytest.raises(IntegrityError, match="recipient_known"):
        sealed_for(over, Owner(over.commune, source_kind="award", source_id=uuid.uuid4()))
    ask(over.phone("Bình"))
    ask(over.phone("Chi"), "Chi")
    with over.database.transaction(writes=False) as session:
        one, two = queries.issued(session, over.activity)
    with pytest.raises(IntegrityError, match=r"list_id.*position"), over.database.transaction() as session:
        session.execute(update(Certificate).where(Certificate.id == one.id).values(position=two.position))


def test_places_are_never_given_twice_and_a_full_list_is_followed_by_another(over: Settled) -> None:
    at = datetime.now(UTC)
    with over.database.transaction() as session:
        some = status.take(session, 300, at)
        session.execute(update(StatusList).values(used=LIST_SIZE - 2))
        more = status.take(session, 2, at) + status.take(session, 5, at)
    places = [(one.list_number, one.position) for one in some + more]
    assert len(set(places)) == len(places)
    assert [number for number, _ in places[-7:]] == [1, 1, 2, 2, 2, 2, 2]
    steps = {(two.position - one.position) % LIST_SIZE for one, two in itertools.pairwise(some)}
    assert len(steps) == 1
    with over.database.transaction() as session, pytest.raises(IntegrityError):
        session.execute(update(StatusList).values(used=LIST_SIZE + 1))


def test_who_leaves_leaves_no_name_and_what_was_revoked_stays_revoked(over: Settled) -> None:
    phone = over.phone("Nguyễn Thị Rời Đi")
    got = ask(phone, "Nguyễn Thị Rời Đi")
    told = credential(over, got)
    revoked(over, got["number"])
    with over.database.transaction() as session:
        (row,) = queries.issued(session, over.activity)
        assert row.subject is not None
        revoke.erase(session, row.subject)
    assert 'data-testid="verdict-unknown"' in page(over, got["number"])
    assert by_javascript(over, told) == [False]
    with over.database.transaction(writes=False) as session:
        assert session.scalar(select(func.count()).select_from(StatusBit)) == 1


def test_the_identity_is_fixed_with_the_first_credential(over: Settled) -> None:
    ask(over.phone("Bình"))
    settings: Settings = over.app.services.settings
    over.app.services = replace(
        over.app.services, settings=replace(settings, public_url="https://moved.example")
    )
    got = ask(over.phone("Chi"), "Chi")
    assert got["verify_url"].startswith(f"{HOST}/xac-minh/")
    assert fetched(over, "/.well-known/did.json").json["id"] == DID
    assert by_javascript(over, credential(over, got)) == [True]


# --- the phone's list ---


def test_a_person_reads_all_the_own_certificates_and_nobody_elses(over: Settled) -> None:
    mine, other = over.phone("Bình"), over.phone("Chi")
    got = ask(mine)
    ask(other, "Trần Thị Chi")
    (told,) = mine.get("/me/recognition").json["certificates"]
    assert told == got
    assert (told["tier"], told["heading"], told["decision"]) == ("organiser", "Giấy chứng nhận", "")
    assert number_in(told["number"]) == told["number"]
    revoked(over, got["number"])
    (told,) = mine.get("/me/recognition").json["certificates"]
    assert told["revoked_reason"] == "Cấp nhầm"
    assert over.client().get("/api/v1/me/recognition").status_code == 401


@on_sqlite
def test_a_key_that_is_gone_from_the_record_makes_no_paper_good(over: Settled) -> None:
    got = ask(over.phone())
    with over.database.transaction() as session:
        session.execute(delete(NodeKey))
    assert 'data-testid="verdict-altered"' in page(over, got["number"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-11-22T10:00:00", datetime(2026, 11, 22, 3, tzinfo=UTC)),
        ("2026-11-22", datetime(2026, 11, 21, 17, tzinfo=UTC)),
        ("2026-11-22T10:00:00+00:00", datetime(2026, 11, 22, 10, tzinfo=UTC)),
    ],
)
def test_a_moment_typed_without_an_offset_is_what_clocks_in_viet_nam_showed(
    typed: str, meant: datetime
) -> None:
    """Read as UTC, seven hours of what a thief signed would go on being believed."""
    assert commands._moment(typed) == meant


@on_sqlite
def test_links_name_the_public_address_whatever_host_was_asked(over: Settled) -> None:
    got = (
        over.phone()
        .post(
            f"/activities/{over.activity}/certificate",
            {"name": "Nguyễn Thị Bình"},
            base_url="http://evil.example",
        )
        .json
    )
    links = [got[name] for name in ("png_url", "pdf_url", "credential_url", "verify_url")]
    assert [link.startswith(f"{HOST}/xac-minh/") for link in links] == [True] * 4
