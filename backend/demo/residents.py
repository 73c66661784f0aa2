"""Inventing the residents: households with a phone, ages, schools and bodies. Nothing here touches the database."""

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.demo.data import DATA, Size, invented
from backend.demo.places import Planted
from backend.people.rules import age_group, may_be_named

REGISTERED = 0.69
"""Of the residents of a hamlet who are known to the node; the others never came."""


@dataclass
class Resident:
    """An invented person. `belongs`: (kind of membership, unit). `knows`: how likely an answer is right.

    `since`: when they joined. `device`: the phone they use, which a family shares; `phone` is its number. `withdrew`:
    the agreement to be named on boards.
    """

    id: uuid.UUID
    subject: uuid.UUID
    name: str
    born: int
    sex: str
    hamlet: str
    phone: str
    device: uuid.UUID
    knows: float
    keen: float
    belongs: list[tuple[str, uuid.UUID]] = field(default_factory=list)
    organises: bool = False
    guest: dict[str, Any] | None = None
    board_name: str | None = None
    since: datetime | None = None
    rounds: set[int] = field(default_factory=set)
    takes_part: bool = False
    withdrew: bool = False

    def is_minor(self, year: int) -> bool:
        return age_group(self.born, year) == "minor"


@dataclass
class Inventing:
    """Invents one commune after another the same way, given the same chance."""

    chance: random.Random
    planted: Planted
    size: Size
    year: int
    phones: int = 0

    def everybody(self) -> list[Resident]:
        """The residents of all hamlets, the people to sign in as among them."""
        people = [one for row in DATA["hamlets"] for one in self._hamlet(row)]
        self._send_to_school(people)
        self._seat(people)
        return people

    def _hamlet(self, row: dict[str, Any]) -> list[Resident]:
        wanted = self.size.of(max(row["people"] * REGISTERED, max(row["entrants"]) + 1))
        people = self._guests(row["name"])
        while len(people) < wanted:
            people += self._household(row["name"])[: wanted - len(people)]
        return people

    def _guests(self, hamlet: str) -> list[Resident]:
        found, devices = [], dict[str, uuid.UUID]()
        for row in DATA["guests"]:
            if row["hamlet"] != hamlet:
                continue
            device = devices.setdefault(row["phone"], self._key())
            one = self._person(
                row["name"], row["born"], "f" if " Thị " in row["name"] else "m", hamlet, row["phone"], device
            )
            one.guest, one.rounds = row, set(row["rounds"])
            one.board_name = invented(row["board_name"]) if "board_name" in row else None
            if "cell" in row:
                one.belongs.append(("party_cell", self.planted.cells[row["cell"]]))
            if "team" in row:
                one.belongs.append(("team", self.planted.teams[row["team"]]))
            found.append(one)
        return found

    def _household(self, hamlet: str) -> list[Resident]:
        """One or two grown-ups, now and then a grandparent, and children on a parent's phone."""
        chance, surname = self.chance, self.chance.choice(DATA["surnames"])
        first = self.year - chance.choice([*range(19, 70), *range(26, 52)])
        head = self._member(surname, first, hamlet)
        found = [head]
        if chance.random() < 0.7:
            found.append(self._member(chance.choice(DATA["surnames"]), first + chance.randint(-4, 5), hamlet))
        if 28 <= self.year - first <= 56 and chance.random() < 0.55:
            for _ in range(chance.choice([1, 1, 2])):
                found.append(self._member(surname, self.year - chance.randint(8, 17), hamlet, head))
        if chance.random() < 0.12:
            found.append(self._member(surname, first - chance.randint(22, 30), hamlet, head))
        return found

    def _member(self, surname: str, born: int, hamlet: str, head: Resident | None = None) -> Resident:
        """Children, and some of the old, use the phone of the head of the family."""
        chance = self.chance
        born, sex = max(born, self.year - 91), chance.choice("mf")
        name = f"{surname} {chance.choice(DATA['middle'][sex])} {chance.choice(DATA['given'][sex])}"
        if head is None:
            self.phones += 1
            return self._person(name, born, sex, hamlet, f"demo-{self.phones:06d}", self._key())
        return self._person(name, born, sex, hamlet, head.phone, head.device)

    def _person(self, name: str, born: int, sex: str, hamlet: str, phone: str, device: uuid.UUID) -> Resident:
        chance = self.chance
        knows = chance.betavariate(5, 1.75)
        one = Resident(
            self._key(), self._key(), invented(name), born, sex, hamlet, phone, device, knows, chance.random()
        )
        if may_be_named(born, self.year) and chance.random() < 0.45:
            one.board_name = invented(
                f"{self._called(one)} {name.split()[-1]} {_level_word(hamlet)} {hamlet}"
            )
        return one

    def _called(self, one: Resident) -> str:
        age = self.year - one.born
        words = ("Ông", "Bà") if age >= 60 else ("Bác", "Cô") if age >= 42 else ("Anh", "Chị")
        return words[one.sex == "f"]

    def _key(self) -> uuid.UUID:
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)

    # --- where they belong ----------------------------------------------------------------------------------------

    def _send_to_school(self, people: list[Resident]) -> None:
        """Pupils of 11 and more in the lower secondary school, younger ones in the primary school, by their year.

        One class takes part on the school's tablet, as whole classes do.
        """
        tablet, its_class = self._key(), self.planted.primary_classes["5A"]
        for one in people:
            if one.guest or not one.is_minor(self.year):
                continue
            grade = min(self.year - one.born - 5, 9)
            classes = self.planted.classes if grade >= 6 else self.planted.primary_classes
            fitting = [unit for name, unit in classes.items() if name.startswith(str(max(grade, 2)))]
            one.belongs.append(("studies_at", self.chance.choice(fitting)))
            if one.belongs[-1][1] == its_class:
                one.device = tablet

    def _seat(self, people: list[Resident]) -> None:
        """Party cells, Youth branches, agencies, digital teams, and the bodies of the contest."""
        grown = [one for one in people if not one.guest and 24 <= self.year - one.born <= 62]
        for one in people:
            if not one.guest:
                self._join(one)
        bodies = self._seats()
        for (unit, organises), one in zip(bodies, self.chance.sample(grown, len(grown)), strict=False):
            one.belongs.append(("body", unit))
            one.organises = organises
        for hamlet, team in self.planted.teams.items():
            own = [one for one in grown if one.hamlet == hamlet and not one.organises]
            for one in own[: DATA["teams"]["members"]]:
                one.belongs.append(("team", team))

    def _seats(self) -> list[tuple[uuid.UUID, bool]]:
        return [
            (
                self.planted.bodies[row["code"]],
                row["part"] in ("organising", "questions", "jury", "secretariat"),
            )
            for row in DATA["bodies"]
            for _ in range(row["members"])
        ]

    def _join(self, one: Resident) -> None:
        chance, age, places = self.chance, self.year - one.born, self.planted
        if age >= 24 and chance.random() < 0.09:
            one.belongs.append(("party_cell", places.cells.get(one.hamlet) or places.cells["Cơ quan xã"]))
        if 16 <= age <= 30 and chance.random() < 0.45:
            one.belongs.append(("youth_branch", places.branches.get(one.hamlet) or places.branches[""]))
        if 23 <= age <= 60 and chance.random() < 0.04:
            one.belongs.append(("works_at", chance.choice(list(places.agencies.values()))))


def _level_word(hamlet: str) -> str:
    row = next(row for row in DATA["hamlets"] if row["name"] == hamlet)
    return "TDP" if row.get("level_word") == "tổ dân phố" else "xóm"


def of_hamlet(people: Sequence[Resident], hamlet: str) -> Iterator[Resident]:
    return (one for one in people if one.hamlet == hamlet)
