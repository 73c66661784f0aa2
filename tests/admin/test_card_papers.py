"""Keeps the doors of a scorecard's approval: who starts it from the card, who presses what, and what is told about it."""

import io
import uuid

import docx
import pytest
from werkzeug.test import TestResponse

from backend import clock
from backend.db.base import new_id
from backend.people import staff
from tests.admin.desk import Desk, trail
from tests.structure.test_budgets import spent
from tests.support.card_papers import card_state, month, publish_again, published_card, submitted
from tests.support.reports import Office, office
from tests.support.world import PASSWORD, World

WHY = "nhầm số liệu của xóm"


@pytest.fixture
def here(world: World) -> Office:
    return office(world)


def step(here: Office, desk: Desk, who: str, submission: uuid.UUID, deed: str, **more: str) -> TestResponse:
    form = {"seen": str(here.row(submission).revision)} | more
    return desk(who).post(f"/admin/approvals/{submission}/{deed}", data=form)


def begun(
    here: Office, desk: Desk, card: uuid.UUID, line: str = "state", who: str = "drafter"
) -> TestResponse:
    form = {"line": line, "receiver": str(here.world.province)}
    return desk(who).post(f"/admin/cards/{card}/submissions", data=form)


def test_a_card_goes_from_its_page_through_five_hands_and_is_locked(here: Office, desk: Desk) -> None:
    card = published_card(here)
    page = desk("drafter").get(f"/admin/cards/{card}").text
    assert 'data-testid="submit-state"' in page
    answer = begun(here, desk, card)
    assert answer.status_code == 303
    submission = uuid.UUID(answer.location.rsplit("/", 1)[1])
    day = f"{clock.today():%d/%m/%Y}"
    assert "Chữ ký thật" not in desk("signer").get(answer.location).text
    for who, deed in (("drafter", "draft"), ("reviewer", "review")):
        assert step(here, desk, who, submission, deed).status_code == 303, deed
    assert 'data-testid="sign-outside"' in desk("signer").get(answer.location).text
    assert "Xác nhận đã ký" in desk("signer").get(answer.location).text
    assert step(here, desk, "signer", submission, "sign").status_code == 303
    assert 'data-testid="fingerprint"' in desk("signer").get(answer.location).text
    assert step(here, desk, "clerk", submission, "number", number="7", day=day).status_code == 303
    assert desk("above").get(answer.location).status_code == 404, "above reads what has been sent"
    assert step(here, desk, "clerk", submission, "send").status_code == 303
    assert (
        f"Phiếu điểm của xã Tân Khánh, tháng {month().first.month}/"
        in desk("above").get("/admin/reports").text
    )
    assert "Phiếu điểm của xã Tân Khánh" in desk("above").get("/admin/").text
    for deed in ("receive", "lock"):
        assert step(here, desk, "above", submission, deed).status_code == 303
    assert card_state(here, card) == "locked"


def test_only_the_drafter_of_the_line_starts_it(here: Office, desk: Desk) -> None:
    card = published_card(here)
    for who in ("signer", "office", "head"):
        page = desk(who).get(f"/admin/cards/{card}")
        assert 'data-testid="submit-state"' not in page.text, who
        assert begun(here, desk, card, who=who).status_code in (403, 404), who
    assert begun(here, desk, card, line="front").status_code == 403
    wrong = desk("drafter").post(f"/admin/cards/{card}/submissions", data={"line": "state", "receiver": "x"})
    assert wrong.status_code == 404
    far = {"line": "state", "receiver": str(here.world.far_commune)}
    refused = desk("drafter").post(f"/admin/cards/{card}/submissions", data=far)
    assert refused.status_code == 409
    assert "cấp trên trực tiếp" in refused.text
    assert desk("drafter").post(f"/admin/cards/{new_id()}/submissions", data=far).status_code == 404


