"""Keeps the doors around reports: a duty ends in the open, an ended unit's papers open, earlier rounds stay at hand, and the
first page counts what waits."""

import html
import io
import re
from datetime import timedelta

import docx
import pytest
from sqlalchemy import select

from backend import clock
from backend.reports import obligations, queries
from backend.reports.due import Rule
from backend.reports.errors import DutyTaken
from backend.reports.models import Duty
from backend.units import change
from tests.admin.desk import Desk, trail
from tests.support.reports import BELOW, Office, office
from tests.support.world import World

WHY = "Theo công văn số 12, nay gửi qua hệ thống"


@pytest.fixture
def here(world: World) -> Office:
    return office(world)


def day(days: int = 0) -> str:
    return f"{clock.today() + timedelta(days=days):%d/%m/%Y}"


# --- the end of a duty -----------------------------------------------------------------------------------------------


def test_who_receives_ends_a_duty_from_a_day_on_with_a_reason_on_the_trail(here: Office, desk: Desk) -> None:
    late = here.duty(
        here.agency, here.world.commune, rule=Rule(1, 0), obligation="xa-cac-don-vi", line="state"
    )
    assert 'data-testid="end-duty"' in desk("office").get("/admin/reports").text
    done = desk("office").post(f"/admin/reports/duties/{late}/end", data={"until": day(), "words": WHY})
    assert done.status_code == 303
    [told] = trail(here.world, "report.duty_end")
    assert told.reason == f"{day()} · {WHY}"
    page = desk("office").get("/admin/reports").text
    assert f"thôi từ ngày {day()}" in html.unescape(page)
    assert 'data-testid="end-duty"' not in page
    with here.world.database.transaction(writes=False) as session:
        rows = queries.owed(session, {here.agency}, set())
        assert [one.period for one in rows if one.is_late] == [here.half], "what was late stays late"
        assert all(one.period.last < clock.today() for one in rows)
    again = desk("office").post(f"/admin/reports/duties/{late}/end", data={"until": day(3), "words": WHY})
    assert (again.status_code, "đã thôi" in again.text) == (409, True)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"until": "32/1/2027", "words": WHY}, "từ hôm nay trở đi"),
        ({"until": day(-1), "words": WHY}, "từ hôm nay trở đi"),
        ({"until": "", "words": WHY}, "từ hôm nay trở đi"),
        ({"until": day(), "words": "thôi nhé 1"}, "mười chữ cái"),
    ],
)
def test_a_bad_day_or_no_reason_is_refused_and_what_was_typed_stays(
    here: Office, desk: Desk, form: dict[str, str], told: str
) -> None:
    duty = here.below()
    refused = desk("office").post(f"/admin/reports/duties/{duty}/end", data=form)
    assert refused.status_code == 409
    page = html.unescape(refused.text)
    assert told in page
    assert form["words"] in page
    assert f'value="{form["until"]}"' in page
    with here.world.database.transaction(writes=False) as session:
        assert session.get_one(Duty, duty).valid_to is None


def test_nobody_but_the_receiving_office_ends_a_duty(here: Office, desk: Desk) -> None:
    own, below = here.duty(), here.below()
    form = {"until": day(), "words": WHY}
    assert desk("office").post(f"/admin/reports/duties/{own}/end", data=form).status_code == 403
    assert desk("above").post(f"/admin/reports/duties/{below}/end", data=form).status_code == 403
    assert desk("drafter").post(f"/admin/reports/duties/{own}/end", data=form).status_code == 403
    assert desk("office").post(f"/admin/reports/duties/{here.agency}/end", data=form).status_code == 404
    assert trail(here.world, "report.duty_end") == []


def test_a_duty_that_ended_is_given_anew_to_another_receiver_and_never_twice_at_once(here: Office) -> None:
    world, first = here.world, here.duty(rule=Rule(1, 0))
    with pytest.raises(DutyTaken):
        here.duty(receiver=world.far_commune)
    with world.database.transaction() as session:
        obligations.end_duty(session, first, clock.today(), WHY, here.by("above"))
    second = here.duty(receiver=world.far_commune, since=clock.today())
    with world.database.transaction(writes=False) as session:
        rows = session.scalars(select(Duty).where(Duty.unit_id == world.commune)).all()
        assert {row.id for row in rows} == {first, second}
        owed = queries.owed(session, {world.commune}, set())
        codes = [one.period.code for one in owed]
        assert len(codes) == len(set(codes)), "no period is owed twice"
    with pytest.raises(DutyTaken):
        here.duty(receiver=world.far_commune, since=clock.today())


def test_every_duty_that_holds_can_be_ended_however_far_its_day_is(here: Office, desk: Desk) -> None:
    year = here.duty(
        here.agency, here.world.commune, "state", "year", obligation="xa-cac-don-vi", since=clock.today()
    )
    page = desk("office").get("/admin/reports").text
    assert f"/admin/reports/duties/{year}/end" in page
    assert f"/admin/reports/duties/{year}/end" not in desk("agency_drafter").get("/admin/reports").text


