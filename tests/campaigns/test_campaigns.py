"""A campaign's life: prepared, released, running, paused, closed, archived; and two who edit it at once."""

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import DomainError
from backend.people.errors import ChangedMeanwhile
from backend.safeguards.audit import Actor
from backend.safeguards.models import AuditEntry
from campaigns import campaigns as life
from campaigns import drafting, lifecycle, readiness
from campaigns.contest.models import ContestQuestion
from campaigns.drafting import Changes, Document
from campaigns.models import STATES, Activity, Campaign, CampaignBody, CampaignPicture, Phase
from campaigns.pack import Pack, read_pack
from campaigns.queries import ActivityUnknown
from tests.support.packs import write_pack
from tests.support.world import World

BEGINS = date(2026, 12, 1)
NOON = datetime(2026, 11, 20, 12, tzinfo=clock.VIETNAM)
DEEDS: dict[str, Callable[[Session, uuid.UUID, Actor], object]] = {
    "release": life.release,
    "withdraw": lambda s, c, a: life.withdraw(s, c, a, "cần sửa lại"),
    "pause": lambda s, c, a: life.pause(s, c, a, "mất điện toàn xã"),
    "resume": life.resume,
    "close": life.close,
    "archive": life.archive,
}


@pytest.fixture(autouse=True)
def on() -> Iterator[Callable[[timedelta], None]]:
    with clock.stopped_at(NOON) as move:
        yield move


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return read_pack(write_pack(tmp_path_factory.mktemp("goi")))


@pytest.fixture
def an(world: World) -> Actor:
    return Actor("staff", world.staff["an"])


def prepared(world: World, pack: Pack, an: Actor, **more: object) -> uuid.UUID:
    with world.database.transaction() as session:
        dates = life.dates_of(pack, BEGINS)
        document = Document("12/KH-UBND", date(2026, 11, 1), "Kế hoạch cuộc thi")
        given = {"document": document} | more
        return life.prepare(session, pack, world.commune, dates, an, **given).id  # type: ignore[arg-type]


def do(world: World, deed: str, campaign: uuid.UUID, actor: Actor) -> str:
    with world.database.transaction() as session:
        DEEDS[deed](session, campaign, actor)
    return state(world, campaign)


def state(world: World, campaign: uuid.UUID) -> str:
    with world.database.transaction(writes=False) as session:
        return session.get_one(Campaign, campaign).state


def activities(world: World, campaign: uuid.UUID) -> list[Activity]:
    with world.database.transaction(writes=False) as session:
        rows = select(Activity).where(Activity.campaign_id == campaign).order_by(Activity.opens_at)
        return list(session.scalars(rows))


def turn_all(world: World, campaign: uuid.UUID) -> None:
    for activity in activities(world, campaign):
        with world.database.transaction() as session:
            lifecycle.turn(session, activity.id, clock.now())


def test_a_pack_becomes_a_draft_with_its_rounds_bank_bodies_and_pictures(
    world: World, pack: Pack, an: Actor
) -> None:
    campaign = prepared(world, pack, an)
    with world.database.transaction(writes=False) as session:
        row = session.get_one(Campaign, campaign)
        assert (row.code, row.state, row.pack, row.pack_version, row.pack_digest) == (
            "thu",
            "draft",
            "thu",
            1,
            pack.digest,
        )
        assert row.themes == ["Chuyển đổi số"]
        assert row.prepared_by == an.id
        bank = list(
            session.scalars(
                select(ContestQuestion)
                .where(ContestQuestion.campaign_id == campaign)
                .order_by(ContestQuestion.number)
            )
        )
        assert [(q.number, q.code, q.key) for q in bank] == [
            (1, "hai-01", "t"), (2, "hai-02", "c,a,b"), (3, "hai-03", "a:2,b:1"), (4, "mot-01", "b"), (5, "mot-02", "a,c"),
        ]  # fmt: skip
        assert bank[4].picture == "hinh.png"
        assert bank[3].reading == {
            "read_on": "2026-11-20",
            "verdict": "kept",
            "note": {"vi": "Đọc lại, giữ nguyên."},
        }
        pictures = session.scalars(
            select(CampaignPicture).where(CampaignPicture.campaign_id == campaign)
        ).all()
        assert {(p.name, p.media_type, p.alt["vi"]) for p in pictures} == {
            ("bia.png", "image/webp", "Bìa của cuộc thi"), ("hinh.png", "image/webp", "Một hình"),
        }  # fmt: skip
        assert life.bodies_of(session, campaign) == {"lead": [world.commune], "releasing": [world.commune]}
        (first, second) = life.rounds_of(session, row)
        assert first[0].opens_at == datetime(2026, 12, 1, 7, tzinfo=clock.VIETNAM)
        assert second[0].closes_at == datetime(2026, 12, 14, 21, tzinfo=clock.VIETNAM)
        assert first[1][0].settings["strata"] == [
            {"count": 1, "topics": ["mot"], "difficulty": None}, {"count": 1, "topics": [], "difficulty": 2},
        ]  # fmt: skip


