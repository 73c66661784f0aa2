"""Keeps the way of reports on real databases: different people, child before parent, and what a closed parent forbids."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from backend import clock
from backend.calendars import Period, parse
from backend.reports import approval, compose
from backend.reports.approval import Stamp
from backend.reports.errors import (
    ChildrenMissing,
    DayBeforeSigning,
    MovedOn,
    NumberMissing,
    NumberTaken,
    ParentLocked,
    ReportUnknown,
    SamePerson,
    StepNotOpen,
    WordsMissing,
)
from backend.reports.models import Report, Step, Submission
from backend.reports.rules import DEEDS
from backend.safeguards.models import AuditEntry
from tests.support.reports import BELOW, ORDER, Office, office
from tests.support.world import World


@pytest.fixture
def here(world: World) -> Office:
    return office(world)


def test_a_report_goes_from_hand_to_hand_and_all_of_it_is_on_the_trail(here: Office) -> None:
    submission = here.open(here.duty())
    assert here.walk(submission) == "locked"
    row = here.row(submission)
    assert (row.number, row.round) == ("15", 1)
    assert row.sent_at == row.first_sent_at is not None
    with here.world.database.transaction(writes=False) as session:
        steps = session.scalars(select(Step).order_by(Step.at, Step.id)).all()
        assert [step.deed for step in steps] == list(ORDER)
        assert len({step.person_id for step in steps}) == 5
        told = session.scalars(select(AuditEntry).where(AuditEntry.noun == "submission")).all()
        assert {entry.deed for entry in told} == {f"report.{deed}" for deed in ORDER}
        assert all(entry.actor and entry.unit_id == here.world.commune for entry in told)


@pytest.mark.parametrize("deed", ["review", "sign", "number", "receive"])
def test_nobody_plays_two_parts(here: Office, deed: str) -> None:
    submission = here.open(here.duty())
    for before in ORDER[: ORDER.index(deed)]:
        here.take(submission, before)
    with pytest.raises(SamePerson):
        here.take(submission, deed, "drafter")
    assert here.row(submission).state != "locked"


def test_a_clerk_who_numbered_does_not_receive_what_another_clerk_sent(here: Office) -> None:
    submission = here.open(here.duty())
    here.walk(submission, "sign")
    here.take(submission, "number", "agency_clerk")
    here.take(submission, "send", "clerk")
    for clerk in ("agency_clerk", "clerk"):
        with pytest.raises(SamePerson):
            here.take(submission, "receive", clerk)


def test_the_database_itself_refuses_one_person_in_two_parts(here: Office) -> None:
    submission = here.open(here.duty())
    here.walk(submission, "review")
    drafter = here.world.staff["drafter"]
    with pytest.raises(IntegrityError), here.world.database.transaction() as session:
        session.execute(update(Submission).where(Submission.id == submission).values(signer_id=drafter))


def test_no_step_is_skipped_or_done_twice(here: Office) -> None:
    submission = here.open(here.duty())
    for deed in set(DEEDS) - {"draft"}:
        with pytest.raises(StepNotOpen):
            here.take(submission, deed, "signer", words="vì còn thiếu số liệu")
    here.take(submission, "draft")
    with pytest.raises(StepNotOpen):
        here.take(submission, "draft")


def test_who_looked_at_an_older_page_is_told_so(here: Office) -> None:
    submission = here.open(here.duty())
    seen = here.row(submission).revision
    here.take(submission, "draft")
    with pytest.raises(MovedOn):
        here.take(submission, "review", seen=seen)


def test_giving_back_needs_words_and_begins_a_new_round_with_a_new_number(here: Office) -> None:
    submission = here.open(here.duty())
    here.walk(submission, "send")
    first = here.row(submission).first_sent_at
    with pytest.raises(WordsMissing):
        here.take(submission, "give_back", "above", words="  ")
    assert here.take(submission, "give_back", "above", words="bổ sung phần khó khăn") == "returned"
    row = here.row(submission)
    assert (row.number, row.drafter_id, row.round, row.first_sent_at) == (None, None, 2, first)
    assert here.walk(submission, "send", {"draft": "reviewer", "review": "drafter"}) == "sent"


def test_a_number_is_typed_by_the_clerk_and_never_before_the_signature(here: Office) -> None:
    submission = here.open(here.duty())
    here.walk(submission, "sign")
    with pytest.raises(NumberMissing):
        here.take(submission, "number", stamp=None)
    day = clock.today()
    for wrong in (day.replace(year=day.year - 1), day.replace(year=day.year + 1)):
        with pytest.raises(DayBeforeSigning):
            here.take(submission, "number", stamp=Stamp("15", wrong))
    assert here.take(submission, "number", stamp=Stamp("15", day)) == "numbered"


# --- child before parent ------------------------------------------------------------------------------------------


def test_a_parent_is_not_signed_while_a_child_has_not_sent(here: Office) -> None:
    below, above = here.below(), here.open(here.duty())
    here.walk(above, "review")
    with pytest.raises(ChildrenMissing) as refused:
        here.take(above, "sign")
    assert "Phòng Kinh tế" in refused.value.values["units"]
    here.walk(here.open(below), "send", BELOW)
    assert here.take(above, "sign") == "signed"


def test_a_parent_is_signed_without_its_child_only_with_words_that_stay(here: Office) -> None:
    here.below()
    above = here.open(here.duty())
    here.walk(above, "review")
    assert here.take(above, "sign", words="đơn vị đang kiểm kê") == "signed"
    with here.world.database.transaction(writes=False) as session:
        kept = session.scalars(select(Step.words).where(Step.deed == "sign")).one()
        assert kept == "đơn vị đang kiểm kê"


def test_a_child_is_not_opened_again_under_a_locked_parent(here: Office) -> None:
    child = here.open(here.below())
    here.walk(child, "lock", BELOW)
    parent = here.open(here.duty())
    here.walk(parent)
    with pytest.raises(ParentLocked) as refused:
        here.take(child, "reopen", "office", words="nhầm số liệu tháng ba")
    assert "Tân Khánh" in refused.value.values["unit"]
    with pytest.raises(WordsMissing):
        here.take(parent, "reopen", "above")
    assert here.take(parent, "reopen", "above", words="xã sửa lại số liệu") == "open"
    assert here.take(child, "reopen", "office", words="nhầm số liệu tháng ba") == "open"


def test_a_received_child_is_not_given_back_under_a_locked_parent(here: Office) -> None:
    child = here.open(here.below())
    here.walk(child, "receive", BELOW)
    here.walk(here.open(here.duty()))
    with pytest.raises(ParentLocked):
        here.take(child, "give_back", "office", words="nhầm số liệu tháng ba")


def test_what_is_not_there_is_refused(here: Office) -> None:
    with pytest.raises(ReportUnknown), here.world.database.transaction() as session:
        approval.take(session, here.world.commune, "draft", here.by("drafter"), seen=1)


# --- who wrote it, when it moved on, what was built on it ---------------------------------------------------------


@pytest.mark.parametrize("deed", ["review", "sign", "number"])
def test_whoever_wrote_the_words_is_no_reviewer_or_signer_even_where_another_hands_them_on(
    here: Office, deed: str
) -> None:
    submission = here.open(here.duty())
    here.write(submission, "results", "của người ký", "signer")
    for before in ORDER[: ORDER.index(deed)]:
        here.take(submission, before, {"sign": "office"}.get(before))
    with pytest.raises(SamePerson):
        here.take(submission, deed, "signer")


def test_who_drafted_an_earlier_round_does_not_sign_their_own_words_in_the_next(here: Office) -> None:
    submission = here.open(here.duty())
    here.write(submission, "results", "chữ của vòng một")
    here.walk(submission, "send")
    here.take(submission, "give_back", "above", words="bổ sung khó khăn")
    here.walk(submission, "review", {"draft": "agency_drafter"})
    with pytest.raises(SamePerson):
        here.take(submission, "sign", "drafter")
    assert here.take(submission, "sign") == "signed"


@pytest.mark.parametrize("deed", ["review", "sign", "number"])
def test_a_full_stop_under_somebodys_words_does_not_make_them_ones_own(here: Office, deed: str) -> None:
    submission = here.open(here.duty())
    here.write(submission, "results", "Cả báo cáo", "signer")
    here.write(submission, "results", "Cả báo cáo.", seen=1)
    for before in ORDER[: ORDER.index(deed)]:
        here.take(submission, before, {"sign": "office"}.get(before))
    with pytest.raises(SamePerson):
        here.take(submission, deed, "signer")


def test_whoever_wrote_in_this_round_is_one_of_its_drafters_even_where_the_field_was_emptied(
    here: Office,
) -> None:
    submission = here.open(here.duty())
    for seen, (words, who) in enumerate((("Bản nháp", "signer"), ("", "drafter"), ("Viết lại", "drafter"))):
        here.write(submission, "results", words, who, seen=seen)
    here.walk(submission, "review")
    with pytest.raises(SamePerson):
        here.take(submission, "sign")


def test_words_of_an_earlier_round_bind_their_writer_until_the_field_is_written_anew(here: Office) -> None:
    submission = here.open(here.duty())
    here.write(submission, "results", "Của người ký", "signer")
    here.walk(submission, "send", {"sign": "office"})
    here.take(submission, "give_back", "above", words="bổ sung khó khăn")
    here.write(submission, "results", "Của người ký.", seen=1)
    here.walk(submission, "review")
    with pytest.raises(SamePerson):
        here.take(submission, "sign")
    here.take(submission, "give_back", "office", words="soạn lại từ đầu")
    here.write(submission, "results", "", seen=2)
    here.write(submission, "results", "Viết lại", seen=3)
    here.walk(submission, "review")
    assert here.take(submission, "sign") == "signed"


def test_who_had_the_figures_read_anew_does_not_sign_them(here: Office) -> None:
    submission = here.open(here.duty())
    with here.world.database.transaction() as session:
        compose.refresh_figures(
            session, session.get_one(Report, here.report(submission)), [], here.by("signer")
        )
    here.walk(submission, "review")
    with pytest.raises(SamePerson):
        here.take(submission, "sign")
    assert here.take(submission, "sign", "office") == "signed"


def test_a_step_looks_at_the_row_as_it_is_not_as_it_was_read_before(here: Office) -> None:
    """Two open the page; the first steps on and commits; the second's session still holds the old row."""
    submission = here.open(here.duty())
    here.walk(submission, "receive")
    seen = here.row(submission).revision
    with here.world.database.transaction() as session:
        stale = session.get_one(Submission, submission)
        set_committed_value(stale, "revision", seen - 1)  # as if read before the last step
        with pytest.raises(MovedOn):
            approval.take(session, submission, "lock", here.by("above"), seen=seen - 1)


