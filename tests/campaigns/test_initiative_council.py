"""A council judges fairly: alone before together, by marks that stay, nobody an own idea, and the result can be reckoned again."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from backend.errors import DomainError, NotFound
from backend.people.models import Person
from campaigns.initiative import conflicts, council, recognition, sheets
from campaigns.initiative.errors import (
    ConflictOfInterest,
    CouncilIncomplete,
    MeetingBegan,
    MeetingNotOpen,
    NoCouncilMember,
    NoQuorum,
    NotNow,
    PointsOutOfRange,
    RubricFixed,
    RubricUnusable,
    SheetHandedIn,
    SheetIncomplete,
    SheetsMissing,
)
from campaigns.initiative.models import Assignment, Council, Score
from campaigns.initiative.schemas import InitiativeSettings
from tests.support.initiatives import JUDGES, PAPER, Year, belong, hand_in, text, year_of_initiatives
from tests.support.world import World

ONE, TWO, THREE, FOUR = JUDGES


@pytest.fixture
def year(world: World) -> Year:
    return year_of_initiatives(world)


@pytest.fixture
def initiative(year: Year) -> str:
    return year.valid(hand_in(year.binh, text()))


def refusal(do: Callable[[], Any]) -> type[DomainError] | None:
    try:
        do()
    except DomainError as error:
        return type(error)
    return None


def assignment_of(year: Year, row: uuid.UUID) -> Assignment:
    return year.with_session(lambda s: s.get_one(Assignment, row))


# --- the sitting --------------------------------------------------------------------------------------------------


def test_a_council_has_one_chair_and_enough_members_and_marks_one_can_judge_by(year: Year) -> None:
    marks = council.Marks.of(InitiativeSettings())
    seats = [council.Member(person) for person in year.judges.values()]

    def convene(members: list[council.Member], chosen: council.Marks) -> Callable[[], Any]:
        return lambda: year.with_session(
            lambda s: council.convene(
                s,
                year.activity,
                title="",
                paper=PAPER,
                members=members,
                marks=chosen,
                blind=True,
                by=year.secretary,
            )
        )

    assert refusal(convene(seats, marks)) is CouncilIncomplete
    chaired = [council.Member(seats[0].person, "chair"), *seats[1:]]
    assert refusal(convene(chaired[:2], marks)) is CouncilIncomplete
    assert refusal(convene(chaired, replace(marks, recommend_from=1000))) is RubricUnusable
    assert refusal(convene(chaired, marks)) is None


def test_the_marks_are_changed_before_the_first_score_and_never_after(year: Year, initiative: str) -> None:
    sitting = year.sitting()

    def change(mark: int) -> None:
        marks = replace(council.Marks.of(InitiativeSettings()), recommend_from=mark)
        year.with_session(lambda s: council.change_marks(s, council.held(s, sitting), marks, year.secretary))

    change(55)
    desks = year.assign(sitting, initiative)
    year.score(ONE, desks[ONE][0], 20, hand_in=False)
    assert refusal(lambda: change(10)) is RubricFixed
    assert year.with_session(lambda s: s.get_one(Council, sitting).recommend_from) == 55


def test_only_members_judge_and_only_what_is_valid(year: Year, initiative: str) -> None:
    sitting = year.sitting()
    draft = hand_in(year.chau, text())
    assert refusal(lambda: year.assign(sitting, draft)) is NotNow
    year.judges["Lạ"] = year.secretary.person
    assert refusal(lambda: year.assign(sitting, initiative, "Lạ")) is NoCouncilMember


# --- scoring ------------------------------------------------------------------------------------------------------


def test_a_sheet_is_its_judges_and_closed_to_others_until_all_are_in(year: Year, initiative: str) -> None:
    sitting = year.sitting()
    desks = year.assign(sitting, initiative)
    year.score(ONE, desks[ONE][0], 20, 20, 30)

    def seen(name: str | None) -> list[Any]:
        who = year.judges[name] if name else None
        rows = year.with_session(
            lambda s: sheets.seen_by(s, s.get_one(Council, sitting), uuid.UUID(initiative), who)
        )
        return sorted(row.total for row in rows if row.total is not None)

    assert seen(ONE) == [Decimal(70)]
    assert (seen(TWO), seen(None), seen(FOUR)) == ([], [], [])
    year.score(TWO, desks[TWO][0], 20, 20, 35)
    assert seen(TWO) == [Decimal(75)]
    year.score(THREE, desks[THREE][0], 25, 25, 35)
    assert seen(TWO) == seen(None) == [Decimal(70), Decimal(75), Decimal(85)]


def test_a_sheet_is_refused_where_it_is_not_fit(year: Year, initiative: str) -> None:
    desks = year.assign(year.sitting(), initiative)
    mine = desks[ONE][0]
    assert refusal(lambda: year.score(TWO, mine, 1, 1, 1)) is NotFound
    assert refusal(lambda: year.score(ONE, mine, 31, 20, 20)) is PointsOutOfRange
    assert refusal(lambda: year.score(ONE, mine, 20.001, 20, 20)) is PointsOutOfRange
    assert refusal(lambda: year.score(ONE, mine, 20, 20)) is SheetIncomplete
    year.score(ONE, mine, 20.5, 20, 30)
    assert refusal(lambda: year.score(ONE, mine, 30, 30, 40)) is SheetHandedIn


def test_judges_who_judge_blind_see_no_names(year: Year, initiative: str) -> None:
    year.assign(year.sitting(), initiative)
    (seen,) = year.with_session(lambda s: sheets.desk(s, year.judges[ONE]))
    assert (seen.authors, seen.initiative.id) == ((), uuid.UUID(initiative))
    other = year.valid(hand_in(year.chau, text()))
    year.assign(year.sitting(blind=False), other)
    names = {
        row.initiative.id: row.authors
        for row in year.with_session(lambda s: sheets.desk(s, year.judges[ONE]))
    }
    assert names[uuid.UUID(other)] == ("Châu",)


def test_withdrawn_is_judged_no_further(year: Year, initiative: str) -> None:
    desks = year.assign(year.sitting(), initiative)
    year.binh.do("initiative.withdraw", {"initiative": initiative, "words": ""})
    assert refusal(lambda: year.score(ONE, desks[ONE][0], 20, 20, 30)) is NotNow
    assert year.with_session(lambda s: sheets.desk(s, year.judges[ONE])) == []


# --- conflicts of interest ----------------------------------------------------------------------------------------


def judge_is_the_author(year: Year) -> None:
    """The author sits on the council with the account of the phone."""
    year.judges[TWO] = uuid.UUID(year.binh.me["id"])


def test_a_judge_does_not_score_an_own_idea(year: Year, initiative: str) -> None:
    judge_is_the_author(year)
    desks = year.assign(year.sitting(), initiative)
    assert desks[TWO][1] == "author"
    assert refusal(lambda: year.score(TWO, desks[TWO][0], 30, 30, 40)) is ConflictOfInterest


def test_a_hidden_conflict_is_detected_by_the_unit_named_in_the_decision(year: Year, initiative: str) -> None:
    desks = year.assign(year.sitting(units={THREE: year.agency}), initiative)
    assert {name: conflict for name, (_, conflict) in desks.items()} == {
        ONE: None,
        TWO: None,
        THREE: "same_unit",
    }


def test_a_hidden_conflict_is_detected_by_memberships(year: Year, initiative: str) -> None:
    judge_is_the_author(year)
    mate = year.valid(hand_in(year.an, text(title="Việc của bạn cùng cơ quan")))
    assert year.assign(year.sitting(), mate)[TWO][1] == "same_unit"


def test_family_declared_by_the_author_later_stops_the_judge(year: Year, initiative: str) -> None:
    desks = year.assign(year.sitting(), initiative)
    year.score(ONE, desks[ONE][0], 20, 20, hand_in=False)
    shown = year.one(year.binh, initiative)
    judge = next(row["id"] for row in year.mine(year.binh)["judges"] if ONE in row["name"])
    year.binh.do("initiative.author", {"author": shown["authors"][0]["id"], "agrees": True, "kin": [judge]})
    assert assignment_of(year, desks[ONE][0]).conflict == "family"
    assert year.with_session(lambda s: s.scalars(select(Score)).all()) == []
    assert refusal(lambda: year.score(ONE, desks[ONE][0], 20, 20, 30)) is ConflictOfInterest


def test_family_told_in_one_sitting_holds_in_every_other_of_the_year(year: Year, initiative: str) -> None:
    year.sitting()
    author = year.one(year.binh, initiative)["authors"][0]["id"]
    year.binh.do("initiative.author", {"author": author, "agrees": True, "kin": [str(year.judges[ONE])]})
    later = year.assign(year.sitting(), initiative)
    assert [later[name][1] for name in (ONE, TWO)] == ["family", None]


def test_family_declared_by_the_judge_counts_for_every_idea_of_that_author(
    year: Year, initiative: str
) -> None:
    sitting = year.sitting()
    subject = year.subject(year.binh)
    judge = year.judges[ONE]
    year.with_session(lambda s: conflicts.declare_family(s, sitting, judge, subject, judge))
    assert year.assign(sitting, initiative)[ONE][1] == "family"


def test_a_conflict_that_came_up_after_the_assignment_is_kept_though_the_sheet_is_refused(
    year: Year, initiative: str
) -> None:
    desks = year.assign(year.sitting(), initiative)
    year.with_session(
        lambda s: s.execute(update(Person).where(Person.id == year.judges[TWO]).values(name="BINH"))
    )
    assert refusal(lambda: year.score(TWO, desks[TWO][0], 30, 30, 40)) is ConflictOfInterest
    assert assignment_of(year, desks[TWO][0]).conflict == "namesake"

    def clear(s: Any) -> None:
        conflicts.clear_namesake(
            s, s.get_one(Assignment, desks[TWO][0]), "Hai người khác nhau", year.secretary
        )

    year.with_session(clear)
    year.score(TWO, desks[TWO][0], 20, 20, 30)


def test_a_judge_steps_aside_and_the_sheet_does_not_count(year: Year, initiative: str) -> None:
    sitting = year.sitting()
    desks = year.assign(sitting, initiative, *JUDGES)
    for name in JUDGES:
        year.score(name, desks[name][0], 20, 20, 30)
    year.with_session(
        lambda s: conflicts.declare(s, s.get_one(Assignment, desks[FOUR][0]), "Từng hướng dẫn tác giả")
    )
    year.meet(sitting)
    assert str(desks[FOUR][0]) not in year.decide(sitting, initiative)["sheets"]


def test_who_might_judge_is_suggested_without_those_in_conflict_and_the_least_busy_first(
    year: Year, initiative: str
) -> None:
    sitting = year.sitting(units={THREE: year.agency})
    other = year.valid(hand_in(year.chau, text()))
    year.assign(sitting, other, ONE)
    found = year.at_console(
        initiative, lambda s, a, r: council.suggested(s, s.get_one(Council, sitting), r, 4)
    )
    assert set(found) == {year.judges[name] for name in (ONE, TWO, FOUR)}
    assert found[-1] == year.judges[ONE]


# --- the meeting and its result -----------------------------------------------------------------------------------


def test_no_meeting_without_a_quorum_and_no_decision_without_meeting_or_sheets(
    year: Year, initiative: str
) -> None:
    sitting = year.sitting()
    desks = year.assign(sitting, initiative)
    assert refusal(lambda: year.decide(sitting, initiative)) is MeetingNotOpen
    assert refusal(lambda: year.meet(sitting, ONE, TWO)) is NoQuorum
    year.score(ONE, desks[ONE][0], 20, 20, 30)
    year.meet(sitting)
    assert refusal(lambda: year.decide(sitting, initiative)) is SheetsMissing
    assert refusal(lambda: year.score(TWO, desks[TWO][0], 20, 20, 30)) is MeetingBegan


def judged(
    year: Year, initiative: str, *points: tuple[float, float, float]
) -> tuple[uuid.UUID, dict[str, Any]]:
    sitting = year.sitting()
    desks = year.assign(sitting, initiative)
    for name, row in zip(desks, points, strict=True):
        year.score(name, desks[name][0], *row)
    year.meet(sitting)
    return sitting, year.decide(sitting, initiative)


def test_the_stored_result_is_what_the_sheets_come_to_again(year: Year, initiative: str) -> None:
    sitting, told = judged(year, initiative, (24, 28, 35), (22, 27, 34), (25, 28, 36.5))
    assert (told["total"], told["spread"], told["recommended"]) == ("86.50", "6.50", True)
    assert year.one(year.binh, initiative)["state"] == "recommended"
    assert year.with_session(lambda s: council.differences(s, year.activity)) == []
    again = year.with_session(
        lambda s: council.reckoned(s, s.get_one(Council, sitting), uuid.UUID(initiative))
    )
    assert again.told() == told


def test_a_point_changed_behind_the_nodes_back_is_found(year: Year, initiative: str) -> None:
    judged(year, initiative, (24, 28, 35), (22, 27, 34), (25, 28, 36))
    year.with_session(lambda s: s.execute(update(Score).where(Score.points == 2200).values(points=2300)))
    (found,) = year.with_session(lambda s: council.differences(s, year.activity))
    assert found["stored"] != found["reckoned"]


def test_a_conflict_that_comes_out_after_the_decision_is_found(year: Year, initiative: str) -> None:
    sitting, _ = judged(year, initiative, (24, 28, 35), (22, 27, 34), (25, 28, 36))
    subject = year.subject(year.binh)
    year.with_session(
        lambda s: conflicts.declare_family(s, sitting, year.judges[ONE], subject, year.secretary.person)
    )
    (found,) = year.with_session(lambda s: council.differences(s, year.activity))
    assert found["reckoned"] is None


def test_below_a_pass_mark_is_not_recommended_and_not_recognised_but_told_why(
    year: Year, initiative: str
) -> None:
    _, told = judged(year, initiative, (10, 26, 25), (12, 27, 26), (11, 26, 25))
    assert (told["failed"], told["recommended"]) == (["novelty"], False)
    assert refusal(lambda: year.recognise(initiative)) is NotNow
    why = "Tính mới dưới điểm đạt; việc làm vẫn có ích."
    year.at_console(initiative, lambda s, a, r: recognition.refuse(s, r, why, year.secretary))
    shown = year.one(year.binh, initiative)
    assert (shown["state"], shown["stages"][-1]["words"]) == ("not_recognised", why)
    assert "initiative.recognised" not in year.facts()


def test_an_author_never_sees_points_or_judges_words(year: Year, initiative: str) -> None:
    belong(year.world, year.binh, year.school, "studies_at")
    judged(year, initiative, (24.25, 28, 35), (22, 27, 34), (25, 28, 36))
    seen = str(year.one(year.binh, initiative))
    assert "24.25" not in seen
    assert "sheets" not in seen


def test_the_minutes_close_the_sitting(year: Year, initiative: str) -> None:
    sitting, _ = judged(year, initiative, (24, 28, 35), (22, 27, 34), (25, 28, 36))
    year.with_session(
        lambda s: council.close_meeting(s, council.held(s, sitting), PAPER, "Nhất trí.", year.secretary)
    )
    row = year.with_session(lambda s: s.get_one(Council, sitting))
    assert (row.minutes_number, row.minutes, len(row.present)) == (PAPER.number, "Nhất trí.", 3)