def test_a_second_campaign_of_the_pack_gets_its_own_code(world: World, pack: Pack, an: Actor) -> None:
    made = [prepared(world, pack, an) for _ in range(3)]
    with world.database.transaction(writes=False) as session:
        assert [session.get_one(Campaign, one).code for one in made] == ["thu", "thu-2", "thu-3"]


# --- the table of transitions --------------------------------------------------------------------------------------


def put_into(world: World, campaign: uuid.UUID, state: str) -> None:
    with world.database.transaction() as session:
        row = session.get_one(Campaign, campaign)
        row.state, row.released_at = state, clock.now()


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("deed", [*life.TRANSITIONS])
def test_every_deed_in_every_state(world: World, pack: Pack, an: Actor, deed: str, before: str) -> None:
    campaign = prepared(world, pack, an)
    put_into(world, campaign, before)
    transition = life.TRANSITIONS[deed]
    if before in transition.before:
        assert do(world, deed, campaign, an) == transition.after
        with world.database.transaction(writes=False) as session:
            newest = life.timeline(session, session.get_one(Campaign, campaign))
            assert f"campaign.{deed}" in [entry.deed for entry in newest]
    else:
        with pytest.raises(lifecycle.WrongState):
            do(world, deed, campaign, an)
        assert state(world, campaign) == before


def test_deeds_on_what_is_not_there(world: World, an: Actor) -> None:
    for deed in DEEDS:
        with pytest.raises(ActivityUnknown):
            do(world, deed, uuid.uuid4(), an)


@pytest.mark.parametrize("reason", ["", "  ", " a "])
def test_pausing_and_taking_back_need_a_reason(world: World, pack: Pack, an: Actor, reason: str) -> None:
    campaign = prepared(world, pack, an)
    do(world, "release", campaign, an)
    with pytest.raises(life.ReasonMissing), world.database.transaction() as session:
        life.withdraw(session, campaign, an, reason)
    put_into(world, campaign, "running")
    with pytest.raises(life.ReasonMissing), world.database.transaction() as session:
        life.pause(session, campaign, an, reason)
    assert state(world, campaign) == "running"


# --- from release to archive ----------------------------------------------------------------------------------------


def test_a_whole_life(world: World, pack: Pack, an: Actor, on: Callable[[timedelta], None]) -> None:
    campaign = prepared(world, pack, an)
    assert do(world, "release", campaign, an) == "scheduled"
    turn_all(world, campaign)
    assert [a.state for a in activities(world, campaign)] == ["scheduled", "scheduled"]
    on(timedelta(days=11))  # 1 December, noon
    turn_all(world, campaign)
    assert [a.state for a in activities(world, campaign)] == ["open", "scheduled"]
    assert state(world, campaign) == "running"
    with pytest.raises(lifecycle.WrongState):
        do(world, "withdraw", campaign, an)
    assert do(world, "pause", campaign, an) == "paused"
    on(timedelta(days=7))
    turn_all(world, campaign)
    assert [a.state for a in activities(world, campaign)][1] == "scheduled", "nothing opens while paused"
    assert do(world, "resume", campaign, an) == "running"
    turn_all(world, campaign)
    assert [a.state for a in activities(world, campaign)][1] == "open"
    assert do(world, "close", campaign, an) == "closed"
    assert "open" not in [a.state for a in activities(world, campaign)]
    with world.database.transaction() as session:
        for activity in session.scalars(
            select(Activity).where(Activity.campaign_id == campaign, Activity.state == "closed")
        ):
            lifecycle.settle_activity(session, activity, an)
    assert do(world, "archive", campaign, an) == "archived"
    with world.database.transaction(writes=False) as session:
        told = [entry.deed for entry in life.timeline(session, session.get_one(Campaign, campaign))]
    assert told[-1] == "campaign.prepare"
    assert {
        "campaign.release",
        "campaign.pause",
        "campaign.resume",
        "campaign.close",
        "campaign.archive",
    } <= set(told)
    assert told.count("activity.open") == 2


