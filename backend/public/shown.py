"""Moments, numbers and spans as a Vietnamese (or English) reader writes them. Public pages get plain JSON values."""

from datetime import date, datetime
from typing import Any

from flask_babel import format_date, format_datetime, format_decimal, gettext

from backend import http


def words(by_language: dict[str, Any]) -> str:
    return str(by_language.get(http.language()) or by_language["vi"])


def number(value: float) -> str:
    """1306 -> '1.306', 14.63 -> '14,6' to a Vietnamese reader."""
    return str(format_decimal(value, format="#,##0.#"))


def day(value: date | str) -> str:
    return str(format_date(date.fromisoformat(value) if isinstance(value, str) else value, "dd/MM/yyyy"))


def moment(value: datetime | str) -> str:
    """'2026-11-22T03:00:00Z' -> '10:00, 22/11/2026': Viet Nam's time."""
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    return str(format_datetime(when, "HH:mm, dd/MM/yyyy"))


def span(milliseconds: int) -> str:
    """How long a paper took: '3 phút 12,4 giây'."""
    minutes, rest = divmod(milliseconds, 60_000)
    seconds = number(round(rest / 1000, 1))
    if not minutes:
        return gettext("%(seconds)s giây", seconds=seconds)
    return gettext("%(minutes)s phút %(seconds)s giây", minutes=minutes, seconds=seconds)
