"""Reports by whatever calendar an office counts: 15th to 14th, school years, terms, weeks, and calendars of its own."""

import uuid
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import CalendarUnknown, CalendarWrong, PeriodUnknown, at, title
from backend.own_calendars import making, reading
from backend.own_calendars.errors import BeforeTheLast, CalendarInUse, CalendarTaken, NoList, TitleMissing
from backend.own_calendars.making import Asked
from backend.own_calendars.models import OwnCalendar, OwnPeriod
from backend.reports import compose, obligations, queries
from backend.reports.due import Rule
from backend.reports.errors import (
    CalendarDoesNotFit,
    CalendarNotYours,
    DueDaysWrong,
    DutyTaken,
    ObligationUnknown,
    PeriodNotExpected,
)
from backend.reports.models import Duty, Report
from backend.safeguards.audit import OPERATOR
from tests.support.reports import Office, office
from tests.support.world import World

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
ROUNDS = (
    {"code": "vong-1", "name": "Vòng xóm", "first": "2026-10-01", "last": "2026-10-20"},
    {"code": "vong-2", "name": "Vòng xã", "first": "2026-10-21", "last": "2026-11-10"},
    {"code": "vong-3", "name": "Chung khảo", "first": "2026-11-11", "last": "2026-12-05"},
)


@pytest.fixture
def here(world: World) -> Office:
    return office(world)


def make(here: Office, unit: uuid.UUID | None = None, **more: object) -> str:
    asked = {"title": "Hội thi cấp xã", "kind": "listed", "rows": ROUNDS} | more
    with here.world.database.transaction() as session:
        return making.make(session, unit or here.world.commune, Asked(**asked), OPERATOR).code  # type: ignore[arg-type]


def duty(here: Office, interval: str, calendar: str = "", obligation: str = "xa-dang-uy-tinh-uy", **more: object) -> uuid.UUID:  # fmt: skip
    with here.world.database.transaction() as session:
        return obligations.give_duty(
            session, unit=here.world.commune, receiver=more.pop("receiver", here.world.province), obligation=obligation,
            line="party", interval=interval, since=date(2025, 7, 1), by=here.by("office"), calendar=calendar, **more,
        ).id  # type: ignore[arg-type]  # fmt: skip


def owed(here: Office) -> dict[str, date | None]:
    """Code of the period -> its due day."""
    with here.world.database.transaction(writes=False) as session, clock.stopped_at(NOW):
        return {one.period.code: one.due for one in queries.owed(session, {here.world.commune}, set())}


def offered(here: Office, of: uuid.UUID) -> list[str]:
    with here.world.database.transaction(writes=False) as session, clock.stopped_at(NOW):
        return [one.code for one in obligations.offered(session.get_one(Duty, of))]


def begin(here: Office, of: uuid.UUID, code: str) -> Report:
    with here.world.database.transaction() as session, clock.stopped_at(NOW):
        row = session.get_one(Duty, of)
        return compose.open_report(session, row, obligations.period_of(row, code), [], here.by("drafter"))


# --- calendars every node has ------------------------------------------------------------------------------------


def test_a_report_by_months_from_the_15th_to_the_14th(here: Office) -> None:
    of = duty(here, "month", "hanh-chinh", rule=Rule(20, 0))
    found = owed(here)
    assert found["202611"] == date(2026, 11, 20)  # 15/10 - 14/11
    assert found["202612"] == date(2026, 12, 20)  # runs
    report = begin(here, of, "202611")
    assert (report.calendar, report.period) == ("hanh-chinh", "202611")
    with here.world.database.transaction(writes=False) as session:
        told = queries.owed_one(session, session.get_one(Report, report.id))
        assert "tháng 11/2026 (15/10/2026 - 14/11/2026)" in told.title


def test_a_report_of_the_school_year(here: Office) -> None:
    of = duty(here, "year", "nam-hoc")
    assert owed(here) == {"2025Sep": date(2026, 9, 18)}
    assert begin(here, of, "2025Sep").calendar == "nam-hoc"


def test_a_report_of_every_week_is_due_so_many_days_after_it(here: Office) -> None:
    of = duty(here, "week")
    found = owed(here)
    assert found["2026W46"] == date(2026, 11, 18)
    assert len(found) > 20
    with here.world.database.transaction() as session, clock.stopped_at(NOW):
        obligations.set_due(session, of, None, 1, here.by("above"), days=1)
    assert owed(here)["2026W47"] == date(2026, 11, 23)
    assert owed(here)["2026W46"] == date(2026, 11, 18), "what was over keeps its day"
    assert begin(here, of, "2026W46").calendar == "tuan"


@pytest.mark.parametrize("days", [-1, 367])
def test_days_nobody_can_mean_are_refused(here: Office, days: int) -> None:
    of = duty(here, "week")
    with pytest.raises(DueDaysWrong), here.world.database.transaction() as session:
        obligations.set_due(session, of, None, 1, here.by("above"), days=days)


