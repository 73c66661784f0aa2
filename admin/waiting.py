"""What the first page says somebody is waited for with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """Something this member is waited for: in a sentence, and where to do it. `name`: by which tests find it."""

    name: str
    title: str
    sentence: str
    href: str
