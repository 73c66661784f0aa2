"""Keeps the sheet of completeness and timeliness against one worked out by hand."""

from datetime import date
from decimal import Decimal

from backend.calendars import Period, parse
from backend.reports.due import Expected, Punctuality
from backend.reports.punctuality import sheet

JANUARY, FEBRUARY, HALF = (parse("thang", code) for code in ("202601", "202602", "2026S1"))
TODAY = date(2026, 7, 20)
DUE = {JANUARY: date(2026, 2, 18), FEBRUARY: date(2026, 3, 18), HALF: date(2026, 7, 18)}


def one(period: Period, sent: date | None, is_there: bool | None = None) -> Expected:
    return Expected(DUE[period], sent, sent is not None if is_there is None else is_there)


BY_HAND = [
    # Hai báo cáo tháng một của Phòng: một đúng hạn, một muộn một ngày.
    ("Phòng Kinh tế", JANUARY, one(JANUARY, date(2026, 2, 18))),
    ("Phòng Kinh tế", JANUARY, one(JANUARY, date(2026, 2, 19))),
    ("Phòng Kinh tế", FEBRUARY, one(FEBRUARY, None)),
    # Gửi đúng hạn rồi bị trả lại: chưa có ở nơi nhận.
    ("Trạm Y tế", FEBRUARY, one(FEBRUARY, date(2026, 3, 1), is_there=False)),
    ("Trạm Y tế", HALF, one(HALF, date(2026, 7, 10))),
    # Chưa đến hạn, và không có hạn: không tính.
    ("Trường học", HALF, Expected(date(2026, 7, 21), None, is_there=False)),
    ("Trường học", JANUARY, Expected(None, None, is_there=False)),
]


def test_the_sheet_is_the_one_worked_out_by_hand() -> None:
    found = sheet(BY_HAND, TODAY)
    assert found.units == ["Phòng Kinh tế", "Trạm Y tế"]
    assert found.periods == [JANUARY, FEBRUARY, HALF]
    assert found.cells == {
        ("Phòng Kinh tế", JANUARY): Punctuality(2, 2, 1),
        ("Phòng Kinh tế", FEBRUARY): Punctuality(1, 0, 0),
        ("Trạm Y tế", FEBRUARY): Punctuality(1, 0, 0),
        ("Trạm Y tế", HALF): Punctuality(1, 1, 1),
    }
    economy, health = (found.by_unit[unit] for unit in found.units)
    assert (economy.complete, economy.timely) == (Decimal("66.7"), Decimal("33.3"))
    assert (health.complete, health.timely) == (Decimal("50.0"), Decimal("50.0"))
    assert [found.by_period[period].complete for period in found.periods] == [100, 0, 100]
    assert [found.by_period[period].timely for period in found.periods] == [50, 0, 100]
    assert (found.whole.expected, found.whole.complete, found.whole.timely) == (
        5,
        Decimal("60.0"),
        Decimal("40.0"),
    )


def test_what_falls_due_tomorrow_is_not_missing_today() -> None:
    rows = [("Trường học", HALF, Expected(date(2026, 7, 21), None, is_there=False))]
    assert sheet(rows, TODAY).units == []
    assert sheet(rows, date(2026, 7, 21)).whole == Punctuality(1, 0, 0)
