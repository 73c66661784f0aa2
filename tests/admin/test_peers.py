"""Links between nodes at the console: two operators, a code, a fingerprint heard; and how the links stand."""

import html
import io
import re
import shutil
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from backend import clock
from backend.cards import store, templates
from backend.db.base import new_id
from backend.db.engine import Database
from backend.db.node import found_node, serve
from backend.federation import frames
from backend.federation.packets.models import PacketFork, PacketIn, StreamIn, StreamOut
from backend.federation.peers import enrol, queries, trouble
from backend.people import staff
from backend.safeguards.audit import Actor
from backend.safeguards.signing import Signer
from backend.units import change as units
from tests.admin.desk import Desk, trail
from tests.support.world import PASSWORD, SINCE, World
from tests.wire.asking import enrolled


@pytest.fixture
def second(world: World, desk: Desk) -> FlaskClient:
    """Another operator, signed in."""
    with world.database.transaction() as session:
        world.staff["operator2"] = staff.hire(
            session, name="Người vận hành hai", username="operator2", password=PASSWORD,
            grants=[("system_operator", world.commune)],
        )  # fmt: skip
    return desk("operator2")


@pytest.fixture
def template(world: World) -> None:
    """The scorecard whose figures the streams here carry."""
    with world.database.transaction() as session:
        store.keep_template(session, templates.newest("xa-thang"))


@pytest.fixture
def first(desk: Desk) -> FlaskClient:
    return desk("operator")


@pytest.fixture
def other_node(sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[Database, Signer]]:
    """A commune's node that wants to be taken in: 05755."""
    place = tmp_path / "other.sqlite3"
    shutil.copy(sqlite_template, place)
    database = Database(f"sqlite:///{place}")
    with database.transaction() as session:
        found_node(session, "Xã Xa Lạ <b>")
        serve(
            session,
            units.found(session, code="05755", kind="commune", name="Xa Lạ", level_word="xã", since=SINCE),
        )
    yield database, Signer.throw_away()
    database.close()


def offer_of(other: tuple[Database, Signer]) -> enrol.Offered:
    with other[0].transaction() as session:
        return enrol.offer(session, other[1], "state", Actor("staff", new_id()))


