"""A level whose parts are nodes of their own tells further up what they told: the same packet, one level higher."""

import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.aggregates import sending
from backend.aggregates.models import AggregateSent
from backend.aggregates.packet import Figures
from backend.aggregates.told_before import body_in
from backend.db.node import Node, serve, this_node
from backend.federation.peers.models import Peer, PeerReach
from backend.levels import accepting, going_up, publishing
from backend.levels.errors import NothingAccepted, NothingNew
from backend.levels.overview import overview
from backend.levels.reading import About
from backend.safeguards.audit import OPERATOR
from backend.safeguards.signing import Signer
from backend.units.queries import named
from tests.aggregates.telling import MEASURES, NOW, STREAM, a_month, arrived, cell, peer, take, tell_all, told
from tests.cards.book import ASSISTED, MONTH, Deed, write
from tests.support.world import World

DAY = timedelta(days=1)
ABOUT = About("figures/xa-thang", "state", MONTH)
SIGNER = Signer.throw_away()
AGAIN = "Xã gửi bản ghi đến muộn"


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with world.database.transaction() as session:
        yield session


@pytest.fixture
def packet(world: World, session: Session) -> Figures:
    """What Tân Khánh told of October, before this node became the province's."""
    above = peer(session, "parent")
    write(session, [Deed(world.hamlet, None, date(2026, 10, 15), ASSISTED, 2, key=uuid.uuid4())])
    a_month(session, world)
    (body,) = told(session)
    session.execute(update(Peer).where(Peer.id == above.id).values(state="revoked"))
    serve(session, world.province)
    peer(session, "parent", unit="VN", name="Trung ương")
    return body


def as_told_by(body: Figures, code: str, **cells: list[Any]) -> Figures:
    """The same sheet as another commune would tell it, with some of its own figures put in place."""
    plain = msgspec.json.decode(msgspec.json.encode(body))
    for unit in plain["scope"]["units"]:
        unit["code"] = unit["code"].replace("05752", code)
        unit["parent"] = unit["parent"].replace("05752", code)
    for one in plain["scope"]["elements"]:
        one["apart"] = None
    elements = [one["code"] for one in plain["scope"]["elements"]]
    for name, sides in cells.items():
        place = elements.index(name.replace("_", "-"))
        plain["cells"][place] = [0, place, *sides]
    return msgspec.convert(plain, Figures)


def both_told(session: Session, packet: Figures, **of_the_other: list[Any]) -> None:
    for number, body in enumerate((packet, as_told_by(packet, "05755", **of_the_other))):
        child = peer(session, "child", unit=body.top.code, name=f"Xã {number}")
        take(session, arrived(child, body))


def rolled(session: Session, at: datetime = NOW) -> list[Figures]:
    """What goes further up once the office accepted all that came and gave it out."""
    with clock.stopped_at(at):
        give_out(session)
        before = set(session.scalars(select(AggregateSent.id)))
        while sending.tell_next(session, MEASURES, STREAM, releases=going_up.released):
            pass
    rows = session.scalars(select(AggregateSent).order_by(AggregateSent.made_at, AggregateSent.id))
    return [body_in(row) for row in rows if row.id not in before]


def give_out(session: Session) -> None:
    """Accept what was not answered yet and publish it, where there is anything to publish."""
    level = named(session, this_node(session).unit_id, clock.today())  # type: ignore[arg-type]
    for line in overview(session, level, ABOUT).told:
        if (line.answer is None and line.sealed is None) or line.later:
            accepting.accept(session, ABOUT, line.unit.code, line.asked.digest, OPERATOR)  # type: ignore[union-attr]
    session.flush()
    with suppress(NothingNew, NothingAccepted):
        publishing.publish(session, SIGNER, level, overview(session, level, ABOUT), AGAIN, OPERATOR)


