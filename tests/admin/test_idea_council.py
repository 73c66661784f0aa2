"""The council at the console: convened by a decision, alone before together, nothing of the authors where it judges blind."""

import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from backend import clock
from backend.people.models import Person
from campaigns.initiative import authors, conflicts
from campaigns.initiative.models import Assignment, Author, Council
from tests.admin.desk import Desk, trail
from tests.admin.idea_desk import is_problem, seated, state
from tests.structure.test_budgets import spent
from tests.support.initiatives import JUDGES, Year, hand_in, text
from tests.support.world import World

ONE, TWO, THREE, FOUR = JUDGES
TODAY = clock.today().strftime("%d/%m/%Y")


@pytest.fixture
def year(world: World) -> Year:
    return seated(world)


@pytest.fixture
def initiative(year: Year) -> str:
    return year.valid(hand_in(year.binh, text(unit=str(year.agency))))


def seats(year: Year, **more: str) -> dict[str, str]:
    parts = {f"part-{year.judges[name]}": "member" for name in JUDGES} | {f"part-{year.judges[ONE]}": "chair"}
    plain = {
        "title": "Kỳ họp tháng 11",
        "number": "12/QĐ",
        "day": TODAY,
        "judges": "3",
        "quorum": "3",
        "blind": "yes",
    }
    return plain | parts | more


def convened(year: Year, client: FlaskClient, **more: str) -> str:
    answer = client.post("/admin/ideas/councils", data=seats(year, **more))
    assert answer.status_code == 303, answer.text[:500]
    return str(answer.location.split("/")[-1].split("#")[0])


def points(first: str = "25", do: str = "hand_in") -> dict[str, str]:
    return {
        "points-novelty": first,
        "points-applicability": "25",
        "points-effect": "35",
        "remark": "Rõ ràng.",
        "do": do,
    }


def on_desk(year: Year, name: str, initiative: str) -> str:
    """The address of the judge's sheet."""
    query = select(Assignment.id).where(
        Assignment.person_id == year.judges[name], Assignment.initiative_id == uuid.UUID(initiative)
    )
    return f"/admin/ideas/desk/{year.with_session(lambda s: s.scalars(query).one())}"


def assigned(year: Year, desk: Desk, initiative: str, *names: str, **more: str) -> str:
    """A council with the initiative on these judges' desks; the council's page."""
    client = desk("secretary")
    there = f"/admin/ideas/councils/{convened(year, client, **more)}"
    chosen = {"judge": [str(year.judges[name]) for name in names or JUDGES[:3]]}
    assert client.post(f"{there}/{initiative}/judges", data=chosen).status_code == 303
    return there


def present(year: Year) -> dict[str, Any]:
    return {"present": [str(year.judges[name]) for name in JUDGES[:3]]}


# --- the sitting ------------------------------------------------------------------------------------------------------


def test_a_council_needs_a_document_a_chair_and_members(year: Year, desk: Desk) -> None:
    client = desk("secretary")
    is_problem(client.post("/admin/ideas/councils", data=seats(year, number="")), "số, ngày")
    chairless = seats(year, **{f"part-{year.judges[ONE]}": "member"})
    is_problem(client.post("/admin/ideas/councils", data=chairless), "một chủ tịch")
    strange = seats(year, **{f"unit-{year.judges[TWO]}": "Không có nơi này"})
    refused = client.post("/admin/ideas/councils", data=strange)
    is_problem(refused, "Không tìm thấy đơn vị")
    assert "Kỳ họp tháng 11" in refused.text
    assert client.get(f"/admin/ideas/councils/{convened(year, client)}").status_code == 200


def test_marks_are_edited_until_the_first_score(year: Year, desk: Desk, initiative: str) -> None:
    there = assigned(year, desk, initiative)
    marks = {"vi-0": "Tính mới", "code-0": "novelty", "max-0": "50", "pass-0": "20", "weight-0": "1", "recommend_from": "30", "judges": "3", "quorum": "3"}  # fmt: skip
    client = desk("secretary")
    is_problem(client.post(f"{there}/marks", data=marks | {"pass-0": "60"}), "Thang điểm chưa dùng được")
    is_problem(client.post(f"{there}/marks", data=marks | {"max-0": "ba"}), "bằng số", 400)
    assert client.post(f"{there}/marks", data=marks).status_code == 303
    assert (
        desk(ONE)
        .post(on_desk(year, ONE, initiative), data={"points-novelty": "40", "do": "save"})
        .status_code
        == 303
    )
    is_problem(client.post(f"{there}/marks", data=marks), "Đã có phiếu chấm")


