"""Targets at the console: a plan in through a file, on the screen with its contradictions, and out again to the byte."""

import html
import io
import re
import uuid
from codecs import BOM_UTF8

import pytest

from admin import targets
from backend import clock
from backend.people import staff
from backend.people.models import RoleGrant
from backend.targets import declare, issuing, queries
from backend.targets.issuing import DATA
from tests.admin.desk import Desk, running_file, trail
from tests.structure.test_budgets import spent
from tests.support.world import PASSWORD, World
from tests.targets.conftest import Plans, issue_at, plans
from tests.targets.test_series import GOOD, LAST, book

__all__ = ["plans"]
NEW = {
    "title": "Kế hoạch của tỉnh", "issued_by": "Tỉnh ủy", "valid_from": "2025-07-01", "between": "none",
    "document_number": "359-KH/TU",
}  # fmt: skip


def hire(world: World, who: str, role: str, unit: uuid.UUID) -> None:
    with world.database.transaction() as session:
        world.staff[who] = staff.hire(
            session, name=who, username=who, password=PASSWORD, grants=[(role, unit)]
        )


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, text[:2000]
    return html.unescape(found[1])


def upload(world: World, desk: Desk, data: bytes, **more: str) -> str:
    sent = NEW | {"unit": str(world.commune)} | more
    answer = desk("office").post("/admin/targets/new", data=sent | {"file": (io.BytesIO(data), "a.csv")})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_193_values_go_in_through_a_file_onto_the_screen_and_out_to_the_byte(
    world: World, desk: Desk
) -> None:
    data = (DATA / "quang-ngai.csv").read_bytes()
    preview = upload(world, desk, data)
    assert 'data-testid="cells-count">193<' in preview
    sent = NEW | {"unit": str(world.commune), "cells": hidden(preview, "cells")}
    done = desk("office").post("/admin/targets/new/yes", data=sent)
    assert done.status_code == 303, done.text
    page = desk("office").get(done.location).text
    shown = [html.unescape(one) for one in re.findall(r'data-testid="written">(.*?)</span>', page)]
    written = [cell.as_written for cell in issuing.shipped_cells("quang-ngai")]
    assert sorted(shown) == sorted(written)
    assert "Thấp hơn mốc trước: 2025 đặt 85, mốc này chỉ còn 80." in page
    assert "từ 80 % trở lên" in page, "the lower target stands as it is written"
    path = done.location.partition("?")[0]
    assert desk("office").get(f"{path}/targets.csv").data == BOM_UTF8 + data, "with the mark Excel needs"
    assert [row.deed for row in trail(world, "targets.issue")] == ["targets.issue"]


def test_a_set_with_a_row_that_cannot_be_used_is_not_offered_for_a_yes(world: World, desk: Desk) -> None:
    data = (DATA / "tan-khanh.csv").read_bytes().replace(b",ge,", b",hon,")
    page = upload(world, desk, data)
    assert 'data-testid="trouble"' in page
    assert "set-apply" not in page


@pytest.mark.parametrize(
    "change",
    [
        {"valid_from": ""},
        {"valid_from": "hôm nay"},
        {"unit": "x"},
        {"cells": "không phải"},
        {"supersedes": "1"},
    ],
)
def test_a_yes_that_was_tampered_with_is_refused(world: World, desk: Desk, change: dict[str, str]) -> None:
    preview = upload(world, desk, (DATA / "tan-khanh.csv").read_bytes())
    sent = NEW | {"unit": str(world.commune), "cells": hidden(preview, "cells")} | change
    assert desk("office").post("/admin/targets/new/yes", data=sent).status_code in (400, 403, 422)


def test_nobody_writes_a_set_for_a_unit_of_somebody_else(world: World, desk: Desk) -> None:
    preview = upload(world, desk, (DATA / "tan-khanh.csv").read_bytes())
    sent = NEW | {"unit": str(world.far_commune), "cells": hidden(preview, "cells")}
    assert desk("office").post("/admin/targets/new/yes", data=sent).status_code == 403


# --- who sees what ---------------------------------------------------------------------------------------------------


