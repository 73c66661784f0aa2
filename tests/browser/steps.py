"""What people do, in their words: on the phone, and at the console's desk."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.demo_node import PASSWORD

CONTEST = "contest_participation"
"""The indicator 'people who took part'."""

_numbers = count(1)


@dataclass(frozen=True)
class Newcomer:
    """Somebody who has never been here; each has a phone number of her own unless told otherwise."""

    name: str
    phone: str = field(default_factory=lambda: f"0987{next(_numbers):06d}")
    born: str = "1958"
    pin: str = "2580"


def tid(page: Page, name: str) -> Locator:
    return page.get_by_test_id(name)


# --- on the phone: coming in ------------------------------------------------------------------------------------


def open_app(page: Page) -> None:
    """The app as somebody sees it who looks before tapping: the demo's banner has come and moved the page down."""
    page.goto("/app/")
    expect(page.locator("main h1")).to_be_visible()
    expect(page.get_by_text("Dữ liệu minh hoạ")).to_be_visible()


def keep_app_on_phone(page: Page) -> None:
    """Wait until the app is stored on the phone, as it is a moment after the first visit."""
    page.evaluate("async () => { await navigator.serviceWorker.ready }")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def ask_for_code(page: Page, phone: str) -> str:
    """Type the number and read the code the demo shows."""
    tid(page, "phone-input").fill(phone)
    tid(page, "send-code").click()
    return tid(page, "demo-code").inner_text().strip()


def prove_number(page: Page, phone: str) -> None:
    code = ask_for_code(page, phone)
    tid(page, "code-input").fill(code)
    tid(page, "verify-code").click()


def find_hamlet(page: Page, typed: str = "dong tien") -> Locator:
    tid(page, "unit-search").fill(typed)
    found = tid(page, "unit-option")
    expect(found).to_have_count(1)
    return found


def introduce(page: Page, who: Newcomer, hamlet: str = "dong tien") -> None:
    tid(page, "name-input").fill(who.name)
    tid(page, "birth-year-input").fill(who.born)
    tid(page, "pin-input").fill(who.pin)
    tid(page, "pin-again-input").fill(who.pin)
    find_hamlet(page, hamlet).click()
    tid(page, "create-person").click()
    expect(running_card(page)).to_be_visible()


def sign_in_as_new(page: Page, who: Newcomer, hamlet: str = "dong tien") -> None:
    open_app(page)
    tid(page, "begin").click()
    prove_number(page, who.phone)
    introduce(page, who, hamlet)


# --- on the phone: the contest ----------------------------------------------------------------------------------


def running_card(page: Page) -> Locator:
    """The contest that is on now; finished rounds have cards too."""
    return page.locator("[data-testid=activity-card][data-state=open]").first


def open_contest(page: Page) -> None:
    running_card(page).click()
    expect(tid(page, "start-contest")).to_be_visible()


def agree_to_take_part(page: Page) -> None:
    """From the contest's page through its consent and back, ready to start."""
    tid(page, "start-contest").click()
    expect(tid(page, "consent-check")).not_to_be_checked()
    tid(page, "consent-check").check()
    tid(page, "consent-agree").click()
    expect(tid(page, "consent-agree")).to_have_count(0)
    expect(tid(page, "start-contest")).to_be_visible()


def begin_paper(page: Page) -> None:
    open_contest(page)
    agree_to_take_part(page)
    tid(page, "start-contest").click()
    expect(tid(page, "question-text")).to_be_visible()


def questions_on(page: Page) -> int:
    """How many questions the paper on the screen has."""
    found = re.search(r"Câu \d+ trên (\d+)", page.locator(".question").inner_text())
    assert found, "no question is on the screen"
    return int(found[1])


def form_of(page: Page) -> str:
    return str(tid(page, "question-text").get_attribute("data-form"))


def options(page: Page) -> Locator:
    return page.locator("[data-testid^=option-]")


def answer(page: Page, choice: int = 0) -> None:
    """Answer the question on the screen, whatever its form; `choice` leads to different answers."""
    form = form_of(page)
    if form == "ordering":
        return put_in_order(page, choice)
    if form == "matching":
        return match_all(page, choice)
    option = options(page).nth(choice % options(page).count())
    if option.get_attribute("aria-pressed") == "false" or form != "several":
        option.click()
    return expect(option).to_have_attribute("aria-pressed", "true")