def post(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    return client.post(f"/admin/peers{path}", data=fields)


def shown(answer: TestResponse, test: str) -> str:
    found = re.search(rf'data-testid="{test}"[^>]*>(.*?)</', answer.text, re.S)
    assert found, f"nothing on the page is {test}"
    return html.unescape(found[1]).strip()


def entered(client: FlaskClient, made: enrol.Offered) -> str:
    answer = post(client, "", text=made.raw.decode(), code=made.code)
    assert answer.status_code == 303, answer.text
    return str(answer.location).removeprefix("/admin/peers")


def test_two_operators_take_a_node_in_and_give_the_answer(
    first: FlaskClient, second: FlaskClient, other_node: tuple[Database, Signer], world: World
) -> None:
    made = offer_of(other_node)
    file = (io.BytesIO(made.raw), "xa.offer")
    answer = first.post(
        "/admin/peers", data={"file": file, "code": made.code}, content_type="multipart/form-data"
    )
    place = str(answer.location).removeprefix("/admin/peers")
    waits = first.get(answer.location)
    assert shown(waits, "state") == "Chờ người thứ hai xác nhận"
    assert made.fingerprint not in waits.text, "it has to be heard, not copied"
    assert 'data-testid="heard"' not in waits.text
    assert "Xã Xa Lạ &lt;b&gt;" in waits.text, "a name is no markup"
    assert made.fingerprint not in second.get(answer.location).text
    refused = post(second, f"{place}/confirm", heard="AAAA BBBB")
    assert refused.status_code == 409
    assert "AAAA BBBB" in refused.text
    done = post(second, f"{place}/confirm", heard=made.fingerprint.lower())
    assert done.status_code == 303
    page = second.get(done.location)
    assert shown(page, "state") == "Đang kết nối"
    paper = first.get(f"/admin/peers{place}/answer")
    with other_node[0].transaction() as session:
        parent = enrol.propose(session, shown(paper, "paper").encode(), Actor("staff", new_id()))
        enrol.confirm(session, parent.id, shown(paper, "fingerprint"), Actor("staff", new_id()))
        assert queries.parents(session)[0].address == world.app.services.settings.public_url


def test_who_entered_it_may_not_confirm_it(first: FlaskClient, other_node: tuple[Database, Signer]) -> None:
    made = offer_of(other_node)
    place = entered(first, made)
    answer = post(first, f"{place}/confirm", heard=made.fingerprint)
    assert answer.status_code == 403


def test_what_was_typed_stays_where_the_code_does_not_fit(
    first: FlaskClient, other_node: tuple[Database, Signer]
) -> None:
    made = offer_of(other_node)
    answer = post(first, "", text=made.raw.decode(), code="AAAA-AAAA-AAAA")
    assert answer.status_code == 409
    assert "Mã đọc qua điện thoại không khớp" in shown(answer, "refused")
    assert shown(answer, "text") == made.raw.decode()
    assert 'value="AAAA-AAAA-AAAA"' in answer.text


@pytest.mark.parametrize("text", ["", "xin chào", "{}", "x" * 9000])
def test_what_is_no_such_file_is_said_so(first: FlaskClient, text: str) -> None:
    answer = post(first, "", text=text, code="x")
    assert answer.status_code == 400
    assert "Không đọc được tệp này" in shown(answer, "refused")


def test_an_offer_shows_its_code_once_and_a_picture_to_scan(first: FlaskClient, world: World) -> None:
    answer = post(first, "/offers", line="state")
    assert re.fullmatch(r"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}", shown(answer, "code"))
    assert shown(answer, "fingerprint") == world.app.services.signer.key_id
    assert "<svg" in answer.text
    assert shown(answer, "code") not in shown(answer, "paper")
    assert answer.headers["Cache-Control"] == "no-store"
    assert post(first, "/offers", line="khong-co").status_code == 303


def test_a_link_is_held_off_let_in_again_and_ended(first: FlaskClient, world: World) -> None:
    commune = enrolled(world)
    place = f"/{commune.peer_id}"
    silent = post(first, f"{place}/suspend", why="  ")
    assert silent.status_code == 400
    assert "Xin ghi lý do" in shown(silent, "refused")
    assert post(first, f"{place}/suspend", why="Kiểm tra").status_code == 303
    assert commune.ask().status_code == 401
    assert post(first, f"{place}/resume").status_code == 303
    assert commune.ask().status_code == 200
    assert post(first, f"{place}/revoke", why="Ngừng vận hành").status_code == 303
    assert commune.ask().status_code == 401
    page = first.get(f"/admin/peers{place}")
    assert shown(page, "state") == "Đã thu hồi"
    assert "Ngừng vận hành" in page.text
    assert 'data-testid="revoke"' not in page.text


def test_a_lost_key_is_replaced_by_two(
    first: FlaskClient, second: FlaskClient, world: World, other_node: tuple[Database, Signer]
) -> None:
    place = entered(first, made := offer_of(other_node))
    post(second, f"{place}/confirm", heard=made.fingerprint)
    database, _ = other_node
    fresh = offer_of((database, Signer.throw_away()))
    wrong = post(first, f"{place}/rekey", text=fresh.raw.decode(), code="AAAA-AAAA-AAAA", since="2026-11-01")
    assert wrong.status_code == 409
    assert fresh.raw.decode() in html.unescape(wrong.text)
    assert 'value="2026-11-01"' in wrong.text
    no_day = post(first, f"{place}/rekey", text=fresh.raw.decode(), code=fresh.code, since="hôm qua")
    assert no_day.status_code == 422
    assert (
        post(
            first, f"{place}/rekey", text=fresh.raw.decode(), code=fresh.code, since="2026-11-01"
        ).status_code
        == 303
    )
    assert post(first, f"{place}/confirm", heard=fresh.fingerprint).status_code == 403
    assert post(second, f"{place}/confirm", heard=fresh.fingerprint).status_code == 303
    with world.database.transaction() as session:
        assert queries.open_key(session, uuid.UUID(place[1:])).key_id == fresh.fingerprint  # type: ignore[union-attr]


def test_the_list_says_how_each_link_stands(first: FlaskClient, world: World) -> None:
    commune = enrolled(world)
    commune.at = timedelta(seconds=-200)
    commune.ask()
    commune.ask(now=clock.now() - timedelta(days=1))
    world.client().get("/federation/hello")
    trouble.flush(world.database)
    page = first.get("/admin/peers")
    told = shown(page, "health").replace("\n", " ") + page.text
    assert "chậm 200 giây" in told or "chậm 199 giây" in told
    assert "xin bên kia chỉnh lại giờ" in told
    assert shown(page, "refused") == "đồng hồ lệch quá xa: 1"
    assert "không có chữ ký: 1 lần" in shown(page, "strangers")
    assert shown(page, "own-fingerprint") == world.app.services.signer.key_id


def test_a_link_nobody_has_heard_for_long_is_asked_about(first: FlaskClient, world: World) -> None:
    commune = enrolled(world)
    commune.ask()
    commune.set(last_seen_at=clock.now() - timedelta(days=20), confirmed_at=clock.now() - timedelta(days=30))
    assert "xin gọi hỏi bên kia" in first.get("/admin/peers").text


def test_operators_of_another_unit_on_this_node_keep_no_links(world: World, desk: Desk) -> None:
    """A province's node that houses communes: each has operators, the links are the province's."""
    here = enrolled(world)
    with world.database.transaction() as session:
        world.staff["elsewhere"] = staff.hire(
            session, name="Người vận hành xóm", username="elsewhere", password=PASSWORD,
            grants=[("system_operator", world.hamlet)],
        )  # fmt: skip
    client, one = desk("elsewhere"), f"/admin/peers/{here.peer_id}"
    for path in ("/admin/peers", "/admin/peers/new", one, f"{one}/answer"):
        assert client.get(path).status_code == 404, path
    forms = (
        "",
        "/offers",
        *(
            f"/{here.peer_id}/{deed}"
            for deed in ("confirm", "suspend", "resume", "revoke", "rekey", "doubts")
        ),
    )
    for path in forms:
        assert post(client, path, why="Thử", line="state", digest="a").status_code == 404, path
    assert here.row().state == "active"
    assert "tài khoản này giữ vai trò ở đơn vị khác" in client.get("/admin/peers").text


def test_what_does_not_go_or_come_is_said_in_words(first: FlaskClient, world: World, template: None) -> None:
    here = enrolled(world)
    now = clock.now()
    with world.database.transaction() as session:
        session.add(
            StreamOut(
                peer_id=here.peer_id,
                stream="acceptance/xa-thang",
                epoch="e",
                number=3,
                digest="0" * 64,
                made=3,
                tries=2,
                trouble="key-over",
            )
        )
        session.add(
            StreamIn(
                peer_id=here.peer_id,
                stream="figures/xa-thang",
                epoch="e",
                turn=1,
                number=5,
                digest="0" * 64,
                at=now,
                day=now.date(),
                day_bytes=0,
            )
        )
        session.add(
            StreamIn(
                peer_id=here.peer_id,
                stream="contest-counts",
                epoch="e",
                turn=1,
                number=9,
                digest="0" * 64,
                at=now,
                day=now.date(),
                day_bytes=0,
            )
        )
        session.add(
            PacketFork(
                id=new_id(),
                peer_id=here.peer_id,
                stream="contest-counts",
                epoch="e",
                number=4,
                digest="1" * 64,
                raw=b"",
                at=now,
            )
        )
        trouble.note_trouble(session, here.peer_id, "gap", "figures/xa-thang 9")
    page = first.get(f"/admin/peers/{here.peer_id}")
    assert shown(page, "stuck").startswith("Trả lời về số liệu: ký bằng khóa đã thôi dùng")
    assert shown(page, "missing").startswith("Phiếu điểm tháng của xã: thiếu bản số 6 đến 8.")
    assert shown(page, "forked").startswith("Số bài của cuộc thi chung: bản số 4.")
    assert "figures/" not in page.text
    with world.database.transaction() as session:  # they came, and the other stream began anew
        session.execute(update(StreamIn).where(StreamIn.stream == "figures/xa-thang").values(number=9))
        session.add(
            StreamIn(
                peer_id=here.peer_id,
                stream="contest-counts",
                epoch="f",
                turn=2,
                number=1,
                digest="2" * 64,
                at=now,
                day=now.date(),
                day_bytes=0,
            )
        )
    healed = first.get("/admin/peers").text
    assert 'data-testid="missing"' not in healed
    assert 'data-testid="forked"' not in healed


def test_packets_of_a_lost_key_are_listed_until_somebody_asked(
    first: FlaskClient, second: FlaskClient, world: World, other_node: tuple[Database, Signer], template: None
) -> None:
    place = entered(first, made := offer_of(other_node))
    post(second, f"{place}/confirm", heard=made.fingerprint)
    peer_id, came = uuid.UUID(place[1:]), clock.now()
    raw = frames.seal_payload(other_node[1], b"{}")
    digest = frames.outside(raw).digest
    with world.database.transaction() as session:
        session.add(
            PacketIn(
                peer_id=peer_id,
                stream="figures/xa-thang",
                epoch="e",
                number=7,
                digest=digest,
                raw=raw,
                state="applied",
                via="wire",
                received_at=came,
                receipt=b"",
            )
        )
    fresh = offer_of((other_node[0], Signer.throw_away()))
    day = (came - timedelta(days=2)).date().isoformat()
    said = first.post(
        f"/admin/peers{place}/rekey",
        data={"text": fresh.raw.decode(), "code": fresh.code, "since": day},
        follow_redirects=True,
    )
    assert shown(said, "doubt").startswith("<p><b>Phiếu điểm tháng của xã")
    assert "bản số 7" in said.text
    assert "lantoa new-epoch" in said.text
    assert post(first, f"{place}/doubts", digest="b" * 64).status_code == 404
    done = first.post(f"/admin/peers{place}/doubts", data={"digest": digest}, follow_redirects=True)
    assert 'data-testid="doubt"' not in done.text
    assert trail(world, "peer.doubt_settled")[0].reason == digest


def test_without_a_link_the_page_says_how_to_begin(first: FlaskClient) -> None:
    assert "Chưa kết nối với máy chủ nào" in shown(first.get("/admin/peers"), "no-peers")


def test_a_link_there_is_not_is_not_found(first: FlaskClient) -> None:
    assert first.get(f"/admin/peers/{uuid.uuid4()}").status_code == 404
    assert post(first, f"/{uuid.uuid4()}/confirm", heard="x").status_code == 404