def test_a_sent_child_is_not_taken_back_under_a_locked_parent(here: Office) -> None:
    child = here.open(here.below())
    here.walk(child, "send", BELOW)
    here.walk(here.open(here.duty()))
    with pytest.raises(ParentLocked):
        here.take(child, "give_back", "office", words="nhầm số liệu tháng ba")


def test_a_month_is_not_opened_again_under_the_locked_half_year_that_holds_it(here: Office) -> None:
    month = parse("thang", f"{here.half.last:%Y%m}")
    duty = here.duty(
        here.agency, here.world.commune, "state", "month", obligation="xa-cac-don-vi", since=month.first
    )
    child = here.open(duty, month)
    here.walk(child, "lock", BELOW)
    here.walk(here.open(here.duty()))
    with pytest.raises(ParentLocked):
        here.take(child, "reopen", "office", words="nhầm số liệu tháng ba")


def test_a_parent_is_not_locked_over_a_child_that_went_back_since_it_was_signed(here: Office) -> None:
    child = here.open(here.below())
    here.walk(child, "send", BELOW)
    parent = here.open(here.duty())
    here.walk(parent, "receive")
    here.take(child, "give_back", "office", words="nhầm số liệu tháng ba")
    with pytest.raises(ChildrenMissing):
        here.take(parent, "lock")
    here.walk(child, "send", BELOW)
    assert here.take(parent, "lock") == "locked"


