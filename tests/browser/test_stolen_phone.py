"""A phone that is locked holds nothing that can be read of a team's day; the PIN brings all of it back."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo_node import DemoNode
from tests.browser.steps import (
    expect_tally,
    find_signal,
    in_the_phone,
    lose_signal,
    open_app,
    reopen_tab,
    tid,
)
from tests.browser.test_results import PIN
from tests.browser.test_team_day import (
    MAI,
    NEW_HOUSE,
    begin_the_day,
    expect_waiting,
    meet_a_new_household,
    open_team,
    visit_with_everything,
)

pytestmark = pytest.mark.browser

NOTE = "Hẹn buổi tối."
WHO_IS_HERE = "Ai đang dùng máy?"
ELSEWHERE = "/healthz"
"""A page of the same origin that is not the app: the app is closed, its storage can be looked at."""


def everything_kept(page: Page) -> str:
    """All that any page of this origin can read out of the phone's storage, in one text."""
    return str(
        page.evaluate(
            """async () => {
              const asked = (request) => new Promise((yes, no) => [(request.onsuccess = () => yes(request.result)), (request.onerror = () => no(request.error))]);
              const utf8 = new TextDecoder();
              const shown = (_, value) => {
                if (value instanceof CryptoKey) return "a key in the open";
                if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return utf8.decode(value);
                return value;
              };
              const kept = [{ ...localStorage }, { ...sessionStorage }];
              for (const { name } of await indexedDB.databases()) {
                const db = await asked(indexedDB.open(name));
                for (const store of db.objectStoreNames) {
                  kept.push(store, await asked(db.transaction(store).objectStore(store).getAllKeys()), await asked(db.transaction(store).objectStore(store).getAll()));
                }
                db.close();
              }
              return JSON.stringify(kept, shown);
            }"""
        )
    )


def words_of(phone: Page) -> list[str]:
    """What nobody may find: names and codes of households, what was done, what was written, the way into the node."""
    held = in_the_phone(phone)
    houses = [row["row"] for row in held["households"]]
    deeds = [json.loads(row["frozen"]) for row in held["outbox"]]
    (me,) = held["persons"]
    return [
        NOTE, NEW_HOUSE, "vneid", "cashless", "no_network", "visit.log", "visit.household", "service", me["token"],
        *(house["nickname"] for house in houses), *(house["code"] for house in houses),
        *(json.dumps(deed["body"], ensure_ascii=False, separators=(",", ":"))[1:40] for deed in deeds),
    ]  # fmt: skip


def found(words: list[str], page: Page) -> list[str]:
    text = everything_kept(page)
    assert "persons" in text
    return [word for word in words if word in text or json.dumps(word, ensure_ascii=False)[1:-1] in text]


def lock(phone: Page) -> None:
    tid(phone, "open-me").click()
    tid(phone, "lock").click()
    expect(tid(phone, "person-card")).to_be_visible()


def try_pin(phone: Page, pin: str) -> None:
    tid(phone, "pin-input").fill(pin)
    phone.get_by_role("button", name="Mở khóa").click()


def unlock(phone: Page, pin: str = PIN) -> None:
    tid(phone, "person-card").click()
    try_pin(phone, pin)
    expect(tid(phone, "open-me")).to_be_visible()


def a_day_that_waits(phone: Page) -> None:
    begin_the_day(phone)
    lose_signal(phone)
    meet_a_new_household(phone)
    visit_with_everything(phone)
    expect_waiting(phone)
    expect_tally(phone, counted=0, waiting=3)


def test_behind_the_lock_nothing_can_be_read_and_the_pin_brings_all_of_it_back(phone: Page) -> None:
    a_day_that_waits(phone)
    words = words_of(phone)
    assert len(words) > 40
    lock(phone)
    assert found(words, phone) == []
    assert "a key in the open" not in everything_kept(phone)
    assert str(MAI["name"]) in everything_kept(phone)  # for the screen that asks who is here
    expect(tid(phone, "person-waiting")).to_have_text("Còn 3 việc chờ; mở khóa thì máy mới gửi.")

    tid(phone, "person-card").click()
    for left in ("4", "3"):
        try_pin(phone, "0000")
        expect(phone.get_by_role("alert")).to_contain_text(f"Còn {left} lần")
    assert found(words, phone) == []

    try_pin(phone, PIN)  # still without signal
    open_team(phone)
    expect_tally(phone, waiting=3)
    assert sorted(words_of(phone)) == sorted(words)
    tid(phone, "log-visit").click()
    tid(phone, "house-search").fill("ba chin")
    expect(tid(phone, "house")).to_have_count(1)
    phone.go_back()
    find_signal(phone)
    expect_tally(phone, waiting=0, refused=0)


def test_even_while_somebody_is_in_the_words_themselves_do_not_lie_there(phone: Page) -> None:
    a_day_that_waits(phone)
    words = words_of(phone)
    (token,) = [row["token"] for row in in_the_phone(phone)["persons"]]
    assert found(words, phone) == [token]
    assert "a key in the open" in everything_kept(phone)


