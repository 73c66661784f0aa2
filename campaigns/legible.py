"""What can still be read of a deed that cannot be taken in as it is: each part by itself, and nothing made up."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from backend import clock
from backend.participation import times
from backend.participation.deeds import AnchorIn, Count, ReadingIn
from campaigns.reading import UNREADABLE, Batch


@dataclass(frozen=True)
class Legible:
    """`body`: what was typed, as far as it is there; empty where nothing could be read."""

    id: uuid.UUID | None = None
    activity: uuid.UUID | None = None
    action: str | None = None
    schema: int = 1
    clocks: ReadingIn | None = None
    anchor: AnchorIn | None = None
    body: Mapping[str, Any] = field(default_factory=dict)


def legible(raw: bytes) -> Legible:
    """Never raises: bytes that are no JSON have nothing legible."""
    told = _object(raw)
    return Legible(
        id=part(told.get("id"), uuid.UUID),
        activity=part(told.get("activity"), uuid.UUID),
        action=part(told.get("action"), str),
        schema=part(told.get("schema"), int) or 1,
        clocks=_clocks(told),
        anchor=part(told.get("anchor"), AnchorIn),
        body=body if isinstance(body := told.get("body"), dict) else {},
    )


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(raw.decode("utf-8", errors="replace"))
    except UNREADABLE:
        return {}
    return found if isinstance(found, dict) else {}


def _clocks(told: Mapping[str, Any]) -> ReadingIn | None:
    wall, boot = part(told.get("wall_ms"), Count), part(told.get("boot_id"), uuid.UUID)
    mono = part(told.get("mono_ms"), Count)
    return None if wall is None or mono is None or boot is None else ReadingIn(wall, mono, boot)


def part(value: Any, wanted: Any) -> Any:
    """The value if it fits the type, else None."""
    try:
        return None if value is None else msgspec.convert(value, wanted)
    except UNREADABLE:
        return None


def when_done(batch: Batch, raw: bytes) -> dict[str, Any]:
    """When a deed that is put aside was done, by the node's clock; only now are the phone's clocks at hand."""
    told = legible(raw)
    if told.clocks is None:
        return {}
    received = batch.arrived_at or clock.now()
    happened, trust = times.happened(
        _reading(told.clocks), _anchor(told), _reading(batch.sent), clock.milliseconds(received)
    )
    return {"happened_at": clock.from_milliseconds(happened), "time_trust": trust}


def _reading(clocks: ReadingIn) -> times.Reading:
    return times.Reading(clocks.wall_ms, clocks.mono_ms, str(clocks.boot_id))


def _anchor(told: Legible) -> times.Anchor | None:
    known = told.anchor
    return times.Anchor(known.server_ms, known.mono_ms, str(known.boot_id)) if known else None
