"""Awards at the console: from a suggestion to the book by four people, one next button with its reason, nothing typed is lost."""

import io
import re
import uuid
import zipfile
from typing import Any

import pytest
from sqlalchemy import select

from backend import clock
from backend.certificates import designs
from backend.certificates.batch_models import CertificateBatch
from backend.people.models import RoleGrant
from backend.safeguards.audit import OPERATOR, Actor
from backend.units.words import fold
from campaigns import lifecycle
from campaigns.award import appeals, proposals
from campaigns.award.models import Appeal, Case, Decision, Entry, Handover, Nominee, Prize
from campaigns.award.proposals import Candidate
from campaigns.models import Activity, Campaign
from campaigns.movement.models import Firm
from tests.admin.desk import Desk, trail
from tests.support.awards import ROLES, Awards, awards_of, close_contest
from tests.support.side_by_side import at_once
from tests.support.world import World

TODAY = clock.today().strftime("%d/%m/%Y")
FORMS: dict[str, dict[str, str]] = {
    "propose": {},
    "council": {"day": TODAY, "present": "7", "agreed": "6", "minutes": "Nhất trí đề nghị"},
    "sign": {"signer": "Trần Văn Tám", "signer_title": "Chủ tịch"},
    "number": {"number": "15/QĐ-UBND", "day": TODAY},
    "register": {},
}
REVOKED = {
    "number": "20/QĐ-UBND", "day": TODAY, "signer": "Trần Văn Tám", "signer_title": "Chủ tịch",
    "why": "Khai gian thành tích đã nêu",
}  # fmt: skip


@pytest.fixture
def awards(world: World) -> Awards:
    made = awards_of(world)
    world.staff.update({f"{line} {deed}": person for (line, deed), person in made.people.items()})
    return made


def revision(awards: Awards, case: uuid.UUID) -> str:
    return str(awards.reads(lambda s: s.get_one(Case, case)).revision)


def press(desk: Desk, awards: Awards, case: uuid.UUID, deed: str, who: str | None = None, **more: str) -> Any:
    told = FORMS.get(deed, {}) | {"revision": revision(awards, case)} | more
    return desk(who or f"state {deed}").post(f"/admin/awards/cases/{case}/deeds/{deed}", data=told)


def test_a_list_goes_from_a_suggestion_into_the_book_by_the_forms_alone(
    world: World, awards: Awards, desk: Desk
) -> None:
    for name, right in (("Nhất", 5), ("Nhì", 4)):
        world.phone(name).take_part(right)
    close_contest(world)
    keeper = desk("emulation")
    here = f"/admin/awards/{awards.activity}/suggestions"
    found = keeper.get(here, query_string={"rule": "giai"}).text
    assert found.count('data-testid="candidate"') == 2
    assert "Thứ hạng" in found
    keys = re.findall(r'name="key" value="([^"]+)"', found)
    place = f"state:formal:{world.hamlet}:{world.commune}"
    assert f'<option value="{place}"' in found
    assert f"state:formal:{world.other_hamlet}:" not in found, "nobody could propose there"
    taken = keeper.post(here, data={"rule": "giai", "key": keys[:1], "place": place})
    assert taken.status_code == 303, taken.text
    case_id = awards.reads(lambda s: s.scalars(select(Case.id)).one())
    for deed in ROLES["state"]:
        answer = press(desk, awards, case_id, deed)
        assert answer.status_code == 303, (deed, answer.text)
    page = desk("state register").get("/admin/awards/register").text
    assert "1. Nhất" in page
    assert "15/QĐ-UBND" in page
    assert [one.deed for one in trail(world, "award.suggest")] == ["award.suggest"]
    book = desk("state number").get("/admin/awards/register.xlsx")
    with zipfile.ZipFile(io.BytesIO(book.data)) as packed:
        assert "Nhất" in "".join(packed.read(part).decode() for part in packed.namelist() if "shared" in part)


