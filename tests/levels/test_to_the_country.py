"""Commune, province, country: each a node of its own. What a commune published, the province accepts and gives out, and only then
does it go further up, where the country accepts it, gives it out and hands it on."""

import json
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from backend import clock, streams
from backend.aggregates import queries, sending
from backend.aggregates.models import AggregateSent
from backend.aggregates.packet import Figures
from backend.aggregates.told_before import body_in
from backend.app import services_of
from backend.cards import actions, revisions
from backend.cards.models import Card
from backend.config import Settings
from backend.db.engine import Database
from backend.db.node import found_node, serve
from backend.levels import accepting, going_up, publishing
from backend.levels.exchange import rows_out
from backend.levels.models import LevelAnswer, LevelPublication
from backend.levels.overview import Overview, overview
from backend.levels.reading import About
from backend.levels.views import sums_of
from backend.people import staff
from backend.safeguards.audit import OPERATOR
from backend.safeguards.signing import Signer, packed, remember
from backend.targets import dhis2
from backend.units import change as units
from backend.units.queries import NamedUnit, named
from tests.aggregates.telling import MEASURES, cell, strangers
from tests.cards.book import ASSISTED, MONTH, Deed, write
from tests.support.levels import (
    PROVINCE,
    SINCE,
    STAFF,
    Levels,
    Node,
    _app,
    _fresh,
    enrol,
    province_and_communes,
)
from tests.support.world import PASSWORD

ABOUT = About("figures/xa-thang", "state", MONTH)
OF = ("figures/xa-thang", "thang", "202610")
Told = tuple[Levels, Node, list[Node]]
REASON = "Xã Tân Khánh gửi bản ghi đến muộn"


def country(levels: Levels) -> Node:
    """A node above the province, enrolled with it; it knows the province and no commune."""
    folder = levels.folder / "VN"
    folder.mkdir()
    key = packed(uuid.uuid5(uuid.NAMESPACE_OID, "VN").bytes * 2)
    settings = Settings(
        mode="demo", data=folder, database_url=_fresh(levels.engine, folder), secret_key="VN", identity="demo",
        signing_key=key, public_url="http://vn.localhost",
    )  # fmt: skip
    database = Database(settings.database_url)
    node = Node("VN", "Việt Nam", settings.public_url, settings, database, Signer(key), _app(9), levels)
    node.app.services = services_of(settings, database)
    levels.link.nodes[node.address] = node
    with node.writing() as session:
        node.id = found_node(session, "Nút trung ương (hư cấu)").id
        node.units["VN"] = units.found(
            session, code="VN", kind="country", name="Việt Nam", level_word="nước", since=SINCE
        )
        code, name = PROVINCE
        node.units[code] = units.found(
            session, code=code, kind="province", name=name, level_word="tỉnh", since=SINCE, parents={"territory": node.unit}
        )  # fmt: skip
        serve(session, node.unit)
        node.staff = {
            who: staff.hire(session, name=who, username=who, password=PASSWORD, grants=[(role, node.unit)])
            for who, role in STAFF.items()
        }
        remember(session, node.signer)
    for line in ("state", "party"):
        enrol(node, levels.province, line)
    return node


def publish(node: Node, people: tuple[int, ...], helped: int = 0) -> None:
    """October's card of a commune: so many took part, hamlet by hamlet."""
    with node.writing() as session:
        for hamlet, count in zip(node.hamlets, people, strict=False):
            write(session, strangers(node.units[hamlet], count))
        first = node.units[node.hamlets[0]]
        write(session, [Deed(first, None, date(2026, 10, 15), ASSISTED, helped, key=uuid.uuid4())])
        card = actions.open_card(session, node.unit, "xa-thang", MONTH, OPERATOR)
        revisions.publish(session, card, OPERATOR, at=clock.now() - timedelta(minutes=5))


def go_up(levels: Levels, *nodes: Node) -> None:
    """As the workers do it: what is due is told and carried."""
    for node in nodes:
        with node.here():
            sending.turn(node.database, MEASURES, streams.FIGURES, releases=going_up.released)
    levels.courier(*nodes)


def looked(session: object, node: Node, about: About = ABOUT) -> tuple[NamedUnit, Overview]:
    level = named(session, node.unit, clock.today())  # type: ignore[arg-type]
    return level, overview(session, level, about)  # type: ignore[arg-type]


def accept(node: Node, *codes: str, about: About = ABOUT) -> None:
    with node.writing() as session:
        _, found = looked(session, node, about)
        for line in found.lines:
            if line.unit.code in codes:
                assert line.asked is not None
                accepting.accept(session, about, line.unit.code, line.asked.digest, OPERATOR)