def test_results_come_before_the_archive(
    world: World, pack: Pack, an: Actor, on: Callable[[timedelta], None]
) -> None:
    campaign = prepared(world, pack, an)
    do(world, "release", campaign, an)
    with world.database.transaction() as session:
        rows = session.scalars(
            select(Activity).where(Activity.campaign_id == campaign).order_by(Activity.opens_at)
        )
        lifecycle.open_activity(session, rows.first(), an)  # type: ignore[arg-type]
    on(timedelta(minutes=1))
    do(world, "close", campaign, an)
    with pytest.raises(life.ResultsMissing):
        do(world, "archive", campaign, an)


def test_closing_keeps_shut_what_has_not_opened(
    world: World, pack: Pack, an: Actor, on: Callable[[timedelta], None]
) -> None:
    campaign = prepared(world, pack, an)
    put_into(world, campaign, "running")
    do(world, "close", campaign, an)
    on(timedelta(days=12))
    turn_all(world, campaign)
    assert [a.state for a in activities(world, campaign)] == ["scheduled", "scheduled"]
    with pytest.raises(lifecycle.NotReleased), world.database.transaction() as session:
        lifecycle.open_activity(session, session.get_one(Activity, activities(world, campaign)[0].id), an)


# --- what is missing before the release ------------------------------------------------------------------------------


def lacking(world: World, campaign: uuid.UUID) -> list[str]:
    with world.database.transaction(writes=False) as session:
        return [one.sentence for one in life.missing(session, session.get_one(Campaign, campaign))]


def refused(world: World, campaign: uuid.UUID, an: Actor) -> bool:
    try:
        do(world, "release", campaign, an)
    except life.NotReady as error:
        return error.values["count"] == len(lacking(world, campaign))
    return False


def test_a_document_is_needed_unless_it_is_a_pilot(world: World, pack: Pack, an: Actor) -> None:
    bare = prepared(world, pack, an, document=Document("12/KH-UBND"))
    assert lacking(world, bare) == [readiness.NO_DOCUMENT]
    assert refused(world, bare, an)
    pilot = prepared(world, pack, an, document=None, stage="pilot")
    assert do(world, "release", pilot, an) == "scheduled"


def test_bodies_dates_and_the_bank_are_looked_at(world: World, pack: Pack, an: Actor) -> None:
    campaign = prepared(world, pack, an, bodies={"organising": [world.commune]})
    with world.database.transaction() as session:
        late = session.scalars(
            select(Phase).where(Phase.campaign_id == campaign).order_by(Phase.number)
        ).all()
        late[1].opens_at = late[0].opens_at
        late[0].opens_at, late[0].closes_at = NOON - timedelta(days=9), NOON - timedelta(days=1)
        late[1].opens_at = NOON - timedelta(days=2)
        session.execute(text("DELETE FROM contest_question WHERE code <> 'hai-01'"))
    found = lacking(world, campaign)
    assert set(found) == {
        readiness.NO_LEAD,
        readiness.NO_RELEASER,
        readiness.IN_THE_PAST,
        readiness.OVERLAPPING,
        readiness.NOT_FIT,
    }
    assert refused(world, campaign, an)
    assert state(world, campaign) == "draft"


# --- editing ----------------------------------------------------------------------------------------------------------


def edit(world: World, campaign: uuid.UUID, revision: int, an: Actor, **changes: object) -> int:
    with world.database.transaction() as session:
        return life.edit(session, campaign, revision, Changes(**changes), an).revision  # type: ignore[arg-type]


def test_of_two_editors_the_second_is_told_and_nothing_is_overwritten(
    world: World, pack: Pack, an: Actor
) -> None:
    campaign = prepared(world, pack, an)
    assert edit(world, campaign, 1, an, title={"vi": "Tên của người thứ nhất", "en": ""}) == 2
    with pytest.raises(ChangedMeanwhile):
        edit(world, campaign, 1, an, title={"vi": "Tên của người thứ hai"})
    with world.database.transaction(writes=False) as session:
        assert session.get_one(Campaign, campaign).title == {"vi": "Tên của người thứ nhất"}
    with pytest.raises(ChangedMeanwhile), world.database.transaction() as session:
        life.release(session, campaign, an, revision=1)
    assert edit(world, campaign, 2, an, themes=["Một", "Hai"], stage="pilot") == 3


