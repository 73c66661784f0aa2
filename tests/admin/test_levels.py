"""The console of a level above: what it reads of the units below, what it answers them, what it gives out."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from backend import calendars, clock
from backend.aggregates.models import ToldSheet
from backend.db.base import new_id
from backend.db.engine import Database
from backend.db.node import this_node
from backend.federation.documents.reach import follow
from backend.federation.peers.models import Peer, PeerDoubt
from backend.http import NodeApp
from backend.levels.models import LevelAcceptance, LevelAnswer, LevelPublication
from backend.safeguards.models import AuditEntry
from tests.levels.told import (
    COMMUNES,
    DATASET,
    MONTH,
    NOW,
    Province,
    body,
    everybody,
    merged,
    parted,
    plant,
    tell,
    usual,
)

ABOUT = "xa-thang.state.thang.202611"
CHOICE = {"level": "19", "about": ABOUT}
REASON = "Số hộ đã đến lớn hơn số hộ của xã, xin đếm lại"


@pytest.fixture
def province(app: NodeApp, database: Database) -> Iterator[Province]:
    found = plant(app, database)
    everybody(found)
    with clock.stopped_at(NOW):
        yield found


def seen(province: Province, path: str = "", who: str = "office", status: int = 200, **query: str) -> str:
    answer = province.at(who).get(f"/admin/levels{path}", query_string=CHOICE | query)
    assert answer.status_code == status, answer.text[:400]
    return plain(answer.text)


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def answer(province: Province, code: str, who: str = "office", **form: str) -> tuple[int, str]:
    digest = {"digest": province.digests[code, province.numbers[code]]}
    told = province.at(who).post(f"/admin/levels/units/{code}/answer", data=CHOICE | digest | form)
    return told.status_code, plain(told.text)


SILENT, SPEAKS = "05953", "05923"


def after_merger(province: Province) -> tuple[str, str]:
    """Tân Thành's node tells December of what Tân Thành and Kha Sơn became: (its code, the choice of that month)."""
    merged(province)
    with province.database.transaction() as session:
        follow(session, [SPEAKS, SILENT], {"05960": SPEAKS}, date(2026, 12, 15))
    province.peers["05960"], province.numbers["05960"] = province.peers[SPEAKS], province.numbers[SPEAKS]
    december = calendars.at("thang", date(2026, 12, 20), "month")
    told = body("05960", "Tân Kha", parted(usual(2, 14800), "05960"), december)
    tell(province, "05960", told, datetime(2027, 1, 5, 3, tzinfo=UTC))
    return "05960", "xa-thang.state.thang.202612"


# --- looking ----------------------------------------------------------------------------------------------------------


def test_the_overview_says_who_told_how_complete_and_how_timely(province: Province) -> None:
    page = seen(province)
    assert "Đã gửi 6/8 75 %" in page
    assert "Đúng hạn 5/8 62,5 %" in page
    assert "Xã Tân Cương Tình trạng Quá hạn, chưa gửi" in page
    assert "Xã Võ Nhai Tình trạng Chưa kết nối máy chủ" in page
    assert "muộn" in page
    assert "chưa văn bản nào quy định" in page


def test_sums_say_at_least_and_at_most_and_why_and_never_zero_for_nothing(province: Province) -> None:
    page = seen(province)
    assert re.search(
        r"ít nhất 40,2, nhiều nhất 60,4 % ít nhất 670 trên ít nhất 1\.665 Vì: 1 đơn vị giữ kín", page
    )
    assert "2 đơn vị chưa có ai đếm" in page
    now = seen(province, "/views")
    assert not re.search(r"ít nhất 0 ", now), "who told nothing has no figure, not a nought"


def test_a_unit_opens_to_its_card_its_hamlets_and_its_ledger(province: Province) -> None:
    page = seen(province, "/units/05917")
    assert "57 /80 điểm" in page
    assert re.search(r"Xóm Kê Ẩn 31 31 44,2 % 0", page)
    assert "Không phải là số 0, và cấp trên cũng không có số ấy" in page
    assert "Xã Tân Khánh , Người được hướng dẫn tại buổi chung: 121 → 158 lượt người" in page
    assert "Lý do: Bổ sung 37 lượt người ghi muộn của hai buổi chung" in page
    assert province.digests["05917", 2] in page


@pytest.mark.parametrize(("path", "status"), [("/units/05710", 404), ("/units/khong-co", 404), ("/units/05917-T01", 404)])  # fmt: skip
def test_what_told_nothing_or_is_not_right_below_is_not_there(
    province: Province, path: str, status: int
) -> None:
    seen(province, path, status=status)


def test_a_period_or_a_level_that_is_not_there_is_said_so(province: Province) -> None:
    seen(province, about="xa-thang.state.thang.202601", status=404)
    seen(province, about="%00", status=404)
    seen(province, level="05917", status=404)


