"""A merge of two communes decided by the province: one signed event, the same on every node."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.node import this_node
from backend.federation.documents import fetching, giving
from backend.federation.documents.models import Document, DocumentState
from backend.federation.peers import queries as peers
from backend.people.models import Membership, Person, RoleGrant
from backend.safeguards.audit import Actor
from backend.streams import DOCUMENTS
from backend.units import change, deciding
from backend.units.deciding import Act
from backend.units.errors import CannotMerge, NotYet
from backend.units.event_in import UnitsIn
from backend.units.from_above import EventDiffers, EventDoesNotFit, apply
from backend.units.models import Unit, UnitCrosswalk, UnitEvent, UnitRecount
from backend.units.reorganise import NewUnit
from backend.units.serving import served_before, speaks_above
from backend.units.trees import LinesUp, subtree
from campaigns.models import Campaign
from campaigns.units_from_above import UNITS, live_through
from tests.support.levels import Levels, Node, province_and_communes

NEW = NewUnit("05999", "Tân Hòa", "xã")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def levels(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Levels]:
    with province_and_communes(tmp_path, database=request.param, communes=3, lines=("state",)) as found:
        yield found


def the_merge(levels: Levels, on: date | None = None, into: NewUnit | str = NEW) -> UnitsIn:
    with levels.province.reading() as session:
        on = on or clock.today() - timedelta(days=3)
        act = Act(on, "Nghị quyết 15/NQ-HĐND", on - timedelta(days=30), "HĐND tỉnh")
        return deciding.merging(session, ["05917", "05923"], into, act, served_by="05917")


def decide(levels: Levels, told: UnitsIn) -> Document:
    """As the province's page does it: lived through here, given out to all below."""
    node = levels.province
    with node.writing() as session:
        if told.holds_from <= clock.today():
            live_through(session, told)
        by = Actor("staff", node.staff["office"])
        return giving.give(session, node.signer, UNITS, str(told.id), told, units=["19"], line="state", by=by)


def fetch(node: Node) -> None:
    with node.here(), node.levels.link.client() as client:
        fetching.turn(node.database, node.signer, DOCUMENTS, client, node.settings.data)


def tree(session: Session) -> set[tuple[str, date, date | None, tuple[str, ...]]]:
    """Every commune with its days and what stands above it today, by code: what must be alike on every node."""
    lines, codes = LinesUp(session), dict(session.execute(select(Unit.id, Unit.code)).all())
    communes = session.scalars(select(Unit).where(Unit.kind == "commune"))
    return {
        (
            one.code,
            one.valid_from,
            one.valid_to,
            tuple(sorted(codes[up] for up in lines(one.id, clock.today()))),
        )
        for one in communes
    }


def test_every_node_has_the_same_tree_the_same_event_and_the_same_crosswalk(levels: Levels) -> None:
    told = the_merge(levels)
    decide(levels, told)
    for node in levels.communes:
        fetch(node)
    trees, events = [], []
    for node in levels.nodes.values():
        with node.reading() as session:
            trees.append(tree(session))
            codes = dict(session.execute(select(Unit.id, Unit.code)).all())
            walk = session.scalars(select(UnitCrosswalk).where(UnitCrosswalk.event_id == told.id))
            event = session.get_one(UnitEvent, told.id)
            rows = sorted((codes[one.from_id], codes[one.to_id], one.weight) for one in walk)
            events.append((event.holds_from, event.document, rows))
    assert all(one == trees[0] for one in trees)
    assert all(one == events[0] for one in events)
    assert events[0][2] == [("05917", "05999", 1000), ("05923", "05999", 1000)]


def test_the_hamlets_of_each_commune_stand_below_the_new_one_on_their_own_node(levels: Levels) -> None:
    decide(levels, the_merge(levels))
    for node in levels.communes[:2]:
        fetch(node)
        with node.reading() as session:
            new = session.scalars(select(Unit.id).where(Unit.code == NEW.code)).one()
            below = subtree(session, new, clock.today())
            assert {node.units[code] for code in node.hamlets} <= below
            assert subtree(session, node.unit, clock.today()) == {node.unit}
            yesterday = clock.today() - timedelta(days=20)
            assert {node.units[code] for code in node.hamlets} <= subtree(session, node.unit, yesterday)


def test_both_nodes_serve_the_new_commune_and_one_speaks_for_it(levels: Levels) -> None:
    decide(levels, the_merge(levels))
    serving, speaking, history = [], [], []
    for node in levels.communes:
        fetch(node)
        with node.reading() as session:
            serving.append(session.get_one(Unit, this_node(session).unit_id).code)
            speaking.append(speaks_above(session))
            history.append([session.get_one(Unit, one).code for one in served_before(session)])
    assert serving == ["05999", "05999", "05941"]
    assert speaking == [True, False, True]
    assert history == [["05917"], ["05923"], []]


def test_who_held_an_office_holds_it_for_the_new_commune_and_campaigns_go_along(levels: Levels) -> None:
    one = levels.communes[0]
    with one.writing() as session:
        words = {"vi": "Chuyển đổi số"}
        session.add(
            Campaign(
                code="thu", kind="outreach", title=words, summary=words, owner_unit_id=one.unit, made_at=clock.now(),
                state="running", released_at=clock.now(),
            )
        )  # fmt: skip
    decide(levels, the_merge(levels))
    fetch(one)
    with one.reading() as session:
        new = session.scalars(select(Unit.id).where(Unit.code == NEW.code)).one()
        roles = set(session.scalars(select(RoleGrant.role).where(RoleGrant.unit_id == new)))
        assert {"campaign_admin", "system_operator"} <= roles
        assert session.scalars(select(Campaign.owner_unit_id)).one() == new
        assert session.scalars(select(UnitRecount)).first() is not None


