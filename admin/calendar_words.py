"""Periods in the reader's language."""

from flask_babel import gettext

from backend.calendars import Calendar, Period, heading


def title(period: Period, of: Calendar | None = None) -> str:
    """'Tháng 11/2026', 'Vòng 1 (01/10/2026 - 10/10/2026)'."""
    told = heading(period, of)
    name = gettext(told.sentence, **told.values)
    return f"{name} ({told.days})" if told.days else name
