"""The pages of "Đơn vị": a list is shown before it is written, a merge too, and nothing typed or sent makes a page break."""

import io
import re
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from backend import clock
from backend.http import STAFF_TOKEN
from backend.people import sign_in
from backend.safeguards.models import AuditEntry
from backend.units.models import Unit
from backend.units.queries import named
from tests.rules.test_unit_lists import text_file
from tests.support.world import World


def visitor(world: World, name: str = "an") -> FlaskClient:
    client = world.client()
    with world.database.transaction() as session:
        token, _ = sign_in.open_session(session, world.staff[name], None)
    with client.session_transaction() as cookie:
        cookie[STAFF_TOKEN] = token
    return client


def field(page: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, page.text
    return found[1]


def post(
    client: FlaskClient, path: str, data: dict[str, Any], page: TestResponse | None = None
) -> TestResponse:
    page = page or client.get("/admin/units")
    return client.post(
        f"/admin{path}",
        data=data | {"csrf_token": field(page, "csrf_token")},
        content_type="multipart/form-data",
    )


def send(client: FlaskClient, data: bytes, name: str = "ds.csv") -> TestResponse:
    return post(client, "/units/upload", {"file": (io.BytesIO(data), name)})


def agree(client: FlaskClient, preview: TestResponse) -> TestResponse:
    action = re.search(r'action="/admin(/units/uploads/[^"]+)"', preview.text)
    assert action, preview.text
    return post(client, action[1], {"digest": field(preview, "digest")}, preview)


def deeds(world: World) -> list[tuple[str, str | None]]:
    with world.database.transaction(writes=False) as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.deed.startswith("units.")))
        return [(row.deed, row.reason) for row in rows]


def test_the_page_shows_what_the_commune_has_and_finds_without_tone_marks(world: World) -> None:
    client = visitor(world)
    page = client.get("/admin/units").text
    assert re.findall(r'data-code="([^"]+)"', page) == ["05752-T02", "05752-T01", "05752-L1"]
    assert "thử nghiệm" in page
    assert re.findall(r'data-code="([^"]+)"', client.get("/admin/units?q=dong").text) == ["05752-T01"]
    assert re.findall(r'data-code="([^"]+)"', client.get("/admin/units?q=%00%25_").text) == []


def test_a_list_is_shown_then_written_and_noted(world: World) -> None:
    client = visitor(world)
    shown = send(
        client, text_file("05752-T03,xóm,,Na Ri,,,,143,,30/06/2026,UBND,", "05752-T03,xóm,,Hai,,,,,,,,")
    )
    assert shown.status_code == 200
    assert "Thêm xóm Na Ri (mã 05752-T03)" in shown.text
    assert "mã 05752-T03 đã có ở dòng 2" in shown.text
    done = agree(client, shown)
    assert (done.status_code, done.location) == (302, "/admin/units")
    assert "05752-T03" in client.get("/admin/units").text
    assert deeds(world) == [("units.import", "added 1, counted 1")]


def test_of_two_at_once_the_later_is_told_and_nothing_is_overwritten(world: World) -> None:
    an, operator = visitor(world), visitor(world, "operator")
    first = send(an, text_file("05752-T01,xóm,,Tên Một,,,,,,,,"))
    second = send(operator, text_file("05752-T01,xóm,,Tên Hai,,,,,,,,"))
    agree(an, first)
    late = agree(operator, second)
    assert late.status_code == 409
    assert "vừa thay đổi" in late.text
    with world.database.transaction(writes=False) as session:
        assert named(session, world.hamlet, clock.today()).name == "Tên Một"


@pytest.mark.parametrize(
    ("data", "name", "status", "words"),
    [
        (b"", "ds.csv", 400, "không có dòng nào"),
        ("mã,loại,tên\nA1,xóm,Xãm §ång".encode(), "ds.csv", 400, "không phải Unicode"),
        ("mã,ghi chú\nA1,x".encode(), "ds.csv", 400, "thiếu cột: loại, tên"),
        ("mã,mã đơn vị,loại,tên\nA1,A1,xóm,x".encode(), "ds.csv", 400, "hai cột cùng nghĩa"),
        (b"GIF89a", "ds.xlsx", 400, "không phải bảng tính"),
        (b"\xd0\xcf\x11\xe0....", "ds.xls", 400, ".xlsx"),
        ("mã\n".encode() + b"1\n" * 100_000, "ds.csv", 413, "hơn 2000 dòng"),
        (b"x" * 700_000, "ds.csv", 413, "quá lớn"),
    ],
)
def test_bad_files_are_refused_with_a_sentence(
    world: World, data: bytes, name: str, status: int, words: str
) -> None:
    answer = send(visitor(world), data, name)
    assert answer.status_code == status
    assert words in answer.text


def test_no_file_at_all_is_said(world: World) -> None:
    answer = post(visitor(world), "/units/upload", {})
    assert answer.status_code == 400
    assert "chọn một tệp" in answer.text


@pytest.mark.parametrize("word", ["xlsx", "csv"])
def test_the_list_can_be_taken_and_sent_back(world: World, word: str) -> None:
    client = visitor(world)
    taken = client.get(f"/admin/units/list.{word}")
    assert taken.status_code == 200
    assert f"danh-sach-don-vi.{word}" in taken.headers["Content-Disposition"]
    back = send(client, taken.data, f"ds.{word}")
    assert 'data-testid="nothing"' in back.text


def test_a_list_in_a_form_nobody_knows_is_not_there(world: World) -> None:
    assert visitor(world).get("/admin/units/list.exe").status_code == 404