def test_another_communes_people_do_not_see_the_card_by_their_part_in_papers(
    here: Office, desk: Desk
) -> None:
    with here.world.database.transaction() as session:
        here.world.staff["far_drafter"] = staff.hire(
            session, name="far drafter", username="far_drafter", password=PASSWORD,
            grants=[("drafter", here.world.far_commune)],
        )  # fmt: skip
    card = published_card(here)
    assert desk("far_drafter").get(f"/admin/cards/{card}").status_code == 404
    assert begun(here, desk, card, who="far_drafter").status_code == 404
    assert "Tân Khánh" not in desk("far_drafter").get("/admin/cards").text


def test_how_far_a_card_is_stands_on_the_list_but_above_only_once_it_was_sent(
    here: Office, desk: Desk
) -> None:
    card = published_card(here)
    address = f"/admin/cards?period={month().code}"
    assert "Chưa trình ký" in desk("drafter").get(address).text
    way = submitted(here, card)
    here.walk(way, "sign")
    assert "Chờ văn thư cho số" in desk("drafter").get(address).text
    above = desk("above").get(address).text
    assert "Chờ văn thư" not in above
    assert "Chưa gửi" in above
    here.take(way, "number")
    here.take(way, "send")
    assert "Đã gửi, chờ tiếp nhận" in desk("above").get(address).text


def test_a_newer_revision_stands_beside_the_signed_one_on_the_page(here: Office, desk: Desk) -> None:
    card = published_card(here)
    way = submitted(here, card)
    here.walk(way, "receive")
    assert 'data-testid="newer"' not in desk("above").get(f"/admin/approvals/{way}").text
    publish_again(here, card)
    page = desk("above").get(f"/admin/approvals/{way}").text
    assert 'data-testid="newer"' in page
    assert page.count('data-testid="apart"') == 1
    assert "Trong văn bản (bản 1)" in page
    assert "Nay (bản 2)" in page
    assert "đã có bản mới hơn" in desk("drafter").get(f"/admin/cards/{card}").text


def test_a_locked_card_is_not_reopened_from_its_page_while_a_paper_holds_it(here: Office, desk: Desk) -> None:
    card = published_card(here)
    way = submitted(here, card)
    here.walk(way)
    refused = desk("above").post(f"/admin/cards/{card}/reopen", data={"reason": WHY})
    assert refused.status_code == 409
    assert "mở lại văn bản ấy ở trang ký duyệt" in refused.text
    assert card_state(here, card) == "locked"
    short = step(here, desk, "above", way, "reopen", words="sai số")
    assert short.status_code == 409
    assert "mười chữ cái" in short.text
    assert "sai số" in short.text
    assert step(here, desk, "above", way, "reopen", words=WHY).status_code == 303
    assert card_state(here, card) == "open"


def test_its_files_say_draft_until_signed_and_their_taking_is_on_the_trail(here: Office, desk: Desk) -> None:
    way = submitted(here, published_card(here))
    for kind in ("docx", "pdf", "xlsx"):
        answer = desk("reviewer").get(f"/admin/approvals/{way}/file/{kind}")
        assert answer.status_code == 200, kind
        assert f"phieu-diem-{month().code}.{kind}" in answer.headers["Content-Disposition"]
    assert [entry.reason for entry in trail(here.world, "report.export")] == ["docx", "pdf", "xlsx"]
    assert desk("reviewer").get(f"/admin/approvals/{way}/file/exe").status_code == 404
    assert desk("above").get(f"/admin/approvals/{way}/file/pdf").status_code == 404
    here.walk(way, "sign")
    paper = docx.Document(io.BytesIO(desk("reviewer").get(f"/admin/approvals/{way}/file/docx").data))
    assert not [place for place in paper.paragraphs if "DỰ THẢO" in place.text]


def test_the_list_costs_the_same_with_papers_on_their_way(here: Office, desk: Desk) -> None:
    card = published_card(here)
    client, address = desk("drafter"), f"/admin/cards?period={month().code}"
    client.get(address)
    few = spent(here.world.database, lambda: client.get(address))
    here.walk(submitted(here, card), "send")
    here.walk(submitted(here, card, "party"), "review")
    assert len(spent(here.world.database, lambda: client.get(address))) <= len(few)
