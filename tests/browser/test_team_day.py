"""A community digital team's day where there is no signal: nothing is lost, and the phone always says how things stand."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from backend import clock
from backend.demo.data import DATA
from tests.browser.conftest import DESK, PHONE
from tests.browser.demo_node import ROOT, DemoNode
from tests.browser.steps import (
    expect_no_sideways_scroll,
    expect_tally,
    find_signal,
    in_the_phone,
    keep_app_on_phone,
    lose_signal,
    open_app,
    reopen_tab,
    sign_in_to_console,
    tid,
)
from tests.browser.test_accessible import ANY, Look
from tests.browser.test_results import enter_as

pytestmark = pytest.mark.browser

MAI = next(row for row in DATA["guests"] if "team" in row)
"""A member of the team of her hamlet, with two dozen households on its list."""
NEW_HOUSE = "Nhà bà Chín bên suối (hư cấu)"
PICTURE = ROOT / "mobile_api" / "pwa" / "public" / "icon-192.png"
MOST_TAPS, MOST_S = 5, 20.0
A_MOMENT_S = 1.5
"""What a person takes to look before each tap."""


def open_team(phone: Page) -> None:
    """From the app's home to the team's."""
    phone.locator("[data-testid=activity-card][data-kind=visit]").first.click()
    expect(tid(phone, "log-visit")).to_be_visible()


def begin_the_day(phone: Page) -> None:
    """In the morning, with signal: signed in, the app and the list of households on the phone."""
    open_app(phone)
    tid(phone, "begin").click()
    enter_as(phone, MAI)
    keep_app_on_phone(phone)
    open_team(phone)
    tid(phone, "log-visit").click()
    expect(tid(phone, "house").first).to_be_visible()
    phone.go_back()
    expect(tid(phone, "log-visit")).to_be_visible()


def house(phone: Page, number: int) -> Locator:
    return tid(phone, "house").nth(number)


def save_visit(phone: Page) -> None:
    tid(phone, "save-visit").click()
    expect(tid(phone, "saved")).to_be_visible()


def help_with(phone: Page, service: str, taps: int = 1) -> None:
    """An adult was met and agreed; the service got as far as so many taps say."""
    tid(phone, "consent").check()
    for _ in range(taps):
        tid(phone, f"service-{service}").click()


def expect_day(phone: Page, **figures: int) -> None:
    for name, number in figures.items():
        expect(tid(phone, f"today-{name}")).to_have_text(str(number))


def expect_waiting(phone: Page) -> None:
    expect(tid(phone, "saved-state")).to_have_attribute("data-state", "waiting")


# --- what is done on such a day -----------------------------------------------------------------------------------


def check_in(phone: Page) -> None:
    tid(phone, "open-check-in").click()
    tid(phone, "here").first.click()
    expect_waiting(phone)


def meet_a_new_household(phone: Page) -> None:
    tid(phone, "log-visit").click()
    tid(phone, "new-house").click()
    tid(phone, "nickname").fill("Bà Chín 001057012345")
    tid(phone, "save-house").click()
    expect(phone.get_by_role("alert")).to_contain_text("không ghi số căn cước")
    tid(phone, "nickname").fill(NEW_HOUSE)
    tid(phone, "save-house").click()
    expect(phone.locator("main h1")).to_have_text(NEW_HOUSE)
    help_with(phone, "vneid", taps=2)
    save_visit(phone)
    expect_waiting(phone)


def visit_with_everything(phone: Page) -> None:
    tid(phone, "log-visit").click()
    house(phone, 0).click()
    help_with(phone, "cashless")
    tid(phone, "service-signature").click()
    tid(phone, "stage-not_possible").click()
    tid(phone, "why-no_network").click()
    tid(phone, "extra").locator("summary").click()
    tid(phone, "follow-2").click()
    tid(phone, "device-own").click()
    tid(phone, "photo").set_input_files(PICTURE)
    expect(tid(phone, "drop-photo")).to_have_count(1)
    tid(phone, "note").fill("Hẹn buổi tối.")
    save_visit(phone)


def find_nobody_at_home(phone: Page) -> None:
    tid(phone, "log-visit").click()
    house(phone, 1).click()
    tid(phone, "met-nobody").click()
    save_visit(phone)


def put_the_last_one_right(phone: Page) -> None:
    """They were in the garden."""
    tid(phone, "fix-last").click()
    tid(phone, "met-adult").click()
    help_with(phone, "scam_advice")
    save_visit(phone)


def hold_a_session(phone: Page) -> None:
    tid(phone, "open-session").click()
    tid(phone, "assisted").fill("12")
    tid(phone, "declared").fill("40")
    tid(phone, "service-vneid").click()
    tid(phone, "people-activated").fill("9")
    tid(phone, "save-session").click()
    expect(tid(phone, "saved")).to_be_visible()


def end_the_day(phone: Page) -> None:
    tid(phone, "open-day-end").click()
    expect(tid(phone, "end-waits")).to_be_visible()
    expect(tid(phone, "lang-kinh")).to_have_value("3")
    tid(phone, "lang-tay-more").click()
    tid(phone, "save-day").click()
    expect(tid(phone, "saved")).to_be_visible()


# --- the tests ----------------------------------------------------------------------------------------------------


def test_a_whole_day_without_signal_arrives_in_the_evening(phone: Page, node: DemoNode) -> None:
    begin_the_day(phone)
    lose_signal(phone)
    check_in(phone)
    meet_a_new_household(phone)
    visit_with_everything(phone)
    find_nobody_at_home(phone)
    put_the_last_one_right(phone)
    hold_a_session(phone)
    expect_day(phone, visits=3, houses=3, sessions=1)
    expect_tally(phone, counted=0, waiting=7, refused=0)

    phone = reopen_tab(phone)
    open_team(phone)
    expect_day(phone, visits=3, houses=3, sessions=1)
    expect_tally(phone, counted=0, waiting=7, refused=0)
    the_list_knows_the_day(phone)
    end_the_day(phone)
    expect_tally(phone, waiting=8)

    find_signal(phone)
    expect_tally(phone, waiting=0, refused=0)
    everything_has_its_receipt(phone)
    the_node_has_the_day(phone, node)


def the_list_knows_the_day(phone: Page) -> None:
    """What was done stands in the list without a word from the node, the new household too."""
    tid(phone, "log-visit").click()
    tid(phone, "house-search").fill("ba chin")
    expect(tid(phone, "house")).to_have_count(1)
    expect(tid(phone, "house")).to_contain_text("đã thăm hôm nay")
    expect(tid(phone, "house")).to_contain_text("chưa có mã")
    expect_no_sideways_scroll(phone)
    phone.go_back()


def everything_has_its_receipt(phone: Page) -> None:
    deeds = in_the_phone(phone)["outbox"]
    assert len(deeds) == 8
    assert [deed["action"] for deed in deeds if deed["state"] != "receipt" or not deed["receipt"]] == []
    tid(phone, "open-day-end").click()
    expect(tid(phone, "end-safe")).to_be_visible()
    phone.go_back()
    tid(phone, "open-days").click()
    shown = phone.locator("[data-testid=own-deed][data-here=true]")
    expect(shown).to_have_count(5)  # three visits, a correction, a session
    expect(phone.locator("[data-here=true][data-stands=true]")).to_have_count(4)
    expect(shown.get_by_test_id("receipt")).to_have_count(5)
    phone.go_back()


def the_node_has_the_day(phone: Page, node: DemoNode) -> None:
    deeds = {deed["id"].replace("-", ""): deed for deed in in_the_phone(phone)["outbox"]}
    today = clock.today().isoformat()
    standing = rows(node, "SELECT id, household_id FROM visit WHERE stands AND day = ?", today)
    mine = [household for key, household in standing if key in deeds]
    assert len(mine) == len(set(mine)) == 3
    counted: dict[str, int] = {}
    for measure, operation, quantity in rows(node, "SELECT measure, operation_id, quantity FROM fact"):
        if operation in deeds:
            counted[measure] = counted.get(measure, 0) + quantity  # what was taken back counts below zero
    assert counted["visit.visits"] == 3
    assert counted["visit.sessions"] == 1
    assert counted["visit.assisted"] == 12
    assert counted["visit.vneid.installed"] == 1
    assert counted["visit.vneid.activated"] == 9
    assert counted["visit.scam_advice.explained"] == 1


def rows(node: DemoNode, sql: str, *values: Any) -> list[Any]:
    with closing(sqlite3.connect(f"file:{node.data / 'lantoa.sqlite3'}?mode=ro", uri=True)) as file:
        return file.execute(sql, values).fetchall()


def test_a_visit_takes_at_most_five_taps_and_twenty_seconds(phone: Page) -> None:
    begin_the_day(phone)
    lose_signal(phone)
    taps = 0
    began = time.monotonic()
    for name in ("log-visit", "house", "consent", "service-vneid", "save-visit"):
        phone.wait_for_timeout(A_MOMENT_S * 1_000)
        tid(phone, name).first.tap()
        taps += 1
    expect(tid(phone, "saved")).to_be_visible()
    took = time.monotonic() - began
    assert taps <= MOST_TAPS
    assert took <= MOST_S, f"{took:.1f} s"
    expect_tally(phone, waiting=1)
    body = in_the_phone(phone)["outbox"][0]["frozen"]
    assert '"outcome":"explained"' in body
    assert '"consent":1' in body


def test_no_agreement_no_record_of_what_was_done(phone: Page) -> None:
    """Silence is not consent: the box is never ticked beforehand, not in a correction either."""
    begin_the_day(phone)
    lose_signal(phone)
    tid(phone, "log-visit").click()
    house(phone, 2).click()
    expect(tid(phone, "consent")).not_to_be_checked()
    tid(phone, "service-vneid").click()
    tid(phone, "save-visit").click()
    expect(phone.get_by_role("alert")).to_contain_text("Nếu họ không đồng ý")
    assert in_the_phone(phone)["outbox"] == []
    tid(phone, "stage-clear").click()
    tid(phone, "save-visit").click()
    expect(tid(phone, "empty-visit")).to_be_visible()
    save_visit(phone)
    assert '"services":[]' in in_the_phone(phone)["outbox"][0]["frozen"]
    tid(phone, "fix-last").click()
    expect(tid(phone, "consent")).not_to_be_checked()


CAMERA = """
  window.BarcodeDetector = class { async detect() { return window.inSight ? [{rawValue: window.inSight}] : []; } };
  navigator.mediaDevices.getUserMedia = async () => {
    const canvas = document.createElement("canvas"), ink = canvas.getContext("2d");
    setInterval(() => ink.fillRect(0, 0, Math.random() * 9, 9), 50);
    return canvas.captureStream();
  };
