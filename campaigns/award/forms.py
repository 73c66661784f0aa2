"""Forms of awards and the bonus that goes with them: dated data, the row in force on the day of the decision."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "forms.yaml"


@dataclass(frozen=True)
class Form:
    """`multiple`: of the base salary; None where no bonus was found. `bonus`: in đồng, None where either is not known."""

    code: str
    words: str
    tier: str
    lines: tuple[str, ...]
    who: tuple[str, ...]
    multiple: Decimal | None
    bonus: Decimal | None


@dataclass(frozen=True)
class Forms:
    holds_from: date
    is_confirmed: bool
    source: str
    by_code: dict[str, Form]


@cache
def _all() -> tuple[Forms, ...]:
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(sorted((_read(row) for row in rows), key=lambda one: one.holds_from))


def _read(row: dict[str, object]) -> Forms:
    salary, told = row["base_salary"], row["forms"]
    assert isinstance(told, dict) and isinstance(row["holds_from"], date)  # noqa: S101, PT018 - our own file
    forms = {}
    for code, one in told.items():
        multiple = Decimal(one["multiple"]) if "multiple" in one else None
        bonus = multiple * Decimal(str(salary)) if multiple is not None and salary is not None else None
        forms[code] = Form(
            code, one["vi"], one["tier"], tuple(one["lines"]), tuple(one["who"]), multiple, bonus
        )
    return Forms(row["holds_from"], bool(row["is_confirmed"]), str(row["source"]), forms)


def on(day: date) -> Forms:
    """Those in force that day; before the first of them, the first."""
    return next((one for one in reversed(_all()) if one.holds_from <= day), _all()[0])


def words_of(code: str) -> str:
    """What a form is called, also one that is given no more; the code itself for one we never had."""
    return next((one.by_code[code].words for one in reversed(_all()) if code in one.by_code), code)
