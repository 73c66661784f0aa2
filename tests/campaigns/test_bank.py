"""The question bank: an edit is another revision, never while a round is marked with the keys, never over another's edit."""

from typing import Any

import pytest
from sqlalchemy import func, select

from backend import clock
from backend.errors import NotFound
from backend.safeguards.audit import Actor
from backend.safeguards.models import AuditEntry
from campaigns.contest import bank
from campaigns.contest.bank import ChangedMeanwhile, KeyDoesNotFit, KeysFrozen
from campaigns.contest.models import ContestQuestion
from campaigns.contest.pool import drawables
from campaigns.models import Activity, Campaign
from tests.faults.test_concurrency import at_once
from tests.support.contest import choose, close, mine, settle
from tests.support.world import World, plant


@pytest.fixture
def draft(app: Any, database: Any) -> World:
    """The contest not opened yet: its bank may still be edited."""
    return plant(app, database, opened=False)


def revise(world: World, code: str, revision: int, **changes: Any) -> int:
    """The new revision's number in the bank."""
    with world.database.transaction() as session:
        campaign = session.get_one(Campaign, world.campaign)
        actor = Actor("staff", world.staff["editor"])
        return bank.revise(session, campaign, code, revision, changes, actor).number


def ask(world: World, form: str, key: str, **more: Any) -> None:
    """Another question in the bank."""
    now = clock.now()
    with world.database.transaction() as session:
        session.add(
            ContestQuestion(
                **{
                    "campaign_id": world.campaign, "number": 90, "code": "moi", "form": form, "made_at": now,
                    "topic": "thu", "difficulty": 1, "text": {"vi": "Hỏi?"}, "key": key,
                    "options": [{"code": c, "vi": f"Ý {c}"} for c in "abc"],
                    "matches": [{"code": c, "vi": f"Số {c}"} for c in "123"] if form == "matching" else [],
                    "explanation": {"vi": "Vì."}, "source": "thử",
                }
                | more
            )
        )  # fmt: skip


# --- revisions ---


def test_an_edit_is_the_next_revision_and_the_one_before_stays_as_it_was(draft: World) -> None:
    number = revise(draft, "q01", 1, text={"vi": "Câu mới?"}, key="d")
    assert number == 8
    with draft.database.transaction(writes=False) as session:
        new, old = bank.revisions(session, draft.campaign, "q01")
        assert (new.revision, new.text, new.key, new.retired_at) == (2, {"vi": "Câu mới?"}, "d", None)
        assert (old.revision, old.text["vi"], old.key) == (1, "Câu hỏi số 1?", "b")
        assert old.retired_at == new.made_at
        assert new.explanation == old.explanation, "what was not changed is carried on"
        assert [q.code for q in bank.in_force(session, draft.campaign)] == [f"q{n:02d}" for n in range(1, 8)]
        assert bank.counted(session, draft.campaign).total == 7
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.deed == "question.revise"))
        assert (entry.actor, entry.reason) == (draft.staff["editor"], "q01")
        assert entry.reason != "d", "the trail never tells a key"


def test_a_question_that_is_not_there_cannot_be_revised(draft: World) -> None:
    with pytest.raises(NotFound):
        revise(draft, "q99", 1, key="a")


@pytest.mark.parametrize(
    ("form", "key", "written"),
    [
        ("single", "c", "c"),
        ("several", "c,a", "a,c"),
        ("ordering", "b,c,a", "b,c,a"),
        ("matching", "c:1,a:2,b:3", "a:2,b:3,c:1"),
    ],
)
def test_a_key_is_written_in_the_one_way(draft: World, form: str, key: str, written: str) -> None:
    ask(draft, form, "a")
    revise(draft, "moi", 1, key=key)
    with draft.database.transaction(writes=False) as session:
        assert bank.revisions(session, draft.campaign, "moi")[0].key == written


@pytest.mark.parametrize(
    ("form", "key"),
    [
        ("single", "z"), ("single", "a,b"), ("several", "a"), ("several", "a,b,c"), ("ordering", "a,b"),
        ("matching", "a:1,b:2"), ("matching", "a:1,b:1,c:2"), ("single", ""),
    ],
)  # fmt: skip
def test_a_key_that_does_not_fit_is_refused(draft: World, form: str, key: str) -> None:
    ask(draft, form, "a")
    with pytest.raises(KeyDoesNotFit):
        revise(draft, "moi", 1, key=key)


def test_taking_the_keyed_option_away_is_refused(draft: World) -> None:
    with pytest.raises(KeyDoesNotFit):
        revise(draft, "q01", 1, options=[{"code": c, "vi": f"Ý {c}"} for c in "acd"])


# --- while a round runs ---


def test_while_a_round_runs_no_question_is_edited_until_it_is_settled(world: World) -> None:
    choose(world, settle="by_hand")
    phone = world.phone()
    phone.take_part(right=5)
    with pytest.raises(KeysFrozen):
        revise(world, "q01", 1, key="d")
    close(world)
    with pytest.raises(KeysFrozen):
        revise(world, "q01", 1, text={"vi": "Chỉ sửa lời?"})
    settle(world)
    revise(world, "q01", 1, key="d")
    review = mine(phone)["attempt"]["result"]["review"]
    assert all(row["right"] for row in review), "papers are read with the questions they were drawn from"


def test_what_was_frozen_is_what_is_drawn_although_the_bank_went_on(world: World) -> None:
    """A revision made in the moment of opening is not in the pool; whoever starts gets the one that was."""
    with world.database.transaction() as session:
        question = bank.revisions(session, world.campaign, "q01")[0]
        question.retired_at = clock.now()
        activity = session.get_one(Activity, world.activity)
        assert {drawable.number for drawable in drawables(session, activity)} == set(range(1, 8))


# --- two editors ---


def test_of_two_editors_the_second_is_told_and_overwrites_nothing(draft: World) -> None:
    revise(draft, "q01", 1, text={"vi": "Của người thứ nhất?"})
    with pytest.raises(ChangedMeanwhile):
        revise(draft, "q01", 1, text={"vi": "Của người thứ hai?"})
    with draft.database.transaction(writes=False) as session:
        assert bank.revisions(session, draft.campaign, "q01")[0].text == {"vi": "Của người thứ nhất?"}


def outcome(world: World, code: str, **changes: Any) -> str:
    try:
        revise(world, code, 1, **changes)
    except ChangedMeanwhile as refused:
        return refused.code
    return "revised"


def test_of_editors_who_save_in_the_same_moment_one_wins(draft: World) -> None:
    words = [{"vi": f"Người {n}?"} for n in range(4)]
    found = at_once(*(lambda text=text: outcome(draft, "q01", text=text) for text in words))
    assert sorted(found) == ["changed_meanwhile"] * 3 + ["revised"]
    with draft.database.transaction(writes=False) as session:
        revisions = bank.revisions(session, draft.campaign, "q01")
        assert [row.revision for row in revisions] == [2, 1]
        assert revisions[0].text == words[found.index("revised")]


def test_editors_of_different_questions_do_not_stand_in_each_others_way(draft: World) -> None:
    codes = ["q01", "q02", "q03", "q04"]
    assert at_once(*(lambda code=code: outcome(draft, code, key="a") for code in codes)) == ["revised"] * 4
    with draft.database.transaction(writes=False) as session:
        numbers = session.scalars(select(ContestQuestion.number).where(ContestQuestion.revision == 2)).all()
        assert sorted(numbers) == [8, 9, 10, 11]
        in_force = select(func.count()).where(ContestQuestion.retired_at.is_(None))
        assert session.scalar(in_force) == 7
