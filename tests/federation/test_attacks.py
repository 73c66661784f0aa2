"""Bad input and faults, each tried at the province's door: refused with the right problem, on record, and nothing changed."""

import gzip
import io
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import func, select
from werkzeug.test import EnvironBuilder, run_wsgi_app

from backend import clock
from backend.db.node import begin_epoch
from backend.federation import frames
from backend.federation.documents import fetching, giving
from backend.federation.packets.models import WAITING, PacketFork, PacketOut, StreamOut
from backend.federation.peers import enrol, keeping
from backend.federation.peers.models import Peer
from backend.safeguards.audit import Actor
from backend.safeguards.signing import Signer
from backend.streams import DOCUMENTS
from backend.units import deciding
from backend.units.deciding import Act
from backend.units.reorganise import NewUnit
from campaigns.units_from_above import UNITS, live_through
from tests.support.levels import Levels, Node, copied, province_and_communes
from tests.support.levels_attack import KEPT, STREAM, Attacker
from tests.support.levels_life import Life
from tests.support.levels_link import altered

STRANGER = Signer.throw_away()
GIGABYTE = 1 << 30


@pytest.fixture(scope="module")
def founded() -> Iterator[tuple[Levels, Life]]:
    """A province and two communes, with two months told of and nothing delivered."""
    with (
        tempfile.TemporaryDirectory() as folder,
        province_and_communes(Path(folder), communes=2, lines=("state",)) as levels,
    ):
        life = Life(levels)
        life.begin(back=1)
        life.begin()
        life.tell()
        yield levels, life


@pytest.fixture
def attacker(founded: tuple[Levels, Life], tmp_path: Path) -> Iterator[Attacker]:
    levels = copied(founded[0], tmp_path)
    yield Attacker.of(levels, levels.communes[0])
    levels.close()