def test_each_name_opens_its_facts_and_each_opening_is_on_the_trail(
    world: World, awards: Awards, desk: Desk
) -> None:
    case = awards.draft(Candidate("person", "Bình", facts=({"label": "Thứ hạng", "value": "17"},)))
    page = desk("state propose").get(f"/admin/awards/cases/{case}").text
    address = re.search(rf"/admin/awards/cases/{case}/nominees/[0-9a-f-]+", page)
    assert address is not None
    assert "17" in desk("state propose").get(address[0]).text
    (read,) = trail(world, "award.read_facts")
    assert read.actor == awards.people["state", "propose"]
    assert desk("far").get(address[0]).status_code == 404
    other = awards.draft("X", achievement_key="x")
    assert desk("state propose").get(address[0].replace(str(case), str(other))).status_code == 404


def test_the_one_next_button_is_its_hands_and_says_why_it_is_barred(
    awards: Awards, desk: Desk, world: World
) -> None:
    case = awards.draft("state council", "Bình")
    assert 'data-testid="do-propose"' in desk("state propose").get(f"/admin/awards/cases/{case}").text
    for who in ("state council", "state sign", "state number"):
        page = desk(who).get(f"/admin/awards/cases/{case}").text
        assert 'data-testid="do-' not in page
        assert 'data-testid="not-mine"' in page
        assert "Người đứng đầu đơn vị (xóm Đồng Tiến)" in page, "it says whose turn it is"
    awards.act(case, "propose")
    barred = desk("state council").get(f"/admin/awards/cases/{case}").text
    assert 'data-testid="do-council"' not in barred
    assert "có tên Ông/Bà" in barred
    refused = press(desk, awards, case, "council")
    assert (refused.status_code, "có tên Ông/Bà" in refused.text) == (403, True)


def test_what_waits_stands_on_the_first_page_of_whoever_it_waits_for(awards: Awards, desk: Desk) -> None:
    awards.draft("Bình")
    assert 'data-testid="nothing-waits"' not in desk("state propose").get("/admin/awards").text
    assert 'data-testid="nothing-waits"' in desk("state sign").get("/admin/awards").text


def test_lists_of_other_offices_and_lines_are_not_there(awards: Awards, desk: Desk) -> None:
    case = awards.draft("Bình", line="party")
    for who in ("far", "state council", "front propose", "youth sign", "an"):
        assert desk(who).get(f"/admin/awards/cases/{case}").status_code == 404, who
        assert str(case) not in desk(who).get("/admin/awards").text
    assert desk("party council").get(f"/admin/awards/cases/{case}").status_code == 200


@pytest.mark.parametrize(
    ("deed", "more", "said"),
    [
        ("council", {"agreed": "9"}, "số phiếu không quá"),
        ("council", {"agreed": "chín"}, "bằng số"),
        ("council", {"day": "hôm qua"}, "ngày/tháng/năm"),
        ("council", {"minutes": ""}, "tóm tắt biên bản"),
        ("sign", {"signer_title": ""}, "chức vụ"),
        ("number", {"number": ""}, "số và ngày"),
        ("number", {"day": "01/01/2999"}, "còn ở phía trước"),
        ("give_back", {"words": "ngắn"}, "ít nhất mười chữ cái"),
    ],
)
def test_what_is_refused_is_said_and_nothing_typed_is_lost(
    awards: Awards, desk: Desk, deed: str, more: dict[str, str], said: str
) -> None:
    before = {"council": "propose", "sign": "council", "number": "sign", "give_back": "propose"}[deed]
    case = awards.until(awards.draft(), before)
    answer = press(desk, awards, case, deed, **more)
    assert 400 <= answer.status_code < 500
    assert said in answer.text
    for value in (FORMS.get(deed, {}) | more).values():
        assert not value or value in answer.text
    assert awards.reads(lambda s: s.get_one(Case, case)).state == {"propose": "proposed", "council": "considered",
                                                                   "sign": "signed"}[before]  # fmt: skip


