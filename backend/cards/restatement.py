"""What moved between two revisions of a card, and why. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backend.cards import canonical
from backend.cards.ledger import Came
from backend.cards.payload import Payload
from backend.cards.rules import CLOSED_MARKS
from backend.cards.shapes import Template

FIELDS = (
    "numerator",
    "denominator",
    "value",
    "target",
    "declared",
    "self",
    "official",
    "computed",
    "points",
    "most",
)
SUMS = ("points", "out_of", "percent")
PLACE = ("as_known_at", "said_until", "revision", "follows", "reason", "changes", "lineup")
"""What differs between two revisions that say the same."""


def is_same(before: Payload, after: Payload) -> bool:
    return bool(_without_place(before) == _without_place(after))


def _without_place(found: Payload) -> Any:
    return plain({key: value for key, value in found.items() if key not in PLACE})


def plain(found: Any) -> Any:
    """As it reads once it was written."""
    return canonical.read(canonical.to_bytes(found))


def changes(
    before: Payload,
    after: Payload,
    template: Template,
    came: Mapping[str, Came],
    events: Iterable[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """Each criterion that moved: the fields with what they were and are, and the reasons; the sums last."""
    was, now = plain(before), plain(after)
    old = {row["code"]: row for row in _criteria(was)}
    new = {row["code"]: row for row in _criteria(now)}
    shared = [{"code": "units", **event} for event in events] if was["lineup"] != now["lineup"] else []
    has_changed = was["template"]["sha256"] != now["template"]["sha256"]
    if has_changed:
        shared.append(
            {"code": "template", "before": was["template"]["version"], "after": now["template"]["version"]}
        )
    closed = _closed(template, old, new, has_changed)
    found = []
    for code in [*new, *(code for code in old if code not in new)]:
        fields = list(_moved(old.get(code, {}), new.get(code, {})))
        if fields:
            own = list(_because(template, code, came, fields, closed))
            found.append({"criterion": code, "fields": fields, "because": [*own, *shared]})
    return [*found, *_sums(was, now)]


def _criteria(found: Payload) -> Iterator[Payload]:
    return (row for group in found["groups"] for row in group["criteria"])


def _moved(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for field in FIELDS:
        before, after = _told(old.get(field)), _told(new.get(field))
        if before != after:
            yield {"field": field, "before": before, "after": after}
    if (before := _marked(old)) != (after := _marked(new)):
        yield {"field": "marks", "before": before, "after": after}


def _told(value: Any) -> Any:
    return value.get("value") if isinstance(value, dict) else value


def _marked(row: Mapping[str, Any]) -> str:
    return " ".join(_marks(row))


def _marks(row: Mapping[str, Any]) -> list[str]:
    return [mark["code"] for mark in row.get("marks", ())]


def _closed(
    template: Template, old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]], has_changed: bool
) -> set[str]:  # fmt: skip
    """Measures behind a figure that is hidden now or was before: how many records came would tell it by subtraction.
    All of them where the template changed, for the hidden figure may have counted something else."""
    hidden = {row["code"] for row in [*old.values(), *new.values()] if CLOSED_MARKS.intersection(_marks(row))}
    if has_changed:
        return template.measures if hidden else set()
    return set[str]().union(*(template[code].measures() for code in hidden))


def _because(
    template: Template, code: str, came: Mapping[str, Came], fields: list[dict[str, Any]], closed: Collection[str]
) -> Iterator[dict[str, Any]]:  # fmt: skip
    moved = {row["field"] for row in fields}
    criterion = next((one for one in template.criteria if one.code == code), None)
    counted = (
        [came[measure] for measure in sorted(criterion.measures()) if measure in came] if criterion else []
    )
    is_closed = criterion is not None and not criterion.measures().isdisjoint(closed)
    if moved & {"numerator", "denominator", "value", "computed", "marks"}:
        for name in ("late", "recorded", "reversed"):
            if number := sum(getattr(one, name) for one in counted):
                yield {"code": name} if is_closed else {"code": name, "count": number}
    dropped = _dropped(fields) & moved
    if dropped:
        yield {"code": "above_most"}
    yield from (
        {"code": name} for name in ("self", "official", "target", "declared") if name in moved - dropped
    )


def _dropped(fields: list[dict[str, Any]]) -> set[str]:
    """Sides whose points nobody took back: the template's new most did."""
    after = next((str(row["after"]).split() for row in fields if row["field"] == "marks"), [])
    return {side for side in ("self", "official") if f"{side}_above_most" in after}


def _sums(was: Payload, now: Payload) -> Iterator[dict[str, Any]]:
    old, new = was.get("total") or {}, now.get("total") or {}
    fields = [
        {"field": name, "before": old.get(name), "after": new.get(name)}
        for name in SUMS
        if old.get(name) != new.get(name)
    ]
    if was.get("class") != now.get("class"):
        fields.append({"field": "class", "before": was.get("class"), "after": now.get("class")})
    if fields:
        yield {"criterion": "", "fields": fields, "because": []}


@dataclass(frozen=True)
class Difference:
    """A place where two payloads differ. `path`: keys, and codes of the lines of a list, from the outside in."""

    path: tuple[str, ...]
    said: Any
    found: Any

    def __str__(self) -> str:
        return f"{'.'.join(self.path)}: published {_shown(self.said)}, the ledger says {_shown(self.found)}"


def differences(said: Any, found: Any, path: tuple[str, ...] = ()) -> Iterator[Difference]:
    """Where two payloads differ, for whoever runs the check."""
    if isinstance(said, dict) and isinstance(found, dict):
        for key in sorted(said.keys() | found.keys()):
            yield from differences(said.get(key), found.get(key), (*path, key))
    elif isinstance(said, list) and isinstance(found, list) and len(said) == len(found):
        for number, (one, other) in enumerate(zip(said, found, strict=True)):
            name = one.get("code", number) if isinstance(one, dict) else number
            yield from differences(one, other, (*path, str(name)))
    elif said != found:
        yield Difference(path, said, found)


def _shown(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) < 80 else f"{text[:77]}..."


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