def test_suggested_judges_have_no_conflict(year: Year, desk: Desk, initiative: str) -> None:
    client = desk("secretary")
    there = f"/admin/ideas/councils/{convened(year, client, **{f'unit-{year.judges[TWO]}': '05752-A1'})}"
    assert client.post(f"{there}/assign", data={"initiative": initiative}).status_code == 303
    page = client.get(f"{there}/{initiative}").text
    assert page.count('data-testid="assigned"') == 3
    assert 'data-testid="conflict"' not in page
    more = client.post(f"{there}/{initiative}/judges", data={"judge": str(year.judges[TWO])})
    assert more.status_code == 303
    assert "cùng đơn vị với tác giả" in client.get(f"{there}/{initiative}").text


def test_the_secretary_sees_how_many_handed_in_and_no_marks(year: Year, desk: Desk, initiative: str) -> None:
    there = assigned(year, desk, initiative)
    assert desk(ONE).post(on_desk(year, ONE, initiative), data=points("23,75")).status_code == 303
    page = desk("secretary").get(there).text
    assert "1/3 phiếu đã nộp" in page
    inside = desk("secretary").get(f"{there}/{initiative}").text
    assert 'data-testid="closed-sheets"' in inside
    assert "23,75" not in page + inside


def test_a_meeting_from_scoring_to_minutes(year: Year, desk: Desk, initiative: str) -> None:
    there, client = assigned(year, desk, initiative), desk("secretary")
    for name in JUDGES[:3]:
        assert desk(name).post(on_desk(year, name, initiative), data=points()).status_code == 303
    is_problem(client.post(f"{there}/{initiative}/result", data={}), "mở cuộc họp")
    is_problem(client.post(f"{there}/open", data={"present": str(year.judges[ONE])}), "Chưa đủ thành viên")
    assert client.post(f"{there}/open", data=present(year)).status_code == 303
    assert client.post(f"{there}/{initiative}/result", data={}).status_code == 303
    assert state(year, initiative) == "recommended"
    page = client.get(f"{there}/{initiative}").text
    assert 'data-testid="reckoning"' in page
    assert 'data-testid="sheets"' in page
    minutes = {"number": "", "day": TODAY, "minutes": "Hội đồng thống nhất cao."}
    refused = client.post(f"{there}/close", data=minutes)
    is_problem(refused, "số, ngày")
    assert "Hội đồng thống nhất cao." in refused.text
    assert client.post(f"{there}/close", data=minutes | {"number": "7/BB"}).status_code == 303
    assert 'data-testid="agrees"' in client.get(there).text


# --- the judge's desk -------------------------------------------------------------------------------------------------


def test_a_judge_sees_only_what_is_assigned_and_no_names(year: Year, desk: Desk, initiative: str) -> None:
    assigned(year, desk, initiative)
    assert desk(ONE).get("/admin/ideas").location.endswith("/admin/ideas/desk")
    page = desk(ONE).get(on_desk(year, ONE, initiative)).text
    assert text()["solution"] in page
    assert 'data-testid="blind"' in page
    assert "Bình" not in page
    assert "Trung tâm hành chính công</p>" not in page.split('data-testid="blind"')[0]
    assert desk(FOUR).get("/admin/ideas/desk").text.count('data-testid="to-judge"') == 0
    assert desk(FOUR).get(on_desk(year, ONE, initiative)).status_code == 404
    assert desk(FOUR).post(on_desk(year, ONE, initiative), data=points()).status_code == 404
    assert desk(ONE).get(f"/admin/ideas/{initiative}").status_code == 403
    assert len(trail(year.world, "initiative.judge_reads")) == 1


