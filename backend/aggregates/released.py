"""What a level approved of the figures its parts told, and so may tell further up. Handed in: who accepts and gives out stands above.

A part whose figures arrived and were not accepted is no part of it. What was given out is told as it was given out, whatever
arrived since.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.aggregates.hiding import Sides
from backend.aggregates.packet import Approval, Line
from backend.calendars import Period

Figures = Mapping[str, Mapping[str, Sides]]
"""Unit code -> element -> what was told of it; of units that were accepted alone"""


@dataclass(frozen=True)
class Released:
    """One dataset, line and period. `made_of`: SHA-256 that stands for the figures; `reason`: why they differ from those before
    ('' the first time). `state`: as far as the part that is least far; `known_at`: of the part that looked last.

    `template_sha`: the newest template among the parts. `approval`: the level's own steps.
    """

    dataset: str
    line: Line
    period: Period
    made_of: str
    reason: str
    state: str
    known_at: datetime
    template_sha: str
    approval: tuple[Approval, ...]
    figures: Callable[[], Figures]


Releases = Callable[[Session, uuid.UUID], Iterable[Released]]
"""Of the unit a node serves"""


def nothing_released(session: Session, unit: uuid.UUID) -> Iterable[Released]:
    return ()
