"""Periods in words. Vietnamese is the key; doors translate a `Heading` into the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend.calendars.shapes import Calendar, Period, calendar_of
from backend.errors import N_

ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True)
class Heading:
    """A sentence with its values, and the days where the name alone would make one think of others."""

    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict)
    days: str = ""

    def __str__(self) -> str:
        name = self.sentence % self.values if self.values else self.sentence
        return f"{name} ({self.days})" if self.days else name


def title(period: Period, which: Calendar | None = None) -> str:
    """In Vietnamese, as it stands in a heading: 'Tháng 11/2026', 'Quý IV/2026', 'Tuần 47/2026 (16/11 - 22/11/2026)'."""
    return str(heading(period, which))


def heading(period: Period, which: Calendar | None = None) -> Heading:
    of = calendar_of(period, which)
    sentence, values = _words(of, period)
    is_plain = of.kind == "months" and of.day == 1 and not of.months_back
    days = "" if is_plain else f"{_dmy(period.first)} - {_dmy(period.last)}"
    return Heading(sentence, values, days)


def _dmy(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _words(of: Calendar, period: Period) -> tuple[str, Mapping[str, Any]]:
    code = period.code
    if of.kind == "weeks":
        return N_("Tuần %(week)s/%(year)s"), {"week": code[5:], "year": code[:4]}
    if of.kind == "years":
        return _of_years(of, code)
    if of.kind == "listed":
        return "%(name)s", {"name": period.name or code}
    return _of_months(code)


def _of_years(of: Calendar, code: str) -> tuple[str, Mapping[str, Any]]:
    if of.years == 1:
        years = {"first": code[:4], "next": int(code[:4]) + 1}
        return (
            N_("Năm học %(first)s-%(next)s") if of.code == "nam-hoc" else N_("Năm %(first)s-%(next)s")
        ), years
    whole, _, half = code.partition("H")
    sentence = {
        "": N_("Nhiệm kỳ %(term)s"), "1": N_("Nửa đầu nhiệm kỳ %(term)s"), "2": N_("Nửa cuối nhiệm kỳ %(term)s"),
    }[half]  # fmt: skip
    return sentence, {"term": whole}


def _of_months(code: str) -> tuple[str, Mapping[str, Any]]:
    year, rest = code[:4], code[4:]
    if not rest:
        return N_("Năm %(year)s"), {"year": year}
    if rest[0] == "Q":
        return N_("Quý %(quarter)s/%(year)s"), {"quarter": ROMAN[int(rest[1]) - 1], "year": year}
    if rest[0] == "S":
        first = rest[1] == "1"
        return (N_("6 tháng đầu năm %(year)s") if first else N_("6 tháng cuối năm %(year)s")), {"year": year}
    return N_("Tháng %(month)s/%(year)s"), {"month": int(rest), "year": year}
