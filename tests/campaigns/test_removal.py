"""Papers that are not recognised: taken out once, with a reason on the trail and a notice to the person, never late."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from backend import figures
from backend.db.base import new_id
from backend.participation import changes
from backend.participation.models import Fact
from backend.safeguards.audit import OPERATOR
from backend.safeguards.models import AuditEntry
from campaigns.contest import removal
from campaigns.contest.models import ContestAttempt
from campaigns.contest.removal import AttemptGone, ReasonUnknown, TooLateToRemove
from campaigns.models import Activity
from campaigns.registry import measure_book
from tests.faults.test_concurrency import at_once, pusher
from tests.support.contest import (
    choose,
    close,
    figures_of,
    mine,
    people_of,
    places,
    remove,
    settle,
    turn,
    write_paper,
)
from tests.support.world import Phone, World


def handed_in(world: World, right: int = 5, name: str = "Bình") -> tuple[Phone, str]:
    """A person whose paper counts, and the paper."""
    phone = world.phone(name)
    verdict = phone.take_part(right)
    assert verdict["outcome"] == "counted"
    return phone, verdict["result"]["attempt"]["id"]


def pulled(phone: Phone) -> list[dict[str, Any]]:
    """What the phone learns by pulling, once the worker has numbered it."""
    with phone.world.database.transaction() as session:
        changes.number_new(session)
    return list(phone.get("/sync/pull").json["changes"])


# --- what is counted ---


def test_a_removed_paper_and_its_person_are_counted_no_more(world: World) -> None:
    _, gone = handed_in(world)
    handed_in(world, right=2)
    assert (people_of(world)["contest.entrants"], figures_of(world)["contest.papers"]) == (2, 2)
    remove(world, gone)
    assert people_of(world)["contest.entrants"] == 1
    assert figures_of(world)["contest.papers"] == 1
    assert figures_of(world)["contest.passed"] == 0
    assert figures.differences(world.database, measure_book()) == []


def test_removed_before_it_was_ever_counted_it_leaves_no_trace_in_the_figures(world: World) -> None:
    _, gone = handed_in(world)
    remove(world, gone)
    assert (people_of(world)["contest.entrants"], figures_of(world)["contest.papers"]) == (0, 0)
    assert figures.differences(world.database, measure_book()) == []


@pytest.mark.parametrize("removed", [[0], [1], [2], [0, 1], [2, 0], [1, 2], [0, 1, 2], [2, 1, 0]], ids=str)
@pytest.mark.parametrize("fold_between", [True, False])
def test_whoever_has_another_paper_left_stays_one_entrant(
    world: World, removed: list[int], fold_between: bool
) -> None:
    subject = new_id()
    with world.database.transaction() as session:
        papers = [write_paper(session, world, subject, n + 2, number=n + 1) for n in range(3)]
    for place in removed:
        if fold_between:
            world.fold()
        remove(world, papers[place].attempt)
    left = 3 - len(removed)
    assert figures_of(world)["contest.papers"] == left
    assert people_of(world)["contest.entrants"] == (1 if left else 0)
    assert figures_of(world)["contest.entrants"] == (1 if left else 0)
    assert figures.differences(world.database, measure_book()) == []
    settle(world)
    assert len(places(world)) == (1 if left else 0)


def test_a_person_whose_only_paper_was_removed_may_try_again_where_the_rules_allow_and_counts_once(
    world: World,
) -> None:
    choose(world, attempts_per_person=None)
    phone, first = handed_in(world)
    remove(world, first)
    assert people_of(world)["contest.entrants"] == 0
    assert phone.take_part(right=3)["outcome"] == "counted"
    assert phone.take_part(right=4)["outcome"] == "counted"
    assert (people_of(world)["contest.entrants"], figures_of(world)["contest.entrants"]) == (1, 1)
    second = mine(phone)["attempts"][1]
    assert (second["number"], second["state"]) == (2, "submitted")
    assert figures.differences(world.database, measure_book()) == []


def test_a_removed_paper_used_its_attempt(world: World) -> None:
    phone, gone = handed_in(world)
    remove(world, gone)
    assert mine(phone)["attempts_left"] == 0
    assert phone.do("contest.start", {})["reason"] == "no_attempts_left"


def test_removing_twice_changes_nothing(world: World) -> None:
    _, gone = handed_in(world)
    remove(world, gone, "by_machine")
    with world.database.transaction(writes=False) as session:
        before = len(session.scalars(select(Fact.line)).all())
    remove(world, gone, "twice", "lần hai")
    with world.database.transaction(writes=False) as session:
        assert len(session.scalars(select(Fact.line)).all()) == before
        paper = session.get_one(ContestAttempt, uuid.UUID(gone))
        assert (paper.removal_reason, paper.removal_note) == ("by_machine", None)
        assert len(trail(session)) == 1


# --- when, and what ---


def test_after_the_settlement_nothing_is_removed(world: World) -> None:
    phone, paper = handed_in(world)
    settle(world)
    with pytest.raises(TooLateToRemove):
        remove(world, paper)
    assert mine(phone)["attempt"]["state"] == "submitted"


def test_between_closing_and_settlement_papers_may_still_be_removed(world: World) -> None:
    choose(world, settle="by_hand")
    _, paper = handed_in(world)
    close(world)
    assert turn(world) == "closed", "the worker leaves it to whoever looks at doubtful papers"
    remove(world, paper)
    settle(world)
    assert places(world) == {}


def test_a_reason_is_one_of_the_list(world: World) -> None:
    _, paper = handed_in(world)
    with pytest.raises(ReasonUnknown):
        remove(world, paper, "disliked")


def test_what_was_not_handed_in_or_lies_elsewhere_cannot_be_removed(world: World) -> None:
    running = world.phone().start()["id"]
    for attempt in (running, str(new_id())):
        with pytest.raises(AttemptGone):
            remove(world, attempt)


# --- the notice and the trail ---


def trail(session: Any) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.deed == "contest.remove")))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_person_is_told_why(world: World, language: str) -> None:
    phone, paper = handed_in(world)
    remove(world, paper, "someone_else", "Số điện thoại là của người khác.")
    phone.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    attempt = mine(phone)["attempt"]
    assert attempt["state"] == "removed"
    result = attempt["result"]
    assert (result["counted"], result["reason"], result["recognised"]) == (False, "removed", False)
    told = removal.REASONS["someone_else"][language]
    assert result["removal"]["reason"] == f"{told} Số điện thoại là của người khác."
    assert result["removal"]["at"]
    assert phone.get("/home").json["activities"][0]["mine"]["state"] == "removed"


def test_the_notice_reaches_this_persons_phone_and_no_other(world: World) -> None:
    phone, paper = handed_in(world)
    other, _ = handed_in(world, name="Khác")
    seen = len(pulled(phone)), len(pulled(other))
    remove(world, paper)
    (notice,) = pulled(phone)[seen[0] :]
    assert (notice["noun"], notice["id"]) == ("activity", str(world.activity))
    assert notice["data"]["mine"]["state"] == "removed"
    assert len(pulled(other)) == seen[1]


def test_the_trail_says_who_removed_which_paper_and_why_and_not_whose_it_was(world: World) -> None:
    phone, paper = handed_in(world)
    remove(world, paper, "by_machine")
    with world.database.transaction(writes=False) as session:
        (entry,) = trail(session)
        assert (entry.actor, entry.noun, entry.noun_id, entry.reason) == (
            world.staff["an"], "attempt", paper, "by_machine",
        )  # fmt: skip
        assert entry.unit_id == world.commune
        assert phone.me["id"] not in str(vars(entry))


def test_answers_and_a_second_hand_in_to_a_removed_paper_are_refused_with_that_word(world: World) -> None:
    phone, paper = handed_in(world)
    remove(world, paper)
    answer = phone.do("contest.answer", {"attempt": paper, "answers": {"1": "a"}})
    again = phone.do("contest.submit", {"attempt": paper, "answers": {}})
    assert (answer["reason"], again["reason"]) == ("removed", "removed")
    assert again["result"]["attempt"]["result"]["removal"]["reason"]
    assert again["message"] == "Kết quả bài thi này không được công nhận."


# --- racing ---


def test_a_removal_racing_a_hand_in_of_another_leaves_sound_figures(world: World) -> None:
    choose(world, attempts_per_person=None)
    phone, gone = handed_in(world)
    attempt = phone.start()
    body = {"attempt": attempt["id"], "answers": phone.answers(attempt, 4), "prediction": None}
    paper = pusher(phone, phone.freeze("contest.submit", body))
    answer, *_ = at_once(paper, lambda: remove(world, gone), lambda: remove(world, gone))
    assert answer.json["results"][0]["outcome"] == "counted"
    assert (people_of(world)["contest.entrants"], figures_of(world)["contest.papers"]) == (1, 1)
    assert figures.differences(world.database, measure_book()) == []
    settle(world)
    with world.database.transaction(writes=False) as session:
        counts = session.scalars(
            select(ContestAttempt.submitted_by).where(ContestAttempt.state == "submitted")
        ).one()
    assert [operation for _, operation in places(world).values()] == [counts]


def test_a_removal_racing_the_settlement_is_before_it_or_refused(world: World) -> None:
    papers = [handed_in(world, right=5, name=f"Người {n}")[1] for n in range(3)]
    close(world)

    def settle_now() -> str:
        settle(world)
        return "settled"

    def remove_now() -> str:
        try:
            remove(world, papers[0])
        except TooLateToRemove:
            return "late"
        return "removed"

    outcome, settled = at_once(remove_now, settle_now)
    assert settled == "settled"
    standing = 2 if outcome == "removed" else 3
    assert len(places(world)) == standing
    assert people_of(world)["contest.all_correct"] == standing
    assert figures.differences(world.database, measure_book()) == []


def test_the_activity_that_is_handed_in_may_be_old(world: World) -> None:
    """Whoever opened the desk before the settlement has an activity in hand that says 'open'."""
    _, paper = handed_in(world)
    with world.database.transaction(writes=False) as session:
        stale = session.get_one(Activity, world.activity)
    settle(world)
    assert stale.state == "open"
    with world.database.transaction() as session:
        session.add(stale)
        with pytest.raises(TooLateToRemove):
            removal.remove(session, stale, uuid.UUID(paper), "other", None, OPERATOR)
