"""Keeps the way of a scorecard: which revision is signed, what the signature keeps, and that card and papers lock together."""

import hashlib
import io
import uuid
from datetime import timedelta

import docx
import openpyxl
import pytest
from sqlalchemy import select

from backend.calendars import Period, parse
from backend.cards import actions, appeals, revisions, store, verify
from backend.cards.errors import AppealRunning, ReasonMissing, WrongState
from backend.cards.models import Card, CardStep
from backend.errors import DomainError
from backend.reports import card_flow, files, kept
from backend.reports.errors import (
    CardUnpublished,
    ChildrenMissing,
    LockedAbove,
    ParentLocked,
    ReceiverUnknown,
    SamePerson,
)
from backend.reports.models import Kept, Submission
from backend.safeguards.audit import OPERATOR
from backend.safeguards.models import AuditEntry
from tests.support.card_papers import card_state, month, publish_again, published_card, submitted
from tests.support.reports import ORDER, Office, office
from tests.support.world import World

WHY = "nhầm số liệu của xóm"


@pytest.fixture
def here(world: World) -> Office:
    return office(world)


def file_of(here: Office, submission: uuid.UUID, kind: str) -> bytes:
    with here.world.database.transaction() as session:
        return files.made(session, session.get_one(Submission, submission), kind, sample=False).content


def words(here: Office, submission: uuid.UUID) -> str:
    paper = docx.Document(io.BytesIO(file_of(here, submission, "docx")))
    cells = [cell.text for table in paper.tables for line in table.rows for cell in line.cells]
    return "\n".join([*(place.text for place in paper.paragraphs), *cells])


# --- onto the way ---------------------------------------------------------------------------------------------------


def test_only_a_published_card_is_put_on_a_line_and_once(here: Office) -> None:
    with here.world.database.transaction() as session:
        card = actions.open_card(session, here.world.commune, "xa-thang", month(), OPERATOR).id
    with pytest.raises(CardUnpublished):
        submitted(here, card)
    card = published_card(here)
    first = submitted(here, card)
    assert submitted(here, card) == first
    assert submitted(here, card, "party") != first
    with here.world.database.transaction(writes=False) as session:
        told = session.scalars(select(AuditEntry.reason).where(AuditEntry.deed == "card.submit")).all()
    assert sorted(map(str, told)) == ["party", "state"]


def test_it_goes_to_the_unit_above_or_whom_the_unit_reports_to_and_to_nobody_else(here: Office) -> None:
    card = published_card(here)
    with pytest.raises(ReceiverUnknown):
        submitted(here, card, receiver=here.world.far_commune)
    with pytest.raises(ReceiverUnknown):
        submitted(here, card, line="front")
    here.duty(receiver=here.world.far_commune, line="state", obligation="xa-ubnd-ubnd-tinh")
    assert submitted(here, card, receiver=here.world.far_commune)


# --- what is signed -------------------------------------------------------------------------------------------------


def test_the_paper_that_is_signed_is_the_revision_handed_on_whatever_is_published_since(here: Office) -> None:
    card = published_card(here)
    way = submitted(here, card)
    assert "DỰ THẢO" in words(here, way)
    here.walk(way, "review")
    publish_again(here, card)
    here.take(way, "sign")
    said = words(here, way)
    assert "bản công bố số 1 của phiếu" in said
    assert "DỰ THẢO" not in said
    assert here.row(way).card_revision == 1
    with here.world.database.transaction(writes=False) as session:
        sha = revisions.revisions_of(session, card)[0].sha256
        found = session.scalars(select(Kept).where(Kept.submission_id == way, Kept.kind == "paper")).one()
    assert sha in said
    assert hashlib.sha256(found.content).hexdigest() == found.sha256
    told, figures = kept.read(found)
    assert figures["card"]["revision"] == 1
    assert [row["code"] for row in figures["rows"]]
    assert told["kind"] == "Báo cáo"
    before = file_of(here, way, "pdf")
    publish_again(here, card, people=12)
    assert file_of(here, way, "pdf") == before


