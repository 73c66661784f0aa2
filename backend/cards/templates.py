"""The templates shipped with the node, and reading one that somebody else made.

What is stored and fingerprinted is the whole meaning written out: the formula of each figure stands in it, so a change
of the list of indicators cannot change a card that was published.
"""

from collections.abc import Mapping
from decimal import InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from backend.calendars import CALENDARS
from backend.cards import canonical
from backend.cards.errors import TemplateInvalid, TemplateUnknown
from backend.cards.shapes import Template, read
from backend.cards.template_problems import Known, measure_problems, problems
from backend.participation.measures import MeasureBook
from backend.scorecards.indicators import Indicator, Term
from backend.scorecards.indicators import template as live_template

SHIPPED = Path(__file__).parent / "templates"


@cache
def shipped_all() -> tuple[Template, ...]:
    """Every template in the folder, by code and version."""
    made = (import_template(path.read_text(encoding="utf-8")) for path in SHIPPED.glob("*.yaml"))
    return tuple(sorted(made, key=lambda one: (one.code, one.version)))


def shipped() -> Mapping[str, Template]:
    """The newest version of each code."""
    return {template.code: template for template in shipped_all()}


def shipped_version(code: str, version: int) -> Template:
    """Raises TemplateUnknown."""
    found = next((one for one in shipped_all() if (one.code, one.version) == (code, version)), None)
    if found is None:
        raise TemplateUnknown(template=code)
    return found


def newest(code: str) -> Template:
    """Raises TemplateUnknown."""
    found = shipped().get(code)
    if found is None:
        raise TemplateUnknown(template=code)
    return found


def newest_sha(code: str) -> str | None:
    """Nothing for a template that does not come with the product."""
    found = shipped().get(code)
    return found.sha256 if found else None


def import_template(text: str, book: MeasureBook | None = None) -> Template:
    """A template out of YAML. Raises TemplateInvalid with everything that is wrong.

    `book`: where the caller knows what can be counted, unknown and sealed measures are refused too.
    """
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise TemplateInvalid(errors=f"{type(error).__name__} {error}"[:300]) from None
    return from_data(data, book)


def from_data(data: Any, book: MeasureBook | None = None, known: Known = CALENDARS) -> Template:
    """The same out of what was read already. Raises TemplateInvalid."""
    try:
        made = read(canonical.to_bytes(_written_out(data)))
    except TemplateInvalid:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation, IndexError) as error:
        raise TemplateInvalid(
            errors=f"có chỗ viết không đúng kiểu ({type(error).__name__} {error})"[:300]
        ) from None
    try:
        wrong_here = problems(made, known)
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError) as error:
        raise TemplateInvalid(
            errors=f"có chỗ viết không đúng kiểu ({type(error).__name__} {error})"[:300]
        ) from None
    wrong = [*wrong_here, *(measure_problems(made, book) if book else ())]
    if wrong:
        raise TemplateInvalid(errors="; ".join(wrong))
    return made


def _written_out(data: dict[str, Any]) -> dict[str, Any]:
    """Each indicator named is written out as a formula; numbers become text."""
    groups = [
        group | {"criteria": [_criterion_written_out(row) for row in group["criteria"]]}
        for group in data["groups"]
    ]
    return dict(_texts(data | {"groups": groups}))


def _criterion_written_out(row: dict[str, Any]) -> dict[str, Any]:
    name = row.get("indicator")
    if name is None:
        return row
    found = next((one for one in live_template().indicators if one.code == name), None)
    if found is None:
        raise TemplateInvalid(errors=f"{row.get('code')}: không có cách tính {name}")
    noun = (found.noun or {}).get("vi") or row.get("noun", "người" if found.about_people else "lượt")
    return {"explain": found.explain} | row | {"formula": _formula_of(found, row), "noun": noun}


def _formula_of(indicator: Indicator, row: dict[str, Any]) -> dict[str, Any]:
    below = indicator.denominator
    return {
        "numerator": vars(indicator.numerator),
        "denominator": vars(below) if isinstance(below, Term) else None,
        "population": row.get("population", "residents_from_7") if below == "headcount" else None,
        "factor": indicator.factor,
        "decimals": indicator.decimals,
        "about_people": indicator.about_people,
    }


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_texts(inner) for inner in value]
    return str(value) if isinstance(value, float) else value
