"""How papers look, as dated data: layouts/*.yaml. The one in force on the day of the paper is taken."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Layout = dict[str, Any]


@cache
def shipped() -> tuple[Layout, ...]:
    """Every layout, oldest first."""
    files = sorted((Path(__file__).parent / "layouts").glob("*.yaml"))
    found = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return tuple(sorted(found, key=lambda one: one["holds_from"]))


def in_force(line: str, day: date) -> Layout:
    """The newest of that line that holds on the day; before any did, the oldest."""
    of_line = [one for one in shipped() if one["line"] == line]
    return next((one for one in reversed(of_line) if one["holds_from"] <= day), of_line[0])