def problem(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text[:300]
    assert "signature" in answer.headers, "even a refusal is signed"
    found: dict[str, Any] = answer.json()
    assert found["status"] == answer.status_code
    assert str(found["type"]).endswith(str(found["code"])), found
    return found


@dataclass(frozen=True)
class Row:
    """A row of what is tried. `kept`: signed and in order, so it is kept with its receipt; nothing of it is counted."""

    name: str
    bring: Callable[[Attacker], httpx.Response]
    status: int
    code: str
    kept: bool = False


def other_commune(one: Attacker) -> str:
    return one.levels.communes[1].code


def of_another(one: Attacker) -> bytes:
    """Everything of the neighbour's, by our own key."""
    units = tuple(
        msgspec.structs.replace(unit, code=unit.code.replace(one.child.code, other_commune(one)), parent=(unit.parent or "").replace(one.child.code, other_commune(one)) or None)
        for unit in one.body().scope.units
    )  # fmt: skip
    return one.changed(scope=msgspec.structs.replace(one.body().scope, units=units))


def in_the_future(one: Attacker) -> bytes:
    return one.changed(period="202701")


def with_a_person(body: dict[str, Any]) -> None:
    body["people"] = [{"name": "Nguyễn Văn An", "phone": "0912345678"}]


def named_in_a_cell(body: dict[str, Any]) -> None:
    body["cells"][0].append("Nguyễn Văn An")


def without_a_cell(body: dict[str, Any]) -> None:
    body["cells"].pop()


def told_though_hidden(body: dict[str, Any]) -> None:
    cell = next(cell for cell in body["cells"] if cell[5] in ("S", "C"))
    cell[2], cell[4] = 3, "3"


def too_much_in_a_part(body: dict[str, Any]) -> None:
    """More sessions in a hamlet than in the whole commune."""
    codes = [one["code"] for one in body["scope"]["elements"]]
    place = codes.index("buoi-huong-dan")
    cell = next(cell for cell in body["cells"] if cell[0] == 1 and cell[1] == place)
    cell[2], cell[4], cell[5] = 99_999, "99999", ""


def deep(one: Attacker) -> bytes:
    body: Any = 1
    for _ in range(500):
        body = [body]
    return frames.seal(one.child.signer, one.true[0].header, body).raw


def twice_said(one: Attacker) -> bytes:
    """A key said twice, signed: two readers would read two things."""
    payload = one.true[0].payload.replace(b'"revision":1', b'"revision":1,"revision":2')
    assert payload != one.true[0].payload
    return frames.seal_payload(one.child.signer, payload)


def altered_at(share: float) -> Callable[[Attacker], httpx.Response]:
    def bring(one: Attacker) -> httpx.Response:
        raw = one.true[0].raw
        return one.bring(altered(raw, int(share * (len(raw) - 1))))

    return bring


def year_33000(one: Attacker) -> str:
    said = dict(one.request(one.true[0].raw).headers)["Signature-Input"]
    return re.sub(r"created=\d+", "created=999999999999", said)


ROWS = [
    # an altered byte anywhere: on the way (the digest is signed) and within what is signed as a frame
    Row("a byte altered on the way", lambda one: one.bring(one.true[0].raw, sent=altered(one.true[0].raw)), 400, "bad-digest"),
    Row("a packet cut in half on the way", lambda one: one.bring(one.true[0].raw, sent=one.true[0].raw[:90]), 400, "bad-digest"),
    Row("a byte of the mark altered", altered_at(0), 400, "not-a-frame"),
    Row("a byte of the figures altered", altered_at(0.5), 400, "bad-signature"),
    Row("the last byte altered", altered_at(1), 400, "bad-signature"),
    # wrong keys
    Row("a frame by a stranger", lambda one: one.bring(one.changed(signer=STRANGER)), 400, "unknown-key"),
    Row("a request by a stranger", lambda one: one.bring(one.true[0].raw, signer=STRANGER), 401, "unknown-peer"),
    Row("a request by the neighbour in our name", lambda one: one.bring(one.true[0].raw, signer=one.levels.communes[1].signer), 401, "unknown-peer"),
    Row("a request by us in the neighbour's name", lambda one: one.bring(one.true[0].raw, node=one.levels.communes[1].id), 401, "unknown-peer"),
    Row("a frame by the neighbour", lambda one: one.bring(one.changed(signer=one.levels.communes[1].signer)), 400, "unknown-key"),
    Row("a request nobody signed", lambda one: one.bring(one.true[0].raw, after={"Signature": "", "Signature-Input": ""}), 401, "bad-signature-input"),
    Row("another address than was signed", lambda one: one.levels.link.again(one.request(one.true[0].raw), url=f"{one.levels.province.address}/federation/packets/figures/xa-thang/2"), 401, "bad-signature"),
    Row("another line than was signed", lambda one: one.bring(one.true[0].raw, after={"Lantoa-Line": "party"}), 401, "unknown-peer"),
    # the chain
    Row("a gap", lambda one: one.bring(one.true[1].raw, 2), 409, "gap"),
    Row("another number than in the address", lambda one: one.bring(one.true[0].raw, 2), 400, "other-place"),
    Row("a packet for another node", lambda one: one.bring(one.changed(header={"to": str(one.levels.communes[1].id)})), 421, "not-for-us"),
    Row("a packet of another sender", lambda one: one.bring(one.changed(header={"sender": str(one.levels.communes[1].id)})), 403, "other-sender"),
    Row("a stream nobody knows", lambda one: one.bring(one.changed(header={"stream": "people/all"}), stream="people/all"), 404, "unknown-stream"),
    Row("a stream that only goes down", lambda one: one.bring(one.changed(header={"stream": "acceptance/xa-thang", "schema": "acceptance/1"}), stream="acceptance/xa-thang"), 403, "wrong-direction"),
    Row("a packet signed for another line", lambda one: one.bring(one.changed(header={"line": "party"})), 403, "wrong-line"),
    Row("a person as the name of the software", lambda one: one.bring(one.changed(header={"software": "bà Lan 0912345678"})), 400, "malformed"),
    Row("a telephone number as the name of a stream", lambda one: one.bring(one.changed(header={"stream": "figures/0912345678"}), stream="figures/0912345678"), 400, "malformed"),
    Row("an epoch that is none", lambda one: one.bring(one.changed(header={"epoch": "0912345678"})), 400, "malformed"),
    Row("a schema of a hundred letters", lambda one: one.bring(one.changed(header={"schema": "a" * 100 + "/1"})), 400, "malformed"),
    Row("a number beyond every column", lambda one: one.bring(one.changed(header={"number": 2**31}), 2**31), 400, "malformed"),
    Row("a day there is not", lambda one: one.bring(one.changed(header={"made_at": "2026-02-30T00:00:00.000Z"})), 400, "malformed"),
    Row("a year no page can write", lambda one: one.bring(one.changed(header={"made_at": "9999-12-31T23:59:59.999Z"})), 400, "malformed"),
    Row("a moment of the year 33000", lambda one: one.bring(one.true[0].raw, after={"Signature-Input": year_33000(one)}), 401, "bad-signature-input"),
    Row("a schema of the future", lambda one: one.bring(one.changed(header={"schema": "figures/9"})), 422, "unknown-schema"),
    Row("no idempotency key", lambda one: one.bring(one.true[0].raw, headers={"Idempotency-Key": '"x"'}), 400, "idempotency_key"),
    # what it says
    Row("another subtree", lambda one: one.bring(of_another(one)), 422, "outside-reach", kept=True),
    Row("a future period", lambda one: one.bring(in_the_future(one)), 422, "future-period", kept=True),
    Row("a period there is not", lambda one: one.bring(one.changed(period="202613")), 422, "period-unknown", kept=True),
    Row("another line's figures", lambda one: one.bring(one.changed(line="party")), 422, "other-line", kept=True),
    Row("another dataset", lambda one: one.bring(one.changed(dataset="figures/khac")), 422, "other-dataset", kept=True),
    Row("a restatement without a reason", lambda one: one.bring(one.changed(revision=2, reason="")), 422, "reason-missing", kept=True),
    Row("a telephone number among the words", lambda one: one.bring(one.changed(reason="Gọi anh An 0912 345 678")), 422, "names-a-person", kept=True),
    Row("people", lambda one: one.bring(one.rewritten(with_a_person)), 422, "invalid", kept=True),
    Row("a name in a cell", lambda one: one.bring(one.rewritten(named_in_a_cell)), 422, "invalid", kept=True),
    Row("a missing cell", lambda one: one.bring(one.rewritten(without_a_cell)), 422, "scope-not-full", kept=True),
    Row("a figure under a flag that hides it", lambda one: one.bring(one.rewritten(told_though_hidden)), 422, "hidden-yet-told", kept=True),
    Row("more in a part than in the whole", lambda one: one.bring(one.rewritten(too_much_in_a_part)), 422, "sum-differs", kept=True),
    # size and depth
    Row("deep JSON", lambda one: one.bring(deep(one)), 400, "too-deep"),
    Row("a key said twice", lambda one: one.bring(twice_said(one)), 400, "not-canonical"),
    Row("no frame at all", lambda one: one.bring(b"<xml>0912345678</xml>"), 400, "not-a-frame"),
    Row("a bomb of gzip", lambda one: one.bring(gzip.compress(b"\0" * (64 << 20)), headers={"Content-Encoding": "gzip"}), 413, "body-too-large"),
    Row("something else than gzip", lambda one: one.bring(one.true[0].raw, headers={"Content-Encoding": "br"}), 415, "bad-encoding"),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_it_is_refused_logged_and_nothing_changes(attacker: Attacker, row: Row) -> None:
    aside = KEPT if row.kept else set()
    before = attacker.state(*aside)
    answer = row.bring(attacker)
    found = problem(answer)
    assert (answer.status_code, found["code"]) == (row.status, row.code), found
    assert attacker.state(*aside) == before
    assert row.code in attacker.logged()


@pytest.mark.parametrize("row", [row for row in ROWS if row.kept], ids=lambda row: row.name)
def test_what_was_refused_for_what_it_says_has_its_receipt_and_the_same_one_again(
    attacker: Attacker, row: Row
) -> None:
    """It is signed and in order, so its number is used up: sent once more it is known, not tried again."""
    first = row.bring(attacker).json()
    assert first["errors"][0]["code"] == row.code
    again = row.bring(attacker)
    assert (again.status_code, again.text) == (200, first["receipt"])


@pytest.mark.parametrize("share", [n / 40 for n in range(41)])
def test_a_byte_altered_anywhere_in_a_frame_is_seen(attacker: Attacker, share: float) -> None:
    before = attacker.state()
    answer = altered_at(share)(attacker)
    assert answer.status_code == 400
    assert problem(answer)["code"] in {"not-a-frame", "unknown-key", "bad-signature"}
    assert attacker.state() == before


# --- again, later, otherwise --------------------------------------------------------------------------------------


def test_the_same_request_again_is_a_replay(attacker: Attacker) -> None:
    request = attacker.request(attacker.true[0].raw)
    assert attacker.levels.link.deliver(request).status_code == 201
    before = attacker.state()
    answer = attacker.levels.link.deliver(request)
    assert (answer.status_code, problem(answer)["code"]) == (401, "replayed")
    assert attacker.state() == before
    assert "replayed" in attacker.logged()


def test_the_same_request_half_an_hour_later_is_too_old(attacker: Attacker) -> None:
    request = attacker.request(attacker.true[0].raw)
    assert attacker.levels.link.deliver(request).status_code == 201
    attacker.levels.pass_time(minutes=31)
    assert problem(attacker.levels.link.deliver(request))["code"] == "clock-skew"


def test_an_old_packet_after_a_new_one_is_known_and_changes_nothing(attacker: Attacker) -> None:
    receipts = [attacker.bring(frame.raw, number) for number, frame in enumerate(attacker.true, start=1)]
    assert [answer.status_code for answer in receipts] == [201, 201]
    before = attacker.state()
    again = attacker.bring(attacker.true[0].raw, 1)
    assert (again.status_code, again.content) == (200, receipts[0].content)
    assert attacker.state() == before


def test_a_gap_names_what_is_missing(attacker: Attacker) -> None:
    assert problem(attacker.bring(attacker.true[1].raw, 2))["missing"] == [1]


@pytest.mark.parametrize("number", [1, 2])
def test_two_packets_with_one_number_are_a_fork_and_both_are_kept(attacker: Attacker, number: int) -> None:
    for place, frame in enumerate(attacker.true[:number], start=1):
        assert attacker.bring(frame.raw, place).status_code == 201
    before = attacker.state("packet_fork")
    other = attacker.changed(number - 1, reason="Một bản khác của cùng số ấy")
    answer = attacker.bring(other, number)
    assert (answer.status_code, problem(answer)["code"]) == (409, "fork")
    assert attacker.state("packet_fork") == before
    assert "fork" in attacker.logged()
    with attacker.levels.province.reading() as session:
        assert session.scalars(select(PacketFork.raw)).all() == [other]


def test_the_commune_restored_from_a_backup_begins_a_new_epoch_and_never_goes_back(
    attacker: Attacker,
) -> None:
    child, old = attacker.child, attacker.true[0]
    assert attacker.bring(old.raw).status_code == 201
    with child.writing() as session:
        begin_epoch(session)
    fresh = {"epoch": str(child.epoch()), "number": 1, "prev": "", "follows": None}
    assert attacker.bring(attacker.changed(header=fresh)).status_code == 201
    before = attacker.state()
    late = attacker.bring(attacker.true[1].raw, 2)
    assert (late.status_code, problem(late)["code"]) == (409, "old-epoch")
    assert attacker.bring(old.raw).status_code == 200, "what was taken before is still known"
    assert attacker.state() == before
    assert "old-epoch" in attacker.logged()


@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_a_day_off_is_told_by_how_much(attacker: Attacker, days: int) -> None:
    attacker.child.skew = timedelta(days=days)
    before = attacker.state()
    answer = attacker.bring(attacker.true[0].raw)
    told = problem(answer)
    assert (answer.status_code, told["code"]) == (401, "clock-skew")
    assert abs(told["delta_ms"] - days * 86_400_000) < 2000
    assert parsedate_to_datetime(answer.headers["date"]).astimezone(UTC) == attacker.levels.now.replace(
        microsecond=0
    )
    assert attacker.state() == before
    assert "clock-skew" in attacker.logged()


class Unread(io.RawIOBase):
    """A body of which nobody may read a byte."""

    def read(self, *_: object) -> bytes:
        raise AssertionError("the body was read")

    readinto = readline = read  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Content-Length": str(GIGABYTE)}, 413, "body-too-large"),
        ({"Transfer-Encoding": "chunked"}, 411, "length-required"),
        ({"Content-Length": "abc"}, 400, "bad-length"),
    ],
)
def test_what_is_too_large_is_refused_unread(
    attacker: Attacker, headers: dict[str, str], status: int, code: str
) -> None:
    signed = attacker.request(attacker.true[0].raw)
    answer = unread(attacker.levels.province, dict(signed.headers), headers)
    assert (answer.status_code, problem(answer)["code"]) == (status, code)