"""
"""A camera and a reader of codes where the machine of the tests has none; `inSight` is what it is held before."""


def hold_before(phone: Page, code: str) -> None:
    phone.evaluate("code => { window.inSight = code; }", code)


def test_a_card_opens_its_household_and_the_code_on_the_wall_checks_in(phone: Page) -> None:
    phone.add_init_script(CAMERA)
    begin_the_day(phone)
    lose_signal(phone)
    known = in_the_phone(phone)["households"][4]["row"]
    tid(phone, "log-visit").click()
    hold_before(phone, "LTH1.00000000-0000-4000-8000-000000000000.1.x")
    tid(phone, "scan-card").click()
    expect(tid(phone, "card-unknown")).to_be_visible()
    hold_before(phone, known["card"])
    tid(phone, "scan-card").click()
    expect(phone.locator("main h1")).to_have_text(known["nickname"])
    phone.go_back()
    phone.go_back()

    on_the_wall = f"LTN1.{known['hamlet']['id']}.2026-W47.seal"
    tid(phone, "open-check-in").click()
    hold_before(phone, on_the_wall)
    tid(phone, "scan-wall").click()
    expect_waiting(phone)
    assert on_the_wall in in_the_phone(phone)["outbox"][0]["frozen"]


def test_what_the_node_keeps_apart_is_repaired_at_the_desk(
    opened: Callable[..., Any], own_node: DemoNode
) -> None:
    """The roster forgot a member: her visit waits with its reason, is taken in for the team, and her phone turns green."""
    with (
        opened("phone", **PHONE, base_url=own_node.url) as street,
        opened("desk", **DESK, base_url=own_node.url) as office,
    ):
        phone, desk = street.new_page(), office.new_page()
        begin_the_day(phone)
        lose_signal(phone)
        tid(phone, "log-visit").click()
        house(phone, 0).click()
        help_with(phone, "vneid")
        save_visit(phone)
        forget_membership(own_node)
        find_signal(phone)
        expect(tid(phone, "saved-state")).to_have_attribute("data-state", "checking")
        expect(tid(phone, "stuck")).to_contain_text("chưa có tên trong Tổ nào")
        expect_tally(phone, counted=0, waiting=1, refused=0)

        take_it_in(desk)
        phone.evaluate(
            "() => dispatchEvent(new Event('online'))"
        )  # the phone would ask by itself within a minute
        expect(tid(phone, "saved-state")).to_have_attribute("data-state", "counted", timeout=90_000)
        expect(tid(phone, "stuck")).to_have_count(0)
        expect_tally(phone, counted=1, waiting=0, refused=0)


def forget_membership(node: DemoNode) -> None:
    with closing(sqlite3.connect(node.data / "lantoa.sqlite3", timeout=20)) as file, file:
        file.execute(
            "DELETE FROM membership WHERE kind = 'team' AND person_id IN (SELECT id FROM person WHERE name LIKE ?)",
            (f"{MAI['name']}%",),
        )


def take_it_in(desk: Page) -> None:
    sign_in_to_console(desk, "an")
    desk.goto("/admin/supervision")
    tid(desk, "waiting").get_by_role("link").click()
    expect(tid(desk, "why-waiting")).to_be_visible()
    team = tid(desk, "accept-team").locator("option").filter(has_text=f"xóm {MAI['team']}")
    tid(desk, "accept-team").select_option(team.get_attribute("value"))
    tid(desk, "why").fill("Danh sách tổ ghi thiếu một thành viên.")
    tid(desk, "accept").click()
    expect(tid(desk, "waiting")).to_have_count(0)


def test_every_screen_of_the_team_can_be_read_and_used_by_everybody(phone: Page) -> None:
    look = Look()
    look.impacts = ANY
    begin_the_day(phone)
    home = phone.url
    look(phone, "team-home")
    for name in ("log-visit", "open-check-in", "open-session", "open-day-end", "open-days", "open-team"):
        tid(phone, name).first.click()
        expect(tid(phone, name)).to_have_count(0)
        expect(phone.locator("main h1")).to_be_visible()
        look(phone, f"team-{name}")
        phone.goto(home)
    tid(phone, "log-visit").click()
    tid(phone, "new-house").click()
    expect(tid(phone, "nickname")).to_be_visible()
    look(phone, "team-new-house")
    phone.go_back()
    house(phone, 0).click()
    help_with(phone, "vneid")
    tid(phone, "consent-text").locator("summary").click()
    tid(phone, "extra").locator("summary").click()
    look(phone, "team-visit")
    phone.evaluate("() => document.documentElement.classList.add('largest')")
    look(phone, "team-visit-largest")
    look.fine()
