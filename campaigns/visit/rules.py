"""Which record of a visit counts, and what it counts. Plain values in, plain values out."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from backend.participation.deeds import FactLine
from campaigns.visit.catalogue import counted_as
from campaigns.visit.measures import ASSISTED, SESSIONS, VISITS, guided
from campaigns.visit.schemas import STAGES, GroupServiceIn, ServiceIn

NOT_POSSIBLE = "not_possible"
_FAR: Mapping[str, int] = {NOT_POSSIBLE: -1} | {stage: far for far, stage in enumerate(STAGES)}


@dataclass(frozen=True)
class Link:
    """A record in a chain of corrections, by whom and when it was written down."""

    id: uuid.UUID
    corrects: uuid.UUID | None
    by: uuid.UUID
    written_at: datetime


@dataclass(frozen=True)
class Chain:
    """Records that are about the same visit. `root` names the first one, which may not have arrived yet."""

    root: uuid.UUID
    links: tuple[Link, ...]
    stands: uuid.UUID

    @property
    def first(self) -> Link | None:
        """The record the others correct; None while it has not arrived."""
        return next((link for link in self.links if link.id == self.root), None)


def chains(links: Iterable[Link]) -> list[Chain]:
    """The links sorted into chains; in whatever order they arrived, the answer is the same."""
    by_id = {link.id: link for link in links}
    together: dict[uuid.UUID, list[Link]] = {}
    for link in by_id.values():
        together.setdefault(_root(link, by_id), []).append(link)
    return [Chain(root, tuple(sorted(chain, key=_age)), _standing(chain)) for root, chain in together.items()]


def _root(link: Link, by_id: Mapping[uuid.UUID, Link]) -> uuid.UUID:
    seen = [link.id]
    while link.corrects is not None:
        before = by_id.get(link.corrects)
        if before is None:
            return link.corrects
        if before.by != link.by:
            return link.id
        if before.id in seen:  # a phone gone mad: whoever corrects in circles has one record, not none
            return min(seen)
        link = before
        seen.append(link.id)
    return link.id


def _standing(chain: Sequence[Link]) -> uuid.UUID:
    """The newest that nothing corrects. What was corrected never stands again, even if a clock went backwards since."""
    corrected = {link.corrects for link in chain}
    return max([link for link in chain if link.id not in corrected] or chain, key=_age).id


def _age(link: Link) -> tuple[datetime, uuid.UUID]:
    return link.written_at, link.id


class Told(Protocol):
    """What a visit says that is counted."""

    @property
    def met(self) -> str: ...
    @property
    def follow_up_of(self) -> uuid.UUID | None: ...


def furthest(services: Iterable[ServiceIn]) -> dict[str, tuple[str, str | None]]:
    """Service -> (how far it went, why it was not possible). Named twice, the further one holds."""
    found: dict[str, tuple[str, str | None]] = {}
    for told in services:
        before = found.get(told.service)
        if before is None or _FAR[told.outcome] > _FAR[before[0]]:
            found[told.service] = (told.outcome, told.reason if told.outcome == NOT_POSSIBLE else None)
    return found


def visit_lines(
    visit: Told, services: Mapping[str, str], household: uuid.UUID, root: uuid.UUID, generation: int
) -> tuple[FactLine, ...]:
    """What a standing visit counts: nothing where nobody was met. `services`: service -> how far it went.

    `household` is its key in the ledger; `root` and `generation` let one record of a visit count at a time.
    """
    if visit.met != "adult":
        return ()
    stages: dict[str, int] = {}
    for service, stage in services.items():
        if stage != NOT_POSSIBLE:
            measure = guided(counted_as(service), stage)
            stages[measure] = stages.get(measure, 0) + 1
    counted = {VISITS: 1} | stages
    return tuple(
        FactLine(measure, f"{root}", quantity=n, generation=generation, subject=household)
        for measure, n in counted.items()
    )


def group(services: Iterable[GroupServiceIn]) -> dict[tuple[str, str], int]:
    """(service, how far) -> people of a session; named twice, they add up. Nobody is no line."""
    found: dict[tuple[str, str], int] = {}
    for told in services:
        if told.people:
            key = (told.service, told.outcome)
            found[key] = found.get(key, 0) + told.people
    return found


def session_lines(
    assisted: int, services: Mapping[tuple[str, str], int], root: uuid.UUID, generation: int
) -> tuple[FactLine, ...]:
    """What a standing session counts. Its head count is declared and never counted. Nobody's key is in it."""
    counted = {SESSIONS: 1} | ({ASSISTED: assisted} if assisted else {})
    for (service, stage), people in services.items():
        if stage != NOT_POSSIBLE:
            measure = guided(counted_as(service), stage)
            counted[measure] = counted.get(measure, 0) + people
    return tuple(
        FactLine(measure, f"{root}", quantity=n, generation=generation, with_subject=False)
        for measure, n in counted.items()
    )