def test_a_newer_revision_stands_beside_the_signed_one_and_the_next_round_carries_it(here: Office) -> None:
    card = published_card(here)
    way = submitted(here, card)
    here.walk(way, "send")
    publish_again(here, card)
    with here.world.database.transaction(writes=False) as session:
        told = card_flow.newer(session, session.get_one(Submission, way))
    assert told
    assert (told.carried.revision, told.newest.revision) == (1, 2)
    assert [one.title for one in told.apart] == ["Người dân dự thi tìm hiểu"]
    before, after = told.apart[0].value
    assert before != after
    here.take(way, "give_back", "above", words=WHY)
    here.walk(way, "sign")
    assert here.row(way).card_revision == 2
    with here.world.database.transaction(writes=False) as session:
        assert card_flow.newer(session, session.get_one(Submission, way)) is None
    assert "bản công bố số 2 của phiếu" in words(here, way)


def test_the_workbook_adds_the_points_up_and_says_what_is_a_draft(here: Office) -> None:
    card = published_card(here)
    with here.world.database.transaction() as session:
        actions.self_score(session, card, {}, OPERATOR)
    way = submitted(here, card)
    book = openpyxl.load_workbook(io.BytesIO(file_of(here, way, "xlsx")))
    sheet = book["Phiếu điểm"]
    assert sheet["A5"].value == "DỰ THẢO (chưa ký)"
    formulas = [cell.value for line in sheet.iter_rows() for cell in line if cell.data_type == "f"]
    assert len(formulas) == 2
    assert all(str(one).startswith("=SUM(") for one in formulas)
    here.walk(way, "sign")
    book = openpyxl.load_workbook(io.BytesIO(file_of(here, way, "xlsx")))
    assert book["Phiếu điểm"]["A5"].value is None


def test_whoever_gave_the_units_own_points_does_not_review_or_sign_them(here: Office) -> None:
    card = published_card(here)
    with here.world.database.transaction() as session:
        template = store.template_with(session, session.get_one(Card, card).template_sha)
        code = next(one.code for one in template.criteria if one.series != "measured")
        actions.self_score(session, card, {code: (None, "Văn bản số 5 của xã")}, here.by("reviewer"))
    way = submitted(here, card)
    here.take(way, "draft")
    with pytest.raises(SamePerson):
        here.take(way, "review")
    assert here.take(way, "review", "office") == "reviewed"


@pytest.mark.parametrize("deed", ["review", "sign", "number"])
def test_whoever_published_the_revision_that_is_carried_does_not_review_or_sign_it(
    here: Office, deed: str
) -> None:
    publisher = {"review": "reviewer", "sign": "signer", "number": "clerk"}[deed]
    card = published_card(here, by=here.by(publisher))
    way = submitted(here, card)
    for before in ORDER[: ORDER.index(deed)]:
        here.take(way, before)
    with pytest.raises(SamePerson):
        here.take(way, deed)


def test_whoever_published_an_earlier_revision_is_free_in_the_round_that_carries_another(
    here: Office,
) -> None:
    card = published_card(here, by=here.by("signer"))
    publish_again(here, card)
    way = submitted(here, card)
    assert here.walk(way, "sign") == "signed"


def test_whoever_named_last_who_answers_for_the_card_does_not_sign_it(here: Office) -> None:
    card = published_card(here)
    with here.world.database.transaction() as session:
        actions.name_head(session, card, "Bí thư Đảng ủy", "Trần Thị Thử", here.by("signer"))
    way = submitted(here, card)
    here.walk(way, "review")
    with pytest.raises(SamePerson):
        here.take(way, "sign")


# --- locked and opened together ------------------------------------------------------------------------------------


def test_the_last_line_that_is_locked_locks_the_card(here: Office) -> None:
    card = published_card(here)
    party, state = submitted(here, card, "party"), submitted(here, card, "state")
    here.walk(party)
    assert card_state(here, card) == "open"
    assert here.walk(state) == "locked"
    assert card_state(here, card) == "locked"
    with here.world.database.transaction() as session:
        assert not verify.verify_one(session, card)


def test_a_line_begun_after_the_card_was_locked_is_locked_as_well(here: Office) -> None:
    card = published_card(here)
    here.walk(submitted(here, card, "state"))
    assert card_state(here, card) == "locked"
    assert here.walk(submitted(here, card, "party")) == "locked"


@pytest.mark.parametrize("deed", ["reopen", "give_back"])
def test_what_comes_back_from_above_opens_the_card_with_the_reason(here: Office, deed: str) -> None:
    card = published_card(here)
    way = submitted(here, card)
    if deed == "reopen":
        here.walk(way)
    else:
        here.walk(way, "receive")
        with here.world.database.transaction() as session:
            actions.lock(session, card, OPERATOR)
    here.take(way, deed, "above", words=WHY)
    assert card_state(here, card) == "open"
    with here.world.database.transaction(writes=False) as session:
        step = session.scalars(
            select(CardStep).where(CardStep.card_id == card, CardStep.step == "reopened")
        ).one()
    assert (step.reason, step.by) == (WHY, here.world.staff["above"])


