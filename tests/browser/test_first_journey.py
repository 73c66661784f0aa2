"""The whole first journey: a person takes part with a broken signal, the figure moves by one, the person leaves."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo_node import DemoNode
from tests.browser.steps import (
    CONTEST,
    Newcomer,
    agree_to_take_part,
    answer,
    answer_to,
    expect_answered,
    expect_net,
    expect_question,
    expect_receipt,
    expect_tally,
    find_signal,
    in_the_phone,
    lose_signal,
    open_contest,
    open_facts,
    open_scorecard,
    people_of,
    predict,
    questions_on,
    reopen_tab,
    running_card,
    sign_in_as_new,
    sign_in_to_console,
    tid,
    walk_the_console,
)

pytestmark = pytest.mark.browser

HAMLET = "05917-T01"


def test_a_person_takes_part_is_counted_once_and_leaves_without_a_trace(
    node: DemoNode, phone: Page, desk: Page
) -> None:
    tam = Newcomer("Lương Thị Tám Thơm")
    sign_in_to_console(desk, "an")
    before = people_of(desk, HAMLET)

    sign_in_as_new(phone, tam)
    phone = take_the_contest_with_a_broken_signal(phone)
    assert count_becomes(desk, before + 1)
    the_figure_opens_to_its_facts(desk, before + 1)
    nobody_is_named_on_the_console(desk, tam)

    traces = her_traces(phone, tam)
    assert node.answers("/api/v1/me", traces["token"]) == 200
    assert node.tables_naming(*traces.values()), "the traces looked for afterwards must be findable before"
    leave_and_erase(phone, tam)
    assert no_row_is_hers(phone, traces)
    assert node.answers("/api/v1/me", traces["token"]) == 401
    assert node.tables_naming(*traces.values()) == []
    assert people_of(desk, HAMLET) == before + 1
    checked = node.lantoa("rebuild", "--check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def take_the_contest_with_a_broken_signal(phone: Page) -> Page:
    open_contest(phone)
    agree_to_take_part(phone)
    tid(phone, "start-contest").click()
    expect(tid(phone, "question-text")).to_be_visible()
    all_of_them = questions_on(phone)
    half = all_of_them // 2
    answer_to(phone, half)
    lose_signal(phone)
    expect(tid(phone, "offline-note")).to_be_visible()
    answer_to(phone, half + 3, first=half + 1)

    phone.reload()
    expect_question(phone, half + 4)
    expect_answered(phone, half + 3)
    answer(phone)

    phone = reopen_tab(phone)
    running_card(phone).click()
    tid(phone, "resume-contest").click()
    expect_question(phone, half + 5)
    expect_answered(phone, half + 4)
    answer_to(phone, all_of_them, first=half + 5)
    predict(phone, people=40)

    find_signal(phone)
    expect_net(phone, "here")
    tid(phone, "submit-paper").click()
    tid(phone, "confirm-submit").click()
    expect_receipt(phone)
    expect(tid(phone, "result-right")).to_have_text(re.compile(rf"\d+ trên {all_of_them} câu đúng"))
    expect_tally(phone, counted=1, waiting=0, refused=0)
    expect(tid(phone, "rank-later")).to_be_visible()  # told early, it would tell the all-correct number
    expect(phone.get_by_text("Số đã dự đoán: 40 người")).to_be_visible()
    return phone


def count_becomes(desk: Page, expected: int) -> bool:
    """Somebody is counted within a few seconds and the figure then stays where it is."""
    for _ in range(20):
        found = people_of(desk, HAMLET)
        if found >= expected:
            desk.wait_for_timeout(1_000)
            return people_of(desk, HAMLET) == expected
        desk.wait_for_timeout(500)
    return False


def the_figure_opens_to_its_facts(desk: Page, expected: int) -> None:
    open_scorecard(desk, HAMLET)
    open_facts(desk, CONTEST)
    rows = tid(desk, "fact-row")
    amounts = [int(row.get_attribute("data-amount") or 0) for row in rows.all()]
    assert sum(amounts) == expected
    expect(tid(desk, "facts-sum")).to_have_text(f"Cộng lại: {expected}, khớp với số liệu của đơn vị.")


def nobody_is_named_on_the_console(desk: Page, who: Newcomer) -> None:
    """Neither the organiser nor the officer who reads the whole trail finds her name or her number."""
    walked = 0
    for member in ("dung", "an"):
        tid(desk, "sign-out").click()
        sign_in_to_console(desk, member)
        for path in walk_the_console(desk):
            text = desk.content()
            assert who.name not in text, path
            assert who.phone[1:] not in text, path
            walked += 1
    assert walked >= 15, "the console has more pages than were found"


def her_traces(phone: Page, who: Newcomer) -> dict[str, str]:
    """What tells of her, as the phone and the node write it."""
    (row,) = in_the_phone(phone)["persons"]
    person = row["id"]
    return {
        "token": row["token"],
        "name": who.name,
        "number": who.phone[1:],
        "person": person,
        "person without dashes": person.replace("-", ""),
    }


def leave_and_erase(phone: Page, who: Newcomer) -> None:
    tid(phone, "open-me").click()
    tid(phone, "erase-me").click()
    tid(phone, "erase-pin").fill(who.pin)
    tid(phone, "erase-confirm").click()
    expect(tid(phone, "erased")).to_be_visible()
    expect(tid(phone, "begin")).to_be_visible()


def no_row_is_hers(phone: Page, traces: dict[str, str]) -> bool:
    found = in_the_phone(phone)
    assert found["persons"] == []
    assert found["outbox"] == []
    return not any(trace in str(found) for trace in traces.values())
