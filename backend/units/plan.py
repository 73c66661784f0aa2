"""What a list of units would change in a commune, worked out before anything is written. Pure.

A list says what there is; it never takes away what it does not mention. Names, places and headcounts get a new row from a
day on; what was there before keeps its dates. The same list against the same units gives the same plan and the same digest.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from backend.units.listing import Entry, Trouble
from backend.units.refusals import Present, State, full_after, refuse
from backend.units.vocabulary import TREE_OF

What = Literal["added", "renamed", "moved", "counted", "join_code"]


@dataclass(frozen=True)
class Change:
    """One thing that would be written. `values` say it in words; `tree`, `parent` and `since` say where and from when."""

    what: What
    entry: Entry
    tree: str
    parent: str
    since: date
    values: Mapping[str, Any]

    @property
    def code(self) -> str:
        return self.entry.code


@dataclass(frozen=True)
class Plan:
    changes: tuple[Change, ...]
    unchanged: tuple[str, ...]
    troubles: tuple[Trouble, ...]

    @property
    def digest(self) -> str:
        """Stands for exactly these changes, what was there before them included."""
        said = [
            [c.what, c.code, c.tree, c.parent, c.since.isoformat(), sorted(c.values.items())]
            for c in self.changes
        ]
        return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()


def plan(entries: Sequence[Entry], state: State) -> Plan:
    """What these entries would change in those units."""
    standing, troubles = refuse(entries, state)
    changes = [change for entry in standing for change in _changes(entry, state)]
    changed = {change.code for change in changes}
    unchanged = tuple(entry.code for entry in standing if entry.code not in changed)
    return Plan(tuple(changes), unchanged, tuple(troubles))


# --- changes -----------------------------------------------------------------------------------------------------------


def _changes(entry: Entry, state: State) -> list[Change]:
    held = state.units.get(entry.code)
    found = (
        [_added(entry, state)]
        if held is None
        else [*_renamed(entry, held, state), *_moved(entry, held, state)]
    )
    if entry.people is not None and not (held and (entry.population, entry.counted_on) in held.heads):
        found.append(_counted(entry, state))
    if entry.join_code and entry.join_code not in state.join_codes:
        found.append(
            Change(
                "join_code",
                entry,
                "",
                "",
                state.today,
                {"unit": full_after(entry, state), "code": entry.join_code},
            )
        )
    return found


def _added(entry: Entry, state: State) -> Change:
    parent = entry.parent or state.commune
    values = {"unit": full_after(entry, state), "code": entry.code, "parent": _called(parent, state)}
    tree = entry.tree or TREE_OF.get(entry.kind, "territory")
    return Change("added", entry, tree, parent, entry.since or state.today, values)


def _renamed(entry: Entry, held: Present, state: State) -> list[Change]:
    after = full_after(entry, state)
    if after == held.full_name:
        return []
    since = _later(entry.since, held.named_since, state.today)
    return [Change("renamed", entry, "", "", since, {"before": held.full_name, "after": after})]


def _moved(entry: Entry, held: Present, state: State) -> list[Change]:
    tree = entry.tree or next(iter(held.parents), TREE_OF.get(entry.kind, "territory"))
    before, placed = held.parents.get(tree, ("", date.min))
    if not entry.parent or entry.parent == before:
        return []
    since = _later(entry.since, placed, state.today)
    values = {"unit": held.full_name, "before": _called(before, state), "after": _called(entry.parent, state)}
    return [Change("moved", entry, tree, entry.parent, since, values)]


def _later(told: date | None, there: date, today: date) -> date:
    """From the day the row gives, unless that is the day the present row began: then the list only repeats it."""
    return told if told and told > there else today


def _counted(entry: Entry, state: State) -> Change:
    values = {
        "unit": full_after(entry, state),
        "people": entry.people,
        "on": entry.counted_on,
        "source": entry.source,
    }
    return Change("counted", entry, "", "", entry.counted_on or state.today, values)


def _called(code: str, state: State) -> str:
    held = state.units.get(code)
    return held.full_name if held else code