def test_a_paper_given_back_inside_the_unit_leaves_a_locked_card_alone(here: Office) -> None:
    card = published_card(here)
    here.walk(submitted(here, card, "state"))
    other = submitted(here, card, "party")
    here.take(other, "draft")
    here.take(other, "give_back", "reviewer", words=WHY)
    assert card_state(here, card) == "locked"


def test_a_card_is_not_opened_behind_a_locked_paper(here: Office) -> None:
    card = published_card(here)
    way = submitted(here, card)
    here.walk(way)
    with pytest.raises(LockedAbove) as refused, here.world.database.transaction() as session:
        card_flow.reopen(session, card, OPERATOR, WHY)
    assert "Thái Nguyên" in refused.value.values["unit"]
    assert card_state(here, card) == "locked"
    here.take(way, "reopen", "above", words=WHY)
    assert card_state(here, card) == "open"


def test_a_card_no_paper_holds_is_opened_as_before(here: Office) -> None:
    card = published_card(here)
    with here.world.database.transaction() as session:
        actions.lock(session, card, OPERATOR)
    with pytest.raises(ReasonMissing), here.world.database.transaction() as session:
        card_flow.reopen(session, card, OPERATOR, "sai")
    with here.world.database.transaction() as session:
        card_flow.reopen(session, card, OPERATOR, WHY)
    with pytest.raises(WrongState), here.world.database.transaction() as session:
        card_flow.reopen(session, card, OPERATOR, WHY)


def test_an_open_appeal_keeps_card_and_paper_from_being_locked(here: Office) -> None:
    card = published_card(here)
    with here.world.database.transaction() as session:
        actions.official_score(session, card, {}, OPERATOR)
        appeals.appeal(session, card, "du-thi", "Chưa tính bài nộp muộn", OPERATOR)
    way = submitted(here, card)
    here.walk(way, "receive")
    with pytest.raises(DomainError):
        here.take(way, "lock")
    assert here.row(way).state == "received"


def test_a_paper_is_not_locked_while_the_unit_may_contest_its_card(here: Office) -> None:
    card = published_card(here)
    with here.world.database.transaction() as session:
        actions.official_score(session, card, {}, OPERATOR)
    way = submitted(here, card)
    here.walk(way, "receive")
    with pytest.raises(AppealRunning):
        here.take(way, "lock")
    assert (here.row(way).state, card_state(here, card)) == ("received", "official")
    with here.world.database.transaction() as session:
        appeals.waive_appeal(session, card, OPERATOR)
    assert here.take(way, "lock") == "locked"
    assert card_state(here, card) == "locked"


# --- child before parent --------------------------------------------------------------------------------------------


def province_report(here: Office) -> uuid.UUID:
    """The province's own report of the half-year, written by its own people."""
    duty = here.duty(
        here.world.province, here.world.far_commune, line="state", obligation="xa-ubnd-ubnd-tinh"
    )
    return here.open(duty)


def test_a_report_above_waits_for_the_cards_opened_below_in_its_period(here: Office) -> None:
    inside = last_month_of(here)
    card = published_card(here, inside)
    above = province_report(here)
    here.walk(above, "review")
    with pytest.raises(ChildrenMissing) as refused:
        here.take(above, "sign")
    assert "Tân Khánh" in refused.value.values["units"]
    assert "Xa Lạ" not in refused.value.values["units"], "no card of it was opened"
    here.walk(submitted(here, card), "send")
    assert here.take(above, "sign") == "signed"


def test_a_card_below_of_another_period_is_not_waited_for(here: Office) -> None:
    before = parse("thang", f"{here.half.first - timedelta(days=1):%Y%m}")
    published_card(here, before)
    above = province_report(here)
    assert here.walk(above, "sign") == "signed"


def test_a_card_is_not_taken_back_under_a_locked_report_above(here: Office) -> None:
    card = published_card(here, last_month_of(here))
    way = submitted(here, card)
    here.walk(way)
    above = province_report(here)
    here.walk(above, who={"receive": "office", "lock": "office"})
    with pytest.raises(ParentLocked):
        here.take(way, "reopen", "above", words=WHY)
    assert card_state(here, card) == "locked"


def last_month_of(here: Office) -> Period:
    return parse("thang", f"{here.half.last:%Y%m}")
