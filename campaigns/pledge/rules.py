"""Rules of pledges that need no database: what may be handed in, who may read what, what may follow on what."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from campaigns.pledge.schemas import DIGITAL

Part = Literal["items", "versions", "evidence", "comments", "class"]
ReaderKind = Literal["member", "secretary", "cell_member", "committee", "inspection", "other"]
EVERYTHING: frozenset[Part] = frozenset({"items", "versions", "evidence", "comments", "class"})
NOTHING: frozenset[Part] = frozenset()

MAY_WRITE = ("draft", "submitted", "returned", "in_force", "midyear_checked")
IN_FORCE = ("in_force", "midyear_checked", "self_assessed", "cell_assessed", "closed")
"""The cell has confirmed a version."""
UNDER_WAY = ("in_force", "midyear_checked")
FEW = 5
"""Cells in which fewer are expected are not shown as numbers to those above, as with every figure about people."""


@dataclass(frozen=True)
class Deed:
    """An item, as the rules look at it."""

    theme: str
    measure: str
    due: date | None


def why_not_hand_in(items: Sequence[Deed], *, digital_required: bool, most: int) -> str | None:
    """Why these items cannot be handed in; None: they can."""
    if not items:
        return "no_item"
    if len(items) > most:
        return "too_many_items"
    if any(not item.measure.strip() for item in items):
        return "item_without_measure"
    if any(item.due is None for item in items):
        return "item_without_due"
    if digital_required and all(item.theme != DIGITAL for item in items):
        return "no_digital_item"
    return None


def newer(written_at: datetime, operation: uuid.UUID, than: tuple[datetime, uuid.UUID]) -> bool:
    """Of two phones' words about one thing the later hold, whichever reached the node first."""
    return (written_at, operation.bytes) > (than[0], than[1].bytes)


def after_handing_in(state: str) -> str:
    """An amendment changes nothing until the cell confirms it; what was confirmed stays in force."""
    return state if state in UNDER_WAY else "submitted"


def may_read(reader: ReaderKind, state: str, *, shared_with: Iterable[str] = ()) -> frozenset[Part]:
    """What of a pledge somebody may open.

    A draft is the member's alone. The secretary of the present cell reads all that was handed in; other members of the
    cell and the committee what the cell decided to share, which is never evidence or comments. An inspection whose file
    names pledges reads what was handed in and the class, never evidence or comments. A province, an operator, an organiser,
    an inspector without such a file: counts only (Law 91/2025/QH15: membership and pledges are sensitive).
    """
    if reader == "member":
        return EVERYTHING
    if state == "draft" or reader == "other":
        return NOTHING
    if reader == "secretary":
        return EVERYTHING
    if reader == "cell_member":
        return frozenset({"items"}) if "cell" in shared_with and state in IN_FORCE else NOTHING
    if reader == "inspection":
        return frozenset({"items", "class"})
    seen: set[Part] = {"class"} if state in ("self_assessed", "cell_assessed", "closed") else set()
    if "committee" in shared_with and state in IN_FORCE:
        seen.add("items")
    return frozenset(seen)


def plain(items: Iterable[Any]) -> list[dict[str, Any]]:
    """Items as a version keeps them, in the order they fall due."""
    rows = [
        {
            "id": str(item.id),
            "theme": item.theme,
            "what": item.what,
            "measure": item.measure,
            "due": item.due.isoformat() if item.due else None,
            "menu": item.menu,
        }
        for item in items
    ]
    return sorted(rows, key=lambda row: (row["due"] or "9999", row["id"]))


@dataclass(frozen=True)
class Change:
    """A deed as it stands now (as it stood before, for one that was taken out), and what happened to it.

    `mark`: added | changed | removed | same. `before`: how it read, where it was changed.
    """

    item: dict[str, Any]
    mark: str
    before: dict[str, Any] | None = None


def changes(before: Sequence[dict[str, Any]], now: Sequence[dict[str, Any]]) -> list[Change]:
    """What is new since another version, in the order of the deeds; what was taken out stands last."""
    was, kept = {row["id"]: row for row in before}, {row["id"] for row in now}
    found = [_change(row, was.get(row["id"])) for row in now]
    return found + [Change(row, "removed") for row in before if row["id"] not in kept]


def _change(row: dict[str, Any], was: dict[str, Any] | None) -> Change:
    if was is None:
        return Change(row, "added")
    return Change(row, "same") if was == row else Change(row, "changed", was)


def too_small(expected: Mapping[uuid.UUID, int]) -> set[uuid.UUID]:
    """The cells whose numbers stay hidden where the sum of all is shown.

    Those with few members; and, smallest first, as many more as it takes until what is hidden cannot be found by
    subtracting: together not few, which is never one cell alone. Chosen by size alone, so that no pledge moves it.
    """
    order = sorted(expected, key=lambda cell: (expected[cell], cell))
    hidden = {cell for cell in order if expected[cell] < FEW}
    for cell in order:
        if not hidden or sum(expected[one] for one in hidden) >= FEW:
            break
        hidden.add(cell)
    return hidden


def digital_items(items: Iterable[dict[str, Any]]) -> int:
    return sum(item["theme"] == DIGITAL for item in items)