def test_wrong_pins_cost_a_pause_that_outlives_the_app_and_nothing_else(phone: Page) -> None:
    a_day_that_waits(phone)
    lock(phone)
    tid(phone, "person-card").click()
    for left in ("4", "3", "2", "1"):
        try_pin(phone, "1111")
        expect(phone.get_by_role("alert")).to_contain_text(f"Còn {left} lần")
    try_pin(phone, "1111")
    expect(phone.get_by_role("alert")).to_contain_text("đợi 1 phút")
    phone = reopen_tab(phone)
    tid(phone, "person-card").click()
    try_pin(phone, PIN)
    expect(phone.get_by_role("alert")).to_contain_text("Việc đang chờ gửi vẫn còn nguyên")
    phone.evaluate(MINUTES_PASS)
    phone = reopen_tab(phone)
    unlock(phone)
    expect_tally(phone, waiting=3)


MINUTES_PASS = """async () => {
  const asked = (request) => new Promise((yes) => (request.onsuccess = () => yes(request.result)));
  const db = await asked(indexedDB.open("lantoa"));
  const store = db.transaction("persons", "readwrite").objectStore("persons");
  const [row] = await asked(store.getAll());
  await asked(store.put({ ...row, wait_until: row.wait_until - 120_000 }));
  db.close();
}"""


def test_the_service_worker_sends_what_waits_while_the_app_is_closed_but_not_locked(
    phone: Page, allowed: list[str]
) -> None:
    allowed.append("404 (Not Found)")  # a page that is not the app has no icon
    a_day_that_waits(phone)
    browser = phone.context.new_cdp_session(phone)
    workers: list[Any] = []
    browser.on("ServiceWorker.workerRegistrationUpdated", lambda said: workers.extend(said["registrations"]))
    browser.send("ServiceWorker.enable")
    phone.wait_for_timeout(300)
    phone.goto("about:blank")
    find_signal(phone)
    phone.goto(ELSEWHERE)
    origin = phone.evaluate("() => location.origin")
    sync = {
        "origin": origin,
        "registrationId": workers[-1]["registrationId"],
        "tag": "outbox",
        "lastChance": False,
    }
    browser.send("ServiceWorker.dispatchSyncEvent", sync)
    expect_all_received(phone)
    assert "LT-" not in everything_kept(phone)  # the receipts lie there shut too
    open_app(phone)
    expect_tally(phone, waiting=0, refused=0)


def expect_all_received(page: Page) -> None:
    states: set[str] = set()
    for _ in range(60):
        states = {row["state"] for row in in_the_phone(page)["outbox"]}
        if states == {"receipt"}:
            return
        page.wait_for_timeout(250)
    raise AssertionError(states)


def test_a_phone_left_alone_for_half_a_day_asks_for_the_pin(phone: Page) -> None:
    a_day_that_waits(phone)
    words = words_of(phone)
    phone.evaluate(HOURS_PASS, 11)
    phone = reopen_tab(phone)
    expect_tally(phone, waiting=3)
    phone.evaluate(HOURS_PASS, 13)
    phone = reopen_tab(phone)
    expect(phone.locator("main h1")).to_have_text(WHO_IS_HERE)
    assert found(words, phone) == []
    unlock(phone)
    expect_tally(phone, waiting=3)


HOURS_PASS = """async (hours) => {
  const asked = (request) => new Promise((yes) => (request.onsuccess = () => yes(request.result)));
  const db = await asked(indexedDB.open("lantoa"));
  await asked(db.transaction("phone", "readwrite").objectStore("phone").put(Date.now() - hours * 3_600_000, "used"));
  db.close();
}"""


def test_what_an_older_version_kept_in_the_open_is_shut_at_the_next_entry(
    phone: Page, node: DemoNode
) -> None:
    a_day_that_waits(phone)
    words = words_of(phone)
    kept = in_the_phone(phone)
    phone.context.set_offline(False)
    phone.context.route("**/api/**", lambda route: route.abort("internetdisconnected"))
    phone.goto(ELSEWHERE)
    phone.evaluate(AS_BEFORE, [kept, PIN])
    assert set(found(words, phone)) == set(words)

    open_app(phone)
    expect(phone.locator("main h1")).to_have_text(WHO_IS_HERE)
    tid(phone, "person-card").click()
    try_pin(phone, "0000")
    expect(phone.get_by_role("alert")).to_contain_text("Còn 4 lần")
    try_pin(phone, PIN)
    expect_tally(phone, waiting=3)
    assert sorted(words_of(phone)) == sorted(words)
    lock(phone)
    assert found(words, phone) == []
    phone.context.unroute_all()
    unlock(phone)
    expect_tally(phone, waiting=0, refused=0)


AS_BEFORE = """async ([kept, pin]) => {
  const asked = (request) => new Promise((yes, no) => [(request.onsuccess = () => yes(request.result)), (request.onerror = () => no(request.error))]);
  const text = new TextEncoder();
  const typed = await crypto.subtle.importKey("raw", text.encode(pin), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: text.encode("ab"), iterations: 150_000 }, typed, 256);
  const digest = Array.from(new Uint8Array(bits), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const db = await asked(indexedDB.open("lantoa"));
  const stores = Object.keys(kept).filter((name) => name !== "phone");
  const tx = db.transaction([...stores, "phone"], "readwrite");
  for (const name of stores) {
    tx.objectStore(name).clear();
    for (const row of kept[name]) {
      const { vault, sealed, former, locked, wait_until, ...before } = row;
      tx.objectStore(name).put(name === "persons" ? { ...before, pin: { salt: "ab", digest } } : name === "bytes" ? { ...row, bytes: new Uint8Array(row.bytes) } : row);
    }
  }
  tx.objectStore("phone").delete("key");
  tx.objectStore("phone").delete("used");
  await new Promise((yes) => (tx.oncomplete = yes));
  db.close();
}"""
