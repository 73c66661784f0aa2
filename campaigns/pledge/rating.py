"""Classes of the yearly rating: dated sets of words. A class is typed in by whoever decides; nothing here computes one."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from campaigns.models import Activity
from campaigns.pledge.schemas import PledgeSettings

FILE = Path(__file__).with_name("rating_rules.yaml")


class RatingClass(msgspec.Struct, frozen=True):
    """`from_points`: the cut-off the rule names, shown beside the choice, never applied; `condition` in words."""

    code: str
    name: dict[str, str]
    condition: dict[str, str] = {}
    from_points: int | None = None
    unconfirmed: bool = True


class RatingRules(msgspec.Struct, frozen=True):
    """`unconfirmed`: its text was not read at the source; whoever uses it checks it first."""

    code: str
    title: dict[str, str]
    classes: list[RatingClass]
    valid_from: date
    valid_to: date | None = None
    unconfirmed: bool = True
    source: dict[str, str] = {}
    notes: dict[str, str] = {}

    def names(self, language: str) -> dict[str, str]:
        """Code -> what the class is called, the best first."""
        return {one.code: one.name.get(language, one.name["vi"]) for one in self.classes}


@lru_cache(maxsize=1)
def rating_rules() -> dict[str, RatingRules]:
    rows: list[Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {one.code: one for one in msgspec.convert(rows, list[RatingRules])}


def rating_of(activity: Activity) -> RatingRules:
    """The set an activity names in its settings in force."""
    return rating_rules()[msgspec.convert(activity.settings_in_force, PledgeSettings).rating]
