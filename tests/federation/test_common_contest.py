"""One contest lived through by a province and three communes: same day and rules, counts up, the total down, one list without names."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from backend import clock, streams
from backend.db.base import new_id
from backend.db.node import begin_epoch
from backend.errors import DomainError
from backend.federation.documents import fetching, giving
from backend.federation.packets.models import PacketOut
from backend.people.consents import texts
from backend.people.models import Consent, Person, SubjectLink
from backend.safeguards.audit import OPERATOR, Actor
from backend.units import deciding
from backend.units.deciding import Act
from backend.units.reorganise import NewUnit
from campaigns import campaigns as life
from campaigns import common_turn, lifecycle
from campaigns.common_models import CommonList, CommonRound
from campaigns.contest import (
    common_above,
    common_expected,
    common_heard,
    common_list,
    common_local,
    common_sum,
    common_wire,
)
from campaigns.contest.schemas import ContestSettings
from campaigns.models import Activity, Campaign
from campaigns.pack import read_pack
from campaigns.units_from_above import UNITS, live_through
from tests.support.contest import write_paper
from tests.support.levels import Levels, Node, province_and_communes, replace_app

PACK = Path(__file__).parents[2] / "campaigns" / "packs" / "thi-chung-toan-tinh"
HERE = ("thi-chung-toan-tinh", "dot-1")
ON_PAPER = ContestSettings(pass_right=6)
EXPECTED = 3


@pytest.fixture
def levels(tmp_path: Path) -> Iterator[Levels]:
    with province_and_communes(tmp_path, communes=3, lines=("state",)) as made:
        yield made


def launched(levels: Levels) -> dict[str, Any]:
    """The contest given out above and opened in every commune on its day; code -> the round there."""
    pack, found = read_pack(PACK), {}
    with levels.province.writing() as session:
        common_above.give_out(session, pack, OPERATOR)
    for node in levels.communes:
        with node.writing() as session:
            anyday = [(clock.now(), clock.now() + timedelta(days=1))] * 2
            campaign = life.prepare(session, pack, node.unit, anyday, OPERATOR, stage="pilot")
            life.release(session, campaign.id, OPERATOR)
    assert pack.common
    opens = datetime.fromisoformat("2026-11-30T00:00:00+00:00")
    levels.now = opens + timedelta(minutes=1)
    for node in levels.communes:
        with node.writing() as session:
            activity = session.scalars(select(Activity).where(Activity.code == "dot-1")).one()
            lifecycle.turn(session, activity.id, clock.now())
            assert (activity.state, activity.opens_at) == ("open", opens)
            found[node.code] = activity.id
    return found


def finalist(session: Any, name: str) -> Any:
    """An adult who agreed to stand on the final list; the key results are kept under."""
    person, subject = Person(id=new_id(), name=name, birth_year=1980, joined_at=clock.now()), new_id()
    session.add(person)
    session.flush()
    session.add(SubjectLink(person_id=person.id, subject=subject))
    for purpose in ("common_final",):
        session.add(Consent(person_id=person.id, purpose=purpose, version=texts()[purpose].version, channel="app", given_by="self", given_at=clock.now()))  # fmt: skip
    return subject


def take_part(node: Node, activity: Any, people: int, right: int, guess: int) -> None:
    """So many people, the first `right` of them with everything right; the first one agreed to the final list."""
    with node.writing() as session:
        round_ = session.get_one(Activity, activity)
        world = SimpleNamespace(
            activity=activity,
            campaign=round_.campaign_id,
            hamlet=node.units[node.hamlets[0]],
            commune=node.unit,
        )
        for n in range(people):
            subject = finalist(session, f"Người {node.code}") if n == 0 else new_id()
            score, at = (10 if n < right else 3), clock.now()
            write_paper(
                session, world, subject, score, 60_000 + n * 1000, guess + n, at, of=10, settings=ON_PAPER
            )  # type: ignore[arg-type]


def close(levels: Levels) -> None:
    levels.now = datetime.fromisoformat("2026-12-09T14:30:00+00:00")


def turn(levels: Levels) -> None:
    """Workers, couriers and fetchers of all nodes until nothing moves."""
    for _ in range(3):
        for node in (*levels.communes, levels.province):
            with node.here():
                with node.database.transaction(writes=False) as session:
                    waiting = lifecycle.unsettled(session)
                for activity in waiting:
                    with node.database.transaction() as session:
                        lifecycle.turn(session, activity, clock.now())
                common_turn.turn_all(node.database, common_wire.send, node.signer)
        levels.courier()
        for node in levels.communes:
            with node.here(), levels.client_of(node) as client:
                fetching.turn(node.database, node.signer, streams.DOCUMENTS, client, node.settings.data)


def ready(node: Node, activity: Any) -> None:
    with node.writing() as session:
        common_local.get_ready(session, session.get_one(Activity, activity), Actor("staff", node.staff["an"]))


def state(node: Node, activity: Any) -> str:
    with node.reading() as session:
        return session.get_one(Activity, activity).state


def give_total(levels: Levels, why: str = "") -> Any:
    node, who = levels.province, Actor("staff", levels.province.staff["an"])
    with node.writing() as session:
        awaited = common_expected.expected(session, common_above.contest(session, HERE[0]), HERE[1])
        made = common_sum.give_total(session, *HERE, list(awaited), why, who)
        common_wire.give_total(session, node.signer, made, who)
        return made


def heard_list(node: Node, rounds: dict[str, Any]) -> CommonList:
    """The final list as that commune shows it."""
    with node.reading() as session:
        found = common_heard.final_list(session, session.get_one(CommonRound, rounds[node.code]))
    assert found is not None
    return found


def publish(levels: Levels) -> Any:
    with levels.province.writing() as session:
        found = common_list.publish(session, *HERE, levels.province.signer, OPERATOR)
        common_wire.give_final(session, levels.province.signer, found, OPERATOR)
        return found


def fetch(levels: Levels) -> None:
    for node in levels.communes:
        with node.here(), levels.client_of(node) as client:
            fetching.turn(node.database, node.signer, streams.DOCUMENTS, client, node.settings.data)


def merge(levels: Levels, one: Node, two: Node) -> None:
    """Both become one commune today; the node of the second speaks for it from now on. Every node lives through it."""
    province = levels.province
    with province.writing() as session:
        act = Act(clock.today(), "Nghị quyết sáp nhập (minh hoạ)", None, "Tỉnh (minh hoạ)")
        new = NewUnit("05999", "Tân Hòa", "xã")
        event = deciding.merging(session, [one.code, two.code], new, act, served_by=two.code)
        live_through(session, event)
        by = Actor("staff", province.staff["office"])
        giving.give(session, province.signer, UNITS, str(event.id), event, units=["19"], line="state", by=by)
    fetch(levels)


def entered(levels: Levels) -> dict[str, Any]:
    """Six took part in each commune; the first of each has everything right and agreed to the final list."""
    rounds = launched(levels)
    for node in levels.communes:
        take_part(node, rounds[node.code], 6, 2, 6)
    return rounds


def told(levels: Levels) -> dict[str, int | None]:
    """Unit -> people with everything right, as the province has it."""
    with levels.province.reading() as session:
        return {unit: row.all_correct for unit, row in common_sum.counts(session, *HERE).items()}


def refusals(levels: Levels) -> list[str | None]:
    found: list[str | None] = []
    for node in levels.communes:
        with node.reading() as session:
            found += session.scalars(select(PacketOut.code).where(PacketOut.outcome == "refused"))
    return found


def test_nothing_of_a_common_pack_is_chosen_in_a_commune(levels: Levels) -> None:
    rounds = launched(levels)
    node = levels.communes[0]
    with node.writing() as session:
        activity = session.get_one(Activity, rounds[node.code])
        campaign = session.get_one(Campaign, activity.campaign_id)
        later = session.scalars(select(Activity).where(Activity.code == "dot-2")).one()
        for changes in (
            life.Changes(dates={later.phase_id: (later.opens_at, later.closes_at + timedelta(days=1))}),
            life.Changes(settings={later.id: later.settings | {"pass_right": 5}}),
            life.Changes(rules={later.id: {"vi": "Thể lệ riêng"}}),
        ):
            with pytest.raises(DomainError) as refused, session.begin_nested():
                life.edit(session, campaign.id, campaign.revision, changes, OPERATOR)
            assert refused.value.code == "fixed_from_above"
        with pytest.raises(DomainError) as refused, session.begin_nested():
            lifecycle.open_activity(session, later, Actor("staff", node.staff["an"]))
        assert refused.value.code == "fixed_from_above"
        with pytest.raises(DomainError) as refused, session.begin_nested():
            life.prepare(session, read_pack(PACK), node.unit, [], OPERATOR)
        assert refused.value.code == "common_runs_already"


def test_a_contest_of_three_communes_from_the_first_paper_to_the_row_taken_back(levels: Levels) -> None:
    rounds = launched(levels)
    one, two, three = levels.communes
    for node, people, right, guess in ((one, 9, 2, 5), (two, 7, 3, 4), (three, 4, 4, 5)):
        take_part(node, rounds[node.code], people, right, guess)
    close(levels)
    turn(levels)
    assert {state(node, rounds[node.code]) for node in levels.communes} == {"closed"}
    for node in (one, two):
        ready(node, rounds[node.code])
    turn(levels)
    with pytest.raises(DomainError) as refused:
        give_total(levels)
    assert refused.value.values == {"count": 1}
    ready(three, rounds[three.code])
    turn(levels)
    made = give_total(levels)
    assert (made.all_correct, made.told, made.small) == (5, 3, 1), (
        "of the commune with four people nothing is added"
    )
    turn(levels)
    assert {state(node, rounds[node.code]) for node in levels.communes} == {"settled"}
    with levels.province.writing() as session:
        rows = common_list.list_now(session, *HERE)
        assert [(row.place, row.unit, row.right, row.gap) for row in rows] == [
            (1, one.code, 10, 0), (1, three.code, 10, 0), (3, two.code, 10, 1),
        ]  # fmt: skip
        found = common_list.publish(session, *HERE, levels.province.signer, OPERATOR)
        common_wire.give_final(session, levels.province.signer, found, OPERATOR)
        assert "Người" not in json.dumps(found.statement, ensure_ascii=False).replace("Người đứng", "")
    turn(levels)
    assert heard_list(two, rounds).number == 1
    with one.writing() as session:
        session.scalars(select(Consent)).one().withdrawn_at = clock.now()
    levels.pass_time(minutes=10)
    turn(levels)
    turn(levels)
    for node in (two, three):
        arrived = heard_list(node, rounds)
        assert (arrived.number, [row["unit"] for row in arrived.said["rows"]]) == (2, [three.code, two.code])
        with node.reading() as session:
            assert session.scalars(select(CommonList.number)).all() == [2], "what it follows is not kept"
    with levels.province.here():
        page = levels.province.app.test_client().get(f"/thi-chung/{HERE[0]}/{HERE[1]}").text
    assert "rút lại" in page


def test_a_commune_without_its_link_waits_then_goes_alone_and_says_why(levels: Levels) -> None:
    rounds = launched(levels)
    node = levels.communes[0]
    take_part(node, rounds[node.code], 6, 2, 5)
    close(levels)
    with node.here(), node.database.transaction() as session:
        lifecycle.turn(session, rounds[node.code], clock.now())
    ready(node, rounds[node.code])
    levels.pass_time(days=4)
    with node.writing() as session:
        who = Actor("staff", node.staff["an"])
        common_local.go_alone(
            session, session.get_one(Activity, rounds[node.code]), "Mất đường truyền lên tỉnh", who
        )
    with node.here():
        common_turn.turn_all(node.database, common_wire.send, node.signer)
    with node.reading() as session:
        assert session.get_one(CommonRound, rounds[node.code]).total_number is None
        sent = session.scalars(select(PacketOut.stream)).all()
    assert state(node, rounds[node.code]) == "settled"
    assert sent == [f"contest-counts/{HERE[0]}"], "its count waits for the link; no row of it goes up"


def test_a_commune_cannot_tell_for_another(levels: Levels) -> None:
    rounds = launched(levels)
    one, two, _ = levels.communes
    take_part(one, rounds[one.code], 6, 2, 5)
    close(levels)
    with one.writing() as session:
        round_ = session.get_one(CommonRound, rounds[one.code])
        from tests.support.common import counts

        told = counts(two.code, 60, 50, contest=HERE[0], round=HERE[1], rules=round_.rules)
        common_wire.send(session, "state", HERE[0], told)
    levels.courier()
    with levels.province.reading() as session:
        assert common_sum.counts(session, *HERE) == {}
    with one.reading() as session:
        (packet,) = session.scalars(select(PacketOut)).all()
        assert packet.outcome == "refused"


# --- communes become one while the contest runs ----------------------------------------------------------------------------


def test_counts_that_waited_through_a_merge_are_taken_and_added_up(levels: Levels) -> None:
    rounds = entered(levels)
    close(levels)
    levels.link.is_down = True
    turn(levels)
    for node in levels.communes:
        ready(node, rounds[node.code])
    turn(levels)
    assert told(levels) == {}
    levels.link.is_down = False
    merge(levels, *levels.communes[:2])
    levels.pass_time(days=1)
    turn(levels)
    assert refusals(levels) == []
    assert told(levels) == dict.fromkeys(rounds, 2)
    made = give_total(levels)
    assert (made.all_correct, made.told, made.expected, made.missing) == (6, 3, 3, [])
    turn(levels)
    assert {state(node, rounds[node.code]) for node in levels.communes} == {"settled"}


def test_counts_told_before_a_merge_still_count_and_nobody_is_awaited_who_cannot_come(levels: Levels) -> None:
    rounds = entered(levels)
    close(levels)
    turn(levels)
    for node in levels.communes:
        ready(node, rounds[node.code])
    turn(levels)
    merge(levels, *levels.communes[:2])
    levels.pass_time(days=1)
    turn(levels)
    made = give_total(levels)
    assert (made.all_correct, made.told, made.expected, made.missing) == (6, 3, 3, [])


def test_who_withdraws_after_a_merge_takes_the_row_back_everywhere(levels: Levels) -> None:
    rounds = entered(levels)
    one, two, three = levels.communes
    close(levels)
    turn(levels)
    for node in levels.communes:
        ready(node, rounds[node.code])
    turn(levels)
    give_total(levels)
    turn(levels)
    assert len(publish(levels).statement["rows"]) == 3
    merge(levels, one, two)
    for node in (one, two):
        with node.writing() as session:
            session.scalars(select(Consent)).one().withdrawn_at = clock.now()
    levels.pass_time(minutes=10)
    turn(levels)
    turn(levels)
    assert refusals(levels) == []
    with levels.province.reading() as session:
        assert set(common_sum.rows_of(session, *HERE)) == {three.code}, "once, and under no code twice"
    assert [row["unit"] for row in heard_list(three, rounds).said["rows"]] == [three.code]
    with levels.province.here():
        page = levels.province.app.test_client().get(f"/thi-chung/{HERE[0]}/{HERE[1]}").text
    assert page.count('<th scope="row">') == 1


def test_a_merge_while_the_round_is_open_leaves_each_papers_where_they_were_written(levels: Levels) -> None:
    rounds = entered(levels)
    levels.pass_time(days=2)
    merge(levels, *levels.communes[:2])
    close(levels)
    turn(levels)
    for node in levels.communes:
        ready(node, rounds[node.code])
    turn(levels)
    assert refusals(levels) == []
    made = give_total(levels)
    assert (made.all_correct, made.told, made.expected, made.missing) == (6, 3, 3, [])


def test_a_commune_that_was_no_more_when_the_contest_was_given_out_is_not_told_for(levels: Levels) -> None:
    one, two, _ = levels.communes
    merge(levels, one, two)
    levels.pass_time(days=1)
    rounds = entered(levels)
    with one.reading() as session:
        assert session.get_one(CommonRound, rounds[one.code]).unit_code == one.code
    with two.reading() as session:
        assert session.get_one(CommonRound, rounds[two.code]).unit_code == "05999"
    close(levels)
    turn(levels)
    for node in levels.communes:
        ready(node, rounds[node.code])
    turn(levels)
    assert refusals(levels) == ["not-yours"]
    assert set(told(levels)) == {"05999", levels.communes[2].code}


# --- who is believed ------------------------------------------------------------------------------------------------------


def test_a_restored_province_is_believed_although_it_counts_from_an_earlier_number(levels: Levels) -> None:
    """It published the list, somebody took the row back, a second list followed; then a backup from before the first."""
    rounds = entered(levels)
    one, two, three = levels.communes
    close(levels)
    turn(levels)
    for node in levels.communes:
        ready(node, rounds[node.code])
    turn(levels)
    give_total(levels)
    turn(levels)
    before = levels.folder / "before.sqlite3"
    copy(levels.province, before)
    publish(levels)
    with one.writing() as session:
        session.scalars(select(Consent)).one().withdrawn_at = clock.now()
    levels.pass_time(minutes=10)
    turn(levels)
    assert heard_list(three, rounds).number == 2
    restore(levels.province, before)
    with two.writing() as session:
        session.scalars(select(Consent)).one().withdrawn_at = clock.now()
    levels.pass_time(days=8)  # by then both sides have compared, and what the backup forgot was sent again
    turn(levels)
    assert publish(levels).number == 1
    levels.pass_time(hours=2)
    turn(levels)
    arrived = heard_list(three, rounds)
    assert (arrived.number, [row["unit"] for row in arrived.said["rows"]]) == (1, [three.code])


def copy(node: Node, to: Path) -> None:
    with (
        closing(sqlite3.connect(str(node.database.engine.url.database))) as here,
        closing(sqlite3.connect(to)) as there,
    ):
        here.backup(there)


def restore(node: Node, backup: Path) -> None:
    """The province's backup is put back, and it says so: `lantoa node new-epoch`."""
    node.database.engine.dispose()
    with (
        closing(sqlite3.connect(backup)) as there,
        closing(sqlite3.connect(str(node.database.engine.url.database))) as here,
    ):
        there.backup(here)
    replace_app(node)
    with node.writing() as session:
        begin_epoch(session)
