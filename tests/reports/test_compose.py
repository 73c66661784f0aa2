"""Keeps what people typed: versions, two writers at once, and what those below wrote taken over by name."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from backend.reports import compose, national, queries
from backend.reports.due import Rule
from backend.reports.errors import NotEditable, ReportUnknown, TextChanged, TextTooLong
from backend.reports.models import WORDS, Report, ReportText, SheetEntry, Submission
from tests.support.reports import BELOW, Office, office
from tests.support.world import World


@pytest.fixture
def here(world: World) -> Office:
    return office(world)


def test_every_version_stays_and_the_newest_stands(here: Office) -> None:
    submission = here.open(here.duty())
    for number, words in enumerate(("một", "hai", "ba")):
        here.write(submission, "results", words, seen=number)
    with here.world.database.transaction(writes=False) as session:
        report = here.report(submission)
        assert [row.words for row in compose.versions(session, report, "results")] == ["ba", "hai", "một"]
        assert compose.texts(session, [report])[report, "results"].words == "ba"


def test_the_second_of_two_writers_is_told_and_the_first_ones_words_stay(here: Office) -> None:
    submission = here.open(here.duty())
    here.write(submission, "results", "của người thứ nhất")
    with pytest.raises(TextChanged):
        here.write(submission, "results", "của người thứ hai", seen=0)
    with here.world.database.transaction(writes=False) as session:
        assert session.scalars(select(ReportText.words)).all() == ["của người thứ nhất"]


def test_too_long_unknown_or_handed_on_is_refused(here: Office) -> None:
    submission = here.open(here.duty())
    with pytest.raises(TextTooLong):
        here.write(submission, "results", "a" * (WORDS + 1))
    with pytest.raises(ReportUnknown):
        here.write(submission, "khong-co", "a")
    here.take(submission, "draft")
    with pytest.raises(NotEditable):
        here.write(submission, "results", "muộn rồi")


def test_beginning_a_report_twice_is_one_report(here: Office) -> None:
    duty = here.duty()
    assert here.open(duty) == here.open(duty)


def test_words_from_below_are_taken_over_once_with_their_author_and_nothing_typed_goes(here: Office) -> None:
    child = here.open(here.below())
    here.write(child, "results", "Đã làm <b>&", "agency_drafter")
    parent = here.open(here.duty())
    here.write(parent, "results", "Xã đã chỉ đạo.")
    with here.world.database.transaction() as session:
        report = session.get_one(Report, here.report(parent))
        assert compose.below(session, report) == [], "what has not been sent is not read above"
    here.walk(child, "send", BELOW)
    with here.world.database.transaction() as session:
        report = session.get_one(Report, here.report(parent))
        [one] = compose.below(session, report)
        assert (one.unit, one.author, one.words) == ("Phòng Kinh tế", "agency drafter", "Đã làm <b>&")
        made = compose.carry_over(session, report, "results", [one.text], seen=1, by=here.by("drafter"))
        assert made.words == "Xã đã chỉ đạo.\n- Phòng Kinh tế: Đã làm <b>&"
        again = compose.carry_over(session, report, "results", [one.text], seen=2, by=here.by("drafter"))
        assert again.version == 2
        assert compose.authors(session, [again])[again.id] == ["Phòng Kinh tế – agency drafter"]


def test_the_late_list_names_units_and_what_is_due_and_never_a_person(here: Office) -> None:
    here.duty(here.agency, here.world.commune, obligation="xa-cac-don-vi", line="state", interval="month",
              rule=Rule(1, 0), since=here.half.last)  # fmt: skip
    with here.world.database.transaction(writes=False) as session:
        rows = queries.owed(session, set(), {here.world.commune})
        told = queries.late_list(rows)
        assert "1. Phòng Kinh tế" in told
        assert "hạn 01/" in told
        assert not any(name in told for name in ("drafter", "agency_"))
        [(unit, kept)] = queries.kept_by_unit(rows)
        assert unit.name == "Phòng Kinh tế"
        assert kept.expected > 0 == kept.actual


def test_what_was_sent_is_no_longer_late(here: Office) -> None:
    duty = here.duty(rule=Rule(1, 0))
    with here.world.database.transaction(writes=False) as session:
        [one] = [row for row in queries.owed(session, {here.world.commune}, set()) if row.period == here.half]
        assert one.is_late
    here.walk(here.open(duty), "send")
    with here.world.database.transaction(writes=False) as session:
        [one] = [row for row in queries.owed(session, {here.world.commune}, set()) if row.period == here.half]
        assert not one.is_late
        assert one.kept.is_there
        assert not one.kept.on_time


def test_every_entry_into_the_national_system_is_kept_with_who_and_when(here: Office) -> None:
    submission = here.open(here.duty(obligation="xa-he-thong-57"))
    with here.world.database.transaction() as session:
        report = session.get_one(Report, here.report(submission))
        for value in ("12", "13"):
            national.enter(session, report, "nq57", "tasks_given", value, here.by("drafter"))
        with pytest.raises(ReportUnknown):
            national.enter(session, report, "nq57", "khong-co", "1", here.by("drafter"))
        lines = {line.field: line for line in national.lines(session, report, "nq57")}
        assert (lines["tasks_given"].entered, lines["tasks_given"].by) == ("13", "drafter")
        assert lines["tasks_done"].at is None
        assert [row.value for row in session.scalars(select(SheetEntry).order_by(SheetEntry.number))] == [
            "12",
            "13",
        ]


def test_words_are_written_under_the_state_as_it_is_not_as_it_was_read_before(here: Office) -> None:
    submission = here.open(here.duty())
    here.take(submission, "draft")
    deeds = (
        lambda session, report: compose.save_text(session, report, "results", "muộn", seen=0, by=here.by("drafter")),
        lambda session, report: compose.save_paper(session, report, {"place": "Muộn"}, here.by("drafter")),
        lambda session, report: compose.refresh_figures(session, report, [], here.by("drafter")),
    )  # fmt: skip
    for deed in deeds:
        with here.world.database.transaction() as session:
            report = session.get_one(Report, here.report(submission))
            stale = session.get_one(Submission, submission)
            set_committed_value(stale, "state", "open")  # as if read before it was handed on
            with pytest.raises(NotEditable):
                deed(session, report)


def test_who_wrote_on_the_sheet_is_one_of_its_writers(here: Office) -> None:
    submission = here.open(here.duty())
    here.write(submission, "results", "một")
    here.write(submission, "results", "hai", "office", seen=1)
    with here.world.database.transaction() as session:
        report = session.get_one(Report, here.report(submission))
        compose.save_paper(session, report, {"signer_name": "Người khác"}, here.by("clerk"))
        session.flush()
        who = {here.world.staff[one] for one in ("drafter", "office", "clerk")}
        assert compose.writers(session, [report.id]) == {report.id: frozenset(who)}
