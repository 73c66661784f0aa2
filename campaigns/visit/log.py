"""Taking visits in: many at once, each chain of corrections counted by the one record that stands.

Whatever order records arrive in, the ledger ends the same: what was written down decides, not when it reached the node.
"""

import uuid
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from backend import clock
from backend.participation import changes
from backend.participation.deeds import Answer, Deed, FactLine
from backend.participation.models import Fact, Operation
from campaigns.kind import Desk
from campaigns.visit import promises, rules
from campaigns.visit.keeping import kept_of, photos_of
from campaigns.visit.ledger import Counted, Reached, Repair, counted_by, households_counted, reached
from campaigns.visit.measures import HOUSEHOLDS
from campaigns.visit.models import GroupSession, Visit, VisitPhoto, VisitService
from campaigns.visit.places import HOUSEHOLD, Members, Names, Place, Places, tell_teams
from campaigns.visit.rules import Chain, Link


@dataclass(frozen=True)
class Accepted:
    """A deed whose household is known, written down by somebody who was in a team that day."""

    deed: Deed
    own_team: uuid.UUID


@dataclass(frozen=True)
class Record:
    """A visit with the place and the moment its chain gives it. `row`: it was there before this batch."""

    link: Link
    place: Place
    at: datetime
    row: Visit | None = None