@pytest.mark.parametrize("name", ["head", "inspector", "dpo", "office"])
def test_others_do_not_come_in(world: World, name: str) -> None:
    client = visitor(world, name)
    for path in ("/units", "/units/list.csv", "/units/merge", f"/units/{world.hamlet}/history"):
        assert client.get(f"/admin{path}").status_code == 403


def test_staff_of_another_commune_find_nothing_here(world: World) -> None:
    client = visitor(world, "far")
    for path in ("/units", "/units/list.csv", "/units/merge", f"/units/{world.hamlet}/history"):
        assert client.get(f"/admin{path}").status_code == 404


def test_a_unit_of_elsewhere_or_nowhere_has_no_history_here(world: World) -> None:
    client = visitor(world)
    for unit in (world.far_hamlet, uuid.uuid4()):
        assert client.get(f"/admin/units/{unit}/history").status_code == 404


# --- merging -----------------------------------------------------------------------------------------------------------

FORM = {
    "code": "05752-T09",
    "level_word": "xóm",
    "name": "Đồng Cong",
    "document": "NQ 12/NQ-HĐND",
    "decided_on": "",
}


def filled(world: World, **other: Any) -> dict[str, Any]:
    units = [str(world.hamlet), str(world.other_hamlet)]
    return FORM | {"unit": units, "on": f"{clock.today():%d/%m/%Y}"} | other


def test_a_merge_is_shown_then_done_and_both_histories_are_read(world: World) -> None:
    for hamlet, people in ((world.hamlet, 6), (world.other_hamlet, 7)):
        for _ in range(people):
            world.phone(hamlet=hamlet).take_part()
    world.fold()
    client = visitor(world)
    shown = post(client, "/units/merge/preview", filled(world))
    assert shown.status_code == 200
    for words in ("xóm Đồng Cong", "70 người từ 7 tuổi", "40", "30/06/2026"):
        assert words in shown.text
    done = post(client, "/units/merge", filled(world, digest=field(shown, "digest")), shown)
    assert done.status_code == 302
    world.fold()
    page = client.get(done.location).text
    rows = re.findall(
        r'data-testid="as-(is|was)"[^>]*>.*?<a [^>]*>([^<]+)</a>.*?<td>([^<]*)</td>\s*<td>([^<]*)</td>',
        page,
        re.S,
    )
    assert sorted(rows) == [
        ("is", "Xóm Đồng Cong", "18,6 %", "13 / 70"),
        ("was", "Xóm Cầu Cong", "23,3 %", "7 / 30"),
        ("was", "Xóm Đồng Tiến", "15,0 %", "6 / 40"),
    ]
    assert "NQ 12/NQ-HĐND" in page
    old = client.get(f"/admin/units/{world.hamlet}/history").text
    assert "đã thôi hoạt động" in old
    assert "Đồng Cong" in old
    assert deeds(world) == [("units.merge", "05752-T01 + 05752-T02 → 05752-T09")]
    facts = client.get(
        f"/admin/units/{done.location.split('/')[-2]}/facts?activity={world.activity}&indicator=contest_participation"
    )
    assert facts.status_code in (200, 403)  # the operator's own pages are not this one's


def test_the_rows_behind_the_communes_figure_hold_those_of_units_that_ended(world: World) -> None:
    for _ in range(6):
        world.phone(hamlet=world.hamlet).take_part()
    client = visitor(world)
    shown = post(client, "/units/merge/preview", filled(world))
    post(client, "/units/merge", filled(world, digest=field(shown, "digest")), shown)
    world.fold()
    page = client.get(
        f"/admin/units/{world.commune}/facts?activity={world.activity}&indicator=contest_participation"
    )
    assert page.status_code == 200
    assert re.search(r">\s*6\s*<", page.text)


@pytest.mark.parametrize(
    ("other", "status", "words"),
    [
        ({"unit": []}, 409, "ít nhất hai"),
        ({"unit": ["x"]}, 404, "Không có đơn vị này"),
        ({"name": ""}, 409, "ghi đủ"),
        ({"code": "mã có dấu"}, 409, "ghi đủ"),
        ({"on": "32/13/2026"}, 409, "ghi đủ"),
        ({"on": "01/01/2099"}, 409, "chưa tới"),
        ({"code": "05752-T01"}, 409, "đã được dùng"),
        ({"document": ""}, 409, "ghi đủ"),
        ({"decided_on": "hôm qua"}, 409, "ghi đủ"),
    ],
)
def test_what_cannot_be_merged_is_said_and_what_was_typed_stays(
    world: World, other: dict[str, Any], status: int, words: str
) -> None:
    client = visitor(world)
    answer = post(client, "/units/merge/preview", filled(world, **other))
    assert answer.status_code == status
    assert words in answer.text
    if "name" not in other:
        assert 'value="Đồng Cong"' in answer.text
    with world.database.transaction(writes=False) as session:
        assert session.get_one(Unit, world.hamlet).valid_to is None


def test_a_merge_that_is_no_longer_what_was_shown_is_refused(world: World) -> None:
    client = visitor(world)
    shown = post(client, "/units/merge/preview", filled(world))
    agree(client, send(client, text_file("05752-T01,xóm,,Tên Mới,,,,,,,,")))
    late = post(client, "/units/merge", filled(world, digest=field(shown, "digest")), shown)
    assert late.status_code == 409
    assert "vừa thay đổi" in late.text


def test_units_of_elsewhere_are_not_merged_here(world: World) -> None:
    answer = post(
        visitor(world), "/units/merge/preview", filled(world, unit=[str(world.hamlet), str(world.far_hamlet)])
    )
    assert answer.status_code == 404
