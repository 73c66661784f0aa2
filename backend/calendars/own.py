"""A calendar out of what somebody typed, or the sentence that says what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from backend.calendars.shapes import CALENDARS, FIRST_YEAR, LAST_YEAR, Calendar, Period
from backend.errors import N_, DomainError

CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,18}[A-Za-z0-9])?", re.ASCII)
"""What a period of an own list may be called in files: it stands beside codes of other calendars in one column."""
MOST_PERIODS = 200
LONGEST_NAME = 80


class CalendarWrong(DomainError):
    """An own calendar that holds a day twice, leaves one out unasked, or is not written as calendars are."""

    status = 422
    code = "calendar_wrong"
    sentence = N_("Lịch tự đặt chưa đúng.")

    def __init__(self, sentence: str, **values: Any) -> None:
        super().__init__(**values)
        self.sentence = sentence


def own(data: Mapping[str, Any]) -> Calendar:
    """Out of {code, title, kind, periods: [{code, first, last, name?}], has_gaps?} or the fields of `Calendar`.

    Raises CalendarWrong.
    """
    try:
        fields = dict(data)
        rows, has_gaps = fields.pop("periods", []), bool(fields.pop("has_gaps", False))
        listed = [_row(str(fields["code"]), number, row) for number, row in enumerate(rows, start=1)]
        made = Calendar(listed=tuple(sorted(listed, key=lambda row: row.first)), **fields)
    except (KeyError, TypeError):
        raise CalendarWrong(N_("Thiếu một mục bắt buộc hoặc có mục không hiểu được.")) from None
    _check_rule(made)
    _check_rows(made.listed, has_gaps)
    return made


def _row(calendar: str, number: int, row: Mapping[str, Any]) -> Period:
    first, last = _day(number, row["first"]), _day(number, row["last"])
    code, name = str(row["code"]).strip(), str(row.get("name", "")).strip()
    if not CODE.fullmatch(code):
        raise CalendarWrong(
            N_("Dòng %(line)s: mã kỳ “%(word)s” chỉ dùng chữ không dấu, chữ số và gạch nối, tối đa 20 ký tự."),
            line=number, word=code[:40],
        )  # fmt: skip
    if last < first:
        raise CalendarWrong(N_("Dòng %(line)s: ngày cuối đứng trước ngày đầu."), line=number)
    if not FIRST_YEAR <= first.year <= last.year <= LAST_YEAR:
        raise CalendarWrong(N_("Dòng %(line)s: năm phải từ 1946 đến 2199."), line=number)
    return Period(calendar, code, first, last, name=name[:LONGEST_NAME])


def _day(line: int, written: Any) -> date:
    try:
        return written if isinstance(written, date) else date.fromisoformat(written)
    except (TypeError, ValueError):
        raise CalendarWrong(
            N_("Dòng %(line)s: “%(word)s” không phải là một ngày."), line=line, word=str(written)[:40]
        ) from None


def _check_rule(made: Calendar) -> None:
    if made.kind not in ("months", "weeks", "years", "listed"):
        raise CalendarWrong(N_("Không có loại lịch này."))
    if made.code in CALENDARS:
        raise CalendarWrong(N_("Mã lịch “%(word)s” đã có sẵn; xin đặt mã khác."), word=made.code)
    if not 0 <= made.months_back <= 1:
        raise CalendarWrong(
            N_("Kỳ bắt đầu trong tháng trước hoặc trong chính tháng ấy; xin chọn một trong hai.")
        )
    if not 1 <= made.day <= 28:
        raise CalendarWrong(N_("Ngày bắt đầu phải từ 1 đến 28, vì tháng nào cũng có những ngày ấy."))
    if not (1 <= made.month <= 12 and made.years >= 1):
        raise CalendarWrong(N_("Tháng bắt đầu phải từ 1 đến 12, mỗi kỳ ít nhất một năm."))
    if (made.kind == "listed") != bool(made.listed):
        raise CalendarWrong(
            N_("Lịch theo danh sách phải có ít nhất một kỳ, lịch theo quy tắc thì không có kỳ nào.")
        )
    if len(made.listed) > MOST_PERIODS:
        raise CalendarWrong(N_("Một lịch có nhiều nhất %(most)s kỳ."), most=MOST_PERIODS)


def _check_rows(rows: Sequence[Period], has_gaps: bool) -> None:
    """In the order of their days."""
    codes = [row.code.lower() for row in rows]
    if twice := next((row.code for row in rows if codes.count(row.code.lower()) > 1), None):
        raise CalendarWrong(N_("Mã kỳ “%(word)s” có hai lần."), word=twice)
    for one, other in pairwise(rows):
        if other.first <= one.last:
            raise CalendarWrong(
                N_("Kỳ “%(one)s” và kỳ “%(other)s” chồng nhau từ ngày %(day)s."),
                one=one.code, other=other.code, day=f"{other.first:%d/%m/%Y}",
            )  # fmt: skip
        if not has_gaps and other.first != one.last + timedelta(days=1):
            raise CalendarWrong(
                N_("Giữa kỳ “%(one)s” và kỳ “%(other)s” hở từ ngày %(first)s đến ngày %(last)s; đúng ý thì đánh dấu cho phép."),
                one=one.code, other=other.code, first=f"{one.last + timedelta(days=1):%d/%m/%Y}",
                last=f"{other.first - timedelta(days=1):%d/%m/%Y}",
            )  # fmt: skip