def test_a_page_opened_before_a_change_is_refused(awards: Awards, desk: Desk) -> None:
    case = awards.draft()
    answer = press(desk, awards, case, "propose", revision="0")
    assert (answer.status_code, "bản mới nhất" in answer.text) == (409, True)


def test_names_are_added_and_struck_with_a_reason(world: World, awards: Awards, desk: Desk) -> None:
    case = awards.draft("Bình")
    here, client = f"/admin/awards/cases/{case}/nominees", desk("state propose")
    told = {"kind": "unit", "name": "xom dong tien", "achievement": "", "revision": revision(awards, case)}
    assert client.post(here, data=told).status_code == 303
    added = awards.reads(lambda s: s.scalars(select(Nominee).where(Nominee.recipient_kind == "unit")).one())
    assert (added.unit_id, added.printed_name) == (world.hamlet, "xóm Đồng Tiến")
    again = client.post(here, data=told | {"revision": revision(awards, case)})
    assert (again.status_code, "đã có trong danh sách" in again.text) == (409, True)
    long = client.post(here, data={"kind": "person", "name": " ", "revision": revision(awards, case)})
    assert long.status_code == 409
    strike = f"{here}/{added.id}/strike"
    assert client.post(strike, data={"why": "ngắn", "revision": revision(awards, case)}).status_code == 409
    assert (
        client.post(
            strike, data={"why": "Chưa đủ thời gian công tác", "revision": revision(awards, case)}
        ).status_code
        == 303
    )
    assert "Chưa đủ thời gian công tác" in client.get(f"/admin/awards/cases/{case}").text


def test_whoever_hands_over_a_receipt_gets_the_award_on_the_phone(
    world: World, awards: Awards, desk: Desk
) -> None:
    phone = world.phone("Nguyễn Thị Hoa")
    receipt = phone.take_part(5)["receipt"]
    case = awards.draft("Bình")
    here, client = f"/admin/awards/cases/{case}/nominees", desk("state propose")

    def name(**more: str) -> Any:
        return client.post(here, data={"kind": "person", "revision": revision(awards, case)} | more)

    wrong = name(name="Trần Văn Ba", receipt=receipt)
    assert (wrong.status_code, f'value="{receipt}"' in wrong.text) == (409, True)
    assert name(name="Nguyễn Thị Hoa", receipt=receipt).status_code == 303
    again = name(name="nguyễn thị hoa")
    assert (again.status_code, "Là người khác" in again.text) == (409, True)
    assert name(name="Nguyễn Thị Hoa", is_other="Bà Hoa ở xóm khác, cao tuổi").status_code == 303
    assert name(name="Lê Văn Tí", child="yes").status_code == 303
    awards.until(case, "register")
    (mine,) = phone.get(f"/activities/{awards.activity}/mine").json["awards"]
    assert mine["name"] == "Nguyễn Thị Hoa"
    assert "Lê Văn Tí" not in desk("state register").get("/admin/awards/register").text
    assert "L. V. T." in desk("state register").get("/admin/awards/register").text