def test_dates_settings_and_rules_of_a_round(world: World, pack: Pack, an: Actor) -> None:
    campaign = prepared(world, pack, an)
    first, second = activities(world, campaign)
    opens, closes = NOON + timedelta(days=2), NOON + timedelta(days=3)
    settings = first.settings | {"questions_per_attempt": 4, "time_limit_s": 600}
    edit(
        world,
        campaign,
        1,
        an,
        dates={first.phase_id: (opens, closes)},
        settings={first.id: settings},
        rules={first.id: {"vi": "Giữ trật tự."}},
    )
    first, _ = activities(world, campaign)
    assert (first.opens_at, first.closes_at) == (opens, closes)
    assert (first.settings["time_limit_s"], first.rules, first.rules_version) == (
        600,
        {"vi": "Giữ trật tự."},
        2,
    )
    edit(world, campaign, 2, an, settings={first.id: first.settings})
    assert activities(world, campaign)[0].rules_version == 2, "nothing changed, so it is the same version"
    with pytest.raises(drafting.DatesWrong):
        edit(world, campaign, 3, an, dates={first.phase_id: (closes, opens)})
    for wrong in ({"time_limit_s": 1}, {"nonsense": 1}, {"settle": "never"}):
        with pytest.raises(drafting.SettingsWrong):
            edit(world, campaign, 3, an, settings={second.id: second.settings | wrong})
    for changes in ({"dates": {uuid.uuid4(): (opens, closes)}}, {"settings": {world.activity: {}}}):
        with pytest.raises(ActivityUnknown):
            edit(world, campaign, 3, an, **changes)
    with pytest.raises(drafting.WordsMissing):
        edit(world, campaign, 3, an, title={"vi": " ", "en": "Only English"})


def test_a_released_campaign_stays_complete(world: World, pack: Pack, an: Actor) -> None:
    campaign = prepared(world, pack, an)
    do(world, "release", campaign, an)
    with pytest.raises(life.NotReady):
        edit(world, campaign, 2, an, document=Document())
    second = activities(world, campaign)[1]
    with pytest.raises(life.NotReady):
        edit(world, campaign, 2, an, settings={second.id: second.settings | {"questions_per_attempt": 50}})
    assert edit(world, campaign, 2, an, document=Document("13/KH", date(2026, 11, 2))) == 3


def test_a_round_is_fixed_once_open_and_the_later_ones_are_not(
    world: World, pack: Pack, an: Actor, on: Callable[[timedelta], None]
) -> None:
    campaign = prepared(world, pack, an)
    do(world, "release", campaign, an)
    on(timedelta(days=11))
    turn_all(world, campaign)
    first, second = activities(world, campaign)
    with world.database.transaction(writes=False) as session:
        revision = session.get_one(Campaign, campaign).revision
    later = (first.closes_at, first.closes_at + timedelta(days=1))
    for changes in (
        {"settings": {first.id: first.settings | {"pass_right": 1}}},
        {"dates": {first.phase_id: later}},
    ):
        with pytest.raises(drafting.RoundOpen):
            edit(world, campaign, revision, an, **changes)
    with pytest.raises(lifecycle.WrongState):
        edit(world, campaign, revision, an, title={"vi": "Tên khác"})
    edit(world, campaign, revision, an, settings={second.id: second.settings | {"pass_right": 2}})
    assert activities(world, campaign)[1].settings["pass_right"] == 2


def test_a_draft_can_be_thrown_away_unless_it_was_out(world: World, pack: Pack, an: Actor) -> None:
    campaign, kept = prepared(world, pack, an), prepared(world, pack, an)
    with world.database.transaction() as session:
        drafting.discard(session, campaign, an)
    with world.database.transaction(writes=False) as session:
        for table in (ContestQuestion, CampaignPicture, CampaignBody, Activity, Phase):
            assert (
                session.scalar(select(func.count()).select_from(table).where(table.campaign_id == campaign))
                == 0
            )  # type: ignore[attr-defined]
            assert session.scalar(select(func.count()).select_from(table).where(table.campaign_id == kept))  # type: ignore[attr-defined]
        assert session.get(Campaign, campaign) is None
    do(world, "release", kept, an)
    do(world, "withdraw", kept, an)
    with pytest.raises(drafting.WasReleased), world.database.transaction() as session:
        drafting.discard(session, kept, an)