class Intake:
    """One batch of visits of one person in one activity."""

    def __init__(
        self,
        desk: Desk,
        accepted: Sequence[Accepted],
        rows: Sequence[Visit],
        members: Members,
        places: Places,
    ) -> None:
        self.desk = desk
        self.session = desk.session
        self.deeds = {one.deed.id: one for one in accepted}
        self.members = members
        self.places = places
        self.rows = {row.id: row for row in rows}
        self.lines: dict[uuid.UUID, tuple[FactLine, ...]] = {}
        self.carried: dict[uuid.UUID, Record] = {}
        self.records: dict[uuid.UUID, Record] = {}
        self.chain_of: dict[uuid.UUID, Chain] = {}

    def take(self) -> dict[uuid.UUID, Answer]:
        """Write everything down; an answer per deed."""
        chains = [chain for chain in rules.chains(self._links()) if self._arriving(chain)]
        for chain in chains:
            self._place(chain)
        _write_down(self.desk, [self._written(one.deed) for one in self.deeds.values()], self.deeds)
        self._count(chains)
        self._tell()
        names = Names(
            self.session,
            {unit for record in self.records.values() for unit in (record.place.team, record.place.hamlet)},
            min(clock.local_day(record.at) for record in self.records.values()),
        )
        return {deed: self._answer(deed, names) for deed in self.deeds}

    # --- which record stands, and where ---------------------------------------------------------------------------

    def _links(self) -> list[Link]:
        known = [Link(row.id, row.corrects, row.by, row.happened_at) for row in self.rows.values()]
        arriving = [
            Link(one.deed.id, one.deed.body.corrects, one.deed.subject, one.deed.happened_at)
            for one in self.deeds.values()
        ]
        return known + arriving

    def _arriving(self, chain: Chain) -> list[Link]:
        return [link for link in chain.links if link.id in self.deeds]

    def _place(self, chain: Chain) -> None:
        """A visit was when its first record was written, however late somebody put it right."""
        for link in chain.links:
            at = (chain.first or link).written_at
            row = self.rows.get(link.id)
            place = self._placed_before(row, at) if row else self._placed(self.deeds[link.id], at)
            self.records[link.id] = Record(link, place, at, row)
            self.chain_of[link.id] = chain

    def _placed(self, one: Accepted, at: datetime) -> Place:
        teams = self.members.teams(clock.local_day(at))
        own = one.own_team if one.own_team in teams or not teams else teams[0]
        return self.places.at(one.deed.body.household, at, own)

    def _placed_before(self, row: Visit, at: datetime) -> Place:
        """Where it was counted, unless the first record of the visit has only come now."""
        if row.day == clock.local_day(at):
            return Place(self.places.home(row.household_id), row.team_id, row.unit_id, row.in_custody)
        return self.places.at(row.household_id, at, row.team_id)

    def _written(self, deed: Deed) -> dict[str, Any]:
        record, chain = self.records[deed.id], self.chain_of[deed.id]
        return _visit(self.desk, deed, record) | {"root": chain.root, "stands": chain.stands == deed.id}

    # --- what is counted ------------------------------------------------------------------------------------------

    def _count(self, chains: Sequence[Chain]) -> None:
        grown = [chain for chain in chains if any(link.id in self.rows for link in chain.links)]
        before = counted_by(self.session, {link.id: chain.root for chain in grown for link in chain.links})
        repair = Repair(next(iter(self.deeds)))
        gone: list[Fact] = []
        for chain in chains:
            counted = before.get(chain.root, Counted())
            if self._stays_as_it_was(chain):
                continue
            gone += counted.facts
            self._carry(chain, counted.generation + 1)
        self._renew(grown)
        gone += self._count_households(chains, grown, repair)
        gone += promises.recount(self.desk, repair, promises.touched(chains, self._said(chains)))
        repair.take_back(self.session, gone)

    def _stays_as_it_was(self, chain: Chain) -> bool:
        """The record that counts did so before, alone and as part of the same visit at the same time."""
        rows = [self.rows[link.id] for link in chain.links if link.id in self.rows]
        return unchanged(chain, rows, self.deeds)

    def _carry(self, chain: Chain, generation: int) -> None:
        """The standing record's lines go into the ledger with whichever deed of the chain has arrived now."""
        record = self.records[chain.stands]
        carrier = chain.stands if chain.stands in self.deeds else self._arriving(chain)[-1].id
        told, services = self._told(record)
        self.lines[carrier] = rules.visit_lines(
            told, services, record.place.home.subject, chain.root, generation
        )
        self.carried[carrier] = record
        if record.row is not None and self.lines[carrier]:
            self._counts_after_all(record.row.id)

    def _counts_after_all(self, visit: uuid.UUID) -> None:
        """Its sister, which stood before, was itself corrected since; or the first record has only come now."""
        counts = update(Operation).where(Operation.id == visit).values(outcome="counted")
        self.session.execute(counts.execution_options(synchronize_session=False))

    def _told(self, record: Record) -> tuple[Any, Mapping[str, str]]:
        if record.row is not None:
            rows = self.session.scalars(select(VisitService).where(VisitService.visit_id == record.row.id))
            return record.row, {row.service: row.outcome for row in rows}
        body = self.deeds[record.link.id].deed.body
        return body, {service: outcome for service, (outcome, _) in rules.furthest(body.services).items()}

    def _said(self, chains: Sequence[Chain]) -> list[Any]:
        records = [self.records[link.id] for chain in chains for link in chain.links]
        return [record.row or self.deeds[record.link.id].deed.body for record in records]

    def _renew(self, grown: Sequence[Chain]) -> None:
        """What is beside the records that were there: which of them stands, and since when the visit was."""
        for chain in grown:
            for link in chain.links:
                record = self.records[link.id]
                if record.row is not None:
                    row, row_stands = record.row, chain.stands == link.id
                    row.root, row.stands, row.day = chain.root, row_stands, clock.local_day(record.at)
                    row.team_id, row.unit_id = record.place.team, record.place.hamlet
                    row.in_custody = record.place.in_custody
        self.session.flush()  # the next question reads which records stand

    def _met(self, record: Record) -> bool:
        told = record.row or self.deeds[record.link.id].deed.body
        return bool(told.met == "adult")

    def _count_households(
        self, chains: Sequence[Chain], grown: Sequence[Chain], repair: Repair
    ) -> list[Fact]:
        """A household counts once, where it was first met. Answers the facts to be taken back."""
        looked_up = self._homes_of(grown)
        met = [record for chain in chains if self._met(record := self.records[chain.stands])]
        subjects = {record.place.home.subject for record in met} | set(looked_up.values())
        if not subjects:
            return []
        before = households_counted(self.session, self.desk.activity.id, subjects)
        found = reached(self.session, self.desk.activity.id, looked_up) if looked_up else {}
        gone: list[Fact] = []
        more: list[tuple[Reached, int]] = []
        for subject in looked_up.values():
            counted, now = before.get(subject, Counted()), found.get(subject)
            if [(f.happened_at, f.unit_id) for f in counted.facts] != ([(now.at, now.unit)] if now else []):
                gone += counted.facts
                more += [(now, counted.generation + 1)] if now else []
        repair.count(self.desk, more)
        for subject in subjects - set(looked_up.values()):
            gone += self._count_plainly(
                [r for r in met if r.place.home.subject == subject], before.get(subject)
            )
        return gone

    def _homes_of(self, chains: Sequence[Chain]) -> dict[uuid.UUID, uuid.UUID]:
        """Households of chains that were there before -> their key: what stands of them must be looked up."""
        homes = [self.records[link.id].place.home for chain in chains for link in chain.links]
        return {home.id: home.subject for home in homes}

    def _count_plainly(self, met: Sequence[Record], before: Counted | None) -> Sequence[Fact]:
        """New visits only: the first of them counts the household, unless it was met earlier."""
        first = min(met, key=lambda record: (record.at, record.link.id))
        counted = before or Counted()
        if any(fact.happened_at <= first.at for fact in counted.facts):
            return []
        line = FactLine(
            HOUSEHOLDS,
            f"{self.desk.activity.id}",
            generation=counted.generation + 1,
            subject=first.place.home.subject,
        )
        self.lines[first.link.id] = (*self.lines.get(first.link.id, ()), line)
        return counted.facts

    # --- who is told ----------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        touched = {record.place.home.id for record in self.records.values()}
        tell_teams(self.session, self.places, touched, self.desk.participant.subject, self.desk.now)
        for household in {one.deed.body.household for one in self.deeds.values()}:
            if self.places.is_elsewhere(household, self.desk.now):
                changes.tell(
                    self.session, HOUSEHOLD, household, "evicted", subject=self.desk.participant.subject
                )

    def _answer(self, deed: uuid.UUID, names: Names) -> Answer:
        record, chain, lines = self.records[deed], self.chain_of[deed], self.lines.get(deed, ())
        counts = lines and deed == chain.stands
        carried = self.carried.get(deed, record)
        return Answer(
            "counted" if counts else "noted",
            facts=lines,
            result={
                "visit": deed,
                "team": names[record.place.team],
                "hamlet": names[record.place.hamlet],
                "day": clock.local_day(record.at).isoformat(),
                "in_custody": record.place.in_custody,
                "stands": deed == chain.stands,
            },
            happened_at=record.at,
            unit=carried.place.hamlet,
            in_custody=record.place.in_custody,
        )