def test_a_stranger_s_gigabyte_is_refused_unread(attacker: Attacker) -> None:
    signed = attacker.request(attacker.true[0].raw, signer=STRANGER)
    answer = unread(attacker.levels.province, dict(signed.headers), {"Content-Length": str(GIGABYTE)})
    assert (answer.status_code, problem(answer)["code"]) == (401, "unknown-peer")


def unread(node: Node, headers: dict[str, str], more: dict[str, str]) -> httpx.Response:
    builder = EnvironBuilder(
        path="/federation/packets/figures/xa-thang/1", base_url=node.address, method="PUT", headers=headers
    )
    environ = builder.get_environ()
    environ["wsgi.input"] = Unread()
    environ.pop("CONTENT_LENGTH", None)
    for name, value in more.items():
        environ[
            "CONTENT_LENGTH" if name == "Content-Length" else f"HTTP_{name.upper().replace('-', '_')}"
        ] = value
    with node.here():
        parts, status, said = run_wsgi_app(node.app, environ, buffered=True)
        return httpx.Response(int(status.split()[0]), headers=list(said), content=b"".join(parts))


@pytest.mark.parametrize("end", [keeping.suspend, keeping.revoke], ids=["suspended", "revoked"])
def test_who_was_suspended_or_revoked_is_told_what_a_stranger_is(
    attacker: Attacker, end: Callable[..., Any]
) -> None:
    province = attacker.levels.province
    with province.writing() as session:
        peer = session.scalars(select(Peer).where(Peer.node_id == attacker.child.id)).one()
        end(session, peer.id, "Nghi ngờ lộ khóa", Actor("staff", province.staff["operator"]))
    before = attacker.state()
    told = problem(attacker.bring(attacker.true[0].raw))
    stranger = problem(attacker.bring(attacker.true[0].raw, signer=STRANGER))
    assert told == stranger
    assert told["code"] == "unknown-peer"
    assert attacker.state() == before


