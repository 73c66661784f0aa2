"""A reorganisation as it is written down once and signed: every step of it, by official codes."""

import uuid
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from backend.units.models import WHOLE

Code = Annotated[str, Meta(max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*\Z")]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Word = Annotated[str, Meta(min_length=1, max_length=40)]
Tree = Literal["territory", "party", "front", "youth"]


class Founded(Struct, frozen=True, forbid_unknown_fields=True):
    """A unit that begins."""

    code: Code
    kind: Annotated[str, Meta(max_length=30)]
    name: Name
    level_word: Word


class Renamed(Struct, frozen=True, forbid_unknown_fields=True):
    code: Code
    name: Name
    level_word: Word


class Placed(Struct, frozen=True, forbid_unknown_fields=True):
    """A unit that stands under a parent from that day on, one that begins among them."""

    code: Code
    tree: Tree
    parent: Code


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a unit went into which other one, in thousandths; one that stays goes into itself."""

    source: Code
    target: Code
    weight: Annotated[int, Meta(ge=1, le=WHOLE)]


class Heads(Struct, frozen=True, forbid_unknown_fields=True):
    code: Code
    population: Annotated[str, Meta(max_length=40)]
    on_date: date
    people: Annotated[int, Meta(ge=0)]
    source: Annotated[str, Meta(max_length=300)]


class Served(Struct, frozen=True, forbid_unknown_fields=True):
    """The node of the one speaks for the other to the level above from now on."""

    unit: Code
    by_node_of: Code


class UnitsIn(Struct, frozen=True, forbid_unknown_fields=True):
    """The event. `id`: the same on every node. `holds_from`: the first day on which it holds. `basis`: of what the weights are."""

    id: uuid.UUID
    kind: Literal["merge", "split", "move", "rename", "abolish"]
    holds_from: date
    document: Annotated[str, Meta(min_length=3, max_length=300)]
    decided_on: date | None
    issuer: Annotated[str, Meta(max_length=200)]
    basis: Annotated[str, Meta(max_length=40)]
    founded: Annotated[tuple[Founded, ...], Meta(max_length=200)]
    renamed: Annotated[tuple[Renamed, ...], Meta(max_length=200)]
    placed: Annotated[tuple[Placed, ...], Meta(max_length=2000)]
    closed: Annotated[tuple[Code, ...], Meta(max_length=200)]
    steps: Annotated[tuple[Step, ...], Meta(min_length=1, max_length=2000)]
    heads: Annotated[tuple[Heads, ...], Meta(max_length=2000)]
    served: Annotated[tuple[Served, ...], Meta(max_length=200)]


def codes_of(told: UnitsIn) -> set[str]:
    """Every unit it speaks of."""
    placed = {code for one in told.placed for code in (one.code, one.parent)}
    stepped = {code for one in told.steps for code in (one.source, one.target)}
    return {
        *placed, *stepped, *told.closed, *(one.code for one in told.founded), *(one.code for one in told.renamed),
        *(one.code for one in told.heads), *(code for one in told.served for code in (one.unit, one.by_node_of)),
    }  # fmt: skip