def unchanged(
    chain: Chain, rows: Sequence[Visit] | Sequence[GroupSession], arriving: Container[uuid.UUID]
) -> bool:
    """Whether what arrived leaves a chain's figures as they were; `rows`: its records that were there before."""
    first_came_now = chain.first is not None and chain.first.id in arriving
    return not first_came_now and [(row.id, row.root) for row in rows if row.stands] == [
        (chain.stands, chain.root)
    ]


def _visit(desk: Desk, deed: Deed, record: Record) -> dict[str, Any]:
    """The row of a visit."""
    return kept_of(deed.body, desk.settings, over=desk.activity.state == "settled") | {
        "id": deed.id,
        "activity_id": desk.activity.id,
        "household_id": record.place.home.id,
        "team_id": record.place.team,
        "unit_id": record.place.hamlet,
        "by": deed.subject,
        "happened_at": deed.happened_at,
        "time_trust": deed.time_trust,
        "day": clock.local_day(record.at),
        "in_custody": record.place.in_custody,
        "corrects": deed.body.corrects,
    }


def _write_down(desk: Desk, rows: Sequence[dict[str, Any]], deeds: Mapping[uuid.UUID, Accepted]) -> None:
    services, photos = [], []
    over = desk.activity.state == "settled"
    for deed in (one.deed for one in deeds.values()):
        for service, (outcome, reason) in rules.furthest(deed.body.services).items():
            services.append({"visit_id": deed.id, "service": service, "outcome": outcome, "reason": reason})
        for digest in photos_of(deed.body, desk.settings, over=over):
            photos.append({"visit_id": deed.id, "digest": digest})
    for table, some in ((Visit, rows), (VisitService, services), (VisitPhoto, photos)):
        if some:
            desk.session.execute(insert(table.__table__), list(some))  # type: ignore[arg-type]
