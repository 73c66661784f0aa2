"""Who had the ideas of the demo: residents who belong where the story says, and a newcomer where nobody fits."""

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend import clock
from backend.demo.data import DATA, invented
from backend.demo.places import Planted
from backend.demo.residents import Resident
from backend.people import consents
from backend.people.models import Consent, Membership, Person, SubjectLink

BELONGS = {
    "agency": "works_at",
    "school": "works_at",
    "front": "works_at",
    "hamlet": "lives_in",
    "class": "studies_at",
    "youth_branch": "youth_branch",
    "cell": "party_cell",
}
"""The kind of unit a story names -> how its author belongs there."""
PARTY, RECORD = "party_cell", "initiative_record"


@dataclass
class Casting:
    """Gives each author of a story a person, nobody twice. Everybody has been here since `since`."""

    session: Session
    planted: Planted
    chance: random.Random
    people: Sequence[Resident]
    since: datetime
    cast: dict[uuid.UUID, Resident] = field(default_factory=dict)

    @property
    def year(self) -> int:
        return clock.local_day(self.since).year

    def author(self, kind: str, unit: uuid.UUID, in_party: bool) -> Resident:
        """Somebody who belongs to the unit, and to a cell or to none."""
        choices = next((found for found in self._choices(kind, unit, in_party) if found), None)
        one = self.chance.choice(choices) if choices else self._newcomer(kind)
        self.cast[one.id] = one
        self._let_belong(one, BELONGS[kind], unit)
        if in_party and not _has(one, PARTY):
            self._let_belong(
                one, PARTY, self.planted.cells.get(one.hamlet) or self.planted.cells["Cơ quan xã"]
            )
        self._write_back(one)
        return one

    def _choices(self, kind: str, unit: uuid.UUID, in_party: bool) -> Iterator[list[Resident]]:
        """The best first: who belongs there already, then whoever could."""
        how = BELONGS[kind]
        free = [one for one in self.people if self._is_free(one, kind)]
        here = [one for one in free if (how, unit) in self._places(one)]
        if how != "works_at":  # somebody who works elsewhere would have judges among the colleagues
            here = [one for one in here if not _has(one, "works_at")]
        yield [one for one in here if _has(one, PARTY) == in_party]
        if in_party and kind != "cell":
            yield here
        if how == "works_at":
            idle = [one for one in free if not _has(one, how) and _has(one, PARTY) == in_party]
            yield idle

    def _is_free(self, one: Resident, kind: str) -> bool:
        if one.guest or one.id in self.cast:
            return False
        if kind == "class":
            return one.is_minor(self.year) and one.is_minor(clock.today().year)
        return 20 <= self.year - one.born <= 64

    def _places(self, one: Resident) -> list[tuple[str, uuid.UUID]]:
        return [("lives_in", self.planted.hamlets[one.hamlet]), *one.belongs]

    def _key(self) -> uuid.UUID:
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)

    # --- writing down ---------------------------------------------------------------------------------------------

    def _newcomer(self, kind: str) -> Resident:
        """Somebody more, for a small world."""
        chance, sex = self.chance, self.chance.choice("mf")
        words = [chance.choice(DATA["surnames"]), *(chance.choice(DATA[w][sex]) for w in ("middle", "given"))]
        born = self.year - (13 if kind == "class" else chance.randint(28, 55))
        hamlet = chance.choice(list(self.planted.hamlets))
        one = Resident(
            self._key(), self._key(), invented(" ".join(words)), born, sex, hamlet, "", self._key(), 0.5, 0.5
        )
        self.session.add(Person(id=one.id, name=one.name, birth_year=born, joined_at=self.since))
        self.session.flush()
        self.session.add(SubjectLink(subject=one.subject, person_id=one.id))
        return one

    def _let_belong(self, one: Resident, how: str, unit: uuid.UUID) -> None:
        if (how, unit) in self._places(one) and one in self.people:
            return
        one.belongs.append((how, unit))
        self.session.add(
            Membership(person_id=one.id, unit_id=unit, kind=how, valid_from=clock.local_day(self.since))
        )

    def _write_back(self, one: Resident) -> None:
        """They came before the year began, not with their first paper of the contest; and agreed to send in ideas."""
        day = clock.local_day(self.since)
        self.session.flush()
        late = (Membership.person_id == one.id, Membership.valid_from > day)
        early = (Person.id == one.id, Person.joined_at > self.since)
        for statement in (
            update(Membership).where(*late).values(valid_from=day),
            update(Person).where(*early).values(joined_at=self.since),
        ):
            self.session.execute(statement.execution_options(synchronize_session=False))
        if not one.is_minor(self.year):
            self.agree(one, RECORD)

    def judge(self, person: uuid.UUID, unit: uuid.UUID) -> Resident:
        """A judge who is an author too, with the account of the own phone."""
        row = self.session.get_one(Person, person)
        one = Resident(
            person,
            self._key(),
            row.name,
            self.year - 42,
            "m",
            "",
            "",
            self._key(),
            0.5,
            0.5,
            [("works_at", unit)],
        )
        self.session.add(SubjectLink(subject=one.subject, person_id=person))
        self.session.add(
            Membership(
                person_id=person, unit_id=unit, kind="works_at", valid_from=clock.local_day(self.since)
            )
        )
        self.agree(one, RECORD)
        return one

    def agree(self, one: Resident, purpose: str, **more: Any) -> None:
        row = {"given_by": "self", "channel": "demo", "given_at": self.since} | more
        version = consents.texts()[purpose].version
        self.session.add(Consent(person_id=one.id, purpose=purpose, version=version, **row))

    def agree_for_children(self, campaign: uuid.UUID) -> None:
        """A guardian's agreement for this campaign, and the child's own."""
        for one in self.cast.values():
            if one.is_minor(self.year):
                guardian = invented(f"{one.name.split()[0]} Thị Hòa")
                self.agree(
                    one, consents.BY_GUARDIAN, given_by="guardian", guardian_name=guardian, guardian_relation="mother",
                    campaign_id=campaign,
                )  # fmt: skip
                self.agree(one, "child_assent")
        self.session.flush()


def _has(one: Resident, how: str) -> bool:
    return any(kind == how for kind, _ in one.belongs)