def test_the_board_names_leaders_alone(province: Province) -> None:
    page = seen(province, "/board")
    assert "Xã Kha Sơn 18 %" in page
    assert "Xã Đại Phúc 21 %" in page
    assert "Xã Phú Bình" not in page, "with 6 % it is one of those that are only counted"
    assert "và 2 đơn vị cùng cỡ" in page


def test_both_views_over_a_merge_stand_beside_each_other(province: Province) -> None:
    assert "hai cách xem như nhau" in seen(province, "/views")
    merged(province)
    page = seen(province, "/views")
    assert "Xã Tân Thành → Xã Tân Kha , 100 %" in page
    assert "Xã Tân Kha Gồm: Xã Tân Thành, Xã Kha Sơn" in page
    assert "366 lượt người" in page


def test_a_merged_commune_says_whose_people_it_lacks(province: Province) -> None:
    """Two nodes, one unit: the one that does not tell has people nobody counts for the province."""
    assert "Chưa gồm số của" not in seen(province)
    new, about = after_merger(province)
    page = seen(province, about=about)
    assert "Chưa gồm số của xã Kha Sơn" in page
    assert "nên tổng dưới đây chưa gồm số của họ" in page
    assert "người dân ở đó vẫn còn ở máy chủ cũ" in seen(province, f"/units/{new}", about=about)
    assert "Chưa gồm số của" not in seen(province), "in the months before each told its own"
    with province.database.transaction() as session:
        session.get_one(Peer, province.peers[SILENT]).state = "revoked"
    assert "Chưa gồm số của" not in seen(province, about=about), "its people are somewhere else by now"


def test_figures_that_came_with_a_lost_key_are_marked_until_told_again(province: Province) -> None:
    digest = province.digests["05917", 2]
    with province.database.transaction() as session:
        session.add(
            PeerDoubt(
                peer_id=province.peers["05917"], digest=digest, key_id="A" * 29, stream=DATASET, number=2, received_at=NOW
            )
        )  # fmt: skip
    assert "Nhận trong lúc khóa của đơn vị có thể đã lộ, cần hỏi lại" in seen(province)
    assert "Xin gọi hỏi đơn vị trước khi chấp nhận" in seen(province, "/units/05917")
    assert "khóa của đơn vị" not in seen(province, "/units/05908")
    code, name, people = COMMUNES[1]
    tell(
        province,
        code,
        body(code, name, parted(usual(1, people), code), revision=3, reason="Gửi lại bằng khóa mới"),
    )
    assert "có thể đã lộ" not in seen(province)
    assert "có thể đã lộ" not in seen(province, "/units/05917")


# --- who may ----------------------------------------------------------------------------------------------------------


def test_who_watches_for_the_province_reads_everything_and_answers_nothing(province: Province) -> None:
    page = seen(province, "/units/05917", who="viewer")
    assert "Chấp nhận bản số" not in page
    assert answer(province, "05917", who="viewer", outcome="accepted")[0] == 403


def test_an_office_of_one_commune_reads_its_answers_and_nothing_of_the_others(province: Province) -> None:
    client = province.at("below")
    assert "Cấp trên trả lời số liệu đã gửi" in client.get("/admin/levels").text
    for path in ("/units/05908", "/units/05917", "/board", "/views", "/giving", "/so-lieu.json"):
        assert client.get(f"/admin/levels{path}", query_string=CHOICE).status_code == 404, path
    assert answer(province, "05908", who="below", outcome="accepted")[0] == 404


def test_the_partys_figures_are_offered_to_the_partys_office_alone(province: Province) -> None:
    with province.database.transaction() as session:
        session.add(
            ToldSheet(
                id=new_id(), unit_code="05917", dataset=DATASET, line="party", calendar="thang", period="202611",
                first=MONTH.first, last=MONTH.last, revision_id=new_id(), number=1,
            )
        )  # fmt: skip
    assert "Phiếu điểm tháng của xã (Đảng)" in seen(province)
    assert "(Đảng)" not in seen(province, who="viewer")
    seen(province, who="viewer", about="xa-thang.party.thang.202611", status=404)
    assert "không công bố cho mọi người" in seen(province, "/giving", about="xa-thang.party.thang.202611")


# --- answering --------------------------------------------------------------------------------------------------------


def test_what_is_accepted_is_sealed_and_on_the_trail(province: Province) -> None:
    assert answer(province, "05917", outcome="accepted")[0] == 303
    assert "Đã chấp nhận" in seen(province, "/units/05917")
    assert "Trả lời đơn vị gửi" not in seen(province, "/units/05917")
    with province.database.transaction(writes=False) as session:
        [row] = session.scalars(select(LevelAcceptance)).all()
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.deed == "levels.accept")).all()
    assert (row.outcome, row.by) == ("accepted", province.staff["office"])
    assert entry.unit_id == province.units["05917"]


