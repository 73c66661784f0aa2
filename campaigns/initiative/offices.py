"""Who acts at the console, and the paper a decision rests on."""

import uuid
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Handler:
    """A staff member in the office they act in."""

    person: uuid.UUID
    unit: uuid.UUID


@dataclass(frozen=True)
class Paper:
    """A signed document."""

    number: str
    day: date
    signer: str = ""