def test_who_belongs_to_a_commune_belongs_to_the_new_one(levels: Levels) -> None:
    one = levels.communes[0]
    with one.writing() as session:
        person = session.scalars(select(Person.id)).first()
        since = date(2026, 1, 1)
        session.add(Membership(person_id=person, unit_id=one.unit, kind="works_at", valid_from=since))
    told = the_merge(levels)
    decide(levels, told)
    fetch(one)
    with one.reading() as session:
        rows = session.scalars(
            select(Membership).where(Membership.kind == "works_at").order_by(Membership.valid_from)
        )
        first, second = rows.all()
        assert (first.unit_id, first.valid_to) == (one.unit, told.holds_from)
        assert (second.valid_from, second.valid_to) == (told.holds_from, None)


def test_from_that_day_on_only_the_serving_node_speaks_for_the_new_commune(levels: Levels) -> None:
    told = the_merge(levels)
    decide(levels, told)
    before, after = told.holds_from - timedelta(days=1), told.holds_from
    with levels.province.reading() as session:
        speaks = {
            str(peer.node_id): [
                peers.may_speak_for(session, peer.id, code, day)
                for code, day in (("05923", before), ("05923", after), ("05999", after), ("05999", before))
            ]
            for peer in peers.children(session)
        }
    assert speaks[str(levels.communes[1].id)] == [True, False, False, False]
    assert speaks[str(levels.communes[0].id)] == [False, False, True, False]
    assert speaks[str(levels.communes[2].id)] == [False, False, False, False]


def test_an_event_of_a_day_to_come_waits_for_its_day(levels: Levels) -> None:
    one = levels.communes[0]
    with levels.province.reading():
        told = the_merge(levels, on=clock.today() + timedelta(days=10))
    decide(levels, told)
    fetch(one)
    with one.reading() as session:
        assert session.scalars(select(DocumentState.state)).one() == "waiting"
        assert session.get(UnitEvent, told.id) is None
    levels.pass_time(days=11)
    fetch(one)
    with one.reading() as session:
        assert session.get(UnitEvent, told.id) is not None


def test_applied_twice_it_is_applied_once(levels: Levels) -> None:
    told = the_merge(levels)
    with levels.communes[0].writing() as session:
        assert apply(session, told).is_new
        assert not apply(session, told).is_new
        assert len(session.scalars(select(UnitEvent)).all()) == 1
        with pytest.raises(EventDiffers):
            apply(session, msgspec.structs.replace(told, holds_from=told.holds_from - timedelta(days=1)))


def test_a_commune_goes_into_one_that_stays(levels: Levels) -> None:
    told = the_merge(levels, into="05917")
    decide(levels, told)
    for node in levels.communes[:2]:
        fetch(node)
    with levels.communes[0].reading() as session:
        assert session.get_one(Unit, this_node(session).unit_id).code == "05917"
    with levels.communes[1].reading() as session:
        hamlet = levels.communes[1].units["05923-T01"]
        codes = dict(session.execute(select(Unit.id, Unit.code)).all())
        assert {codes[up] for up in LinesUp(session)(hamlet, clock.today())} == {"05923-T01", "05917", "19"}


def test_an_event_that_does_not_fit_is_refused_and_nothing_is_changed(levels: Levels) -> None:
    one, told = levels.communes[0], the_merge(levels)
    halves = tuple(msgspec.structs.replace(step, weight=400) for step in told.steps)
    with one.writing() as session:
        before = tree(session)
        for wrong, error in (
            (msgspec.structs.replace(told, steps=halves), EventDoesNotFit),
            (msgspec.structs.replace(told, holds_from=clock.today() + timedelta(days=1)), NotYet),
            (msgspec.structs.replace(told, holds_from=date(2025, 1, 1)), EventDoesNotFit),
        ):
            with pytest.raises(error), session.begin_nested():
                apply(session, wrong)
        assert tree(session) == before


def test_communes_of_different_parents_are_not_merged(levels: Levels) -> None:
    with levels.province.writing() as session:
        other = change.found(
            session, code="01", kind="province", name="Hà Nội", level_word="thành phố", since=date(2025, 7, 1)
        )
        change.found(
            session, code="00004", kind="commune", name="Ba Đình", level_word="phường", since=date(2025, 7, 1),
            parents={"territory": other},
        )  # fmt: skip
        with pytest.raises(CannotMerge):
            deciding.merging(session, ["05917", "00004"], NEW, Act(clock.today(), "NQ 15"), served_by="05917")


def test_the_console_and_the_public_pages_of_both_nodes_go_on_after_the_merge(levels: Levels) -> None:
    decide(levels, the_merge(levels))
    for node in levels.communes[:2]:
        fetch(node)
        browser = node.browser("an")
        with node.here():
            for path in ("/", "/admin/", "/admin/units", "/admin/cards", "/ket-qua", "/admin/campaigns"):
                answer = browser.get(path, follow_redirects=True)
                assert answer.status_code == 200, (node.code, path, answer.status_code, answer.text[:300])
