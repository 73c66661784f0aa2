"""A packet of figures as values of this room: from the rows of what stands, and from the bytes of every revision."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.aggregates import packet, queries
from backend.calendars import Period
from backend.cards import shapes as cards
from backend.cards.models import CardTemplate
from backend.federation.frames import outside
from backend.federation.packets.models import PacketIn
from backend.levels.shapes import Element, Figure, Sheet, Told, ToldUnit

Templates = dict[str, cards.Template | None]
"""By fingerprint; None: this node has it not."""


def figure(cell: queries.Cell) -> Figure:
    return Figure(_decimal(cell.numerator), _decimal(cell.denominator), _decimal(cell.value), cell.flag)


def _decimal(told: int | str | Decimal | None) -> Decimal | None:
    return None if told is None else Decimal(told)


def told(session: Session, row: queries.Told, templates: Templates, period: Period) -> Told:
    points, complete = row.said.get("points") or {}, row.said.get("completeness") or {}
    template = template_of(session, row, templates)
    classes = {one.code: one.title for one in template.classes} if template else {}
    rated = points.get("class")
    return Told(
        row.unit_code, row.dataset, row.line, period, row.number, row.revision, row.digest, row.state, row.reason,
        row.known_at, row.received_at, row.peer_id, row.is_standing,
        expected=complete.get("expected"),
        reported=complete.get("reported"),
        points=_decimal(points.get("points")),
        out_of=_decimal(points.get("out_of")),
        grade=classes.get(rated, {"vi": rated}) if rated else None,
        approval=tuple(_approval(row.said)),
        rules=str(row.said.get("rules", "")),
        template_sha=row.template_sha,
        template_version=int((row.said.get("template") or {}).get("version", 0)),
    )  # fmt: skip


def _approval(said: Mapping[str, Any]) -> Iterator[tuple[str, datetime]]:
    """A step whose moment is none is no step: one unit's words must not take the page of all the others away."""
    for one in said.get("approval") or ():
        with suppress(ValueError):
            yield one["step"], datetime.fromisoformat(one["at"])


def template_of(session: Session, row: queries.Told, templates: Templates) -> cards.Template | None:
    if row.template_sha not in templates:
        held = session.get(CardTemplate, row.template_sha)
        templates[row.template_sha] = cards.read(held.body) if held else None
    return templates[row.template_sha]


def elements(row: queries.Told, template: cards.Template | None) -> tuple[Element, ...]:
    criteria = {one.code: one for one in template.criteria} if template else {}
    return tuple(_element(one, criteria.get(one["code"])) for one in row.said.get("elements") or ())


def _element(told: Mapping[str, Any], criterion: cards.Criterion | None) -> Element:
    formula = criterion.formula if criterion else None
    return Element(
        told["code"],
        criterion.title if criterion else {"vi": told["code"]},
        told["noun"],
        told["additivity"],
        bool(told["about_people"]),
        int(told["k"]),
        formula.factor if formula and formula.is_ratio else None,
        formula.decimals if formula else 0,
        formula.population if formula else None,
    )


# --- from the bytes ---------------------------------------------------------------------------------------------------


class _Payload(msgspec.Struct):
    """The bytes were verified when they came in."""

    body: packet.Figures


_read = msgspec.json.Decoder(_Payload)


def bodies(session: Session, rows: Collection[queries.Told]) -> dict[str, packet.Figures]:
    """By the digest of the packet. One statement."""
    wanted = {(row.peer_id, row.digest) for row in rows}
    query = select(PacketIn.peer_id, PacketIn.digest, PacketIn.raw).where(
        PacketIn.peer_id.in_({peer for peer, _ in wanted}),
        PacketIn.digest.in_({digest for _, digest in wanted}),
    )
    found = session.execute(query)
    return {one.digest: _read.decode(outside(one.raw).payload).body for one in found if one.raw}


def sheet_of_body(
    session: Session, row: queries.Told, body: packet.Figures, templates: Templates, period: Period
) -> Sheet:
    units = body.scope.units
    codes = [one.code for one in body.scope.elements]
    cells: dict[str, dict[str, Figure]] = {unit.code: {} for unit in units}
    for cell in body.cells:
        cells[units[cell.unit].code][codes[cell.element]] = Figure(
            _decimal(cell.numerator), _decimal(cell.denominator), _decimal(cell.value), cell.flag
        )
    named = tuple(ToldUnit(one.code, one.name, one.level_word, one.kind, one.parent) for one in units)
    revision = told(session, row, templates, period)
    return Sheet(revision, named, elements(row, template_of(session, row, templates)), cells)
