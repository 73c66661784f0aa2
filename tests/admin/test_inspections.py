"""Inspections at the console: planned, decided, read under, answered by the head, published; nothing after the end."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from backend import calendars, clock
from backend.cards import actions as cards
from backend.cards import canonical, revisions
from backend.inspection.models import InspectionFile, InspectionFinding
from backend.people.models import RoleGrant
from backend.safeguards.audit import OPERATOR
from campaigns.pledge.models import PledgeReading
from tests.admin.desk import Desk, take_part, trail
from tests.admin.test_plans import PAPER, TASK, task_page
from tests.admin.test_pledges import confirmed
from tests.cards.book import unguarded
from tests.support.pledges import register, year_of_pledges
from tests.support.reports import office
from tests.support.world import World

ENTRANTS = "du-thi"


def form(world: World, **more: Any) -> dict[str, Any]:
    today = shown_day(0)
    told = {
        "title": "Kiểm tra chuyển đổi số", "reason": "Theo chương trình", "planned_for": today, "first": shown_day(-90),
        "last": today, "unit": [str(world.hamlet)], "material": ["scorecards", "facts", "trail", "plans", "reports", "targets"],
        "person": [str(world.staff["inspector"])],
    }  # fmt: skip
    return told | more


def shown_day(days: int) -> str:
    return (clock.today() + timedelta(days=days)).strftime("%d/%m/%Y")


def decision(**more: str) -> dict[str, str]:
    told = {"number": "01-HS/UBKT", "basis": "QĐ số 5", "opens_on": shown_day(0), "ends_on": shown_day(5)}
    return told | more


@pytest.fixture
def file(world: World, desk: Desk) -> str:
    client = desk("inspector")
    answer = client.post("/admin/inspections", data=form(world))
    assert answer.status_code == 303, answer.text
    assert client.post(f"{answer.location}/decide", data=decision()).status_code == 403, "who planned it"
    assert desk("party").post(f"{answer.location}/decide", data=decision()).status_code == 303
    return str(answer.location)


def test_what_is_refused_is_said_and_nothing_typed_is_lost(world: World, desk: Desk) -> None:
    client = desk("inspector")
    for more, status, said in (
        ({"last": shown_day(-100)}, 400, "Ngày cuối đứng trước ngày đầu"),
        ({"unit": [str(world.far_hamlet)]}, 403, "ngoài phạm vi"),
        ({"unit": ["rubbish"]}, 400, "Xin ghi tên"),
        ({"person": [str(world.staff["an"])]}, 400, "vai trò kiểm tra"),
        ({"first": "hôm qua"}, 400, "ngày/tháng/năm"),
    ):
        answer = client.post("/admin/inspections", data=form(world, **more))
        assert (answer.status_code, said in answer.text) == (status, True), said
        assert 'value="Kiểm tra chuyển đổi số"' in answer.text
    made = client.post("/admin/inspections", data=form(world)).location
    assert 'data-testid="decide"' not in client.get(made).text
    answer = desk("party").post(f"{made}/decide", data=decision(ends_on=shown_day(-1)))
    assert (answer.status_code, 'value="QĐ số 5"' in answer.text) == (400, True)


def test_each_kind_of_material_opens_while_the_file_runs_and_the_head_sees_who_looked(
    world: World, desk: Desk, file: str
) -> None:
    client, here = desk("inspector"), f"{file}/units/{world.hamlet}"
    for word in ("scorecards", "facts", "trail", "plans", "reports", "targets"):
        assert client.get(f"{here}/{word}").status_code == 200
    assert client.get(f"{here}/pledges").status_code == 403
    assert client.get(f"{here}/khong-co").status_code == 404
    assert client.get(f"{file}/units/{world.other_hamlet}/scorecards").status_code == 403
    assert desk("party").get(file).status_code == 200
    assert desk("party").get(f"{here}/facts").status_code == 403
    told = desk("head").get("/admin/inspections").text
    assert (told.count('data-testid="reading"'), "01-HS/UBKT" in told, "inspector" in told) == (6, True, True)
    with clock.stopped_at(clock.now() + timedelta(days=6)):
        late = desk("inspector")
        assert late.get(f"{here}/scorecards").status_code == 403
        assert "hết hạn, chờ kết luận" in late.get(file).text


def test_the_rows_behind_a_figure_open_to_an_inspector_only_under_a_file(
    world: World, desk: Desk, file: str
) -> None:
    take_part(world, 8)

    def rows(who: str, unit: uuid.UUID) -> int:
        asked = {"activity": str(world.activity), "indicator": "contest_participation", "period": "all"}
        return desk(who).get(f"/admin/units/{unit}/facts", query_string=asked).status_code

    assert (rows("inspector", world.hamlet), rows("inspector", world.other_hamlet)) == (200, 403)
    assert (rows("office", world.other_hamlet), rows("head", world.hamlet)) == (200, 200)
    assert [entry.reason for entry in trail(world, "inspection.read_facts")] == ["01-HS/UBKT"]
    with clock.stopped_at(clock.now() + timedelta(days=6)):
        assert rows("inspector", world.hamlet) == 403


def test_a_finding_is_answered_by_the_head_settled_and_the_conclusion_made_public(
    world: World, desk: Desk, file: str
) -> None:
    client, head = desk("inspector"), desk("head")
    told = {
        "kind": "shortcoming", "subject": f"{world.hamlet}|indicator|contest_participation|",
        "words": "Có bài nộp hộ", "remedy": "Rà lại", "remedy_due": shown_day(9),
    }  # fmt: skip
    for wrong in ({"remedy": ""}, {"subject": "x"}, {"kind": "x"}, {"remedy_due": "mai"}):
        answer = client.post(f"{file}/findings", data=told | wrong)
        assert (answer.status_code, "Có bài nộp hộ" in answer.text) == (400, True)
    assert client.post(f"{file}/findings", data=told).status_code == 303
    with world.database.transaction(writes=False) as session:
        one = session.scalars(select(InspectionFinding.id)).one()
    assert "Có bài nộp hộ" in head.get("/admin/inspections").text
    assert "Có bài nộp hộ" in head.get(f"/admin/units/{world.hamlet}/scorecard").text, "beside the figure"
    assert "Có bài nộp hộ" not in desk("office").get(f"/admin/units/{world.other_hamlet}/scorecard").text
    assert (
        desk("cell").post(f"/admin/inspections/findings/{one}/answer", data={"words": "Đã rà"}).status_code
        == 404
    )
    assert head.post(f"/admin/inspections/findings/{one}/answer", data={"words": "Đã rà"}).status_code == 303
    assert client.post(f"{file}/findings/{one}/enough").status_code == 303
    done = {"conclusion": "Cơ bản thực hiện tốt", "conclusion_number": "3-KL", "conclusion_on": shown_day(0)}
    assert client.post(f"{file}/conclusion", data=done | {"conclusion": ""}).status_code == 400
    assert client.post(f"{file}/conclusion", data=done).status_code == 303
    assert client.post(f"{file}/findings", data=told).status_code == 409
    assert "Cơ bản" not in world.client().get("/ket-luan-kiem-tra").text
    assert client.post(f"{file}/publish").status_code == 303
    assert "Cơ bản thực hiện tốt" in world.client().get("/ket-luan-kiem-tra").text


def test_a_published_card_is_counted_again_under_the_file(world: World, desk: Desk) -> None:
    take_part(world, 8)
    month = calendars.last_full("thang", "month", clock.today())
    with clock.stopped_at(clock.now() - timedelta(minutes=9)), world.database.transaction() as session:
        cards.open_card(session, world.commune, "xa-thang", month, OPERATOR)
    with world.database.transaction() as session:
        card = cards.open_card(session, world.commune, "xa-thang", month, OPERATOR)
        revisions.publish(session, card, OPERATOR, "Công bố thử")
        made = card.id
    client = desk("inspector")
    file = client.post("/admin/inspections", data=form(world, unit=[str(world.commune)])).location
    desk("party").post(f"{file}/decide", data=decision())
    here = f"{file}/units/{world.commune}"
    assert str(made) in client.get(f"{here}/scorecards").text
    done = client.post(f"{here}/cards/{made}/recompute", follow_redirects=True)
    assert "mọi số khớp" in done.text
    assert client.post(f"{here}/cards/{uuid.uuid4()}/recompute").status_code == 404
    assert len(trail(world, "inspection.recompute")) == 1
    for wrong, said in (
        (
            _of_entrants(payload_of(world), {"numerator": 999}),
            "Người dân dự thi tìm hiểu, tử số: đã công bố 999",
        ),
        (b"{", "nội dung đang lưu không đọc được"),
    ):
        with world.database.transaction() as session, unguarded(session, "card_revision"):
            session.execute(text("UPDATE card_revision SET payload = :wrong"), {"wrong": wrong})
        told = client.post(f"{here}/cards/{made}/recompute", follow_redirects=True).text
        assert ("KHÔNG KHỚP" in told, said in told, "published" in told) == (True, True, False)
        if wrong != b"{":
            assert said in desk("office").get(f"/admin/cards/{made}/recount").text, "in the same words"


def payload_of(world: World) -> Any:
    with world.database.transaction(writes=False) as session:
        return canonical.read(session.execute(text("SELECT payload FROM card_revision")).scalar_one())


def _of_entrants(payload: Any, wrong: dict[str, Any]) -> bytes:
    for group in payload["groups"]:
        for one in group["criteria"]:
            if one["code"] == ENTRANTS:
                one |= wrong
    return canonical.to_bytes(payload)


def test_pledges_open_after_the_committee_decided_and_the_member_is_told(world: World, desk: Desk) -> None:
    cells = year_of_pledges(world)
    register(cells.binh)
    confirmed(cells, desk("secretary"), cells.binh)
    client = desk("inspector")
    told = form(world, unit=[str(cells.cell)], material=["pledges"])
    file = client.post("/admin/inspections", data=told).location
    assert client.post(f"{file}/decide", data=decision()).status_code == 403
    here = f"{file}/units/{cells.cell}/pledges"
    assert client.get(here).status_code == 403
    assert desk("committee").post(f"{file}/decide", data=decision()).status_code == 303
    mine = cells.mine(cells.binh)["pledge"]["id"]
    assert client.get(here).text.count('data-testid="pledge"') == 1
    assert client.get(f"{here}/{mine}").status_code == 200
    last = cells.mine(cells.binh)["pledge"]["readings"][0]
    assert (last["role"], last["name"], last["part"]) == ("inspector", "inspector", "body")
    assert "một bản đăng ký" in desk("secretary").get("/admin/inspections").text
    assert [entry.reason for entry in trail(world, "pledge.read")][-1] == "body · 01-HS/UBKT"
    with world.database.transaction(writes=False) as session:
        assert session.scalars(select(PledgeReading).where(PledgeReading.role == "inspector")).one()
        assert session.scalars(select(InspectionFile.state)).one() == "decided"


def planned_for(world: World, desk: Desk, **more: Any) -> str:
    """A file that another one decided."""
    made = str(desk("inspector").post("/admin/inspections", data=form(world, **more)).location)
    number = f"{len(trail(world, 'inspection.plan')):02}-HS"
    assert desk("party").post(f"{made}/decide", data=decision(number=number)).status_code == 303
    return made


def test_an_inspector_reads_nothing_without_a_file_that_covers_unit_kind_and_days(
    world: World, desk: Desk
) -> None:
    take_part(world, 8)
    month = calendars.last_full("thang", "month", clock.today())
    with world.database.transaction() as session:
        card = cards.open_card(session, world.commune, "xa-thang", month, OPERATOR).id
    live, own = f"/admin/units/{world.commune}/scorecard", f"/admin/cards/{card}"
    wanted = f"/admin/targets/sets/{uuid.uuid4()}?unit={world.commune}"

    def answers() -> list[int]:
        client = desk("inspector")
        return [client.get(path).status_code for path in (live, own, wanted, "/admin/audit", "/admin/plans")]

    assert answers() == [403, 404, 404, 403, 403]
    here = {"unit": [str(world.commune)]}
    planned_for(world, desk, **here, material=["reports"])
    planned_for(world, desk, unit=[str(world.hamlet)])
    planned_for(world, desk, **here, first="01/01/2020", last="31/12/2020", material=["scorecards"])
    assert answers()[1] == 404, "another kind, another unit, other days"
    with clock.stopped_at(clock.now() + timedelta(minutes=1)):
        planned_for(world, desk, **here, material=["scorecards"])
        assert answers()[:2] == [200, 200]
        assert len(trail(world, "inspection.read_scorecards")) >= 2
    with clock.stopped_at(clock.now() + timedelta(days=6)):
        assert answers()[:2] == [403, 404], "after the last day nothing"


def test_the_rows_behind_a_figure_stay_within_the_days_of_the_file(world: World, desk: Desk) -> None:
    take_part(world, 8)
    asked = {"activity": str(world.activity), "indicator": "contest_participation", "period": "all"}
    path = f"/admin/units/{world.hamlet}/facts"
    planned_for(world, desk, first=shown_day(-2), last=shown_day(-1))
    assert desk("inspector").get(path, query_string=asked).status_code == 403
    planned_for(world, desk, first=shown_day(-400), last=shown_day(400))
    assert desk("inspector").get(path, query_string=asked).status_code == 200


def test_a_member_of_two_bodies_says_for_which(world: World, desk: Desk) -> None:
    with world.database.transaction() as session:
        member = world.staff["inspector"]
        session.add(
            RoleGrant(person_id=member, role="inspector", unit_id=world.far_commune, valid_from=clock.today())
        )
    client = desk("inspector")
    assert client.post("/admin/inspections", data=form(world)).status_code == 400
    told = form(world, body=str(world.far_commune), unit=[str(world.far_hamlet)])
    assert client.post("/admin/inspections", data=told).status_code == 303
    assert client.post("/admin/inspections", data=told | {"unit": [str(world.hamlet)]}).status_code == 403


def test_an_inspector_opens_the_sheet_of_hamlets_under_a_file_only(world: World, desk: Desk) -> None:
    take_part(world, 8)
    path = f"/admin/units/{world.commune}/hamlets-side-by-side"
    assert desk("inspector").get(path).status_code == 403
    planned_for(world, desk, unit=[str(world.commune)], material=["reports"])
    assert desk("inspector").get(path).status_code == 403
    with clock.stopped_at(clock.now() + timedelta(minutes=1)):
        planned_for(world, desk, unit=[str(world.commune)])
        assert desk("inspector").get(path).status_code == 200
    assert len(trail(world, "inspection.read_scorecards")) == 1
    assert desk("office").get(path).status_code == 200
    assert len(trail(world, "inspection.read_scorecards")) == 1, "who reads by role is no inspector"


def test_a_signed_report_opens_under_a_file_and_a_draft_shows_its_name_only(world: World, desk: Desk) -> None:
    here = office(world)
    submission = here.open(here.duty())
    report = here.report(submission)
    file = planned_for(world, desk, unit=[str(world.commune)], first=shown_day(-800), last=shown_day(400))
    client, listed = desk("inspector"), f"{file}/units/{world.commune}/reports"
    assert (
        client.get(listed).text.count('data-testid="report"'),
        'data-testid="open-report"' in client.get(listed).text,
    ) == (1, False)
    assert client.get(f"{listed}/{report}").status_code == 404
    here.walk(submission, until="sign")
    assert f"{listed}/{report}" in client.get(listed).text
    found = client.get(f"{listed}/{report}")
    assert (found.status_code, "Kết quả" in found.text) == (200, True)
    assert trail(world, "inspection.read_reports")[-1].reason
    assert client.get(f"{file}/units/{world.hamlet}/reports/{report}").status_code == 404
    told = {"kind": "good", "subject": f"{world.commune}|report|{report}|", "words": "Số liệu khớp với phiếu"}
    assert client.post(f"{file}/findings", data=told).status_code == 303
    assert "Số liệu khớp với phiếu" in client.get(f"{listed}/{report}").text
    assert "Số liệu khớp với phiếu" in desk("drafter").get(f"/admin/reports/{report}").text


def test_the_front_criticises_beside_a_running_file_and_reads_nothing_of_it(
    world: World, desk: Desk, file: str
) -> None:
    client = desk("front")
    assert file in client.get("/admin/inspections").text
    desk("inspector").post(f"{file}/findings", data=finding(world, kind="advice", words="Ý kiến của đoàn"))
    seen = client.get(file).text
    assert ("Ý kiến của đoàn" in seen, 'data-testid="reading"' in seen, 'data-testid="find"' in seen) == (
        False,
        False,
        True,
    )
    assert client.get(f"{file}/units/{world.hamlet}/scorecards").status_code == 403
    told = finding(world, kind="social_criticism", words="Người cao tuổi khó tự dự thi")
    for kind in ("shortcoming", "violation", "good", "advice"):
        assert client.post(f"{file}/findings", data=told | {"kind": kind}).status_code == 400, kind
    assert client.post(f"{file}/findings", data=told).status_code == 303
    assert "Người cao tuổi khó tự dự thi" in client.get(file).text
    assert "Người cao tuổi khó tự dự thi" in desk("head").get(f"/admin/units/{world.hamlet}/scorecard").text
    assert client.post(f"{file}/conclusion", data={}).status_code == 403
    planned = desk("inspector").post("/admin/inspections", data=form(world)).location
    assert client.get(planned).status_code == 404, "not decided yet"
    with clock.stopped_at(clock.now() + timedelta(days=6)):
        late = desk("front")
        assert late.post(f"{file}/findings", data=told).status_code == 409


def finding(world: World, **more: str) -> dict[str, str]:
    told = {"kind": "advice", "subject": f"{world.hamlet}|indicator|contest_participation|", "words": "x"}
    return told | more


def test_a_pledge_of_another_year_stays_closed(world: World, desk: Desk) -> None:
    cells = year_of_pledges(world)
    register(cells.binh)
    confirmed(cells, desk("secretary"), cells.binh)
    client = desk("inspector")
    told = form(world, unit=[str(cells.cell)], material=["pledges"], first="01/01/2020", last="31/12/2020")
    file = client.post("/admin/inspections", data=told).location
    assert desk("committee").post(f"{file}/decide", data=decision()).status_code == 303
    here, mine = f"{file}/units/{cells.cell}/pledges", cells.mine(cells.binh)["pledge"]["id"]
    assert (
        client.get(here).text.count('data-testid="pledge"'),
        client.get(f"{here}/{mine}").status_code,
    ) == (0, 404)
    read = [one["role"] for one in cells.mine(cells.binh)["pledge"]["readings"]]
    assert "inspector" not in read, "nothing was opened, nobody is told"


def test_a_finding_on_a_task_stands_on_the_task(world: World, desk: Desk, file: str) -> None:
    office_desk = desk("office")
    document = office_desk.post("/admin/plans", data=PAPER).location
    assert office_desk.post(f"{document}/tasks", data=TASK | {"due": shown_day(-9)}).status_code == 303
    one = task_page(office_desk, document)
    told = finding(
        world, kind="good", subject=f"{world.hamlet}|task|{one.rsplit('/', 1)[1]}|", words="Làm sớm"
    )
    assert desk("inspector").post(f"{file}/findings", data=told).status_code == 303
    assert "Làm sớm" in office_desk.get(one).text