def test_a_lost_key_opens_nothing_and_the_new_one_goes_on(attacker: Attacker) -> None:
    """Given up by one person at once; a second one confirms the new key, of which the packets that waited are signed anew."""
    levels, child, province = attacker.levels, attacker.child, attacker.levels.province
    thief, child.signer = child.signer, Signer.throw_away()
    re_enrol(province, child)
    before = attacker.state()
    assert problem(attacker.bring(attacker.true[0].raw, signer=thief))["code"] == "unknown-peer"
    answer = attacker.bring(attacker.changed(reason="Bản của kẻ trộm", signer=thief))
    assert problem(answer)["code"] in {"key-over", "unknown-key"}
    assert attacker.state() == before
    assert attacker.logged() >= {"unknown-peer", problem(answer)["code"]}
    for _ in range(4):
        levels.courier(child)
        levels.pass_time(hours=1)
    assert waiting(child) == 0


def re_enrol(province: Node, child: Node) -> None:
    """The child's new offer, entered by one person of the province and confirmed by another over the telephone."""
    with child.writing() as session:
        offered = enrol.offer(session, child.signer, "state", Actor("staff", child.staff["operator"]))
    with province.writing() as session:
        peer = session.scalars(select(Peer).where(Peer.node_id == child.id)).one()
        one, other = (Actor("staff", province.staff[name]) for name in ("operator", "operator2"))
        since = clock.now()
        keeping.rekey(session, peer.id, offered.raw, offered.code, since, one)
        session.flush()  # what a second person finds
        enrol.confirm(session, peer.id, offered.fingerprint, other)


