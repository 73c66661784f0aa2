"""An initiative lived to its end: sent from a phone, checked, judged by each alone, met about, recognised, published."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.demo_node import DemoNode
from tests.browser.steps import expect_no_sideways_scroll, expect_tally, sign_in_to_console, tid
from tests.browser.test_initiative import enter_room, expect_state
from tests.mobile_api.test_idea_photos import BROKEN, HEIC, taken_somewhere

pytestmark = pytest.mark.browser

AUTHOR, PLACE = "Đàm Thị Mến", "Nhà văn hoá xóm Đồng Tiến"
TITLE = "Thẻ màu xếp hồ sơ chờ theo ngày hẹn (hư cấu)"
SOLUTION = (
    "Mỗi ngày hẹn một màu thẻ. Đàm Thị Mến gài thẻ vào hồ sơ, sáng ra lấy đúng màu là đủ việc trong ngày."
)
WORDS_FOR_AUTHOR = "Hội đồng thấy dễ làm, nên thử thêm ở hai xóm."
CHAIR, FIRST, SECOND = "toan", "ngat", "vinh"
KIN, TIED = ("khoa", "Tạ Văn Khoa"), ("thom", "Nông Thị Thơm")
SEATS = {"Hà Đức Toàn": "chair", "Lục Thị Ngát": "member", "Đặng Quang Vinh": "member", KIN[1]: "member", TIED[1]: "member"}  # fmt: skip
POINTS = {CHAIR: (24, 25, 35), FIRST: (20, 22, 30), SECOND: (26, 27, 37)}
"""Come to 84, 72 and 90: 82 on the mean, 18 apart."""
TODAY = date.today().strftime("%d/%m/%Y")


@dataclass
class Desks:
    """A browser for each who signs in at the console, open until the test ends."""

    opened: Callable[..., Any]
    url: str
    stack: ExitStack

    def __call__(self, who: str) -> Page:
        page: Page = self.stack.enter_context(self.opened(who, **DESK, base_url=self.url)).new_page()
        sign_in_to_console(page, who)
        return page


@contextmanager
def desks_of(opened: Callable[..., Any], url: str) -> Iterator[Desks]:
    with ExitStack() as stack:
        yield Desks(opened, url, stack)


# --- on the phone -------------------------------------------------------------------------------------------------


def send_file(phone: Page) -> None:
    """A full file by one author, who says which member of the council is family."""
    tid(phone, "begin-formal").click()
    tid(phone, "title").fill(TITLE)
    tid(phone, "problem").fill("Hồ sơ chờ để lẫn, sáng nào cũng mất nửa giờ tìm.")
    tid(phone, "solution").fill(SOLUTION)
    tid(phone, "applied-where").fill(PLACE)
    tid(phone, "applied-from").fill((date.today() - timedelta(days=60)).isoformat())
    tid(phone, "add-figure").click()
    tid(phone, "figure-what").fill("Phút tìm hồ sơ mỗi sáng (trước 30)")
    tid(phone, "figure-amount").fill("5")
    tid(phone, "figure-unit").fill("phút")
    tid(phone, "send-formal").click()
    expect_tally(phone, waiting=0, refused=0)
    expect_state(phone, "received")
    tid(phone, "kin").locator("summary").click()
    tid(phone, "kin").get_by_label(KIN[1]).check()
    tid(phone, "save-kin").click()
    expect_tally(phone, waiting=0, refused=0)


# --- at the console -----------------------------------------------------------------------------------------------


def open_file(desk: Page) -> None:
    desk.goto("/admin/ideas")
    tid(desk, "idea-row").get_by_role("link", name=TITLE).click()
    expect(desk.locator("h1")).to_have_text(TITLE)


def find_valid(desk: Page) -> None:
    tid(desk, "menu-ideas").click()
    open_file(desk)
    expect(desk.locator("main")).to_contain_text(PLACE)
    expect(tid(desk, "author")).to_contain_text(AUTHOR)
    tid(desk, "valid").click()
    expect(tid(desk, "state").first).to_have_text("hợp lệ, chờ phân công chấm")


def convene(desk: Page) -> None:
    """By its decision; five sit in it."""
    desk.goto("/admin/ideas")
    tid(desk, "to-councils").click()
    tid(desk, "title").fill("Kỳ họp cuối quý (hư cấu)")
    tid(desk, "number").fill("88/QĐ-UBND (hư cấu)")
    tid(desk, "day").fill(TODAY)
    for name, part in SEATS.items():
        tid(desk, "judge-line").filter(has_text=name).get_by_test_id("part").select_option(part)
    tid(desk, "convene").click()
    expect(tid(desk, "member")).to_have_count(len(SEATS))


def assign(desk: Page) -> None:
    """To all five; the one whom the author named as family is found at once."""
    tid(desk, "waiting").locator("..").filter(has_text=TITLE).get_by_role("link").click()
    for box in tid(desk, "judge").all():
        box.check()
    tid(desk, "assign").click()
    expect(tid(desk, "assigned")).to_have_count(len(SEATS))
    expect(tid(desk, "conflict")).to_have_count(1)
    expect(tid(desk, "assigned").filter(has_text=KIN[1])).to_contain_text("là người nhà của tác giả")


def declare_tie(desk: Page) -> None:
    """The secretary has heard of another tie."""
    tid(desk, "open-declare").click()
    tid(desk, "tie-judge").select_option(label=f"{TIED[1]} (hư cấu)")
    tid(desk, "tie").select_option("other")
    tid(desk, "tie-words").fill("Cùng làm cách này từ đầu năm")
    tid(desk, "declare").click()
    expect(tid(desk, "conflict")).to_have_count(2)
    expect(tid(desk, "assigned").filter(has_text=TIED[1])).to_contain_text("Cùng làm cách này từ đầu năm")


def meet(desk: Page) -> None:
    """The sheets lie open now; what they come to is put down with how far they are apart."""
    judging = desk.url
    desk.get_by_role("link", name="Kỳ họp cuối quý").click()
    tid(desk, "open-meeting").click()
    expect(tid(desk, "problem")).to_contain_text("Chưa đủ thành viên có mặt")
    for box in tid(desk, "present").all()[:3]:
        box.check()
    tid(desk, "open-meeting").click()
    expect(tid(desk, "opened")).to_be_visible()
    desk.goto(judging)
    expect(tid(desk, "sheets").locator("tbody tr")).to_have_count(3)
    for total in ("84", "72", "90"):
        expect(tid(desk, "sheets")).to_contain_text(total)
    tid(desk, "result-words").fill(WORDS_FOR_AUTHOR)
    tid(desk, "decide").click()
    expect(tid(desk, "reckoning")).to_contain_text("trung bình 82,00 điểm từ 3 phiếu")
    expect(tid(desk, "reckoning")).to_contain_text("cách nhau 18,00.")


def close(desk: Page) -> None:
    desk.get_by_role("link", name="Kỳ họp cuối quý").click()
    tid(desk, "number").fill("12/BB-HĐSK (hư cấu)")
    tid(desk, "day").fill(TODAY)
    tid(desk, "minutes-text").fill("Các thành viên chấm độc lập, thống nhất kết quả.")
    tid(desk, "close-meeting").click()
    expect(tid(desk, "minutes-kept")).to_contain_text("12/BB-HĐSK (hư cấu)")
    expect(tid(desk, "agrees")).to_be_visible()


def recognise(desk: Page) -> None:
    open_file(desk)
    tid(desk, "scope").select_option("grassroots")
    tid(desk, "number").fill("97/QĐ-UBND (hư cấu)")
    tid(desk, "day").fill(TODAY)
    tid(desk, "signer").fill("Chủ tịch UBND xã Tân Khánh (hư cấu)")
    tid(desk, "recognise").click()
    expect(tid(desk, "state").first).to_have_text("đã công nhận")


def publish(desk: Page) -> None:
    """The days until it is published by itself are not waited for."""
    tid(desk, "open-hold").click()
    tid(desk, "hold-words").fill("Đăng ngay hôm nay")
    tid(desk, "hold-back").click()
    tid(desk, "show").click()
    expect(tid(desk, "public-from")).to_contain_text("Đăng từ")


# --- the judges ---------------------------------------------------------------------------------------------------


def open_sheet(judge: Page) -> None:
    tid(judge, "menu-ideas").click()
    tid(judge, "to-judge").get_by_role("link", name="Thẻ màu xếp hồ sơ").click()


def read_blind(judge: Page) -> None:
    """Nothing says whose it is, nor where it was thought of; nobody else's marks are there."""
    expect(tid(judge, "blind")).to_be_visible()
    for word in (AUTHOR, PLACE, "Đồng Tiến"):
        expect(judge.locator("main")).not_to_contain_text(word)
    expect(judge.locator("main")).to_contain_text("[…] gài thẻ vào hồ sơ")
    expect(tid(judge, "all-sheets")).to_have_count(0)


