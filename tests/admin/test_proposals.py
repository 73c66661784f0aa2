"""The console's pages of proposals: who asks, who answers, nothing typed is lost, and late ones stand on the first page."""

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend import clock
from backend.reports.upward_models import Proposal
from tests.admin.desk import Desk
from tests.support.reports import Office, office
from tests.support.world import World


@pytest.fixture
def here(world: World) -> Office:
    return office(world)


def form(here: Office, **more: str) -> dict[str, str]:
    day = clock.today() + timedelta(days=10)
    return {
        "post": f"{here.world.commune}|state", "sort": "question", "topic": "chi-tieu", "title": "Cách tính số hộ",
        "words": "Hộ tạm trú có tính vào mẫu số không?", "due": f"{day:%d/%m/%Y}",
    } | more  # fmt: skip


def asked(here: Office, desk: Desk) -> uuid.UUID:
    assert desk("office").post("/admin/proposals", data=form(here)).status_code == 303
    (one,) = ids(here)
    return one


def ids(here: Office) -> list[uuid.UUID]:
    with here.world.database.transaction(writes=False) as session:
        return list(session.scalars(select(Proposal.id)))


def test_an_office_asks_and_the_office_above_answers_and_both_read_it(here: Office, desk: Desk) -> None:
    one = asked(here, desk)
    assert "Cách tính số hộ" in desk("above").get("/admin/proposals").text
    assert "1 kiến nghị chờ Ông/Bà trả lời" in desk("above").get("/admin/").text
    words = "Chỉ tính hộ thường trú theo bộ chỉ tiêu"
    assert desk("above").post(f"/admin/proposals/{one}/answer", data={"words": words}).status_code == 303
    for who in ("office", "above", "drafter"):
        page = desk(who).get(f"/admin/proposals/{one}").text
        assert words in page, who
        assert "Đã trả lời" in page


def test_who_asked_does_not_answer_and_a_stranger_sees_nothing(here: Office, desk: Desk) -> None:
    one = asked(here, desk)
    assert desk("office").post(f"/admin/proposals/{one}/answer", data={"words": "tự trả lời cho mình"}).status_code == 404  # fmt: skip
    assert desk("drafter").post("/admin/proposals", data=form(here)).status_code == 403
    assert desk("agency_drafter").get(f"/admin/proposals/{one}").status_code == 404
    other = form(here, post=f"{here.world.province}|state")
    refused = desk("office").post("/admin/proposals", data=other)
    assert refused.status_code == 422
    assert other["words"] in refused.get_data(as_text=True)
    assert len(ids(here)) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"words": "gọi 0912 345 678 nhé"}, "số điện thoại"), ({"due": "hôm nào"}, "Hạn trả lời"),
        ({"due": "01/01/2020"}, "Hạn trả lời"), ({"topic": "la"}, "chọn loại"), ({"title": "?"}, "chọn loại"),
    ],
)  # fmt: skip
def test_what_was_refused_is_said_and_what_was_typed_stays(
    here: Office, desk: Desk, wrong: dict[str, str], said: str
) -> None:
    answer = desk("office").post("/admin/proposals", data=form(here, **wrong))
    assert answer.status_code in (400, 409)
    assert said in re.sub(r"\s+", " ", answer.text)
    kept = wrong.get("words", "Hộ tạm trú có tính vào mẫu số không?")
    assert kept in answer.text


def test_an_answer_that_does_not_come_in_time_stands_on_the_first_page_of_both(
    here: Office, desk: Desk
) -> None:
    asked(here, desk)
    with clock.stopped_at(clock.now() + timedelta(days=11)):
        assert "1 kiến nghị đã quá hạn mà cấp trên chưa trả lời" in desk("office").get("/admin/").text
        assert "trong đó 1 đã quá hạn" in desk("above").get("/admin/").text


def test_with_nobody_above_it_is_not_handed_on(here: Office, desk: Desk) -> None:
    one = asked(here, desk)
    due = f"{clock.today() + timedelta(days=5):%d/%m/%Y}"
    answer = desk("above").post(
        f"/admin/proposals/{one}/escalate", data={"due": due, "words": "xin trung ương"}
    )
    assert "chưa có cấp trên" in answer.text
    assert "xin trung ương" in answer.text