def give_out(levels: Levels, node: Node, reason: str = "") -> LevelPublication:
    levels.pass_time(minutes=1)
    with node.writing() as session:
        level, found = looked(session, node)
        return publishing.publish(session, node.signer, level, found, reason, OPERATOR)


def sent(node: Node) -> list[Figures]:
    with node.reading() as session:
        rows = session.scalars(select(AggregateSent).order_by(AggregateSent.turn))
        return [body_in(row) for row in rows]


def close_others(levels: Levels, *nodes: Node) -> None:
    """The province is these communes alone."""
    with levels.province.writing() as session:
        codes = {node.code for node in nodes}
        for code, unit in levels.province.units.items():
            if code != levels.province.code and code not in codes:
                units.close(session, unit, date(2026, 10, 1))


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    """Two communes that told the province; nothing is accepted yet. The country is above."""
    with province_and_communes(tmp_path, communes=2) as levels:
        communes = levels.communes
        above = country(levels)
        close_others(levels, *communes)
        publish(communes[0], (9, 8, 7, 30), helped=6)
        publish(communes[1], (13, 8, 7, 30), helped=9)
        go_up(levels, *communes)
        yield levels, above, communes


def test_what_a_commune_told_is_accepted_given_out_and_read_accepted_and_given_out_by_the_country(
    told: Told,
) -> None:
    levels, above, communes = told
    province = levels.province
    accept(province, *(node.code for node in communes))
    row = give_out(levels, province)
    go_up(levels, province)
    with above.reading() as session:
        _, found = looked(session, above)
        [line] = found.lines
        assert line.state == "told"
        standing = queries.revisions(session, *OF)["19"]
        steps = [one["step"] for one in standing.said["approval"]]
        inside = {(one.unit_code, one.element): one for one in queries.cells(session, *OF)}
    assert steps == ["accepted", "published"]
    assert standing.said["lineup"] == row.digest, "of what the province signed, and of nothing else"
    assert inside["19", "buoi-huong-dan"].numerator == 15
    assert inside["19", "du-thi"].numerator == 54 + 58
    assert inside[communes[0].code, "du-thi"].numerator == 54
    accept(above, "19")
    statement = json.loads(give_out(levels, above).statement)
    assert statement["completeness"] == {"expected": 1, "accepted": 1}
    with above.reading() as session:
        level, found = looked(session, above)
        out = {
            (one.org_unit, one.data_element): one.value for one in dhis2.out(rows_out(level, found)).values
        }
    assert Decimal(out["19", "xa-thang.buoi-huong-dan"]) == 15
    assert Decimal(out["VN", "xa-thang.buoi-huong-dan"]) == 15
    assert ("19", "xa-thang.du-thi") not in out, "somebody may have taken part in two communes"
    levels.courier(province)
    with province.reading() as session:
        [answer] = session.scalars(select(LevelAnswer))
    assert (answer.outcome, answer.unit_code) == ("accepted", "19")


def test_nothing_goes_further_before_the_province_gave_it_out(told: Told) -> None:
    levels, _, communes = told
    go_up(levels, levels.province)
    assert sent(levels.province) == [], "it only arrived"
    accept(levels.province, *(node.code for node in communes))
    go_up(levels, levels.province)
    assert sent(levels.province) == [], "nobody signed it"
    give_out(levels, levels.province)
    go_up(levels, levels.province)
    go_up(levels, levels.province)
    assert len(sent(levels.province)) == 1
    with levels.province.reading() as session:
        assert len(list(going_up.released(session, levels.province.unit))) == 1
    levels.pass_time(days=900)
    with levels.province.reading() as session:
        assert list(going_up.released(session, levels.province.unit)) == [], "nor looked at for ever"


def test_different_people_of_several_communes_are_said_as_at_most_on_every_level(told: Told) -> None:
    """Each campaign has a person on one node; the people of a month are of whatever campaigns there were. A household is in one place."""
    levels, above, communes = told
    accept(levels.province, *(node.code for node in communes))
    give_out(levels, levels.province)
    go_up(levels, levels.province)
    with levels.province.reading() as session:
        _, found = looked(session, levels.province)
        sums = {one.element.code: one.above for one in sums_of(found)}
    assert [sums["du-thi"].least, sums["du-thi"].most] == [Decimal(58), Decimal(54 + 58)]
    assert dict(sums["du-thi"].why) == {"may_repeat": 2}
    assert sums["buoi-huong-dan"].is_exact
    (body,) = sent(levels.province)
    assert {one.code: one.additivity for one in body.scope.elements} == {
        "du-thi": "at_most", "buoi-huong-dan": "sum", "ho-da-den": "distinct", "tu-dung-duoc": "sum", "sang-kien-gui": "sum",
    }  # fmt: skip
    with above.reading() as session:
        _, found = looked(session, above)
        sums = {one.element.code: one.above for one in sums_of(found)}
    assert [sums["du-thi"].least, sums["du-thi"].most] == [Decimal(0), Decimal(54 + 58)], (
        "what the province tells is an end itself"
    )


