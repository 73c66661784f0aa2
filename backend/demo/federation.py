"""Planting one province and three communes, each a node of its own, for the demo of the federation.

Invented figures, real names of places; nobody but staff is in it, and they are marked. `plant_single` plants the same facts
on one node that holds everything: what the figures of four nodes are compared with.
"""

import uuid
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period, bounds, last_full
from backend.cards import actions, revisions
from backend.cards.models import Card
from backend.config import Settings
from backend.db import migrate
from backend.db.engine import Database
from backend.db.node import Node, found_node, serve
from backend.demo import federation_facts as facts
from backend.demo.data import INVENTED
from backend.demo.federation_facts import Hamlet, hamlets_of
from backend.people import staff
from backend.safeguards.audit import OPERATOR, Actor
from backend.safeguards.signing import Signer, remember
from backend.units import change as units
from backend.units import national
from backend.units.models import Unit

STORY: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("federation.yaml").read_text(encoding="utf-8")
)
PROVINCE: dict[str, Any] = STORY["province"]
COMMUNES: list[dict[str, Any]] = STORY["communes"]
TEMPLATE = "xa-thang"
SINCE = date(2025, 7, 1)
POPULATION = "residents_from_7"
MONTHS = 2
"""Months that are over and told of when the demo starts."""


def months() -> list[Period]:
    """The last full months, the oldest first."""
    found = [last_full("thang", "month", clock.today())]
    while len(found) < MONTHS:
        found.insert(0, last_full("thang", "month", found[0].first))
    return found


def plant_province(settings: Settings) -> None:
    """A level above with its units and staff; nothing is counted there. Nothing happens where it was planted before."""
    with _new(settings) as session:
        if session is not None:
            _found(session, settings, PROVINCE)


def plant_commune(settings: Settings, commune: dict[str, Any]) -> None:
    """A commune with its hamlets, staff, two months of what people did, and a published card for each."""
    with _new(settings) as session:
        if session is not None:
            _found(session, settings, commune)
            found_hamlets(session, commune)
            live(session, commune, months())


def plant_single(settings: Settings, communes: Iterable[dict[str, Any]]) -> None:
    """One node that knows what all of them know."""
    with _new(settings) as session:
        if session is not None:
            _found(session, settings, PROVINCE)
            for commune in communes:
                found_hamlets(session, commune)
                live(session, commune, months())


class _New:
    """A migrated database in a transaction; None where a node lives in it already."""

    def __init__(self, settings: Settings) -> None:
        self.database = Database(settings.database_url)
        migrate.upgrade(self.database.engine)

    def __enter__(self) -> Session | None:
        self._transaction = self.database.transaction()
        session = self._transaction.__enter__()
        return None if session.scalars(select(Node)).first() else session

    def __exit__(self, *error: Any) -> None:
        try:
            self._transaction.__exit__(*error)
        finally:
            self.database.close()


_new = _New


def _found(session: Session, settings: Settings, told: dict[str, Any]) -> None:
    """The node, the country's units, staff and key."""
    national.load(session)
    own = unit(session, told["code"])
    found_node(session, f"Lan Tỏa {_name(told['code'])} (bản dùng thử)")
    serve(session, own)
    for row in told["staff"]:
        staff.hire(
            session, name=row["name"], username=row["username"], password=STORY["password"],
            grants=[(role, own) for role in row["roles"]],
        )  # fmt: skip
    remember(session, Signer(settings.signing_key))


def unit(session: Session, code: str) -> uuid.UUID:
    return session.scalars(select(Unit.id).where(Unit.code == code)).one()


def _name(code: str) -> str:
    (found,) = (row for row in national.listed() if row.code == code)
    return f"{found.level_word} {found.name}"


def found_hamlets(session: Session, commune: dict[str, Any]) -> None:
    above = unit(session, commune["code"])
    for hamlet in hamlets_of(commune):
        made = units.found(
            session, code=hamlet.code, kind="hamlet", name=hamlet.name, level_word="xóm", since=SINCE,
            parents={"territory": above},
        )  # fmt: skip
        _heads(session, made, hamlet.people)
    _heads(session, above, sum(hamlet.people for hamlet in hamlets_of(commune)))


def _heads(session: Session, of: uuid.UUID, people: int) -> None:
    units.count_heads(session, of, POPULATION, STORY["counted_on"], people, STORY["source"])


# --- what was lived through ---------------------------------------------------------------------------------------


def live(session: Session, commune: dict[str, Any], over: Iterable[Period]) -> None:
    """Each month's facts, and the card that was made of them after its end."""
    for month in over:
        facts.write(session, deeds_of(hamlets_of(commune), month), month)
        session.flush()  # the ledger is read by its own statements
        first_card(session, commune["code"], commune["head"], month)


def deeds_of(hamlets: Iterable[Hamlet], month: Period) -> Iterator[facts.Deed]:
    for hamlet in hamlets:
        yield from facts.month_of(hamlet, month)


def first_card(session: Session, code: str, head: str, month: Period) -> None:
    """The card of a month as it was first published, a little after the month was over."""
    first, end = bounds(month)
    with clock.stopped_at(first + timedelta(days=9, hours=9)):
        card = actions.open_card(session, unit(session, code), TEMPLATE, month, OPERATOR)
        actions.name_head(session, card.id, "Chủ tịch Ủy ban nhân dân xã", f"{head} {INVENTED}", OPERATOR)
    after = min(end + timedelta(hours=20), clock.now() - timedelta(hours=3))
    with clock.stopped_at(after):
        own = {code: (Decimal(row["own"]), row["evidence"]) for code, row in STORY["self_scores"].items()}
        actions.self_score(session, card.id, own, OPERATOR)
    with clock.stopped_at(after + timedelta(hours=1)):
        revisions.publish(session, card, OPERATOR)


def restate(session: Session, code: str, month: Period, by: Actor = OPERATOR) -> int:
    """Records of a hamlet come late and the month's card is published once more, with its reason; its new number."""
    late = STORY["late"]
    deeds = facts.late_of(f"{code}-{late['hamlet']}", late["people"], month)
    facts.write(session, deeds, month, received=clock.now() - timedelta(minutes=1))
    session.flush()  # the ledger is read by its own statements
    card = card_of(session, code, month)
    return revisions.publish(session, card, by, late["reason"], clock.now()).number


def card_of(session: Session, code: str, month: Period) -> Card:
    """The card of that commune and month."""
    found = select(Card).where(
        Card.unit_id == unit(session, code), Card.template == TEMPLATE, Card.period == month.code
    )
    return session.scalars(found).one()