# --- a unit that ended -----------------------------------------------------------------------------------------------


def test_the_papers_of_an_ended_unit_open_for_who_received_them(here: Office, desk: Desk) -> None:
    submission = here.open(here.below())
    here.walk(submission, "send", BELOW)
    with here.world.database.transaction() as session:
        change.close(session, here.agency, clock.today())
    for path in (
        f"/admin/reports/{here.report(submission)}",
        f"/admin/approvals/{submission}",
        "/admin/reports",
    ):
        answer = desk("office").get(path)
        assert answer.status_code == 200, path
        assert "Phòng Kinh tế" in answer.text, path
    year = here.half.last.year
    assert "Phòng Kinh tế" in desk("office").get(f"/admin/reports/punctuality?year={year}&interval=half").text


# --- earlier rounds --------------------------------------------------------------------------------------------------


def test_what_was_signed_in_an_earlier_round_is_at_hand_byte_for_byte(here: Office, desk: Desk) -> None:
    submission = here.open(here.duty())
    here.write(submission, "results", "Bản thứ nhất")
    here.walk(submission, "send")
    way = f"/admin/approvals/{submission}"
    assert 'data-testid="earlier"' not in desk("drafter").get(way).text
    then = desk("drafter").get(f"{way}/file/docx").data
    here.take(submission, "give_back", "above", words="bổ sung khó khăn")
    here.write(submission, "results", "Bản thứ hai", seen=1)
    here.walk(submission, "sign")
    page = desk("drafter").get(way).text
    assert 'data-testid="earlier-1"' in page
    assert 'data-testid="earlier-2"' not in page
    assert f"{way}/rounds/1/file/pdf" in page
    old = desk("drafter").get(f"{way}/rounds/1/file/docx")
    assert old.data == then
    assert "-luot-1.docx" in old.headers["Content-Disposition"]
    said = "\n".join(place.text for place in docx.Document(io.BytesIO(old.data)).paragraphs)
    assert "Bản thứ nhất" in said
    assert [entry.reason for entry in trail(here.world, "report.export")] == ["docx", "docx · lượt 1"]
    assert desk("drafter").get(f"{way}/rounds/1/file/xlsx").status_code == 200, "made of it now"
    for wrong in ("rounds/2/file/docx", "rounds/9/file/docx", "rounds/0/file/docx", "rounds/1/file/exe"):
        assert desk("drafter").get(f"{way}/{wrong}").status_code == 404, wrong
    assert desk("agency_drafter").get(f"{way}/rounds/1/file/docx").status_code == 404
    assert desk("above").get(f"{way}/rounds/1/file/docx").status_code == 404, "above reads what is with them"


# --- the first page --------------------------------------------------------------------------------------------------


def waits(page: str) -> str:
    found = re.search(r"(\d+) báo cáo quá hạn, (\d+) báo cáo đến hạn trong 7 ngày", page)
    return f"{found[1]} {found[2]}" if found else ""


def due_in(here: Office, days: int) -> Rule:
    return Rule(None, days=(clock.today() - here.half.last).days + days)


@pytest.mark.parametrize(("days", "counts"), [(-1, "2 0"), (0, "1 1"), (7, "1 1"), (8, "1 0")])
def test_the_first_page_counts_late_reports_and_those_of_the_next_seven_days(
    here: Office, desk: Desk, days: int, counts: str
) -> None:
    for line, rule in (("state", due_in(here, -20)), ("party", due_in(here, days))):
        here.duty(here.agency, here.world.commune, line, rule=rule, obligation="xa-cac-don-vi")
    assert waits(desk("agency_drafter").get("/admin/").text) == counts
    for who in ("office", "drafter", "agency_reviewer"):
        assert waits(desk(who).get("/admin/").text) == "", f"{who} does not draft for the agency"


def test_what_was_sent_no_longer_counts_and_what_lies_with_somebody_stands_on_their_first_page(
    here: Office, desk: Desk
) -> None:
    duty = here.duty(
        here.agency, here.world.commune, "state", rule=due_in(here, -1), obligation="xa-cac-don-vi"
    )
    submission = here.open(duty)
    link = f"/admin/approvals/{submission}"
    assert waits(desk("agency_drafter").get("/admin/").text) == "1 0"
    for deed, then in (("draft", "reviewer"), ("review", "signer"), ("sign", "clerk")):
        here.take(submission, deed, BELOW[deed])
        for who in ("drafter", "reviewer", "signer", "clerk"):
            assert (link in desk(f"agency_{who}").get("/admin/").text) == (who == then), (deed, who)
    here.take(submission, "number", BELOW["number"])
    here.take(submission, "send", BELOW["send"])
    assert waits(desk("agency_drafter").get("/admin/").text) == ""
    assert link in desk("office").get("/admin/").text
