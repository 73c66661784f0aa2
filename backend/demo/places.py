"""The units of the demo: the country's own list, and below the commune what is invented."""

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.demo.data import DATA
from backend.teams.change import found_team
from backend.units import change as units
from backend.units import national
from backend.units.models import JoinCode, Unit

SINCE = date(2025, 7, 1)
POPULATION = "residents_from_7"
Places = dict[str, uuid.UUID]


@dataclass(frozen=True)
class Planted:
    """The units of the demo commune by their names, bodies by the code in demo.yaml, teams by their hamlet."""

    commune: uuid.UUID
    hamlets: Places
    classes: Places = field(default_factory=dict)
    primary_classes: Places = field(default_factory=dict)
    cells: Places = field(default_factory=dict)
    branches: Places = field(default_factory=dict)
    agencies: Places = field(default_factory=dict)
    bodies: Places = field(default_factory=dict)
    teams: Places = field(default_factory=dict)
    parties: Places = field(default_factory=dict)

    @property
    def organisation(self) -> uuid.UUID:
        """The commune's Party organisation."""
        return self.parties[""]


def plant_units(session: Session) -> Planted:
    """The whole country from the official list; below the commune its hamlets with headcounts and all its bodies."""
    national.load(session)
    code = DATA["commune"]["code"]
    commune = session.scalars(select(Unit.id).where(Unit.code == code)).one()
    found = _Founding(session, code, commune)
    organisation = found.one("DB", "party_organisation", DATA["party"], party=commune)
    hamlets = found.many("T", "hamlet", "territory", DATA["hamlets"], level_word="xóm")
    planted = Planted(
        commune,
        hamlets=hamlets,
        agencies=found.many("CQ", "agency", "territory", _rows(DATA["agencies"]), level_word=""),
        parties={"": organisation},
        cells=found.cells(organisation),
        branches=found.branches(),
        bodies=found.bodies(),
        teams=found.teams(hamlets),
        classes=found.school(
            "S01", DATA["school"], [*DATA["school"]["classes"], *_rows(DATA["more_classes"])]
        ),
        primary_classes=found.school("S02", DATA["primary"], _rows(DATA["primary"]["classes"])),
    )
    found.many("MT", "association", "front", _rows(DATA["front"]), level_word="")
    _count_heads(session, planted)
    return planted


def _rows(names: list[str]) -> list[dict[str, Any]]:
    return [{"name": name} for name in names]


class _Founding:
    """Founds units below the commune; their codes are the commune's with a letter and a number."""

    def __init__(self, session: Session, code: str, commune: uuid.UUID) -> None:
        self.session, self.code, self.commune = session, code, commune

    def one(self, code: str, kind: str, row: dict[str, Any], **parents: uuid.UUID) -> uuid.UUID:
        unit = units.found(
            self.session,
            code=f"{self.code}-{code}",
            kind=kind,
            name=row["name"],
            level_word=row["level_word"],
            since=SINCE,
            parents=parents,
        )
        if "join_code" in row:
            self.session.add(JoinCode(code=row["join_code"], unit_id=unit))
        return unit

    def many(
        self,
        letters: str,
        kind: str,
        tree: str,
        rows: list[dict[str, Any]],
        level_word: str,
        parent: uuid.UUID | None = None,
    ) -> Places:
        above = {tree: parent or self.commune}
        numbered = enumerate(rows, start=1)
        return {
            row["name"]: self.one(f"{letters}{number:02d}", kind, {"level_word": level_word} | row, **above)
            for number, row in numbered
        }

    def cells(self, parent: uuid.UUID) -> Places:
        coded = DATA["cell_code"]
        rows = [row | (coded if row["name"] == coded["name"] else {}) for row in _rows(DATA["cells"])]
        return self.many("CB", "party_cell", "party", rows, "chi bộ", parent)

    def branches(self) -> Places:
        parent = self.one("DTN", "youth_branch", DATA["youth"], youth=self.commune)
        return self.many("CD", "youth_branch", "youth", _rows(DATA["youth_branches"]), "chi đoàn", parent) | {
            "": parent
        }

    def bodies(self) -> Places:
        return {
            row["code"]: self.one(row["code"], "body", row | {"level_word": ""}, territory=self.commune)
            for row in DATA["bodies"]
        }

    def teams(self, hamlets: Places) -> Places:
        """A team for each hamlet, set up by one decision."""
        told = DATA["teams"]
        return {
            row["name"]: found_team(
                self.session,
                commune=self.commune,
                name=f"{row.get('level_word', 'xóm')} {row['name']}",
                code=f"{self.code}-TCN{number:02d}",
                decision_number=told["decision"]["number"],
                decision_date=told["decision"]["date"],
                decided_by=told["decision"]["by"],
                areas=[hamlets[row["name"]]],
                since=told["decision"]["date"],
            )
            for number, row in enumerate(DATA["hamlets"], start=1)
        }

    def school(self, code: str, row: dict[str, Any], classes: list[dict[str, Any]]) -> Places:
        school = self.one(code, "school", row | {"level_word": "trường"}, territory=self.commune)
        return self.many(f"{code}-L", "school_class", "territory", classes, "lớp", school)


def _count_heads(session: Session, planted: Planted) -> None:
    day, source = DATA["counted_on"], DATA["source"]
    for row in DATA["hamlets"]:
        units.count_heads(session, planted.hamlets[row["name"]], POPULATION, day, row["people"], source)
    total = sum(row["people"] for row in DATA["hamlets"])
    units.count_heads(session, planted.commune, POPULATION, day, total, source)