def test_a_firm_is_chosen_by_name_and_by_hamlet_where_two_bear_it(
    world: World, awards: Awards, desk: Desk
) -> None:
    officer = Actor("staff", world.staff["emulation"])
    with world.database.transaction() as session:
        here = firm_row(session, "Tạp hóa cô Lụa", world.hamlet, officer)
        firm_row(session, "Tạp hóa cô Lụa", world.other_hamlet, officer)
    awards.units["state"] = (world.commune, world.commune)
    with world.database.transaction() as session:
        session.add(RoleGrant(person_id=awards.people["state", "propose"], role="unit_head", unit_id=world.commune,
                              valid_from=clock.today()))  # fmt: skip
    case = awards.draft("Bình", form="giay-khen")
    page, client = f"/admin/awards/cases/{case}", desk("state propose")
    assert '<option value="Tạp hóa cô Lụa – xóm Đồng Tiến">' in client.get(page).text

    def name(told: str) -> Any:
        more = {"kind": "firm", "name": told, "revision": revision(awards, case)}
        return client.post(f"{page}/nominees", data=more)

    both = name("tạp hoá cô lụa")
    assert (both.status_code, "Có nhiều nơi cùng tên" in both.text) == (409, True)
    assert name("Tạp hóa cô Lụa – xóm Đồng Tiến").status_code == 303
    (row,) = awards.reads(lambda s: s.scalars(select(Nominee).where(Nominee.firm_id.is_not(None))).all())
    assert (row.firm_id, row.recipient_key, row.printed_name) == (here, f"firm:{here}", "Tạp hóa cô Lụa")
    assert name("Công ty nơi khác").status_code == 303, "one that nobody entered stands by its name"


def firm_row(session: Any, name: str, hamlet: uuid.UUID, by: Actor) -> uuid.UUID:
    row = Firm(sort="household_business", name=name, folded=fold(name), hamlet_id=hamlet, made_at=clock.now())
    session.add(row)
    session.flush()
    return row.id


def test_a_unit_begins_a_list_of_its_own_and_only_where_it_may(
    world: World, awards: Awards, desk: Desk
) -> None:
    here = f"/admin/awards/{awards.activity}/cases"
    place = f"state:formal:{world.hamlet}:{world.commune}"
    told = {"achievement": "Vận động bà con", "form": "giay-khen", "place": place}
    made = desk("state propose").post(here, data=told)
    assert made.status_code == 303, made.text
    assert desk("party propose").post(here, data=told).status_code == 404
    refused = desk("state propose").post(here, data=told | {"form": "khong-co"})
    assert (refused.status_code, 'value="Vận động bà con"' in refused.text) == (409, True)
    assert desk("far").post(here, data=told).status_code == 404


def test_suggestions_are_the_offices_and_no_hamlets_or_strangers(awards: Awards, desk: Desk) -> None:
    here = f"/admin/awards/{awards.activity}/suggestions"
    told = desk("emulation").get(here, query_string={"rule": "giai"})
    assert (told.status_code, "chưa chốt" in told.text) == (409, True)
    assert 'data-testid="rule"' not in desk("state propose").get(here).text
    assert desk("far").get(here).status_code == 404
    assert desk("emulation").get(f"/admin/awards/{uuid.uuid4()}/suggestions").status_code == 404
    wrong = desk("emulation").post(here, data={"rule": "khong-co", "place": "x"})
    assert wrong.status_code == 404


def test_the_database_twice_says_by_which_decision(awards: Awards, desk: Desk) -> None:
    again = awards.until(awards.draft("Bình", "Ba"), "number")
    awards.entered("Bình")
    number = awards.reads(lambda s: s.scalars(select(Decision.number).order_by(Decision.id.desc())).first())
    answer = press(desk, awards, again, "register")
    assert answer.status_code == 409
    assert f"({number})" in answer.text
    assert 'data-testid="cross"' in answer.text
    crossed = press(desk, awards, again, "register", cross="yes")
    assert crossed.status_code == 303
    page = desk("state register").get("/admin/awards/register").text
    assert "Trùng: đã được khen" in page
    assert "2. Ba" not in page
    assert "3. Ba" in page, "whoever else stood on the list is honoured"