# --- the line -----------------------------------------------------------------------------------------------------


def is_put(carried: Any) -> bool:
    return bool(carried.method == "PUT")


@pytest.mark.parametrize("fault", ["before", "after", "hold", "duplicate", "alter", "alter-answer", "portal"])
def test_a_line_that_breaks_at_any_step_loses_and_doubles_nothing(
    attacker: Attacker, founded: tuple[Levels, Life], fault: str
) -> None:
    levels, link = attacker.levels, attacker.levels.link
    breaks: dict[str, Callable[[], None]] = {
        "before": lambda: link.cut("before", fits=is_put),
        "after": lambda: link.cut("after", fits=is_put),
        "hold": lambda: link.hold(fits=is_put),
        "duplicate": lambda: link.duplicate(fits=is_put),
        "alter": lambda: link.alter(fits=is_put),
        "alter-answer": lambda: link.alter(answer=True, fits=is_put),
        "portal": lambda: link.answer_instead(httpx.Response(200, text="<html>Đăng nhập Wi-Fi</html>"), fits=is_put),
    }  # fmt: skip
    breaks[fault]()
    levels.courier()
    link.let_go()
    for _ in range(4):
        levels.pass_time(hours=1)
        levels.courier()
    assert waiting(attacker.child) == 0
    found = Life(levels, founded[1].deeds).compared()
    assert not found.wrong
    assert found.agreed > 40