@pytest.mark.parametrize(
    ("obligation", "interval", "receiver", "codes"),
    [
        ("xa-tong-ket", "term", "commune", ["2025-2030", "2020-2025"]),
        ("xa-so-ket", "mid_term", "commune", ["2025-2030H1"]),
        ("tinh-so-ket", "two_and_half_years", "commune", ["2025-2030H1", "2020-2025H2"]),
    ],
)
def test_a_term_and_its_halves_are_begun_by_the_calendar_of_terms(
    here: Office, obligation: str, interval: str, receiver: str, codes: list[str]
) -> None:
    of = duty(here, interval, obligation=obligation, receiver=here.world.commune)
    assert offered(here, of) == codes
    report = begin(here, of, codes[0])
    assert (report.calendar, report.period) == ("nhiem-ky", codes[0])
    assert codes[0] in owed(here)


def test_the_halves_of_a_term_are_thirty_months_each() -> None:
    first, second = (at("nhiem-ky", day, "half_term") for day in (date(2027, 12, 31), date(2028, 1, 1)))
    assert (first.first, first.last) == (date(2025, 7, 1), date(2027, 12, 31))
    assert (second.first, second.last) == (date(2028, 1, 1), date(2030, 6, 30))
    assert title(first) == "Nửa đầu nhiệm kỳ 2025-2030 (01/07/2025 - 31/12/2027)"


# --- what does not fit ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interval", "calendar"),
    [("month", "tuan"), ("month", "nam-hoc"), ("quarter", "nhiem-ky"), ("week", "thang"), ("own", "thang")],
)
def test_an_interval_the_calendar_does_not_have_is_refused(
    here: Office, interval: str, calendar: str
) -> None:
    with pytest.raises(CalendarDoesNotFit):
        duty(here, interval, calendar)


def test_an_unknown_calendar_and_an_interval_no_plan_names_are_refused(here: Office) -> None:
    with pytest.raises(CalendarUnknown):
        duty(here, "month", "am-lich")
    with pytest.raises(ObligationUnknown):
        duty(here, "term")


@pytest.mark.parametrize("code", ["202611", "2026Q4", "2025-2030", "vong-1", "2026W99", ""])
def test_a_period_of_another_calendar_is_refused(here: Office, code: str) -> None:
    of = duty(here, "week")
    with pytest.raises(PeriodUnknown):
        begin(here, of, code)


def test_a_period_that_is_not_asked_for_is_refused(here: Office) -> None:
    of = duty(here, "mid_term", obligation="xa-so-ket", receiver=here.world.commune)
    for code in ("2025-2030", "2025-2030H2"):
        with pytest.raises(PeriodNotExpected):
            begin(here, of, code)


def test_the_same_report_by_two_calendars_is_two_duties(here: Office) -> None:
    duty(here, "month")
    duty(here, "month", "hanh-chinh")
    with pytest.raises(DutyTaken):
        duty(here, "month", "hanh-chinh")


# --- calendars of one's own -------------------------------------------------------------------------------------------


def test_the_rounds_of_a_contest_are_a_calendar_and_reports_are_due_by_it(here: Office) -> None:
    code = make(here)
    assert code == "05752-hoi-thi-cap-xa"
    of = duty(here, "own", code)
    assert owed(here) == {
        "vong-1": date(2026, 10, 23),
        "vong-2": date(2026, 11, 13),
        "vong-3": date(2026, 12, 8),
    }
    report = begin(here, of, "vong-2")
    assert (report.calendar, report.period) == (code, "vong-2")
    with here.world.database.transaction(writes=False) as session:
        told = queries.owed_one(session, session.get_one(Report, report.id))
        assert told.period.first == date(2026, 10, 21)
        assert told.title.endswith("vòng xã (21/10/2026 - 10/11/2026)")
    with pytest.raises(PeriodUnknown):
        begin(here, of, "vong-9")


def test_a_month_that_begins_on_another_day(here: Office) -> None:
    code = make(here, title="Chốt ngày 10", kind="months", day=11, months_back=1, rows=())
    of = duty(here, "month", code, rule=Rule(12, 0))
    assert owed(here)["202611"] == date(2026, 11, 12)
    assert begin(here, of, "202611").calendar == code
    with here.world.database.transaction(writes=False) as session:
        period = reading.period(session, code, "202611")
        assert (period.first, period.last) == (date(2026, 10, 11), date(2026, 11, 10))
        assert title(period) == "Tháng 11/2026 (11/10/2026 - 10/11/2026)"


def test_a_calendar_from_above_is_used_below_and_nobody_elses(here: Office) -> None:
    above = make(
        here, here.world.province, title="Tháng của tỉnh", kind="months", day=21, months_back=1, rows=()
    )
    strange = make(here, here.world.far_commune, title="Lịch nơi khác", kind="months", day=5, rows=())
    duty(here, "month", above)
    with pytest.raises(CalendarNotYours):
        duty(here, "month", strange)
    with here.world.database.transaction(writes=False) as session:
        codes = [one.code for one in reading.usable(session, [here.world.commune], clock.today())]
    assert above in codes
    assert strange not in codes


def wrong(here: Office, **more: object) -> str:
    with pytest.raises(CalendarWrong) as refused:
        make(here, **more)
    return refused.value.sentence % refused.value.values