def test_nothing_tells_a_blind_judge_the_unit_until_the_meeting(year: Year, desk: Desk) -> None:
    told = text(
        unit=str(year.agency),
        title="Trung tâm hành chính công bớt một lần đi",
        solution="Chị Phạm Thị Bình ở TRUNG TÂM hành chính công làm mười tờ hỏi; trung tam hanh chinh cong phát.",
        effects=[{"what": "Lượt về ở Trung tâm hành chính công", "amount": 13, "unit": "lượt"}],
    )
    rename = update(Person).where(Person.id == uuid.UUID(year.binh.me["id"])).values(name="Phạm Thị Bình")
    year.with_session(lambda s: s.execute(rename))
    initiative = year.valid(hand_in(year.binh, told))
    there = assigned(year, desk, initiative)

    def read() -> str:
        client = desk(ONE)
        return client.get("/admin/ideas/desk").text + client.get(on_desk(year, ONE, initiative)).text

    before = read()
    assert "[…] bớt một lần đi" in before
    for word in ("Trung tâm hành chính công", "TRUNG TÂM", "trung tam hanh chinh", "Nơi áp dụng", "Bình"):
        assert word not in before, word
    assert desk("secretary").post(f"{there}/open", data=present(year)).status_code == 303
    met = read()
    assert "Trung tâm hành chính công bớt một lần đi" in met
    assert "Nơi áp dụng" in met
    assert "Bình" not in met


def test_names_are_shown_where_it_does_not_judge_blind(year: Year, desk: Desk, initiative: str) -> None:
    assigned(year, desk, initiative, blind="")
    assert "Bình" in desk(ONE).get(on_desk(year, ONE, initiative)).text


def test_a_sheet_is_saved_handed_in_and_then_stays(year: Year, desk: Desk, initiative: str) -> None:
    assigned(year, desk, initiative)
    here, client = on_desk(year, ONE, initiative), desk(ONE)
    is_problem(client.post(here, data=points("hai mươi")), "bằng số", 400)
    refused = client.post(here, data=points("99"))
    is_problem(refused, "từ 0 đến")
    assert 'value="99"' in refused.text
    assert client.post(here, data=points("20,5", "save")).status_code == 303
    assert 'value="20,5"' in client.get(here).text
    assert client.post(here, data=points()).status_code == 303
    is_problem(client.post(here, data=points("1")), "đã nộp")


def test_others_sheets_stay_closed_until_all_are_in(year: Year, desk: Desk, initiative: str) -> None:
    assigned(year, desk, initiative)
    for name in (ONE, TWO):
        assert desk(name).post(on_desk(year, name, initiative), data=points()).status_code == 303
    assert 'data-testid="all-sheets"' not in desk(ONE).get(on_desk(year, ONE, initiative)).text
    assert desk(THREE).post(on_desk(year, THREE, initiative), data=points()).status_code == 303
    assert 'data-testid="all-sheets"' in desk(ONE).get(on_desk(year, ONE, initiative)).text


def test_a_judge_steps_aside_and_sees_nothing_more_of_it(year: Year, desk: Desk, initiative: str) -> None:
    there = assigned(year, desk, initiative)
    here = on_desk(year, ONE, initiative)
    assert desk(ONE).post(f"{here}/conflict", data={"words": "Bạn thân"}).status_code == 303
    page = desk(ONE).get(here).text
    assert 'data-testid="in-conflict"' in page
    assert text()["solution"] not in page
    assert "tự xin không chấm" in desk("secretary").get(f"{there}/{initiative}").text


def declare(year: Year, desk: Desk, there: str, initiative: str, judge: str, **form: str):  # type: ignore[no-untyped-def]
    told = {"judge": str(year.judges.get(judge, uuid.uuid4())), "words": "Người dân báo"} | form
    return desk("secretary").post(f"{there}/{initiative}/conflict", data=told)