def put_in_order(page: Page, choice: int) -> None:
    """Keep the order shown, or move one of the lines below the first up."""
    ups = page.locator("[data-testid^=up-]")
    if choice % ups.count():
        ups.nth(choice % ups.count()).click()
    elif tid(page, "order-keep").count():
        tid(page, "order-keep").click()
    expect(tid(page, "order-kept")).to_be_visible()


def match_all(page: Page, choice: int) -> None:
    """Give each line a mate, the list turned by `choice`."""
    lines = page.locator("[data-testid^=match-]")
    of = lines.count()
    for at in range(of):
        lines.nth(at).click()
        page.locator("[data-testid^=pick-]").nth((at + choice) % of).click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".chosen-mate")).to_have_count(of)


def answer_to(page: Page, last: int, first: int = 1) -> None:
    """Answer from question `first`, which is on the screen, to question `last`, each one at sight; and go on."""
    for number in range(first, last + 1):
        expect_question(page, number)
        answer(page, number % 4)
        if tid(page, "next-question").count():
            tid(page, "next-question").click()


def answer_all(page: Page, first: int = 1) -> None:
    answer_to(page, questions_on(page), first)


def skip_to(page: Page, *forms: str) -> bool:
    """Page on, answering nothing, to the next question of such a form; False when the paper has none."""
    while tid(page, "question-text").count():
        if form_of(page) in forms:
            return True
        tid(page, "next-question").click()
        expect(page.locator(".question h2")).to_be_focused()
    return False


def expect_question(page: Page, number: int) -> None:
    expect(page.get_by_text(re.compile(rf"^Câu {number} trên \d+$"))).to_be_visible()


def expect_answered(page: Page, number: int) -> None:
    expect(tid(page, "overview")).to_contain_text(re.compile(rf"\({number}/\d+\)"))


def predict(page: Page, people: int = 25) -> None:
    """Write down the prediction, on its page."""
    tid(page, "prediction-input").fill(str(people))
    expect(tid(page, "prediction-input")).to_have_value(str(people))


def hand_in(page: Page, people: int = 25) -> None:
    """From wherever in the paper: the prediction if the rules ask for it, hand in, yes."""
    tid(page, "overview").click()
    sheet = page.get_by_role("dialog")
    if tid(page, "overview-prediction").count():
        tid(page, "overview-prediction").click()
        predict(page, people)
        tid(page, "submit-paper").click()
    elif sheet.get_by_test_id("submit-paper").count():
        sheet.get_by_test_id("submit-paper").click()
    else:
        page.keyboard.press("Escape")
        tid(page, "submit-paper").click()
    tid(page, "confirm-submit").click()
    expect(tid(page, "submit-status")).to_be_visible()


def expect_receipt(page: Page) -> None:
    expect(tid(page, "submit-status").get_by_test_id("receipt")).to_have_text(re.compile(r"\S{6,}"))


def expect_tally(page: Page, **tallies: int) -> None:
    """What the strip under the title says: counted, waiting, refused."""
    for name, number in tallies.items():
        expect(tid(page, f"outbox-{name}")).to_have_text(str(number))


def expect_net(page: Page, state: str) -> None:
    expect(tid(page, "net-status")).to_have_attribute("data-net", state)


def lose_signal(page: Page) -> None:
    page.context.set_offline(True)
    expect_net(page, "away")


def find_signal(page: Page) -> None:
    page.context.set_offline(False)


def reopen_tab(page: Page) -> Page:
    """Close the tab and open the app again as its icon does."""
    context = page.context
    page.close()
    fresh = context.new_page()
    fresh.goto("/app/")
    return fresh


def expect_draft_saved(page: Page) -> None:
    """The form says that the last letter lies on the phone; what is closed earlier may lose it."""
    expect(tid(page, "draft-saved")).to_have_attribute("data-saved", "true")


