"""A file from the programme to its conclusion: what it opens, what is written down of it, and what is refused."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from backend import calendars, clock
from backend.cards import actions as cards
from backend.db.base import Base
from backend.errors import NotFound
from backend.inspection import actions, errors, queries, subjects
from backend.inspection.actions import Found, Planned
from backend.safeguards.audit import OPERATOR, Actor
from tests.admin.desk import trail
from tests.support.world import World


def planned(world: World, **more: Any) -> Planned:
    today = clock.today()
    told = {
        "title": "Kiểm tra việc thực hiện Nghị quyết", "reason": "Theo chương trình quý IV", "planned_for": today,
        "first": today - timedelta(days=90), "last": today, "units": (world.hamlet,), "materials": ("scorecards", "facts"),
        "team": (world.staff["inspector"],),
    }  # fmt: skip
    return Planned(**told | more)


def by(world: World, who: str = "inspector") -> Actor:
    return Actor("staff", world.staff[who])


def opened(world: World, days: int = 5, **more: Any) -> uuid.UUID:
    with world.database.transaction() as session:
        file = actions.plan(session, world.commune, planned(world, **more), by(world))
        decide(session, file, world, days)
    return file


def decide(
    session: Any, file: uuid.UUID, world: World, days: int = 5, number: str = "01-HS/UBKT", **more: Any
) -> None:
    today = clock.today()
    actions.decide(
        session,
        file,
        number,
        "Quyết định số 5-QĐ/UBKT",
        today,
        today + timedelta(days=days),
        by(world, "party"),
        **more,
    )


def finding(world: World, **more: Any) -> Found:
    due = clock.today() + timedelta(days=10)
    told = {"unit": world.hamlet, "kind": "shortcoming", "subject_kind": "indicator", "words": "Số người dự thi ghi trùng", "subject_id": "contest_participation", "remedy": "Rà lại danh sách", "remedy_due": due}  # fmt: skip
    return Found(**told | more)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"first": date(2026, 5, 2), "last": date(2026, 5, 1)}, errors.DaysWrong),
        ({"title": ""}, errors.FileIncomplete),
        ({"units": ()}, errors.FileIncomplete),
        ({"materials": ("everything",)}, errors.FileIncomplete),
        ({"team": ()}, errors.FileIncomplete),
    ],
)
def test_a_file_that_cannot_be_is_refused_in_words(
    world: World, more: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        opened(world, **more)


def test_a_unit_out_of_reach_and_a_stranger_in_the_team_are_refused(world: World) -> None:
    with pytest.raises(errors.OutOfReach):
        opened(world, units=(world.hamlet, world.far_hamlet))
    with pytest.raises(errors.NotOneOfTheTeam):
        opened(world, team=(world.staff["inspector"], world.staff["an"]))


def test_end_before_begin_a_day_that_is_over_and_a_number_twice(world: World) -> None:
    with pytest.raises(errors.DaysWrong):
        opened(world, days=-1)
    opened(world)
    with pytest.raises(errors.NumberTaken):
        opened(world)
    with world.database.transaction() as session:
        file = actions.plan(session, world.commune, planned(world), by(world))
        past = clock.today() - timedelta(days=9)
        with pytest.raises(errors.DaysOver):
            actions.decide(session, file, "02", "QĐ 6", past, past + timedelta(days=2), by(world, "party"))


def test_who_planned_a_file_does_not_open_it(world: World) -> None:
    with world.database.transaction() as session:
        file = actions.plan(session, world.commune, planned(world), by(world))
        today = clock.today()
        with pytest.raises(errors.PlannerDecides):
            actions.decide(session, file, "01", "QĐ 5", today, today, by(world))
        decide(session, file, world)
        assert [line.file.id for line in queries.running_for(session, by(world))] == [file]
        assert queries.running_for(session, by(world, "party")) == [], "who is not of the team"
    with clock.stopped_at(clock.now() + timedelta(days=6)), world.database.transaction() as session:
        assert queries.running_for(session, by(world)) == []


def test_only_the_committee_opens_what_names_pledges(world: World) -> None:
    with world.database.transaction() as session:
        file = actions.plan(session, world.commune, planned(world, materials=("pledges",)), by(world))
        with pytest.raises(errors.CommitteeDecides):
            decide(session, file, world)
        decide(session, file, world, as_committee=True)


def test_it_opens_what_it_covers_while_it_runs_and_every_look_is_written_down(world: World) -> None:
    file = opened(world)

    def look(unit: uuid.UUID, material: str, who: str = "inspector") -> None:
        with world.database.transaction() as session:
            queries.read_under(
                session, queries.file(session, file), unit, material, "phiếu điểm", by(world, who)
            )

    look(world.hamlet, "scorecards")
    for unit, material, who in (
        (world.other_hamlet, "scorecards", "inspector"),
        (world.hamlet, "pledges", "inspector"),
        (world.hamlet, "scorecards", "an"),
    ):
        with pytest.raises(errors.NotOpen):
            look(unit, material, who)
    with clock.stopped_at(clock.now() + timedelta(days=6)), pytest.raises(errors.NotOpen):
        look(world.hamlet, "scorecards")
    with world.database.transaction(writes=False) as session:
        ((reading, held),) = queries.readings_of_unit(session, [world.hamlet])
        assert (reading.person_id, held.number, reading.what) == (
            world.staff["inspector"],
            "01-HS/UBKT",
            "phiếu điểm",
        )
    (entry,) = trail(world, "inspection.read_scorecards")
    assert (entry.is_read, entry.reason, entry.unit_id) == (True, "01-HS/UBKT", world.hamlet)


def test_reading_changes_nothing_but_what_is_written_about_it(world: World) -> None:
    file = opened(world)

    def counts() -> dict[str, int]:
        with world.database.transaction(writes=False) as session:
            return {
                t.name: session.scalar(select(func.count()).select_from(t)) or 0
                for t in Base.metadata.tables.values()
            }

    before = counts()
    with world.database.transaction() as session:
        queries.read_under(session, queries.file(session, file), world.hamlet, "facts", "bản ghi", by(world))
    assert {name for name, count in counts().items() if count != before[name]} == {
        "inspection_reading",
        "audit_entry",
    }


def test_a_finding_rests_on_a_figure_and_its_remedy_goes_back_and_forth(world: World) -> None:
    file = opened(world)
    with world.database.transaction() as session:
        one = actions.find(session, file, finding(world), by(world))
        (found,) = queries.findings_on(session, world.hamlet, "indicator", "contest_participation")
        assert (found.finding.id, found.file.id, found.is_overdue) == (one, file, False)
        with pytest.raises(errors.FileChanged):
            actions.accept(session, one, file, by(world), enough=True)  # nobody answered yet
        with pytest.raises(NotFound):
            actions.answer(session, one, "Đã rà lại", {world.other_hamlet}, by(world, "head"))
        with pytest.raises(errors.AnswerMissing):
            actions.answer(session, one, " ", {world.hamlet}, by(world, "head"))
        for enough, state in ((False, "asked"), (True, "accepted")):
            actions.answer(session, one, "Đã rà lại", {world.hamlet}, by(world, "head"))
            actions.accept(session, one, file, by(world), enough=enough)
            assert queries.findings_of_file(session, file)[0].finding.remedy_state == state
    with clock.stopped_at(clock.now() + timedelta(days=3)), world.database.transaction() as session:
        actions.find(session, file, finding(world, remedy_due=clock.today() - timedelta(days=1)), by(world))
        assert [f.is_overdue for f in queries.findings_of_units(session, [world.hamlet])] == [False, True]


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"words": " "}, errors.FindingIncomplete),
        ({"kind": "rumour"}, errors.FindingIncomplete),
        ({"subject_id": ""}, errors.SubjectUnknown),
        ({"subject_id": "no_such_indicator"}, errors.SubjectUnknown),
        ({"subject_kind": "card", "subject_id": str(uuid.UUID(int=7))}, errors.SubjectUnknown),
        ({"period": "202001"}, errors.SubjectUnknown),
        ({"remedy_due": None}, errors.RemedyIncomplete),
        ({"remedy": ""}, errors.RemedyIncomplete),
        ({"unit": uuid.UUID(int=7)}, errors.FindingIncomplete),
    ],
)
def test_a_finding_that_says_too_little_is_refused(
    world: World, more: dict[str, Any], refusal: type[Exception]
) -> None:
    file = opened(world)
    with world.database.transaction() as session, pytest.raises(refusal):
        actions.find(session, file, finding(world, **more), by(world))


def test_social_criticism_of_the_front_is_a_finding_that_asks_nothing(world: World) -> None:
    file = opened(world)
    with world.database.transaction() as session:
        told = finding(
            world, kind="social_criticism", subject_kind="other", subject_id="", remedy="", remedy_due=None
        )
        actions.find(session, file, told, by(world))
        assert queries.findings_of_file(session, file)[0].finding.remedy_state == "none"


def test_nothing_is_found_after_closing_and_the_conclusion_is_published_after_it_is_there(
    world: World,
) -> None:
    file = opened(world)
    with world.database.transaction() as session:
        with pytest.raises(errors.FileClosed):
            actions.publish(session, file, by(world))
        with pytest.raises(errors.ConclusionIncomplete):
            actions.conclude(session, file, "Đã thực hiện tốt", "", clock.today(), by(world))
        actions.conclude(session, file, "Đã thực hiện tốt", "3-KL/UBKT", clock.today(), by(world))
        for deed in (
            lambda: actions.find(session, file, finding(world), by(world)),
            lambda: actions.conclude(session, file, "Khác", "4", clock.today(), by(world)),
        ):
            with pytest.raises(errors.FileClosed):
                deed()
        with pytest.raises(errors.NotOpen):
            queries.read_under(
                session, queries.file(session, file), world.hamlet, "scorecards", "", by(world)
            )
        assert queries.published(session) == []
        actions.publish(session, file, by(world))
        assert [row.conclusion for row in queries.published(session)] == ["Đã thực hiện tốt"]
    with (
        clock.stopped_at(clock.now() + timedelta(days=9)),
        pytest.raises(errors.FileClosed),
        world.database.transaction() as session,
    ):
        actions.find(session, file, finding(world), by(world))


def test_a_finding_on_anothers_card_or_on_a_line_it_does_not_have_is_refused(world: World) -> None:
    month = calendars.last_full("thang", "month", clock.today())
    with world.database.transaction() as session:
        card = cards.open_card(session, world.commune, "xa-thang", month, OPERATOR)
        file = actions.plan(
            session, world.commune, planned(world, units=(world.commune, world.hamlet)), by(world)
        )
        decide(session, file, world)
        told = {"subject_kind": "card", "subject_id": str(card.id), "period": month.code}
        for wrong in (
            {},
            {"unit": world.commune, "criterion": "no-such-line"},
            {"unit": world.commune, "period": ""},
        ):
            with pytest.raises(errors.SubjectUnknown):
                actions.find(session, file, finding(world, **told | wrong), by(world))
        lines = [
            one.criterion
            for one in subjects.of_unit(session, world.commune, (month.first, month.last))
            if one.kind == "card"
        ]
        right = finding(world, **told, unit=world.commune, criterion=lines[1])
        actions.find(session, file, right, by(world))
        assert len(queries.findings_on(session, world.commune, "card", card.id)) == 1
        assert queries.findings_on(session, world.hamlet, "card", card.id) == []
