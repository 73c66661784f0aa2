"""The page on which an administrator sets the words of every paper."""

import pytest

from tests.admin.desk import Desk, trail
from tests.support.world import World

STATE = {"national_title": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "motto": "Tiêu ngữ thử", "ending": "./."}


def test_words_are_set_and_the_page_says_who_set_them_and_what_was_there(world: World, desk: Desk) -> None:
    page = desk("operator").get("/admin/papers").text
    assert "Độc lập - Tự do - Hạnh phúc" in page
    assert desk("operator").post("/admin/papers/state", data=STATE).status_code == 303
    page = desk("operator").get("/admin/papers").text
    assert 'value="Tiêu ngữ thử"' in page
    assert "Mẫu đặt sẵn ghi: “Độc lập - Tự do - Hạnh phúc”" in page
    [entry] = trail(world, "report.paper_words")
    assert (entry.actor, entry.reason) == (world.staff["operator"], "state motto: Tiêu ngữ thử")


def test_an_empty_title_is_refused_and_what_was_typed_stays(desk: Desk) -> None:
    answer = desk("operator").post("/admin/papers/state", data=STATE | {"national_title": " "})
    assert answer.status_code == 422
    assert "không để trống được" in answer.text
    assert 'value="Tiêu ngữ thử"' in answer.text


@pytest.mark.parametrize("who", ["office", "an", "dpo"])
def test_only_an_administrator_sets_them(desk: Desk, who: str) -> None:
    assert desk(who).get("/admin/papers").status_code == 403
    assert desk(who).post("/admin/papers/state", data=STATE).status_code == 403


def test_there_is_no_third_line(desk: Desk) -> None:
    assert desk("operator").post("/admin/papers/church", data=STATE).status_code == 404