def test_prizes_are_budgeted_given_and_handed_over(world: World, awards: Awards, desk: Desk) -> None:
    client, here = desk("emulation"), f"/admin/awards/{awards.activity}/prizes"
    told = {
        "name": "Giải Ba",
        "most": "2",
        "amount": "200.000",
        "per": "person",
        "source": "Xã hội hóa",
        "published": "yes",
    }
    assert client.post(here, data=told).status_code == 303
    assert "1.200.000 đồng" in client.get(here).text
    twice = client.post(here, data=told | {"amount": "900.000", "most": "9"})
    assert (twice.status_code, "Đã có giải “Giải Ba”" in twice.text) == (409, True)
    assert "1.200.000 đồng" in client.get(here).text, "the first one is as it was"
    public = world.client().get(f"/giai-thuong/{awards.activity}").text
    assert "Giải Ba" in public
    assert "Xã hội hóa" in public
    assert "Giải Nhất" not in public, "that one was not published"
    assert world.client().get(f"/giai-thuong/{world.activity}").status_code == 404
    for bad in (
        {"most": "0"},
        {"most": "hai"},
        {"amount": "-1"},
        {"name": " "},
        {"per": "xom"},
        {"amount": "9" * 12},
    ):
        wrong = client.post(here, data=told | bad)
        assert wrong.status_code == 409, bad
        assert "Xã hội hóa" in wrong.text
    assert desk("office").get(here).status_code == 404
    code = awards.reads(lambda s: s.scalars(select(Prize.code).where(Prize.words == "Giải Ba")).one())
    awards.entered(Candidate("person", "Bình", prize=code))
    entry = awards.reads(lambda s: s.scalars(select(Entry)).one())
    book = {"book": str(entry.book_id)}
    give = f"/admin/awards/register/{entry.id}/handover"
    refused = client.post(give, data=book | {"on_day": "mai", "to_whom": "Bình (vợ nhận thay)"})
    assert (refused.status_code, "vợ nhận thay" in refused.text) == (400, True)
    assert client.post(give, data=book | {"on_day": TODAY, "to_whom": "Bình"}).status_code == 303
    assert awards.reads(lambda s: s.get_one(Handover, entry.id)).by == world.staff["emulation"]
    assert "đã trao ngày" in client.get("/admin/awards/register").text
    dearer = told | {"code": code, "amount": "900.000"}
    assert client.post(here, data=dearer).status_code == 303
    assert '<b data-testid="paid">200.000 đồng</b>' in client.get(here).text
    assert "đã trao 200.000 đồng" in world.client().get(f"/giai-thuong/{awards.activity}").text
    revoke = f"/admin/awards/register/{entry.id}/revoke"
    assert desk("state register").post(revoke, data=book | REVOKED).status_code == 303
    assert '<b data-testid="owed">200.000 đồng</b>' in client.get(here).text
    assert "còn phải thu về 200.000 đồng" in world.client().get(f"/giai-thuong/{awards.activity}").text
    back = f"/admin/awards/register/{entry.id}/recovered"
    much = client.post(back, data=book | {"back_on": TODAY, "back": "200.001"})
    assert (much.status_code, 'value="200.001"' in much.text) == (409, True)
    assert client.post(back, data=book | {"back_on": TODAY, "back": "200.000"}).status_code == 303
    assert 'data-testid="owed"' not in client.get(here).text
    assert "đã thu về 200.000 đồng" in client.get("/admin/awards/register").text


def test_an_entry_is_revoked_by_a_decision_and_stays_in_the_book(awards: Awards, desk: Desk) -> None:
    awards.entered("Bình")
    entry = awards.reads(lambda s: s.scalars(select(Entry)).one())
    client, here = desk("state register"), f"/admin/awards/register/{entry.id}"
    book = {"book": str(entry.book_id)}
    refused = client.post(f"{here}/revoke", data=book | REVOKED | {"why": "ngắn"})
    assert (refused.status_code, 'value="20/QĐ-UBND"' in refused.text) == (409, True)
    assert desk("party register").post(f"{here}/revoke", data=book | REVOKED).status_code == 404
    assert client.post(f"{here}/revoke", data=book | REVOKED).status_code == 303
    page = client.get("/admin/awards/register").text
    assert 'data-testid="revoked"' in page
    assert "20/QĐ-UBND" in page
    assert client.post(f"{here}/void", data=book | {"why": "Ghi nhầm vào sổ này"}).status_code == 409