def test_the_secretary_declares_a_judges_family_and_it_holds_for_all_of_that_author(
    year: Year, desk: Desk, initiative: str
) -> None:
    there, author = assigned(year, desk, initiative), author_of(year, initiative)
    is_problem(declare(year, desk, there, initiative, ONE, tie=author, words=""), "ghi rõ lý do")
    assert declare(year, desk, there, initiative, ONE, tie=str(uuid.uuid4())).status_code == 404
    assert declare(year, desk, there, initiative, "lạ", tie=author).status_code == 404
    assert declare(year, desk, there, initiative, ONE, tie=author).status_code == 303
    (entry,) = trail(year.world, "initiative.declare_conflict")
    assert (entry.actor, entry.noun_id, entry.reason) == (year.secretary.person, initiative, "family")
    page = desk("secretary").get(f"{there}/{initiative}").text
    assert "là người nhà của tác giả" in page
    assert "Người dân báo" in page
    here = on_desk(year, ONE, initiative)
    assert desk(ONE).post(here, data=points()).status_code in (403, 409)
    sheet = desk(ONE).get(here).text
    assert 'data-testid="in-conflict"' in sheet
    assert text()["solution"] not in sheet
    other = year.valid(hand_in(year.binh, text(title="Việc khác hẳn", unit=str(year.agency))))
    sitting = uuid.UUID(there.rsplit("/", 1)[1])
    assert year.assign(sitting, other, ONE)[ONE][1] == "family"


def test_another_tie_takes_the_sheet_out_and_looking_again_does_not_bring_it_back(
    year: Year, desk: Desk, initiative: str
) -> None:
    there = assigned(year, desk, initiative)
    assert desk(ONE).post(on_desk(year, ONE, initiative), data=points()).status_code == 303
    assert declare(year, desk, there, initiative, ONE, tie="other").status_code == 303
    assert declare(year, desk, there, initiative, FOUR, tie="other").status_code == 303
    sitting = uuid.UUID(there.rsplit("/", 1)[1])
    year.with_session(lambda s: conflicts.look_at_all(s, sitting))
    page = desk("secretary").get(f"{there}/{initiative}").text
    assert page.count("có liên quan, thường trực đã ghi") == 2
    assert "0/2 phiếu đã nộp" in desk("secretary").get(there).text


def test_family_of_an_author_on_paper_is_kept_for_this_initiative(year: Year, desk: Desk) -> None:
    key = str(uuid.uuid4())
    body = text(unit=str(year.agency), share=60, others=[{"id": key, "name": "Cụ Tư", "share": 40}])
    made = hand_in(year.binh, body)
    year.at_console(made, lambda s, _a, r: authors.agree_on_paper(s, r, uuid.UUID(key)))
    there = assigned(year, desk, year.valid(made))
    assert declare(year, desk, there, made, TWO, tie=key).status_code == 303
    assert "có liên quan, thường trực đã ghi" in desk("secretary").get(f"{there}/{made}").text


def author_of(year: Year, initiative: str) -> str:
    query = select(Author.id).where(Author.initiative_id == uuid.UUID(initiative))
    return str(year.with_session(lambda s: s.scalars(query).one()))


def test_a_conflict_found_while_scoring_is_kept_and_a_namesake_cleared(
    year: Year, desk: Desk, initiative: str
) -> None:
    there = assigned(year, desk, initiative)
    rename = update(Person).where(Person.id == year.judges[TWO]).values(name="BINH")
    year.with_session(lambda s: s.execute(rename))
    here = on_desk(year, TWO, initiative)
    assert desk(TWO).post(here, data=points()).status_code == 403
    key = here.rsplit("/", 1)[1]
    assert year.with_session(lambda s: s.get_one(Assignment, uuid.UUID(key)).conflict) == "namesake"
    form = {"assignment": key, "do": "namesake", "words": "Hai người khác nhau"}
    assert desk("secretary").post(f"{there}/{initiative}/judge", data=form).status_code == 303
    assert desk(TWO).post(here, data=points()).status_code == 303


def test_nobody_else_opens_a_council(year: Year, desk: Desk, initiative: str) -> None:
    there = assigned(year, desk, initiative)
    for who in ("an", "agency_head", ONE):
        assert desk(who).get(there).status_code == 403
    assert desk("ideas").get(there).status_code == 200  # another secretary of the same commune


def test_a_council_page_costs_the_same_however_many_it_judges(
    year: Year, desk: Desk, initiative: str
) -> None:
    there, client = assigned(year, desk, initiative), desk("secretary")

    def cost() -> int:
        return len(spent(year.world.database, lambda: client.get(there)))

    few = cost()
    sitting = uuid.UUID(there.rsplit("/", 1)[1])
    for n in range(3):
        year.assign(sitting, year.valid(hand_in(year.chau, text(title=f"Việc khác {n}"))))
    assert cost() == few
    assert year.with_session(lambda s: s.get_one(Council, sitting).judges) == 3