def test_the_levels_head_answers_on_the_states_line_alone(province: Province) -> None:
    assert "Chấp nhận bản số" in seen(province, "/units/05908", who="head")
    assert answer(province, "05908", who="head", outcome="accepted")[0] == 303
    with province.database.transaction() as session:
        session.execute(update(ToldSheet).where(ToldSheet.unit_code == "05917").values(line="front"))
    front = CHOICE | {"about": "xa-thang.front.thang.202611"}
    page = province.at("head").get("/admin/levels/units/05917", query_string=front)
    assert page.status_code == 200
    assert "Chấp nhận bản số" not in page.text
    form = front | {"digest": province.digests["05917", 2], "outcome": "accepted"}
    assert province.at("head").post("/admin/levels/units/05917/answer", data=form).status_code == 403


def test_what_is_returned_needs_a_reason_and_what_was_typed_is_not_lost(province: Province) -> None:
    client = province.at("office")
    form = CHOICE | {
        "digest": province.digests["05908", 1],
        "outcome": "returned",
        "words": "gọi số 0912 345 678 nhé anh",
    }
    refused = client.post("/admin/levels/units/05908/answer", data=form)
    assert refused.status_code == 400
    assert 'value="gọi số 0912 345 678 nhé anh"' in refused.text
    assert "không được có số điện thoại" in refused.text
    assert answer(province, "05908", outcome="returned", words=REASON)[0] == 303
    page = seen(province, "/units/05908")
    assert f"Trả lại vì: {REASON}. (office" in page


def test_an_answer_to_a_revision_that_is_no_longer_the_newest_is_refused(province: Province) -> None:
    form = CHOICE | {"digest": province.digests["05917", 1], "outcome": "accepted"}
    told = province.at("office").post("/admin/levels/units/05917/answer", data=form)
    assert told.status_code == 409
    assert "Đơn vị đã gửi bản mới hơn" in told.text


def test_a_commune_reads_what_was_answered_to_it(province: Province) -> None:
    with province.database.transaction() as session:
        this_node(session).unit_id = province.units["05917"]
        for at, (line, outcome) in enumerate((("state", "returned"), ("party", "accepted"))):
            session.add(
                LevelAnswer(
                    id=new_id(), peer_id=province.peers["05917"], unit_code="05917", dataset=DATASET, line=line,
                    calendar="thang", period="202611", revision=1 + at, digest=str(at) * 64, outcome=outcome,
                    words=REASON if outcome == "returned" else "", decided_at=NOW, received_at=NOW,
                )
            )  # fmt: skip
    page = plain(province.at("below").get("/admin/levels/answers").text)
    assert re.search(f"Lý do trả lại *: *{REASON}", page)
    assert "(Đảng)" in page
    assert "Chưa có câu trả lời nào" in plain(province.at("viewer").get("/admin/levels/answers").text)


# --- giving out -------------------------------------------------------------------------------------------------------


def test_the_accepted_figures_are_given_out_once_and_anew_only_with_a_reason(province: Province) -> None:
    client = province.at("office")
    assert client.post("/admin/levels/giving", data=CHOICE).status_code == 409
    answer(province, "05917", outcome="accepted")
    assert client.post("/admin/levels/giving", data=CHOICE).status_code == 303
    assert client.post("/admin/levels/giving", data=CHOICE | {"reason": "Không có gì mới"}).status_code == 409
    assert province.at("viewer").post("/admin/levels/giving", data=CHOICE).status_code == 403
    with province.database.transaction(writes=False) as session:
        [row] = session.scalars(select(LevelPublication)).all()
    assert (row.number, row.published_by) == (1, province.staff["office"])
    assert (
        "/tong-hop/19/xa-thang/state/thang/202611"
        in client.get("/admin/levels/giving", query_string=CHOICE).text
    )


def test_files_for_dhis2_hold_what_was_accepted_and_tell_what_they_leave_out(province: Province) -> None:
    client = province.at("office")
    assert client.get("/admin/levels/so-lieu.json", query_string=CHOICE).get_json()["dataValues"] == []
    answer(province, "05917", outcome="accepted")
    told = client.get("/admin/levels/so-lieu.json", query_string=CHOICE)
    values = {one["dataElement"]: one["value"] for one in told.get_json()["dataValues"]}
    assert values["xa-thang.du-thi_NUM"] == "882"
    assert {one["orgUnit"] for one in told.get_json()["dataValues"]} == {"05917"}
    assert told.headers["X-Left-Out"] == "5"
    assert b"xa-thang.du-thi_DEN" in client.get("/admin/levels/so-lieu.csv", query_string=CHOICE).data
    assert client.get("/admin/levels/so-lieu.exe", query_string=CHOICE).status_code == 404


def test_a_node_nobody_told_anything_says_what_will_come(app: NodeApp, database: Database) -> None:
    empty = plant(app, database)
    with clock.stopped_at(NOW):
        page = plain(empty.at("office").get("/admin/levels").text)
    assert "Chưa đơn vị nào gửi số liệu" in page
