"""What a file opens, to whom and until when."""

import uuid
from datetime import date

import pytest

from backend.inspection import rules
from backend.inspection.rules import Cover
from campaigns.pledge.models import STATES
from campaigns.pledge.rules import may_read

HAMLET, OTHER, LEAD, STRANGER = (uuid.uuid4() for _ in range(4))
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 20)


def cover(state: str = "decided", *materials: str) -> Cover:
    return Cover(
        state, FIRST, LAST, frozenset(materials or ("scorecards",)), frozenset({HAMLET}), frozenset({LEAD})
    )


@pytest.mark.parametrize(
    ("day", "stand"),
    [(date(2026, 10, 31), "ahead"), (FIRST, "running"), (LAST, "running"), (date(2026, 11, 21), "over")],
)
def test_a_file_runs_from_its_first_day_to_the_end_of_its_last(day: date, stand: str) -> None:
    assert rules.stand("decided", FIRST, LAST, day) == stand
    assert rules.stand("planned", None, None, day) == "planned"
    assert rules.stand("concluded", FIRST, LAST, day) == "concluded"
    assert rules.opens(cover(), LEAD, HAMLET, "scorecards", day) is (stand == "running")


@pytest.mark.parametrize(
    ("person", "unit", "material"),
    [
        (STRANGER, HAMLET, "scorecards"),
        (LEAD, OTHER, "scorecards"),
        (LEAD, HAMLET, "pledges"),
        (LEAD, HAMLET, "trail"),
    ],
)
def test_it_opens_nothing_else_to_nobody_else(person: uuid.UUID, unit: uuid.UUID, material: str) -> None:
    assert rules.opens(cover(), LEAD, HAMLET, "scorecards", FIRST)
    assert not rules.opens(cover(), person, unit, material, FIRST)
    assert not rules.opens(cover("planned"), LEAD, HAMLET, "scorecards", FIRST)
    assert not rules.opens(cover("concluded"), LEAD, HAMLET, "scorecards", FIRST)


def why(**more: object) -> str | None:
    told = {
        "title": "Kiểm tra",
        "reason": "Theo kế hoạch",
        "days": (FIRST, LAST),
        "units": {HAMLET},
        "reach": {HAMLET},
        "materials": ["scorecards"],
    }
    return rules.why_not_plan(**told | more)  # type: ignore[arg-type]


def test_what_keeps_a_file_from_being_written_down() -> None:
    assert why() is None
    assert why(title=" ") == "words"
    assert why(days=(LAST, FIRST)) == "days"
    assert why(units=set()) == why(materials=[]) == why(materials=["everything"]) == why(team=0) == "empty"
    assert why(units={HAMLET, OTHER}) == "reach"


def test_what_keeps_it_from_being_opened() -> None:
    assert rules.why_not_decide("01", "QĐ 5", FIRST, LAST, FIRST) is None
    assert rules.why_not_decide("", "QĐ 5", FIRST, LAST, FIRST) == "paper"
    assert rules.why_not_decide("01", "", FIRST, LAST, FIRST) == "paper"
    assert rules.why_not_decide("01", "QĐ 5", LAST, FIRST, FIRST) == "days"
    assert rules.why_not_decide("01", "QĐ 5", FIRST, LAST, date(2026, 12, 1)) == "past"


@pytest.mark.parametrize("state", STATES)
def test_a_file_that_names_pledges_opens_no_draft_and_never_evidence_or_comments(state: str) -> None:
    wanted = set() if state == "draft" else {"items", "class"}
    assert may_read("inspection", state) == wanted
    assert may_read("inspection", state, shared_with=("cell", "committee")) == wanted
    assert may_read("other", state) == set()
