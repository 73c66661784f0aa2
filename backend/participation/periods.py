"""Period codes in DHIS2's shape for the plain calendar: 202611, 2026Q4, 2026S2, 2026. Pure.

Other reporting calendars are chosen per obligation; a fact only needs the month it belongs to in plain months.
"""

from datetime import datetime

from backend.clock import local_day

ALL = "all"


def month(moment: datetime) -> str:
    return f"{local_day(moment):%Y%m}"


def holding(month_code: str) -> list[str]:
    """The month and every longer period that holds it, 'all' last: '202611' -> 202611, 2026Q4, 2026S2, 2026, all."""
    year, number = month_code[:4], int(month_code[4:])
    return [month_code, f"{year}Q{(number + 2) // 3}", f"{year}S{1 if number <= 6 else 2}", year, ALL]