def waiting(node: Node) -> int:
    with node.reading() as session:
        query = select(func.count()).select_from(PacketOut).where(PacketOut.state == WAITING)
        return session.scalar(query) or 0


def test_a_parent_away_for_two_weeks_gets_everything_afterwards(
    attacker: Attacker, founded: tuple[Levels, Life]
) -> None:
    levels = attacker.levels
    levels.link.is_down = True
    for _ in range(14 * 6):
        levels.pass_time(hours=4)
        levels.courier()
    assert waiting(attacker.child) == 2
    levels.link.is_down = False
    levels.pass_time(hours=1)
    levels.courier()
    assert waiting(attacker.child) == 0
    life = Life(levels, founded[1].deeds)
    assert not life.compared().wrong


def test_a_merge_while_both_communes_have_packets_waiting_loses_none(
    attacker: Attacker, founded: tuple[Levels, Life]
) -> None:
    """Their months before it are theirs for ever; afterwards one speaks for both, and neither tells for the old ones again."""
    levels = attacker.levels
    merge_today(levels)
    for node in levels.communes:
        fetch(node)
    assert [waiting(node) for node in levels.communes] == [3, 3], "two months, and that the merge was heard"
    settle(levels)
    assert [waiting(node) for node in levels.communes] == [0, 0]
    found = Life(levels, founded[1].deeds).compared()
    assert not found.wrong
    assert found.agreed > 40
    before = attacker.state(*KEPT)
    assert told_of_later(attacker) == (422, "outside-reach")
    assert attacker.state(*KEPT) == before


def merge_today(levels: Levels) -> None:
    province = levels.province
    with province.writing() as session:
        codes = [node.code for node in levels.communes]
        act = Act(clock.today(), "Nghị quyết sáp nhập (minh hoạ)", None, "Tỉnh (minh hoạ)")
        new = NewUnit("05999", "Tân Hòa", "xã")
        event = deciding.merging(session, codes, new, act, served_by=codes[1])
        live_through(session, event)
        by = Actor("staff", province.staff["office"])
        giving.give(session, province.signer, UNITS, str(event.id), event, units=["19"], line="state", by=by)


def fetch(node: Node) -> None:
    """What its worker does by itself."""
    with node.here(), node.levels.client_of(node) as client:
        fetching.turn(node.database, node.signer, DOCUMENTS, client, node.settings.data)


def settle(levels: Levels) -> None:
    for _ in range(4):
        levels.courier()
        levels.pass_time(hours=1)


def told_of_later(attacker: Attacker) -> tuple[int, str]:
    """A month that began after the merge, still told by the one that is gone."""
    attacker.levels.pass_time(days=50)
    with attacker.child.writing() as session:
        head = session.scalars(select(StreamOut).where(StreamOut.stream == STREAM)).one()
        number, prev = head.number + 1, head.digest
    raw = attacker.changed(-1, {"number": number, "prev": prev, "follows": None}, period="202612")
    answer = attacker.bring(raw, number)
    return answer.status_code, problem(answer)["code"]


def test_a_good_packet_is_taken_or_all_of_this_proves_nothing(attacker: Attacker) -> None:
    answer = attacker.bring(attacker.true[0].raw)
    assert answer.status_code == 201
    assert attacker.logged() == set()
    assert {cell.flag for cell in attacker.body().cells} >= {"", "S"}, "nothing hidden would prove less"
