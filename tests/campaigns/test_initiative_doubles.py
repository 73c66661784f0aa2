"""A list of decisions recognises nothing twice in one scope: what is much alike is told, unless somebody says how it differs."""

import hashlib
from typing import Any

import pytest
from sqlalchemy import select

from campaigns.initiative.models import PrivateNote
from tests.campaigns.test_initiative import previewed, row, written
from tests.structure.test_budgets import spent
from tests.support.initiatives import Year, hand_in, text, year_of_initiatives
from tests.support.world import World


@pytest.fixture
def year(world: World) -> Year:
    return year_of_initiatives(world)


DECIDED = ("71/QĐ", "01/06/2026", "Chủ tịch")
DIFFERS = "Dùng cho hồ sơ nhập học, quy trình khác hẳn."


def like(body: dict[str, Any], **more: str) -> tuple[str, ...]:
    told = {name: body[name] for name in ("title", "problem", "solution")}
    return row(0, **(told | more))


def test_a_listed_decision_about_what_is_recognised_there_already_is_told(year: Year) -> None:
    body = text()
    year.recognise(year.recommended(hand_in(year.binh, body)))
    bare = like(body, title="Phieu hoi 3 cau truoc khi xuong xa")
    plan = previewed(
        year,
        [
            (*bare, "cơ sở", *DECIDED),
            (*bare[:4], "05752-S1", "tỉnh", *DECIDED),
            like(body, title="Phiếu hỏi ba câu, chưa có quyết định"),
            (*like(body, title="Phiếu hỏi ba câu cho học sinh"), "cơ sở", *DECIDED, DIFFERS),
        ],
    )
    (trouble,) = plan.troubles
    assert (trouble.line, trouble.values) == (2, {"other": f"SK-0001 “{body['title']}”"})
    assert [one.line for one in plan.added] == [3, 4, 5]
    written(year, plan)
    assert year.facts()["initiative.recognised"] == 3
    said = year.with_session(lambda s: s.scalars(select(PrivateNote.words)).all())
    assert said == [f"SK-0001 “{body['title']}”: {DIFFERS}"]


def test_of_two_look_alikes_in_one_list_the_later_is_told(year: Year) -> None:
    body = text()
    first, again = like(body), like(body, title="Phiếu ba câu hỏi trước khi xuống xã")
    plan = previewed(
        year,
        [(*first, "cơ sở", *DECIDED), (*again, "xã", *DECIDED), (*again[:4], "05752-S1", "tỉnh", *DECIDED)],
    )
    assert [(one.line, one.values) for one in plan.troubles] == [(3, {"first": 2})]
    assert [one.line for one in plan.added] == [2, 4]


def test_where_the_rules_allow_it_twice_a_list_may_too(world: World) -> None:
    year, body = year_of_initiatives(world, same_scope_once=False), text()
    plan = previewed(
        year, [(*like(body), "cơ sở", *DECIDED), (*like(body, title="Phiếu ba câu hỏi"), "cơ sở", *DECIDED)]
    )
    assert plan.troubles == ()


def test_thousands_of_decisions_are_held_against_each_other_in_a_statement_a_scope(year: Year) -> None:
    """Texts that share nothing: each a row of hex of its own."""

    def own(n: int) -> str:
        return " ".join(hashlib.sha256(f"{n}/{part}".encode()).hexdigest() for part in range(4))

    rows = [
        (*row(n, title=f"Việc {n}", problem=own(n), solution=own(n + 9000)), "cơ sở", *DECIDED)
        for n in range(3000)
    ]
    spent_on = len(spent(year.world.database, lambda: previewed(year, rows)))
    assert spent_on < 20
    plan = previewed(year, rows)
    assert (len(plan.added), plan.troubles) == (3000, ())