def test_what_was_not_accepted_is_missing_whatever_arrived(told: Told) -> None:
    levels, above, communes = told
    accept(levels.province, communes[0].code)
    give_out(levels, levels.province)
    go_up(levels, levels.province)
    (body,) = sent(levels.province)
    assert cell(body, communes[0].code, "du-thi").numerator == 54
    assert cell(body, communes[1].code, "du-thi").flag == "X"
    assert cell(body, "19", "du-thi").flag == "X"
    assert (body.completeness.expected, body.completeness.reported) == (2, 1)
    accept(levels.province, communes[1].code)
    go_up(levels, levels.province)
    assert len(sent(levels.province)) == 1, "accepted, and not yet given out"
    give_out(levels, levels.province, REASON)
    go_up(levels, levels.province)
    _, second = sent(levels.province)
    assert (second.revision, second.reason) == (2, REASON)
    assert cell(second, "19", "du-thi").numerator == 54 + 58
    with above.reading() as session:
        assert queries.revisions(session, *OF)["19"].revision == 2


def test_a_restatement_below_goes_no_further_before_it_is_accepted_and_given_out(told: Told) -> None:
    levels, above, (first, second) = told
    province = levels.province
    accept(province, first.code, second.code)
    give_out(levels, province)
    go_up(levels, province)
    accept(above, "19")
    levels.pass_time(days=1)
    with first.writing() as session:
        write(
            session, strangers(first.units[first.hamlets[3]], 12, received=clock.now() - timedelta(hours=1))
        )
        card = session.query(Card).one()
        revisions.publish(session, card, OPERATOR, "Bổ sung bản ghi đến muộn", clock.now())
    go_up(levels, first)
    go_up(levels, province)
    assert len(sent(province)) == 1
    accept(province, first.code)
    give_out(levels, province, REASON)
    go_up(levels, province)
    with above.reading() as session:
        _, found = looked(session, above)
        [line] = found.lines
        assert line.state == "newer", "what the country accepted stands until it accepts the next"
        stands = {(one.unit_code, one.element): one for one in queries.cells(session, *OF)}
        assert stands["19", "du-thi"].numerator == 54 + 58
    accept(above, "19")
    with above.reading() as session:
        stands = {(one.unit_code, one.element): one for one in queries.cells(session, *OF)}
    assert stands["19", "du-thi"].numerator == 54 + 12 + 58


def test_a_state_of_the_communes_cards_goes_up_without_a_new_revision(told: Told) -> None:
    levels, _, communes = told
    accept(levels.province, *(node.code for node in communes))
    give_out(levels, levels.province)
    go_up(levels, levels.province)
    levels.pass_time(days=1)
    for node in communes:
        with node.writing() as session:
            session.query(Card).one().state = "locked"
        go_up(levels, node)
    go_up(levels, levels.province)
    first, second = sent(levels.province)
    assert (first.state, second.state) == ("open", "locked")
    assert (first.cells, first.revision, first.lineup) == (second.cells, second.revision, second.lineup)
    assert [one.step for one in second.approval] == ["accepted", "published"]


def test_where_nothing_is_given_out_what_was_accepted_goes_up_once_all_of_it_is_or_a_while_after(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on the Party's line, whose figures are nobody else's business."""
    levels, _, communes = told
    monkeypatch.setattr(going_up, "is_public", lambda about: False)
    monkeypatch.setattr(going_up, "WAITS", timedelta(days=30))
    accept(levels.province, communes[0].code)
    go_up(levels, levels.province)
    assert sent(levels.province) == []
    levels.pass_time(days=15)
    go_up(levels, levels.province)
    (first,) = sent(levels.province)
    assert cell(first, communes[1].code, "du-thi").flag == "X"
    accept(levels.province, communes[1].code)
    go_up(levels, levels.province)
    _, second = sent(levels.province)
    assert (second.revision, cell(second, "19", "buoi-huong-dan").numerator) == (2, 15)
    assert [one.step for one in second.approval] == ["accepted"]
