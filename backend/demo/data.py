"""What the demo is made of: `backend/demo.yaml`, and how large it is planted."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

DATA: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "demo.yaml").read_text(encoding="utf-8"))
INVENTED = "(hư cấu)"
"""Stands behind every name a person of the demo is shown by."""
SEED = 57


@dataclass(frozen=True)
class Size:
    """`share`: of the residents and of those who take part; headcounts stay as they are."""

    name: str
    share: float

    @property
    def stamp(self) -> str:
        """What the trail says was planted; another stamp is another world."""
        return f"v{DATA['version']} {self.name}"

    def of(self, number: int) -> int:
        return round(number * self.share)


FULL = Size("full", 1.0)
SMALL = Size("small", 0.1)
"""A handful of people in each hamlet: for tests that want a node, not a crowd."""


def invented(name: str) -> str:
    return f"{name} {INVENTED}"