def rounds(*rows: tuple[str, str, str]) -> tuple[dict[str, str], ...]:
    return tuple({"code": code, "name": "", "first": first, "last": last} for code, first, last in rows)


def test_what_is_wrong_with_a_calendar_is_told_with_its_place(here: Office) -> None:
    one = ("a", "2026-10-01", "2026-10-10")
    assert wrong(here, rows=rounds(one, ("b", "2026-10-12", "2026-10-31"))) == (
        "Giữa kỳ “a” và kỳ “b” hở từ ngày 11/10/2026 đến ngày 11/10/2026; đúng ý thì đánh dấu cho phép."
    )
    assert wrong(here, rows=rounds(one, ("b", "2026-10-10", "2026-10-31"))) == (
        "Kỳ “a” và kỳ “b” chồng nhau từ ngày 10/10/2026."
    )
    assert wrong(here, has_gaps=True, rows=rounds(one, ("b", "2026-10-10", "2026-10-31"))).startswith(
        "Kỳ “a” và"
    )
    assert "ngày cuối đứng trước" in wrong(here, rows=rounds(("a", "2026-10-10", "2026-10-01"))).lower()
    assert "“hôm qua” không phải là một ngày" in wrong(here, rows=rounds(("a", "hôm qua", "2026-10-01")))
    assert "mã kỳ “vòng một”" in wrong(here, rows=rounds(("vòng một", "2026-10-01", "2026-10-10")))
    assert wrong(here, rows=rounds(one, ("A", "2026-10-11", "2026-10-31"))) == "Mã kỳ “a” có hai lần."
    assert "ít nhất một kỳ" in wrong(here, rows=())
    assert "từ 1 đến 28" in wrong(here, kind="months", rows=(), day=31)
    assert "từ 1 đến 28" in wrong(here, kind="months", rows=(), day=-1)
    assert "2199" in wrong(here, rows=rounds(("a", "2026-10-01", "9999-10-10")))
    assert "chính tháng ấy" in wrong(here, kind="months", rows=(), day=3, months_back=7)
    with pytest.raises(TitleMissing):
        make(here, title="2026")


def test_days_between_periods_are_nobodys_where_that_was_said(here: Office) -> None:
    code = make(
        here, has_gaps=True, rows=rounds(("a", "2026-10-01", "2026-10-10"), ("b", "2026-10-12", "2026-10-31"))
    )
    duty(here, "own", code)
    assert list(owed(here)) == ["a", "b"]
    with here.world.database.transaction(writes=False) as session, pytest.raises(PeriodUnknown):
        at(reading.find(session, code), date(2026, 10, 11), "own")


def test_two_calendars_of_a_unit_do_not_share_a_name(here: Office) -> None:
    make(here)
    with pytest.raises(CalendarTaken):
        make(here, rows=ROUNDS[:1])
    assert make(here, here.world.province) == "19-hoi-thi-cap-xa"


# --- what was used keeps its meaning ----------------------------------------------------------------------------------


def change_it(session: Session) -> None:
    session.query(OwnPeriod).first().last = date(2030, 1, 1)  # type: ignore[union-attr]


def change_all(session: Session) -> None:
    session.execute(update(OwnPeriod).values(last=date(2030, 1, 1)))


def change_rule(session: Session) -> None:
    session.query(OwnCalendar).first().day = 3  # type: ignore[union-attr]


def delete_it(session: Session) -> None:
    session.delete(session.query(OwnPeriod).first())


@pytest.mark.parametrize("deed", [change_it, change_all, change_rule, delete_it])
def test_a_calendar_is_never_changed(here: Office, deed: object) -> None:
    make(here)
    with pytest.raises(CalendarInUse), here.world.database.transaction() as session:
        deed(session)  # type: ignore[operator]


def test_further_periods_come_behind_the_last_one_only(here: Office) -> None:
    code = make(here)
    with here.world.database.transaction() as session:
        row = session.query(OwnCalendar).one()
        making.add_periods(session, row.id, rounds(("vong-4", "2026-12-06", "2026-12-20")), OPERATOR)
    with here.world.database.transaction(writes=False) as session:
        assert [one.code for one in reading.find(session, code).listed] == [
            "vong-1",
            "vong-2",
            "vong-3",
            "vong-4",
        ]
    for rows in (rounds(("x", "2026-09-20", "2026-09-30")), rounds(("vong-4", "2027-01-01", "2027-01-02")), rounds(("y", "2027-01-01", "2027-01-02"))):  # fmt: skip
        with pytest.raises((BeforeTheLast, CalendarWrong)), here.world.database.transaction() as session:
            making.add_periods(session, session.query(OwnCalendar).one().id, rows, OPERATOR)
    months = make(here, title="Chốt ngày 10", kind="months", day=11, rows=())
    with here.world.database.transaction(writes=False) as session:
        held = session.query(OwnCalendar).filter(OwnCalendar.code == months).one().id
    with pytest.raises(NoList), here.world.database.transaction() as session:
        making.add_periods(session, held, rounds(("a", "2027-01-01", "2027-01-02")), OPERATOR)
