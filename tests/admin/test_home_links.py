"""The first page says what waits between this node and others, and leads there."""

import re
import uuid
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from backend import clock
from backend.aggregates.models import AggregateSent
from backend.db.base import new_id
from backend.federation.documents.models import DocumentState
from backend.federation.packets.models import PacketOut
from backend.federation.peers.models import Peer, PeerDoubt, PeerKey
from backend.levels.models import LevelAnswer
from backend.people import staff
from backend.people.models import RoleGrant
from campaigns.common_models import CommonRound
from campaigns.models import Activity
from tests.admin.desk import Desk
from tests.aggregates.telling import NOW, a_month, peer, tell_all
from tests.support.world import PASSWORD, World
from tests.wire.asking import enrolled


@pytest.fixture
def told(world: World) -> Iterator[AggregateSent]:
    """October as it went up to the province."""
    with world.database.transaction() as session:
        peer(session, "parent", name="UBND tỉnh Thái Nguyên")
        a_month(session, world, [(world.hamlet, 3), (world.other_hamlet, 12)])
        (row,) = tell_all(session)
        session.expunge(row)
        session.execute(update(RoleGrant).values(valid_from=date(2026, 1, 1)))
    with clock.stopped_at(NOW):
        yield row


def waiting(desk: Desk, who: str, name: str) -> tuple[str, str] | None:
    """(what the first page says of it, where it leads)."""
    page = desk(who).get("/admin/")
    assert page.status_code == 200, page.text
    found = re.search(rf'data-testid="waiting-{name}">(.*?)</li>', page.text, re.S)
    if found is None:
        return None
    href = re.search(r'href="([^"]+)"', found[1])
    assert href
    assert desk(who).get(href[1].partition("#")[0]).status_code == 200, href[1]
    return re.sub(r"<[^>]+>", " ", found[1]), href[1]


def answered(world: World, row: AggregateSent, outcome: str = "returned") -> None:
    with world.database.transaction() as session:
        session.add(
            LevelAnswer(
                peer_id=row.peer_id, unit_code=row.unit_code, dataset=row.dataset, line=row.line, calendar=row.calendar,
                period=row.period, revision=row.revision, digest=row.packet_digest, outcome=outcome,
                words="Số hộ đã đến lớn hơn số hộ của xã" if outcome == "returned" else "", decided_at=NOW, received_at=NOW,
            )
        )  # fmt: skip


def told_again(world: World, row: AggregateSent) -> None:
    with world.database.transaction() as session:
        values = {c.name: getattr(row, c.name) for c in AggregateSent.__table__.columns}
        values |= {
            "id": new_id(),
            "turn": row.turn + 1,
            "revision": row.revision + 1,
            "packet_digest": "e" * 64,
        }
        session.execute(AggregateSent.__table__.insert().values(values))  # type: ignore[attr-defined]


def test_figures_that_were_returned_wait_until_they_are_sent_again(
    world: World, desk: Desk, told: AggregateSent
) -> None:
    assert waiting(desk, "office", "figures-returned") is None
    answered(world, told)
    said = waiting(desk, "office", "figures-returned")
    assert said is not None
    assert "trả lại 1 bản" in said[0]
    assert said[1] == "/admin/levels/answers"
    assert waiting(desk, "an", "figures-returned") == (said[0], "/admin/outgoing")
    told_again(world, told)
    assert waiting(desk, "office", "figures-returned") is None


def test_figures_that_were_accepted_wait_for_nobody(world: World, desk: Desk, told: AggregateSent) -> None:
    answered(world, told, "accepted")
    assert waiting(desk, "office", "figures-returned") is None


def test_the_answers_lead_to_the_card(world: World, desk: Desk, told: AggregateSent) -> None:
    answered(world, told)
    page = desk("office").get("/admin/levels/answers").text
    href = re.search(r'href="(/admin/cards/[^"]+)" data-testid="card"', page)
    assert href
    assert desk("office").get(href[1]).status_code == 200


def test_a_packet_that_was_not_taken_waits_until_the_next(
    world: World, desk: Desk, told: AggregateSent
) -> None:
    with world.database.transaction() as session:
        session.execute(update(PacketOut).values(state="refused", outcome="refused", code="sum-differs"))
    said = waiting(desk, "office", "figures-refused")
    assert said is not None
    assert "không nhận 1 bản" in said[0]
    assert "Số của cả đơn vị khác tổng số các xóm, tổ" in desk("office").get("/admin/outgoing").text
    told_again(world, told)
    assert waiting(desk, "office", "figures-refused") is None


