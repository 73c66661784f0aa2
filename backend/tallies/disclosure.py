"""Small numbers are hidden in both directions, so that a rate never shows who took part or who stayed out. Pure.

Hidden: 1-4 people, none at all, and all but 0-4. Hiding one cell of a published total is undone by subtraction, so a
second one goes with it. Law 91/2025/QH15 art. 7 forbids re-identification; k = 5 is this product's choice.
"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

K = 5
Key = TypeVar("Key", bound=Hashable)


def may_show(people: int, of: int | None, k: int = K) -> bool:
    """Whether a count of people may be shown next to the size of its group.

    More people than the headcount (an old headcount) is shown once the surplus itself is not about a few.
    """
    if people < k:
        return False
    return of is None or people <= of - k or people >= of + k


def hidden_cells(cells: Mapping[Key, tuple[int, int | None]], k: int = K) -> set[Key]:
    """Which cells (people, of) of one published total stay hidden: never exactly one."""
    hidden = {key for key, (people, of) in cells.items() if not may_show(people, of, k)}
    if len(hidden) == 1 and len(cells) > 1:
        rest = {key: people for key, (people, _) in cells.items() if key not in hidden}
        hidden.add(min(rest, key=lambda key: rest[key]))
    return hidden
