"""A unit's series in the shape of DHIS2's dataValueSets, out and in. Pure.

Codes are ours on both sides (scheme CODE). The category option combo tells which series a value belongs to; the attribute
option combo is left to its default. A rate goes out as itself and, where its sides are known, as `<code>_NUM` and
`<code>_DEN`, so that it can be worked out again above. A figure that is missing or hidden is left out and told: it is never
sent as 0. Of our calendars only those DHIS2 has go out.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from backend import clock
from backend.calendars import Period
from backend.targets.csv_file import RUNS, shown
from backend.targets.errors import NoDataValues, TooManyFigures

CALENDARS = ("thang", "tuan", "nam-hoc")
"""Plain months, quarters, halves and years; weeks; years from September. The others share codes but not days."""
DEFAULT = "HllvX50cXC0"
"""The uid of the default category option combo, the same on every DHIS2 server."""
SERIES = {"measured": "LANTOA_MEASURED", "declared": "LANTOA_DECLARED", "official": "LANTOA_OFFICIAL"}
"""Kind of series -> the code of its category option combo, which whoever keeps the DHIS2 server makes once."""
SCHEMES = {"dataElementIdScheme": "CODE", "orgUnitIdScheme": "CODE", "categoryOptionComboIdScheme": "CODE"}
HEADING = (
    "dataelement", "period", "orgunit", "categoryoptioncombo", "attributeoptioncombo", "value", "storedby",
    "lastupdated", "comment", "followup", "deleted",
)  # fmt: skip
SIDES = {"_NUM": "numerator", "_DEN": "denominator"}
MOST_VALUES = 5000
MOST_BYTES = 4 * 1024 * 1024
NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,10})?", re.ASCII)
DEFAULTS = ("", "default", DEFAULT)
TAKEN_IN = (*DEFAULTS, SERIES["official"])
"""What may come in: a value without a kind, or one that says it is official."""


@dataclass(frozen=True)
class Row:
    """A figure of ours that is to go out. `absent`: why there is no value, where more is known than that there is none."""

    code: str
    unit_code: str
    period: Period
    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    source: str = ""
    at: datetime | None = None
    series: str = "official"
    absent: str = ""


@dataclass(frozen=True)
class Left:
    """What does not go out, and why: no_value, hidden, or a calendar DHIS2 does not have."""

    code: str
    period: Period
    series: str
    why: str


@dataclass(frozen=True)
class DataValue:
    """One value as DHIS2 has it."""

    data_element: str
    period: str
    org_unit: str
    value: str
    comment: str = ""
    last_updated: str = ""
    category_option_combo: str = ""
    attribute_option_combo: str = ""
    deleted: bool = False


@dataclass(frozen=True)
class Out:
    values: tuple[DataValue, ...]
    left_out: tuple[Left, ...]


def out(rows: Iterable[Row]) -> Out:
    values: list[DataValue] = []
    left: list[Left] = []
    for row in rows:
        if why := _kept_back(row):
            left.append(Left(row.code, row.period, row.series, why))
        else:
            values += _values(row)
    return Out(tuple(values), tuple(left))


def _kept_back(row: Row) -> str:
    if row.absent == "hidden":
        return "hidden"
    if row.period.calendar not in CALENDARS:
        return "calendar"
    return "no_value" if row.value is None else ""


def _values(row: Row) -> list[DataValue]:
    numbers = {"": row.value, "_NUM": row.numerator, "_DEN": row.denominator}
    at = "" if row.at is None else row.at.astimezone(clock.VIETNAM).strftime("%Y-%m-%dT%H:%M:%S.000+0700")
    return [
        DataValue(
            row.code + ending,
            row.period.code,
            row.unit_code,
            f"{number:f}",
            row.source,
            at,
            SERIES[row.series],
        )
        for ending, number in numbers.items()
        if number is not None
    ]


def without_comments(values: Iterable[DataValue]) -> list[DataValue]:
    """Numbers alone, for whoever may not read what they rest on."""
    return [replace(one, comment="") for one in values]


def to_json(values: Sequence[DataValue]) -> bytes:
    rows = [_as_json(one) for one in values]
    return json.dumps({**SCHEMES, "dataValues": rows}, ensure_ascii=False, indent=1).encode()


def _as_json(one: DataValue) -> dict[str, str]:
    told = {
        "dataElement": one.data_element,
        "period": one.period,
        "orgUnit": one.org_unit,
        "categoryOptionCombo": one.category_option_combo,
        "attributeOptionCombo": one.attribute_option_combo,
        "value": one.value,
        "lastUpdated": one.last_updated,
        "comment": one.comment,
    }
    return {name: text for name, text in told.items() if text}


def to_csv(values: Sequence[DataValue]) -> bytes:
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(HEADING)
    for one in values:
        rows.writerow(
            [one.data_element, one.period, one.org_unit, one.category_option_combo, one.attribute_option_combo, one.value,
             "", one.last_updated, shown(one.comment), "false", "false"]
        )  # fmt: skip
    return text.getvalue().encode()


# --- in -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class In:
    """A figure as it came: what belongs together put together. `line`: of the first of its values. `refused`: why not."""

    line: int
    code: str
    unit_code: str
    period: str
    value: str = ""
    numerator: str = ""
    denominator: str = ""
    comment: str = ""
    refused: str | None = None


def read(data: bytes) -> list[In]:
    """JSON or CSV, told apart by how it begins. Raises NoDataValues, TooManyFigures."""
    if len(data) > MOST_BYTES:
        raise TooManyFigures(most=MOST_VALUES)
    values = from_json(data) if data.lstrip()[:1] in (b"{", b"[") else from_csv(data)
    if len(values) > MOST_VALUES:
        raise TooManyFigures(most=MOST_VALUES)
    return together(values)


def from_json(data: bytes) -> list[DataValue]:
    """Raises NoDataValues. Period and unit may stand once for all values, as DHIS2 allows."""
    try:
        told = json.loads(data.decode("utf-8-sig"), parse_float=str, parse_int=str)
        rows = told["dataValues"]
        shared = {name: told.get(name, "") for name in ("period", "orgUnit", "attributeOptionCombo")}
        return [_from_json(row, shared) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NoDataValues from None


def _from_json(row: dict[str, Any], shared: dict[str, Any]) -> DataValue:
    told = {name: _text(value) for name, value in (shared | row).items()}
    return DataValue(
        told["dataElement"], told["period"], told["orgUnit"], told.get("value", ""), told.get("comment", ""),
        told.get("lastUpdated", ""), told.get("categoryOptionCombo", ""), told.get("attributeOptionCombo", ""),
        row.get("deleted") is True,
    )  # fmt: skip


def _text(value: Any) -> str:
    """Raises TypeError for what is no plain value."""
    if value is None or isinstance(value, bool):
        return ""
    if not isinstance(value, str):
        raise TypeError
    return value.replace("\x00", "").strip()[:300]


def from_csv(data: bytes) -> list[DataValue]:
    """Columns are found by their names. Raises NoDataValues."""
    try:
        rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        fields = {name: (name or "").strip().lower() for name in rows.fieldnames or ()}
        return [_from_csv({fields[n]: _text(v) for n, v in row.items() if n in fields}) for row in rows]
    except (UnicodeDecodeError, csv.Error, KeyError, TypeError):
        raise NoDataValues from None


def _from_csv(told: dict[str, str]) -> DataValue:
    return DataValue(
        told["dataelement"], told["period"], told["orgunit"], told["value"], _comment(told),
        told.get("lastupdated", ""), told.get("categoryoptioncombo", ""), told.get("attributeoptioncombo", ""),
        told.get("deleted", "").lower() == "true",
    )  # fmt: skip


def _comment(told: dict[str, str]) -> str:
    """Without the apostrophe that kept a spreadsheet from running it."""
    text = told.get("comment", "")
    return text[1:] if text.startswith("'") and RUNS.match(text[1:]) else text


def together(values: Sequence[DataValue]) -> list[In]:
    """A rate and its sides in one; the same value twice in one file is refused, as DHIS2 does (E8128)."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for line, one in enumerate(values, start=1):
        ending = one.data_element[-4:] if one.data_element[-4:] in SIDES else ""
        code = one.data_element.removesuffix(ending) if ending else one.data_element
        kind = one.category_option_combo if one.category_option_combo not in TAKEN_IN else ""
        place = (code, one.org_unit, one.period, kind, one.attribute_option_combo)
        told = found.setdefault(place, {"line": line, "comment": one.comment, "refused": None})
        side = SIDES.get(ending, "value")
        if side in told:
            told["refused"] = "twice"
        elif not NUMBER.fullmatch(one.value):
            told["refused"] = "no_number"
        elif one.category_option_combo in SERIES.values() and kind:
            told["refused"] = "other_series"
        elif kind or one.attribute_option_combo not in DEFAULTS:
            told["refused"] = "combo"
        elif one.deleted:
            told["refused"] = "deleted"
        told[side] = one.value
    return [
        In(code=code, unit_code=unit, period=period, **told)
        for (code, unit, period, *_), told in found.items()
    ]


def calendar_of(period: str) -> str:
    """Which of our calendars DHIS2's code belongs to, told by its shape."""
    if "W" in period:
        return "tuan"
    return "nam-hoc" if period.endswith("Sep") else "thang"
