"""Keeps reports of units that have ended: readable, counted in the past, and waited for by nobody."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import last_full
from backend.reports import files, national, obligations, queries
from backend.reports.due import Rule
from backend.reports.errors import ChildrenMissing, PeriodNotExpected
from backend.reports.models import Duty, Report, Submission
from backend.units import change
from tests.support.reports import BELOW, Office, office
from tests.support.world import World


@pytest.fixture
def here(world: World) -> Office:
    return office(world)


def ends(here: Office, unit: uuid.UUID, on: date | None = None) -> None:
    with here.world.database.transaction() as session:
        change.close(session, unit, on or clock.today())


def test_what_an_ended_unit_sent_bears_its_last_name_everywhere(here: Office) -> None:
    submission = here.open(here.below())
    here.walk(submission, "send", BELOW)
    with here.world.database.transaction() as session:
        change.rename(session, here.agency, "Phòng Kinh tế mới", "", clock.today() - timedelta(days=3))
    ends(here, here.agency)
    with here.world.database.transaction() as session:
        row = session.get_one(Submission, submission)
        told = queries.owed_one(session, session.get_one(Report, row.subject_id))
        assert (told.unit.name, told.state) == ("Phòng Kinh tế mới", "sent")
        assert files.made(session, row, "docx", sample=False).content


def test_a_draft_of_an_ended_unit_can_still_be_laid_out(here: Office) -> None:
    draft = here.open(here.below())
    sheet = here.open(here.duty(here.agency, here.agency, obligation="xa-he-thong-57"))
    ends(here, here.agency)
    with here.world.database.transaction() as session:
        told = files.sheet_of_paper(session, session.get_one(Submission, draft), sample=False)
        assert "Tân Khánh, ngày" in str(told["heading"]), "the place is the one it stood in"
        report = session.get_one(Report, session.get_one(Submission, sheet).subject_id)
        assert national.lines(session, report, "nq57")


def test_nobody_waits_for_a_unit_that_is_no_longer_there(here: Office) -> None:
    here.below()
    above = here.open(here.duty())
    here.walk(above, "review")
    with pytest.raises(ChildrenMissing):
        here.take(above, "sign")
    ends(here, here.agency)
    assert here.take(above, "sign") == "signed"


def test_a_duty_ends_with_its_unit_and_what_was_owed_before_stays_in_the_sheet(here: Office) -> None:
    month = last_full("thang", "month", clock.today())
    here.duty(
        here.agency, here.world.commune, "state", "month", Rule(1, 0), "xa-cac-don-vi", month.first - timedelta(days=70)
    )  # fmt: skip
    day = month.first + timedelta(days=9)  # within the last full month, which it no longer owes
    before = owed_periods(here)
    assert month.code in before
    ends(here, here.agency, day)
    assert owed_periods(here) == [code for code in before if code < month.code]
    assert owed_periods(here)
    assert of_years(here, month.first) == [code for code in before if code < month.code]


def owed_periods(here: Office) -> list[str]:
    with here.world.database.transaction(writes=False) as session:
        return [one.period.code for one in queries.owed(session, set(), {here.world.commune})]


def of_years(here: Office, day: date) -> list[str]:
    with here.world.database.transaction(writes=False) as session:
        found = [
            one.period.code
            for year in (day.year - 1, day.year)
            for one in queries.owed_for(session, set(), {here.world.commune}, year)
        ]
        return sorted(found)


def test_the_end_of_the_receiver_ends_the_duty_too(here: Office) -> None:
    duty = here.duty(here.world.commune, here.agency, "state", obligation="xa-cac-don-vi")
    ends(here, here.agency, here.half.first + timedelta(days=20))
    with here.world.database.transaction(writes=False) as session:
        assert queries.owed(session, {here.world.commune}, set()) == []
        with pytest.raises(PeriodNotExpected):
            obligations.period_of(session.get_one(Duty, duty), here.half.code)


def test_what_no_calendar_calls_for_is_not_offered_to_an_ended_unit(here: Office) -> None:
    duty = here.duty(obligation="xa-so-ket", interval="mid_term")
    with here.world.database.transaction(writes=False) as session:
        [one] = called(session, here)
        assert one.duty.id == duty
    ends(here, here.world.commune)
    with here.world.database.transaction(writes=False) as session:
        assert called(session, here) == []
        with pytest.raises(PeriodNotExpected):
            obligations.period_of(session.get_one(Duty, duty), one.period.code)


def called(session: Session, here: Office) -> list[queries.Owed]:
    units = {here.world.commune}
    return queries.on_call(queries.standing(session, units, set()), units)