def test_a_pilot_goes_from_stage_to_stage(world: World, pack: Pack, an: Actor) -> None:
    campaign = prepared(world, pack, an, stage="pilot")
    do(world, "release", campaign, an)

    def advance(stage: str) -> None:
        with world.database.transaction() as session:
            life.advance(session, campaign, stage, "Hai xóm làm tốt, người già dùng được", an)

    for wrong in ("pilot", "scaled"):
        with pytest.raises(life.WrongStage):
            advance(wrong)
    advance("evaluated")
    advance("scaled")
    with pytest.raises(life.WrongStage):
        advance("scaled")
    with world.database.transaction(writes=False) as session:
        row = session.get_one(Campaign, campaign)
        assert (row.stage, row.stage_note) == ("scaled", "Hai xóm làm tốt, người già dùng được")


# --- at once ------------------------------------------------------------------------------------------------------------


def together(world: World, *deeds: Callable[[Session], object]) -> list[str]:
    """Every deed in its own transaction at the same moment; 'done' or the code of its refusal."""
    ready, told = threading.Barrier(len(deeds)), [""] * len(deeds)

    def run(at: int) -> None:
        ready.wait()
        try:
            with world.database.transaction() as session:
                deeds[at](session)
            told[at] = "done"
        except DomainError as refusal:
            told[at] = refusal.code

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def test_releasing_twice_at_once_is_done_once(world: World, pack: Pack, an: Actor) -> None:
    campaign = prepared(world, pack, an)
    deeds = [lambda s: life.release(s, campaign, an)] * 4
    assert together(world, *deeds) == ["done", "wrong_state", "wrong_state", "wrong_state"]
    with world.database.transaction(writes=False) as session:
        released = select(func.count()).select_from(AuditEntry).where(AuditEntry.deed == "campaign.release")
        assert session.scalar(released) == 1


def test_opening_a_round_twice_at_once_is_done_once(world: World, pack: Pack, an: Actor) -> None:
    campaign = prepared(world, pack, an)
    do(world, "release", campaign, an)
    first = activities(world, campaign)[0].id
    deeds = [lambda s: lifecycle.open_activity(s, s.get_one(Activity, first), an)] * 4
    assert together(world, *deeds) == ["done", "wrong_state", "wrong_state", "wrong_state"]
    assert state(world, campaign) == "running"


def test_two_saves_at_once_leave_one(world: World, pack: Pack, an: Actor) -> None:
    campaign = prepared(world, pack, an)
    saves = [lambda s, n=n: life.edit(s, campaign, 1, Changes(themes=[f"chủ đề {n}"]), an) for n in range(4)]
    assert together(world, *saves) == ["changed_meanwhile"] * 3 + ["done"]


def test_taking_back_and_opening_at_once_never_leave_an_open_round_in_a_draft(
    world: World, pack: Pack, an: Actor
) -> None:
    for _ in range(6):
        campaign = prepared(world, pack, an)
        do(world, "release", campaign, an)
        first = activities(world, campaign)[0].id
        told = together(
            world,
            lambda s, c=campaign: life.withdraw(s, c, an, "sửa lại"),
            lambda s, f=first: lifecycle.open_activity(s, s.get_one(Activity, f), an),
        )
        assert told in (["done", "wrong_state"], ["done", "not_released"]), told
        opened = activities(world, campaign)[0].state == "open"
        assert state(world, campaign) == ("running" if opened else "draft")


def test_closing_while_a_round_opens(
    world: World, pack: Pack, an: Actor, on: Callable[[timedelta], None]
) -> None:
    for _ in range(4):
        campaign = prepared(world, pack, an)
        do(world, "release", campaign, an)
        first, second = (activity.id for activity in activities(world, campaign))
        with world.database.transaction() as session:
            lifecycle.open_activity(session, session.get_one(Activity, first), an)
        on(timedelta(minutes=1))

        def open_second(session: Session, second: uuid.UUID = second) -> None:
            lifecycle.open_activity(session, session.get_one(Activity, second), an)
            on(timedelta(minutes=1))  # a stopped clock would close it in the instant of its opening

        told = together(
            world,
            lambda s, c=campaign: life.close(s, c, an),
            open_second,
        )
        assert "done" in told
        assert state(world, campaign) == "closed"
        assert "open" not in [activity.state for activity in activities(world, campaign)]