def test_the_parts_stand_as_they_told_them_and_the_whole_is_their_sum(
    session: Session, packet: Figures
) -> None:
    both_told(session, packet, du_thi=[30, 90, "33.3", ""])
    (body,) = rolled(session)
    assert [one.code for one in body.scope.units] == ["19", "05752", "05755"]
    assert [one.kind for one in body.scope.units] == ["province", "commune", "commune"]
    assert (cell(body, "05752", "du-thi").numerator, cell(body, "05755", "du-thi").numerator) == (21, 30)
    whole = cell(body, "19", "du-thi")
    assert (whole.numerator, whole.denominator, whole.value, whole.flag) == (51, 160, "31.9", "")
    assert cell(body, "19", "buoi-huong-dan").numerator == 4
    assert (body.completeness.expected, body.completeness.reported) == (2, 2)
    assert body.points is None


def test_what_a_commune_keeps_back_stays_back_and_the_whole_with_it(
    session: Session, packet: Figures
) -> None:
    both_told(session, packet, du_thi=[None, 90, None, "S"])
    (body,) = rolled(session)
    few, whole = cell(body, "05755", "du-thi"), cell(body, "19", "du-thi")
    assert (few.numerator, few.flag) == (None, "S")
    assert whole.numerator is None
    assert whole.flag in ("S", "C")


def test_a_part_that_told_nothing_is_missing_and_the_whole_is_no_sum(
    session: Session, packet: Figures
) -> None:
    child = peer(session, "child", unit="05752", name="Xã Tân Khánh")
    take(session, arrived(child, packet))
    (body,) = rolled(session)
    missing = cell(body, "05755", "du-thi")
    assert (missing.numerator, missing.flag) == (None, "X")
    assert cell(body, "19", "du-thi").flag == "X"  # not a sum while a part of it is not there
    assert (body.completeness.expected, body.completeness.reported) == (2, 1)


def test_a_restatement_below_is_the_next_revision_above_with_a_reason(
    session: Session, packet: Figures
) -> None:
    both_told(session, packet, du_thi=[30, 90, "33.3", ""])
    (first,) = rolled(session)
    assert (first.revision, first.reason) == (1, "")
    child = peer(session, "child", unit="05755", name="Xã Xa Lạ", line="state")
    again = msgspec.structs.replace(
        as_told_by(packet, "05755", du_thi=[45, 90, "50", ""]), revision=2, reason="Có bản ghi đến muộn"
    )
    take(session, arrived(child, again, number=2))
    (second,) = rolled(session, NOW + DAY)
    assert (second.revision, cell(second, "19", "du-thi").numerator) == (2, 66)
    assert second.reason == AGAIN, "what the office wrote when it gave the figures out again"


def test_a_state_below_travels_without_a_new_revision(session: Session, packet: Figures) -> None:
    both_told(session, packet)
    (first,) = rolled(session)
    child = peer(session, "child", unit="05752", name="Xã Tân Khánh")
    take(session, arrived(child, msgspec.structs.replace(packet, state="locked"), number=2))
    other = peer(session, "child", unit="05755", name="Xã Xa Lạ")
    assert rolled(session, NOW + DAY) == []  # as far as the part that is least far
    take(
        session,
        arrived(other, msgspec.structs.replace(as_told_by(packet, "05755"), state="locked"), number=2),
    )
    (second,) = rolled(session, NOW + DAY)
    assert (first.state, second.state, second.revision) == ("open", "locked", 1)
    assert second.cells == first.cells


def test_looking_twice_tells_once(session: Session, packet: Figures) -> None:
    both_told(session, packet)
    assert len(rolled(session)) == 1
    assert rolled(session, NOW + DAY) == []


def test_the_country_takes_it_in_as_a_province_took_in_its_communes(
    world: World, session: Session, packet: Figures
) -> None:
    both_told(session, packet)
    (body,) = rolled(session)
    session.execute(update(Node).values(unit_id=None))
    province = peer(session, "child", unit="19", name="Tỉnh Thái Nguyên")
    session.execute(update(Peer).where(Peer.unit_code.in_(("05752", "05755"))).values(unit_code="khac"))
    session.execute(PeerReach.__table__.delete().where(PeerReach.unit_code != "19"))  # type: ignore[attr-defined]
    assert take(session, arrived(province, body)) is None


def test_a_commune_of_its_own_ledger_rolls_nothing_up(world: World, session: Session) -> None:
    peer(session, "parent")
    a_month(session, world)
    tell_all(session)
    assert {row.unit_code for row in session.query(AggregateSent)} == {"05752"}
