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

from backend.cards import canonical
from backend.cards.errors import TemplateInvalid, TemplateUnknown
from backend.cards.shapes import Template, read
from backend.cards.template_problems import measure_problems, problems
from backend.participation.measures import MeasureBook
from backend.scorecards.indicators import Indicator, Term
from backend.scorecards.indicators import template as live_template

SHIPPED = Path(__file__).parent / "templates"


@cache
def shipped() -> Mapping[str, Template]:
    """The templates in the folder, the newest version of each code."""
    found: dict[str, Template] = {}
    for path in sorted(SHIPPED.glob("*.yaml")):
        template = import_template(path.read_text(encoding="utf-8"))
        if template.code not in found or found[template.code].version < template.version:
            found[template.code] = template
    return found


def newest(code: str) -> Template:
    """Raises TemplateUnknown."""
    found = shipped().get(code)
    if found is None:
        raise TemplateUnknown(template=code)
    return found


def import_template(text: str, book: MeasureBook | None = None) -> Template:
    """A template out of YAML. Raises TemplateInvalid with everything that is wrong.

    `book`: where the caller knows what can be counted, unknown and sealed measures are refused too.
    """
    try:
        data = yaml.safe_load(text)
        made = read(canonical.to_bytes(_written_out(data)))
    except TemplateInvalid:
        raise
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise TemplateInvalid(errors=f"{type(error).__name__} {error}"[:300]) from None
    wrong = [*problems(made), *(measure_problems(made, book) if book else ())]
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
