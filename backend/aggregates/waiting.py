"""What was not told yet: of each parent, the cards and rolled-up figures that moved since it was told last."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from backend.aggregates import gather, gather_told
from backend.aggregates.dataset import Dataset, of_line
from backend.aggregates.gathered import Gathered
from backend.aggregates.packet import Line
from backend.aggregates.released import Releases, nothing_released
from backend.aggregates.told_before import Last, last_told
from backend.cards import store
from backend.cards.models import Card, CardRevision
from backend.cards.shapes import Template
from backend.db.node import this_node
from backend.db.statements import among
from backend.federation.peers import queries as peers
from backend.participation.measures import MeasureBook
from backend.units.lineage import with_history
from backend.units.serving import served_before, speaks_above

if TYPE_CHECKING:
    from backend.federation.peers.models import Peer


@dataclass(frozen=True)
class Due:
    """Something a parent was not told yet. `gathering` counts it anew; `made_of` stands for the figures of it."""

    peer: "Peer"
    source: uuid.UUID
    made_of: str
    state: str
    dataset: Dataset
    gathering: Callable[[Session], Gathered]
    last: Last | None


def due(session: Session, measures: MeasureBook, releases: Releases = nothing_released) -> Iterator[Due]:
    """In the order of publication; nothing while there is no parent or no unit of its own."""
    parents = peers.parents(session)
    unit = this_node(session).unit_id if parents else None
    if unit is None:
        return
    told = {(one.peer_id, one.source): one for one in last_told(session)}
    yield from _cards(session, parents, unit, told, measures)
    for rolled in gather_told.ready(session, unit, releases):
        one = rolled.released
        for peer in parents:
            last = told.get((peer.id, rolled.source))
            if peer.line == one.line and _is_due(last, one.made_of, one.state):
                dataset = of_line(rolled.template, one.line, measures)
                gathering = rolled.gathering(dataset, last)
                yield Due(peer, rolled.source, one.made_of, one.state, dataset, gathering, last)


def _cards(
    session: Session, parents: list["Peer"], unit: uuid.UUID, told: dict[tuple[uuid.UUID, uuid.UUID], Last],
    measures: MeasureBook,
) -> Iterator[Due]:  # fmt: skip
    templates: dict[str, Template] = {}
    for row in _newest(session, unit):
        for peer in parents:
            last = told.get((peer.id, row.card))
            if not _is_due(last, row.sha256, row.state):
                continue
            if row.template_sha not in templates:
                templates[row.template_sha] = store.template_with(session, row.template_sha)
            dataset = of_line(templates[row.template_sha], cast(Line, peer.line), measures)
            if dataset.elements:
                yield Due(peer, row.card, row.sha256, row.state, dataset, _of_card(row, dataset), last)


def _is_due(last: Last | None, made_of: str, state: str) -> bool:
    return last is None or (last.made_of, last.state) != (made_of, state)


def _newest(session: Session, unit: uuid.UUID) -> list[Row[Any]]:
    """The last revision of each card this node tells of, without its bytes."""
    mine = among(Card.unit_id, with_history(session, _spoken_for(session, unit)))
    last = (
        select(CardRevision.card_id, func.max(CardRevision.number).label("number"))
        .join(Card, Card.id == CardRevision.card_id)
        .where(mine)
        .group_by(CardRevision.card_id)
        .subquery()
    )
    same = (CardRevision.card_id == last.c.card_id) & (CardRevision.number == last.c.number)
    query = (
        select(
            Card.id.label("card"), Card.state, CardRevision.id.label("revision"), CardRevision.sha256, CardRevision.template_sha,
        )
        .join(CardRevision, CardRevision.card_id == Card.id)
        .join(last, same)
        .order_by(CardRevision.published_at, CardRevision.id)
    )  # fmt: skip
    return list(session.execute(query))


def _spoken_for(session: Session, unit: uuid.UUID) -> list[uuid.UUID]:
    """Of two nodes whose units became one, one speaks for it; each goes on speaking for what it served before."""
    return [*([unit] if speaks_above(session) else ()), *served_before(session)]


def _of_card(row: Row[Any], dataset: Dataset) -> Callable[[Session], Gathered]:
    def gathering(session: Session) -> Gathered:
        card, revision = session.get_one(Card, row.card), session.get_one(CardRevision, row.revision)
        return gather.own(session, card, revision, dataset)

    return gathering