def test_appeals_are_answered_and_the_answer_reaches_the_phone(
    world: World, awards: Awards, desk: Desk
) -> None:
    phone = world.phone("Bình")
    verdict = phone.do(
        "award.appeal",
        {"appeal": str(uuid.uuid4()), "words": "Tôi chưa có tên"},
        activity=str(awards.activity),
    )
    assert (verdict["outcome"], verdict["result"]["state"]) == ("counted", "open")
    twice = phone.do(
        "award.appeal", {"appeal": str(uuid.uuid4()), "words": "Lần nữa"}, activity=str(awards.activity)
    )
    assert twice["reason"] == "appeal_twice"
    row = awards.reads(lambda s: s.scalars(select(Appeal)).one())
    client, here = desk("emulation"), f"/admin/awards/appeals/{row.id}"
    assert "Tôi chưa có tên" in client.get("/admin/awards/appeals").text
    assert "Tôi chưa có tên" not in desk("far").get("/admin/awards/appeals").text
    short = client.post(here, data={"do": "refused", "words": "không"})
    assert (short.status_code, ">không</textarea>" in short.text) == (409, True)
    assert desk("far").post(here, data={"do": "refused", "words": "Không đủ điều kiện"}).status_code == 403
    assert client.post(here, data={"do": "maybe", "words": "Không đủ điều kiện"}).status_code == 404
    assert (
        client.post(here, data={"do": "refused", "words": "Đợt này xét theo danh sách đã chốt"}).status_code
        == 303
    )
    (mine,) = phone.get(f"/activities/{awards.activity}/mine").json["appeals"]
    assert (mine["state"], mine["answer"]) == ("refused", "Đợt này xét theo danh sách đã chốt")


def test_a_stranger_cannot_appeal_about_somebody_elses_award(world: World, awards: Awards) -> None:
    phone = world.phone("Bình")
    awards.entered(Candidate("person", "Bình", subject=awards.subject(phone)))
    entry = awards.reads(lambda s: s.scalars(select(Entry)).one())
    body = {"appeal": str(uuid.uuid4()), "words": "Xin xem lại", "entry": str(entry.id)}
    stranger = world.phone("Chi").do("award.appeal", body, activity=str(awards.activity))
    assert stranger["reason"] == "award_unknown"
    mine = phone.do("award.appeal", body, activity=str(awards.activity))
    assert mine["outcome"] == "counted"


def test_whoever_proposed_appeals_on_the_list_and_the_officer_answers(awards: Awards, desk: Desk) -> None:
    case = awards.until(awards.draft("Bình"), "council")
    here = f"/admin/awards/cases/{case}/appeal"
    told = {"words": "Xin xem lại ý kiến hội đồng", "revision": revision(awards, case)}
    assert desk("state sign").post(here, data=told).status_code == 403
    page = f"/admin/awards/cases/{case}"
    assert 'data-testid="appeal"' in desk("state propose").get(page).text
    assert desk("state propose").post(here, data=told).status_code == 303
    assert awards.reads(lambda s: len(appeals.waiting(s, awards.hand(s, "state", "register")))) == 1
    again = desk("state propose").post(here, data=told | {"words": "Xin xem lại lần nữa giúp"})
    assert (again.status_code, "chờ trả lời" in again.text) == (409, True)
    (row,) = awards.reads(lambda s: s.scalars(select(Appeal)).all())
    answer = {"do": "upheld", "words": "Hội đồng sẽ họp lại tuần sau"}
    assert desk("state register").post(f"/admin/awards/appeals/{row.id}", data=answer).status_code == 303
    told_back = desk("state propose").get(page).text
    assert "Xin xem lại ý kiến hội đồng" in told_back
    assert "Hội đồng sẽ họp lại tuần sau" in told_back
    assert 'data-testid="appeal"' not in told_back, "once each"
    assert 'data-testid="own-appeal"' not in desk("state sign").get(page).text


