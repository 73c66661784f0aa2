"""Calendars of a unit's own at the console: made, added to, chosen for a report and for a figure; what is wrong is told."""

import io
import re
import uuid

import pytest
from sqlalchemy import select

from backend.own_calendars.models import OwnCalendar
from backend.reports.models import Duty
from backend.targets.models import SeriesValue
from tests.admin.desk import Desk, trail
from tests.support.world import World
from tests.targets.conftest import Plans, issue_at, plans

__all__ = ["plans"]
LIST = {
    "title": "Hội thi cấp xã", "kind": "listed",
    "code-1": "vong-1", "name-1": "Vòng xóm", "first-1": "01/10/2025", "last-1": "20/10/2025",
    "code-2": "vong-2", "name-2": "Vòng xã", "first-2": "21/10/2025", "last-2": "10/11/2025",
}  # fmt: skip
CODE = "05752-hoi-thi-cap-xa"


def make(desk: Desk, world: World, who: str = "office", **more: str) -> tuple[int, str]:
    sent = {"unit": str(world.commune)} | LIST | more
    answer = desk(who).post("/admin/calendars", data=sent)
    return answer.status_code, answer.text


def duty(desk: Desk, world: World, **more: str) -> tuple[int, str]:
    sent = {
        "way": "xa-dang-uy-tinh-uy|party", "interval": "month", "calendar": "", "unit": str(world.commune),
        "receiver": str(world.province),
    }  # fmt: skip
    answer = desk("office").post("/admin/reports/duties", data=sent | more)
    return answer.status_code, answer.text


def duties(world: World) -> set[tuple[str, str]]:
    with world.database.transaction(writes=False) as session:
        return {(one.interval, one.calendar) for one in session.scalars(select(Duty))}


def test_a_list_of_rounds_is_made_and_read_on_the_page(desk: Desk, world: World) -> None:
    assert make(desk, world)[0] == 303
    page = desk("office").get("/admin/calendars").text
    assert f'data-testid="calendar-{CODE}"' in page
    assert "Vòng xóm (01/10/2025 - 20/10/2025)" in page
    assert [row.reason for row in trail(world, "calendar.make")] == [CODE]


def test_what_is_wrong_is_told_and_nothing_typed_is_lost(desk: Desk, world: World) -> None:
    status, page = make(desk, world, **{"last-1": "22/10/2025"})
    assert status == 422
    assert "Kỳ “vong-1” và kỳ “vong-2” chồng nhau từ ngày 21/10/2025." in page
    for typed in ("Hội thi cấp xã", "22/10/2025", "Vòng xã", 'value="listed" checked'):
        assert typed in page, typed
    status, page = make(desk, world, **{"first-1": "ngày mồng một"})
    assert (status, "không phải là một ngày" in page) == (422, True)
    status, page = make(desk, world, kind="months", day="ba", months_back="1")
    assert (status, "từ 1 đến 28" in page) == (422, True)


def test_a_calendar_of_another_unit_is_not_made_nor_added_to(desk: Desk, world: World) -> None:
    assert make(desk, world, unit=str(world.far_commune))[0] == 403
    assert make(desk, world, unit="xyz")[0] == 404
    assert make(desk, world, who="head")[0] == 403
    assert make(desk, world)[0] == 303
    with world.database.transaction(writes=False) as session:
        row = session.scalars(select(OwnCalendar.id)).one()
    path = f"/admin/calendars/{row}/periods"
    more = {"code-1": "vong-3", "first-1": "11/11/2025", "last-1": "30/11/2025"}
    assert desk("far").post(path, data=more).status_code == 403
    assert desk("office").post(f"/admin/calendars/{uuid.uuid4()}/periods", data=more).status_code == 404
    early = desk("office").post(path, data=more | {"first-1": "01/09/2025", "last-1": "30/09/2025"})
    assert early.status_code == 422
    assert "phải bắt đầu sau kỳ cuối cùng" in early.text or "hở từ ngày" in early.text
    assert desk("office").post(path, data=more).status_code == 303
    assert "vong-3" in desk("office").get("/admin/calendars").text


@pytest.mark.parametrize(
    ("interval", "calendar", "stands"),
    [
        ("month", "", "thang"), ("month", "hanh-chinh", "hanh-chinh"), ("year", "nam-hoc", "nam-hoc"),
        ("week", "", "tuan"), ("own", CODE, CODE),
    ],
)  # fmt: skip
def test_a_report_is_asked_for_by_the_calendar_that_was_chosen(
    desk: Desk, world: World, interval: str, calendar: str, stands: str
) -> None:
    assert make(desk, world)[0] == 303
    assert f'value="{CODE}"' in desk("office").get("/admin/reports").text
    status, page = duty(desk, world, interval=interval, calendar=calendar)
    assert status == 303, page
    assert duties(world) == {(interval, stands)}