def in_the_phone(page: Page, *, as_it_lies: bool = False) -> dict[str, list[Any]]:
    """Everything in the app's database on the phone, store by store: as whoever is in reads it, or as it lies there."""
    found: dict[str, list[Any]] = page.evaluate(
        """async (asItLies) => {
          const db = await new Promise((yes, no) => {
            const asked = indexedDB.open("lantoa");
            asked.onsuccess = () => yes(asked.result);
            asked.onerror = () => no(asked.error);
          });
          const all = {};
          for (const name of db.objectStoreNames) {
            all[name] = await new Promise((yes) => {
              const asked = db.transaction(name).objectStore(name).getAll();
              asked.onsuccess = () => yes(asked.result);
            });
          }
          const held = await new Promise((yes) => {
            const asked = db.transaction("phone").objectStore("phone").get("key");
            asked.onsuccess = () => yes(asked.result);
          });
          db.close();
          const letters = (bytes) => Array.from(new Uint8Array(bytes), (one) => String.fromCharCode(one)).join("");
          const reveal = async (store, { iv, box, ...open }) => {
            if (!box || store === "persons") return open;
            const place = `${store === "staging" ? "households" : store}:${open.key ?? `${open.person}:${open.id}`}`;
            const how = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(place) };
            const bytes = held && (await crypto.subtle.decrypt(how, held.key, box).catch(() => null));
            if (!bytes || asItLies) return { ...open, box: letters(box) };
            return { ...open, ...(store === "bytes" ? { bytes: [...new Uint8Array(bytes)] } : JSON.parse(new TextDecoder().decode(bytes))) };
          };
          for (const store of Object.keys(all)) {
            if (store !== "phone") all[store] = await Promise.all(all[store].map((row) => reveal(store, row)));
          }
          return all;
        }""",
        as_it_lies,
    )
    return found


# --- at the desk ------------------------------------------------------------------------------------------------


def enter_console(page: Page, username: str, password: str = PASSWORD) -> None:
    page.goto("/admin/sign-in")
    tid(page, "username").fill(username)
    tid(page, "password").fill(password)
    tid(page, "sign-in").click()


def sign_in_to_console(page: Page, username: str) -> None:
    enter_console(page, username)
    expect(page).to_have_url(re.compile(r"/admin/$"))


def open_activity(page: Page) -> None:
    """The newest round: what is on now stands first."""
    page.goto("/admin/")
    tid(page, "activity-link").first.click()
    expect(tid(page, "people-total")).to_be_visible()


def open_scorecard(page: Page, code: str) -> None:
    page.goto("/admin/")
    tid(page, f"scorecard-{code}").click()
    expect(tid(page, "unit-name")).to_be_visible()


def open_facts(page: Page, indicator: str = CONTEST) -> None:
    tid(page, f"drill-{indicator}").first.click()  # of the newest round
    expect(tid(page, "facts-value")).to_be_visible()


def numerator(page: Page) -> int:
    """Of the people figure of the newest round on the scorecard on the screen."""
    found = re.search(r"Tử số\s+([\d.]+)", tid(page, f"indicator-{CONTEST}").first.inner_text())
    assert found, "the scorecard shows no numerator"
    return int(found[1].replace(".", ""))


def people_of(page: Page, code: str) -> int:
    open_scorecard(page, code)
    return numerator(page)


FILE = re.compile(r"\.\w{2,5}(\?|$)|/files?/\w+$")
"""A link that leads to a file to keep, not to a page."""


KEY_IN_PATH = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=questions/)[\w-]+|(?<==)[\w-]+")
ALIKE = 3
"""Of pages that differ only in what they are about so many are visited: two hundred questions look like three."""


def walk_the_console(page: Page) -> Iterator[str]:
    """Stands on every kind of page this member can reach by links, one after the other; yields its address."""
    waiting, seen, shapes = ["/admin/"], {"/admin/"}, Counter[str]()
    while waiting:
        path = waiting.pop()
        shape = KEY_IN_PATH.sub("*", path)
        shapes[shape] += 1
        if shapes[shape] > ALIKE:
            continue
        page.goto(path)
        yield path
        links = page.eval_on_selector_all("a[href^='/admin/']", "all => all.map(a => a.getAttribute('href'))")
        bare = {link.split("#")[0] for link in links if "page=" not in link and not FILE.search(link)}
        waiting += sorted(bare - seen)
        seen |= bare


# --- seeing -----------------------------------------------------------------------------------------------------


def expect_no_sideways_scroll(page: Page) -> None:
    wide, window = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    assert wide <= window, f"{page.url} is {wide} px wide on a screen of {window} px"