def test_a_campaign_without_awards_gets_them_with_a_button(world: World, desk: Desk) -> None:
    client = desk("emulation")
    assert 'data-testid="found-awards"' in client.get("/admin/awards").text
    made = client.post(f"/admin/awards/campaigns/{world.campaign}")
    assert made.status_code == 303, made.text
    page = client.get(made.location).text
    assert page.count('data-testid="rule"') == 1
    assert 'data-testid="found-awards"' not in client.get("/admin/awards").text
    assert desk("far").post(f"/admin/awards/campaigns/{world.campaign}").status_code == 404


def test_two_officers_who_open_awards_at_once_come_to_the_same(world: World, desk: Desk) -> None:
    clients = [desk("emulation"), desk("an")]
    answers = at_once([lambda c=one: c.post(f"/admin/awards/campaigns/{world.campaign}") for one in clients])
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    with world.database.transaction(writes=False) as session:
        found = session.scalars(select(Activity.code).where(Activity.kind == "award")).all()
    assert found == ["khen-thuong-1"]


def test_no_form_prints_a_list_with_a_design_of_another_tier(awards: Awards, desk: Desk) -> None:
    case = awards.entered("Bình", tier="organiser")
    here = f"/admin/awards/cases/{case}/certificates"
    told = {"design": str(designs.shipped_id("giay-khen")), "revision": revision(awards, case)}
    answer = desk("organiser register").post(here, data=told)
    assert answer.status_code == 404
    assert awards.reads(lambda s: s.scalars(select(CertificateBatch)).all()) == []


def test_a_register_is_read_from_the_last_number_on(awards: Awards, desk: Desk) -> None:
    names = [f"Người {n:02d}" for n in range(60)]
    awards.entered(*names)
    client = desk("state register")
    first = client.get("/admin/awards/register").text
    assert first.count('data-testid="entry"') == 50
    after = re.search(r'after=(\d+)" data-testid="next-part"', first)
    assert after is not None
    second = client.get("/admin/awards/register", query_string={"after": after[1]}).text
    assert second.count('data-testid="entry"') == 10
    for odd in ("x", "-1", "9" * 30, "１"):
        assert client.get("/admin/awards/register", query_string={"after": odd}).status_code == 200
    assert client.get("/admin/awards/register", query_string={"book": "x"}).status_code == 404


def test_a_list_of_one_line_is_no_list_of_another(awards: Awards) -> None:
    case = awards.draft("Bình", line="party")
    assert awards.reads(lambda s: proposals.chain_of(s.get_one(Case, case)).line) == "party"


@pytest.mark.parametrize(("state", "is_opened"), [("running", True), ("closed", True), ("archived", False)])
def test_awards_come_after_their_campaign_and_nothing_else_does(
    world: World, desk: Desk, state: str, is_opened: bool
) -> None:
    with world.database.transaction() as session:
        session.get_one(Campaign, world.campaign).state = state
        contest = session.get_one(Activity, world.activity)
        contest.state = "scheduled"
    offered = desk("emulation").get("/admin/awards").text
    assert (f"/admin/awards/campaigns/{world.campaign}" in offered) is is_opened
    answer = desk("emulation").post(f"/admin/awards/campaigns/{world.campaign}")
    assert (answer.status_code == 303) is is_opened, answer.text
    with world.database.transaction(writes=False) as session:
        opened = session.scalars(select(Activity.state).where(Activity.kind == "award")).all()
    assert list(opened) == ["open"] * is_opened
    if state != "running":
        with world.database.transaction() as session, pytest.raises(lifecycle.NotReleased):
            lifecycle.open_activity(session, session.get_one(Activity, world.activity), OPERATOR)