def fill_in(judge: Page, points: tuple[int, ...]) -> None:
    for code, value in zip(("novelty", "applicability", "effect"), points, strict=True):
        tid(judge, f"points-{code}").fill(str(value))


def hand_in(judge: Page, points: tuple[int, ...]) -> None:
    fill_in(judge, points)
    tid(judge, "remark").fill(f"Chấm {sum(points)}")
    tid(judge, "hand-in").click()
    expect(judge.get_by_text("Đã nộp phiếu chấm.")).to_be_visible()


def refused_while_scoring(judge: Page) -> None:
    """The sheet was open when the tie was written down."""
    tid(judge, "hand-in").click()
    expect(tid(judge, "in-conflict")).to_be_visible()
    expect(tid(judge, "problem")).to_contain_text("có liên quan")
    expect(judge.locator("main")).not_to_contain_text("gài thẻ vào hồ sơ")


# --- lived --------------------------------------------------------------------------------------------------------


def test_an_initiative_from_the_phone_through_the_council_to_everybody(
    opened: Callable[..., Any], own_node: DemoNode, allowed: list[str]
) -> None:
    allowed += ["the server responded with a status of 4"]
    with (
        opened("phone", **PHONE, base_url=own_node.url) as street,
        desks_of(opened, own_node.url) as desks,
    ):
        phone = street.new_page()
        enter_room(phone, AUTHOR)
        send_file(phone)
        secretary = desks("thu")
        find_valid(secretary)
        expect_state(phone, "valid")
        convene(secretary)
        assign(secretary)
        expect_state(phone, "judging")
        judged_by_each_alone(desks, secretary)
        meet(secretary)
        expect_state(phone, "recommended")
        close(secretary)
        recognise(secretary)
        expect_state(phone, "recognised")
        expect(tid(phone, "recognition")).to_contain_text("97/QĐ-UBND (hư cấu)")
        expect(phone.locator("main")).to_contain_text(WORDS_FOR_AUTHOR)
        expect(phone.locator("main")).not_to_contain_text("Chấm 84")
        publish(secretary)
    read_by_everybody(opened, own_node)


