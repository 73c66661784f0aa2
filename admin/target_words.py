"""Targets and figures put before a person's eyes: cells, comparisons, warnings and contradictions as sentences."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import format_decimal, gettext

from admin import calendar_words, shown
from backend import http
from backend.calendars import Period
from backend.own_calendars.reading import period_of
from backend.targets import words
from backend.targets.anomalies import Anomaly
from backend.targets.models import PlanIndicator, SeriesValue, Target
from backend.targets.queries import Said
from backend.targets.standing import Judged


def number(value: Decimal) -> str:
    """0.60 -> '0,60' to a Vietnamese reader: with the places it was written with."""
    exponent = value.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return str(format_decimal(value, format="#,##0" + ("." + "0" * places if places else "")))


def name(one: PlanIndicator) -> str:
    return one.name_en if http.language() == "en" and one.name_en else one.name_vi


def unit_word(one: PlanIndicator) -> str:
    """What stands behind a number: '%', 'trên 1 vạn dân'; a count needs none."""
    if one.unit.startswith("%"):
        return "%"
    return gettext("trên 1 vạn dân") if one.unit == "per 10k" else ""


def measure(unit: str) -> str:
    """The unit of measure as the file codes it, in words: 'count' -> 'số lượng'."""
    return gettext(words.UNITS[unit]) if unit in words.UNITS else unit


def with_unit(one: PlanIndicator, value: Decimal) -> str:
    return f"{number(value)} {unit_word(one)}".strip()


def asked(one: PlanIndicator, of: Target) -> str:
    """'từ 80 % trở lên', 'mỗi năm từ 40 trở lên'."""
    if of.value is None:
        return gettext(words.COMPARATORS["qualitative"])
    told = {"value": with_unit(one, of.value), "value_max": ""}
    if of.value_max is not None:
        told |= {"value": number(of.value), "value_max": with_unit(one, of.value_max)}
    sentence = gettext(words.COMPARATORS[of.comparator]) % told
    return sentence if of.basis == "level" else f"{sentence}, {gettext(words.BASES[of.basis])}"


def anomaly(one: Anomaly) -> str:
    return gettext(words.ANOMALIES[one.kind]) % {key: _plain(key, value) for key, value in one.values.items()}


def _plain(key: str, value: Any) -> str:
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, list):
        return "; ".join(number(each) for each in value)
    if key in ("unit", "other_unit"):
        return measure(value)
    return gettext(words.BASES[value]) if key in ("old", "new") and value in words.BASES else str(value)


def by_place(found: list[Anomaly]) -> Mapping[tuple[str, int], list[str]]:
    """(code, year) -> sentences."""
    told: dict[tuple[str, int], list[str]] = {}
    for one in found:
        told.setdefault((one.code, one.year), []).append(anomaly(one))
    return told


def value(one: PlanIndicator, said: Said | SeriesValue) -> str:
    """The figure, or why there is none."""
    if isinstance(said, Said) and said.is_hidden:
        return gettext("Ẩn để không lộ cá nhân")
    if said.value is None:
        return (
            gettext(words.ABSENT[said.absent]) if said.absent in words.ABSENT else gettext("Chưa có số liệu")
        )
    return with_unit(one, said.value)


def sides(said: Said | SeriesValue) -> str:
    """'412/500', where both are known."""
    if said.numerator is None:
        return ""
    return f"{number(said.numerator)}/{'?' if said.denominator is None else number(said.denominator)}"


def why(one: PlanIndicator, judged: Judged) -> str:
    """What the judgement rests on."""
    progress = judged.progress
    sentence = gettext(words.WHY[progress.why]) % {
        "year": progress.goal.year if progress.goal else "",
        "expected": with_unit(one, progress.expected) if progress.expected is not None else "",
        "share": number(progress.share) if progress.share is not None else "",
    }
    missed = progress.missed
    if missed is None or missed.value is None:
        return sentence
    told = gettext(words.MISSED) % {"year": missed.year, "value": with_unit(one, missed.value)}
    return f"{sentence} {told}"


def state(judged: Judged) -> str:
    return gettext(words.STATES[judged.progress.state])


def share(judged: Judged) -> str:
    """'104,2 % của mốc'; above 100 it is shown as it is."""
    if judged.progress.share is None:
        return ""
    return gettext("%(share)s %% của mốc", share=number(judged.progress.share))


def series(kind: str) -> str:
    return gettext(words.SERIES[kind])


def between(code: str) -> str:
    return gettext(words.BETWEEN[code])


def basis(code: str) -> str:
    return gettext(words.BASES[code])


def scope(code: str) -> str:
    return gettext(words.SCOPES[code])


def additivity(code: str) -> str:
    return gettext(words.ADDITIVITIES[code])


def period(one: Period) -> str:
    return shown.period(one.code) if one.calendar == "thang" else calendar_words.title(one)


def said_period(row: SeriesValue) -> str:
    return period(period_of(row))


def document(number_: str | None, day: Any) -> str:
    """'359-KH/TU, không rõ ngày': what is missing is said."""
    told = number_ or gettext("chưa rõ số")
    return f"{told}, {shown.day(day) if day else gettext('chưa rõ ngày')}"


def staff(names: Mapping[uuid.UUID, str], by: uuid.UUID | None) -> str:
    return names.get(by, "") if by else gettext("nhập khi cài đặt")
