"""A round of `world` as part of a contest of many communes, with a carrier that keeps what would go up."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from backend import clock
from backend.federation.documents.kinds import Given
from backend.federation.documents.models import Document
from backend.federation.peers.models import Peer
from campaigns import common_turn
from campaigns.common_models import CommonContest, CommonRound
from campaigns.common_shapes import ContestCounts, ContestRows, ContestTotal
from campaigns.common_terms import CommonIn, OrganiserIn
from campaigns.contest import common_wire
from campaigns.models import Activity
from tests.support.contest import choose
from tests.support.world import World

RULES = "c" * 64
UNIT = "05752"
ABOVE, FIRST_LIFE = uuid.UUID(int=9), uuid.UUID(int=100)
"""The node of the level above, and its epoch."""
TERMS = CommonIn(OrganiserIn("Ban Chỉ đạo tỉnh"), date(2026, 11, 1), wait_hours=72, finalists=3)


@dataclass
class Carrier:
    """What went up, in order. `parents`: to how many it goes; none, where no level above is enrolled."""

    parents: int = 1
    said: list[Any] = field(default_factory=list)

    def __call__(self, _session: Session, _line: str, _contest: str, body: msgspec.Struct) -> int:
        if self.parents:
            self.said.append(body)
        return self.parents

    @property
    def counts(self) -> list[ContestCounts]:
        return [one for one in self.said if isinstance(one, ContestCounts)]

    @property
    def rows(self) -> list[ContestRows]:
        return [one for one in self.said if isinstance(one, ContestRows)]


def make_common(world: World, settle: str = "by_hand", **terms: Any) -> None:
    """As if the contest of `world` had been launched from a common pack."""
    choose(world, prediction=True, predict_over="common", settle=settle)
    chosen = msgspec.structs.replace(TERMS, **terms)
    with world.database.transaction() as session:
        session.add(
            CommonRound(
                activity_id=world.activity,
                contest="thi-chung",
                round="dot-1",
                terms=msgspec.to_builtins(chosen),
                rules=RULES,
                unit_code=UNIT,
            )
        )
        enrol_above(session)


def turn(world: World, carrier: Carrier) -> str:
    """What the worker does; the round's state afterwards."""
    with world.database.transaction() as session:
        common_turn.turn(session, world.activity, carrier)
        return session.get_one(Activity, world.activity).state


def enrol_above(
    session: Session, node: uuid.UUID = ABOVE, line: str = "state", state: str = "active"
) -> None:
    """A level above on that line, as if it had been enrolled. One that is suspended is believed, but not called."""
    session.add(
        Peer(
            node_id=node, name="Nút tỉnh", unit_code="19", side="parent", line=line, state=state,
            proposed_by=uuid.UUID(int=1), proposed_at=clock.now(), confirmed_by=uuid.UUID(int=2), confirmed_at=clock.now(),
        )
    )  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a document stands: its number in its series, in which life of whom, on which line."""

    number: int
    epoch: uuid.UUID = FIRST_LIFE
    node: uuid.UUID = ABOVE
    line: str = "state"

    @property
    def digest(self) -> str:
        return hashlib.sha256(repr(self).encode()).hexdigest()

    def document(self, series: str) -> Document:
        return Document(
            digest=self.digest, issuer=str(self.node), series=series, epoch=str(self.epoch), number=self.number,
            line=self.line, scope=[], schema="", title="", key_id="", raw=b"", made_at=clock.now(), kept_at=clock.now(),
        )  # fmt: skip

    def given(self, kind: str, body: Any) -> Given:
        series = f"{kind}/{common_wire.part_of(body)}"
        return Given(series, self.number, self.digest, self.line, str(self.node), clock.now(), body)


def arrive(
    world: World, all_correct: int, number: int = 1, rules: str = RULES, *, at: Place | None = None
) -> None:
    """The count of all communes comes down; `at`: as which document, of whom."""
    said = ContestTotal(
        contest="thi-chung", round="dot-1", rules=rules, number=number, all_correct=all_correct, people=200, told=3,
        expected=3, small=0, missing=[],
    )  # fmt: skip
    place = at or Place(number)
    with world.database.transaction() as session:
        session.add(place.document(f"contest-total/{common_wire.part_of(said)}"))
        common_wire.apply_total(session, place.given("contest-total", said))


def give_out(session: Session, settings: dict[str, Any], finalists: int = 3, closed: bool = True) -> None:
    """The same contest as the level above knows it."""
    ended = clock.now() - timedelta(hours=1) if closed else clock.now() + timedelta(hours=1)
    round_ = {
        "title": {"vi": "Đợt 1"},
        "code": "dot-1", "kind": "contest", "opens_at": clock.iso(ended - timedelta(days=7)),
        "closes_at": clock.iso(ended), "settings": settings,
    }  # fmt: skip
    session.add(
        CommonContest(
            contest="thi-chung",
            title={"vi": "Thi chung"},
            rules=RULES,
            rounds=[round_],
            pack_version=1,
            terms=msgspec.to_builtins(msgspec.structs.replace(TERMS, finalists=finalists)),
            given_out_at=clock.now(),
        )
    )


def counts(unit: str, people: int | None, right: int | None, **other: Any) -> ContestCounts:
    plain = {
        "contest": "thi-chung", "round": "dot-1", "rules": RULES, "unit": unit, "revision": 1, "people": people,
        "papers": people, "all_correct": right, "flag": "", "reason": "first",
    }  # fmt: skip
    return msgspec.convert(plain | other, ContestCounts)


def rows(unit: str, results: Sequence[tuple[int, int, int, int]], **other: Any) -> ContestRows:
    """`results`: (row number, right of 5, seconds, gap)."""
    plain = {
        "contest": "thi-chung", "round": "dot-1", "rules": RULES, "unit": unit, "revision": 1, "total": 1,
        "reason": "first",
        "rows": [{"number": n, "right": right, "of": 5, "seconds": s, "gap": gap} for n, right, s, gap in results],
    }  # fmt: skip
    return msgspec.convert(plain | other, ContestRows)


NODE = uuid.UUID(int=7)
