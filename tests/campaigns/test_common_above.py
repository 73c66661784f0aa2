"""The level above a contest of many communes: it adds up, ranks rows nobody there can name, publishes and restates."""

import json
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from backend import clock
from backend.db.engine import Database
from backend.db.node import found_node
from backend.errors import DomainError
from backend.safeguards import signing
from backend.safeguards.audit import OPERATOR
from backend.safeguards.signing import Signer
from campaigns.common_models import CommonCount, CommonFinal, CommonTold
from campaigns.common_shapes import ContestFinal
from campaigns.contest import common_list, common_sum
from campaigns.contest.common_taking import Came, take_counts, take_rows
from campaigns.contest.errors import Refused
from campaigns.contest.schemas import ContestSettings
from tests.support.common import NODE, counts, give_out, rows

OVER_ALL = msgspec.to_builtins(
    ContestSettings(questions_per_attempt=5, pass_right=3, prediction=True, predict_over="common")
)
HERE = ("thi-chung", "dot-1")
EXPECTED = ["05917", "05923", "05941"]
SIGNER = Signer.throw_away()


@pytest.fixture
def node(database: Database) -> Database:
    """A province that gave the contest out; its round is over."""
    with database.transaction() as session:
        found_node(session, "Tỉnh Thái Nguyên")
        give_out(session, OVER_ALL)
    return database


def take(node: Database, told: Any) -> str | None:
    """The code it was refused with, or None."""
    deed = take_counts if hasattr(told, "people") else take_rows
    try:
        with node.transaction() as session:
            deed(session, told, Came(NODE, "b" * 64, clock.now()))
    except Refused as refused:
        return refused.code
    return None


def total(node: Database, why: str = "", expected: list[str] | None = None) -> Any:
    """What was given out, or the code of what refused it."""
    try:
        with node.transaction() as session:
            return common_sum.give_total(session, *HERE, expected or EXPECTED, why, OPERATOR)
    except DomainError as refused:
        return refused.code


def publish(node: Database) -> Any:
    try:
        with node.transaction() as session:
            return common_list.publish(session, *HERE, SIGNER, OPERATOR)
    except DomainError as refused:
        return refused.code


# --- counts -----------------------------------------------------------------------------------------------------------


def test_counts_are_added_up_once_every_commune_has_told(node: Database) -> None:
    take(node, counts("05917", 9, 2))
    take(node, counts("05923", 90, 20))
    assert total(node) == "common_still_missing"
    take(node, counts("05941", None, None, flag="S"))
    made = total(node)
    assert (made.number, made.all_correct, made.people, made.told, made.small, made.missing) == (
        1,
        22,
        99,
        3,
        1,
        [],
    )
    assert total(node, "Gửi lại cho chắc") == "common_same_total"


def test_who_does_not_wait_says_why_and_the_missing_are_named(node: Database) -> None:
    take(node, counts("05917", 9, 2))
    made = total(node, "Hai xã mất liên lạc một tuần")
    assert (made.all_correct, made.told, made.expected, made.missing) == (2, 1, 3, ["05923", "05941"])


def test_a_corrected_count_gives_a_new_number_with_a_reason(node: Database) -> None:
    for unit in EXPECTED:
        take(node, counts(unit, 9, 2))
    total(node)
    assert take(node, counts("05917", 8, 1, papers=8, revision=2, reason="recounted")) is None
    assert total(node) == "reason_missing"
    made = total(node, "Một xã loại một bài trái thể lệ")
    assert (made.number, made.all_correct) == (2, 5)
    with node.transaction(writes=False) as session:
        kept = session.scalars(select(CommonCount.revision).where(CommonCount.unit_code == "05917"))
        assert sorted(kept) == [1, 2], "what was told before is kept"


def test_told_again_after_a_backup_it_is_nothing_new_and_a_number_never_goes_back(node: Database) -> None:
    take(node, counts("05917", 9, 2, revision=4))
    take(node, counts("05917", 9, 2, revision=2))
    take(node, counts("05917", 9, 3, revision=2))
    with node.transaction(writes=False) as session:
        kept = session.execute(select(CommonCount.revision, CommonCount.all_correct)).all()
    assert sorted(tuple(row) for row in kept) == [(4, 2), (5, 3)]


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"contest": "thi-khac"}, "unknown-contest"), ({"round": "dot-9"}, "unknown-round"),
        ({"rules": "e" * 64}, "other-rules"), ({"all_correct": 99}, "does-not-add-up"),
    ],
    ids=lambda one: str(one),
)  # fmt: skip
def test_counts_of_something_else_are_refused_and_leave_nothing(
    node: Database, other: dict[str, Any], code: str
) -> None:
    assert take(node, counts("05917", 9, 2, **other)) == code
    with node.transaction(writes=False) as session:
        assert session.scalars(select(CommonCount)).all() == []


