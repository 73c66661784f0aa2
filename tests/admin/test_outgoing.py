"""What the unit's own people see of what their node told the level above: each figure, each one kept back, each answer."""

import re
import uuid
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select, update

from backend import clock
from backend.aggregates.models import AggregateSent
from backend.federation.packets.models import PacketOut
from backend.people.models import RoleGrant
from tests.admin.desk import Desk
from tests.aggregates.telling import NOW, a_month, peer, tell_all
from tests.support.world import World


@pytest.fixture
def telling(world: World) -> Iterator[uuid.UUID]:
    """October as it went up: three of a hamlet are kept back."""
    with world.database.transaction() as session:
        peer(session, "parent", name="UBND tỉnh Thái Nguyên")
        a_month(session, world, [(world.hamlet, 3), (world.other_hamlet, 12)])
        (row,) = tell_all(session)
        found = row.id
        session.execute(update(RoleGrant).values(valid_from=date(2026, 1, 1)))
    with clock.stopped_at(NOW):
        yield found


def seen(desk: Desk, path: str = "", who: str = "office") -> str:
    answer = desk(who).get(f"/admin/outgoing{path}")
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_list_says_to_whom_and_whether_it_arrived(world: World, desk: Desk, telling: uuid.UUID) -> None:
    page = seen(desk)
    assert "Gửi UBND tỉnh Thái Nguyên" in page
    assert "Tháng 10/2026 · Phiếu điểm tháng của xã" in page
    assert "Chờ gửi" in page
    assert re.search(r"Giữ lại \d+ con số", page)


def test_an_answer_of_the_level_above_is_shown_with_what_to_do(
    world: World, desk: Desk, telling: uuid.UUID
) -> None:
    with world.database.transaction() as session:
        session.execute(
            update(PacketOut).values(
                state="refused", outcome="refused", code="outside-reach", received_at=NOW
            )
        )
    page = seen(desk)
    assert "Cấp trên không nhận" in page
    assert "Đơn vị không thuộc phạm vi máy chủ này được báo số liệu. Xin báo người vận hành hai bên" in page
    with world.database.transaction() as session:
        session.execute(update(PacketOut).values(code="something-new"))
    assert "Lý do mang mã something-new" in seen(desk)


def test_every_figure_is_there_and_what_was_kept_back_says_why_without_its_number(
    world: World, desk: Desk, telling: uuid.UUID
) -> None:
    answer = desk("office").get(f"/admin/outgoing/{telling}").text
    row = re.search(r'data-testid="cell-05752-T01-du-thi">(.*?)</tr>', answer, re.S)
    assert row is not None
    text = re.sub(r"<[^>]+>", " ", row[1])
    assert "Giữ lại" in text
    assert "7,5" not in text  # three of forty
    assert "không phải số 0" in answer


def test_the_other_hamlets_and_other_communes_people_see_nothing(
    world: World, desk: Desk, telling: uuid.UUID
) -> None:
    assert desk("cell").get("/admin/outgoing").status_code == 403
    assert "UBND tỉnh" not in seen(desk, who="head"), "a hamlet's head reads what the hamlet sends: nothing"
    assert "UBND tỉnh" not in seen(desk, who="far")
    assert desk("far").get(f"/admin/outgoing/{telling}").status_code == 404


def test_the_units_head_reads_what_left_with_the_card(world: World, desk: Desk, telling: uuid.UUID) -> None:
    with world.database.transaction() as session:
        session.execute(update(RoleGrant).where(RoleGrant.role == "unit_head").values(unit_id=world.commune))
    assert "UBND tỉnh" in seen(desk, who="head")
    assert "Giữ lại" in seen(desk, f"/{telling}", who="head")


def test_the_partys_line_is_read_by_the_partys_office_alone(
    world: World, desk: Desk, telling: uuid.UUID
) -> None:
    with world.database.transaction() as session:
        row = session.scalars(select(AggregateSent)).one()
        values = {c.name: getattr(row, c.name) for c in AggregateSent.__table__.columns}
        party = values | {"id": uuid.uuid4(), "line": "party", "source": uuid.uuid4()}
        session.execute(AggregateSent.__table__.insert().values(party))  # type: ignore[attr-defined]
    assert "(Đảng)" in seen(desk)
    assert seen(desk).count("Gửi UBND") == 2
    assert seen(desk, who="an").count("Gửi UBND") == 1
    assert desk("an").get(f"/admin/outgoing/{party['id']}").status_code == 404


def test_before_anything_was_told_the_page_says_what_to_do(world: World, desk: Desk) -> None:
    assert "Chưa gửi số liệu nào" in seen(desk)