def test_the_partys_figures_are_said_to_the_partys_office_alone(
    world: World, desk: Desk, told: AggregateSent
) -> None:
    answered(world, told)
    with world.database.transaction() as session:
        values = {c.name: getattr(session.scalars(select(LevelAnswer)).one(), c.name) for c in LevelAnswer.__table__.columns}  # fmt: skip
        party = values | {"id": new_id(), "line": "party", "digest": "d" * 64, "unit_code": "05752"}
        session.execute(LevelAnswer.__table__.insert().values(party))  # type: ignore[attr-defined]
    assert "trả lại 2 bản" in (waiting(desk, "office", "figures-returned") or ("", ""))[0]
    assert "trả lại 1 bản" in (waiting(desk, "an", "figures-returned") or ("", ""))[0]


def test_a_document_that_does_not_fit_waits_for_the_office(world: World, desk: Desk) -> None:
    with world.database.transaction() as session:
        above = peer(session, "parent", name="UBND tỉnh Thái Nguyên")
        session.add(
            DocumentState(
                peer_id=above.id, series="targets/2026", wanted_number=2, state="refused", why="conflicts-here", words="x",
                made={}, missed=0, at=clock.now(),
            )
        )  # fmt: skip
    said = waiting(desk, "office", "documents-refused")
    assert said is not None
    assert "1 văn bản của cấp trên chưa áp dụng được" in said[0]
    assert waiting(desk, "operator", "documents-refused") is None


def test_a_link_waits_for_the_second_person_and_not_for_the_first(world: World, desk: Desk) -> None:
    here = enrolled(world)
    with world.database.transaction() as session:
        operator2 = staff.hire(
            session, name="Người vận hành hai", username="operator2", password=PASSWORD,
            grants=[("system_operator", world.commune)],
        )  # fmt: skip
        world.staff["operator2"] = operator2
        key = session.scalars(select(PeerKey).where(PeerKey.peer_id == here.peer_id)).one()
        key.confirmed_at, key.proposed_by = None, world.staff["operator"]
        session.execute(update(Peer).values(state="proposed"))
    said = waiting(desk, "operator2", "link")
    assert said is not None
    assert "Xã Xa Lạ" in said[0]
    assert said[1] == f"/admin/peers/{here.peer_id}"
    assert waiting(desk, "operator", "link") is None
    assert waiting(desk, "office", "link") is None


def test_packets_in_doubt_wait_for_an_operator(world: World, desk: Desk) -> None:
    here = enrolled(world)
    with world.database.transaction() as session:
        session.add(
            PeerDoubt(
                peer_id=here.peer_id, digest="a" * 64, key_id=here.signer.key_id, stream="figures/xa-thang", number=7,
                received_at=clock.now() - timedelta(days=1),
            )
        )  # fmt: skip
    said = waiting(desk, "operator", "doubts")
    assert said is not None
    assert "1 bản nhận trong lúc khóa có thể đã lộ" in said[0]


def test_the_count_of_a_common_contest_waits_for_whoever_organises(world: World, desk: Desk) -> None:
    with world.database.transaction() as session:
        [activity] = session.scalars(select(Activity)).all()
        activity.state = "closed"
        settings = activity.settings_in_force | {
            "prediction": True,
            "predict_over": "common",
            "settle": "by_hand",
        }
        activity.settings, activity.frozen = settings, (activity.frozen or {}) | {"settings": settings}
        session.add(
            CommonRound(activity_id=activity.id, contest="thi-chung", round="dot-1", terms={"line": "state", "organiser": {"vi": "Tỉnh"}, "until": None}, rules="0" * 64, unit_code="05752")
        )  # fmt: skip
        found: uuid.UUID = activity.id
    page = desk("an").get("/admin/").text
    assert f'href="/admin/activities/{found}/common"' in page
    assert "Số của xã chưa gửi cho nơi tổ chức chung" in page
    with world.database.transaction() as session:
        session.execute(update(CommonRound).values(ready_at=clock.now()))
    assert "Số của xã chưa gửi cho nơi tổ chức chung" not in desk("an").get("/admin/").text
