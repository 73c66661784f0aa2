"""How what the node knows is put before a person's eyes: dates, numbers, and words for the codes we keep."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import format_date, format_datetime, format_decimal, gettext

from backend import http
from backend.errors import N_
from backend.people.staff import ROLES
from backend.reports.words import STATES as REPORT_STATES
from backend.scorecards.indicators import Indicator
from backend.scorecards.queries import Figure

STATES = {
    "scheduled": N_("Sắp mở"),
    "open": N_("Đang mở"),
    "closed": N_("Đã đóng, chờ chốt kết quả"),
    "settled": N_("Đã chốt kết quả"),
}
SETTINGS = {
    "questions_per_attempt": N_("Số câu mỗi đề"),
    "time_limit_s": N_("Thời gian làm bài"),
    "grace_s": N_("Nhận bài muộn thêm"),
    "attempts_per_person": N_("Số lượt thi mỗi người"),
    "age_floor": N_("Tuổi tối thiểu"),
    "pass_right": N_("Số câu đúng để đạt"),
    "shuffle_questions": N_("Trộn thứ tự câu hỏi"),
    "shuffle_options": N_("Trộn thứ tự câu trả lời"),
    "show_result": N_("Báo số câu đúng"),
    "show_answers": N_("Công bố câu trả lời đúng"),
    "counting_attempt": N_("Lượt được tính"),
    "prediction": N_("Dự đoán số người trả lời đúng tất cả các câu hỏi"),
    "settle": N_("Chốt kết quả"),
    "bank": N_("Câu hỏi của đợt"),
    "open_to": N_("Dành cho"),
    "ranking": N_("Thứ tự xếp hạng"),
    "tags": N_("Chủ đề thi đua"),
    "units": N_("Đơn vị đăng ký thi đua"),
    "firms": N_("Nhận doanh nghiệp, hộ kinh doanh, hợp tác xã"),
    "unit_kinds": N_("Loại đơn vị được đăng ký"),
}
CHOICES = {
    "at_submit": N_("ngay khi nộp bài"),
    "after_close": N_("sau khi chốt kết quả"),
    "never": N_("không công bố"),
    "after_settled": N_("sau khi chốt kết quả"),
    "first": N_("lượt đầu tiên"),
    "best": N_("lượt tốt nhất"),
    "last": N_("lượt cuối cùng"),
    "auto": N_("tự động, khi hết người đang làm bài"),
    "by_hand": N_("do Ban Tổ chức chốt"),
    "dealt": N_("phần riêng, không trùng đợt khác"),
    "whole": N_("cả ngân hàng"),
    "right": N_("số câu đúng"),
    "elapsed": N_("thời gian làm bài"),
    "handed_in": N_("nộp trước"),
    "patriotic": N_("thi đua yêu nước"),
    "new_rural": N_("xây dựng nông thôn mới"),
    "startup": N_("khởi nghiệp sáng tạo"),
    "innovation": N_("đổi mới sáng tạo"),
    "digital": N_("chuyển đổi số"),
    "hamlet": N_("xóm, tổ dân phố"),
    "agency": N_("cơ quan"),
    "school": N_("trường học"),
    "association": N_("hội, đoàn thể"),
    "commune": N_("xã, phường"),
    "lives_in": N_("người sinh sống trên địa bàn"),
    "works_at": N_("người của cơ quan, đơn vị"),
    "studies_at": N_("học sinh"),
    "party_cell": N_("đảng viên"),
    "youth_branch": N_("đoàn viên"),
    "body": N_("thành viên tổ, ban"),
}
RANKED_PREDICTION = N_("dự đoán gần đúng")
ATTEMPTS = {
    "running": N_("Đang làm"),
    "submitted": N_("Đã nộp, được tính"),
    "late": N_("Nộp muộn, không tính"),
    "expired": N_("Hết giờ, chưa nộp"),
    "removed": N_("Không được công nhận"),
}


def words(by_language: dict[str, Any]) -> str:
    return str(by_language.get(http.language()) or by_language["vi"])


def number(value: int | Decimal, decimals: int = 0) -> str:
    """1306 -> '1.306' to a Vietnamese reader."""
    return str(format_decimal(value, format="#,##0" + ("." + "0" * decimals if decimals else "")))


def day(value: date) -> str:
    return str(format_date(value, "dd/MM/yyyy"))


def written_day(text: str) -> str:
    """'2026-11-22' -> '22/11/2026'; what is no day is shown as it was written."""
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


def days(first: date, last: date) -> str:
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def moment(value: datetime) -> str:
    return str(format_datetime(value, "HH:mm, dd/MM/yyyy"))


def second(value: datetime) -> str:
    return str(format_datetime(value, "HH:mm:ss"))


def exact(value: datetime) -> str:
    return str(format_datetime(value, "dd/MM/yyyy HH:mm:ss"))


def figure(shown: Figure) -> str:
    """'14,6 %', '134 lượt', or why there is no figure."""
    if shown.is_hidden:
        return gettext("Ẩn để không lộ cá nhân")
    if shown.value is None:
        return gettext("Chưa có số liệu")
    return f"{number(shown.value, shown.indicator.decimals)} {unit_word(shown.indicator)}"


def unit_word(indicator: Indicator) -> str:
    if indicator.factor == 100:
        return "%"
    if indicator.noun:
        return words(indicator.noun)
    return gettext("người") if indicator.numerator.take == "people" else gettext("lượt")


def state(value: str) -> str:
    return gettext(STATES[value])


def report_state(value: str) -> str:
    return gettext(REPORT_STATES[value])


def roles(held: Collection[str]) -> str:
    return ", ".join(gettext(ROLES.get(role, role)) for role in ROLES if role in held)


def is_plain(value: Any) -> bool:
    """Whether a setting is one line; how a paper is put together is told by the rules in words."""
    return not (isinstance(value, (list, tuple)) and (not value or isinstance(value[0], dict)))


def setting(name: str, value: Any) -> tuple[str, str]:
    """One frozen setting as a label and a value a person reads."""
    label = gettext(SETTINGS[name]) if name in SETTINGS else name
    if value is None:
        return label, gettext("không giới hạn")
    if isinstance(value, bool):
        return label, gettext("có") if value else gettext("không")
    if name.endswith("_s"):
        return label, seconds(value)
    if isinstance(value, (list, tuple)):
        return label, ", ".join(_choice(each) for each in value)
    return label, _choice(value)


def _choice(value: Any) -> str:
    if value == "prediction":
        return gettext(RANKED_PREDICTION)
    return gettext(CHOICES[value]) if value in CHOICES else str(value)


def attempt_state(value: str) -> str:
    return gettext(ATTEMPTS[value])


def rate(value: float) -> str:
    """14.6 -> '14,6 %'."""
    return f"{format_decimal(value, format='#,##0.0')} %"


def span(milliseconds: int) -> str:
    """How long a paper took: '3 phút 12 giây'."""
    minutes, rest = divmod(max(0, milliseconds) // 1000, 60)
    if not minutes:
        return gettext("%(seconds)s giây", seconds=rest)
    return gettext("%(minutes)s phút %(seconds)s giây", minutes=minutes, seconds=rest)


def seconds(value: int) -> str:
    if value and value % 60 == 0:
        return gettext("%(minutes)s phút", minutes=value // 60)
    return gettext("%(seconds)s giây", seconds=value)


def period(code: str) -> str:
    """'202611' -> 'Tháng 11/2026', and so on for quarters, halves, years and everything."""
    year, rest = code[:4], code[4:]
    if code == "all":
        return gettext("Từ khi mở")
    if rest.startswith("Q"):
        return gettext("Quý %(number)s/%(year)s", number=rest[1:], year=year)
    if rest == "S1":
        return gettext("6 tháng đầu năm %(year)s", year=year)
    if rest == "S2":
        return gettext("6 tháng cuối năm %(year)s", year=year)
    if rest:
        return gettext("Tháng %(number)s/%(year)s", number=int(rest), year=year)
    return gettext("Năm %(year)s", year=year)


def capital(text: str) -> str:
    """'xóm Đồng Tiến' -> 'Xóm Đồng Tiến', for a heading."""
    return text[:1].upper() + text[1:]


def team(name: str) -> str:
    """'Tổ công nghệ số cộng đồng xóm Đồng Tiến' -> 'Tổ xóm Đồng Tiến', where many stand below each other."""
    return capital(name.replace(" công nghệ số cộng đồng", "", 1))