def test_a_number_is_given_once_a_year_on_a_line(here: Office) -> None:
    first, second = here.open(here.duty()), here.open(here.duty(interval="month"), month_before(here))
    other_line = here.open(here.duty(line="state", obligation="xa-ubnd-ubnd-tinh"))
    for submission in (first, second, other_line):
        here.walk(submission, "sign")
    stamp = Stamp("15", clock.today())
    here.take(first, "number", stamp=stamp)
    with pytest.raises(NumberTaken):
        here.take(second, "number", stamp=stamp)
    here.take(first, "send")
    here.take(first, "give_back", "above", words="bổ sung khó khăn")
    with pytest.raises(NumberTaken):
        here.take(second, "number", stamp=stamp)
    assert here.take(other_line, "number", stamp=stamp) == "numbered"
    assert here.take(second, "number", stamp=Stamp("1", clock.today())) == "numbered"


def month_before(here: Office) -> Period:
    return parse("thang", f"{here.half.last:%Y%m}")


def test_the_database_itself_refuses_one_number_twice(here: Office) -> None:
    first, second = here.open(here.duty()), here.open(here.duty(interval="month"), month_before(here))
    here.walk(first, "number")
    row = here.row(first)
    with pytest.raises(IntegrityError), here.world.database.transaction() as session:
        session.execute(
            update(Submission)
            .where(Submission.id == second)
            .values(number=row.number, number_on=row.number_on, number_year=row.number_year)
        )


def test_a_half_year_waits_for_the_months_of_those_whose_duty_says_so(here: Office) -> None:
    month = parse("thang", f"{here.half.last:%Y%m}")
    monthly = here.duty(
        here.agency,
        here.world.commune,
        "state",
        "month",
        obligation="xa-cac-don-vi",
        since=month.first,
        fills_longer=True,
    )
    above = here.open(here.duty())
    here.walk(above, "review")
    with pytest.raises(ChildrenMissing):
        here.take(above, "sign")
    here.walk(here.open(monthly, month), "send", BELOW)
    assert here.take(above, "sign") == "signed", "months before the duty held are not waited for"


def test_a_half_year_does_not_wait_for_months_nobody_said_it_needs(here: Office) -> None:
    here.duty(
        here.agency, here.world.commune, "state", "month", obligation="xa-cac-don-vi", since=here.half.first
    )
    assert here.walk(here.open(here.duty()), "sign") == "signed"


def test_a_reason_has_ten_letters(here: Office) -> None:
    here.below()
    above = here.open(here.duty())
    here.walk(above, "review")
    for words in ("chưa có", "123 456 789 012", "..........."):
        with pytest.raises(WordsMissing):
            here.take(above, "sign", words=words)
        with pytest.raises(WordsMissing):
            here.take(above, "give_back", "signer", words=words)