def judged_by_each_alone(desks: Desks, secretary: Page) -> None:
    tied = desks(TIED[0])
    open_sheet(tied)
    fill_in(tied, (30, 30, 40))
    declare_tie(secretary)
    refused_while_scoring(tied)

    family = desks(KIN[0])
    open_sheet(family)
    expect(tid(family, "in-conflict")).to_contain_text("là người nhà của tác giả")
    expect(tid(family, "hand-in")).to_have_count(0)

    for who, points in POINTS.items():
        secretary.reload()
        expect(tid(secretary, "closed-sheets")).to_be_visible()
        expect(tid(secretary, "decide")).to_have_count(0)
        judge = desks(who)
        open_sheet(judge)
        read_blind(judge)
        hand_in(judge, points)
    secretary.reload()
    expect(tid(secretary, "sheets")).to_be_visible()


def read_by_everybody(opened: Callable[..., Any], node: DemoNode) -> None:
    """Somebody passing by who has no account."""
    with opened("passer-by", **PHONE, base_url=node.url) as street:
        page = street.new_page()
        page.goto("/sang-kien")
        tid(page, "gallery").get_by_role("link", name=TITLE).click()
        expect(tid(page, "title")).to_have_text(TITLE)
        expect(tid(page, "authors")).to_contain_text("Một tác giả")
        expect(page.locator("main")).not_to_contain_text(AUTHOR)
        expect(page.locator("main")).to_contain_text("97/QĐ-UBND (hư cấu)")
        expect_no_sideways_scroll(page)


# --- pictures that cannot be used ---------------------------------------------------------------------------------


def picture(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}


def test_pictures_that_cannot_be_used_are_said_and_nothing_typed_is_lost(
    opened: Callable[..., Any], node: DemoNode
) -> None:
    good = taken_somewhere()
    with opened("phone", **PHONE) as street:
        phone = street.new_page()
        enter_room(phone, "Đàm Văn Chụp")
        tid(phone, "begin-formal").click()
        tid(phone, "title").fill(TITLE)
        for file, words in (
            (picture("IMG_1.HEIC", HEIC), "HEIC"),
            (picture("hong.jpg", BROKEN[:400]), "hong.jpg"),
            (picture("to.jpg", bytes(41 * 1024 * 1024)), "to.jpg"),
        ):
            tid(phone, "photo").set_input_files(file)
            expect(tid(phone, "photo-failed")).to_contain_text(words)
            expect(tid(phone, "drop-photo")).to_have_count(0)
        tid(phone, "photo").set_input_files(picture("quay.jpg", good))
        expect(tid(phone, "drop-photo")).to_have_count(1)
        expect(tid(phone, "title")).to_have_value(TITLE)
        tid(phone, "save-formal").click()
        expect(phone.locator("[data-testid=picture][data-state=complete]")).to_be_visible()
    assert node.tables_naming("WGS-84 HERE") == []
