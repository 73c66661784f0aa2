"""Which level, which figures and which period a page of a level above is about: what was asked for, and what a picker offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from admin.blueprint import LEVEL_KEEPERS, LEVEL_PARTY_READERS, LEVEL_READERS
from backend import clock, http
from backend.errors import NotFound
from backend.federation.peers import doubts
from backend.levels import reading
from backend.levels.elsewhere import counted_elsewhere
from backend.levels.errors import NothingTold
from backend.levels.overview import Line, levels_among
from backend.levels.reading import About
from backend.units.queries import NamedUnit

MOST = 240
"""So many periods a picker offers."""


@dataclass(frozen=True)
class Choice:
    """`abouts`: every period anybody told of that this member may read, the newest first. `about` None: nothing was told."""

    level: NamedUnit
    levels: list[NamedUnit]
    about: About | None
    abouts: list[About]
    titles: Mapping[str, Mapping[str, str]]

    def told(self) -> About:
        """Raises NothingTold."""
        if self.about is None:
            raise NothingTold
        return self.about

    @property
    def query(self) -> dict[str, Any]:
        """What a link to another page of the same choice carries along."""
        return {"level": self.level.code} | ({"about": key_of(self.about)} if self.about else {})


def key_of(about: About) -> str:
    """'xa-thang.state.thang.202611': one word in an address."""
    return ".".join((about.template, about.line, about.period.calendar, about.period.code))


def own_levels(*roles: str) -> list[NamedUnit]:
    """Provinces and the country on which the member holds one of these roles."""
    held = {unit for role in roles for unit in http.staff().roles.get(role, ())}
    return levels_among(http.session(), held)


def lines() -> frozenset[str]:
    """The Party's figures are read by the Party's offices alone."""
    every = {"state", "front", "youth"}
    return frozenset(every | {"party"} if http.staff().holds(*LEVEL_PARTY_READERS) else every)


def asked() -> Choice | None:
    """None for a member who holds no such role on a level. Raises NotFound for a level that is not the member's."""
    levels = own_levels(*LEVEL_READERS)
    if not levels:
        return None
    code = request.values.get("level", "")
    level = next((one for one in levels if one.code == code), None) if code else levels[0]
    if level is None:
        raise NotFound
    session, seen = http.session(), lines()
    abouts = [one for one in reading.offered(session) if one.line in seen][:MOST]
    return Choice(level, levels, _about(abouts), abouts, _titles(session, abouts))


def chosen() -> Choice:
    """Raises NotFound where the member is at no level: what others told is then not there."""
    found = asked()
    if found is None:
        raise NotFound
    return found


def keeps(choice: Choice) -> bool:
    """Whether the member answers and gives out for the level: its Party office, and on the State's line its head."""
    is_state = choice.about is not None and choice.about.line == "state"
    roles = LEVEL_KEEPERS if is_state else LEVEL_PARTY_READERS
    return any(choice.level.id in http.staff().roles.get(role, ()) for role in roles)


def beside(choice: Choice, lines: Sequence[Line]) -> dict[str, Any]:
    """What has to be said beside the figures of these units. `elsewhere`: units that went into one and are counted on another
    node; `doubted`: packets that came while somebody else may have had the key they are signed with."""
    if choice.about is None:
        return {"elsewhere": {}, "doubted": set()}
    session = http.session()
    told = {one.digest for line in lines for one in (line.asked, line.sheet and line.sheet.told) if one}
    return {
        "elsewhere": counted_elsewhere(session, [line.unit for line in lines], choice.about),
        "doubted": doubts.among(session, told),
    }


def _about(abouts: list[About]) -> About | None:
    """The one asked for; else the newest that is over. Raises NothingTold for a period nobody told anything of."""
    key = request.values.get("about", "")
    if key:
        found = next((one for one in abouts if key_of(one) == key), None)
        if found is None:
            raise NothingTold
        return found
    today = clock.today()
    return next((one for one in abouts if one.period.last < today), abouts[0] if abouts else None)


def _titles(session: Session, abouts: list[About]) -> Mapping[str, Mapping[str, str]]:
    return reading.titles(session, {one.template for one in abouts})