def test_a_set_is_seen_by_those_it_governs_and_by_its_issuer_and_by_nobody_else(
    plans: Plans, desk: Desk
) -> None:
    world = plans.world
    hire(world, "quangngai", "province_viewer", plans.quang_ngai)
    hire(world, "binhson", "unit_head", plans.commune_there)
    seen = {
        (who, name): desk(who).get(f"/admin/targets/sets/{of}").status_code
        for who in ("quangngai", "binhson", "office", "head")
        for name, of in (("province", plans.province_set), ("own", plans.own_set))
    }
    assert {key for key, status in seen.items() if status == 200} == {
        ("quangngai", "province"), ("binhson", "province"), ("office", "own"), ("head", "own"),
    }  # fmt: skip
    assert set(seen.values()) == {200, 404}
    assert desk("office").get(f"/admin/targets/units/{plans.quang_ngai}/indicators/QN-E12").status_code == 403
    assert desk("office").get(f"/admin/targets/units/{world.commune}/indicators/QN-E12").status_code == 404
    assert desk("office").get(f"/admin/targets/units/{world.commune}/indicators/x").status_code == 404


def test_what_an_inspector_reads_is_on_the_trail_and_what_the_office_reads_is_not(
    plans: Plans, desk: Desk
) -> None:
    own = f"/admin/targets/units/{plans.world.commune}/indicators/TK-H1"
    assert desk("inspector").get(own).status_code == 403, "without a file"
    running_file(plans.world, plans.world.commune)
    for who in ("office", "inspector"):
        assert desk(who).get(f"/admin/targets/sets/{plans.own_set}").status_code == 200
        assert (
            desk(who).get(f"/admin/targets/units/{plans.world.commune}/indicators/TK-H1").status_code == 200
        )
    assert [row.actor for row in trail(plans.world, "targets.read")] == [plans.world.staff["inspector"]] * 2


def test_a_set_judges_only_units_it_governs_however_far_somebody_reaches(plans: Plans, desk: Desk) -> None:
    hire(plans.world, "both", "party_office", plans.quang_ngai)
    with plans.world.database.transaction() as session:
        member = plans.world.staff["both"]
        session.add(
            RoleGrant(
                person_id=member, role="party_office", unit_id=plans.world.commune, valid_from=clock.today()
            )
        )
    client, path = desk("both"), f"/admin/targets/sets/{plans.province_set}"
    assert client.get(path, query_string={"unit": str(plans.commune_there)}).status_code == 200
    assert client.get(path, query_string={"unit": str(plans.world.commune)}).status_code == 404