def test_nothing_is_taken_or_added_up_before_the_round_is_over(database: Database) -> None:
    with database.transaction() as session:
        found_node(session, "Tỉnh")
        give_out(session, OVER_ALL, closed=False)
    assert take(database, counts("05917", 9, 2)) == "too-early"
    assert total(database) == "common_too_early"


# --- rows -------------------------------------------------------------------------------------------------------------


def with_total(node: Database) -> None:
    for unit in EXPECTED:
        take(node, counts(unit, 9, 2))
    total(node)


def test_rows_of_all_communes_make_one_list_signed_and_without_a_name(node: Database) -> None:
    with_total(node)
    assert publish(node) == "common_no_rows"
    take(node, rows("05923", [(1, 5, 60, 2), (2, 4, 10, 0)]))
    take(node, rows("05917", [(3, 5, 90, 0)]))
    made = publish(node)
    assert [(one["place"], one["unit"], one["number"]) for one in made.statement["rows"]] == [
        (1, "05917", 3), (2, "05923", 1), (3, "05923", 2),
    ]  # fmt: skip
    assert signing.verify(SIGNER.public, signing.canonical(made.statement), made.signature)
    assert [one["packet"] for one in made.statement["signed_by"]] == ["b" * 64] * 2
    assert set(made.statement["rows"][0]) == {"place", "unit", "number", "right", "of", "seconds", "gap"}
    down = common_list.as_document(made)
    assert msgspec.convert(json.loads(msgspec.json.encode(down)), ContestFinal) == down
    assert publish(node) == "common_same_list"


def test_a_row_taken_back_is_off_the_page_at_once_and_the_list_is_published_anew_by_itself(
    node: Database,
) -> None:
    with_total(node)
    take(node, rows("05923", [(1, 5, 60, 2), (2, 4, 10, 0)]))
    first = publish(node)
    assert take(node, rows("05923", [(2, 4, 10, 0)], revision=2, reason="withdrawn")) is None
    with node.transaction(writes=False) as session:
        found = session.get_one(CommonFinal, first.id)
        assert [one["number"] for one in common_list.shown_rows(session, found)] == [2]
    with node.transaction() as session:
        (again,) = common_list.restate(session, SIGNER)
        assert common_list.restate(session, SIGNER) == [], "once"
    assert (again.number, again.statement["supersedes"], again.statement["why"]) == (2, 1, "rows-changed")
    assert [(one["place"], one["number"]) for one in again.statement["rows"]] == [(1, 2)]
    with node.transaction(writes=False) as session:
        assert session.get_one(CommonTold, (*HERE, "05923")).revision == 2


def test_the_last_row_taken_back_leaves_an_empty_list_not_an_old_one(node: Database) -> None:
    with_total(node)
    take(node, rows("05923", [(1, 5, 60, 2)]))
    publish(node)
    take(node, rows("05923", [], revision=2, reason="withdrawn"))
    with node.transaction() as session:
        (again,) = common_list.restate(session, SIGNER)
    assert again.statement["rows"] == []


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (rows("05917", [(1, 5, 60, 0), (1, 4, 60, 0)]), "twice-numbered"),
        (rows("05917", [(n, 5, 60, 0) for n in range(1, 5)]), "more-than-agreed"),
        (rows("05917", [(1, 5, 60, 0)], total=2), "other-total"),
        (rows("05917", [(1, 5, 60, 0)], total=0), "other-total"),
        (rows("05917", [(1, 6, 60, 0)]), "does-not-add-up"),
        (rows("05917", [(1, 5, 60, 0)], rules="e" * 64), "other-rules"),
    ],
    ids=["one number twice", "more than the rules let in", "a later number", "no number", "more right than asked", "other rules"],
)  # fmt: skip
def test_rows_that_cannot_stand_beside_others_are_refused_and_change_nothing(
    node: Database, told: Any, code: str
) -> None:
    with_total(node)
    take(node, rows("05917", [(7, 5, 60, 0)]))
    assert take(node, told) == code
    with node.transaction(writes=False) as session:
        assert [one.number for one in common_sum.rows_of(session, *HERE)["05917"]] == [7]