def test_a_report_by_a_calendar_that_has_no_such_interval_is_refused_with_a_sentence(
    desk: Desk, world: World
) -> None:
    status, page = duty(desk, world, interval="month", calendar="tuan")
    assert status == 422
    assert "Lịch “Tuần (thứ Hai đến Chủ nhật)” không có kỳ báo cáo này." in page
    assert 'value="tuan" selected' in page
    assert duty(desk, world, calendar="am-lich")[0] == 422
    assert duties(world) == set()


def test_a_figure_is_said_for_a_round_and_shown_by_its_name(desk: Desk, world: World) -> None:
    assert make(desk, world)[0] == 303
    with world.database.transaction() as session:
        issue_at(session, world.commune, "tan-khanh")
    path = f"/admin/targets/units/{world.commune}/indicators/TK-H1"
    page = desk("office").get(path).text
    assert f'<option value="{CODE}:vong-2">Vòng xã (21/10/2025 - 10/11/2025)</option>' in page
    sent = {
        "period": f"{CODE}:vong-2",
        "numerator": "11",
        "denominator": "18",
        "evidence": "Biên bản vòng xã",
    }
    assert desk("office").post(f"{path}/declare", data=sent).status_code == 303
    with world.database.transaction(writes=False) as session:
        assert session.execute(select(SeriesValue.calendar, SeriesValue.period)).one() == (CODE, "vong-2")
    assert "Vòng xã (21/10/2025 - 10/11/2025)" in desk("office").get(path).text
    other = desk("office").post(f"{path}/declare", data=sent | {"period": f"{CODE}:202611"})
    assert other.status_code == 422
    assert "Lịch “Hội thi cấp xã” không có kỳ 202611." in other.text
    assert "Biên bản vòng xã" in other.text


def test_a_file_may_name_an_own_calendar(desk: Desk, plans: Plans) -> None:

    world = plans.world
    assert make(desk, world)[0] == 303
    head = "mã chỉ tiêu,mã đơn vị,lịch,kỳ,giá trị,tử số,mẫu số,nguồn\r\n"
    rows = f"TK-H1,05752,{CODE},vong-1,,11,18,Sổ\r\nTK-H1,05752,{CODE},vong-7,,11,18,Sổ\r\n"
    sent = {"source": "Sổ", "file": (io.BytesIO((head + rows).encode()), "a.csv")}
    page = desk("office").post("/admin/targets/import", data=sent).text
    assert "kỳ “vong-7” không có trong lịch “Hội thi cấp xã”" in page
    assert re.search(r"Vòng xóm|vong-1", page)


# --- for another system -------------------------------------------------------------------------------------------------


def test_what_is_not_sent_stands_on_the_screen_with_its_reason(desk: Desk, world: World) -> None:
    assert make(desk, world)[0] == 303
    with world.database.transaction() as session:
        issue_at(session, world.commune, "tan-khanh")
    path = f"/admin/targets/units/{world.commune}"
    sent = {"period": f"{CODE}:vong-2", "numerator": "11", "denominator": "18", "evidence": "Biên bản"}
    assert desk("office").post(f"{path}/indicators/TK-H1/declare", data=sent).status_code == 303
    assert desk("office").post(f"{path}/indicators/TK-H1/declare", data=sent | {"period": "thang:2025", "numerator": "7"}).status_code == 303  # fmt: skip
    page = desk("office").get(f"{path}/exchange").text
    assert 'data-testid="left-calendar"' in page
    assert "Vòng xã (21/10/2025 - 10/11/2025)" in page
    told = desk("office").get(f"{path}/series/all.json").json
    assert [(one["period"], one["value"], one["categoryOptionCombo"]) for one in told["dataValues"]] == [
        ("2025", "38.9", "LANTOA_DECLARED"), ("2025", "7", "LANTOA_DECLARED"), ("2025", "18", "LANTOA_DECLARED"),
    ]  # fmt: skip
    assert "05752-hoi-thi" not in desk("office").get(f"{path}/series/declared.csv").text
    assert desk("office").get(f"{path}/series/everything.json").status_code == 404
    assert desk("far").get(f"{path}/exchange").status_code == 403