def test_many_sets_stand_on_several_pages(plans: Plans, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with plans.world.database.transaction() as session:
        issue_at(session, plans.world.commune, "tan-khanh-dang")
    monkeypatch.setattr(targets, "MOST_SETS", 1)
    first, last = (desk("office").get("/admin/targets", query_string={"page": page}).text for page in (1, 2))
    assert (first.count('data-testid="set"'), last.count('data-testid="set"')) == (1, 1)
    assert ("more-sets" in first, "more-sets" in last) == (True, False)


def test_the_province_sees_numbers_and_not_what_they_rest_on(plans: Plans, desk: Desk) -> None:
    world = plans.world
    hire(world, "quangngai", "province_viewer", plans.quang_ngai)
    with world.database.transaction() as session:
        one = queries.indicator(session, "QN-E12")
        declare.declare(session, one, plans.commune_there, LAST, ("", "3", "4"), "Giấy tờ của bà Mận", None)
    path = f"/admin/targets/units/{plans.commune_there}"
    page = desk("quangngai").get(f"{path}/indicators/QN-E12").text
    assert "75,0 %" in page
    assert "Giấy tờ" not in page
    file = desk("quangngai").get(f"{path}/series/declared.json")
    assert file.json["dataValues"][0]["value"] == "75.0"
    assert "Giấy tờ" not in file.text
    assert desk("quangngai").post(f"{path}/indicators/QN-E12/declare", data={}).status_code == 403


def test_units_below_are_listed_once_they_said_something_and_never_for_saying_nothing(
    plans: Plans, desk: Desk
) -> None:
    world = plans.world
    hire(world, "quangngai", "province_viewer", plans.quang_ngai)
    path = f"/admin/targets/sets/{plans.province_set}"
    assert "Bình Sơn" not in desk("quangngai").get(path).text
    with world.database.transaction() as session:
        one = queries.indicator(session, "QN-D9")
        declare.declare(session, one, plans.commune_there, LAST, ("3", "", ""), "x", None)
    page = desk("quangngai").get(path).text
    assert page.count('data-testid="below"') == 1
    assert f"unit={plans.commune_there}" in page
    page = desk("quangngai").get(f"{path}?unit={plans.commune_there}").text
    assert "Chưa thể nói" in page, "a count asked of the province is not asked of one commune"
    assert desk("quangngai").get(f"{path}?unit={world.commune}").status_code == 403
    assert desk("quangngai").get(f"{path}?unit=bừa").status_code == 404


# --- one indicator --------------------------------------------------------------------------------------------------


def declared(
    plans: Plans, desk: Desk, code: str = "TK-H1", who: str = "office", **more: str
) -> tuple[int, str]:
    sent = {"period": f"thang:{LAST.code}", "evidence": "Biên bản 3", "seen": "-"} | more
    path = f"/admin/targets/units/{plans.world.commune}/indicators/{code}"
    answer = desk(who).post(f"{path}/declare", data=sent)
    return answer.status_code, answer.text


def test_a_figure_is_declared_and_shown_beside_and_the_earlier_one_stays(plans: Plans, desk: Desk) -> None:
    assert declared(plans, desk, numerator="9", denominator="18")[0] == 303
    assert declared(plans, desk, numerator="10", denominator="18", seen=f"- thang:{LAST.code}=1")[0] == 303
    page = desk("office").get(f"/admin/targets/units/{plans.world.commune}/indicators/TK-H1").text
    assert page.count('data-testid="said"') == 2
    assert "55,6 %" in page
    assert "50,0 %" in page
    assert [row.reason for row in trail(plans.world, "targets.declare")] == [f"TK-H1 thang:{LAST.code}"] * 2


@pytest.mark.parametrize(
    ("typed", "status", "sentence"),
    [
        ({"numerator": "9"}, 422, "thiếu mẫu số"),
        ({"value": "nhiều lắm"}, 422, "nhiều lắm"),
        ({"value": "1.234"}, 422, "hai cách"),
        ({}, 422, "không ghi 0"),
        ({"value": "5", "evidence": ""}, 422, "minh chứng"),
        ({"value": "5", "period": "thang:2035"}, 422, "chưa bắt đầu"),
        ({"value": "5", "period": "nam-hoc:202611"}, 422, "không có kỳ"),
        ({"value": "5", "period": "x"}, 422, "Không có lịch"),
        ({"value": "5", "seen": f"- thang:{LAST.code}=3"}, 409, "người khác"),
    ],
)
def test_a_refused_figure_says_why_and_nothing_typed_is_lost(
    plans: Plans, desk: Desk, typed: dict[str, str], status: int, sentence: str
) -> None:
    found, page = declared(plans, desk, **typed)
    assert found == status
    assert sentence in page
    assert html.escape(typed.get("evidence", "Biên bản 3")) in page
    assert declared(plans, desk, value="60")[0] == 303, "the refused one left nothing behind"


def test_a_head_declares_for_the_own_unit_alone(plans: Plans, desk: Desk) -> None:
    assert declared(plans, desk, who="head", value="5")[0] == 403
    own = f"/admin/targets/units/{plans.world.hamlet}/indicators/TK-H1/declare"
    sent = {"period": f"thang:{LAST.code}", "evidence": "x", "value": "5"}
    assert desk("head").post(own, data=sent).status_code == 303


def test_less_counted_than_declared_shows_both_and_asks_for_the_reason(plans: Plans, desk: Desk) -> None:
    world, year = plans.world, str(clock.today().year)
    for name in ("Lan", "Mai", "Tú", "Vũ", "Yến"):
        world.phone(name).take_part()
    world.fold()
    with world.database.transaction() as session:
        queries.indicator(session, "TK-N1").measured_by = "contest_papers"
    # Whoever may see the contest: the office of the commune.
    assert declared(plans, desk, code="TK-N1", period=f"thang:{year}", value="9")[0] == 303
    path = f"/admin/targets/units/{world.commune}/indicators/TK-N1"
    page = desk("office").get(path).text
    assert 'data-testid="counted-less"' in page
    assert "Đơn vị chưa nêu lý do." in page
    assert (
        desk("office").post(f"{path}/reason", data={"period": f"thang:{year}", "words": " "}).status_code
        == 422
    )
    assert (
        desk("office")
        .post(f"{path}/reason", data={"period": f"thang:{year}", "words": "Nộp giấy"})
        .status_code
        == 303
    )
    page = desk("office").get(path).text
    assert "Nộp giấy" in page
    assert 'data-testid="value-measured"><b>5 %' in page
    assert 'data-testid="value-declared"><b>9 %' in page


def test_what_is_assumed_between_horizons_is_always_said(plans: Plans, desk: Desk) -> None:
    path = f"/admin/targets/sets/{plans.own_set}"
    assert "Giữa hai mốc không nội suy." in desk("office").get(path).text
    assert "Giữa hai mốc nội suy theo đường thẳng." in desk("office").get(f"{path}?between=linear").text
    assert "Giữa hai mốc không nội suy." in desk("office").get(f"{path}?between=bừa").text


# --- import ---------------------------------------------------------------------------------------------------------


def send(desk: Desk, data: bytes, name: str = "a.xlsx", source: str = "Niên giám") -> tuple[int, str]:
    answer = desk("office").post(
        "/admin/targets/import", data={"source": source, "file": (io.BytesIO(data), name)}
    )
    return answer.status_code, answer.text


def test_an_import_is_previewed_and_written_once(plans: Plans, desk: Desk) -> None:
    status, page = send(desk, book(GOOD, ["TK-X", *GOOD[1:]]))
    assert status == 200
    assert 'data-testid="changes-count">1<' in page
    assert "không có chỉ tiêu mang mã “TK-X”" in html.unescape(page)
    sent = {name: hidden(page, name) for name in ("digest", "source", "lines")}
    assert desk("office").post("/admin/targets/import/yes", data=sent).status_code == 303
    assert desk("office").post("/admin/targets/import/yes", data=sent).status_code == 409
    assert [row.reason for row in trail(plans.world, "targets.import")] == ["official 1"]
    exported = desk("office").get(f"/admin/targets/units/{plans.world.commune}/series/official.csv")
    assert exported.text.splitlines()[1].startswith(f"TK-H1,{LAST.code},05752,")
    status, page = send(desk, exported.data, "x.csv")
    assert 'data-testid="unchanged-count">1<' in page


@pytest.mark.parametrize(
    ("data", "name", "status"),
    [
        (b"", "a.xlsx", 400),
        (b"PK\x03\x04", "a.xlsx", 400),
        (b"{", "a.json", 400),
        (b"[1]", "a.json", 400),
        (b"\xff\xd8\xff", "a.csv", 400),
        (b"x" * (5 * 1024 * 1024), "a.csv", 413),
        (b"x" * (20 * 1024 * 1024), "a.csv", 413),
    ],
)
def test_files_that_cannot_be_read_are_refused_with_a_sentence(
    plans: Plans, desk: Desk, data: bytes, name: str, status: int
) -> None:
    found, page = send(desk, data, name)
    assert found == status
    assert "<h1" in page


def test_a_file_without_a_source_is_refused(plans: Plans, desk: Desk) -> None:
    assert send(desk, book(GOOD), source="")[0] == 422


def test_rows_that_were_tampered_with_are_refused(plans: Plans, desk: Desk) -> None:
    for lines in ("", "x", "\x00", "0" * 5000):
        sent = {"digest": "", "source": "x", "lines": lines}
        assert desk("office").post("/admin/targets/import/yes", data=sent).status_code in (400, 409)


def test_the_file_to_fill_in_says_nothing_until_it_is_filled_in(plans: Plans, desk: Desk) -> None:
    for word in ("xlsx", "csv"):
        file = desk("office").get(f"/admin/targets/import/file.{word}")
        status, page = send(desk, file.data, f"a.{word}")
        assert status == 200
        assert 'data-testid="blank-count">5<' in page
        assert "figures-apply" not in page


def test_a_set_costs_the_same_however_much_was_said(plans: Plans, desk: Desk) -> None:
    client, path = desk("office"), f"/admin/targets/sets/{plans.own_set}"
    world = plans.world

    def cost() -> int:
        return len(spent(world.database, lambda: client.get(path)))

    before = cost()
    for number in range(12):
        declared(plans, desk, value=str(number), seen="")
    assert cost() == before
